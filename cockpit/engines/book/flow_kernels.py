"""Kernel of ``l2.py``: what happened between records that each carry ten levels whole.

What a record tells of a level that the one before it told of as well is a change; a level that comes into the
window is shown, one that falls out of it is left. ``tests/engines/book/test_flow.py`` says the same slowly.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.engines.book.layout import ASK_SIDE, BID_SIDE, ENDS, FLOW, NOWHERE, Record, Records, What
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, CLEAR, DTYPES, TRADE, Flag, Kind
from cockpit.units import NO_PRICE, Rows, Sizes, Ticks

ROWS_AT_ONCE: Final = 4 * BOOK_LEVELS + 8  # rows at most that one record makes
_NOTHING, _ADDED, _PULLED, _FILLED, _SHOWN = What.NOTHING, What.ADDED, What.PULLED, What.FILLED, What.SHOWN
_LEFT, _TRADED, _TICK = What.LEFT, What.TRADED, What.TICK
_SNAPSHOT, _LAST = Flag.SNAPSHOT, Flag.LAST  # no classes in numba
_FAR: Final = NO_PRICE + 1  # key of a price behind all others

_kernel: Any = njit(cache=True, nogil=True)
_part: Any = njit(nogil=True, forceinline=True)


@_part
def _tell(
    flow: Records, n: int, seq: int, clock_ns: int, what: int, side: int, price: int, size: int, amount: int
) -> int:  # fmt: skip
    told = flow[n]
    told.seq, told.clock_ns, told.price, told.size, told.amount = seq, clock_ns, price, size, amount
    told.what, told.side, told.order_id = what, side, 0
    return n + 1


@_part
def _key(side: int, price: int) -> int:
    return price if side == BID_SIDE else -price


@_part
def _worst(ticks: Ticks, sizes: Sizes, side: int) -> int:
    """Key of the worst price that levels tell about: with fewer than ten they are the whole side."""
    n, worst = 0, -_FAR
    for i in range(BOOK_LEVELS):
        if ticks[i] != NO_PRICE and sizes[i] > 0:
            n += 1
            worst = min(worst, _key(side, ticks[i]))
    return worst if n == BOOK_LEVELS else _FAR


@_part
def _size_at(ticks: Ticks, sizes: Sizes, price: int) -> int:
    for i in range(BOOK_LEVELS):
        if ticks[i] == price and sizes[i] > 0:
            return sizes[i]
    return 0


@_part
def _settle(owed: Sizes, side: int, price: int, less: int) -> int:
    """How much of what a level lost was traded there before; ``owed`` is side, price, size of the last trade."""
    if owed[0] != side or owed[1] != price:
        return 0
    filled = min(owed[2], less)
    owed[2] -= filled
    return filled


@_part
def _tell_less(flow: Records, n: int, row: Record, side: int, price: int, size: int, less: int, owed: Sizes) -> int:
    filled = _settle(owed, side, price, less)
    if filled:
        n = _tell(flow, n, row.seq, row.clock_ns, _FILLED, side, price, size + less - filled, filled)
    if filled < less:
        n = _tell(flow, n, row.seq, row.clock_ns, _PULLED, side, price, size, less - filled)
    return n


@_part
def _tell_side(
    flow: Records, n: int, row: Record, side: int, old_ticks: Ticks, old: Sizes, ticks: Ticks, sizes: Sizes,
    is_known: bool, owed: Sizes,
) -> int:  # fmt: skip
    """Rows of one side; ``is_known``: both records tell of the same book, so that differences are acts."""
    seen = max(_worst(old_ticks, old, side), _worst(ticks, sizes, side))
    for i in range(BOOK_LEVELS):
        if old_ticks[i] == NO_PRICE or old[i] <= 0 or _size_at(ticks, sizes, old_ticks[i]):
            continue
        if is_known and _key(side, old_ticks[i]) >= seen:
            n = _tell_less(flow, n, row, side, old_ticks[i], 0, old[i], owed)
        else:
            n = _tell(flow, n, row.seq, row.clock_ns, _LEFT, side, old_ticks[i], 0, 0)
    for i in range(BOOK_LEVELS):
        if ticks[i] == NO_PRICE or sizes[i] <= 0:
            continue
        had = _size_at(old_ticks, old, ticks[i])
        if not is_known or (had == 0 and _key(side, ticks[i]) < seen):
            if had != sizes[i] or not is_known:
                n = _tell(flow, n, row.seq, row.clock_ns, _SHOWN, side, ticks[i], sizes[i], sizes[i])
        elif sizes[i] > had:
            n = _tell(flow, n, row.seq, row.clock_ns, _ADDED, side, ticks[i], sizes[i], sizes[i] - had)
        elif sizes[i] < had:
            n = _tell_less(flow, n, row, side, ticks[i], sizes[i], had - sizes[i], owed)
    return n


@_part
def _rested(row: Record, old: Record) -> int:
    """Side a trade took from: by price, as files differ in whose side they put; by aggressor at a locked price."""
    is_bid = old.bid_ticks[0] != NO_PRICE and old.bid_sizes[0] > 0 and row.price_ticks <= old.bid_ticks[0]
    is_ask = old.ask_ticks[0] != NO_PRICE and old.ask_sizes[0] > 0 and row.price_ticks >= old.ask_ticks[0]
    if is_bid != is_ask:
        return BID_SIDE if is_bid else ASK_SIDE
    return ASK_SIDE if row.side == BID else BID_SIDE if row.side == ASK else NOWHERE


@_kernel
def flow_of_levels(
    rows: Rows, start: int, before: Rows, is_told: bool, owed: Sizes, ticks: Rows, ticked: int, flow: Records
) -> tuple[int, int, int]:
    """Write what happened, rows and ticks in ``seq`` order, until all are taken or there is no room.

    Args:
        rows, ticks: MBP (n,) and TICK (k,), each in seq order.
        start, ticked: How many of each were taken before.
        before: MBP (1,), the levels before ``rows[0]``.
        is_told: Whether a record ever told what these are.
        owed: int64 (3,), side, price and size of the last trade that no change took out; changed.
        flow: FLOW (m,), written from the start.

    Returns:
        How many rows and ticks have been taken, and rows written.
    """
    n = 0
    while start < len(rows) or ticked < len(ticks):
        if n > len(flow) - ROWS_AT_ONCE:
            break
        if ticked < len(ticks) and (start == len(rows) or ticks[ticked].seq < rows[start].seq):
            n = _tell(flow, n, ticks[ticked].seq, ticks[ticked].clock_ns, _TICK, NOWHERE, NO_PRICE, 0, 0)
            ticked += 1
            continue
        row, old, first = rows[start], before[0] if start == 0 else rows[start - 1], n
        is_known = (is_told or start > 0) and row.action != CLEAR and row.flags & _SNAPSHOT == 0
        if row.action == TRADE and row.size > 0 and row.price_ticks != NO_PRICE:
            rested = _rested(row, old)
            n = _tell(flow, n, row.seq, row.clock_ns, _TRADED, rested, row.price_ticks, 0, row.size)
            owed[2] = row.size + (owed[2] if owed[0] == rested and owed[1] == row.price_ticks else 0)
            owed[0], owed[1] = rested, row.price_ticks
        n = _tell_side(flow, n, row, BID_SIDE, old.bid_ticks, old.bid_sizes, row.bid_ticks, row.bid_sizes,
                       is_known, owed)  # fmt: skip
        n = _tell_side(flow, n, row, ASK_SIDE, old.ask_ticks, old.ask_sizes, row.ask_ticks, row.ask_sizes,
                       is_known, owed)  # fmt: skip
        if row.flags & _LAST:
            if n == first:
                n = _tell(flow, n, row.seq, row.clock_ns, _NOTHING, NOWHERE, NO_PRICE, 0, 0)
            last = flow[n - 1]
            last.what += ENDS
        start += 1
    return start, ticked, n


def warm() -> None:
    """Load the kernel from numba's cache, or compile it (seconds); any thread may call it."""
    rows, ticks = np.zeros(0, DTYPES[Kind.MBP]), np.zeros(0, DTYPES[Kind.TICK])
    rows.flags.writeable = ticks.flags.writeable = False  # as books give them
    flow_of_levels(
        rows, 0, np.zeros(1, DTYPES[Kind.MBP]), False, np.zeros(3, np.int64), ticks, 0, np.zeros(0, FLOW)
    )
