"""Tables of levels: daily index files, one or several series, as INDEX rows in points.

The clock of a day is 16:15 New York time for an index, 17:00 for a continuous future (``contracts.md`` 1).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.feeds.files import csv_names
from cockpit.feeds.files.csv_shapes import CLOSES, OHLC, Shape
from cockpit.feeds.files.csv_source import Content, TableSource
from cockpit.feeds.files.csv_table import Sieve, Table, read_table
from cockpit.feeds.files.local_time import days, to_utc
from cockpit.feeds.files.losses import Losses
from cockpit.instants import NEW_YORK
from cockpit.instruments import Instrument
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, Floats, Rows, Times


@dataclass(frozen=True, slots=True)
class _Day:
    """When a trading day opens and closes, ns from midnight of its date, New York time."""

    open_ns: int
    close_ns: int


_INDEX_DAY: Final = _Day(9 * NS_PER_HOUR + 30 * NS_PER_MIN, 16 * NS_PER_HOUR + 15 * NS_PER_MIN)
_FUTURE_DAY: Final = _Day(-6 * NS_PER_HOUR, 17 * NS_PER_HOUR)


def open_levels(path: Path, shape: Shape) -> TableSource:
    """The source of a daily table.

    Raises:
        SourceError: It cannot be read, has no usable row, or nothing tells which index it is.
    """
    losses = Losses()
    table = read_table(path, losses)
    sieve = Sieve(table, losses)
    day = days([text.partition(" ")[0] for text in table.columns[shape.columns[0]]])
    sieve.refuse(day == NO_TIME, "unreadable date")
    if shape.kind == CLOSES:
        found, rows = _side_by_side(table, sieve, shape, day)
    elif "root" in shape.columns:
        found, rows = _by_root(table, sieve, day)
    else:
        found, rows = _one_series(path, table, sieve, day)
    rows = in_order(rows, losses)
    if not len(rows):
        raise SourceError(path, "; ".join(("no row that could be used", *losses.lines())))
    if any(one.raw.endswith(csv_names.CONTINUOUS) for one in found):
        losses.note("a series of several contracts: its levels are not the prices of one")
    if any(one.raw.endswith(csv_names.END_OF_DAY) for one in found):
        losses.note("daily prices of a fund, perhaps adjusted for dividends: levels, not prices that traded")
    return TableSource(path, Content("index_csv", "daily", found, Kind.INDEX, rows, NS_PER_DAY, table.torn), losses)


def _one_series(path: Path, table: Table, sieve: Sieve, day: Times) -> tuple[tuple[Instrument, ...], Rows]:
    symbol = csv_names.symbol_of_name(path)
    instrument = None if symbol is None else csv_names.level(symbol)
    if instrument is None:
        raise SourceError(
            path, "a daily table whose name does not tell which index it is; put it in, as in vix_daily"
        )
    return (instrument,), level_rows(table, sieve, *day_span(day, instrument), NS_PER_DAY)


def _by_root(table: Table, sieve: Sieve, day: Times) -> tuple[tuple[Instrument, ...], Rows]:
    roots = table.columns["root"]
    known = {root: _index(root) for root in dict.fromkeys(roots)}
    found = [one for one in known.values() if one is not None]
    if not found:
        sieve.refuse(np.ones(len(table), np.bool_), "not an index this program knows")
        return (), np.zeros(0, DTYPES[Kind.INDEX])
    number = {root: -1 if one is None else found.index(one) for root, one in known.items()}
    numbers = np.array([number[root] for root in roots], np.int32)
    sieve.refuse(numbers < 0, "not an index this program knows")
    rows = level_rows(table, sieve, *day_span(day, found[0]), NS_PER_DAY)
    rows["instrument"] = numbers[sieve.keep]
    return tuple(found), rows


def _side_by_side(table: Table, sieve: Sieve, shape: Shape, day: Times) -> tuple[tuple[Instrument, ...], Rows]:
    found = tuple(one for name in shape.columns[1:] if (one := _index(name)) is not None)
    parts: list[Rows] = []
    places: list[NDArray[np.int64]] = []
    for name in shape.columns[1:]:
        sieve.refuse(table.numbers(name) <= 0, f"level of {name.upper()} not above 0")
    for number, name in enumerate(shape.columns[1:]):
        close = table.numbers(name)
        rows = blank_rows(len(table), *day_span(day, found[number]), NS_PER_DAY)
        rows["instrument"], rows["close"] = number, close
        places.append(np.flatnonzero(sieve.keep & ~np.isnan(close)))  # empty: the series has no level that day
        parts.append(rows[places[-1]])
    return found, np.concatenate(parts)[np.argsort(np.concatenate(places), kind="stable")]


def _index(root: str) -> Instrument | None:
    symbol = csv_names.symbol_of_root(root)
    found = None if symbol is None else csv_names.level(symbol)
    return found if found is not None and not found.raw.endswith(csv_names.CONTINUOUS) else None


def day_span(day: Times, instrument: Instrument) -> tuple[Times, Times]:
    """Open and close of each date, ns UTC; unreadable dates give some instant, for their rows are refused.

    Args:
        day: int64 (n,), days since 1970-01-01.
        instrument: An index, a fund, or a continuous future, whose days are longer.
    """
    hours = _FUTURE_DAY if instrument.raw.endswith(csv_names.CONTINUOUS) else _INDEX_DAY
    midnight = np.where(day == NO_TIME, 0, day) * NS_PER_DAY
    return to_utc(midnight + hours.open_ns, NEW_YORK), to_utc(midnight + hours.close_ns, NEW_YORK)


def blank_rows(n: int, open_ns: Times, clock_ns: Times, interval_ns: int) -> Rows:
    """INDEX (n,) of instrument 0 with its times filled in and no level known."""
    rows = np.zeros(n, DTYPES[Kind.INDEX])
    rows["clock_ns"], rows["event_ns"], rows["recv_ns"] = clock_ns, open_ns, NO_TIME
    rows["open_ns"], rows["interval_ns"] = open_ns, interval_ns
    for name in (*OHLC, "volume"):
        rows[name] = np.nan
    return rows


def level_rows(table: Table, sieve: Sieve, open_ns: Times, clock_ns: Times, interval_ns: int) -> Rows:
    """INDEX rows of instrument 0 from the columns ``open high low close volume`` that the table has.

    Args:
        table: Where the levels are.
        sieve: Rows it has refused are left out; refuses more.
        open_ns, clock_ns: int64 (n,), begin and end of each bar.
        interval_ns: Length of the bars.
    """
    rows = blank_rows(len(table), open_ns, clock_ns, interval_ns)
    for name in (*OHLC, "volume"):
        if name in table.columns:
            rows[name] = table.numbers(name)
    low, high = rows["low"], rows["high"]
    sieve.refuse(np.isnan(rows["close"]), "no close")
    sieve.refuse((rows["close"] <= 0) | (low <= 0), "level not above 0")
    sieve.refuse(high < low, "high below low")
    for name in ("open", "close"):
        sieve.doubt(_outside(rows[name], low, high), f"{name} outside high and low, as published")
    return rows[sieve.keep]


def _outside(value: Floats, low: Floats, high: Floats) -> np.ndarray:
    return (value < low) | (value > high)


def in_order(rows: Rows, losses: Losses) -> Rows:
    """Rows by clock, each instrument and clock once, the first of them; what had to be changed is noted."""
    back = int((np.diff(rows["clock_ns"]) < 0).sum())
    if back and back == len(rows) - 1:
        losses.note("table is newest first: sorted")
    elif back:
        losses.note("row earlier than the one before it: sorted", "", back)
    order = np.lexsort((rows["instrument"], rows["clock_ns"]))  # stable: of equals the first row comes first
    rows = rows[order]
    same = np.zeros(len(rows), np.bool_)
    same[1:] = (np.diff(rows["clock_ns"]) == 0) & (np.diff(rows["instrument"]) == 0)
    if bool(same.any()):
        losses.note("row refused: a second one of the same time", "", int(same.sum()))
    return rows[~same]
