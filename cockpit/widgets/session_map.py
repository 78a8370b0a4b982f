"""The strip of the replay bar: what was traded so far, the holes in it, the playhead. Click or drag to jump.

Nothing is drawn right of the playhead but time itself: the future has no shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cockpit.instants import clock_text, date_text, eastern
from cockpit.state.commands import CommandSink, SeekTo
from cockpit.state.views import ReplayState
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Floats
from cockpit.widgets.actions import words
from cockpit.widgets.caps import paint_hatch
from cockpit.widgets.hairline import line_down
from cockpit.widgets.theme import Theme

BAR: Final = 3  # px of a volume bar
PITCH: Final = 4  # a bar and the gap behind it
CAP: Final = 5.0  # half width of the playhead's cap
LABEL_GAP: Final = 90.0  # px between time labels at least
MOST_MARKS: Final = 1_000  # wider than any strip
HEADROOM: Final = 15.0  # px above the tallest bar, for the labels
STEPS_NS: Final = tuple(
    step * unit
    for unit, steps in (
        (NS_PER_S, (1, 5, 15, 30)),
        (NS_PER_MIN, (1, 5, 15, 30)),
        (NS_PER_HOUR, (1, 2, 3, 6, 12)),
    )
    for step in steps
)
DAYS: Final = (1, 2, 7, 14)
MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240)
SHORT_DAY_NS: Final = 23 * NS_PER_HOUR  # when summer time begins
SHORT_MONTH_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A span of time laid over pixels."""

    first_ns: int
    last_ns: int
    width: float

    def x(self, ns: int) -> float:
        """Pixel of an instant, held inside the strip."""
        share = (ns - self.first_ns) / max(self.last_ns - self.first_ns, 1)
        return min(max(share, 0.0), 1.0) * self.width

    def ns(self, x: float) -> int:
        """Instant of a pixel, held inside the span."""
        share = min(max(x / max(self.width, 1.0), 0.0), 1.0)
        return self.first_ns + round(share * (self.last_ns - self.first_ns))

    def marks(self) -> list[tuple[int, str]]:
        """Round New York times, at least LABEL_GAP apart, ascending, with their labels."""
        wanted = max(self.last_ns - self.first_ns, 1) * LABEL_GAP / max(self.width, 1.0)
        step = next((step for step in STEPS_NS if step >= wanted), None)
        if step is not None:
            return self._by_clock(step)
        days = next((days for days in DAYS if days * SHORT_DAY_NS >= wanted), None)
        return [(ns, text) for ns, text in self._by_date(days, wanted) if ns >= self.first_ns]

    def _by_clock(self, step: int) -> list[tuple[int, str]]:
        # from New York's midnight, so that hours are round there; the offset of the first instant is kept
        offset = eastern(self.first_ns).utcoffset()
        shift = 0 if offset is None else round(offset.total_seconds()) * NS_PER_S
        start = -(-(self.first_ns + shift) // step) * step - shift
        marks: list[tuple[int, str]] = []
        before = eastern(self.first_ns).date()
        for ns in range(start, self.last_ns + 1, step):
            at = eastern(ns)
            marks.append((ns, clock_text(ns)[: 8 if at.second else 5] if at.date() == before else _day(at)))
            before = at.date()
        return marks

    def _by_date(self, days: int | None, wanted: float) -> Iterator[tuple[int, str]]:
        midnight = eastern(self.first_ns).replace(hour=0, minute=0, second=0, microsecond=0)
        if days is not None:
            dates: Iterator[tuple[datetime, str]] = (
                (at, _day(at)) for at in (midnight + timedelta(days=n * days) for n in range(MOST_MARKS))
            )
        else:
            short = SHORT_MONTH_DAYS * NS_PER_DAY
            months = next((months for months in MONTHS if months * short >= wanted), MONTHS[-1])
            first = (midnight.year * 12 + midnight.month - 1) // months * months
            dates = (
                (at, f"{at:%Y}" if months >= 12 else f"{at:%b %Y}")
                for at in (_month(midnight, first + n * months) for n in range(MOST_MARKS))
            )
        marks = ((round(at.timestamp()) * NS_PER_S, text) for at, text in dates)
        return takewhile(lambda mark: mark[0] <= self.last_ns, marks)


def _month(like: datetime, number: int) -> datetime:
    """Midnight before the first of a month, counted from the year 0."""
    return like.replace(year=number // 12, month=number % 12 + 1, day=1)


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b}"


def columns(buckets: Floats, width: float) -> Floats:
    """The volume of each drawn bar, as a share of the tallest.

    Args:
        buckets: float64 (m,), traded volume per equal part of the span; NaN: not played yet.
        width: Pixels of the strip.

    Returns:
        float64 (width / PITCH,), 0..1; NaN where nothing has been played.
    """
    count = int(width) // PITCH
    if not len(buckets) or count == 0:
        return np.full(count, np.nan)
    edges = np.linspace(0, len(buckets), count + 1)
    starts = edges[:-1].astype(np.int64)
    stops = np.maximum(np.ceil(edges[1:]).astype(np.int64), starts + 1)
    known = np.where(np.isnan(buckets), 0.0, buckets)
    # a bar shows the mean of its buckets, so its height does not depend on how many fall under it
    sums = np.concatenate(([0.0], np.cumsum(known)))
    heard = np.concatenate(([0], np.cumsum(~np.isnan(buckets))))
    played = heard[stops] - heard[starts]
    means = np.where(played > 0, (sums[stops] - sums[starts]) / np.maximum(played, 1), np.nan)
    top = np.nanmax(means) if (played > 0).any() else 0.0
    return means / top if top > 0 else means


class SessionMap(QWidget):
    """The strip. Draws a ReplayState; a click or a drag sends SeekTo."""

    def __init__(self, theme: Theme, commands: CommandSink) -> None:
        super().__init__()
        self._theme = theme
        self._commands = commands
        self._state = ReplayState()
        self._pointer: float | None = None
        self._asked: int | None = None  # the last instant sent in this drag
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        self.print_keys()
        self.setAccessibleName("Session map")

    def print_keys(self) -> None:
        """Print the key that acts now."""
        self.setToolTip(f"Click or drag to jump. {words('jump')}")

    def draw(self, state: ReplayState) -> None:
        """Show the state."""
        self._state = state
        self.update()

    def scale(self) -> TimeScale | None:
        """Time over this strip's pixels; None until the span is known."""
        state = self._state
        if state.first_ns is None or state.last_ns is None or not state.is_open:
            return None
        return TimeScale(state.first_ns, state.last_ns, float(self.width()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to where it was pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer; while dragging, ask for the next jump as soon as the last one is done."""
        self._pointer = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton and not self._state.seeking:
            self._seek(self._pointer)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag counts, whatever was skipped on the way."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event.position().x())
            self._asked = None

    def leaveEvent(self, event: QEvent) -> None:
        """Take the pointer's time away."""
        del event
        self._pointer = None
        self.update()

    def _seek(self, x: float) -> None:
        scale = self.scale()
        if scale is None:
            return
        target = scale.ns(x)
        if target != self._asked:
            self._asked = target
            self._commands.send(SeekTo(target))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, times, volume, gaps, playhead and the pointer's time."""
        del event
        painter = QPainter(self)
        theme, area = self._theme, QRectF(self.rect())
        painter.fillRect(area, theme.color("bg1"))
        line_down(painter, 0, 0, area.height(), theme.color("line"))
        line_down(painter, area.width() - 1, 0, area.height(), theme.color("line"))
        scale = self.scale()
        if scale is None:
            self._paint_empty(painter, area)
            return
        marks = [(text, round(scale.x(ns)) + 0.5) for ns, text in scale.marks()]
        painter.setPen(QPen(theme.color("line"), 1.0))
        painter.drawLines([QLineF(x, 0, x, area.height()) for _, x in marks])
        self._paint_volume(painter, area)
        for from_ns, to_ns in self._state.gaps:
            self._paint_gap(painter, area, scale, from_ns, to_ns)
        self._paint_times(painter, area, marks)
        self._paint_playhead(painter, area, scale)
        self._paint_pointer(painter, area, scale)

    def _paint_empty(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(self._theme.font("label"))
        painter.setPen(self._theme.color("text3"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text())

    def text(self) -> str:
        """What stands in its place while there is no map; empty otherwise."""
        state = self._state
        if not state.is_open:
            return "Nothing is open"
        if self.scale() is not None:
            return ""
        read = (
            ""
            if state.indexed_ns is None
            else f", read to {date_text(state.indexed_ns)} {clock_text(state.indexed_ns)}"
        )
        return f"Reading ahead for the map{read}"

    def _paint_times(self, painter: QPainter, area: QRectF, marks: list[tuple[str, float]]) -> None:
        """Over the gaps, so that a hole hides no time; days in a stronger grey than times."""
        theme = self._theme
        font = theme.font("key")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for text, x in marks:
            if x + 4 + metrics.horizontalAdvance(text) < area.width():
                painter.setPen(theme.color("text3" if ":" in text else "text2"))
                painter.drawText(QPointF(x + 4, metrics.ascent() + 2), text)

    def _paint_volume(self, painter: QPainter, area: QRectF) -> None:
        shares = columns(self._state.buckets, area.width())
        room = area.height() - HEADROOM
        bars = [
            QRectF(at * PITCH + 1, area.height() - height, BAR, height)
            for at, share in enumerate(shares.tolist())
            if share > 0 and (height := max(1.0, round(share * room)))
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.mixed_color("text3", 0.75))
        painter.drawRects(bars)

    def _paint_gap(self, painter: QPainter, area: QRectF, scale: TimeScale, from_ns: int, to_ns: int) -> None:
        left, right = scale.x(from_ns), max(scale.x(to_ns), scale.x(from_ns) + 2)
        hole = QRectF(left, 0, right - left, area.height())
        painter.fillRect(hole, self._theme.color("bg1"))
        paint_hatch(painter, hole, self._theme.color("resync", 0.45), 6.0)
        painter.setPen(QPen(self._theme.color("resync"), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(left, 0, left, area.height()))
        painter.drawLine(QLineF(right, 0, right, area.height()))

    def _paint_playhead(self, painter: QPainter, area: QRectF, scale: TimeScale) -> None:
        if self._state.now_ns is None:
            return
        x = min(max(scale.x(self._state.now_ns), CAP), area.width() - CAP)
        accent = self._theme.color("accent")
        painter.fillRect(QRectF(x - 1.5, 0, 3, area.height()), accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawPolygon(QPolygonF([QPointF(x - CAP, 0), QPointF(x + CAP, 0), QPointF(x, CAP + 1)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_pointer(self, painter: QPainter, area: QRectF, scale: TimeScale) -> None:
        if self._pointer is None:
            return
        theme, ns = self._theme, scale.ns(self._pointer)
        x = min(max(self._pointer, 0.0), area.width())
        painter.setPen(QPen(theme.color("text3"), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(x, 0, x, area.height()))
        far = scale.last_ns - scale.first_ns > NS_PER_DAY
        text = f"{date_text(ns)}  {clock_text(ns)}" if far else clock_text(ns)
        font = theme.font("key")
        width = QFontMetricsF(font).horizontalAdvance(text) + 12
        tag = QRectF(min(max(x - width / 2, 0.0), area.width() - width), area.height() - 19, width, 18)
        painter.fillRect(tag, theme.color("bg4"))
        painter.setFont(font)
        painter.setPen(theme.color("text1"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
