"""Buying less selling by second, and its sum since the session opened, made as prints come. Pure.

delta = size bought - size sold    by aggressor; prints without one count for neither
CVD   = sum of delta               since the session opened, else since the first print
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from cockpit.events.dtypes import ASK, BID
from cockpit.ring import Columns, begins_with
from cockpit.units import NS_PER_S, Rows, Times

SECOND: Final[np.dtype[Any]] = np.dtype(
    [("clock_ns", np.int64), ("delta", np.int64), ("cvd", np.int64)]  # begin of the second; lots; lots at its end
)
Opens = Callable[[int, int], Times]


class Deltas:
    """Seconds in which something was traded, of one instrument; each print is looked at once."""

    def __init__(self) -> None:
        self._seconds = Columns(SECOND)
        self._open: Rows = np.zeros(0, SECOND)  # the last second, which may go on; one row at most
        self._taken: Rows = np.zeros(0)

    def update(self, prints: Rows, opens: Opens) -> Rows:
        """All seconds so far, SECOND (n,), read-only; the last row is provisional, see ``Columns.view_with``.

        Args:
            prints: PRINT (m,), all there are; where they do not go on from those given before, it begins anew.
            opens: Session opens between two instants, ascending.
        """
        if len(self._taken) and not begins_with(prints, self._taken):
            self.__init__()
        fresh = prints[len(self._taken) :]
        self._taken = prints
        if len(fresh):
            self._add(fresh, opens)
        return self._seconds.view_with(self._open) if len(self._open) else self._seconds.view()

    def _add(self, prints: Rows, opens: Opens) -> None:
        sign = np.where(prints["aggressor"] == BID, 1, np.where(prints["aggressor"] == ASK, -1, 0))
        before = self._open
        clocks = np.concatenate([before["clock_ns"], prints["clock_ns"] // NS_PER_S * NS_PER_S])
        clocks = np.maximum.accumulate(clocks)
        amounts = np.concatenate([before["delta"], sign * prints["size"].astype(np.int64)])
        starts = np.flatnonzero(np.append(True, clocks[1:] != clocks[:-1]))
        rows = np.zeros(len(starts), SECOND)
        rows["clock_ns"], rows["delta"] = clocks[starts], np.add.reduceat(amounts, starts)
        base = int(before["cvd"][0] - before["delta"][0]) if len(before) else 0
        session = np.searchsorted(opens(int(clocks[0]), int(clocks[-1])), rows["clock_ns"], side="right")
        sums = base + np.cumsum(rows["delta"])
        begins = np.flatnonzero(session[1:] != session[:-1]) + 1  # seconds that are the first of a session
        less = np.zeros(len(rows), np.int64)
        for begin in begins.tolist():
            less[begin:] = sums[begin - 1]
        rows["cvd"] = sums - less
        self._seconds.append(rows[:-1])
        self._open = rows[-1:]
