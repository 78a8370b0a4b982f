"""F12: what a frame costs, over the upper right corner of the window; takes neither keys nor clicks."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cockpit.instruments import DASH
from cockpit.state.screen import Screen
from cockpit.widgets.desk import FrameTimes
from cockpit.widgets.frame_clock import FrameStatistics
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import MARGIN, RADIUS, TOP
from cockpit.widgets.theme import HEADER, PADDING, Theme

WIDTH: Final = 248
LINE: Final = 22
EVERY_MS: Final = 500.0
JOB: Final = "performance-read-out"


def readings(frames: FrameStatistics, screen: Screen) -> tuple[tuple[str, str], ...]:
    """What the read-out prints: name and value, unknown ones as an en dash."""
    health, replay = screen.health.value, screen.replay.value
    reached = DASH if replay.reached is None else f"{replay.reached:,.1f}×"
    return (
        ("Frame p50", _ms(frames.p50_ms)),
        ("Frame p99", _ms(frames.p99_ms)),
        ("Frames drawn, 10 s", f"{frames.frames:,}"),
        ("Frame rate", f"{frames.rate_hz:.0f}" if frames.rate_hz else DASH),
        ("Pump turn p99", _ms(health.pump_p99_ms)),
        ("Replay speed", reached),
        ("Memory", DASH if health.memory_mb is None else f"{health.memory_mb:,.0f} MB"),
        ("Renderer", health.renderer.partition(":")[0] or DASH),
    )


def _ms(value: float | None) -> str:
    return DASH if value is None else f"{value:.1f} ms"


class Performance(QWidget):
    """The read-out. Made for one use: ``leave`` ends it.

    Args:
        clock: Gives the statistics, and wakes it twice a second.
    """

    def __init__(self, window: QWidget, theme: Theme, screen: Screen, clock: FrameTimes) -> None:
        super().__init__(window)
        self._over, self._theme, self._screen, self._clock = window, theme, screen, clock
        self._readings = readings(clock.statistics(), screen)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Performance")
        self._tell()
        window.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        clock.later(JOB, EVERY_MS, self._refresh)

    def text(self) -> tuple[tuple[str, str], ...]:
        """What it prints now."""
        return self._readings

    def _refresh(self) -> None:
        self._readings = readings(self._clock.statistics(), self._screen)
        self._tell()
        self.update()
        self._clock.later(JOB, EVERY_MS, self._refresh)

    def _tell(self) -> None:
        self.setAccessibleDescription(", ".join(f"{name} {value}" for name, value in self._readings))

    def _place(self) -> None:
        height = LINE * len(self._readings) + 2 * (PADDING - 4)
        self.setGeometry(self._over.width() - WIDTH - MARGIN, TOP + HEADER, WIDTH, height)

    def leave(self) -> None:
        """Go."""
        self._clock.cancel(JOB)
        self._over.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Raised ground, a line for each reading."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line2"), 1.0))
        painter.setBrush(theme.color("bg2"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        for place, (name, value) in enumerate(self._readings):
            line = QRectF(PADDING, PADDING - 4 + place * LINE, self.width() - 2 * PADDING, LINE)
            paint_text(painter, theme, line, "label", "text3", name)
            paint_text(painter, theme, line, "axis", "text1", value, right=True)
