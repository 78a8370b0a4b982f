"""A window with two chart panes and a ladder on which keys can be pressed, and a list of what they caused."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from cockpit.instants import parse_instant
from cockpit.state.commands import Command
from cockpit.state.screen import Screen
from cockpit.state.views import Choice, Freshness, Pane, ReplayState, WorkspaceState
from cockpit.units import NS_PER_HOUR
from cockpit.widgets.actions import ACTIONS, ActionSpec
from cockpit.widgets.frame_clock import FrameStatistics
from cockpit.widgets.keymap import Keymap
from cockpit.widgets.theme import Theme, load_fonts, load_theme

FIRST_NS = parse_instant("2023-12-24T18:00")
LAST_NS = parse_instant("2023-12-25T13:00")
PANES = ("chart.1", "chart.2", "ladder")


def theme() -> Theme:
    """Graphite with its fonts."""
    load_fonts()
    return load_theme("graphite")


class Sent:
    """Keeps the commands."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def send(self, command: Command) -> None:
        self.commands.append(command)


class HandClock:
    """Runs delayed jobs when the test says that time has passed; its frames always cost the same."""

    def __init__(self) -> None:
        self.jobs: dict[str, tuple[float, Callable[[], None]]] = {}

    def later(self, key: str, delay_ms: float, job: Callable[[], None]) -> None:
        self.jobs[key] = (delay_ms, job)

    def cancel(self, key: str) -> None:
        self.jobs.pop(key, None)

    def statistics(self) -> FrameStatistics:
        return FrameStatistics(600, 60.0, 2.5, 6.25)

    def pass_ms(self, ms: float) -> None:
        due = [key for key, (delay, _) in self.jobs.items() if delay <= ms]
        for key in due:
            self.jobs.pop(key)[1]()


class Body(QWidget):
    """A ladder: it can only recentre."""

    def __init__(self, name: str, log: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self.name, self.log = name, log
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def recentre(self) -> None:
        self.log.append(("recentre", self.name))


class LadderBody(Body):
    """A ladder: it scrolls by rows besides."""

    def scroll_rows(self, rows: int) -> None:
        self.log.append(("scroll_rows", self.name, rows))

    def visible_rows(self) -> int:
        return 12


class ChartBody(Body):
    """A chart: it knows every movement."""

    has_key_cross = False

    def toggle_key_cross(self) -> None:
        self.has_key_cross = not self.has_key_cross
        self.log.append(("key_cross", self.name, self.has_key_cross))

    def move_key_cross(self, bars: int, rows: int) -> None:
        self.log.append(("move_key_cross", self.name, bars, rows))

    def pan_prices(self, share: float) -> None:
        self.log.append(("pan_prices", self.name, share))

    def zoom_prices(self, steps: int) -> None:
        self.log.append(("zoom_prices", self.name, steps))

    def to_usual(self) -> None:
        self.log.append(("to_usual", self.name))

    def pan(self, bars: int) -> None:
        self.log.append(("pan", self.name, bars))

    def zoom(self, steps: int) -> None:
        self.log.append(("zoom", self.name, steps))

    def to_live(self) -> None:
        self.log.append(("to_live", self.name))

    def to_oldest(self) -> None:
        self.log.append(("to_oldest", self.name))

    def toggle_ruler(self) -> None:
        self.log.append(("toggle_ruler", self.name))


class PaperDesk:
    """Panes side by side; everything a window manager would do is only written down."""

    def __init__(self) -> None:
        self.log: list[tuple[Any, ...]] = []
        self.bodies = {pane: (LadderBody if pane == "ladder" else ChartBody)(pane, self.log) for pane in PANES}
        self.focused = "chart.1"
        self.workspaces = None
        self.notices = 0

    def focused_pane(self) -> str:
        return self.focused

    def panes(self) -> tuple[str, ...]:
        return PANES

    def panel_titles(self) -> tuple[tuple[str, str], ...]:
        return tuple((pane, pane.title()) for pane in PANES)

    def is_open(self, pane: str) -> bool:
        return True

    def is_floating(self, pane: str) -> bool:
        return False

    def has_notices(self) -> bool:
        return self.notices > 0

    def focus_pane(self, pane: str) -> None:
        self.focused = pane
        self.bodies[pane].setFocus()

    def panel(self, pane: str) -> QWidget | None:
        return self.bodies.get(pane)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *given: self.log.append((name, *given))


class Keyboard:
    """The window, its keys and what they did."""

    def __init__(
        self,
        qtbot: Any,
        recent: tuple[str, ...] = (),
        actions: tuple[ActionSpec, ...] = ACTIONS,
        **options: Any,
    ) -> None:
        self.sent, self.clock, self.desk, self.screen = Sent(), HandClock(), PaperDesk(), Screen()
        self.window = QWidget()
        row = QHBoxLayout(self.window)
        for body in self.desk.bodies.values():
            row.addWidget(body)
        self.window.resize(1280, 720)
        qtbot.addWidget(self.window)
        self.keymap = Keymap(
            self.window,
            theme(),
            self.desk,
            self.screen,
            self.sent,
            self.clock,
            lambda: list(recent),
            actions,
            **options,
        )
        self.window.show()
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)
        self.desk.bodies["chart.1"].setFocus()

    def open_market(self) -> None:
        """A recording with three symbols, paused an hour after its start."""
        self.screen.replay.publish(
            ReplayState(is_open=True, first_ns=FIRST_NS, last_ns=LAST_NS, now_ns=FIRST_NS + NS_PER_HOUR)
        )
        panes = {pane: Pane(pane, "ESH4.GLBX", "5m", 1) for pane in PANES}
        panes["chart.2"] = Pane("chart.2", "ZNH4.GLBX", "5m", 0)
        self.screen.workspace.publish(WorkspaceState(panes=panes, choices=choices()))

    def end(self) -> None:
        """Let another keyboard of the same process have the keys, as the next start would."""
        self.window.hide()
        for shortcut in self.window.findChildren(QShortcut):
            shortcut.setEnabled(False)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each at whoever has the focus, as a keyboard would."""
        for key in keys:
            for stroke in key.split(" "):
                press(stroke)

    def type(self, text: str) -> None:
        """Press a key for each letter, without a turn of the loop between them."""
        for letter in text:
            press(letter.upper() if letter.isalpha() else letter)


def choices() -> tuple[Choice, ...]:
    """Three symbols to search."""
    return (
        Choice("ESH4.GLBX", "E-mini S&P 500", "GLBX", "4,810.75", Freshness.FRESH),
        Choice("MESH4.GLBX", "Micro E-mini S&P 500", "GLBX", "4,810.50", Freshness.AGING),
        Choice("ZNH4.GLBX", "10-Year T-Note", "GLBX", "110'165", Freshness.STALE),
    )


def press(key: str, at: QWidget | None = None) -> None:
    """One key of the table, as real as offscreen allows: shortcuts first, then the focused widget, or ``at``."""
    combination = QKeySequence(key)[0]
    target = at or QApplication.focusWidget() or QApplication.activeWindow()
    assert target is not None
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
