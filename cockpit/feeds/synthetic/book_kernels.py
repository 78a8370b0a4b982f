"""The order book's events, drawn one after the other in one compiled loop over flat arrays.

Arrivals excite each other: what is set off scales with ``A``, a base and four exponentials of different speed. Each
event adds to them in proportion to what it is of the current total, which keeps the branching ratio the same in
every state. The next event comes after an exponential time of the current total, is thinned by the decayed one, and
is drawn anew at the edge of every cell, so that pieces of whole cells are the whole.

Rows are written as the recorded feed has them: per price one T of the aggressor, an F per resting order, then its C
or M, one time stamp, the last row of the transaction marked.

One long file on purpose: numba's cache on disk notices changes of the file a kernel stands in, not of the files its
parts come from.

Source: ``market-model.md`` 3 (book) and 4 (misses); departures: ``resources/docs/adr/0013``.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, CLEAR, FILL, MODIFY, TRADE, Flag
from cockpit.feeds.synthetic.book_layout import (
    NOBODY,
    POOL,
    REACH,
    RING,
    SIGNS,
    SLACK,
    STAYS,
    WALL_CLASS,
    BookArrays,
    Record,
)
from cockpit.feeds.synthetic.philox import HALF, LOW, philox, unit

CELL_S: Final = 0.1
ROOM: Final = 4096  # rows the largest transaction may need
SPARK_FADE, NEAR_FADE, MID_FADE, SLOW_FADE = 20_000.0, 1500.0, 5.0, 0.15  # per s
_LAST, _SNAPSHOT = Flag.LAST, Flag.SNAPSHOT
_MASK: Final = RING - 1
_NO = NOBODY

_kernel: Any = njit(cache=True, nogil=True, _nrt=False)  # pyright: ignore[reportCallIssue]  _nrt is not in the stub
_part: Any = njit(nogil=True, forceinline=True, _nrt=False)  # pyright: ignore[reportCallIssue]  the same
_call: Any = njit(nogil=True, _nrt=False)  # pyright: ignore[reportCallIssue]  rare or large: not inlined


# -- random numbers ------------------------------------------------------------------------------------------


@_call
def _refill(book: BookArrays) -> None:
    s = book.state[0]
    w0, w1, w2, w3 = philox(
        s.count & LOW, s.count >> HALF, np.uint64(3), np.uint64(0), s.seed, np.uint64(1000 + s.instrument)
    )
    book.words[0], book.words[1], book.words[2], book.words[3] = w0, w1, w2, w3
    s.count += np.uint64(1)
    s.used = 0


@_part
def _uniform(book: BookArrays) -> float:
    s = book.state[0]
    if s.used >= 4:
        _refill(book)
    word = book.words[s.used]
    s.used += 1
    return unit(word)


@_part
def _pick(sums: Any, u: float) -> int:
    at = 0
    last = len(sums) - 1
    while at < last and u >= sums[at]:
        at += 1
    return at


@_part
def _below(book: BookArrays, n: int) -> int:
    return int(_uniform(book) * n)


# -- rows ----------------------------------------------------------------------------------------------------


@_part
def _begin(book: BookArrays, now: int) -> None:
    """Begin a transaction: its place and its two times. The venue is 30 to 95 microseconds ahead of us."""
    s = book.state[0]
    s.now = now
    s.sequence += 1
    delay = 30_000 + (((s.sequence * 2654435761) >> 8) & 0xFFFF)
    s.stamp = max(s.stamp, now - delay)


@_part
def _write(book: BookArrays, rows: Record, action: int, side: int, price: int, size: int, order_id: int) -> None:
    s = book.state[0]
    row = rows[s.written]
    row.clock_ns = s.now
    row.event_ns = s.stamp
    row.recv_ns = s.now
    row.instrument = s.instrument
    row.order_id = order_id
    row.price_ticks = price
    row.size = size
    row.sequence = s.sequence
    row.action = action
    row.side = BID if side > 0 else ASK
    row.flags = 0
    s.written += 1


# -- queues --------------------------------------------------------------------------------------------------


@_part
def _level(book: BookArrays, price: int) -> Any:
    return book.levels[price & _MASK]


@_part
def _queue(book: BookArrays, slot: int, price: int) -> None:
    """Put an order at the end of a price."""
    order = book.orders[slot]
    level = book.levels[price & _MASK]
    order.price = price
    order.next = _NO
    order.previous = level.tail
    if level.tail == _NO:
        level.head = slot
    else:
        book.orders[level.tail].next = slot
    level.tail = slot
    level.size += order.size
    level.orders += 1


@_part
def _unqueue(book: BookArrays, slot: int) -> None:
    order = book.orders[slot]
    level = book.levels[order.price & _MASK]
    if order.previous == _NO:
        level.head = order.next
    else:
        book.orders[order.previous].next = order.next
    if order.next == _NO:
        level.tail = order.previous
    else:
        book.orders[order.next].previous = order.previous
    level.size -= order.size
    level.orders -= 1


@_part
def _enlist(book: BookArrays, slot: int, patience: int) -> None:
    at = book.counts[patience]
    book.members[patience, at] = slot
    book.orders[slot].place = at
    book.orders[slot].patience = patience
    book.counts[patience] = at + 1


@_part
def _dismiss(book: BookArrays, slot: int) -> None:
    patience, place = book.orders[slot].patience, book.orders[slot].place
    last = book.counts[patience] - 1
    moved = book.members[patience, last]
    book.members[patience, place] = moved
    book.orders[moved].place = place
    book.counts[patience] = last


@_call
def _enter(book: BookArrays, rows: Record, side: int, price: int, size: int, hidden: int, patience: int) -> int:
    """Place a new order and write its A; its slot, or NOBODY when the pool is full."""
    s = book.state[0]
    if s.free == 0:
        return _NO
    s.free -= 1
    slot = book.free[s.free]
    order = book.orders[slot]
    order.id = s.next_id
    order.side = side
    order.size = size
    order.hidden = hidden
    order.display = size
    s.next_id += 1
    _queue(book, slot, price)
    _enlist(book, slot, patience)
    _write(book, rows, ADD, side, price, size, order.id)
    if side > 0:
        s.bid = max(s.bid, price)
    else:
        s.ask = min(s.ask, price)
    return slot


@_call
def _forget(book: BookArrays, slot: int) -> None:
    s = book.state[0]
    _unqueue(book, slot)
    _dismiss(book, slot)
    book.free[s.free] = slot
    s.free += 1


@_call
def _cancel(book: BookArrays, rows: Record, slot: int) -> None:
    order = book.orders[slot]
    _write(book, rows, CANCEL, order.side, order.price, order.size, order.id)
    _forget(book, slot)


@_call
def _shrink(book: BookArrays, rows: Record, slot: int) -> None:
    """Make an order of two or more smaller; it keeps its place."""
    order = book.orders[slot]
    size = 1 + _below(book, order.size - 1)
    book.levels[order.price & _MASK].size -= order.size - size
    order.size = size
    _write(book, rows, MODIFY, order.side, order.price, size, order.id)


# -- what happens --------------------------------------------------------------------------------------------


@_part
def _weigh(book: BookArrays, fair: float, pace: float, collapse: float) -> None:
    """Rates of everything in this state.

    Args:
        fair: Fair price, ticks.
        pace: Factor on market orders.
        collapse: Rate of cancels of a touch that is much thinner than the other.
    """
    s, p, w = book.state[0], book.knobs[0], book.weights[0]
    away = min(max(fair - 0.5 * (s.bid + s.ask), -6.0), 6.0)
    spread = s.ask - s.bid
    half = 0.5 * (spread - 1)
    near = away / (1.0 + half)
    bid, ask = _level(book, s.bid), _level(book, s.ask)
    total = float(bid.size + ask.size)
    tilt = (bid.size - ask.size) / total
    lean = min(max(p.lean * near, -3.0), 3.0)
    towards = np.exp(min(max(lean + p.lean_queue * tilt, -3.0), 3.0))
    market = p.market * pace * (1.0 + p.market_far * min(abs(near), 4.0))
    w.buy, w.sell = market * towards, market / towards
    gentle = np.exp(0.25 * lean)
    w.add_bid, w.add_ask = p.add * gentle, p.add / gentle
    keen = np.exp(p.lean_join * min(max(away, -1.5), 1.5))
    lack_bid, lack_ask = max(1.0 - bid.size / p.thin, 0.0), max(1.0 - ask.size / p.thin, 0.0)
    w.join_bid = p.join * lack_bid * lack_bid * keen * (1.0 if away > -p.threat else 0.1)
    w.join_ask = p.join * lack_ask * lack_ask / keen * (1.0 if away < p.threat else 0.1)
    w.inside_bid = w.inside_ask = 0.0
    if spread > 1:
        rate = p.improve2 if spread == 2 else (p.improve3 if spread == 3 else p.improve4 * (spread - 3))
        side = np.exp(min(max(p.lean_inside * away, -4.0), 4.0))
        w.inside_bid, w.inside_ask = rate * side / (1.0 + side), rate / (1.0 + side)
    over_ask, over_bid = max(away - p.threat - 0.6 * half, 0.0), max(-away - p.threat - 0.6 * half, 0.0)
    w.pull_ask = p.pull * over_ask * (1.0 + 0.25 * ask.orders)
    w.pull_bid = p.pull * over_bid * (1.0 + 0.25 * bid.orders)
    share = ask.size / total
    thin = p.collapse_from
    if share < thin:
        w.pull_ask += keen * collapse * (thin - share) * 5.0 * (1.0 + 0.5 * ask.orders)
    elif share > 1.0 - thin:
        w.pull_bid += collapse / keen * (share - 1.0 + thin) * 5.0 * (1.0 + 0.5 * bid.orders)
    w.modify = p.modify
    w.lively = (
        w.buy + w.sell + w.add_bid + w.add_ask + w.join_bid + w.join_ask + w.inside_bid + w.inside_ask
        + w.pull_bid + w.pull_ask + w.modify
    )  # fmt: skip
    w.wall = p.wall
    w.urgent0, w.urgent1 = book.hazard[0] * book.counts[0], book.hazard[1] * book.counts[1]
    w.urgent = w.wall + w.urgent0 + w.urgent1


@_part
def _weigh_idle(book: BookArrays, ease: float) -> None:
    w, counts, hazard = book.weights[0], book.counts, book.hazard
    w.idle2 = hazard[2] * counts[2] * ease
    w.idle3 = hazard[3] * counts[3] * ease
    w.idle4 = hazard[4] * counts[4] * ease
    w.idle5 = hazard[5] * counts[5] * ease
    w.idle6 = hazard[6] * counts[6]
    w.idle = w.idle2 + w.idle3 + w.idle4 + w.idle5 + w.idle6


@_call
def _limit(book: BookArrays, rows: Record, side: int) -> None:
    """A limit order at a drawn distance behind its touch."""
    s = book.state[0]
    bin_ = _pick(book.distance, _uniform(book))
    low, high = book.edges[bin_], book.edges[bin_ + 1]
    behind = low + _below(book, high - low)
    price = s.bid - behind if side > 0 else s.ask + behind
    if behind > 4:
        past = price & 3
        if past != 0 and _uniform(book) < 0.09:  # whole points attract, away from the touch
            price = price - past if side > 0 else price + 4 - past
    _rest(book, rows, side, price, 0 if behind <= 2 else (1 if behind < 20 else 2))


@_call
def _rest(book: BookArrays, rows: Record, side: int, price: int, zone: int) -> None:
    """A limit order at a price; ``zone`` 0 near, 1 in the middle, 2 deep."""
    size = book.add_sizes[_pick(book.adds, _uniform(book))]
    patience = _pick(book.patience[zone], _uniform(book))
    hidden = 0
    if zone == 0 and _uniform(book) < book.knobs[0].iceberg:
        size = 5 + _below(book, 10)
        u = _uniform(book)
        hidden = size * (2 + int(u * u * 18))
        patience = 5
    _enter(book, rows, side, price, size, hidden, patience)


@_call
def _pull(book: BookArrays, rows: Record, side: int) -> None:
    """Cancel one of the last dozen orders of a threatened touch."""
    s = book.state[0]
    level = _level(book, s.bid if side > 0 else s.ask)
    slot = level.tail
    back = _below(book, min(level.orders, 12))
    while back > 0 and book.orders[slot].previous != _NO:
        slot = book.orders[slot].previous
        back -= 1
    while slot != _NO and book.orders[slot].display < 0:
        slot = book.orders[slot].previous
    if slot != _NO:
        _cancel(book, rows, slot)


@_call
def _change(book: BookArrays, rows: Record) -> None:
    """Modify: smaller at the touch, or a patient order within twelve ticks smaller or elsewhere."""
    s = book.state[0]
    if _uniform(book) < book.knobs[0].modify_touch:
        slot = _level(book, s.bid if _uniform(book) < 0.5 else s.ask).tail
        back = 0
        while slot != _NO and back < 8 and (book.orders[slot].size < 2 or book.orders[slot].display < 0):
            slot = book.orders[slot].previous
            back += 1
        if slot != _NO and book.orders[slot].size >= 2 and book.orders[slot].display > 0:
            _shrink(book, rows, slot)
            return
    for attempt in range(6):
        patience = 3 if _uniform(book) < 0.5 else 4
        if book.counts[patience] == 0:
            continue
        slot = book.members[patience, _below(book, book.counts[patience])]
        order = book.orders[slot]
        behind = s.bid - order.price if order.side > 0 else order.price - s.ask
        if behind > 12 and attempt < 5:
            continue
        if _uniform(book) >= 0.5 and order.size >= 2:
            _shrink(book, rows, slot)
            return
        if _shift(book, rows, slot):
            return


@_call
def _shift(book: BookArrays, rows: Record, slot: int) -> bool:
    """Move an order by one to three ticks, never through the other side; whether it moved."""
    s = book.state[0]
    order = book.orders[slot]
    up = _uniform(book) < 0.5
    u = _uniform(book)
    by = 1 + int(u * u * 3)
    price = order.price + by if up else order.price - by
    price = min(price, s.ask - 1) if order.side > 0 else max(price, s.bid + 1)
    if price == order.price:
        return False
    _unqueue(book, slot)
    _queue(book, slot, price)
    if order.side > 0:
        s.bid = max(s.bid, price)
    else:
        s.ask = min(s.ask, price)
    _write(book, rows, MODIFY, order.side, price, order.size, order.id)
    return True


@_call
def _market(book: BookArrays, rows: Record) -> None:
    """A market order: its side repeats an earlier one or follows the weights; it sweeps or is cut to the touch."""
    s, p, w = book.state[0], book.knobs[0], book.weights[0]
    if _uniform(book) < p.repeat:
        back = min(int(_uniform(book) ** -1.25), SIGNS - 1)
        side = int(book.signs[(s.signs - back) & (SIGNS - 1)])
    else:
        side = 1 if _uniform(book) * (w.buy + w.sell) < w.buy else -1
    book.signs[s.signs & (SIGNS - 1)] = side
    s.signs += 1
    u = _uniform(book)
    if u < book.markets[-1]:
        size = book.market_sizes[_pick(book.markets, u)]
    else:
        size = min(int(6.0 * p.tail * _uniform(book) ** (-1.0 / 1.35)), 400)
    touch = _level(book, s.ask if side > 0 else s.bid).size
    if size > touch and _uniform(book) > p.sweep:
        size = touch
    take(book, rows, side, size, 12)


@_call
def take(book: BookArrays, rows: Record, side: int, size: int, levels: int) -> int:
    """Trade ``size`` against the other side, through up to ``levels`` prices; what was traded."""
    s = book.state[0]
    taker = s.next_id
    s.next_id += 1
    left = size
    while left > 0 and levels > 0 and s.written < len(rows) - ROOM // 4:
        price = s.ask if side > 0 else s.bid
        level = _level(book, price)
        first = s.written
        left -= _match(book, rows, side, price, left, taker)
        if s.written == first:
            break
        if level.size <= 0:
            levels -= 1
            _settle_touch(book, rows)
    return size - left


@_call
def _match(book: BookArrays, rows: Record, side: int, price: int, size: int, taker: int) -> int:
    """Trade at one price with what is shown there: T, the fills, then what they leave; what was traded."""
    s = book.state[0]
    level = _level(book, price)
    if level.size <= 0:
        return 0
    got = min(size, level.size)
    _write(book, rows, TRADE, side, price, got, taker)
    first = s.written
    left = got
    slot = level.head
    while left > 0:
        part = min(left, book.orders[slot].size)
        _write(book, rows, FILL, -side, price, part, book.orders[slot].id)
        left -= part
        slot = book.orders[slot].next
    for at in range(first, s.written):
        _filled(book, rows, level.head, rows[at].size)
    return got


@_call
def _filled(book: BookArrays, rows: Record, slot: int, part: int) -> None:
    """What a fill leaves of the first order of a price: less, nothing, or the next part of an iceberg."""
    order = book.orders[slot]
    if part < order.size:
        order.size -= part
        book.levels[order.price & _MASK].size -= part
        _write(book, rows, MODIFY, order.side, order.price, order.size, order.id)
    elif order.hidden > 0:
        # down to one and up again: only a modify upwards loses its place, as a refilled iceberg does
        _write(book, rows, MODIFY, order.side, order.price, 1, order.id)
        _unqueue(book, slot)
        order.size = min(abs(order.display), order.hidden)
        order.hidden -= order.size
        _queue(book, slot, order.price)
        _write(book, rows, MODIFY, order.side, order.price, order.size, order.id)
    else:
        _cancel(book, rows, slot)


@_call
def _build_wall(book: BookArrays, rows: Record) -> None:
    """A large order two to twelve ticks away, rather on a whole point."""
    s = book.state[0]
    side = 1 if _uniform(book) < 0.5 else -1
    behind = 2 + _below(book, 11)
    price = s.bid - behind if side > 0 else s.ask + behind
    past = price & 3
    if _uniform(book) < 0.6 and past != 0:
        price = price - past if side > 0 else price + 4 - past
    u = _uniform(book)
    size = int(book.knobs[0].wall_size * (0.5 + 2.0 * u * u))
    _enter(book, rows, side, price, max(size - size % 10, 10), 0, WALL_CLASS)


@_call
def _leave(book: BookArrays, rows: Record, place: float, scale: float) -> None:
    """A cancel by patience; off the touch most orders stay, and so does one who stands alone at it."""
    s, p, w = book.state[0], book.knobs[0], book.weights[0]
    patience = 6
    if place < w.urgent0:
        patience = 0
    elif place < w.urgent0 + w.urgent1:
        patience = 1
    else:
        place = (place - w.urgent0 - w.urgent1) / scale
        three = w.idle2 + w.idle3
        four = three + w.idle4
        if place < three:
            patience = 2 if place < w.idle2 else 3
        elif place < four + w.idle5:
            patience = 4 if place < four else 5
    if book.counts[patience] == 0:
        return
    slot = book.members[patience, _below(book, book.counts[patience])]
    order = book.orders[slot]
    behind = s.bid - order.price if order.side > 0 else order.price - s.ask
    if 3 <= patience <= 5 and behind > 0:
        stays = p.far3 if patience == 3 else (p.far4 if patience == 4 else p.far5)
        if _uniform(book) > (2.5 * stays if behind == 1 else stays):
            return
    if patience > 1 and behind == 0 and _level(book, order.price).orders == 1 and _uniform(book) < 0.8:
        return
    _cancel(book, rows, slot)


@_call
def _settle_touch(book: BookArrays, rows: Record) -> None:
    """Find the touch again after a level was emptied; an emptied side is founded anew a tick behind."""
    s = book.state[0]
    steps = 0
    while book.levels[s.bid & _MASK].size <= 0 and steps < REACH:
        s.bid -= 1
        steps += 1
    if steps == REACH:
        s.bid += REACH - 1
        _enter(book, rows, 1, s.bid, 1, 0, STAYS)
    steps = 0
    while book.levels[s.ask & _MASK].size <= 0 and steps < REACH:
        s.ask += 1
        steps += 1
    if steps == REACH:
        s.ask -= REACH - 1
        _enter(book, rows, -1, s.ask, 1, 0, STAYS)


@_call
def _scare_walls(book: BookArrays) -> None:
    """Make most walls urgent that the touch has come near."""
    s = book.state[0]
    at = 0
    while at < book.counts[WALL_CLASS]:
        slot = book.members[WALL_CLASS, at]
        order = book.orders[slot]
        behind = s.bid - order.price if order.side > 0 else order.price - s.ask
        if behind <= 1 and order.id % 10 < 7:
            _dismiss(book, slot)
            _enlist(book, slot, 1)
        else:
            at += 1


@_call
def _follow(book: BookArrays, rows: Record, side: int) -> None:
    """Move one side's reach to its touch: take out what is too far now, put orders where it was not before."""
    s, depth = book.state[0], book.knobs[0].depth
    old, new = (s.center_bid, s.bid) if side > 0 else (s.center_ask, s.ask)
    # distances grow away from the touch: down for bids, up for asks
    gone = (new - old) * side  # ticks the touch went forward, which leaves as many at the far end
    for step in range(abs(gone)):
        if gone > 0:
            slot = _level(book, old - side * (REACH - step)).head
            while slot != _NO and s.written < len(rows) - 8:
                after = book.orders[slot].next
                _cancel(book, rows, slot)
                slot = after
        else:
            price = old - side * (REACH + 1 + step)
            if _level(book, price).size == 0:
                _enter(book, rows, side, price, max(int(0.15 * depth), 1), 0, STAYS)
    if side > 0:
        s.center_bid = new
    else:
        s.center_ask = new


