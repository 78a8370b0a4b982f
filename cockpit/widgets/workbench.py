"""The panels of the window and what one does with them: arrange, float, maximise, send away, save, bring back."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from cockpit.state.commands import CommandSink, FocusPane
from cockpit.state.screen import Screen
from cockpit.state.views import WorkspaceState
from cockpit.widgets.arrangement import Home, Node, Size, alike, home_of, least, only, panels, put_back, structure
from cockpit.widgets.docking import Docks
from cockpit.widgets.floating_bar import dress_bar, show_pinned
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.monitors import areas, in_order, move_frame, place_in_reach
from cockpit.widgets.motion import Motion
from cockpit.widgets.panel import PanelContext, PanelSpec
from cockpit.widgets.panel_frame import FOCUSED, PanelFrame
from cockpit.widgets.presets import DEFAULT, PRESETS, arrange, squeeze
from cockpit.widgets.surface import surface_with_keys
from cockpit.widgets.theme import HEADER, Theme
from cockpit.widgets.tips import Tips

BELOW: Final = 0.32  # of a column, for a panel that opens in it first
FIT_MS: Final = 200  # after the last resize
FIRST_FOCUS_MS: Final = 50  # after the last body of the first frame


class Workbench(QObject):
    """Owns the docks inside the main window.

    Args:
        window: The main window.
        stack: Holds the dock page and the page of a maximised panel.
        specs: Every kind of panel there is, by id.

    Attributes:
        saved_views: What bodies want to find again, by panel; given to frames as they are made.
        is_settling: The first bodies are still coming; who has the keys is not the user's choice yet.

    Signals:
        menu_wanted: A panel's menu: its frame and the global position.
        link_wanted: A panel's link chip: its frame and the global position.
    """

    menu_wanted = Signal(object, QPoint)
    link_wanted = Signal(object, QPoint)

    def __init__(
        self,
        window: QWidget,
        stack: QStackedWidget,
        specs: dict[str, PanelSpec],
        theme: Theme,
        screen: Screen,
        commands: CommandSink,
        clock: FrameClock,
        *,
        opengl: bool,
        tips: Tips | None = None,
        motion: Motion | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._stack, self._specs = window, stack, specs
        self._theme, self._screen, self._commands, self._clock = theme, screen, commands, clock
        self._opengl, self._tips, self._motion = opengl, tips, motion
        self._wish: str | Node = DEFAULT
        self._form: Node | None = None  # what the wish became for the room there was
        self._maximised = ""
        self.saved_views: dict[str, dict[str, Any]] = {}
        self._focused = screen.workspace.value.focused
        self._is_moving = False
        self.is_settling = True  # until the first bodies stand
        self.page = QWidget()
        stack.addWidget(self.page)
        self._big = QWidget()
        self._big_column = QVBoxLayout(self._big)
        self._big_column.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self._big)
        self.docks = Docks(self.page, self._make_frame)
        self.docks.floated.connect(self._float_opened)
        self.docks.toggle_wanted.connect(self.toggle_float)

    # frames

    def frame(self, panel: str) -> PanelFrame | None:
        """The panel's frame; None when it was never shown."""
        return self.docks.frame(panel)

    def frames(self) -> tuple[PanelFrame, ...]:
        """Every frame there is."""
        return self.docks.frames()

    def is_open(self, panel: str) -> bool:
        """Whether the panel stands somewhere."""
        return self.docks.is_open(panel)

    def specs(self) -> tuple[PanelSpec, ...]:
        """Every kind of panel."""
        return tuple(self._specs.values())

    def panes(self) -> tuple[str, ...]:
        """Open panes that keys act on, in reading order, the floating ones last."""
        order = [*panels(self.docks.tree())]
        for _, tree in self.docks.floating_windows():
            order += panels(tree)
        return tuple(panel for panel in order if panel in FOCUSED)

    def _make_frame(self, panel: str) -> PanelFrame:
        spec = self._specs[panel]
        context = PanelContext(
            panel, self._theme, self._screen, self._commands, self._opengl, self._tips, self._motion
        )
        frame = PanelFrame(spec, context)
        frame.header.menu_wanted.connect(lambda at: self.menu_wanted.emit(frame, at))
        frame.header.drag_ended.connect(lambda: self._clock.later("dropped", 0, lambda: self.focus_pane(panel)))
        frame.header.link_wanted.connect(lambda at: self.link_wanted.emit(frame, at))
        frame.header.show_focus(self._focused == panel)
        frame.focus_taken.connect(self._take_focus)
        frame.retry_wanted.connect(self._clock.retry)
        frame.appeared.connect(self._wear)
        frame.body_built.connect(self._body_built)
        view = self.saved_views.get(panel)
        if view:
            frame.restore_view(view)
        self._clock.register(spec.title, frame, spec.topic(self._screen), spec.refresh_hz)
        return frame

    def retry_failed(self) -> None:
        """Draw every panel again that could not."""
        for frame in self.frames():
            if frame.failure:
                frame.clear_failure()
                self._clock.retry(frame)

    def show_workspace(self, state: WorkspaceState) -> None:
        """Mark floating windows, and panels whose state does not say, with the provenance; name hidden tabs."""
        for frame in self.frames():
            frame.show_provenance(state.provenance)
            frame.wear(state.framed if self._is_torn_off(frame) else None)
            pane = state.panes.get(frame.pane)
            if pane is not None and not frame.seen:
                symbol = pane.symbol if state.provenance is not None else ""
                frame.header.call_after(symbol, pane.interval)

    def _wear(self, frame: PanelFrame) -> None:
        frame.wear(self._screen.workspace.value.framed if self._is_torn_off(frame) else None)

    def _is_torn_off(self, frame: PanelFrame) -> bool:
        return frame.window() is not self._window

    # focus

    @property
    def focused(self) -> str:
        """The pane keys act on; known here first, for two keys may come between two publications."""
        return self._focused

    def _take_focus(self, panel: str) -> None:
        if self._is_moving or panel == self._focused:
            return
        self._focused = panel
        for frame in self.frames():
            frame.header.show_focus(frame.pane == panel)
        self._commands.send(FocusPane(panel))

    def _body_built(self, frame: PanelFrame) -> None:
        """While the first bodies come Qt gives the keys to whichever is ready; then the right one gets them."""
        if self.is_settling:
            self._clock.later("first focus", FIRST_FOCUS_MS, self._give_first_focus)
        elif frame.pane == self._focused:  # a tab that was brought to the front before it was ever drawn
            self._clock.later("first focus", 0, self._give_first_focus)

    def _give_first_focus(self) -> None:
        self.is_settling = False
        frame = self.frame(self._focused)
        if frame is not None and self.is_open(self._focused) and not surface_with_keys():
            frame.focus_body()

    @contextmanager
    def focus_held(self) -> Generator[None]:
        """Qt's focus wanders while widgets move about; afterwards the pane that had it has it, if it is there."""
        was_moving, self._is_moving = self._is_moving, True
        try:
            yield
        finally:
            self._is_moving = was_moving
        frame = self.frame(self._focused if self.is_open(self._focused) else next(iter(self.panes()), ""))
        if frame is not None and not was_moving:
            frame.focus_body()

    def focus_pane(self, panel: str) -> None:
        """Bring the panel to the front and give it the keys."""
        frame = self.frame(panel)
        if frame is None or not self.is_open(panel):
            return
        self.docks.show_tab(panel)
        if frame.window() is not QApplication.activeWindow():
            frame.window().activateWindow()
        frame.focus_body()

    # arrangement

    def minimum(self, panel: str) -> Size:
        """Least size of a panel, header included."""
        spec = self._specs.get(panel)
        wide, high = spec.minimum if spec is not None else (0, 0)
        return wide, high + HEADER

    def apply_preset(self, name: str) -> None:
        """Arrange by a preset; every floating panel of it comes back. An unknown name changes nothing."""
        if name in PRESETS:
            self.wish(name)

    def reset(self, preset: str = DEFAULT) -> None:
        """The arrangement of the first start, nothing floating."""
        self.restore()
        for container, _ in list(self.docks.floating_windows()):
            container.close()
        self.wish(preset if preset in PRESETS else DEFAULT)

    def wish(self, wish: str | Node) -> None:
        """Arrange by a preset's name or a tree, in the form that fits."""
        self.restore()
        self._wish = wish
        form = self._formed(wish)
        if form is not None:
            self._apply(form)

    def show_saved(self, tree: Node, preset: str) -> None:
        """Arrange as saved; ``preset`` names what it followed, empty for an own arrangement."""
        self._wish = preset if preset in PRESETS else tree
        known = only(tree, lambda panel: panel in self._specs)
        if known is None:
            self.wish(DEFAULT)
            return
        self._apply(known)
        self.refit()

    def saved_wish(self) -> str:
        """Name of the preset that is followed; empty for an own arrangement."""
        self._take_in()
        return self._wish if isinstance(self._wish, str) else ""

    def refit(self) -> None:
        """Fit the arrangement to the room there is now; what the user arranged by hand is kept when it fits."""
        if self._maximised:
            return
        self._take_in()
        form = self._formed(self._wish)
        desired = only(form, self._belongs_here) if form is not None else None
        if form is None or desired is None:
            return
        if structure(desired) != structure(self.docks.tree()):
            self._apply(desired)
            self._form = form

    def rearrange(self, change: Callable[[Node], Node | None], *, moves_panels: bool = True) -> bool:
        """Arrange the main window as a change of its tree says; False when the change has no answer.

        Args:
            change: Gets the tree as it is now; None for what cannot be.
            moves_panels: False when only sizes change: the keys then stay with whoever has them.
        """
        self.restore()
        self._take_in()
        tree = self.docks.tree()
        desired = None if tree is None else change(tree)
        if desired is None:
            return False
        if moves_panels:
            self._apply(desired)
        else:
            self.docks.apply(desired)
            self._form = desired
        self._wish = desired
        return True

    def _take_in(self) -> None:
        """What stands there and was not put there by us, the user wanted."""
        now = self.docks.tree()
        expected = None if self._form is None else only(self._form, self._belongs_here)
        if now is not None and structure(now) != structure(expected):
            self._wish = self._form = now

    def _belongs_here(self, panel: str) -> bool:
        return self.docks.is_open(panel) and not self.docks.is_floating(panel)

    def _formed(self, wish: str | Node) -> Node | None:
        room = self._stack.size()
        size = (room.width(), room.height())
        if isinstance(wish, str):
            tree = arrange(wish, self._window.width(), size, self.minimum)
        else:
            tree = squeeze(wish, size, self.minimum)
        return only(tree, lambda panel: panel in self._specs)

    def _apply(self, form: Node) -> None:
        with self.focus_held():
            self.docks.apply(form)
        self._form = form

    # floating and coming back

    def toggle_float(self, panel: str) -> None:
        """Float a docked panel, dock a floating one."""
        if self.docks.is_floating(panel):
            self.dock_panel(panel)
        else:
            self.float_panel(panel)

    def float_panel(self, panel: str) -> None:
        """Give the panel a window of its own, where it can be reached."""
        if panel not in self._specs or self.docks.is_floating(panel):
            return
        self.restore()
        self._take_in()
        with self.focus_held():
            self.docks.float_panel(panel)
        container = self.docks.dock(panel).floatingDockContainer()
        move_frame(container, place_in_reach(container.frameGeometry(), areas(), None))
        self.focus_pane(panel)

    def dock_panel(self, panel: str) -> None:
        """Bring the panel back where it stood; also one that was closed."""
        if panel not in self._specs or (self.is_open(panel) and not self.docks.is_floating(panel)):
            return
        self.restore()
        self._take_in()
        form = self._formed(self._wish) if isinstance(self._wish, str) else None
        fallback = form or self._formed(DEFAULT)
        home = self.docks.home(panel) or (home_of(fallback, panel) if fallback is not None else None)
        desired = put_back(self.docks.tree(), home) if home is not None else self._first_place(panel)
        exact = None if form is None else only(form, lambda one: one == panel or self._belongs_here(one))
        if exact is not None and structure(exact) != structure(desired) and panel in panels(exact):
            desired = exact
        desired = self._to_the_pixel(panel, desired)
        with self.focus_held():
            self.docks.apply(desired)
        self._form = form if exact is not None and structure(exact) == structure(desired) else desired
        self.docks.show_tab(panel)
        self._window.activateWindow()
        self.focus_pane(panel)

    def _first_place(self, panel: str) -> Node:
        """The arrangement with a panel that has no place in any: below its neighbour where there is room."""
        tree, below = self.docks.tree(), self._specs[panel].below
        near = None if tree is None else home_of(tree, below)
        if near is not None and not near.mates:  # in tabs it would hide what it is used beside
            desired = put_back(tree, Home(panel, direction="v", share=BELOW, before=frozenset((below,))))
            if least(desired, self.minimum)[1] <= self._stack.height():
                return desired
        return put_back(tree, Home(panel))

    def _to_the_pixel(self, panel: str, desired: Node) -> Node:
        """The arrangement as it was before the panel left, when nothing but that has changed since: no drift."""
        before = self.docks.stood(panel)
        if before is None or structure(before) != structure(desired):
            return desired
        return before if alike(only(before, lambda one: one != panel), self.docks.tree()) else desired

    def close_panel(self, panel: str) -> None:
        """Take the panel off the screen."""
        self.restore()
        self._take_in()
        with self.focus_held():
            self.docks.close(panel)

    def toggle_panel(self, panel: str) -> None:
        """Show the panel and focus it; hide it when it is shown already."""
        frame = self.frame(panel)
        if frame is not None and self.is_open(panel) and frame.seen:
            self.close_panel(panel)
        elif self.is_open(panel):
            self.focus_pane(panel)
        else:
            self.dock_panel(panel)

    def _dock_all(self, container: Any) -> None:
        for window, tree in list(self.docks.floating_windows()):
            if window is container or window == container:
                for panel in panels(tree):
                    self.dock_panel(panel)

    def _float_opened(self, container: Any) -> None:
        dress_bar(container, self._theme, self.set_on_top, self._dock_all)
        self._clock.watch(container)

    # maximise

    @property
    def maximised(self) -> str:
        """The panel that fills the window; empty when none does."""
        return self._maximised

    def maximise(self, panel: str) -> None:
        """Fill the dock area with the panel, or give the others their place back; a float fills its monitor."""
        was = self._maximised
        self.restore()
        frame = self.frame(panel)
        if panel == was or frame is None or not self.is_open(panel):
            return
        if self.docks.is_floating(panel):
            self.docks.dock(panel).floatingDockContainer().onMaximizeRequest()
            return
        self.docks.show_tab(panel)
        with self.focus_held():
            self.docks.lend(panel)
            self._big_column.addWidget(frame)
            frame.show()
            self._stack.setCurrentWidget(self._big)
        self._maximised = panel
        frame.focus_body()

    def restore(self) -> bool:
        """End a maximised panel; False when there was none."""
        if not self._maximised:
            return False
        panel, self._maximised = self._maximised, ""
        with self.focus_held():
            self.docks.take_back(panel)
            self._stack.setCurrentWidget(self.page)
            self.refit()
        return True

    # windows

    def active_window(self) -> QWidget:
        """The floating window that has the keys, else the main window."""
        active = QApplication.activeWindow()
        floating = any(active is window or active == window for window, _ in self.docks.floating_windows())
        return active if active is not None and floating else self._window

    def send_to_monitor(self, number: int) -> bool:
        """Move the active window to monitor ``number``, counted from the left from 1; False when there is none."""
        screens = in_order()
        if not 1 <= number <= len(screens):
            return False
        window = self.active_window()
        area, here = screens[number - 1].availableGeometry(), window.screen().availableGeometry()
        was_maximised = window.isMaximized()
        if was_maximised:
            window.showNormal()
        frame = window.frameGeometry()
        target = QRect(area.topLeft() + (frame.topLeft() - here.topLeft()), frame.size())
        move_frame(window, place_in_reach(target, {"": area}, None))
        if was_maximised:
            window.showMaximized()
        return True

    def toggle_on_top(self) -> bool:
        """Keep the active window above the others, or no longer; returns which."""
        window = self.active_window()
        wanted = not is_on_top(window)
        self.set_on_top(window, wanted)
        return wanted

    def set_on_top(self, window: QWidget, wanted: bool) -> None:  # noqa: FBT001  a state, not an option
        """Keep a window above the others, or no longer; its native window is made anew."""
        keep_on_top(window, wanted=wanted)
        if window is not self._window:
            self.show_pin(window)

    def show_pin(self, container: Any) -> None:
        """Light the pin of a floating window when it is kept above the others."""
        show_pinned(container, is_on_top(container))

    def windows(self) -> Iterable[tuple[str, QWidget]]:
        """The floating windows by the panel that names them."""
        for container, tree in self.docks.floating_windows():
            yield next(iter(panels(tree))), container


def is_on_top(window: QWidget) -> bool:
    """Whether the window is kept above the others."""
    return bool(window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint)


def keep_on_top(window: QWidget, *, wanted: bool) -> None:
    """Set the flag so that window managers obey: with new flags the window must be placed and shown again."""
    if is_on_top(window) == wanted:
        return
    place, was_visible = window.geometry(), window.isVisible()
    flags = window.windowFlags() & ~Qt.WindowType.BypassWindowManagerHint & ~Qt.WindowType.WindowStaysOnTopHint
    window.setWindowFlags(flags | Qt.WindowType.WindowStaysOnTopHint if wanted else flags)
    window.setGeometry(place)
    if was_visible:
        window.show()
