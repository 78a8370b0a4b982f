"""Kernels of the full-depth book of price levels: every changed level in one compiled loop over flat arrays.

Levels lie per side in an array sorted with the best at the END, so that a change near the touch moves little; asks
are stored negated, which makes both sides the same code. ``tests/engines/book/test_depth.py`` says the same slowly.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from cockpit.engines.book.layout import (
    ASK_SIDE,
    BID_SIDE,
    CELL_NS,
    CHANGE,
    ENDS,
    FLOW,
    FLOW_ROOM,
    FLOWED_AT_ONCE,
    GONE,
    LOG_ROOM,
    LOGGED_AT_ONCE,
    NEARLY_ALL,
    NOWHERE,
    SHOWN,
    Record,
    Records,
    What,
    record,
)
from cockpit.events.dtypes import ASK, BANDS_BPS, BID, BOOK_LEVELS, CLEAR, DTYPES, SAMPLE, Flag, Kind
from cockpit.units import NO_PRICE, NO_TIME, Rows

FIRST_LEVELS: Final = 2048  # a side; a snapshot of 1,000 and what comes with it

SIDE: Final = record(
    ("depth", np.int64),  # levels in use
    # key of the worst level of the last snapshot, NO_PRICE without one: behind it a level is known once it changed
    ("told", np.int64),
    ("top_ticks", np.int64),  # as last given out
    ("top_size", np.int64),
    ("stacked", np.int64),  # added less pulled within the best levels since the book began
    *SHOWN,
)
STATE: Final = record(
    ("is_suspect", np.int64),
    ("is_told", np.int64),  # whether a snapshot or a clear ever came
    ("in_snapshot", np.int64),
    ("is_open", np.int64),  # in the middle of a message
    ("changes", np.int64),  # grows with every change of the book
    ("refused", np.int64),
    ("final_id", np.int64),  # of the last message, -1 unknown
    ("logged", np.int64),  # as in ``layout.STATE``
    ("handed", np.int64),
    ("cell", np.int64),
    ("cell_first", np.int64),
    ("flowed", np.int64),
    ("is_flowing", np.int64),
    ("owed", np.int64),  # how many of CREDIT are in use, oldest first
)
CREDIT: Final = record(  # a trade that no change of its level has taken out yet
    ("price", np.int64),
    ("side", np.int64),  # that rested
    ("size", np.int64),
    ("clock_ns", np.int64),
)
CREDITS: Final = 64
CREDIT_NS: Final = 1_000_000_000  # changes come every 100 ms or faster: an older trade took from what nobody saw


class DepthArrays(NamedTuple):
    """All state of one book.

    Attributes:
        keys: int64 (2, m), prices in ticks, of asks negated, ascending.
        sizes: int64 (2, m), what rests there.
        sides: SIDE (2,), bid and ask.
        state: STATE (1,).
        log: ``layout.CHANGE`` (LOG_ROOM,), the changed levels that nobody has taken yet; a message names a level
            once, so that none is looked for in it.
        flow: ``layout.FLOW`` (FLOW_ROOM,), what happened and nobody has taken yet.
        credits: CREDIT (CREDITS,).
    """

    keys: Records
    sizes: Records
    sides: Records
    state: Records
    log: Records
    flow: Records
    credits: Records


_SCAN: Final = 8  # levels looked at one by one from the touch before bisecting; most changes are that near
_LAST, _SNAPSHOT, _MAYBE_BAD = Flag.LAST, Flag.SNAPSHOT, Flag.MAYBE_BAD_BOOK  # no classes in numba
_NOTHING, _ADDED, _PULLED, _FILLED, _SHOWN = What.NOTHING, What.ADDED, What.PULLED, What.FILLED, What.SHOWN
_LEFT, _TRADED, _TICK = What.LEFT, What.TRADED, What.TICK

# as in ``kernels.py``: nothing here makes an array, so none needs reference counts
_kernel: Any = njit(cache=True, nogil=True, _nrt=False)  # pyright: ignore[reportCallIssue]  _nrt is not in the stub
_part: Any = njit(nogil=True, forceinline=True, _nrt=False)  # pyright: ignore[reportCallIssue]  the same


def arrays(levels: int = FIRST_LEVELS) -> DepthArrays:
    """An empty book with room for ``levels`` a side."""
    state, sides = np.zeros(1, STATE), np.zeros(2, SIDE)
    sides["top_ticks"] = sides["told"] = NO_PRICE
    sides["shown_last"] = NEARLY_ALL
    state["final_id"] = -1
    state["cell"] = NO_TIME
    keys, sizes = np.zeros((2, levels), np.int64), np.zeros((2, levels), np.int64)
    log, flow = np.zeros(LOG_ROOM, CHANGE), np.zeros(FLOW_ROOM, FLOW)
    return DepthArrays(keys, sizes, sides, state, log, flow, np.zeros(CREDITS, CREDIT))


def with_more_levels(book: DepthArrays) -> DepthArrays:
    """The same book with room for twice the levels."""
    n = book.keys.shape[1]
    keys, sizes = np.zeros((2, 2 * n), np.int64), np.zeros((2, 2 * n), np.int64)
    keys[:, :n], sizes[:, :n] = book.keys, book.sizes
    return book._replace(keys=keys, sizes=sizes)


@_part
def _rank(book: DepthArrays, side: int, key: int) -> int:
    """Index of the side's first level at or above ``key``."""
    keys = book.keys[side]
    low, high = 0, book.sides[side].depth
    near = max(high - _SCAN, 0)
    while high > near:
        if keys[high - 1] < key:
            return high
        high -= 1
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@_part
def _log(book: DepthArrays, price: int, size: int, side: int) -> None:
    state = book.state[0]
    change = book.log[state.logged]
    change.cell, change.price, change.size, change.side = state.cell, price, size, side
    state.logged += 1


