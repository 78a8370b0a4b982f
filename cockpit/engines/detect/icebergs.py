"""Icebergs: orders that execute for more than they show.

Three kinds. Native: an order executes for more than it showed, or shows itself anew under its id right after an
execution. Synthetic: after an execution finished an order, another of the same size comes to the same price within
``chain_ns``, again and again; each link counts by how unlikely it is that an order of that size came so soon by
chance, given how often such orders came near the touch lately. Guessed, where there are no order ids: trades took
from a level more than it lost and more than additions explain. All of them: at least ``fills`` executions of at
least ``ratio`` times the most that was shown.

Source: ``formulas.md`` 5.7 (iceberg, CME icebergs); the chance of a link is ours.
"""

from collections.abc import Callable
from typing import Final

from cockpit.engines.book.layout import Record, Records, What
from cockpit.engines.detect.iceberg_layout import (
    EPISODES,
    PARENTS,
    IcebergArrays,
    IcebergRule,
    forget,
    iceberg_arrays,
)
from cockpit.engines.detect.iceberg_levels import is_guessed, settle, take_level, take_trade
from cockpit.engines.detect.iceberg_orders import execute, is_linked, link, place, show
from cockpit.engines.detect.layout import CAUSE, begin, is_debounced, kernel, note_fired, part
from cockpit.engines.detect.scanner import Scanner
from cockpit.events.dtypes import EVIDENCE, Detector
from cockpit.units import NO_PRICE, NO_TIME

NATIVE, SYNTHETIC, GUESSED = 1, 2, 3  # what ``values[2]`` says
SEEN_ROOM: Final = max(PARENTS, EPISODES)  # found rows that one row of the flow can make
_ADDED, _PULLED, _FILLED, _SHOWN, _LEFT = What.ADDED, What.PULLED, What.FILLED, What.SHOWN, What.LEFT
_TRADED, _TICK, _GAP = What.TRADED, What.TICK, What.GAP
_ENDS: Final = CAUSE + 1
_ICEBERG = int(Detector.ICEBERG)


@part
def _tell(arrays: IcebergArrays, rule: IcebergRule, row: Record, one: Record, kind: int, found: Record) -> None:
    begin(found, row, arrays.state[0].count, _ICEBERG, one.side, 1 if one.side == 0 else -1)
    arrays.state[0].count += 1
    note_fired(arrays.fired, one.price, one.side, row.clock_ns)
    found.begin_ns, found.price_ticks, found.size, found.count = one.begin_ns, one.price, one.executed, one.fills
    found.threshold, found.ratio = max(rule.ratio * one.most, rule.absolute), one.executed / max(one.most, 1)
    found.values[0], found.values[1], found.values[2] = one.most, one.hidden, kind
    found.causes = one.causes
    for k in range(EVIDENCE):
        found.evidence[k] = one.evidence[k]


@part
def _end(arrays: IcebergArrays, rule: IcebergRule, row: Record, found: Records) -> int:
    """A transaction is over: what may be an iceberg is one, unless it was told of just now."""
    n = 0
    for k in range(PARENTS):
        one = arrays.parents[k]
        if one.is_due and one.last_ns != NO_TIME:
            one.is_due = 0
            if not is_debounced(arrays.fired, one.price, one.side, row.clock_ns, rule.again_ns):
                one.is_seen = 1
                _tell(arrays, rule, row, one, NATIVE if one.is_native else SYNTHETIC, found[n])
                n += 1
    arrays.state[0].due = 0
    return n


@part
def _end_levels(arrays: IcebergArrays, rule: IcebergRule, row: Record, context: Record, found: Records) -> int:
    n = 0
    for k in range(EPISODES):
        one = arrays.episodes[k]
        if one.last_ns == NO_TIME:
            continue
        settle(rule, one, row.clock_ns)
        if row.clock_ns - one.last_ns > rule.idle_ns:
            one.last_ns = NO_TIME
            continue
        is_one = is_guessed(rule, one, context.median[one.side])
        if is_one and not is_debounced(arrays.fired, one.price, one.side, row.clock_ns, rule.again_ns):
            one.is_seen = 1
            _tell(arrays, rule, row, one, GUESSED, found[n])
            n += 1
    return n


@part
def _take_order(arrays: IcebergArrays, rule: IcebergRule, row: Record, what: int, context: Record) -> None:
    """A row about one order; what is common is done here, the rest is called for."""
    order = arrays.orders[place(row.order_id, 12)]
    if what == _ADDED and order.id != row.order_id:
        if is_linked(arrays, rule, row, context):
            link(arrays, rule, row)
    elif what == _ADDED:
        show(arrays, rule, row)
    elif what == _FILLED:
        execute(arrays, rule, row)
    elif what == _SHOWN:
        order.id, order.shown, order.first = row.order_id, row.amount, row.amount
    elif what == _PULLED and order.id == row.order_id:
        order.shown -= row.amount


@kernel
def scan_icebergs(
    arrays: IcebergArrays, rule: IcebergRule, flow: Records, start: int, stop: int, context: Records,
    samples: Records, found: Records,
) -> tuple[int, int]:  # fmt: skip
    """As ``scanner.Scanner`` says."""
    state, n = arrays.state[0], 0
    for i in range(start, stop):
        if n > len(found) - SEEN_ROOM:
            return i, n
        row = flow[i]
        what = row.what & CAUSE
        if row.order_id != 0:
            state.has_ids = 1
            _take_order(arrays, rule, row, what, context[i - start])
        elif what == _GAP or (what == _LEFT and row.price == NO_PRICE):
            forget(arrays)
        elif state.has_ids == 0:
            if what == _TICK:
                n += _end_levels(arrays, rule, row, context[i - start], found[n:])
            elif what == _TRADED:
                take_trade(arrays, rule, row)
            elif _ADDED <= what <= _LEFT:
                take_level(arrays, rule, row, what, context[i - start])
        if row.what >= _ENDS and state.due:
            n += _end(arrays, rule, row, found[n:])
    return stop, n


class Icebergs(Scanner):
    """The icebergs of one instrument."""

    detector = Detector.ICEBERG

    def new_state(self) -> IcebergArrays:
        """Arrays of a detector that has seen nothing."""
        return iceberg_arrays()

    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""
        return scan_icebergs
