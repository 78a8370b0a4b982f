"""What opens over a window: a raised child of the active window that takes the keys until it is left.

A child, never a window of its own: a dialog loses the keys that are typed while it maps. Measured on X11 (see
``desktop-testing.md`` 3): ``nqz5`` typed without pauses came out as ``NQZAAPL``; a child lost none.
"""

from collections.abc import Callable
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from cockpit.state.views import WorkspaceState
from cockpit.widgets.theme import Theme

WIDE: Final = 590  # palette and symbol search (design.md 7)
NARROW: Final = 380
ENTRY: Final = 480  # one line that says what would be valid
TOP: Final = 56  # below the top bar
MARGIN: Final = 12  # to the window's edges
RADIUS: Final = 6.0
SLIDE: Final = 16  # logical pixels a drawer comes down
HEAD: Final = 50

_PLAIN: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_STEPS: Final = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


def is_plain(event: QKeyEvent) -> bool:
    """Whether a key belongs to whoever has the focus: no Ctrl, Alt or Meta, and no F-key."""
    only_plain = not (event.modifiers() & ~_PLAIN)
    return only_plain and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35


def keeps_plain(event: QEvent) -> bool:
    """Whether it is Qt's question who a plain key is for; then it is answered: the widget that was asked."""
    if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_plain(event):
        event.accept()
        return True
    return False


