"""Kernels of the order-level book: every record in one compiled loop over flat arrays.

Prices are kept per side in an array sorted with the best at the END, so that a change near the touch moves
little; asks are stored negated, which makes both sides the same code. Orders of a level are a doubly linked
queue through the order slots. An open-addressing table finds an order by its id; deletion shifts the followers
back, so there are no tombstones and old books stay as fast as new ones.

One long file on purpose: numba's cache on disk notices changes of the file a kernel stands in, not of the files its
parts come from.

Source: ``protocols/databento.md`` 2 (rules); Knuth, TAOCP 3, 6.4, algorithm R (deletion).
"""

from typing import Any

import numpy as np
from numba import njit

from cockpit.engines.book import flow_kernels, heat_kernels, scans, stack_kernels
from cockpit.engines.book.layout import (
    ASK_SIDE,
    BID_SIDE,
    CELL_NS,
    ENDS,
    FLOWED_AT_ONCE,
    GONE,
    LOGGED_AT_ONCE,
    NEARLY_ALL,
    NOWHERE,
    Arrays,
    Record,
    What,
    arrays,
)
from cockpit.events.dtypes import (
    ADD,
    ASK,
    BANDS_BPS,
    BID,
    BOOK_LEVELS,
    CANCEL,
    CLEAR,
    DTYPES,
    FILL,
    MODIFY,
    SAMPLE,
    TRADE,
    Flag,
    Kind,
)
from cockpit.units import NO_PRICE, Rows, Sizes, Ticks

DONE, NEED_ORDERS, NEED_LEVELS, NEED_OUTPUT = 0, 1, 2, 3  # why apply_rows stopped

_SCAN = 8  # levels looked at one by one from the touch before bisecting; nearly all changes are that near
_SPREADER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: ids count up, this scatters them
_LAST, _TOB, _SNAPSHOT, _MAYBE_BAD = Flag.LAST, Flag.TOB, Flag.SNAPSHOT, Flag.MAYBE_BAD_BOOK  # no classes in numba
_NOTHING, _ADDED, _PULLED, _FILLED, _SHOWN = What.NOTHING, What.ADDED, What.PULLED, What.FILLED, What.SHOWN
_LEFT, _TRADED, _TICK = What.LEFT, What.TRADED, What.TICK

# No kernel here makes, keeps or gives back an array, so none needs reference counts; with them a book passed down
# through the parts costs ten times the work itself (measured). Parts are compiled into the kernels that use them.
_kernel: Any = njit(cache=True, nogil=True, _nrt=False)  # pyright: ignore[reportCallIssue]  _nrt is not in the stub
_part: Any = njit(nogil=True, forceinline=True, _nrt=False)  # pyright: ignore[reportCallIssue]  the same


@_part
def _tag(order_id: int) -> Any:
    return np.int64((np.uint64(order_id) * _SPREADER) >> np.uint64(32))


@_part
def _place(book: Arrays, order_id: int) -> int:
    table = book.table
    mask = len(table) - 1
    tag = _tag(order_id)
    at = tag >> book.state[0].shift
    while table[at].slot != 0:
        if table[at].tag == tag and book.orders[table[at].slot - 1].id == order_id:
            return at
        at = (at + 1) & mask
    return NOWHERE


@_part
def _remember(book: Arrays, tag: Any, slot: int) -> None:
    table = book.table
    mask = len(table) - 1
    at = tag >> book.state[0].shift
    while table[at].slot != 0:
        at = (at + 1) & mask
    table[at].tag, table[at].slot = tag, slot + 1


@_part
def _forget(book: Arrays, hole: int) -> None:
    table, shift = book.table, book.state[0].shift
    mask = len(table) - 1
    at = (hole + 1) & mask
    while table[at].slot != 0:
        home = np.int64(table[at].tag) >> shift
        # an entry may move back into the hole unless that lies before its home
        if ((at - home) & mask) >= ((at - hole) & mask):
            table[hole].tag, table[hole].slot = table[at].tag, table[at].slot
            hole = at
        at = (at + 1) & mask
    table[hole].slot = 0


@_kernel
def rehash(old: Rows, book: Arrays) -> None:
    """Enter all orders of an outgrown table into the book's new, empty one."""
    for at in range(len(old)):
        if old[at].slot != 0:
            _remember(book, np.int64(old[at].tag), old[at].slot - 1)


