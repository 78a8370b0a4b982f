"""Where bars begin and end: on New York's wall clock, cut at sessions; on UTC where a market never closes.

A time bar is the span between two neighbouring *edges*. Intervals that divide an hour have their edges every
``step`` ns since the epoch, because New York is whole hours away from UTC; longer ones have them listed. Both
also have the opens and closes of sessions, unless they are asked not to: then the 4 h bar from 16:00 ET runs
across the daily halt, and 1D bars run from one 18:00 ET to the next.

Source: ``formulas.md`` 8.2, ``contracts.md`` 9; vector ``futures.json`` ``sessions`` (not cut at sessions).
"""

from typing import Final

import numpy as np

from cockpit.calendars import SUNDAY_OPEN_NS, Calendar
from cockpit.engines.bars.intervals import Interval
from cockpit.errors import EngineError
from cockpit.instants import from_eastern_wall
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, Times

BEFORE_ALL: Final = -(2**63)
AFTER_ALL: Final = 2**63 - 1
_MARGIN_NS: Final = 8 * NS_PER_DAY  # listed edges reach this far past what was asked, so that a bar is whole
_SPARE_NS: Final = 400 * NS_PER_DAY  # and this far when they have to be listed again
# New York changes its clock between 02:00 and 03:00: edges before count from midnight, later ones from the next
_CLOCK_CHANGE_NS: Final = 2 * NS_PER_HOUR


class Grid:
    """Edges of the time bars of one interval and calendar.

    Args:
        interval: A time interval.
        calendar: Sessions; None for a market that never closes, whose bars are anchored to UTC.
        split_at_session: Whether session opens and closes are edges too.

    Attributes:
        step: ns between regular edges, counted from the epoch; 0 when all edges are listed.

    Raises:
        EngineError: The interval counts ticks or volume.
    """

    def __init__(self, interval: Interval, calendar: Calendar | None, split_at_session: bool = True) -> None:
        if not interval.is_time:
            raise EngineError(f"{interval.label} bars have no edges in time")
        self._interval_ns = interval.ns
        self._calendar = calendar
        self._split = split_at_session and calendar is not None
        # day sessions are a part of their day; overnight futures stop for an hour, which no bar should span
        self._cuts = calendar is not None and self._split and calendar.is_overnight
        self.step = interval.ns if calendar is None or NS_PER_HOUR % interval.ns == 0 else 0
        self._edges = np.array([BEFORE_ALL, AFTER_ALL], np.int64)
        self._first_ns, self._last_ns = AFTER_ALL, BEFORE_ALL
        if self.step:
            self._first_ns, self._last_ns = BEFORE_ALL, AFTER_ALL
            self._edges = _bounded(self._sessions(BEFORE_ALL, AFTER_ALL))

    def edges(self, first_ns: int, last_ns: int) -> Times:
        """Listed edges around [first_ns, last_ns], int64 ascending, with BEFORE_ALL and AFTER_ALL at the ends."""
        if first_ns < self._first_ns or last_ns > self._last_ns:
            self._first_ns = min(first_ns - _MARGIN_NS, self._first_ns)
            self._last_ns = max(last_ns + _SPARE_NS, self._last_ns)
            low, high = self._first_ns - _MARGIN_NS, self._last_ns + _MARGIN_NS
            self._edges = _bounded(self._days(low, high) if self._is_daily else self._walls(low, high))
        return self._edges

    @property
    def _is_daily(self) -> bool:
        return self._interval_ns == NS_PER_DAY

    def _sessions(self, low: int, high: int) -> Times:
        """Opens and closes in [low, high], where bars are cut."""
        if not self._cuts or self._calendar is None:
            return np.zeros(0, np.int64)
        both = np.union1d(self._calendar.opens, self._calendar.closes)
        return both[(both >= low) & (both <= high)]

    def _walls(self, low: int, high: int) -> Times:
        """Multiples of the interval on New York's clock, from each midnight, with the session edges."""
        midnights = _eastern_midnights(low, high)
        today, tomorrow = midnights[:-1, None], midnights[1:, None]
        clock = np.arange(0, NS_PER_DAY, self._interval_ns)
        walls = np.where(clock < _CLOCK_CHANGE_NS, today + clock, tomorrow - (NS_PER_DAY - clock))
        return np.union1d(walls.ravel(), self._sessions(low, high))

    def _days(self, low: int, high: int) -> Times:
        """Edges of daily bars: trade dates, or for day sessions New York midnights and closes."""
        calendar = self._calendar
        if calendar is None or not self._split:
            start = SUNDAY_OPEN_NS if calendar is None or calendar.is_overnight else 0
            return _eastern_midnights(low, high, start)
        if not calendar.is_overnight:
            return np.union1d(_eastern_midnights(low, high), calendar.closes)
        changes = np.diff(calendar.trade_days).astype(np.int64) != 0
        begins, ends = np.append(True, changes), np.append(changes, True)
        return np.union1d(calendar.opens[begins], calendar.closes[ends])

    def bounds(self, at_ns: Times) -> tuple[Times, Times]:
        """Begin and end of the bar each instant lies in, ``open <= at < close``; int64 (n,) each."""
        if not len(at_ns):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        edges = self.edges(int(at_ns.min()), int(at_ns.max()))
        after = np.searchsorted(edges, at_ns, side="right")
        opens, closes = edges[after - 1], edges[after]
        if self.step:
            regular = at_ns - at_ns % self.step
            opens, closes = np.maximum(opens, regular), np.minimum(closes, regular + self.step)
        return opens, closes


def _bounded(edges: Times) -> Times:
    return np.concatenate([[BEFORE_ALL], edges, [AFTER_ALL]]).astype(np.int64)


def _eastern_midnights(low: int, high: int, clock_ns: int = 0) -> Times:
    """Instants at which New York's clock shows ``clock_ns`` past midnight, around [low, high]."""
    days = np.arange(low // NS_PER_DAY - 1, high // NS_PER_DAY + 2, dtype=np.int64)
    return from_eastern_wall(days * NS_PER_DAY + clock_ns)


def bar_bounds(
    interval: Interval, calendar: Calendar | None, at_ns: Times, split_at_session: bool = True
) -> tuple[Times, Times]:
    """Begin and end of the time bar each instant lies in; see ``Grid``.

    Args:
        interval: A time interval.
        calendar: Sessions; None: anchored to UTC.
        at_ns: int64 (n,), ns UTC.
        split_at_session: Whether bars are cut at session opens and closes.

    Returns:
        int64 (n,) opens and closes, ns UTC; ``open <= at < close``.
    """
    return Grid(interval, calendar, split_at_session).bounds(at_ns)


def session_starts(calendar: Calendar, opens: Times, before_ns: int | None = None) -> np.ndarray:
    """Which bars are the first of a new session.

    Args:
        calendar: Sessions.
        opens: int64 (n,), ascending begins of bars.
        before_ns: Begin of the bar before the first; None when there is none, then the first starts a session.

    Returns:
        bool (n,).
    """
    session = np.searchsorted(calendar.opens, opens, side="right")
    first = -1 if before_ns is None else int(np.searchsorted(calendar.opens, before_ns, side="right"))
    return np.diff(session, prepend=first) != 0
