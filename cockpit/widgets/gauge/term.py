"""The volatility term structure: four maturities, today solid, the day before dashed.

Source: ``design.md`` 7 "VIX gauge".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from cockpit.instruments import DASH
from cockpit.state.views import TermPoint, is_old
from cockpit.widgets.gauge.text import MIDDLE, Text, place
from cockpit.widgets.gauge.words import point_name
from cockpit.widgets.hairline import line_across
from cockpit.widgets.theme import Theme

DOT: Final = 4.0
LABEL_ROOM: Final = 16.0  # over a point
LABEL_GAP: Final = 8.0  # from a point's middle to the base line of its value
FOOT: Final = 8.0  # under the lowest point
LEAST_SPAN: Final = 2.0  # points of volatility; less is drawn flat, as it is
DASHES: Final = (4.0, 3.0)
NAME_GAP: Final = 8.0  # between neighbours


@dataclass(frozen=True, slots=True)
class Term:
    """The plot at one size.

    Attributes:
        points: The maturities.
        at: Place of each today; None where unknown.
        before: Place of each the day before; None where unknown.
        columns: Middle x of each.
        area: Of the plot.
    """

    points: tuple[TermPoint, ...]
    at: tuple[QPointF | None, ...]
    before: tuple[QPointF | None, ...]
    columns: tuple[float, ...]
    area: QRectF

    def column_at(self, x: float) -> int:
        """Which maturity is nearest."""
        return min(range(len(self.columns)), key=lambda number: abs(self.columns[number] - x))


def term_at(points: tuple[TermPoint, ...], area: QRectF) -> Term:
    """Find the places; values share one scale, today's and those of the day before."""
    step = area.width() / len(points)
    columns = tuple(area.left() + (number + 0.5) * step for number in range(len(points)))
    known = [value for point in points for value in (point.value, point.previous) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    middle, span = (low + high) / 2, max(high - low, LEAST_SPAN)
    top, bottom = area.top() + LABEL_ROOM + DOT, area.bottom() - FOOT

    def placed(x: float, value: float | None) -> QPointF | None:
        if value is None:
            return None
        return QPointF(x, (top + bottom) / 2 - (value - middle) / span * (bottom - top))

    pairs = list(zip(columns, points, strict=True))
    today = tuple(placed(x, point.value) for x, point in pairs)
    before = tuple(placed(x, point.previous) for x, point in pairs)
    return Term(points, today, before, columns, area)


def term_texts(theme: Theme, term: Term, names_base: float) -> list[Text]:
    """Values over the points, names on one line below; an en dash where nothing is known."""
    room = term.area.width() / len(term.points) - NAME_GAP
    found: list[Text] = []
    for x, point, at in zip(term.columns, term.points, term.at, strict=True):
        token = "text3" if at is None else _ink(point)
        base = term.area.center().y() if at is None else at.y() - LABEL_GAP
        value = DASH if point.value is None else f"{point.value:.2f}"
        found.append(place(theme, "axis", token, (value,), x, base, anchor=MIDDLE))
        forms = (point_name(point), point.name)
        found.append(place(theme, "axis", "text2", forms, x, names_base, anchor=MIDDLE, room=room))
    return found


def paint_term(painter: QPainter, theme: Theme, term: Term, values: Sequence[Text]) -> None:
    """Lines, a ground under the texts so that no line runs through them, then the points."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    dashed = QPen(theme.color("text3"), 1.0)
    dashed.setDashPattern(DASHES)
    solid, old = QPen(theme.color("text1"), 1.5), QPen(theme.color("text3"), 1.5)
    _paint_line(painter, term.before, [dashed] * len(term.points))
    _paint_line(painter, term.at, [old if is_old(point.freshness) else solid for point in term.points])
    for value in values:
        painter.fillRect(value.area.adjusted(-2, -2, 2, 2), theme.color("bg1"))
    for point, at in zip(term.points, term.at, strict=True):
        if at is not None:
            painter.setPen(QPen(theme.color(_ink(point)), 1.5))
            painter.setBrush(theme.color("bg1"))
            painter.drawEllipse(at, DOT, DOT)
    line_across(painter, term.area.left(), term.area.bottom(), term.area.width(), theme.color("line"))
    painter.restore()


def _ink(point: TermPoint) -> str:
    if is_old(point.freshness):
        return "text3"
    return "accent" if point.name == "VIX" else "text1"


def _paint_line(painter: QPainter, at: Sequence[QPointF | None], pens: Sequence[QPen]) -> None:
    """Between neighbours that are both known; an unknown one leaves a hole. The pen is that of the right end."""
    for (start, stop), pen in zip(pairwise(at), pens[1:], strict=True):
        if start is not None and stop is not None:
            painter.setPen(pen)
            painter.drawLine(start, stop)