@_part
def _key(side: int, price: int) -> int:
    return price if side == BID_SIDE else -price


@_part
def _rank(book: Arrays, side: int, key: int) -> int:
    """Index of the side's first rung at or above ``key``."""
    rungs = book.ladder[side]
    low, high = 0, book.sides[side].depth
    near = max(high - _SCAN, 0)
    while high > near:
        if rungs[high - 1].key < key:
            return high
        high -= 1
    while low < high:
        middle = (low + high) >> 1
        if rungs[middle].key < key:
            low = middle + 1
        else:
            high = middle
    return low


@_kernel
def level_at(book: Arrays, side: int, price: int) -> int:
    """Slot of the level at a price, or NOWHERE."""
    key = _key(side, price)
    at = _rank(book, side, key)
    if at < book.sides[side].depth and book.ladder[side, at].key == key:
        return book.ladder[side, at].level
    return NOWHERE


@_part
def _enter_level(book: Arrays, side: int, price: int) -> int:
    """Slot of the level at a price, made when it is not there."""
    rungs = book.ladder[side]
    key = _key(side, price)
    at = _rank(book, side, key)
    n = book.sides[side].depth
    if at < n and rungs[at].key == key:
        return rungs[at].level
    slot = _take_level(book)
    one = np.uint64(1)  # unsigned indices let the compiler vectorise (measured: 0.09 ns a rung, else 0.6)
    for i in range(np.uint64(n - at)):
        to = np.uint64(n) - i
        rungs[to].key = rungs[to - one].key
        rungs[to].level = rungs[to - one].level
    rungs[at].key, rungs[at].level = key, slot
    book.sides[side].depth = n + 1
    level = book.levels[slot]
    level.price, level.side, level.noted = price, side, -1
    level.size = level.orders = 0
    level.head = level.tail = NOWHERE
    return slot


@_part
def _take_level(book: Arrays) -> int:
    state = book.state[0]
    slot = state.free_level
    if slot == NOWHERE:
        slot = state.level_room
        state.level_room = slot + 1
    else:
        state.free_level = book.levels[slot].head
    return slot


@_part
def _leave_level(book: Arrays, slot: int) -> None:
    state, level = book.state[0], book.levels[slot]
    rungs = book.ladder[level.side]
    n = book.sides[level.side].depth - 1
    one = np.uint64(1)
    for i in range(np.uint64(_rank(book, level.side, _key(level.side, level.price))), np.uint64(n)):
        rungs[i].key = rungs[i + one].key
        rungs[i].level = rungs[i + one].level
    book.sides[level.side].depth = n
    level.head = state.free_level
    state.free_level = slot


@_part
def _log(book: Arrays, price: int, size: int, side: int) -> None:
    state = book.state[0]
    change = book.log[state.logged]
    change.cell, change.price, change.size, change.side = state.cell, price, size, side
    state.logged += 1


@_part
def _begin_cell(state: Record, clock_ns: int) -> None:
    if clock_ns >= state.cell_end:
        state.cell, state.cell_first = clock_ns // CELL_NS, state.handed + state.logged
        state.cell_end = (state.cell + 1) * CELL_NS


@_part
def _note(book: Arrays, slot: int) -> None:
    """Log what a level is now, once a cell; the slot of a level that was just left still tells which it was."""
    state, level = book.state[0], book.levels[slot]
    if _key(level.side, level.price) >= book.sides[level.side].shown_last:
        book.sides[level.side].is_near = 1
    if level.noted >= state.cell_first:
        book.log[level.noted - state.handed].size = level.size
    else:
        level.noted = state.handed + state.logged
        _log(book, level.price, level.size, level.side)


@_part
def _tell(
    book: Arrays, seq: int, clock_ns: int, what: int, side: int, price: int, size: int, amount: int
) -> None:  # fmt: skip
    """Write a row of the flow."""
    state = book.state[0]
    told = book.flow[state.flowed]
    told.seq, told.clock_ns, told.price, told.size, told.amount = seq, clock_ns, price, size, amount
    told.what, told.side = what, side
    told.order_id = 0
    state.flowed += 1
    state.is_flowing = 1


