"""Keys for the whole application: one shortcut per key of the table, and the surfaces that keys open.

Shortcuts are Qt's own, application wide: they act in floating windows too, a text field keeps its keys by Qt's
override round, and no Python runs for any other event. Because a shortcut comes before the key reaches a widget,
no button can take Space and Tab never wanders over buttons.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from cockpit.instants import iso_utc
from cockpit.state.commands import CommandSink, ListSessions, OpenSources, SelectInstrument, StartRecording
from cockpit.state.linking import shared_by
from cockpit.state.screen import CHART_PANES, CURVE_PANE, HEAT_PANE, LADDER_PANE, RELIEF_PANE, Screen
from cockpit.state.views import WorkspaceState
from cockpit.widgets.actions import ACTIONS, ActionSpec, cap, holders, put_in_force
from cockpit.widgets.desk import Desk, FrameTimes, Hands, Scaler
from cockpit.widgets.motion import Motion
from cockpit.widgets.surface import Surface
from cockpit.widgets.theme import TOP_BAR, Theme
from cockpit.widgets.tips import Tips
from cockpit.widgets.used import Used, symbol_entry
from cockpit.widgets.wardrobe import Wardrobe
from cockpit.widgets.workspace_verbs import CAPTIONS, RENAME

# what opens over a window is imported when it first opens: 20 ms of CPU before the first frame are saved (measured)
if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from cockpit.widgets.bindings import KeyStore
    from cockpit.widgets.hint import Hint
    from cockpit.widgets.key_menu import KeyMenu
    from cockpit.widgets.palette import Entry
    from cockpit.widgets.pane_hands import PaneHands
    from cockpit.widgets.performance import Performance
    from cockpit.widgets.shots import Shots

SETTLE_MS: Final = 200.0  # after the last step of the interface's size
MENU_LEFT: Final = 4  # of the main menu, from the window's edge

SESSIONS_MS: Final = 150.0  # how often the browser looks whether more was read


class Keymap(QObject):
    """Installs the shortcuts, opens surfaces over the active window, and runs actions for buttons.

    Args:
        window: The main window; it owns the shortcuts.
        desk: The window and its docks as actions see them.
        clock: Delays and what frames cost; the ``FrameClock``.
        recent: Paths of recordings opened before, the latest first.
        actions: The table as shipped; conflicts in it are refused.
        wardrobe: Wears what is chosen in the settings; one that remembers nothing when left out.
        tips: Shows tooltips of panels.
        motion: Lets drawers slide; None: they are there at once.
        store: The user's own keys; None keeps none.
        used: Remembers what was chosen; None: until the end only.
        scale: The size of the interface; None: it is fixed.
        settings: The file of settings; None: the recorder's bounds are not offered.

    Signals:
        rebound: Actions have other keys now; whoever printed a key prints it anew.

    Raises:
        ConfigError: Two actions want one key.
    """

    rebound = Signal()

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        desk: Desk,
        screen: Screen,
        commands: CommandSink,
        clock: FrameTimes,
        recent: Callable[[], Sequence[str]] = list,
        actions: Iterable[ActionSpec] = ACTIONS,
        wardrobe: Wardrobe | None = None,
        tips: Tips | None = None,
        motion: Motion | None = None,
        store: "KeyStore | None" = None,
        scale: Scaler | None = None,
        used: Used | None = None,
        settings: Path | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._clock = window, theme, clock
        self._recent: Callable[[], Sequence[str]] = recent
        self._shipped = tuple(actions)
        self._store, self._scale = store, scale
        self._actions = self._shipped if store is None else store.load(self._shipped)
        if self._actions != self._shipped:
            put_in_force(self._actions)
        self._by_id = {spec.id: spec for spec in self._actions}
        self._hands = Hands(desk, screen, commands, self)
        self._wardrobe = wardrobe or Wardrobe(theme, parent=self)
        self._tips, self._motion = tips or Tips(theme, clock, self), motion
        self._surface: Surface | None = None
        self._hint: Hint | None = None
        self._performance: Performance | None = None
        self._menu: KeyMenu | None = None
        self._used, self._settings = used or Used(), settings
        self._install()

    # shortcuts

    def _install(self) -> None:
        self._shortcuts: list[QShortcut] = []
        self._follows: dict[str, list[tuple[str, ActionSpec]]] = {}
        for key, spec in holders(self._actions).items():
            first, _, second = key.partition(" ")
            if second:
                self._follows.setdefault(first, []).append((second, spec))
            else:
                self._shortcut(key, partial(self._pressed, spec, key), repeats=spec.repeats)
        for first in self._follows:
            self._shortcut(first, partial(self._open_chord, first), repeats=False)

    def _shortcut(self, key: str, run: Callable[[], None], *, repeats: bool) -> None:
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
        shortcut.setAutoRepeat(repeats)
        shortcut.activated.connect(run)
        self._shortcuts.append(shortcut)

    def actions(self) -> tuple[ActionSpec, ...]:
        """The table with the keys that act now."""
        return self._actions

    def shipped(self) -> tuple[ActionSpec, ...]:
        """The table as shipped."""
        return self._shipped

    def rebind(self, table: Sequence[ActionSpec]) -> bool:
        """Let these keys act from now on, print them, and keep them; False when the disk did not take them.

        Args:
            table: The same actions with other keys, checked (``bindings.rebound``).
        """
        self._actions = tuple(table)
        self._by_id = {spec.id: spec for spec in self._actions}
        put_in_force(self._actions)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._install()
        self.rebound.emit()
        return self._store is None or self._store.save(self._shipped, self._actions)

    def _pressed(self, spec: ActionSpec, key: str) -> None:
        if self._do(spec) and spec.keeps_key:
            self._type(key.lower())

    def _type(self, text: str) -> None:
        if self.surface is not None:
            self.surface.type(text)

    def _do(self, spec: ActionSpec) -> bool:
        done = spec.start(self._hands)
        if not done:
            self.say(f"{spec.text}: {spec.when.text}")
        return done

    def start(self, action_id: str) -> None:
        """Do an action, for a button or a menu; says why when it makes no sense now."""
        self._do(self._by_id[action_id])

    def say(self, text: str) -> None:
        """Show a line at the foot of the active window for a moment."""
        from cockpit.widgets.hint import Hint  # noqa: PLC0415  see above

        if self._hint is not None and shiboken6.isValid(self._hint):
            self._hint.leave()
        self._hint = Hint(self._over(), self._theme, text, self._clock)

    @property
    def said(self) -> str:
        """The line that stands at the foot of a window now; empty when none does."""
        hint = self._hint
        return hint.text if hint is not None and shiboken6.isValid(hint) and not hint.isHidden() else ""

    # surfaces

    @property
    def surface(self) -> Surface | None:
        """What is open over a window; None when nothing is, or when it died with its window."""
        if self._surface is not None and not shiboken6.isValid(self._surface):
            self._surface = None
        return self._surface

    @property
    def seen(self) -> bool:
        """Whether something is open that follows the market or the panes."""
        return self.surface is not None and self.surface.name in ("symbol", "pane", "tuning")

    def _is_open(self, name: str) -> bool:
        return self.surface is not None and self.surface.name == name

    def draw(self, state: WorkspaceState) -> None:
        """Let an open symbol search show newer prices; the frame clock calls this."""
        if self.surface is not None:
            self.surface.draw(state)

    def fail(self, reason: str) -> None:
        """A search that cannot draw is closed."""
        del reason
        self.step_out()

    def step_out(self) -> bool:
        """Close what is open; False when nothing was."""
        surface = self.surface
        if surface is None:
            return False
        surface.leave()
        return True

    def palette(self, kind: str = "") -> None:
        """Open the palette, or close it when it is open."""
        from cockpit.widgets.palette import Palette  # noqa: PLC0415  see above

        if self._is_open("palette"):
            self.step_out()
            return
        entries = [entry for entry in self.entries() if kind in ("", entry.kind)]
        if kind and not entries:
            self.say(f"No {kind.lower()} yet")
            return
        surface = Palette(self._over(), self._theme, entries, self._used.ids(), self._run_entry)
        self._open(surface, surface.line)

    def symbol_search(self) -> None:
        """Open the symbol search for the focused pane."""
        from cockpit.widgets.symbol_search import SymbolSearch  # noqa: PLC0415  see above

        workspace = self._hands.screen.workspace.value
        pane = self._hands.desk.focused_pane()
        if not shared_by(pane):
            pane = CHART_PANES[0]  # gauge and health show no market; no key is lost for that
        group = workspace.panes[pane].link if pane in workspace.panes else 0
        surface = SymbolSearch(
            self._over(), self._theme, pane, group, workspace, self._select, self._used.ids()
        )  # fmt: skip
        self._open(surface, surface.line, pane)

    def _select(self, command: SelectInstrument) -> None:
        self._used.add(symbol_entry(command.symbol))
        self._hands.commands.send(command)

    def interval_entry(self) -> None:
        """Open the interval entry for the focused pane."""
        from cockpit.widgets.interval_entry import IntervalEntry  # noqa: PLC0415  see above

        pane = self._hands.desk.focused_pane()
        surface = IntervalEntry(self._over(), self._theme, pane, self._clock, self._hands.commands.send)
        self._open(surface, surface.line, pane)

    def name_workspace(self, verb: str, of: str = "") -> None:
        """Open the entry of a workspace's name."""
        from cockpit.widgets.workspace_name import WorkspaceName  # noqa: PLC0415  see above

        desk = self._hands.desk.workspaces
        if desk is None:
            return
        name = of or desk.current
        surface = WorkspaceName(
            self._over(),
            self._theme,
            CAPTIONS[verb].format(name),
            name if verb == RENAME else "",
            lambda text: desk.check(verb, text, name),
            lambda text: desk.name(verb, text, name),
        )
        self._open(surface, surface.line)

    def jump(self) -> None:
        """Open the entry of an instant."""
        from cockpit.widgets.jump import Jump  # noqa: PLC0415  see above

        replay = self._hands.screen.replay
        surface = Jump(self._over(), self._theme, lambda: replay.value, self._hands.commands.send)
        self._open(surface, surface.line)

    def key_help(self) -> None:
        """Open the page of keys, or close it when it is open."""
        from cockpit.widgets.key_help import KeyHelp  # noqa: PLC0415  see above

        if self._is_open("help"):
            self.step_out()
            return
        editor = self._by_id.get("keys")
        key = cap(editor.keys[0]) if editor is not None and editor.keys else ""
        surface = KeyHelp(self._over(), self._theme, self._actions, key)
        self._open(surface, surface)

    def sessions(self) -> None:
        """Open the browser of recorded sessions, or close it when it is open."""
        from cockpit.widgets.sessions import Sessions  # noqa: PLC0415  see above

        if self._is_open("sessions"):
            self.step_out()
            return
        send, topic = self._hands.commands.send, self._hands.screen.sessions
        send(ListSessions())
        surface = Sessions(self._over(), self._theme, topic, lambda path: send(OpenSources((path,))))
        self._open(surface, surface.line)
        self._follow_sessions()

    def _follow_sessions(self) -> None:
        """Tapes are read one by one, also while nothing is open and no state moves."""
        from cockpit.widgets.sessions import Sessions  # noqa: PLC0415  see above

        if isinstance(surface := self.surface, Sessions):
            surface.follow()
            self._clock.later("sessions", SESSIONS_MS, self._follow_sessions)

    def settings(self) -> None:
        """Open the settings, or close them when they are open."""
        from cockpit.widgets.recorder_bounds import RecorderBounds  # noqa: PLC0415  see above
        from cockpit.widgets.settings_surface import Settings  # noqa: PLC0415  see above

        if self._is_open("settings"):
            self.step_out()
            return
        recorder = None
        if self._settings is not None:
            recorder = RecorderBounds(self._settings, self._hands.commands.send, self.say)
        surface = Settings(self._over(), self._theme, self._wardrobe, recorder)
        self._open(surface, surface)

    def tuning_bench(self) -> None:
        """Open the bench of the detectors' rules, or close it when it is open."""
        from cockpit.widgets.detect.bench import TuningBench  # noqa: PLC0415  see above

        if self._is_open("tuning"):
            self.step_out()
            return
        surface = TuningBench(self._over(), self._theme, self._hands.screen, self._hands.commands.send)
        self._open(surface, surface)

    def pane_settings(self, pane: str) -> None:
        """Open the settings of the pane beside it, or close them when they are open."""
        from cockpit.widgets.pane_surface import PaneDoors, PaneSettings  # noqa: PLC0415  see above

        if self._is_open("pane"):
            self.step_out()
            return
        body = self._hands.desk.panel(pane)
        workspace, send = self._hands.screen.workspace.value, self._hands.commands.send
        doors = PaneDoors(
            self.symbol_search,
            self.interval_entry,
            *(partial(act, pane) for act in (self.copy_settings, self.paste_settings, self.reset_settings)),
        )
        names = {
            LADDER_PANE: "the ladder",
            HEAT_PANE: "the heatmap",
            "vix": "the VIX gauge",
            "health": "data health",
            "impact": "market impact",
            "strips": "the feature strips",
            CURVE_PANE: "the depth curve",
            RELIEF_PANE: "the depth surface",
            "detectors": "the detectors",
            "fates": "liquidity fate",
        }
        title = names.get(pane) or f"chart {pane.rpartition('.')[2]}"
        surface = PaneSettings(self._over(), self._theme, pane, title, body, workspace, send, doors)
        self._open(surface, surface, pane)

    @property
    def _panes(self) -> "PaneHands":
        from cockpit.widgets.pane_hands import PaneHands  # noqa: PLC0415  see above

        return PaneHands(self._hands, self.say)

    def copy_settings(self, pane: str) -> None:
        """Put the pane's settings into the clipboard."""
        self._panes.copy(pane)

    def paste_settings(self, pane: str) -> None:
        """Give the pane the settings in the clipboard, or say why not."""
        self._panes.paste(pane)

    def reset_settings(self, pane: str) -> None:
        """Give the pane the settings it began with."""
        self._panes.reset(pane)

    def fill_menu(self, menu: "QMenu", pane: str) -> None:
        """Add to a panel's menu what is done with the pane here."""
        self._panes.fill(menu, pane, self._start_for)

    def _start_for(self, action_id: str, pane: str) -> None:
        self._hands.desk.focus_pane(pane)
        self.start(action_id)

    @property
    def tips(self) -> Tips:
        """The tooltips of panels."""
        return self._tips

    def pin_tip(self) -> None:
        """Keep the tooltip at the pointer, or the first one of the focused pane."""
        if not self._tips.pin(self._hands.desk.panel(self._hands.desk.focused_pane())):
            self.say("Pin a tooltip: none is shown, and this pane has none of its own")

    def unpin_tips(self) -> None:
        """Take every pinned tooltip off."""
        if not self._tips.unpin_all():
            self.say("No tooltip is pinned")

    @property
    def wardrobe(self) -> Wardrobe:
        """The look that is worn."""
        return self._wardrobe

    def next_look(self, trait: str) -> None:
        """Wear the next value of a trait of the look, and say which."""
        changed, value = self._wardrobe.next(trait)
        self.say(f"{changed.title}: {value}")

    def key_editor(self) -> None:
        """Open the page where keys are changed, or close it when it is open."""
        from cockpit.widgets.key_editor import KeyEditor  # noqa: PLC0415  see above

        if self._is_open("keys"):
            self.step_out()
            return
        surface = KeyEditor(self._over(), self._theme, self)
        self._open(surface, surface.line)

    def reset_keys(self) -> None:
        """Every key as shipped."""
        self.rebind(self._shipped)
        self.say("Every key is as shipped")

    def export_keys(self) -> None:
        """Ask for a file and write every action's keys into it."""
        from cockpit.widgets.key_files import export_keys  # noqa: PLC0415  see above

        export_keys(self._over(), self._actions, self._hands.desk.announce)

    def import_keys(self) -> None:
        """Ask for a file of keys and take it, or refuse it whole."""
        from cockpit.widgets.key_files import import_keys  # noqa: PLC0415  see above

        import_keys(self._over(), self._shipped, self.rebind, self._hands.desk.announce)

    def main_menu(self) -> None:
        """Open the menu of every action in the upper left corner of the active window."""
        from cockpit.widgets.main_menu import main_menu  # noqa: PLC0415  see above

        window = self._over()
        self.step_out()
        self._menu = main_menu(window, self._hands, self._actions, self.entries(), self.start)
        corner = QPoint(MENU_LEFT, TOP_BAR) if window is self._window else QPoint(MENU_LEFT, MENU_LEFT)
        self._menu.open_at(window.mapToGlobal(corner))

    def scale(self, step: int) -> None:
        """A larger or smaller interface, or 100 % again; shown when no further step has come for a moment."""
        scale = self._scale
        if scale is None:
            self.say("The size of the interface is fixed here")
            return
        self.say(scale.step(step))
        self._clock.later("scale", SETTLE_MS, lambda: self._settle(scale))

    def _settle(self, scale: Scaler) -> None:
        refused = scale.settle()
        if refused:
            self.say(refused)

    def open_recording(self) -> None:
        """Ask for files and open them."""
        from cockpit.widgets.dialogs import ask_recordings  # noqa: PLC0415  see above

        send = self._hands.commands.send
        ask_recordings(self._over(), self._folder(), lambda paths: send(OpenSources(paths)))

    def open_tape(self) -> None:
        """Ask for a tape's folder and open it."""
        from cockpit.widgets.dialogs import ask_folder  # noqa: PLC0415  see above

        send = self._hands.commands.send
        ask_folder(self._over(), "Open a tape", self._folder(), "Open", lambda tape: send(OpenSources((tape,))))

    def choose_tape_folder(self) -> None:
        """Ask for a folder and record into it."""
        from cockpit.widgets.dialogs import ask_new_folder  # noqa: PLC0415  see above

        send, now = self._hands.commands.send, self._hands.screen.replay.value.now_ns
        name = "tape" if now is None else f"tape-{iso_utc(now)[:16].replace(':', '')}Z"
        title = "Record into a new folder"
        ask_new_folder(self._over(), title, name, "Record", lambda folder: send(StartRecording(folder)))

    def toggle_performance(self) -> None:
        """Show the read-out over the main window, or take it away."""
        from cockpit.widgets.performance import Performance  # noqa: PLC0415  see above

        shown, self._performance = self._performance, None
        if shown is not None:
            shown.leave()
        else:
            self._performance = Performance(self._window, self._theme, self._hands.screen, self._clock)

    @property
    def performance(self) -> "Performance | None":
        """The read-out while it is shown."""
        return self._performance

    def picture_of_pane(self, pane: str) -> None:
        """Write a picture of the pane, with its header, and say where it is."""
        self._shots.pane_to_file(pane)

    def copy_picture_of_pane(self, pane: str) -> None:
        """Put a picture of the pane, with its header, into the clipboard."""
        self._shots.pane_to_clipboard(pane)

    def picture_of_desk(self) -> None:
        """Write a picture of all windows, and say where it is."""
        self._shots.desk_to_file()

    def copy_picture_of_desk(self) -> None:
        """Put a picture of all windows into the clipboard."""
        self._shots.desk_to_clipboard()

    @property
    def _shots(self) -> "Shots":
        from cockpit.widgets.shots import Shots  # noqa: PLC0415  see above

        return Shots(self._hands, self._theme, self.say)

    def _folder(self) -> str:
        latest = next(iter(self._recent()), "")
        return str(Path(latest).parent) if latest else ""

    def _open_chord(self, first: str) -> None:
        from cockpit.widgets.chords import Chord, Follow  # noqa: PLC0415  see above

        follows = [
            Follow(second, spec, "" if spec.when.met(self._hands) else spec.when.text)
            for second, spec in self._follows[first]
        ]
        surface = Chord(self._over(), self._theme, first, follows, self._chord_done)
        self._open(surface, surface)

    def _chord_done(self, spec: ActionSpec) -> None:
        self._do(spec)

    def _open(self, surface: Surface, focus: QWidget, pane: str = "") -> None:
        self.step_out()
        self._surface = surface
        surface.left.connect(partial(self._forget, surface))
        window = surface.parentWidget()
        surface.show_over(focus, self._place_of(pane, window), self._home(window))
        if self._motion is not None and surface.slides:
            self._motion.ease("drawer", surface.slide)

    def _home(self, window: QWidget | None) -> QWidget | None:
        """Who should have the keys in a window where nobody has them: the focused pane."""
        body = self._hands.desk.panel(self._hands.desk.focused_pane())
        return body if body is not None and body.window() is window else window

    def _forget(self, surface: Surface) -> None:
        if self._surface is surface:
            self._surface = None

    def _over(self) -> QWidget:
        return QApplication.activeWindow() or self._window

    def _place_of(self, pane: str, window: QWidget | None) -> QRect | None:
        body = self._hands.desk.panel(pane) if pane else None
        if body is None or window is None or body.window() is not window:
            return None
        return QRect(body.mapTo(window, QPoint(0, 0)), body.size())

    def entries(self) -> "list[Entry]":
        """What the palette offers now."""
        from cockpit.widgets.offers import offers  # noqa: PLC0415  see above

        return offers(self._hands, self._actions, self._recent(), self.start)

    def _run_entry(self, entry: "Entry") -> None:
        self._used.add(entry.id)
        entry.run()
