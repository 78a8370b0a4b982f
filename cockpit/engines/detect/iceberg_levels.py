"""Icebergs where there are no order ids: trades that took from a level more than it lost.

What traded and was not taken out of the level by a change within ``settle_ns``, before or after the trade, was
hidden, unless an addition explains it. An addition right after a trade, of no more than what traded since the last
one, is the iceberg showing itself anew, and explains nothing.

Source: ``formulas.md`` 5.7, ``hidden = traded - (visible before - visible after) - additions explained``.
"""

from typing import Final

from cockpit.engines.book.layout import Record, What
from cockpit.engines.detect.iceberg_layout import EPISODES, LEVELS, IcebergArrays, IcebergRule
from cockpit.engines.detect.layout import add_cause, part
from cockpit.events.dtypes import EVIDENCE
from cockpit.units import NO_PRICE, NO_TIME

_ADDED, _PULLED, _FILLED, _LEFT = What.ADDED, What.PULLED, What.FILLED, What.LEFT
REACH: Final = LEVELS // 2  # ticks from the touch; farther levels would take the places of nearer ones


@part
def _begin_episode(arrays: IcebergArrays, row: Record, size: int) -> int:
    """In a free place, or in that of the least that traded."""
    episodes, at = arrays.episodes, 0
    for k in range(EPISODES):
        if episodes[k].last_ns == NO_TIME:
            at = k
            break
        if episodes[k].executed < episodes[at].executed:
            at = k
    new = episodes[at]
    new.price, new.side, new.most = row.price, row.side, size
    new.executed = new.fills = new.hidden = new.is_seen = new.cycle = new.causes = 0
    new.owed[0] = new.owed[1] = 0
    new.begin_ns = new.owed_ns = row.clock_ns
    for k in range(EVIDENCE):
        new.evidence[k] = -1
    return at


@part
def _has_episode(arrays: IcebergArrays, level: Record, side: int) -> bool:
    if level.episode < 0:
        return False
    one = arrays.episodes[level.episode]
    return one.last_ns != NO_TIME and one.price == level.price and one.side == side


@part
def _pay(one: Record, amount: int) -> int:
    """Something explains this much of what is owed, the oldest first; what is left of it."""
    old = min(one.owed[0], amount)
    late = min(one.owed[1], amount - old)
    one.owed[0] -= old
    one.owed[1] -= late
    return amount - old - late


@part
def take_trade(arrays: IcebergArrays, rule: IcebergRule, row: Record) -> None:
    """A trade at a level that shows something."""
    if row.side < 0:
        return
    level = arrays.levels[row.side, row.price & (LEVELS - 1)]
    if level.price != row.price or level.size <= 0:
        return
    if not _has_episode(arrays, level, row.side):
        level.episode = _begin_episode(arrays, row, level.size)
    one = arrays.episodes[level.episode]
    if level.pulled > 0 and row.clock_ns - level.pulled_ns > rule.settle_ns:
        level.pulled = 0
    known = min(level.pulled, row.amount)
    level.pulled -= known
    one.executed += row.amount
    one.cycle += row.amount
    one.fills += 1
    one.owed[1] += row.amount - known
    one.last_ns = row.clock_ns
    add_cause(one, row.seq)


@part
def take_level(arrays: IcebergArrays, rule: IcebergRule, row: Record, what: int, context: Record) -> None:
    """A level changed."""
    level = arrays.levels[row.side, row.price & (LEVELS - 1)]
    if level.price != row.price:
        touch = context.bid if row.side == 0 else context.ask
        if what == _LEFT or (touch != NO_PRICE and abs(touch - row.price) > REACH):
            return
        level.price, level.pulled, level.episode = row.price, 0, -1
    level.size = row.size
    if what == _LEFT:
        level.price = NO_PRICE
        return
    has_episode = _has_episode(arrays, level, row.side)
    if what == _PULLED:
        if row.clock_ns - level.pulled_ns > rule.settle_ns:
            level.pulled = 0
        level.pulled += _pay(arrays.episodes[level.episode], row.amount) if has_episode else row.amount
        level.pulled_ns = row.clock_ns
    if not has_episode:
        return
    one = arrays.episodes[level.episode]
    if what == _FILLED:
        _pay(one, row.amount)
    elif what == _ADDED:
        if row.clock_ns - one.last_ns <= rule.refill_ns and row.amount <= one.cycle:
            one.hidden += row.amount
            add_cause(one, row.seq)
        else:
            _pay(one, row.amount)
        one.cycle = 0
    one.most = max(one.most, row.size)


@part
def settle(rule: IcebergRule, one: Record, clock_ns: int) -> None:
    """What nothing explained for long enough was hidden."""
    if clock_ns - one.owed_ns >= rule.settle_ns:
        one.hidden += one.owed[0]
        one.owed[0], one.owed[1] = one.owed[1], 0
        one.owed_ns = clock_ns


@part
def is_guessed(rule: IcebergRule, one: Record, median: float) -> bool:
    """Whether so much was hidden that it is an iceberg; a book without a scale has none."""
    enough = one.fills >= rule.fills and one.executed >= rule.ratio * one.most and one.executed > rule.absolute
    return (
        one.is_seen == 0
        and enough
        and one.hidden >= rule.hidden * one.executed
        and one.executed >= rule.usual * median
    )
