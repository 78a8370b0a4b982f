"""Pixel kernels of the ladder: bars and figures of all rows in one pass. Pure; no Qt."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cockpit.units import Floats, Pixels, Sizes
from cockpit.widgets.plot.kernels import fill

Coverage = NDArray[np.uint8]
Codes = NDArray[np.int8]

COMMA, POINT, MINUS, PLUS, KILO, MEGA = 10, 11, 14, 16, 18, 19  # places in atlas.GLYPHS; a test holds them together


@njit(cache=True, nogil=True)
def glyph(px: Pixels, coverage: Coverage, code: int, left: int, top: int, ink: int) -> None:
    """Blend one glyph cell's coverage in ``ink`` over the pixels."""
    red, green, blue = (ink >> 16) & 255, (ink >> 8) & 255, ink & 255
    for y in range(coverage.shape[1]):
        row = top + y
        if row < 0 or row >= px.shape[0]:
            continue
        for x in range(coverage.shape[2]):
            cover = np.int64(coverage[code, y, x])
            column = left + x
            if cover == 0 or column < 0 or column >= px.shape[1]:
                continue
            under = np.int64(px[row, column])
            keep = 255 - cover
            r = (red * cover + ((under >> 16) & 255) * keep) // 255
            g = (green * cover + ((under >> 8) & 255) * keep) // 255
            b = (blue * cover + (under & 255) * keep) // 255
            px[row, column] = np.uint32(0xFF000000 | (r << 16) | (g << 8) | b)


@njit(cache=True, nogil=True)
def number(
    px: Pixels, coverage: Coverage, advance: int, value: int, right: int, top: int, ink: int, places: int = 0
) -> int:
    """Write a number of 10^-places with grouping commas, right-aligned to ``right``; returns where it begins."""
    x = right
    for _ in range(places):
        x -= advance
        glyph(px, coverage, value % 10, x, top, ink)
        value //= 10
    if places > 0:
        x -= advance
        glyph(px, coverage, POINT, x, top, ink)
    digits = 0
    while True:
        if digits > 0 and digits % 3 == 0:
            x -= advance
            glyph(px, coverage, COMMA, x, top, ink)
        x -= advance
        glyph(px, coverage, value % 10, x, top, ink)
        value //= 10
        digits += 1
        if value == 0:
            return x


@njit(cache=True, nogil=True)
def width_of(value: int) -> int:
    """Glyphs of a whole number with grouping commas."""
    digits = 1
    while value >= 10:
        value //= 10
        digits += 1
    return digits + (digits - 1) // 3


@njit(cache=True, nogil=True)
def short(px: Pixels, coverage: Coverage, advance: int, value: int, right: int, top: int, ink: int) -> int:
    """Write a number from 10,000 on with at most five glyphs, rounded down: ``12.3k``, ``234k``, ``1.23M``.

    Returns:
        Where it begins.
    """
    kilo = value < 1_000_000
    glyph(px, coverage, KILO if kilo else MEGA, right - advance, top, ink)
    unit = 1_000 if kilo else 1_000_000
    x, places = right - advance, 0
    if value < 100 * unit:
        places = 1 if kilo or value >= 10 * unit else 2
    rest = value // (unit // 10**places)
    for place in range(places):
        x -= advance
        glyph(px, coverage, rest % 10, x, top, ink)
        rest //= 10
        if place == places - 1:
            x -= advance
            glyph(px, coverage, POINT, x, top, ink)
    return number(px, coverage, advance, rest, x, top, ink)


@njit(cache=True, nogil=True)
def fitting(
    px: Pixels, coverage: Coverage, advance: int, value: int, left: int, right: int, top: int, ink: int, places: int
) -> int:
    """Write a number of 10^-places where it fits between two pixels, else with fewer places, else short.

    A number that is cut would be another one.

    Returns:
        Where it begins.
    """
    whole = value // 10**places
    while places > 0 and (width_of(whole) + 1 + places) * advance > right - left:
        value, places = value // 10, places - 1
    if places > 0 or whole < 10_000 or width_of(whole) * advance <= right - left:
        return number(px, coverage, advance, value, right, top, ink, places)
    return short(px, coverage, advance, whole, right, top, ink)


@njit(cache=True, nogil=True)
def signed(
    px: Pixels, coverage: Coverage, advance: int, value: int, left: int, right: int, top: int, ink: int, places: int
) -> None:
    """Write a number with its sign where it fits between two pixels; nothing where it cannot."""
    whole = abs(value) // 10**places
    least = width_of(whole) if whole < 10_000 else 5
    if (min(least, width_of(whole)) + 1) * advance <= right - left:
        x = fitting(px, coverage, advance, abs(value), left + advance, right, top, ink, places)
        glyph(px, coverage, PLUS if value > 0 else MINUS, x - advance, top, ink)


