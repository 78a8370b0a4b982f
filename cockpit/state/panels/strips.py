"""The last three minutes of a book in numbers: one line each, of the ladder's instrument."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from cockpit.engines.book.microprice import MicropriceFit, adjustments
from cockpit.events.dtypes import BANDS_BPS
from cockpit.state.book_feed import BOOK_KINDS
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.router import Router
from cockpit.state.views import Pane, Provenance, Strip, StripLine, StripsState
from cockpit.units import NS_PER_S, Floats, Rows, Times

SPAN_NS: Final = 180 * NS_PER_S
HOLE_NS: Final = 70 * NS_PER_S  # ticks of a silence are a minute apart; more without one and something is missing

# name -> what is drawn, float64 (n,) each, of FEATURES rows: prices in ticks, sizes in the venue's smallest unit
PLAIN: Final[Mapping[str, Callable[[Rows], tuple[Floats, ...]]]] = {
    "spread": lambda rows: (rows["spread"],),
    "imbalance": lambda rows: (rows["imbalance_10"],),
    "ofi": lambda rows: (rows["ofi"],),
    "net_stack": lambda rows: (rows["bid_net_stack"] - rows["ask_net_stack"],),
    "slope": lambda rows: (rows["bid_slope"], rows["ask_slope"]),
    **{
        f"depth_{bps}": lambda rows, band=band: (rows["bid_within"][:, band] + rows["ask_within"][:, band],)
        for band, bps in enumerate(BANDS_BPS)
    },
    "imbalance_best": lambda rows: (rows["imbalance"],),
    "imbalance_weighted": lambda rows: (rows["imbalance_weighted"],),
    "depth_weighted": lambda rows: (rows["depth_weighted"] - rows["mid"],),
    "cross_weighted": lambda rows: (rows["cross_weighted"] - rows["mid"],),
    "depth_levels": lambda rows: (rows["bid_depth"][:, -1], rows["ask_depth"][:, -1]),
    "ofi_ranks": lambda rows: (rows["ofi_by_rank"].sum(axis=1),),
    "ofi_integrated": lambda rows: (rows["ofi_integrated"],),
    "delta_depth": lambda rows: (rows["delta_depth_imbalance"],),
    "traded": lambda rows: (rows["bought"], rows["sold"]),
    "vpin": lambda rows: (rows["vpin"],),
    "kyle": lambda rows: (rows["kyle_lambda"],),
}


class StripsReducer:
    """States of the feature strips.

    Args:
        microprices: Learned micro-price tables by root.
    """

    def __init__(self, router: Router, microprices: Mapping[str, MicropriceFit] | None = None) -> None:
        self._router, self._microprices = router, microprices or {}

    def reduce(self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int) -> StripsState:
        """The state at ``now_ns``."""
        head = head_of(self._router, lane, pane, provenance, now_ns, BOOK_KINDS)
        if lane.book is None:
            return StripsState(head=replace(head, reason=head.reason or "no order book so far"), now_ns=now_ns)
        every = lane.features.view()
        first = int(np.searchsorted(every["clock_ns"], now_ns - SPAN_NS, "right"))
        rows = every[first:]
        fault = self._router.field.faults.get(f"features {lane.instrument.symbol}")
        if not len(rows):
            reason = head.reason or (f"features stopped: {fault}" if fault else "no whole second of a book so far")
            return StripsState(head=replace(head, reason=reason), now_ns=now_ns)
        leans, is_fitted = microprice_leans(rows, self._microprices.get(lane.instrument.root))
        columns = {"microprice": (leans,), **{name: made(rows) for name, made in PLAIN.items()}}
        breaks = _breaks(rows, lane.gaps)
        trusted = rows["is_suspect"] == 0
        strips = tuple(
            Strip(name, tuple(_line(rows["clock_ns"], values, trusted, breaks) for values in found))
            for name, found in columns.items()
        )
        return StripsState(
            head=head,
            now_ns=now_ns,
            span_ns=SPAN_NS,
            strips=strips,
            is_fitted=is_fitted,
            kyle=_kyle(rows[-1]),
            explained=_known(rows["ofi_explained"][-1]),
        )


def microprice_leans(rows: Rows, fit: MicropriceFit | None) -> tuple[Floats, bool]:
    """Micro-price less mid of FEATURES rows, float64 (n,) in ticks, and whether it is the learned one.

    Where the newest row's state was never learned, all of it is the weighted mid: one line is one thing.
    """
    if fit is not None:
        leans = adjustments(fit, rows["bid_depth"][:, 0], rows["ask_depth"][:, 0], rows["spread"])
        if len(rows) and not np.isnan(leans[-1]):
            return leans, True
    return rows["weighted_mid"] - rows["mid"], False


def _breaks(rows: Rows, gaps: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Whether something was lost between each row and the one before, bool (n,)."""
    clocks = rows["clock_ns"]
    broken = np.diff(clocks, prepend=clocks[0]) > HOLE_NS
    for from_ns, to_ns in gaps:
        if to_ns >= clocks[0] - NS_PER_S:
            broken |= (clocks >= from_ns) & (clocks - to_ns < NS_PER_S)
    return broken


def _line(clocks: Times, values: Floats, trusted: np.ndarray, breaks: np.ndarray) -> StripLine:
    """What is known of a column; the line breaks where something is not."""
    known = trusted & ~np.isnan(values)
    at = np.flatnonzero(known)
    # a break between two known rows is one wherever it lies between them
    passed = np.cumsum(breaks)
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (np.diff(at) > 1) | (np.diff(passed[at]) > 0)
    shown, times = values[at].astype(np.float64), clocks[at].astype(np.int64)
    for array in (shown, times, begins):
        array.flags.writeable = False
    last = float(values[-1]) if len(at) and at[-1] == len(values) - 1 else None
    return StripLine(times, shown, begins, last)


def _kyle(row: Rows) -> tuple[int, float] | None:
    """Seconds that Kyle's lambda rests on, and its R²; None while it is unknown."""
    return None if np.isnan(row["kyle_lambda"]) else (int(row["kyle_n"]), float(row["kyle_r2"]))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
