"""Messages as rows of events: gathered one by one, made into arrays at once."""

import math
from typing import Final

import numpy as np

from cockpit.errors import ParseError
from cockpit.events.dtypes import ASK, BID, CLEAR, DTYPES, MODIFY, NONE, Flag, Kind
from cockpit.events.market import Batch
from cockpit.feeds.binance.levels import Change, Grids, Stamp, Start
from cockpit.feeds.binance.parse import Mark, Ticker, Trade
from cockpit.feeds.binance.sync import Break, Step
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_MS, Rows

_RUN: Final = np.dtype(
    [(name, np.int64) for name in ("count", "bids", "seq", "clock", "event", "recv", "instrument")]
    + [(name, np.int64) for name in ("first", "final", "previous", "action", "flags", "last")]
)
_MASK_32: Final = 2**32 - 1


class RowBuilder:
    """Gathers events in the order in which they are given; ``seq`` counts on without holes.

    Args:
        next_seq: Of the first event.
    """

    def __init__(self, next_seq: int = 0) -> None:
        self.first_seq = self.next_seq = next_seq
        self._runs: list[tuple[int, ...]] = []
        self._prices: list[int] = []
        self._sizes: list[int] = []
        self._rows: dict[Kind, list[tuple[float, ...]]] = {}

    def __len__(self) -> int:
        return self.next_seq - self.first_seq

    def steps(self, instrument: int, steps: list[Step], stamp: Stamp) -> None:
        """What a book's sequence came to; a break has the time of the message that showed it."""
        for step in steps:
            if isinstance(step, Change):
                ids = step.first_id, step.final_id, step.previous_id
                self._levels(instrument, step, ids, MODIFY, 0)
            elif isinstance(step, Start):
                self._start(instrument, step)
            else:
                self.gap(instrument, step, stamp)

    def _start(self, instrument: int, start: Start) -> None:
        ids = -1, start.last_id, -1
        is_empty = not start.prices
        self._run(instrument, start.stamp, ids, CLEAR, Flag.SNAPSHOT, (1, 0), is_last=is_empty)
        self._prices.append(NO_PRICE)
        self._sizes.append(0)
        if not is_empty:
            self._levels(instrument, start, ids, MODIFY, Flag.SNAPSHOT)

    def _levels(
        self, instrument: int, given: Change | Start, ids: tuple[int, int, int], action: int, flags: int
    ) -> None:
        count = max(len(given.prices), 1)
        self._run(instrument, given.stamp, ids, action, flags, (count, given.bids))
        self._prices += given.prices or (NO_PRICE,)
        self._sizes += given.sizes or (0,)

    def _run(
        self,
        instrument: int,
        stamp: Stamp,
        ids: tuple[int, int, int],
        action: int,
        flags: int,
        counts: tuple[int, int],
        *,
        is_last: bool = True,
    ) -> None:
        times = stamp.clock_ns, stamp.event_ns, stamp.recv_ns
        self._runs.append((*counts, self.next_seq, *times, instrument, *ids, action, flags, is_last))
        self.next_seq += counts[0]

    def gap(self, instrument: int, found: Break, stamp: Stamp) -> None:
        """The book of an instrument is not to be trusted until its next snapshot."""
        self._add(Kind.GAP, instrument, stamp, NO_TIME, found.expected, found.received, found.reason)

    def trade(self, instrument: int, grids: Grids, trade: Trade, recv_ns: int) -> None:
        """A print.

        Raises:
            ParseError: Price or size is off its grid or 0.
        """
        price, size = grids.price_of(trade.price), grids.size[trade.size]
        if size == 0:
            raise ParseError(f"{grids.symbol}: a trade of size 0")
        number = (trade.aggregate_id if trade.trade_id is None else trade.trade_id) or 0
        aggressor = ASK if trade.is_buyer_maker else BID  # the buyer rested, so a seller came
        stamp = Stamp.of(trade.matched_ms, trade.sent_ms, recv_ns)
        self._add(Kind.TRADE, instrument, stamp, price, size, number & _MASK_32, aggressor, Flag.LAST)

    def quote(self, instrument: int, grids: Grids, ticker: Ticker, recv_ns: int) -> None:
        """Best bid and ask as the venue published them.

        Raises:
            ParseError: A price or size is off its grid, or the quote is crossed.
        """
        bid, ask = grids.price[ticker.bid], grids.price[ticker.ask]
        sizes = grids.size[ticker.bid_size], grids.size[ticker.ask_size]
        if bid and ask and bid >= ask:
            raise ParseError(f"{grids.symbol}: crossed quote: bid {ticker.bid} >= ask {ticker.ask}")
        stamp = Stamp.of(ticker.matched_ms, ticker.sent_ms, recv_ns)
        sides = bid or NO_PRICE, ask or NO_PRICE  # the venue writes 0 for a side that is empty
        self._add(Kind.QUOTE, instrument, stamp, *sides, *sizes, -1, -1, 0, ticker.update_id)

    def mark(self, instrument: int, mark: Mark, recv_ns: int) -> None:
        """Mark price and funding.

        Raises:
            ParseError: The mark price is no number above 0.
        """
        price = _positive(mark.mark)
        if math.isnan(price):
            raise ParseError(f"mark price {mark.mark!r} is no number above 0")
        funding = mark.next_funding_ms * NS_PER_MS or NO_TIME  # dated futures have none
        rate = _number(mark.rate) if funding != NO_TIME else math.nan
        stamp = Stamp.of(None, mark.sent_ms, recv_ns)
        self._add(Kind.MARK, instrument, stamp, price, _positive(mark.index), rate, funding)

    def tick(self, clock_ns: int) -> None:
        """Time passes."""
        self._add(Kind.TICK, -1, Stamp(clock_ns, clock_ns, clock_ns))

    def _add(self, kind: Kind, instrument: int, stamp: Stamp, *values: float) -> None:
        header = self.next_seq, stamp.clock_ns, stamp.event_ns, stamp.recv_ns, instrument
        self._rows.setdefault(kind, []).append((*header, *values))
        self.next_seq += 1

    def take(self) -> tuple[Batch, ...]:
        """Everything gathered, one batch a kind, and begin anew behind it."""
        batches = [Batch(kind, np.array(rows, DTYPES[kind])) for kind, rows in sorted(self._rows.items())]
        if self._runs:
            batches.append(Batch(Kind.DEPTH, self._depth()))
        self.first_seq = self.next_seq
        self._runs, self._prices, self._sizes, self._rows = [], [], [], {}
        return tuple(batches)

    def _depth(self) -> Rows:
        runs = np.array(self._runs, _RUN)
        of = np.repeat(np.arange(len(runs)), runs["count"])
        rows = np.zeros(len(of), DTYPES[Kind.DEPTH])
        within = np.arange(len(of)) - (np.cumsum(runs["count"]) - runs["count"])[of]
        run = runs[of]
        rows["seq"] = run["seq"] + within
        for name, column in (("clock_ns", "clock"), ("event_ns", "event"), ("recv_ns", "recv")):
            rows[name] = run[column]
        for name in ("instrument", "action"):
            rows[name] = run[name]
        for name in ("first", "final", "previous"):
            rows[f"{name}_id"] = run[name]
        rows["price_ticks"], rows["size"] = self._prices, self._sizes
        is_end = within == run["count"] - 1
        rows["flags"] = run["flags"] | np.where(is_end & (run["last"] != 0), Flag.LAST, 0)
        rows["side"] = np.where(within < run["bids"], BID, ASK)
        rows["side"][rows["price_ticks"] == NO_PRICE] = NONE
        return rows


def _number(text: str) -> float:
    """A number of statistics, which no book is keyed by; NaN when it is none."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _positive(text: str) -> float:
    value = _number(text)
    return value if value > 0 else math.nan