# -- the loop ------------------------------------------------------------------------------------------------


@_part
def _happen(book: BookArrays, rows: Record, place: float) -> None:
    """One of the lively events, chosen by its place among the weights."""
    s, w = book.state[0], book.weights[0]
    adds = w.add_bid + w.add_ask
    joins = adds + w.join_bid + w.join_ask
    insides = joins + w.inside_bid + w.inside_ask
    pulls = insides + w.pull_bid + w.pull_ask
    if place < adds:
        _limit(book, rows, 1 if place < w.add_bid else -1)
    elif place < joins:
        is_bid = place < adds + w.join_bid
        _rest(book, rows, 1 if is_bid else -1, s.bid if is_bid else s.ask, 0)
    elif place < insides:
        is_bid = place < joins + w.inside_bid
        _rest(book, rows, 1 if is_bid else -1, s.bid + 1 if is_bid else s.ask - 1, 0)
    elif place < pulls:
        _pull(book, rows, 1 if place < insides + w.pull_bid else -1)
    elif place < pulls + w.modify:
        _change(book, rows)
    else:
        _market(book, rows)


@_part
def _calm_down(book: BookArrays, seconds: float) -> None:
    s = book.state[0]
    s.spark *= np.exp(-SPARK_FADE * seconds)
    s.near *= np.exp(-NEAR_FADE * seconds)
    s.mid *= np.exp(-MID_FADE * seconds)
    s.slow *= np.exp(-SLOW_FADE * seconds)


