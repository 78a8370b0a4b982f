"""The size of the interface, 75 to 300 %: stepped by keys, kept, applied at once where Qt lets us.

Qt reads ``QT_SCALE_FACTOR`` only when the application is made. Behind it is ``QHighDpiScaling::setGlobalFactor``,
a function of Qt's private interface that its library exports; it wants no native window to exist. So each window's
native window is made anew around the call, as Qt does itself for changed window flags. Everything follows: fonts,
metrics, hairlines, OpenGL panes. Where the function is missing the size is kept and comes with the next start.
"""

import ctypes
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import PySide6
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.widgets.safe_file import set_aside, write_whole

log = logging.getLogger(__name__)

LADDER: Final = (0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
USUAL: Final = 1.0
_NAMES: Final = ("_ZN15QHighDpiScaling15setGlobalFactorEd", "?setGlobalFactor@QHighDpiScaling@@SAXN@Z")
_LIBRARIES: Final = ("Qt/lib/libQt6Gui.so.6", "Qt/lib/QtGui.framework/Versions/A/QtGui", "Qt6Gui.dll")


def stepped(now: float, step: int) -> float:
    """The size a step up or down the ladder from another; 100 % for 0."""
    if step == 0:
        return USUAL
    if step > 0:
        return next((size for size in LADDER if size > now + 1e-6), LADDER[-1])
    return next((size for size in reversed(LADDER) if size < now - 1e-6), LADDER[0])


def load(file: Path) -> float | None:
    """The kept size; None when there is none. A file that holds no size of the ladder's range is set aside."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        size = float(found["scale"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s is unreadable (%s) and %s", file, error, set_aside(file))
        return None
    if not LADDER[0] <= size <= LADDER[-1]:
        log.warning("%s holds %g, not %g to %g, and %s", file, size, LADDER[0], LADDER[-1], set_aside(file))
        return None
    return size


def of_environment() -> float:
    """The factor Qt was told at its start; 1 when it was told none, or none it understands."""
    try:
        return float(os.environ.get("QT_SCALE_FACTOR") or USUAL)
    except ValueError:
        return USUAL


class Scaling:
    """The size now, and what a step does.

    Args:
        size: With which the application was made.
        file: Where it is kept.
        apply: Applies a size at once; False when it cannot.
    """

    def __init__(self, size: float, file: Path, apply: Callable[[float, float], bool] | None = None) -> None:
        self._size = self._shown = size
        self._file, self._apply = file, apply or rescale

    @property
    def size(self) -> float:
        """The wanted size."""
        return self._size

    def step(self, by: int) -> str:
        """Want a step larger, smaller, or 100 % for 0, and keep it; what is wanted now, in words."""
        wanted = stepped(self._size, by)
        if wanted == self._size:
            return f"Interface {_percent(wanted)}" + ("" if by == 0 else ", which is as far as it goes")
        self._size = wanted
        kept = self._keep(wanted)
        return f"Interface {_percent(wanted)}" + ("" if kept else "; it could not be kept")

    def settle(self) -> str:
        """Show the wanted size; why it is not shown, in words, or nothing.

        Not at each step: keys that come while windows are made anew reach nobody.
        """
        if self._size == self._shown:
            return ""
        if not self._apply(self._shown, self._size):
            return f"Interface {_percent(self._size)} from the next start; this Qt cannot change it before"
        self._shown = self._size
        return ""

    def _keep(self, size: float) -> bool:
        try:
            write_whole(self._file, json.dumps({"scale": size}))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._file, error)
            return False
        return True


def _percent(size: float) -> str:
    return f"{size * 100:.0f} %"


def rescale(before: float, after: float) -> bool:
    """Let every window have another size of everything, at the same place on the desktop; False when Qt cannot."""
    set_factor = _factor_function()
    if set_factor is None:
        return False
    windows = [each for each in QApplication.topLevelWidgets() if each.isWindow() and each.isVisible()]
    holder, active = QApplication.focusWidget(), QApplication.activeWindow()
    windows.sort(key=lambda each: each is active)  # shown last, it keeps the keys
    places = [(each, _native(each, before), each.isMaximized(), each.isFullScreen()) for each in windows]
    for each in windows:
        each.hide()
    for each in QApplication.topLevelWidgets():
        if each.testAttribute(Qt.WidgetAttribute.WA_WState_Created):
            each.destroy()
    set_factor(after)
    for each, place, maximised, full in places:
        each.create()
        each.setGeometry(_logical(place, after))
        (each.showFullScreen if full else each.showMaximized if maximised else each.show)()
    if active is not None and active.isVisible():
        active.raise_()
        active.activateWindow()
    if holder is not None and holder.isVisible():
        holder.setFocus()
    return True


def _native(window: QWidget, factor: float) -> QRect:
    """A window's normal place in pixels of a desktop without a factor; screens keep their corner."""
    place = window.normalGeometry() if window.isMaximized() else window.geometry()
    origin = window.screen().geometry().topLeft()
    return QRect(origin + (place.topLeft() - origin) * factor, place.size() * factor)


def _logical(place: QRect, factor: float) -> QRect:
    screen = QGuiApplication.screenAt(place.topLeft()) or QGuiApplication.primaryScreen()
    origin = screen.geometry().topLeft()
    return QRect(origin + (place.topLeft() - origin) / factor, place.size() / factor)


def _factor_function() -> Callable[[float], None] | None:
    folder = Path(PySide6.__file__).parent
    for library in _LIBRARIES:
        try:
            loaded: Any = ctypes.CDLL(str(folder / library))
        except OSError:
            continue
        for name in _NAMES:
            function = getattr(loaded, name, None)
            if function is not None:
                function.argtypes, function.restype = [ctypes.c_double], None
                return function
    return None
