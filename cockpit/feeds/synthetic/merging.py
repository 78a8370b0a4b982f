"""Rows of several books into one run by clock, the lower instrument first where clocks are equal."""

from typing import Any

import numpy as np
from numba import njit

from cockpit.units import Rows, Sizes


@njit(cache=True, nogil=True)
def merge(a: Rows, b: Rows, c: Rows, d: Rows, until: int, seq: int, out: Rows, taken: Sizes) -> int:
    """Merge what is before an instant.

    Args:
        a, b, c, d: Rows in clock order.
        until: Only rows with a smaller clock, ns UTC.
        seq: ``seq`` of the first merged row.
        out: Room for them.
        taken: int64 (4,), becomes the rows taken of each.

    Returns:
        Number of rows merged.
    """
    heads = np.empty(4, np.int64)
    for i in range(4):
        taken[i] = 0
    far = np.int64(2**63 - 1)
    heads[0] = _clock(a, 0, until, far)
    heads[1] = _clock(b, 0, until, far)
    heads[2] = _clock(c, 0, until, far)
    heads[3] = _clock(d, 0, until, far)
    n = 0
    while True:
        low = 0
        for i in range(1, 4):
            if heads[i] < heads[low]:
                low = i
        if heads[low] == far:
            return n
        at = taken[low]
        if low == 0:
            out[n] = a[at]
            heads[0] = _clock(a, at + 1, until, far)
        elif low == 1:
            out[n] = b[at]
            heads[1] = _clock(b, at + 1, until, far)
        elif low == 2:
            out[n] = c[at]
            heads[2] = _clock(c, at + 1, until, far)
        else:
            out[n] = d[at]
            heads[3] = _clock(d, at + 1, until, far)
        out[n].seq = seq + n
        taken[low] = at + 1
        n += 1


@njit(nogil=True, inline="always")
def _clock(rows: Rows, at: int, until: int, far: Any) -> Any:
    if at >= len(rows):
        return far
    clock = rows[at].clock_ns
    return clock if clock < until else far
