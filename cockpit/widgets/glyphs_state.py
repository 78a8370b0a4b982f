"""Marks of state: freshness glyph, age chip, provenance tag, link chip. Drawn, never icons (``design.md`` 4-5).

Every state has a shape of its own, every link a digit: nothing here is told by hue alone.
"""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from cockpit.instants import age_text
from cockpit.instruments import DASH
from cockpit.state.views import Freshness, Provenance, is_old
from cockpit.widgets.theme import TAG, Theme

GLYPH: Final = 9.0  # design.md 5
CHIP: Final = 18.0
RADIUS: Final = 3.0
_GAP: Final = 5.0
_PAD: Final = 7.0
_ARROWS: Final = 13.0  # width of REPLAY's double arrow and the gap after it
_TOKENS: Final = {
    Freshness.FRESH: "live",
    Freshness.AGING: "aging",
    Freshness.STALE: "stale",
    Freshness.RESYNCING: "resync",
    Freshness.FAILED: "failed",
}
_WORDS: Final = {Freshness.RESYNCING: "resyncing", Freshness.FAILED: "failed"}


@lru_cache(maxsize=1024)
def text_width(theme: Theme, role: str, text: str) -> float:
    """Width of a text in a role's font; kept, for headers measure the same few words at every repaint."""
    return QFontMetricsF(theme.font(role)).horizontalAdvance(text)


def state_color(theme: Theme, freshness: Freshness | None) -> QColor:
    """The hue of a state; the grey of the disabled when there is none."""
    return theme.color("text4" if freshness is None else _TOKENS[freshness])


