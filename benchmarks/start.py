"""Start: process start to the visible window and to the first complete frame with a recording, beside a bare window."""

import os
import subprocess
import sys
from typing import Any

from benchmarks.common import ROOT, median, recording, result, seconds

GATE_WINDOW = "at most 1.5x a bare PySide6 + pyqtgraph window"
GATE_FRAME = "at most 3x the bare window"

# a bare window of the same libraries: shows one empty plot, ends when the first paint is done
BARE = """
import sys
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
import pyqtgraph
app = QApplication(sys.argv)
window = pyqtgraph.PlotWidget()
window.resize(1280, 720)
window.show()
QTimer.singleShot(0, lambda: (app.processEvents(), app.quit()))
app.exec()
"""


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Seconds; needs a display (``virtual-desktop run`` or a real one)."""
    path = recording(data)
    works = {
        "bare": [sys.executable, "-c", BARE],
        "window": [sys.executable, "-m", "cockpit", "--size", "1280x720"],
        "frame": [sys.executable, "-m", "cockpit", "--size", "1280x720", "--open", path],
    }
    until = {"bare": "", "window": "window", "frame": "frame"}
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(runs + 1):
        for name, command in works.items():
            took = seconds(lambda command=command, name=name: _until_ready(command, until[name]))
            if number:
                times[name].append(took)
    bare = median(times["bare"])
    results = []
    for name, gate in (("window", GATE_WINDOW), ("frame", GATE_FRAME)):
        ours = median(times[name])
        results.append(
            result(f"start {name}", ours, "s", peer=bare, peer_name="bare window", higher_is_better=False, runs=runs,
                   gate=gate, times_the_peer=round(ours / bare, 2))
        )  # fmt: skip
    return results


def _until_ready(command: list[str], mark: str) -> None:
    """Start, and end as soon as the process says it is ready (``COCKPIT_MILESTONE``), or by itself."""
    environment = dict(os.environ, COCKPIT_MILESTONE=mark) if mark else dict(os.environ)
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120, capture_output=True)
