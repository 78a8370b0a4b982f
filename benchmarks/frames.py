"""Frames: GUI-thread time per frame of a 2x2 of charts, ours beside a tuned pyqtgraph one of the same content.

Both run in turn in one process, block by block, each block with only its own window on the screen, at 60 frames
a second. A frame is: hand the new state (and pointer, and view) to four panes, then paint what Qt was asked to.
The gates are ratios (``rendering.md`` 9); milliseconds are one machine's.
"""

import time
from typing import Any, Final, Protocol

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from benchmarks.common import result
from benchmarks.pyqtgraph_peer import PeerPane
from cockpit.instruments import Instrument
from cockpit.state.commands import Command, PointAt
from cockpit.state.pyramid import Pyramid
from cockpit.state.screen import CHART_PANES, Screen
from cockpit.state.views import BAR_VIEW, ChartState, Crosshair, Freshness, Head, Provenance
from cockpit.units import NS_PER_MIN, NS_PER_S, Rows
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.chart import ChartPanel
from cockpit.widgets.renderer import probe_renderer
from cockpit.widgets.theme import GUTTER, Theme, load_fonts, load_theme

SIZES: Final = ((1280, 720), (2560, 1440))
SCENARIOS: Final = ("live", "crosshair", "panning")
GATE: Final = 3.0  # times faster than the peer, median and in every scenario (rendering.md 9)
BARS: Final = 2000
VISIBLE: Final = 300
FRAMES_A_BAR: Final = 90
BLOCK: Final = 36  # frames in a row of one side
SETTLING: Final = 6  # first frames of a block, not counted: its window has just been shown
BLOCKS: Final = 4  # of each side and scenario in a run
FRAME_S: Final = 1 / 60
START_NS: Final = 1_657_600_000 * NS_PER_S


def walk(count: int) -> Rows:
    """A seeded random walk of 5-minute bars."""
    rng = np.random.default_rng(7)
    bars = np.zeros(count, BAR_VIEW)
    steps = rng.normal(0, 6, count).round()
    bars["close"] = 15_400 + steps.cumsum()
    bars["open"] = bars["close"] - steps
    bars["high"] = np.maximum(bars["open"], bars["close"]) + rng.integers(0, 6, count)
    bars["low"] = np.minimum(bars["open"], bars["close"]) - rng.integers(0, 6, count)
    bars["volume"] = rng.integers(300, 4000, count)
    bars["delta"] = rng.integers(-300, 300, count)
    bars["open_ns"] = START_NS + np.arange(count) * 5 * NS_PER_MIN
    bars["close_ns"] = bars["open_ns"] + 5 * NS_PER_MIN
    return bars


