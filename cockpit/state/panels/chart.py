"""Chart panes: bars of any interval from a lane's prints or vendor bars, with levels of detail beside them."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.intervals import Interval
from cockpit.events.dtypes import Kind, empty
from cockpit.instruments import Instrument
from cockpit.state.handover import feed
from cockpit.state.lane import Lane
from cockpit.state.panels.cone import ConeReducer
from cockpit.state.panels.gamma import GammaReducer
from cockpit.state.panels.heads import head_of
from cockpit.state.panels.mark import reduce_mark
from cockpit.state.panels.studies import ProfileReducer, Studies
from cockpit.state.pyramid import Pyramid
from cockpit.state.router import Router
from cockpit.state.views import ChartState, GexOverlay, Pane, Provenance, Second
from cockpit.units import NO_TIME, NS_PER_DAY, Rows, Times


class ChartSeries:
    """Bars of one lane at one interval, kept up to date from the lane's histories.

    The lane's prints and vendor bars are append-only; after a jump forward they only grew, so the series
    goes on; after a jump back it is built anew.
    """

    _made = 0

    def __init__(self, lane: Lane, interval: Interval) -> None:
        self._lane = lane
        self.interval = interval
        self._begin()

    def _begin(self) -> None:
        ChartSeries._made += 1
        self.number = ChartSeries._made
        self.series: BarSeries = self._lane.new_series(self.interval)
        self.pyramid = Pyramid.empty()
        self._closed = 0
        self._taken_bars = self._taken_prints = 0
        self._kind: tuple[int, bool] | None = None
        self._now_ns = -1
        self.studies = Studies(self.series, is_index=self._lane.instrument.is_index)

    def update(self, now_ns: int) -> None:
        """Take what the lane got since the last call, up to ``now_ns``."""
        history = self._lane.bars_history()
        is_less = len(history.bars) < self._taken_bars or len(history.prints) < self._taken_prints
        if now_ns < self._now_ns or is_less or self._kind not in (None, history.kind):
            self._begin()
        self._kind, self._now_ns = history.kind, now_ns
        bars, prints = history.bars[self._taken_bars :], history.prints[self._taken_prints :]
        self._taken_bars, self._taken_prints = len(history.bars), len(history.prints)
        tick = empty(Kind.TICK, 1)
        tick["clock_ns"] = tick["event_ns"] = tick["recv_ns"] = now_ns
        tick["seq"] = np.iinfo(np.int64).max
        feed(self.series, bars, prints, tick)
        self._grow()

    def _grow(self) -> None:
        closed = self.series.closed.view()
        if len(closed) > self._closed:
            self.pyramid = self.pyramid.extended(closed)
            self._closed = len(closed)


class ChartReducer:
    """States of chart panes; one series per symbol and interval, shared by panes that show the same."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._series: dict[tuple[int, str], ChartSeries] = {}
        self._gamma = GammaReducer(router.field)
        self._cone = ConeReducer(router)
        self._profile = ProfileReducer()
        self._by_symbol = {lane.instrument.symbol: lane for lane in router.lanes}

    def lane(self, symbol: str) -> Lane | None:
        """The lane of a symbol, or None."""
        return self._by_symbol.get(symbol)

    def series_of(self, lane: Lane, interval: str) -> ChartSeries:
        """The series of a lane at an interval, made at the first call."""
        key = (lane.id, interval)
        if key not in self._series:
            self._series[key] = ChartSeries(lane, Interval.parse(interval))
        return self._series[key]

    def begin(self, *, overlays_rest: bool = False) -> None:
        """A new round: every pane that is seen will be reduced once; with overlays as they are, or not."""
        self._gamma.rests = overlays_rest
        self._gamma.begin()
        self._profile.begin()

    @property
    def is_complete(self) -> bool:
        """Whether another round at the same instant would show nothing new."""
        return self._gamma.is_complete and self._profile.is_complete

    def look(self, pane: str, from_ns: int, to_ns: int | None) -> None:
        """Remember which bars a pane shows; see ``LookAt``."""
        self._profile.look(pane, from_ns, to_ns)

    def keep_only(self, panes: Iterable[Pane]) -> None:
        """Forget what none of these panes shows."""
        panes = tuple(panes)
        self._profile.keep_only({pane.id for pane in panes if "profile" in pane.layers})
        shown = [(lane.id, pane) for pane in panes if (lane := self.lane(pane.symbol)) is not None]
        wanted = {(lane, pane.interval) for lane, pane in shown}
        self._series = {key: series for key, series in self._series.items() if key in wanted}
        self._gamma.keep_only(
            {(lane, pane.interval, pane.sign, pane.bucket) for lane, pane in shown if "gex" in pane.layers}
        )
        self._cone.keep_only({(lane, pane.method) for lane, pane in shown if "cone" in pane.layers})

    def reduce(self, pane: Pane, provenance: Provenance, now_ns: int) -> ChartState:
        """The state of one pane at ``now_ns``."""
        lane = self.lane(pane.symbol)
        if lane is None:
            return ChartState(now_ns=now_ns)
        chart = self.series_of(lane, pane.interval)
        chart.update(now_ns)
        head = head_of(self._router, lane, pane, provenance, now_ns)
        bars, forming = chart.series.view()
        starts = chart.series.session_starts()
        gex = cone = vwap = cvd = profile = None
        if "gex" in pane.layers:
            gex = self._gamma.reduce(lane, pane, chart.number, bars, bool(forming), now_ns)
        if "cone" in pane.layers:
            cone = self._cone.reduce(lane, pane, now_ns)
        if "vwap" in pane.layers:
            vwap = chart.studies.vwap(int(pane.bands))
        if "cvd" in pane.layers:
            cvd = chart.studies.cvd()
        if "profile" in pane.layers:
            profile = self._profile.reduce(lane, pane, _session_begin(lane, bars, starts))
        reason = head.reason or chart.series.reason or ("" if len(bars) else "no prints yet")
        return ChartState(
            head=replace(head, reason=reason, second=_chain_of(gex)),
            bars=bars,
            is_forming=bool(forming),
            series=chart.number,
            pyramid=chart.pyramid,
            session_starts=starts,
            gaps=_holes(lane),
            last=float(bars["close"][-1]) if len(bars) else None,
            now_ns=now_ns,
            countdown_ns=_countdown(bars, chart.interval, now_ns) if forming else None,
            gex=gex,
            cone=cone,
            vwap=vwap,
            cvd=cvd,
            profile=profile,
            mark=reduce_mark(lane, provenance, now_ns),
        )


