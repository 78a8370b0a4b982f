"""A drag that starts on a panel's header and is carried out by QtAds.

QtAds drags by the tab, or by the bar of a floating window. A lone panel shows no tab, so its header hands the mouse
events on to the one that is meant; both take them as their own, hidden or not.
"""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.widgets.header import PanelHeader


class HeaderDrag(QObject):
    """Hands one header's drags on.

    Args:
        header: Where drags start.
        handle: The widget that QtAds drags by, asked when a drag starts.
    """

    def __init__(self, header: PanelHeader, handle: Callable[[], QWidget]) -> None:
        super().__init__(header)
        self._ask = handle
        self._handle: QWidget | None = None
        header.dragged.connect(self._begin)
        header.drag_moved.connect(self._go_on)
        header.drag_ended.connect(self._end)

    def _begin(self, event: QMouseEvent, pressed_at: QPointF) -> None:
        self._handle = self._ask()
        self._send(QEvent.Type.MouseButtonPress, pressed_at, Qt.MouseButton.LeftButton, event)
        self._go_on(event)

    def _go_on(self, event: QMouseEvent) -> None:
        self._send(QEvent.Type.MouseMove, event.globalPosition(), Qt.MouseButton.NoButton, event)

    def _end(self, event: QMouseEvent) -> None:
        self._send(QEvent.Type.MouseButtonRelease, event.globalPosition(), Qt.MouseButton.LeftButton, event)
        self._handle = None

    def _send(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, like: QMouseEvent) -> None:
        handle = self._handle
        if handle is None or not shiboken6.isValid(handle):  # the drop deleted the window it belonged to
            return
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
        local = handle.mapFromGlobal(at)
        QApplication.sendEvent(handle, QMouseEvent(kind, local, local, at, button, held, like.modifiers()))


class DoubleClick(QObject):
    """Calls back after a double click on a tab or a bar, when the button is up (see ``PanelHeader``)."""

    def __init__(self, widget: QWidget, act: Callable[[], None]) -> None:
        super().__init__(widget)
        self._act = act
        self._doubled = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the double click and the release after it; leave the rest."""
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self._doubled = True
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._doubled:
            self._doubled = False
            self._act()
            return True
        return False
