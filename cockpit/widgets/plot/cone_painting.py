"""Draws the curves of the cone over its bands: their edges, the median, and names at the ends.

They are antialiased paths and are painted once per picture, not per frame; the areas between them are pixels of a
kernel, which takes a fraction of the time of an antialiased polygon. Source: ``design.md`` 7 (ES cone).
"""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from cockpit.units import Floats
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.cone import BANDS_OF, HIGH_68, HIGH_95, LOW_68, LOW_95, MEDIAN, ConePicture
from cockpit.widgets.plot.labels import LABEL_HEIGHT, Labels
from cockpit.widgets.theme import Theme

EDGE_95: Final = 1.0  # logical pixels
EDGE_68: Final = 1.75
EDGE_ALPHA: Final = (0.55, 1.0, 0.55)  # of the edges of 95, 68 and 50 %
MEDIAN_ALPHA: Final = 0.6
MEDIAN_DASH: Final = (6.0, 4.0)
DOTS: Final = (1.0, 2.5)
NAME_HEIGHT: Final = 14  # logical pixels of a name's figures with some air
NAME_INSET: Final = 6


def paint_cone(painter: QPainter, cone: ConePicture, bands: Bands, theme: Theme, labels: Labels) -> None:
    """Draw a cone's curves and names; nothing leaves the price plot."""
    ratio = bands.ratio
    painter.save()
    painter.setClipRect(QRectF(cone.now / ratio, 0, (bands.right - cone.now) / ratio, bands.plot_bottom / ratio))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    token = "text2" if cone.is_old else "accent"
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pens = (
        QPen(theme.color(token, EDGE_ALPHA[0] * cone.strength), EDGE_95),
        QPen(theme.color(token, EDGE_ALPHA[1] * cone.strength), EDGE_68),
        _dashed(theme, token, EDGE_ALPHA[2] * cone.strength, DOTS),
    )
    for columns, pen in zip(BANDS_OF, pens, strict=True):
        painter.setPen(pen)
        for column in columns:
            painter.drawPolyline(QPolygonF(_points(cone.xs, cone.ys[:, column])))
    painter.setPen(_dashed(theme, token, MEDIAN_ALPHA * cone.strength, MEDIAN_DASH))
    painter.drawPolyline(QPolygonF(_points(cone.xs, cone.ys[:, MEDIAN])))
    _names(painter, cone, bands, labels)
    painter.restore()


def _points(xs: Floats, ys: Floats) -> list[QPointF]:
    return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


def _dashed(theme: Theme, token: str, alpha: float, dash: tuple[float, float]) -> QPen:
    pen = QPen(theme.color(token, alpha), 1.0)
    pen.setDashPattern(list(dash))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _names(painter: QPainter, cone: ConePicture, bands: Bands, labels: Labels) -> None:
    """Names of the 68 and 95 % bands beside the ends of their edges, where they touch nothing."""
    width = labels.width("68 %", "tag")
    right = cone.end / bands.ratio - NAME_INSET
    places = name_places(cone, right - width, right, bands.plot_bottom / bands.ratio)
    for column, middle in places.items():
        box = QRectF(right - width, middle - LABEL_HEIGHT / 2, width, LABEL_HEIGHT)
        text = "68 %" if column in (LOW_68, HIGH_68) else "95 %"
        labels.draw_text(painter, box, text, "tag", _name_token(column, cone))


def name_places(cone: ConePicture, left: float, right: float, height: float) -> dict[int, float]:
    """Middles of the names that stand in [left, right] of a plot so high, by column of the bands."""
    at = np.linspace(left, right, 9)
    edges = {column: np.interp(at, cone.xs, cone.ys[:, column]) for column in (LOW_95, LOW_68, HIGH_68, HIGH_95)}
    taken = [(float(ys.min()) - 1, float(ys.max()) + 1) for ys in edges.values()]
    half = NAME_HEIGHT / 2
    found: dict[int, float] = {}
    for column, is_high in ((HIGH_68, True), (LOW_68, False), (HIGH_95, True), (LOW_95, False)):
        over, under = float(edges[column].min()) - 1 - half, float(edges[column].max()) + 1 + half
        for middle in (over, under) if is_high else (under, over):
            free = all(middle + half <= top or middle - half >= base for top, base in taken)
            if free and half <= middle <= height - half:
                found[column] = middle
                taken.append((middle - half, middle + half))
                break
    return found


def _name_token(column: int, cone: ConePicture) -> str:
    if cone.is_old:
        return "text3"
    return "accent" if column in (LOW_68, HIGH_68) else "text2"
