"""Pixel kernel of lines through the bars: antialiased along the rows, dashed or solid. As in ``kernels``.

Import it late: numba takes longer to load than the rest of the window (``raster.warm``).
"""

from math import ceil, floor, isnan

from numba import njit, types

from cockpit.units import Floats, Pixels, Ticks
from cockpit.widgets.plot.kernels import mixed

_PIXELS = types.Array(types.uint32, 2, "C")
_REALS = types.Array(types.float64, 1, "C", readonly=True)
_PLACES = types.Array(types.int64, 1, "C", readonly=True)
_INT, _REAL, _INK, _NONE = types.int64, types.float64, types.uint32, types.void


@njit(
    _NONE(_PIXELS, _REALS, _REALS, _PLACES, _INT, _INT, _INT, _REAL, _INT, _INT, _INT, _INK, _INT),
    cache=True,
    nogil=True,
)
def trace(
    px: Pixels,
    xs: Floats,
    ys: Floats,
    joins: Ticks,
    right: int,
    top: int,
    bottom: int,
    thick: float,
    on: int,
    off: int,
    phase: int,
    ink: int,
    weight: int,
) -> None:
    """Lay a line over the columns < right and the rows [top, bottom).

    Args:
        xs, ys: float64 (n,), device pixels, ``xs`` ascending; a NaN is a gap.
        joins: int64 (n,), whether a point is joined to the one before.
        thick: Device pixels.
        on, off: Device columns of a dash and of the gap behind it; ``off`` 0: solid.
        phase: Added to a column to find its place in the dashes, so that they stay on the bars while panning.
        weight: 0-256 of the ink.
    """
    right, bottom = min(right, px.shape[1]), min(bottom, px.shape[0])
    for place in range(1, len(xs)):
        x0, x1, y0, y1 = xs[place - 1], xs[place], ys[place - 1], ys[place]
        if joins[place] == 0 or isnan(y0 + y1) or x1 <= x0:
            continue
        slope = (y1 - y0) / (x1 - x0)
        for x in range(max(ceil(x0), 0), min(ceil(x1), right)):
            if off > 0 and (x + phase) % (on + off) >= on:
                continue
            here, there = y0 + slope * (x - x0), y0 + slope * (min(x + 1.0, x1) - x0)
            low, high = min(here, there) - thick / 2, max(here, there) + thick / 2
            if high <= top or low >= bottom:
                continue
            for y in range(max(floor(low), top), min(ceil(high), bottom)):
                cover = min(high, y + 1.0) - max(low, float(y))
                px[y, x] = mixed(px[y, x], ink, int(min(cover, 1.0) * weight))
