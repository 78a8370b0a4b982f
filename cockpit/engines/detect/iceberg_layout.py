"""What the iceberg detector is told, and what it keeps."""

from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import Records, record
from cockpit.engines.detect.layout import fired, part
from cockpit.events.dtypes import EVIDENCE
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_MS, NS_PER_S, Sizes

ORDERS: Final = 1 << 12
EXECUTED: Final = 1 << 9
WAITS: Final = 1 << 8
PARENTS: Final = 64
LEVELS: Final = 1 << 9
EPISODES: Final = 32
SIZES: Final = 1 << 8
RATE_NS: Final = 30 * NS_PER_S  # how often orders of a size come is counted over one to two of these
ORDER: Final = record(  # by id
    ("id", np.uint64),
    ("shown", np.int64),  # now; of an order of unknown size: less what executed since it last showed itself
    ("first", np.int64),  # when it was placed; 0: unknown
)
FILLS: Final = record(  # executions of one order
    ("id", np.uint64),
    ("price", np.int64),
    ("side", np.int64),
    ("executed", np.int64),
    ("fills", np.int64),
    ("most", np.int64),  # shown before an execution
    ("begin_ns", np.int64),
    ("last_ns", np.int64),
    ("first_seq", np.int64),
    ("last_seq", np.int64),
    ("parent", np.int64),  # index, or -1
)
ICEBERG: Final = record(
    ("id", np.uint64),  # of the order that stands for it now; without order ids unused
    ("price", np.int64),
    ("side", np.int64),
    ("executed", np.int64),
    ("fills", np.int64),
    ("most", np.int64),
    ("hidden", np.int64),  # came to light
    ("is_native", np.int64),
    ("owed", np.int64, (2,)),  # traded at a level, and no change of it told of that yet: since long, and lately
    ("owed_ns", np.int64),  # when the two changed places
    ("cycle", np.int64),  # traded at a level since an addition
    ("surprise", np.float64),  # minus the logarithm of the chance of all links
    ("begin_ns", np.int64),
    ("last_ns", np.int64),  # NO_TIME: the place is free
    ("is_seen", np.int64),
    ("is_due", np.int64),
    ("causes", np.int64),
    ("evidence", np.int64, (EVIDENCE,)),
)
LEVEL: Final = record(
    ("price", np.int64),
    ("size", np.int64),
    ("pulled", np.int64),  # just now, and no trade explains it yet
    ("pulled_ns", np.int64),
    ("episode", np.int64),  # index, or -1
)
STATE: Final = record(
    ("count", np.int64),
    ("has_ids", np.int64),
    ("due", np.int64),  # parents to look at when the transaction ends
    ("since_ns", np.int64),  # when counting by size began; NO_TIME
    ("begun_ns", np.int64),  # the current RATE_NS
    ("last_ns", np.int64),
)


class IcebergRule(NamedTuple):
    """When executions are an iceberg's.

    Attributes:
        fills: Executions at least.
        ratio: Times the most it showed that must have executed.
        absolute: Size that must have executed as well.
        refresh_ns: How soon after an execution an order shows itself anew.
        chain_ns: How soon after an order was finished the next of a chain comes.
        chance: A link likelier than this is none.
        surprise: What the links of a chain must be worth together, minus the logarithm of their chance.
        idle_ns: Without an execution for so long it is over.
        settle_ns: How long a change of a level may lag behind the trade, and lead it.
        refill_ns: How soon after a trade a level is filled up by the iceberg itself.
        hidden: Share of what traded that must have been hidden, of guessed ones.
        usual: Times the median size of the ten best levels that must have traded, of guessed ones.
        again_ns: A price is not told of again within this time.
    """

    fills: int = 3
    ratio: float = 2.0
    absolute: float = 0.0
    refresh_ns: int = 100 * NS_PER_MS
    chain_ns: int = 300 * NS_PER_MS
    chance: float = 0.2
    surprise: float = 15.0
    idle_ns: int = 60 * NS_PER_S
    settle_ns: int = 250 * NS_PER_MS
    refill_ns: int = 5 * NS_PER_MS
    hidden: float = 0.5
    usual: float = 1.0
    again_ns: int = 5 * NS_PER_S


class IcebergArrays(NamedTuple):
    """Orders and levels by place, and what may be an iceberg.

    Attributes:
        orders: ORDER (ORDERS,), by id; the last that came to a place.
        fills: FILLS (EXECUTED,), by id.
        waits: FILLS (WAITS,), finished orders by price, side and size (``most``).
        parents: ICEBERG (PARENTS,), what may be one, by orders.
        sizes: int64 (2, 2, SIZES), orders that came near the touch: in the last RATE_NS and in this one, by side
            and size.
        levels: LEVEL (2, LEVELS), by side and price.
        episodes: ICEBERG (EPISODES,), what may be one, by levels.
        fired: Prices told of lately.
        state: STATE (1,).
    """

    orders: Records
    fills: Records
    waits: Records
    parents: Records
    sizes: Sizes
    levels: Records
    episodes: Records
    fired: Records
    state: Records


def iceberg_arrays() -> IcebergArrays:
    """Of a detector that has seen nothing."""
    arrays = IcebergArrays(
        np.zeros(ORDERS, ORDER), np.zeros(EXECUTED, FILLS), np.zeros(WAITS, FILLS), np.zeros(PARENTS, ICEBERG),
        np.zeros((2, 2, SIZES), np.int64), np.zeros((2, LEVELS), LEVEL), np.zeros(EPISODES, ICEBERG), fired(),
        np.zeros(1, STATE),
    )  # fmt: skip
    arrays.state["since_ns"] = NO_TIME
    arrays.fills["parent"] = arrays.waits["parent"] = -1
    arrays.levels["price"] = NO_PRICE
    for each in (arrays.fills, arrays.waits, arrays.parents, arrays.episodes):
        each["last_ns"] = NO_TIME
    return arrays


@part
def forget(arrays: IcebergArrays) -> None:
    """Nothing of the past explains what comes."""
    for k in range(ORDERS):
        arrays.orders[k].id, arrays.orders[k].first = 0, 0
    for k in range(EXECUTED):
        arrays.fills[k].id, arrays.fills[k].parent, arrays.fills[k].last_ns = 0, -1, NO_TIME
    for k in range(WAITS):
        arrays.waits[k].last_ns = NO_TIME
    for k in range(PARENTS):
        arrays.parents[k].last_ns, arrays.parents[k].is_due = NO_TIME, 0
    for side in range(2):
        for k in range(LEVELS):
            arrays.levels[side, k].price = NO_PRICE
    for k in range(EPISODES):
        arrays.episodes[k].last_ns = NO_TIME
    arrays.state[0].due = 0
