"""Pixel kernels of the liquidity heatmap: from changes to a map of sizes, to pixels, and what lies on them.

Pixels are a ring: absolute pixel column X lies in column X % width of the array. The same numbers go for the map.
Import it late: numba takes longer to load than the rest of the window.
"""

from math import sqrt
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cockpit.events.dtypes import DTYPES, Kind
from cockpit.state.views import CELL_NS, ROW, SIDE_BITS
from cockpit.units import Floats, Pixels, Rows, Sizes

GONE = 2  # as ``engines.book.layout.GONE``
SIDE_MASK = 3
PULLED, EATEN = 0, 1  # how a level ended

Map = NDArray[np.uint8]
_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def index_of(size: int, steps: Floats, first: int) -> int:
    """Index into the palette: 0 for nothing, ``first`` below the first of the ascending steps, one more at each."""
    if size <= 0:
        return 0
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) >> 1
        if steps[middle] <= size:
            low = middle + 1
        else:
            high = middle
    return first + low


@_kernel
def write_column(
    heat: Map, column: int, peaks: Sizes, known: Sizes, shades: Map, steps: Floats, first: int
) -> None:
    """Write a column of the map; ``known`` and ``shades`` (rows,): the last size of each row, and its index."""
    at = column % heat.shape[1]
    for row in range(heat.shape[0]):
        if peaks[row] != known[row]:
            known[row] = peaks[row]
            shades[row] = index_of(peaks[row], steps, first)
        heat[row, at] = shades[row]


@_kernel
def _note_end(prints: Any, marks: Sizes, traded: Sizes, low: int, cell: int, price: int, ends: Sizes) -> None:
    """Remember that a level ended, and whether trades took it: some at its price in this cell or the one before."""
    while marks[1] < len(prints) and prints[marks[1]].clock_ns // CELL_NS <= cell:
        where = prints[marks[1]].price_ticks - low
        if 0 <= where < len(traded):
            traded[where] = prints[marks[1]].clock_ns // CELL_NS
        marks[1] += 1
    slot = marks[2] % len(ends)
    ends[slot, 0], ends[slot, 1] = cell, price
    ends[slot, 2] = EATEN if traded[price - low] >= cell - 1 else PULLED
    marks[2] += 1


@_kernel
def walk(
    rows: Rows, start: int, stop: int, base: int, prints: Any, marks: Sizes, traded: Sizes, book: Sizes,
    sums: Sizes, peaks: Sizes, known: Sizes, shades: Map, steps: Floats, first: int, heat: Map, low: int,
    places: Sizes, cells: int, left: int, right: int, least: int, ends: Sizes,
) -> None:  # fmt: skip
    """Apply changes and write the columns of the map that are over.

    Args:
        rows, start, stop, base: A chunk's rows, the part of them to take, and the chunk's cell.
        prints: PRINT, ascending in time.
        marks: int64 (4,): the open column, the next print, ends written, the last cell taken; changed.
        traded: int64 (ticks,), cell of the last print at a price; changed.
        book: int64 (2, ticks), sizes by side from tick ``low`` on; changed.
        sums, peaks: int64 (rows of the map,), what rests there now, and at most in the open column; changed.
        known, shades, steps, first: See ``write_column`` and ``index_of``.
        heat: uint8 (rows of the map, ring); the lowest price first.
        places: int64 (ticks,), row of the map of each tick.
        cells: Cells of a column.
        left, right: First column to write, and the first not to.
        least: Size of a level from which its end is told.
        ends: int64 (k, 3), ring of ends: cell, tick, ``PULLED`` or ``EATEN``; written.
    """
    ticks = book.shape[1]
    edge = (marks[0] + 1) * cells  # cell at which another column begins; divisions are slow
    is_before = marks[3] < left * cells
    for i in range(start, stop):
        row = rows[i]
        cell = base + row.cell
        if cell >= edge:
            column = cell // cells
            edge = (column + 1) * cells
            for over in range(max(marks[0], left), min(column, right)):
                write_column(heat, over, peaks, known, shades, steps, first)
                peaks[:] = sums
            peaks[:] = sums
            marks[0] = column
            is_before = False
        elif is_before and cell >= left * cells:
            is_before = False
        side = row.size & SIDE_MASK
        if side >= GONE:
            side -= GONE
            for at in range(ticks):
                if book[side, at] != 0:
                    sums[places[at]] -= book[side, at]
                    book[side, at] = 0
            if is_before:
                peaks[:] = sums
            continue
        at = row.price - low
        if at < 0 or at >= ticks:
            continue
        size = row.size >> SIDE_BITS
        had = book[side, at]
        book[side, at] = size
        place = places[at]
        sums[place] += size - had
        # what was before the first column in view is no part of it
        peaks[place] = sums[place] if is_before else max(peaks[place], sums[place])
        if size == 0 and had >= least and not is_before:
            _note_end(prints, marks, traded, low, cell, row.price, ends)
        marks[3] = cell


