"""Notices over the panels: what happened and what to do, dismissed by hand or by themselves (``states.png``).

A notice is one line where it fits; a longer one has its text below the title, whole: it names files and reasons.
"""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cockpit.state.views import Notice
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.motion import Motion
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.theme import Theme
from cockpit.widgets.wrapping import wrapped

HEIGHT: Final = 46  # design.md 7, Alerts
LINE: Final = 17  # height of a line of a longer notice
MOST_LINES: Final = 4
WIDTH: Final = 520
SHOWN: Final = 3  # more would hide the market; the rest is counted
# how long a notice stays by itself: news long enough to read twice, doubts as long as a banner (design.md 7); what
# was lost through doubts stays in data health
STAYS_MS: Final = {"info": 8_000, "watch": 30_000}
COUNT_MS: Final = 1_000.0  # the count of equal notices moves at most so often
COUNT_JOB: Final = "toast.count"
_GAP: Final = 6
_REST: Final = 18  # height of the line that counts the rest
_EDGE: Final = 4
_LEFT: Final = _EDGE + 40  # right of the icon
_RIGHT: Final = 36  # left of the cross
_LOOK: Final = {"info": ("info", "info"), "watch": ("aging", "warning"), "high": ("failed", "bell")}


def _same(one: Notice, other: Notice) -> bool:
    return (one.severity, one.title, one.text) == (other.severity, other.title, other.text)


