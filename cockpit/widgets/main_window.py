"""The main window: bars around the docks, the chooser, notices, and the layout that outlives it.

It knows states and commands, neither feeds nor engines. Docks and panels are made when they are first needed: with
nothing open the window is bars and the chooser, and visible fast.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from cockpit.state.commands import CommandSink
from cockpit.state.screen import Screen
from cockpit.state.views import Load, Notice, Provenance, WorkspaceState
from cockpit.widgets.edges import SimulatedStrip, frame_margins, paint_frame
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.layouts import LayoutStore
from cockpit.widgets.panel import PanelSpec
from cockpit.widgets.panel_frame import PanelFrame
from cockpit.widgets.panel_menu import link_menu, panel_menu
from cockpit.widgets.saved_layout import SavedLayout
from cockpit.widgets.status_bar import StatusBar
from cockpit.widgets.theme import GUTTER, HEADER, Theme
from cockpit.widgets.toasts import Toasts
from cockpit.widgets.top_bar import PRODUCT, TopBar
from cockpit.widgets.workbench import FIT_MS, Workbench

log = logging.getLogger(__name__)

FIRST_SHARE: Final = 0.92  # of the monitor, at the first start
LEAST: Final = QSize(480, 360)
BARS_HZ: Final = 10.0  # clock and ages change by the tenth of a second
STATISTICS_MS: Final = 500
SHELL_NOTICE: Final = 0  # number of notices the window makes itself


@dataclass(frozen=True, slots=True, eq=False)
class _Follower:
    """Something that follows a topic whenever the window is there."""

    act: Callable[[Any], None]
    seen: bool = True

    def draw(self, state: Any) -> None:
        self.act(state)

    def fail(self, reason: str) -> None:
        log.error("the window cannot follow: %s", reason)


class MainWindow(QWidget):
    """The window of the cockpit.

    Args:
        theme, screen, commands: As every panel gets them.
        opengl: Whether panes draw with OpenGL.
        renderer_text: Short name of what draws, for the status bar.
        panels: Kinds of panels; the catalog when left out, imported with the first dock.
        clock: The one UI timer; runs while the window is shown.
        store: Saved layouts; None neither reads nor writes any.

    Signals:
        search_requested: The palette shall open (the search field was clicked).
        closed: The window has been closed and its layout saved.
        docks_built: The dock area exists now.
        panel_menu: Before a panel's menu opens: the QMenu and the pane's id; others may add to it.
    """

    search_requested = Signal()
    closed = Signal()
    docks_built = Signal()
    panel_menu = Signal(object, str)

    def __init__(
        self,
        theme: Theme,
        screen: Screen,
        commands: CommandSink,
        *,
        opengl: bool = False,
        renderer_text: str = "raster",
        panels: tuple[PanelSpec, ...] | None = None,
        clock: FrameClock | None = None,
        store: LayoutStore | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._topics, self._commands, self._opengl = theme, screen, commands, opengl
        self._specs = panels
        self.clock = clock or FrameClock(parent=self)
        self._bench: Workbench | None = None
        self._edge: Provenance | None = None
        self._chooser: QWidget | None = None
        self._build(renderer_text)
        self.layout_of = SavedLayout(self, self.clock, store, self.announce)
        self._follow()
        self.setWindowTitle(PRODUCT)
        self.setMinimumSize(LEAST)
        self.layout_of.place_window(FIRST_SHARE)
        self.clock.watch(self)
        if opengl:
            from cockpit.widgets.renderer import make_gl_window  # noqa: PLC0415  raster mode never loads OpenGL

            make_gl_window(self)

    def _build(self, renderer_text: str) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.top_bar = TopBar(self._theme, self)
        self.top_bar.search_requested.connect(self.search_requested)
        self._strip = SimulatedStrip(self._theme, self)
        self._stack = QStackedWidget(self)
        self._stack.setMinimumSize(1, 1)  # else the panels' minima would bind the window; ``refit`` obeys them
        self._empty = QWidget()
        QVBoxLayout(self._empty).setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._empty)
        gutters = QVBoxLayout()
        gutters.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        gutters.addWidget(self._stack)
        self._replay_slot = QVBoxLayout()
        self._replay_slot.setContentsMargins(0, 0, 0, 0)
        self.status_bar = StatusBar(self._theme, renderer_text, self)
        for widget in (self.top_bar, self._strip):
            self._column.addWidget(widget)
        self._column.addLayout(gutters, 1)
        self._column.addLayout(self._replay_slot)
        self._column.addWidget(self.status_bar)
        self.toasts = Toasts(self._theme, self.clock, self)
        self.toasts.changed.connect(self._place_toasts)

    def _follow(self) -> None:
        clock, topics = self.clock, self._topics
        clock.register("top bar", self.top_bar, topics.workspace, BARS_HZ)
        clock.register("status bar", self.status_bar, topics.health, BARS_HZ)
        clock.register("notices", self.toasts, topics.notices)
        clock.register("load", _Follower(self._show_load), topics.load)
        clock.register("window", _Follower(self._show_workspace), topics.workspace)
        clock.later("statistics", STATISTICS_MS, self._show_statistics)
        application = QGuiApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    # slots for other parts

    def set_replay_bar(self, widget: QWidget) -> None:
        """Put the replay bar above the status bar."""
        self._replay_slot.addWidget(widget)

    def set_chooser(self, widget: QWidget) -> None:
        """Put a widget where the docks are while nothing is open."""
        layout = self._empty.layout()
        if self._chooser is not None:
            raise RuntimeError("the window has a chooser already")
        if layout is not None:
            layout.addWidget(widget)
        self._chooser = widget
        self._show_page()

    def announce(self, severity: str, title: str, text: str) -> None:
        """Show a notice of the window's own."""
        self.toasts.add(Notice(SHELL_NOTICE, severity, title, text))

    @property
    def bench(self) -> Workbench:
        """The panels; made on the first call."""
        if self._bench is None:
            self._bench = self._make_bench()
            self.layout_of.arrange(self._bench)
            self._show_workspace(self._topics.workspace.value)
            self.docks_built.emit()
        return self._bench

    @property
    def has_docks(self) -> bool:
        """Whether the dock area exists yet."""
        return self._bench is not None

    def _make_bench(self) -> Workbench:
        specs = self._specs
        if specs is None:
            from cockpit.widgets.catalog import PANELS  # noqa: PLC0415  numba and pyqtgraph load with the panels

            specs = PANELS
        by_id = {spec.id: spec for spec in specs}
        context = (self._theme, self._topics, self._commands, self.clock)
        bench = Workbench(self, self._stack, by_id, *context, opengl=self._opengl)
        bench.menu_wanted.connect(self._open_menu)
        bench.link_wanted.connect(self._open_links)
        return bench

    def _open_menu(self, frame: PanelFrame, at: QPoint) -> None:
        menu = panel_menu(self, frame.pane, frame.header)
        self.panel_menu.emit(menu, frame.pane)
        menu.popup(at)

    def _open_links(self, frame: PanelFrame, at: QPoint) -> None:
        group = frame.header.head.link
        link_menu(self._commands, frame.pane, group, frame.header).popup(at)

    # following the state

    def _show_workspace(self, state: WorkspaceState) -> None:
        if state.provenance is not self._edge:
            self._edge = state.provenance
            self._column.setContentsMargins(frame_margins(state.provenance))
            self._strip.show_for(state.provenance)
            self.update()
        self._show_page()
        if self._bench is not None:
            self._bench.show_workspace(state)

    def _show_load(self, load: Load) -> None:
        self.clock.ease(load.hz)
        self.status_bar.show_load(load)

    def _show_page(self) -> None:
        nothing_open = self._topics.workspace.value.provenance is None and self._chooser is not None
        if nothing_open:
            self._stack.setCurrentWidget(self._empty)
        elif self._stack.currentWidget() is self._empty and self.isVisible():
            self._stack.setCurrentWidget(self.bench.page)

    def _show_statistics(self) -> None:
        self.status_bar.show_frames(self.clock.statistics())
        self.clock.later("statistics", STATISTICS_MS, self._show_statistics)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is None or self._bench is None or self._bench.is_settling:
            return
        for frame in self._bench.frames():  # not by walking up ``parentWidget``, see docking.py on wrappers
            if frame is new or frame.isAncestorOf(new):
                frame.tell_focus()

    def _place_toasts(self) -> None:
        corner = self._stack.geometry().topRight()
        top = corner.y() + 2 * HEADER + GUTTER  # below tabs and headers: age and provenance stay in sight
        self.toasts.place(corner.x(), top, self._stack.width())
        self.toasts.raise_()

    # the desk: what actions and menus do with panels

    def panel(self, pane: str) -> QWidget | None:
        """The body of a pane; None when it is not open or was never drawn."""
        frame = self.frame(pane)
        return frame.body if frame is not None and self.bench.is_open(pane) else None

    def frame(self, pane: str) -> PanelFrame | None:
        """Header and body of a pane; None when it was never shown."""
        return self._bench.frame(pane) if self._bench is not None else None

    def specs(self) -> tuple[PanelSpec, ...]:
        """Every kind of panel."""
        return self.bench.specs()

    def is_open(self, pane: str) -> bool:
        """Whether a panel stands somewhere, docked or floating."""
        return self._bench is not None and self._bench.is_open(pane)

    def is_floating(self, pane: str) -> bool:
        """Whether a panel is in a floating window."""
        return self._bench is not None and self._bench.docks.is_floating(pane)

    def focused_pane(self) -> str:
        """The pane keys act on."""
        return self._topics.workspace.value.focused if self._bench is None else self._bench.focused

    def panes(self) -> tuple[str, ...]:
        """Open panes that keys act on, in reading order."""
        return self.bench.panes()

    def focus_pane(self, pane: str) -> None:
        """Bring the pane to the front and give it the keys."""
        self.bench.focus_pane(pane)

    def float_panel(self, pane: str) -> None:
        """Make the pane a window of its own."""
        self.bench.float_panel(pane)

    def dock_panel(self, pane: str) -> None:
        """Bring a floating or closed pane back where it stood."""
        self.bench.dock_panel(pane)

    def close_panel(self, pane: str) -> None:
        """Take a panel off the screen; its menu and ``dock_panel`` bring it back."""
        self.bench.close_panel(pane)

    def toggle_panel(self, pane: str) -> None:
        """Show and focus a panel, or close it when it is seen."""
        self.bench.toggle_panel(pane)

    def apply_preset(self, name: str) -> None:
        """Arrange by a preset: ``1``, ``1+2``, ``2x2``, ``1+3``, ``3x2``."""
        self.bench.apply_preset(name)

    def maximise(self, pane: str) -> None:
        """Fill the dock area with the pane, or give the others their place back."""
        self.bench.maximise(pane)

    def send_to_monitor(self, number: int) -> None:
        """Move the active window to monitor ``number``, counted from the left."""
        if not self.bench.send_to_monitor(number):
            there = len(QGuiApplication.screens())
            self.announce("info", f"No monitor {number}", f"{there} connected")

    def toggle_on_top(self) -> None:
        """Keep the active window above the others, or no longer."""
        on = self.bench.toggle_on_top()
        self.announce("info", "Always on top" if on else "No longer on top", "this window")

    def save_layout(self) -> None:
        """Write the layout now."""
        if self.layout_of.save():
            self.announce("info", "Layout saved", "it comes back at the next start on these monitors")

    def reset_layout(self) -> None:
        """Back to the arrangement of the first start."""
        self.bench.reset()

    def step_out(self) -> None:
        """Take the newest notice away; else give a maximised pane its place back; else show the newest bar."""
        if self.toasts.dismiss_newest() or self._bench is None or self._bench.restore():
            return
        to_live = getattr(self.panel(self.focused_pane()), "to_live", None)
        if callable(to_live):
            to_live()

    # events of the window

    def paintEvent(self, event: QPaintEvent) -> None:
        """Gutters, and the frame of a replay."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg0"))
        paint_frame(painter, self.rect(), self._theme, self._edge)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the panels a moment after the last step of a resize."""
        self._place_toasts()
        self.clock.later("fit", FIT_MS, self._fit)

    def _fit(self) -> None:
        if self._bench is not None:
            self._bench.refit()
        self._place_toasts()

    def showEvent(self, event: QShowEvent) -> None:
        """Start the clock."""
        if not self.clock.is_running:
            self.clock.start(self.screen().refreshRate())
            self.layout_of.watch()
        self._show_page()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save, hide what floats, stop the clock: floats would stay on the screen (``desktop-testing.md`` 3)."""
        self.layout_of.close()
        if self._bench is not None:
            self._bench.docks.close_all()
        self.clock.stop()
        event.accept()
        self.closed.emit()
