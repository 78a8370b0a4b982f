"""The evidence drawer: what one event of a detector rests on, at the right of the window.

Left and right go to earlier and later events, Enter shows it in the replay, Esc closes. It stays while one looks
elsewhere. Source: ``design.md`` 7 "Evidence drawer", issue 5.
"""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cockpit.state.commands import CommandSink, ShowEvidence, StepEvidence
from cockpit.state.detector_views import EvidenceState
from cockpit.widgets.detect.dossier import HEAD, HEADS, NOTE, PLACES, TEXT, WAITS, Line, lines
from cockpit.widgets.detect.words import moment_text
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_across
from cockpit.widgets.pick_list import NOTCH, paint_text
from cockpit.widgets.surface import MARGIN, Surface, SurfaceButton
from cockpit.widgets.theme import BUTTON, GUTTER, PADDING, REPLAY_BAR, STATUS_BAR, TOP_BAR, Theme
from cockpit.widgets.wrapping import wrapped

WIDTH: Final = 560
HEADING: Final = 76  # title and place, instant, number among all
FOOT: Final = 68  # buttons and what keys do
ROW: Final = 20
HEAD_ROW: Final = 32
EDGE: Final = 4
MOST_LINES: Final = 6  # of a sentence
ROLES: Final = {HEAD: "strong", TEXT: "body", NOTE: "label", HEADS: "label"}
HINT: Final = "\u2190 \u2192 earlier, later   \u2191 \u2193 scroll   Enter replay   Esc closes"
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_SCROLLS: Final = {Qt.Key.Key_Up: -2 * ROW, Qt.Key.Key_Down: 2 * ROW}
_PAGES: Final = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1, Qt.Key.Key_Home: -1000, Qt.Key.Key_End: 1000}
_WALKS: Final = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_ENTERS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MINE: Final = frozenset((*_STEPS, *_SCROLLS, *_PAGES, *_WALKS, *_ENTERS, Qt.Key.Key_Escape))
_PLAIN: Final = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