class Toast(QWidget):
    """One notice, ``width`` wide: severity edge, icon, title, text, a cross.

    Signals:
        dismissed: It was clicked.
    """

    dismissed = Signal()

    def __init__(self, notice: Notice, theme: Theme, parent: QWidget, width: int) -> None:
        super().__init__(parent)
        self.notice = notice
        self._theme = theme
        self.lines: list[str] = []  # below the title; none where title and text share one line
        self.fit(width)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{notice.severity}: {notice.title}. {notice.text}")
        self.setToolTip(f"{notice.title}\n{notice.text}")

    def fit(self, width: int) -> None:
        """Be as wide as that and as high as the text needs."""
        room = width - _LEFT - _RIGHT
        title = QFontMetricsF(self._theme.font("strong")).horizontalAdvance(self.notice.title)
        text = QFontMetricsF(self._theme.font("body")).horizontalAdvance(self.notice.text)
        is_short = title + 10 + text <= room
        self.lines = [] if is_short else wrapped(self.notice.text, self._theme.font("label"), room, MOST_LINES)
        self.setFixedSize(width, HEIGHT if is_short else HEIGHT - 10 + LINE * len(self.lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Card with a 4 px edge in the hue of the severity."""
        theme, notice = self._theme, self.notice
        token, icon = _LOOK.get(notice.severity, _LOOK["high"])
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg2"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(0, 0, _EDGE, self.height(), theme.color(token))
        head = HEIGHT if not self.lines else HEIGHT - 12
        paint_icon(painter, QRectF(_EDGE + 10, 0, 20, head), icon, theme.color(token))
        paint_icon(painter, QRectF(self.width() - 30, 0, 20, head), "x", theme.color("text2"))
        line = QRectF(_LEFT, 0, self.width() - _LEFT - _RIGHT, head)
        used = paint_text(painter, theme, line, "strong", "text1", notice.title)
        if not self.lines:
            paint_text(painter, theme, line.adjusted(used + 10, 0, 0, 0), "body", "text2", notice.text)
        for number, text in enumerate(self.lines):
            below = QRectF(_LEFT, head - 4 + number * LINE, line.width(), LINE)
            paint_text(painter, theme, below, "label", "text2", text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Dismiss."""
        self.dismissed.emit()


class Toasts(QWidget):
    """The stack of notices in the upper right corner of the panels; newest on top, at most three.

    Args:
        clock: Takes news away after a while.
        motion: Lets the newest card slide in; None: it is there at once.

    Signals:
        changed: It needs another place: its height moved.
    """

    changed = Signal()

    def __init__(self, theme: Theme, clock: FrameClock, parent: QWidget, motion: Motion | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock, self._motion = clock, motion
        self._arrived = 1.0  # how far down the newest card has come
        self._seen_number = 0
        self._arrivals = 0
        self._open: dict[int, Notice] = {}  # by arrival
        self._counts: dict[int, int] = {}  # how often it came while it was there
        self._cards: list[Toast] = []
        self.hide()

    @property
    def seen(self) -> bool:
        """Always: notices make it appear."""
        return True

    def draw(self, state: tuple[Notice, ...]) -> None:
        """Take in notices that are new; those seen before stay as the user left them."""
        for notice in state:
            if notice.number > self._seen_number:
                self.add(notice)
        self._seen_number = max([self._seen_number, *(notice.number for notice in state)])

    def fail(self, reason: str) -> None:
        """Notices have no place to explain that notices failed; the log does."""

    def add(self, notice: Notice) -> None:
        """Show a notice; only alarms wait until they are dismissed. One that is still there is counted instead."""
        self._arrivals += 1
        arrival = self._arrivals
        equal = next((old for old, each in self._open.items() if _same(each, notice)), None)
        self._counts[arrival] = 1
        if equal is not None:
            self._clock.cancel(f"toast.{equal}")
            del self._open[equal]
            self._counts[arrival] += self._counts.pop(equal)
        self._open[arrival] = notice
        stays_ms = STAYS_MS.get(notice.severity)
        if stays_ms is not None:
            self._clock.later(f"toast.{arrival}", stays_ms, lambda: self._dismiss(arrival))
        if equal is not None:
            if not self._clock.is_pending(COUNT_JOB):
                self._clock.later(COUNT_JOB, COUNT_MS, self._rebuild)
            return
        self._rebuild()
        if self._motion is not None:
            self._motion.ease("toasts", self._slide)

    def _slide(self, part: float) -> None:
        """Let the newest card come down so far; it comes out from under the headers."""
        self._arrived = part
        if self._cards:
            card = self._cards[0]
            card.move(0, round((part - 1.0) * card.height()))

    def open_notices(self) -> tuple[Notice, ...]:
        """What is not dismissed, newest first."""
        return tuple(self._open[arrival] for arrival in sorted(self._open, reverse=True))

    def cards(self) -> tuple[Toast, ...]:
        """The cards on the screen, from the top."""
        return tuple(self._cards)

    def place(self, right: int, top: int, room: int) -> None:
        """Stand below ``top``, ending at ``right``, at most ``room`` wide, in the parent's coordinates."""
        wide = min(WIDTH, room - 2 * _GAP)
        down = 0
        for card in self._cards:
            card.fit(wide)
            card.move(0, down if down else round((self._arrived - 1.0) * card.height()))
            down += card.height() + _GAP
        high = down + (_REST if self._hidden_count() else 0)
        self.setGeometry(right - wide - _GAP, top, wide, max(high, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say how many do not fit."""
        if not self._hidden_count():
            return
        painter = QPainter(self)
        area = QRectF(0, self.height() - _REST, self.width(), _REST)
        painter.fillRect(area, self._theme.color("bg2"))
        painter.setFont(self._theme.font("label"))
        painter.setPen(self._theme.color("text2"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, f"+{self._hidden_count()} more")

    def dismiss_newest(self) -> bool:
        """Take the newest away; False when there was none."""
        newest = max(self._open, default=None)
        if newest is not None:
            self._dismiss(newest)
        return newest is not None

    def _dismiss(self, arrival: int) -> None:
        self._clock.cancel(f"toast.{arrival}")
        self._counts.pop(arrival, None)
        if self._open.pop(arrival, None) is not None:
            self._rebuild()

    def _hidden_count(self) -> int:
        return max(len(self._open) - SHOWN, 0)

    def _rebuild(self) -> None:
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = [self._card(arrival) for arrival in sorted(self._open, reverse=True)[:SHOWN]]
        self.setVisible(bool(self._cards))
        self.raise_()
        self.changed.emit()

    def _card(self, arrival: int) -> Toast:
        notice, count = self._open[arrival], self._counts[arrival]
        if count > 1:
            notice = replace(notice, title=f"{notice.title} \N{MULTIPLICATION SIGN}{count}")
        card = Toast(notice, self._theme, self, WIDTH)
        card.dismissed.connect(lambda: self._dismiss(arrival))
        card.show()
        return card
