"""The full-depth book said slowly: sorted dictionaries, one row after another."""

import numpy as np
from sortedcontainers import SortedDict

from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, CLEAR, Flag
from cockpit.units import NO_PRICE, Rows

Sample = tuple[int, int, list[int], list[int], int, int, int]


class DepthOracle:
    """What ``DepthBook`` must show."""

    def __init__(self) -> None:
        self.bids: SortedDict = SortedDict(lambda price: -price)
        self.asks: SortedDict = SortedDict()
        self.stacked = [0, 0]
        self.is_suspect = self.is_told = self.in_snapshot = False
        self.tops: list[tuple[int, int, int, int, int]] = []
        self.samples: list[Sample] = []
        self._top = (NO_PRICE, 0, NO_PRICE, 0)

    def run(self, rows: Rows, trades: Rows, ticks: Rows) -> None:
        """Take all of them in the order of seq."""
        events = [(int(row["seq"]), self._row, row) for row in rows]
        events += [(int(trade["seq"]), self._trade, trade) for trade in trades]
        events += [(int(tick["seq"]), self._tick, tick) for tick in ticks]
        for _, take, event in sorted(events, key=lambda each: each[0]):
            take(event)

    def _row(self, row: Rows) -> None:
        is_snapshot = bool(row["flags"] & Flag.SNAPSHOT)
        if row["action"] == CLEAR or (is_snapshot and not self.in_snapshot):
            self.bids.clear()
            self.asks.clear()
            self.is_suspect, self.is_told = False, True
        self.in_snapshot = is_snapshot
        if row["action"] != CLEAR and row["side"] in (BID, ASK):
            if not self.is_told:
                self.is_suspect = True
            side = 0 if row["side"] == BID else 1
            levels = (self.bids, self.asks)[side]
            price, size = int(row["price_ticks"]), int(row["size"])
            better = sum(1 for each in levels if (each > price if side == 0 else each < price))
            # the rank of a level that is there, or the one it would get
            if self.is_told and not is_snapshot and better < BOOK_LEVELS:
                self.stacked[side] += size - levels.get(price, 0)
            if size:
                levels[price] = size
            else:
                levels.pop(price, None)
        if row["flags"] & Flag.MAYBE_BAD_BOOK:
            self.is_suspect = True
        if row["flags"] & Flag.LAST:
            self.in_snapshot = False
            top = (*self._best(self.bids), *self._best(self.asks))
            if top != self._top:
                self._top = top
                self.tops.append((int(row["seq"]), *top))

    def _trade(self, trade: Rows) -> None:
        if self.is_told and trade["aggressor"] in (BID, ASK):
            self.stacked[1 if trade["aggressor"] == BID else 0] += int(trade["size"])

    def _tick(self, tick: Rows) -> None:
        sizes = [(list(side.values()) + [0] * BOOK_LEVELS)[:BOOK_LEVELS] for side in (self.bids, self.asks)]
        best = (self._best(self.bids)[0], self._best(self.asks)[0])
        self.samples.append((*best, *sizes, *self.stacked, int(self.is_suspect)))

    @staticmethod
    def _best(side: SortedDict) -> tuple[int, int]:
        return side.peekitem(0) if side else (NO_PRICE, 0)


def told(samples: Rows) -> list[Sample]:
    """SAMPLE rows as the oracle keeps them."""
    names = ("bid_ticks", "ask_ticks", "bid_sizes", "ask_sizes", "bid_stacked", "ask_stacked", "is_suspect")
    return [tuple(np.asarray(row[name]).tolist() for name in names) for row in samples]  # type: ignore[misc]
