"""The one timer of the screen: redraws panels that are seen and whose state moved, and knows what a frame cost."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from cockpit.clock import Clock, SteadyClock
from cockpit.state.published import Published
from cockpit.units import NS_PER_MS, NS_PER_S

log = logging.getLogger(__name__)

DEFAULT_HZ: Final = 60.0
KEPT_NS: Final = 10 * NS_PER_S  # statistics look back this far
RATE_OVER_NS: Final = 1 * NS_PER_S


class Drawn(Protocol):
    """What the clock redraws: a ``PanelFrame``, a bar."""

    @property
    def seen(self) -> bool:
        """Whether any of it can be on the screen now."""
        ...

    def draw(self, state: Any) -> None:
        """Show the state."""
        ...

    def fail(self, reason: str) -> None:
        """Say in its place that drawing failed, and why."""
        ...


@dataclass(frozen=True, slots=True)
class FrameStatistics:
    """What frames cost the GUI thread over the last 10 s: drawing and painting, without the event pump.

    Attributes:
        frames: Frames that drew or painted something.
        rate_hz: Turns of the clock over the last second; below the screen's rate when the loop was held up.
        p50_ms, p95_ms, p99_ms: Of the time per frame; None before the first.
    """

    frames: int = 0
    rate_hz: float = 0.0
    p50_ms: float | None = None
    p99_ms: float | None = None
    p95_ms: float | None = None


def frame_numbers(it: FrameStatistics) -> dict[str, float | None]:
    """The statistics as the health state takes them."""
    return {
        "frame_p50_ms": it.p50_ms,
        "frame_p95_ms": it.p95_ms,
        "frame_p99_ms": it.p99_ms,
        "frame_rate_hz": it.rate_hz,
    }


@dataclass(slots=True, eq=False)
class _Entry:
    name: str
    panel: Drawn
    topic: Published[Any]
    every_ns: int
    version: int = -1
    due_ns: int = 0
    failed: bool = False


class FrameClock(QObject):
    """Compares versions once a frame and draws what moved; runs small delayed jobs of the screen as well.

    Args:
        clock: For pacing and cost; never shown. A ``ManualClock`` in tests.
        on_error: Told once per failure of a panel: its name and what was raised.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        on_error: Callable[[str, Exception], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock or SteadyClock()
        self.on_error = on_error
        self._entries: list[_Entry] = []
        self._jobs: dict[str, tuple[int, Callable[[], None]]] = {}
        self._cost_ns = 0
        self._work_ns = 0  # as _cost_ns, and what comes before the drawing
        self._painting_since: int | None = None
        self._costs: deque[tuple[int, int]] = deque()
        self._turns: deque[int] = deque()
        self._period_ns = round(NS_PER_S / DEFAULT_HZ)
        self._next_ns = 0
        self._least_ns = 0  # between two draws of one panel, while frames have to be spared
        self.before_draw: Callable[[], None] = lambda: (
            None
        )  # states are brought up to now right before they are drawn
        self.after_draw: Callable[[], None] = lambda: None  # panels have taken what was published
        self.after_paint: Callable[[int], None] = lambda _: None  # when a watched window was painted
        self.after_frame: Callable[[int, int], None] = lambda _, __: None  # when a frame ended and its whole cost
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._turn)

    def register(self, name: str, panel: Drawn, topic: Published[Any], hz: float = DEFAULT_HZ) -> None:
        """Draw ``panel`` from ``topic`` from now on, at most ``hz`` times a second; its present value included."""
        self.unregister(panel)
        self._entries.append(_Entry(name, panel, topic, round(NS_PER_S / hz)))

    def ease(self, hz: float) -> None:
        """Draw no panel more often than that from now on, whatever it registered with."""
        self._least_ns = round(NS_PER_S / hz)

    def unregister(self, panel: Drawn) -> None:
        """Forget the panel; nothing happens when it is unknown."""
        self._entries = [entry for entry in self._entries if entry.panel is not panel]

    def retry(self, panel: Drawn) -> None:
        """Draw a panel again that had failed."""
        for entry in self._entries:
            if entry.panel is panel:
                entry.failed, entry.version = False, -1

    def later(self, key: str, delay_ms: float, job: Callable[[], None]) -> None:
        """Run a job once after a delay; the same key again replaces it and starts the delay anew."""
        self._jobs[key] = (self._clock.now_ns() + round(delay_ms * NS_PER_MS), job)

    def cancel(self, key: str) -> None:
        """Forget a delayed job."""
        self._jobs.pop(key, None)

    def now_ns(self) -> int:
        """The time that delays are measured in, ns."""
        return self._clock.now_ns()

    def is_pending(self, key: str) -> bool:
        """Whether a delayed job waits."""
        return key in self._jobs

    def watch(self, window: QWidget) -> None:
        """Count the painting of a top-level window as part of the frame's cost."""
        window.installEventFilter(self)

    def start(self, hz: float = DEFAULT_HZ) -> None:
        """Run at the screen's rate."""
        self._period_ns = round(NS_PER_S / min(max(hz, 30.0), 240.0))
        self._next_ns = self._clock.now_ns()
        self._timer.start(0)

    def stop(self) -> None:
        """Stand still; ``frame`` can still be called."""
        self._timer.stop()

    @property
    def is_running(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    def frame(self) -> None:
        """One frame: due jobs, then every panel that is seen, moved and due."""
        started = self._clock.now_ns()
        self._close_frame(started)
        self._run_jobs(started)
        self.before_draw()
        drawing_since = self._clock.now_ns()  # what publishes before the frame is not drawing
        drew = False
        for entry in self._entries:
            if entry.version != entry.topic.version and not entry.failed and started >= entry.due_ns:
                drew |= self._draw(entry, started)
        self.after_draw()
        drawn_at = self._clock.now_ns()
        if drew:
            self._cost_ns += drawn_at - drawing_since
        self._work_ns += drawn_at - started

    def statistics(self) -> FrameStatistics:
        """Cost and rate of the last seconds."""
        now = self._clock.now_ns()
        self._forget(now)
        costs = sorted(cost for _, cost in self._costs)
        rate = sum(1 for at in self._turns if at > now - RATE_OVER_NS) * NS_PER_S / RATE_OVER_NS
        if not costs:
            return FrameStatistics(0, rate)
        last = len(costs) - 1
        p50, p95, p99 = (costs[round(share * last)] / NS_PER_MS for share in (0.5, 0.95, 0.99))
        return FrameStatistics(len(costs), rate, p50, p99, p95)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when a watched window begins to paint: it does so while it handles its update request."""
        if event.type() == QEvent.Type.UpdateRequest and self._painting_since is None:
            self._painting_since = self._clock.now_ns()
            # comes back right after the window has painted: nothing stands between them in the queue
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, event: QEvent) -> None:
        """The painting that ``eventFilter`` saw begin is over."""
        if self._painting_since is not None:
            now = self._clock.now_ns()
            self._cost_ns += now - self._painting_since
            self._work_ns += now - self._painting_since
            self._painting_since = None
            self.after_paint(now)

    def _turn(self) -> None:
        try:
            self.frame()
        finally:  # a job that raises must not stop the screen
            now = self._clock.now_ns()
            # held up: missed frames are left out, not made up for
            self._next_ns = max(self._next_ns + self._period_ns, now)
            self._timer.start(round((self._next_ns - now) / NS_PER_MS))

    def _draw(self, entry: _Entry, now: int) -> bool:
        if not entry.panel.seen:
            return False
        entry.version = entry.topic.version
        # half a period early is on time: timers come in whole milliseconds
        entry.due_ns = now + max(entry.every_ns, self._least_ns) - self._period_ns // 2
        try:
            entry.panel.draw(entry.topic.value)
        except Exception as error:  # noqa: BLE001  one panel's bug must not stop the others; told once, shown in place
            self._failed(entry, error)
        return True

    def _failed(self, entry: _Entry, error: Exception) -> None:
        entry.failed = True
        log.error("panel %s cannot draw", entry.name, exc_info=error)
        entry.panel.fail(f"{type(error).__name__}: {error}")
        if self.on_error is not None:
            self.on_error(entry.name, error)

    def _run_jobs(self, now: int) -> None:
        if not self._jobs:
            return
        for key in [key for key, (due, _) in self._jobs.items() if due <= now]:
            _, job = self._jobs.pop(key)
            job()

    def _close_frame(self, now: int) -> None:
        self._turns.append(now)
        if self._cost_ns:
            self._costs.append((now, self._cost_ns))
            self.after_frame(now, self._work_ns)
        self._cost_ns = self._work_ns = 0
        self._forget(now)

    def _forget(self, now: int) -> None:
        while self._costs and self._costs[0][0] < now - KEPT_NS:
            self._costs.popleft()
        while self._turns and self._turns[0] < now - RATE_OVER_NS:
            self._turns.popleft()