@_part
def _tell(
    book: DepthArrays, seq: int, clock_ns: int, what: int, side: int, price: int, size: int, amount: int
) -> None:  # fmt: skip
    """Write a row of the flow."""
    state = book.state[0]
    told = book.flow[state.flowed]
    told.seq, told.clock_ns, told.price, told.size, told.amount = seq, clock_ns, price, size, amount
    told.what, told.side, told.order_id = what, side, 0
    state.flowed += 1
    state.is_flowing = 1


@_part
def _owe(book: DepthArrays, trade: Record, side: int) -> None:
    """Remember a trade until a change of its level takes it out; the oldest goes when there is no room."""
    state = book.state[0]
    if state.owed == len(book.credits):
        _forget_credits(book, 1)
    owed = book.credits[state.owed]
    owed.price, owed.side, owed.size, owed.clock_ns = trade.price_ticks, side, trade.size, trade.clock_ns
    state.owed += 1


@_part
def _forget_credits(book: DepthArrays, n: int) -> None:
    state = book.state[0]
    for i in range(n, state.owed):
        book.credits[i - n] = book.credits[i]
    state.owed -= n


@_part
def _settle(book: DepthArrays, row: Record, side: int, less: int) -> int:
    """How much of what a level lost was traded there before."""
    state = book.state[0]
    old = 0
    while old < state.owed and book.credits[old].clock_ns < row.clock_ns - CREDIT_NS:
        old += 1
    if old:
        _forget_credits(book, old)
    filled = 0
    for i in range(state.owed):
        owed = book.credits[i]
        if owed.price == row.price_ticks and owed.side == side and filled < less:
            part = min(owed.size, less - filled)
            owed.size -= part
            filled += part
    return filled


@_part
def _tell_level(book: DepthArrays, row: Record, side: int, had: int) -> None:
    if row.flags & _SNAPSHOT:
        _tell(book, row.seq, row.clock_ns, _SHOWN, side, row.price_ticks, row.size, row.size)
    elif row.size > had:
        _tell(book, row.seq, row.clock_ns, _ADDED, side, row.price_ticks, row.size, row.size - had)
    else:
        filled = _settle(book, row, side, had - row.size)
        if filled:
            _tell(book, row.seq, row.clock_ns, _FILLED, side, row.price_ticks, had - filled, filled)
        if filled < had - row.size:
            _tell(book, row.seq, row.clock_ns, _PULLED, side, row.price_ticks, row.size, had - row.size - filled)


@_part
def _clear(book: DepthArrays, row: Record) -> None:
    state = book.state[0]
    state.owed = 0
    state.changes += book.sides[BID_SIDE].depth + book.sides[ASK_SIDE].depth
    for side in (BID_SIDE, ASK_SIDE):
        book.sides[side].depth = 0
        book.sides[side].told = NO_PRICE
        for i in range(BOOK_LEVELS):
            book.sides[side].shown_sizes[i] = 0
        book.sides[side].is_near = 1
        _log(book, NO_PRICE, 0, side + GONE)
        _tell(book, row.seq, row.clock_ns, _LEFT, side, NO_PRICE, 0, 0)
    state.is_suspect, state.is_told = 0, 1


