"""Absorption: much is traded into one price, and the price does not give way because what was taken comes back.

At each tick the volume that hit a price within ``window_ns`` (in steps of CELL_NS) is held against the median of
such windows: the largest volume at one price of the side, once a second, over the last 180 seconds with trades. It
is absorbed when it is at least ``ratio`` times the median and more than a high quantile of the same, or at least
``absolute``; when the mid moved by no more than ``move_ticks`` over the window and the price is the touch or behind
it; and when at least ``refill`` of it was added at the price after the first of the trades, less what was pulled
there: orders come and go at a touch all the time. Where trades come apart from the changes of levels, as with
conflated books, what was traded and did not go missing from the level was added in between.

Source: ``formulas.md`` 5.7 (absorption), with three times the median; four, the quantile, and what counts as added
are ours: of what simulated markets do by themselves little is above four, and planted absorption is.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import ENDS, NOWHERE, Record, Records, What, record
from cockpit.engines.detect.layout import (
    CAUSE,
    KEPT_NS,
    KEPT_ROWS,
    add_cause,
    begin,
    fired,
    is_debounced,
    kernel,
    note_fired,
    part,
)
from cockpit.engines.detect.scanner import Scanner
from cockpit.engines.detect.usual import note, quantile, usual
from cockpit.events.dtypes import Detector
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_MS, NS_PER_S

PRICES: Final = 16  # followed at a time, of each side; past it the one that was hit least gives way
CELL_NS: Final = 100 * NS_PER_MS
CELLS: Final = 100  # of KEPT_NS, the longest window
MIDS: Final = 128  # of the last ticks
SETTLE_NS: Final = 250 * NS_PER_MS  # by then a conflated book has told what a trade took
HIT: Final = record(  # a price that was hit
    ("price", np.int64),
    ("volume", np.int64),  # of the window; 0: no price
    ("cell", np.int64),  # the newest one
    ("cells", np.int64, (CELLS,)),  # a ring
)
STATE: Final = record(
    ("count", np.int64),  # told so far
    ("trading", np.int64),  # side of the trade whose transaction goes on; NOWHERE
    ("second", np.int64),  # of the last window kept
    ("ticks", np.int64),  # mids ever taken, or since they were forgotten
)
MID: Final = record(("clock_ns", np.int64), ("mid", np.float64))
_ADDED, _PULLED, _FILLED, _LEFT = What.ADDED, What.PULLED, What.FILLED, What.LEFT
_TRADED, _TICK, _GAP = What.TRADED, What.TICK, What.GAP
_ABSORPTION = int(Detector.ABSORPTION)


class AbsorptionRule(NamedTuple):
    """When a price absorbs.

    Attributes:
        ratio: Times the median of windows that must hit it.
        share: Quantile of windows that it must exceed as well; 0: the ratio alone.
        fewest: Seconds with trades without which nothing is told.
        absolute: Volume that must hit it instead of both, when above 0.
        window_ns: Length of a window, KEPT_NS at most.
        move_ticks: How far the mid may have moved.
        refill: Share of what was traded that must have been added again.
        again_ns: A price is not told of again within this time.
    """

    ratio: float = 4.0
    share: float = 0.95
    fewest: int = 30
    absolute: float = 0.0
    window_ns: int = 3 * NS_PER_S
    move_ticks: float = 1.0
    refill: float = 0.7
    again_ns: int = 5 * NS_PER_S


class AbsorptionArrays(NamedTuple):
    """The last seconds.

    Attributes:
        hits: HIT (2, PRICES), by the side that was hit.
        mids: MID (MIDS,), a ring.
        usual: USUAL (2,), the largest volume at one price, once a second, by side.
        fired: Prices told of lately.
        state: STATE (1,).
    """

    hits: Records
    mids: Records
    usual: Records
    fired: Records
    state: Records


@part
def _empty(hit: Record) -> None:
    hit.volume = 0
    for k in range(CELLS):
        hit.cells[k] = 0


@part
def _roll(hit: Record, rule: AbsorptionRule, cell: int) -> None:
    """Forget what left the window by the beginning of ``cell``."""
    n = min(max(rule.window_ns // CELL_NS, 1), CELLS)
    if hit.volume == 0:
        hit.cell = cell
    elif cell - hit.cell >= n:
        _empty(hit)
        hit.cell = cell
    while hit.cell < cell:
        hit.cell += 1
        gone = (hit.cell - n) % CELLS
        hit.volume -= hit.cells[gone]
        hit.cells[gone] = 0


@part
def _hit(arrays: AbsorptionArrays, rule: AbsorptionRule, side: int, price: int, amount: int, clock_ns: int) -> None:
    """Count what hit a price."""
    cell, at, least = clock_ns // CELL_NS, -1, 0
    for k in range(PRICES):
        if arrays.hits[side, k].price == price:
            at = k
            break
    if at < 0:
        for k in range(PRICES):
            _roll(arrays.hits[side, k], rule, cell)
            if arrays.hits[side, k].volume < arrays.hits[side, least].volume:
                least = k
        at = least
        _empty(arrays.hits[side, at])
        arrays.hits[side, at].price = price
    hit = arrays.hits[side, at]
    _roll(hit, rule, cell)
    hit.cells[hit.cell % CELLS] += amount  # a clock that goes back counts as now
    hit.volume += amount


@part
def _forget(arrays: AbsorptionArrays) -> None:
    for side in range(2):
        for k in range(PRICES):
            _empty(arrays.hits[side, k])
            arrays.hits[side, k].price = NO_PRICE
    arrays.state[0].ticks, arrays.state[0].trading = 0, NOWHERE


@part
def _mid_before(arrays: AbsorptionArrays, clock_ns: int) -> float:
    """The mid at the last tick at or before ``clock_ns``; NaN unknown."""
    taken = arrays.state[0].ticks
    for k in range(min(taken, MIDS)):
        each = arrays.mids[(taken - 1 - k) % MIDS]
        if each.clock_ns <= clock_ns:
            return each.mid
    return np.nan


@part
def _keep_mid(arrays: AbsorptionArrays, rule: AbsorptionRule, clock_ns: int, mid: float) -> None:
    """Keep it, unless ticks come too fast for MIDS of them to last a window."""
    state = arrays.state[0]
    last = arrays.mids[(state.ticks - 1) % MIDS]
    if state.ticks == 0 or clock_ns - last.clock_ns >= rule.window_ns // (MIDS - 2):
        arrays.mids[state.ticks % MIDS].clock_ns, arrays.mids[state.ticks % MIDS].mid = clock_ns, mid
        state.ticks += 1


@part
def _look(flow: Records, i: int, side: int, price: int, since_ns: int) -> tuple[int, int, int, int]:
    """What the flow tells of a price since then: index of the first trade (-1 none), traded, trades, added."""
    now = flow[i].clock_ns
    first = i
    while first > 0 and i - first < KEPT_ROWS and flow[first - 1].clock_ns > since_ns:
        first -= 1
    trade, traded, trades, added, apart, gone = -1, 0, 0, 0, 0, 0
    is_trading, opened = False, first
    for k in range(first, i):
        row = flow[k]
        what = row.what & CAUSE
        if row.side == side and what == _TRADED:
            is_trading, opened = row.what < ENDS, k
        if row.side == side and row.price == price:
            is_hit = (what == _TRADED and row.what >= ENDS) or (what == _FILLED and is_trading)
            if is_hit:
                trade = opened if trade < 0 else trade
                traded += row.amount
                trades += 1
                apart += row.amount if what == _TRADED and row.clock_ns <= now - SETTLE_NS else 0
            elif what == _FILLED and trade >= 0:
                gone += row.amount
            elif what == _ADDED and trade >= 0:
                added += row.amount
            elif what == _PULLED and trade >= 0:
                added -= row.amount
        if row.what >= ENDS:
            is_trading = False
    return trade, traded, trades, added + max(apart - gone, 0)


@part
def _tell(
    arrays: AbsorptionArrays, flow: Records, i: int, side: int, price: int, seen: tuple[int, int, int, int],
    threshold: float, median: float, move: float, found: Record,
) -> None:  # fmt: skip
    row, state, (trade, traded, trades, added) = flow[i], arrays.state[0], seen
    note_fired(arrays.fired, price, side, row.clock_ns)
    begin(found, row, state.count, _ABSORPTION, side, 1 if side == 0 else -1)
    state.count += 1
    found.begin_ns, found.price_ticks = flow[trade].clock_ns, price
    found.size, found.count, found.threshold = traded, trades, threshold
    found.ratio = traded / median if median > 0 else np.nan
    found.values[0], found.values[1], found.values[2] = added, move, median
    for k in range(trade, i):
        what = flow[k].what & CAUSE
        if flow[k].side == side and flow[k].price == price and what in (_TRADED, _FILLED, _ADDED):
            add_cause(found, flow[k].seq)


@part
def _judge_side(
    arrays: AbsorptionArrays, rule: AbsorptionRule, flow: Records, i: int, side: int, touch: int, move: float,
    found: Records,
) -> int:  # fmt: skip
    """Look at the prices of a side that were hit most; returns how many absorb."""
    row, n, window_ns = flow[i], 0, min(rule.window_ns, KEPT_NS)
    before = arrays.usual[side]
    median = quantile(before, 0.5) if before.n >= rule.fewest else np.nan
    threshold = rule.ratio * median
    high = quantile(before, rule.share) if rule.share > 0 else 0.0
    if rule.absolute > 0:
        threshold, high = rule.absolute, 0.0
    for k in range(PRICES):
        hit = arrays.hits[side, k]
        _roll(hit, rule, row.clock_ns // CELL_NS)
        is_there = hit.price <= touch if side == 0 else hit.price >= touch
        if not (is_there and hit.volume > 0 and hit.volume >= threshold and hit.volume > high):
            continue
        if not is_debounced(arrays.fired, hit.price, side, row.clock_ns, rule.again_ns):
            seen = _look(flow, i, side, hit.price, row.clock_ns - window_ns)
            trade, traded, _, added = seen
            if trade >= 0 and traded >= threshold and added >= rule.refill * traded:
                _tell(arrays, flow, i, side, hit.price, seen, max(threshold, high), median, move, found[n])
                n += 1
    return n


@part
def _judge(
    arrays: AbsorptionArrays, rule: AbsorptionRule, flow: Records, i: int, sample: Record, found: Records
) -> int:  # fmt: skip
    """Look at the book of a tick; one that may be wrong, or has a side missing, ends all memory of prices."""
    state, row, n = arrays.state[0], flow[i], 0
    if sample.is_suspect or sample.bid_ticks == NO_PRICE or sample.ask_ticks == NO_PRICE:
        _forget(arrays)
        return 0
    mid = 0.5 * sample.bid_ticks + 0.5 * sample.ask_ticks
    move = mid - _mid_before(arrays, row.clock_ns - min(rule.window_ns, KEPT_NS))
    _keep_mid(arrays, rule, row.clock_ns, mid)
    is_still = abs(move) <= rule.move_ticks
    is_second = row.clock_ns // NS_PER_S > state.second
    for side in range(2):
        if is_still:
            touch = sample.bid_ticks if side == 0 else sample.ask_ticks
            n += _judge_side(arrays, rule, flow, i, side, touch, move, found[n:])
        most = 0
        for k in range(PRICES if is_second else 0):
            _roll(arrays.hits[side, k], rule, row.clock_ns // CELL_NS)
            most = max(most, arrays.hits[side, k].volume)
        if most > 0:
            note(arrays.usual[side], row.clock_ns, float(most))
    state.second = row.clock_ns // NS_PER_S
    return n


@kernel
def scan_absorption(
    arrays: AbsorptionArrays, rule: AbsorptionRule, flow: Records, start: int, stop: int, context: Records,
    samples: Records, found: Records,
) -> tuple[int, int]:  # fmt: skip
    """As ``scanner.Scanner`` says."""
    state, n = arrays.state[0], 0
    for i in range(start, stop):
        if n > len(found) - 2 * PRICES:
            return i, n
        row = flow[i]
        what = row.what & CAUSE
        if what == _TRADED and row.what < ENDS:
            state.trading = row.side
        elif (what == _TRADED and row.side != NOWHERE) or (what == _FILLED and state.trading == row.side):
            _hit(arrays, rule, row.side, row.price, row.amount, row.clock_ns)
        elif what == _TICK:
            n += _judge(arrays, rule, flow, i, samples[context[i - start].sample], found[n:])
        elif what == _GAP or (what == _LEFT and row.price == NO_PRICE):
            _forget(arrays)
        if row.what >= ENDS:
            state.trading = NOWHERE
    return stop, n


class Absorption(Scanner):
    """Prices of one instrument that absorb."""

    detector = Detector.ABSORPTION

    def new_state(self) -> AbsorptionArrays:
        """Arrays of a detector that has seen nothing."""
        hits, state = np.zeros((2, PRICES), HIT), np.zeros(1, STATE)
        hits["price"], state["trading"], state["second"] = NO_PRICE, NOWHERE, NO_TIME
        return AbsorptionArrays(hits, np.zeros(MIDS, MID), usual(2), fired(), state)

    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""
        return scan_absorption