@_part
def _tell_order(book: Arrays, row: Record, what: int, side: int, price: int, size: int, amount: int) -> None:
    if amount > 0:
        _tell(book, row.seq, row.clock_ns, _SHOWN if book.state[0].in_snapshot else what, side, price, size, amount)
        book.flow[book.state[0].flowed - 1].order_id = row.order_id


@_part
def _tell_less(book: Arrays, row: Record, order: Record, side: int, price: int, size: int, less: int) -> None:
    """An order loses ``less`` of its level: what executions told of it first, the rest was pulled."""
    filled = min(order.filled, less) if less > 0 else 0
    hidden = order.filled - filled if filled == order.size else 0  # executed beyond what it showed
    _tell_order(book, row, _FILLED, side, price, size + less - filled, filled + hidden)
    _tell_order(book, row, _PULLED, side, price, size, less - filled)
    order.filled -= filled + hidden


@_part
def _append(book: Arrays, slot: int, side: int, price: int) -> None:
    order = book.orders[slot]
    order.level = _enter_level(book, side, price)
    level = book.levels[order.level]
    order.next = NOWHERE
    order.previous = level.tail
    if level.tail == NOWHERE:
        level.head = slot
    else:
        book.orders[level.tail].next = slot
    level.tail = slot
    level.size += order.size
    level.orders += 1


@_part
def _detach(book: Arrays, slot: int) -> None:
    order = book.orders[slot]
    level = book.levels[order.level]
    if order.previous == NOWHERE:
        level.head = order.next
    else:
        book.orders[order.previous].next = order.next
    if order.next == NOWHERE:
        level.tail = order.previous
    else:
        book.orders[order.next].previous = order.previous
    level.size -= order.size
    level.orders -= 1
    if level.orders == 0:
        _leave_level(book, order.level)


@_part
def _add(book: Arrays, order_id: int, side: int, price: int, size: int, is_keyed: bool) -> int:
    """Enter an order; returns the slot of its level."""
    state = book.state[0]
    slot = state.free_order
    if slot == NOWHERE:
        slot = state.order_room
        state.order_room = slot + 1
    else:
        state.free_order = book.orders[slot].next
    book.orders[slot].id = order_id
    book.orders[slot].size = size
    book.orders[slot].filled = 0
    _append(book, slot, side, price)
    state.resting += 1
    if is_keyed:
        _remember(book, _tag(order_id), slot)
        state.keyed += 1
    return book.orders[slot].level


@_part
def _remove(book: Arrays, slot: int) -> None:
    state = book.state[0]
    _detach(book, slot)
    at = _place(book, book.orders[slot].id)
    # a synthetic top of book has no key, but a real order may have the same id
    if at != NOWHERE and book.table[at].slot == slot + 1:
        _forget(book, at)
        state.keyed -= 1
    book.orders[slot].next = state.free_order
    state.free_order = slot
    state.resting -= 1


@_part
def _modify(book: Arrays, slot: int, side: int, price: int, size: int) -> None:
    order = book.orders[slot]
    level = book.levels[order.level]
    if size <= order.size and level.price == price and level.side == side:
        level.size += size - order.size  # keeps its place in the queue
        order.size = size
        return
    left = order.level
    _detach(book, slot)
    _note(book, left)  # before its slot can be taken again
    order.size = size
    _append(book, slot, side, price)


@_part
def _stack(book: Arrays, side: int, price: int, size: int) -> None:
    """Count size added to a level, or pulled from it when negative, if the level is one of the best ten.

    The level is in the ladder: additions are counted after the change, what is pulled before it. A snapshot tells
    what is there, not what somebody does.
    """
    tenth = max(book.sides[side].depth - BOOK_LEVELS, 0)  # with fewer levels the worst, which no level is behind
    is_near = _key(side, price) >= book.ladder[side, tenth].key
    # without branches, because nothing predicts them
    book.sides[side].stacked += size * np.int64(is_near) * (1 - book.state[0].in_snapshot)


@_part
def _fill(book: Arrays, order_id: int, size: int) -> None:
    """Add back what the cancel or modify that follows an execution will take out: nobody pulled it."""
    at = _place(book, order_id)
    if at != NOWHERE and size > 0:
        order = book.orders[book.table[at].slot - 1]
        order.filled += size
        book.sides[book.levels[order.level].side].stacked += size


