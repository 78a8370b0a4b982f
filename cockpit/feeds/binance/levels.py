"""What the venue says of a book, in whole ticks and lots: changes and snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from cockpit.errors import ParseError
from cockpit.feeds.binance.decimals import Grid
from cockpit.feeds.binance.parse import Diff, Level, Snapshot
from cockpit.instruments import Instrument
from cockpit.units import NO_TIME, NS_PER_MS


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something happened, ns since the Unix epoch.

    Attributes:
        clock_ns: What decides: the venue's matching time, else its sending time, else ours (``contracts.md`` 1).
        event_ns: The venue's own; NO_TIME when it gave none.
        recv_ns: Local arrival.
    """

    clock_ns: int
    event_ns: int
    recv_ns: int

    @classmethod
    def of(cls, matched_ms: int | None, sent_ms: int | None, recv_ns: int) -> "Stamp":
        """From the venue's times, None where a message has none."""
        millis = sent_ms if matched_ms is None else matched_ms
        if millis is None:
            return cls(recv_ns, NO_TIME, recv_ns)
        return cls(millis * NS_PER_MS, millis * NS_PER_MS, recv_ns)


@dataclass(frozen=True, slots=True)
class Change:
    """New absolute sizes of some levels.

    Attributes:
        first_id, final_id, previous_id: The venue's update ids; ``previous_id`` -1 where the market has none.
        prices: In ticks, bids first.
        sizes: In lots, one a price; 0: nothing rests there any more.
        bids: How many of them are bids.
    """

    stamp: Stamp
    first_id: int
    final_id: int
    previous_id: int
    prices: tuple[int, ...]
    sizes: tuple[int, ...]
    bids: int


@dataclass(frozen=True, slots=True)
class Start:
    """A book as a snapshot has it: ``prices``, ``sizes`` and ``bids`` as of a ``Change``."""

    stamp: Stamp
    last_id: int
    prices: tuple[int, ...]
    sizes: tuple[int, ...]
    bids: int


class Grids:
    """Ticks and lots of one instrument."""

    def __init__(self, instrument: Instrument) -> None:
        self.symbol = instrument.symbol
        self.price, self.size = Grid(instrument.tick_nano, "price"), Grid(instrument.lot_nano, "size")

    def price_of(self, text: str) -> int:
        """A price in ticks, above 0.

        Raises:
            ParseError: It is none, 0, or off the grid.
        """
        ticks = self.price[text]
        if ticks == 0:
            raise ParseError(f"{self.symbol}: price 0")
        return ticks

    def change(self, diff: Diff, recv_ns: int) -> Change:
        """The levels of a message; ParseError when one is off the grid or the message crosses itself."""
        prices, sizes = self._levels(diff.bids, diff.asks)
        stamp = Stamp.of(diff.matched_ms, diff.sent_ms, recv_ns)
        return Change(stamp, diff.first_id, diff.final_id, diff.previous_id, prices, sizes, len(diff.bids))

    def start(self, snapshot: Snapshot, recv_ns: int) -> Start:
        """The levels of a snapshot; ParseError as ``change``."""
        prices, sizes = self._levels(snapshot.bids, snapshot.asks)
        stamp = Stamp.of(snapshot.matched_ms, snapshot.sent_ms, recv_ns)
        return Start(stamp, snapshot.last_id, prices, sizes, len(snapshot.bids))

    def _levels(self, bids: Sequence[Level], asks: Sequence[Level]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        try:
            bid_prices, bid_sizes = self._side(bids)
            ask_prices, ask_sizes = self._side(asks)
        except ParseError as error:
            raise ParseError(f"{self.symbol}: {error}") from error
        best_bid, best_ask = (
            max(compress(bid_prices, bid_sizes), default=0),
            min(compress(ask_prices, ask_sizes), default=0),
        )
        if best_bid and best_ask and best_bid >= best_ask:
            raise ParseError(f"{self.symbol}: crossed in one message: bid {best_bid} >= ask {best_ask} ticks")
        if 0 in bid_prices or 0 in ask_prices:
            raise ParseError(f"{self.symbol}: a level at price 0")
        return bid_prices + ask_prices, bid_sizes + ask_sizes

    def _side(self, levels: Sequence[Level]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Prices and sizes; everything per level happens outside the interpreter's loop."""
        if not levels:
            return (), ()
        prices, sizes = zip(*levels, strict=True)
        return tuple(map(self.price.__getitem__, prices)), tuple(map(self.size.__getitem__, sizes))
