"""Frozen states of the depth curve and the depth surface; the others are in ``views.py``."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cockpit.engines.book.relief import COLUMN_NS as COLUMN_NS  # widgets know these as part of the states
from cockpit.engines.book.relief import COLUMNS as COLUMNS
from cockpit.engines.book.relief import ROWS as ROWS
from cockpit.engines.book.relief import SPAN_NS as SPAN_NS
from cockpit.engines.book.relief import UNKNOWN as UNKNOWN
from cockpit.engines.book.relief import Relief as Relief
from cockpit.state.views import Head
from cockpit.units import NS_PER_MS, NS_PER_S, Sizes, Ticks

USUAL_PACE_NS: Final = NS_PER_S  # of clock between two states
PACES_NS: Final = {"1": NS_PER_S, "0.1": 100 * NS_PER_MS, "5": 5 * NS_PER_S}  # the usual one first
ROOM_TICKS: Final = 0.9  # either side of the outermost level in view: no other one fits in


def _none() -> Sizes:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a market order would do that takes everything up to a price.

    Attributes:
        side: ``buy`` or ``sell``.
        lots: Its size, the venue's smallest unit.
        tick: The last level it touches.
        ticks: From the best price to there.
        levels: Levels touched.
        is_all: Whether it takes all the book shows: what lies behind is not known, or nothing.
    """

    side: str
    lots: int
    tick: int
    ticks: int
    levels: int
    is_all: bool


@dataclass(frozen=True, slots=True, eq=False)
class CurveState:
    """The depth curve: what a book shows, added up from the touch outwards.

    Attributes:
        head: Header; ``note`` says ``order level``, ``full depth`` or ``10 levels``.
        bid_ticks, bid_sums: int64 (n,), best first: price, and what rests there or better, smallest units.
        ask_ticks, ask_sums: int64 (m,), the same.
        depth: Levels a side the source can show; None when it shows all, or nothing is open.
        is_suspect, is_crossed: Whether the book may be wrong; whether its best bid is at or above its best ask.
        at_ns: Clock of this book, ns; None without one. Between two of them only ``head`` is renewed.
    """

    head: Head = field(default_factory=Head)
    bid_ticks: Ticks = field(default_factory=_none)
    bid_sums: Sizes = field(default_factory=_none)
    ask_ticks: Ticks = field(default_factory=_none)
    ask_sums: Sizes = field(default_factory=_none)
    depth: int | None = None
    is_suspect: bool = False
    is_crossed: bool = False
    at_ns: int | None = None

    @property
    def mid(self) -> float | None:
        """Half way between the best prices, ticks; None when a side is empty."""
        if not len(self.bid_ticks) or not len(self.ask_ticks):
            return None
        return int(self.bid_ticks[0]) / 2 + int(self.ask_ticks[0]) / 2

    def span_of_levels(self, levels: int) -> tuple[float, float] | None:
        """Lowest and highest price, ticks, that so many levels of each side take; None for an empty book."""
        ends = [int(ticks[min(levels, len(ticks)) - 1]) for ticks in (self.bid_ticks, self.ask_ticks) if len(ticks)]
        best = [int(ticks[0]) for ticks in (self.bid_ticks, self.ask_ticks) if len(ticks)]
        if not ends:
            return None
        low, high = min(*ends, *best) - ROOM_TICKS, max(*ends, *best) + ROOM_TICKS
        if len(ends) == 1:  # as much room for the side that is empty
            half = high - low
            return (low, high + half) if len(self.bid_ticks) else (low - half, high)
        return low, high

    def span_of_bps(self, bps: float) -> tuple[float, float] | None:
        """Prices, ticks, so many 1/10,000 around the mid, or around the best price of the only side."""
        best = [int(ticks[0]) for ticks in (self.bid_ticks, self.ask_ticks) if len(ticks)]
        if not best:
            return None
        middle = sum(best) / len(best)
        half = max(abs(middle) * bps / 1e4, 2.0)
        return middle - half, middle + half

    def totals(self, low: float, high: float) -> tuple[int, int]:
        """What rests of bids at ``low`` or better, and of asks at ``high`` or better, smallest units."""
        bids = int(np.searchsorted(-self.bid_ticks, -low, side="right"))
        asks = int(np.searchsorted(self.ask_ticks, high, side="right"))
        return (int(self.bid_sums[bids - 1]) if bids else 0, int(self.ask_sums[asks - 1]) if asks else 0)

    def reach(self, tick: float) -> Reach | None:
        """The order that takes all up to a price: a buy from the best ask up, a sell from the best bid down."""
        if len(self.ask_ticks) and tick >= self.ask_ticks[0]:
            return _reach("buy", self.ask_ticks, self.ask_sums, int(np.searchsorted(self.ask_ticks, tick, "right")))
        if len(self.bid_ticks) and tick <= self.bid_ticks[0]:
            at = int(np.searchsorted(-self.bid_ticks, -tick, "right"))
            return _reach("sell", self.bid_ticks, self.bid_sums, at)
        return None


def _reach(side: str, ticks: Ticks, sums: Sizes, levels: int) -> Reach:
    tick = int(ticks[levels - 1])
    return Reach(side, int(sums[levels - 1]), tick, abs(tick - int(ticks[0])), levels, levels == len(ticks))


@dataclass(frozen=True, slots=True, eq=False)
class ReliefState:
    """The depth surface: the last three minutes of a book.

    Attributes:
        head: Header; ``note`` says how deep the book is.
        relief: The grid.
        top: Size at which height and colour end, smallest units.
        is_cut: Whether something in the grid is larger than that.
        gap_ns: Time within the grid that nobody knows anything of.
        depth: Levels a side the source can show; None when it shows all, or nothing is open.
        at_ns: Clock of the grid, ns; None without one. Between two of them only ``head`` is renewed.
    """

    head: Head = field(default_factory=Head)
    relief: Relief = field(default_factory=Relief)
    top: float = 10.0
    is_cut: bool = False
    gap_ns: int = 0
    depth: int | None = None
    at_ns: int | None = None
