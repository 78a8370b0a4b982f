"""A line at the foot of a window that says why a key did nothing; it takes no keys and goes by itself."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cockpit.widgets.desk import Later
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import RADIUS
from cockpit.widgets.theme import BUTTON, PADDING, REPLAY_BAR, STATUS_BAR, Theme

SHOWN_MS: Final = 2500.0
JOB: Final = "hint"


class Hint(QWidget):
    """The line. Made for one use."""

    def __init__(self, window: QWidget, theme: Theme, text: str, later: Later) -> None:
        super().__init__(window)
        self._theme, self.text, self._later = theme, text, later
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(text)
        width = round(QFontMetricsF(theme.font("body")).horizontalAdvance(text)) + 2 * PADDING + 2
        below = window.height() - REPLAY_BAR - STATUS_BAR - BUTTON - PADDING
        self.setGeometry((window.width() - width) // 2, max(below, 0), width, BUTTON)
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))  # it is heard at once
        later.later(JOB, SHOWN_MS, self.leave)

    def leave(self) -> None:
        """Go now."""
        self._later.cancel(JOB)
        self.hide()
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Raised ground, one line."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line2"), 1.0))
        painter.setBrush(self._theme.color("bg3"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        area = QRectF(self.rect()).adjusted(PADDING, 0, -PADDING, 0)
        paint_text(painter, self._theme, area, "body", "text2", self.text)
