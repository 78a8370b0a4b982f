"""The composed pixels of the heatmap: everything anew for another view, a few columns at the live edge.

Map and pixels are rings in time, so a new column moves nothing: it writes its own pixels, and those beside it that
bubbles may reach. What it keeps is a function of (history, scale, limits, inks).
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from math import floor
from typing import Final

import numpy as np

from cockpit.state.views import CELL_NS, COARSE_CELLS, Cutoffs, HeatChunk, HeatState
from cockpit.units import NO_TIME, Floats, Pixels, Sizes
from cockpit.widgets.heat.inks import FIRST, HeatInks, shade_steps
from cockpit.widgets.heat.view import HeatScale

CLUSTER_NS: Final = 200_000_000  # prints together in a bubble (design.md 7)
CLUSTER_PX: Final = 3  # and at least so many logical pixels of time
BASE, SLOPE, MOST = 1.2, 0.8, 14.0  # radius of a bubble, logical pixels: BASE + SLOPE sqrt(contracts), at most MOST
REACH: Final = 18  # logical pixels a bubble may reach, its ring included
ENDS: Final = 8192  # ends of levels that are remembered
ENDS_UNDER: Final = 20  # cells of a column, beyond which ends would cover the map
CROWDED: Final = 1.2  # of the width: bubbles side by side take no more, the smallest are left out
HATCH_STEP, HATCH_WEIGHT, DASH = 9, 56, 4
NOTHING: Final = np.zeros((0, 5), np.float64)


@dataclass(frozen=True, slots=True)
class Made:
    """What the pixels were made of besides the history itself."""

    series: int
    symbol: str
    scale: HeatScale
    limits: Cutoffs
    inks: HeatInks
    bubbles: bool
    gaps: tuple[tuple[int, int], ...]
    ratio: float
    lot: float


class HeatComposer:
    """Makes and keeps the pixels of one pane."""

    def __init__(self) -> None:
        self.px: Pixels = np.zeros((1, 1), np.uint32)
        self.bubbles: Floats = NOTHING  # (n, 5): absolute column, row, lots, side, radius, of those drawn last
        self.touched = 0  # bytes written by the last call
        self.least = 0.0  # lots of the smallest bubble; 0: all are drawn
        self._made: Made | None = None
        self._end = 0  # absolute pixel right of what is drawn
        self._heat = np.zeros((1, 1), np.uint8)
        self._rows = 0  # number of the next row of the history to take
        self._marks: Sizes = np.zeros(4, np.int64)
        self._ends: Sizes = np.zeros((ENDS, 3), np.int64)

    @property
    def heat(self) -> np.ndarray:
        """The map, uint8 (rows, ring): indices into the palette, the lowest price first."""
        return self._heat

    @property
    def rests(self) -> Sizes:
        """int64 (2, ticks), bid and ask from the scale's low tick on, as of what was drawn last."""
        return self._book

    def compose(
        self, state: HeatState, scale: HeatScale, limits: Cutoffs, inks: HeatInks, ratio: float, *, bubbles: bool
    ) -> bool:
        """Bring the pixels up to a state; whether any changed."""
        instrument = state.head.instrument
        if instrument is None or state.now_ns is None:
            return False
        made = Made(
            state.heat.series, instrument.symbol, replace(scale, end=0), limits, inks, bubbles, state.heat.gaps,
            ratio, instrument.lot,
        )  # fmt: skip
        moved = scale.end - self._end
        if made != self._made or not 0 <= moved < scale.columns:
            self._made = made
            self._begin(state, scale, limits, ratio)
            self._take(state, scale, limits)
            self._draw(state, scale, made, scale.start)
            self._end = scale.end
            return True
        before = self._rows, self._marks[0]
        dirty = int(self._marks[0]) * scale.pixels
        self._take(state, scale, limits)
        if moved == 0 and before == (self._rows, self._marks[0]):
            return False
        span = self._span(scale, ratio)
        newest = floor((state.now_ns // span - 1) * span / CELL_NS * scale.pixels / scale.cells)
        dirty = min(dirty, newest, self._end) - round(REACH * ratio)
        self._draw(state, scale, made, max(dirty, scale.start))
        self._end = scale.end
        return True

    # the map

    def _begin(self, state: HeatState, scale: HeatScale, limits: Cutoffs, ratio: float) -> None:
        """Everything as it was before the first column in view."""
        shape, ring = (scale.rows, scale.columns), scale.columns // scale.pixels + 3
        if self.px.shape != shape:
            self.px = np.empty(shape, np.uint32)
        rows, ticks = scale.map_rows, scale.map_rows * scale.group
        self._heat = np.zeros((rows, ring), np.uint8)
        self._book, self._traded = np.zeros((2, ticks), np.int64), np.full(ticks, NO_TIME, np.int64)
        self._places = np.arange(ticks) // scale.group
        self._known, self._shades = np.full(rows, -1, np.int64), np.zeros(rows, np.uint8)
        self._sums, self._peaks = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
        first_cell = scale.first_column * scale.cells
        self._marks = np.array([scale.first_column, 0, 0, first_cell - 1], np.int64)
        self._marks[1] = bisect_left(state.prints["clock_ns"], (first_cell - 1) * CELL_NS)
        edges = scale.high - (np.arange(scale.rows) + 0.5) / scale.per_tick
        places = np.floor((edges - scale.low_tick) / scale.group).astype(np.int64)
        self._row_of_y = np.clip(places, 0, rows - 1)
        chunks = state.heat.chunks
        self._rows = chunks[0].first if chunks else 0
        self.least = -1.0  # to be told by what is in view
        before = [chunk for chunk in chunks if chunk.cell < first_cell]
        if before:
            self._from_keyframe(before[-1], scale)
            self._rows = before[-1].first

    def _from_keyframe(self, chunk: HeatChunk, scale: HeatScale) -> None:
        at = chunk.prices - scale.low_tick
        inside = (at >= 0) & (at < self._book.shape[1])
        self._book[chunk.sides[inside], at[inside]] = chunk.sizes[inside]
        self._sums[:] = self._book.sum(axis=0).reshape(len(self._sums), scale.group).sum(axis=1)
        self._peaks[:] = self._sums

    def _take(self, state: HeatState, scale: HeatScale, limits: Cutoffs) -> None:
        """Take the rows that came, up to the right border, and write their columns."""
        from cockpit.widgets.heat.kernels import finish, walk  # noqa: PLC0415  numba loads at the first draw

        steps, least = shade_steps(limits), round((limits.low * limits.high) ** 0.5)
        left, right = scale.first_column, scale.first_column + scale.map_columns
        last_cell = right * scale.cells
        for chunk in state.heat.chunks:
            end = chunk.first + len(chunk.rows)
            if end <= self._rows or chunk.cell >= last_cell:
                continue
            stop = int(np.searchsorted(chunk.rows["cell"], min(last_cell - chunk.cell, 2**31 - 1)))
            start = max(self._rows - chunk.first, 0)
            rows, until = chunk.rows, stop
            if start == 0 and stop == len(rows) and len(chunk.coarse) and scale.cells % COARSE_CELLS == 0:
                rows, until = chunk.coarse, len(chunk.coarse)
            if until > start:
                walk(
                    rows, start, until, chunk.cell, state.prints, self._marks, self._traded, self._book,
                    self._sums, self._peaks, self._known, self._shades, steps, FIRST, self._heat, scale.low_tick,
                    self._places, scale.cells, left, right, least, self._ends,
                )  # fmt: skip
            self._rows = chunk.first + max(stop, start)
            if stop < len(chunk.rows):
                break
        now = (state.now_ns or 0) // CELL_NS // scale.cells
        finish(
            self._marks, min(now, right), self._sums, self._peaks, self._known, self._shades, steps, FIRST,
            self._heat, left, right,
        )  # fmt: skip

    # the pixels

    def _draw(self, state: HeatState, scale: HeatScale, made: Made, left: int) -> None:
        from cockpit.widgets.heat import kernels  # noqa: PLC0415  numba loads at the first draw

        right, inks = scale.end, made.inks
        px = self.px
        kernels.expand(px, self._heat, inks.palette, self._row_of_y, scale.pixels, left, right)
        self._draw_ends(scale, made, left)
        self._draw_gaps(state, scale, made, left)
        per_ns = scale.pixels / scale.cells / CELL_NS
        thick = max(round(1.5 * made.ratio), 1)
        clocks = state.best["clock_ns"]
        first = max(bisect_left(clocks, scale.instant(left - scale.start)) - 1, 0)
        last = bisect_left(clocks, scale.instant(right - scale.start))
        for name, ink in (("bid", inks.bid), ("ask", inks.ask)):
            kernels.steps_of(
                px, clocks[first:last].copy(), state.best[name][first:last].copy(), int(state.now_ns or 0), per_ns,
                scale.high, scale.per_tick, thick, ink, left, right,
            )  # fmt: skip
        if made.bubbles:
            self._draw_bubbles(state, scale, made, left)
        if inks.is_hatched:
            kernels.hatched(px, left, right, round(HATCH_STEP * made.ratio), inks.hatch, HATCH_WEIGHT)
        self.touched = (right - left) * scale.rows * 4

    def _draw_ends(self, scale: HeatScale, made: Made, left: int) -> None:
        """How large levels ended: a mark in the hue of what was pulled, or of what was eaten."""
        from cockpit.widgets.heat.kernels import mark_ends  # noqa: PLC0415  numba loads at the first draw

        if scale.cells > ENDS_UNDER:
            return
        ends = self._ends[: min(int(self._marks[2]), ENDS)]
        wide, high = max(round(2 * made.ratio), 2), max(round(0.8 * scale.per_tick * scale.group), 1)
        mark_ends(
            self.px, ends, scale.pixels, scale.cells, scale.high, scale.per_tick, scale.group, wide, high,
            made.inks.pulled, made.inks.eaten, left, scale.end,
        )  # fmt: skip

    def _draw_gaps(self, state: HeatState, scale: HeatScale, made: Made, left: int) -> None:
        """What is not known: panel ground, hatched, between dashed edges."""
        from cockpit.widgets.heat import kernels  # noqa: PLC0415  numba loads at the first draw

        step = round(HATCH_STEP * made.ratio)
        for since, until in state.heat.gaps:
            begin = floor(scale.x(since)) + scale.start
            end = floor(scale.x(int(state.now_ns or 0) if until == NO_TIME else until)) + scale.start
            end = max(end, begin + round(4 * made.ratio))
            low, high = max(begin, left), min(end, scale.end)
            if low >= high:
                continue
            kernels.box(self.px, low, 0, high, scale.rows, made.inks.ground, low, high)
            kernels.hatched(self.px, low, high, step, made.inks.hatch, 2 * HATCH_WEIGHT)
            for edge in (begin, end - 1):
                if low <= edge < high:
                    kernels.dashed(self.px, edge, round(DASH * made.ratio), made.inks.gap)

    @staticmethod
    def _span(scale: HeatScale, ratio: float) -> int:
        """Time whose prints are one bubble."""
        px = CLUSTER_PX * ratio * scale.cells / scale.pixels * CELL_NS
        return max(round(px / CLUSTER_NS), 1) * CLUSTER_NS

    def _draw_bubbles(self, state: HeatState, scale: HeatScale, made: Made, left: int) -> None:
        from cockpit.widgets.heat import kernels  # noqa: PLC0415  numba loads at the first draw

        prints, span, ratio = state.prints, self._span(scale, made.ratio), made.ratio
        clocks = prints["clock_ns"]
        reach = 4 * round(REACH * ratio)
        since = scale.instant(left - reach - scale.start) // span * span
        first = bisect_left(clocks, since)
        last = bisect_left(clocks, scale.instant(scale.columns + reach))
        found = np.zeros((min(2 * (last - first), 65_536), 4), np.float64)
        n = kernels.clusters(prints, first, last, span, found)
        made_of = np.zeros((n, 5), np.float64)
        made_of[:, 0] = found[:n, 0] / CELL_NS * scale.pixels / scale.cells
        made_of[:, 1] = (scale.high - 0.5 - found[:n, 1]) * scale.per_tick
        made_of[:, 2:4] = found[:n, 2:4]
        n = kernels.merged(made_of, n, made.lot, BASE * ratio, SLOPE * ratio, MOST * ratio)
        if self.least < 0:
            self.least = least_drawn(made_of[:n], CROWDED * scale.columns)
        bubbles = made_of[:n][made_of[:n, 2] >= self.least]
        order = np.argsort(-bubbles[:, 4], kind="stable")
        inks = made.inks
        kernels.discs(self.px, bubbles, order, ratio, inks.bid, inks.ask, inks.edge, left, scale.end)
        kept = self.bubbles[(self.bubbles[:, 0] < left - reach) & (self.bubbles[:, 0] > scale.start - reach)]
        self.bubbles = (
            bubbles if left == scale.start else np.concatenate([kept, bubbles[bubbles[:, 0] >= left - reach]])
        )


def least_drawn(bubbles: Floats, room: float) -> float:
    """Size from which bubbles, (n, 5), are drawn so that side by side they take no more than ``room`` pixels."""
    sizes = np.sort(bubbles[:, 2])[::-1]
    wide = np.cumsum(2 * np.sort(bubbles[:, 4])[::-1])
    fitting = int(np.searchsorted(wide, room, side="right"))
    return 0.0 if fitting >= len(sizes) else float(sizes[max(fitting - 1, 0)])
