"""What is usual for an instrument lately: sizes of its ten best levels, by which thresholds are measured.

Source: ``formulas.md`` 5.7: the median over all sizes of the ten best levels of a side within the trailing 180 s,
zeros left out. It is taken once a second, at the first tick of each; a book that may be wrong is not.
"""

from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import Records, record
from cockpit.engines.detect.layout import kernel, part
from cockpit.events.dtypes import BOOK_LEVELS, SAMPLE
from cockpit.units import NO_TIME, NS_PER_S, Rows, Sizes

SECONDS: Final = 180
FEWEST: Final = 60  # samples from which on a high quantile is one
SCALE: Final = record(("seq", np.int64), ("median", np.float64, (2,)), ("high", np.float64, (2,)))
STATE: Final = record(
    ("second", np.int64),  # of the last sample taken
    ("taken", np.int64),  # samples ever taken
    ("dropped", np.int64),  # of them, too old to count
    ("pooled", np.int64, (2,)),  # sizes in the pool, by side
)


class ScaleArrays(NamedTuple):
    """The last three minutes.

    Attributes:
        sizes: int64 (SECONDS, 2, BOOK_LEVELS), a ring.
        seconds: int64 (SECONDS,), when each was taken.
        pool: int64 (2, SECONDS * BOOK_LEVELS), the sizes above 0 that count, sorted, by side.
        state: STATE (1,).
    """

    sizes: Sizes
    seconds: Sizes
    pool: Sizes
    state: Rows


def scale_arrays() -> ScaleArrays:
    """Of an instrument nothing is known of."""
    state, room = np.zeros(1, STATE), SECONDS * BOOK_LEVELS
    state["second"] = NO_TIME
    ring = np.zeros((SECONDS, 2, BOOK_LEVELS), np.int64)
    return ScaleArrays(ring, np.zeros(SECONDS, np.int64), np.zeros((2, room), np.int64), state)


@part
def quantile(values: Sizes, n: int, share: float) -> float:
    """Quantile of the first ``n`` of sorted values by linear interpolation, as numpy's default; NaN of none."""
    if n == 0:
        return np.nan
    at = share * (n - 1)
    low = int(at)
    high = min(low + 1, n - 1)
    return values[low] + (at - low) * (values[high] - values[low])


@part
def _place(values: Sizes, n: int, size: int) -> int:
    """Index of the first of ``n`` sorted values that is not below ``size``."""
    low, high = 0, n
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < size:
            low = middle + 1
        else:
            high = middle
    return low


@part
def enter(values: Sizes, n: int, size: int) -> None:
    at, one = _place(values, n, size), np.uint64(1)  # unsigned indices let the compiler vectorise
    for k in range(np.uint64(n - at)):
        to = np.uint64(n) - k
        values[to] = values[to - one]
    values[at] = size


@part
def leave(values: Sizes, n: int, size: int) -> None:
    one = np.uint64(1)
    for k in range(np.uint64(_place(values, n, size)), np.uint64(n - 1)):
        values[k] = values[k + one]


@part
def _change(arrays: ScaleArrays, at: int, is_new: bool) -> None:
    """Put the sizes of one place of the ring into the pool, or take them out."""
    for side in range(2):
        values = arrays.pool[side]
        for level in range(BOOK_LEVELS):
            size, n = arrays.sizes[at, side, level], arrays.state[0].pooled[side]
            if size > 0 and is_new:
                enter(values, n, size)
                arrays.state[0].pooled[side] = n + 1
            elif size > 0:
                leave(values, n, size)
                arrays.state[0].pooled[side] = n - 1


@kernel
def scan_scales(arrays: ScaleArrays, samples: Records, share: float, found: Records) -> int:
    """Write a SCALE for the first sample of each second.

    Args:
        arrays: Changed.
        samples: SAMPLE (n,).
        share: Of the high quantile.
        found: SCALE (n,), written.

    Returns:
        Rows written.
    """
    state, n = arrays.state[0], 0
    for i in range(len(samples)):
        sample = samples[i]
        second = sample.clock_ns // NS_PER_S
        if second <= state.second or sample.is_suspect:
            continue
        while state.dropped < state.taken:
            oldest = state.dropped % SECONDS
            if arrays.seconds[oldest] > second - SECONDS:
                break
            _change(arrays, oldest, False)
            state.dropped += 1
        at = state.taken % SECONDS
        arrays.seconds[at] = state.second = second
        for level in range(BOOK_LEVELS):
            arrays.sizes[at, 0, level] = sample.bid_sizes[level]
            arrays.sizes[at, 1, level] = sample.ask_sizes[level]
        _change(arrays, at, True)
        state.taken += 1
        found[n].seq = sample.seq
        for side in range(2):
            pooled = state.pooled[side]
            found[n].median[side] = quantile(arrays.pool[side], pooled, 0.5)
            is_usual = state.taken - state.dropped >= FEWEST
            found[n].high[side] = quantile(arrays.pool[side], pooled, share) if is_usual else np.nan
        n += 1
    return n


def warm() -> None:
    """Load the kernel from numba's cache, or compile it (seconds); any thread may call it."""
    samples = np.zeros(0, SAMPLE)
    samples.flags.writeable = False  # as books give them
    scan_scales(scale_arrays(), samples, 0.99, np.zeros(0, SCALE))
