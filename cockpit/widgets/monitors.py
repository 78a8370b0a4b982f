"""Monitors: which there are, and windows where a person can reach them (``desktop-testing.md`` 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True, order=True)
class Monitor:
    """One monitor: name, place and size in device-independent pixels, scale in percent."""

    name: str
    x: int
    y: int
    width: int
    height: int
    scale: int

    def as_json(self) -> dict[str, Any]:
        """For a layout file."""
        return {
            "name": self.name,
            "x": self.x,
            "y": self.y,
            "width": self.width,
            "height": self.height,
            "scale": self.scale,
        }


def monitors() -> tuple[Monitor, ...]:
    """All monitors, sorted by name."""
    return tuple(sorted(_monitor(screen) for screen in QGuiApplication.screens()))


def _monitor(screen: QScreen) -> Monitor:
    place = screen.geometry()
    scale = round(screen.devicePixelRatio() * 100)
    return Monitor(screen.name(), place.x(), place.y(), place.width(), place.height(), scale)


def in_order() -> list[QScreen]:
    """Screens as a person counts them: left to right, then top to bottom."""
    return sorted(QGuiApplication.screens(), key=lambda screen: (screen.geometry().x(), screen.geometry().y()))


@dataclass(frozen=True, slots=True)
class Berth:
    """Where a window stood while its monitor was there: the monitor's name and the window's frame."""

    screen: str
    frame: QRect


def berth_of(window: QWidget) -> Berth:
    """Where the window stands now."""
    return Berth(window.screen().name(), window.frameGeometry())


def place_in_reach(frame: QRect, areas: dict[str, QRect], home: Berth | None) -> QRect:
    """Where a frame must go to be reached.

    Args:
        frame: The window's frame now.
        areas: Usable area by monitor name.
        home: Where it stood while its monitor was there; it returns when it can.

    Returns:
        The home; else the nearest place, at most as large, inside the monitor it overlaps most or is nearest to.
    """
    if home is not None and home.screen in areas and areas[home.screen].contains(home.frame):
        return home.frame
    area = max(areas.values(), key=lambda place: (_shared(place, frame), -_distance(place, frame)))
    size = frame.size().boundedTo(area.size())
    x = min(max(frame.x(), area.x()), area.x() + area.width() - size.width())
    y = min(max(frame.y(), area.y()), area.y() + area.height() - size.height())
    return QRect(QPoint(x, y), size)


def place_at_start(frame: QRect, areas: dict[str, QRect], primary: QRect) -> QRect:
    """Where a saved frame goes: inside the monitor it overlaps most; one that none shows, to the primary one."""
    there = areas if any(area.intersects(frame) for area in areas.values()) else {"": primary}
    return place_in_reach(frame, there, None)


def _shared(place: QRect, frame: QRect) -> int:
    part = place.intersected(frame)
    return part.width() * part.height() if part.isValid() else 0


def _distance(place: QRect, frame: QRect) -> int:
    return (place.center() - frame.center()).manhattanLength()


def move_frame(window: QWidget, frame: QRect) -> None:
    """Give the window this frame, decorations included."""
    now = window.frameGeometry()
    if frame != now:
        window.resize(frame.size() - (now.size() - window.size()))
        window.move(frame.topLeft())


def areas() -> dict[str, QRect]:
    """Usable area of every monitor by name."""
    return {screen.name(): screen.availableGeometry() for screen in QGuiApplication.screens()}


def primary_area() -> QRect:
    """Usable area of the primary monitor."""
    return QGuiApplication.primaryScreen().availableGeometry()


def centred(size: QSize, area: QRect) -> QRect:
    """A rectangle of at most ``size`` in the middle of ``area``."""
    fitted = size.boundedTo(area.size())
    spare = area.size() - fitted
    return QRect(area.topLeft() + QPoint(spare.width() // 2, spare.height() // 2), fitted)


def bring_into_reach(window: QWidget) -> None:
    """Move the window into the monitor it overlaps most, smaller if it must be; nothing when it is inside one."""
    usable = areas()
    if usable:
        move_frame(window, place_in_reach(window.frameGeometry(), usable, None))


class Rescue:
    """Remembers where windows stood and brings them back into reach when monitors come and go.

    Windows are named by the caller; a window that the user moved after a rescue has a new home.
    """

    def __init__(self) -> None:
        self._homes: dict[str, Berth] = {}
        self._moved: dict[str, QRect] = {}

    def note(self, windows: Sequence[tuple[str, QWidget]]) -> None:
        """Remember where the windows stand; those that still stand where a rescue put them keep their old home."""
        there = {name for name, _ in windows}
        self._homes = {name: home for name, home in self._homes.items() if name in there}
        for name, window in windows:
            berth = berth_of(window)
            if self._moved.get(name) != berth.frame:
                self._moved.pop(name, None)
                self._homes[name] = berth

    def run(self, windows: Sequence[tuple[str, QWidget]]) -> None:
        """Bring every window into reach, home when its monitor is back."""
        usable = areas()
        for name, window in windows:
            frame = window.frameGeometry()
            target = place_in_reach(frame, usable, self._homes.get(name))
            if target == frame or not usable:
                continue
            home = self._homes.get(name)
            if home is not None and target == home.frame:
                self._moved.pop(name, None)
            else:
                self._moved[name] = target
            move_frame(window, target)
