"""A picture of one pane, header included, so that symbol, age and provenance stay with it."""

import re
from pathlib import Path

from PySide6.QtCore import QPoint, QStandardPaths
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from cockpit.errors import ConfigError
from cockpit.instants import eastern

GL_WIDGET = "QOpenGLWidget"


def picture_of(widget: QWidget) -> QPixmap:
    """What the widget shows, in device pixels.

    ``grab`` of a GL viewport is blank (``desktop-testing.md`` 5), so a pane with one is taken off the screen.
    """
    if not any(child.inherits(GL_WIDGET) for child in widget.findChildren(QWidget)):
        return widget.grab()
    corner = widget.mapToGlobal(QPoint(0, 0))
    return widget.screen().grabWindow(0, corner.x(), corner.y(), widget.width(), widget.height())


def pictures_folder() -> Path:
    """The system's folder for pictures; the home folder where it has none."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(place) if place else Path.home()


def write_picture(picture: QPixmap, folder: Path, name: str) -> Path:
    """Write a picture as PNG beside those that are there; none is overwritten.

    Raises:
        ConfigError: The folder cannot be made or the file not written.
    """
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-") or "pane"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"no picture: {folder}: {error.strerror}") from error
    file = folder / f"{stem}.png"
    number = 2
    while file.exists():
        file = folder / f"{stem}-{number}.png"
        number += 1
    if picture.isNull() or not picture.save(str(file), "PNG"):
        raise ConfigError(f"no picture: cannot write {file}")
    return file


def picture_name(pane: str, symbol: str, now_ns: int | None) -> str:
    """``cockpit-ESH4.GLBX-chart.1-20231225-181000``: what is shown and when it was, New York time."""
    when = "" if now_ns is None else f"{eastern(now_ns):%Y%m%d-%H%M%S}"
    return "-".join(part for part in ("cockpit", symbol, pane, when) if part)
