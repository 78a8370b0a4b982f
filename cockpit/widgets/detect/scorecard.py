"""The scorecard of detectors: name, how many, the share of hits on its Wilson band, against the base rate."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from cockpit.state.detector_views import FEW, DetectorsState, ScoreRow
from cockpit.widgets.detect.words import caption, count_text, share_text
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_across, line_down
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.theme import PADDING, Theme

CAPTION: Final = 24
FOOT: Final = 20
LEAST_ROW, MOST_ROW = 19, 30
GAP: Final = 10
LEAST_TRACK: Final = 40
BAND, TICK = 6.0, 12.0  # heights
MARK: Final = 3.0  # half the width of the base rate's triangle
SILENT_WORDS: Final = "below chance: greyed and silent"


class Scorecard:
    """Where things stand in a card of a width and height, and how it is painted."""

    def __init__(self, theme: Theme, state: DetectorsState, width: float, height: float) -> None:
        self._theme, self._state, self._width = theme, state, width
        rows = max(len(state.scores), 1)
        # a third of the panel at least is for the events
        self.line = min(max((0.6 * height - CAPTION - FOOT) / rows, LEAST_ROW), MOST_ROW)
        names = max((text_width(theme, "strong", row.title) for row in state.scores), default=0.0)
        counts = (text_width(theme, "label", f"n {row.verdict.n:,}") for row in state.scores)
        self._n_left = PADDING + names + GAP
        self._left = self._n_left + max(counts, default=0.0) + GAP
        self._right = max(width - PADDING - text_width(theme, "number", "100 %") - GAP, self._left)

    @property
    def height(self) -> float:
        """All of it."""
        return CAPTION + self.line * len(self._state.scores) + FOOT

    def caption(self) -> QRectF:
        """Where the horizon can be clicked."""
        return QRectF(self._width / 3, 0, 2 * self._width / 3, CAPTION)

    def row_at(self, spot: QPointF) -> int | None:
        """The detector there."""
        row = int((spot.y() - CAPTION) // self.line)
        return row if spot.y() >= CAPTION and row < len(self._state.scores) else None

    def track(self, row: int) -> QRectF:
        """From 0 to 100 %."""
        return QRectF(self._left, CAPTION + row * self.line, self._right - self._left, self.line)

    def paint(self, painter: QPainter) -> None:
        """Caption, rows, what grey means."""
        theme = self._theme
        head = QRectF(PADDING, 0, self._width - 2 * PADDING, CAPTION)
        told = paint_text(painter, theme, head, "label", "text3", caption(self._state.horizon), right=True)
        words = "Detector, tried rules" if self._state.is_tried else "Detector"
        if text_width(theme, "label", words) + told + GAP > head.width():
            words = "Tried" if self._state.is_tried else ""
        paint_text(painter, theme, head, "label", "aging" if self._state.is_tried else "text3", words)
        for number, row in enumerate(self._state.scores):
            self._paint_row(painter, number, row)
        foot = QRectF(PADDING, CAPTION + self.line * len(self._state.scores), head.width(), FOOT)
        paint_text(painter, theme, foot, "label", "text3", SILENT_WORDS)
        line_across(painter, 0, self.height, self._width, theme.color("line"))

    def _paint_row(self, painter: QPainter, number: int, row: ScoreRow) -> None:
        theme, track = self._theme, self.track(number)
        few = row.verdict.n < FEW
        ink = "text4" if row.is_silent else "text1"
        name = QRectF(PADDING, track.top(), self._n_left - PADDING - GAP + 2, track.height())
        paint_text(painter, theme, name, "strong", ink, row.title)
        right = self._width - PADDING if few else self._left - GAP + 2
        count = QRectF(self._n_left, track.top(), right - self._n_left, track.height())
        paint_text(painter, theme, count, "label", "text4" if row.is_silent else "text3", count_text(row))
        if few:
            return
        figure = QRectF(self._right, track.top(), self._width - PADDING - self._right, track.height())
        paint_text(painter, theme, figure, "number", ink, share_text(row), right=True)
        if track.width() >= LEAST_TRACK:
            self._paint_band(painter, track, row)

    def _paint_band(self, painter: QPainter, track: QRectF, row: ScoreRow) -> None:
        theme, verdict, middle = self._theme, row.verdict, track.center().y()
        hue = "text4" if row.is_silent else "accent"

        def x(share: float) -> float:
            return track.left() + share * track.width()

        line_across(painter, track.left(), middle, track.width(), theme.color("line"))
        band = QRectF(x(verdict.low), middle - BAND / 2, x(verdict.high) - x(verdict.low), BAND)
        painter.fillRect(band, theme.color(hue, 0.45))
        line_down(painter, x(0.5), middle - TICK / 2 - 2, TICK + 4, theme.color("line2"))
        if verdict.share is not None:
            painter.fillRect(QRectF(x(verdict.share) - 1, middle - TICK / 2, 2.5, TICK), theme.color(hue))
        if verdict.chance is not None:
            self._paint_chance(painter, x(verdict.chance), middle + TICK / 2 + 1)

    def _paint_chance(self, painter: QPainter, x: float, top: float) -> None:
        """The base rate: a small triangle that points at its place from below."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("text3"))
        corners = (QPointF(x, top - MARK), QPointF(x - MARK, top + 1), QPointF(x + MARK, top + 1))
        painter.drawPolygon(QPolygonF(corners))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