@_part
def _clear(book: Arrays, row: Record) -> None:
    """Empty the book; an empty book can be trusted again."""
    state = book.state[0]
    for at in range(len(book.table)):
        book.table[at].slot = 0
    book.sides[BID_SIDE].depth = 0
    book.sides[ASK_SIDE].depth = 0
    state.order_room = state.level_room = 0
    state.free_order = state.free_level = NOWHERE
    state.keyed = state.resting = 0
    state.is_suspect = 0
    state.changes += 1
    for side in (BID_SIDE, ASK_SIDE):
        for i in range(BOOK_LEVELS):
            book.sides[side].shown_sizes[i] = 0
        book.sides[side].is_near = 1
        _log(book, NO_PRICE, 0, side + GONE)
        _tell(book, row.seq, row.clock_ns, _LEFT, side, NO_PRICE, 0, 0)


@_part
def _refill(book: Arrays, row: Record, order: Record, side: int, price: int, size: int) -> None:
    """An order stays where it is with another size: what was executed goes first, what comes after was added."""
    level = book.levels[order.level]
    filled, had = order.filled, order.size
    left, after = max(had - filled, 0), level.size - had + size
    order.filled = 0
    _tell_order(book, row, _FILLED, side, price, level.size - had + left, filled)
    _tell_order(book, row, _ADDED, side, price, after, size - left)
    _tell_order(book, row, _PULLED, side, price, after, left - size)


@_part
def _enter_known(book: Arrays, row: Record, slot: int, side: int) -> int:
    """A record about an order that rests: its size, price or side is now another; returns the slot of its level."""
    order = book.orders[slot]
    level = book.levels[order.level]
    old_side, old_price, old = level.side, level.price, order.size
    _stack(book, old_side, old_price, -old)
    changed = order.level
    if row.size <= 0:
        _tell_less(book, row, order, old_side, old_price, level.size - old, old)
        _remove(book, slot)
    elif old_side == side and old_price == row.price_ticks:
        _refill(book, row, order, side, old_price, row.size)
        _modify(book, slot, side, row.price_ticks, row.size)
        _stack(book, side, row.price_ticks, row.size)
        changed = order.level
    else:
        _tell_less(book, row, order, old_side, old_price, level.size - old, old)
        order.filled = 0
        _modify(book, slot, side, row.price_ticks, row.size)
        _stack(book, side, row.price_ticks, row.size)
        changed = order.level
        _tell_order(book, row, _ADDED, side, row.price_ticks, book.levels[changed].size, row.size)
    return changed


@_part
def _enter(book: Arrays, row: Record, side: int) -> None:
    state = book.state[0]
    at = _place(book, row.order_id)
    if at == NOWHERE:
        if row.size <= 0:
            state.refused += 1
            return
        if row.action == MODIFY:
            state.unknown_modifies += 1
        changed = _add(book, row.order_id, side, row.price_ticks, row.size, True)
        _stack(book, side, row.price_ticks, row.size)
        _tell_order(book, row, _ADDED, side, row.price_ticks, book.levels[changed].size, row.size)
    else:
        if row.action == ADD:
            state.duplicates += 1
        changed = _enter_known(book, row, book.table[at].slot - 1, side)
    _note(book, changed)
    state.changes += 1


@_part
def _replace_side(book: Arrays, row: Record, side: int) -> None:
    while book.sides[side].depth > 0:
        best = book.ladder[side, book.sides[side].depth - 1].level
        _remove(book, book.levels[best].head)
    _log(book, NO_PRICE, 0, side + GONE)
    book.sides[side].is_near = 1
    _tell(book, row.seq, row.clock_ns, _LEFT, side, NO_PRICE, 0, 0)
    if row.price_ticks != NO_PRICE and row.size > 0:
        _note(book, _add(book, row.order_id, side, row.price_ticks, row.size, False))
        _tell(book, row.seq, row.clock_ns, _SHOWN, side, row.price_ticks, row.size, row.size)
    book.state[0].changes += 1


@_part
def _cancel(book: Arrays, row: Record) -> None:
    state = book.state[0]
    at = _place(book, row.order_id)
    if at == NOWHERE:
        state.unknown_cancels += 1
    elif row.size <= 0:
        state.refused += 1
    else:
        slot = book.table[at].slot - 1
        order = book.orders[slot]
        level = book.levels[order.level]
        less = min(row.size, order.size)
        _stack(book, level.side, level.price, -less)
        _tell_less(book, row, order, level.side, level.price, level.size - less, less)
        state.changes += 1
        left = order.level
        if less < order.size:
            order.size -= less
            level.size -= less
        else:
            _remove(book, slot)
        _note(book, left)