def _session_begin(lane: Lane, bars: Rows, starts: Times) -> int | None:
    """Open of the newest session's first bar, of the newest UTC day without a calendar; None without bars."""
    if not len(bars):
        return None
    if lane.calendar is None:
        return int(bars["open_ns"][-1]) // NS_PER_DAY * NS_PER_DAY
    return int(starts[-1]) if len(starts) else int(bars["open_ns"][0])


def _chain_of(gex: GexOverlay | None) -> Second | None:
    if gex is None or gex.freshness is None or gex.age_ns is None:
        return None
    return Second("chain", gex.freshness, gex.age_ns)


def _holes(lane: Lane) -> tuple[tuple[int, int], ...]:
    """Known holes in the data, (from_ns, to_ns); the last one has no end while the book is not trusted again."""
    holes = tuple(gap for gap in lane.gaps if gap[0] < gap[1])
    if lane.gaps and lane.book is not None and lane.book.is_suspect:
        return (*(hole for hole in holes if hole != lane.gaps[-1]), (lane.gaps[-1][0], NO_TIME))
    return holes


def _countdown(bars: Rows, interval: Interval, now_ns: int) -> int | None:
    if not interval.is_time or interval.ns >= NS_PER_DAY:
        return None
    return max(int(bars["close_ns"][-1]) - now_ns, 0)


def last_text(instrument: Instrument, lane: Lane) -> str:
    """The last price as the instrument writes it, or an en dash."""
    last = lane.bars_history().price_at(np.iinfo(np.int64).max)
    if last is None:
        return instrument.format(float("nan"))
    return instrument.format(last if instrument.is_index else int(last))
