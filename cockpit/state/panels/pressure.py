"""The pressure meter: the last tick's components with what went into each, in words."""

import math
from collections.abc import Mapping
from typing import Final

from cockpit.engines.regime.pressure import PressureInputs, PressureReadout
from cockpit.engines.regime.pressure_layout import PARTS
from cockpit.instruments import MINUS, Instrument
from cockpit.state.field import Field
from cockpit.state.lane import Lane
from cockpit.state.views import PressurePart, PressureState

_UNITS: Final = {"equity": "shares", "crypto": "coins"}


def reduce_pressure(field: Field, lane: Lane) -> PressureState:
    """The meter of a lane that has a book."""
    stopped = field.faults.get(f"pressure {lane.instrument.symbol}")
    if stopped is not None:
        return PressureState(reason=f"engine stopped: {stopped}")
    engine = field.pressures.get(lane.id)
    read = None if engine is None else engine.last
    if read is None:
        return PressureState(reason="no tick of the clock since the book began")
    has_chain = field.chain_source(lane) is not None
    value = _known(read.value)
    return PressureState(
        value=value,
        raw=_known(read.reading.raw),
        verdict="" if value is None else read.verdict,
        parts=_parts(read, lane.instrument, has_chain),
        low=_known(read.low),
        high=_known(read.high),
        at_ns=read.clock_ns,
        reason="" if value is not None else "fewer than two components are known",
    )


def _parts(read: PressureReadout, instrument: Instrument, has_chain: bool) -> tuple[PressurePart, ...]:
    made = zip(PARTS, read.reading.components, read.reading.shares, read.reading.weights, strict=True)
    known = {
        name: not math.isnan(component) for name, component in zip(PARTS, read.reading.components, strict=True)
    }
    words = _evidence(read.inputs, known, instrument, has_chain)
    return tuple(
        PressurePart(name, _known(component), _known(share), weight, words[name])
        for name, component, share, weight in made
    )


def _evidence(
    it: PressureInputs, known: Mapping[str, bool], instrument: Instrument, has_chain: bool
) -> dict[str, str]:
    """What each component was made of; of an unknown one, what is missing."""
    lot, units = instrument.lot, _UNITS.get(instrument.kind, "contracts")
    whole = 0 if lot >= 1 else 3  # decimals of a size
    bid, ask = (f"{lots * lot:,.{whole or 1}f}" for lots in (it.bid_weighted, it.ask_weighted))
    bought, sold = (f"{lots * lot:,.{whole}f}" for lots in (it.bought, it.sold))

    def flow(name: str, lots: float, median: float, what: str) -> str:
        sizes = f"10 s {_signed(lots * lot, whole)}, usual size {median * lot:,.{whole}f} {units}"
        return _flow(known[name], lots, median, f"{what}: {sizes}")

    return {
        "imbalance": _words(
            known["imbalance"],
            f"ten levels, weighted e^(−i/2): bid {bid}, ask {ask} {units}",
            "no two-sided book",
        ),
        "order_flow": flow("order_flow", it.ofi, it.ofi_median, "order-flow imbalance at the touch"),
        "pull_stack": flow(
            "pull_stack", it.net_stack, it.net_stack_median, "added less pulled, bids less asks, ten levels"
        ),
        "aggression": _words(
            known["aggression"],
            f"10 s: bought {bought}, sold {sold} {units} in {it.trades:,.0f} prints",
            "no prints in 10 s",
        ),
        "gex_stiffness": _words(
            known["gex_stiffness"],
            f"exposure at the spot {_signed(it.gex_ratio, 2)} of its scale; 5-min move {_signed(it.move_ticks, 1)}"
            f" ticks, usual {it.sigma_ticks:,.1f}",
            _no_stiffness(it, has_chain),
        ),
    }


def _no_stiffness(it: PressureInputs, has_chain: bool) -> str:
    if math.isnan(it.gex_ratio):
        return "chain or basis too old" if has_chain else "no option chain"
    return "under 15 min of moves"


def _flow(is_known: bool, value: float, median: float, known: str) -> str:
    if math.isnan(value):
        return "no two-sided book"
    return _words(is_known, known, "under 30 s of history" if math.isnan(median) else "nothing in 5 min")


def _words(is_known: bool, known: str, unknown: str) -> str:
    return known if is_known else unknown


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _signed(value: float, digits: int) -> str:
    text = f"{abs(value):,.{digits}f}"
    return text if value == 0 else f"{'+' if value > 0 else MINUS}{text}"
