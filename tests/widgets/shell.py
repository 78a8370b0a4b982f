"""A main window with panels that only count what they are given, and states as a recording would make them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from cockpit.clock import ManualClock
from cockpit.instruments import Instrument, resolve
from cockpit.state.commands import Command, FocusPane
from cockpit.state.screen import CHART_PANES, Screen
from cockpit.state.views import (
    ChartState,
    FeedHealth,
    Freshness,
    Head,
    HealthState,
    LadderState,
    Provenance,
    VixState,
    WorkspaceState,
)
from cockpit.units import NS_PER_MS, NS_PER_S
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.layouts import LayoutStore
from cockpit.widgets.main_window import MainWindow
from cockpit.widgets.panel import PanelContext, PanelSpec
from cockpit.widgets.theme import Theme, load_fonts, load_theme
from cockpit.widgets.workspaces import Shelf

NOW_NS = 1_703_546_400 * NS_PER_S  # Mon 25 Dec 2023, 18:20 in New York


def known(symbol: str) -> Instrument:
    """An instrument of the shipped table."""
    found = resolve(symbol)
    assert found is not None
    return found


def theme(name: str = "graphite") -> Theme:
    """A theme with its fonts."""
    load_fonts()
    return load_theme(name)


def pixels(widget: QWidget) -> np.ndarray:
    """What a widget shows, uint32 (height, width)."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


class Body(QWidget):
    """Keeps every state it was given."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.context = context
        self.states: list[Any] = []
        self.view: dict[str, Any] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def draw(self, state: Any) -> None:
        self.states.append(state)

    def view_state(self) -> dict[str, Any]:
        return self.view

    def restore_view(self, view: dict[str, Any]) -> None:
        self.view = view


def _chart(pane: str) -> PanelSpec:
    title = f"Chart {pane[-1]}"
    return PanelSpec(pane, title, lambda screen: screen.charts[pane], Body, 60.0, (360, 220))


PANELS = (
    *(_chart(pane) for pane in CHART_PANES),
    PanelSpec("ladder", "Ladder", lambda screen: screen.ladder, Body, 30.0, (240, 220)),
    PanelSpec("vix", "VIX regime", lambda screen: screen.vix, Body, 5.0, (240, 140)),
    PanelSpec("health", "Data health", lambda screen: screen.health, Body, 5.0, (240, 140)),
    PanelSpec("impact", "Market impact", lambda screen: screen.impact, Body, 10.0, (240, 190), "vix"),
)


class Sent:
    """Keeps the commands, and obeys one: the focus."""

    def __init__(self, screen: Screen) -> None:
        self.commands: list[Command] = []
        self._screen = screen

    def send(self, command: Command) -> None:
        self.commands.append(command)
        if isinstance(command, FocusPane):
            topic = self._screen.workspace
            topic.publish(replace(topic.value, focused=command.pane))


def head(symbol: str, interval: str, freshness: Freshness | None, age_s: float | None, link: int = 1) -> Head:
    """A header of a replay."""
    age = None if age_s is None else round(age_s * NS_PER_S)
    return Head(known(symbol), Provenance.REPLAY, freshness, age, "", link, interval)


def publish(screen: Screen, provenance: Provenance | None = Provenance.REPLAY) -> None:
    """Open something: four charts in four states, a ladder, two feeds. None closes it again."""
    heads = (
        head("ESH4.GLBX", "5m", Freshness.FRESH, 0.1),
        head("ESH4.GLBX", "1h", Freshness.AGING, 2.6),
        head("NQH4.GLBX", "1m", Freshness.STALE, 9.0, 2),
        head("ZNH4.GLBX", "15m", Freshness.RESYNCING, 4.0, 0),
        head("ZNH4.GLBX", "1D", Freshness.FAILED, 250.0, 3),
        head("ESH4.GLBX", "4h", None, None),
    )
    for pane, each in zip(CHART_PANES, heads, strict=True):
        screen.charts[pane].publish(ChartState(head=replace(each, provenance=provenance)))
    screen.vix.publish(VixState(head=replace(head("VIX.CBOE", "", Freshness.FRESH, 9.0, 0), provenance=provenance)))
    ladder = replace(heads[0], interval="", note="order level", provenance=provenance)
    screen.ladder.publish(LadderState(head=ladder))
    screen.health.publish(HealthState(feeds=FEEDS if provenance else (), pump_p99_ms=2.4))
    focused = screen.workspace.value.focused
    now = NOW_NS if provenance else None
    screen.workspace.publish(WorkspaceState(focused=focused, provenance=provenance, session_text="RTH", now_ns=now))


FEEDS = (
    FeedHealth("ESH4.GLBX mbo", Freshness.AGING, 72 * NS_PER_S, 2 * NS_PER_S, 8140.0, 5, 0, 0),
    FeedHealth("ZNH4.GLBX mbo", Freshness.FRESH, NS_PER_S // 10, 2 * NS_PER_S, 212.0, 5, 0, 0),
)


class Shell:
    """A main window whose clock stands still until ``frames`` is called.

    Args:
        folder: Where layouts are kept; None keeps none.
        size: Of the window; the offscreen platform shows none larger than its 800x800, but lets it grow after.
        shelf: Workspaces; their folder takes the place of ``folder``.
    """

    def __init__(
        self,
        qtbot: Any,
        folder: Path | None = None,
        size: tuple[int, int] = (1700, 900),
        shelf: Shelf | None = None,
    ) -> None:
        self.time = ManualClock(NS_PER_S)
        self.screen = Screen()
        self.sent = Sent(self.screen)
        self.clock = FrameClock(self.time)
        store = None if folder is None else LayoutStore(folder)
        self.window = MainWindow(
            theme(), self.screen, self.sent, panels=PANELS, clock=self.clock, store=store, shelf=shelf
        )
        self.clock.setParent(self.window)
        qtbot.addWidget(self.window, before_close_func=lambda _: None)
        self._size = None if folder else size

    def open(self, provenance: Provenance | None = Provenance.REPLAY) -> "Shell":
        """Show the window with something open."""
        publish(self.screen, provenance)
        self.window.show()
        self.clock.stop()
        self.frames(5)  # the window is brought into reach once
        if self._size is not None:
            self.window.resize(*self._size)
            self.frames(5)
        return self

    def frames(self, count: int = 1, ms: float = 100.0) -> None:
        """Let ``count`` frames pass, ``ms`` apart, and Qt do what it has to between them."""
        from PySide6.QtWidgets import QApplication

        for _ in range(count):
            self.time.advance(round(ms * NS_PER_MS))
            self.clock.frame()
            QApplication.processEvents()

    def body(self, pane: str) -> Body:
        """A panel's body; it must be there."""
        found = self.window.panel(pane)
        assert isinstance(found, Body), f"{pane}: {found}"
        return found
