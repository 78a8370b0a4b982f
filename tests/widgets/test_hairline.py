"""Separators are one device pixel at every scale, wherever they begin."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.hairline import line_across, line_at_foot, line_down
from cockpit.widgets.header import PanelHeader
from cockpit.widgets.status_bar import StatusBar
from cockpit.widgets.top_bar import TopBar
from tests.widgets.shell import theme

SCALES = [1.0, 1.25, 1.5, 1.75, 2.0, 3.0]


def painted(width: int, height: int, scale: float, paint: Callable[[QPainter], object]) -> np.ndarray:
    """uint32 (rows, columns) of device pixels on black."""
    image = QImage(round(width * scale), round(height * scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy() & 0xFFFFFF


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("at", [0.0, 7.0, 7.3, 11.0, 29.5])
def test_a_line_covers_one_row_or_column_wherever_it_begins(scale: float, at: float) -> None:
    color = QColor(Qt.GlobalColor.white)
    for draw, axis in ((line_across, 1), (line_at_foot, 1), (line_down, 0)):
        place = max(at, 1.0)
        pixels = painted(60, 60, scale, lambda painter, draw=draw, place=place: (
            draw(painter, place, 0, 60, color) if draw is line_down else draw(painter, 0, place, 60, color)
        ))  # fmt: skip
        assert int((pixels != 0).any(axis=axis).sum()) == 1, draw


@pytest.mark.parametrize("scale", SCALES)
def test_a_line_at_the_foot_is_the_last_row(scale: float) -> None:
    pixels = painted(40, 40, scale, lambda painter: line_at_foot(painter, 0, 40, 40, QColor(255, 255, 255)))
    assert (pixels[-1] != 0).all()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("kind", [PanelHeader, TopBar, StatusBar])
def test_bars_end_in_one_row_of_line(qtbot: Any, scale: float, kind: type[QWidget]) -> None:
    more = {PanelHeader: ("Chart 1", theme(), False), StatusBar: (theme(), "raster")}
    bar = kind(*more.get(kind, (theme(),)))
    qtbot.addWidget(bar)
    bar.resize(400, bar.height() if bar.height() < 100 else bar.sizeHint().height())
    line = int(theme().color("line").rgb()) & 0xFFFFFF
    pixels = painted(400, bar.height(), scale, lambda painter: bar.render(painter, QPointF(0, 0).toPoint()))
    across = (pixels == line).mean(axis=1)
    assert int((across > 0.95).sum()) == 1
