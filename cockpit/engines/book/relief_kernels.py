"""The kernel of ``relief.py``: changes of a book become columns of what rested at most in each row.

numba's cache does not see a change in ``layout.py`` or ``heat.py``: touch this file when a meaning there changes.
"""

from typing import Any

import numpy as np
from numba import njit

from cockpit.engines.book.heat import ROW, SIDE_BITS, SIDE_MASK
from cockpit.engines.book.layout import GONE
from cockpit.units import Rows, Sizes

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def _close(marks: Sizes, until: int, sums: Sizes, peaks: Sizes, ring: Sizes) -> None:
    """End the columns before ``until``; what follows the open one had nothing but what rested all the time."""
    n = ring.shape[1]
    for column in range(max(marks[0], until - n), until):
        ring[:, column % n] = peaks if column == marks[0] else sums
    if until > marks[0]:
        peaks[:] = sums
        marks[0] = until


@_kernel
def walk(
    rows: Rows, start: int, stop: int, base: int, cells: int, low: int, group: int, marks: Sizes, book: Sizes,
    sums: Sizes, peaks: Sizes, ring: Sizes,
) -> None:  # fmt: skip
    """Apply a chunk's rows [start, stop) and end the columns that are over.

    Args:
        rows, base: ROW, and the cell they count from.
        cells: Cells of a column.
        low, group: Lowest tick of the first row of the grid, and ticks of each.
        marks: int64 (1,), number of the open column; changed.
        book: int64 (2, ticks), sizes by side from ``low`` on; changed.
        sums, peaks: int64 (k,), what rests in each row of the grid, and at most in the open column; changed.
        ring: int64 (k, n), column c of the grid in c % n; changed.
    """
    edge = (marks[0] + 1) * cells
    for i in range(start, stop):
        row = rows[i]
        cell = base + row.cell
        if cell >= edge:
            _close(marks, cell // cells, sums, peaks, ring)
            edge = (marks[0] + 1) * cells
        side = row.size & SIDE_MASK
        if side >= GONE:
            side -= GONE
            for at in range(book.shape[1]):
                if book[side, at] != 0:
                    sums[at // group] -= book[side, at]
                    book[side, at] = 0
            continue
        at = row.price - low
        if 0 <= at < book.shape[1]:
            size = row.size >> SIDE_BITS
            sums[at // group] += size - book[side, at]
            book[side, at] = size
            peaks[at // group] = max(peaks[at // group], sums[at // group])


@_kernel
def finish(until: int, marks: Sizes, sums: Sizes, peaks: Sizes, ring: Sizes) -> None:
    """End the columns before ``until``, and write that one as far as it has come; it stays open."""
    _close(marks, until, sums, peaks, ring)
    ring[:, marks[0] % ring.shape[1]] = peaks


def warm() -> None:
    """Load the kernels from numba's cache, or compile them (seconds); any thread may call it."""
    rows, one, ring = np.zeros(0, ROW), np.zeros(1, np.int64), np.zeros((1, 2), np.int64)
    rows.flags.writeable = False
    walk(rows, 0, 0, 0, 1, 0, 1, one.copy(), ring.copy(), one.copy(), one.copy(), ring)
    finish(0, one.copy(), one.copy(), one.copy(), ring)
