"""The full-depth book of price levels: what a venue publishes as a snapshot and changes of levels."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.book import depth_kernels as kernels
from cockpit.engines.book.layout import (
    ASK_SIDE,
    BID_SIDE,
    FLOW,
    joined_logs,
    state_without_log,
    take_flow,
    take_log,
)
from cockpit.engines.book.readout import BookOutput, BookReadout, BookWindow
from cockpit.engines.book.samples import steady, steady_ticks
from cockpit.engines.phase import Phase
from cockpit.errors import BookIntegrityError, EngineError
from cockpit.events.dtypes import DTYPES, SAMPLE, Kind
from cockpit.units import NO_PRICE, Rows, Sizes, Ticks

OUTPUT_ROWS: Final = 4096  # derived rows the kernel writes before it hands over; bounds memory, not results
HIGHEST: Final = 2**62
SIDE_NAMES: Final = ("bid", "ask")
_NO_TRADES: Final = np.zeros(0, DTYPES[Kind.TRADE])
_NO_PRINTS: Final = np.zeros(0, DTYPES[Kind.PRINT])
_NO_TRADES.flags.writeable = _NO_PRINTS.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class FrozenDepthBook:
    """All of a full-depth book: levels worst first, bids before asks.

    Attributes:
        keys: int64 (n,), prices, of asks negated.
        sizes: int64 (n,).
        bids: How many of them are bids.
        sides, state, credits: As in ``depth_kernels``; of credits those in use.
    """

    keys: Ticks
    sizes: Sizes
    bids: int
    sides: Rows
    state: Rows
    credits: Rows

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(array.nbytes for array in (self.keys, self.sizes, self.sides, self.state, self.credits))


class DepthBook:
    """One instrument's full-depth book; the interface is ``readout.Book``.

    A DEPTH row says what rests at a price now; 0 removes the level, and removing one that is not there is normal.
    A snapshot replaces the book. It is as deep as the venue gave it: behind its worst level a price is known only
    once it changed, see ``told``. Changes before any snapshot make a suspect book.

    Source: ``protocols/binance-usdm.md`` 4.
    """

    depth: int | None = None

    def __init__(self, instrument_id: int) -> None:
        self._instrument_id = instrument_id
        self._arrays = kernels.arrays()

    @property
    def instrument_id(self) -> int:
        """Value of ``instrument`` in the rows it takes."""
        return self._instrument_id

    @property
    def is_suspect(self) -> bool:
        """Whether the venue or the caller said it may be wrong, and no clear or snapshot came since."""
        return bool(self._arrays.state["is_suspect"][0])

    @property
    def is_crossed(self) -> bool:
        """Whether the best bid is at or above the best ask."""
        bid, ask = self.best()
        return bid is not None and ask is not None and bid >= ask

    @property
    def final_id(self) -> int | None:
        """The venue's id of the last message taken; None when it gave none."""
        found = int(self._arrays.state["final_id"][0])
        return None if found < 0 else found

    @property
    def refused_rows(self) -> int:
        """Levels without a usable price or size."""
        return int(self._arrays.state["refused"][0])

    @property
    def told(self) -> tuple[int | None, int | None]:
        """Worst bid and ask of the last snapshot, ticks; None when its side was empty or there was none."""
        bid, ask = self._arrays.sides["told"].tolist()
        return None if bid == NO_PRICE else bid, None if ask == NO_PRICE else -ask

    @property
    def levels(self) -> tuple[int, int]:
        """Number of bid and ask levels."""
        bids, asks = self._arrays.sides["depth"].tolist()
        return bids, asks

    def apply(self, rows: Rows, ticks: Rows | None = None, trades: Rows | None = None) -> BookOutput:
        """Take DEPTH rows of this instrument in ``seq`` order, ticks and trades among them.

        Args:
            rows: DEPTH.
            ticks: TICK; each gives one sample.
            trades: TRADE; what they took is no pull.

        Raises:
            EngineError: Rows of another kind or instrument; the book is as before.
        """
        rows, ticks = self._steady(rows), steady_ticks(ticks)
        trades = steady(_NO_TRADES if trades is None else trades, DTYPES[Kind.TRADE])
        before = int(self._arrays.state["changes"][0])
        samples = np.zeros(len(ticks), SAMPLE)
        room = np.zeros(min(len(rows), OUTPUT_ROWS), DTYPES[Kind.TOP])
        parts: list[Rows] = []
        logs: list[Rows] = []
        flows: list[Rows] = []
        at = traded = sampled = 0
        while at < len(rows) or traded < len(trades) or sampled < len(ticks):
            at, traded, sampled, n_tops = kernels.apply_rows(
                self._arrays, rows, at, trades, traded, ticks, sampled, samples, room
            )
            parts.append(room[:n_tops].copy())
            logs.append(take_log(self._arrays.log, self._arrays.state))
            flows.append(take_flow(self._arrays.flow, self._arrays.state))
            if at < len(rows) and max(self.levels) >= self._arrays.keys.shape[1] - 1:
                self._arrays = kernels.with_more_levels(self._arrays)
        samples.flags.writeable = False
        changed = int(self._arrays.state["changes"][0]) != before
        tops, log, flow = _joined(parts), joined_logs(logs), joined_logs(flows, FLOW)
        return BookOutput(tops, _NO_PRINTS, changed, samples, log, flow)

    def _steady(self, rows: Rows) -> Rows:
        if rows.dtype != DTYPES[Kind.DEPTH]:
            raise EngineError(f"a full-depth book cannot take rows of dtype {rows.dtype}")
        if len(rows):
            for instrument in (int(rows["instrument"][0]), int(rows["instrument"][-1])):
                if instrument != self._instrument_id:
                    raise EngineError(f"book {self._instrument_id} received rows of instrument {instrument}")
        return steady(rows, DTYPES[Kind.DEPTH])

    def _side(self, side: int) -> tuple[Ticks, Sizes]:
        """Prices and sizes of a side, best first; views."""
        n = int(self._arrays.sides["depth"][side])
        keys = self._arrays.keys[side, :n][::-1]
        return (keys if side == BID_SIDE else -keys), self._arrays.sizes[side, :n][::-1]

    def best(self) -> tuple[int | None, int | None]:
        """Best bid and ask in ticks; None for an empty side."""
        bid, ask = (self._side(side)[0][:1] for side in (BID_SIDE, ASK_SIDE))
        return int(bid[0]) if len(bid) else None, int(ask[0]) if len(ask) else None

    def totals(self, levels: int = 10) -> tuple[int | None, int | None]:
        """Size in the best ``levels`` of bid and ask; None for an empty side."""
        bid, ask = (self._side(side)[1][: max(levels, 0)] for side in (BID_SIDE, ASK_SIDE))
        return int(bid.sum()) if len(bid) else None, int(ask.sum()) if len(ask) else None

    def readout(self, levels: int = 10) -> BookReadout:
        """The best ``levels`` of each side."""
        columns: list[Ticks] = []
        for side in (BID_SIDE, ASK_SIDE):
            ticks, sizes = (column[: max(levels, 0)].copy() for column in self._side(side))
            columns += [ticks, sizes, np.full(len(ticks), -1, np.int64)]
        for column in columns:
            column.flags.writeable = False
        return BookReadout(*columns, resting_orders=None)

    def window(self, low_tick: int, n: int) -> BookWindow:
        """The ``n`` ticks from ``low_tick`` up."""
        sizes = np.zeros((2, n), np.int64)
        if abs(low_tick) < HIGHEST:
            for side in (BID_SIDE, ASK_SIDE):
                kernels.read_window(self._arrays, side, low_tick, sizes[side])
        counts = np.where(sizes > 0, -1, 0)
        sizes.flags.writeable = counts.flags.writeable = False
        return BookWindow(low_tick, *sizes, *counts)

    def queue(self, side: int, tick: int) -> tuple[Rows, Sizes]:
        """Not known to a book of levels.

        Raises:
            EngineError: Always.
        """
        raise EngineError(f"a book of price levels has no queue at {tick} of side {side}")

    def distrust(self) -> None:
        """Mark it suspect until the next clear or snapshot; for gaps the caller knows of."""
        self._arrays.state["is_suspect"] = 1

    def freeze(self) -> FrozenDepthBook:
        """All of its state, compact and independent of it."""
        book, (bids, asks) = self._arrays, self.levels
        keys = np.concatenate([book.keys[BID_SIDE, :bids], book.keys[ASK_SIDE, :asks]])
        sizes = np.concatenate([book.sizes[BID_SIDE, :bids], book.sizes[ASK_SIDE, :asks]])
        credits = book.credits[: int(book.state["owed"][0])].copy()
        return FrozenDepthBook(keys, sizes, bids, book.sides.copy(), state_without_log(book.state), credits)

    def thaw(self, frozen: object) -> None:
        """Become what ``freeze`` saw.

        Raises:
            EngineError: Not made by ``freeze`` of a full-depth book.
        """
        if not isinstance(frozen, FrozenDepthBook):
            raise EngineError(f"a full-depth book cannot thaw {type(frozen).__name__}")
        parts = (slice(None, frozen.bids), slice(frozen.bids, None))
        longest = max(frozen.bids, len(frozen.keys) - frozen.bids)
        book = kernels.arrays(max(kernels.FIRST_LEVELS, 1 << (longest + 1).bit_length()))
        for side, part in enumerate(parts):
            n = len(frozen.keys[part])
            book.keys[side, :n], book.sizes[side, :n] = frozen.keys[part], frozen.sizes[part]
        book.sides[:], book.state[:] = frozen.sides, frozen.state
        book.credits[: len(frozen.credits)] = frozen.credits
        self._arrays = book

    def reset(self) -> None:
        """Become equal to a new one."""
        self._arrays = kernels.arrays()

    def check(self, phase: Phase) -> None:
        """Prove that sizes are positive and levels in order; crossed is a fault in continuous trading only.

        Raises:
            BookIntegrityError: One is broken; the message says which, and where.
        """
        for side, name in enumerate(SIDE_NAMES):
            ticks, sizes = self._side(side)
            if (bad := ticks[sizes <= 0]).size:
                raise BookIntegrityError(f"size not positive: {name} {bad[0]} of instrument {self._instrument_id}")
            wrong = np.flatnonzero(ticks[1:] >= ticks[:-1] if side == BID_SIDE else ticks[1:] <= ticks[:-1])
            if wrong.size:
                where = f"{name} {ticks[wrong[0] + 1]} behind {ticks[wrong[0]]} of instrument {self._instrument_id}"
                raise BookIntegrityError(f"levels out of order: {where}")
        if phase is Phase.CONTINUOUS and not self._arrays.state["is_open"][0] and self.is_crossed:
            bid, ask = self.best()
            raise BookIntegrityError(f"crossed: bid {bid} >= ask {ask} of instrument {self._instrument_id}")


def _joined(parts: list[Rows]) -> Rows:
    tops = parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, DTYPES[Kind.TOP]), *parts])
    tops.flags.writeable = False
    return tops
