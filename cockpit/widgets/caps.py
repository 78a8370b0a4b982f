"""Key caps and hatching: drawn marks of the keyboard and of places without data (``design.md`` 4-5)."""

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from cockpit.widgets.theme import TAG, Theme

RADIUS: Final = 3.0


def cap_width(text: str, theme: Theme) -> float:
    """Width of the key cap that ``paint_cap`` draws."""
    return max(QFontMetricsF(theme.font("key")).horizontalAdvance(text) + 10.0, float(TAG))


def paint_cap(painter: QPainter, right_middle: QPointF, text: str, theme: Theme) -> float:
    """A key cap whose right edge is at the point; returns its width."""
    width = cap_width(text, theme)
    box = QRectF(right_middle.x() - width, right_middle.y() - TAG / 2, width, TAG)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("line2"), 1.0))
    painter.setBrush(theme.color("bg3"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
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
