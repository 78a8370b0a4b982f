"""One series of bars of one instrument and interval: closed bars, the forming one, and what closes it.

A time bar closes at the first print or tick whose clock has reached its end. A bar without prints does not exist:
the series shows the gap. Tick and volume bars close on the print that fills them; a print that overfills a
volume bar is not cut in two. Prints of size 0 are no trades and are left out.

Bars of a vendor are merged into longer ones by the instant they open at. Such a bar closes when a bar that
reaches its end has come, when a bar or print beyond its end comes, or at a tick strictly past its end: at the same
instant the tick runs ahead of the bar. In a series that has taken vendor's bars this holds for all its time bars.

Index levels have no ticks, so their series keeps floats and emits no BAR_CLOSED rows; it is read like any other.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.calendars import Calendar
from cockpit.engines.bars import kernels
from cockpit.engines.bars.anchors import AFTER_ALL, BEFORE_ALL, Grid, session_starts
from cockpit.engines.bars.intervals import Interval, length_text
from cockpit.errors import EngineError
from cockpit.events.dtypes import BAR_VIEW, DTYPES, Kind
from cockpit.ring import Columns, Frozen
from cockpit.units import NO_TIME, Rows, Times

_NO_EDGES: Final = np.array([BEFORE_ALL, AFTER_ALL], np.int64)
# beside every bar, what averages are made of: moments of its prices about its open, as in ``kernels``
MOMENTS: Final = np.dtype([("first", np.float64), ("second", np.float64), ("typical", np.float64)])
_VIEWED: Final = ("open_ns", "close_ns", "open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, eq=False)
class FrozenBars:
    """A ``BarSeries`` at one moment."""

    closed: Frozen
    moments: Frozen
    forming: Rows
    refused_ns: int


class BarSeries:
    """Closed and forming bars of one instrument and interval.

    Args:
        instrument_id: What ``instrument`` of emitted rows says.
        interval: Time, ticks or volume.
        calendar: Sessions that anchor and cut time bars; None: anchored to UTC.
        is_index: Whether it is fed INDEX bars, whose prices are points.
        split_at_session: As in ``anchors.Grid``.

    Attributes:
        closed: Closed bars, BAR_VIEW, ascending.
        moments: MOMENTS of the closed bars.
    """

    def __init__(
        self,
        instrument_id: int,
        interval: Interval,
        calendar: Calendar | None,
        is_index: bool = False,
        split_at_session: bool = True,
    ) -> None:
        self.instrument_id = instrument_id
        self.interval = interval
        self.calendar = calendar
        self.is_index = is_index
        self._grid = Grid(interval, calendar, split_at_session) if interval.is_time else None
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        self.closed = Columns(BAR_VIEW)
        self.moments = Columns(MOMENTS)
        self._forming: Rows = np.zeros(1, kernels.FORMING)
        for name in ("now_ns", "print_ns", "covered_ns"):
            self._forming[name] = NO_TIME
        self._refused_ns = 0  # shortest vendor bar that could not be used
        self._starts: Times = np.zeros(0, np.int64)
        self._starts_of = 0  # closed bars `_starts` knows of

    def __len__(self) -> int:
        """Bars, the forming one included."""
        return len(self.closed) + self.is_forming

    @property
    def is_forming(self) -> bool:
        """Whether a bar is forming."""
        return bool(self._forming["state"][0] != kernels.NOTHING)

    @property
    def reason(self) -> str:
        """Why the series is empty, ``5 m bars only``; empty when it is not, or when nothing has come."""
        if len(self) or not self._refused_ns:
            return ""
        return f"{length_text(self._refused_ns)} bars only"

    def apply_prints(self, prints: Rows, ticks: Rows) -> Rows:
        """Take the prints of this instrument and the ticks of one slice.

        Args:
            prints: PRINT (n,), ascending in ``seq``.
            ticks: TICK (m,), ascending in ``seq`` and ``clock_ns``.

        Returns:
            BAR_CLOSED, one row per bar that closed, in order; ``seq`` is the cause's, ``recv_ns`` its clock.
        """
        made = np.empty(len(prints) + 1, kernels.MADE)
        if self._grid is None:
            by_volume = self.interval.kind == "volume"
            count = kernels.counted_bars(self._forming, self.interval.length, by_volume, _fixed(prints), made)
        else:
            edges = self._edges(prints["clock_ns"])
            count = kernels.time_bars(self._forming, edges, self._grid.step, _fixed(prints), _fixed(ticks), made)
        return self._keep(made[:count])

    def apply_bars(self, bars: Rows, ticks: Rows) -> Rows:
        """Take a vendor's finished bars of this instrument and the ticks of one slice.

        A bar as long as the interval passes as it is; a shorter one that divides it is merged; any other is left
        out, see ``reason``. A bar that begins before the end of what the series already holds is left out as well.

        Args:
            bars: BAR (n,), or INDEX for an index; ascending in ``seq``.
            ticks: TICK (m,), ascending in ``seq`` and ``clock_ns``.

        Returns:
            BAR_CLOSED as in ``apply_prints``; none for an index.
        """
        rows = self._usable(bars)
        if self._grid is None:
            return np.zeros(0, DTYPES[Kind.BAR_CLOSED])
        made = np.empty(2 * len(rows) + 1, kernels.MADE)
        edges = self._edges(rows["open_ns"])
        count = kernels.merged_bars(self._forming, edges, self._grid.step, rows, _fixed(ticks), made)
        return self._keep(made[:count])

    def view(self) -> tuple[Rows, bool]:
        """All bars, and whether the last is still forming; BAR_VIEW (n,), read-only.

        Copies nothing but the forming bar, which lies behind the closed ones in the same memory: in views taken
        earlier that last row follows until it is closed. Closed rows never change.
        """
        if not self.is_forming:
            return self.closed.view(), False
        return self.closed.view_with(_viewed(self._forming)), True

    def forming(self) -> Rows:
        """The forming bar by value, BAR_VIEW (1,), or (0,) when none is forming."""
        return _viewed(self._forming) if self.is_forming else np.zeros(0, BAR_VIEW)

    def forming_moments(self) -> Rows:
        """MOMENTS of the forming bar by value, (1,), or (0,) when none is forming."""
        return _moments(self._forming) if self.is_forming else np.zeros(0, MOMENTS)

    def session_starts(self) -> Times:
        """Begins of the bars that are the first of their session, int64 (k,); none without a calendar."""
        if self.calendar is None:
            return np.zeros(0, np.int64)
        opens = self.closed.view()["open_ns"]
        if self._starts_of < len(opens):
            fresh = opens[self._starts_of :]
            before = int(opens[self._starts_of - 1]) if self._starts_of else None
            starts = fresh[session_starts(self.calendar, fresh, before)]
            self._starts, self._starts_of = np.concatenate([self._starts, starts]), len(opens)
        newest = self.forming()["open_ns"]
        before = int(opens[-1]) if len(opens) else None
        return np.concatenate([self._starts, newest[session_starts(self.calendar, newest, before)]])

    def freeze(self) -> FrozenBars:
        """The state now; closed bars are shared, not copied."""
        return FrozenBars(self.closed.freeze(), self.moments.freeze(), self._forming.copy(), self._refused_ns)

    def thaw(self, frozen: FrozenBars) -> None:
        """Become what was frozen."""
        self.reset()
        self.closed.adopt(frozen.closed)
        self.moments.adopt(frozen.moments)
        self._forming = frozen.forming.copy()
        self._refused_ns = frozen.refused_ns

    def check(self) -> None:
        """Verify the invariants.

        Raises:
            EngineError: A bar is inside out, ends before it begins, or overlaps the one before.
        """
        bars = np.concatenate([self.closed.view(), self.forming()])
        # a vendor's open or close may lie outside its own range: published data, not our fault
        wrong = (bars["high"] < bars["low"]) | (bars["close_ns"] < bars["open_ns"])
        wrong[1:] |= bars["open_ns"][1:] < bars["close_ns"][:-1]
        if wrong.any():
            at = int(np.argmax(wrong))
            raise EngineError(f"{self.interval.label} bar {at} of {len(bars)} is broken: {bars[at]}")

    def _edges(self, clocks: Times) -> Times:
        if self._grid is None or not len(clocks):
            return _NO_EDGES
        now = int(self._forming["now_ns"][0])
        low, high = int(clocks.min()), int(clocks.max())
        return self._grid.edges(low, high) if now == NO_TIME else self._grid.edges(min(low, now), max(high, now))

    def _usable(self, bars: Rows) -> Rows:
        """VENDOR rows of the bars that are as long as the interval or divide it; the others are noted."""
        lengths, wanted = bars["interval_ns"], self.interval.ns
        fits = (lengths > 0) & (lengths <= wanted)
        fits &= wanted % np.maximum(lengths, 1) == 0
        if not fits.all():
            shortest = int(lengths[~fits].min())
            self._refused_ns = min(shortest, self._refused_ns) if self._refused_ns else shortest
            bars = bars[fits]
        rows = np.zeros(len(bars), kernels.VENDOR)
        rows["is_whole"] = bars["interval_ns"] == wanted
        rows["close_ns"] = bars["clock_ns"]
        for name in ("seq", "open_ns", "volume"):
            rows[name] = bars[name]
        for name in ("open", "high", "low", "close"):
            rows[name] = bars[name] if self.is_index else bars[f"{name}_ticks"]
        for name, column in (("buy", "buy_volume"), ("sell", "sell_volume"), ("trades", "trades")):
            rows[name] = np.nan if self.is_index else bars[column]
        return rows

    def _keep(self, made: Rows) -> Rows:
        if len(made):
            self.closed.append(_viewed(made))
            self.moments.append(_moments(made))
        if self.is_index:
            made = made[:0]
        rows = np.zeros(len(made), DTYPES[Kind.BAR_CLOSED])
        rows["seq"], rows["clock_ns"], rows["recv_ns"] = made["seq"], made["close_ns"], made["cause_ns"]
        rows["event_ns"], rows["instrument"] = NO_TIME, self.instrument_id
        rows["interval_ns"], rows["open_ns"] = self.interval.ns, made["open_ns"]
        for name in ("open", "high", "low", "close"):
            rows[f"{name}_ticks"] = made[name]
        rows["volume"], rows["trades"] = made["volume"], made["trades"]
        rows["buy_volume"], rows["sell_volume"] = made["buy"], made["sell"]
        return rows


def _viewed(bars: Rows) -> Rows:
    """BAR_VIEW copies of FORMING or MADE rows. Where no print told its side the delta is unknown, not 0."""
    rows = np.empty(len(bars), BAR_VIEW)
    for name in _VIEWED:
        rows[name] = bars[name]
    is_blind = (bars["volume"] > 0) & (bars["buy"] + bars["sell"] == 0)
    rows["delta"] = np.where(is_blind, np.nan, bars["buy"] - bars["sell"])
    return rows


def _moments(bars: Rows) -> Rows:
    rows = np.empty(len(bars), MOMENTS)
    for name in ("first", "second", "typical"):
        rows[name] = bars[name]
    return rows


def _fixed(rows: Rows) -> Rows:
    """The rows as a contiguous read-only view, so that each kernel is compiled for one form of array only."""
    view = np.ascontiguousarray(rows).view()
    view.flags.writeable = False
    return view
