"""Detectors: how good each one is, and what they saw, newest first.

Up and down pick an event, Enter or a click opens its evidence; a click on the caption judges over another time.
Source: ``design.md`` 7 "Detectors", ``book.png``.
"""

from collections.abc import Hashable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent

from cockpit.instants import clock_text
from cockpit.state.commands import OpenEvidence, StepHorizon
from cockpit.state.detections import Detection
from cockpit.state.detector_views import DetectorsState
from cockpit.state.screen import DETECTORS_PANE
from cockpit.state.views import Freshness
from cockpit.widgets.detect.picked import PickedRows
from cockpit.widgets.detect.scorecard import Scorecard
from cockpit.widgets.detect.words import count_text, moment_text, score_tip, share_text
from cockpit.widgets.empty import nothing_open, paint_empty
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_across
from cockpit.widgets.ladder.inks import STRENGTH
from cockpit.widgets.panel import PanelContext, PanelSpec
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.theme import PADDING

MINIMUM: Final = (240, 190)
EVENT: Final = 40  # of two lines
EDGE: Final = 3  # in the colour of the side
TOP: Final = 6  # from the scorecard to the first event
GAP: Final = 10


class DetectorsPanel(PickedRows):
    """Draws a ``DetectorsState``; its own state is the picked event and how far the list is scrolled."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._state = DetectorsState()
        self.setMinimumSize(*MINIMUM)
        self.setAccessibleName("Detectors")

    def draw(self, state: DetectorsState) -> None:
        """Show the state."""
        before = self.ids()
        self._state = state
        self.renewed(before)
        self._describe()

    def _describe(self) -> None:
        scores = (f"{row.title} {count_text(row)} {share_text(row)}".strip() for row in self._state.scores)
        picked = self._state.events[self.row : self.row + 1]
        event = (f"{it.title} {it.where} at {clock_text(it.clock_ns)}, {it.detail}" for it in picked)
        self.setAccessibleDescription(self.empty_text() or "; ".join((*scores, *event)))

    # the list

    def ids(self) -> Sequence[Hashable]:
        """Detector, number and phase of every event."""
        return [(it.key, it.phase) for it in self._state.events]

    def _list_top(self) -> float:
        return self.card().height + TOP

    def fit(self) -> int:
        """Events that have room."""
        return max(int((self.height() - self._list_top()) // EVENT), 0)

    def row_at(self, spot: QPointF) -> int | None:
        """The event there."""
        row = self._first + int((spot.y() - self._list_top()) // EVENT)
        return row if spot.y() >= self._list_top() and row < len(self._state.events) else None

    def open_row(self, row: int) -> None:
        """Look at the evidence of an event."""
        self._commands.send(OpenEvidence(*self._state.events[row].key))

    def pick(self, row: int) -> None:
        """Pick an event and bring it into view."""
        super().pick(row)
        self._describe()

    # the scorecard

    def card(self) -> Scorecard:
        """Where the scorecard stands."""
        return Scorecard(self._theme, self._state, self.width(), self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The caption turns to the next horizon; an event opens."""
        if event.button() == Qt.MouseButton.LeftButton and self.card().caption().contains(event.position()):
            self._commands.send(StepHorizon(1))
        super().mousePressEvent(event)

    def tip_at(self, spot: QPointF) -> str:
        """The whole verdict of a detector, or all of an event."""
        if self.empty_text():
            return ""
        row = self.row_at(spot)
        if row is not None:
            it = self._state.events[row]
            return "\n".join((f"{it.title} {it.where}", moment_text(it), it.detail, it.rule, "Enter: evidence"))
        detector = self.card().row_at(spot)
        return "" if detector is None else score_tip(self._state.scores[detector], self._state.horizon)

    def empty_text(self) -> str:
        """Why there is nothing to show; empty when there is."""
        state = self._state
        if state.head.instrument is None:
            return state.head.reason or nothing_open()
        return "" if state.scores else state.head.reason or "No detectors look at this"

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The scorecard, and the events in view."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        empty = self.empty_text()
        if empty:
            paint_empty(painter, theme, QRectF(self.rect()), empty)
            return
        card = self.card()
        painter.setOpacity(STRENGTH[self._state.head.freshness or Freshness.FRESH])
        card.paint(painter)
        painter.setOpacity(1.0)
        y = card.height + TOP
        if not self._state.events:
            rest = QRectF(0, y, self.width(), max(self.height() - y, EVENT))
            paint_empty(painter, theme, rest, self._state.head.reason or "Nothing seen so far")
            return
        picked, silent = self.row, self._state.silent
        for row in range(self._first, min(self._first + self.fit() + 1, len(self._state.events))):
            it = self._state.events[row]
            area = QRectF(0, y, self.width(), EVENT)
            self._paint_event(painter, area, it, is_silent=it.detector in silent, is_picked=row == picked)
            y += EVENT

    def _paint_event(
        self, painter: QPainter, area: QRectF, it: Detection, *, is_silent: bool, is_picked: bool
    ) -> None:
        theme = self._theme
        if is_picked and self.hasFocus():
            painter.fillRect(area.adjusted(0, 0, 0, -1), theme.color("bg3"))
        hue = "text4" if is_silent else "bid" if it.is_bid else "ask"
        painter.fillRect(QRectF(PADDING - 6, area.top() + 3, EDGE, EVENT - 7), theme.color(hue))
        line = QRectF(PADDING + 6, area.top() + 2, area.width() - 2 * PADDING - 6, EVENT / 2 - 2)
        ink, quiet = ("text4", "text4") if is_silent else ("text1", "text2")
        taken = paint_text(painter, theme, line, "axis", quiet, clock_text(it.clock_ns), right=True)
        line.adjust(0, 0, -taken - GAP, 0)
        second = QRectF(PADDING + 6, area.top() + EVENT / 2, area.width() - 2 * PADDING - 6, EVENT / 2 - 5)
        where = text_width(theme, "number", it.where)
        if text_width(theme, "strong", it.title) + GAP + where <= line.width():
            told = paint_text(painter, theme, line, "number", ink, it.where, right=True)
            line.adjust(0, 0, -told - GAP, 0)
        else:  # the place goes down, the detail gives way
            told = paint_text(painter, theme, second, "number", ink, it.where)
            second.adjust(told + GAP, 0, 0, 0)
        paint_text(painter, theme, line, "strong", ink, it.title)
        paint_text(painter, theme, second, "label", quiet, it.detail)
        line_across(painter, PADDING, area.bottom() - 1, area.width() - 2 * PADDING, theme.color("grid"))


DETECTORS: Final = PanelSpec(
    id=DETECTORS_PANE,
    title="Detectors",
    topic=lambda screen: screen.detectors,
    build=DetectorsPanel,
    refresh_hz=10.0,
    minimum=MINIMUM,
    below="vix",
)
