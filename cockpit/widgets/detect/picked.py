"""A list in a panel that grows at its head: the row that is picked, and those in view, stay the same ones."""

from collections.abc import Hashable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.widgets.panel import PanelContext
from cockpit.widgets.pick_list import NOTCH
from cockpit.widgets.tips import TipSource

_OPENS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_PAGES: Final = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_ENDS: Final = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_MINE: Final = frozenset((*_OPENS, *_STEPS, *_PAGES, *_ENDS))


class PickedRows(QWidget):
    """The hands of such a list; kinds of it say what the rows are, where they stand, and what opening one does."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._theme, self._commands = context.theme, context.commands
        self._picked: Hashable | None = None  # id of the row; None: the first
        self._first = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        TipSource(self, context.tips, self.tip_at)

    # what kinds say

    def ids(self) -> Sequence[Hashable]:
        """What each row is known by, first to last."""
        raise NotImplementedError

    def fit(self) -> int:
        """Rows that have room."""
        raise NotImplementedError

    def row_at(self, spot: QPointF) -> int | None:
        """The row there; None where there is none."""
        raise NotImplementedError

    def open_row(self, row: int) -> None:
        """Enter, or a click."""
        raise NotImplementedError

    def tip_at(self, spot: QPointF) -> str:
        """What the tooltip there says."""
        raise NotImplementedError

    # rows

    @property
    def row(self) -> int:
        """Place of the picked row."""
        ids = self.ids()
        return ids.index(self._picked) if self._picked in ids else 0

    @property
    def first(self) -> int:
        """Place of the first row in view."""
        return self._first

    def renewed(self, before: Sequence[Hashable]) -> None:
        """The rows are others now: stay at the same ones, at the head where it was in view."""
        ids = self.ids()
        if self._first and self._first < len(before) and before[self._first] in ids:
            self._first = ids.index(before[self._first])
        self.shift(0)

    def pick(self, row: int) -> None:
        """Pick a row and bring it into view."""
        ids = self.ids()
        if ids:
            row = min(max(row, 0), len(ids) - 1)
            self._picked = ids[row]
            self._first = max(min(self._first, row), row - self.fit() + 1, 0)
        self.shift(0)

    def shift(self, by: int) -> None:
        """Show rows further down, or up."""
        self._first = min(max(self._first + by, 0), max(len(self.ids()) - self.fit(), 0))
        self.update()

    def scroll_rows(self, rows: int) -> None:
        """Show rows that stand higher, or lower; what keys do to a ladder."""
        self.shift(-rows)

    def visible_rows(self) -> int:
        """Whole rows in view."""
        return max(self.fit(), 1)

    # hands

    def event(self, event: QEvent) -> bool:
        """Arrows and pages are the list's while it has the keys; the tooltip of what is under the pointer."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _MINE and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick by arrows and pages, open by Enter."""
        key, rows = Qt.Key(event.key()), len(self.ids())
        if key in _OPENS and rows:
            self.pick(self.row)
            self.open_row(self.row)
        elif key in _STEPS:
            self.pick(self.row + _STEPS[key])
        elif key in _PAGES:
            self.pick(self.row + _PAGES[key] * max(self.fit() - 1, 1))
        elif key in _ENDS:
            self.pick(0 if _ENDS[key] == 0 else rows - 1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click picks and opens."""
        row = self.row_at(event.position())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pick(row)
            self.open_row(row)
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by rows."""
        self.shift(-round(event.angleDelta().y() / NOTCH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another height has room for more rows."""
        super().resizeEvent(event)
        self.shift(0)
