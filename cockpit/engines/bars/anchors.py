"""Where bars begin and end: on New York's wall clock, cut at sessions; on UTC where a market never closes.

A time bar is the span between two neighbouring *edges*. Intervals that divide an hour have their edges every
``step`` ns since the epoch, because New York is whole hours away from UTC; longer ones have them listed, with
17:00 and 18:00 ET, where one trade date of overnight futures ends and the next begins. Unless they are asked not
to: then the 4 h bar from 16:00 ET runs across the daily halt, and 1D bars run from one 18:00 ET to the next.

An early close is no edge: a bar of that day has fewer trades and ends where it always does, so that a wrong entry
in the table of holidays cannot cut a bar in two.

Source: ``formulas.md`` 8.2, ``contracts.md`` 9; vector ``futures.json`` ``sessions`` (not cut at sessions).
"""

from typing import Final

import numpy as np

from cockpit.calendars import CLOSE_NS, TRADE_DATE_OPEN_NS, Calendar
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
        split_at_session: Whether 17:00 and 18:00 ET are edges of overnight futures, and 1D bars trade dates.

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
        self._split = split_at_session
        self.step = interval.ns if calendar is None or NS_PER_HOUR % interval.ns == 0 else 0
        self._edges = np.array([BEFORE_ALL, AFTER_ALL], np.int64)
        # the span for which edges are listed; what divides an hour has an edge at 17:00 and 18:00 anyway
        self._first_ns, self._last_ns = (BEFORE_ALL, AFTER_ALL) if self.step else (AFTER_ALL, BEFORE_ALL)

    def edges(self, first_ns: int, last_ns: int) -> Times:
        """Listed edges around [first_ns, last_ns], int64 ascending, with BEFORE_ALL and AFTER_ALL at the ends."""
        if first_ns < self._first_ns or last_ns > self._last_ns:
            self._first_ns = min(first_ns - _MARGIN_NS, self._first_ns)
            self._last_ns = max(last_ns + _SPARE_NS, self._last_ns)
            listed = self._listed(self._first_ns - _MARGIN_NS, self._last_ns + _MARGIN_NS)
            self._edges = np.concatenate([[BEFORE_ALL], listed, [AFTER_ALL]]).astype(np.int64)
        return self._edges

    def _listed(self, low: int, high: int) -> Times:
        calendar = self._calendar
        assert calendar is not None  # without one every edge is regular
        if self._interval_ns != NS_PER_DAY:
            walls = _walls(low, high, self._interval_ns)
            return _with_halts(walls, low, high) if self._split and calendar.is_overnight else walls
        if not self._split:
            return _eastern(low, high, TRADE_DATE_OPEN_NS if calendar.is_overnight else 0)
        if calendar.is_overnight:
            return _trade_dates(calendar)
        return np.union1d(_eastern(low, high), calendar.closes)

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


def _walls(low: int, high: int, interval_ns: int) -> Times:
    """Multiples of the interval on New York's clock, from each midnight."""
    midnights = _eastern(low, high)
    today, tomorrow = midnights[:-1, None], midnights[1:, None]
    clock = np.arange(0, NS_PER_DAY, interval_ns)
    return np.where(clock < _CLOCK_CHANGE_NS, today + clock, tomorrow - (NS_PER_DAY - clock)).ravel()


def _with_halts(walls: Times, low: int, high: int) -> Times:
    return np.unique(
        np.concatenate([walls, _eastern(low, high, CLOSE_NS), _eastern(low, high, TRADE_DATE_OPEN_NS)])
    )


def _trade_dates(calendar: Calendar) -> Times:
    """From the first open of a trade date to its 17:00 ET, holiday sessions booked to it included."""
    days = calendar.trade_days
    begins = np.append(True, np.diff(days).astype(np.int64) != 0)
    ends = from_eastern_wall(days[begins].astype(np.int64) * NS_PER_DAY + CLOSE_NS)
    return np.union1d(calendar.opens[begins], ends)


def _eastern(low: int, high: int, clock_ns: int = 0) -> Times:
    """Instants at which New York's clock shows ``clock_ns`` past midnight, around [low, high], ascending."""
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
        split_at_session: As in ``Grid``.

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
