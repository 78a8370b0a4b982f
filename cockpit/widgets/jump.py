"""Jump to a time: an instant typed in full, or only a time of day on the replay's current date."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cockpit.errors import ConfigError
from cockpit.instants import clock_text, date_text, eastern, parse_instant
from cockpit.state.commands import SeekTo
from cockpit.state.views import ReplayState
from cockpit.units import NS_PER_S
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import ENTRY, Surface, TypedLine
from cockpit.widgets.theme import Theme

HEIGHT: Final = 106
EDGE: Final = 16
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(:\d{2}(?:\.\d{1,9})?)?")


@dataclass(frozen=True, slots=True)
class Target:
    """What a typed instant means.

    Attributes:
        clock_ns: Where to jump; None when it cannot be told or lies outside.
        text: For the user: the instant, or what would be valid.
    """

    clock_ns: int | None
    text: str


def read_target(typed: str, replay: ReplayState) -> Target:
    """The instant a text means in this replay; a bare time is one of the playhead's New York date."""
    text = typed.strip()
    if not text:
        return Target(None, "18:10, 18:10:00.5 or 2023-12-25 18:10, New York; with Z UTC")
    time = _TIME.fullmatch(text)
    if time is not None:
        if replay.now_ns is None:
            return Target(None, "write a date too: 2023-12-25 18:10")
        text = f"{eastern(replay.now_ns):%Y-%m-%d}T{int(time[1]):02d}:{time[2]}{time[3] or ''}"
    try:
        at = parse_instant(text)
    except ConfigError:
        return Target(None, "not a time: 18:10, 18:10:00 or 2023-12-25 18:10, with Z for UTC")
    outside = _outside(at, replay)
    return Target(None, outside) if outside else Target(at, instant_text(at))


def _outside(at_ns: int, replay: ReplayState) -> str:
    first, last = replay.first_ns, replay.last_ns
    # typed seconds are whole: the second in which the recording begins or ends belongs to it
    if first is not None and at_ns < first // NS_PER_S * NS_PER_S:
        return f"before the recording, which begins {instant_text(first)}"
    if last is not None and at_ns > last:
        return f"after the recording, which ends {instant_text(last)}"
    return ""


def instant_text(ns: int) -> str:
    """``Mon 25 Dec 2023 18:10:00 ET``, with milliseconds when there are such."""
    digits = 3 if ns % NS_PER_S else 0
    return f"{date_text(ns)} {eastern(ns).year} {clock_text(ns, digits)} ET"


class Jump(Surface):
    """Ctrl+T.

    Args:
        replay: The latest replay state, asked at each letter.
        send: Takes the command, after the entry has gone.
    """

    name = "jump"

    def __init__(
        self, window: QWidget, theme: Theme, replay: Callable[[], ReplayState], send: Callable[[SeekTo], None]
    ) -> None:
        super().__init__(window, theme, ENTRY, HEIGHT)
        self._replay, self._send = replay, send
        self.target = read_target("", replay())
        self._refused = False
        self.setAccessibleName("Jump to a time")
        self.line = TypedLine(theme, self)
        self.line.setAccessibleName("Time to jump to")
        self.line.textEdited.connect(self._read)
        self.line.entered.connect(self._enter)
        self.line.escaped.connect(self.leave)
        self.line.abandoned.connect(self.abandon)

    def type(self, text: str) -> None:
        """Add typed text, as if it came from the keyboard."""
        self.line.insert(text)
        self._read(self.line.text())

    def resizeEvent(self, event: object) -> None:
        """The field on top."""
        del event
        self.line.setGeometry(EDGE - 4, 10, self.width() - 2 * EDGE - 90, 32)

    def _read(self, typed: str) -> None:
        self.target = read_target(typed, self._replay())
        self._refused = False
        self.line.setAccessibleDescription(self.target.text)
        self.update()

    def _enter(self) -> None:
        self._read(self.line.text())
        if self.target.clock_ns is None:
            self._refused = bool(self.line.text().strip())
            self.update()
            return
        self.leave()
        self._send(SeekTo(self.target.clock_ns))

    @property
    def is_refused(self) -> bool:
        """Whether Enter was pressed on something that is no instant of this recording."""
        return self._refused

    def paint(self, painter: QPainter) -> None:
        """Caption, what the text means or what would be valid, the recording's span."""
        theme = self._theme
        wide = self.width() - 2 * EDGE
        paint_text(painter, theme, QRectF(EDGE, 0, wide, 50), "label", "text3", "Jump to", right=True)
        line_at_foot(painter, 1, 50, self.width() - 2, theme.color("line"))
        token = "failed" if self._refused else "text3" if self.target.clock_ns is None else "text1"
        paint_text(painter, theme, QRectF(EDGE, 52, wide, 26), "label", token, self.target.text)
        paint_text(painter, theme, QRectF(EDGE, 76, wide, 24), "label", "text3", self.span_text())

    def span_text(self) -> str:
        """From when to when the recording runs, as far as that is known."""
        replay = self._replay()
        if replay.first_ns is None:
            return ""
        if replay.last_ns is None:
            return f"from {instant_text(replay.first_ns)}, end not read yet"
        first, last = replay.first_ns, replay.last_ns
        return f"{date_text(first)} {clock_text(first)} to {date_text(last)} {clock_text(last)}"
