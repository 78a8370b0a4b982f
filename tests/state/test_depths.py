"""Depth curve and depth surface: sums and reaches, how often they change, what they rest on, and the dispatcher."""

import numpy as np
import pytest

from cockpit.engines.book.layout import CELL_NS
from cockpit.engines.book.relief import COLUMN_NS, ROWS
from cockpit.events.dtypes import Kind, empty
from cockpit.instruments import Instrument
from cockpit.state import commands as c
from cockpit.state.depth_views import PACES_NS, CurveState, Reach
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.panels.curve import CurveReducer
from cockpit.state.panels.relief import ReliefReducer
from cockpit.state.panes import blank_panes, from_json, linked, to_json
from cockpit.state.router import Router
from cockpit.state.screen import CURVE_PANE, HEAT_PANE, LADDER_PANE, RELIEF_PANE
from cockpit.state.views import Pane, Provenance
from cockpit.units import NS_PER_S, Rows
from tests.engines.book.test_depth import message
from tests.state.market import START_NS, es, order_rows
from tests.state.test_depth_lane import COIN, run
from tests.state.test_dispatcher import desk, nothing_measured, play_to_the_end

__all__ = ["desk"]  # the fixture
SECOND = PACES_NS["1"]
PANE = Pane(CURVE_PANE, COIN.symbol, "", 1)


def told(bids: list[tuple[int, int]], asks: list[tuple[int, int]], instrument: Instrument = COIN) -> Router:
    """A lane with a full-depth book of (price, size)."""
    router = Router((instrument,), lambda _: None)
    rows = message(bids, asks, snapshot=True)
    rows["seq"], rows["instrument"], rows["clock_ns"] = np.arange(len(rows)), 0, 1
    run(router, {Kind.DEPTH: rows}, 0, len(rows))
    return router


def curve(router: Router, now_ns: int = 2) -> CurveState:
    return CurveReducer(router).reduce(router.lanes[0], PANE, Provenance.LIVE, now_ns, SECOND)


def test_sizes_are_added_up_from_the_touch_outwards() -> None:
    state = curve(told([(1000, 500), (990, 4_000)], [(1010, 250), (1020, 3_000)]))
    assert (state.bid_ticks.tolist(), state.bid_sums.tolist()) == ([1000, 990], [500, 4_500])
    assert (state.ask_ticks.tolist(), state.ask_sums.tolist()) == ([1010, 1020], [250, 3_250])
    assert (state.mid, state.depth, state.head.note) == (1005.0, None, "full depth")
    assert state.totals(995, 1015) == (500, 250)
    assert state.totals(0, 2000) == (4_500, 3_250)
    assert state.totals(1004, 1006) == (0, 0)


def test_an_order_reaches_the_last_level_it_touches_and_nothing_is_made_up_behind_the_book() -> None:
    state = curve(told([(1000, 500), (990, 4_000)], [(1010, 250), (1020, 3_000)]))
    assert state.reach(1010) == Reach("buy", 250, 1010, 0, 1, is_all=False)
    assert state.reach(1019.9) == Reach("buy", 250, 1010, 0, 1, is_all=False)
    assert state.reach(1020) == Reach("buy", 3_250, 1020, 10, 2, is_all=True)
    assert state.reach(5_000) == state.reach(1020)
    assert state.reach(990) == Reach("sell", 4_500, 990, 10, 2, is_all=True)
    assert state.reach(1005) is None


def test_the_part_in_view_is_told_by_levels_or_by_distance() -> None:
    state = curve(told([(1000, 5), (990, 4), (900, 1)], [(1010, 2), (1020, 3)]))
    assert state.span_of_levels(1) == pytest.approx((999.1, 1010.9))
    assert state.span_of_levels(2) == pytest.approx((989.1, 1020.9))
    assert state.span_of_levels(500) == pytest.approx((899.1, 1020.9))
    assert state.span_of_bps(100) == pytest.approx((1005 * 0.99, 1005 * 1.01))


