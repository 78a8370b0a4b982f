"""The replay bar: transport, speed, clock, session map, position, digest, recorder. Draws a ReplayState at 30 Hz.

No part of it ever takes the focus: Space and Tab belong to the chart. Every button prints its key in its tooltip.
Source: ``design.md`` 7 "Replay bar", ``cockpit.png``.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from cockpit.instants import age_text, clock_text, date_text, iso_utc
from cockpit.instruments import DASH
from cockpit.state.commands import CommandSink, SetSpeed
from cockpit.state.views import ReplayState
from cockpit.widgets.actions import by_id, cap, words
from cockpit.widgets.caps import cap_width, paint_cap
from cockpit.widgets.hairline import line_across
from cockpit.widgets.icons import paint_icon
from cockpit.widgets.key_menu import KeyMenu
from cockpit.widgets.session_map import SessionMap
from cockpit.widgets.theme import PADDING, REPLAY_BAR, Theme

# as the playback's ladder of speeds; a test holds the two together, importing it would load the engines
SPEEDS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 60.0, 120.0, 300.0, 1000.0, math.inf)
SHORTFALL: Final = 0.9  # the reached speed is printed beside the wanted one below this share of it
BUTTON_WIDTH: Final = 32
WIDE: Final = 1100  # below this the position and the digest go, so that the map keeps its width
WIDE_REWOUND: Final = 1700  # the same beside the button back to live; below it the recorder is short, too

BEFORE_BUTTON: Final = 10  # logical pixels between the facts and the button back to live

AT_EDGE: Final = "At live edge"
REWOUND: Final = "REWOUND"  # a word of state, hence capitals; the age behind it says how far

# icon, icon while playing, action
TRANSPORT: Final = (
    ("rewind", "rewind", "bar.back"),
    ("skip-back", "skip-back", "event.back"),
    ("play", "pause", "play"),
    ("skip-forward", "skip-forward", "event.on"),
    ("fast-forward", "fast-forward", "bar.on"),
)


def speed_text(speed: float) -> str:
    """``0.25×``, ``1×``, ``1,000×``, ``max``."""
    if math.isinf(speed):
        return "max"
    return f"{speed:,.0f}×" if speed >= 10 or speed == int(speed) else f"{speed:g}×"


def reached_text(state: ReplayState) -> str:
    """The speed really reached, when it is not the wanted one; empty otherwise."""
    reached = state.reached
    if reached is None or not state.is_playing:
        return ""
    if not math.isinf(state.speed) and reached >= SHORTFALL * state.speed:
        return ""
    return f"{reached:,.0f}×" if reached >= 10 else f"{reached:.1f}×"


def position_text(state: ReplayState) -> str:
    """``12,345 of 53,250``, ``12,345 events`` while the total is not known; empty when nothing is open."""
    if not state.is_open:
        return ""
    return f"{state.position:,}" + (" events" if state.total is None else f" of {state.total:,}")


class ReplayBar(QWidget):
    """The closed form, 48 px high.

    Args:
        theme: Colours and fonts.
        commands: Where jumps and speeds go.
        start: Starts an action of the table by its id; ``Keymap.start`` is one.
    """

    def __init__(self, theme: Theme, commands: CommandSink, start: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._state = ReplayState()
        self.setFixedHeight(REPLAY_BAR)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Replay bar")
        self.buttons = {
            action: _button(theme, icon, lit_icon, action, start) for icon, lit_icon, action in TRANSPORT
        }
        self.speed = SpeedButton(theme, commands)
        self.clock = ClockText(theme)
        self.map = SessionMap(theme, commands)
        self.facts = Facts(theme)
        self.to_live = LiveButton(theme, start)
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING - 6, 1, PADDING, 0)
        row.setSpacing(0)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.speed)
        row.addSpacing(8)
        row.addWidget(self.clock)
        row.addSpacing(PADDING)
        row.addWidget(self.map, 1)
        row.addSpacing(PADDING)
        row.addWidget(self.facts)
        row.addWidget(self.to_live)
        self.map.setFixedHeight(REPLAY_BAR - 7)
        self.draw(self._state)

    def draw(self, state: ReplayState) -> None:
        """Show the state."""
        self._state = state
        for action, button in self.buttons.items():
            button.setEnabled(state.is_open)
            button.show_lit(lit=action == "play" and state.is_playing)
        self.speed.draw(state)
        self.clock.draw(state)
        self.map.draw(state)
        room = self.width()
        self.facts.draw(state, wide=room >= (WIDE if state.behind_ns is None else WIDE_REWOUND), tight=room < WIDE)
        self.to_live.setVisible(state.behind_ns is not None)

    def print_keys(self) -> None:
        """Print the keys that act now."""
        for action, button in self.buttons.items():
            button.setToolTip(words(action))
        self.speed.print_keys()
        self.map.print_keys()

    @property
    def seen(self) -> bool:
        """Whether any of it can be on the screen now."""
        return self.isVisible() and not self.window().isMinimized()

    def fail(self, reason: str) -> None:
        """Say in its place that drawing failed."""
        self.facts.draw(ReplayState(alarm=f"cannot draw: {reason}"), wide=False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and the line above it."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg2"))
        line_across(painter, 0, 0, self.width(), self._theme.color("line"))


def _button(theme: Theme, icon: str, lit_icon: str, action: str, start: Callable[[str], None]) -> "BarButton":
    button = BarButton(theme, icon, lit_icon, raised=action == "play")
    button.setToolTip(words(action))
    button.setAccessibleName(by_id(action).text)
    button.clicked.connect(partial(start, action))
    return button


class BarButton(QAbstractButton):
    """An icon that can be clicked and never takes the focus."""

    def __init__(self, theme: Theme, icon: str, lit_icon: str, *, raised: bool = False) -> None:
        super().__init__()
        self._theme, self._icon, self._lit_icon, self._raised = theme, icon, lit_icon, raised
        self._lit = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoRepeat(not raised)

    def sizeHint(self) -> QSize:
        """Width of a transport button, height of a dense one."""
        return QSize(BUTTON_WIDTH + (2 if self._raised else 0), 30)

    def show_lit(self, *, lit: bool) -> None:
        """Show the other icon: what a click will do changes with the state."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised ground where it has one, hover, the icon."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, area = self._theme, QRectF(self.rect())
        hover = self.underMouse() and self.isEnabled()
        if self._raised or hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("bg4" if hover else "bg3"))
            painter.drawRoundedRect(area, 4, 4)
        color = theme.color("text1" if self._raised else "text2") if self.isEnabled() else theme.color("text4")
        paint_icon(painter, area, self._lit_icon if self._lit else self._icon, color, 16)


