"""Lines that are summed from a session's open: volume-weighted average price and cumulative delta of a bar series.

    VWAP = sum(price x size) / sum(size)            since the session opened
    sigma = sqrt(sum(size x (price - VWAP)^2) / sum(size))
    CVD = sum(size bought) - sum(size sold)         since the session opened

Sums over prints are exact; a vendor's bar goes in by its typical price (high + low + close) / 3, and the row says
which share of the volume that is. A session opens as the calendar has it; without a calendar a UTC day does. Where
volume or sides of a bar are unknown the line has a gap, the sum goes on behind it, and the row counts such bars.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from cockpit.calendars import Calendar
from cockpit.engines.bars import anchored_kernels as kernels
from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.anchors import session_starts
from cockpit.ring import Columns
from cockpit.units import NO_TIME, NS_PER_DAY, Rows, Times

VWAP: Final = kernels.VWAP
DELTA: Final = kernels.DELTA


class SessionLine:
    """One value a bar of a series, summed from the open of the bar's session; closed rows never change.

    Args:
        series: The bars; only ever appended to while this lives.
        dtype: Of a row: ``VWAP`` or ``DELTA``.
        sums: The kernel that makes rows.

    Attributes:
        is_known: Whether any bar so far had a value.
    """

    def __init__(self, series: BarSeries, dtype: np.dtype[np.void], sums: Callable[..., None]) -> None:
        self._series, self._dtype, self._sums = series, dtype, sums
        self._rows = Columns(dtype)
        self._run: Rows = np.zeros(1, kernels.RUN)
        self._run["anchor_ns"] = NO_TIME
        self._before: int | None = None  # open of the newest bar taken in
        self.is_known = False

    def update(self) -> Rows:
        """Take the bars since the last call; returns a row for every bar, the forming one included.

        Read-only; as in ``BarSeries.view`` the row of the forming bar follows it in views taken earlier.
        """
        series, taken = self._series, len(self._rows)
        bars, moments = series.closed.view()[taken:], series.moments.view()[taken:]
        if len(bars):
            self._rows.append(self._made(self._run, bars, moments))
            self._before = int(bars["open_ns"][-1])
        if not series.is_forming:
            return self._rows.view()
        return self._rows.view_with(self._made(self._run.copy(), series.forming(), series.forming_moments()))

    def _made(self, run: Rows, bars: Rows, moments: Rows) -> Rows:
        rows = np.empty(len(bars), self._dtype)
        begins = first_of_sessions(self._series.calendar, bars["open_ns"], self._before)
        self._sums(run, _fixed(bars), _fixed(moments), begins, rows)
        self.is_known = self.is_known or not bool(np.isnan(rows["value"]).all())
        return rows


def vwap_line(series: BarSeries) -> SessionLine:
    """The volume-weighted average price of a series; rows are ``VWAP``."""
    return SessionLine(series, VWAP, kernels.vwap_rows)


def delta_line(series: BarSeries) -> SessionLine:
    """The cumulative delta of a series; rows are ``DELTA``."""
    return SessionLine(series, DELTA, kernels.delta_rows)


def first_of_sessions(calendar: Calendar | None, opens: Times, before_ns: int | None) -> Any:
    """Which bars are the first of a session, or of a UTC day without a calendar; bool (n,).

    Args:
        opens: int64 (n,), ascending opens of bars.
        before_ns: Open of the bar before the first; None when there is none.
    """
    if calendar is not None:
        return session_starts(calendar, opens, before_ns)
    days = opens // NS_PER_DAY
    return np.diff(days, prepend=-1 if before_ns is None else before_ns // NS_PER_DAY) != 0


def _fixed(rows: Rows) -> Rows:
    """Contiguous and read-only, so that each kernel is compiled for one form of array only."""
    view = np.ascontiguousarray(rows).view()
    view.flags.writeable = False
    return view
