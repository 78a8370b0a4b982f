"""What moves takes 120 or 150 ms, never overshoots, and stands still when it is told to."""

from dataclasses import replace
from typing import Any

import pytest

from cockpit.clock import ManualClock
from cockpit.state.governor import load_of
from cockpit.state.screen import Screen
from cockpit.state.views import Freshness, Notice, PressureState, ReplayState
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.motion import EASE_MS, FOLLOW_MS, Follower, Motion, eased
from cockpit.widgets.pressure.meter import PressureMeter
from cockpit.widgets.theme import load_theme
from tests.widgets.shell import Shell, theme

FRAME_MS = 16


class Stage:
    """Frames by hand, and what was moved where."""

    def __init__(self) -> None:
        self.time = ManualClock(NS_PER_S)
        self.clock = FrameClock(self.time)
        self.screen = Screen()
        self.theme = theme()
        self.motion = Motion(self.clock, self.theme, self.screen)
        self.places: list[float] = []

    def move(self, part: float) -> None:
        self.places.append(part)

    def frames(self, ms: float) -> None:
        for _ in range(round(ms / FRAME_MS)):
            self.time.advance(FRAME_MS * NS_PER_MS)
            self.clock.frame()


@pytest.fixture
def stage(qapp: Any) -> Stage:
    return Stage()


def test_a_drawer_takes_120_ms_fast_at_first(stage: Stage) -> None:
    stage.motion.ease("drawer", stage.move)
    assert stage.places == [0.0]
    stage.frames(EASE_MS + 2 * FRAME_MS)
    assert stage.places == sorted(stage.places)
    assert stage.places[-1] == 1.0
    assert stage.places[3] > 0.6, "a third of the time is most of the way"
    assert len(stage.places) <= 1 + EASE_MS / FRAME_MS + 1
    stage.frames(100)
    assert stage.places[-1] == 1.0
    assert not stage.clock.is_pending("drawer"), "and then nothing runs"


def test_easing_begins_at_nothing_and_ends_at_all() -> None:
    assert (eased(-1), eased(0), eased(1), eased(7)) == (0.0, 0.0, 1.0, 1.0)


def test_reduced_motion_is_there_at_once(stage: Stage) -> None:
    stage.theme.become(load_theme("graphite", still=True))
    stage.motion.ease("drawer", stage.move)
    assert stage.places == [1.0]
    assert stage.motion.is_off


@pytest.mark.parametrize(
    ("speed", "playing", "off"), [(1, True, False), (4, True, False), (10, True, True), (10, False, False)]
)
def test_needles_cut_in_a_fast_replay(stage: Stage, speed: float, playing: bool, off: bool) -> None:
    stage.screen.replay.publish(ReplayState(is_open=True, is_playing=playing, speed=speed))
    assert stage.motion.is_off == off


def test_a_follower_arrives_in_150_ms_and_never_beyond() -> None:
    follower = Follower()
    assert not follower.aim(10.0, at_once=False), "the first value is there at once"
    assert follower.aim(20.0, at_once=False)
    places = []
    for _ in range(15):
        follower.step(FOLLOW_MS / 15)
        places.append(follower.value or 0.0)
    assert places == sorted(places)
    assert 19.85 < places[-1] <= 20.0
    assert places[2] < 14.0, "it does not jump"
    while follower.step(10.0):
        assert (follower.value or 0.0) <= 20.0
    assert follower.value == 20.0


def test_two_half_steps_end_where_a_whole_one_does() -> None:
    whole, halves = Follower(), Follower()
    for each in (whole, halves):
        each.aim(0.0, at_once=True)
        each.aim(1.0, at_once=False)
    whole.step(40.0)
    halves.step(20.0)
    halves.step(20.0)
    assert whole.value == pytest.approx(halves.value)


def test_no_value_and_a_cut_have_no_way() -> None:
    follower = Follower()
    follower.aim(3.0, at_once=False)
    assert not follower.aim(None, at_once=False)
    assert follower.value is None
    assert not follower.aim(5.0, at_once=False)
    assert not follower.aim(9.0, at_once=True)
    assert follower.value == 9.0


def test_the_meters_needle_follows_while_its_figure_cuts(stage: Stage, qtbot: Any) -> None:
    meter = PressureMeter(stage.theme, None, stage.motion)
    qtbot.addWidget(meter)
    meter.draw(PressureState(value=0.0, verdict="balanced"), Freshness.FRESH)
    meter.draw(PressureState(value=0.5, verdict="buyers, moderate"), Freshness.FRESH)
    assert meter.lines()[0] == "Pressure +0.50 buyers, moderate"
    assert meter.needle_at() == 0.0
    stage.frames(64)
    assert 0.1 < (meter.needle_at() or 0.0) < 0.5
    stage.frames(320)
    assert meter.needle_at() == 0.5


def test_the_newest_notice_slides_in(qtbot: Any) -> None:
    shell = Shell(qtbot).open()
    toasts = shell.window.toasts
    toasts.add(Notice(7, "info", "Layout saved", "now"))
    card = toasts.cards()[0]
    assert card.y() == -card.height()
    shell.frames(12, ms=FRAME_MS)
    assert card.y() == 0
    shell.window._theme.become(replace_still(shell))
    toasts.add(Notice(8, "info", "Layout saved", "again"))
    assert toasts.cards()[0].y() == 0


def replace_still(shell: Shell) -> Any:
    return replace(shell.window._theme, still=True, _listeners=[])


def test_while_frames_cost_too_much_nothing_moves_by_itself(stage: Stage) -> None:
    stage.screen.load.publish(load_of(1, 5))
    assert stage.motion.is_off
    stage.motion.ease("drawer", stage.move)
    assert stage.places == [1.0]
    assert not stage.clock.is_pending("drawer")
    stage.screen.load.publish(load_of(0, None))
    assert not stage.motion.is_off
    stage.motion.ease("drawer", stage.move)
    assert stage.places[1:] == [0.0]
