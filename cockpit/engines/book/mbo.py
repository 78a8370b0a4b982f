"""The order-level book: every resting order, with its place in the queue."""

from dataclasses import dataclass

import numpy as np

from cockpit.engines.book import kernels, scans
from cockpit.engines.book.layout import (
    ASK_SIDE,
    BID_SIDE,
    FIRST_LEVELS,
    FIRST_ORDERS,
    FLOW,
    NOWHERE,
    arrays,
    joined_logs,
    state_without_log,
    take_flow,
    take_log,
    with_more_levels,
    with_more_orders,
)
from cockpit.engines.book.readout import BookOutput, BookReadout, BookWindow
from cockpit.engines.book.samples import steady, steady_ticks
from cockpit.engines.phase import Phase
from cockpit.errors import BookIntegrityError, EngineError
from cockpit.events.dtypes import ASK, BID, DTYPES, SAMPLE, Kind
from cockpit.units import Rows, Sizes, Ticks

OUTPUT_ROWS = 4096  # derived rows the kernel writes before it hands over; bounds memory, not results
HIGHEST = 2**63 - 1
_SIDES = {BID: BID_SIDE, ASK: ASK_SIDE}
_FAULTS = {
    scans.BAD_SIZE: "order size not positive",
    scans.BAD_TOTAL: "level sums differ from its queue",
    scans.BAD_ORDER: "levels out of order",
    scans.BAD_LINK: "queue links broken",
    scans.BAD_NUMBER: "number of orders differs from the queues",
}


@dataclass(frozen=True, slots=True, eq=False)
class FrozenMboBook:
    """All of an order-level book: queues by level, worst first, bids before asks; see ``kernels.restore``.

    ``filled`` is int64 (2, k): which orders have executions that no cancel or modify took out yet, and how much.
    """

    ids: Rows
    sizes: Sizes
    prices: Ticks
    counts: Sizes
    bids: int
    keyless: Sizes
    filled: Sizes
    sides: Rows
    state: Rows

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        kept = (self.ids, self.sizes, self.prices, self.counts, self.keyless, self.filled, self.sides, self.state)
        return sum(array.nbytes for array in kept)


