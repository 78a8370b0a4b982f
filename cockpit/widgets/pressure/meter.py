"""The pressure meter: value, verdict, track with needle, five-minute range, five signed shares.

Source: ``design.md`` 7 "Pressure meter", ``cockpit.png``.
"""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.instruments import MINUS
from cockpit.state.views import Freshness, PressureState, is_old
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.hairline import line_at_foot, line_down
from cockpit.widgets.ladder.inks import STRENGTH
from cockpit.widgets.motion import Follower, Motion
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.pressure.words import (
    NAMES,
    RANGE_LABEL,
    Row,
    lines,
    part_tip,
    rows,
    signed,
    sum_tip,
    verdict,
)
from cockpit.widgets.theme import PADDING, Theme

FULL: Final = 188  # with the five components
SHORT: Final = 80  # without
TITLE: Final = QRect(0, 8, 0, 30)
TRACK_TOP: Final = 44
TRACK: Final = 10
RANGE_TOP: Final = 58
RANGE: Final = 2
LABELS: Final = 61  # top of -1, the range's name and +1
LABEL_HIGH: Final = 16
FIRST: Final = 81  # top of the first component
PITCH: Final = 20
BAR: Final = 10
FIGURE: Final = 44  # room for +0.14
FULL_BAR: Final = 0.30  # share of a whole bar: the largest weight there is when all components are known
EIGHTHS: Final = 8
FILL: Final = 0.85  # of the hue, over the track
GAP: Final = 10
NEEDLE: Final = 2
HEAD: Final = 5  # half width of the needle's head
WIDEST: Final = "sellers, moderate"  # so that the value does not move with the verdict


def meter_height(room: int) -> int:
    """Height of the meter where ``room`` logical pixels can be spared: whole, without components, or none."""
    return next((height for height in (FULL, SHORT) if height <= room), 0)


