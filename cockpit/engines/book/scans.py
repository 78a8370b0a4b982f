"""Kernels that read an order-level book and change nothing."""

import numpy as np
from numba import njit

from cockpit.engines.book.layout import ASK_SIDE, BID_SIDE, NOWHERE, Arrays, Records
from cockpit.units import Rows, Sizes, Ticks

# what is wrong with a book, as verify tells it
SOUND, BAD_SIZE, BAD_TOTAL, BAD_ORDER, BAD_LINK, BAD_NUMBER = 0, 1, 2, 3, 4, 5


@njit(cache=True, nogil=True)
def read_levels(book: Arrays, side: int, ticks: Ticks, sizes: Sizes, orders: Sizes) -> None:
    """Write the best levels of a side, best first, into three arrays no longer than its depth."""
    best = book.sides[side].depth - 1
    for i in range(len(ticks)):
        level = book.levels[book.ladder[side, best - i].level]
        ticks[i], sizes[i], orders[i] = level.price, level.size, level.orders


@njit(cache=True, nogil=True)
def side_total(book: Arrays, side: int, levels: int) -> int:
    """Size in the best levels of a side."""
    depth = book.sides[side].depth
    total = 0
    for i in range(max(depth - levels, 0), depth):
        total += book.levels[book.ladder[side, i].level].size
    return total


@njit(cache=True, nogil=True)
def read_window(book: Arrays, side: int, low: int, high: int, sizes: Sizes, orders: Sizes) -> None:
    """Write the levels priced ``low`` to ``high`` into dense arrays that start at ``low``."""
    worst, best = (low, high) if side == BID_SIDE else (-high, -low)  # as the ladder is sorted
    rungs, depth = book.ladder[side], book.sides[side].depth
    first, end = 0, depth
    while first < end:
        middle = (first + end) >> 1
        if rungs[middle].key < worst:
            first = middle + 1
        else:
            end = middle
    for i in range(first, depth):
        if rungs[i].key > best:
            return
        level = book.levels[rungs[i].level]
        sizes[level.price - low] = level.size
        orders[level.price - low] = level.orders


@njit(cache=True, nogil=True)
def read_queue(book: Arrays, level: int, ids: Rows, sizes: Sizes) -> None:
    """Write the first ``len(ids)`` orders of a level slot, no more than it has, in priority order."""
    slot = book.levels[level].head
    for i in range(len(ids)):
        ids[i], sizes[i] = book.orders[slot].id, book.orders[slot].size
        slot = book.orders[slot].next


@njit(cache=True, nogil=True)
def _key_counts(book: Arrays) -> Sizes:
    """How many places of the table lead to each order slot."""
    counts = np.zeros(len(book.orders), np.int64)
    for at in range(len(book.table)):
        if book.table[at].slot != 0:
            counts[book.table[at].slot - 1] += 1
    return counts


@njit(cache=True, nogil=True)
def dump(book: Arrays, ids: Rows, sizes: Sizes, fills: Sizes, prices: Ticks, orders: Sizes, keyless: Sizes) -> None:
    """Write the whole book as ``kernels.restore`` takes it; the arrays are exactly long enough."""
    keys = _key_counts(book)
    at = row = skipped = 0
    for side in (BID_SIDE, ASK_SIDE):
        for i in range(book.sides[side].depth):
            level = book.levels[book.ladder[side, i].level]
            prices[row], orders[row] = level.price, level.orders
            row += 1
            slot = level.head
            while slot != NOWHERE:
                ids[at], sizes[at] = book.orders[slot].id, book.orders[slot].size
                fills[at] = book.orders[slot].filled
                if keys[slot] == 0:
                    keyless[skipped] = at
                    skipped += 1
                slot, at = book.orders[slot].next, at + 1


@njit(cache=True, nogil=True)
def _verify_level(book: Arrays, slot: int, keys: Records) -> tuple[int, int]:
    """Fault, and keys that lead to its orders."""
    level = book.levels[slot]
    size = orders = keyed = 0
    before, at = NOWHERE, level.head
    while at != NOWHERE:
        order = book.orders[at]
        orders += 1
        if order.size <= 0:
            return BAD_SIZE, 0
        if order.previous != before or order.level != slot or orders > level.orders:
            return BAD_LINK, 0
        size += order.size
        keyed += keys[at]
        before, at = at, order.next
    if before != level.tail:
        return BAD_LINK, 0
    if orders == 0 or orders != level.orders or size != level.size:
        return BAD_TOTAL, 0
    return SOUND, keyed


@njit(cache=True, nogil=True)
def _verify_rung(book: Arrays, side: int, i: int) -> int:
    rung = book.ladder[side, i]
    level = book.levels[rung.level]
    if level.side != side or rung.key != (level.price if side == BID_SIDE else -level.price):
        return BAD_ORDER
    if i > 0 and book.ladder[side, i - 1].key >= rung.key:
        return BAD_ORDER
    return SOUND


@njit(cache=True, nogil=True)
def verify(book: Arrays) -> tuple[int, int, int]:
    """The first broken invariant: what (SOUND for none), the side and the price where."""
    keys = _key_counts(book)
    orders = keyed = 0
    for side in (BID_SIDE, ASK_SIDE):
        for i in range(book.sides[side].depth):
            slot = book.ladder[side, i].level
            level = book.levels[slot]
            fault = _verify_rung(book, side, i)
            if fault == SOUND:
                fault, reached = _verify_level(book, slot, keys)
                orders += level.orders
                keyed += reached
            if fault != SOUND:
                return fault, side, level.price
    state = book.state[0]
    if orders != state.resting or keyed != state.keyed or keys.sum() != keyed:
        return BAD_NUMBER, ASK_SIDE, 0
    return SOUND, BID_SIDE, 0


def warm(book: Arrays) -> None:
    """Load these kernels; ``book`` is empty."""
    ticks, sizes, counts = np.zeros((3, 0), np.int64)
    ids = np.zeros(0, np.uint64)
    read_levels(book, BID_SIDE, ticks, sizes, counts)
    side_total(book, BID_SIDE, 0)
    read_window(book, BID_SIDE, 0, 0, sizes, counts)
    dump(book, ids, sizes, sizes, ticks, counts, sizes)
    verify(book)
    read_queue(book, 0, ids, sizes)
