"""What recorded levels tell about orders that rested before a recording began.

A level that the recorded depth shows for the first time, while the depth never reached its price before, may hold
orders nobody announced: their sum is the recorded size less the orders announced there. A level whose price the
depth did reach before, and that was not there then, holds announced orders only.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import ASK, BID
from cockpit.units import NO_PRICE, Rows, Sizes, Ticks

_NEVER: Final = 2**62
_SIDES: Final = ((BID, "bid"), (ASK, "ask"))

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Announced:
    """Changes of announced orders: sizes int64 (n,), negative where an order leaves, at the event in ``rows``."""

    sides: NDArray[np.uint8]
    prices: Ticks
    rows: Places
    sizes: Sizes


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """Sums of orders nobody announced, by the event that first shows them; ascending in ``rows``.

    Attributes:
        sides, prices, rows, sizes: All (n,); each level has one entry at most.
        shown: Per side, prices ascending and the event that first shows each.
    """

    sides: NDArray[np.uint8]
    prices: Ticks
    rows: Places
    sizes: Sizes
    shown: dict[int, tuple[Ticks, Places]]

    def since(self, sides: NDArray[np.uint8], prices: Ticks) -> Places:
        """The event that first shows each level, int64 (n,); a very large one where none does."""
        out = np.full(len(prices), _NEVER, np.int64)
        for side, (known, rows) in self.shown.items():
            if len(known):
                place = np.minimum(np.searchsorted(known, prices), len(known) - 1)
                hit = (sides == side) & (known[place] == prices)
                out[hit] = rows[place[hit]]
        return out


def learn(told: Rows, announced: Announced, depth: int) -> Hidden:
    """The unannounced sums that recorded levels show.

    Args:
        told: MBP rows, one after each event, n.
        announced: Changes at events 0 to n - 1.
        depth: Levels a side that are recorded when there are so many.
    """
    parts: list[tuple[NDArray[np.uint8], Ticks, Places, Sizes]] = []
    shown: dict[int, tuple[Ticks, Places]] = {}
    for side, name in _SIDES:
        ticks, sizes = told[f"{name}_ticks"], told[f"{name}_sizes"]
        rows, columns = np.nonzero(ticks != NO_PRICE)
        prices, first = np.unique(ticks[rows, columns], return_index=True)
        first_rows = rows[first]
        shown[side] = prices, first_rows
        reached = _reached(ticks[:, :depth], prices, side)
        mine = announced.sides == side
        known = _sums(announced, mine, prices, first_rows, len(told))
        rest = sizes[first_rows, columns[first]] - known
        new = (reached == first_rows) & (rest > 0)
        parts.append((np.full(int(new.sum()), side, np.uint8), prices[new], first_rows[new], rest[new]))
    sides, prices, rows, sizes = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(rows, kind="stable")
    return Hidden(sides[order], prices[order], rows[order], sizes[order], shown)


def _reached(ticks: NDArray[np.int64], prices: Ticks, side: int) -> Places:
    """The first event whose recorded depth reaches each price; a side that is not full reaches all."""
    keys = np.where(ticks == NO_PRICE, -_NEVER, ticks if side == BID else -ticks)
    worst = np.minimum.accumulate(keys.min(axis=1))
    return np.searchsorted(-worst, -(prices if side == BID else -prices), side="left")


def _sums(announced: Announced, mine: NDArray[np.bool_], prices: Ticks, rows: Places, events: int) -> Sizes:
    """Size announced at each price up to and including an event, int64 like ``prices``."""
    levels, which = np.unique(announced.prices[mine], return_inverse=True)
    if not len(levels):
        return np.zeros(len(prices), np.int64)
    keys = which * events + announced.rows[mine]
    order = np.argsort(keys, kind="stable")
    keys, total = keys[order], np.concatenate([[0], np.cumsum(announced.sizes[mine][order])])
    place = np.minimum(np.searchsorted(levels, prices), len(levels) - 1)
    begin = np.searchsorted(keys, place * events, side="left")
    end = np.searchsorted(keys, place * events + rows, side="right")
    return np.where(levels[place] == prices, total[end] - total[begin], 0)
