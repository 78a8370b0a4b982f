"""Liquidity walls, and the fate of each: what came of the size that rested there.

A level is a wall once it has been larger than the threshold for longer than ``persist_ns``, at the same price;
dips of up to ``dip_ns`` do not count. The threshold is ``ratio`` times the median size of the side's ten best
levels over three minutes, and a high quantile of the same once a minute of it is known; or ``absolute``. And it is
among the ``rank`` largest of all that lasted so long within ten minutes: far from the touch levels are larger than
near it, and one wants to hear of the few that stand out. It ends when its size has been below ``keep`` of the
threshold it began with for longer than ``dip_ns``.

Fate: every loss of the level from when it first was that large: executed (eaten), taken away (pulled), taken away
and added at another price of the side within ``move_ns`` with a like size not far away, or by the same order
anywhere (moved), or not known: snapshots, clears, a price that left the window (unattributed).

Source: ``formulas.md`` 5.7 (wall); the quantile, the reach and the fate are ours.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import ENDS, Record, Records, What, record
from cockpit.engines.detect.layout import CAUSE, add_cause, begin, fired, is_debounced, kernel, note_fired, part
from cockpit.engines.detect.scanner import Scanner
from cockpit.events.dtypes import EVIDENCE, DetectionPhase, Detector, EndReason
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_MIN, NS_PER_MS, NS_PER_S, Rows

MOST: Final = 96  # levels watched at a time; past it the smallest that is no wall yet gives way
SEEN_ROOM: Final = 2 * MOST  # found rows that one row of the flow can make
FAR_NS: Final = 2**62
WALL: Final = record(
    ("price", np.int64),
    ("side", np.int64),
    ("size", np.int64),  # now
    ("peak", np.int64),
    ("over_ns", np.int64),  # since when it is larger than the threshold
    ("dip_ns", np.int64),  # since when it is not; NO_TIME
    ("is_seen", np.int64),
    ("judged", np.int64),  # its size when it had lasted long enough, but was not among the largest; 0 not yet
    ("is_left", np.int64),  # the venue shows it no more
    ("number", np.int64),  # of the detection
    ("threshold", np.float64),  # when it was seen
    ("median", np.float64),
    ("filled", np.int64),
    ("pulled", np.int64),
    ("moved", np.int64),
    ("lost", np.int64),
    ("moved_to", np.int64),
    ("pull_size", np.int64),  # the last pull, which an addition elsewhere may turn into a move
    ("pull_order", np.uint64),
    ("pull_ns", np.int64),
    ("causes", np.int64),
    ("evidence", np.int64, (EVIDENCE,)),
)
STATE: Final = record(
    ("n", np.int64),
    ("count", np.int64),
    ("refused", np.int64),
    ("due_ns", np.int64),  # no level can become a wall, or end as one, before
    ("lasted", np.int64),  # levels that ever lasted long enough
)
LASTED: Final = record(("clock_ns", np.int64), ("size", np.int64))
LASTED_ROOM: Final = 512
GROWN: Final = 1.25  # a level that was not among the largest is looked at again once it has grown so much
_ADDED, _PULLED, _FILLED, _SHOWN, _LEFT = What.ADDED, What.PULLED, What.FILLED, What.SHOWN, What.LEFT
_TICK, _GAP = What.TICK, What.GAP
_WALL, _SEEN, _ENDED = int(Detector.WALL), int(DetectionPhase.SEEN), int(DetectionPhase.ENDED)
_BY_PULL, _BY_FILL, _BY_MOVE = int(EndReason.PULLED), int(EndReason.EATEN), int(EndReason.MOVED)
_BY_SCROLL, _BY_FADE, _BY_GAP = int(EndReason.SCROLLED), int(EndReason.FADED), int(EndReason.LOST)


class WallRule(NamedTuple):
    """When a level is a wall.

    Attributes:
        ratio: Times the median it must exceed.
        use_high: 1: it must reach the high quantile of the scale as well; 0: the ratio alone.
        absolute: Size it must exceed instead of both, when above 0.
        persist_ns, dip_ns: How long it must last, and how long it may dip.
        keep: Share of its threshold below which it ends.
        rank: It must be among so many largest of the levels that lasted long enough within ``recent_ns``; 0: any.
        reach_ticks, reach_bps: How far from the touch it may begin, and how far a like size may have moved: the
            larger of the two.
        move_ns: How soon after a pull an addition elsewhere is the same size moved.
        again_ns: A price is not told of again within this time.
    """

    ratio: float = 3.0
    use_high: int = 1
    absolute: float = 0.0
    persist_ns: int = 5 * NS_PER_S
    dip_ns: int = 500 * NS_PER_MS
    keep: float = 0.5
    reach_ticks: int = 10
    reach_bps: float = 5.0
    rank: int = 4
    recent_ns: int = 10 * NS_PER_MIN
    move_ns: int = 500 * NS_PER_MS
    again_ns: int = 5 * NS_PER_S


class WallArrays(NamedTuple):
    """Walls and what may become one.

    Attributes:
        walls: WALL (MOST,), the first ``state.n`` are in use.
        fired: Prices told of lately.
        lasted: LASTED (LASTED_ROOM,), a ring of levels that lasted long enough.
        state: STATE (1,).
    """

    walls: Records
    fired: Records
    lasted: Records
    state: Records


@part
def _threshold(rule: WallRule, context: Record, side: int) -> float:
    if rule.absolute > 0:
        return rule.absolute
    usual, high = rule.ratio * context.median[side], context.high[side]
    if rule.use_high == 0 or np.isnan(high) or usual >= high:
        return usual
    return np.nextafter(
        high, 0.0
    )  # as large as the high quantile is enough: a wall is among the sizes it is made of


@part
def _reach(rule: WallRule, price: int) -> float:
    return max(rule.reach_ticks, abs(price) * rule.reach_bps * 1e-4)


@part
def _is_near(rule: WallRule, context: Record, side: int, price: int) -> bool:
    touch = context.bid if side == 0 else context.ask
    return touch == NO_PRICE or abs(touch - price) <= _reach(rule, touch)


@part
def _find(walls: Records, n: int, side: int, price: int) -> int:
    for k in range(n):
        if walls[k].price == price and walls[k].side == side:
            return k
    return -1


@part
def _room(state: Record, walls: Records, size: int) -> int:
    """A free place; or that of the smallest level that is no wall yet, when it is smaller; -1 none."""
    if state.n < len(walls):
        state.n += 1
        return state.n - 1
    smallest = -1
    for k in range(state.n):
        if walls[k].is_seen == 0 and (smallest < 0 or walls[k].size < walls[smallest].size):
            smallest = k
    state.refused += 1
    return smallest if smallest >= 0 and walls[smallest].size < size else -1


@part
def _start(wall: Record, row: Record) -> None:
    wall.price, wall.side, wall.size, wall.peak = row.price, row.side, row.size, row.size
    wall.over_ns, wall.dip_ns = row.clock_ns, NO_TIME
    wall.is_seen = wall.is_left = wall.filled = wall.pulled = wall.moved = wall.lost = wall.causes = 0
    wall.number, wall.judged = -1, 0
    wall.moved_to, wall.pull_ns, wall.pull_size = NO_PRICE, NO_TIME, 0
    for k in range(EVIDENCE):
        wall.evidence[k] = -1
    add_cause(wall, row.seq)


@part
def _change(wall: Record, row: Record, what: int, limit: float) -> None:
    """A watched level is another size now: whose doing it was, and whether it is still large enough."""
    less = wall.size - row.size
    if what == _FILLED:
        wall.filled += max(less, 0)
    elif what == _PULLED:
        wall.pulled += less
        wall.pull_size, wall.pull_order, wall.pull_ns = less, row.order_id, row.clock_ns
    elif what in (_SHOWN, _LEFT):
        wall.lost += max(less, 0)
    wall.is_left = 1 if what == _LEFT or (wall.is_left and row.size <= limit) else 0
    wall.size = row.size
    wall.peak = max(wall.peak, row.size)
    add_cause(wall, row.seq)
    if row.size > limit:
        wall.dip_ns = NO_TIME
    elif wall.dip_ns == NO_TIME:
        wall.dip_ns = row.clock_ns


@part
def _move(rule: WallRule, walls: Records, n: int, row: Record) -> None:
    """An addition may be what was pulled from a wall before."""
    for k in range(n):
        wall = walls[k]
        if wall.pull_size <= 0 or wall.side != row.side or wall.price == row.price:
            continue
        if row.clock_ns - wall.pull_ns > rule.move_ns:
            wall.pull_size = 0
            continue
        is_same = row.order_id != 0 and row.order_id == wall.pull_order
        is_like = 5 * row.amount >= 4 * wall.pull_size and 4 * row.amount <= 5 * wall.pull_size
        is_like = (
            is_like and 4 * wall.pull_size >= wall.peak and abs(row.price - wall.price) <= _reach(rule, row.price)
        )
        if is_same or is_like:
            moved = min(row.amount, wall.pull_size)
            wall.pulled -= moved
            wall.moved += moved
            wall.moved_to = row.price
            wall.pull_size = 0
            add_cause(wall, row.seq)


@part
def _tell(found: Record, row: Record, wall: Record, phase: int) -> None:
    begin(found, row, wall.number, _WALL, wall.side, 1 if wall.side == 0 else -1)
    found.phase = phase
    found.begin_ns, found.price_ticks, found.to_ticks = wall.over_ns, wall.price, wall.moved_to
    found.size, found.threshold = wall.peak, wall.threshold
    found.ratio = wall.peak / wall.median if wall.median > 0 else np.nan
    found.values[0], found.values[1], found.values[2] = wall.size, wall.filled, wall.pulled
    found.values[3], found.values[4], found.values[5] = wall.moved, wall.lost, wall.median
    found.causes = wall.causes
    for k in range(EVIDENCE):
        found.evidence[k] = wall.evidence[k]


@part
def _reason(wall: Record) -> int:
    gone = wall.filled + wall.pulled + wall.moved + wall.lost
    if wall.is_left:
        return _BY_SCROLL
    if 2 * wall.filled > gone:
        return _BY_FILL
    if 10 * wall.pulled > 8 * gone:
        return _BY_PULL
    return _BY_MOVE if 2 * wall.moved > gone else _BY_FADE


@part
def _lose(walls: Records, n: int, side: int) -> None:
    """A whole side is not known any more."""
    for k in range(n):
        if walls[k].side == side:
            walls[k].lost += walls[k].size
            walls[k].size = 0
            walls[k].is_left = 1


@part
def _drop(arrays: WallArrays, k: int) -> None:
    arrays.state[0].n -= 1
    if k < arrays.state[0].n:
        arrays.walls[k] = arrays.walls[arrays.state[0].n]


@part
def _take(arrays: WallArrays, rule: WallRule, row: Record, what: int, context: Record) -> None:
    state, walls = arrays.state[0], arrays.walls
    if row.price == NO_PRICE:
        _lose(walls, state.n, row.side)
        return
    if what == _ADDED:
        _move(rule, walls, state.n, row)
    threshold = _threshold(rule, context, row.side)
    k = _find(walls, state.n, row.side, row.price)
    if k >= 0:
        limit = rule.keep * walls[k].threshold if walls[k].is_seen else threshold
        _change(walls[k], row, what, limit)
        state.due_ns = min(state.due_ns, _due(rule, walls[k]))
    elif not row.size <= threshold and row.size > 0 and _is_near(rule, context, row.side, row.price):
        # without a scale yet, as in a first snapshot, the largest levels are watched until there is one
        k = _room(state, walls, row.size)
        if k >= 0:
            _start(walls[k], row)
            state.due_ns = min(state.due_ns, _due(rule, walls[k]))


@part
def _due(rule: WallRule, wall: Record) -> int:
    """When there may be something to tell of a level that stays as it is."""
    if wall.dip_ns != NO_TIME:
        return wall.dip_ns + rule.dip_ns
    return FAR_NS if wall.is_seen or wall.judged else wall.over_ns + rule.persist_ns


@part
def _is_large(arrays: WallArrays, rule: WallRule, size: int, clock_ns: int) -> bool:
    """Whether a level that lasted is among the largest of late; it counts for those to come."""
    state, larger = arrays.state[0], 0
    for k in range(min(state.lasted, LASTED_ROOM)):
        one = arrays.lasted[k]
        larger += 1 if one.size > size and one.clock_ns > clock_ns - rule.recent_ns else 0
    at = state.lasted % LASTED_ROOM
    arrays.lasted[at].clock_ns, arrays.lasted[at].size = clock_ns, size
    state.lasted += 1
    return rule.rank == 0 or larger < rule.rank


@part
def _judge(arrays: WallArrays, rule: WallRule, row: Record, context: Record, found: Records) -> int:
    """What has lasted long enough is a wall; what was too small for too long, or is far off, is none."""
    state, walls, n = arrays.state[0], arrays.walls, 0
    state.due_ns = FAR_NS
    k = 0
    while k < state.n:
        wall = walls[k]
        threshold = _threshold(rule, context, wall.side)
        if wall.dip_ns == NO_TIME and wall.is_seen == 0 and wall.size <= threshold:
            wall.dip_ns = row.clock_ns
        if wall.dip_ns == NO_TIME and wall.is_left:
            wall.dip_ns = row.clock_ns
        if wall.dip_ns != NO_TIME and row.clock_ns - wall.dip_ns > rule.dip_ns:
            if wall.is_seen:
                _tell(found[n], row, wall, _ENDED)
                found[n].reason = _reason(wall)
                n += 1
                note_fired(arrays.fired, wall.price, wall.side, row.clock_ns)
            _drop(arrays, k)
            continue
        if wall.is_seen == 0 and not _is_near(rule, context, wall.side, wall.price):
            _drop(arrays, k)
            continue
        # nobody can say how far from the touch a level is while a book is still being told
        is_told = context.bid != NO_PRICE and context.ask != NO_PRICE
        is_new = is_told and wall.is_seen == 0 and wall.size > threshold and wall.dip_ns == NO_TIME
        is_new = is_new and row.clock_ns - wall.over_ns > rule.persist_ns and wall.size > GROWN * wall.judged
        if is_new and not is_debounced(arrays.fired, wall.price, wall.side, row.clock_ns, rule.again_ns):
            wall.judged = wall.size
            is_new = _is_large(arrays, rule, wall.size, row.clock_ns)
        if is_new and wall.judged == wall.size:
            wall.is_seen, wall.threshold, wall.median = 1, threshold, context.median[wall.side]
            wall.number = state.count
            state.count += 1
            _tell(found[n], row, wall, _SEEN)
            n += 1
        state.due_ns = min(state.due_ns, _due(rule, wall))
        k += 1
    return n


@part
def _break(arrays: WallArrays, row: Record, found: Records) -> int:
    """After a gap nobody knows what became of any of them."""
    state, walls, n = arrays.state[0], arrays.walls, 0
    for k in range(state.n):
        if walls[k].is_seen:
            walls[k].lost += walls[k].size
            _tell(found[n], row, walls[k], _ENDED)
            found[n].reason = _BY_GAP
            n += 1
    state.n = 0
    return n


@kernel
def scan_walls(
    arrays: WallArrays, rule: WallRule, flow: Records, start: int, stop: int, context: Records, samples: Records,
    found: Records,
) -> tuple[int, int]:  # fmt: skip
    """As ``scanner.Scanner`` says."""
    n = 0
    for i in range(start, stop):
        if n > len(found) - SEEN_ROOM:
            return i, n
        row = flow[i]
        what = row.what & CAUSE
        if _ADDED <= what <= _LEFT:
            _take(arrays, rule, row, what, context[i - start])
        elif what == _GAP:
            n += _break(arrays, row, found[n:])
        if what == _TICK or (row.what >= ENDS and row.clock_ns > arrays.state[0].due_ns):
            n += _judge(arrays, rule, row, context[i - start], found[n:])
    return stop, n


class Walls(Scanner):
    """The walls of one instrument."""

    detector = Detector.WALL

    def new_state(self) -> WallArrays:
        """Arrays of a detector that has seen nothing."""
        return WallArrays(np.zeros(MOST, WALL), fired(), np.zeros(LASTED_ROOM, LASTED), np.zeros(1, STATE))

    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""
        return scan_walls

    def resting(self) -> Rows:
        """The walls that rest now, WALL (n,) by price, highest first; one that dips is still one."""
        walls, _, _, state = self._state
        now = walls[: int(state["n"][0])]
        now = now[now["is_seen"] == 1]
        return now[np.argsort(-now["price"], kind="stable")]
