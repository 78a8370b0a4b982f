"""Pixel kernels of overlays: the gamma field, its profile, casings around candles. As in ``kernels``.

Import it late: numba takes longer to load than the rest of the window (``raster.warm``).
"""

from math import floor, isnan, nan

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from cockpit.units import Floats, Pixels, Ticks
from cockpit.widgets.plot.kernels import CLOSE, HIGH, LOW, OPEN, fill, mixed

GAP_FROM = 4  # device pixels of a row, under which rows touch each other

_PIXELS = types.Array(types.uint32, 2, "C")
_INKS = types.Array(types.uint32, 1, "C", readonly=True)
_ROWS = types.Array(types.float64, 2, "C", readonly=True)
_CELLS = types.Array(types.float32, 2, "C", readonly=True)
_SPANS = types.Array(types.int64, 2, "C", readonly=True)
_COLUMN = types.Array(types.float64, 1, "C", readonly=True)
_PLACES = types.Array(types.int64, 1, "C", readonly=True)
_INT, _REAL, _INK, _NONE = types.int64, types.float64, types.uint32, types.void


@njit(_NONE(_PIXELS, _INT, _INT, _INT, _INT, _INK, _INT), cache=True, nogil=True)
def tint(px: Pixels, left: int, top: int, right: int, bottom: int, ink: int, weight: int) -> None:
    """Lay an ink over a rectangle, ``weight`` 0-256 of it."""
    top, bottom = max(top, 0), min(bottom, px.shape[0])
    left, right = max(left, 0), min(right, px.shape[1])
    for y in range(top, bottom):
        for x in range(left, right):
            px[y, x] = mixed(px[y, x], ink, weight)


@njit(_NONE(_PIXELS, _INT, _INT, _INT, _INT, _INT, _INT, _INK), cache=True, nogil=True)
def dashes(px: Pixels, left: int, top: int, right: int, bottom: int, on: int, off: int, ink: int) -> None:
    """A horizontal bar of dashes, ``on`` pixels drawn and ``off`` left out, from ``left`` on."""
    top, bottom = max(top, 0), min(bottom, px.shape[0])
    for start in range(left, min(right, px.shape[1]), on + off):
        end = min(start + on, right, px.shape[1])
        if top < bottom and end > max(start, 0):
            px[top:bottom, max(start, 0) : end] = ink


@njit(_NONE(_PIXELS, _INT, _SPANS, _SPANS, _INT, _INK, _PLACES), cache=True, nogil=True)
def stacked(px: Pixels, left: int, tops: Ticks, bases: Ticks, bottom: int, ink: int, weights: Ticks) -> None:
    """Lay an ink over areas that lie in one another, each over the one before.

    Args:
        left: Device column the areas begin at; they have to end inside the pixels.
        tops, bases: (areas, columns), rows [top, base) of each area; outer ones first. Cut at 0 and ``bottom``.
        weights: (areas,), 0-256 of the ink.
    """
    areas, columns = tops.shape
    first, last = bottom, 0
    for x in range(columns):
        first, last = min(first, tops[0, x]), max(last, bases[0, x])
    for y in range(max(first, 0), min(last, bottom)):
        for x in range(columns):
            for area in range(areas):
                if tops[area, x] <= y < bases[area, x]:
                    px[y, left + x] = mixed(px[y, left + x], ink, weights[area])


@njit(
    _NONE(_PIXELS, _CELLS, _PLACES, _INT, _PLACES, _INT, _REAL, _INKS, _INKS),
    cache=True,
    nogil=True,
)
def field(
    px: Pixels,
    values: NDArray[np.float32],
    columns: Ticks,
    left: int,
    edges: Ticks,
    bottom: int,
    per_usd: float,
    plus: Pixels,
    minus: Pixels,
) -> None:
    """Cells of a field: ``columns`` device columns from ``left`` on, a row per strike, one pixel between rows.

    Args:
        values: (n, k), what is shown; NaN draws nothing.
        columns: (width,), which of the n each column shows.
        edges: (k + 1,), device rows of the borders, descending; nothing is drawn from ``bottom`` on.
        per_usd: Strength per unit of value; 1 and more is the last of the inks.
        plus, minus: Inks by strength, for values from 0 on and below.

    Of strikes that share one row of pixels the strongest is shown: a wall must not vanish by zooming out.
    """
    width, last = columns.shape[0], plus.shape[0] - 1
    line = np.zeros(width, np.uint32)
    best = np.empty(width, np.float64)
    best[:] = nan
    for strike in range(values.shape[1] - 1, -1, -1):
        top, base = edges[strike + 1], edges[strike]
        if base <= 0 or top >= bottom:
            continue
        for x in range(width):
            value = values[columns[x], strike]
            if isnan(best[x]) or abs(value) > abs(best[x]):
                best[x] = value
        if base <= top:
            continue
        is_whole = True
        for x in range(width):
            if isnan(best[x]):
                line[x] = 0
                is_whole = False
            else:
                place = floor(min(abs(best[x]) * per_usd, 1.0) * last + 0.5)
                line[x] = plus[place] if best[x] >= 0 else minus[place]
        best[:] = nan
        start = top + 1 if base - top >= GAP_FROM else top
        for y in range(max(start, 0), min(base, bottom)):
            if is_whole:
                px[y, left : left + width] = line
            else:
                for x in range(width):
                    if line[x] != 0:
                        px[y, left + x] = line[x]