def test_an_empty_side_leaves_its_half_empty_and_no_mid() -> None:
    state = curve(told([], [(1010, 2), (1020, 3)]))
    assert (state.mid, state.reach(1000), len(state.bid_ticks)) == (None, None, 0)
    low, high = state.span_of_levels(2) or (0, 0)
    assert (low, high) == pytest.approx((997.3, 1020.9))
    assert curve(told([(1000, 1)], [])).totals(0, 2000) == (1, 0)
    assert CurveState().span_of_levels(5) is None


def test_a_book_after_a_gap_says_that_it_may_be_wrong() -> None:
    router = told([(1000, 500)], [(1010, 250)])
    book = router.lanes[0].book
    assert book is not None
    book.distrust()
    state = curve(router)
    assert state.is_suspect
    assert "not trusted" in state.head.reason


def test_without_a_book_the_reason_is_said() -> None:
    router = Router((es(),), lambda _: None)
    trades = empty(Kind.TRADE, 1)
    trades["clock_ns"], trades["instrument"], trades["size"], trades["aggressor"] = 5 * CELL_NS, 0, 1, ord("B")
    router.lanes[0].apply({Kind.TRADE: trades}, empty(Kind.TICK))
    for reducer in (CurveReducer(router), ReliefReducer(router)):
        state = reducer.reduce(router.lanes[0], PANE, Provenance.REPLAY, 6 * CELL_NS, SECOND)
        assert state.head.reason == "no order book so far, only bars or prints"
        assert state.at_ns is None


class Walk:
    """An order-level market that is fed row by row."""

    def __init__(self, rows: Rows | None = None) -> None:
        self.router = Router((es(),), lambda _: None)
        self.rows, self._done = order_rows(3, 4_000) if rows is None else rows, 0
        self.curves, self.reliefs = CurveReducer(self.router), ReliefReducer(self.router)

    def feed(self, count: int) -> int:
        """The next rows; the clock of the last one."""
        rows = self.rows[self._done : self._done + count]
        self._done += count
        self.router.lanes[0].apply({Kind.MBO: rows}, empty(Kind.TICK))
        return int(rows["clock_ns"][-1])

    def both(self, now_ns: int, *, is_still: bool = False):  # noqa: ANN201  curve and surface
        lane = self.router.lanes[0]
        for reducer, pane in ((self.curves, CURVE_PANE), (self.reliefs, RELIEF_PANE)):
            yield reducer.reduce(
                lane,
                Pane(pane, lane.instrument.symbol, "", 1),
                Provenance.REPLAY,
                now_ns,
                SECOND,
                is_still=is_still,
            )


def test_within_a_second_only_the_header_is_renewed() -> None:
    walk = Walk()
    walk.feed(900)
    second = START_NS // NS_PER_S * NS_PER_S + 3_600 * NS_PER_S
    before = list(walk.both(second + 100))
    walk.feed(1)
    after = list(walk.both(second + NS_PER_S - 1))
    assert after[0].bid_sums is before[0].bid_sums
    assert after[1].relief is before[1].relief
    assert [state.at_ns for state in after] == [second + 100] * 2
    assert after[0].head.age_ns != before[0].head.age_ns
    assert [state.at_ns for state in walk.both(second + NS_PER_S)] == [second + NS_PER_S] * 2


def test_while_nothing_plays_every_step_is_followed() -> None:
    walk = Walk()
    now = walk.feed(900)
    first = list(walk.both(now))
    later = list(walk.both(now + 1, is_still=True))
    assert [state.at_ns for state in later] == [now + 1] * 2
    assert later[0].bid_sums is not first[0].bid_sums


def test_a_jump_back_within_the_second_is_another_book() -> None:
    walk = Walk()
    now = walk.feed(900)
    frozen = walk.router.freeze()
    list(walk.both(now))
    walk.feed(3)
    walk.router.thaw(frozen)
    assert next(walk.both(now)).at_ns == now
    again = list(walk.both(now))
    assert again[1].relief.sizes.tolist() == list(walk.both(now, is_still=True))[1].relief.sizes.tolist()


