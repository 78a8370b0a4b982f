"""Kernels of ``heat.py``: what a book is after changes, and changes of a while put together."""

from typing import Any

import numpy as np
from numba import njit

from cockpit.engines.book.layout import CHANGE, GONE, Records
from cockpit.units import Rows, Sizes

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def replay(changes: Rows, low: int, sizes: Sizes) -> None:
    """Apply changes in order.

    Args:
        changes: CHANGE (n,).
        low: Tick of column 0; every price among the changes lies in the columns.
        sizes: int64 (2, m), bid and ask by tick, changed.
    """
    for i in range(len(changes)):
        change = changes[i]
        if change.side >= GONE:
            sizes[change.side - GONE, :] = 0
        else:
            sizes[change.side, change.price - low] = change.size


@_kernel
def condense(changes: Rows, low: int, span: int, last: Sizes, peak: Sizes, found: Records) -> int:
    """Put the changes within each span of cells together: the largest size of a level, then its last one.

    Args:
        changes: CHANGE (n,), ascending in cells.
        low: Tick of column 0 of the arrays.
        span: Cells; spans are counted from the beginning of time.
        last, peak: int64 (2, m), all -1: rows of ``found`` with a level's last and largest size; changed.
        found: CHANGE (n,), written; the cell is the first of the span, but none before the first change's.

    Returns:
        Rows written: of a level one, or two when it ended smaller than it was in between.
    """
    n = first = 0
    for i in range(len(changes)):
        change = changes[i]
        is_gone = change.side >= GONE
        if is_gone or (i > 0 and change.cell // span != changes[i - 1].cell // span):
            for at in range(first, n):
                last[found[at].side, found[at].price - low] = peak[found[at].side, found[at].price - low] = -1
            first = n
        cell = max(change.cell // span * span, changes[0].cell)
        side, place = change.side, 0 if is_gone else change.price - low
        if not is_gone and last[side, place] >= 0:
            if change.size >= found[peak[side, place]].size:
                found[peak[side, place]].size = found[last[side, place]].size = change.size
                continue
            if last[side, place] != peak[side, place]:
                found[last[side, place]].size = change.size
                continue
            last[side, place] = n  # its peak stays where it is
        elif not is_gone:
            last[side, place] = peak[side, place] = n
        put = found[n]
        put.cell, put.price, put.size, put.side = cell, change.price, change.size, side
        n += 1
        first = n if is_gone else first
    return n


def warm() -> None:
    """Load the kernel from numba's cache, or compile it (seconds); any thread may call it."""
    none, book = np.zeros(0, CHANGE), np.zeros((2, 1), np.int64)
    replay(none, 0, book)
    condense(none, 0, 1, book, book, none)
