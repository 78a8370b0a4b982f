"""Pixel kernels: (pixels, rows, numbers) -> None. Pure; compiled when this module is imported (cached on disk).

Pixels are opaque 0xAARRGGBB, uint32 (rows, columns). Bars are BAR_VIEW rows seen as float64 (n, 8), whose first
two columns are instants and not used here. x and y are device pixels; ranges are half-open.

Import it late: numba takes longer to load than the rest of the window (``raster.warm``).
"""

from math import floor, isnan, nan

import numpy as np
from numba import njit, types

from cockpit.units import Floats, Pixels, Ticks

OPEN, HIGH, LOW, CLOSE, VOLUME, DELTA = 2, 3, 4, 5, 6, 7

_PIXELS = types.Array(types.uint32, 2, "C")
_ROWS = types.Array(types.float64, 2, "C", readonly=True)
_COLUMNS = types.Array(types.float64, 2, "C")
_PLACES = types.Array(types.int64, 1, "C")
_INT, _REAL, _INK, _NONE = types.int64, types.float64, types.uint32, types.void


@njit(_NONE(_PIXELS, _INT, _INT, _INT, _INT, _INK), cache=True, nogil=True)
def fill(px: Pixels, left: int, top: int, right: int, bottom: int, ink: int) -> None:
    """Fill a rectangle; what lies outside the pixels is cut off."""
    top, bottom = max(top, 0), min(bottom, px.shape[0])
    left, right = max(left, 0), min(right, px.shape[1])
    if top < bottom and left < right:
        px[top:bottom, left:right] = ink  # a slice: ten times as fast as a loop with checked indices


@njit(_NONE(_PIXELS, _PLACES, _INT, _INT, _INK), cache=True, nogil=True)
def level_lines(px: Pixels, ys: Ticks, left: int, right: int, ink: int) -> None:
    """Horizontal lines, one pixel high."""
    left, right = max(left, 0), min(right, px.shape[1])
    for y in ys:
        if 0 <= y < px.shape[0] and left < right:
            px[y, left:right] = ink


@njit(_NONE(_PIXELS, _PLACES, _INT, _INT, _INT, _INT, _INK), cache=True, nogil=True)
def instant_lines(px: Pixels, xs: Ticks, top: int, bottom: int, dash: int, right: int, ink: int) -> None:
    """Vertical lines, one pixel wide; ``dash`` pixels on and off from the top, solid for 0."""
    bottom = min(bottom, px.shape[0])
    right = min(right, px.shape[1])
    for x in xs:
        if 0 <= x < right:
            for y in range(max(top, 0), bottom):
                if dash == 0 or (y - top) // dash % 2 == 0:
                    px[y, x] = ink


@njit(types.uint32(types.uint32, types.uint32, types.int64), cache=True, nogil=True, inline="always")
def mixed(under: np.uint32, ink: int, weight: int) -> np.uint32:
    """An ink at ``weight`` 0-256 over an opaque pixel."""
    keep = 256 - weight
    rb = ((under & 0xFF00FF) * keep + (ink & 0xFF00FF) * weight) >> 8 & 0xFF00FF
    g = ((under & 0x00FF00) * keep + (ink & 0x00FF00) * weight) >> 8 & 0x00FF00
    return np.uint32(0xFF000000 | rb | g)


@njit(_NONE(_PIXELS, _INT, _INT, _INT, _INT, _INT, _INK, _INT), cache=True, nogil=True)
def hatch(px: Pixels, left: int, top: int, right: int, bottom: int, step: int, ink: int, weight: int) -> None:
    """Blend diagonal lines, ``step`` pixels apart along a row, over a rectangle; ``weight`` 0-256 of the ink."""
    top, bottom = max(top, 0), min(bottom, px.shape[0])
    left, right = max(left, 0), min(right, px.shape[1])
    for y in range(top, bottom):
        for x in range(left + (-(left + y)) % step, right, step):
            px[y, x] = mixed(px[y, x], ink, weight)