@_part
def _change(book: Arrays, row: Record) -> None:
    state, action, flags = book.state[0], row.action, row.flags
    _begin_cell(state, row.clock_ns)
    if flags & _MAYBE_BAD:
        state.is_suspect = 1
    in_snapshot = flags & _SNAPSHOT
    if action == CLEAR or (action == ADD and in_snapshot and not state.in_snapshot):
        _clear(book, row)  # a snapshot is the whole book; recordings may lack the clear that should precede it
    state.in_snapshot = 1 if in_snapshot else 0
    if action == CANCEL:
        _cancel(book, row)
    elif action == FILL:
        _fill(book, row.order_id, row.size)
    elif action in (ADD, MODIFY):
        is_top = action == ADD and flags & _TOB
        if row.side not in (BID, ASK) or (row.price_ticks == NO_PRICE and not is_top):
            state.refused += 1
            return
        side = BID_SIDE if row.side == BID else ASK_SIDE
        if is_top:
            _replace_side(book, row, side)
        else:
            _enter(book, row, side)


@_part
def _flow(bid: Record, ask: Record, top: Record) -> float:
    """Event OFI from the last top, held in the SIDE records, to the new one; as ``ofi.best_level_ofi``."""
    if NO_PRICE in (bid.top_ticks, ask.top_ticks, top.bid_ticks, top.ask_ticks):
        return np.nan
    flow = 0
    if top.bid_ticks >= bid.top_ticks:
        flow += top.bid_size
    if top.bid_ticks <= bid.top_ticks:
        flow -= bid.top_size
    if top.ask_ticks <= ask.top_ticks:
        flow -= top.ask_size
    if top.ask_ticks >= ask.top_ticks:
        flow += ask.top_size
    return float(flow)


@_part
def _best(book: Arrays, side: int) -> tuple[int, int, int]:
    depth = book.sides[side].depth
    if depth == 0:
        return NO_PRICE, 0, 0
    level = book.levels[book.ladder[side, depth - 1].level]
    return level.price, level.size, level.orders


@_part
def _write_top(book: Arrays, top: Record) -> bool:
    """Write the best quotes, without header, when they differ from those last given out; whether they did."""
    bid, ask = book.sides[BID_SIDE], book.sides[ASK_SIDE]
    top.bid_ticks, top.bid_size, bid_orders = _best(book, BID_SIDE)
    top.ask_ticks, top.ask_size, ask_orders = _best(book, ASK_SIDE)
    same_bid = top.bid_ticks == bid.top_ticks and top.bid_size == bid.top_size and bid_orders == bid.top_orders
    same_ask = top.ask_ticks == ask.top_ticks and top.ask_size == ask.top_size and ask_orders == ask.top_orders
    if same_bid and same_ask:
        return False
    top.bid_count, top.ask_count = bid_orders, ask_orders
    top.ofi = _flow(bid, ask, top)
    bid.top_ticks, bid.top_size, bid.top_orders = top.bid_ticks, top.bid_size, bid_orders
    ask.top_ticks, ask.top_size, ask.top_orders = top.ask_ticks, top.ask_size, ask_orders
    return True


@_kernel
def _show(book: Arrays, side: int, is_counted: bool) -> None:
    """Take the best levels of a side as shown, and count what each rank gained: event OFI, one side of it.

    A rank that was not there before adds nothing, nor does one that is gone.
    """
    kept, rungs = book.sides[side], book.ladder[side]
    n = min(kept.depth, BOOK_LEVELS)
    for i in range(n):
        key, size = rungs[kept.depth - 1 - i].key, book.levels[rungs[kept.depth - 1 - i].level].size
        if is_counted and kept.shown_sizes[i] > 0:
            gained = size if key >= kept.shown_keys[i] else 0
            kept.flows[i] += gained - (kept.shown_sizes[i] if key <= kept.shown_keys[i] else 0)
        kept.shown_keys[i], kept.shown_sizes[i] = key, size
    for i in range(n, BOOK_LEVELS):
        kept.shown_keys[i] = kept.shown_sizes[i] = 0
    kept.shown_last = kept.shown_keys[n - 1] if n == BOOK_LEVELS else NEARLY_ALL
    kept.is_near = 0


