"""All messages of one market as events: each finds its instrument, books go through their sequence rules."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from cockpit.errors import ParseError
from cockpit.events.dtypes import GapReason
from cockpit.feeds.binance.instruments import MarketKind
from cockpit.feeds.binance.levels import Grids, Stamp
from cockpit.feeds.binance.parse import Diff, Mark, Message, Snapshot, Ticker, Trade, is_depth
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.feeds.binance.sync import DepthSync, SpotSync, Step
from cockpit.instruments import Instrument
from cockpit.units import NO_TIME

_SYMBOL: Final = re.compile(r'"s"\s*:\s*"([A-Z0-9_]{1,30})"')
_STREAM: Final = re.compile(r'"stream"\s*:\s*"([a-z0-9_]{1,30})@')


class BookLine:
    """One instrument on the wire.

    Attributes:
        id: What its rows carry.
        grids: Ticks and lots.
        sync: Its book's sequence.
        prints: ``trade`` or ``aggTrade``, whichever came first: the other tells the same again.
    """

    def __init__(self, number: int, instrument: Instrument, market: MarketKind) -> None:
        self.id = number
        self.grids = Grids(instrument)
        self.sync = SpotSync() if market is MarketKind.SPOT else DepthSync()
        self.prints = ""


def _nobody(line: BookLine, steps: list[Step]) -> None:
    """Nobody follows."""


def _same(recv_ns: int) -> int:
    return recv_ns


class MarketRows:
    """Takes messages, gives rows to a builder.

    Args:
        market: Whose sequence rules hold.
        instruments: By the venue's own symbol; rows carry their place in it.
        builder: Gets the rows; may be exchanged.

    Attributes:
        followed: Called with everything a book is told.
        clock_of: The clock of what has no time of the venue's, by its local arrival.
    """

    def __init__(self, market: MarketKind, instruments: Mapping[str, Instrument], builder: RowBuilder) -> None:
        self.builder = builder
        self.clock_of: Callable[[int], int] = _same
        self.followed: Callable[[BookLine, list[Step]], None] = _nobody
        self.lines = {raw: BookLine(at, each, market) for at, (raw, each) in enumerate(instruments.items())}

    def take(self, message: Message, recv_ns: int, symbol: str | None = None) -> bool:
        """Take one message; False when it is of a kind that nothing reads.

        Args:
            symbol: Whom a snapshot is about that does not say so itself.

        Raises:
            ParseError: A number of it is unusable, or nobody knows the instrument. A book that lost a change by
                it is told to be broken first.
        """
        if isinstance(message, Diff):
            line = self._line(message.symbol)
            stamp = Stamp.of(message.matched_ms, message.sent_ms, recv_ns)
            try:
                change = line.grids.change(message, recv_ns)
            except ParseError:
                self._lose(line, stamp)
                raise
            self._emit(line, line.sync.change(change), stamp)
        elif isinstance(message, Snapshot):
            line = self._line(message.symbol or symbol or self._only())
            start = line.grids.start(message, recv_ns)
            self._emit(line, line.sync.start(start), start.stamp)
        elif isinstance(message, Ticker):
            line = self._line(message.symbol)
            self.builder.quote(line.id, line.grids, message, recv_ns)
        elif isinstance(message, Trade):
            return self._print(message, recv_ns)
        elif isinstance(message, Mark):
            self.builder.mark(self._line(message.symbol).id, message, recv_ns)
        else:
            return False
        return True

    def _print(self, trade: Trade, recv_ns: int) -> bool:
        line = self._line(trade.symbol)
        line.prints = line.prints or trade.kind
        if trade.kind == line.prints:
            self.builder.trade(line.id, line.grids, trade, recv_ns)
        return trade.kind == line.prints

    def unreadable(self, payload: bytes | str, recv_ns: int) -> None:
        """A text that could not be parsed: where it may have been a change of a book, that book is broken."""
        text = payload if isinstance(payload, str) else payload.decode("utf-8", "replace")
        if not is_depth(text):
            return
        named, streamed = _SYMBOL.search(text), _STREAM.search(text)
        raw = named[1] if named else streamed[1].upper() if streamed else self._only()
        line = self.lines.get(raw)
        if line is not None:
            self._lose(line, self._stamp(recv_ns))

    def lose(self, raw: str, recv_ns: int, reason: GapReason = GapReason.SEQUENCE) -> None:
        """Changes of an instrument may be missing from now on."""
        self._lose(self._line(raw), self._stamp(recv_ns), reason)

    def _stamp(self, recv_ns: int) -> Stamp:
        return Stamp(self.clock_of(recv_ns), NO_TIME, recv_ns)

    def _lose(self, line: BookLine, stamp: Stamp, reason: GapReason = GapReason.MALFORMED) -> None:
        self._emit(line, line.sync.lost(reason), stamp)

    def _emit(self, line: BookLine, steps: list[Step], stamp: Stamp) -> None:
        self.builder.steps(line.id, steps, stamp)
        self.followed(line, steps)

    def _line(self, raw: str) -> BookLine:
        line = self.lines.get(raw)
        if line is None:
            raise ParseError(f"instrument {raw or 'without a name'} is not one of {', '.join(self.lines)}")
        return line

    def _only(self) -> str:
        """The one instrument there is; empty where there are several."""
        return next(iter(self.lines)) if len(self.lines) == 1 else ""
