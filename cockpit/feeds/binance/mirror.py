"""The last known size of every level, so that a tape can begin in the middle, and a crossed book is noticed.

No order book: nothing is asked of it but what it was told.
"""

from dataclasses import dataclass, field, replace

from cockpit.feeds.binance.levels import Change, Stamp, Start
from cockpit.feeds.binance.market import BookLine
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.feeds.binance.sync import Break, Step
from cockpit.units import NO_TIME


@dataclass(slots=True)
class _Levels:
    bids: dict[int, int] = field(default_factory=dict[int, int])
    asks: dict[int, int] = field(default_factory=dict[int, int])
    last_id: int = -1
    stamp: Stamp = field(default_factory=lambda: Stamp(NO_TIME, NO_TIME, NO_TIME))

    def take(self, given: Change | Start) -> None:
        bids = given.bids
        for side, prices, sizes in (
            (self.bids, given.prices[:bids], given.sizes[:bids]),
            (self.asks, given.prices[bids:], given.sizes[bids:]),
        ):
            for price, size in zip(prices, sizes, strict=True):
                if size:
                    side[price] = size
                else:
                    side.pop(price, None)
        self.last_id = given.last_id if isinstance(given, Start) else given.final_id
        self.stamp = given.stamp


class Mirror:
    """Levels by instrument; only of books that are whole."""

    def __init__(self) -> None:
        self._books: dict[int, _Levels] = {}

    def follow(self, line: BookLine, steps: list[Step]) -> None:
        """Take what a book was told."""
        for step in steps:
            if isinstance(step, Break):
                self._books.pop(line.id, None)
                continue
            if isinstance(step, Start):
                self._books[line.id] = _Levels()
            self._books[line.id].take(step)

    def crossed(self, number: int) -> str | None:
        """How a book crosses itself, ``bid 60001 >= ask 60000`` in ticks; None when it does not."""
        book = self._books.get(number)
        if book is None or not book.bids or not book.asks:
            return None
        bid, ask = max(book.bids), min(book.asks)
        return f"bid {bid} >= ask {ask}" if bid >= ask else None

    def levels(self, number: int) -> tuple[dict[int, int], dict[int, int]] | None:
        """Bids and asks, size by price in lots and ticks; None while the book is not whole."""
        book = self._books.get(number)
        return None if book is None else (dict(book.bids), dict(book.asks))

    def write(self, builder: RowBuilder, recv_ns: int) -> None:
        """Every whole book as a snapshot."""
        for number, book in self._books.items():
            prices, sizes = (*book.bids, *book.asks), (*book.bids.values(), *book.asks.values())
            stamp = replace(book.stamp, recv_ns=recv_ns)
            builder.steps(number, [Start(stamp, book.last_id, prices, sizes, len(book.bids))], stamp)