@njit(cache=True, nogil=True)
def fate(px: Pixels, base: int, far: int, size: int, top: int, high: int, wall: Sizes, inks: Pixels) -> None:
    """What left a wall so far as a line under its bar, of what it was in all: first eaten, then pulled.

    Args:
        base, far: As ``bar`` has them.
        wall: int64 (3,), see ``rows``.
    """
    start, whole = base, size + wall[1] + wall[2]
    for place in (1, 2):
        wide = int((far - base) * wall[place] / whole)
        fill(px, min(start, start + wide), top, max(start, start + wide), top + high, inks[16 + place])
        start += wide


@njit(cache=True, nogil=True)
def text(px: Pixels, coverage: Coverage, advance: int, codes: Codes, right: int, top: int, ink: int) -> None:
    """Write glyph codes, right-aligned so that the last one ends at ``right``."""
    for place in range(len(codes)):
        x = right - (len(codes) - place) * advance
        glyph(px, coverage, codes[place], x, top, ink)


@njit(cache=True, nogil=True)
def bar(
    px: Pixels, base: int, far: int, size: int, largest: float, top: int, row_px: int, wall: Sizes, inks: Pixels
) -> None:
    """The bar of a size from the price column outward; a wall's is stronger and has a cap, and tells its fate.

    Args:
        base, far: Pixel columns where bars begin, and where the largest one ends: left of ``base`` for bids.
        wall: int64 (3,), see ``rows``.
    """
    way, side = (-1, 0) if far < base else (1, 1)
    end, bottom = base + way * max(int(abs(far - base) * size / largest), 1), top + row_px - 1
    is_wall = wall[0] == 1
    fill(px, min(base, end), top + 1, max(base, end), bottom, inks[15 + side] if is_wall else inks[6 + side])
    if is_wall:
        cap = max(3 * row_px // 22, 2)
        fill(px, min(end, end - way * cap), top + 1, max(end, end - way * cap), bottom, inks[12 + side])
        fate(px, base, far, size, bottom - cap, cap, wall, inks)


@njit(cache=True, nogil=True)
def stacked_figure(
    px: Pixels, coverage: Coverage, advance: int, value: int, left: int, right: int, top: int, ink: int, grid: Sizes
) -> None:
    """Added less pulled of a row, in the units of ``grid``, where there is room; nothing for less than one unit."""
    unit = abs(value) // grid[0]
    if unit > 0 and right > left:
        signed(px, coverage, advance, unit if value > 0 else -unit, left, right, top, ink, grid[1])


@njit(cache=True, nogil=True)
def rows(
    px: Pixels,
    regular: Coverage,
    bold: Coverage,
    advance: int,
    row_px: int,
    columns: Sizes,
    pad: int,
    first: int,
    labels: Codes,
    emphasis: Codes,
    bid_sizes: Sizes,
    ask_sizes: Sizes,
    bid_counts: Sizes,
    ask_counts: Sizes,
    traded: Floats,
    marks: Sizes,
    largest: Floats,
    inks: Pixels,
    grid: Sizes,
    stacked: Sizes,
    walls: Sizes,
) -> None:
    """Draw all visible rows.

    Args:
        px: uint32 (height, width).
        regular, bold: uint8 (glyphs, h, advance), coverage of the two weights.
        advance, row_px, pad: Glyph step, row height and text padding, device pixels.
        columns: int64 (8,), left edges of Vol, bid orders, Bid, Price, Ask, ask orders, P/S, and the right edge.
        first: Index in the arrays of the top row; rows go down in price, so in index.
        labels: int8 (n, w), price glyphs per visible row.
        emphasis: int8 (n,), per visible row: 1 whole point, 0 else.
        bid_sizes, ask_sizes, bid_counts, ask_counts: int64 (m,), by tick.
        traded: float64 (m,), by tick.
        marks: int64 (3,), indices of best bid, best ask, last trade; -1 none.
        largest: float64 (3,), largest size and largest volume in view, for the bars; largest P/S either way.
        inks: uint32 (20,): ground, odd row, price ground, touch ground, line, volume bar, bid bar, ask bar,
            volume figure, size figure, order figure, price figure, bid cap, ask cap. Last trade's frame is [14],
            bars of walls [15] bid and [16] ask, what was eaten [17] and pulled [18] of them, P/S figure [19].
        grid: int64 (2,): lots in one unit of the last place shown, and how many places are shown.
        stacked: int64 (m,), added less pulled, by tick.
        walls: int64 (m, 3), by tick: 1 where a wall rests, and what of it was eaten and pulled.
    """
    unit, places = grid[0], grid[1]
    ground, odd, price_ground, touch, line = inks[0], inks[1], inks[2], inks[3], inks[4]
    top_of_text = (row_px - regular.shape[1]) // 2
    cap = max(3 * row_px // 22, 2)
    for row in range(len(labels)):
        top = row * row_px
        index = first - row
        fill(px, 0, top, px.shape[1], top + row_px, odd if index % 2 else ground)
        at_bid, at_ask = index == marks[0], index == marks[1]
        fill(px, columns[3], top, columns[4], top + row_px, touch if at_bid or at_ask else price_ground)
        known = 0 <= index < len(bid_sizes)
        if known and traded[index] > 0 and largest[1] > 0:
            width = int((columns[1] - columns[0] - 1) * traded[index] / largest[1])
            fill(px, columns[0], top + 1, columns[0] + max(width, 1), top + row_px - 1, inks[5])
            volume, right = int(traded[index] / unit), columns[1] - pad
            fitting(px, regular, advance, volume, columns[0], right, top + top_of_text, inks[8], places)
        if known and bid_sizes[index] > 0:
            bar(px, columns[3], columns[2], bid_sizes[index], largest[0], top, row_px, walls[index], inks)
            face = bold if at_bid or walls[index, 0] == 1 else regular
            right, size = columns[3] - pad, bid_sizes[index] // unit
            fitting(px, face, advance, size, columns[2], right, top + top_of_text, inks[9], places)
            if bid_counts[index] >= 0:
                number(px, regular, advance, bid_counts[index], columns[2] - pad, top + top_of_text, inks[10])
        if known and ask_sizes[index] > 0:
            bar(px, columns[4], columns[5], ask_sizes[index], largest[0], top, row_px, walls[index], inks)
            face = bold if at_ask or walls[index, 0] == 1 else regular
            right, size = columns[5] - pad, ask_sizes[index] // unit
            fitting(px, face, advance, size, columns[4], right, top + top_of_text, inks[9], places)
            if ask_counts[index] >= 0:
                number(px, regular, advance, ask_counts[index], columns[6] - pad, top + top_of_text, inks[10])
        if known:
            is_large, is_bid = 2 * abs(stacked[index]) >= largest[2], marks[1] < 0 or index < marks[1]
            ink = inks[19] if not is_large else inks[12] if is_bid else inks[13]
            left, right = columns[6] + 1, columns[7] - pad
            stacked_figure(px, regular, advance, stacked[index], left, right, top + top_of_text, ink, grid)
        if at_bid:
            fill(px, columns[3], top, columns[3] + cap, top + row_px, inks[12])
        if at_ask:
            fill(px, columns[4] - cap, top, columns[4], top + row_px, inks[13])
        face = bold if emphasis[row] else regular
        text(px, face, advance, labels[row], columns[4] - pad, top + top_of_text, inks[11])
        if index == marks[2]:
            edge = max(row_px // 15, 1)
            fill(px, columns[3], top, columns[4], top + edge, inks[14])
            fill(px, columns[3], top + row_px - edge, columns[4], top + row_px, inks[14])
            fill(px, columns[3], top, columns[3] + edge, top + row_px, inks[14])
            fill(px, columns[4] - edge, top, columns[4], top + row_px, inks[14])
    for place in range(1, 7):
        fill(px, columns[place] - 1, 0, columns[place], len(labels) * row_px, line)
    fill(px, 0, len(labels) * row_px, px.shape[1], px.shape[0], ground)


def warm() -> None:
    """Load the kernels by drawing one row of nothing into a few pixels."""
    sizes, cell = np.zeros(1, np.int64), np.zeros((20, 2, 2), np.uint8)
    edges, marks, labels = np.arange(8, dtype=np.int64), np.full(3, -1, np.int64), np.zeros((1, 14), np.int8)
    px, inks = np.zeros((2, 8), np.uint32), np.zeros(20, np.uint32)
    sizes.flags.writeable = False  # as in a published state: for others the kernel would be loaded once more
    by_tick = (sizes, sizes, sizes, sizes, np.zeros(1))
    walls = np.zeros((1, 3), np.int64)
    rows(
        px, cell, cell, 2, 2, edges, 1, 0, labels, labels[0], *by_tick, marks, np.ones(3), inks, np.array([1, 0]),
        np.zeros(1, np.int64), walls,
    )  # fmt: skip
