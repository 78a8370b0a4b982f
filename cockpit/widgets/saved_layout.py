"""The layout of one window: put in place at the start, watched, saved; and windows kept in reach of the user."""

from collections.abc import Callable
from typing import Any, Final, cast

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from cockpit.errors import ConfigError
from cockpit.widgets.arrangement import dump, only, parse
from cockpit.widgets.frame_clock import FrameClock
from cockpit.widgets.layouts import LayoutStore
from cockpit.widgets.monitors import Rescue, areas, bring_into_reach, centred, monitors, place_in_reach
from cockpit.widgets.presets import DEFAULT
from cockpit.widgets.workbench import Workbench, is_on_top, keep_on_top

LOOK_MS: Final = 2_000  # how often a change of the layout is looked for; two looks alike are saved
RESCUE_MS: Final = 250  # after the last change of monitors (desktop-testing.md 4)
MAIN: Final = "main"

Json = dict[str, Any]


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
    """

    def __init__(
        self, window: QWidget, clock: FrameClock, store: LayoutStore | None, tell: Callable[[str, str, str], None]
    ) -> None:
        super().__init__(window)
        self._window, self._clock, self._store = window, clock, store
        self._rescue = Rescue()
        self._bench: Workbench | None = None
        self._last_look: Json | None = None
        self._layout: Json = {}
        self._floats_wait = False
        self.workspace: Callable[[], Json] = self.restored_workspace
        if store is not None:
            store.on_trouble = lambda text: tell("watch", "Saved layout", text)
            self._layout = store.load(monitors()) or {}

    def restored_workspace(self) -> Json:
        """What the loaded layout says about the state; empty when it says nothing."""
        return _object(self._layout.get("workspace"))

    # the way in

    def place_window(self, share: float) -> None:
        """Put the main window where it was, else on ``share`` of the primary monitor's sides; always in reach."""
        saved = _object(self._layout.get("window"))
        usable = areas()
        if not usable:
            return  # no monitor at all; one that comes calls ``rescue``
        area = QGuiApplication.primaryScreen().availableGeometry()
        place = _rect(saved.get("place")) or centred(area.size() * share, area)
        self._window.setGeometry(place_in_reach(place, usable, None))
        if saved.get("on_top") is True:
            keep_on_top(self._window, wanted=True)
        if saved.get("maximised") is True:
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowMaximized)

    def arrange(self, bench: Workbench) -> None:
        """Arrange the panels as they were; what cannot be used is left out and the default takes its place."""
        self._bench = bench
        bench.docks.floated.connect(lambda: self._clock.later("torn off", RESCUE_MS, self._reach_floats))
        layout = self._layout
        views = _object(layout.get("views"))
        bench.saved_views = {panel: _object(view) for panel, view in views.items()}
        try:
            tree = parse(layout.get("docks"))
        except ConfigError:
            tree = None
        if tree is None:
            bench.wish(DEFAULT)
        else:
            bench.show_saved(tree, str(layout.get("preset", "")))
        self._floats_wait = True
        self._clock.later("floats", 0, self._restore_floats)  # a window shown before its main window may be hidden

    def _restore_floats(self) -> None:
        self._floats_wait = False
        if self._bench is not None:
            for entry in _objects(self._layout.get("floats")):
                self._restore_float(self._bench, entry)

    def _restore_float(self, bench: Workbench, entry: Json) -> None:
        known = {spec.id for spec in bench.specs()}
        try:
            whole = parse(entry.get("tree"))
        except ConfigError:
            return
        tree = None if whole is None else only(whole, lambda panel: panel in known and not bench.is_open(panel))
        place = _rect(entry.get("place"))
        if tree is None or place is None:
            return
        container = bench.docks.build_float(tree, place_in_reach(place, areas(), None))
        if entry.get("on_top") is True:
            bench.set_on_top(container, wanted=True)
        if entry.get("maximised") is True:
            container.showMaximized()

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
        for key in ("layout", "rescue", "floats", "torn off"):
            self._clock.cancel(key)

    def describe(self) -> Json:
        """The layout as it is now."""
        described = {**self._layout, "window": self._window_part(), "workspace": self.workspace()}
        if self._bench is not None:
            described |= self._panels_part(self._bench)
        return described

    def _window_part(self) -> Json:
        window = self._window
        place = window.normalGeometry() if window.isMaximized() else window.geometry()
        return {"place": _numbers(place), "maximised": window.isMaximized(), "on_top": is_on_top(window)}

    def _panels_part(self, bench: Workbench) -> Json:
        floats = [
            {
                "place": _numbers(container.normalGeometry() if container.isMaximized() else container.geometry()),
                "maximised": container.isMaximized(),
                "on_top": is_on_top(container),
                "tree": dump(tree),
            }
            for container, tree in bench.docks.floating_windows()
        ]
        views = {frame.pane: view for frame in bench.frames() if (view := frame.view_state())}
        kept = {**_object(self._layout.get("views")), **views}
        described = {"preset": bench.saved_wish(), "docks": dump(bench.docks.tree()), "views": kept}
        return described if self._floats_wait else {**described, "floats": floats}

    def _look(self) -> None:
        """Save when the layout changed and then held still for one look; remember where windows stand."""
        self._clock.later("layout", LOOK_MS, self._look)
        if self._clock.is_pending("rescue"):
            return
        self._rescue.note(self._windows())
        now = self.describe()
        if now == self._last_look:
            self.save()
        self._last_look = now

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


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _objects(value: object) -> list[Json]:
    return [_object(item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def _numbers(place: QRect) -> list[int]:
    return [place.x(), place.y(), place.width(), place.height()]


def _rect(value: object) -> QRect | None:
    """A saved rectangle; None when it is none, or smaller than anything a person could have left."""
    numbers = cast("list[Any]", value) if isinstance(value, list) else []
    if len(numbers) != 4 or not all(isinstance(number, int) and abs(number) < 100_000 for number in numbers):
        return None
    place = QRect(*numbers)
    return place if place.width() >= 40 and place.height() >= 40 else None