class MboBook:
    """One instrument's order-level book; the interface is ``readout.Book``.

    Databento's rules: fills and trades do not change it (the cancels and modifies that follow do); a modify
    that changes the price or raises the size loses its place; an unknown id on a modify is an add; a record
    with F_TOB replaces a whole side and counts as one order. The first snapshot record after others empties
    the book, as recordings may lack the clear before it.

    Source: ``protocols/databento.md`` 2.
    """

    depth: int | None = None

    def __init__(self, instrument_id: int) -> None:
        self._instrument_id = instrument_id
        self._arrays = arrays()

    @property
    def instrument_id(self) -> int:
        """Value of ``instrument`` in the rows it takes."""
        return self._instrument_id

    @property
    def resting_orders(self) -> int:
        """Orders in the book."""
        return int(self._arrays.state["resting"][0])

    @property
    def is_suspect(self) -> bool:
        """Whether F_MAYBE_BAD_BOOK or ``distrust`` came since the last clear or snapshot."""
        return bool(self._arrays.state["is_suspect"][0])

    @property
    def unknown_orders(self) -> int:
        """Cancels of ids that do not rest."""
        return int(self._arrays.state["unknown_cancels"][0])

    @property
    def unknown_modifies(self) -> int:
        """Modifies of ids that do not rest, taken as adds."""
        return int(self._arrays.state["unknown_modifies"][0])

    @property
    def duplicate_orders(self) -> int:
        """Adds of ids that rest already, taken as modifies."""
        return int(self._arrays.state["duplicates"][0])

    @property
    def refused_rows(self) -> int:
        """Adds, modifies and cancels without a usable price, side or size."""
        return int(self._arrays.state["refused"][0])

    @property
    def is_crossed(self) -> bool:
        """Whether the best bid is at or above the best ask."""
        bid, ask = self.best()
        return bid is not None and ask is not None and bid >= ask

    def apply(self, rows: Rows, ticks: Rows | None = None) -> BookOutput:
        """Take MBO rows of this instrument in ``seq`` order, and ticks among them.

        Raises:
            EngineError: Rows of another kind or instrument; the book is as before.
        """
        rows, ticks = self._steady(rows), steady_ticks(ticks)
        before = int(self._arrays.state["changes"][0])
        room = min(len(rows), OUTPUT_ROWS)
        tops, prints = np.zeros(room, DTYPES[Kind.TOP]), np.zeros(room, DTYPES[Kind.PRINT])
        samples = np.zeros(len(ticks), SAMPLE)
        top_parts: list[Rows] = []
        print_parts: list[Rows] = []
        logs: list[Rows] = []
        flows: list[Rows] = []
        at = sampled = 0
        while at < len(rows) or sampled < len(ticks):
            at, lack, n_tops, n_prints, sampled = kernels.apply_rows(
                self._arrays, rows, at, tops, prints, ticks, sampled, samples
            )
            top_parts.append(tops[:n_tops].copy())
            print_parts.append(prints[:n_prints].copy())
            logs.append(take_log(self._arrays.log, self._arrays.state))
            flows.append(take_flow(self._arrays.flow, self._arrays.state))
            self._grow(lack)
        changed = int(self._arrays.state["changes"][0]) != before
        samples.flags.writeable = False
        derived = _joined(top_parts, Kind.TOP), _joined(print_parts, Kind.PRINT)
        return BookOutput(*derived, changed, samples, joined_logs(logs), joined_logs(flows, FLOW))

    def _steady(self, rows: Rows) -> Rows:
        if rows.dtype != DTYPES[Kind.MBO]:
            raise EngineError(f"an order-level book cannot take rows of dtype {rows.dtype}")
        if len(rows):
            for instrument in (int(rows["instrument"][0]), int(rows["instrument"][-1])):
                if instrument != self._instrument_id:
                    raise EngineError(f"book {self._instrument_id} received rows of instrument {instrument}")
        return steady(rows, DTYPES[Kind.MBO])

    def _grow(self, lack: int) -> None:
        if lack == kernels.NEED_ORDERS:
            outgrown = self._arrays
            self._arrays = with_more_orders(outgrown)
            kernels.rehash(outgrown.table, self._arrays)
        elif lack == kernels.NEED_LEVELS:
            self._arrays = with_more_levels(self._arrays)

    def best(self) -> tuple[int | None, int | None]:
        """Best bid and ask in ticks; None for an empty side."""
        return self._best(BID_SIDE), self._best(ASK_SIDE)

    def _depth(self, side: int) -> int:
        return int(self._arrays.sides["depth"][side])

    def _best(self, side: int) -> int | None:
        depth = self._depth(side)
        if depth == 0:
            return None
        key = int(self._arrays.ladder["key"][side, depth - 1])
        return key if side == BID_SIDE else -key

    def totals(self, levels: int = 10) -> tuple[int | None, int | None]:
        """Size in the best ``levels`` of bid and ask; None for an empty side."""
        bid, ask = (
            int(scans.side_total(self._arrays, side, levels)) if self._depth(side) else None
            for side in (BID_SIDE, ASK_SIDE)
        )
        return bid, ask

    def readout(self, levels: int = 10) -> BookReadout:
        """The best ``levels`` of each side."""
        bid, ask = self._levels(BID_SIDE, levels), self._levels(ASK_SIDE, levels)
        return BookReadout(*bid, *ask, resting_orders=self.resting_orders)

    def _levels(self, side: int, levels: int) -> Rows:
        room = min(max(levels, 0), self._depth(side))
        columns = np.empty((3, room), np.int64)
        scans.read_levels(self._arrays, side, *columns)
        columns.flags.writeable = False
        return columns

    def window(self, low_tick: int, n: int) -> BookWindow:
        """The ``n`` ticks from ``low_tick`` up."""
        columns = np.zeros((4, n), np.int64)
        bid_sizes, ask_sizes, bid_counts, ask_counts = columns
        low, high = max(low_tick, -HIGHEST), min(low_tick + n - 1, HIGHEST)
        if high >= low:
            skip = low - low_tick
            scans.read_window(self._arrays, BID_SIDE, low, high, bid_sizes[skip:], bid_counts[skip:])
            scans.read_window(self._arrays, ASK_SIDE, low, high, ask_sizes[skip:], ask_counts[skip:])
        columns.flags.writeable = False
        return BookWindow(low_tick, *columns)

    def queue(self, side: int, tick: int) -> tuple[Rows, Sizes]:
        """Order ids (uint64) and sizes (int64) at a price in priority order; empty where nothing rests.

        Raises:
            EngineError: ``side`` is neither BID nor ASK.
        """
        if side not in _SIDES:
            raise EngineError(f"a queue is on side {BID} or {ASK}, not {side}")
        level = NOWHERE if abs(tick) > HIGHEST else kernels.level_at(self._arrays, _SIDES[side], tick)
        n = 0 if level == NOWHERE else int(self._arrays.levels["orders"][level])
        ids, sizes = np.empty(n, np.uint64), np.empty(n, np.int64)
        if n:
            scans.read_queue(self._arrays, level, ids, sizes)
        ids.flags.writeable = sizes.flags.writeable = False
        return ids, sizes

    def distrust(self) -> None:
        """Mark it suspect until the next clear or snapshot; for gaps the caller knows of."""
        self._arrays.state["is_suspect"] = 1

    def freeze(self) -> FrozenMboBook:
        """All of its state, compact and independent of it."""
        book = self._arrays
        orders, bids, asks = self.resting_orders, self._depth(BID_SIDE), self._depth(ASK_SIDE)
        ids, sizes = np.empty(orders, np.uint64), np.empty(orders, np.int64)
        prices, counts = np.empty(bids + asks, np.int64), np.empty(bids + asks, np.int64)
        keyless = np.empty(orders - int(book.state["keyed"][0]), np.int64)
        fills = np.empty(orders, np.int64)
        scans.dump(book, ids, sizes, fills, prices, counts, keyless)
        places = np.flatnonzero(fills)
        filled = np.stack([places, fills[places]])
        bare = state_without_log(book.state)
        return FrozenMboBook(ids, sizes, prices, counts, bids, keyless, filled, book.sides.copy(), bare)

    def thaw(self, frozen: object) -> None:
        """Become what ``freeze`` saw.

        Raises:
            EngineError: Not made by ``freeze`` of an order-level book.
        """
        if not isinstance(frozen, FrozenMboBook):
            raise EngineError(f"an order-level book cannot thaw {type(frozen).__name__}")
        orders = max(FIRST_ORDERS, 1 << len(frozen.ids).bit_length())
        levels = max(FIRST_LEVELS, 1 << len(frozen.prices).bit_length())
        book = arrays(orders, levels)
        kernels.restore(book, frozen.ids, frozen.sizes, frozen.prices, frozen.counts, frozen.bids, frozen.keyless)
        book.orders["filled"][frozen.filled[0]] = frozen.filled[1]  # restored orders lie in their slots in order
        anew = book.state.copy()
        book.state[:] = frozen.state
        book.sides[:] = frozen.sides
        for field in ("order_room", "free_order", "level_room", "free_level", "shift"):
            book.state[field] = anew[field]  # slots are numbered anew; everything else is as it was
        self._arrays = book

    def reset(self) -> None:
        """Become equal to a new one."""
        self._arrays = arrays()

    def check(self, phase: Phase) -> None:
        """Prove the invariants of orders, queues and levels; crossed is a fault in continuous trading only.

        Raises:
            BookIntegrityError: One is broken; the message says which, and where.
        """
        fault, side, price = scans.verify(self._arrays)
        if fault != scans.SOUND:
            where = f"{'bid' if side == BID_SIDE else 'ask'} {price} of instrument {self._instrument_id}"
            raise BookIntegrityError(f"{_FAULTS[fault]}: {where}")
        if phase is Phase.CONTINUOUS and not self._arrays.state["is_open"][0] and self.is_crossed:
            bid, ask = self.best()
            raise BookIntegrityError(f"crossed: bid {bid} >= ask {ask} of instrument {self._instrument_id}")


def _joined(parts: list[Rows], kind: Kind) -> Rows:
    rows = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, DTYPES[kind]), *parts])
    rows.flags.writeable = False
    return rows
