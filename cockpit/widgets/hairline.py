"""Separators one device pixel wide at every scale (``design.md`` 4): at 150 % a logical pixel would be one or two.

A filled rectangle of exactly one device pixel covers one row of pixels; it is put on whole ones, inside of what it
ends: at 125 % a header ends in the middle of a row, which the panel below it paints over.
"""

from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

_NEARLY: Final = 1e-6


def line_across(painter: QPainter, left: float, top: float, length: float, color: QColor) -> None:
    """A horizontal hairline whose upper edge is at ``top``, or where the first whole row below begins."""
    scale = painter.deviceTransform().m22() or 1.0
    at = painter.deviceTransform().map(QPointF(left, top)).y()
    _fill(painter, QRectF(left, top + (ceil(at - _NEARLY) - at) / scale, length, 1 / scale), color)


def line_at_foot(painter: QPainter, left: float, bottom: float, length: float, color: QColor) -> None:
    """A horizontal hairline whose lower edge is at ``bottom``: the last whole row of what ends there."""
    scale = painter.deviceTransform().m22() or 1.0
    at = painter.deviceTransform().map(QPointF(left, bottom)).y()
    _fill(painter, QRectF(left, bottom - (at - floor(at + _NEARLY) + 1) / scale, length, 1 / scale), color)


def line_down(painter: QPainter, left: float, top: float, length: float, color: QColor) -> None:
    """A vertical hairline whose left edge is at ``left``, or where the next whole column begins."""
    scale = painter.deviceTransform().m11() or 1.0
    at = painter.deviceTransform().map(QPointF(left, top)).x()
    _fill(painter, QRectF(left + (ceil(at - _NEARLY) - at) / scale, top, 1 / scale, length), color)


def _fill(painter: QPainter, area: QRectF, color: QColor) -> None:
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.fillRect(area, color)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=smooth)
