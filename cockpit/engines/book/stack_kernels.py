"""Kernels of ``samples.py``: what price levels, and ranks of levels, gain from record to record.

``tests/engines/book/test_samples.py`` says the same slowly.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.engines.book.layout import ASK_SIDE, BID_SIDE, Record
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, CLEAR, DTYPES, TRADE, Flag, Kind
from cockpit.units import NO_PRICE, Rows, Sizes, Ticks

_LOWEST: Final = NO_PRICE + 1  # key of a price behind all others
_SNAPSHOT: Final = Flag.SNAPSHOT  # no classes in numba
_LAST: Final = Flag.LAST

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def _levels(row: Record, side: int) -> tuple[Ticks, Sizes]:
    return (row.bid_ticks, row.bid_sizes) if side == BID_SIDE else (row.ask_ticks, row.ask_sizes)


@_kernel
def _key(side: int, price: int) -> int:
    """A price as a number that is the larger the better it is."""
    return price if side == BID_SIDE else -price


@_kernel
def _is_there(price: int, size: int) -> bool:
    return price != NO_PRICE and size > 0


@_kernel
def _reach(row: Record, side: int) -> tuple[int, int]:
    """Keys of the best level there is and of the worst price that a record tells about."""
    ticks, sizes = _levels(row, side)
    best, n = _LOWEST, 0
    for i in range(BOOK_LEVELS):
        if _is_there(ticks[i], sizes[i]):
            best = max(best, _key(side, ticks[i]))
            n += 1
    # fewer than ten levels are the whole side
    return best, _key(side, ticks[BOOK_LEVELS - 1]) if n == BOOK_LEVELS else _LOWEST


@_kernel
def _size_within(row: Record, side: int, worst: int) -> int:
    ticks, sizes = _levels(row, side)
    total = 0
    for i in range(BOOK_LEVELS):
        if _is_there(ticks[i], sizes[i]) and _key(side, ticks[i]) >= worst:
            total += sizes[i]
    return total


@_kernel
def _took(row: Record, side: int, best_bid: int, best_ask: int) -> bool:
    """Whether a record is a trade that took from a side; the best keys are those before it.

    The price decides rather than the aggressor: files differ in whose side they put into a trade's record.
    """
    if row.action != TRADE or row.price_ticks == NO_PRICE or row.size <= 0 or (row.side != BID and row.side != ASK):
        return False
    is_bid = best_bid > _LOWEST and row.price_ticks <= best_bid
    is_ask = best_ask > _LOWEST and -row.price_ticks <= best_ask
    if is_bid and is_ask:  # locked or crossed: only the aggressor can tell
        return row.side == (ASK if side == BID_SIDE else BID)
    return is_bid if side == BID_SIDE else is_ask


@_kernel
def _is_deep(row: Record) -> bool:
    behind = 0
    for i in range(1, BOOK_LEVELS):
        behind += int(row.bid_ticks[i] != NO_PRICE or row.ask_ticks[i] != NO_PRICE)
    return behind > 0


@_kernel
def stack(rows: Rows, before: Rows, is_told: bool, is_deep: bool, stacked: Sizes) -> bool:
    """Count what each record adds less what it pulls at the prices that it and the one before it both tell about.

    With ten levels in a record nothing is known beyond its worst price; with fewer it is the whole side. So levels
    that scroll in or out of the window are no change. A trade's size is added back to the side it took from,
    because the same record or the one that follows takes it out; without an aggressor, or inside the spread, it
    took from nothing that was shown. Snapshots and clears tell what is there, not what somebody does.

    Args:
        rows: MBP (n,), in seq order.
        before: MBP (1,), the levels before them.
        is_told: Whether a record ever told what these are; without it the first one changes nothing.
        is_deep: Whether a second level has been seen; nothing is counted before.
        stacked: int64 (2, n + 1), sums by side; the first column is given, the others are written.

    Returns:
        ``is_deep`` after them.
    """
    bid_best, bid_worst = _reach(before[0], BID_SIDE)
    ask_best, ask_worst = _reach(before[0], ASK_SIDE)
    for i in range(len(rows)):
        row, old = rows[i], before[0] if i == 0 else rows[i - 1]
        is_deep = is_deep or _is_deep(row)
        is_counted = is_deep and is_told and row.action != CLEAR and row.flags & _SNAPSHOT == 0
        is_told = True
        best, worst = _reach(row, BID_SIDE)
        next_best, next_worst = _reach(row, ASK_SIDE)
        for side in (BID_SIDE, ASK_SIDE):
            gained = 0
            if is_counted:
                seen = max(worst, bid_worst) if side == BID_SIDE else max(next_worst, ask_worst)
                gained = _size_within(row, side, seen) - _size_within(old, side, seen)
                if _took(row, side, bid_best, ask_best):
                    gained += row.size
            stacked[side, i + 1] = stacked[side, i] + gained
        bid_best, bid_worst, ask_best, ask_worst = best, worst, next_best, next_worst
    return is_deep


@_kernel
def rank_flows(rows: Rows, at: Sizes, shown: Sizes, flows: Sizes, sampled: Sizes) -> None:
    """Count what each rank gains from one venue transaction to the next, bids less asks: event OFI by rank.

    A rank that was not there before, or is gone, adds nothing on its side; snapshots and clears are not counted.

    Args:
        rows: MBP (n,), in seq order.
        at: int64 (k,), ascending: how many rows came before each sample.
        shown: int64 (2, 2, BOOK_LEVELS), prices and sizes by side after the last transaction; brought up to date.
        flows: int64 (BOOK_LEVELS,), sums; brought up to date.
        sampled: int64 (k, BOOK_LEVELS), written: the sums at each sample.

    Source: Xu, Gould & Howison (2018), as ``ofi.multi_level_ofi``.
    """
    sample = 0
    for i in range(len(rows) + 1):
        while sample < len(at) and at[sample] <= i:
            for rank in range(BOOK_LEVELS):
                sampled[sample, rank] = flows[rank]
            sample += 1
        if i == len(rows) or rows[i].flags & _LAST == 0:
            continue
        row = rows[i]
        is_counted = row.action != CLEAR and row.flags & _SNAPSHOT == 0
        for side in (BID_SIDE, ASK_SIDE):
            ticks, sizes = _levels(row, side)
            was, had, sign = shown[side, 0], shown[side, 1], 1 if side == BID_SIDE else -1
            for rank in range(BOOK_LEVELS):
                is_there = _is_there(ticks[rank], sizes[rank])
                if is_counted and is_there and had[rank] > 0:
                    gained = sizes[rank] if sign * ticks[rank] >= sign * was[rank] else 0
                    gained -= had[rank] if sign * ticks[rank] <= sign * was[rank] else 0
                    flows[rank] += sign * gained
                was[rank], had[rank] = ticks[rank], sizes[rank] if is_there else 0


def warm() -> None:
    """Load the kernels from numba's cache, or compile it (seconds); any thread may call it."""
    rows = np.zeros(0, DTYPES[Kind.MBP])
    rows.flags.writeable = False  # as books give them
    stack(rows, np.zeros(1, DTYPES[Kind.MBP]), False, False, np.zeros((2, 1), np.int64))
    levels = np.zeros((2, 2, BOOK_LEVELS), np.int64)
    rank_flows(rows, np.zeros(0, np.int64), levels, levels[0, 0].copy(), np.zeros((0, BOOK_LEVELS), np.int64))