@_part
def _excite(book: BookArrays, total: float) -> None:
    s, p = book.state[0], book.knobs[0]
    s.spark += p.spark * SPARK_FADE / total
    s.near += p.near * NEAR_FADE / total
    s.mid += p.mid * MID_FADE / total
    s.slow += p.slow * SLOW_FADE / total


@_part
def _finish(book: BookArrays, rows: Record, first: int, bid: int, ask: int) -> None:
    """Close a transaction that began at row ``first`` with that touch."""
    s = book.state[0]
    _settle_touch(book, rows)
    if s.bid != bid or s.ask != ask:
        _scare_walls(book)
        if abs(s.bid - s.center_bid) >= SLACK:
            _follow(book, rows, 1)
        if abs(s.ask - s.center_ask) >= SLACK:
            _follow(book, rows, -1)
    if s.written > first:
        rows[s.written - 1].flags |= _LAST


@_kernel
def run(book: BookArrays, fair: Any, heat: Any, activity: Any, at: int, start_ns: int, rows: Record) -> int:
    """Fill rows with what happens in the cells from ``at`` on, until they are done or the rows are full.

    Args:
        fair: Fair price at the cells' edges, ticks, (n+1,).
        heat, activity: Per cell, (n,).
        at: First cell to run; its time so far is in the state.
        start_ns: Where cell 0 begins, ns UTC.
        rows: MBO rows to write from ``state.written`` on; more than ROOM of them.

    Returns:
        The cell that comes next; ``state.written`` says how many rows there are now.
    """
    s, p, w = book.state[0], book.knobs[0], book.weights[0]
    base = 1.0 - p.spark - p.near - p.mid - p.slow
    room = len(rows) - ROOM
    while at < len(heat):
        busy = activity[at]
        if busy <= 0.0:
            s.offset = 0.0
            at += 1
            continue
        ease = p.hazard * (0.35 + 0.65 * heat[at])
        pace = heat[at] ** p.heat_market
        collapse = p.collapse * heat[at] ** p.heat_collapse
        busy *= heat[at] ** p.heat_add
        cell_ns = start_ns + at * 100_000_000
        slope = (fair[at + 1] - fair[at]) / CELL_S
        while True:
            if s.written >= room:
                return at
            _weigh(book, fair[at] + slope * s.offset, pace, collapse)
            _weigh_idle(book, ease)
            excited = base + s.spark + s.near + s.mid + s.slow
            total = excited * busy * w.lively + w.urgent + w.idle * busy * (0.3 + 0.7 * excited)
            wait = -np.log(_uniform(book)) / total
            if s.offset + wait >= CELL_S:
                _calm_down(book, CELL_S - s.offset)
                s.offset = 0.0
                break
            s.offset += wait
            _calm_down(book, wait)
            place = _uniform(book) * total
            excited = base + s.spark + s.near + s.mid + s.slow
            lively = excited * busy * w.lively
            scale = busy * (0.3 + 0.7 * excited)
            if place >= lively + w.urgent + w.idle * scale:
                continue
            first, bid, ask = s.written, s.bid, s.ask
            _begin(book, cell_ns + int(s.offset * 1e9))
            if place < lively:
                _excite(book, busy * w.lively)
                _happen(book, rows, place / (excited * busy))
            elif place - lively < w.wall:
                _build_wall(book, rows)
            else:
                _leave(book, rows, place - lively - w.wall, scale)
            _finish(book, rows, first, bid, ask)
        at += 1
    return at


