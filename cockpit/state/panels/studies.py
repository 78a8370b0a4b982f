"""What a chart adds up from its own trades: session average, cumulative delta, volume at price."""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import count
from typing import Final

from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.profile import VolumeProfile
from cockpit.engines.bars.vwap import SessionLine, delta_line, vwap_line
from cockpit.state.handover import History
from cockpit.state.lane import Lane
from cockpit.state.views import CvdState, Pane, ProfileState, VwapState
from cockpit.units import NS_PER_DAY

BUDGET: Final = 1_000_000  # prints and bars a reduction adds up: some milliseconds
TOO_LONG: Final = "needs bars shorter than a session"
NO_VOLUME: Final = "no volume in this data"
NO_SIDES: Final = "no trade sides in this data"
NO_TRADES: Final = "nothing traded in this span"
AN_INDEX: Final = "an index has no trades"
_VERSIONS: Final = count(1)


class Studies:
    """The session lines of one bar series, made when a pane first asks for one."""

    def __init__(self, series: BarSeries, *, is_index: bool) -> None:
        self._series, self._is_index = series, is_index
        self._vwap: SessionLine | None = None
        self._cvd: SessionLine | None = None

    def vwap(self, bands: int) -> VwapState:
        """The session average, with so many standard deviations either side."""
        reason = self._why_none()
        if reason:
            return VwapState(reason)
        self._vwap = self._vwap or vwap_line(self._series)
        rows = self._vwap.update()
        return VwapState(NO_VOLUME if len(rows) and not self._vwap.is_known else "", rows, bands)

    def cvd(self) -> CvdState:
        """The cumulative delta."""
        reason = self._why_none()
        if reason:
            return CvdState(reason)
        self._cvd = self._cvd or delta_line(self._series)
        rows = self._cvd.update()
        return CvdState(NO_SIDES if len(rows) and not self._cvd.is_known else "", rows)

    def _why_none(self) -> str:
        if self._is_index:
            return AN_INDEX
        return TOO_LONG if self._series.interval.ns >= NS_PER_DAY else ""


class _Sum:
    """Volume at price of one span, as far as it has been added up."""

    def __init__(self, span: tuple[int, int | None], kind: tuple[int, bool]) -> None:
        self.span, self.kind = span, kind
        self.made = VolumeProfile()
        self.bars: int | None = None  # where in the history to go on; None before the first time
        self.prints = 0
        self.begun = 0  # rows of the history before the span
        self.state = ProfileState()

    def fits(self, history: History, span: tuple[int, int | None]) -> bool:
        """Whether going on gives the profile of this span: it is the same one, and the history only grew."""
        grew = (self.bars or 0) <= len(history.bars) and self.prints <= len(history.prints)
        return self.span == span and self.kind == history.kind and grew

    def take(self, history: History) -> bool:
        """Add what the history got in the span, within the budget; whether anything was added."""
        since, until = self.span
        if self.bars is None:
            self.bars = bisect_left(history.bars["open_ns"], since)
            self.prints = bisect_left(history.prints["clock_ns"], since)
            self.begun = self.bars + self.prints
        bar_end, print_end = self._ends(history, until)
        bars = history.bars[self.bars : min(bar_end, self.bars + BUDGET)]
        prints = history.prints[self.prints : min(print_end, self.prints + BUDGET - len(bars))]
        self.made.add_bars(bars)
        self.made.add_prints(prints)
        self.bars, self.prints = self.bars + len(bars), self.prints + len(prints)
        return bool(len(bars) or len(prints))

    def read(self, history: History) -> float:
        """Share of the span that has been added up."""
        bar_end, print_end = self._ends(history, self.span[1])
        wanted = bar_end + print_end - self.begun
        return 1.0 if wanted <= 0 else ((self.bars or 0) + self.prints - self.begun) / wanted

    def _ends(self, history: History, until: int | None) -> tuple[int, int]:
        if until is None:
            return len(history.bars), len(history.prints)
        bars = bisect_right(history.bars["clock_ns"], until)
        return max(bars, self.bars or 0), max(bisect_left(history.prints["clock_ns"], until), self.prints)


class ProfileReducer:
    """Volume profiles by pane: each has its own view."""

    def __init__(self) -> None:
        self._looks: dict[str, tuple[int, int | None]] = {}
        self._sums: dict[str, _Sum] = {}
        self._complete: dict[str, bool] = {}

    def look(self, pane: str, from_ns: int, to_ns: int | None) -> None:
        """Remember what a pane shows."""
        self._looks[pane] = from_ns, to_ns

    def begin(self) -> None:
        """A new round of reductions."""
        self._complete.clear()

    @property
    def is_complete(self) -> bool:
        """Whether every profile of this round has been added up."""
        return all(self._complete.values())

    def keep_only(self, panes: set[str]) -> None:
        """Forget the profiles of other panes."""
        self._sums = {pane: total for pane, total in self._sums.items() if pane in panes}

    def reduce(self, lane: Lane, pane: Pane, session_ns: int | None) -> ProfileState:
        """The profile of a pane.

        Args:
            session_ns: Where the newest session on the chart begins; None without a bar.
        """
        if lane.instrument.is_index:
            return ProfileState(AN_INDEX, pane.scope)
        span = (session_ns, None) if pane.scope == "session" else self._looks.get(pane.id, (session_ns, None))
        if span[0] is None:
            return ProfileState(NO_TRADES, pane.scope)
        history = lane.bars_history()
        if history.are_spots:
            return ProfileState(NO_VOLUME, pane.scope)
        total = self._sums.get(pane.id)
        since = int(span[0])
        if total is None or not total.fits(history, (since, span[1])):
            total = self._sums[pane.id] = _Sum((since, span[1]), history.kind)
            changed = True
        else:
            changed = total.state.scope != pane.scope
        if total.take(history) or changed:
            total.state = _state(total, pane.scope, total.read(history))
        self._complete[pane.id] = total.state.read >= 1.0
        return total.state


def _state(total: _Sum, scope: str, read: float) -> ProfileState:
    made = total.made.read()
    base = ProfileState(
        "", scope, total.span[0], total.span[1], read=read, by_bars=total.made.bar_volume, version=next(_VERSIONS)
    )
    if made.poc < 0:
        return replace(base, reason=NO_TRADES)
    low, high = made.value
    return replace(
        base,
        low=made.low,
        step=made.step,
        buys=made.buys,
        sells=made.sells,
        unsided=made.unsided,
        poc=made.low + made.poc * made.step + (made.step - 1) / 2,
        value=(float(made.low + low * made.step), float(made.low + (high + 1) * made.step - 1)),
        total=made.total,
    )
