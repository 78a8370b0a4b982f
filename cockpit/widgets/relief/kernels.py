"""Pixel kernels of the depth surface: flat-shaded quads from back to front, and the mid's way on them.

Import it late: numba takes longer to load than the rest of the window.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cockpit.units import Floats, Pixels

Heights = NDArray[np.float32]
_kernel: Any = njit(cache=True, nogil=True)
HATCH = 6  # pixels from one line of a gap to the next


@_kernel
def _extent(along: Floats, across: Floats, slopes: Floats, middle: float) -> tuple[float, float]:
    """Least and largest ``across`` of the outline where ``along`` has a value; an empty range elsewhere."""
    least, most = 1e9, -1e9
    for k in range(4):
        n = (k + 1) & 3
        if (along[k] <= middle) != (along[n] <= middle):
            at = across[k] + (middle - along[k]) * slopes[k]
            least, most = min(least, at), max(most, at)
    return least, most


@_kernel
def _slopes(along: Floats, across: Floats, slopes: Floats) -> None:
    for k in range(4):
        n = (k + 1) & 3
        run = along[n] - along[k]
        slopes[k] = (across[n] - across[k]) / run if run != 0 else 0.0


@_kernel
def _quad(px: Pixels, xs: Floats, ys: Floats, slopes: Floats, ink: int, hatch: int) -> None:
    """Fill between four corners in order around, by rows of pixels or, where it is taller than wide, by columns.

    Args:
        slopes: float64 (4,), room to work in.
        hatch: Ink of every ``HATCH``-th diagonal; 0: none.
    """
    left, right = min(xs[0], xs[1], xs[2], xs[3]), max(xs[0], xs[1], xs[2], xs[3])
    top, bottom = min(ys[0], ys[1], ys[2], ys[3]), max(ys[0], ys[1], ys[2], ys[3])
    high, wide = px.shape
    if right - left < bottom - top:
        _slopes(xs, ys, slopes)
        for x in range(max(int(left), 0), min(int(right) + 1, wide)):
            least, most = _extent(xs, ys, slopes, x + 0.5)
            for y in range(max(int(least), 0), min(int(most) + 1, high)) if least <= most else range(0):
                px[y, x] = hatch if hatch != 0 and (x + y) % HATCH == 0 else ink
        return
    _slopes(ys, xs, slopes)
    for y in range(max(int(top), 0), min(int(bottom) + 1, high)):
        least, most = _extent(ys, xs, slopes, y + 0.5)
        for x in range(max(int(least), 0), min(int(most) + 1, wide)) if least <= most else range(0):
            px[y, x] = hatch if hatch != 0 and (x + y) % HATCH == 0 else ink


@_kernel
def _line(px: Pixels, x0: float, y0: float, x1: float, y1: float, half: int, ink: int, casing: int) -> None:
    """A line of upright spans, cased above and below."""
    if x1 < x0:
        x0, y0, x1, y1 = x1, y1, x0, y0
    first, last = int(np.floor(x0)), int(np.floor(x1))
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    for x in range(max(first, 0), min(last + 1, px.shape[1])):
        a = y0 if x == first else y0 + slope * (x - x0)
        b = y1 if x == last else y0 + slope * (x + 1 - x0)
        low, high = int(np.floor(min(a, b))) - half, int(np.floor(max(a, b))) + half
        for y in range(max(low - 1, 0), min(high + 2, px.shape[0])):
            px[y, x] = casing if y in (low - 1, high + 1) else ink


@_kernel
def _way(
    px: Pixels, way: Floats, ups: Floats, i: int, j: int, grid: Floats, half: int, ink: int, casing: int
) -> None:
    """The part of the mid's way that lies on the face (i, j)."""
    a, b = way[j], way[j + 1]
    if np.isnan(a) or np.isnan(b) or max(a, b) < i or min(a, b) >= i + 1:
        return
    start, stop = 0.0, 1.0
    if a != b:
        enter, leave = (i - a) / (b - a), (i + 1 - a) / (b - a)
        start, stop = max(min(enter, leave), 0.0), min(max(enter, leave), 1.0)
    rise = ups[j + 1] - ups[j]
    x0 = grid[0] + grid[1] * (j + start) + grid[2] * (a + start * (b - a))
    y0 = grid[3] + grid[4] * (j + start) + grid[5] * (a + start * (b - a)) - grid[6] * (ups[j] + start * rise)
    x1 = grid[0] + grid[1] * (j + stop) + grid[2] * (a + stop * (b - a))
    y1 = grid[3] + grid[4] * (j + stop) + grid[5] * (a + stop * (b - a)) - grid[6] * (ups[j] + stop * rise)
    _line(px, x0, y0, x1, y1, half, ink, casing)


@_kernel
def _face(
    px: Pixels, heights: Heights, i: int, j: int, ni: int, nj: int, grid: Floats, xs: Floats, ys: Floats,
    on_floor: bool,
) -> None:  # fmt: skip
    """Corners on the screen of the face between the nodes (i, j) and (ni, nj)."""
    for k in range(4):
        row = i if k in (0, 1) else ni
        column = j if k in (0, 3) else nj
        z = 0.0 if on_floor else heights[row, column]
        xs[k] = grid[0] + grid[1] * column + grid[2] * row
        ys[k] = grid[3] + grid[4] * column + grid[5] * row - grid[6] * z