class EvidenceDrawer(Surface):
    """Draws an ``EvidenceState``; its own state is how far it is scrolled.

    Args:
        commands: Takes what the buttons want.
    """

    name = "evidence"
    slides = True

    def __init__(self, window: QWidget, theme: Theme, commands: CommandSink) -> None:
        super().__init__(window, theme, WIDTH, 0)
        self._commands = commands
        self._state = EvidenceState()
        self._now_ns: int | None = None
        self._waits = False
        self._scrolled = 0.0
        self._lines: tuple[Line, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Evidence")
        send = commands.send
        self.buttons = (
            SurfaceButton(self, "Earlier", lambda: send(StepEvidence(-1))),
            SurfaceButton(self, "Later", lambda: send(StepEvidence(1))),
            SurfaceButton(self, "Show in replay", lambda: send(ShowEvidence())),
            SurfaceButton(self, "Close", self.leave),
        )

    @property
    def state(self) -> EvidenceState:
        """What is shown."""
        return self._state

    @property
    def waits(self) -> bool:
        """Whether the playhead is before the event, and what is shown is what was seen."""
        return self._waits

    def show_state(self, state: EvidenceState, now_ns: int | None) -> None:
        """Show the evidence of an event; without one, what was shown stays, and that is said."""
        self._waits = state.detection is None
        if state.detection is not None:
            if state.key != self._state.key:
                self._scrolled = 0.0
            self._state, self._now_ns = state, now_ns
        self._lay_out()

    def text(self) -> tuple[str, ...]:
        """Everything that is written, line by line."""
        return (*self.heading(), *(" ".join(cell for cell in line.cells if cell) for line in self._lines))

    def heading(self) -> tuple[str, ...]:
        """Title, place, instant, number among all events."""
        it = self._state.detection
        if it is None:
            return ()
        number = WAITS if self._waits else f"event {self._state.place:,} of {self._state.total:,}"
        return it.title, it.where, moment_text(it), number

    def _lay_out(self) -> None:
        font, room = self._theme.font("body"), self.width() - 2 * PADDING
        self._lines = lines(self._state, self._now_ns, lambda text: wrapped(text, font, room, MOST_LINES))
        self.scroll_by(0)
        self.setAccessibleDescription("; ".join(self.text()[:12]))
        self.update()

    # places

    def place(self) -> None:
        """At the right of the window, between the bars."""
        window = self.parentWidget()
        if window is None:
            return
        wide = min(WIDTH, window.width() - 2 * MARGIN)
        high = window.height() - TOP_BAR - REPLAY_BAR - STATUS_BAR - 2 * GUTTER
        self.setGeometry(window.width() - wide - GUTTER, TOP_BAR + GUTTER, wide, max(high, HEADING + FOOT + ROW))

    def slide(self, part: float) -> None:
        """Come in from the right."""
        if not self.is_left:
            self.place()
            self.move(self.x() + round((1.0 - part) * (self.width() + GUTTER)), self.y())

    def abandon(self) -> None:
        """A click elsewhere leaves it where it is: one compares it with the other panels."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons keep the foot; sentences are broken anew."""
        super().resizeEvent(event)
        x, y = PADDING, self.height() - FOOT + 8
        for button in self.buttons:
            wide = round(text_width(self._theme, "strong", button.text())) + 2 * PADDING
            button.setGeometry(x, y, wide, BUTTON)
            x += wide + 8
        self._lay_out()

    def _page(self) -> QRectF:
        return QRectF(PADDING, HEADING, self.width() - 2 * PADDING, self.height() - HEADING - FOOT)

    def _heights(self) -> list[int]:
        return [HEAD_ROW if line.kind == HEAD else ROW for line in self._lines]

    @property
    def scrolled(self) -> float:
        """Pixels above what is in view."""
        return self._scrolled

    def scroll_by(self, pixels: float) -> None:
        """Show what stands lower, or higher."""
        most = max(sum(self._heights()) - self._page().height() + ROW / 2, 0.0)
        self._scrolled = min(max(self._scrolled + pixels, 0.0), most)
        self.update()

    # hands

    def event(self, event: QEvent) -> bool:
        """Its own keys; all others go on to the shortcuts, as the drawer stays while one works."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_mine(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  Qt's name
        """Tab walks its buttons."""
        self.walk(1 if next else -1)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Earlier, later, scroll, replay, close."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._commands.send(StepEvidence(_STEPS[key]))
        elif key in _SCROLLS:
            self.scroll_by(_SCROLLS[key])
        elif key in _PAGES:
            self.scroll_by(_PAGES[key] * (self._page().height() - ROW))
        elif key in _WALKS:
            self.walk(_WALKS[key])
        elif key in _ENTERS:
            self._commands.send(ShowEvidence())
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll."""
        self.scroll_by(-event.angleDelta().y() / NOTCH * 3 * ROW)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the keys; what lies below hears nothing of it."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    # painting

    def paint(self, painter: QPainter) -> None:
        """Heading, the page as far as it is scrolled, what keys do."""
        self._paint_heading(painter)
        page, theme = self._page(), self._theme
        painter.save()
        painter.setClipRect(page.adjusted(-PADDING + 1, 0, PADDING - 1, 0))
        y = page.top() - self._scrolled
        for line, high in zip(self._lines, self._heights(), strict=True):
            if y + high > page.top() and y < page.bottom():
                self._paint_line(painter, line, QRectF(page.left(), y, page.width(), high))
            y += high
        painter.restore()
        self._paint_thumb(painter, page)
        line_across(painter, 1, self.height() - FOOT, self.width() - 2, theme.color("line"))
        foot = QRectF(PADDING, self.height() - 26, self.width() - 2 * PADDING, 22)
        paint_text(painter, theme, foot, "label", "text3", HINT)

    def _paint_heading(self, painter: QPainter) -> None:
        it, theme = self._state.detection, self._theme
        if it is None:
            return
        token = "bid" if it.is_bid else "ask"
        painter.fillRect(QRectF(1, 10, EDGE, HEADING - 20), theme.color(token))
        title, where, moment, number = self.heading()
        line = QRectF(PADDING, 8, self.width() - 2 * PADDING, 24)
        taken = paint_text(painter, theme, line, "number_bold", token, where, right=True)
        paint_text(painter, theme, line.adjusted(0, 0, -taken - 12, 0), "title", "text1", title)
        paint_text(painter, theme, line.translated(0, 22), "axis", "text2", moment)
        ink = "aging" if self._waits else "text3"
        paint_text(painter, theme, line.translated(0, 40), "label", ink, number)
        line_across(painter, 1, HEADING - 1, self.width() - 2, theme.color("line"))

    def _paint_line(self, painter: QPainter, line: Line, area: QRectF) -> None:
        theme = self._theme
        places = PLACES.get(line.of or line.kind, ((0.0, 1.0, False),))
        if line.kind == HEAD:
            area = area.adjusted(0, 8, 0, 0)
        for number, (cell, ink, (left, right, at_right)) in enumerate(
            zip(line.cells, line.inks, places, strict=False)
        ):
            spot = QRectF(
                area.left() + left * area.width(), area.top(), (right - left) * area.width(), area.height()
            )
            is_name = not at_right and number != 1
            role = ROLES.get(line.kind, "label" if is_name else "number")
            paint_text(painter, theme, spot, role, ink, cell, right=at_right)

    def _paint_thumb(self, painter: QPainter, page: QRectF) -> None:
        whole = sum(self._heights())
        if whole <= page.height():
            return
        length = max(page.height() * page.height() / whole, 16.0)
        top = page.top() + (page.height() - length) * self._scrolled / max(whole - page.height() + ROW / 2, 1.0)
        painter.fillRect(
            QRectF(self.width() - 5, min(top, page.bottom() - length), 3, length), self._theme.color("line2")
        )


def _is_mine(event: QKeyEvent) -> bool:
    return event.key() in _MINE and not event.modifiers() & ~_PLAIN
