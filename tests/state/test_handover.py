"""A vendor's bars followed by prints: one history without a seam, and nothing counted twice."""

import math
import random

import numpy as np
import pytest

from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.intervals import Interval
from cockpit.events.dtypes import ASK, BID, DTYPES, Kind, empty
from cockpit.feeds.river import River
from cockpit.opening import calendar_of
from cockpit.state.keyframes import Keyframes
from cockpit.state.lane import Lane
from cockpit.state.panels.chart import ChartSeries, last_text
from cockpit.state.playback import Playback
from cockpit.state.router import Router
from cockpit.units import NS_PER_MIN, NS_PER_S, Rows
from tests.state.market import START_NS, RowsSource, es

EVENTS = 3_000
SPAN = 40 * NS_PER_MIN
HANDOVER = START_NS + 13 * NS_PER_MIN + 7 * NS_PER_S  # in the middle of a minute
NOWHERE = (0, 0)


def trades() -> Rows:
    """Forty minutes of one price walk; never on a whole second, so that no order is left to chance."""
    rng = random.Random(4)
    rows = empty(Kind.TRADE, EVENTS)
    offsets = sorted(rng.sample(range(SPAN // 1_000_000), EVENTS))
    rows["clock_ns"] = START_NS + np.array(offsets, np.int64) * 1_000_000 + 1
    rows["seq"], rows["event_ns"], rows["recv_ns"] = np.arange(EVENTS), rows["clock_ns"], rows["clock_ns"]
    rows["price_ticks"] = 19_200 + np.cumsum([rng.choice([-1, 0, 0, 1]) for _ in range(EVENTS)])
    rows["size"] = [rng.randrange(1, 9) for _ in range(EVENTS)]
    rows["aggressor"] = [rng.choice([ASK, BID]) for _ in range(EVENTS)]
    return rows


def prints_of(rows: Rows) -> Rows:
    prints = np.zeros(len(rows), DTYPES[Kind.PRINT])
    for name in prints.dtype.names or ():
        prints[name] = rows[name] if name in (rows.dtype.names or ()) else 0
    return prints


def bars_of(rows: Rows, label: str) -> Rows:
    """What a vendor would sell: finished bars of those trades."""
    interval = Interval.parse(label)
    tick = empty(Kind.TICK, 1)
    tick["seq"], tick["clock_ns"] = 2**40, START_NS + 2 * SPAN
    closed = BarSeries(0, interval, calendar_of(es())).apply_prints(prints_of(rows), tick)
    bars = empty(Kind.BAR, len(closed))
    for name in bars.dtype.names or ():
        bars[name] = closed[name]
    bars["seq"], bars["recv_ns"], bars["event_ns"] = np.arange(len(bars)), bars["clock_ns"], bars["clock_ns"]
    return bars


ALL = trades()
SECONDS = bars_of(ALL, "1s")
TRUTH = {label: bars_of(ALL, label) for label in ("1m", "5m")}


def sources(printed: np.ndarray, cut: int = 1000, bars: Rows = SECONDS) -> list[RowsSource]:
    rows = ALL[printed]
    rows["seq"] = np.arange(len(rows))
    return [RowsSource(bars, Kind.BAR, es(), cut), RowsSource(rows, Kind.TRADE, es(), cut)]


def printed(since: int = HANDOVER, hole: tuple[int, int] = NOWHERE) -> np.ndarray:
    clocks = ALL["clock_ns"]
    return (clocks >= since) & ~((clocks >= hole[0]) & (clocks < hole[1]))


def played(given: list[RowsSource], limits: tuple[int, ...] = (65_536,), seed: int = 0) -> Router:
    rng = random.Random(seed)
    river = River(given, spool_bytes=None)
    router = Router(river.registry, calendar_of)
    while (piece := river.take(rng.choice(limits))) is not None and piece.events:
        router.apply(piece)
    assert router.stopped == ()
    return router


def same_bars(rows: Rows, truth: Rows) -> bool:
    """Whether bars from the history are those of all trades; the last may still form."""
    names = ("open_ns", "volume")
    equal = all(np.array_equal(rows[name][: len(truth)], truth[name][: len(rows)]) for name in names)
    prices = all(
        np.array_equal(rows[name], truth[f"{name}_ticks"][: len(rows)]) for name in ("open", "high", "low", "close")
    )
    delta = np.array_equal(rows["delta"], (truth["buy_volume"] - truth["sell_volume"])[: len(rows)])
    return equal and prices and delta


@pytest.mark.parametrize(
    "hole", [NOWHERE, (START_NS + 21 * NS_PER_MIN + 11 * NS_PER_S, START_NS + 26 * NS_PER_MIN + 3 * NS_PER_S)]
)
def test_bars_then_prints_are_the_bars_of_all_the_trades(hole: tuple[int, int]) -> None:
    lane = played(sources(printed(hole=hole))).lanes[0]
    for series, label in zip(lane.series, ("1m", "5m"), strict=True):
        rows, _ = series.view()
        assert len(rows) == len(TRUTH[label])
        assert same_bars(rows, TRUTH[label]), label


def test_the_chart_goes_over_without_beginning_anew() -> None:
    river = River(sources(printed()), spool_bytes=None)
    router = Router(river.registry, calendar_of)
    lane = router.lanes[0]
    chart = ChartSeries(lane, Interval.parse("1m"))
    number, levels = chart.number, 0
    while (piece := river.take(40)) is not None and piece.events:
        router.apply(piece)
        chart.update(piece.clock_ns)
        assert len(chart.pyramid.levels) >= levels
        levels = len(chart.pyramid.levels)
    assert chart.number == number
    assert same_bars(chart.series.view()[0], TRUTH["1m"])
    at_once = ChartSeries(lane, Interval.parse("1m"))
    at_once.update(piece.clock_ns if piece else router.clock_ns or 0)
    assert np.array_equal(at_once.series.view()[0], chart.series.view()[0])
    assert [level.tolist() for level in at_once.pyramid.levels] == [
        level.tolist() for level in chart.pyramid.levels
    ]


def test_tick_bars_begin_with_the_first_print() -> None:
    lane = played(sources(printed())).lanes[0]
    chart = ChartSeries(lane, Interval.parse("t100"))
    chart.update(START_NS + SPAN)
    rows, _ = chart.series.view()
    assert rows["open_ns"][0] == ALL["clock_ns"][printed()][0]
    assert rows["volume"].sum() == ALL["size"][printed()].sum()


@pytest.mark.parametrize("seed", range(5))
def test_the_cut_into_slices_changes_nothing(seed: int) -> None:
    hole = (START_NS + 20 * NS_PER_MIN, START_NS + 24 * NS_PER_MIN + 30 * NS_PER_S)
    whole = played(sources(printed(hole=hole)))
    cut = random.Random(seed).choice([17, 250, 1000])
    assert played(sources(printed(hole=hole), cut), (1, 3, 60, 900), seed).digest.hex() == whole.digest.hex()


def test_going_back_over_the_handover_and_on_again_ends_the_same() -> None:
    whole = played(sources(printed())).digest.hex()
    river = River(sources(printed()))
    keyframes = Keyframes()
    keyframes.spacing = 300
    playback = Playback(river, Router(river.registry, calendar_of), keyframes)
    lane = playback.router.lanes[0]
    chart = ChartSeries(lane, Interval.parse("1m"))
    for minutes in (30, 5, 14, 13, 35, 1, 20):
        at = START_NS + minutes * NS_PER_MIN
        playback.seek(at)
        playback.finish()
        chart.update(at)
        rows = chart.series.view()[0]
        assert len(rows) == int((TRUTH["1m"]["open_ns"] < at).sum())
        assert same_bars(rows[:-1], TRUTH["1m"])
    playback.set_speed(math.inf)
    playback.play()
    while not playback.at_end:
        playback.advance(lambda: 0, NS_PER_S)
    assert playback.router.digest.hex() == whole


def test_two_recordings_of_the_same_trades_do_not_count_twice() -> None:
    both = played(sources(printed(since=START_NS))).lanes[0]
    alone = played(sources(printed(since=START_NS))[1:]).lanes[0]
    for series, other, label in zip(both.series, alone.series, ("1m", "5m"), strict=True):
        assert series.view()[0]["volume"].sum() == ALL["size"].sum()
        assert np.array_equal(series.view()[0], other.view()[0]), label


def test_a_bar_in_which_a_print_came_is_left_out_whole() -> None:
    late = START_NS + 2 * NS_PER_MIN + 30 * NS_PER_S
    lane = played(sources(printed(since=late), bars=TRUTH["1m"])).lanes[0]
    rows, _ = lane.series[0].view()
    third = ALL["size"][(ALL["clock_ns"] >= late) & (ALL["clock_ns"] < START_NS + 3 * NS_PER_MIN)]
    assert rows["volume"][:2].tolist() == TRUTH["1m"]["volume"][:2].tolist()
    assert rows["volume"][2] == third.sum()


def test_after_a_print_that_came_first_bars_never_count() -> None:
    since = int(ALL["clock_ns"][5])
    early = printed(since=START_NS) & (ALL["clock_ns"] < since)
    lane = played(sources(early)).lanes[0]
    assert lane.vendor == {}
    assert lane.series[0].view()[0]["volume"].sum() == ALL["size"][early].sum()


def test_the_last_price_is_the_newest_of_bars_and_prints() -> None:
    bars_only = played(sources(printed())[:1]).lanes[0]
    both = played(sources(printed())).lanes[0]
    last = es().format(int(ALL["price_ticks"][-1]))
    assert last_text(es(), bars_only) == last_text(es(), both) == last
    history = both.bars_history()
    assert history.price_at(START_NS - 1) is None
    assert history.price_at(HANDOVER) == SECONDS["close_ticks"][SECONDS["clock_ns"] <= HANDOVER][-1]
    assert (
        history.price_at(START_NS + 30 * NS_PER_MIN)
        == (ALL["price_ticks"][ALL["clock_ns"] <= START_NS + 30 * NS_PER_MIN][-1])
    )
    assert last_text(es(), Lane(0, es(), None)) == "–"


def test_a_vendors_day_that_ends_within_a_session_does_not_overlap_the_next_bar() -> None:
    day = BarSeries(0, Interval.parse("1D"), calendar_of(es()))
    bars = empty(Kind.BAR, 1)
    bars["interval_ns"] = 86_400 * NS_PER_S
    bars["open_ns"], bars["clock_ns"] = START_NS - 23 * 3600 * NS_PER_S, START_NS + 3600 * NS_PER_S
    bars["volume"] = 5
    day.apply_bars(bars, empty(Kind.TICK))
    late = prints_of(ALL[-1:])
    late["clock_ns"] = START_NS + 2 * 3600 * NS_PER_S
    day.apply_prints(late, empty(Kind.TICK))
    day.check()
    assert day.view()[0]["open_ns"].tolist() == [bars["open_ns"][0], bars["clock_ns"][0]]
