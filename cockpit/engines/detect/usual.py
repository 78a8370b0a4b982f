"""Numbers an instrument showed lately, and their quantiles: what thresholds of detectors are measured by."""

from typing import Final

import numpy as np

from cockpit.engines.book.layout import Record, Records, record
from cockpit.engines.detect.layout import part

ROOM: Final = 180  # numbers kept; past it the oldest is forgotten
USUAL: Final = record(
    ("clock_ns", np.int64, (ROOM,)),  # a ring
    ("values", np.float64, (ROOM,)),
    ("ranked", np.float64, (ROOM,)),  # the same, the first ``n``, smallest first
    ("n", np.int64),
    ("taken", np.int64),  # ever
)


def usual(n: int) -> Records:
    """USUAL (n,), of which nothing is known."""
    return np.zeros(n, USUAL)


@part
def _place(each: Record, value: float) -> int:
    """Index of the first ranked number that is not below ``value``."""
    low, high = 0, each.n
    while low < high:
        middle = (low + high) >> 1
        if each.ranked[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@part
def oldest_ns(each: Record) -> int:
    """When the oldest number came; there must be one."""
    return each.clock_ns[(each.taken - each.n) % ROOM]


@part
def drop_oldest(each: Record) -> None:
    """Forget one; there must be one."""
    at = _place(each, each.values[(each.taken - each.n) % ROOM])
    each.n -= 1
    for k in range(at, each.n):
        each.ranked[k] = each.ranked[k + 1]


@part
def forget_before(each: Record, clock_ns: int) -> None:
    """Forget what came before ``clock_ns``."""
    while each.n > 0 and oldest_ns(each) < clock_ns:
        drop_oldest(each)


@part
def note(each: Record, clock_ns: int, value: float) -> None:
    """Take a number, later than those before it; NaN is not for this."""
    if each.n == ROOM:
        drop_oldest(each)
    at = _place(each, value)
    for k in range(each.n, at, -1):
        each.ranked[k] = each.ranked[k - 1]
    each.ranked[at] = value
    each.clock_ns[each.taken % ROOM], each.values[each.taken % ROOM] = clock_ns, value
    each.n += 1
    each.taken += 1


@part
def quantile(each: Record, share: float) -> float:
    """By linear interpolation, as numpy's default; NaN of none."""
    if each.n == 0:
        return np.nan
    at = min(max(share, 0.0), 1.0) * (each.n - 1)
    low = int(at)
    high = min(low + 1, each.n - 1)
    return each.ranked[low] + (at - low) * (each.ranked[high] - each.ranked[low])


@part
def highest_since(each: Record, clock_ns: int) -> float:
    """The largest number at or after ``clock_ns``; NaN of none."""
    most = np.nan
    for k in range(each.n):
        at = (each.taken - 1 - k) % ROOM
        if each.clock_ns[at] < clock_ns:
            break
        if not each.values[at] <= most:
            most = each.values[at]
    return most
