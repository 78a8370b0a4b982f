"""Sweeps: trades of one side in quick succession that go through several prices.

Trades against one side with no more than ``gap_ns`` between them are a run; after ``span_ns`` a new one begins. A
run is a sweep when it took at least ``levels`` prices, and more than a high quantile of what the longest runs of
the last seconds with trades took; or ``absolute`` prices. It is told once, when it is over: at the first end of a
transaction, or tick, at which it can no longer grow. Prices are those of trades and, of a trade with several
executions, those of the executions.

Source: ``formulas.md`` 5.7 (sweep); the quantile is ours.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import ENDS, NOWHERE, Record, Records, What, record
from cockpit.engines.detect.layout import CAUSE, add_cause, begin, fired, is_debounced, kernel, note_fired, part
from cockpit.engines.detect.scanner import Scanner
from cockpit.engines.detect.usual import note, quantile, usual
from cockpit.events.dtypes import EVIDENCE, Detector
from cockpit.units import NO_PRICE, NS_PER_MS, NS_PER_S

PRICES: Final = 64  # told apart within the first and last price of a run; more between them are not counted
FOUND_ROOM: Final = 4  # found rows that one row of the flow can make
RUN: Final = record(
    ("begin_ns", np.int64),
    ("last_ns", np.int64),
    ("near", np.int64),  # the first price it reached, ticks
    ("far", np.int64),
    ("size", np.int64),
    ("prints", np.int64),  # 0: there is no run
    ("prices", np.int64),  # number of different ones
    ("kept", np.int64),
    ("known", np.int64, (PRICES,)),
    ("causes", np.int64),
    ("evidence", np.int64, (EVIDENCE,)),
)
STATE: Final = record(
    ("count", np.int64),  # sweeps told
    ("open", np.int64),  # runs that go on or wait to be judged
    ("second", np.int64),  # of the last run judged
    ("most", np.int64),  # prices of the longest run of it
    ("trading", np.int64),  # side of the trade whose transaction goes on; NOWHERE
)
_FILLED, _LEFT, _TRADED, _TICK, _GAP = What.FILLED, What.LEFT, What.TRADED, What.TICK, What.GAP
_SWEEP = int(Detector.SWEEP)


class SweepRule(NamedTuple):
    """When a run of trades is a sweep.

    Attributes:
        levels: Prices it must take.
        share: Quantile of the prices of the longest run of each of the last 180 seconds that had one, which it must
            exceed as well; 0: ``levels`` alone.
        fewest: Such seconds without which nothing is told.
        absolute: Prices it must take instead of both, when above 0.
        gap_ns: Longest time between two trades of a run.
        span_ns: It must take less time than this.
        again_ns: A first price is not told of again within this time.
    """

    levels: int = 3
    share: float = 0.995
    fewest: int = 30
    absolute: int = 0
    gap_ns: int = 50 * NS_PER_MS
    span_ns: int = 200 * NS_PER_MS
    again_ns: int = 5 * NS_PER_S


class SweepArrays(NamedTuple):
    """Runs of trades.

    Attributes:
        runs: RUN (2,), that go on, by the side they take from.
        over: RUN (2,), that ended in the middle of a transaction and are judged when that is over.
        usual: USUAL (1,), prices of the longest run of each second.
        fired: Prices told of lately.
        state: STATE (1,).
    """

    runs: Records
    over: Records
    usual: Records
    fired: Records
    state: Records


@part
def _start(run: Record, row: Record) -> None:
    run.begin_ns = row.clock_ns
    run.near = run.far = row.price
    run.size = run.prints = run.causes = 0
    run.known[0] = row.price
    run.prices = run.kept = 1
    for k in range(EVIDENCE):
        run.evidence[k] = -1


@part
def _reach(run: Record, side: int, price: int) -> bool:
    """Count a price that the run has not seen; whether it had not."""
    away = 1 if side == 1 else -1
    if (run.near - price) * away > 0:
        run.near = price
    elif (price - run.far) * away > 0:
        run.far = price
    else:
        if price in (run.near, run.far) or run.kept == PRICES:
            return False
        for k in range(run.kept):
            if run.known[k] == price:
                return False
    if run.kept < PRICES:
        run.known[run.kept] = price
        run.kept += 1
    run.prices += 1
    return True


@part
def _trade(arrays: SweepArrays, rule: SweepRule, row: Record) -> None:
    state, side = arrays.state[0], row.side
    run = arrays.runs[side]
    if run.prints:
        is_over = row.clock_ns - run.last_ns > rule.gap_ns or row.clock_ns - run.begin_ns >= rule.span_ns
        if is_over:
            state.open += 1 if arrays.over[side].prints == 0 else 0
            arrays.over[side] = arrays.runs[side]
            run.prints = 0
    else:
        state.open += 1
    if run.prints == 0:
        _start(run, row)
    else:
        _reach(run, side, row.price)
    run.prints += 1
    run.size += row.amount
    run.last_ns = row.clock_ns
    add_cause(run, row.seq)


@part
def _usual_prices(arrays: SweepArrays, rule: SweepRule, run: Record, clock_ns: int) -> float:
    """What the longest runs of the seconds before took; NaN unknown. The run is counted with its own second."""
    state, before = arrays.state[0], arrays.usual[0]
    second = clock_ns // NS_PER_S
    if second > state.second:
        if state.most > 0:
            note(before, state.second * NS_PER_S, float(state.most))
        state.second, state.most = second, 0
    state.most = max(state.most, run.prices)
    return quantile(before, rule.share) if before.n >= rule.fewest else np.nan


@part
def _close(arrays: SweepArrays, rule: SweepRule, run: Record, side: int, row: Record, found: Record) -> int:
    """Judge a run that is over; 1 when it was a sweep."""
    state = arrays.state[0]
    high = _usual_prices(arrays, rule, run, row.clock_ns)
    limit = float(rule.levels - 1)
    if rule.absolute > 0:
        limit = float(rule.absolute - 1)
    elif rule.share > 0:
        limit = high if not high < limit else limit  # NaN too
    state.open -= 1
    run.prints, prints = 0, run.prints
    if not run.prices > limit or is_debounced(arrays.fired, run.near, side, row.clock_ns, rule.again_ns):
        return 0
    note_fired(arrays.fired, run.near, side, row.clock_ns)
    begin(found, row, state.count, _SWEEP, side, 1 if side == 1 else -1)
    state.count += 1
    found.begin_ns, found.price_ticks, found.to_ticks = run.begin_ns, run.near, run.far
    found.size, found.count, found.threshold = run.size, run.prices, limit
    found.values[0], found.values[1], found.values[2] = run.last_ns - run.begin_ns, prints, high
    found.causes = run.causes
    for k in range(EVIDENCE):
        found.evidence[k] = run.evidence[k]
    return 1


@part
def _judge(arrays: SweepArrays, rule: SweepRule, row: Record, found: Records) -> int:
    n = 0
    for k in range(4):
        side = k & 1
        if k < 2:
            if arrays.over[side].prints:
                n += _close(arrays, rule, arrays.over[side], side, row, found[n])
        elif arrays.runs[side].prints and row.clock_ns - arrays.runs[side].last_ns > rule.gap_ns:
            n += _close(arrays, rule, arrays.runs[side], side, row, found[n])
    return n


@part
def _forget(arrays: SweepArrays) -> None:
    for side in range(2):
        arrays.runs[side].prints = arrays.over[side].prints = 0
    arrays.state[0].open, arrays.state[0].trading = 0, NOWHERE


@kernel
def scan_sweeps(
    arrays: SweepArrays, rule: SweepRule, flow: Records, start: int, stop: int, context: Records, samples: Records,
    found: Records,
) -> tuple[int, int]:  # fmt: skip
    """As ``scanner.Scanner`` says."""
    state, n = arrays.state[0], 0
    for i in range(start, stop):
        if n > len(found) - FOUND_ROOM:
            return i, n
        row = flow[i]
        what = row.what & CAUSE
        if what == _TRADED:
            if row.side != NOWHERE and row.price != NO_PRICE:
                _trade(arrays, rule, row)
                state.trading = row.side
        elif what == _FILLED:
            if state.trading == row.side and _reach(arrays.runs[row.side], row.side, row.price):
                add_cause(arrays.runs[row.side], row.seq)
        elif what == _GAP or (what == _LEFT and row.price == NO_PRICE):
            _forget(arrays)
        if row.what >= ENDS:
            state.trading = NOWHERE
        elif what != _TICK:
            continue
        if state.open > 0:
            n += _judge(arrays, rule, row, found[n:])
    return stop, n


class Sweeps(Scanner):
    """The sweeps of one instrument."""

    detector = Detector.SWEEP

    def new_state(self) -> SweepArrays:
        """Arrays of a detector that has seen nothing."""
        state = np.zeros(1, STATE)
        state["trading"] = NOWHERE
        return SweepArrays(np.zeros(2, RUN), np.zeros(2, RUN), usual(1), fired(), state)

    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""
        return scan_sweeps
