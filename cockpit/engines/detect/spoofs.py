"""Spoof suspicion: a large order that came, leaned on the book and went, while the other side traded.

An addition near the touch, of one order where there are order ids, else of one level, is watched when it is larger
than the threshold and moves the imbalance of the ten best levels by at least ``distort``. It is told of when at
least ``gone`` of it has been pulled within ``life_ns``, hardly any of it executed, and at least ``opposite`` times
its size traded on the other side meanwhile. What a book shows cannot prove intent: it is a suspicion.

Source: ``formulas.md`` 5.7 (spoofing measures: distortion of the imbalance, life, executions on the other side);
the numbers are ours.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import Record, Records, What, record
from cockpit.engines.detect.layout import (
    CAUSE,
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
from cockpit.events.dtypes import BOOK_LEVELS, EVIDENCE, Detector
from cockpit.units import NO_PRICE, NS_PER_S, Sizes

MOST: Final = 16  # additions watched at a time; past it the oldest gives way
LURE: Final = record(
    ("order_id", np.uint64),  # 0: of a level
    ("price", np.int64),
    ("side", np.int64),
    ("size", np.int64),  # when it came
    ("pulled", np.int64),
    ("filled", np.int64),
    ("opposite", np.int64),  # traded on the other side since
    ("hits", np.int64),  # by so many trades
    ("begin_ns", np.int64),
    ("threshold", np.float64),
    ("median", np.float64),
    ("before", np.float64),  # imbalance without it
    ("after", np.float64),  # and with it
    ("is_due", np.int64),
    ("causes", np.int64),
    ("evidence", np.int64, (EVIDENCE,)),
)
STATE: Final = record(
    ("n", np.int64),
    ("count", np.int64),
    ("due", np.int64),
    ("is_known", np.int64),  # whether the sums are
    ("sums", np.float64, (2,)),  # of the ten best levels at the last tick, by side
    ("usual", np.float64),  # what most seconds have no larger addition than
)
_ADDED, _PULLED, _FILLED, _SHOWN, _LEFT = What.ADDED, What.PULLED, What.FILLED, What.SHOWN, What.LEFT
_TRADED, _TICK, _GAP = What.TRADED, What.TICK, What.GAP
_ENDS: Final = CAUSE + 1
_SPOOF = int(Detector.SPOOF)


class SpoofRule(NamedTuple):
    """When an order that went is suspicious.

    Attributes:
        ratio: Times the median size of the ten best levels it must exceed.
        usual: Quantile it must exceed as well: of the largest addition near the touch in each second of the last
            three minutes.
        absolute: Size it must exceed instead of both, when above 0.
        reach_ticks, reach_bps: How far from the touch it may come, the larger of the two.
        distort: By how much it must move the imbalance, which is -1 to 1.
        gone: Share of it that must have been pulled.
        filled: Share of it that may have been executed.
        life_ns: How soon it must have gone.
        opposite: Times its size that must have traded on the other side.
        again_ns: A price is not told of again within this time.
    """

    ratio: float = 2.0
    usual: float = 0.98
    absolute: float = 0.0
    reach_ticks: int = 5
    reach_bps: float = 1.0
    distort: float = 0.1
    gone: float = 0.9
    filled: float = 0.05
    life_ns: int = 5 * NS_PER_S
    opposite: float = 0.05
    again_ns: int = 5 * NS_PER_S


class SpoofArrays(NamedTuple):
    """What came and may go.

    Attributes:
        lures: LURE (MOST,), the first ``state.n`` are in use, oldest first.
        fired: Prices told of lately.
        state: STATE (1,).
        sizes, seconds, pool, largest: As ``unusual.Largest``, of additions near the touch.
    """

    lures: Records
    fired: Records
    state: Records
    sizes: Sizes
    seconds: Sizes
    pool: Sizes
    largest: Records


@part
def _threshold(rule: SpoofRule, state: Record, context: Record, side: int) -> float:
    return rule.absolute if rule.absolute > 0 else max(rule.ratio * context.median[side], state.usual)


@part
def _is_near(rule: SpoofRule, context: Record, side: int, price: int) -> bool:
    touch = context.bid if side == 0 else context.ask
    return touch != NO_PRICE and abs(touch - price) <= max(rule.reach_ticks, abs(touch) * rule.reach_bps * 1e-4)


@part
def _drop(lures: Records, state: Record, at: int) -> None:
    state.n -= 1
    for k in range(at, state.n):
        lures[k] = lures[k + 1]


@call
def _watch(lures: Records, state: Record, rule: SpoofRule, row: Record, context: Record) -> None:
    """Something large came: does it lean on the book?"""
    side, other = row.side, 1 - row.side
    if not state.is_known:
        return
    bids, asks = state.sums[0], state.sums[1]
    before = (bids - asks) / max(bids + asks, 1.0)
    own, against = state.sums[side] + row.amount, state.sums[other]
    after = (own - against) / (own + against) * (1 if side == 0 else -1)
    if abs(after - before) < rule.distort:
        return
    if state.n == MOST:
        _drop(lures, state, 0)
    new = lures[state.n]
    state.n += 1
    new.order_id, new.price, new.side, new.size = row.order_id, row.price, side, row.amount
    new.pulled = new.filled = new.opposite = new.hits = new.is_due = new.causes = 0
    new.begin_ns, new.before, new.after = row.clock_ns, before, after
    new.threshold, new.median = _threshold(rule, state, context, side), context.median[side]
    for k in range(EVIDENCE):
        new.evidence[k] = -1
    add_cause(new, row.seq)


@part
def _is_of(lure: Record, row: Record) -> bool:
    if lure.order_id != 0 or row.order_id != 0:
        return lure.order_id == row.order_id
    return lure.price == row.price and lure.side == row.side


@call
def _follow(lures: Records, state: Record, rule: SpoofRule, row: Record, what: int) -> bool:
    """What a row says of those watched; whether it was about one of them."""
    k, is_about = 0, False
    while k < state.n:
        lure = lures[k]
        if what == _TRADED:
            if row.side == 1 - lure.side:
                lure.opposite += row.amount
                lure.hits += 1
                add_cause(lure, row.seq)
        elif _is_of(lure, row):
            is_about = True
            if what == _PULLED:
                lure.pulled += row.amount
                add_cause(lure, row.seq)
                if lure.pulled >= rule.gone * lure.size and lure.is_due == 0:
                    lure.is_due = 1
                    state.due += 1
            elif what == _ADDED and lure.order_id != 0:  # it only moved, or grew
                lure.pulled = max(lure.pulled - row.amount, 0)
                lure.price = row.price
            elif what == _FILLED:
                lure.filled += row.amount
            if lure.filled > rule.filled * lure.size or what in (_SHOWN, _LEFT):
                state.due -= lure.is_due
                _drop(lures, state, k)
                continue
        k += 1
    return is_about


@call
def _end(arrays: SpoofArrays, rule: SpoofRule, row: Record, found: Records) -> int:
    """A transaction is over: what went in it, and did not come back elsewhere, is told of."""
    lures, state, n, k = arrays.lures, arrays.state[0], 0, 0
    while k < state.n:
        lure = lures[k]
        is_gone = lure.pulled >= rule.gone * lure.size
        if lure.is_due == 0 or not is_gone:
            lure.is_due = 0
            k += 1
            continue
        is_one = row.clock_ns - lure.begin_ns <= rule.life_ns and lure.opposite >= rule.opposite * lure.size
        is_one = is_one and lure.opposite > 0
        if is_one and not is_debounced(arrays.fired, lure.price, lure.side, row.clock_ns, rule.again_ns):
            _tell(found[n], row, lure, state.count)
            note_fired(arrays.fired, lure.price, lure.side, row.clock_ns)
            state.count += 1
            n += 1
        _drop(lures, state, k)
    state.due = 0
    return n


@part
def _tell(found: Record, row: Record, lure: Record, number: int) -> None:
    """What was pulled no longer presses: the price should go where it stood."""
    begin(found, row, number, _SPOOF, lure.side, -1 if lure.side == 0 else 1)
    found.begin_ns, found.price_ticks, found.size, found.count = lure.begin_ns, lure.price, lure.pulled, lure.hits
    found.threshold = lure.threshold
    found.ratio = lure.size / lure.median if lure.median > 0 else np.nan
    found.values[0], found.values[1] = row.clock_ns - lure.begin_ns, lure.opposite
    found.values[2], found.values[3] = lure.before, lure.after
    found.causes = lure.causes
    for k in range(EVIDENCE):
        found.evidence[k] = lure.evidence[k]


@part
def _tick(lures: Records, state: Record, rule: SpoofRule, clock_ns: int, sample: Record) -> None:
    """What rested too long is let go; what the imbalance is now."""
    while state.n > 0 and clock_ns - lures[0].begin_ns > rule.life_ns:
        _drop(lures, state, 0)
    state.is_known = 1 - sample.is_suspect
    state.sums[0] = state.sums[1] = 0
    for level in range(BOOK_LEVELS):
        state.sums[0] += sample.bid_sizes[level]
        state.sums[1] += sample.ask_sizes[level]


@kernel
def scan_spoofs(
    arrays: SpoofArrays, rule: SpoofRule, flow: Records, start: int, stop: int, context: Records,
    samples: Records, found: Records,
) -> tuple[int, int]:  # fmt: skip
    """As ``scanner.Scanner`` says."""
    lures, state, n = arrays.lures, arrays.state[0], 0
    for i in range(start, stop):
        if n > len(found) - MOST:
            return i, n
        row = flow[i]
        what = row.what & CAUSE
        if what == _TICK:
            turn(arrays.sizes, arrays.seconds, arrays.pool, arrays.largest[0], row.clock_ns)
            state.usual = usual_size(arrays.pool, arrays.largest[0], rule.usual)
            _tick(lures, state, rule, row.clock_ns, samples[context[i - start].sample])
            continue
        if what == _GAP or row.price == NO_PRICE:
            if what in (_GAP, _LEFT):
                state.n = state.due = state.is_known = 0
            continue
        is_about = state.n > 0 and _follow(lures, state, rule, row, what)
        if what == _ADDED and not is_about:
            now = context[i - start]
            threshold = _threshold(rule, state, now, row.side)
            is_large = row.amount > threshold
            if (is_large or row.amount > arrays.largest[0].largest) and _is_near(rule, now, row.side, row.price):
                note_size(arrays.largest[0], min(row.amount, MORE * threshold) if threshold > 0 else row.amount)
                if is_large:
                    _watch(lures, state, rule, row, now)
        if row.what >= _ENDS and state.due:
            n += _end(arrays, rule, row, found[n:])
    return stop, n


class Spoofs(Scanner):
    """The spoof suspicions of one instrument."""

    detector = Detector.SPOOF

    def new_state(self) -> SpoofArrays:
        """Arrays of a detector that has seen nothing."""
        state = np.zeros(1, STATE)
        state["usual"] = np.inf
        return SpoofArrays(np.zeros(MOST, LURE), fired(), state, *largest())

    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""
        return scan_spoofs