@njit(
    _NONE(
        _PIXELS, _PLACES, _COLUMN, _COLUMN, _COLUMN, _INT, _INT, _REAL, _INT, _INT, _INT, _INK, _INK, _INK, _INK
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def strikes(
    px: Pixels,
    edges: Ticks,
    calls: Floats,
    puts: Floats,
    nets: Floats,
    middle: int,
    reach: int,
    per_usd: float,
    net_width: int,
    ceiling: int,
    bottom: int,
    call_bar: int,
    put_bar: int,
    call_net: int,
    put_net: int,
) -> None:
    """Bars of a strike profile: calls right of ``middle``, puts left of it, the net as a thin bar over both.

    Args:
        edges: (k + 1,), device rows of the borders between strikes, descending; cut at ``ceiling`` and ``bottom``.
        calls, puts, nets: (k,), NaN draws nothing.
        reach: Pixels on either side of the middle at most.
        per_usd: Pixels per unit of value.
        net_width: Height of the net bar.
    """
    for strike in range(calls.shape[0]):
        top, base = edges[strike + 1], edges[strike]
        inset = max((base - top) // 8, 1) if base - top >= GAP_FROM else 0
        top, base = max(top + inset, ceiling), min(max(base - inset, top + inset + 1), bottom)
        call, put, net = abs(calls[strike]), abs(puts[strike]), nets[strike]
        if call > 0:
            fill(px, middle, top, middle + min(floor(call * per_usd + 0.5), reach), base, call_bar)
        if put > 0:
            fill(px, middle - min(floor(put * per_usd + 0.5), reach), top, middle, base, put_bar)
        size = min(floor(abs(net) * per_usd + 0.5), reach) if not isnan(net) else 0
        start = (edges[strike + 1] + edges[strike] - net_width) // 2
        start, end = max(start, top), min(start + net_width, base)
        if net > 0:
            fill(px, middle, start, middle + size, end, call_net)
        elif net < 0:
            fill(px, middle - size, start, middle, end, put_net)


@njit(
    _NONE(
        _PIXELS, _ROWS, _INT, _REAL, _INT, _INT, _INT, _INT, _INT, _REAL, _REAL, _INT, _INT, _INK, _INT
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def casings(
    px: Pixels,
    rows: Floats,
    first: int,
    slot: float,
    origin: int,
    left: int,
    right: int,
    top: int,
    bottom: int,
    high: float,
    per_unit: float,
    body: int,
    reach: int,
    ink: int,
    weight: int,
) -> None:
    """What candles stand on over a field: their outline, ``reach`` pixels wider on every side, in an ink.

    Args are those of ``kernels.candles``; columns are cut at [left, right).
    """
    left, right = max(left, 0), min(right, px.shape[1])
    bottom = min(bottom, px.shape[0])
    half = body // 2
    for at in range(rows.shape[0]):
        centre = floor((first + at + 0.5) * slot) - origin
        if centre + half + reach < left or centre - half - reach >= right or isnan(rows[at, HIGH]):
            continue
        y_high = top + floor((high - rows[at, HIGH]) * per_unit) - reach
        y_low = top + floor((high - rows[at, LOW]) * per_unit) + reach
        y_top = top + floor((high - max(rows[at, OPEN], rows[at, CLOSE])) * per_unit) - reach
        y_base = top + floor((high - min(rows[at, OPEN], rows[at, CLOSE])) * per_unit) + reach
        for y in range(max(y_high, top), min(y_low + 1, bottom)):
            wide = half + reach if y_top <= y <= y_base else reach
            for x in range(max(centre - wide, left), min(centre + wide + 1, right)):
                px[y, x] = mixed(px[y, x], ink, weight)
