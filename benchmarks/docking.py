"""Panels floated and docked back many times in the real window: what grows?

    python -m benchmarks.docking [--cycles 200] [--data DIR]

Every cycle floats a panel, sends it to the other monitor, and docks it back; the panels take turns. Printed before,
half-way and after: resident memory, open files, windows on the X server, widgets and windows of Qt, threads. Not a
test: 200 cycles take minutes. Linux, on a virtual desktop with two monitors.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from benchmarks.common import ROOT, recording
from benchmarks.window import in_a_window
from cockpit.state import commands as c

PANELS: Final = ("chart.1", "ladder", "chart.3", "vix")
WARM_UP: Final = 12  # cycles before the first count: every panel has been out, caches are filled
TURN_S: Final = 0.05  # frames between two steps of a cycle
LIMIT_S: Final = 1800


def facts(cycle: int) -> dict[str, Any]:
    """What there is in this process and on its screen."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    tree = subprocess.run(["xwininfo", "-root", "-tree"], capture_output=True, text=True, check=True).stdout
    return {
        "cycle": cycle,
        "resident_mb": round(
            int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1
        ),
        "handles": len(os.listdir("/proc/self/fd")),
        "x_windows": sum(line.strip().startswith("0x") for line in tree.splitlines()),
        "widgets": len(app.allWidgets()),
        "qt_windows": len(app.allWindows()),
        "threads": threading.active_count(),
    }


async def cycles(desk: Any, path: str, count: int) -> list[dict[str, Any]]:
    """Float, send away, dock back; counted before, half-way and after."""
    desk.dispatcher.send(c.OpenSources((path,)))
    while not desk.window.has_docks or desk.window.panel(PANELS[0]) is None:  # noqa: ASYNC110  a bench may poll
        await asyncio.sleep(TURN_S)
    await asyncio.sleep(2)
    counted: list[dict[str, Any]] = []
    for number in range(WARM_UP + count + 1):
        done = number - WARM_UP
        if done in (0, count // 2, count):
            await asyncio.sleep(1)
            counted.append(facts(done))
            print(json.dumps(counted[-1]), file=sys.stderr, flush=True)
        if done < count:
            await _out_and_back(desk.window, PANELS[number % len(PANELS)])
    return counted


async def _out_and_back(window: Any, panel: str) -> None:
    window.float_panel(panel)
    await asyncio.sleep(TURN_S)
    window.send_to_monitor(2)
    await asyncio.sleep(TURN_S)
    if not window.is_floating(panel):
        raise RuntimeError(f"{panel} did not float")
    window.dock_panel(panel)
    await asyncio.sleep(TURN_S)
    if window.is_floating(panel):
        raise RuntimeError(f"{panel} did not dock back")


def main() -> None:
    """Open the desktop, run the cycles in it, print what grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--data")
    parser.add_argument("--inside", metavar="RECORDING", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        found = in_a_window("1500x900", lambda desk: cycles(desk, arguments.inside, arguments.cycles))
        print(json.dumps(found))
        return
    from tests.desktop.virtual_desktop import VirtualDesktop  # noqa: PLC0415  not where it runs inside

    with VirtualDesktop() as desktop, tempfile.TemporaryDirectory() as home:
        env = desktop.env | {"COCKPIT_CONFIG": home, "COCKPIT_STATE": home, "PYTHONPATH": str(ROOT)}
        inside = ["--inside", recording(arguments.data), "--cycles", str(arguments.cycles)]
        child = desktop.spawn(
            [sys.executable, "-m", "benchmarks.docking", *inside], env, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        printed, _ = child.communicate(timeout=LIMIT_S)
    if child.returncode:
        raise SystemExit(child.returncode)
    print(table(json.loads(printed.splitlines()[-1])))


def table(counted: list[dict[str, Any]]) -> str:
    """One line a count, the difference last."""
    names = list(counted[0])
    first, last = counted[0], counted[-1]
    rows = [*([str(each[name]) for name in names] for each in counted)]
    rows.append(["grew", *(f"{last[name] - first[name]:+g}" for name in names[1:])])
    widths = [max(len(name), *(len(row[at]) for row in rows)) for at, name in enumerate(names)]
    lines = [names, *rows]
    return "\n".join("  ".join(text.rjust(wide) for text, wide in zip(line, widths, strict=True)) for line in lines)


if __name__ == "__main__":
    main()
