"""The one timer: draws what is seen and moved, at its rate, counts what that costs, and survives bad panels."""

import logging
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from cockpit.clock import ManualClock
from cockpit.state.published import Published
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.widgets.frame_clock import FrameClock


class Panel:
    """Keeps what it drew; takes ``cost_ms`` for it; may raise."""

    def __init__(self, time: ManualClock, cost_ms: float = 0.0) -> None:
        self.drawn: list[Any] = []
        self.failures: list[str] = []
        self.seen = True
        self.bad: Exception | None = None
        self._time, self._cost_ms = time, cost_ms

    def draw(self, state: Any) -> None:
        self._time.advance(round(self._cost_ms * NS_PER_MS))
        self.drawn.append(state)
        if self.bad is not None:
            raise self.bad

    def fail(self, reason: str) -> None:
        self.failures.append(reason)


@pytest.fixture
def time() -> ManualClock:
    return ManualClock(NS_PER_S)


@pytest.fixture
def clock(qapp: Any, time: ManualClock) -> FrameClock:
    return FrameClock(time)


def frames(clock: FrameClock, time: ManualClock, count: int, ms: float = 1000 / 60) -> None:
    for _ in range(count):
        time.advance(round(ms * NS_PER_MS))
        clock.frame()


def test_a_panel_draws_its_first_state_and_then_only_what_moved(clock: FrameClock, time: ManualClock) -> None:
    panel, topic = Panel(time), Published("a")
    clock.register("panel", panel, topic)
    frames(clock, time, 10)
    assert panel.drawn == ["a"]
    topic.publish("b")
    topic.publish("c")
    frames(clock, time, 10)
    assert panel.drawn == ["a", "c"]


def test_a_hidden_panel_is_never_drawn_and_catches_up_when_it_is_seen(clock: FrameClock, time: ManualClock) -> None:
    panel, topic = Panel(time), Published(0)
    panel.seen = False
    clock.register("panel", panel, topic)
    for number in range(1, 50):
        topic.publish(number)
        frames(clock, time, 1)
    assert panel.drawn == []
    panel.seen = True
    frames(clock, time, 1)
    assert panel.drawn == [49]


@pytest.mark.parametrize(("hz", "least", "most"), [(60.0, 58, 61), (30.0, 29, 31), (10.0, 9, 11), (5.0, 4, 6)])
def test_a_panel_is_drawn_at_most_at_its_rate(
    clock: FrameClock, time: ManualClock, hz: float, least: int, most: int
) -> None:
    panel, topic = Panel(time), Published(0)
    clock.register("panel", panel, topic, hz)
    for number in range(60):
        topic.publish(number)
        frames(clock, time, 1)
    assert least <= len(panel.drawn) <= most


def test_the_last_state_is_drawn_though_it_came_too_early(clock: FrameClock, time: ManualClock) -> None:
    panel, topic = Panel(time), Published(0)
    clock.register("panel", panel, topic, 5.0)
    frames(clock, time, 1)
    topic.publish(1)
    frames(clock, time, 1)
    assert panel.drawn == [0]
    frames(clock, time, 20)
    assert panel.drawn == [0, 1]


def test_a_bug_in_one_panel_is_told_once_and_the_others_go_on(
    qapp: Any, time: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, Exception]] = []
    clock = FrameClock(time, lambda name, error: told.append((name, error)))
    bad, good, topic = Panel(time), Panel(time), Published(0)
    bad.bad = ValueError("no bars")
    clock.register("bad", bad, topic)
    clock.register("good", good, topic)
    with caplog.at_level(logging.ERROR):
        for number in range(5):
            topic.publish(number)
            frames(clock, time, 1)
    assert bad.failures == ["ValueError: no bars"]
    assert [name for name, _ in told] == ["bad"]
    assert len(caplog.records) == 1
    assert len(bad.drawn) == 1
    assert len(good.drawn) == 5
    bad.bad = None
    clock.retry(bad)
    frames(clock, time, 1)
    assert bad.drawn[-1] == 4


def test_costs_are_those_of_drawing_over_the_last_ten_seconds(clock: FrameClock, time: ManualClock) -> None:
    cheap, topic = Panel(time, cost_ms=2.0), Published(0)
    clock.register("cheap", cheap, topic)
    for number in range(98):
        topic.publish(number)
        frames(clock, time, 1)
    assert clock.statistics().p50_ms == pytest.approx(2.0)
    cheap._cost_ms = 30.0
    for number in range(2):
        topic.publish(number)
        frames(clock, time, 1)
    frames(clock, time, 1)
    found = clock.statistics()
    assert found.frames == 100
    assert found.p50_ms == pytest.approx(2.0)
    assert found.p99_ms == pytest.approx(30.0)
    time.advance(11 * NS_PER_S)
    assert clock.statistics().p99_ms is None


def test_what_happens_before_the_drawing_is_not_counted_as_drawing(clock: FrameClock, time: ManualClock) -> None:
    panel, topic = Panel(time, cost_ms=1.0), Published(0)
    clock.register("panel", panel, topic)
    clock.before_draw = lambda: time.advance(50 * NS_PER_MS)
    frames(clock, time, 2)
    assert clock.statistics().p99_ms == pytest.approx(1.0)


def test_an_idle_frame_costs_nothing_and_is_not_counted(clock: FrameClock, time: ManualClock) -> None:
    panel, topic = Panel(time, cost_ms=1.0), Published(0)
    clock.register("panel", panel, topic)
    frames(clock, time, 60)
    assert clock.statistics().frames == 1
    assert clock.statistics().rate_hz == pytest.approx(60, abs=1)


def test_a_delayed_job_runs_once_and_a_new_one_of_the_same_name_replaces_it(
    clock: FrameClock, time: ManualClock
) -> None:
    ran: list[str] = []
    clock.later("job", 100, lambda: ran.append("first"))
    frames(clock, time, 3)
    clock.later("job", 100, lambda: ran.append("second"))
    frames(clock, time, 4)
    assert ran == []
    assert clock.is_pending("job")
    frames(clock, time, 10)
    assert ran == ["second"]
    clock.later("job", 10, lambda: ran.append("never"))
    clock.cancel("job")
    frames(clock, time, 10)
    assert ran == ["second"]


def test_a_job_that_raises_does_not_stop_the_screen(qtbot: Any) -> None:
    clock = FrameClock()
    panel, topic = Panel(ManualClock()), Published(0)
    clock.register("panel", panel, topic)

    def bad() -> None:
        raise ValueError("a job")

    clock.later("bad", 0, bad)
    with qtbot.capture_exceptions() as raised:
        clock.start(60)
        qtbot.waitUntil(lambda: len(raised) == 1 and len(panel.drawn) == 1)
        clock.later("good", 0, lambda: topic.publish(1))
        qtbot.waitUntil(lambda: panel.drawn == [0, 1])
    clock.stop()
    assert not clock.is_running


def test_the_timer_keeps_the_rate_of_the_screen(qtbot: Any) -> None:
    clock = FrameClock()
    clock.start(60)
    qtbot.waitUntil(lambda: clock.statistics().rate_hz >= 20, timeout=5000)
    clock.stop()


def test_painting_of_a_watched_window_is_part_of_the_cost(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    clock = FrameClock()
    clock.watch(window)
    window.resize(200, 100)
    with qtbot.waitExposed(window):
        window.show()
    window.update()
    qtbot.waitUntil(lambda: (clock.frame(), clock.statistics().p99_ms is not None)[1])
