"""A day of history before a simulated market begins: run at full speed, of which the prints and levels are kept."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cockpit.calendars import calendar_of
from cockpit.errors import ConfigError
from cockpit.events.dtypes import DTYPES, Kind, empty
from cockpit.events.market import Chunk
from cockpit.feeds.source import CHUNK_EVENTS
from cockpit.feeds.synthetic.book import OrderBook
from cockpit.feeds.synthetic.curves import CELL_NS
from cockpit.feeds.synthetic.interleave import interleave
from cockpit.feeds.synthetic.latent import Cells
from cockpit.feeds.synthetic.market import Market, MarketConfig
from cockpit.feeds.synthetic.options import IndicesOf
from cockpit.feeds.synthetic.prints import joined_trades, trades_among
from cockpit.feeds.synthetic.source import Waiting
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Rows

Progress = Callable[[int, int], None]  # done and all, in the same unit

TRADING_NS: Final = 23 * NS_PER_HOUR  # of open market that history goes back over: one whole day
COINS_NS: Final = 30 * NS_PER_MIN  # of the coins: they trade a hundred times a second, day and night
THREADS: Final = 2
_BLOCK_CELLS: Final = 30 * NS_PER_MIN // CELL_NS
_PIECE_CELLS: Final = 30 * NS_PER_S // CELL_NS  # a whole number of seconds, so that no second is cut
_CHAIN_NS: Final = 30 * NS_PER_MIN
_VOLATILITY_NS: Final = NS_PER_MIN


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What came before a market, and the market that goes on from there.

    Attributes:
        chunks: Events before ``market.now_ns`` and, last, its books at that instant; ``seq`` from 0 on, chunks of
            CHUNK_EVENTS events. Prints of the futures are MBO trades: one for each run at a price in a second.
        market: Ready for its first step, whose events follow.
        reason: Why it had to be built; empty when it came from a cache.
        is_mapped: Whether the rows lie in a file of the cache.
        key: Names these events: of the same key they are the same, whether built or read.
    """

    chunks: tuple[Chunk, ...]
    market: Market
    reason: str = ""
    is_mapped: bool = False
    key: str = ""


def history_start(at_ns: int, trading_ns: int = TRADING_NS) -> int:
    """The instant from which on the futures trade for so long until ``at_ns``, on a whole minute.

    Raises:
        ConfigError: The calendar does not reach there.
    """
    sessions = calendar_of("equity")
    at = int(np.searchsorted(sessions.opens, at_ns))
    left, until = trading_ns, at_ns
    while at > 0:
        at -= 1
        opens, closes = int(sessions.opens[at]), min(int(sessions.closes[at]), until)
        if closes - opens >= left:
            return (closes - left) // NS_PER_MIN * NS_PER_MIN
        left -= max(closes - opens, 0)
    raise ConfigError(f"no day of trading before {at_ns} ns")


def config_of_past(config: MarketConfig, trading_ns: int = TRADING_NS) -> MarketConfig:
    """The market that began so much trading earlier and comes to where ``config`` begins."""
    at_ns = config.start_ns - config.start_ns % NS_PER_S
    start_ns = history_start(at_ns, trading_ns)
    return replace(config, start_ns=start_ns, coins_ns=max(start_ns, at_ns - COINS_NS), legs_ns=at_ns)


def build(
    config: MarketConfig,
    indices_of: IndicesOf,
    progress: Progress | None = None,
    trading_ns: int = TRADING_NS,
) -> History:
    """Run the day before ``config.start_ns``.

    Args:
        config: The market; its faults begin with it, not before.
        indices_of: See ``Market``.
        progress: Told how far it is.
        trading_ns: How much open market it covers.
    """
    until_ns = config.start_ns - config.start_ns % NS_PER_S
    market = Market(config_of_past(config, trading_ns), indices_of)
    first_ns = market.now_ns
    usual = market.options.publishing
    market.options.publishing = replace(usual, chain_ns=_CHAIN_NS, volatility_ns=_VOLATILITY_NS)
    levels, chains = [market.options.prelude()], [empty(Kind.CHAIN)]
    prints: dict[int, list[Rows]] = {book.place: [] for book in market.futures.books}
    with ThreadPoolExecutor(THREADS) as workers:
        coins = workers.submit(_coins, market, until_ns)
        left = (until_ns - first_ns) // CELL_NS
        while left > 0:
            count = min(left, _BLOCK_CELLS)
            cells = market.futures.lead(count)
            running = [workers.submit(_run, book, cells) for book in market.futures.books]
            found = market.options.advance(market.path.advance(count))
            levels.append(found[0])
            chains.append(found[1])
            for book, each in zip(market.futures.books, running, strict=True):
                prints[book.place].append(each.result())
            left -= count
            if progress is not None:
                progress(cells.start_ns + len(cells) * CELL_NS - first_ns, until_ns - first_ns)
    market.options.publishing = usual
    minutes = np.arange(first_ns // NS_PER_MIN + 1, until_ns // NS_PER_MIN + 1) * NS_PER_MIN
    ticks = empty(Kind.TICK, len(minutes))
    ticks["clock_ns"] = ticks["event_ns"] = ticks["recv_ns"] = minutes
    streams = [(Kind.TICK, ticks), (Kind.INDEX, np.concatenate(levels)), (Kind.CHAIN, np.concatenate(chains))]
    streams += [(Kind.MBO, np.concatenate(parts)) for parts in prints.values()]
    streams += [(Kind.TRADE, coins.result()), (Kind.MBO, market.futures.snapshot(until_ns))]
    books = market.coins.snapshot(until_ns)
    books["instrument"] += len(market.instruments) - len(market.coins.instruments)
    streams.append((Kind.MBP, books))
    batches, next_seq = interleave(streams, 0)
    market.stand_at(until_ns, next_seq)
    return History(tuple(in_chunks([Chunk(batches, 0, next_seq)])), market)


def in_chunks(chunks: Iterable[Chunk]) -> Iterable[Chunk]:
    """The same events in chunks of CHUNK_EVENTS, the last one shorter."""
    waiting = Waiting()
    for chunk in chunks:
        waiting.add(chunk)
    while len(waiting):
        yield waiting.take(CHUNK_EVENTS)


def _coins(market: Market, until_ns: int) -> Rows:
    """Move the coins to an instant; their joined trades, TRADE rows."""
    found: list[Rows] = [np.zeros(0, DTYPES[Kind.TRADE])]
    while market.coins.now_ns < until_ns:
        _, trades = market.coins.step(min(market.coins.now_ns + _PIECE_CELLS * CELL_NS, until_ns))
        found.append(joined_trades(trades))
    trades = np.concatenate(found)
    trades["instrument"] += len(market.instruments) - len(market.coins.instruments)
    return trades


def _run(book: OrderBook, cells: Cells) -> Rows:
    """Run a book over cells; its joined trades."""
    found: list[Rows] = [np.zeros(0, DTYPES[Kind.MBO])]
    for begin in range(0, len(cells), _PIECE_CELLS):
        book.run(_part(cells, begin, min(begin + _PIECE_CELLS, len(cells))))
        found.append(trades_among(book.rows))
        book.drop(len(book.rows))
    return np.concatenate(found)


def _part(cells: Cells, begin: int, end: int) -> Cells:
    edges = slice(begin, end + 1)
    return Cells(
        cells.first + begin,
        cells.move[edges],
        cells.shock[edges],
        cells.fair[:, edges],
        cells.sigma[begin:end],
        cells.heat[begin:end],
        cells.activity[begin:end],
        cells.day_vol[begin:end],
    )
