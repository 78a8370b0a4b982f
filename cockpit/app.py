"""The desktop: builds the window, then the engines, connects them on one loop, and ends in order.

The window is on the screen before anything heavy is imported: commands given meanwhile wait in a queue.
"""

import asyncio
import importlib
import logging
import os
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication

from cockpit import haste
from cockpit import log as logs
from cockpit.errors import ConfigError
from cockpit.instants import parse_instant
from cockpit.live_door import LiveDoor, check_live
from cockpit.market_door import MarketDoor, seed_of
from cockpit.milestone import Milestone
from cockpit.probe import Probe
from cockpit.recent import RecentRecordings
from cockpit.ring_settings import check_ring
from cockpit.speeds import parse_speed
from cockpit.state.commands import Command, OpenLive, OpenMarket, OpenSources, Play, SeekTo, SetSpeed, StopAt
from cockpit.state.screen import BOOK_PANES, CHART_PANES, LADDER_PANE, Screen
from cockpit.state.views import HealthState
from cockpit.widgets import scaling
from cockpit.widgets.appearance import AppearanceFile
from cockpit.widgets.bindings import KeyStore
from cockpit.widgets.chooser import Chooser
from cockpit.widgets.drops import FileDrop
from cockpit.widgets.frame_clock import frame_numbers
from cockpit.widgets.keymap import Keymap
from cockpit.widgets.layouts import config_folder
from cockpit.widgets.main_window import MainWindow
from cockpit.widgets.renderer import probe_renderer
from cockpit.widgets.replay_bar import ReplayBar
from cockpit.widgets.style import dress
from cockpit.widgets.theme import load_fonts
from cockpit.widgets.used import Used
from cockpit.widgets.wardrobe import Wardrobe, theme_for
from cockpit.widgets.workspaces import Shelf, check_name

if TYPE_CHECKING:
    from cockpit.pump import Pump
    from cockpit.state.dispatcher import Dispatcher
    from cockpit.state.taping import TapeWriter

log = logging.getLogger(__name__)

SCALES: Final = (0.75, 3.0)
SCALE_FILE: Final = "scale.json"
BAR_HZ: Final = 30.0
MILESTONE_MS: Final = 5
PROBE_MS: Final = 50.0
REPORT: Final = "cockpit doctor --report FILE.zip"


class WaitingSink:
    """Takes commands before there is a dispatcher, and hands them on from then on."""

    def __init__(self) -> None:
        self._waiting: list[Command] = []
        self._target: Callable[[Command], None] = self._waiting.append

    def send(self, command: Command) -> None:
        """Obey now or as soon as possible."""
        self._target(command)

    def connect(self, target: Callable[[Command], None]) -> None:
        """Hand on what waited, and everything after."""
        self._target = target
        for command in self._waiting:
            target(command)
        self._waiting.clear()


def run(arguments: Namespace) -> int:
    """Open the desktop; returns the exit code."""
    logs.start()
    _prepare(arguments)
    QCoreApplication.setAttribute(
        Qt.ApplicationAttribute.AA_ShareOpenGLContexts
    )  # docks move GL panes (rendering.md 7)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("cockpit")
    app.setQuitOnLastWindowClosed(False)  # tasks end before the loop does
    import qasync  # noqa: PLC0415  it looks for a loaded Qt binding

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_main(app, arguments))


def _prepare(arguments: Namespace) -> None:
    """Refuse bad arguments before anything shows; set what Qt reads when the application is made."""
    _start_of(arguments)
    seed_of(arguments)
    check_ring(arguments)
    check_live(arguments)
    if getattr(arguments, "until", None):
        parse_instant(arguments.until)
    if arguments.workspace:
        try:
            check_name(arguments.workspace)
        except ConfigError as error:
            raise ConfigError(f"--workspace: {error}") from error
    parse_speed(getattr(arguments, "speed", "1"))
    if arguments.size:
        _size(arguments.size)
    # Qt waits 5 ms between an update and its paint to gather more; our one clock has gathered them already
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")
    if arguments.scale is not None:
        low, high = SCALES
        if not low <= arguments.scale <= high:
            raise ConfigError(f"--scale {arguments.scale:g}: {low:g} to {high:g}")
    scale = arguments.scale or scaling.load(config_folder() / SCALE_FILE)
    if scale is not None:
        os.environ["QT_SCALE_FACTOR"] = str(scale)
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        if os.environ.get("QT_QPA_PLATFORM", "") not in ("offscreen", "minimal"):
            raise ConfigError("no display: start it inside a desktop session, or set DISPLAY")


