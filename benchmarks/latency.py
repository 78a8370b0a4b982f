"""Latency: from the instant an event is due to the painted frame that shows it, in the real window."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

from benchmarks.common import recording, result
from benchmarks.replay import write_long
from benchmarks.window import in_a_window, measured
from cockpit.clock import SteadyClock
from cockpit.errors import ConfigError
from cockpit.state import commands as c
from cockpit.state.screen import CHART_PANES
from cockpit.units import NS_PER_MS, NS_PER_S

EVENTS_PER_S = 10_000
WARM_S = 3
MEASURED_S = 8
SIZES = ("1280x720", "2560x1440")
SCENARIOS = ("live", "crosshair", "panning")
GATE = "p99 under two frames (33.3 ms)"


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """p50 and p99 in ms over every event of the measured seconds, at 10,000 events a second; needs a display.

    A process a window size and scenario (nothing but the market, the linked crosshair moving, all charts panning),
    with the whole default workspace; frame cost and pump cost are told apart.
    """
    if not os.environ.get("DISPLAY"):
        raise ConfigError("the latency bench needs a display")
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        path = Path(folder) / "dense.dbn"
        write_long(recording(data), path, EVENTS_PER_S * (2 * WARM_S + MEASURED_S + 10), NS_PER_S // EVENTS_PER_S)
        return [_at(size, scenario, str(path), folder) for size in SIZES for scenario in SCENARIOS]


def _at(size: str, scenario: str, path: str, settings: str) -> dict[str, Any]:
    found = measured("benchmarks.latency", size, scenario, path, settings=settings)
    p50 = found.pop("p50_ms")
    return result(f"latency {scenario} {size} p50", p50, "ms", higher_is_better=False, gate=GATE, **found)


def main(size: str, scenario: str, path: str) -> None:
    """Measure in this process and print one line of JSON."""
    watch, frames, pump_ms = in_a_window(size, lambda desk: _measure(desk, path, scenario))
    waits = np.array(watch.waits)
    facts = {
        "p50_ms": float(np.quantile(waits, 0.5)),
        "p99_ms": round(float(np.quantile(waits, 0.99)), 2),
        "max_ms": round(float(waits.max()), 1),
        "events": len(waits),
        "quantiles": [round(float(q), 1) for q in np.quantile(waits, [0.05, 0.25, 0.75, 0.9, 0.95, 0.97])],
        "frame_p50_ms": frames.p50_ms,
        "frame_p99_ms": frames.p99_ms,
        "frame_rate_hz": round(frames.rate_hz, 1),
        "pump_p99_ms": pump_ms,
    }
    print(json.dumps(facts))


async def _measure(desk: Any, path: str, scenario: str) -> "tuple[_Watch, Any, float | None]":
    desk.dispatcher.send(c.OpenSources((path,), at_end=False))
    await asyncio.sleep(WARM_S)  # the index reads ahead
    desk.dispatcher.send(c.Play())
    await asyncio.sleep(WARM_S)
    watch = _Watch(desk, scenario)
    await asyncio.sleep(MEASURED_S)
    return watch, desk.window.clock.statistics(), desk.screen.health.value.pump_p99_ms


class _Watch(QObject):
    """Follows each applied event through publication and drawing to the end of the paint that shows it."""

    def __init__(self, desk: Any, scenario: str) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._steady = SteadyClock()
        self._frames = 0
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
            self._hand(desk, scenario)
            frame()  # publishes, then draws
            self._drawn += self._published
            self._published.clear()

        dispatcher.publish, clock.frame = published, framed
        desk.window.installEventFilter(self)

    def _hand(self, desk: Any, scenario: str) -> None:
        """What the user does this frame."""
        self._frames += 1
        if scenario == "panning":
            for pane in CHART_PANES[:4]:
                desk.window.panel(pane).pan(1 if self._frames // 40 % 2 else -1)
        elif scenario == "crosshair":
            bars = desk.screen.charts[CHART_PANES[0]].value.bars
            bar = bars[-1 - self._frames % min(len(bars), 20)]
            symbol = desk.screen.workspace.value.panes[CHART_PANES[0]].symbol
            point = c.PointAt(1, CHART_PANES[0], int(bar["open_ns"]), symbol, float(bar["close"]))
            desk.dispatcher.send(point)

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


if __name__ == "__main__":
    main(*sys.argv[1:4])
