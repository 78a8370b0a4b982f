"""Icebergs by order ids: orders that execute for more than they showed, and chains of like orders.

An order's size is known from when it was placed; of one placed before that, or forgotten, what executed between two
showings stands for what it showed.
"""

from typing import Any, Final

import numpy as np

from cockpit.engines.book.layout import Record
from cockpit.engines.detect.iceberg_layout import PARENTS, RATE_NS, SIZES, IcebergArrays, IcebergRule
from cockpit.engines.detect.layout import add_cause, call, part
from cockpit.events.dtypes import EVIDENCE
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_MS, NS_PER_S, Sizes

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, so that all ids find places evenly


@part
def place(order_id: Any, bits: int) -> Any:
    """Where something with this id is kept, among ``1 << bits``."""
    return np.int64((np.uint64(order_id) * _SPREAD) >> np.uint64(64 - bits))


@part
def _wait_place(price: int, side: int, size: int) -> Any:
    return np.int64((np.uint64(2 * (price * 1009 + size) + side) * _SPREAD) >> np.uint64(56))


@part
def _count(state: Record, sizes: Sizes, row: Record, context: Record) -> None:
    """An order came near the touch: how often such ones do."""
    if state.since_ns == NO_TIME:
        state.since_ns = state.begun_ns = row.clock_ns
    while row.clock_ns - state.begun_ns >= RATE_NS:
        for side in range(2):
            for k in range(SIZES):
                sizes[0, side, k] = sizes[1, side, k]
                sizes[1, side, k] = 0
        state.begun_ns += RATE_NS
        if row.clock_ns - state.begun_ns >= 2 * RATE_NS:
            state.begun_ns = row.clock_ns
    touch = context.bid if row.side == 0 else context.ask
    if touch == NO_PRICE or abs(touch - row.price) <= 2:
        sizes[1, row.side, row.amount & (SIZES - 1)] += 1


@part
def _chance(arrays: IcebergArrays, row: Record, lag_ns: int) -> float:
    """That an order of this size comes by chance within ``lag_ns``."""
    state, sizes, at = arrays.state[0], arrays.sizes, row.amount & (SIZES - 1)
    counted = sizes[0, row.side, at] + sizes[1, row.side, at] - 1  # without itself
    span_ns = min(row.clock_ns - state.since_ns, row.clock_ns - state.begun_ns + RATE_NS)
    rate = (counted + 1) / max(span_ns, NS_PER_S)
    return -np.expm1(-rate * max(lag_ns, NS_PER_MS))


@part
def _new_parent(arrays: IcebergArrays, of: Record, clock_ns: int, idle_ns: int) -> int:
    """A place for what began as these executions: a free one, or that of the least convincing."""
    parents, at = arrays.parents, 0
    for k in range(PARENTS):
        one = parents[k]
        if one.last_ns == NO_TIME or one.last_ns < clock_ns - idle_ns:
            at = k
            break
        if one.executed < parents[at].executed:
            at = k
    new = parents[at]
    new.id, new.price, new.side = of.id, of.price, of.side
    new.executed, new.fills, new.most = of.executed, of.fills, of.most
    new.hidden = new.is_native = new.is_seen = new.is_due = new.causes = 0
    new.surprise = 0.0
    new.begin_ns, new.last_ns = of.begin_ns, of.last_ns
    for k in range(EVIDENCE):
        new.evidence[k] = -1
    add_cause(new, of.first_seq)
    if of.last_seq != of.first_seq:
        add_cause(new, of.last_seq)
    return at


@part
def _parent_of(arrays: IcebergArrays, order_id: Any, clock_ns: int, idle_ns: int) -> int:
    for k in range(PARENTS):
        one = arrays.parents[k]
        if one.id == order_id and one.last_ns != NO_TIME and one.last_ns >= clock_ns - idle_ns:
            return k
    return -1


@part
def _begin_fills(arrays: IcebergArrays, row: Record, parent: int) -> None:
    new = arrays.fills[place(row.order_id, 9)]
    new.id, new.price, new.side, new.parent = row.order_id, row.price, row.side, parent
    new.executed = new.fills = new.most = 0
    new.begin_ns, new.last_ns = row.clock_ns, NO_TIME
    new.first_seq = new.last_seq = row.seq


@part
def _is_kept(arrays: IcebergArrays, fills: Record) -> bool:
    """Whether its parent still is the same one."""
    return fills.parent >= 0 and arrays.parents[fills.parent].id == fills.id


@part
def _mark(arrays: IcebergArrays, rule: IcebergRule, parent: Record) -> None:
    """Look at it when the transaction is over, if it may be one."""
    enough = parent.fills >= rule.fills and parent.executed >= rule.ratio * parent.most
    enough = enough and parent.executed > rule.absolute and parent.hidden > 0
    is_sure = parent.is_native or parent.surprise >= rule.surprise
    if enough and is_sure and parent.is_seen == 0 and parent.is_due == 0:
        parent.is_due = 1
        arrays.state[0].due += 1