@_kernel
def finish(
    marks: Sizes, until: int, sums: Sizes, peaks: Sizes, known: Sizes, shades: Map, steps: Floats, first: int,
    heat: Map, left: int, right: int,
) -> None:  # fmt: skip
    """Write the columns up to the open one of now, which stays open, and empty those after it."""
    for over in range(max(marks[0], left), min(until, right)):
        write_column(heat, over, peaks, known, shades, steps, first)
        peaks[:] = sums
    if until > marks[0]:
        peaks[:] = sums
        marks[0] = until
    if left <= until < right:
        write_column(heat, until, peaks, known, shades, steps, first)
    for ahead in range(max(until + 1, left), right):
        heat[:, ahead % heat.shape[1]] = 0


@_kernel
def expand(px: Pixels, heat: Map, palette: Pixels, row_of_y: Sizes, pixels: int, left: int, right: int) -> None:
    """Pixels [left, right) (absolute) of the map; ``row_of_y`` is the map's row of every pixel row."""
    width, ring = px.shape[1], heat.shape[1]
    before = -1
    for y in range(px.shape[0]):
        row = row_of_y[y]
        if row == before:
            for x in range(left, right):
                px[y, x % width] = px[y - 1, x % width]
            continue
        before = row
        for x in range(left, right):
            px[y, x % width] = palette[heat[row, (x // pixels) % ring]]


@_kernel
def _mix(under: int, ink: int, weight: int) -> Any:
    keep = 256 - weight
    rb = ((under & 0xFF00FF) * keep + (ink & 0xFF00FF) * weight) >> 8 & 0xFF00FF
    g = ((under & 0x00FF00) * keep + (ink & 0x00FF00) * weight) >> 8 & 0x00FF00
    return np.uint32(0xFF000000 | rb | g)


@_kernel
def box(
    px: Pixels, left: int, top: int, right: int, bottom: int, ink: int, clip_left: int, clip_right: int
) -> None:
    """A filled box in absolute pixels, cut to the clip and the array."""
    width = px.shape[1]
    for y in range(max(top, 0), min(bottom, px.shape[0])):
        for x in range(max(left, clip_left), min(right, clip_right)):
            px[y, x % width] = ink


@_kernel
def hatched(px: Pixels, left: int, right: int, step: int, ink: int, weight: int) -> None:
    """Diagonal lines over pixels [left, right), blended."""
    width = px.shape[1]
    for y in range(px.shape[0]):
        for x in range(left, right):
            if (x + y) % step == 0:
                px[y, x % width] = _mix(px[y, x % width], ink, weight)


@_kernel
def dashed(px: Pixels, x: int, dash: int, ink: int) -> None:
    """A dashed upright line."""
    width = px.shape[1]
    for y in range(px.shape[0]):
        if y // dash % 2 == 0:
            px[y, x % width] = ink


@_kernel
def steps_of(
    px: Pixels, clocks: Sizes, prices: Sizes, now: int, per_ns: float, high: float, per_tick: float, thick: int,
    ink: int, left: int, right: int,
) -> None:  # fmt: skip
    """A best price as steps over pixels [left, right).

    Args:
        clocks, prices: int64 (n,), from when on it was so much, ticks; a price nobody has is below every other.
        now: Instant where the last one ends.
        per_ns: Pixels of a nanosecond.
    """
    before = -1
    for i in range(len(clocks)):
        since = int(clocks[i] * per_ns)
        until = int((clocks[i + 1] if i + 1 < len(clocks) else now) * per_ns)
        if until < left:
            continue
        if since >= right:
            break
        if prices[i] < -(1 << 62):
            before = -1
            continue
        y = int((high - 0.5 - prices[i]) * per_tick) - thick // 2
        box(px, since, y, max(until, since + 1), y + thick, ink, left, right)
        if before >= 0 and before != y:
            box(px, since, min(before, y), since + thick, max(before, y) + thick, ink, left, right)
        before = y if -(1 << 20) < y < 1 << 20 else -1


@_kernel
def mark_ends(
    px: Pixels, ends: Sizes, pixels: int, cells: int, high: float, per_tick: float, group: int, wide: int,
    tall: int, pulled: int, eaten: int, left: int, right: int,
) -> None:  # fmt: skip
    """A mark ``wide`` by ``tall`` where each level ended, in the middle of its row, over pixels [left, right)."""
    for i in range(len(ends)):
        x = ends[i, 0] * pixels // cells
        if x + wide <= left or x >= right:
            continue
        edge = (ends[i, 1] // group) * group + group / 2  # middle of the row, from the lower edge of its first tick
        top = int((high - edge) * per_tick) - tall // 2
        box(px, x, top, x + wide, top + tall, eaten if ends[i, 2] == EATEN else pulled, left, right)


@_kernel
def bars(px: Pixels, ends: Sizes, inks: Pixels, top: int, high: float, per_tick: float, group: int) -> None:
    """Bars from the left, row by row of the map.

    Args:
        ends: int64 (k, rows), right end of each bar in pixels, one behind the other; the lowest price first.
        inks: uint32 (k, rows).
        top: First pixel row that is drawn to.
        high: Ticks from the lowest row's lower edge to the upper border.
    """
    for row in range(ends.shape[1]):
        above, below = int((high - (row + 1) * group) * per_tick), int((high - row * group) * per_tick)
        below = max(below - (1 if below - above > 2 else 0), above + 1)
        left = 1
        for part in range(ends.shape[0]):
            end = min(max(ends[part, row], left + 1 if ends[part, row] > 0 else 0), px.shape[1])
            for y in range(max(above, top), min(below, px.shape[0])):
                for x in range(left, end):
                    px[y, x] = inks[part, row]
            left = max(left, end)


@_kernel
def clusters(prints: Rows, first: int, last: int, span: int, found: Floats) -> int:
    """Prints of one side within a span of time, together.

    Args:
        first, last: The part of the prints; ``first`` begins a span.
        span: ns; spans are counted from the beginning of time.
        found: float64 (k, 4): instant, price in ticks, size, 1 bought or -1 sold; written.

    Returns:
        How many there are; prints without a side are in none.
    """
    n = 0
    open_at, buys, sells = np.int64(-1), -1, -1
    for i in range(first, last):
        row = prints[i]
        bought = row.aggressor == 66
        if not bought and row.aggressor != 65:
            continue
        at = row.clock_ns // span
        if at != open_at:
            open_at, buys, sells = at, -1, -1
        slot = buys if bought else sells
        if slot < 0:
            if n == len(found):
                return n
            slot, n = n, n + 1
            found[slot, 0], found[slot, 1], found[slot, 2] = row.clock_ns, 0.0, 0.0
            found[slot, 3] = 1.0 if bought else -1.0
            if bought:
                buys = slot
            else:
                sells = slot
        total = found[slot, 2] + row.size
        found[slot, 1] += (row.price_ticks - found[slot, 1]) * row.size / total
        found[slot, 2] = total
    return n


@_kernel
def merged(bubbles: Floats, n: int, scale: float, base: float, slope: float, most: float) -> int:
    """Put bubbles inside a larger one of their side into it; returns how many stay.

    Args:
        bubbles: float64 (k, 5): pixel column and row, size in lots, side, radius; ascending in columns; changed.
        scale: Contracts of a lot.
        base, slope, most: Radius in pixels is ``base + slope * sqrt(contracts)``, at most ``most``.
    """
    for i in range(n):
        bubbles[i, 4] = min(base + slope * sqrt(bubbles[i, 2] * scale), most)
    for i in range(n):
        for j in range(max(i - 24, 0), min(i + 25, n)):
            if i == j or bubbles[j, 2] <= 0 or bubbles[i, 2] <= 0 or bubbles[i, 3] != bubbles[j, 3]:
                continue
            across, down = bubbles[i, 0] - bubbles[j, 0], bubbles[i, 1] - bubbles[j, 1]
            if (
                bubbles[j, 4] > bubbles[i, 4]
                and sqrt(across * across + down * down) + bubbles[i, 4] <= bubbles[j, 4]
            ):
                bubbles[j, 2] += bubbles[i, 2]
                bubbles[i, 2] = 0.0
                bubbles[j, 4] = min(base + slope * sqrt(bubbles[j, 2] * scale), most)
    kept = 0
    for i in range(n):
        if bubbles[i, 2] > 0:
            bubbles[kept] = bubbles[i]
            kept += 1
    return kept


@_kernel
def discs(
    px: Pixels, bubbles: Floats, order: Sizes, ring: float, up: int, down: int, edge: int, left: int, right: int
) -> None:
    """Bubbles with a dark ring, in an order, over pixels [left, right)."""
    width = px.shape[1]
    for i in order:
        middle, level, radius = bubbles[i, 0], bubbles[i, 1], bubbles[i, 4]
        outer = radius + ring
        if middle + outer < left or middle - outer > right:
            continue
        ink = up if bubbles[i, 3] > 0 else down
        for y in range(max(int(level - outer), 0), min(int(level + outer) + 2, px.shape[0])):
            for x in range(max(int(middle - outer), left), min(int(middle + outer) + 2, right)):
                across, above = x + 0.5 - middle, y + 0.5 - level
                far = sqrt(across * across + above * above)
                if far >= outer + 0.5:
                    continue
                under = px[y, x % width]
                under = _mix(under, edge, int(256 * min(max(outer + 0.5 - far, 0.0), 1.0)))
                px[y, x % width] = _mix(under, ink, int(256 * min(max(radius + 0.5 - far, 0.0), 1.0)))


def warm() -> None:
    """Load the kernels from numba's cache, or compile them (seconds); any thread may call it."""
    px, heat = np.zeros((2, 8), np.uint32), np.zeros((1, 8), np.uint8)
    marks, counts, none = np.zeros(4, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64)
    rows, prints = np.zeros(0, ROW), np.zeros(0, DTYPES[Kind.PRINT])
    steps, palette = np.ones(1), np.zeros(256, np.uint32)
    for given in (rows, prints, steps, palette):
        given.flags.writeable = False  # as states give them
    shades, sums = np.zeros(1, np.uint8), (counts.copy(), counts.copy(), counts.copy())
    walk(
        rows, 0, 0, 0, prints, marks, counts, np.zeros((2, 1), np.int64), *sums, shades, steps, 1, heat, 0, none, 1,
        0, 1, 1, np.zeros((1, 3), np.int64),
    )  # fmt: skip
    finish(marks, 0, *sums, shades, steps, 1, heat, 0, 1)
    expand(px, heat, palette, np.zeros(2, np.int64), 1, 0, 1)
    box(px, 0, 0, 1, 1, 0, 0, 1)
    hatched(px, 0, 1, 9, 0, 0)
    dashed(px, 0, 4, 0)
    steps_of(px, none, none, 0, 1.0, 1.0, 1.0, 1, 0, 0, 1)
    bars(px, np.zeros((1, 0), np.int64), np.zeros((1, 0), np.uint32), 0, 1.0, 1.0, 1)
    mark_ends(px, np.zeros((0, 3), np.int64), 1, 1, 1.0, 1.0, 1, 1, 1, 0, 0, 0, 1)
    bubbles = np.zeros((0, 5))
    clusters(prints, 0, 0, 1, np.zeros((0, 4)))
    merged(bubbles, 0, 1.0, 1.0, 1.0, 1.0)
    discs(px, bubbles, none, 1.0, 0, 0, 0, 0, 1)
