"""Start: from the process to the visible window, and to a complete frame, beside a bare window."""

import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks.common import ROOT, median, recording, result
from cockpit.errors import ConfigError

GATE_WINDOW = "at most 1.5x a bare PySide6 + pyqtgraph window"
GATE_FRAME = "at most 3x the bare window"
GATE_MARKET = "a day of history from the cache: at most 4x the bare window"

# a bare window of the same libraries: shows one empty plot and says when it painted
BARE = """
import sys
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QEvent, QObject, QTimer
import pyqtgraph
app = QApplication(sys.argv)
window = pyqtgraph.PlotWidget()
window.resize(1280, 720)
window.show()
class Filter(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, lambda: (print("ready", flush=True), app.quit()))
        return False
watcher = Filter()
window.viewport().installEventFilter(watcher)
app.exec()
"""


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Seconds; needs a display (``virtual-desktop run`` or a real one)."""
    path = recording(data)
    works = {
        "bare": [sys.executable, "-c", BARE],
        "window": [sys.executable, "-m", "cockpit", "--size", "1280x720", "--market", "none"],
        "frame": [sys.executable, "-m", "cockpit", "--size", "1280x720", "--open", path],
        "market": [sys.executable, "-m", "cockpit", "--size", "1280x720", "--market", "1"],
    }
    until = {"bare": "", "window": "window", "frame": "frame", "market": "frame"}
    times: dict[str, list[float]] = {name: [] for name in works}
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as cache:  # the run that is not counted fills it
        for number in range(runs + 1):
            for name, command in works.items():
                took = _until_ready(command, until[name], cache)
                if number:
                    times[name].append(took)
    bare = median(times["bare"])
    results = []
    for name, gate in (("window", GATE_WINDOW), ("frame", GATE_FRAME), ("market", GATE_MARKET)):
        ours = median(times[name])
        results.append(
            result(
                f"start {name}",
                ours,
                "s",
                peer=bare,
                peer_name="bare window",
                higher_is_better=False,
                runs=runs,
                gate=gate,
                times_the_peer=round(ours / bare, 2),
            )
        )
    return results


def _until_ready(command: list[str], mark: str, cache: str) -> float:
    """Seconds from the start until the process says on stdout that it painted; it then ends by itself."""
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        own = {"COCKPIT_CONFIG": folder, "COCKPIT_STATE": folder, "COCKPIT_TAPES": f"{folder}/tapes"}
        environment = os.environ | own | {"COCKPIT_CACHE": cache}
        # an installed program does not compile itself at each start
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if mark:
            environment["COCKPIT_MILESTONE"] = mark
        began = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            while "ready" not in (line := process.stdout.readline()):
                if not line:
                    raise ConfigError(f"{' '.join(command[:3])} ended before its first frame")
            took = time.perf_counter() - began
            process.communicate(timeout=60)
            return took