class LiveButton(QAbstractButton):
    """``Back to live`` with its key; there only while a live session shows its past."""

    def __init__(self, theme: Theme, start: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self.setText("Back to live")
        self._key = cap(by_id("live").keys[0])
        self.setToolTip(f"{self.text()}  {self._key}")
        self.setAccessibleName(self.text())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        words = QFontMetricsF(theme.font("strong")).horizontalAdvance(self.text())
        self._words = round(words)
        self.setFixedSize(round(words + cap_width(self._key, theme)) + 34, 30)
        self.clicked.connect(partial(start, "live"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A primary button in the colour of a replay, its key beside the words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, area = self._theme, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.color("replay"))
        painter.setBrush(theme.color("bg4" if self.underMouse() else "bg3"))
        painter.drawRoundedRect(area, 4, 4)
        _run(painter, theme, "strong", self.text(), theme.color("text1"), 11.0, area.center().y())
        paint_cap(painter, QPointF(area.right() - 9, area.center().y()), self._key, theme)


class SpeedButton(QAbstractButton):
    """The wanted speed, the reached one where it differs, and the menu of speeds."""

    def __init__(self, theme: Theme, commands: CommandSink) -> None:
        super().__init__()
        self._theme, self._commands = theme, commands
        self._wanted, self._reached = "1×", ""
        self._speed = 1.0
        self.print_keys()
        self.setAccessibleName("Speed")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(118, 30)
        self.clicked.connect(self._open_menu)

    def print_keys(self) -> None:
        """Print the keys that act now."""
        slower, faster = (cap(next(iter(by_id(action).keys), "")) for action in ("slower", "faster"))
        self.setToolTip(f"Speed  {slower} slower, {faster} faster")

    def draw(self, state: ReplayState) -> None:
        """Show wanted and reached speed."""
        self.setEnabled(state.is_open)
        wanted, reached = speed_text(state.speed), reached_text(state)
        self._speed = state.speed
        if (wanted, reached) != (self._wanted, self._reached):
            self._wanted, self._reached = wanted, reached
            self.update()

    def text(self) -> str:
        """What it shows."""
        return f"{self._wanted} {self._reached}".strip()

    def menu(self) -> KeyMenu:
        """The menu of speeds, the present one marked; the caller opens it."""
        menu = KeyMenu(self)
        menu.setAccessibleName("Speed")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(speed_text(speed), menu, checkable=True, checked=speed == self._speed)
            action.triggered.connect(partial(self._choose, speed))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.open_at(self.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _choose(self, speed: float, checked: bool = False) -> None:  # noqa: FBT001, FBT002  the signal's form
        del checked
        self._commands.send(SetSpeed(speed))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Speed in mono, caret, reached speed in grey."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, area = self._theme, QRectF(self.rect())
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("bg4"))
            painter.drawRoundedRect(area, 4, 4)
        left = _run(painter, theme, "tag", self._wanted, self._ink("text1"), 8.0, area.center().y())
        paint_icon(painter, QRectF(left + 2, 0, 16, area.height()), "caret-down", self._ink("text2"), 12)
        _run(painter, theme, "axis", self._reached, self._ink("text3"), left + 22, area.center().y())

    def _ink(self, token: str) -> QColor:
        return self._theme.color(token if self.isEnabled() else "text4")


class ClockText(QWidget):
    """The clock of everything on the screen, New York time with milliseconds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = DASH
        metrics = QFontMetricsF(theme.font("clock"))
        self._digits = metrics.horizontalAdvance("00:00:00.000")
        self.setFixedSize(round(self._digits) + 28, 30)
        self.setAccessibleName("Clock")

    def draw(self, state: ReplayState) -> None:
        """Show the playhead."""
        text = DASH if state.now_ns is None else clock_text(state.now_ns, 3)
        if text != self._text:
            self._text = text
            self.setToolTip(
                "" if state.now_ns is None else f"{date_text(state.now_ns)} ET\n{iso_utc(state.now_ns)}"
            )
            self.update()

    def text(self) -> str:
        """What it shows."""
        return self._text

    def paintEvent(self, event: QPaintEvent) -> None:
        """The digits, and whose time it is."""
        del event
        painter = QPainter(self)
        middle = self.height() / 2
        _run(painter, self._theme, "clock", self._text, self._theme.color("text1"), 0.0, middle)
        _run(painter, self._theme, "label", "ET", self._theme.color("text3"), self._digits + 8, middle)


class Facts(QWidget):
    """Right of the map: position and digest, the recorder, or the alarm of one that had to stop."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: tuple[str, str] = ("", "")
        self._recorder, self._alarm, self._note = "", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Replay facts")

    def draw(self, state: ReplayState, *, wide: bool, tight: bool = False) -> None:
        """Show position, digest and recorder; the first two, and all of the third, only where there is room."""
        digest = f"Digest {state.digest[:4]} {state.digest[4:8]}" if state.digest else ""
        lines = (position_text(state), digest) if wide else ("", "")
        recorder = state.recording if wide or state.behind_ns is None else state.recording.partition(" of ")[0]
        shown = (lines, recorder, state.alarm, _note(state, tight=tight))
        if shown == (self._lines, self._recorder, self._alarm, self._note):
            return
        self._lines, self._recorder, self._alarm, self._note = shown
        self.setToolTip(state.alarm or state.recording)
        self.setAccessibleDescription(
            ", ".join(part for part in (self._note, state.alarm or state.recording) if part)
        )
        self._fit()
        self.update()

    def text(self) -> str:
        """Everything it shows, in reading order."""
        return "  ".join(part for part in (*self._lines, self._note, self._alarm or self._recorder) if part)

    def _fit(self) -> None:
        """As wide as the text, never narrower again while one recording plays: digits must not push the map."""
        width = round(self._paint(None)) + 1 + (BEFORE_BUTTON if self._note.startswith(REWOUND) else 0)
        self.setFixedSize(max(width, 0 if not any(self._lines) else self.width()), 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two lines of facts, then the recorder."""
        del event
        self._paint(QPainter(self))

    def _paint(self, painter: QPainter | None) -> float:
        """Draw, or with no painter only measure; returns the right edge."""
        theme, right = self._theme, 0.0
        for text, role, token, y in (
            (self._lines[0], "axis", "text2", 12.0),
            (self._lines[1], "key", "text3", 28.0),
        ):
            right = max(right, _run(painter, theme, role, text, theme.color(token), 0.0, y))
        if self._note:
            role, token = ("strong", "replay") if self._note.startswith(REWOUND) else ("label", "text2")
            right = _run(painter, theme, role, self._note, theme.color(token), right + 14 * (right > 0), 20.0)
        tail = self._alarm or self._recorder
        if tail:
            token = "failed"  # the record light; an alarm says so in bold words
            right += PADDING * (right > 0)
            if painter is not None:
                _dot(painter, QPointF(right + 4, 20.0), theme.color(token))
            role, ink = ("strong", "failed") if self._alarm else ("label", "text2")
            right = _run(painter, theme, role, tail, theme.color(ink), right + 14, 20.0)
        return right


def _note(state: ReplayState, *, tight: bool) -> str:
    if state.seeking:
        return "Seeking"
    if state.behind_ns is not None:
        return f"{REWOUND} {age_text(state.behind_ns)}{'' if tight else ' behind'}"
    if state.is_live:
        return AT_EDGE
    return "At the end" if state.at_end else ""


def _dot(painter: QPainter, centre: QPointF, color: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(centre, 4.0, 4.0)


def _run(
    painter: QPainter | None, theme: Theme, role: str, text: str, color: QColor, left: float, middle: float
) -> float:
    """Draw a run of text, centred on a height; returns its right edge. Without a painter only measures."""
    font = theme.font(role)
    metrics = QFontMetricsF(font)
    if painter is not None:
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(QPointF(left, middle + (metrics.ascent() - metrics.descent()) / 2), text)
    return left + metrics.horizontalAdvance(text)
