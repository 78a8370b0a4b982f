"""What a recording of Binance messages is about: market, instruments and their grids, from its beginning.

Recordings carry no list of instruments. Their grid is the finest decimal that occurs, trailing zeros left out:
prices 61800.20 and 61800.3 are steps of 0.1. It is marked ``inferred``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cockpit.errors import ParseError, SourceError
from cockpit.feeds.binance.decimals import nano_of
from cockpit.feeds.binance.instruments import MarketKind, make_instrument, market_of
from cockpit.feeds.binance.levels import Stamp
from cockpit.feeds.binance.parse import Diff, Mark, Message, Snapshot, Ticker, Trade, parse
from cockpit.feeds.files.binance_lines import Line, read_lines
from cockpit.feeds.files.losses import Losses
from cockpit.instruments import Instrument
from cockpit.units import NANO

SURVEYED_BYTES: Final = 2 << 20  # a snapshot of a thousand levels a side, and thousands of changes


@dataclass(slots=True)
class Steps:
    """Decimals that prices and sizes of an instrument need."""

    price: int = 0
    size: int = 0

    def wider(self, other: "Steps") -> "Steps":
        """What both need."""
        return Steps(max(self.price, other.price), max(self.size, other.size))


@dataclass(slots=True)
class Survey:
    """What was found.

    Attributes:
        steps: By raw symbol, in order of first sight.
        first_ns: Clock of the first message with a time.
        first_recv_ns: Local arrival of the first message.
        has_snapshot: Whether a book begins in what was read.
        answers_only: Whether it holds answers of the REST interface and no stream.
    """

    steps: dict[str, Steps] = field(default_factory=dict[str, Steps])
    first_ns: int | None = None
    first_recv_ns: int = 0
    has_snapshot: bool = False
    answers_only: bool = True
    has_previous_ids: bool = False
    has_spot_marks: bool = False

    @property
    def market(self) -> MarketKind:
        """The market it was recorded at."""
        marks = self.has_spot_marks
        return market_of(self.steps, has_previous_ids=self.has_previous_ids, has_spot_marks=marks)


def instruments_of(market: MarketKind, steps: dict[str, Steps]) -> dict[str, Instrument]:
    """Instruments by raw symbol, with inferred grids."""
    return {
        raw: make_instrument(market, raw, _nano(each.price), _nano(each.size), "inferred")
        for raw, each in steps.items()
    }


def survey(path: Path) -> Survey:
    """Read the beginning of a recording.

    Raises:
        SourceError: It cannot be opened, or has no message of this venue there.
    """
    found, waiting = Survey(), list[Snapshot]()
    for line in read_lines(path, Losses(), SURVEYED_BYTES):
        try:
            message = parse(line.payload)
        except ParseError:
            continue  # the source itself counts and tells it
        _note(found, line, message, waiting)
    if not found.steps:
        raise SourceError(
            path, "recognised as a recording of Binance messages, but none about an instrument is in it"
        )
    if len(found.steps) == 1:  # answers that do not say whom they are about
        _widen(found, next(iter(found.steps)), *(_texts(each) for each in waiting))
    return found


def _note(found: Survey, line: Line, message: Message, waiting: list[Snapshot]) -> None:
    if isinstance(message, Snapshot):
        found.has_snapshot = True
        found.has_spot_marks |= message.sent_ms is None
        symbol = message.symbol or line.symbol
        if symbol is None:
            waiting.append(message)
        else:
            _widen(found, symbol, _texts(message))
    elif isinstance(message, (Diff, Ticker, Trade, Mark)):
        found.answers_only = False
        found.has_previous_ids |= isinstance(message, Diff) and message.previous_id >= 0
        found.has_spot_marks |= isinstance(message, Ticker) and message.sent_ms is None
        found.has_spot_marks |= isinstance(message, Diff) and message.previous_id < 0
        _widen(found, message.symbol, _texts(message))
    else:
        return
    if found.first_ns is None:
        found.first_recv_ns = line.recv_ns
        matched = None if isinstance(message, Mark) else message.matched_ms
        found.first_ns = Stamp.of(matched, message.sent_ms, line.recv_ns).clock_ns


Texts = tuple[Iterable[str], Iterable[str]]


def _texts(message: Diff | Snapshot | Trade | Ticker | Mark) -> Texts:
    """Prices and sizes."""
    if isinstance(message, (Diff, Snapshot)):
        levels = (*message.bids, *message.asks)
        return [each[0] for each in levels], [each[1] for each in levels]
    if isinstance(message, Trade):
        return (message.price,), (message.size,)
    if isinstance(message, Ticker):
        return (message.bid, message.ask), (message.bid_size, message.ask_size)
    return (), ()  # mark prices are on no grid


def _widen(found: Survey, symbol: str, *texts: Texts) -> None:
    steps = found.steps.setdefault(symbol, Steps())
    for prices, sizes in texts:
        steps.price = max(steps.price, *map(_decimals, prices), 0)
        steps.size = max(steps.size, *map(_decimals, sizes), 0)


def _decimals(text: str) -> int:
    try:
        nano_of(text)
    except ParseError:
        return 0  # refused later, where its message is
    return len(text.partition(".")[2].rstrip("0"))


def _nano(decimals: int) -> int:
    return NANO // 10**decimals
