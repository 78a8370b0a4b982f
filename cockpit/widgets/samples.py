"""A small piece of every kind of mark, drawn with a theme: how a palette looks, also to eyes that see fewer hues.

Its market is made up, and small enough that nobody takes it for one.
"""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cockpit.state.views import Freshness
from cockpit.widgets.glyphs_state import draw_freshness
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.theme import Theme

# open, high, low, close in parts of the height, from below
CANDLES: Final = (
    (0.20, 0.48, 0.12, 0.42),
    (0.42, 0.62, 0.36, 0.58),
    (0.58, 0.66, 0.34, 0.40),
    (0.40, 0.52, 0.22, 0.30),
    (0.30, 0.74, 0.28, 0.70),
    (0.70, 0.94, 0.62, 0.88),
    (0.88, 0.92, 0.58, 0.64),
)
STEPS: Final = ((0.35, 0.0), (0.80, 0.0), (0.55, 0.0), (0.0, 0.45), (0.0, 0.95), (0.0, 0.60))  # bid, ask of a row
FIELDS: Final = ("tide", "ember", "ice")
CANDLE_PART: Final = 0.38  # of the height
LADDER_PART: Final = 0.26
CELLS: Final = 14
GAP: Final = 6.0


def paint_sample(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """Candles, a ladder, fields and the states, in that order downwards."""
    painter.save()
    painter.fillRect(area, theme.color("bg1"))
    inner = area.adjusted(GAP, GAP, -GAP, -GAP)
    high = inner.height()
    candles = QRectF(inner.left(), inner.top(), inner.width(), high * CANDLE_PART)
    ladder = QRectF(inner.left(), candles.bottom() + GAP, inner.width(), high * LADDER_PART)
    fields = QRectF(inner.left(), ladder.bottom() + GAP, inner.width(), inner.bottom() - ladder.bottom() - GAP)
    _candles(painter, candles, theme)
    _ladder(painter, ladder, theme)
    _fields(painter, fields, theme)
    painter.restore()


def _candles(painter: QPainter, area: QRectF, theme: Theme) -> None:
    for part in (0.25, 0.5, 0.75):
        painter.fillRect(
            QRectF(area.left(), area.top() + area.height() * part, area.width(), 1), theme.color("grid")
        )
    slot = area.width() / len(CANDLES)
    wide = max(round(slot * 0.6) | 1, 3)
    for place, (start, top, bottom, stop) in enumerate(CANDLES):
        left = round(area.left() + place * slot + (slot - wide) / 2)
        y = [area.bottom() - value * area.height() for value in (top, bottom, max(start, stop), min(start, stop))]
        rises = stop > start
        hue = theme.color("bid" if rises else "ask")
        painter.fillRect(QRectF(left + wide // 2, y[0], 1, y[1] - y[0]), hue)
        body = QRectF(left, y[2], wide, max(y[3] - y[2], 2.0))
        painter.fillRect(body, theme.color("bg1"))
        painter.fillRect(body, theme.color("bid", theme.tints["candle_body"]) if rises else hue)
        if rises:
            painter.setPen(QPen(hue, 1.25))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(body.adjusted(0.5, 0.5, -0.5, -0.5))


def _ladder(painter: QPainter, area: QRectF, theme: Theme) -> None:
    row, middle = area.height() / len(STEPS), area.center().x()
    price = area.width() * 0.16
    painter.fillRect(QRectF(middle - price / 2, area.top(), price, area.height()), theme.color("bg2"))
    half = (area.width() - price) / 2
    for place, (bid, ask) in enumerate(STEPS):
        top = area.top() + place * row
        wall = theme.tints["wall" if max(bid, ask) > 0.9 else "size"]
        left = QRectF(middle - price / 2 - half * bid, top, half * bid, row - 1)
        right = QRectF(middle + price / 2, top, half * ask, row - 1)
        painter.fillRect(left, theme.color("bid", wall))
        painter.fillRect(right, theme.color("ask", wall))
        for size, token, edge in ((bid, "bid", left.right() - 3), (ask, "ask", right.left())):
            if size:
                painter.fillRect(QRectF(edge, top, 3, row - 1), theme.color(token))


def _fields(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """The maps from nothing to full, gamma from put to call over its zero, then a glyph of each state."""
    row = area.height() / (len(FIELDS) + 2)
    cell = area.width() / CELLS
    for place, name in enumerate(FIELDS):
        for at in range(CELLS):
            entry = round(255 * at / (CELLS - 1))
            _cell(painter, area, theme, place, at, (name, entry), row)
    for at in range(CELLS):
        value = 2 * at / (CELLS - 1) - 1
        name = "aurora_plus" if value > 0 else "aurora_minus"
        _cell(painter, area, theme, len(FIELDS), at, (name, round(255 * abs(value))), row)
    middle = area.top() + row * (len(FIELDS) + 1.6)
    for at, state in enumerate(Freshness):
        draw_freshness(painter, theme, QPointF(area.left() + cell * (1 + 2.4 * at), middle), state)


def _cell(
    painter: QPainter, area: QRectF, theme: Theme, line: int, at: int, entry: tuple[str, int], row: float
) -> None:
    cell = area.width() / CELLS
    box = QRectF(area.left() + at * cell, area.top() + line * row, cell - 1, row - 2)
    painter.fillRect(box, QColor.fromRgb(int(theme.maps[entry[0]][entry[1]])))


def paint_named(painter: QPainter, area: QRectF, theme: Theme, name: str, note: str, drawn: Theme) -> None:
    """A sample drawn with ``drawn``, named above it and measured below it in the words of ``theme``."""
    line = 18.0
    head = QRectF(area.left(), area.top(), area.width(), line)
    foot = QRectF(area.left(), area.bottom() - line, area.width(), line)
    paint_text(painter, theme, head, "label", "text1", name)
    paint_text(painter, theme, foot, "label", "text3", note)
    box = QRectF(area.left(), head.bottom() + 2, area.width(), foot.top() - head.bottom() - 4)
    paint_sample(painter, box, drawn)
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()