@njit(
    _NONE(_PIXELS, _ROWS, _INT, _REAL, _INT, _INT, _INT, _INT, _REAL, _REAL, _INT, _INT, _INK, _INK, _INK),
    cache=True,
    nogil=True,
)
def candles(
    px: Pixels,
    rows: Floats,
    first: int,
    slot: float,
    origin: int,
    right: int,
    top: int,
    bottom: int,
    high: float,
    per_unit: float,
    body: int,
    outline: int,
    up_edge: int,
    up_body: int,
    down: int,
) -> None:
    """Candles of ``rows``, whose first has bar index ``first``; clipped to columns < right and rows [top, bottom).

    Args:
        slot, origin: See ``TimeScale``.
        high, per_unit: See ``PriceScale``; ``top`` is its top.
        body: Odd width of the body.
        outline: Width of the edge of a rising body; 0 draws it solid in ``up_edge``.
        up_edge, up_body, down: Inks.

    Rows whose high is NaN draw nothing.
    """
    right = min(right, px.shape[1])
    bottom = min(bottom, px.shape[0])
    half = body // 2
    for at in range(rows.shape[0]):
        centre = floor((first + at + 0.5) * slot) - origin
        if centre + half < 0 or centre - half >= right or isnan(rows[at, HIGH]):
            continue
        rising = rows[at, CLOSE] >= rows[at, OPEN]
        edge = up_edge if rising else down
        y_high = top + floor((high - rows[at, HIGH]) * per_unit)
        y_low = top + floor((high - rows[at, LOW]) * per_unit)
        y_top = top + floor((high - max(rows[at, OPEN], rows[at, CLOSE])) * per_unit)
        y_base = top + floor((high - min(rows[at, OPEN], rows[at, CLOSE])) * per_unit)
        if 0 <= centre < right:
            for y in range(max(y_high, top), min(y_low + 1, bottom)):
                px[y, centre] = edge
        left, end = max(centre - half, 0), min(centre + half + 1, right)
        y_from, y_end = max(y_top, top), min(y_base + 1, bottom)
        if y_from >= y_end or left >= end:
            continue
        px[y_from:y_end, left:end] = edge
        if rising and outline > 0:
            inner_left, inner_end = max(centre - half + outline, 0), min(centre + half + 1 - outline, right)
            inner_from, inner_base = max(y_top + outline, top), min(y_base + 1 - outline, bottom)
            if inner_left < inner_end and inner_from < inner_base:
                px[inner_from:inner_base, inner_left:inner_end] = up_body


@njit(
    _NONE(_PIXELS, _ROWS, _INT, _REAL, _INT, _INT, _INT, _INT, _REAL, _INT, _INK, _INK, _INK, _INK),
    cache=True,
    nogil=True,
)
def volumes(
    px: Pixels,
    rows: Floats,
    first: int,
    slot: float,
    origin: int,
    right: int,
    top: int,
    bottom: int,
    per_unit: float,
    body: int,
    up_tint: int,
    down_tint: int,
    up_solid: int,
    down_solid: int,
) -> None:
    """Volume bars standing on ``bottom``, tinted by the candle's direction, with the signed delta solid inside.

    An unknown (NaN) volume draws nothing, an unknown delta no solid part; any volume above 0 is a pixel at least.
    """
    right = min(right, px.shape[1])
    half = body // 2
    for at in range(rows.shape[0]):
        centre = floor((first + at + 0.5) * slot) - origin
        volume, delta = rows[at, VOLUME], rows[at, DELTA]
        if centre + half < 0 or centre - half >= right or not volume > 0:
            continue
        tint = up_tint if rows[at, CLOSE] >= rows[at, OPEN] else down_tint
        solid = up_solid if delta > 0 else down_solid
        y_tint = max(bottom - max(floor(volume * per_unit + 0.5), 1), top)
        y_solid = bottom if isnan(delta) else max(bottom - floor(min(abs(delta), volume) * per_unit + 0.5), y_tint)
        left, end = max(centre - half, 0), min(centre + half + 1, right)
        if left < end:
            px[y_tint:y_solid, left:end] = tint
            px[y_solid:bottom, left:end] = solid


@njit(types.UniTuple(types.float64, 3)(_ROWS), cache=True, nogil=True)
def extent(rows: Floats) -> tuple[float, float, float]:
    """Lowest low, highest high and largest volume; NaN where no row knows one."""
    low, high, volume = nan, nan, nan
    for at in range(rows.shape[0]):
        if not isnan(rows[at, HIGH]):
            high = rows[at, HIGH] if isnan(high) else max(high, rows[at, HIGH])
            low = rows[at, LOW] if isnan(low) else min(low, rows[at, LOW])
        if not isnan(rows[at, VOLUME]):
            volume = rows[at, VOLUME] if isnan(volume) else max(volume, rows[at, VOLUME])
    return low, high, volume


@njit(_NONE(_COLUMNS, _ROWS, _INT, _INT, _REAL, _INT), cache=True, nogil=True)
def merge_columns(columns: Floats, rows: Floats, first: int, group: int, slot: float, origin: int) -> None:
    """Merge rows, each standing for ``group`` bars from bar ``first`` on, into one row per pixel column.

    Rows come in time order over all calls of one picture; a column nobody touched has a NaN high.
    """
    for at in range(rows.shape[0]):
        x = floor((first + at * group + 0.5 * group) * slot) - origin
        if x < 0 or x >= columns.shape[0]:
            continue
        if isnan(columns[x, HIGH]):
            for field in range(OPEN, DELTA + 1):
                columns[x, field] = rows[at, field]
            continue
        columns[x, HIGH] = max(columns[x, HIGH], rows[at, HIGH])
        columns[x, LOW] = min(columns[x, LOW], rows[at, LOW])
        columns[x, CLOSE] = rows[at, CLOSE]
        for field in (VOLUME, DELTA):
            if isnan(columns[x, field]):
                columns[x, field] = rows[at, field]
            elif not isnan(rows[at, field]):
                columns[x, field] += rows[at, field]
