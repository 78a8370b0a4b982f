"""Heatmap: a new column of 100 ms to the painted pane, beside ``pg.ImageItem`` on its fast path.

Ours is the whole panel: map, best prices, depth, profile, axes, legend; the peer a plot with the image and axes.
Both get a column a frame; the thread's time counts, from the state to the painted window. Histories of four minutes
and of two hours show whether the past costs anything.
"""

import time
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.common import result
from cockpit.engines.book.heat import HeatHistory
from cockpit.engines.book.layout import CELL_NS, CHANGE
from cockpit.instruments import Instrument
from cockpit.state.commands import Command
from cockpit.state.screen import Screen
from cockpit.state.views import Cutoffs, Freshness, Head, HeatState, Provenance
from cockpit.units import Rows
from cockpit.widgets.heat.view import ZOOMS, HeatView
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.heatmap import HeatmapPanel
from cockpit.widgets.theme import Theme, load_fonts, load_theme

SIZES: Final = ((560, 300), (1180, 640))
HISTORIES: Final = (("4 min", 2_400), ("2 h", 72_000))  # cells
GATE: Final = 3.0  # times faster than the peer (rendering.md 9)
CHANGES: Final = 30  # levels a cell changes
ROWS: Final = 400  # prices of the peer's image
COLUMNS: Final = 60  # a run
FIRST_CELL: Final = 16_000_000_000
TOUCH: Final = 20_000


def changes(cells: int, seed: int) -> Rows:
    """CHANGE rows of so many cells around a slowly moving touch."""
    rng, count = np.random.default_rng(seed), cells * CHANGES
    rows = np.zeros(count, CHANGE)
    rows["cell"] = FIRST_CELL + np.repeat(np.arange(cells), CHANGES)
    away, side = rng.geometric(0.05, count), rng.integers(0, 2, count)
    middle = TOUCH + (20 * np.sin(rows["cell"] / 900)).astype(np.int64)
    rows["price"], rows["side"] = np.where(side == 0, middle - away, middle + away), side
    rows["size"] = rng.integers(0, 200, count)
    return rows


class Market:
    """States of a history that grows by a cell at a time."""

    def __init__(self, cells: int) -> None:
        self._rows, self._cells = changes(cells + 4_000, 5), cells
        self._history = HeatHistory()
        self._history.append(self._rows[: cells * CHANGES])
        self._head = Head(
            Instrument("ESH4.GLBX", "ES", tick_nano=250_000_000), Provenance.SIMULATED, Freshness.FRESH, 0
        )

    def step(self) -> HeatState:
        """The state after the next cell."""
        self._history.append(self._rows[self._cells * CHANGES : (self._cells + 1) * CHANGES])
        self._cells += 1
        return HeatState(
            head=self._head, heat=self._history.view(), best_bid=TOUCH, best_ask=TOUCH + 1, last_tick=TOUCH,
            contrast=(Cutoffs(40.0, 190.0),) * 10, now_ns=(FIRST_CELL + self._cells) * CELL_NS,
        )  # fmt: skip


class Ours:
    """The panel, a column a cell."""

    def __init__(self, theme: Theme) -> None:
        self.panel = HeatmapPanel(PanelContext("heatmap", theme, Screen(), self))
        self.window: QWidget = self.panel

    def send(self, command: Command) -> None:
        """Nobody listens."""

    def settle(self, state: HeatState) -> None:
        """One pixel a cell."""
        self.panel.draw(state)
        self.panel.look(HeatView(zoom=ZOOMS.index((1, 1)), centre=float(TOUCH), tick=3.0))

    def column(self, state: HeatState) -> None:
        """Show a state with a new column."""
        self.panel.draw(state)


class Peer:
    """A plot with an image on its fast path: uint8, row-major, no levels, a table of 256 colours."""

    def __init__(self, theme: Theme, columns: int) -> None:
        pg.setConfigOptions(imageAxisOrder="row-major")
        self._pixels = np.random.default_rng(2).integers(0, 255, (ROWS, columns + 4_000)).astype(np.uint8)
        self._columns, self._at = columns, 0
        table = np.array(
            [[ink >> shift & 0xFF for shift in (16, 8, 0)] for ink in theme.maps["tide"].tolist()], np.uint8
        )
        self._image = pg.ImageItem(self._pixels[:, :columns], levels=None, lut=table, autoDownsample=False)
        self.window = pg.PlotWidget()
        self.window.addItem(self._image)
        self.window.getPlotItem().hideButtons()
        self.window.setRange(xRange=(0, columns), yRange=(0, ROWS), padding=0)

    def settle(self, state: HeatState) -> None:
        """Nothing waits."""

    def column(self, state: HeatState) -> None:
        """Show the image one column on."""
        del state
        self._at = (self._at + 1) % 4_000
        self._image.setImage(self._pixels[:, self._at : self._at + self._columns], autoLevels=False, levels=None)


def block(app: QApplication, side: Ours | Peer, market: Market) -> float:
    """Thread milliseconds a column, the window alone on the screen; reading the clock costs as much as a column."""
    side.window.show()
    side.settle(market.step())
    app.processEvents()
    states = [market.step() for _ in range(COLUMNS)]
    began = time.thread_time()
    for state in states:
        side.column(state)
        QCoreApplication.sendPostedEvents()  # paints: the update request is one of them
    took = (time.thread_time() - began) * 1e3 / COLUMNS
    app.processEvents()
    side.window.hide()
    return took


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Milliseconds a column, median; needs a display, or ``QT_QPA_PLATFORM=offscreen`` for painting alone."""
    del data
    app = QApplication.instance() or QApplication(["bench"])
    assert isinstance(app, QApplication)
    load_fonts()
    theme = load_theme("graphite")
    found: list[dict[str, Any]] = []
    for size in SIZES:
        for words, cells in HISTORIES:
            ours, peer, market = Ours(theme), Peer(theme, size[0]), Market(cells)
            for side in (ours, peer):
                side.window.resize(*size)
            times: dict[str, list[float]] = {"ours": [], "peer": []}
            for _ in range(runs + 1):
                times["ours"].append(block(app, ours, market))
                times["peer"].append(block(app, peer, market))
            warm = {name: float(np.median(each[1:])) for name, each in times.items()}
            found.append(
                result(
                    f"heatmap {size[0]}x{size[1]} {words}", round(warm["ours"], 3), "ms",
                    peer=round(warm["peer"], 3),
                    peer_name="pg.ImageItem, fast path", higher_is_better=False, runs=runs,
                    gate=f"at least {GATE:g}x faster", met=warm["peer"] / warm["ours"] >= GATE,
                    bytes_touched=ours.panel.composer.touched, bytes_of_the_map=int(ours.panel.composer.px.nbytes),
                    platform=QGuiApplication.platformName(),
                )
            )  # fmt: skip
            for side in (ours, peer):
                side.window.deleteLater()
            app.processEvents()
    return found
