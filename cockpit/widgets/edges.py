"""The mark of provenance around a window: a frame for REPLAY, a hatched strip for SIMULATED (``design.md`` 5)."""

from typing import Final

from PySide6.QtCore import QMargins, QRect
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cockpit.state.views import Provenance
from cockpit.widgets.theme import Theme

FRAME: Final = 3
STRIP: Final = 4
_HATCH_STEP: Final = 6


def frame_margins(provenance: Provenance | None) -> QMargins:
    """Room the frame needs around a window's content."""
    return QMargins(FRAME, FRAME, FRAME, FRAME) if provenance is Provenance.REPLAY else QMargins()


def paint_frame(painter: QPainter, area: QRect, theme: Theme, provenance: Provenance | None) -> None:
    """Fill the room of ``frame_margins`` along the edges of ``area``."""
    if provenance is not Provenance.REPLAY:
        return
    color = theme.color("replay")
    inner = area.marginsRemoved(frame_margins(provenance))
    for side in (
        QRect(area.left(), area.top(), area.width(), FRAME),
        QRect(area.left(), inner.bottom() + 1, area.width(), FRAME),
        QRect(area.left(), area.top(), FRAME, area.height()),
        QRect(inner.right() + 1, area.top(), FRAME, area.height()),
    ):
        painter.fillRect(side, color)


class SimulatedStrip(QWidget):
    """4 px of hatching under a top bar; visible while the data is simulated."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(STRIP)
        self.hide()

    def show_for(self, provenance: Provenance | None) -> None:
        """Appear for SIMULATED, else go."""
        self.setVisible(provenance is Provenance.SIMULATED)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hatch."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg0"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("sim"), 2))
        for x in range(-STRIP, self.width() + STRIP, _HATCH_STEP):
            painter.drawLine(x, STRIP, x + STRIP, 0)