def test_the_surface_holds_the_mids_way_and_its_prices_stay_while_they_do() -> None:
    walk, seen = Walk(), set[tuple[int, int]]()
    for _ in range(40):
        now = walk.feed(50)
        _, state = walk.both(now)
        relief = state.relief
        mids = relief.mids[~np.isnan(relief.mids)]
        rows = (mids - relief.low) / relief.group
        assert ((rows >= 0) & (rows < ROWS)).all()
        seen.add((relief.low, relief.group))
    assert len(seen) < 12


def test_the_newest_column_is_the_book_of_now() -> None:
    walk = Walk()
    now = walk.feed(1_500)
    _, state = walk.both(now)
    relief, lane = state.relief, walk.router.lanes[0]
    bids, asks = lane.heat.view().book_at(now)
    sums = np.zeros(ROWS, np.int64)
    for tick, size in (*bids.items(), *asks.items()):
        if 0 <= (tick - relief.low) // relief.group < ROWS:
            sums[(tick - relief.low) // relief.group] += size
    assert (relief.sizes[:, -1] >= sums).all(), "the most that rested in it"
    quiet = list(walk.both(now + COLUMN_NS, is_still=True))[1].relief
    assert quiet.low == relief.low
    assert quiet.sizes[:, -1].tolist() == sums.tolist()


def test_one_row_that_towers_does_not_flatten_the_rest() -> None:
    rows = order_rows(3, 1_500)
    rows["size"][700] = 30_000
    walk = Walk(rows)
    _, state = walk.both(walk.feed(1_500))
    assert state.is_cut or state.relief.sizes.max() < 1_000
    assert state.top < 1_000


def test_both_follow_the_symbol_of_their_group_and_are_kept_in_a_workspace() -> None:
    panes = linked(blank_panes(), LADDER_PANE, "NQH4.GLBX", group=True)
    for name in (CURVE_PANE, RELIEF_PANE):
        assert panes[name].symbol == "NQH4.GLBX"
        assert from_json(to_json(panes))[name] == panes[name]
    old = {name: entry for name, entry in to_json(panes).items() if name not in (CURVE_PANE, RELIEF_PANE)}
    assert from_json(old)[CURVE_PANE] == blank_panes()[CURVE_PANE], "a file from before there were any"
    assert from_json(old)[HEAT_PANE] == panes[HEAT_PANE]


def test_the_dispatcher_publishes_both_and_takes_another_pace(desk: Dispatcher) -> None:
    desk.publish(nothing_measured)
    assert desk.screen.curve.value.at_ns is None
    desk.send(c.OpenSources(("one",), at_end=False))
    play_to_the_end(desk)
    shown, surface = desk.screen.curve.value, desk.screen.relief.value
    assert (shown.head.instrument, surface.head.instrument) == (es(), es())
    assert shown.at_ns == surface.at_ns == desk.screen.replay.value.now_ns
    assert len(shown.bid_ticks) > 5
    desk.send(c.SetPace(CURVE_PANE, "5"))
    assert desk.paces == {CURVE_PANE: 5 * NS_PER_S, RELIEF_PANE: NS_PER_S}
    desk.send(c.SetPace("ladder", "5"))
    assert "'ladder'" in desk.screen.notices.value[-1].text
    desk.send(c.CloseSources())
    desk.publish(nothing_measured)
    assert (desk.screen.curve.value.at_ns, desk.screen.relief.value.at_ns) == (None, None)


def test_one_that_fails_does_not_take_the_other_along(desk: Dispatcher) -> None:
    desk.send(c.OpenSources(("one",), at_end=False))
    play_to_the_end(desk)
    recording = desk.recording
    assert recording is not None
    recording.curve._router = None  # type: ignore[assignment]  whatever a bug may be
    desk.send(c.StepEvents(-5))
    desk.publish(nothing_measured)
    assert "Stopped" in desk.screen.curve.value.head.reason
    assert not desk.screen.relief.value.head.reason
    desk.send(c.RestartPanel(CURVE_PANE))
    desk.publish(nothing_measured)
    assert "Stopped" not in desk.screen.curve.value.head.reason
