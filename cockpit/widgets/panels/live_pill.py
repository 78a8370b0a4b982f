"""``Live ›``: the way back to now, in the corner of a plot that was scrolled away."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from cockpit.widgets.actions import words
from cockpit.widgets.theme import Theme

PILL_HEIGHT: Final = 26
PILL_GAP: Final = 12  # from the corner of the plot


class LivePill(QAbstractButton):
    """``Live ›`` with the number of bars that came since the chart was scrolled away."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font("strong"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Space and Tab belong to the chart
        self.setAccessibleName("Back to the newest bar")
        self.hide()

    def show_count(self, new_bars: int) -> None:
        """Show it with this number; 0 prints none."""
        self.setToolTip(words("chart.live", "Back to the newest bar"))
        text = f"Live › {new_bars:,}" if new_bars else "Live ›"
        if text != self.text():
            self.setText(text)
            self.resize(self.fontMetrics().horizontalAdvance(text) + 28, PILL_HEIGHT)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised box with the text in the accent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("line2"))
        painter.setBrush(self._theme.color("bg4" if self.underMouse() else "bg3"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(self.font())
        painter.setPen(self._theme.color("accent"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
