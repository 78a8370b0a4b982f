"""What this machine has and lacks: the checks behind ``cockpit doctor``.

Qt is asked in a child process: a platform plug-in that finds no display, or a broken GL driver, ends the process.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import cockpit
from cockpit import log
from cockpit.calendars import table_span
from cockpit.clock import WallClock
from cockpit.errors import ConfigError
from cockpit.instants import eastern
from cockpit.resources import resource

OLDEST_PYTHON: Final = (3, 11)
FREE_BYTES: Final = 2_000_000_000  # a day's tape of a busy book, and room to seal it
CALENDAR_NOTICE: Final = timedelta(days=30)
QT_LIMIT_S: Final = 30
GL_RENDERER, GL_VERSION = 0x1F01, 0x1F02
SOFTWARE: Final = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic", "basic render")
ZONES: Final = {"America/New_York": -5, "America/Chicago": -6, "UTC": 0}  # hours from UTC in January
FONT_FOLDERS: Final = ("inter", "jetbrains-mono")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        name: What it is.
        ok: Whether the cockpit can work with what was found.
        found: What was found, for a person.
        advice: What to do; None where it is ok.
    """

    name: str
    ok: bool
    found: str
    advice: str | None = None

    def __post_init__(self) -> None:
        if self.ok:
            object.__setattr__(self, "advice", None)


def checks() -> list[Check]:
    """Look at everything once; takes a second or two, never raises."""
    shown = qt_report({})
    report = shown if "error" not in shown else qt_report({"QT_QPA_PLATFORM": "offscreen"})
    return [
        _python(),
        _qt(report),
        _display(shown),
        _opengl(shown),
        _fonts(report),
        _disk(log.folder()),
        _zones(),
        _calendars(eastern(WallClock().now_ns()).date(), table_span),
        _kernel_cache(),
    ]


def _python() -> Check:
    found = f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})"
    advice = "the cockpit needs CPython 3.11 or newer; python3 bootstrap.py looks for one"
    return Check("Python", sys.version_info >= OLDEST_PYTHON, found, advice)


def _qt(report: dict[str, Any]) -> Check:
    advice = "install the cockpit again: python3 bootstrap.py, or pip install --force-reinstall cockpit"
    try:
        versions = {name: metadata.version(name) for name in ("PySide6_Essentials", "PySide6-QtAds", "pyqtgraph")}
    except metadata.PackageNotFoundError as missing:
        return Check("Qt", False, f"{missing.name} is not installed", advice)
    found = ", ".join(f"{name} {version}" for name, version in versions.items())
    if "error" in report:
        return Check("Qt", False, f"{found}, but it does not load: {report['error']}", advice)
    return Check("Qt", True, f"{report['qt']} ({found})")