@_part
def _show_changed(book: Arrays) -> None:
    """At the end of a transaction, show the sides that may have changed near the touch."""
    state = book.state[0]
    for side in (BID_SIDE, ASK_SIDE):
        if state.is_open == 0 and book.sides[side].is_near != 0:
            _show(book, side, state.in_snapshot == 0)


@_part
def _end_flow(book: Arrays, row: Record, flowed: int) -> None:
    """A transaction is over: mark the last row of this record, or say so in one of its own when it made none."""
    state = book.state[0]
    if state.flowed == flowed:
        _tell(book, row.seq, row.clock_ns, _NOTHING, NOWHERE, NO_PRICE, 0, 0)
    last = book.flow[state.flowed - 1]
    last.what += ENDS
    state.is_flowing = 0


@_part
def _copy_header(row: Record, derived: Record) -> None:
    derived.seq = row.seq
    derived.clock_ns = row.clock_ns
    derived.event_ns = row.event_ns
    derived.recv_ns = row.recv_ns
    derived.instrument = row.instrument


@_kernel
def _write_side(book: Arrays, side: int, twice_mid: float, ticks: Ticks, sizes: Sizes, within: Sizes) -> None:
    """Write one side's best levels, and what rests within each band of the mid; without a mid that is -1."""
    depth, mid = book.sides[side].depth, abs(twice_mid)
    for i in range(BOOK_LEVELS):
        ticks[i] = NO_PRICE
        if i < depth:
            level = book.levels[book.ladder[side, depth - 1 - i].level]
            ticks[i], sizes[i] = level.price, level.size
    for band in range(len(BANDS_BPS)):
        within[band] = -1 if np.isnan(twice_mid) else 0
    for i in range(0 if np.isnan(twice_mid) else depth):
        level = book.levels[book.ladder[side, depth - 1 - i].level]
        away = abs(2.0 * level.price - twice_mid)
        if away * 1e4 > BANDS_BPS[-1] * mid:
            break
        for band in range(len(BANDS_BPS)):
            within[band] += level.size if away * 1e4 <= BANDS_BPS[band] * mid else 0


@_kernel
def _write_sample(book: Arrays, tick: Record, sample: Record) -> None:
    """Write what the book is now; the sample is zeroed."""
    bid, ask = book.sides[BID_SIDE], book.sides[ASK_SIDE]
    sample.seq, sample.clock_ns = tick.seq, tick.clock_ns
    sample.bid_ticks, _, _ = _best(book, BID_SIDE)
    sample.ask_ticks, _, _ = _best(book, ASK_SIDE)
    twice_mid = np.nan if min(bid.depth, ask.depth) == 0 else float(sample.bid_ticks) + sample.ask_ticks
    _write_side(book, BID_SIDE, twice_mid, sample.bid_level_ticks, sample.bid_sizes, sample.bid_within)
    _write_side(book, ASK_SIDE, twice_mid, sample.ask_level_ticks, sample.ask_sizes, sample.ask_within)
    for i in range(BOOK_LEVELS):
        sample.flows[i] = bid.flows[i] - ask.flows[i]
    sample.bid_stacked, sample.ask_stacked = bid.stacked, ask.stacked
    sample.is_suspect = book.state[0].is_suspect


@_kernel
def _rows_before(rows: Rows, start: int, seq: int) -> int:
    """Index of the first row from ``start`` on whose seq is not below ``seq``."""
    low, high = start, len(rows)
    while low < high:
        middle = (low + high) >> 1
        if rows[middle].seq < seq:
            low = middle + 1
        else:
            high = middle
    return low


