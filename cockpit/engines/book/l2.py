"""The price-level book: what a venue publishes as its best ten levels, or its best one."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.flow_kernels import flow_of_levels
from cockpit.engines.book.layout import FLOW, FLOW_ROOM, NOWHERE, What, joined_logs
from cockpit.engines.book.ofi import best_level_ofi
from cockpit.engines.book.readout import BookOutput, BookReadout, BookWindow
from cockpit.engines.book.samples import (
    SAMPLE_FIELDS,
    Fields,
    latest,
    level_changes,
    level_samples,
    steady,
    steady_ticks,
)
from cockpit.engines.book.stack_kernels import rank_flows, stack
from cockpit.engines.phase import Phase
from cockpit.errors import BookIntegrityError, EngineError
from cockpit.events.dtypes import BOOK_LEVELS, CLEAR, DTYPES, HEADER, TRADE, Flag, Kind
from cockpit.units import NO_PRICE, NO_TIME, Rows, Sizes

Levels = NDArray[np.int64]  # (2, 3, BOOK_LEVELS): side, then price, size, orders
Tops = NDArray[np.int64]  # (n, 6): bid and ask, their sizes, their orders

NO_TOP: Final = (NO_PRICE, NO_PRICE, 0, 0, 0, 0)
TOP_FIELDS: Final = ("bid_ticks", "ask_ticks", "bid_size", "ask_size", "bid_count", "ask_count")
SIDE_NAMES: Final = ("bid", "ask")
_QUOTE_FIELDS: Final[Fields] = (("bid_ticks", "bid_size"), ("ask_ticks", "ask_size"))
_LEVEL_FIELDS: Final = (("bid_ticks", "bid_sizes", "bid_counts"), ("ask_ticks", "ask_sizes", "ask_counts"))


@dataclass(frozen=True, slots=True, eq=False)
class FrozenPriceLevelBook:
    """All of a price-level book."""

    levels: Levels
    top: Tops
    is_deep: bool
    is_open: bool
    is_suspect: bool
    is_told: bool
    stacked: Sizes
    cell: int
    owed: Sizes
    shown: Sizes
    flows: Sizes


class PriceLevelBook:
    """One instrument's price-level book; the interface is ``readout.Book``.

    It is what the last record said: every MBP record carries its levels whole. A level without price or
    without size is not there.

    Source: ``protocols/databento.md`` 1 (mbp-1, mbp-10, bbo, cbbo).
    """

    def __init__(self, instrument_id: int) -> None:
        self._instrument_id = instrument_id
        self.reset()

    def reset(self) -> None:
        """Become equal to a new one."""
        self._levels: Levels = _no_levels()
        self._top: Tops = np.array([NO_TOP], np.int64)
        self._is_deep = False
        self._is_open = False
        self._is_suspect = False
        self._is_told = False  # whether a record said what the book is
        self._stacked: Sizes = np.zeros(2, np.int64)
        self._cell = NO_TIME  # of the last record
        self._owed: Sizes = np.array([NOWHERE, NO_PRICE, 0], np.int64)  # see ``flow_kernels``
        self._shown: Sizes = np.zeros((2, 2, BOOK_LEVELS), np.int64)  # prices, sizes after the last transaction
        self._flows: Sizes = np.zeros(BOOK_LEVELS, np.int64)  # of each rank, bids less asks

    @property
    def instrument_id(self) -> int:
        """Value of ``instrument`` in the rows it takes."""
        return self._instrument_id

    @property
    def depth(self) -> int | None:
        """Levels a side the source can show: ten once a second level was seen, till then one."""
        return BOOK_LEVELS if self._is_deep else 1

    @property
    def is_suspect(self) -> bool:
        """Whether F_MAYBE_BAD_BOOK or ``distrust`` came since the last clear or snapshot."""
        return self._is_suspect

    @property
    def is_crossed(self) -> bool:
        """Whether the best bid is at or above the best ask."""
        bid, ask = self.best()
        return bid is not None and ask is not None and bid >= ask

    def apply(self, rows: Rows, ticks: Rows | None = None) -> BookOutput:
        """Take MBP rows of this instrument in ``seq`` order, and ticks among them.

        Raises:
            EngineError: Rows of another kind or instrument; the book is as before.
        """
        self._require(rows, Kind.MBP)
        ticks = steady_ticks(ticks)
        flow = self._flow(rows, ticks)
        samples, changes = self._sampled(rows, ticks), self._changes(rows, SAMPLE_FIELDS)
        if not len(rows):
            tops = self._tops(rows, np.zeros((0, 6), np.int64))
            return BookOutput(tops, _prints(rows), False, samples, changes, flow)
        changed = self._alters(rows)
        self._levels = _levels_of(rows[-1])
        ends = rows[(rows["flags"] & Flag.LAST) != 0]
        self._is_open = not rows["flags"][-1] & Flag.LAST
        best = [ends[name][:, 0] for name in ("bid_ticks", "ask_ticks", "bid_sizes", "ask_sizes")]
        counts = [ends[name][:, 0] for name in ("bid_counts", "ask_counts")]
        tops = self._tops(ends, _as_tops(*best, *counts))
        return BookOutput(tops, _prints(rows), changed, samples, changes, flow)

    def apply_quotes(self, rows: Rows, ticks: Rows | None = None) -> BookOutput:
        """Take QUOTE rows in ``seq`` order, and ticks among them; each row replaces the book by one level a side.

        Raises:
            EngineError: Rows of another kind or instrument; the book is as before.
        """
        self._require(rows, Kind.QUOTE)
        ticks = steady_ticks(ticks)
        samples, _ = level_samples(ticks, rows, self._levels, _QUOTE_FIELDS)
        samples["bid_stacked"], samples["ask_stacked"] = self._stacked
        samples["is_suspect"] = self._is_suspect
        samples.flags.writeable = False
        tops = self._tops(rows, _as_tops(*(rows[name] for name in TOP_FIELDS)))
        changes = self._changes(rows, _QUOTE_FIELDS)
        if len(rows):
            had = self._levels
            self._levels = _no_levels()
            self._levels[:, :, 0] = np.array([rows[-1][name] for name in TOP_FIELDS], np.int64).reshape(3, 2).T
            self._is_open = False
            changed = len(tops) > 0 or not np.array_equal(had, self._levels)
            return BookOutput(tops, _prints(rows[:0]), changed, samples, changes, _of_ticks(ticks))
        return BookOutput(tops, _prints(rows), False, samples, changes, _of_ticks(ticks))

    def _flow(self, rows: Rows, ticks: Rows) -> Rows:
        """What happened, of MBP rows and ticks; called before the levels are those of the last row."""
        given, before = steady(rows, DTYPES[Kind.MBP]), self._as_row()
        parts: list[Rows] = []
        at = ticked = 0
        room = np.zeros(FLOW_ROOM, FLOW)
        while at < len(rows) or ticked < len(ticks):
            at, ticked, n = flow_of_levels(given, at, before, self._is_told, self._owed, ticks, ticked, room)
            parts.append(room[:n].copy())
        return joined_logs(parts, FLOW)

    def _changes(self, rows: Rows, fields: Fields) -> Rows:
        changes, self._cell = level_changes(rows, self._levels, fields, self._cell)
        changes.flags.writeable = False
        return changes

    def _sampled(self, rows: Rows, ticks: Rows) -> Rows:
        """Samples among MBP rows; brings what is counted from record to record up to the last of them."""
        samples, at = level_samples(ticks, rows, self._levels, SAMPLE_FIELDS)
        counts = np.empty((2, len(rows) + 1), np.int64)
        counts[:, 0] = self._stacked
        given = steady(rows, DTYPES[Kind.MBP])
        self._is_deep = bool(stack(given, self._as_row(), self._is_told, self._is_deep, counts))
        is_good = (rows["action"] == CLEAR) | (rows["flags"] & Flag.SNAPSHOT != 0)
        suspect = latest((rows["flags"] & Flag.MAYBE_BAD_BOOK) != 0, is_good, self._is_suspect)
        samples["bid_stacked"], samples["ask_stacked"] = counts[:, at]
        samples["is_suspect"] = suspect[at]
        flows = np.zeros((len(at), BOOK_LEVELS), np.int64)
        rank_flows(given, at, self._shown, self._flows, flows)
        samples["flows"] = flows
        samples.flags.writeable = False
        self._stacked, self._is_suspect = counts[:, -1].copy(), bool(suspect[-1])
        self._is_told = self._is_told or len(rows) > 0
        return samples

    def _as_row(self) -> Rows:
        row = np.zeros(1, DTYPES[Kind.MBP])
        for side, names in enumerate(SAMPLE_FIELDS):
            for part, name in enumerate(names):
                row[name] = self._levels[side, part]
        return row

    def _require(self, rows: Rows, kind: Kind) -> None:
        if rows.dtype != DTYPES[kind]:
            raise EngineError(f"a price-level book cannot take rows of dtype {rows.dtype} as {kind.name}")
        if len(rows):
            for instrument in (int(rows["instrument"][0]), int(rows["instrument"][-1])):
                if instrument != self._instrument_id:
                    raise EngineError(f"book {self._instrument_id} received rows of instrument {instrument}")

    def _alters(self, rows: Rows) -> bool:
        if not np.array_equal(_levels_of(rows[0]), self._levels):
            return True
        names = [name for side in _LEVEL_FIELDS for name in side]
        return any(bool((rows[name][1:] != rows[name][:-1]).any()) for name in names)

    def _tops(self, causes: Rows, quotes: Tops) -> Rows:
        quotes = np.concatenate([self._top, quotes])
        differs = (quotes[1:] != quotes[:-1]).any(axis=1)
        tops = np.zeros(int(differs.sum()), DTYPES[Kind.TOP])
        for name, _ in HEADER:
            tops[name] = causes[name][differs]
        for i, name in enumerate(TOP_FIELDS):
            tops[name] = quotes[1:][differs, i]
        if len(tops):
            tops["ofi"] = best_level_ofi(quotes[:, 0], quotes[:, 2], quotes[:, 1], quotes[:, 3])[differs]
        tops.flags.writeable = False
        self._top = quotes[-1:].copy()
        return tops

    def _side(self, side: int) -> Levels:
        """Price, size and orders of the levels that are there, best first, (3, n)."""
        ticks, sizes, _ = self._levels[side]
        return self._levels[side][:, (ticks != NO_PRICE) & (sizes > 0)]

    def best(self) -> tuple[int | None, int | None]:
        """Best bid and ask in ticks; None for an empty side."""
        bid, ask = (self._side(side)[0] for side in (0, 1))
        return int(bid[0]) if len(bid) else None, int(ask[0]) if len(ask) else None

    def totals(self, levels: int = 10) -> tuple[int | None, int | None]:
        """Size in the best ``levels`` of bid and ask; None for an empty side."""
        bid, ask = (self._side(side)[1] for side in (0, 1))
        return int(bid[:levels].sum()) if len(bid) else None, int(ask[:levels].sum()) if len(ask) else None

    def readout(self, levels: int = 10) -> BookReadout:
        """The best ``levels`` of each side, as far as the source shows them."""
        columns = [self._side(side)[:, : max(levels, 0)] for side in (0, 1)]
        for side in columns:
            side.flags.writeable = False
        return BookReadout(*columns[0], *columns[1], resting_orders=None)

    def window(self, low_tick: int, n: int) -> BookWindow:
        """The ``n`` ticks from ``low_tick`` up."""
        columns = np.zeros((2, 2, n), np.int64)  # sizes and orders, by side
        for side in (0, 1):
            ticks, sizes, orders = self._side(side)
            for tick, size, count in zip(ticks.tolist(), sizes.tolist(), orders.tolist(), strict=True):
                if 0 <= tick - low_tick < n:
                    columns[:, side, tick - low_tick] = size, count
        columns.flags.writeable = False
        return BookWindow(low_tick, *columns[0], *columns[1])

    def queue(self, side: int, tick: int) -> tuple[Rows, Sizes]:
        """Not known to a price-level book.

        Raises:
            EngineError: Always.
        """
        raise EngineError(f"a price-level book has no queue at {tick} of side {side}")

    def distrust(self) -> None:
        """Mark it suspect until the next clear or snapshot; for gaps the caller knows of."""
        self._is_suspect = True

    def freeze(self) -> FrozenPriceLevelBook:
        """All of its state, compact and independent of it."""
        top = self._top.copy()
        flags = (self._is_deep, self._is_open, self._is_suspect, self._is_told)
        counts = self._stacked.copy(), self._cell, self._owed.copy(), self._shown.copy(), self._flows.copy()
        return FrozenPriceLevelBook(self._levels.copy(), top, *flags, *counts)

    def thaw(self, frozen: object) -> None:
        """Become what ``freeze`` saw.

        Raises:
            EngineError: Not made by ``freeze`` of a price-level book.
        """
        if not isinstance(frozen, FrozenPriceLevelBook):
            raise EngineError(f"a price-level book cannot thaw {type(frozen).__name__}")
        self._levels, self._top = frozen.levels.copy(), frozen.top.copy()
        self._is_deep, self._is_open, self._is_suspect = frozen.is_deep, frozen.is_open, frozen.is_suspect
        self._is_told, self._stacked, self._cell = frozen.is_told, frozen.stacked.copy(), frozen.cell
        self._owed = frozen.owed.copy()
        self._shown, self._flows = frozen.shown.copy(), frozen.flows.copy()

    def check(self, phase: Phase) -> None:
        """Prove that sizes are positive and levels in order; crossed is a fault in continuous trading only.

        Raises:
            BookIntegrityError: One is broken; the message says which, and where.
        """
        for side, name in enumerate(SIDE_NAMES):
            ticks, sizes, _ = self._levels[side]
            if (bad := ticks[(ticks != NO_PRICE) & (sizes < 0)]).size:
                raise BookIntegrityError(f"size not positive: {name} {bad[0]} of instrument {self._instrument_id}")
            there = self._side(side)[0]
            wrong = np.flatnonzero(there[1:] >= there[:-1] if side == 0 else there[1:] <= there[:-1])
            if wrong.size:
                where = f"{name} {there[wrong[0] + 1]} behind {there[wrong[0]]} of instrument {self._instrument_id}"
                raise BookIntegrityError(f"levels out of order: {where}")
        if phase is Phase.CONTINUOUS and not self._is_open and self.is_crossed:
            bid, ask = self.best()
            raise BookIntegrityError(f"crossed: bid {bid} >= ask {ask} of instrument {self._instrument_id}")


def _no_levels() -> Levels:
    levels = np.zeros((2, 3, BOOK_LEVELS), np.int64)
    levels[:, 0] = NO_PRICE
    return levels


def _levels_of(row: Rows) -> Levels:
    return np.array([[row[name] for name in side] for side in _LEVEL_FIELDS], np.int64)


def _as_tops(*columns: Sizes) -> Tops:
    """Best quotes from their six columns; a side without price or size becomes an empty one."""
    tops = np.stack(columns, axis=1).astype(np.int64)
    for side in (0, 1):
        missing = (tops[:, side] == NO_PRICE) | (tops[:, side + 2] <= 0)
        tops[missing, side::2] = (NO_PRICE, 0, 0)
    return tops


def _of_ticks(ticks: Rows) -> Rows:
    flow = np.zeros(len(ticks), FLOW)
    flow["seq"], flow["clock_ns"] = ticks["seq"], ticks["clock_ns"]
    flow["price"], flow["what"], flow["side"] = NO_PRICE, What.TICK, NOWHERE
    flow.flags.writeable = False
    return flow


def _prints(rows: Rows) -> Rows:
    if rows.dtype != DTYPES[Kind.MBP]:
        return np.zeros(0, DTYPES[Kind.PRINT])
    traded = rows[(rows["action"] == TRADE) & (rows["size"] > 0) & (rows["price_ticks"] != NO_PRICE)]
    prints = np.zeros(len(traded), DTYPES[Kind.PRINT])
    for name in (*(name for name, _ in HEADER), "price_ticks", "size"):
        prints[name] = traded[name]
    prints["aggressor"] = traded["side"]
    prints.flags.writeable = False
    return prints