@_part
def _insert(book: DepthArrays, side: int, at: int, key: int, size: int) -> None:
    keys, sizes = book.keys[side], book.sizes[side]
    n = book.sides[side].depth
    one = np.uint64(1)  # unsigned indices let the compiler vectorise
    for i in range(np.uint64(n - at)):
        to = np.uint64(n) - i
        keys[to], sizes[to] = keys[to - one], sizes[to - one]
    keys[at], sizes[at] = key, size
    book.sides[side].depth = n + 1


@_part
def _remove(book: DepthArrays, side: int, at: int) -> None:
    keys, sizes = book.keys[side], book.sizes[side]
    n = book.sides[side].depth - 1
    one = np.uint64(1)
    for i in range(np.uint64(n - at)):
        to = np.uint64(at) + i
        keys[to], sizes[to] = keys[to + one], sizes[to + one]
    book.sides[side].depth = n


@_part
def _set_level(book: DepthArrays, row: Record, is_counted: bool) -> None:
    """The level is now this; what it gains within the best levels is counted."""
    side = BID_SIDE if row.side == BID else ASK_SIDE
    key = row.price_ticks if side == BID_SIDE else -row.price_ticks
    at = _rank(book, side, key)
    n = book.sides[side].depth
    is_there = at < n and book.keys[side, at] == key
    had = book.sizes[side, at] if is_there else 0
    if row.size == had:
        return
    if row.size == 0:
        _remove(book, side, at)
    elif is_there:
        book.sizes[side, at] = row.size
    else:
        _insert(book, side, at, key, row.size)
    book.state[0].changes += 1
    if key >= book.sides[side].shown_last:
        book.sides[side].is_near = 1
    _log(book, row.price_ticks, row.size, side)
    _tell_level(book, row, side, had)
    better = n - at - (1 if is_there else 0)
    if is_counted and better < BOOK_LEVELS:
        book.sides[side].stacked += row.size - had