@_kernel
def surface(
    px: Pixels, heights: Heights, inks: Pixels, gaps: Any, way: Floats, ups: Floats, grid: Floats, half: int,
    way_ink: int, casing: int, gap_ink: int, gap_hatch: int,
) -> None:  # fmt: skip
    """Paint the faces from back to front, each with the part of the way on it, so that near ones hide far ones.

    Args:
        px: uint32 (h, w), changed.
        heights: float32 (n, m), 0..1 by price and time; NaN where nothing is known.
        inks: uint32 (n - 1, m - 1), opaque, one a face.
        gaps: bool (m,), columns that something is missing of: their floor is hatched.
        way: float64 (m,), the mid of each column in rows of the grid; NaN where it is not known or out of it.
        ups: float64 (m,), its height, 0..1.
        grid: float64 (7,): x = g0 + g1 column + g2 row, y = g3 + g4 column + g5 row - g6 height, pixels.
        half, way_ink, casing: Half the way's width, its ink and the ink around it.
        gap_ink, gap_hatch: Of the floor within a gap.
    """
    n, m = heights.shape
    xs, ys, slopes = np.empty(4), np.empty(4), np.empty(4)
    for step in range(n - 1):
        i = step if grid[5] > 0 else n - 2 - step
        for stride in range(m - 1):
            j = stride if grid[4] > 0 else m - 2 - stride
            if np.isnan(heights[i, j]) or np.isnan(heights[i, j + 1]):
                if gaps[j] or gaps[j + 1]:
                    _face(px, heights, i, j, i + 1, j + 1, grid, xs, ys, True)
                    _quad(px, xs, ys, slopes, gap_ink, gap_hatch)
                continue
            _face(px, heights, i, j, i + 1, j + 1, grid, xs, ys, False)
            _quad(px, xs, ys, slopes, inks[i, j], 0)
            _way(px, way, ups, i, j, grid, half, way_ink, casing)


@_kernel
def skirts(px: Pixels, heights: Heights, walls: Pixels, grid: Floats) -> None:
    """The cut faces that look at the viewer: from the edge of the surface down to the floor.

    Args:
        walls: uint32 (n, m), opaque, one a node.
    """
    n, m = heights.shape
    xs, ys, slopes = np.empty(4), np.empty(4), np.empty(4)
    row = n - 1 if grid[5] > 0 else 0
    for j in range(m - 1):
        if not (np.isnan(heights[row, j]) or np.isnan(heights[row, j + 1])):
            _wall(px, heights, row, j, row, j + 1, grid, xs, ys, slopes, walls[row, j])
    column = -1
    for step in range(m):
        at = m - 1 - step if grid[4] > 0 else step
        if not np.isnan(heights[0, at]):
            column = at
            break
    for i in range(n - 1 if column >= 0 else 0):
        _wall(px, heights, i, column, i + 1, column, grid, xs, ys, slopes, walls[i, column])


@_kernel
def _wall(
    px: Pixels,
    heights: Heights,
    i: int,
    j: int,
    ni: int,
    nj: int,
    grid: Floats,
    xs: Floats,
    ys: Floats,
    slopes: Floats,
    ink: int,
) -> None:
    for k in range(4):
        row, column = (i, j) if k in (0, 3) else (ni, nj)
        z = heights[row, column] if k < 2 else 0.0
        xs[k] = grid[0] + grid[1] * column + grid[2] * row
        ys[k] = grid[3] + grid[4] * column + grid[5] * row - grid[6] * z
    _quad(px, xs, ys, slopes, ink, 0)


@_kernel
def hidden_way(px: Pixels, way: Floats, ups: Floats, grid: Floats, half: int, ink: int, dash: int) -> None:
    """The whole way once more in dashes, as what lies behind is drawn: where it is in sight they change nothing."""
    for j in range(len(way) - 1):
        a, b = way[j], way[j + 1]
        if np.isnan(a) or np.isnan(b):
            continue
        x0 = grid[0] + grid[1] * j + grid[2] * a
        y0 = grid[3] + grid[4] * j + grid[5] * a - grid[6] * ups[j]
        x1 = grid[0] + grid[1] * (j + 1) + grid[2] * b
        y1 = grid[3] + grid[4] * (j + 1) + grid[5] * b - grid[6] * ups[j + 1]
        count = max(int(max(abs(x1 - x0), abs(y1 - y0))), 1)
        for k in range(count):
            x, y = int(np.floor(x0 + (x1 - x0) * k / count)), int(np.floor(y0 + (y1 - y0) * k / count))
            if ((x + y) // dash) % 2 == 0 and 0 <= x < px.shape[1]:
                for at in range(max(y - half, 0), min(y + half + 1, px.shape[0])):
                    px[at, x] = ink


def warm() -> None:
    """Load the kernels from numba's cache, or compile them (seconds); any thread may call it."""
    px, heights = np.zeros((2, 2), np.uint32), np.zeros((2, 2), np.float32)
    inks, gaps, way = np.zeros((1, 1), np.uint32), np.zeros(2, np.bool_), np.zeros(2)
    surface(px, heights, inks, gaps, way, way, np.zeros(7), 1, 0, 0, 0, 0)
    skirts(px, heights, px.copy(), np.zeros(7))
    hidden_way(px, way, way, np.zeros(7), 1, 0, 1)
