"""One clock: however a tape is played, what comes out is the same to the byte."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cockpit.events.market import Chunk
from cockpit.feeds.river import River
from cockpit.instants import parse_instant
from cockpit.instruments import Instrument
from cockpit.opening import calendar_of, open_all
from cockpit.state.index import Index
from cockpit.state.keyframes import Keyframes
from cockpit.state.playback import Playback
from cockpit.state.router import Router
from cockpit.units import NS_PER_MS, NS_PER_S
from tests.state.market import START_NS, RowsSource, order_rows

EVENTS = 6_000
TURN_NS = 8 * NS_PER_MS


class Steady:
    """A monotonic clock a test moves by hand."""

    def __init__(self) -> None:
        self.now = 1

    def __call__(self) -> int:
        """ns."""
        return self.now


def player(cut: int = 1000, spacing: int = 500) -> Playback:
    source = RowsSource(order_rows(7, EVENTS), cut=cut)
    river = River([source])
    keyframes = Keyframes()
    keyframes.spacing = spacing
    return Playback(river, Router(river.registry, calendar_of), keyframes)


def run_at(playback: Playback, speed: float, steady: Steady | None = None) -> str:
    steady = steady or Steady()
    playback.set_speed(speed)
    playback.play()
    for _ in range(10_000_000):
        if playback.at_end:
            break
        playback.advance(steady, 4 * NS_PER_MS)
        steady.now += TURN_NS if not math.isinf(speed) else 1
    assert playback.at_end
    return playback.router.digest.hex()


@pytest.fixture(scope="module")
def whole() -> str:
    """Digest of the plain run."""
    playback = player()
    return run_at(playback, math.inf)


@pytest.mark.parametrize("speed", [30.0, 1000.0])
def test_every_speed_gives_the_same_digest(whole: str, speed: float) -> None:
    assert run_at(player(), speed) == whole


def test_how_a_source_is_cut_does_not_matter(whole: str) -> None:
    assert run_at(player(cut=37), math.inf) == whole


class SlowRows(RowsSource):
    """Four steps of half a millisecond for each chunk, by the clock of a test."""

    def __init__(self, steady: Steady) -> None:
        super().__init__(order_rows(7, EVENTS), cut=1000)
        self._steady = steady

    def steps(self, from_chunk: int = 0) -> Iterator[Chunk | None]:
        for chunk in self.chunks(from_chunk):
            for _ in range(4):
                self._steady.now += NS_PER_MS // 2
                yield None
            yield chunk


@pytest.mark.parametrize("speed", [60.0, math.inf])
def test_a_source_that_is_slow_to_read_makes_no_turn_longer_and_changes_nothing(whole: str, speed: float) -> None:
    steady = Steady()
    river = River([SlowRows(steady)])
    playback = Playback(river, Router(river.registry, calendar_of), Keyframes())
    playback.set_speed(speed)
    playback.play()
    waited = 0
    for _ in range(100_000):
        began = steady.now
        playback.advance(steady, NS_PER_MS)
        assert steady.now - began <= 1.5 * NS_PER_MS
        waited += playback.is_waiting
        if playback.at_end:
            break
        steady.now += TURN_NS
    assert playback.at_end
    assert waited >= 4, "reading went on over several turns"
    assert playback.router.digest.hex() == whole


def test_a_jump_away_from_what_is_being_read_goes_on_to_the_same_end(whole: str) -> None:
    steady = Steady()
    river = River([SlowRows(steady)])
    playback = Playback(river, Router(river.registry, calendar_of), Keyframes())
    playback.seek_end()
    while not playback.is_waiting:
        playback.advance(steady, NS_PER_MS)
    playback.seek(START_NS + 60 * NS_PER_S)
    playback.finish()
    assert playback.clock_ns == START_NS + 60 * NS_PER_S
    assert run_at(playback, math.inf, steady) == whole


def test_one_event_at_a_time_gives_the_same_digest(whole: str) -> None:
    playback = player()
    for _ in range(EVENTS):
        playback.step_events(1)
    assert playback.at_end
    assert playback.router.digest.hex() == whole


def test_going_back_and_forth_then_playing_on_gives_the_same_digest(whole: str) -> None:
    playback = player()
    for minutes in (12, 3, 9, 0.5, 15, 1):
        playback.seek(START_NS + round(minutes * 60 * NS_PER_S))
        playback.finish()
    playback.step_events(-40)
    playback.step_events(13)
    assert run_at(playback, math.inf) == whole


def test_a_step_back_undoes_a_step_forward() -> None:
    playback = player()
    playback.seek(START_NS + 300 * NS_PER_S)
    playback.finish()
    before = (
        playback.router.events,
        playback.router.digest.hex(),
        playback.router.lanes[0].book.readout().bid_sizes.tolist(),
    )
    playback.step_events(5)
    assert playback.router.events == before[0] + 5
    playback.step_events(-5)
    after = (
        playback.router.events,
        playback.router.digest.hex(),
        playback.router.lanes[0].book.readout().bid_sizes.tolist(),
    )
    assert after[0] == before[0]
    assert after[2] == before[2]
    playback.step_events(5)
    playback.step_events(-5)
    assert playback.router.digest.hex() == after[1]


def test_a_seek_applies_exactly_the_events_up_to_the_instant() -> None:
    rows = order_rows(7, EVENTS)
    playback = player()
    at = START_NS + 200 * NS_PER_S + 123
    playback.seek(at)
    playback.finish()
    assert playback.router.events == int((rows["clock_ns"] <= at).sum())
    assert playback.clock_ns == at


def test_a_seek_before_the_start_shows_nothing_and_playing_starts_over(whole: str) -> None:
    playback = player()
    run_at(playback, math.inf)
    playback.seek(START_NS - NS_PER_S)
    playback.finish()
    assert playback.router.events == 0
    assert run_at(playback, math.inf) == whole


def test_the_playhead_follows_the_clock_between_events() -> None:
    playback, steady = player(), Steady()
    playback.set_speed(1.0)
    playback.play()
    start = playback.clock_ns
    assert start is not None
    playback.advance(steady, NS_PER_MS)
    for _ in range(250):
        steady.now += TURN_NS
        playback.advance(steady, NS_PER_MS)
    assert playback.clock_ns == start + 250 * TURN_NS
    assert playback.reached == pytest.approx(1.0, abs=0.02)


def test_reading_ahead_finds_span_volume_and_keyframes_and_changes_nothing(whole: str) -> None:
    source = RowsSource(order_rows(7, EVENTS))
    keyframes = Keyframes()
    keyframes.spacing = 500
    river = River([source])
    playback = Playback(river, Router(river.registry, calendar_of), keyframes)
    ahead = River([source])
    index = Index(ahead, Router(ahead.registry, calendar_of), keyframes)
    while not index.advance():
        pass
    assert index.view.done
    assert index.view.events == EVENTS
    assert len(keyframes) > 1
    playback.seek(START_NS + 600 * NS_PER_S)
    playback.finish()
    assert run_at(playback, math.inf) == whole
    assert index.view.volumes.sum() == playback.router.lanes[0].volume


def test_scene_b_seeks_to_the_book_of_the_page(data: Path) -> None:
    path = data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst"
    sources = open_all([str(path)])
    river = River(sources)
    playback = Playback(river, Router(river.registry, calendar_of), Keyframes())
    run_at(playback, math.inf)
    end = playback.router.digest.hex()
    playback.seek(parse_instant("2023-12-25T23:10:00Z"))
    playback.finish()
    lane = playback.router.lanes[0]
    assert playback.router.events == 25_598
    readout = lane.book.readout(5)
    bids = _side(lane.instrument, readout.bid_ticks, readout.bid_sizes, readout.bid_counts)
    asks = _side(lane.instrument, readout.ask_ticks, readout.ask_sizes, readout.ask_counts)
    assert bids == [(4807.0, 26, 20), (4806.75, 36, 23), (4806.5, 33, 17), (4806.25, 40, 22), (4806.0, 36, 19)]
    assert asks == [(4807.5, 35, 24), (4807.75, 34, 24), (4808.0, 55, 27), (4808.25, 37, 21), (4808.5, 45, 16)]
    assert readout.resting_orders == 10_161
    assert run_at(playback, math.inf) == end


def _side(
    instrument: Instrument, ticks: np.ndarray, sizes: np.ndarray, counts: np.ndarray
) -> list[tuple[float, int, int]]:
    rows = zip(ticks.tolist(), sizes.tolist(), counts.tolist(), strict=True)
    return [(instrument.price(tick), size, count) for tick, size, count in rows]


@pytest.mark.parametrize("speed", [60.0, math.inf])
def test_a_stop_pauses_once_exactly_there_and_playing_goes_on(whole: str, speed: float) -> None:
    rows = order_rows(7, EVENTS)
    playback, steady = player(), Steady()
    stop = START_NS + 120 * NS_PER_S
    playback.stop_at(stop)
    playback.set_speed(speed)
    playback.play()
    while playback.is_playing:
        playback.advance(steady, 4 * NS_PER_MS)
        steady.now += TURN_NS
    assert playback.clock_ns == stop
    assert playback.router.events == int((rows["clock_ns"] <= stop).sum())
    assert run_at(playback, math.inf) == whole


def test_pausing_stands_still() -> None:
    playback, steady = player(), Steady()
    playback.play()
    playback.advance(steady, NS_PER_MS)
    playback.pause()
    before = (playback.clock_ns, playback.router.events)
    steady.now += 60 * NS_PER_S
    assert not playback.advance(steady, NS_PER_MS)
    assert (playback.clock_ns, playback.router.events) == before


def test_the_ladder_of_speeds_ends_at_max() -> None:
    playback = player()
    for _ in range(40):
        playback.step_speed(1)
    assert math.isinf(playback.speed)
    for _ in range(40):
        playback.step_speed(-1)
    assert playback.speed == 0.1
