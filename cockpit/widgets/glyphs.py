"""Small drawn marks that mean the same everywhere: freshness glyphs, link chips, key caps, hatching.

Every state has its own shape, so that none is told by hue alone. Source: ``design.md`` 1, 5.
"""

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from cockpit.state.views import Freshness
from cockpit.widgets.theme import TAG, Theme

GLYPH: Final = 9.0  # diameter of a state glyph
CAP_HEIGHT: Final = 18.0
CHIP_RADIUS: Final = 3.0

TOKENS: Final = {
    Freshness.FRESH: "live",
    Freshness.AGING: "aging",
    Freshness.STALE: "stale",
    Freshness.RESYNCING: "resync",
    Freshness.FAILED: "failed",
}


def paint_freshness(painter: QPainter, centre: QPointF, freshness: Freshness, theme: Theme) -> None:
    """The 9 px glyph of a state: disc, half ring, slashed ring, open arc with arrow, cross."""
    color = theme.color(TOKENS[freshness])
    box = QRectF(centre.x() - GLYPH / 2, centre.y() - GLYPH / 2, GLYPH, GLYPH)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.5, cap=Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _DRAWN[freshness](painter, box, color)
    painter.restore()


def _disc(painter: QPainter, box: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(box.adjusted(1, 1, -1, -1))


def _half_ring(painter: QPainter, box: QRectF, color: QColor) -> None:
    ring = box.adjusted(0.75, 0.75, -0.75, -0.75)
    painter.drawEllipse(ring)
    painter.setBrush(color)
    painter.drawPie(ring, -90 * 16, 180 * 16)


def _slashed_ring(painter: QPainter, box: QRectF, color: QColor) -> None:
    del color
    ring = box.adjusted(0.75, 0.75, -0.75, -0.75)
    painter.drawEllipse(ring)
    painter.drawLine(QLineF(box.bottomLeft(), box.topRight()))


def _turning_arc(painter: QPainter, box: QRectF, color: QColor) -> None:
    ring = box.adjusted(0.75, 0.75, -0.75, -0.75)
    painter.drawArc(ring, 100 * 16, 260 * 16)
    tip = QPainterPath(QPointF(box.right() + 1.5, box.center().y() - 1.0))
    tip.lineTo(box.right() - 4.0, box.center().y() - 1.0)
    tip.lineTo(box.right() - 1.0, box.center().y() + 3.0)
    tip.closeSubpath()
    painter.fillPath(tip, color)


def _cross(painter: QPainter, box: QRectF, color: QColor) -> None:
    painter.setPen(QPen(color, 2.0, cap=Qt.PenCapStyle.RoundCap))
    inner = box.adjusted(1, 1, -1, -1)
    painter.drawLine(QLineF(inner.topLeft(), inner.bottomRight()))
    painter.drawLine(QLineF(inner.bottomLeft(), inner.topRight()))


_DRAWN: Final = {
    Freshness.FRESH: _disc,
    Freshness.AGING: _half_ring,
    Freshness.STALE: _slashed_ring,
    Freshness.RESYNCING: _turning_arc,
    Freshness.FAILED: _cross,
}


def paint_link_chip(painter: QPainter, corner: QPointF, group: int, theme: Theme) -> None:
    """The 18 px chip of a link group with its digit; group 0 is an empty outline with a dash."""
    box = QRectF(corner.x(), corner.y(), TAG, TAG)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if group:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.link(group))
        painter.drawRoundedRect(box, CHIP_RADIUS, CHIP_RADIUS)
        painter.setPen(theme.color("link_digit"))
    else:
        painter.setPen(QPen(theme.link(0), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), CHIP_RADIUS, CHIP_RADIUS)
    painter.setFont(theme.font("tag"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(group) if group else "–")
    painter.restore()


def cap_width(text: str, theme: Theme) -> float:
    """Width of the key cap that ``paint_cap`` draws."""
    return max(QFontMetricsF(theme.font("key")).horizontalAdvance(text) + 10.0, CAP_HEIGHT)


def paint_cap(painter: QPainter, right_middle: QPointF, text: str, theme: Theme) -> float:
    """A key cap whose right edge is at the point; returns its width."""
    width = cap_width(text, theme)
    box = QRectF(right_middle.x() - width, right_middle.y() - CAP_HEIGHT / 2, width, CAP_HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("line2"), 1.0))
    painter.setBrush(theme.color("bg3"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), CHIP_RADIUS, CHIP_RADIUS)
    painter.setPen(theme.color("text2"))
    painter.setFont(theme.font("key"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return width


def paint_hatch(painter: QPainter, area: QRectF, color: QColor, step: float = 9.0) -> None:
    """Diagonal lines over a place without data; they keep their place on the surface when the area moves."""
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(color, 1.0))
    height = area.height()
    first = (int((area.left() - height) / step) - 1) * step
    count = int((area.width() + 2 * height) / step) + 3
    lines = [
        QLineF(first + at * step, area.bottom(), first + at * step + height, area.top()) for at in range(count)
    ]
    painter.drawLines(lines)
    painter.restore()
