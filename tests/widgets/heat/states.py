"""Heatmap states of a small seeded market, as a lane would make them."""

from dataclasses import replace
from typing import Any

import numpy as np

from cockpit.engines.book.layout import CELL_NS
from cockpit.events.dtypes import Kind, empty
from cockpit.instruments import Instrument
from cockpit.state.lane import Lane
from cockpit.state.panels.heatmap import HeatmapReducer
from cockpit.state.router import Router
from cockpit.state.views import HeatState, Pane, Provenance
from cockpit.units import Rows
from cockpit.widgets.heat.view import HeatScale
from tests.state.market import START_NS, es, order_rows

FIRST_CELL = START_NS // CELL_NS


class Market:
    """A lane that is fed row by row."""

    def __init__(self, rows: Rows | None = None, instrument: Instrument | None = None) -> None:
        self.router = Router((instrument or es(),), lambda _: None)
        self.rows = order_rows(3, 4_000, step_ms=120) if rows is None else rows
        self.reducer = HeatmapReducer(self.router)
        self._done = 0

    @property
    def lane(self) -> Lane:
        return self.router.lanes[0]

    def feed(self, count: int, **parts: Any) -> None:
        """The next rows."""
        rows = self.rows[self._done : self._done + count]
        self._done += count
        self.lane.apply({Kind.MBO: rows, **{Kind[name]: part for name, part in parts.items()}}, empty(Kind.TICK))

    def state(self, now_ns: int | None = None) -> HeatState:
        """The state at an instant; that of the newest row when left out."""
        now = int(self.rows["clock_ns"][self._done - 1]) if now_ns is None else now_ns
        symbol = self.lane.instrument.symbol
        made = self.reducer.reduce(self.lane, Pane("heatmap", symbol, "", 1), Provenance.SIMULATED, now)
        return replace(made, head=replace(made.head, freshness=None))


def scale_at(state: HeatState, *, cells: int = 1, pixels: int = 1, columns: int = 200, group: int = 1) -> HeatScale:
    """A scale whose right border lies a little right of now, around the touch."""
    assert state.now_ns is not None
    assert state.best_bid is not None
    end = (state.now_ns // CELL_NS // cells + 3) * pixels
    return HeatScale(columns, 120, cells, pixels, end, state.best_bid + 20.5, 3.0, group)


def sums_at(state: HeatState, cell: int, scale: HeatScale) -> np.ndarray:
    """What rested in the rows of the map at the end of a cell, the lowest first, by the history itself."""
    found = np.zeros(scale.map_rows, np.int64)
    for side in state.heat.book_at(cell * CELL_NS):
        for tick, size in side.items():
            row = (tick - scale.low_tick) // scale.group
            if 0 <= row < scale.map_rows:
                found[row] += size
    return found
