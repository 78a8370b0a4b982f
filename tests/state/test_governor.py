"""What is left out when frames cost too much: the order, the calm after it, and that no event is."""

import math
from itertools import pairwise
from pathlib import Path

import pytest

from cockpit.clock import ManualClock
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.opening import calendar_of
from cockpit.shedding import Shedding
from cockpit.state import commands as c
from cockpit.state.dispatcher import Dispatcher
from cockpit.state.governor import STEPS, Governor, budget_ns, load_of
from cockpit.state.recording import Opened
from cockpit.state.screen import Screen
from cockpit.state.views import Load
from cockpit.units import NS_PER_MS, NS_PER_S
from tests.state.market import RowsSource, order_rows

TOP = len(STEPS)


class Frames:
    """A governor fed with frames of a cost, at the rate its own level leaves them."""

    def __init__(self) -> None:
        self.governor = Governor()
        self.now = NS_PER_S
        self.changes: list[tuple[float, int]] = []  # seconds since the beginning, level

    def run(self, seconds: float, cost_ms: float, every: int = 1, light_ms: float = 1.0) -> "Frames":
        """Frames for so long; each ``every``-th costs ``cost_ms``, the others little."""
        end, number = self.now + round(seconds * NS_PER_S), 0
        while self.now < end:
            number += 1
            cost = cost_ms if number % every == 0 else light_ms
            self.now += max(budget_ns(self.governor.level), round(cost * NS_PER_MS))
            self.governor.observe(self.now, round(cost * NS_PER_MS))
            before = self.governor.level
            if self.governor.step(self.now) != before:
                self.changes.append((self.now / NS_PER_S - 1, self.governor.level))
        return self

    @property
    def levels(self) -> list[int]:
        return [level for _, level in self.changes]


def test_frames_in_time_shed_nothing() -> None:
    assert Frames().run(60, 12.0).levels == []


def test_a_frame_now_and_then_that_is_late_sheds_nothing() -> None:
    assert Frames().run(60, 40.0, every=6).levels == []


def test_the_order_is_the_declared_one_and_a_step_is_given_time_to_help() -> None:
    frames = Frames().run(30, 100.0)
    assert frames.levels == list(range(1, TOP + 1))
    at = [second for second, _ in frames.changes]
    assert all(later - earlier > 1.999 for earlier, later in pairwise(at))
    assert [step.text for step in STEPS] == [
        "motion off",
        "panels 30 Hz",
        "panels 15 Hz",
        "overlays at rest",
        "gauge and health 2 Hz",
    ]


@pytest.mark.parametrize(("cost_ms", "level"), [(20.0, 2), (30.0, 2), (40.0, 3), (60.0, 3)])
def test_it_stops_where_the_frames_have_time_enough(cost_ms: float, level: int) -> None:
    frames = Frames().run(60, cost_ms)
    assert frames.governor.level == level
    assert frames.levels == list(range(1, level + 1)), "no step too far, none back and forth"


def test_it_comes_back_in_reverse_order_after_a_calm() -> None:
    frames = Frames().run(30, 100.0)
    began = frames.now / NS_PER_S - 1
    frames.changes.clear()
    frames.run(60, 4.0)
    assert frames.levels == list(reversed(range(TOP)))
    at = [second for second, _ in frames.changes]
    assert at[0] - began >= 4.0
    assert all(later - earlier >= 6.0 for earlier, later in pairwise(at))


def test_nothing_drawn_for_a_while_gives_back_too() -> None:
    frames = Frames().run(3, 100.0)
    assert frames.governor.level == 1
    assert frames.governor.step(frames.now + 30 * NS_PER_S) == 0


def test_what_is_shed_again_at_once_waits_longer_the_next_time() -> None:
    """Cheap at the level below, dear at the full rate: the worst case for going back and forth."""
    frames = Frames()
    for _ in range(12_000):
        cost = 22.0 if frames.governor.level == 0 else 5.0
        frames.run(0.02, cost)
    back = [second for second, level in frames.changes if level == 0]
    waits = [later - earlier for earlier, later in pairwise(back)]
    assert waits[0] < 20
    assert waits[1] > waits[0] * 1.3
    assert max(waits) < 80, "but it never gives up"


def test_recorded_frames_give_the_same_decisions_again() -> None:
    def decided() -> list[tuple[float, int]]:
        frames = Frames()
        for cost in (4.0, 18.0, 45.0, 9.0, 120.0, 3.0):
            frames.run(7, cost, every=2)
        return frames.changes

    assert decided() == decided()


def test_the_text_names_what_is_left_out_with_the_last_rate_only() -> None:
    assert load_of(0, None) == Load()
    assert load_of(1, 5).shed == ("motion off",)
    assert (load_of(1, 5).hz, load_of(1, 5).motion_rests) == (60.0, True)
    assert load_of(2, 5).shed == ("motion off", "panels 30 Hz")
    assert load_of(3, 5).shed == ("motion off", "panels 15 Hz")
    top = load_of(TOP, 5)
    assert top.shed == ("motion off", "panels 15 Hz", "overlays at rest", "gauge and health 2 Hz")
    assert (top.hz, top.slow_hz, top.overlays_rest, top.since_ns) == (15.0, 2.0, True, 5)


def test_changes_are_told_once_with_the_wall_clock(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Load] = []
    shedding = Shedding(told.append, wall=ManualClock(99))
    for number in range(300):
        at = NS_PER_S + number * 100 * NS_PER_MS
        shedding.observe(at, 100 * NS_PER_MS)
        with caplog.at_level("INFO"):
            shedding.step(at)
    assert [load.level for load in told] == list(range(1, TOP + 1))
    assert told[-1].since_ns == 99
    assert len(caplog.records) == TOP


def digest(levels: tuple[int, ...], folder: Path) -> tuple[str, int, float]:
    """Of a played recording whose screen sheds by turns; its events and volume."""
    rows = order_rows(9, 3_000)
    desk = Dispatcher(
        Screen(),
        lambda paths: Opened(paths, lambda: River([RowsSource(rows)]), {}),
        calendar_of,
        lambda path, river: Recorder(Path(path), river.registry),
    )
    desk.send(c.OpenSources(("one",), at_end=False))
    desk.send(c.StartRecording(str(folder)))
    desk.send(c.SetSpeed(math.inf))
    desk.send(c.Play())
    turn = 0
    while desk.busy:
        if levels:
            desk.tell_load(load_of(levels[turn % len(levels)], turn))
        desk.advance(lambda: 0, 0)
        desk.publish(dict, slow=turn % 5 == 0)
        turn += 1
    desk.publish(dict)
    assert desk.recording is not None
    router = desk.recording.router
    found = router.digest.hex(), router.events, router.lanes[0].volume
    desk.send(c.StopRecording())
    return found


def test_shedding_changes_neither_digest_nor_events(tmp_path: Path) -> None:
    plain = digest((), tmp_path / "plain")
    shed = digest(tuple(range(TOP + 1)), tmp_path / "shed")
    assert shed == plain
    assert plain[1] == 3_000
