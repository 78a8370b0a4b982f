"""Kernels of ``heat.py``: what a book is after changes, and changes of a while put together."""

from typing import Any

import numpy as np
from numba import njit

from cockpit.engines.book.layout import CHANGE, GONE, Records
from cockpit.units import Rows, Sizes, Ticks

_kernel: Any = njit(cache=True, nogil=True)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # odd, 2^64 over the golden ratio: neighbouring prices land far apart


@_kernel
def number(prices: Ticks, numbers: Sizes, keys: Ticks, places: Sizes, ticks: Ticks) -> int:
    """Number prices by first sight, so that a book whose levels lie far apart still has room as an array.

    Args:
        prices: int64 (n,).
        numbers: int64 (n,); written: the number of each.
        keys: int64 (m,), m a power of two; anything, overwritten.
        places: int64 (m,), all -1; overwritten.
        ticks: int64 (n,); written: the price of each number.

    Returns:
        How many different prices there are; -1 when they are more than half of m.
    """
    known, mask = 0, np.uint64(len(keys) - 1)
    for i in range(len(prices)):
        price = prices[i]
        mixed = np.uint64(price) * _SPREAD
        at = (mixed ^ (mixed >> np.uint64(32))) & mask
        while places[at] >= 0 and keys[at] != price:
            at = (at + np.uint64(1)) & mask
        if places[at] < 0:
            keys[at], places[at], ticks[known] = price, known, price
            known += 1
            if 2 * known > len(keys):
                return -1
        numbers[i] = places[at]
    return known


@_kernel
def replay(changes: Rows, numbers: Sizes, sizes: Sizes) -> None:
    """Apply changes in order.

    Args:
        changes: CHANGE (n,).
        numbers: int64 (n,), the column of each one's price.
        sizes: int64 (2, m), bid and ask by column, changed.
    """
    for i in range(len(changes)):
        change = changes[i]
        if change.side >= GONE:
            sizes[change.side - GONE, :] = 0
        else:
            sizes[change.side, numbers[i]] = change.size


@_kernel
def condense(changes: Rows, numbers: Sizes, span: int, last: Sizes, peak: Sizes, found: Records) -> int:
    """Put the changes within each span of cells together: the largest size of a level, then its last one.

    Args:
        changes: CHANGE (n,), ascending in cells.
        numbers: int64 (n,), the column of each one's price; written: of each row of ``found``.
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
                last[found[at].side, numbers[at]] = peak[found[at].side, numbers[at]] = -1
            first = n
        cell = max(change.cell // span * span, changes[0].cell)
        side, place = change.side, numbers[i]
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
        numbers[n] = place  # n is at most i
        n += 1
        first = n if is_gone else first
    return n


def warm() -> None:
    """Load the kernel from numba's cache, or compile it (seconds); any thread may call it."""
    none, book = np.zeros(0, CHANGE), np.zeros((2, 1), np.int64)
    prices = np.zeros(0, np.int64)
    number(prices, prices, prices, prices, prices)
    replay(none, prices, book)
    condense(none, prices, 1, book, book, none)
