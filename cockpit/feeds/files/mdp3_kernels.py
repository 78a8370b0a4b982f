"""Kernels that follow CME's market data messages: price levels by their position, trades by their fills."""

from typing import Any

import numpy as np
from numba import njit

from cockpit.events.dtypes import BOOK_LEVELS
from cockpit.units import NO_PRICE

NEW, CHANGE, DELETE, TRADED = 1, 2, 3, 4  # what a row does

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def _shift(out: Any, row: int, side: int, at: int, what: int) -> None:
    for part in range(3):
        if what == NEW:
            for k in range(BOOK_LEVELS - 1, at, -1):
                out[row, side, part, k] = out[row, side, part, k - 1]
        else:
            for k in range(at, BOOK_LEVELS - 1):
                out[row, side, part, k] = out[row, side, part, k + 1]
            out[row, side, part, BOOK_LEVELS - 1] = NO_PRICE if part == 0 else 0


@_kernel
def _is_whole(out: Any, row: int) -> bool:
    for side in range(2):
        for k in range(BOOK_LEVELS):
            if out[row, side, 0, k] == NO_PRICE:
                return False
    return True


@_kernel
def follow_levels(
    who: Any, side: Any, what: Any, level: Any, price: Any, size: Any, orders: Any, out: Any, is_whole: Any
) -> None:
    """Ten levels a side after each row.

    Args:
        who: int64 (n,), instrument of each row.
        side: int64 (n,), 0 bid, 1 ask; of trades ignored.
        what: int64 (n,), NEW shifts deeper levels down, DELETE shifts them up, TRADED does nothing.
        level: int64 (n,), 1 to 10.
        price, size, orders: int64 (n,).
        out: int64 (n, 2, 3, 10), written: side; price, size, orders; level. NO_PRICE where nothing is known.
        is_whole: uint8 (n,), written: whether all levels of the instrument have been known once.
    """
    whole = np.zeros(who.max() + 1, np.uint8)
    last = np.full(who.max() + 1, -1, np.int64)  # row with the newest book of each instrument
    for row in range(len(who)):
        one, changed, at = who[row], side[row], level[row] - 1
        for s in range(2):
            for part in range(3):
                for k in range(BOOK_LEVELS):
                    unknown = NO_PRICE if part == 0 else 0
                    out[row, s, part, k] = unknown if last[one] < 0 else out[last[one], s, part, k]
        last[one] = row
        if what[row] == NEW or what[row] == DELETE:
            _shift(out, row, changed, at, what[row])
        if what[row] == NEW or what[row] == CHANGE:
            out[row, changed, 0, at] = price[row]
            out[row, changed, 1, at] = size[row]
            out[row, changed, 2, at] = orders[row]
        if not whole[one]:
            whole[one] = _is_whole(out, row)
        is_whole[row] = whole[one]


@_kernel
def find_aggressors(begins: Any, size: Any, out: Any) -> None:
    """Mark which of a run of fills are those of aggressors.

    Each trade is the aggressor's fill, then fills of resting orders that sum to it.

    Args:
        begins: bool (n,), whether a group of fills begins here.
        size: int64 (n,).
        out: bool (n,), written.
    """
    left = 0
    for row in range(len(size)):
        out[row] = begins[row] or left <= 0
        left = size[row] if out[row] else left - size[row]
