"""Layering suspicion: large sizes on neighbouring prices of a side, taken away again without being executed.

A level is a layer from when its size exceeds the threshold. It has been pulled when cancels took more than
``pulled`` of the most it showed. Told of is when at least ``levels`` of ``among`` neighbouring levels were layers
and have been pulled within ``together_ns``, cancels of them at least ``cancels`` times what was added to them
within ``window_ns``, and hardly any of it executed; and when more went from them than goes from such groups in
nearly every second of the last three minutes. Executions on the other side within the window make it more likely.
What a book shows cannot prove intent: it is a suspicion.

Source: ``formulas.md`` 5.7 (layering); that every layer has to be pulled, and that it has to be unusual, is ours:
in a busy book cancels and additions of far levels balance anyway.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import Record, Records, What, record
from cockpit.engines.detect.layers import (
    GROUP,
    LAYER,
    LEVEL,
    LEVELS,
    best_run,
    change,
    collect,
    enter,
    keep_pulled,
    take,
)
from cockpit.engines.detect.layout import (
    CAUSE,
    KEPT_NS,
    KEPT_ROWS,
    add_cause,
    begin,
    call,
    fired,
    is_debounced,
    kernel,
    note_fired,
    part,
)
from cockpit.engines.detect.scanner import Scanner
from cockpit.engines.detect.unusual import MORE, largest, note_size, turn, usual_size
from cockpit.events.dtypes import BID, Detector
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_S, Sizes

STATE: Final = record(
    ("count", np.int64),
    ("due", np.int64),  # 1: a layer of this transaction was pulled
    ("price", np.int64),  # the last such
    ("side", np.int64),
)
_ADDED, _PULLED, _FILLED, _SHOWN, _LEFT = What.ADDED, What.PULLED, What.FILLED, What.SHOWN, What.LEFT
_TRADED, _TICK, _GAP = What.TRADED, What.TICK, What.GAP
_ENDS: Final = CAUSE + 1
_LAYERING = int(Detector.LAYERING)
PLAIN, BACKED = 1, 2  # what ``values[4]`` says: without and with executions on the other side


class LayeringRule(NamedTuple):
    """When layers are suspicious.

    Attributes:
        ratio: Times the median size of the ten best levels a layer must exceed.
        absolute: Size it must exceed instead, when above 0.
        levels, among: So many of so many neighbours must be layers that were pulled.
        pulled: Share of the most it showed that cancels must have taken from a layer.
        cancels: What was cancelled of all of them, by what was added.
        filled: Share of what left them that may have been executed.
        usual: Quantile that what went must exceed: of the most that went so in each second of three minutes.
        window_ns: How far back that is counted; at most KEPT_NS.
        together_ns: How long the layers may take to go.
        again_ns: A price is not told of again within this time.
    """

    ratio: float = 2.0
    absolute: float = 0.0
    levels: int = 3
    among: int = 5
    pulled: float = 0.4
    cancels: float = 0.9
    filled: float = 0.05
    usual: float = 0.99
    window_ns: int = 10 * NS_PER_S
    together_ns: int = 2 * NS_PER_S
    again_ns: int = 5 * NS_PER_S


class LayeringArrays(NamedTuple):
    """Levels by price, and what is judged.

    Attributes:
        levels: LEVEL (2, LEVELS).
        group: LAYER (GROUP,), scratch.
        fired: Prices told of lately.
        state: STATE (1,).
        sizes, seconds, pool, largest: As ``unusual.Largest``, of what went from groups of layers.
    """

    levels: Records
    group: Records
    fired: Records
    state: Records
    sizes: Sizes
    seconds: Sizes
    pool: Sizes
    largest: Records


@part
def _threshold(rule: LayeringRule, context: Record, side: int) -> float:
    return rule.absolute if rule.absolute > 0 else rule.ratio * context.median[side]


@part
def _sum_up(flow: Records, i: int, side: int, since_ns: int, group: Records, n: int, found: Record) -> None:
    """What happened to the layers within the window, while they were such, and on the other side."""
    found.values[3] = 0.0
    for k in range(n):
        group[k].added = group[k].pulled = group[k].filled = 0
    first = i
    while first > 0 and first > i - KEPT_ROWS + 1 and flow[first - 1].clock_ns >= since_ns:
        first -= 1
    for j in range(first, i + 1):
        row = flow[j]
        what = row.what & CAUSE
        if what == _TRADED:
            if row.side == 1 - side:
                found.values[3] += row.amount
            continue
        if row.side != side:
            continue
        for k in range(n):
            if group[k].price == row.price and row.clock_ns >= group[k].since_ns:
                if what == _ADDED:
                    group[k].added += row.amount
                elif what == _PULLED:
                    group[k].pulled += row.amount
                elif what == _FILLED:
                    group[k].filled += row.amount
                else:
                    continue
                add_cause(found, row.seq)


@call
def _judge(
    arrays: LayeringArrays, rule: LayeringRule, flow: Records, i: int, context: Record, found: Record
) -> bool:  # fmt: skip
    """At the end of a transaction that pulled a layer: whether its neighbours are gone as well."""
    state, group, row = arrays.state[0], arrays.group, flow[i]
    side, since_ns = state.side, row.clock_ns - rule.together_ns
    levels = arrays.levels[side]
    own = levels[state.price & (LEVELS - 1)]
    if own.price != state.price:
        return False
    room = min(rule.among - 1, (GROUP - 1) // 2)
    take(group[0], own, True)
    below = collect(levels, group, own.price, -1, room, since_ns, 1) - 1
    n = collect(levels, group, own.price, 1, room, since_ns, 1 + below)
    most, low, high = best_run(group, below, n, rule.among)
    if most < rule.levels:
        return False
    for k in range(high):  # those that count, one after the other
        group[1 + low + k] = group[1 + below + k]
    n, pressing = keep_pulled(group, 1 + low + high)
    gone = 0
    for k in range(n):
        gone += group[k].gone
    usual = 0.0 if rule.absolute > 0 else usual_size(arrays.pool, arrays.largest[0], rule.usual)
    note_size(arrays.largest[0], min(gone, MORE * usual) if usual > 0 else gone)
    if gone <= usual or _is_told(arrays.fired, group, n, side, row.clock_ns, rule.again_ns):
        return False
    # what presses on still pushes the price away; what is gone does so no more
    away = 1 if side == 0 else -1
    begin(found, row, state.count, _LAYERING, side, away if pressing >= rule.levels else -away)
    _sum_up(flow, i, side, row.clock_ns - min(rule.window_ns, KEPT_NS), group, n, found)
    if not _is_layering(rule, group, n, found) or found.size <= usual:
        return False
    found.threshold, median = usual, context.median[side]
    found.ratio = found.size / (found.count * median) if median > 0 else np.nan
    for k in range(n):
        note_fired(arrays.fired, group[k].price, side, row.clock_ns)
    state.count += 1
    return True


@part
def _is_told(fired: Records, group: Records, n: int, side: int, clock_ns: int, again_ns: int) -> bool:
    is_told = False
    for k in range(n):
        is_told = is_told or is_debounced(fired, group[k].price, side, clock_ns, again_ns)
    return is_told


@part
def _is_layering(rule: LayeringRule, group: Records, n: int, found: Record) -> bool:
    """Whether the sums are those of layering; fills them in."""
    added = pulled = filled = 0
    low = high = group[0].price
    for k in range(n):
        one = group[k]
        if one.pulled <= rule.pulled * one.peak:
            continue
        added, pulled, filled = added + one.added, pulled + one.pulled, filled + one.filled
        low, high = min(low, one.price), max(high, one.price)
        found.begin_ns = min(found.begin_ns, one.since_ns)
        found.size += one.gone
        found.count += 1
    if found.count < rule.levels or pulled < rule.cancels * added or filled >= rule.filled * (pulled + filled):
        return False
    found.price_ticks, found.to_ticks = (high, low) if found.side == BID else (low, high)
    found.values[0], found.values[1], found.values[2] = added, pulled, filled
    found.values[4] = BACKED if found.values[3] > 0 else PLAIN
    return True


@part
def _forget(arrays: LayeringArrays) -> None:
    for side in range(2):
        for k in range(LEVELS):
            arrays.levels[side, k].price = NO_PRICE
    arrays.state[0].due = 0


@kernel
def scan_layering(
    arrays: LayeringArrays, rule: LayeringRule, flow: Records, start: int, stop: int, context: Records,
    samples: Records, found: Records,
) -> tuple[int, int]:  # fmt: skip
    """As ``scanner.Scanner`` says."""
    levels, state, n = arrays.levels, arrays.state[0], 0
    for i in range(start, stop):
        if n == len(found):
            return i, n
        row = flow[i]
        what = row.what & CAUSE
        if _ADDED <= what <= _LEFT and row.price != NO_PRICE:
            level, now = levels[row.side, row.price & (LEVELS - 1)], context[i - start]
            is_known = level.price == row.price or (what != _LEFT and enter(level, row, now))
            if is_known and change(level, row, what, _threshold(rule, now, row.side), 1 - rule.pulled):
                state.due, state.price, state.side = 1, row.price, row.side
        elif what == _TICK:
            turn(arrays.sizes, arrays.seconds, arrays.pool, arrays.largest[0], row.clock_ns)
        elif what in (_GAP, _LEFT):
            _forget(arrays)
        if row.what >= _ENDS and state.due:
            state.due = 0
            if _judge(arrays, rule, flow, i, context[i - start], found[n]):
                n += 1
    return stop, n


class Layering(Scanner):
    """The layering suspicions of one instrument."""

    detector = Detector.LAYERING

    def new_state(self) -> LayeringArrays:
        """Arrays of a detector that has seen nothing."""
        levels = np.zeros((2, LEVELS), LEVEL)
        levels["price"], levels["large_ns"], levels["pulled_ns"] = NO_PRICE, NO_TIME, NO_TIME
        return LayeringArrays(levels, np.zeros(GROUP, LAYER), fired(), np.zeros(1, STATE), *largest())

    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""
        return scan_layering