class TypedLine(QLineEdit):
    """A text field that keeps every plain key from the shortcuts, also arrows, Tab and Esc.

    Signals:
        stepped: Arrow, page or Tab keys; rows to move by.
        entered: Enter; whether Shift was down.
        escaped: Esc.
        abandoned: The focus went elsewhere in the window.
    """

    stepped = Signal(int)
    entered = Signal(bool)
    escaped = Signal()
    abandoned = Signal()

    def __init__(self, theme: Theme, parent: QWidget, role: str = "title") -> None:
        super().__init__(parent)
        self.setFrame(False)
        font = theme.font(role)
        font.setWeight(font.Weight.Normal)
        font.setPixelSize(16)
        self.setFont(font)
        # the application's sheet gives every field a well and a border; this one stands on the surface itself
        self.setStyleSheet(
            f"QLineEdit {{ background: transparent; border: none; padding: 0; color: {theme.tokens['text1']}; }}"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, on=False)

    def event(self, arg__1: QEvent) -> bool:
        """Keep plain keys; let Ctrl+K through, which Qt would take for deleting."""
        if keeps_plain(arg__1):
            return True
        is_question = arg__1.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(arg__1, QKeyEvent) and arg__1.key() == Qt.Key.Key_K:
            arg__1.ignore()
            return False
        return super().event(arg__1)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  Qt's name
        """Tab walks the rows, not the widgets."""
        del next
        return False

    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        """Rows, Enter and Esc; the rest edits."""
        step = _STEPS.get(Qt.Key(arg__1.key()))
        if step is not None:
            self.stepped.emit(step)
        elif arg__1.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(bool(arg__1.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif arg__1.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(arg__1)

    def focusOutEvent(self, arg__1: QFocusEvent) -> None:
        """Going to another window or a menu keeps it open; a click beside it does not."""
        super().focusOutEvent(arg__1)
        stays = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if arg__1.reason() not in stays:
            self.abandoned.emit()


class Surface(QWidget):
    """The raised ground. Made for one use: ``show_over`` opens it, ``leave`` ends it.

    Signals:
        left: It has gone.
    """

    left = Signal()
    name = ""  # of the kind of surface
    slides = False  # whether it is a drawer that comes into its place

    def __init__(self, window: QWidget, theme: Theme, width: int, height: int) -> None:
        super().__init__(window)
        self._theme = theme
        self._over_window = window
        self._wanted = (width, height)
        self._before: QWidget | None = None
        self._over: QRect | None = None
        self._is_left = False
        window.installEventFilter(self)

    @property
    def is_left(self) -> bool:
        """Whether it has been left; it must not be used then."""
        return self._is_left

    def show_over(self, focus: QWidget, over: QRect | None = None, home: QWidget | None = None) -> None:
        """Appear and take the keys at once.

        Args:
            focus: The child that gets them.
            over: Place in the window to stand over; None: the window's upper middle.
            home: Who gets the keys at the end when nobody has them now.
        """
        self._before = QApplication.focusWidget() or home
        self._over = over
        self.place()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def type(self, text: str) -> None:
        """Add typed text as if it came from the keyboard; kinds without a field have no use for it."""

    def draw(self, workspace: WorkspaceState) -> None:
        """Follow the market while open; most kinds show nothing that moves."""

    def resize_to(self, height: int) -> None:
        """Another height at the same place."""
        self._wanted = (self._wanted[0], height)
        self.place()

    def place(self) -> None:
        """Stand where it belongs, inside the window."""
        room = self._over_window.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        width, height = min(self._wanted[0], room.width()), min(self._wanted[1], room.height())
        over = self._over or room
        top = TOP if self._over is None else over.top() + MARGIN
        corner = QPoint(over.center().x() - width // 2, top)
        x = min(max(corner.x(), room.left()), room.right() + 1 - width)
        y = min(max(corner.y(), room.top()), room.bottom() + 1 - height)
        self.setGeometry(x, y, width, height)

    def slide(self, part: float) -> None:
        """Be so far on the way to its place, 0 to 1; keys and mouse act from the first moment."""
        if not self._is_left:
            self.place()
            self.move(self.x(), self.y() - round((1.0 - part) * SLIDE))

    def leave(self) -> None:
        """Go, and give the keys back to who had them."""
        holder = QApplication.focusWidget()
        if holder is None or self.isAncestorOf(holder) or holder is self:
            # before hiding: a focused widget that is hidden passes the keys on to whatever comes next
            self._give_back()
        self._go()

    def _give_back(self) -> None:
        before = self._before
        self._is_left = True  # losing the focus now is no reason to be abandoned
        if before is not None and shiboken6.isValid(before) and before.isVisible() and before.window().isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._over_window.setFocus(Qt.FocusReason.OtherFocusReason)

    def abandon(self) -> None:
        """Go because the user went elsewhere."""
        if not self._is_left:
            self._go()

    def abandon_outside(self) -> None:
        """Go if the keys went out of the surface; from its field to one of its buttons they stay inside."""
        holder = QApplication.focusWidget()
        if holder is None or not self.isAncestorOf(holder):
            self.abandon()

    def walk(self, by: int) -> None:
        """Give the keys to the next thing in the surface that takes them, round and round."""
        strong = Qt.FocusPolicy.TabFocus
        stops = [each for each in self.findChildren(QWidget) if each.focusPolicy() & strong and each.isVisible()]
        holder = QApplication.focusWidget()
        if stops:
            at = stops.index(holder) + by if holder in stops else 0
            stops[at % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)

    def _go(self) -> None:
        self._is_left = True
        self._over_window.removeEventFilter(self)
        self.hide()
        self.left.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize and not self._is_left:
            self.place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Raised ground with a fine edge."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line2"), 1.0))
        painter.setBrush(self._theme.color("bg2"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        self.paint(painter)

    def paint(self, painter: QPainter) -> None:
        """Draw what a kind of surface shows besides its children."""


class FieldLine(TypedLine):
    """A typed line in a surface with buttons: Tab walks to them."""

    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        """Tab leaves the field; the rest as ever."""
        step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(arg__1.key()))
        surface = self.parentWidget()
        if step is not None and isinstance(surface, Surface):
            surface.walk(step)
        else:
            super().keyPressEvent(arg__1)


class SurfaceButton(QPushButton):
    """A button in a surface: Space and Enter press it, Tab walks on, Esc leaves the surface.

    Args:
        act: What a press does.
    """

    def __init__(self, surface: Surface, text: str, act: Callable[[], object]) -> None:
        super().__init__(text, surface)
        self._surface = surface
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text)
        self.clicked.connect(lambda: act())

    def event(self, e: QEvent) -> bool:
        """Plain keys are meant for the button while it has them."""
        return keeps_plain(e) or super().event(e)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  Qt's name
        """Tab stays in the surface."""
        self._surface.walk(1 if next else -1)
        return True

    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        """Enter presses, Esc leaves."""
        if arg__1.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif arg__1.key() == Qt.Key.Key_Escape:
            self._surface.leave()
        else:
            super().keyPressEvent(arg__1)

    def focusOutEvent(self, arg__1: QFocusEvent) -> None:
        """A click elsewhere ends the surface."""
        super().focusOutEvent(arg__1)
        if arg__1.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._surface.abandon_outside()


def surface_with_keys() -> Surface | None:
    """The surface that has the keys now, for whoever would take them: a person types into it."""
    at = QApplication.focusWidget()
    while at is not None and not isinstance(at, Surface):
        at = at.parentWidget()
    return at