@call
def execute(arrays: IcebergArrays, rule: IcebergRule, row: Record) -> None:
    order, fills = arrays.orders[place(row.order_id, 12)], arrays.fills[place(row.order_id, 9)]
    if order.id != row.order_id:
        order.id, order.shown, order.first = row.order_id, 0, 0
    if fills.id != row.order_id or fills.price != row.price or fills.side != row.side:
        _begin_fills(arrays, row, _parent_of(arrays, row.order_id, row.clock_ns, rule.idle_ns))
    over = max(row.amount - order.shown, 0) if order.first > 0 else 0
    fills.most = max(fills.most, order.shown if order.first > 0 else row.amount - order.shown)
    order.shown -= row.amount - over
    fills.executed += row.amount
    fills.fills += 1
    fills.last_ns, fills.last_seq = row.clock_ns, row.seq
    if _is_kept(arrays, fills):
        parent = arrays.parents[fills.parent]
        parent.executed += row.amount
        parent.fills += 1
        parent.last_ns = row.clock_ns
        parent.most = max(parent.most, fills.most)
        add_cause(parent, row.seq)
    elif over > 0:
        fills.parent = _new_parent(arrays, fills, row.clock_ns, rule.idle_ns)
    if over > 0:
        arrays.parents[fills.parent].hidden += over
        arrays.parents[fills.parent].is_native = 1
    if _is_kept(arrays, fills):
        _mark(arrays, rule, arrays.parents[fills.parent])
    if order.first > 0 and order.shown == 0:
        _finish(arrays, rule, row, fills, order.first)


@part
def _finish(arrays: IcebergArrays, rule: IcebergRule, row: Record, fills: Record, size: int) -> None:
    """An order is executed whole: the next of its chain may come; a longer chain is waited for rather."""
    wait = arrays.waits[_wait_place(row.price, row.side, size)]
    is_taken = wait.last_ns != NO_TIME and row.clock_ns - wait.last_ns <= rule.chain_ns and wait.parent >= 0
    if is_taken and not _is_kept(arrays, fills):
        return
    wait.id, wait.price, wait.side, wait.most = fills.id, row.price, row.side, size
    wait.executed, wait.fills, wait.begin_ns, wait.last_ns = (
        fills.executed,
        fills.fills,
        fills.begin_ns,
        row.clock_ns,
    )
    wait.first_seq, wait.last_seq = fills.first_seq, fills.last_seq
    wait.parent = fills.parent if _is_kept(arrays, fills) else -1


@part
def is_linked(arrays: IcebergArrays, rule: IcebergRule, row: Record, context: Record) -> bool:
    """Remember a new order; whether it may take the place of a finished one."""
    order = arrays.orders[place(row.order_id, 12)]
    order.id, order.shown, order.first = row.order_id, row.amount, row.amount
    _count(arrays.state[0], arrays.sizes, row, context)
    wait = arrays.waits[_wait_place(row.price, row.side, row.amount)]
    if wait.last_ns == NO_TIME or row.clock_ns - wait.last_ns > rule.chain_ns or wait.id == row.order_id:
        return False
    return wait.price == row.price and wait.side == row.side and wait.most == row.amount


@call
def link(arrays: IcebergArrays, rule: IcebergRule, row: Record) -> None:
    """A new order takes the place of a finished one like it, if that is no chance."""
    wait = arrays.waits[_wait_place(row.price, row.side, row.amount)]
    chance = _chance(arrays, row, row.clock_ns - wait.last_ns)
    if chance > rule.chance:
        return
    if wait.parent < 0 or arrays.parents[wait.parent].id != wait.id:
        wait.parent = _new_parent(arrays, wait, row.clock_ns, rule.idle_ns)
    parent = arrays.parents[wait.parent]
    parent.id = row.order_id
    parent.surprise -= np.log(chance)
    parent.hidden += row.amount
    add_cause(parent, row.seq)
    _begin_fills(arrays, row, wait.parent)
    wait.last_ns = NO_TIME


@call
def show(arrays: IcebergArrays, rule: IcebergRule, row: Record) -> None:
    """An order that is known is larger: right after an execution it shows what it hid."""
    order, fills = arrays.orders[place(row.order_id, 12)], arrays.fills[place(row.order_id, 9)]
    order.shown = order.shown + row.amount if order.first > 0 else 0
    is_same = fills.id == row.order_id and fills.price == row.price and fills.side == row.side
    if not is_same or fills.last_ns == NO_TIME or row.clock_ns - fills.last_ns > rule.refresh_ns:
        return
    wait = arrays.waits[_wait_place(row.price, row.side, order.first)]
    if wait.id == row.order_id:
        wait.last_ns = NO_TIME
    if not _is_kept(arrays, fills):
        fills.parent = _new_parent(arrays, fills, row.clock_ns, rule.idle_ns)
    parent = arrays.parents[fills.parent]
    parent.hidden += row.amount
    parent.is_native = 1
    parent.most = max(parent.most, order.shown if order.first > 0 else row.amount)
    add_cause(parent, row.seq)
    _mark(arrays, rule, parent)
