"""Levels of a side that stand next to each other: which are large, and which of those were pulled."""

from typing import Final

import numpy as np

from cockpit.engines.book.layout import Record, Records, What, record
from cockpit.engines.detect.layout import part
from cockpit.units import NO_PRICE, NO_TIME

LEVELS: Final = 1 << 9  # of a side, by price
REACH: Final = LEVELS // 4  # ticks from the touch
GROUP: Final = 16  # levels looked at around one that was pulled
STEPS: Final = 64  # ticks looked at to find them, each way
LEVEL: Final = record(
    ("price", np.int64),
    ("size", np.int64),
    ("peak", np.int64),  # since it is a layer
    ("large_ns", np.int64),  # since when it is a layer; NO_TIME: it is none
    ("since_ns", np.int64),  # of one that was pulled, since when it was a layer
    ("showed", np.int64),  # and the most it showed then
    ("pulled_ns", np.int64),  # when it was pulled; NO_TIME
)
LAYER: Final = record(  # one that was pulled, while it is judged
    ("price", np.int64),
    ("peak", np.int64),
    ("gone", np.int64),  # of that, by now
    ("is_pulled", np.int64),
    ("is_large", np.int64),
    ("since_ns", np.int64),
    ("pulled", np.int64),
    ("added", np.int64),
    ("filled", np.int64),
)
_PULLED, _LEFT = What.PULLED, What.LEFT


@part
def enter(level: Record, row: Record, context: Record) -> bool:
    """Whether this place is for the level now: one far from the touch takes no place."""
    touch = context.bid if row.side == 0 else context.ask
    if touch != NO_PRICE and abs(touch - row.price) > REACH:
        return False
    level.price, level.size = row.price, 0
    level.large_ns = level.pulled_ns = NO_TIME
    return True


@part
def change(level: Record, row: Record, what: int, threshold: float, left: float) -> bool:
    """A level is another size now; whether a layer has just been pulled."""
    level.size = row.size
    if what == _LEFT:
        level.price = NO_PRICE
        return False
    if level.large_ns == NO_TIME:
        if row.size > threshold:
            level.large_ns, level.peak = row.clock_ns, row.size
        return False
    level.peak = max(level.peak, row.size)
    if row.size > left * level.peak:
        return False
    since_ns, peak = level.large_ns, level.peak
    level.large_ns, level.peak = (row.clock_ns if row.size > threshold else NO_TIME), row.size
    if what != _PULLED:
        return False
    level.since_ns, level.showed, level.pulled_ns = since_ns, peak, row.clock_ns
    return True


@part
def take(one: Record, level: Record, is_pulled: bool) -> None:
    """Look at a level as one of a group."""
    one.price, one.peak, one.gone = level.price, level.showed, max(level.showed - level.size, 0)
    one.is_pulled, one.is_large, one.since_ns = is_pulled, level.large_ns != NO_TIME, level.since_ns


@part
def collect(levels: Records, group: Records, price: int, step: int, room: int, since_ns: int, n: int) -> int:
    """Levels next to a price, one way, that are there or were layers within the window."""
    first, at = n, price
    for _ in range(STEPS):
        at += step
        level = levels[at & (LEVELS - 1)]
        is_pulled = level.price == at and level.pulled_ns != NO_TIME and level.pulled_ns >= since_ns
        if level.price != at or (level.size <= 0 and not is_pulled):
            continue
        one = group[n]
        take(one, level, is_pulled)
        n += 1
        if n - first >= room:
            break
    return n


@part
def best_run(group: Records, below: int, n: int, among: int) -> tuple[int, int, int]:
    """Of ``among`` neighbours that include the first: those with the most that were pulled.

    ``group`` holds the one in question, then those below it, nearest first, then those above.
    """
    best, best_low, best_high = 0, 0, 0
    for low in range(min(below, among - 1) + 1):
        high = min(among - 1 - low, n - 1 - below)
        pulled = group[0].is_pulled
        for k in range(low):
            pulled += group[1 + k].is_pulled
        for k in range(high):
            pulled += group[1 + below + k].is_pulled
        if pulled > best:
            best, best_low, best_high = pulled, low, high
    return best, best_low, best_high


@part
def keep_pulled(group: Records, n: int) -> tuple[int, int]:
    """Put those that were pulled in front; how many they are, and how many of all are layers again."""
    kept = large = 0
    for k in range(n):
        large += group[k].is_large
        if group[k].is_pulled:
            group[kept] = group[k]
            kept += 1
    return kept, large
