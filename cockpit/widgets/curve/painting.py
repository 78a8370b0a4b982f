"""What ``QPainter`` draws of the depth curve: steps, axes, words; and the order under the pointer over it."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from cockpit.instruments import DASH, Instrument
from cockpit.state.depth_views import CurveState, Reach
from cockpit.state.views import Freshness
from cockpit.widgets.caps import paint_hatch
from cockpit.widgets.curve.places import CurveScale, size_marks, steps
from cockpit.widgets.figures import amount
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_across, line_down
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.plot.inks import HATCHED, STRENGTH
from cockpit.widgets.plot.ticks import PRICE_GAP, price_ticks
from cockpit.widgets.theme import LEGEND, TIME_AXIS, Theme

FILL: Final = 0.16  # design.md 7
LINE: Final = 1.5
PAD: Final = 10
LABEL_APART: Final = 30  # between prices below
SIZE_GAP: Final = 44  # between size labels, logical pixels
RING: Final = 3.5
NOTE: Final = 18


def mid_text(state: CurveState) -> str:
    """``6,001.375``; an en dash while a side is empty."""
    mid, instrument = state.mid, state.head.instrument
    if mid is None or instrument is None:
        return DASH
    return instrument.format(mid) if mid == int(mid) else f"{mid * instrument.unit:,.{instrument.decimals + 1}f}"


def reach_text(reach: Reach, instrument: Instrument | None) -> str:
    """``buy 1,186 → 11 ticks``, and that nothing more is shown behind the last level."""
    many = "tick" if reach.ticks == 1 else "ticks"
    end = ", all that is shown" if reach.is_all else ""
    return f"{reach.side} {amount(instrument, reach.lots)} → {reach.ticks:,} {many}{end}"


def notes(state: CurveState) -> tuple[tuple[str, str], ...]:
    """What must be known of this book: words, and their token."""
    found: list[tuple[str, str]] = []
    if state.is_suspect:
        found.append(("may be wrong: data was lost", "resync"))
    if state.is_crossed:
        found.append(("crossed", "aging"))
    if state.depth is not None:
        found.append((f"{state.depth} level{'s' * (state.depth > 1)} shown", "text3"))
    return tuple(found)


class CurvePainting:
    """Paints one pane."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def header(
        self, painter: QPainter, state: CurveState, totals: tuple[int, int], width: float, mid_x: float
    ) -> None:
        """Totals of what is in view left and right, the mid over its line."""
        theme, instrument = self._theme, state.head.instrument
        is_grey = state.head.freshness in HATCHED
        area = QRectF(PAD, 0, width - 2 * PAD, LEGEND)
        sides = (("bids", totals[0], "bid", False), ("asks", totals[1], "ask", True))
        taken = [0.0, 0.0]
        for place, (name, lots, token, right) in enumerate(sides):
            there = state.ask_ticks if right else state.bid_ticks
            text = f"{name} {amount(instrument, lots)}" if len(there) else f"no {name}"
            ink = "text3" if is_grey else token
            taken[place] = paint_text(painter, theme, area, "number_bold", ink, text, right=right)
        text = f"mid {mid_text(state)}"
        wide = text_width(theme, "number_bold", text)
        left, right = area.left() + taken[0] + PAD, area.right() - taken[1] - PAD
        if wide <= right - left:
            x = min(max(mid_x - wide / 2, left), right - wide)
            token = "text3" if is_grey else "accent"
            paint_text(painter, theme, QRectF(x, 0, wide + 1, LEGEND), "number_bold", token, text)

    def plot(self, painter: QPainter, state: CurveState, scale: CurveScale) -> None:
        """Grid, both sides, the mid, the axes."""
        theme = self._theme
        self._sizes(painter, state, scale, lines=True)
        for token, ticks, sums in (
            ("bid", state.bid_ticks, state.bid_sums),
            ("ask", state.ask_ticks, state.ask_sums),
        ):
            corners = steps(ticks, sums, scale, is_bid=token == "bid", is_whole=state.depth is None)
            self._side(painter, corners, scale, self._ink(state, token))
            if not len(ticks):
                self._side_missing(painter, scale, token)
        if state.head.freshness in HATCHED:
            area = QRectF(scale.left, scale.top, scale.right - scale.left, scale.bottom - scale.top)
            paint_hatch(painter, area, theme.color("text3", 0.22))
        if state.mid is not None:
            line_down(painter, scale.x(state.mid), scale.top, scale.bottom - scale.top, theme.color("accent"))
        self._sizes(painter, state, scale, lines=False)
        self._prices(painter, state, scale)
        self._notes(painter, state, scale)

    def _ink(self, state: CurveState, token: str) -> QColor:
        freshness = state.head.freshness or Freshness.FRESH
        if freshness in HATCHED:
            token = {"bid": "text2", "ask": "text3"}[token]
        return self._theme.color(token, STRENGTH[freshness])

    def _side(self, painter: QPainter, corners: list[tuple[float, float]], scale: CurveScale, ink: QColor) -> None:
        if not corners:
            return
        fill = QColor(ink)
        fill.setAlphaF(ink.alphaF() * FILL)
        points = [QPointF(x, y) for x, y in corners]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([*points, QPointF(corners[-1][0], scale.bottom)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(ink, LINE)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))

    def _side_missing(self, painter: QPainter, scale: CurveScale, token: str) -> None:
        """Words where a side has nothing: an empty half must not look like a quiet one."""
        half = (scale.right - scale.left) / 2
        left = scale.left if token == "bid" else scale.left + half
        text = f"No {token}s"
        inset = max((half - text_width(self._theme, "label", text)) / 2, 0)
        area = QRectF(left + inset, scale.top, half - inset, scale.bottom - scale.top)
        paint_text(painter, self._theme, area, "label", "text3", text)

    def _sizes(self, painter: QPainter, state: CurveState, scale: CurveScale, *, lines: bool) -> None:
        instrument = state.head.instrument
        lot = 1.0 if instrument is None else instrument.lot
        for size in size_marks(scale.most, lot, int((scale.bottom - scale.top) / SIZE_GAP)):
            y = scale.y(size / lot)
            if lines:
                line_across(painter, scale.left, y, scale.right - scale.left, self._theme.color("grid"))
            elif y - scale.top >= NOTE / 2:
                area = QRectF(scale.left, y - NOTE / 2, scale.right - scale.left - 6, NOTE)
                paint_text(painter, self._theme, area, "axis", "text2", f"{size:,.10g}", right=True)

    def _prices(self, painter: QPainter, state: CurveState, scale: CurveScale) -> None:
        theme, instrument = self._theme, state.head.instrument
        line_across(painter, scale.left, scale.bottom, scale.right - scale.left, theme.color("line"))
        if instrument is None:
            return
        wide = scale.right - scale.left
        longest = max(text_width(theme, "axis", instrument.format(tick)) for tick in (scale.low, scale.high))
        room = wide * PRICE_GAP / (longest + LABEL_APART)  # as if the axis stood upright
        before = scale.left
        for tick in price_ticks(instrument, scale.low, scale.high, room):
            text = instrument.format(tick)
            half = text_width(theme, "axis", text) / 2
            x = scale.x(tick)
            if x - half < before + 2 or x + half > scale.right - 2:
                continue
            area = QRectF(x - half, scale.bottom, 2 * half + 1, TIME_AXIS)
            paint_text(painter, theme, area, "axis", "text2", text)
            before = x + half + LABEL_APART / 2

    def _notes(self, painter: QPainter, state: CurveState, scale: CurveScale) -> None:
        x = scale.left + PAD
        for text, token in notes(state):
            area = QRectF(x, scale.top + 2, max(scale.right - x, 0), NOTE)
            x += paint_text(painter, self._theme, area, "label", token, text) + PAD

    def pointer(self, painter: QPainter, state: CurveState, scale: CurveScale, reach: Reach) -> None:
        """The order under the pointer: dashes to both axes, a ring, and what it would do."""
        theme = self._theme
        x, y = scale.x(reach.tick), scale.y(reach.lots)
        x = min(max(x, scale.left), scale.right)
        pen = QPen(theme.color("text2"))
        pen.setCosmetic(True)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        middle = scale.x(state.mid) if state.mid is not None else scale.left
        painter.drawLine(QPointF(middle, y), QPointF(x, y))
        painter.drawLine(QPointF(x, y), QPointF(x, scale.bottom))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("text1"), 1.5))
        painter.setBrush(theme.color("bg1"))
        painter.drawEllipse(QPointF(x, y), RING, RING)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._tag(painter, scale, x, y, reach_text(reach, state.head.instrument))

    def _tag(self, painter: QPainter, scale: CurveScale, x: float, y: float, text: str) -> None:
        """Words beside the ring, on a ground of their own, never out of the plot."""
        theme = self._theme
        wide = text_width(theme, "label", text) + 12
        left = x + 8 if x + 8 + wide <= scale.right else x - 8 - wide
        left = min(max(left, scale.left + 2), max(scale.right - wide - 2, scale.left + 2))
        top = min(max(y - NOTE - 6, scale.top + 2), scale.bottom - NOTE - 2)
        area = QRectF(left, top, wide, NOTE)
        painter.fillRect(area, theme.color("bg4"))
        paint_text(painter, theme, area.adjusted(6, 0, 0, 0), "label", "text1", text)