def draw_freshness(painter: QPainter, theme: Theme, center: QPointF, freshness: Freshness | None) -> None:
    """The 9 px glyph: disc, half ring, ring with slash, arc with arrow, cross; a dash for no state at all."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color, radius = state_color(theme, freshness), GLYPH / 2
    pen = QPen(color, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = QRectF(center.x() - radius + 0.75, center.y() - radius + 0.75, GLYPH - 1.5, GLYPH - 1.5)
    if freshness is None:
        painter.drawLine(center + QPointF(-radius + 1, 0), center + QPointF(radius - 1, 0))
    elif freshness is Freshness.FRESH:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(center, radius - 0.75, radius - 0.75)
    elif freshness is Freshness.AGING:
        painter.drawEllipse(ring)
        painter.setBrush(color)
        painter.drawPie(ring, -90 * 16, 180 * 16)
    elif freshness is Freshness.STALE:
        painter.drawEllipse(ring)
        painter.drawLine(center + QPointF(-radius, radius), center + QPointF(radius, -radius))
    elif freshness is Freshness.RESYNCING:
        painter.drawArc(ring, 20 * 16, 250 * 16)
        _triangle(painter, color, [(radius + 1.5, 0.5), (radius - 3.5, 0.5), (radius - 1.0, -3.5)], center)
    else:
        for side in (-1, 1):
            painter.drawLine(center + QPointF(-3.5, -3.5 * side), center + QPointF(3.5, 3.5 * side))
    painter.restore()


def _triangle(painter: QPainter, color: QColor, corners: list[tuple[float, float]], at: QPointF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))


def age_chip_text(freshness: Freshness | None, age_ns: int | None) -> str:
    """What the chip prints: the age, after the word of a state that is one; an en dash when nothing was heard."""
    word = _WORDS.get(freshness, "") if freshness is not None else ""
    age = DASH if age_ns is None else age_text(age_ns)
    if word:
        return word if age_ns is None else f"{word} {age}"
    return age


def age_chip_forms(freshness: Freshness | None, age_ns: int | None) -> tuple[str, ...]:
    """Texts of the chip from the longest to none: word and age, age, its first unit, the glyph alone."""
    age = DASH if age_ns is None else age_text(age_ns)
    coarse = " ".join(age.split(" ")[:2])
    return tuple(dict.fromkeys((age_chip_text(freshness, age_ns), age, coarse, "")))


def age_chip_width(theme: Theme, freshness: Freshness | None, text: str) -> float:
    """Width of the chip with this text."""
    words = text_width(theme, "axis", text) + _GAP if text else 0.0
    return words + GLYPH + (8.0 if is_old(freshness) else 0.0)


def draw_age_chip(
    painter: QPainter, theme: Theme, right: float, middle: float, freshness: Freshness | None, text: str
) -> float:
    """Glyph and age, right-aligned.

    Args:
        text: One of ``age_chip_forms``, perhaps after a name.

    Returns:
        The chip's left edge.
    """
    wide = text_width(theme, "axis", text)
    filled = is_old(freshness)
    pad = 4.0 if filled else 0.0
    left = right - age_chip_width(theme, freshness, text)
    if filled:
        _rounded(painter, QRectF(left, middle - TAG / 2, right - left, TAG), None, _chip_fill(theme, freshness))
    draw_freshness(painter, theme, QPointF(left + pad + GLYPH / 2, middle), freshness)
    quiet = freshness in (None, Freshness.FRESH)
    painter.setFont(theme.font("axis"))
    painter.setPen(theme.color("text2") if quiet else state_color(theme, freshness))
    painter.drawText(_line(left + pad + GLYPH + _GAP, middle, wide + 2), Qt.AlignmentFlag.AlignVCenter, text)
    return left


def _chip_fill(theme: Theme, freshness: Freshness | None) -> QColor:
    color = state_color(theme, freshness)
    color.setAlphaF(theme.tints["chip"])
    return color


def provenance_width(theme: Theme, provenance: Provenance) -> float:
    """Width of the tag."""
    words = text_width(theme, "small", provenance.value)
    return words + 2 * _PAD + (_ARROWS if provenance is Provenance.REPLAY else 0.0)


def draw_provenance(painter: QPainter, theme: Theme, left: float, middle: float, provenance: Provenance) -> None:
    """LIVE outlined; REPLAY filled, outlined, with a double arrow; SIMULATED with a dashed outline."""
    area = QRectF(left + 0.5, middle - TAG / 2 + 0.5, provenance_width(theme, provenance) - 1, TAG - 1)
    text = area
    if provenance is Provenance.LIVE:
        _rounded(painter, area, QPen(theme.color("line2"), 1), None)
        painter.setPen(theme.color("text2"))
    elif provenance is Provenance.REPLAY:
        _rounded(painter, area, QPen(theme.color("replay"), 1), theme.color("replay", 0.18))
        _rewind(painter, theme.color("replay"), QPointF(area.left() + _PAD - 1, middle))
        text = area.adjusted(_ARROWS, 0, 0, 0)
        painter.setPen(theme.color("replay"))
    else:
        pen = QPen(theme.color("sim"), 1)
        pen.setDashPattern([3, 2])
        _rounded(painter, area, pen, theme.color("sim", theme.tints["chip"]))
        painter.setPen(theme.color("sim"))
    painter.setFont(theme.font("small"))
    painter.drawText(text, Qt.AlignmentFlag.AlignCenter, provenance.value)


def _rewind(painter: QPainter, color: QColor, left: QPointF) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for step in (0.0, 6.0):
        _triangle(painter, color, [(step, 0), (step + 5.5, -4), (step + 5.5, 4)], left)
    painter.restore()


def draw_link_chip(painter: QPainter, theme: Theme, left: float, middle: float, group: int) -> None:
    """18x18: the group's digit on its hue; an outlined chip with a dash for no group."""
    area = QRectF(left, middle - CHIP / 2, CHIP, CHIP)
    if group:
        _rounded(painter, area, None, theme.link(group))
        painter.setPen(theme.color("link_digit"))
    else:
        _rounded(painter, area.adjusted(0.5, 0.5, -0.5, -0.5), QPen(theme.link(0), 1), None)
        painter.setPen(theme.color("text3"))
    painter.setFont(theme.font("tag"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(group) if group else DASH)


def _rounded(painter: QPainter, area: QRectF, pen: QPen | None, fill: QColor | None) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen if pen is None else pen)
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)
    painter.drawRoundedRect(area, RADIUS, RADIUS)
    painter.restore()


def _line(left: float, middle: float, wide: float) -> QRectF:
    return QRectF(left, middle - TAG / 2, wide, TAG)