def _display(report: dict[str, Any]) -> Check:
    if "error" in report:
        advice = "start it inside a desktop session or over ssh -X; the subcommands work without a display"
        wanted = [f"{name}={os.environ[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if os.environ.get(name)]
        return Check(
            "Display", False, f"none: {' '.join(wanted) or 'DISPLAY is not set'}; {report['error']}", advice
        )
    screens = ", ".join(
        f"{name} {width}x{height} at {ratio:g}x" for name, width, height, ratio in report["screens"]
    )
    return Check("Display", bool(screens), f"{report['platform']}: {screens or 'no screen'}", "connect a screen")


def _opengl(report: dict[str, Any]) -> Check:
    """Software and missing drivers are fine: the panes are then drawn in raster, which is faster than either."""
    renderer = report.get("renderer")
    if "error" in report:
        return Check("OpenGL", True, "not tried: no display")
    if renderer is None:
        return Check("OpenGL", True, "no driver that works; the panes are drawn in raster")
    text = f"{renderer}, OpenGL {report['gl']}"
    if any(word in renderer.lower() for word in SOFTWARE):
        return Check("OpenGL", True, f"{text}: a software driver; the panes are drawn in raster")
    return Check("OpenGL", True, f"{text}: hardware")


def _fonts(report: dict[str, Any]) -> Check:
    if "error" in report:
        return Check("Fonts", False, "not tried: Qt does not load", "see Qt")
    failed = report["failed_fonts"]
    found = f"cannot be read: {', '.join(failed)}" if failed else ", ".join(report["families"])
    return Check("Fonts", bool(report["families"]) and not failed, found or "none", "install the cockpit again")


def _disk(place: Path) -> Check:
    """Room where the log lies and tapes go by default."""
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    advice = f"free some space: a recording needs about {FREE_BYTES / 1e9:.0f} GB a day"
    return Check("Disk", free >= FREE_BYTES, f"{free / 1e9:.1f} GB free at {place}", advice)


def _zones() -> Check:
    advice = "pip install tzdata, or install the system's tzdata"
    january = datetime(2024, 1, 15, 12)  # noqa: DTZ001  a wall time, put into each zone below
    for name, hours in ZONES.items():
        try:
            offset = january.replace(tzinfo=ZoneInfo(name)).utcoffset()
        except ZoneInfoNotFoundError:
            return Check("Time zones", False, f"{name} is missing", advice)
        if offset != timedelta(hours=hours):
            return Check("Time zones", False, f"{name} is {offset} from UTC in January 2024", advice)
    return Check("Time zones", True, ", ".join(ZONES))


def _calendars(today: date, span: Callable[[], tuple[date, date, date]]) -> Check:
    try:
        first, last, made = span()
    except ConfigError as error:
        return Check("Calendars", False, str(error), "install the cockpit again")
    found = f"sessions and holidays from {first} to {last}, made {made}"
    if last - today >= CALENDAR_NOTICE:
        return Check("Calendars", True, found)
    ran = "ran out" if last < today else "runs out"
    advice = "install a newer cockpit; after that day only the weekly hours are known, no holidays"
    return Check("Calendars", False, f"{found}: it {ran}", advice)


def _kernel_cache() -> Check:
    """Where compiled kernels are kept; without one, each start compiles for seconds."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    beside = Path(cockpit.__file__).parent
    if chosen:
        place = Path(chosen)
    elif os.access(beside, os.W_OK):
        place = beside
    else:  # numba's own next choice
        place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "numba"
    standing = _standing(place)
    writable = standing.is_dir() and os.access(standing, os.W_OK)
    found = f"compiled kernels are kept in {place}" if writable else f"{place} cannot be written"
    return Check("Kernel cache", writable, found, "set NUMBA_CACHE_DIR to a folder of yours")


def _standing(place: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return place if place.exists() else _standing(place.parent)


def qt_report(extra: dict[str, str]) -> dict[str, Any]:
    """What Qt says of itself in a child process with these additions to the environment.

    Returns:
        ``qt``, ``platform``, ``screens`` (name, width, height, pixel ratio), ``renderer`` and ``gl`` (None without
        OpenGL), ``families``, ``failed_fonts``; or only ``error``, one line.
    """
    command = [sys.executable, "-m", "cockpit.doctor"]
    try:
        done = subprocess.run(
            command, env={**os.environ, **extra}, capture_output=True, text=True, timeout=QT_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no answer within {QT_LIMIT_S} s"}
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return {"error": lines[0] if lines else f"it ended with {done.returncode}"}


def _ask_qt() -> dict[str, Any]:
    from PySide6.QtCore import qVersion  # noqa: PLC0415  in the child only
    from PySide6.QtGui import QFontDatabase, QGuiApplication  # noqa: PLC0415

    app = QGuiApplication([])
    screens = [(s.name(), s.size().width(), s.size().height(), s.devicePixelRatio()) for s in app.screens()]
    renderer, version = _ask_gl()
    failed: list[str] = []
    families: set[str] = set()
    for folder in FONT_FOLDERS:
        for file in resource("fonts", folder).iterdir():
            if file.name.endswith((".ttf", ".otf")):
                number = QFontDatabase.addApplicationFontFromData(file.read_bytes())
                families.update(QFontDatabase.applicationFontFamilies(number))
                failed += [file.name] if number < 0 else []
    return {
        "qt": qVersion(),
        "platform": app.platformName(),
        "screens": screens,
        "renderer": renderer,
        "gl": version,
        "families": sorted(families),
        "failed_fonts": sorted(failed),
    }


def _ask_gl() -> tuple[str | None, str | None]:
    """Name of the GL driver and its version; None twice where no context can be made."""
    from PySide6.QtGui import QOffscreenSurface, QOpenGLContext  # noqa: PLC0415  in the child only

    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    if not (surface.isValid() and context.create() and context.makeCurrent(surface)):
        return None, None
    functions = context.functions()
    answer = str(functions.glGetString(GL_RENDERER)), str(functions.glGetString(GL_VERSION))
    context.doneCurrent()
    return answer


if __name__ == "__main__":
    print(json.dumps(_ask_qt()))  # noqa: T201  the parent reads it
