"""The header every panel wears: what it shows, of which link group, how old, from where (``design.md`` 5)."""

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.state.views import Head, Provenance, Second
from cockpit.widgets.glyphs_state import (
    CHIP,
    age_chip_forms,
    age_chip_text,
    age_chip_width,
    draw_age_chip,
    draw_link_chip,
    draw_provenance,
    provenance_width,
    text_width,
)
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.theme import HEADER, Theme

_LEFT: Final = 8.0
_GAP: Final = 8.0
_DOTS: Final = 26.0  # width of the area that opens the menu
_ACCENT: Final = 2
_BETWEEN: Final = 14.0  # tag and age chip


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    role: str
    token: str


class PanelHeader(QWidget):
    """Hand-painted; 30 px. Drags and clicks come out as signals, the frame around it decides what they mean.

    Signals:
        pressed: A mouse button went down anywhere on it.
        menu_wanted: The dots were clicked, or the right button; global position.
        link_wanted: The link chip was clicked; global position.
        double_clicked: Left double click beside the dots and the chip.
        dragged: The pointer left the place of the press by more than a drag distance; carries the move event
            and the global position of the press.
        drag_moved, drag_ended: What followed.
        renamed: What the panel is called in a tab or a window's title has changed: ``ESH4 5m``, ``ESH4 Ladder``.
    """

    renamed = Signal(str)

    pressed = Signal()
    menu_wanted = Signal(QPoint)
    link_wanted = Signal(QPoint)
    double_clicked = Signal()
    dragged = Signal(QMouseEvent, QPointF)
    drag_moved = Signal(QMouseEvent)
    drag_ended = Signal(QMouseEvent)

    def __init__(self, title: str, theme: Theme, linkable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._theme = theme
        self._linkable = linkable
        self._head = Head()
        self._focused = False
        self._over_dots = False
        self._pressed_at: QPointF | None = None
        self._dragging = False
        self._doubled = False
        self._name = title
        self._aged = True
        self.setFixedHeight(HEADER)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._describe()

    def show_head(self, head: Head) -> None:
        """Show another head; nothing is repainted when it prints the same: ages grow with every frame."""
        before, self._head = self._head, head
        if _printed(head) != _printed(before):
            self._describe()
            self.update()

    def show_provenance(self, provenance: Provenance | None) -> None:
        """Show where the data comes from on a panel whose state has no head: a tag without an age."""
        self._aged = False
        self.show_head(Head(provenance=provenance))

    def show_focus(self, focused: bool) -> None:
        """Draw or take away the accent line."""
        if focused != self._focused:
            self._focused = focused
            self.update()

    @property
    def head(self) -> Head:
        """What it shows."""
        return self._head

    @property
    def is_focused(self) -> bool:
        """Whether it wears the accent line."""
        return self._focused

    def sizeHint(self) -> QSize:
        """Any width, 30 high."""
        return QSize(240, HEADER)

    def words(self) -> tuple[str, ...]:
        """What stands on the left, as far as there is room, from left to right."""
        return tuple(word.text for word in self._fitting(self._right_edge()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, accent line, left words, right marks."""
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg2"))
        line_at_foot(painter, 0, self.height(), self.width(), theme.color("line"))
        if self._focused:
            painter.fillRect(0, 0, self.width(), _ACCENT, theme.color("accent"))
        self._paint_right(painter)
        middle, left = self._middle(), _LEFT
        if self._linkable:
            draw_link_chip(painter, theme, left, middle, self._head.link)
            left += CHIP + _GAP
        for word in self._fitting(self._right_edge()):
            painter.setFont(theme.font(word.role))
            painter.setPen(theme.color(word.token))
            wide = text_width(theme, word.role, word.text)
            painter.drawText(QRectF(left, 0, wide + 2, HEADER), Qt.AlignmentFlag.AlignVCenter, word.text)
            left += wide + _GAP

    def _paint_right(self, painter: QPainter) -> None:
        self._paint_dots(painter)
        edge, middle = self.width() - _DOTS - 2, self._middle()
        if self._head.provenance is None:
            return
        if self._aged:
            edge = draw_age_chip(painter, self._theme, edge, middle, self._head.freshness, self._chip()) - _BETWEEN
        edge -= provenance_width(self._theme, self._head.provenance)
        draw_provenance(painter, self._theme, edge, middle, self._head.provenance)
        second = self._shown_second()
        if second is not None:
            draw_age_chip(painter, self._theme, edge - _BETWEEN, middle, second.freshness, _second_text(second))

    def _paint_dots(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._dots_color())
        middle = QPointF(self.width() - _DOTS / 2 - 2, self._middle())
        for step in (-5, 0, 5):
            painter.drawEllipse(middle + QPointF(step, 0), 1.3, 1.3)
        painter.restore()

    def _dots_color(self) -> QColor:
        return self._theme.color("text1" if self._over_dots else "text2")

    def _middle(self) -> float:
        return (HEADER - 1) / 2 + 0.5

    def _right_edge(self) -> float:
        """Where the left words must end."""
        provenance = self._head.provenance
        if provenance is None:
            return self.width() - _DOTS - _GAP
        if not self._aged:
            return self._tag_edge()
        edge, second = self._age_edge(), self._shown_second()
        return edge if second is None else edge - self._second_width(second)

    def _age_edge(self) -> float:
        """Where the left words must end beside the age chip and the tag alone."""
        return self._tag_edge() - age_chip_width(self._theme, self._head.freshness, self._chip()) - _BETWEEN

    def _second_width(self, second: Second) -> float:
        return age_chip_width(self._theme, second.freshness, _second_text(second)) + _BETWEEN

    def _shown_second(self) -> Second | None:
        """The second source where its chip leaves room for symbol and interval."""
        second = self._head.second
        if second is None or not self._aged:
            return None
        room = self._age_edge() - self._left() - self._width(self._words()[:2])
        return second if self._second_width(second) <= room else None

    def _tag_edge(self) -> float:
        """Where the left words would have to end if there was no age chip."""
        provenance = self._head.provenance
        tag = 0.0 if provenance is None else provenance_width(self._theme, provenance)
        return self.width() - _DOTS - 2 - tag - _GAP

    def _chip(self) -> str:
        """The longest text of the age chip that leaves room for the symbol."""
        room = self._tag_edge() - _BETWEEN - self._left() - self._width(self._words()[:1])
        forms = age_chip_forms(self._head.freshness, self._head.age_ns)
        fitting = (text for text in forms if age_chip_width(self._theme, self._head.freshness, text) <= room)
        return next(fitting, "")

    def _left(self) -> float:
        return _LEFT + (CHIP + _GAP if self._linkable else 0.0)

    def _fitting(self, edge: float) -> list[_Word]:
        """The words that fit: the note goes first, then the panel's name, then the interval."""
        words = self._words()
        left = self._left()
        while len(words) > 1 and left + self._width(words) > edge:
            words.pop()
        return words

    def _width(self, words: list[_Word]) -> float:
        return sum(text_width(self._theme, word.role, word.text) + _GAP for word in words)

    def _words(self) -> list[_Word]:
        head, instrument = self._head, self._head.instrument
        if instrument is None or self._title.startswith(f"{instrument.raw} "):
            words = [_Word(self._title, "title", "text1")]  # the title says the instrument: ``VIX regime``
        else:
            words = [_Word(instrument.raw, "title", "text1")]
            if head.interval:
                words.append(_Word(head.interval, "number", "text1"))
            else:
                words.append(_Word(self._title, "body", "text3"))  # a chart is known by symbol and interval
        if head.note:
            words.append(_Word(head.note, "label", "text3"))
        return words

    def _describe(self) -> None:
        """For screen readers, and as the tooltip: everything, also what did not fit; and the name."""
        head = self._head
        self._rename(" ".join(word.text for word in self._words() if word.token != "text3" or word.role == "body"))
        parts = [word.text for word in self._words()]
        if head.provenance is not None:
            parts.append(head.provenance.value)
            if self._aged:
                parts.append(age_chip_text(head.freshness, head.age_ns))
        if head.second is not None:
            parts.append(_second_text(head.second))
        if head.reason:
            parts.append(head.reason)
        self.setAccessibleName(" \N{MIDDLE DOT} ".join(parts))
        self.setToolTip(head.reason)

    def call_after(self, symbol: str, interval: str) -> None:
        """Be called after a pane that is not drawn, because it is behind another tab; no symbol: by the title."""
        raw = symbol.rpartition(".")[0] or symbol
        self._rename(f"{raw} {interval or self._title}" if raw else self._title)

    def _rename(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self.renamed.emit(name)

    # mouse

    def _on_dots(self, at: QPointF) -> bool:
        return at.x() >= self.width() - _DOTS

    def _on_chip(self, at: QPointF) -> bool:
        return self._linkable and at.x() < _LEFT + CHIP + _GAP / 2

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left: focus, dots, chip, or the start of a drag. Right: the menu."""
        self.pressed.emit()
        event.accept()
        self._dragging, self._doubled, self._pressed_at = False, False, None
        if event.button() == Qt.MouseButton.RightButton or self._on_dots(event.position()):
            self.menu_wanted.emit(event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton and self._on_chip(event.position()):
            self.link_wanted.emit(event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the dots, or drag."""
        over = self._on_dots(event.position())
        if over != self._over_dots:
            self._over_dots = over
            self.update()
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if self._dragging:
            self.drag_moved.emit(event)
            return
        away = (event.globalPosition() - self._pressed_at).manhattanLength()
        if away >= QApplication.startDragDistance():
            self._dragging = True
            self.dragged.emit(event, self._pressed_at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or do what the double click asked for.

        Not before the button is up: a window that goes with the button down takes the release with it, and Qt then
        takes the next drag for the end of this one (seen under X11).
        """
        self._pressed_at = None
        if self._dragging:
            self._dragging = False
            self.drag_ended.emit(event)
        elif self._doubled:
            self._doubled = False
            self.double_clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Remember it for the release."""
        aside = self._on_dots(event.position()) or self._on_chip(event.position())
        if event.button() == Qt.MouseButton.LeftButton and not aside:
            self._doubled = True

    def enterEvent(self, event: QEnterEvent) -> None:
        """Nothing is lit until the pointer is on the dots."""
        self._over_dots = self._on_dots(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Put the dots out."""
        self._over_dots = False
        self.update()


def _printed(head: Head) -> tuple[Head, str, str]:
    """The head as it is read: with the ages as their texts."""
    second = head.second
    still = None if second is None else replace(second, age_ns=0)
    text = age_chip_text(head.freshness, head.age_ns)
    return replace(head, age_ns=None, second=still), text, "" if second is None else _second_text(second)


def _second_text(second: Second) -> str:
    """``chain 72 s``."""
    return f"{second.name} {age_chip_text(second.freshness, second.age_ns)}"