@_kernel
def apply_rows(
    book: Arrays, rows: Rows, start: int, tops: Rows, prints: Rows, ticks: Rows, sampled: int, samples: Rows
) -> tuple[int, int, int, int, int]:
    """Take MBO rows from index ``start`` on, writing derived rows into ``tops`` and ``prints``.

    Args:
        book: Where they go.
        rows, ticks: MBO and TICK rows, each in seq order.
        start, sampled: Index of the first row to take and of the first tick without a sample.
        tops, prints: Room for derived rows.
        samples: Zeroed room for a sample of every tick, by index: the book after all rows before the tick.

    Returns:
        Index of the first row not taken, why it stopped (DONE, or what there must be more of before going on
        from there), rows written into ``tops`` and into ``prints``, index of the first tick without a sample.
    """
    state = book.state[0]
    n_tops = n_prints = 0
    for tick in range(sampled, len(ticks) + 1):
        stop = len(rows) if tick == len(ticks) else _rows_before(rows, start, ticks[tick].seq)
        for i in range(start, stop):
            row = rows[i]
            is_log_full = state.logged > len(book.log) - LOGGED_AT_ONCE
            is_log_full = is_log_full or state.flowed > len(book.flow) - FLOWED_AT_ONCE
            if n_tops == len(tops) or n_prints == len(prints) or is_log_full:
                return i, NEED_OUTPUT, n_tops, n_prints, tick
            if state.free_order == NOWHERE and state.order_room == len(book.orders):
                return i, NEED_ORDERS, n_tops, n_prints, tick
            if state.free_level == NOWHERE and state.level_room == len(book.levels):
                return i, NEED_LEVELS, n_tops, n_prints, tick
            flowed = state.flowed
            _change(book, row)
            if row.action == TRADE and row.size > 0 and row.price_ticks != NO_PRICE:
                traded = prints[n_prints]
                _copy_header(row, traded)
                traded.price_ticks = row.price_ticks
                traded.size = row.size
                traded.aggressor = row.side
                n_prints += 1
                rested = ASK_SIDE if row.side == BID else BID_SIDE if row.side == ASK else NOWHERE
                _tell(book, row.seq, row.clock_ns, _TRADED, rested, row.price_ticks, 0, row.size)
            state.is_open = 0 if row.flags & _LAST else 1
            if state.is_open == 0 and state.is_flowing:
                _end_flow(book, row, flowed)
            _show_changed(book)
            if state.is_open == 0 and _write_top(book, tops[n_tops]):
                _copy_header(row, tops[n_tops])
                n_tops += 1
        start = stop
        if tick < len(ticks):
            if state.flowed == len(book.flow):
                return start, NEED_OUTPUT, n_tops, n_prints, tick
            _write_sample(book, ticks[tick], samples[tick])
            is_flowing = state.is_flowing
            _tell(book, ticks[tick].seq, ticks[tick].clock_ns, _TICK, NOWHERE, NO_PRICE, 0, 0)
            state.is_flowing = is_flowing
    return len(rows), DONE, n_tops, n_prints, len(ticks)


@_kernel
def restore(book: Arrays, ids: Rows, sizes: Sizes, prices: Ticks, orders: Sizes, bids: int, keyless: Sizes) -> None:
    """Fill an empty, big enough book with queues.

    Args:
        ids, sizes: uint64 and int64 (n,), the orders by level and priority.
        prices, orders: int64 (m,), the levels: ``bids`` of bid, then those of ask, each worst first.
        keyless: int64 (k,), ascending indices of the orders that no id finds (synthetic tops of book).
    """
    at = skipped = 0
    for level in range(len(prices)):
        side = BID_SIDE if level < bids else ASK_SIDE
        for _ in range(orders[level]):
            is_keyed = skipped == len(keyless) or keyless[skipped] != at
            skipped += 0 if is_keyed else 1
            _add(book, ids[at], side, prices[level], sizes[at], is_keyed)
            at += 1


def warm() -> None:
    """Load the kernels of all books from numba's cache, or compile them (seconds); any thread may call it."""
    book, empty = arrays(), np.zeros(0, np.int64)
    rows, ticks = np.zeros(0, DTYPES[Kind.MBO]), np.zeros(0, DTYPES[Kind.TICK])
    rows.flags.writeable = ticks.flags.writeable = False  # as books give them
    tops, prints = np.empty(0, DTYPES[Kind.TOP]), np.empty(0, DTYPES[Kind.PRINT])
    apply_rows(book, rows, 0, tops, prints, ticks, 0, np.zeros(0, SAMPLE))
    rehash(book.table, book)
    level_at(book, BID_SIDE, 0)
    restore(book, np.zeros(0, np.uint64), empty, empty, empty, 0, empty)
    scans.warm(book)
    stack_kernels.warm()
    flow_kernels.warm()
    heat_kernels.warm()
