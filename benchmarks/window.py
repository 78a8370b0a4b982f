"""The real window for a bench: in a process of its own, over an empty folder of settings."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

from benchmarks.common import ROOT
from cockpit.errors import ConfigError

T = TypeVar("T")


def measured(module: str, *arguments: str, settings: str) -> dict[str, Any]:
    """What ``python -m module`` prints as its last line, JSON; layouts and state are in the folder ``settings``.

    Raises:
        ConfigError: It failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=dict(os.environ, COCKPIT_CONFIG=settings, COCKPIT_STATE=settings),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        raise ConfigError(f"the window of {module} failed: {done.stderr[-400:]}")
    return json.loads(done.stdout.splitlines()[-1])


def in_a_window(size: str, measure: Callable[[Any], Awaitable[T]]) -> T:
    """Open the desktop in this process, measure it, close it."""
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")  # as the application sets it
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication.instance() or QApplication([])
    import qasync  # noqa: PLC0415  it looks for a loaded Qt binding

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_opened(app, size, measure))


async def _opened(app: Any, size: str, measure: Callable[[Any], Awaitable[T]]) -> T:
    from cockpit.app import Desktop  # noqa: PLC0415  it needs the application
    from cockpit.cli import parser  # noqa: PLC0415

    app.setQuitOnLastWindowClosed(False)
    desk = Desktop(app, parser().parse_args(["--size", size, "--renderer", "raster", "--market", "none"]))
    desk.show()
    work = asyncio.ensure_future(desk.work())
    while desk.dispatcher is None:  # noqa: ASYNC110  a bench may poll
        await asyncio.sleep(0.02)
    found = await measure(desk)
    desk.window.close()
    await work
    desk.end()
    return found
