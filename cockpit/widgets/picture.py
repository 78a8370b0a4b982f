"""Pictures of a pane or of the whole desk, headers included: symbol, age and provenance stay with it.

``grab`` of an OpenGL viewport is blank (``desktop-testing.md`` 5), so such panes paint themselves into the picture,
and what lies over them is painted again.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, QRect, QStandardPaths
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from cockpit.errors import ConfigError
from cockpit.instants import eastern

GL_WIDGET = "QOpenGLWidget"


@runtime_checkable
class PaintsItself(Protocol):
    """A widget whose viewport may be OpenGL and that can paint its content without it."""

    def paint_into(self, painter: QPainter) -> None:
        """Paint what the viewport shows, in its coordinates."""
        ...

    def viewport(self) -> QWidget:
        """Where it is shown."""
        ...


def picture_of(widget: QWidget) -> QPixmap:
    """What the widget shows, in device pixels."""
    made = widget.grab()
    plots = [
        child for child in widget.findChildren(QWidget) if isinstance(child, PaintsItself) and child.isVisible()
    ]
    blank = [plot for plot in plots if plot.viewport().inherits(GL_WIDGET)]
    if not blank:
        return made
    painter = QPainter(made)
    for plot in blank:
        _paint_over(painter, widget, plot)
    for child in _lying_over(widget):
        child.render(painter, child.pos())
    painter.end()
    return made


def _paint_over(painter: QPainter, widget: QWidget, plot: PaintsItself) -> None:
    viewport = plot.viewport()
    corner = viewport.mapTo(widget, QPoint(0, 0))
    painter.save()
    painter.translate(corner)
    painter.setClipRect(viewport.rect())
    plot.paint_into(painter)
    parent = viewport.parentWidget()
    for child in () if parent is None else parent.children():
        if isinstance(child, QWidget) and child is not viewport and child.isVisible():
            child.render(painter, child.pos() - viewport.pos())
    painter.restore()


def _lying_over(widget: QWidget) -> list[QWidget]:
    """Children that stand over the others: notices, surfaces, pinned tooltips; no layout places them."""
    layout = widget.layout()
    return [
        child
        for child in widget.children()
        if isinstance(child, QWidget) and child.isVisible() and (layout is None or layout.indexOf(child) < 0)
    ]


def picture_of_desk(windows: Sequence[QWidget], ground: QColor) -> QPixmap:
    """All windows as they stand to each other, on a ground; hidden and minimised ones are left out.

    Args:
        windows: The main window first; later ones lie above.
    """
    shown = [window for window in windows if window.isVisible() and not window.isMinimized()]
    if not shown:
        return QPixmap()
    areas = [QRect(window.mapToGlobal(QPoint(0, 0)), window.size()) for window in shown]
    whole = areas[0]
    for area in areas[1:]:
        whole = whole.united(area)
    ratio = max(window.devicePixelRatioF() for window in shown)
    made = QPixmap(whole.size() * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(ground)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for window, area in zip(shown, areas, strict=True):
        painter.drawPixmap(area.translated(-whole.topLeft()), picture_of(window))
    painter.end()
    return made


def copy_picture(picture: QPixmap) -> None:
    """Put a picture into the clipboard.

    Raises:
        ConfigError: There is nothing on it.
    """
    if picture.isNull():
        raise ConfigError("no picture: nothing is shown")
    QGuiApplication.clipboard().setPixmap(picture)


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
