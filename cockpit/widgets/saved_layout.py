"""The layout of one window: put in place at the start, watched, saved; and windows kept in reach of the user."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.layout_state import (
    Json,
    docks_part,
    floats_part,
    in_reach,
    object_of,
    objects_of,
    put_docks,
    put_float,
    put_panels,
    rect_of,
    window_part,
)
from cockpit.widgets.layouts import LayoutStore
from cockpit.widgets.monitors import Rescue, areas, bring_into_reach, centred, monitors, primary_area
from cockpit.widgets.workbench import Workbench, keep_on_top

LOOK_MS: Final = 2_000  # how often a change of the layout is looked for; two looks alike are saved
RESCUE_MS: Final = 250  # after the last change of monitors (desktop-testing.md 4)
MAIN: Final = "main"


class SavedLayout(QObject):
    """Reads, restores and writes the layout of the main window.

    Looks for changes instead of listening for them: no signal tells of a moved splitter or a moved float.

    Args:
        window: The main window.
        clock: Runs the looking and the rescue.
        store: Files; None neither reads nor writes any.
        tell: Shows a notice: severity, title, text.

    Attributes:
        workspace: Says what of the state belongs into the layout (symbols, links); set by the application.
        show_workspace: Takes what a layout that is switched to says about the state; set by the application.
    """

    def __init__(
        self, window: QWidget, clock: FrameClock, store: LayoutStore | None, tell: Callable[[str, str, str], None]
    ) -> None:
        super().__init__(window)
        self._window, self._clock, self._store, self._tell = window, clock, store, tell
        self._rescue = Rescue()
        self._bench: Workbench | None = None
        self._last_look: Json | None = None
        self._layout: Json = {}
        self._floats_wait = False
        self._views: Json | None = None  # saved views that wait for the panes' new states
        self.workspace: Callable[[], Json] = self.restored_workspace
        self.show_workspace: Callable[[Json], object] = lambda saved: None
        if store is not None:
            self._hear(store)
            self._layout = store.load(monitors()) or store.first

    def _hear(self, store: LayoutStore) -> None:
        store.on_trouble = lambda text: self._tell("watch", "Saved layout", text)

    def restored_workspace(self) -> Json:
        """What the loaded layout says about the state; empty when it says nothing."""
        return object_of(self._layout.get("workspace"))

    # the way in

    def place_window(self, share: float) -> None:
        """Put the main window where it was, else on ``share`` of the primary monitor's sides; always in reach."""
        saved = object_of(self._layout.get("window"))
        if not areas():
            return  # no monitor at all; one that comes calls ``rescue``
        area = primary_area()
        self._window.setGeometry(in_reach(rect_of(saved.get("place")) or centred(area.size() * share, area)))
        if saved.get("on_top") is True:
            keep_on_top(self._window, wanted=True)
        if saved.get("maximised") is True:
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowMaximized)

    def arrange(self, bench: Workbench) -> None:
        """Arrange the panels as they were; what cannot be used is left out and the default takes its place."""
        self._bench = bench
        bench.docks.floated.connect(lambda: self._clock.later("torn off", RESCUE_MS, self._reach_floats))
        views = object_of(self._layout.get("views"))
        bench.saved_views = {panel: object_of(view) for panel, view in views.items()}
        put_docks(bench, self._layout)
        self._floats_wait = True
        self._clock.later("floats", 0, self._restore_floats)  # a window shown before its main window may be hidden

    def _restore_floats(self) -> None:
        self._floats_wait = False
        if self._bench is not None:
            for entry in objects_of(self._layout.get("floats")):
                put_float(self._bench, entry)

    # another workspace, another version

    def switch(self, store: LayoutStore) -> None:
        """Write the layout, and go on with the one in another store, at the main window's present place."""
        self.save()
        self._store = store
        self._hear(store)
        self._show(store.load(monitors()) or store.first)

    def show_version(self, age: int) -> bool:
        """Go back to an earlier version, which becomes the newest; False when it cannot be read."""
        store = self._store
        found = None if store is None else store.load_version(monitors(), age)
        if store is None or found is None:
            return False
        self.begin_version()
        self._show(found)
        return True

    def begin_version(self) -> bool:
        """Write the layout, and keep it as a version of its own; False when the disk refused."""
        done = self.save()
        if self._store is not None:
            self._store.begin_version()
        return done

    def _show(self, layout: Json) -> None:
        self._layout = layout
        self._last_look = None
        bench = self._bench
        self.show_workspace(self.restored_workspace())
        if bench is None:
            return
        if self._floats_wait:
            self._clock.cancel("floats")
            self._floats_wait = False
        self._views = object_of(layout.get("views"))
        bench.saved_views = {panel: object_of(view) for panel, view in self._views.items()}
        put_panels(bench, layout)
        # the panes' new states are drawn in the next frame; views are looked for in them, not in the old ones
        self._clock.later("views", 0, lambda: self._clock.later("views", 0, self._restore_views))

    def _restore_views(self) -> None:
        views, self._views = self._views or {}, None
        if self._bench is not None:
            for frame in self._bench.frames():
                frame.restore_view(object_of(views.get(frame.pane)))

    # the way out

    def watch(self) -> None:
        """Look for changes from now on, and after windows when monitors come and go."""
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._monitors_changed)
            application.screenRemoved.connect(self._monitors_changed)
            application.primaryScreenChanged.connect(self._monitors_changed)
        self._clock.later("layout", LOOK_MS, self._look)
        self._monitors_changed()  # frames are as large as the window manager makes them: known now

    def save(self) -> bool:
        """Write the layout now; False when there is no store or the disk refused."""
        return self._store is not None and self._store.save(monitors(), self.describe())

    def close(self) -> None:
        """Write a last time and stop looking."""
        self.save()
        for key in ("layout", "rescue", "floats", "torn off", "views"):
            self._clock.cancel(key)

    def describe(self) -> Json:
        """The layout as it is now."""
        described = {**self._layout, "window": window_part(self._window), "workspace": self.workspace()}
        if self._bench is not None:
            described |= self._panels_part(self._bench)
        return described

    def _panels_part(self, bench: Workbench) -> Json:
        views = {frame.pane: view for frame in bench.frames() if (view := frame.view_state())}
        if self._views is not None:  # what the panes show now belongs to another workspace
            views = self._views
        described = {**docks_part(bench), "views": {**object_of(self._layout.get("views")), **views}}
        return described if self._floats_wait else {**described, "floats": floats_part(bench)}

    def _look(self) -> None:
        """Save when the layout changed and then held still for one look; remember where windows stand."""
        self._clock.later("layout", LOOK_MS, self._look)
        if self.is_moving:
            return
        self._rescue.note(self._windows())
        now = self.describe()
        if now == self._last_look:
            self.save()
        self._last_look = now

    @property
    def is_moving(self) -> bool:
        """Whether windows are on their way: floats still come, or monitors just changed."""
        return self._floats_wait or self._clock.is_pending("rescue")

    # monitors

    def _monitors_changed(self, *_: object) -> None:
        self._clock.later("rescue", RESCUE_MS, self.rescue)

    def rescue(self) -> None:
        """Bring every window into reach, home when its monitor is back."""
        self._rescue.run(self._windows())

    def _reach_floats(self) -> None:
        """A panel torn onto a monitor of another scale keeps its size and may be larger than that monitor."""
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._clock.later("torn off", RESCUE_MS, self._reach_floats)
            return
        for _, window in self._windows()[1:]:
            bring_into_reach(window)

    def _windows(self) -> list[tuple[str, QWidget]]:
        floats = [] if self._bench is None else list(self._bench.windows())
        return [(MAIN, self._window), *floats]
