"""Tardis tables of best quotes and of trades: exchange and local time in microseconds, decimal prices and amounts.

Source: Tardis downloadable CSV files, data types ``quotes`` and ``trades``.
"""

from collections.abc import Callable
from dataclasses import replace
from math import gcd
from pathlib import Path
from typing import Final

import numpy as np

from cockpit.errors import SourceError
from cockpit.events.dtypes import ASK, BID, NONE, Kind
from cockpit.feeds.files.columns import MISSING, Columns, read_columns
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.grids import COIN_LOT, divisor, inferred
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank, lots_of, ticks_of
from cockpit.instruments import Instrument
from cockpit.units import NANO, NO_PRICE, NS_PER_US, Sizes, Times

FORMAT: Final = "tardis_csv"
_COMMON: Final = ("exchange", "symbol", "timestamp", "local_timestamp")
_QUOTES: Final = frozenset((*_COMMON, "ask_amount", "ask_price", "bid_price", "bid_amount"))
_TRADES: Final = frozenset((*_COMMON, "id", "side", "price", "amount"))
# what contracts.md 2 calls their symbols; others keep Tardis's name of the exchange
_VENUES: Final = {
    "binance": ("BINANCE", ""),
    "binance-futures": ("BINANCE", "-PERP"),
    "binance-delivery": ("BINANCECOIN", ""),
}
_MILLI_LOT: Final = NANO // 1000  # of Binance's futures


def opener(names: tuple[str, ...]) -> Callable[[Path, int, int | None], RowsSource] | None:
    """What opens a table with this header; None for others."""
    if set(names) >= _QUOTES:
        return open_quotes
    return open_trades if set(names) >= _TRADES else None


def open_quotes(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of a table of best quotes.

    Raises:
        SourceError: It cannot be read, has no usable row, or is about several symbols.
    """
    losses = Losses()
    table = read_columns(path, losses)
    prices = {side: table.nanos(f"{side}_price") for side in ("bid", "ask")}
    sizes = {side: table.nanos(f"{side}_amount") for side in ("bid", "ask")}
    instrument = _instrument(path, table, np.concatenate([*prices.values()]), np.concatenate([*sizes.values()]))
    out = _begin(Kind.QUOTE, table)
    rows = out.rows
    rows["bid_count"] = rows["ask_count"] = -1
    for side in ("bid", "ask"):
        size = lots_of(out, sizes[side], instrument.lot_nano, False)
        price = ticks_of(out, prices[side], instrument.tick_nano, size > 0)
        rows[f"{side}_ticks"] = np.where(size > 0, price, NO_PRICE)
        rows[f"{side}_size"] = size
    return _source(path, "quotes", instrument, out, table, losses, chunk_events)


def open_trades(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of a table of trades.

    Raises:
        SourceError: It cannot be read, has no usable row, or is about several symbols.
    """
    losses = Losses()
    table = read_columns(path, losses)
    price, size = table.nanos("price"), table.nanos("amount")
    instrument = _instrument(path, table, price, size)
    out = _begin(Kind.TRADE, table)
    rows = out.rows
    rows["price_ticks"] = ticks_of(out, price, instrument.tick_nano)
    rows["size"] = lots_of(out, size, instrument.lot_nano)
    rows["aggressor"] = table.codes("side", {"buy": BID, "sell": ASK}, NONE)
    return _source(path, "trades", instrument, out, table, losses, chunk_events)


def _begin(kind: Kind, table: Columns) -> Mapped:
    out = blank(kind, _instants(table.whole("timestamp")))
    heard = _instants(table.whole("local_timestamp"))
    out.rows["recv_ns"] = np.where(heard == MISSING, out.rows["clock_ns"], heard)
    return out


def _instants(micros: Times) -> Times:
    good = (micros > 0) & (micros < 2**62 // NS_PER_US)
    return np.where(good, np.where(good, micros, 0) * NS_PER_US, MISSING)


def _instrument(path: Path, table: Columns, price: Sizes, size: Sizes) -> Instrument:
    exchanges, symbols = table.distinct("exchange")[0], table.distinct("symbol")[0]
    if len(exchanges) != 1 or len(symbols) != 1:
        raise SourceError(path, f"rows of {len(exchanges)} exchanges and {len(symbols)} symbols; one each is read")
    venue, suffix = _VENUES.get(exchanges[0], (exchanges[0].upper().replace(".", "-"), ""))
    lot = gcd(_MILLI_LOT if suffix else COIN_LOT, divisor(size)) or COIN_LOT
    raw = symbols[0].upper()
    return replace(inferred(f"{raw}{suffix}.{venue}", "", price, "crypto"), lot_nano=lot)


def _source(
    path: Path, schema: str, instrument: Instrument, out: Mapped, table: Columns, losses: Losses, chunk_events: int
) -> RowsSource:
    found = Lines(losses)
    found.add(out, table.lines)
    return RowsSource(path, FORMAT, schema, (instrument,), found, table.torn, chunk_events)
