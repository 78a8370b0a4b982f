"""Stamps of the way from arrival to pixel: what a played event leaves behind, leg by leg."""

import math

import numpy as np
import pytest

from cockpit.events.dtypes import Kind, empty
from cockpit.events.market import Batch, Slice
from cockpit.feeds.river import River
from cockpit.opening import calendar_of
from cockpit.state.hops import SLICES, Hops
from cockpit.state.keyframes import Keyframes
from cockpit.state.playback import Playback
from cockpit.state.router import Router
from cockpit.units import NS_PER_MS, NS_PER_S
from tests.state.market import START_NS, RowsSource, order_rows

NEAR = 1.1  # a bin


def piece(events: int, first_ns: int = 0) -> Slice:
    rows = empty(Kind.TRADE, events)
    rows["clock_ns"] = first_ns + np.arange(events) * NS_PER_MS
    return Slice((Batch(Kind.TRADE, rows),), 0, events, int(rows["clock_ns"][-1]))


def test_each_leg_is_timed_from_the_stamps_handed_in() -> None:
    hops = Hops()
    hops.applied(piece(1), lambda clocks: clocks + 10 * NS_PER_S, 10 * NS_PER_S + 2 * NS_PER_MS)
    hops.published()
    hops.drawn()
    hops.painted(10 * NS_PER_S + 10 * NS_PER_MS)
    engine, frame, pixel = hops.legs(11 * NS_PER_S)
    assert engine is not None
    assert frame is not None
    assert pixel is not None
    assert 2 <= engine.p99_ns / NS_PER_MS <= 2 * NEAR
    assert 8 <= frame.p99_ns / NS_PER_MS <= 8 * NEAR
    assert 10 <= pixel.p99_ns / NS_PER_MS <= 10 * NEAR
    assert hops.unpainted == 0


def test_a_paint_shows_only_what_was_drawn_before_it() -> None:
    hops = Hops()
    hops.applied(piece(3), None, 0)
    hops.published()
    hops.applied(piece(4), None, NS_PER_MS)
    hops.painted(2 * NS_PER_MS)
    assert hops.unpainted == 7, "published is not drawn"
    hops.drawn()
    hops.painted(3 * NS_PER_MS)
    assert hops.unpainted == 4
    hops.published()
    hops.drawn()
    hops.painted(9 * NS_PER_MS)
    frame = hops.legs(None)[1]
    assert frame is not None
    assert (frame.count, hops.unpainted) == (7, 0)
    assert 3 <= frame.p50_ns / NS_PER_MS <= 8 * NEAR


def test_every_event_counts_though_few_of_a_slice_are_kept() -> None:
    hops = Hops()
    hops.applied(piece(5_000), lambda clocks: clocks, 5_000 * NS_PER_MS)
    hops.applied(piece(1), lambda clocks: clocks, 5_000 * NS_PER_MS)
    engine = hops.legs(None)[0]
    assert engine is not None
    assert engine.count == 5_001
    assert 2_300 <= engine.p50_ns / NS_PER_MS <= 2_700 * NEAR


def test_what_does_not_fit_is_counted_and_nothing_waits() -> None:
    hops = Hops()
    for _ in range(SLICES + 5):
        hops.applied(piece(2), None, 0)
    assert (hops.unpainted, hops.missed) == (2 * SLICES, 10)
    hops.forget()
    assert hops.unpainted == 0


def test_old_measurements_are_not_shown_as_if_they_were_current() -> None:
    hops = Hops()
    hops.applied(piece(1), lambda clocks: clocks, NS_PER_MS)
    assert hops.legs(NS_PER_S)[0] is not None
    assert hops.legs(60 * NS_PER_S)[0] is None


class Steady:
    """A clock that moves by itself, a little with every look."""

    def __init__(self) -> None:
        self.now = NS_PER_S

    def __call__(self) -> int:
        self.now += NS_PER_MS // 4
        return self.now


def played(speed: float) -> tuple[Playback, Hops]:
    rows = order_rows(3, 600)
    river = River([RowsSource(rows)])
    player = Playback(river, Router(river.registry, calendar_of), Keyframes())
    hops = player.hops = Hops()
    player.set_speed(speed)
    player.play()
    steady = Steady()
    while not player.at_end:
        player.advance(steady, 4 * NS_PER_MS)
        steady.now += 16 * NS_PER_MS
    return player, hops


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_a_paced_replay_measures_from_the_instant_an_event_is_due(speed: float) -> None:
    _, hops = played(speed)
    hops.published()
    hops.drawn()
    engine = hops.engine.spans()
    assert engine is not None
    assert engine.p99_ns <= 25 * NS_PER_MS, "the pump comes every 16 ms"
    assert engine.p50_ns >= NS_PER_MS


def test_at_no_pace_there_is_no_arrival_but_still_a_frame() -> None:
    _, hops = played(math.inf)
    assert hops.engine.spans() is None
    assert hops.unpainted == 600
    hops.published()
    hops.drawn()
    hops.painted(100 * NS_PER_S)
    frame = hops.frame.spans()
    assert frame is not None
    assert frame.count == 600


def test_a_jump_forgets_what_was_on_its_way() -> None:
    player, hops = played(math.inf)
    player.seek(START_NS + 20 * NS_PER_S)
    player.finish()
    assert hops.unpainted == 0
