"""Session average, cumulative delta and volume profile of a pane: only while they are on, and what they say."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from cockpit.events.dtypes import Kind
from cockpit.state import commands as c
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.panels import studies
from cockpit.state.views import CvdState, ProfileState, VwapState
from cockpit.units import NS_PER_MIN, NS_PER_S, Rows
from tests.state.market import START_NS, RowsSource, es, order_rows
from tests.state.options_market import index, index_bars
from tests.state.test_handover import ALL, SECONDS, printed, sources
from tests.state.test_overlays import chart, desk_of, go

END = START_NS + 40 * NS_PER_MIN
PANE = "chart.1"


@pytest.fixture
def desk() -> Dispatcher:
    made = desk_of(RowsSource(ALL, Kind.TRADE, es()))
    for layer in ("vwap", "cvd", "profile"):
        made.send(c.ToggleLayer(layer, PANE))
    return made


def vwap(desk: Dispatcher) -> VwapState:
    found = chart(desk, PANE).vwap
    assert found is not None
    return found


def cvd(desk: Dispatcher) -> CvdState:
    found = chart(desk, PANE).cvd
    assert found is not None
    return found


def profile(desk: Dispatcher) -> ProfileState:
    found = chart(desk, PANE).profile
    assert found is not None
    return found


def traded(until: int, since: int = START_NS) -> Rows:
    return ALL[(ALL["clock_ns"] >= since) & (ALL["clock_ns"] < until)]


def test_they_are_worked_out_only_while_they_are_on(desk: Dispatcher) -> None:
    go(desk, END)
    for layer in ("vwap", "cvd", "profile"):
        desk.send(c.ToggleLayer(layer, PANE))
    desk.publish(dict)
    state = chart(desk, PANE)
    assert (state.vwap, state.cvd, state.profile) == (None, None, None)
    assert chart(desk, "chart.4").vwap is None


def test_they_are_the_sums_of_the_session_for_every_bar(desk: Dispatcher) -> None:
    at = START_NS + 17 * NS_PER_MIN + 20 * NS_PER_S
    go(desk, at)
    bars, rows, deltas = chart(desk, PANE).bars, vwap(desk).rows, cvd(desk).rows
    assert rows is not None
    assert deltas is not None
    assert len(rows) == len(deltas) == len(bars)
    for bar, row, delta in zip(bars, rows, deltas, strict=True):
        seen = traded(min(int(bar["close_ns"]), at + 1))
        assert row["value"] == pytest.approx((seen["price_ticks"] * seen["size"]).sum() / seen["size"].sum())
        sides = np.where(seen["aggressor"] == ord("B"), 1, -1)
        assert delta["value"] == (sides * seen["size"]).sum()
    assert vwap(desk).reason == cvd(desk).reason == ""
    assert vwap(desk).bands == 2


def test_a_published_row_never_changes_and_going_back_gives_the_same(desk: Dispatcher) -> None:
    go(desk, START_NS + 10 * NS_PER_MIN)
    early = vwap(desk).rows
    assert early is not None
    kept = early[:-1].copy()
    go(desk, END)
    assert np.array_equal(early[:-1], kept)
    late = vwap(desk).rows
    assert late is not None
    assert np.array_equal(late[: len(kept)], kept)
    go(desk, START_NS + 10 * NS_PER_MIN)
    again = vwap(desk).rows
    assert again is not None
    assert np.array_equal(again[:-1], kept)


def test_a_day_of_vendor_bars_goes_over_into_prints_and_says_what_is_typical() -> None:
    desk = desk_of(*sources(printed()))
    desk.send(c.ToggleLayer("vwap", PANE))
    desk.send(c.ToggleLayer("profile", PANE))
    go(desk, END)
    rows = vwap(desk).rows
    assert rows is not None
    by_bars = int(SECONDS["volume"][SECONDS["clock_ns"] <= ALL["clock_ns"][printed()][0]].sum())
    assert rows["typical"][-1] == pytest.approx(by_bars / ALL["size"].sum())
    assert profile(desk).by_bars == by_bars
    assert profile(desk).total == pytest.approx(ALL["size"].sum())


def test_the_profile_is_of_what_the_pane_shows_and_follows_while_it_does(desk: Dispatcher) -> None:
    go(desk, START_NS + 20 * NS_PER_MIN)
    first = START_NS + 5 * NS_PER_MIN
    desk.send(c.LookAt(PANE, first))
    desk.publish(dict)
    assert profile(desk).total == traded(START_NS + 20 * NS_PER_MIN, first)["size"].sum()
    version = profile(desk).version
    go(desk, END)
    assert profile(desk).version > version
    assert profile(desk).total == traded(END, first)["size"].sum()
    until = START_NS + 9 * NS_PER_MIN
    desk.send(c.LookAt(PANE, first, until))
    desk.publish(dict)
    made, seen = profile(desk), traded(until, first)
    assert made.total == seen["size"].sum()
    prices, sizes = np.unique(seen["price_ticks"]), []
    sizes = [seen["size"][seen["price_ticks"] == price].sum() for price in prices]
    assert made.low == prices[0]
    assert (made.buys + made.sells + made.unsided).sum() == sum(sizes)
    assert sizes[list(prices).index(int(made.poc or 0))] == max(sizes)
    assert made.value is not None
    assert made.value[0] <= (made.poc or 0) <= made.value[1]
    kept = made.buys.copy()
    go(desk, START_NS + 30 * NS_PER_MIN)
    assert np.array_equal(made.buys, kept)
    assert profile(desk) is made, "what lies behind does not change and is not made again"


def test_the_profile_of_the_session_begins_at_its_open(desk: Dispatcher) -> None:
    go(desk, END)
    desk.send(c.LookAt(PANE, START_NS + 5 * NS_PER_MIN))
    desk.send(c.SetOverlay(PANE, scope="session"))
    desk.publish(dict)
    assert profile(desk).scope == "session"
    assert profile(desk).total == ALL["size"].sum()


def test_going_back_takes_volume_away_again(desk: Dispatcher) -> None:
    go(desk, END)
    go(desk, START_NS + 8 * NS_PER_MIN)
    assert profile(desk).total == traded(START_NS + 8 * NS_PER_MIN)["size"].sum()


def test_a_long_history_is_added_up_over_several_frames(desk: Dispatcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "BUDGET", 1_000)
    desk.send(c.Pause())
    desk.send(c.SeekTo(END))
    while desk.busy:
        desk.advance(lambda: 0, NS_PER_S)
    shares = []
    while desk.publish(dict):
        shares.append(profile(desk).read)
    assert shares == sorted(shares)
    assert len(shares) >= 3
    assert 0 < shares[0] < 1 == shares[-1]
    assert profile(desk).total == ALL["size"].sum()


def test_prints_without_sides_have_an_average_and_no_delta() -> None:
    blind = ALL.copy()
    blind["aggressor"] = ord("N")
    desk = desk_of(RowsSource(blind, Kind.TRADE, es()))
    for layer in ("vwap", "cvd", "profile"):
        desk.send(c.ToggleLayer(layer, PANE))
    go(desk, END)
    rows = vwap(desk).rows
    assert rows is not None
    assert not isnan(rows["value"][-1])
    assert cvd(desk).reason == studies.NO_SIDES
    assert profile(desk).unsided.sum() == profile(desk).total
    assert np.isnan(chart(desk, PANE).bars["delta"]).all()


def test_an_index_and_a_daily_chart_say_why_there_is_nothing(desk: Dispatcher) -> None:
    desk.send(c.SelectInterval("1D", PANE))
    go(desk, END)
    assert vwap(desk).reason == cvd(desk).reason == studies.TOO_LONG
    other = desk_of(RowsSource(index_bars(START_NS, np.arange(20.0), NS_PER_MIN), Kind.INDEX, index("SPX")))
    for layer in ("vwap", "cvd", "profile"):
        other.send(c.ToggleLayer(layer, PANE))
    go(other, START_NS + 20 * NS_PER_MIN)
    assert vwap(other).reason == cvd(other).reason == profile(other).reason == studies.AN_INDEX


def test_layers_and_settings_are_saved_and_older_files_have_none(desk: Dispatcher) -> None:
    desk.send(c.SetOverlay(PANE, bands="1", scope="session"))
    desk.send(c.NextOverlay(PANE, "bands"))
    saved = desk.saved()
    other = desk_of(RowsSource(order_rows(1, 10), instrument=es()))
    other.restore(saved)
    assert other.panes[PANE] == desk.panes[PANE]
    assert other.panes[PANE].layers == ("cvd", "gex", "profile", "vwap")
    assert (other.panes[PANE].bands, other.panes[PANE].scope) == ("0", "session")
    for name in ("bands", "scope"):
        del saved[PANE][name]
    other.restore(saved)
    assert other.panes[PANE] == replace(desk.panes[PANE], bands="2", scope="visible")


def test_a_span_without_trades_has_no_point_of_control(desk: Dispatcher) -> None:
    go(desk, END)
    desk.send(c.LookAt(PANE, END + NS_PER_MIN))
    desk.publish(dict)
    assert profile(desk).reason == studies.NO_TRADES
    assert profile(desk).poc is None
