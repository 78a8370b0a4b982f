"""Latency: from the instant an event is due to the painted frame that shows it, in the real window."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

from benchmarks.common import recording, result
from benchmarks.replay import write_long
from cockpit.clock import SteadyClock
from cockpit.errors import ConfigError
from cockpit.units import NS_PER_MS, NS_PER_S

EVENTS_PER_S = 10_000
WARM_S = 3
MEASURED_S = 12
FRAME_MS = 1000 / 60
GATE = "p99 under two frames (33.3 ms)"


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """p50 and p99 in ms over every event of the measured seconds, at 10,000 events a second; needs a display."""
    if not os.environ.get("DISPLAY"):
        raise ConfigError("the latency bench needs a display")
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        os.environ["COCKPIT_CONFIG"] = os.environ["COCKPIT_STATE"] = folder
        path = Path(folder) / "dense.dbn"
        write_long(recording(data), path, EVENTS_PER_S * (WARM_S + MEASURED_S + 10), NS_PER_S // EVENTS_PER_S)
        waits, frames = _in_a_window(str(path))
    p50, p99 = float(np.quantile(waits, 0.5)), float(np.quantile(waits, 0.99))
    detail = {"gate": GATE, "p99_ms": round(p99, 2), "max_ms": round(float(waits.max()), 1), "events": len(waits)}
    detail |= {"frame_ms": round(FRAME_MS, 2), "frame_p50_ms": frames.p50_ms, "frame_p99_ms": frames.p99_ms}
    return [result("latency p50", p50, "ms", higher_is_better=False, **detail)]


def _in_a_window(path: str) -> tuple[np.ndarray, Any]:
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication.instance() or QApplication([])
    import qasync  # noqa: PLC0415  it looks for a loaded Qt binding

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_measure(app, path))


async def _measure(app: Any, path: str) -> tuple[np.ndarray, Any]:
    from cockpit.app import Desktop  # noqa: PLC0415  it needs the application
    from cockpit.cli import parser  # noqa: PLC0415
    from cockpit.state import commands as c  # noqa: PLC0415

    app.setQuitOnLastWindowClosed(False)
    desk = Desktop(app, parser().parse_args(["--size", "1280x720", "--renderer", "raster"]))
    desk.show()
    work = asyncio.ensure_future(desk.work())
    while desk.dispatcher is None:  # noqa: ASYNC110  a bench may poll
        await asyncio.sleep(0.02)
    desk.dispatcher.send(c.OpenSources((path,), at_end=False))
    await asyncio.sleep(WARM_S)  # the index reads ahead
    desk.dispatcher.send(c.Play())
    await asyncio.sleep(WARM_S)
    watch = _Watch(desk)
    await asyncio.sleep(MEASURED_S)
    frames = desk.window.clock.statistics()
    desk.window.close()
    await work
    desk.end()
    return np.array(watch.waits), frames


class _Watch(QObject):
    """Follows each applied event through publication and drawing to the end of the paint that shows it."""

    def __init__(self, desk: Any) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._steady = SteadyClock()
        self._applied: list[int] = []
        self._published: list[int] = []
        self._drawn: list[int] = []
        self._playback = desk.dispatcher.recording.playback
        self._playback.sink = self._apply
        dispatcher, clock = desk.dispatcher, desk.window.clock
        publish, frame = dispatcher.publish, clock.frame

        def published(*given: Any, **named: Any) -> bool:
            done = publish(*given, **named)
            if done:
                self._published += self._applied
                self._applied.clear()
            return done

        def framed() -> None:
            frame()  # publishes, then draws
            self._drawn += self._published
            self._published.clear()

        dispatcher.publish, clock.frame = published, framed
        desk.window.installEventFilter(self)

    def _apply(self, piece: Any, derived: Any) -> None:
        for batch in piece.batches:
            due = [self._playback.due_at(clock) for clock in batch.rows["clock_ns"].tolist()]
            self._applied += [instant for instant in due if instant is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is about to paint: what was drawn before will be on the screen right after."""
        if event.type() == QEvent.Type.UpdateRequest and self._drawn:
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, event: QEvent) -> None:
        """Painted."""
        now = self._steady.now_ns()
        self.waits += [(now - due) / NS_PER_MS for due in self._drawn]
        self._drawn.clear()
