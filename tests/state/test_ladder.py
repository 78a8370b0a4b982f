"""The ladder where there is no book: it says from when there is one, or that there is none."""

import numpy as np
import pytest

from cockpit.events.dtypes import TRADE
from cockpit.feeds.river import River
from cockpit.opening import calendar_of
from cockpit.state import commands as c
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.index import Index
from cockpit.state.recording import Opened
from cockpit.state.screen import Screen
from cockpit.state.views import LadderState
from cockpit.units import NS_PER_MIN, NS_PER_S
from tests.state.market import START_NS, RowsSource, order_rows
from tests.state.test_playback import Steady

BUDGET = 40_000_000
BOOK_NS = START_NS + 10 * NS_PER_MIN  # Mon 25 Dec 2023, 18:10 in New York


def history_then_book() -> np.ndarray:
    """Ten minutes of prints alone, as history keeps them, then everything."""
    rows = order_rows(5, 6_000)
    kept = rows[(rows["clock_ns"] >= BOOK_NS) | (rows["action"] == TRADE)]
    kept["seq"] = np.arange(len(kept))
    return kept


def desk_of(rows: np.ndarray) -> Dispatcher:
    desk = Dispatcher(
        Screen(),
        lambda paths: Opened(paths, lambda: River([RowsSource(rows)]), {}),
        calendar_of,
        lambda *given: pytest.fail(str(given)),
    )
    desk.send(c.OpenSources(("memory",)))
    return desk


def read(desk: Dispatcher) -> None:
    """Let the reading ahead come to its end."""
    assert desk.recording is not None
    assert isinstance(desk.recording.index, Index)
    while not desk.recording.index.advance():
        pass


def ladder_at(desk: Dispatcher, clock_ns: int) -> LadderState:
    desk.send(c.SeekTo(clock_ns))
    steady = Steady()
    for _ in range(1_000):
        if not desk.advance(steady, BUDGET):
            break
    desk.publish(dict)
    return desk.screen.ladder.value


def test_before_the_first_quote_it_says_from_when_there_is_a_book() -> None:
    desk = desk_of(history_then_book())
    read(desk)
    early = ladder_at(desk, BOOK_NS - 5 * NS_PER_MIN)
    assert early.head.reason == "No book before Mon 18:10 — the history holds prints only"
    assert early.best_bid is None
    late = ladder_at(desk, BOOK_NS + NS_PER_MIN)
    assert late.head.reason == ""
    assert late.best_bid is not None
    again = ladder_at(desk, BOOK_NS - NS_PER_S)
    assert again.head.reason.startswith("No book before Mon 18:10")


def test_where_every_event_is_a_print_it_does_not_promise_a_book() -> None:
    rows = order_rows(5, 3_000)
    rows = rows[rows["action"] == TRADE]
    rows["seq"] = np.arange(len(rows))
    desk = desk_of(rows)
    read(desk)
    state = ladder_at(desk, BOOK_NS)
    assert state.best_bid is None
    assert "before" not in state.head.reason


def test_what_was_added_and_pulled_is_that_of_the_side_that_rests_there() -> None:
    desk = desk_of(order_rows(5, 3_000))
    ladder_at(desk, BOOK_NS - NS_PER_MIN)
    recording = desk.recording
    assert recording is not None
    lane = recording.router.lanes[0]
    state = desk.screen.ladder.value
    now = recording.playback.clock_ns or 0
    added, pulled = lane.stacked.window(state.low_tick, len(state.added), now)
    assert state.best_bid is not None
    assert state.best_ask is not None
    bid, ask = state.best_bid - state.low_tick, state.best_ask - state.low_tick
    assert state.added.sum() > 0
    below, above = min(bid + 1, ask), max(bid + 1, ask)  # orders at random may cross
    assert state.added[:below].tolist() == added[0, :below].tolist()
    assert state.pulled[above:].tolist() == pulled[1, above:].tolist()


def test_the_foot_nets_bids_against_asks() -> None:
    desk = desk_of(order_rows(5, 3_000))
    ladder_at(desk, BOOK_NS - NS_PER_MIN)
    recording = desk.recording
    assert recording is not None
    lane, state = recording.router.lanes[0], desk.screen.ladder.value
    assert lane.book is not None
    read_out, net = lane.book.readout(10), 0
    for side, ticks, sign in ((0, read_out.bid_ticks, 1), (1, read_out.ask_ticks, -1)):
        for tick in ticks.tolist():
            added, pulled = lane.stacked.window(tick, 1, recording.playback.clock_ns or 0)
            net += sign * int(added[side, 0] - pulled[side, 0])
    assert state.net_stacked == net


def test_the_queue_of_the_level_that_is_looked_at_is_told_in_priority_order() -> None:
    desk = desk_of(order_rows(5, 3_000))
    state = ladder_at(desk, BOOK_NS - NS_PER_MIN)
    assert state.queue is None
    assert state.best_bid is not None
    desk.send(c.LookAtLevel(state.best_bid))
    desk.publish(dict)
    queue = desk.screen.ladder.value.queue
    assert queue is not None
    at = state.best_bid - state.low_tick
    assert (queue.orders, queue.ahead) == (int(state.bid_counts[at]), int(state.bid_sizes[at]))
    assert sum(queue.sizes) <= queue.ahead
    desk.send(c.LookAtLevel(None))
    desk.publish(dict)
    assert desk.screen.ladder.value.queue is None
