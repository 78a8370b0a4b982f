"""The heatmap's state through the dispatcher: its pane, its words when there is no book, steady limits."""

import numpy as np

from cockpit.engines.book.heat import BEST
from cockpit.engines.book.layout import CELL_NS
from cockpit.events.dtypes import Kind, empty
from cockpit.events.market import Batch, Slice
from cockpit.state.panels.heatmap import HeatmapReducer, cutoffs
from cockpit.state.panes import blank_panes, from_json, linked, to_json
from cockpit.state.router import Router
from cockpit.state.screen import HEAT_PANE, LADDER_PANE
from cockpit.state.views import HEAT_GROUPS, Pane, Provenance
from cockpit.units import NS_PER_MS
from tests.state.market import es, order_rows
from tests.widgets.heat.states import Market

PANE = Pane(HEAT_PANE, "ESH4.GLBX", "", 1)


def test_it_follows_the_symbol_of_its_group_and_is_kept_in_a_workspace() -> None:
    panes = linked(blank_panes(), LADDER_PANE, "NQH4.GLBX", group=True)
    assert panes[HEAT_PANE].symbol == "NQH4.GLBX"
    assert from_json(to_json(panes))[HEAT_PANE] == panes[HEAT_PANE]
    assert HEAT_PANE in from_json({})


def test_without_a_book_it_says_so() -> None:
    router = Router((es(),), lambda _: None)
    trades = empty(Kind.TRADE, 1)
    trades["clock_ns"], trades["instrument"], trades["size"], trades["aggressor"] = 5 * CELL_NS, 0, 1, ord("B")
    router.lanes[0].apply({Kind.TRADE: trades}, empty(Kind.TICK))
    state = HeatmapReducer(router).reduce(router.lanes[0], PANE, Provenance.REPLAY, 6 * CELL_NS)
    assert state.head.reason == "no order book so far, only bars or prints"
    assert state.heat.end == 0


def test_the_state_holds_what_rested_and_where_the_touch_was() -> None:
    market = Market()
    market.feed(2_000)
    state = market.state()
    bids, asks = state.heat.book_at(state.now_ns or 0)
    at = np.flatnonzero(state.bid_sizes)
    assert dict(zip((at + state.low_tick).tolist(), state.bid_sizes[at].tolist(), strict=True)) == bids
    assert (state.best_bid, state.best_ask) == (max(bids), min(asks))
    assert (int(state.best["bid"][-1]), int(state.best["ask"][-1])) == (max(bids), min(asks))
    assert (np.diff(state.best["clock_ns"]) > 0).all()
    assert state.head.note == "order level"


def test_a_jump_in_time_is_another_series_and_says_the_same() -> None:
    market = Market()
    market.feed(1_000)
    frozen, then = market.router.freeze(), market.state()
    market.feed(1_000)
    market.router.thaw(frozen)
    again = market.state(then.now_ns)
    assert again.heat.series != then.heat.series
    assert again.heat.book_at(then.now_ns or 0) == then.heat.book_at(then.now_ns or 0)
    assert again.best.tolist() == then.best.tolist()


def test_where_the_touch_was_does_not_depend_on_how_the_recording_is_cut() -> None:
    rng, rows = np.random.default_rng(5), empty(Kind.QUOTE, 2_000)
    rows["seq"], rows["clock_ns"] = np.arange(len(rows)), np.cumsum(rng.integers(0, 60, len(rows))) * NS_PER_MS
    rows["bid_ticks"] = rng.integers(100, 103, len(rows))  # several changes of the touch in a cell of 100 ms
    rows["ask_ticks"] = rows["bid_ticks"] + rng.integers(1, 3, len(rows))
    rows["bid_size"] = rows["ask_size"] = 1
    rows["instrument"] = 0

    def best(cut: int) -> tuple[bytes, bytes]:
        router = Router((es(),), lambda _: None)
        for low in range(0, len(rows), cut):
            part = rows[low : low + cut]
            clock = int(part["clock_ns"][-1])
            router.apply(Slice((Batch(Kind.QUOTE, part),), low, low + len(part), clock))
            router.lanes[0].best_view()  # looking changes nothing
            if low % 7 == 0:
                frozen = router.freeze()
                router = Router((es(),), lambda _: None)
                router.thaw(frozen)
        lane = router.lanes[0]
        return lane.best.view().tobytes(), lane.best_view().tobytes()

    whole = best(len(rows))
    assert len(whole[0]) > 300 * BEST.itemsize
    assert {cut: best(cut) == whole for cut in (1, 2, 3, 7, 50, 999)} == dict.fromkeys((1, 2, 3, 7, 50, 999), True)
    kept, shown = (np.frombuffer(each, BEST) for each in whole)
    assert (np.diff(kept["clock_ns"] // CELL_NS) > 0).all(), "one step a cell at most"
    assert len(shown) - len(kept) in (0, 1)
    assert ((np.diff(shown["bid"]) != 0) | (np.diff(shown["ask"]) != 0)).all()


def test_limits_come_from_the_sizes_and_move_only_when_those_are_others() -> None:
    market = Market(order_rows(3, 4_000, step_ms=30))
    market.feed(1_500)
    first = market.state().contrast
    assert len(first) == len(HEAT_GROUPS)
    assert [limits.low for limits in first] == sorted(limits.low for limits in first)
    later = []
    for _ in range(30):
        market.feed(10)
        later.append(market.state().contrast)
    assert all(limits == first for limits in later)


def test_the_limits_are_quantiles_of_what_rests_in_a_row() -> None:
    sizes = np.arange(1, 1_001)
    one, ten = (cutoffs(sizes, 100, group) for group in (1, 10))
    assert (round(one.low), round(one.high)) == (600, 1_801)
    assert 9 < ten.low / one.low < 11
    assert cutoffs(np.zeros(5, np.int64), 0, 1).low == 1