@_part
def _take_row(book: DepthArrays, row: Record) -> None:
    state = book.state[0]
    is_snapshot = row.flags & _SNAPSHOT != 0
    state.cell = max(state.cell, row.clock_ns // CELL_NS)
    if row.action == CLEAR or (is_snapshot and state.in_snapshot == 0):
        _clear(book, row)
    state.in_snapshot = 1 if is_snapshot else 0
    if row.action != CLEAR and (row.side == BID or row.side == ASK):
        if row.price_ticks == NO_PRICE or row.size < 0:
            state.refused += 1
            state.is_suspect = 1
        else:
            if state.is_told == 0:
                state.is_suspect = 1  # changes of a book nobody told
            _set_level(book, row, state.is_told != 0 and not is_snapshot)
    if row.flags & _MAYBE_BAD:
        state.is_suspect = 1
    state.is_open = 0 if row.flags & _LAST else 1
    if row.final_id >= 0:
        state.final_id = row.final_id
    if is_snapshot and row.flags & _LAST:
        state.in_snapshot = 0
        for side in (BID_SIDE, ASK_SIDE):
            book.sides[side].told = book.keys[side, 0] if book.sides[side].depth else NO_PRICE


@_part
def _best(book: DepthArrays, side: int) -> tuple[int, int]:
    n = book.sides[side].depth
    if n == 0:
        return NO_PRICE, 0
    key = book.keys[side, n - 1]
    return (key if side == BID_SIDE else -key), book.sizes[side, n - 1]


@_part
def _flow(bid: Record, ask: Record, bid_ticks: int, bid_size: int, ask_ticks: int, ask_size: int) -> float:
    """Event OFI from the last top, held in the SIDE records, to the new one; as ``ofi.best_level_ofi``."""
    if bid.top_ticks == NO_PRICE or ask.top_ticks == NO_PRICE or bid_ticks == NO_PRICE or ask_ticks == NO_PRICE:
        return np.nan
    flow = 0
    if bid_ticks >= bid.top_ticks:
        flow += bid_size
    if bid_ticks <= bid.top_ticks:
        flow -= bid.top_size
    if ask_ticks <= ask.top_ticks:
        flow -= ask_size
    if ask_ticks >= ask.top_ticks:
        flow += ask.top_size
    return float(flow)


@_part
def _give_top(book: DepthArrays, row: Record, tops: Rows, n: int) -> int:
    """Write a TOP when the best quotes are not those given out last; returns how many there are now."""
    bid, ask = book.sides[BID_SIDE], book.sides[ASK_SIDE]
    bid_ticks, bid_size = _best(book, BID_SIDE)
    ask_ticks, ask_size = _best(book, ASK_SIDE)
    is_bid_same = bid_ticks == bid.top_ticks and bid_size == bid.top_size
    if is_bid_same and ask_ticks == ask.top_ticks and ask_size == ask.top_size:
        return n
    top = tops[n]
    top.ofi = _flow(bid, ask, bid_ticks, bid_size, ask_ticks, ask_size)
    bid.top_ticks, bid.top_size, ask.top_ticks, ask.top_size = bid_ticks, bid_size, ask_ticks, ask_size
    top.seq, top.clock_ns, top.event_ns, top.recv_ns = row.seq, row.clock_ns, row.event_ns, row.recv_ns
    top.instrument = row.instrument
    top.bid_ticks, top.ask_ticks, top.bid_size, top.ask_size = bid_ticks, ask_ticks, bid_size, ask_size
    top.bid_count, top.ask_count = (-1 if bid_size else 0), (-1 if ask_size else 0)
    return n + 1


@_kernel
def _show(book: DepthArrays, side: int, is_counted: bool) -> None:
    """As in ``kernels``: take the best levels of a side as shown, and count what each rank gained."""
    kept, keys, sizes = book.sides[side], book.keys[side], book.sizes[side]
    n = min(kept.depth, BOOK_LEVELS)
    for i in range(n):
        key, size = keys[kept.depth - 1 - i], sizes[kept.depth - 1 - i]
        if is_counted and kept.shown_sizes[i] > 0:
            gained = size if key >= kept.shown_keys[i] else 0
            kept.flows[i] += gained - (kept.shown_sizes[i] if key <= kept.shown_keys[i] else 0)
        kept.shown_keys[i], kept.shown_sizes[i] = key, size
    for i in range(n, BOOK_LEVELS):
        kept.shown_keys[i] = kept.shown_sizes[i] = 0
    kept.shown_last = kept.shown_keys[n - 1] if n == BOOK_LEVELS else NEARLY_ALL
    kept.is_near = 0


@_kernel
def _sample_side(book: DepthArrays, side: int, twice_mid: float, ticks: Rows, sizes: Rows, within: Rows) -> None:
    """As in ``kernels``: one side's best levels, and what rests within each band of the mid."""
    depth, mid = book.sides[side].depth, abs(twice_mid)
    for i in range(BOOK_LEVELS):
        key = book.keys[side, depth - 1 - i] if i < depth else 0
        ticks[i] = NO_PRICE if i >= depth else key if side == BID_SIDE else -key
        sizes[i] = book.sizes[side, depth - 1 - i] if i < depth else 0
    for band in range(len(BANDS_BPS)):
        within[band] = -1 if np.isnan(twice_mid) else 0
    for i in range(0 if np.isnan(twice_mid) else depth):
        key, size = book.keys[side, depth - 1 - i], book.sizes[side, depth - 1 - i]
        away = abs(2.0 * key - (twice_mid if side == BID_SIDE else -twice_mid))
        if away * 1e4 > BANDS_BPS[-1] * mid:
            break
        for band in range(len(BANDS_BPS)):
            within[band] += size if away * 1e4 <= BANDS_BPS[band] * mid else 0


@_kernel
def _sample(book: DepthArrays, tick: Record, sample: Record) -> None:
    sample.seq, sample.clock_ns = tick.seq, tick.clock_ns
    bid, ask = book.sides[BID_SIDE], book.sides[ASK_SIDE]
    sample.bid_ticks, sample.ask_ticks = _best(book, BID_SIDE)[0], _best(book, ASK_SIDE)[0]
    twice_mid = np.nan if min(bid.depth, ask.depth) == 0 else float(sample.bid_ticks) + sample.ask_ticks
    _sample_side(book, BID_SIDE, twice_mid, sample.bid_level_ticks, sample.bid_sizes, sample.bid_within)
    _sample_side(book, ASK_SIDE, twice_mid, sample.ask_level_ticks, sample.ask_sizes, sample.ask_within)
    for i in range(BOOK_LEVELS):
        sample.flows[i] = bid.flows[i] - ask.flows[i]
    sample.bid_stacked, sample.ask_stacked = book.sides[BID_SIDE].stacked, book.sides[ASK_SIDE].stacked
    sample.is_suspect = book.state[0].is_suspect


@_part
def _take_trade(book: DepthArrays, trade: Record) -> None:
    """What a trade took is no pull: it is added back, because a change of the level takes it out."""
    if trade.size <= 0 or trade.price_ticks == NO_PRICE:
        return
    side = ASK_SIDE if trade.aggressor == BID else BID_SIDE if trade.aggressor == ASK else NOWHERE
    is_flowing = book.state[0].is_flowing
    _tell(book, trade.seq, trade.clock_ns, _TRADED + ENDS, side, trade.price_ticks, 0, trade.size)
    book.state[0].is_flowing = is_flowing
    if book.state[0].is_told != 0 and side != NOWHERE:
        book.sides[side].stacked += trade.size
        _owe(book, trade, side)


@_part
def _end_flow(book: DepthArrays, row: Record, flowed: int) -> None:
    """As in ``kernels.py``."""
    state = book.state[0]
    if state.is_flowing:
        if state.flowed == flowed:
            _tell(book, row.seq, row.clock_ns, _NOTHING, NOWHERE, NO_PRICE, 0, 0)
        last = book.flow[state.flowed - 1]
        last.what += ENDS
        state.is_flowing = 0


@_kernel
def apply_rows(
    book: DepthArrays, rows: Rows, at: int, trades: Rows, traded: int, ticks: Rows, sampled: int,
    samples: Rows, tops: Rows,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Take rows, trades and ticks in ``seq`` order until all are taken or book, log or ``tops`` has no room.

    Args:
        book: Changed in place.
        rows, trades, ticks: DEPTH, TRADE and TICK, each in seq order.
        at, traded, sampled: How many of each were taken before.
        samples: SAMPLE (len(ticks),), written.
        tops: TOP (k,), written from the start.

    Returns:
        How many rows, trades and ticks have been taken, and tops written.
    """
    n_tops = 0
    room = book.keys.shape[1]
    last = np.iinfo(np.int64).max
    while True:
        row_seq = rows[at].seq if at < len(rows) else last
        trade_seq = trades[traded].seq if traded < len(trades) else last
        tick_seq = ticks[sampled].seq if sampled < len(ticks) else last
        if row_seq < trade_seq and row_seq < tick_seq:
            if max(book.sides[BID_SIDE].depth, book.sides[ASK_SIDE].depth) >= room - 1 or n_tops == len(tops):
                break
            if book.state[0].logged > len(book.log) - LOGGED_AT_ONCE:
                break
            if book.state[0].flowed > len(book.flow) - FLOWED_AT_ONCE:
                break
            flowed = book.state[0].flowed
            _take_row(book, rows[at])
            if rows[at].flags & _LAST:
                _end_flow(book, rows[at], flowed)
                for side in (BID_SIDE, ASK_SIDE):
                    if book.sides[side].is_near != 0:
                        _show(book, side, rows[at].flags & _SNAPSHOT == 0)
                n_tops = _give_top(book, rows[at], tops, n_tops)
            at += 1
        elif book.state[0].flowed == len(book.flow):
            break
        elif trade_seq < tick_seq:
            _take_trade(book, trades[traded])
            traded += 1
        elif tick_seq < last:
            _sample(book, ticks[sampled], samples[sampled])
            is_flowing = book.state[0].is_flowing
            _tell(book, ticks[sampled].seq, ticks[sampled].clock_ns, _TICK, NOWHERE, NO_PRICE, 0, 0)
            book.state[0].is_flowing = is_flowing
            sampled += 1
        else:
            break
    return at, traded, sampled, n_tops


@_kernel
def read_window(book: DepthArrays, side: int, low: int, sizes: Rows) -> None:
    """Sizes at consecutive ticks from ``low`` up, int64 (n,), written; 0 where nothing rests is left as given."""
    n = len(sizes)
    first = low if side == BID_SIDE else -(low + n - 1)
    at = _rank(book, side, first)
    while at < book.sides[side].depth:
        key = book.keys[side, at]
        tick = key if side == BID_SIDE else -key
        place = tick - low
        if place < 0 or place >= n:
            return
        sizes[place] = book.sizes[side, at]
        at += 1


def warm() -> None:
    """Load the kernels from numba's cache, or compile them (seconds); any thread may call it."""
    book = arrays(4)
    rows, trades = np.zeros(0, DTYPES[Kind.DEPTH]), np.zeros(0, DTYPES[Kind.TRADE])
    ticks = np.zeros(0, DTYPES[Kind.TICK])
    for given in (rows, trades, ticks):
        given.flags.writeable = False  # as books give them
    apply_rows(book, rows, 0, trades, 0, ticks, 0, np.zeros(0, SAMPLE), np.zeros(0, DTYPES[Kind.TOP]))
    read_window(book, BID_SIDE, 0, np.zeros(1, np.int64))