class PressureMeter(QWidget):
    """Draws a ``PressureState``; its own state is only the needle's way to the value.

    Clicks and the wheel go to what it stands in.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, motion: Motion | None = None) -> None:
        super().__init__(parent)
        self._motion, self._needle = motion, Follower()
        self._theme = theme
        self._state = PressureState()
        self._freshness: Freshness | None = None
        self._rows = rows(self._state)
        self._looks: object = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Pressure")

    def draw(self, state: PressureState, freshness: Freshness | None) -> None:
        """Show the state, dimmed as its book is; nothing is painted when it looks the same."""
        if self._looks is not None and state == self._state and freshness is self._freshness:
            return
        self._state, self._freshness, self._rows = state, freshness, rows(state)
        self._aim(state.value)
        shares = tuple(None if row.share is None else round(row.share, 3) for row in self._rows)
        places = tuple(None if at is None else round(at, 3) for at in (state.value, state.low, state.high))
        told = lines(state)
        looks = (*told, *shares, *places, freshness)
        if looks != self._looks:
            self._looks = looks
            self.setAccessibleName(", ".join(told))
            self.update()

    def _aim(self, value: float | None) -> None:
        """Let bar and needle go to a value; its figure is cut."""
        motion = self._motion
        if self._needle.aim(value, at_once=motion is None or motion.is_off) and motion is not None:
            motion.follow("pressure needle", self._needle, self._needle_moved)

    def _needle_moved(self) -> None:
        self.update(0, 0, self.width(), LABELS)

    def needle_at(self) -> float | None:
        """Where needle and bar stand now, -1 to 1; None without a value."""
        return self._needle.value

    def lines(self) -> list[str]:
        """What can be read at this height."""
        told = lines(self._state)
        return told if self._has_rows() else told[: len(told) - len(NAMES)]

    def _has_rows(self) -> bool:
        return self.height() >= FULL

    # what is under the pointer

    def event(self, event: QEvent) -> bool:
        """The tooltip of the share under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            y = event.pos().y()
            QToolTip.showText(event.globalPos(), self.tip_at(y), self, self._tip_area(y))
            return True
        return super().event(event)

    def tip_at(self, y: float) -> str:
        """What the tooltip at that height says."""
        place = self._place_at(y)
        return sum_tip(self._state) if place is None else part_tip(self._state, place)

    def _place_at(self, y: float) -> int | None:
        place = int((y - FIRST) // PITCH)
        return place if self._has_rows() and 0 <= place < len(NAMES) else None

    def _tip_area(self, y: float) -> QRect:
        place = self._place_at(y)
        if place is None:
            return QRect(0, 0, self.width(), FIRST)
        return QRect(0, FIRST + place * PITCH, self.width(), PITCH)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """From top to bottom."""
        del event
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        self._paint_title(painter)
        self._paint_track(painter)
        self._paint_range(painter)
        if self._has_rows():
            for place, row in enumerate(self._rows):
                self._paint_row(painter, FIRST + place * PITCH, row)
        line_at_foot(painter, 0, self.height(), self.width(), theme.color("line"))

    def _is_grey(self) -> bool:
        return is_old(self._freshness)

    def _token(self, value: float | None) -> str:
        """Hue of a signed figure: the side's, or a text's when there is no side or the book is old."""
        if value is None or self._is_grey():
            return "text3"
        figure = signed(value)
        return "text1" if figure == "0.00" else "bid" if value > 0 else "ask"

    def _mark(self, value: float, ground: str) -> QColor:
        """Colour of a bar."""
        strength = STRENGTH[self._freshness or Freshness.FRESH]
        side = "text3" if self._is_grey() else "bid" if value > 0 else "ask"
        return self._theme.mixed_color(side, FILL * strength, ground)

    def title_places(self) -> tuple[QRectF, QRectF, QRectF]:
        """Areas of the name, the value and the verdict, none over another; an empty one is left out."""
        theme, state = self._theme, self._state
        name = text_width(theme, "body", "Pressure")
        value = text_width(theme, "readout", signed(state.value))
        told = max(text_width(theme, "label", text) for text in (verdict(state), WIDEST))
        left, right = float(PADDING), float(self.width() - PADDING)
        middle = (left + right - value) / 2
        if middle < left + name + GAP or middle + value + GAP > right - told:
            middle = left + name + GAP  # after the name
        if middle + value + GAP > right - told:
            name, middle = 0.0, left
        top, high = float(TITLE.top()), float(TITLE.height())
        after = middle + value + GAP
        return (
            QRectF(left, top, name, high),
            QRectF(middle, top, value + 1, high),
            QRectF(after, top, max(right - after, 0.0), high),
        )

    def _paint_title(self, painter: QPainter) -> None:
        theme, state = self._theme, self._state
        name, value, told = self.title_places()
        if name.width() > 0:
            paint_text(painter, theme, name, "body", "text2", "Pressure")
        paint_text(painter, theme, value, "readout", self._token(state.value), signed(state.value))
        quiet = state.value is None or self._is_grey()
        paint_text(painter, theme, told, "label", "text3" if quiet else "text2", verdict(state), right=True)

    def _x(self, value: float) -> float:
        """Place of a value from -1 to 1 on the track."""
        wide = self.width() - 2 * PADDING
        return PADDING + (min(max(value, -1.0), 1.0) + 1.0) / 2.0 * wide

    def _paint_track(self, painter: QPainter) -> None:
        theme, value = self._theme, self.needle_at()
        wide = self.width() - 2 * PADDING
        painter.fillRect(QRectF(PADDING, TRACK_TOP, wide, TRACK), theme.color("bg3"))
        for eighth in range(1, EIGHTHS):
            line_down(painter, round(PADDING + wide * eighth / EIGHTHS), TRACK_TOP, TRACK, theme.color("bg1"))
        zero = self._x(0.0)
        if value is not None:
            to = self._x(value)
            area = QRectF(min(zero, to), TRACK_TOP, abs(to - zero), TRACK)
            painter.fillRect(area, self._mark(value, "bg3"))
        line_down(painter, round(zero), TRACK_TOP, TRACK, theme.color("text3"))
        if value is not None:
            self._paint_needle(painter, self._x(value))

    def _paint_needle(self, painter: QPainter, at: float) -> None:
        color = self._theme.mixed_color("accent", STRENGTH[self._freshness or Freshness.FRESH])
        painter.fillRect(QRectF(at - NEEDLE / 2, TRACK_TOP - 3, NEEDLE, TRACK + 3), color)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        top = TRACK_TOP - 8
        painter.drawPolygon(
            QPolygonF([QPointF(at - HEAD, top), QPointF(at + HEAD, top), QPointF(at, top + HEAD + 1)])
        )
        painter.restore()

    def _paint_range(self, painter: QPainter) -> None:
        theme, low, high = self._theme, self._state.low, self._state.high
        row = QRectF(PADDING, LABELS, self.width() - 2 * PADDING, LABEL_HIGH)
        paint_text(painter, theme, row, "label", "text3", f"{MINUS}1")
        paint_text(painter, theme, row, "label", "text3", "+1", right=True)
        if low is None or high is None:
            return
        start, stop = self._x(low), self._x(high)
        ink = theme.mixed_color("text2", STRENGTH[self._freshness or Freshness.FRESH])
        painter.fillRect(QRectF(start, RANGE_TOP, max(stop - start, RANGE), RANGE), ink)
        paint_text(painter, theme, self.range_label(), "label", "text3", RANGE_LABEL)

    def range_label(self) -> QRectF:
        """Area of the range's name: below the middle of the line, between -1 and +1; empty without a range."""
        theme, low, high = self._theme, self._state.low, self._state.high
        if low is None or high is None:
            return QRectF()
        wide = text_width(theme, "label", RANGE_LABEL) + 1
        ends = text_width(theme, "label", f"{MINUS}1") + GAP
        left = (self._x(low) + self._x(high) - wide) / 2
        left = min(max(left, PADDING + ends), self.width() - PADDING - ends - wide)
        return QRectF(left, LABELS, wide, LABEL_HIGH)

    def bars(self) -> QRectF:
        """Where shares are drawn, zero in the middle; of no height."""
        names = max(text_width(self._theme, "label", name) for name in NAMES.values())
        left = PADDING + names + GAP
        return QRectF(left, 0, max(self.width() - PADDING - FIGURE - GAP - left, 0.0), 0)

    def _paint_row(self, painter: QPainter, top: int, row: Row) -> None:
        theme, bars = self._theme, self.bars()
        line = QRectF(PADDING, top, self.width() - 2 * PADDING, PITCH)
        paint_text(painter, theme, line, "label", "text3" if row.share is None else "text2", row.name)
        paint_text(painter, theme, line, "axis", self._token(row.share), row.figure, right=True)
        if row.share is None:
            after = PADDING + text_width(theme, "label", row.name) + GAP
            why = QRectF(after, top, self.width() - PADDING - 2 * GAP - after, PITCH)
            paint_text(painter, theme, why, "label", "text3", row.reason, right=True)
            return
        zero = round(bars.center().x())
        whole = max(FULL_BAR, *(abs(other.share or 0.0) for other in self._rows))
        to = zero + row.share / whole * bars.width() / 2
        area = QRectF(min(zero, to), top + (PITCH - BAR) / 2, abs(to - zero), BAR)
        painter.fillRect(area, self._mark(row.share, "bg1"))
        line_down(painter, zero, top + 3, PITCH - 6, theme.color("line2"))
