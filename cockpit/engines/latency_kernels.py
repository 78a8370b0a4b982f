"""Kernels of ``latency.py``: counting spans into logarithmic bins and reading quantiles, without allocating."""

import numpy as np
from numba import njit

from cockpit.units import NO_TIME, Floats, Times

STEPS = 8  # bins to a doubling: an upper edge is at most 9.1 % above the span it stands for
FLOOR_EXPONENT = 10  # bin 0 holds everything up to 2**10 ns, about a microsecond
BINS = STEPS * 32 + 1  # up to 2**42 ns, 73 minutes; longer spans count as that
WINDOW, EARLY, HALF_NS = range(3)  # places in ``state``


@njit(cache=True, nogil=True)
def bin_of(span_ns: int) -> int:
    """Bin of a span; the upper edge of bin b is 2 ** (10 + b / 8) ns."""
    if span_ns <= 1 << FLOOR_EXPONENT:
        return 0
    return min(BINS - 1, int(np.ceil((np.log2(span_ns) - FLOOR_EXPONENT) * STEPS)))


@njit(cache=True, nogil=True)
def _turn(at_ns: int, state: Times, histogram: Floats) -> None:
    """Begin a new half window when ``at_ns`` lies in a later one than the last span did."""
    window = at_ns // state[HALF_NS]
    if window <= state[WINDOW]:
        return
    if window == state[WINDOW] + 1:
        histogram[0, :] = histogram[1, :]
    else:
        histogram[0, :] = 0.0
    histogram[1, :] = 0.0
    state[WINDOW] = window


@njit(cache=True, nogil=True)
def count_stamps(starts: Times, ends: Times, clocks: Times, state: Times, histogram: Floats) -> None:
    """Count the spans from one stamp of each row to another.

    Args:
        starts, ends, clocks: int64 (n,); a row without either stamp, or with equal ones, tells nothing.
        state: int64 (3,); changed.
        histogram: float64 (2, BINS), the half window before and the running one; changed.
    """
    for row in range(len(clocks)):
        start, end = starts[row], ends[row]
        if start in (NO_TIME, end) or end == NO_TIME:
            continue
        if end < start:
            state[EARLY] += 1
            continue
        _turn(clocks[row], state, histogram)
        histogram[1, bin_of(end - start)] += 1.0


@njit(cache=True, nogil=True)
def count_until(starts: Times, end_ns: int, weight: float, state: Times, histogram: Floats) -> None:
    """Count the spans from several instants to one, each ``weight`` times; what lies ahead of it took no time."""
    _turn(end_ns, state, histogram)
    for start in starts:
        histogram[1, bin_of(end_ns - start)] += weight


@njit(cache=True, nogil=True)
def read_quantiles(histogram: Floats, shares: Floats, found: Floats) -> float:
    """Write the quantiles, ns as upper edges of bins, and return how many spans there are.

    Args:
        histogram: float64 (k, BINS).
        shares: float64 (m,), ascending, 0..1.
        found: float64 (m,); changed.
    """
    total = histogram.sum()
    if total <= 0.0:
        return 0.0
    running, place = 0.0, 0
    for each in range(BINS):
        for half in range(len(histogram)):
            running += histogram[half, each]
        # a hair less, so that the rounding of weights does not push a quantile into the next bin
        while place < len(shares) and running >= shares[place] * total * (1.0 - 1e-12):
            found[place] = 2.0 ** (FLOOR_EXPONENT + each / STEPS)
            place += 1
    return total
