"""Interval entry: digits, or ``,`` and text, typed anywhere: ``5``, ``15``, ``30s``, ``,t500``.

Enter applies; so does 700 ms of silence when what stands there has one meaning.
Source: ``architecture.md`` 6, intervals of ``contracts.md`` 2.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cockpit.state.commands import SelectInterval
from cockpit.widgets.desk import Later
from cockpit.widgets.hairline import line_at_foot
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.surface import ENTRY, Surface, TypedLine
from cockpit.widgets.theme import Theme

INTERVALS: Final = ("1s", "5s", "15s", "30s", "1m", "5m", "15m", "30m", "1h", "90m", "3h", "4h", "1D")
SILENCE_MS: Final = 700.0
LARGEST: Final = 1_000_000  # ticks or contracts of one bar; as a day of the busiest future
HEIGHT: Final = 84
EDGE: Final = 16
JOB: Final = "interval-entry"

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LABELS: Final = {int(label[:-1]) * _SECONDS[label[-1].lower()]: label for label in INTERVALS}
_TIMED: Final = re.compile(r"([0-9]{1,6})([smhd]?)")
_COUNTED: Final = re.compile(r"([tv])([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Reading:
    """What typed text means.

    Attributes:
        interval: ``5m``, ``t500``; empty when it means none.
        text: For the user: the meaning, or what would be valid.
        wrong: Whether no further letter could make it valid.
    """

    interval: str
    text: str
    wrong: bool = False


def read_interval(typed: str) -> Reading:
    """The meaning of typed text. A bare number is minutes."""
    clean = typed.strip().lower().lstrip(",").strip()
    if not clean:
        return Reading("", "minutes, or 30s 1h 1D, t500 ticks, v1000 volume")
    counted = _COUNTED.fullmatch(clean)
    if counted is not None:
        return _counted(counted[1], int(counted[2]))
    timed = _TIMED.fullmatch(clean)
    interval = "" if timed is None else _LABELS.get(int(timed[1]) * _SECONDS[timed[2] or "m"], "")
    if interval:
        return Reading(interval, meaning(interval))
    following = [label for label in INTERVALS if label.lower().startswith(clean)]
    if following:
        return Reading("", ", ".join(following))
    if clean in ("t", "v"):
        return Reading("", f"{clean} and a number: {clean}500")
    return Reading("", f"no such bars: {' '.join(INTERVALS)} t500 v1000", wrong=True)


def _counted(letter: str, count: int) -> Reading:
    if not 1 <= count <= LARGEST:
        return Reading("", f"1 to {LARGEST:,}", wrong=count > LARGEST)
    return Reading(f"{letter}{count}", meaning(f"{letter}{count}"))


def meaning(interval: str) -> str:
    """An interval in words: ``5 minutes``, ``500 ticks``."""
    if interval[0] in "tv":
        return f"bars of {int(interval[1:]):,} {'ticks' if interval[0] == 't' else 'contracts'}"
    unit = {"s": "second", "m": "minute", "h": "hour", "D": "day"}[interval[-1]]
    count = int(interval[:-1])
    return f"{count} {unit}{'s' * (count > 1)}"


class IntervalEntry(Surface):
    """The entry, for one pane.

    Args:
        pane: The chart it will set.
        later: Where the silence is waited for.
        send: Takes the command, after the entry has gone.
    """

    name = "interval"

    def __init__(
        self, window: QWidget, theme: Theme, pane: str, later: Later, send: Callable[[SelectInterval], None]
    ) -> None:
        super().__init__(window, theme, ENTRY, HEIGHT)
        self._pane, self._later, self._send = pane, later, send
        self.reading = read_interval("")
        self.setAccessibleName("Interval of the pane")
        self.line = TypedLine(theme, self)
        self.line.setAccessibleName("Interval")
        self.line.textEdited.connect(self._read)
        self.line.entered.connect(self.apply)
        self.line.escaped.connect(self.leave)
        self.line.abandoned.connect(self.abandon)
        self.left.connect(self._stop_waiting)

    def type(self, text: str) -> None:
        """Add typed text, as if it came from the keyboard."""
        self.line.insert(text)
        self._read(self.line.text())

    def resizeEvent(self, event: object) -> None:
        """The field, and the reading below it."""
        del event
        self.line.setGeometry(EDGE - 4, 10, self.width() - 2 * EDGE - 90, 32)

    def _read(self, typed: str) -> None:
        self.reading = read_interval(typed)
        self.line.setAccessibleDescription(self.reading.text)
        self._stop_waiting()
        if self.reading.interval:
            self._later.later(JOB, SILENCE_MS, self.apply)
        self.update()

    def _stop_waiting(self) -> None:
        self._later.cancel(JOB)

    def apply(self) -> None:
        """Set the interval when the text means one, else stay and keep saying what would be valid."""
        if self.reading.interval and not self.is_left:
            self.leave()
            self._send(SelectInterval(self.reading.interval, self._pane))

    def paint(self, painter: QPainter) -> None:
        """Caption at the right, meaning or remedy below."""
        theme = self._theme
        head = QRectF(EDGE, 0, self.width() - 2 * EDGE, 50)
        paint_text(painter, theme, head, "label", "text3", "Interval", right=True)
        line_at_foot(painter, 1, 50, self.width() - 2, theme.color("line"))
        foot = QRectF(EDGE, 50, self.width() - 2 * EDGE, HEIGHT - 50)
        token = "failed" if self.reading.wrong else "text1" if self.reading.interval else "text3"
        cut = paint_text(painter, theme, foot, "label", token, self.reading.text)
        if self.reading.interval:
            rest = foot.adjusted(cut + 12, 0, 0, 0)
            paint_text(painter, theme, rest, "label", "text3", "Enter", right=True)
