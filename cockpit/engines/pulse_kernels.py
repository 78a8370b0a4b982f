"""Kernel of ``pulse.py``."""

import numpy as np
from numba import njit

from cockpit.units import Sizes, Times

MINUTES = 10  # history of gaps, in buckets of a minute
BINS = 256  # log-spaced, 4 to a doubling: an upper edge is at most 19 % above the gap it stands for
SECONDS = 16  # ring of per-second counts; ten of them are shown
NS_PER_S = 1_000_000_000
NS_PER_MIN = 60 * NS_PER_S


@njit(cache=True, nogil=True)
def observe(
    clocks: Times, last_ns: int, minute_of: Times, histogram: Sizes, second_of: Times, counts: Sizes
) -> int:
    """Count rows per second and the gaps between their clocks.

    Args:
        clocks: int64 (n,), clock of each row, in event order.
        last_ns: Clock of the row before; below 0 when there was none.
        minute_of: int64 (MINUTES,), which minute each histogram row stands for; changed.
        histogram: int64 (MINUTES, BINS), gaps by minute and size; changed.
        second_of: int64 (SECONDS,), which second each count stands for; changed.
        counts: int64 (SECONDS,); changed.

    Returns:
        Largest clock so far.
    """
    for clock in clocks:
        second = clock // NS_PER_S
        place = second % SECONDS
        if second_of[place] != second:
            second_of[place] = second
            counts[place] = 0
        counts[place] += 1
        if last_ns >= 0:
            gap = max(clock - last_ns, 0)
            minute = clock // NS_PER_MIN
            row = minute % MINUTES
            if minute_of[row] != minute:
                minute_of[row] = minute
                histogram[row, :] = 0
            size = 0
            if gap > 0:
                size = min(BINS - 1, int(np.log2(gap) * 4.0) + 1)
            histogram[row, size] += 1
        last_ns = max(last_ns, clock)
    return last_ns
