"""Exhaustion: the best levels of a side thin out in a moment while the spread widens, as before a break.

At each tick the size of a side's three best levels is held against its median over ``span_ns``. It is exhausted
when it has lost ``drop`` of the median within ``within_ns`` and has no more left than the rest of it (or than
``absolute``), and the spread is at least ``spread`` times its own median. What is left must also be a smaller share
of the median than in nearly all of the last 180 seconds, for some books are that thin all the time. What came
before a gap, a snapshot or a book that may be wrong counts for nothing.

Source: ``formulas.md`` 5.7 (exhaustion); the quantile is ours.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import Record, Records, What, record
from cockpit.engines.detect.layout import (
    CAUSE,
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
from cockpit.engines.detect.usual import forget_before, highest_since, note, oldest_ns, quantile, usual
from cockpit.events.dtypes import Detector
from cockpit.units import NO_PRICE, NS_PER_S

LEVELS: Final = 3
BEHIND: Final = 2  # ticks behind the touch at which a change still counts as evidence
SPREAD: Final = 2  # index of what is usual; 0 and 1 are the sides
SHARES: Final = 3  # the same, of bid; 4 of ask
KNOWN: Final = 5
STATE: Final = record(("count", np.int64), ("second", np.int64))  # told so far; of the last share kept
_PULLED, _FILLED, _LEFT, _TICK, _GAP = What.PULLED, What.FILLED, What.LEFT, What.TICK, What.GAP
_EXHAUSTION = int(Detector.EXHAUSTION)


class ExhaustionRule(NamedTuple):
    """When a side is exhausted.

    Attributes:
        drop: Share of the median that must be gone.
        low: Quantile of the shares of the last 180 seconds below which the one that is left must be; 1: any share.
        fewest: Such seconds without which nothing is told.
        absolute: Size that may be left at most instead of both, when above 0.
        spread: Times its median the spread must be.
        within_ns: How fast it must have gone.
        span_ns: Of the medians; nothing is told before half of it is known.
        again_ns: A best price is not told of again within this time.
    """

    drop: float = 0.6
    low: float = 0.01
    fewest: int = 30
    absolute: float = 0.0
    spread: float = 1.5
    within_ns: int = NS_PER_S
    span_ns: int = 10 * NS_PER_S
    again_ns: int = 5 * NS_PER_S


class ExhaustionArrays(NamedTuple):
    """The last ticks.

    Attributes:
        usual: USUAL (KNOWN,), size of the best levels of bid and ask, the spread in ticks; and once a second how
            large a share of its median was left of bid and ask.
        fired: Prices told of lately.
        state: STATE (1,).
    """

    usual: Records
    fired: Records
    state: Records


@part
def _forget(arrays: ExhaustionArrays) -> None:
    for k in range(KNOWN):
        arrays.usual[k].n = 0


@part
def _is_exhausted(arrays: ExhaustionArrays, rule: ExhaustionRule, row: Record, side: int, left: float) -> bool:
    """Whether so little is left, and was lost so fast; the spread is not looked at."""
    before = arrays.usual[side]
    median = quantile(before, 0.5)
    most = rule.absolute
    if most <= 0:
        most = (1 - rule.drop) * median
        shares = arrays.usual[SHARES + side]
        if rule.low < 1 and not (shares.n >= rule.fewest and left < quantile(shares, rule.low) * median):
            return False
    lost = highest_since(before, row.clock_ns - rule.within_ns) - left
    return left <= most and lost >= rule.drop * median


@part
def _find_evidence(found: Record, flow: Records, i: int, side: int, price: int, since_ns: int) -> None:
    """What was taken from the side, executed or pulled, at the touch, before it, or right behind it."""
    first, behind = i, BEHIND if side == 1 else -BEHIND
    while first > 0 and i - first < KEPT_ROWS and flow[first - 1].clock_ns >= since_ns:
        first -= 1
    for k in range(first, i):
        row = flow[k]
        what = row.what & CAUSE
        is_near = row.price <= price + behind if side == 1 else row.price >= price + behind
        if is_near and row.side == side and what in (_PULLED, _FILLED):
            add_cause(found, row.seq)


@part
def _tell(
    arrays: ExhaustionArrays, rule: ExhaustionRule, flow: Records, i: int, side: int, price: int, left: float,
    spread: float, found: Record,
) -> None:  # fmt: skip
    row, state = flow[i], arrays.state[0]
    note_fired(arrays.fired, price, side, row.clock_ns)
    begin(found, row, state.count, _EXHAUSTION, side, 1 if side == 1 else -1)
    state.count += 1
    median = quantile(arrays.usual[side], 0.5)
    found.begin_ns = row.clock_ns - rule.within_ns
    found.price_ticks, found.size, found.count = price, int(left), LEVELS
    found.threshold = rule.absolute if rule.absolute > 0 else (1 - rule.drop) * median
    found.ratio = left / median if median > 0 else np.nan
    found.values[0], found.values[1], found.values[2] = median, spread, quantile(arrays.usual[SPREAD], 0.5)
    _find_evidence(found, flow, i, side, price, row.clock_ns - rule.within_ns)


@part
def _judge(
    arrays: ExhaustionArrays, rule: ExhaustionRule, flow: Records, i: int, sample: Record, found: Records
) -> int:  # fmt: skip
    """Look at the book of a tick; one that may be wrong, or has a side missing, ends all memory."""
    row, n = flow[i], 0
    if sample.is_suspect or sample.bid_ticks == NO_PRICE or sample.ask_ticks == NO_PRICE:
        _forget(arrays)
        return 0
    spread = float(sample.ask_ticks - sample.bid_ticks)
    for k in range(SHARES):
        forget_before(arrays.usual[k], row.clock_ns - rule.span_ns)
    is_second = row.clock_ns // NS_PER_S > arrays.state[0].second
    arrays.state[0].second = row.clock_ns // NS_PER_S
    widths = arrays.usual[SPREAD]
    is_known = widths.n > 0 and oldest_ns(widths) <= row.clock_ns - rule.span_ns // 2
    is_wide = spread >= rule.spread * quantile(widths, 0.5)
    for side in range(2):
        left = 0.0
        for k in range(LEVELS):
            left += sample.bid_sizes[k] if side == 0 else sample.ask_sizes[k]
        price = sample.bid_ticks if side == 0 else sample.ask_ticks
        is_new = is_known and is_wide and _is_exhausted(arrays, rule, row, side, left)
        if is_new and not is_debounced(arrays.fired, price, side, row.clock_ns, rule.again_ns):
            _tell(arrays, rule, flow, i, side, price, left, spread, found[n])
            n += 1
        median = quantile(arrays.usual[side], 0.5)
        if is_second and is_known and median > 0:
            note(arrays.usual[SHARES + side], row.clock_ns, left / median)
        note(arrays.usual[side], row.clock_ns, left)
    note(widths, row.clock_ns, spread)
    return n


@kernel
def scan_exhaustion(
    arrays: ExhaustionArrays, rule: ExhaustionRule, flow: Records, start: int, stop: int, context: Records,
    samples: Records, found: Records,
) -> tuple[int, int]:  # fmt: skip
    """As ``scanner.Scanner`` says."""
    n = 0
    for i in range(start, stop):
        if n > len(found) - 2:
            return i, n
        row = flow[i]
        what = row.what & CAUSE
        if what == _TICK:
            n += _judge(arrays, rule, flow, i, samples[context[i - start].sample], found[n:])
        elif what == _GAP or (what == _LEFT and row.price == NO_PRICE):
            _forget(arrays)
    return stop, n


class Exhaustion(Scanner):
    """Exhausted sides of one instrument."""

    detector = Detector.EXHAUSTION

    def new_state(self) -> ExhaustionArrays:
        """Arrays of a detector that has seen nothing."""
        return ExhaustionArrays(usual(KNOWN), fired(), np.zeros(1, STATE))

    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""
        return scan_exhaustion
