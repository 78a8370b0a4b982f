"""The bar at the bottom: one glyph, name and age per source; right, what frames cost (``design.md`` 5)."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cockpit.instants import span_text
from cockpit.instruments import DASH
from cockpit.state.governor import STEPS
from cockpit.state.views import FeedHealth, Freshness, HealthState, Load
from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.frame_clock import FrameStatistics
from cockpit.widgets.glyphs_state import GLYPH, age_chip_text, draw_freshness, state_color, text_width
from cockpit.widgets.hairline import line_across
from cockpit.widgets.theme import PADDING, STATUS_BAR, Theme

LEAST_SOURCES: Final = 0.4  # of the width, whatever there is to read on the right
TO_PIXEL: Final = "arrival to pixel"
_GAP: Final = 18
_QUIET: Final = (None, Freshness.FRESH)


class StatusBar(QWidget):
    """26 px, hand-painted.

    Args:
        renderer: What draws, ``raster`` or ``OpenGL``; the reason belongs to the health panel.
    """

    def __init__(self, theme: Theme, renderer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._renderer = renderer
        self._health = HealthState()
        self._frames = FrameStatistics()
        self._load = Load()
        self._shown: object = None
        self.setFixedHeight(STATUS_BAR)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def seen(self) -> bool:
        """Whether it is on the screen."""
        return self.isVisible()

    def draw(self, state: HealthState) -> None:
        """Show the sources; worst first, as the state has them."""
        self._health = state
        self._refresh()

    def show_frames(self, frames: FrameStatistics) -> None:
        """Show the cost of frames."""
        self._frames = frames
        self._refresh()

    def show_load(self, load: Load) -> None:
        """Show what is left out for want of time."""
        self._load = load
        self._refresh()

    def fail(self, reason: str) -> None:
        """A bar has no place to explain; the log and the notice do."""

    def sources(self) -> tuple[str, ...]:
        """What stands on the left: name and age of each source."""
        return tuple(f"{feed.name} {age_chip_text(feed.freshness, feed.age_ns)}" for feed in self._health.feeds)

    def readings(self) -> tuple[tuple[str, str], ...]:
        """Key and value of each reading on the right."""
        pixel = next((hop.spans for hop in self._health.hops if hop.name == TO_PIXEL), None)
        cost = self._frames.p99_ms
        return (
            ("event to pixel p99", DASH if pixel is None else span_text(pixel.p99_ns)),
            ("frame p99", DASH if cost is None else f"{cost:.1f} ms"),
            ("frame rate", f"{self._frames.rate_hz:.0f}" if self._frames.rate_hz else DASH),
            ("renderer", self._renderer),
        )

    def shedding(self) -> str:
        """What is left out, ``shedding: panels 30 Hz``; empty when nothing is."""
        return f"shedding: {', '.join(self._load.shed)}" if self._load.shed else ""

    def shedding_within(self, room: float) -> str:
        """The same in so many pixels: where they do not do, how much of it and the key of who says what."""
        text = self.shedding()
        if not text or self._wide(text, "label") <= room:
            return text
        return f"shedding {self._load.level} of {len(STEPS)}, {cap(by_id('health').keys[0])} says what"

    def _refresh(self) -> None:
        states = tuple(feed.freshness for feed in self._health.feeds)
        shown = (self.sources(), states, self.readings(), self.shedding())
        if shown != self._shown:
            self._shown = shown
            readings = (f"{key} {value}" for key, value in self.readings())
            words = (*self.sources(), *([self.shedding()] if self.shedding() else []), *readings)
            self.setAccessibleName(" \N{MIDDLE DOT} ".join(words))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Readings first; the sources take what room is left, and say how many did not fit."""
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg2"))
        line_across(painter, 0, 0, self.width(), theme.color("line"))
        edge = float(self.width() - PADDING)
        least = self._least_sources()
        for key, value in reversed(self.readings()):
            wide = self._wide(value, "axis") + 6 + self._wide(key, "label")
            if edge - wide < least:
                break
            self._text(painter, edge - self._wide(value, "axis"), value, "axis", "text2")
            self._text(painter, edge - wide, key, "label", "text3")
            edge -= wide + _GAP
        edge = self._paint_shedding(painter, edge)
        self._paint_sources(painter, edge)

    def _paint_shedding(self, painter: QPainter, edge: float) -> float:
        """In the hue of a warning. Returns the right end of the room that is left."""
        if not self._load.shed:
            return edge
        text = self.shedding_within(edge - self._least_sources())
        left = edge - self._wide(text, "label")
        self._text(painter, left, text, "label", "aging")
        return left - _GAP

    def _least_sources(self) -> float:
        """Room for the sources: what they need, at most a good part of the bar."""
        needed = PADDING + sum(self._feed_width(feed) + _GAP for feed in self._health.feeds)
        return min(needed, self.width() * LEAST_SOURCES)

    def _paint_sources(self, painter: QPainter, edge: float) -> None:
        left = float(PADDING)
        feeds = self._health.feeds
        for number, feed in enumerate(feeds):
            rest = len(feeds) - number - 1
            spare = self._wide(f"+{rest}", "label") + 6 if rest else 0.0
            if left + self._feed_width(feed) + spare > edge:
                self._text(painter, left, f"+{rest + 1}", "label", "text3")
                return
            left = self._paint_feed(painter, left, feed) + _GAP

    def _feed_width(self, feed: FeedHealth) -> float:
        age = age_chip_text(feed.freshness, feed.age_ns)
        return GLYPH + 8 + self._wide(feed.name, "label") + 8 + self._wide(age, "axis")

    def _paint_feed(self, painter: QPainter, left: float, feed: FeedHealth) -> float:
        middle = STATUS_BAR / 2 + 0.5
        draw_freshness(painter, self._theme, QPointF(left + GLYPH / 2, middle), feed.freshness)
        left = self._text(painter, left + GLYPH + 8, feed.name, "label", "text2") + 8
        age = age_chip_text(feed.freshness, feed.age_ns)
        if feed.freshness in _QUIET:
            return self._text(painter, left, age, "axis", "text2")
        painter.setFont(self._theme.font("axis"))
        painter.setPen(state_color(self._theme, feed.freshness))
        painter.drawText(self._row(left, self._wide(age, "axis")), Qt.AlignmentFlag.AlignVCenter, age)
        return left + self._wide(age, "axis")

    def _wide(self, text: str, role: str) -> float:
        return text_width(self._theme, role, text)

    def _row(self, left: float, wide: float) -> QRectF:
        return QRectF(left, 1, wide + 2, STATUS_BAR - 1)

    def _text(self, painter: QPainter, left: float, text: str, role: str, token: str) -> float:
        painter.setFont(self._theme.font(role))
        painter.setPen(self._theme.color(token))
        wide = self._wide(text, role)
        painter.drawText(self._row(left, wide), Qt.AlignmentFlag.AlignVCenter, text)
        return left + wide