async def _main(app: QApplication, arguments: Namespace) -> int:
    desk = Desktop(app, arguments)
    desk.show()
    try:
        await desk.work()
    finally:
        desk.end()
    return desk.exit_code


class Desktop:
    """The window, the engines behind it, and the tasks between them."""

    def __init__(self, app: QApplication, arguments: Namespace) -> None:
        self._arguments = arguments
        self.exit_code = 0
        self._loop = asyncio.get_running_loop()
        self._closed = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._seals: list[asyncio.Future[Any]] = []
        self._live_door: LiveDoor | None = None
        self._complaints = logs.Complaints()
        self._looks = AppearanceFile(config_folder() / "settings.json")
        worn = self._looks.load()
        worn = replace(worn, theme=arguments.theme or worn.theme)
        self._theme = theme = theme_for(worn)
        load_fonts()
        dress(app, theme)
        self._wardrobe = Wardrobe(theme, self._looks)
        renderer, reason = _renderer(arguments.renderer)
        self.screen = Screen()
        self._sink = WaitingSink()
        text = f"{_renderer_name(renderer)}: {reason}"
        self.screen.health.publish(HealthState(renderer=text))
        shelf = Shelf(shipped=True)
        if arguments.workspace:
            shelf.use(arguments.workspace)
        self.window = MainWindow(
            theme,
            self.screen,
            self._sink,
            opengl=renderer == "gl",
            renderer_text=_renderer_name(renderer),
            shelf=shelf,
        )
        self._hands()
        self._dispatcher: Dispatcher | None = None
        probe = Probe.wanted()
        self._probe = None if probe is None else Probe(self.screen, probe)
        self._milestone = Milestone(self._close) if Milestone.wanted() else None
        app.lastWindowClosed.connect(self._closed.set)
        self._install_hooks()

    @property
    def dispatcher(self) -> "Dispatcher | None":
        """What obeys and publishes; None until the engines are there."""
        return self._dispatcher

    def _hands(self) -> None:
        """Keys, replay bar and chooser."""
        window, clock = self.window, self.window.clock
        self._recent = recent = RecentRecordings(config_folder() / "recent.json")
        store = KeyStore(config_folder() / "keys.json", lambda text: window.announce("watch", "Own keys", text))
        size = scaling.Scaling(scaling.of_environment(), config_folder() / SCALE_FILE)
        self._keymap = keymap = Keymap(
            window,
            self._theme,
            window,
            self.screen,
            self._sink,
            clock,
            recent.paths,
            wardrobe=self._wardrobe,
            tips=window.tips,
            motion=window.motion,
            store=store,
            scale=size,
            used=Used(config_folder() / "used.json"),
            settings=config_folder() / "settings.json",
        )
        self._looks.tell(lambda text: window.announce("watch", "Settings", text))
        self._bar = bar = ReplayBar(self._theme, self._sink, keymap.start)
        window.set_replay_bar(bar)
        clock.register("keys", keymap, self.screen.workspace)
        clock.register("replay bar", bar, self.screen.replay, BAR_HZ)
        chooser = Chooser(self._theme, self._sink, recent.paths, keymap.start)
        window.set_chooser(chooser)
        clock.register("welcome", chooser, self.screen.loading)
        window.search_requested.connect(keymap.palette)
        window.panel_menu.connect(keymap.fill_menu)
        window.workspaces_requested.connect(lambda: keymap.start("workspace.list"))
        window.name_requested.connect(keymap.name_workspace)
        window.top_bar.menu_requested.connect(keymap.main_menu)
        for printer in (window.top_bar.print_keys, bar.print_keys, chooser.refresh):
            keymap.rebound.connect(printer)
        FileDrop(window, self._sink)

    def show(self) -> None:
        """Put the window on the screen."""
        if self._arguments.size:
            self.window.resize(*_size(self._arguments.size))
        if self._milestone is not None and Milestone.wanted() == "window":
            self._milestone.watch(self.window)
        self.window.show()

    def _seen_panes(self) -> frozenset[str]:
        """Panes on the screen; all of them while the docks are not there yet."""
        if not self.window.has_docks:
            return frozenset((*CHART_PANES, *BOOK_PANES))
        return frozenset(frame.pane for frame in self.window.bench.frames() if frame.seen)

    async def work(self) -> None:
        """Bring the engines in, then serve until the window is closed."""
        await asyncio.sleep(0)  # the first frame comes before the imports
        loading = self._loop.run_in_executor(None, _load_engines)
        has_panels = bool(self._paths()) or seed_of(self._arguments) is not None
        if has_panels:
            # beside the engines, whose compiled kernels need no interpreter; they share no module that could wait
            importlib.import_module("pyqtgraph")
        dispatcher = self._connected(await loading)
        haste.settle()
        self._dispatcher = dispatcher
        if self._closed.is_set():  # the user was faster
            return
        self._restore(dispatcher)
        self._sink.connect(dispatcher.send)
        self._first_commands()
        if has_panels:
            importlib.import_module("cockpit.widgets.catalog")  # here, not in the frame that needs it
        from cockpit.pump import Pump  # noqa: PLC0415  after the first frame

        pump = Pump(dispatcher)
        self._join(pump, dispatcher)
        if Milestone.wanted() == "frame":
            self._watch_first_frame()
        self._start(pump.run())
        self._tell_probe()
        if self._arguments.screenshot:
            self._start(self._take_picture())
        await self._closed.wait()

    def _join(self, pump: "Pump", dispatcher: "Dispatcher") -> None:
        """Pump and screen share the frames: states before, stamps of the way to the pixel after."""
        clock = self.window.clock
        clock.before_draw = pump.before_frame
        clock.after_frame = pump.shedding.observe
        clock.after_draw, clock.after_paint = dispatcher.hops.drawn, dispatcher.hops.painted
        pump.frames = lambda: frame_numbers(clock.statistics())

    def _connected(self, make_dispatcher: "Callable[[Screen], Dispatcher]") -> "Dispatcher":
        """The dispatcher, with what the application does for it."""
        dispatcher = make_dispatcher(self.screen)
        dispatcher.seen_panes = self._seen_panes
        dispatcher.on_open = self._read_ahead
        dispatcher.on_tape = self._seal
        dispatcher.on_scan = lambda job: self._loop.run_in_executor(None, job)
        door = MarketDoor(
            dispatcher, self._loop, self._arguments, self._recent.paths, config_folder() / "settings.json"
        )
        dispatcher.on_market = lambda seed: self._start(door.open(seed))
        live = LiveDoor(dispatcher, self._loop, self._arguments, config_folder() / "settings.json")
        dispatcher.on_live = lambda symbols: self._start(live.open(symbols))
        self._live_door = live
        dispatcher.on_sessions = lambda: self._start(door.list_sessions())
        dispatcher.on_leave = lambda live: self._seals.append(self._loop.run_in_executor(None, live.close))
        return dispatcher

    def _restore(self, dispatcher: "Dispatcher") -> None:
        """Panes of the saved workspace, and of those that are switched to; unusable ones are told."""

        def show(saved: dict[str, Any]) -> None:
            try:
                dispatcher.restore(saved)
            except ConfigError as error:
                dispatcher.notify("watch", "Saved workspace", f"{error}; the panes start afresh")
                dispatcher.restore({})

        layout = self.window.layout_of
        show(layout.restored_workspace())
        layout.workspace, layout.show_workspace = dispatcher.saved, show

    def _paths(self) -> tuple[str, ...]:
        """What the command line asks to open."""
        return tuple(self._arguments.open) or tuple(getattr(self._arguments, "source", ()))

    def _first_commands(self) -> None:
        arguments, paths = self._arguments, self._paths()
        if not paths and getattr(arguments, "live", None):
            self._sink.send(OpenLive())
            return
        if not paths:
            seed = seed_of(arguments)
            if seed is not None:
                self._sink.send(OpenMarket(seed))
            return
        start = _start_of(arguments)
        is_replay = arguments.command == "replay"
        self._sink.send(OpenSources(paths, at_end=not (start or is_replay)))
        if start:
            self._sink.send(SeekTo(start))
        if is_replay:
            if arguments.until:
                self._sink.send(StopAt(parse_instant(arguments.until)))
            self._sink.send(SetSpeed(parse_speed(arguments.speed)))
            self._sink.send(Play())

    def _read_ahead(self, index: Any) -> None:
        from cockpit.pump import read_ahead  # noqa: PLC0415

        if self._dispatcher is not None and self._dispatcher.recording is not None:
            self._recent.add(self._dispatcher.recording.opened.names)

        def is_current() -> bool:
            recording = None if self._dispatcher is None else self._dispatcher.recording
            return recording is not None and recording.index is index and not self._closed.is_set()

        self._start(read_ahead(index, is_current))

    def _seal(self, tape: "TapeWriter") -> None:
        """Seal a finished tape in a worker thread; the program waits for it at the end."""
        self._seals.append(self._loop.run_in_executor(None, tape.seal))

    def _watch_first_frame(self) -> None:
        """Wait until the first chart and the ladder have been drawn with data, then for the next paint."""
        milestone = self._milestone
        bodies = (
            [self.window.panel(pane) for pane in (CHART_PANES[0], LADDER_PANE)] if self.window.has_docks else []
        )
        drawn = len(self.screen.charts[CHART_PANES[0]].value.bars) and None not in bodies and bodies
        if milestone is None or not drawn:
            self.window.clock.later("milestone", MILESTONE_MS, self._watch_first_frame)
            return
        milestone.watch(self.window)
        self.window.update()

    async def _take_picture(self) -> None:
        await asyncio.sleep(self._arguments.after)
        if not self.window.grab().save(self._arguments.screenshot):
            log.error("cannot write the picture %s", self._arguments.screenshot)
            self.exit_code = 1
        self.window.close()

    def _tell_probe(self) -> None:
        """Tell tests what the screen shows, 20 times a second: not everything on it is published."""
        if self._probe is not None:
            from cockpit.window_facts import window_facts  # noqa: PLC0415  tests only

            self._probe.write(window_facts(self.window, self._keymap, self._bar))
            self.window.clock.later("probe", PROBE_MS, self._tell_probe)

    def _close(self) -> None:
        self.window.close()

    def _start(self, work: Any) -> None:
        """Run a coroutine; what it raises is told at once, not when it is collected."""

        async def supervised() -> None:
            try:
                await work
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  the one road for task errors: log and toast
                self._tell(error)

        task = self._loop.create_task(supervised())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def end(self) -> None:
        """Tasks, then engines, then the window."""
        for task in self._tasks:
            task.cancel()
        if self._dispatcher is not None:
            if self._live_door is not None:
                self._live_door.abandon()
            self._dispatcher.close()  # seals run on in their threads; the loop's end waits for them
        if self._probe is not None:
            self._probe.close()
        # now, not when the interpreter ends: OpenGL panes give back their textures while contexts and Qt are there
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _install_hooks(self) -> None:
        """Every road an error can take ends in the log and a toast (desktop-testing.md 6)."""
        self._loop.set_exception_handler(
            lambda _, context: self._tell(context.get("exception") or context["message"])
        )
        sys.excepthook = self._on_exception
        threading.excepthook = lambda given: self._tell(given.exc_value or "a thread ended")
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._loop.add_signal_handler(number, self.window.close)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unexpected error", exc_info=(kind, error, trace))
        self._tell(error, logged=True)

    def _tell(self, error: object, *, logged: bool = False) -> None:
        if not logged:
            log.error("unexpected error: %s", error, exc_info=error if isinstance(error, BaseException) else None)
        if self._dispatcher is not None and self._complaints.wants(str(error)):
            text = f"{error}. The rest goes on. The log has the details: {logs.folder()}; to report it: {REPORT}"
            self._dispatcher.notify("high", "Unexpected error", text)


def _load_engines() -> "Callable[[Screen], Dispatcher]":
    """The heavy part of the program: numba, its kernels from the cache, and the engines."""
    from cockpit.backstage import make_dispatcher, warm  # noqa: PLC0415

    warm()
    return make_dispatcher


def _renderer(wanted: str) -> tuple[str, str]:
    if wanted == "raster":
        return "raster", "chosen on the command line"
    found, reason = probe_renderer()
    return ("gl", f"chosen on the command line; {reason}") if wanted == "opengl" else (found, reason)


def _renderer_name(renderer: str) -> str:
    return "OpenGL" if renderer == "gl" else "raster"


def _start_of(arguments: Namespace) -> int | None:
    """Where the playhead shall stand; None: nowhere in particular."""
    text = arguments.at or getattr(arguments, "start", None)
    return parse_instant(text) if text else None


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= 320 and int(height) >= 240):
        raise ConfigError(f"--size {text}: write WxH in logical pixels, at least 320x240, e.g. 1280x720")
    return int(width), int(height)
