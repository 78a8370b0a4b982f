"""What was added to each price of a book and pulled from it over the last minute; executions are neither.

    stacked(p) = sum of additions - sum of sizes taken away without a trade    over the last 60 s

Seconds are those of the market's clock; whole ones fall out of the minute one by one, so the span is between 59 and
60 s. After a gap it begins anew: what happened in it is not known. It depends on the events alone, not on how they
are cut.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.book.layout import FLOW, Records
from cockpit.engines.book.pulled_stacked_kernels import ENTRY, PLACE, STATE, index, sums, take
from cockpit.units import NO_TIME, NS_PER_S, Rows, Sizes

SPAN_S: Final = 60
FIRST_ENTRIES: Final = 1024
FIRST_PLACES: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class FrozenPulledStacked:
    """A ``PulledStacked`` at one moment."""

    entries: Rows
    second: int
    since_ns: int


class PulledStacked:
    """Size added and pulled by price, of one book."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._entries: Records = np.zeros(FIRST_ENTRIES, ENTRY)
        self._state: Records = np.zeros(1, STATE)
        self._state["second"], self._state["since_ns"] = NO_TIME // NS_PER_S, NO_TIME
        self._renew_table(FIRST_PLACES)

    @property
    def since_ns(self) -> int | None:
        """Instant of the last gap; None: everything was seen."""
        since = int(self._state["since_ns"][0])
        return None if since == NO_TIME else since

    def apply(self, flow: Rows) -> None:
        """Count FLOW rows, in order."""
        start = 0
        while (start := take(flow, start, self._entries, self._table, self._state)) < len(flow):
            self._make_room()

    def window(self, low_tick: int, n: int, now_ns: int) -> tuple[Sizes, Sizes]:
        """Added and pulled at ticks low_tick .. low_tick + n - 1 in the minute before ``now_ns``.

        Returns:
            Two of int64 (2, n), bid and ask, in lots.
        """
        added, pulled = np.zeros((2, n), np.int64), np.zeros((2, n), np.int64)
        sums(self._entries, int(self._state["n"][0]), now_ns // NS_PER_S - SPAN_S + 1, low_tick, added, pulled)
        return added, pulled

    def freeze(self) -> FrozenPulledStacked:
        """The state now: what still counts."""
        state = self._state[0]
        return FrozenPulledStacked(self._recent().copy(), int(state["second"]), int(state["since_ns"]))

    def thaw(self, frozen: FrozenPulledStacked) -> None:
        """Become what was frozen."""
        self.reset()
        n, state = len(frozen.entries), self._state
        self._entries = np.zeros(max(2 * n, FIRST_ENTRIES), ENTRY)
        self._entries[:n] = frozen.entries
        fresh = int(np.searchsorted(frozen.entries["second"], frozen.second))
        state["n"], state["fresh"] = n, fresh
        state["second"], state["since_ns"] = frozen.second, frozen.since_ns
        self._renew_table(FIRST_PLACES)

    def _recent(self) -> Rows:
        entries = self._entries[: int(self._state["n"][0])]
        return entries[np.searchsorted(entries["second"], self._state["second"][0] - SPAN_S + 1) :]

    def _make_room(self) -> None:
        """Let go of what does not count any more; then room for as much again, and a table half empty."""
        recent, state = self._recent(), self._state
        gone = int(state["n"][0]) - len(recent)
        entries = np.zeros(max(2 * len(recent), FIRST_ENTRIES), ENTRY)
        entries[: len(recent)] = recent
        self._entries = entries
        state["n"] -= gone
        state["fresh"] -= gone
        self._renew_table(len(self._table))

    def _renew_table(self, least: int) -> None:
        size = least
        while size < 4 * (int(self._state["n"][0]) - int(self._state["fresh"][0]) + 1):
            size *= 2
        self._table: Records = np.zeros(size, PLACE)
        self._state["tag"] = 1
        index(self._entries, self._table, self._state)


def warm() -> None:
    """Load the kernels from numba's cache, or compile them; any thread may call it."""
    counted, flow = PulledStacked(), np.zeros(1, FLOW)
    counted.apply(flow)
    flow.flags.writeable = False
    counted.apply(flow)
    counted.window(0, 1, 0)
