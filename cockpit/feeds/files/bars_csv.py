"""Tables of intraday bars: of a traded instrument as BAR rows in ticks, of an index as INDEX rows.

The clock of a bar is its close. Where a table does not say whether its stamps are starts or ends, the edges of
the session tell; where they do not, starts are taken, for that can be late but never early.
"""

from math import gcd
from pathlib import Path
from typing import Final

import numpy as np

from cockpit import instruments
from cockpit.errors import SourceError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.feeds.files import csv_names
from cockpit.feeds.files.csv_shapes import OHLC, Shape, interval_of, stamped_at_end, stamps
from cockpit.feeds.files.csv_source import Content, TableSource
from cockpit.feeds.files.csv_table import Sieve, Table, read_table
from cockpit.feeds.files.index_csv import in_order, level_rows
from cockpit.feeds.files.losses import Losses
from cockpit.instruments import Instrument
from cockpit.units import NANO, NO_PRICE, NO_TIME, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Floats, Rows, Times

# of each field, the columns that can hold it, best first
_FLOWS: Final = {
    "buy_volume": ("askvolume",),
    "sell_volume": ("bidvolume",),
    "trades": ("transactions", "numberoftrades"),
}
_LARGEST: Final = 9e6  # above, float64 does not hold nine decimals and ticks would not be exact


def open_bars(path: Path, shape: Shape) -> TableSource:
    """The source of an intraday bar table.

    Raises:
        SourceError: It cannot be read, has no usable row, or its bar length cannot be told.
    """
    losses = Losses()
    table = read_table(path, losses)
    sieve = Sieve(table, losses)
    at_ns = stamps(table, shape)
    sieve.refuse(at_ns == NO_TIME, "unreadable time")
    symbol = csv_names.symbol_of_name(path)
    index = None if symbol is None else csv_names.level(symbol)
    if index is not None and index.raw.endswith((csv_names.CONTINUOUS, csv_names.END_OF_DAY)):
        index = None  # intraday bars of a continuous future or a fund are prices that traded
    interval_ns = interval_of(at_ns[sieve.keep])
    if interval_ns is None:
        raise SourceError(path, "the length of its bars cannot be told from their times")
    open_ns = _starts(at_ns, sieve, shape, interval_ns, losses, is_index=index is not None)
    if shape.zone_assumed:
        losses.note("times carry no zone: taken as New York's")
    if index is not None:
        found, rows = (index,), level_rows(table, sieve, open_ns, open_ns + interval_ns, interval_ns)
        kind, form = Kind.INDEX, "index_csv"
    else:
        instrument = _instrument(path, symbol, table, shape, int(open_ns[sieve.keep][0]), losses)
        found, rows = (instrument,), _bar_rows(table, sieve, shape, instrument, open_ns, interval_ns)
        kind, form = Kind.BAR, "bars_csv"
    rows = in_order(rows, losses)
    if not len(rows):
        raise SourceError(path, "no row that could be used; " + "; ".join(losses.lines()))
    schema = f"bars-{_interval_text(interval_ns)}"
    return TableSource(path, Content(form, schema, found, kind, rows, interval_ns, table.torn), losses)


def _starts(at_ns: Times, sieve: Sieve, shape: Shape, interval_ns: int, losses: Losses, *, is_index: bool) -> Times:
    ends = False
    if shape.stamp == "session":
        told = stamped_at_end(at_ns[sieve.keep], is_index)
        ends = bool(told)
        if told is None:
            losses.note("nothing tells whether times are starts or ends of bars: taken as starts")
    safe = np.where(at_ns == NO_TIME, 0, at_ns)
    return safe - interval_ns if ends else safe


def _instrument(
    path: Path, symbol: str | None, table: Table, shape: Shape, asof_ns: int, losses: Losses
) -> Instrument:
    known = None if symbol is None else csv_names.traded(symbol, asof_ns)
    if known is not None:
        return known
    symbol = f"{path.name.partition('.')[0].upper()}.FILE"
    nano = np.concatenate([_nano(table.numbers(shape.close if name == "close" else name)) for name in OHLC])
    nano = nano[nano != NO_PRICE]
    if not len(nano) or not bool(nano.any()):
        raise SourceError(path, "no instrument in its name and no price to infer a tick from")
    found = instruments.infer(symbol, np.array([gcd(int(np.gcd.reduce(np.abs(nano))), NANO)]))
    losses.note("file name tells no instrument; tick inferred from the prices", f"{symbol}: {found.tick:g}")
    return found


def _nano(price: Floats) -> Times:
    """Prices as whole 1e-9, int64 (n,); NO_PRICE where missing or too large to be exact."""
    usable = np.abs(price) < _LARGEST  # False for NaN
    return np.where(usable, np.rint(np.where(usable, price, 0.0) * NANO).astype(np.int64), NO_PRICE)


def _bar_rows(
    table: Table, sieve: Sieve, shape: Shape, instrument: Instrument, open_ns: Times, interval_ns: int
) -> Rows:
    rows = np.zeros(len(table), DTYPES[Kind.BAR])
    rows["clock_ns"], rows["event_ns"], rows["recv_ns"] = open_ns + interval_ns, open_ns, NO_TIME
    rows["open_ns"], rows["interval_ns"] = open_ns, interval_ns
    for name in OHLC:
        nano = _nano(table.numbers(shape.close if name == "close" else name))
        sieve.refuse(nano == NO_PRICE, f"no usable {name}")
        rows[f"{name}_ticks"], off_grid = instrument.ticks_of_nano(nano, NO_PRICE)
        sieve.refuse(off_grid, f"{name} off the tick grid of {instrument.tick:g}")
    rows["volume"] = table.numbers("volume") if "volume" in table.columns else np.nan
    sieve.refuse(rows["volume"] < 0, "negative volume")
    for field, names in _FLOWS.items():
        column = next((name for name in names if name in table.columns), "")
        rows[field] = table.numbers(column) if column else np.nan
        sieve.refuse(rows[field] < 0, f"negative {column}")
    low, high = rows["low_ticks"], rows["high_ticks"]
    for name in ("open_ticks", "close_ticks"):
        sieve.refuse((rows[name] < low) | (rows[name] > high), f"{name[:-6]} outside high and low")
    return rows[sieve.keep]


def _interval_text(interval_ns: int) -> str:
    for unit, text in ((NS_PER_HOUR, "h"), (NS_PER_MIN, "m")):
        if interval_ns % unit == 0:
            return f"{interval_ns // unit}{text}"
    return f"{interval_ns // NS_PER_S}s"
