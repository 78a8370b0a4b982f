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

from cockpit.state.commands import CommandSink, ReportFault
from cockpit.state.screen import Screen
from cockpit.state.views import Load, Notice, Pane, Provenance, WorkspaceState
from cockpit.widgets import rearranging
from cockpit.widgets.detect.evidence import EvidenceHands
from cockpit.widgets.edges import SimulatedStrip, frame_margins, paint_frame
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.layout_history import LayoutUndo
from cockpit.widgets.layouts import LayoutStore
from cockpit.widgets.motion import Motion
from cockpit.widgets.panel import PanelSpec
from cockpit.widgets.panel_frame import PanelFrame
from cockpit.widgets.panel_menu import link_menu, panel_menu, workspace_menu
from cockpit.widgets.presets import DEFAULT
from cockpit.widgets.saved_layout import SavedLayout
from cockpit.widgets.status_bar import StatusBar
from cockpit.widgets.theme import GUTTER, HEADER, Theme
from cockpit.widgets.tips import Tips
from cockpit.widgets.toasts import Toasts
from cockpit.widgets.top_bar import PRODUCT, TopBar
from cockpit.widgets.workbench import FIT_MS, Workbench
from cockpit.widgets.workspace_desk import WorkspaceDesk
from cockpit.widgets.workspace_verbs import NEW, RENAME
from cockpit.widgets.workspaces import Shelf

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
        shelf: Workspaces, each with a store of its own; takes the place of ``store``.

    Attributes:
        workspaces: What one does with them; None without a shelf.

    Signals:
        search_requested: The palette shall open (the search field was clicked).
        workspaces_requested: The list of workspaces shall open.
        name_requested: The entry of a name shall open: ``new``, ``duplicate`` or ``rename``; of which workspace.
        closed: The window has been closed and its layout saved.
        docks_built: The dock area exists now.
        panel_menu: Before a panel's menu opens: the QMenu and the pane's id; others may add to it.
    """

    search_requested = Signal()
    workspaces_requested = Signal()
    name_requested = Signal(str, str)
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
        shelf: Shelf | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._topics, self._commands, self._opengl = theme, screen, commands, opengl
        self._specs = panels
        self.clock = clock or FrameClock(parent=self)
        self.tips = Tips(theme, self.clock, self)
        self.motion = Motion(self.clock, theme, screen)
        self._bench: Workbench | None = None
        self._edge: Provenance | None = None
        self._chooser: QWidget | None = None
        self._build(renderer_text)
        self.layout_of = SavedLayout(self, self.clock, store if shelf is None else shelf.store, self.announce)
        self._undo = LayoutUndo(self, self.clock, self.layout_of)
        self.workspaces = None if shelf is None else self._make_workspaces(shelf)
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
        self.toasts = Toasts(self._theme, self.clock, self, self.motion)
        self.toasts.changed.connect(self._place_toasts)
        context = (self._theme, self._topics, self._commands, self.clock)
        self.evidence = EvidenceHands(self, *context, self.motion)

    def _follow(self) -> None:
        clock, topics = self.clock, self._topics
        clock.register("top bar", self.top_bar, topics.workspace, BARS_HZ)
        clock.register("status bar", self.status_bar, topics.health, BARS_HZ)
        clock.register("notices", self.toasts, topics.notices)
        clock.register("evidence", self.evidence, topics.evidence)
        clock.on_error = self._panel_failed
        clock.register("restarts", _Follower(self._retry_failed), topics.restarts)
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
            self._undo.watch(self._bench)
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
        bench = Workbench(
            self, self._stack, by_id, *context, opengl=self._opengl, tips=self.tips, motion=self.motion
        )
        bench.menu_wanted.connect(self._open_menu)
        bench.link_wanted.connect(self._open_links)
        return bench

    def _make_workspaces(self, shelf: Shelf) -> WorkspaceDesk:
        made = WorkspaceDesk(shelf, self.layout_of, self._undo, self.announce)
        tabs = self.top_bar.tabs
        tabs.chosen.connect(made.switch)
        tabs.list_wanted.connect(self.workspaces_requested)
        tabs.add_wanted.connect(lambda: self.name_requested.emit(NEW, made.current))
        tabs.rename_wanted.connect(lambda name: self.name_requested.emit(RENAME, name))
        tabs.menu_wanted.connect(
            lambda name, at: workspace_menu(made, name, self.name_requested.emit, tabs).popup(at)
        )
        made.changed.connect(lambda: self.top_bar.show_workspaces(made.names, made.current))
        self.top_bar.show_workspaces(made.names, made.current)
        return made

    def _open_menu(self, frame: PanelFrame, at: QPoint) -> None:
        menu = panel_menu(self, frame.pane, frame.header)
        self.panel_menu.emit(menu, frame.pane)
        menu.open_at(at)

    def _open_links(self, frame: PanelFrame, at: QPoint) -> None:
        known = self._topics.workspace.value.panes
        pane = known.get(frame.pane, Pane(frame.pane, link=frame.header.head.link))
        link_menu(self._commands, pane, frame.header).open_at(at)

    # following the state

    def _show_workspace(self, state: WorkspaceState) -> None:
        self._strip.show_for(state.provenance)
        if state.framed is not self._edge:
            self._edge = state.framed
            self._column.setContentsMargins(frame_margins(state.framed))
            self.update()
        self._show_page()
        if self._bench is not None:
            self._bench.show_workspace(state)

    def _panel_failed(self, name: str, error: Exception) -> None:
        """One that cannot draw is remembered with what stopped; its place says why."""
        specs = self._bench.specs() if self._bench is not None else ()
        pane = next((spec.id for spec in specs if spec.title == name), name)
        self._commands.send(ReportFault(pane, f"{type(error).__name__}: {error}"))

    def _retry_failed(self, restarts: int) -> None:
        if restarts and self._bench is not None:
            self._bench.retry_failed()

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

    def windows(self) -> tuple[QWidget, ...]:
        """This window, then the floating ones."""
        floats = () if self._bench is None else self._bench.windows()
        return (self, *(window for _, window in floats))

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
        self._undo.note()
        self.bench.float_panel(pane)

    def dock_panel(self, pane: str) -> None:
        """Bring a floating or closed pane back where it stood."""
        self._undo.note()
        self.bench.dock_panel(pane)

    def close_panel(self, pane: str) -> None:
        """Take a panel off the screen; its menu and ``dock_panel`` bring it back."""
        self._undo.note()
        self.bench.close_panel(pane)

    def toggle_panel(self, pane: str) -> None:
        """Show and focus a panel, or close it when it is seen."""
        self._undo.note()
        self.bench.toggle_panel(pane)

    def panel_titles(self) -> tuple[tuple[str, str], ...]:
        """Id and title of every kind of panel; none while the docks are not there yet."""
        return tuple((spec.id, spec.title) for spec in self.specs()) if self.has_docks else ()

    def open_menu(self, pane: str) -> None:
        """Open the menu of a panel's header, below its dots."""
        frame = self.frame(pane)
        if frame is not None and self.is_open(pane):
            self.bench.docks.show_tab(pane)
            self._open_menu(frame, frame.header.mapToGlobal(frame.header.rect().bottomRight()))

    def move_pane(self, pane: str, side: str) -> str:
        """Move the pane out of its tabs, or past its neighbour; why not, when it cannot."""
        self._undo.note()
        return rearranging.move(self.bench, pane, side)

    def join_pane(self, pane: str, side: str) -> str:
        """Put the pane into its neighbour's tabs; why not, when there is none."""
        self._undo.note()
        return rearranging.join(self.bench, pane, side)

    def resize_pane(self, pane: str, how: str) -> str:
        """Make the pane ``wider``, ``narrower``, ``taller`` or ``shorter``; why not, when it cannot be."""
        self._undo.note()
        return rearranging.resize(self.bench, pane, how)

    def has_notices(self) -> bool:
        """Whether a notice is shown."""
        return bool(self.toasts.open_notices())

    def clear_notices(self) -> None:
        """Take every notice away."""
        while self.toasts.dismiss_newest():
            pass

    def minimise(self) -> None:
        """Minimise the active window."""
        (self if self._bench is None else self._bench.active_window()).showMinimized()

    def apply_preset(self, name: str) -> None:
        """Arrange by a preset: ``1``, ``1+2``, ``2x2``, ``1+3``, ``3x2``."""
        self._undo.note()
        self.bench.apply_preset(name)

    def maximise(self, pane: str) -> None:
        """Fill the dock area with the pane, or give the others their place back."""
        self._undo.note()
        self.bench.maximise(pane)

    def send_to_monitor(self, number: int) -> None:
        """Move the active window to monitor ``number``, counted from the left."""
        self._undo.note()
        if not self.bench.send_to_monitor(number):
            there = len(QGuiApplication.screens())
            self.announce("info", f"No monitor {number}", f"{there} connected")

    def toggle_on_top(self) -> None:
        """Keep the active window above the others, or no longer."""
        self._undo.note()
        on = self.bench.toggle_on_top()
        self.announce("info", "Always on top" if on else "No longer on top", "this window")

    def save_layout(self) -> None:
        """Write the layout now, and keep it as a version that the next changes do not replace."""
        if self.layout_of.begin_version():
            name = "Layout" if self.workspaces is None else f"Workspace {self.workspaces.current}"
            self.announce("info", f"{name} saved", "it comes back on these monitors; Ctrl+W V has earlier versions")

    def reset_layout(self) -> None:
        """Back to the arrangement of the workspace's first start."""
        self._undo.note()
        self.bench.reset(DEFAULT if self.workspaces is None else self.workspaces.shipped)

    def undo_layout(self) -> bool:
        """Back to what stood before the last change of the layout; False when nothing did."""
        return self._undo.undo()

    def redo_layout(self) -> bool:
        """Forth to what was undone last; False when nothing was."""
        return self._undo.redo()

    def step_out(self) -> None:
        """Take the newest notice away, else the evidence; else give a maximised pane its place back, and so on."""
        if self.toasts.dismiss_newest() or self.evidence.close() or self._bench is None or self._bench.restore():
            return
        step_out = getattr(self.panel(self.focused_pane()), "step_out", None)
        if callable(step_out) and step_out():
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
