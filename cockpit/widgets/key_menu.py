"""Menus that belong to the keyboard: their plain keys are their own, and the first entry is chosen at once."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu

from cockpit.widgets.surface import keeps_plain


class KeyMenu(QMenu):
    """A menu that keeps plain keys from the shortcuts of the window: a letter finds an entry, no symbol."""

    def event(self, arg__1: QEvent) -> bool:
        """Plain keys are meant for the menu."""
        return keeps_plain(arg__1) or super().event(arg__1)

    def addMenu(self, *given: Any) -> Any:
        """As Qt's; a submenu made from a title keeps plain keys as well."""
        if not isinstance(given[-1], str):
            return super().addMenu(*given)
        made = KeyMenu(given[-1], self)
        made.setAccessibleName(given[-1].replace("&", ""))
        super().addMenu(made)
        return made

    def open_at(self, at: QPoint) -> None:
        """Open there with the first entry chosen, so that Enter and arrows act at once."""
        self.popup(at)
        # not by ``setActiveAction``, which opens the submenu of a first entry that has one
        down = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self, down)
