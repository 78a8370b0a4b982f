"""Where the order-level book keeps what: flat record arrays, and the meaning of their fields.

numba's cache does not see a change across files: when something here changes its meaning, touch ``kernels.py``
and ``scans.py`` too.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from cockpit.events.dtypes import BOOK_LEVELS
from cockpit.units import NO_PRICE, NO_TIME

Record = Any  # one record of a structured array, as kernels see it
Records = Any  # an array of them: numpy's stubs do not know that an element has its fields as attributes

BID_SIDE, ASK_SIDE = 0, 1
NOWHERE: Final = -1  # no slot

FIRST_ORDERS: Final = 4096  # a power of two; doubled whenever it runs out
FIRST_LEVELS: Final = 512


def record(*fields: tuple[str, object] | tuple[str, object, tuple[int, ...]]) -> np.dtype[np.void]:
    return np.dtype([*fields], align=True)  # pyright: ignore[reportCallIssue, reportArgumentType]  wants a literal


ORDER: Final = record(
    ("id", np.uint64),
    ("size", np.int64),
    ("level", np.int32),  # slot
    ("next", np.int32),  # slot of the order behind it in the queue; of a free slot: the next free one
    ("previous", np.int32),
    ("filled", np.int64),  # told by executions, still to be taken out by the cancel or modify that follows them
)
PLACE: Final = record(  # of the table that finds orders by id
    ("tag", np.uint32),  # upper half of the spread id; its leading bits are the home place
    ("slot", np.int32),  # plus 1; 0 is an empty place
)
LEVEL: Final = record(
    ("price", np.int64),
    ("size", np.int64),
    ("orders", np.int64),
    ("head", np.int32),  # slot of the first in the queue; of a free slot: the next free one
    ("tail", np.int32),
    ("side", np.int32),
    ("noted", np.int64),  # number of the row in the log that tells of it, see ``kernels._note``; -1 none
)
RUNG: Final = record(  # of the ladder, one per level in use
    ("key", np.int64),  # the price; of asks negated, so that the best is the largest on both sides
    ("level", np.int64),  # slot
)
SHOWN: Final[tuple[tuple[str, object], ...]] = (  # of a side: its best levels when a transaction last ended
    ("shown_keys", np.dtype((np.int64, (BOOK_LEVELS,)))),  # as in RUNG, best first
    ("shown_sizes", (np.int64, (BOOK_LEVELS,))),  # 0 where there was none
    ("flows", (np.int64, (BOOK_LEVELS,))),  # what was added to each rank since the book began, as OFI counts it
    ("shown_last", np.int64),  # key of the worst of them; with fewer than all of them every price is as near
    ("is_near", np.int64),  # whether one of them may have changed since
)
SIDE: Final = record(
    ("depth", np.int64),  # levels in use
    ("top_ticks", np.int64),  # as last given out
    ("top_size", np.int64),
    ("top_orders", np.int64),
    ("stacked", np.int64),  # added less pulled within the best levels since the book began; see ``kernels._stack``
    *SHOWN,
)
STATE: Final = record(
    ("order_room", np.int64),  # order slots ever used
    ("free_order", np.int64),  # first slot given back
    ("level_room", np.int64),
    ("free_level", np.int64),
    ("shift", np.int64),  # 32 - log2(len(table))
    ("keyed", np.int64),  # orders in the table
    ("resting", np.int64),  # orders in the book, synthetic tops included
    ("is_suspect", np.int64),
    ("in_snapshot", np.int64),
    ("is_open", np.int64),  # in the middle of a venue transaction
    ("changes", np.int64),  # grows with every change of the book
    ("unknown_cancels", np.int64),
    ("unknown_modifies", np.int64),
    ("duplicates", np.int64),
    ("refused", np.int64),
    ("logged", np.int64),  # rows in the log
    ("handed", np.int64),  # rows taken out of the log so far: the number of its first one
    ("cell", np.int64),  # of the last row taken, see ``CELL_NS``
    ("cell_end", np.int64),  # clock at which it is over
    ("cell_first", np.int64),  # number of the first row logged since that cell began, or since the last hand-over
    ("flowed", np.int64),  # rows in the flow
    ("is_flowing", np.int64),  # whether the transaction that goes on told anything of the flow
)
CHANGE: Final = record(  # of the log: a level whose size changed in a cell of time
    ("cell", np.int64),
    ("price", np.int64),
    ("size", np.int64),  # what rests there when the cell, or what was taken of it so far, ends
    ("side", np.int64),  # BID_SIDE, ASK_SIDE, or that side with GONE added: no level of it is left
)
CELL_NS: Final = 100_000_000  # a cell is so long; its number is ``clock_ns // CELL_NS``, and it never goes back
GONE: Final = 2
NEARLY_ALL: Final = -(2**63)  # key behind which no price lies
LOG_ROOM: Final = 4096
LOGGED_AT_ONCE: Final = 4  # rows at most that one record logs
FLOW: Final = record(  # what happened, in order: every change of a level with its cause, trades, ticks
    ("seq", np.int64),  # of the record that told
    ("clock_ns", np.int64),
    ("price", np.int64),  # ticks; NO_PRICE where it is about no level
    ("size", np.int64),  # what rests at the level after it
    ("amount", np.int64),  # by how much, see ``What``
    ("order_id", np.uint64),  # 0 where the source has none
    ("what", np.int32),  # one of ``What``, with ENDS added where the venue's transaction is over
    ("side", np.int32),  # BID_SIDE, ASK_SIDE; of a trade the side that rested, NOWHERE unknown
)
FLOW_ROOM: Final = 4096
FLOWED_AT_ONCE: Final = 8  # rows at most that one record makes
ENDS: Final = 16


class What:
    """What a row of FLOW tells."""

    NOTHING: Final = 0  # only that a transaction ended
    ADDED: Final = 1  # somebody added ``amount``
    PULLED: Final = 2  # somebody took ``amount`` away
    FILLED: Final = 3  # ``amount`` was executed; more than rested there when some of it was hidden
    SHOWN: Final = 4  # the venue said what rests there: a snapshot, not what somebody does
    LEFT: Final = 5  # nothing is known of the level any more: a clear, or it left the window the venue shows
    TRADED: Final = 6  # a print of ``amount``; ``size`` is 0
    TICK: Final = 7
    GAP: Final = 8  # the book may be wrong from here on, until a snapshot


class Arrays(NamedTuple):
    """All state of one book.

    Attributes:
        orders: ORDER (n,), by slot.
        table: PLACE (2 n,), open addressing by id.
        levels: LEVEL (m,), by slot.
        ladder: RUNG (2, m), per side the levels in use, best last.
        sides: SIDE (2,), bid and ask.
        state: STATE (1,).
        log: CHANGE (LOG_ROOM,), the changed levels that nobody has taken yet.
        flow: FLOW (FLOW_ROOM,), what happened and nobody has taken yet.
    """

    orders: Records
    table: Records
    levels: Records
    ladder: Records
    sides: Records
    state: Records
    log: Records
    flow: Records


def arrays(orders: int = FIRST_ORDERS, levels: int = FIRST_LEVELS) -> Arrays:
    """An empty book with room for ``orders`` (a power of two) and ``levels``."""
    state, sides = np.zeros(1, STATE), np.zeros(2, SIDE)
    state["free_order"] = state["free_level"] = NOWHERE
    state["shift"] = 32 - (2 * orders).bit_length() + 1
    state["cell"] = state["cell_end"] = NO_TIME
    sides["top_ticks"] = NO_PRICE
    sides["shown_last"] = NEARLY_ALL
    return Arrays(
        np.zeros(orders, ORDER),
        np.zeros(2 * orders, PLACE),
        np.zeros(levels, LEVEL),
        np.zeros((2, levels), RUNG),
        sides,
        state,
        np.zeros(LOG_ROOM, CHANGE),
        np.zeros(FLOW_ROOM, FLOW),
    )


def take_log(log: Records, state: Records) -> Records:
    """What the log of an order-level or full-depth book holds, CHANGE (n,); the log is empty then."""
    n = int(state["logged"][0])
    taken = log[:n].copy()
    state["handed"] += n
    state["cell_first"] = state["handed"]
    state["logged"] = 0
    return taken


def take_flow(flow: Records, state: Records) -> Records:
    """What the flow of an order-level or full-depth book holds, FLOW (n,); it is empty then."""
    taken = flow[: int(state["flowed"][0])].copy()
    state["flowed"] = 0
    return taken


def joined_logs(parts: Sequence[Records], dtype: np.dtype[np.void] = CHANGE) -> Records:
    """Parts of a log as one, CHANGE (n,) or FLOW (n,), read-only."""
    rows = parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype), *parts])
    rows.flags.writeable = False
    return rows


def state_without_log(state: Records) -> Records:
    """A copy that does not tell how rows were cut: nothing is in the log, and nobody counts what was."""
    bare = state.copy()
    for name in ("logged", "handed", "cell_first", "flowed"):
        bare[name] = 0
    return bare


def with_more_orders(book: Arrays) -> Arrays:
    """The same book with room for twice the orders; its new table is still empty."""
    n = len(book.orders)
    bigger = arrays(2 * n, 1)
    bigger.orders[:n] = book.orders
    book.state["shift"] = bigger.state["shift"]
    return book._replace(orders=bigger.orders, table=bigger.table)


def with_more_levels(book: Arrays) -> Arrays:
    """The same book with room for twice the levels."""
    n = len(book.levels)
    bigger = arrays(1, 2 * n)
    bigger.levels[:n] = book.levels
    bigger.ladder[:, :n] = book.ladder
    return book._replace(levels=bigger.levels, ladder=bigger.ladder)
