"""A surface of choices: a heading, rows of values, and what stands below them. Keys and mouse do the same."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.choice_rows import LINE, ChoiceRows, Row
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import MARGIN, Surface, keeps_plain
from cockpit.widgets.theme import PADDING, Theme

HEADING: Final = 44
FOOT: Final = 10
_STEPS: Final = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Backtab: -1,
}
_TURNS: Final = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
_ACTS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class RowsSurface(Surface):
    """The heading and the rows; kinds of it say which rows.

    Args:
        title: Heading.
        hint: What keys do here, right of it.
        width: Logical pixels.
        below: Logical pixels kept free below the rows.
    """

    slides = True

    def __init__(self, window: QWidget, theme: Theme, title: str, hint: str, width: int, below: int = 0) -> None:
        super().__init__(window, theme, width, HEADING + FOOT + below)
        self._title, self._hint, self._below = title, hint, below
        self.list = ChoiceRows(theme, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these rows and be as high as they need; what does not fit scrolls."""
        self.list.show_rows(rows)
        self.resize_to(HEADING + LINE * len(rows) + self._below + FOOT)
        self._describe()

    def _describe(self) -> None:
        row = self.list.selected
        self.setAccessibleDescription("" if row is None else f"{row.title}: {row.words}")

    def place(self) -> None:
        """Stand where it belongs, the rows between heading and foot."""
        super().place()
        high = max((self.height() - HEADING - self._below - FOOT) // LINE, 1) * LINE
        self.list.setGeometry(1, HEADING, self.width() - 2, high)

    @property
    def foot(self) -> QRectF:
        """What is free below the rows."""
        top = float(self.list.geometry().bottom() + 1)
        return QRectF(PADDING, top, self.width() - 2 * PADDING, self.height() - top - FOOT)

    def event(self, event: QEvent) -> bool:
        """Plain keys are meant for the rows; the others go on to the shortcuts."""
        return keeps_plain(event) or super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  Qt's name
        """Tab walks the rows, not the widgets."""
        del next
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down walk, left and right choose, Enter opens or goes on, Esc leaves."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.list.step(_STEPS[key])
        elif key in _TURNS:
            self.list.turn(_TURNS[key])
        elif key in _ACTS:
            self.list.act()
        elif key == Qt.Key.Key_Escape:
            self.leave()
            return
        if not self.is_left:
            self._describe()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere ends it."""
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.abandon()

    def paint(self, painter: QPainter) -> None:
        """The heading, then what the kind draws below."""
        theme = self._theme
        head = QRectF(PADDING, 0, self.width() - 2 * PADDING, HEADING)
        used = paint_text(painter, theme, head, "title", "text1", self._title)
        paint_text(painter, theme, head.adjusted(used + MARGIN, 0, 0, 0), "label", "text3", self._hint, right=True)
        painter.fillRect(QRectF(1, HEADING - 1, self.width() - 2, 1), theme.color("line"))
        self.paint_foot(painter, self.foot)

    def paint_foot(self, painter: QPainter, area: QRectF) -> None:
        """Draw what stands below the rows."""