@_kernel
def found(book: BookArrays, middle: int, now: int, rows: Record) -> None:
    """Put the first book around a price: deeper behind the touch, thinning out far away; A rows without flags."""
    s, p = book.state[0], book.knobs[0]
    s.bid, s.ask = middle, middle + 1
    s.center_bid, s.center_ask = s.bid, s.ask
    s.near, s.mid, s.slow, s.spark = p.near, p.mid, p.slow, p.spark
    _begin(book, now)
    for half in range(2):
        side = 1 - 2 * half
        touch = middle + half
        for behind in range(REACH + 1):
            share = 0.45 if behind == 0 else (0.75 if behind == 1 else 1.0)
            if behind >= 30:
                share = max(0.15, 1.0 - (behind - 30) / 200)
            want, got = p.depth * share, 0
            while got < want and s.written < len(rows) and s.free > POOL // 8:
                size = book.add_sizes[_pick(book.adds, _uniform(book))]
                u = _uniform(book)
                if behind < 3:
                    patience = 3 if u < 0.5 else 4
                elif behind < 40 or u < 0.4:
                    patience = 4 if _uniform(book) < 0.6 else 5
                else:
                    patience = STAYS
                _enter(book, rows, side, touch - side * behind, size, 0, patience)
                got += size


@_kernel
def dump(book: BookArrays, now: int, rows: Record) -> int:
    """Write the book as a snapshot: a clear, then every order, best price first; how many rows."""
    s = book.state[0]
    kept, clock, stamp = s.written, s.now, s.stamp
    s.written, s.now = 0, now
    s.stamp = min(max(stamp, now - 95_000), now)
    _write(book, rows, CLEAR, 1, 0, 0, 0)
    rows[0].side = 78  # N
    for half in range(2):
        side = 1 - 2 * half
        touch = s.bid if side > 0 else s.ask
        for behind in range(RING // 2 - SLACK * 4):
            level = _level(book, touch - side * behind)
            slot = level.head
            if slot != _NO and book.orders[slot].side != side:
                break  # around the ring: this is the other side's far end
            while slot != _NO:
                order = book.orders[slot]
                _write(book, rows, ADD, side, order.price, order.size, order.id)
                slot = order.next
    n = s.written
    for at in range(n):
        rows[at].flags = _SNAPSHOT
    rows[n - 1].flags |= _LAST
    s.written, s.now, s.stamp = kept, clock, stamp
    return n


@_kernel
def plant(book: BookArrays, rows: Record, now: int, side: int, price: int, size: int, hidden: int) -> int:
    """Place an order that nobody but its trader changes; its slot. It is a transaction of its own."""
    s = book.state[0]
    first, bid, ask = s.written, s.bid, s.ask
    _begin(book, now)
    slot = _enter(book, rows, side, price, size, hidden, STAYS)
    if slot != _NO:
        book.orders[slot].display = -size
    _finish(book, rows, first, bid, ask)
    return slot


@_kernel
def uproot(book: BookArrays, rows: Record, now: int, slot: int, order_id: int) -> bool:
    """Cancel a planted order if it still rests; whether it did."""
    s = book.state[0]
    order = book.orders[slot]
    level = _level(book, order.price)
    at = level.head
    while at != _NO and at != slot:
        at = book.orders[at].next
    if at != slot or order.id != order_id:
        return False
    first, bid, ask = s.written, s.bid, s.ask
    _begin(book, now)
    _cancel(book, rows, slot)
    _finish(book, rows, first, bid, ask)
    return True


@_kernel
def strike(book: BookArrays, rows: Record, now: int, side: int, size: int, levels: int) -> int:
    """A planted market order; what it traded."""
    s = book.state[0]
    first, bid, ask = s.written, s.bid, s.ask
    _begin(book, now)
    done = take(book, rows, side, size, levels)
    _finish(book, rows, first, bid, ask)
    return done
