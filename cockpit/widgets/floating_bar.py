"""The bar of a floating window: title, monitor, pin, dock back, minimise, maximise, close (``floating.png``)."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QWidget

from cockpit.widgets.icons import paint_icon
from cockpit.widgets.monitors import in_order
from cockpit.widgets.style import TITLE_BAR
from cockpit.widgets.theme import Theme

_BUTTON: Final = QSize(28, 26)
_OURS: Final = "cockpit.bar"


class BarButton(QAbstractButton):
    """One icon; lit when checked. Never takes the focus from a chart.

    Args:
        act: Called with the window the button is in; asked anew each time, since docking deletes it.
    """

    def __init__(self, theme: Theme, icon: str, words: str, act: Callable[[Any], object]) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedSize(_BUTTON)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: act(self.window()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon on nothing, on ``bg4`` under the pointer or when lit."""
        painter = QPainter(self)
        area = QRectF(self.rect())
        if self.isChecked() or self.underMouse():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("bg4"))
            painter.drawRoundedRect(area, 3, 3)
        paint_icon(painter, area, self._icon, self._theme.color("accent" if self.isChecked() else "text2"))


class BarTitle(QWidget):
    """``Ladder   monitor 2 at 150 %``: the window's title and where it is, both read when painted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def place(self) -> str:
        """Where the window is, in words."""
        screen = self.screen()
        number = next((i for i, one in enumerate(in_order(), 1) if one.name() == screen.name()), 1)
        return f"monitor {number} at {screen.devicePixelRatio() * 100:.0f} %"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title, then the place as far as it fits."""
        painter = QPainter(self)
        left = self._words(painter, 14, self.window().windowTitle(), "body", "text2") + 16
        if left + QFontMetricsF(self._theme.font("label")).horizontalAdvance(self.place()) < self.width():
            self._words(painter, left, self.place(), "label", "text3")

    def _words(self, painter: QPainter, left: float, text: str, role: str, token: str) -> float:
        font = self._theme.font(role)
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        painter.drawText(QRectF(left, 0, self.width() - left, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        return left + QFontMetricsF(font).horizontalAdvance(text)


def dress_bar(container: Any, theme: Theme, pin: Callable[[Any, bool], None], dock: Callable[[Any], None]) -> None:
    """Give a new floating window our buttons instead of QtAds' two.

    Args:
        container: The CFloatingDockContainer; it is handed to the callbacks and must not be kept.
        pin: Keep the window above the others, or no longer.
        dock: Bring its panels back.
    """
    bar = container.titleBarWidget()
    layout = bar.layout() if bar is not None else None
    if bar is None or not isinstance(layout, QBoxLayout) or bar.property(_OURS):
        return
    bar.setProperty(_OURS, True)
    bar.setFixedHeight(TITLE_BAR)
    rest = TITLE_BAR - _BUTTON.height()  # Qt gives the bar what its layout asks for, whatever its fixed height
    layout.setContentsMargins(0, rest // 2, 4, rest - rest // 2)
    for name in ("floatingTitleLabel", "floatingTitleMaximizeButton", "floatingTitleCloseButton"):
        theirs = bar.findChild(QWidget, name)
        if theirs is not None:
            theirs.hide()
    title = BarTitle(theme)
    layout.insertWidget(0, title, 1)
    container.windowTitleChanged.connect(title.update)
    pinned = BarButton(theme, "push-pin", "Always on top", lambda window: pin(window, pinned.isChecked()))
    pinned.setCheckable(True)
    pinned.setObjectName("pin")
    for button in (
        pinned,
        BarButton(theme, "arrow-square-in", "Dock back", dock),
        BarButton(theme, "minus", "Minimise", lambda window: window.showMinimized()),
        BarButton(theme, "square", "Maximise", lambda window: window.onMaximizeRequest()),
        BarButton(theme, "x", "Close", lambda window: window.close()),
    ):
        layout.addWidget(button)


def show_pinned(container: Any, pinned: bool) -> None:  # noqa: FBT001  a state, not an option
    """Light the pin, or put it out."""
    button = container.titleBarWidget().findChild(QAbstractButton, "pin")
    if button is not None:
        button.setChecked(pinned)
