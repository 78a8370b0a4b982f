"""The half ring of the VIX gauge: zones, year's arc, ticks, needle.

Source: ``design.md`` 7 "VIX gauge".
"""

from dataclasses import dataclass
from math import cos, degrees, radians, sin
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from cockpit.widgets.gauge.words import HUES
from cockpit.widgets.theme import Theme

LOW: Final = 9.0
HIGH: Final = 41.0
ZONES: Final = (("calm", LOW, 16.0), ("tense", 16.0, 28.0), ("panic", 28.0, HIGH))
MIDDLE_OF_TENSE: Final = 22.0
TICKS: Final = (10, 16, 20, 28, 40)
INNER_TICK: Final = 20
ALL_LABELS: Final = 90.0  # radius from which 16 and 20 do not touch
SMALL_STEP: Final = 2
THICK: Final = 16.0
THIN: Final = 10.0  # of a small plain ring
SMALL: Final = 56.0  # radius below which the ring is plain: thin, without ticks and arc
CUT: Final = 2.0  # between zones
YEAR: Final = 3.0
YEAR_OUT: Final = 13.0  # from the middle of the band to the middle of the arc
TICK_IN: Final = 12.0  # from the middle of the band to where ticks begin
TICK: Final = 10.0
SMALL_TICK: Final = 3.0
LABEL_IN: Final = 33.0  # from the middle of the band to the middle of a tick's label
WORD_OUT: Final = 27.0  # and to that of the word over the ring
CLEAR: Final = 10.0  # from the needle to the middle of a figure that stays
HUB: Final = 7.0
HOLE: Final = 3.0
NEEDLE: Final = 8.0  # at the hub; it tapers to nothing
CALM: Final = 0.60  # the quiet zone is quieter than the others
ZONE: Final = 0.92
ARC: Final = 0.55
SIXTEENTHS: Final = 16  # Qt counts sixteenths of a degree
RIGHT_ANGLE: Final = 90.0


@dataclass(frozen=True, slots=True)
class Ring:
    """What to draw.

    Attributes:
        center, radius: To the middle of the band, logical pixels.
        needle: Degrees from the right, counter-clockwise; None: an empty ring.
        year: Degrees of the low and high end of the year's arc; None without.
        strength: What is left of the marks, 0..1.
    """

    center: QPointF
    radius: float
    needle: float | None
    year: tuple[float, float] | None
    strength: float

    @property
    def is_plain(self) -> bool:
        """Whether it is too small for ticks and arc."""
        return self.radius < SMALL


def angle(level: float) -> float:
    """Degrees from the right, counter-clockwise: 180 at the low end, 0 at the high one; clipped there."""
    inside = min(max(level, LOW), HIGH)
    return 180.0 * (HIGH - inside) / (HIGH - LOW)


def labelled(radius: float, needle: float | None) -> tuple[int, ...]:
    """Ticks that have a figure: not the one the needle lies over, nor the inner one of a small ring."""

    def is_clear(tick: int) -> bool:
        away = 180.0 if needle is None else abs(angle(tick) - needle)
        return away > RIGHT_ANGLE or (radius - LABEL_IN) * sin(radians(away)) >= CLEAR

    return tuple(tick for tick in TICKS if is_clear(tick) and (radius >= ALL_LABELS or tick != INNER_TICK))


def on_circle(center: QPointF, radius: float, at_degrees: float) -> QPointF:
    """The point of a circle at an angle."""
    at = radians(at_degrees)
    return center + QPointF(radius * cos(at), -radius * sin(at))


def paint_ring(painter: QPainter, theme: Theme, ring: Ring) -> None:
    """Zones, arc, ticks, needle; its words are the panel's."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_zones(painter, theme, ring)
    if not ring.is_plain:
        _paint_ticks(painter, theme, ring)
        if ring.year is not None:
            low, high = ring.year
            ink = theme.mixed_color("accent", ARC * ring.strength)
            _arc(painter, ring.center, ring.radius + YEAR_OUT, (high, low), YEAR, ink)
    if ring.needle is not None:
        _paint_needle(painter, theme, ring, ring.needle)
    painter.restore()


def _paint_zones(painter: QPainter, theme: Theme, ring: Ring) -> None:
    thick = THIN if ring.is_plain else THICK
    cut = degrees(CUT / 2 / ring.radius)
    for name, low, high in ZONES:
        ends = (angle(high) + (cut if high < HIGH else 0.0), angle(low) - (cut if low > LOW else 0.0))
        if ring.needle is None:
            ink = theme.color("bg3")
        else:
            ink = theme.mixed_color(HUES[name], (CALM if name == "calm" else ZONE) * ring.strength)
        _arc(painter, ring.center, ring.radius, ends, thick, ink)


def _arc(
    painter: QPainter, center: QPointF, radius: float, ends: tuple[float, float], width: float, ink: QColor
) -> None:
    """Part of a circle between two angles, the smaller first."""
    pen = QPen(ink, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    box = QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)
    start = round(ends[0] * SIXTEENTHS)
    painter.drawArc(box, start, max(round(ends[1] * SIXTEENTHS) - start, 1))


def _paint_ticks(painter: QPainter, theme: Theme, ring: Ring) -> None:
    outer = ring.radius - TICK_IN
    for level in range(round(LOW) + 1, round(HIGH), SMALL_STEP):
        is_large = level in TICKS
        painter.setPen(QPen(theme.color("text2" if is_large else "text4"), 1.5 if is_large else 1.0))
        inner = outer - (TICK if is_large else SMALL_TICK)
        painter.drawLine(on_circle(ring.center, inner, angle(level)), on_circle(ring.center, outer, angle(level)))


def _paint_needle(painter: QPainter, theme: Theme, ring: Ring, at: float) -> None:
    ink = theme.mixed_color("accent", ring.strength)
    tip = on_circle(ring.center, ring.radius, at)
    sides = [on_circle(ring.center, NEEDLE / 2, at + turn) for turn in (90.0, -90.0)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([sides[0], tip, sides[1]]))
    painter.drawEllipse(ring.center, HUB, HUB)
    painter.setBrush(theme.color("bg1"))
    painter.drawEllipse(ring.center, HOLE, HOLE)
