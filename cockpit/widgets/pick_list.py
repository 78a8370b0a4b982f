"""Rows to pick from: hand-painted, one selected, moved by keys or the mouse, scrolled when there are many."""

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cockpit.widgets.theme import Theme

ROW: Final = 38  # design.md 7
NOTCH: Final = 120  # one step of a mouse wheel, in eighths of a degree

Item = TypeVar("Item")


class PickList(QWidget, Generic[Item]):  # noqa: UP046  the [T] form needs Python 3.12
    """The rows.

    Args:
        paint_row: Draws one item into its row; told whether it is selected.
        picked: Called with the item that was clicked.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        paint_row: Callable[[QPainter, QRectF, Item, bool], None],
        picked: Callable[[Item], None],
    ) -> None:
        super().__init__(parent)
        self._theme, self._paint_row, self._picked = theme, paint_row, picked
        self._items: Sequence[Item] = ()
        self._words: Callable[[Item], str] | None = None
        self._selected = 0
        self._first = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)

    def show_items(self, items: Sequence[Item], keep: bool = False) -> None:
        """Show these; the first is selected, or with ``keep`` the row that was."""
        self._items = items
        self._selected = min(self._selected, max(len(items) - 1, 0)) if keep else 0
        self._first = self._first if keep else 0
        self._reveal()

    @property
    def items(self) -> Sequence[Item]:
        """What is shown, best first."""
        return self._items

    @property
    def selected(self) -> Item | None:
        """The selected item; None when there is none."""
        return self._items[self._selected] if self._items else None

    def step(self, by: int) -> None:
        """Move the selection; one step past an end goes round, a page stops there."""
        count = len(self._items)
        if count:
            to = self._selected + by
            self._selected = to % count if abs(by) == 1 else min(max(to, 0), count - 1)
            self._reveal()

    def _rows(self) -> int:
        return max(self.height() // ROW, 1)

    def describe(self, words: Callable[[Item], str]) -> None:
        """Let a screen reader hear the selected item, in these words, whenever it changes."""
        self._words = words
        self._tell()

    def _tell(self) -> None:
        selected = self.selected
        told = "" if self._words is None or selected is None else self._words(selected)
        if told != self.accessibleDescription():
            self.setAccessibleDescription(told)

    def _reveal(self) -> None:
        rows = self._rows()
        self._first = min(max(self._first, self._selected - rows + 1), self._selected)
        self._first = max(min(self._first, len(self._items) - rows), 0)
        self._tell()
        self.update()

    def _row_at(self, y: float) -> int | None:
        row = self._first + int(y // ROW)
        return row if 0 <= row < len(self._items) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer selects."""
        row = self._row_at(event.position().y())
        if row is not None and row != self._selected:
            self._selected = row
            self._tell()
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click picks."""
        row = self._row_at(event.position().y())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._picked(self._items[row])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by rows."""
        by = -round(event.angleDelta().y() / NOTCH)
        self._first = max(min(self._first + by, len(self._items) - self._rows()), 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows in view, the selected one raised with the needle's edge, a thumb when there are more."""
        del event
        painter = QPainter(self)
        theme = self._theme
        for place, item in enumerate(self._items[self._first : self._first + self._rows()]):
            area = QRectF(1, place * ROW, self.width() - 2, ROW - 2)
            selected = self._first + place == self._selected
            if selected:
                painter.fillRect(area, theme.color("bg4"))
                painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), theme.color("accent"))
            self._paint_row(painter, area, item, selected)
        self._paint_thumb(painter)

    def _paint_thumb(self, painter: QPainter) -> None:
        count, rows = len(self._items), self._rows()
        if count > rows:
            high = self.height()
            top, length = high * self._first / count, max(high * rows / count, 16.0)
            area = QRectF(self.width() - 5, min(top, high - length), 3, length)
            painter.fillRect(area, self._theme.color("line2"))


def paint_text(
    painter: QPainter, theme: Theme, area: QRectF, role: str, token: str, text: str, right: bool = False
) -> float:
    """One run of text on the middle of an area, cut with an ellipsis where it does not fit; returns its width."""
    font = theme.font(role)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(area.width(), 0.0))
    wide = metrics.horizontalAdvance(shown)
    left = area.right() - wide if right else area.left()
    painter.setFont(font)
    painter.setPen(theme.color(token))
    painter.drawText(QPointF(left, area.center().y() + (metrics.ascent() - metrics.descent()) / 2), shown)
    return wide


def paint_match(
    painter: QPainter, theme: Theme, area: QRectF, role: str, token: str, text: str, marked: Sequence[int]
) -> None:
    """Text whose matched letters stand in the accent and bold; cut where it does not fit."""
    font, bold = theme.font(role), theme.font(role)
    bold.setWeight(bold.Weight.DemiBold)
    plain_metrics, bold_metrics = QFontMetricsF(font), QFontMetricsF(bold)
    shown = plain_metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(area.width(), 0.0))
    base = area.center().y() + (plain_metrics.ascent() - plain_metrics.descent()) / 2
    left = area.left()
    for lit, run in _runs(shown, frozenset(marked)):
        painter.setFont(bold if lit else font)
        painter.setPen(theme.color("accent" if lit else token))
        painter.drawText(QPointF(left, base), run)
        left += (bold_metrics if lit else plain_metrics).horizontalAdvance(run)


def _runs(text: str, marked: frozenset[int]) -> list[tuple[bool, str]]:
    runs: list[tuple[bool, str]] = []
    for at, letter in enumerate(text):
        lit = at in marked
        if runs and runs[-1][0] == lit:
            runs[-1] = (lit, runs[-1][1] + letter)
        else:
            runs.append((lit, letter))
    return runs
