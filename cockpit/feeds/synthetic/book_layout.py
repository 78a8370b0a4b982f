"""Arrays of one simulated book: orders in a pool, queues by price in a ring of levels, orders by patience.

A level's place is its price modulo the ring, so the book follows the market for days without being moved; what is
farther than ``REACH`` from the touch is taken out before it could meet itself.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from cockpit.feeds.synthetic import settings
from cockpit.units import Floats, Sizes

RING: Final = 4096  # levels; more than twice the reach and the widest spread
REACH: Final = 600  # ticks behind the touch that are kept
SLACK: Final = 16  # ticks the touch may move before the reach follows
POOL: Final = 1 << 16  # orders
CLASSES: Final = 8  # patience 0 to 5, walls, and those who wait for ever
WALL_CLASS: Final = 6
STAYS: Final = 7
NOBODY: Final = -1
SIGNS: Final = 32  # market orders whose sign is remembered

ORDER: Final = np.dtype(
    [
        ("price", np.int64),
        ("id", np.int64),
        ("size", np.int32),
        ("hidden", np.int32),  # what an iceberg does not show
        ("display", np.int32),  # what it shows at a time; negative: planted, nobody but its trader changes it
        ("next", np.int32),
        ("previous", np.int32),
        ("place", np.int32),  # among its class
        ("side", np.int8),  # 1 buy, -1 sell
        ("patience", np.int8),
    ],
    align=True,
)
LEVEL: Final = np.dtype(
    [("size", np.int64), ("orders", np.int32), ("head", np.int32), ("tail", np.int32)], align=True
)
STATE: Final = np.dtype(
    [
        ("bid", np.int64),
        ("ask", np.int64),
        ("center_bid", np.int64),  # touch at which the reach was set last
        ("center_ask", np.int64),
        ("free", np.int64),  # orders left in the pool
        ("next_id", np.int64),
        ("signs", np.int64),  # market orders so far
        ("sequence", np.int64),  # transactions so far
        ("now", np.int64),  # ns, of the transaction
        ("stamp", np.int64),  # the venue's
        ("instrument", np.int64),
        ("written", np.int64),  # rows of this call
        ("offset", np.float64),  # s into the cell
        ("spark", np.float64),  # excitement, by speed
        ("near", np.float64),
        ("mid", np.float64),
        ("slow", np.float64),
        ("count", np.uint64),  # blocks of random words used
        ("seed", np.uint64),
        ("used", np.int64),  # words of the block
    ],
    align=True,
)
WEIGHTS: Final = np.dtype(
    [
        (name, np.float64)
        for name in (
            "buy", "sell", "add_bid", "add_ask", "join_bid", "join_ask", "inside_bid", "inside_ask", "pull_bid",
            "pull_ask", "modify", "lively", "wall", "urgent0", "urgent1", "idle2", "idle3", "idle4", "idle5",
            "idle6", "urgent", "idle",
        )
    ],
    align=True,
)  # fmt: skip


Record = Any  # a structured array, whose fields numba knows and the checker does not


class BookArrays(NamedTuple):
    """All of one book; see the dtypes above."""

    state: Record  # (1,) STATE
    knobs: Record  # (1,) settings.KNOBS
    weights: Record  # (1,) WEIGHTS
    orders: Record  # (POOL,) ORDER
    levels: Record  # (RING,) LEVEL
    free: Record  # (POOL,) int32
    members: Record  # (CLASSES, POOL) int32
    counts: Sizes  # (CLASSES,)
    words: Record  # (4,) uint64
    signs: Sizes  # (SIGNS,)
    distance: Floats
    patience: Floats
    adds: Floats
    markets: Floats
    add_sizes: Sizes
    market_sizes: Sizes
    edges: Sizes
    hazard: Floats


SAVED: Final = ("state", "orders", "levels", "free", "members", "counts", "words", "signs")


def arrays(place: int, own: settings.BookSettings) -> BookArrays:
    """An empty book of the instrument of that place."""
    distance, patience, adds, markets = settings.laws(place)
    state = np.zeros(1, STATE)
    state["free"] = POOL
    state["next_id"] = (place + 1) * 10**12 + 1  # an id belongs to one order of all instruments
    state["used"] = 4
    state["instrument"] = place
    levels = np.zeros(RING, LEVEL)
    levels["head"] = levels["tail"] = NOBODY
    signs = np.where(np.arange(SIGNS) % 3 == 0, 1, -1).astype(np.int64)
    return BookArrays(
        state, own.row(), np.zeros(1, WEIGHTS), np.zeros(POOL, ORDER), levels,
        np.arange(POOL - 1, -1, -1, dtype=np.int32), np.zeros((CLASSES, POOL), np.int32),
        np.zeros(CLASSES, np.int64), np.zeros(4, np.uint64), signs, distance, patience, adds, markets,
        settings.ADD_SIZES, settings.MARKET_SIZES, settings.DISTANCE, settings.HAZARD,
    )  # fmt: skip
