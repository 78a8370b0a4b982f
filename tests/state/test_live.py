"""A live session: at the edge, rewound and back again, every engine sees every event exactly once, in order."""

import numpy as np
import pytest

from cockpit.events.dtypes import Kind, empty
from cockpit.events.links import LinkFacts
from cockpit.events.market import Batch
from cockpit.feeds.live.log import EventLog
from cockpit.feeds.live.river import LiveRiver
from cockpit.instruments import Registry
from cockpit.opening import calendar_of
from cockpit.state import commands as c
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.recording import Opened
from cockpit.state.router import Router
from cockpit.state.screen import Screen
from cockpit.state.taping import TapeWriter
from cockpit.state.views import Freshness, Provenance
from cockpit.units import NO_TIME, NS_PER_MS, NS_PER_S
from tests.state.market import es, order_rows
from tests.state.test_playback import Steady

BUDGET = 40 * NS_PER_MS


def with_ticks(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows and a tick at every whole second between them, numbered as one stream."""
    seconds = (
        np.arange(-(-int(rows["clock_ns"][0]) // NS_PER_S), int(rows["clock_ns"][-1]) // NS_PER_S + 1) * NS_PER_S
    )
    ticks = empty(Kind.TICK, len(seconds))
    ticks["clock_ns"] = ticks["event_ns"] = ticks["recv_ns"] = seconds
    clocks = np.concatenate([seconds, rows["clock_ns"]])
    order = np.argsort(clocks, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    ticks["seq"], rows = place[: len(seconds)], rows.copy()
    rows["seq"] = place[len(seconds) :]
    return ticks, rows


TICKS, ROWS = with_ticks(order_rows(11, 12_000))
TOTAL = len(TICKS) + len(ROWS)


class Feed:
    """A live feed over the rows: the test decides what has arrived."""

    def __init__(self, kept: int = 2**40) -> None:
        self.log = EventLog(kept_bytes=kept)
        self.registry = Registry()
        self.registry.add(es())
        self.speed = 1.0
        self.closed = False
        self.recorder, self.recorder_failure = "Ring 0.1 of 2.0 GB", None
        self.pace: tuple[int, int, float] | None = None
        self.ring_use = (100, 2_000)
        self.links: tuple[LinkFacts, ...] = ()

    def arrive(self, until_seq: int) -> None:
        """Everything below ``until_seq`` has come."""
        at = self.log.next_seq
        batches = []
        for kind, rows in ((Kind.TICK, TICKS), (Kind.MBO, ROWS)):
            low, high = np.searchsorted(rows["seq"], (at, until_seq))
            batches.append(Batch(kind, rows[low:high]))
        self.log.append(batches, at, until_seq)

    def clock_at(self, seq: int) -> int:
        """Clock after event ``seq``."""
        found = self.log.clock_of(seq)
        assert found is not None
        return found

    @property
    def edge_ns(self) -> int | None:
        """Clock of the newest event."""
        return None if self.log.edge_ns == NO_TIME else self.log.edge_ns

    @property
    def first_seq(self) -> int:
        """The oldest event kept."""
        return self.log.first_seq

    @property
    def next_seq(self) -> int:
        """What comes next."""
        return self.log.next_seq

    @property
    def failure(self) -> str | None:
        """Why it ended."""
        return self.log.failure

    @property
    def is_strained(self) -> bool:
        """Whether too much is kept."""
        return self.log.is_strained

    def set_speed(self, speed: float) -> None:
        """Change its speed."""
        self.speed = speed

    def bound_ring(self, gigabytes: float, days: float) -> None:
        """Keep so much."""
        self.ring_use = (self.ring_use[0], round(gigabytes * 1e9))
        self.days = days

    def flush(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """It ended."""
        self.closed = True


def opens_nothing(paths: tuple[str, ...]) -> Opened:
    """No file is opened here."""
    raise AssertionError(paths)


def tapes_nothing(folder: str, river: object) -> TapeWriter:
    """Nor recorded by hand."""
    raise AssertionError(folder, river)


def desk_of(feed: Feed) -> Dispatcher:
    """A desk on the feed."""
    desk = Dispatcher(
        Screen(), lambda paths: pytest.fail(str(paths)), calendar_of, lambda *given: pytest.fail(str(given))
    )
    opened = Opened(
        ("simulated market",),
        lambda: LiveRiver(feed.log, feed.registry),
        {"ESH4.GLBX": 0},
        Provenance.SIMULATED,
        live=feed,
    )
    feed.arrive(1)
    desk.open(opened)
    return desk


def settle(desk: Dispatcher, steady: Steady) -> None:
    """Let the desk do everything that is due now, and publish."""
    for _ in range(1_000):
        if not desk.advance(steady, BUDGET):
            break
    desk.publish(dict)


@pytest.fixture(scope="module")
def whole() -> str:
    """Digest of all of it, applied in one go."""
    feed = Feed()
    feed.arrive(TOTAL)
    river, router = LiveRiver(feed.log, feed.registry), Router(feed.registry, calendar_of)
    while (piece := river.take(100_000)) is not None and piece.events:
        router.apply(piece)
    return router.digest.hex()


def digest(desk: Dispatcher) -> str:
    """Digest of what the desk derived so far."""
    assert desk.recording is not None
    return desk.recording.router.digest.hex()


def test_the_edge_is_followed_and_derives_what_a_replay_derives(whole: str) -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    for until in range(400, TOTAL, 400):
        feed.arrive(until)
        settle(desk, steady)
        replay = desk.screen.replay.value
        assert replay.now_ns == feed.edge_ns
        assert replay.is_live
        assert replay.behind_ns is None
        assert replay.is_playing
    feed.arrive(TOTAL)
    settle(desk, steady)
    assert digest(desk) == whole
    assert desk.screen.workspace.value.provenance is Provenance.SIMULATED


def test_an_instant_replay_goes_back_while_live_goes_on_and_returns_without_a_gap(whole: str) -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    feed.arrive(6_000)
    settle(desk, steady)
    edge = feed.edge_ns
    assert edge is not None
    desk.send(c.InstantReplay(300.0))
    settle(desk, steady)
    replay = desk.screen.replay.value
    assert replay.now_ns == edge - 300 * NS_PER_S
    assert replay.behind_ns == 300 * NS_PER_S
    assert replay.is_playing
    assert replay.speed == 1.0
    assert desk.screen.workspace.value.is_rewound
    chart = desk.screen.charts["chart.1"].value
    assert chart.bars["close_ns"][-1] > edge - 360 * NS_PER_S
    assert chart.head.provenance is Provenance.SIMULATED
    desk.advance(steady, BUDGET)
    steady.now += 20 * NS_PER_S  # twenty seconds pass on both
    feed.arrive(6_100)
    settle(desk, steady)
    replay = desk.screen.replay.value
    assert replay.now_ns == edge - 280 * NS_PER_S
    assert feed.edge_ns is not None
    assert replay.behind_ns == feed.edge_ns - (edge - 280 * NS_PER_S)
    feed.arrive(TOTAL)
    desk.send(c.GoLive())
    settle(desk, steady)
    replay = desk.screen.replay.value
    assert replay.behind_ns is None
    assert replay.now_ns == feed.edge_ns
    assert not desk.screen.workspace.value.is_rewound
    assert digest(desk) == whole
    assert replay.position == len(ROWS)


def test_a_faster_replay_reaches_the_edge_and_follows_it(whole: str) -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    feed.arrive(6_000)
    settle(desk, steady)
    desk.send(c.InstantReplay(60.0))
    desk.send(c.SetSpeed(30.0))
    settle(desk, steady)
    assert feed.speed == 1.0, "the replay's speed is not the market's"
    steady.now += 3 * NS_PER_S
    settle(desk, steady)
    replay = desk.screen.replay.value
    assert replay.behind_ns is None
    assert replay.is_playing
    assert replay.speed == 1.0
    feed.arrive(TOTAL)
    settle(desk, steady)
    assert digest(desk) == whole


def test_pausing_stands_still_while_live_goes_on() -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    feed.arrive(3_000)
    settle(desk, steady)
    at = feed.edge_ns
    desk.send(c.TogglePlay())
    feed.arrive(5_000)
    settle(desk, steady)
    replay = desk.screen.replay.value
    assert replay.now_ns == at
    assert not replay.is_playing
    assert replay.behind_ns
    assert replay.behind_ns > 0
    desk.send(c.StepEvents(1))
    desk.send(c.StepEvents(-1))
    settle(desk, steady)
    assert desk.screen.replay.value.now_ns is not None
    assert not desk.screen.replay.value.at_end
    desk.send(c.TogglePlay())
    settle(desk, steady)
    assert desk.screen.replay.value.is_playing


def test_at_the_edge_the_speed_is_the_markets_own() -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    desk.send(c.StepSpeed(1))
    settle(desk, steady)
    assert feed.speed == 2.0
    assert desk.screen.replay.value.speed == 2.0
    desk.send(c.SetSpeed(float("inf")))
    assert "no max speed" in desk.screen.notices.value[-1].text


def test_a_seek_past_the_edge_is_the_edge() -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    feed.arrive(4_000)
    settle(desk, steady)
    assert feed.edge_ns is not None
    desk.send(c.SeekTo(feed.edge_ns + NS_PER_S))
    settle(desk, steady)
    assert desk.screen.replay.value.behind_ns is None


def test_before_what_is_kept_the_oldest_is_shown() -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    feed.arrive(4_000)
    settle(desk, steady)
    desk.send(c.SeekTo(int(ROWS["clock_ns"][0]) - 10**12))
    settle(desk, steady)
    assert desk.screen.replay.value.position <= 1


def test_a_feed_that_stops_says_so_on_every_panel() -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    feed.arrive(3_000)
    settle(desk, steady)
    assert desk.screen.charts["chart.1"].value.head.freshness is Freshness.FRESH
    feed.log.close("the simulated market stopped: out of orders")
    desk.flush_tape()
    settle(desk, steady)
    head = desk.screen.charts["chart.1"].value.head
    assert head.freshness is Freshness.FAILED
    assert "out of orders" in head.reason
    assert desk.screen.ladder.value.head.freshness is Freshness.FAILED
    told = [notice for notice in desk.screen.notices.value if notice.title == "Feed stopped"]
    desk.flush_tape()
    assert len(told) == 1
    assert len(desk.screen.notices.value) == 1


def test_opening_something_else_ends_the_feed() -> None:
    feed, other = Feed(), Feed()
    desk = desk_of(feed)
    other.arrive(1)
    desk.open(Opened(("other",), lambda: LiveRiver(other.log, other.registry), {}, live=other))
    assert feed.closed
    assert not other.closed
    desk.close()
    assert other.closed


def test_with_nothing_open_there_is_no_edge() -> None:
    desk = Dispatcher(Screen(), opens_nothing, calendar_of, tapes_nothing)
    desk.send(c.GoLive())
    assert "nothing is open" in desk.screen.notices.value[-1].text


def test_other_bounds_of_the_ring_reach_the_running_recorder_and_are_no_fault_without_one() -> None:
    feed, steady = Feed(), Steady()
    desk = desk_of(feed)
    desk.send(c.BoundRing(5.0, 7.0))
    feed.arrive(3_000)
    settle(desk, steady)
    assert feed.days == 7.0
    health = desk.screen.health.value
    assert health.tape is not None
    assert health.tape.ring_limit == 5_000_000_000
    alone = Dispatcher(Screen(), opens_nothing, calendar_of, tapes_nothing)
    alone.send(c.BoundRing(5.0, 7.0))
    assert alone.screen.notices.value == ()


def test_the_flight_recorders_ring_is_in_data_health() -> None:
    feed, steady = Feed(), Steady()
    feed.ring_use = (2_000, 9_000)
    desk = desk_of(feed)
    feed.arrive(3_000)
    settle(desk, steady)
    health = desk.screen.health.value
    assert health.tape is not None
    assert (health.tape.ring_used, health.tape.ring_limit) == (2_000, 9_000)
    assert health.recorder == feed.recorder
