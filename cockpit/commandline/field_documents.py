"""What `cockpit replay` says of options field, volatility regime, cone and pressure (``contracts.md`` 3)."""

import math
from typing import Any, Final

import numpy as np

from cockpit.commandline.chaining import gex_document, vix_document
from cockpit.engines.book.features import FEATURE_NAMES
from cockpit.engines.regime.cone import BANDS
from cockpit.instants import iso_utc
from cockpit.state.field import Entry
from cockpit.state.lane import Lane
from cockpit.state.panels.cone import ConeReducer
from cockpit.state.panels.pressure import reduce_pressure
from cockpit.state.router import Router
from cockpit.state.views import Pane

SPX_FAMILY: Final = ("ES", "MES", "SPX")  # whom the VIX speaks of, in this order
PLAIN: Final = Pane("chart.1")
IN_TICKS: Final = (
    "spread",
    "mid",
    "weighted_mid",
    "depth_weighted",
    "cross_weighted",
)  # the rest are sizes, but for
PLAIN_NUMBERS: Final = (
    "imbalance", "imbalance_10", "imbalance_weighted", "span_s", "ofi_explained", "vpin", "kyle_r2", "kyle_n",
)  # fmt: skip


def field_documents(router: Router) -> dict[str, Any]:
    """``gex``, ``vix``, ``cone``, ``pressure``, ``features`` after the last event; None for what is not known."""
    now_ns = router.clock_ns
    if now_ns is None:
        return dict.fromkeys(("gex", "vix", "cone", "pressure", "features"))
    return {
        "gex": _gex(router, now_ns),
        "vix": _vix(router, now_ns),
        "cone": _cone(router, now_ns),
        "pressure": _pressure(router),
        "features": _features(router),
    }


def _gex(router: Router, now_ns: int) -> dict[str, Any] | None:
    """The newest chain: of the instrument that is charted first, else of whatever there is."""
    for lane in sorted(router.lanes, key=lambda each: each.instrument.is_index):
        source = router.field.chain_source(lane)
        if source is None:
            continue
        entry = router.field.chains(source)[-1]
        document = _chain_document(entry)
        basis = router.field.basis(lane, source)
        measure = None if basis is None else basis.at(now_ns)
        if basis is not None and measure is not None:
            document["basis"] = {
                "instrument": lane.instrument.symbol,
                "kind": "points" if basis.additive else "ratio",
                "value": measure.value,
                "as_of": iso_utc(measure.at_ns),
            }
        return document
    return None


def _chain_document(entry: Entry) -> dict[str, Any]:
    solved = entry.solved
    document: dict[str, Any] = {"root": solved.snapshot.root, "as_of": iso_utc(entry.as_of_ns)}
    if solved.chain is None or solved.gex is None:
        return {**document, "error": solved.error}
    document |= {
        "spot": solved.chain.spot,
        "contracts": solved.chain.listed,
        "dropped": dict(solved.chain.dropped),
        **gex_document(solved.gex),
    }
    if solved.vix is not None and solved.vix.value is not None:
        document["vix"] = vix_document(solved.vix)
    return document


def _vix(router: Router, now_ns: int) -> dict[str, Any] | None:
    read = router.field.regime.readout_at(now_ns)
    if read is None:
        return None
    return {
        "value": read.value,
        "as_of": iso_utc(read.at_ns),
        "regime": read.regime,
        "percentile": read.percentile,
        "vix_vix3m": read.vix_vix3m,
        "vix9d_vix": read.vix9d_vix,
        "by_level": read.by_level or None,
        "by_percentile": read.by_percentile or None,
        "by_term": read.by_term or None,
        "held": read.held or None,
    }


def _cone(router: Router, now_ns: int) -> dict[str, Any] | None:
    lanes = [lane for root in SPX_FAMILY for lane in router.lanes if lane.instrument.root == root]
    reducer = ConeReducer(router)
    for lane in lanes:
        bands = reducer.bands(lane, PLAIN, now_ns)
        if bands is not None:
            return {
                "instrument": lane.instrument.symbol,
                "method": PLAIN.method,
                "bands": [
                    {"session": number, "end": iso_utc(end_ns), "p": list(BANDS), "price": prices}
                    for number, end_ns, prices in bands
                ],
            }
    return None


def _pressure(router: Router) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for lane in router.lanes:
        if lane.id in router.field.pressures:
            state = reduce_pressure(router.field, lane)
            found[lane.instrument.symbol] = {
                "value": state.value,
                "verdict": state.verdict or None,
                "shares": {part.name: part.share for part in state.parts},
            }
    return found or None


def _features(router: Router) -> dict[str, Any] | None:
    """The last row of each instrument: prices in price units, sizes in contracts, shares or coins."""
    found = {lane.instrument.symbol: _row_document(lane) for lane in router.lanes if len(lane.features)}
    return found or None


def _row_document(lane: Lane) -> dict[str, Any]:
    row, instrument = lane.features.view()[-1], lane.instrument
    tick, lot = instrument.tick, instrument.lot
    document: dict[str, Any] = {"as_of": iso_utc(int(row["clock_ns"])), "is_suspect": bool(row["is_suspect"])}
    for name in FEATURE_NAMES:
        unit = tick if name in IN_TICKS else 1.0 if name in PLAIN_NUMBERS else lot
        unit = {"bid_slope": lot / tick, "ask_slope": lot / tick, "kyle_lambda": tick / lot}.get(name, unit)
        if name != "is_suspect":
            numbers = [None if math.isnan(each) else each * unit for each in np.atleast_1d(row[name]).tolist()]
            document[name] = numbers if row[name].ndim else numbers[0]
    return document