class Market:
    """The walk as states: the newest bar moves every frame and closes every ``FRAMES_A_BAR``."""

    def __init__(self) -> None:
        self._bars = walk(BARS + 4000)
        self._pyramid = Pyramid.empty()
        instrument = Instrument("ESH4.GLBX", "ES", tick_nano=250_000_000)
        self._head = Head(instrument, Provenance.SIMULATED, Freshness.FRESH, 0, link=1, interval="5m")

    def state(self, frame: int) -> ChartState:
        """The state at a frame."""
        age = frame % FRAMES_A_BAR
        bars = self._bars[: BARS + frame // FRAMES_A_BAR].copy()
        last = bars[-1]
        last["close"] = round(last["low"] + (np.sin(frame / 7) * 0.5 + 0.5) * (last["high"] - last["low"]))
        last["volume"] = last["volume"] * (age + 1) / FRAMES_A_BAR
        self._pyramid = self._pyramid.extended(bars[:-1])
        return ChartState(
            head=self._head,
            bars=bars,
            is_forming=True,
            series=1,
            pyramid=self._pyramid,
            session_starts=bars["open_ns"][::276],
            last=float(last["close"]),
            now_ns=int(last["close_ns"]),
            countdown_ns=(FRAMES_A_BAR - age) * NS_PER_S,
        )


class Side(Protocol):
    """One of the two that are compared: a window and what it does for a frame."""

    window: QWidget

    def frame(self, scenario: str, state: ChartState, number: int) -> None:
        """Take the state; ``number`` counts the frames of the scenario."""
        ...


class Ours:
    """Four chart panels, linked."""

    def __init__(self, theme: Theme, *, opengl: bool = False) -> None:
        self._screen = Screen()
        contexts = [PanelContext(pane, theme, self._screen, self, opengl) for pane in CHART_PANES[:4]]
        self.panels = [ChartPanel(context) for context in contexts]
        self.window = grid_of(self.panels, theme)

    def send(self, command: Command) -> None:
        """Publish the crosshair, as the dispatcher does."""
        if isinstance(command, PointAt):
            crosshair = Crosshair(command.pane, command.at_ns, command.symbol, command.price)
            self._screen.crosshair[command.group].publish(crosshair)

    def settle(self) -> None:
        """Show ``VISIBLE`` bars."""
        for panel in self.panels:
            panel.restore_view({"slot": panel.plot.viewport().width() / VISIBLE})

    def frame(self, scenario: str, state: ChartState, number: int) -> None:
        """See ``Side``."""
        if scenario == "crosshair":
            move_pointer(self.panels[0].plot.viewport(), number)
        for panel in self.panels:
            panel.draw(state)
            if scenario == "panning":
                panel.pan(1 if number // 30 % 2 else -1)


class Peer:
    """Four tuned pyqtgraph panes, linked by hand."""

    def __init__(self, theme: Theme) -> None:
        self.panes = [PeerPane(theme) for _ in range(4)]
        self.window = grid_of(self.panes, theme)
        self.panes[0].scene().sigMouseMoved.connect(self._point)
        self._right = 0.0
        self._count = 0

    def _point(self, at: QPointF) -> None:
        for pane in self.panes:
            pane.point(at)

    def frame(self, scenario: str, state: ChartState, number: int) -> None:
        """See ``Side``."""
        if scenario == "crosshair":
            move_pointer(self.panes[0].viewport(), number)
        moved = len(state.bars) != self._count
        self._count = len(state.bars)
        self._right = self._count + VISIBLE * 0.07 if moved else self._right
        if scenario == "panning":
            self._right += 1 if number // 30 % 2 else -1
        for pane in self.panes:
            pane.draw(state)
            if moved or scenario == "panning":
                pane.look(self._right, VISIBLE)


def grid_of(panes: list[Any], theme: Theme) -> QWidget:
    """A window with four panes."""
    window = QWidget()
    window.setStyleSheet(f"QWidget#bench {{ background: {theme.tokens['bg0']} }}")
    window.setObjectName("bench")
    grid = QGridLayout(window)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(GUTTER)
    for n, pane in enumerate(panes):
        grid.addWidget(pane, n // 2, n % 2)
    return window


def move_pointer(viewport: QWidget, number: int) -> None:
    """A real mouse event somewhere on a slow ellipse."""
    width, height = viewport.width() - 90, viewport.height() * 0.7
    at = QPointF(width * (0.5 + 0.4 * np.cos(number / 20)), height * (0.5 + 0.4 * np.sin(number / 13)))
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), none, none, Qt.KeyboardModifier(0))
    QCoreApplication.sendEvent(viewport, event)


def timed_frame(side: Side, scenario: str, state: ChartState, number: int) -> tuple[float, float]:
    """Milliseconds of wall and of thread time from the new state to the painted window."""
    wall, cpu = time.perf_counter(), time.thread_time()
    side.frame(scenario, state, number)
    QCoreApplication.sendPostedEvents()  # paints: the update request is one of them
    return (time.perf_counter() - wall) * 1e3, (time.thread_time() - cpu) * 1e3


def block(app: QApplication, side: Side, scenario: str, market: Market, first: int) -> list[tuple[float, float]]:
    """The times of one block of frames, its window alone on the screen."""
    side.window.show()
    times: list[tuple[float, float]] = []
    for number in range(first, first + BLOCK):
        due = time.perf_counter() + FRAME_S
        state = market.state(number)
        took = timed_frame(side, scenario, state, number)
        if number >= first + SETTLING:
            times.append(took)
        while True:
            app.processEvents()
            if time.perf_counter() >= due:
                break
            time.sleep(0.001)
    side.window.hide()
    return times


def compare(app: QApplication, ours: Ours, peer: Peer, scenario: str, runs: int) -> dict[str, np.ndarray]:
    """(n, 2) wall and thread milliseconds of both sides, from blocks in turn."""
    markets = {"ours": Market(), "peer": Market()}
    sides: dict[str, Side] = {"ours": ours, "peer": peer}
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "peer": []}
    for number in range(runs * BLOCKS):
        for name, side in sides.items():
            times[name] += block(app, side, scenario, markets[name], number * BLOCK)
    return {name: np.array(rows) for name, rows in times.items()}


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Milliseconds a frame, median; needs a display, or ``QT_QPA_PLATFORM=offscreen`` for painting alone."""
    app = QApplication.instance() or QApplication(["bench"])
    assert isinstance(app, QApplication)
    load_fonts()
    renderers = ["raster", "opengl"] if probe_renderer()[0] == "gl" else ["raster"]
    return [
        result
        for renderer in renderers
        for size in SIZES
        for result in run_at(app, size, opengl=renderer == "opengl", runs=runs)
    ]


def run_at(app: QApplication, size: tuple[int, int], *, opengl: bool, runs: int) -> list[dict[str, Any]]:
    """All scenarios at one window size."""
    theme = load_theme("graphite")
    ours, peer = Ours(theme, opengl=opengl), Peer(theme)
    for side in (ours, peer):
        side.window.setGeometry(0, 0, *size)
        side.window.show()
        side.frame("live", Market().state(0), 0)
        app.processEvents()
        side.window.hide()
    ours.settle()
    renderer = "opengl" if opengl else "raster"
    results = [
        _result(f"frames {scenario} {size[0]}x{size[1]} {renderer}", compare(app, ours, peer, scenario, runs), runs)
        for scenario in SCENARIOS
    ]
    for side in (ours, peer):
        side.window.deleteLater()
    app.processEvents()
    return results


def _result(name: str, times: dict[str, np.ndarray], runs: int) -> dict[str, Any]:
    def at(side: str, percentile: float, column: int = 0) -> float:
        return round(float(np.percentile(times[side][:, column], percentile)), 3)

    ours, peer = at("ours", 50), at("peer", 50)
    return result(
        name, ours, "ms", peer=peer, peer_name="tuned pyqtgraph 2x2", higher_is_better=False, runs=runs,
        gate=f"at least {GATE:g}x faster", met=peer / ours >= GATE, frames=len(times["ours"]),
        p99={"ours": at("ours", 99), "peer": at("peer", 99)},
        thread={"ours": at("ours", 50, 1), "peer": at("peer", 50, 1)},
        platform=QGuiApplication.platformName(),
    )  # fmt: skip
