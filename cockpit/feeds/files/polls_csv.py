"""Levels that somebody polled: one column per index, each row an instant, most fields empty.

Every poll becomes an INDEX row of one point, clocked at its own instant. Polls have no length; for the bars made of
them they count for an interval that divides their steps, begun where the one before ended, or that long before.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.feeds.files import csv_names
from cockpit.feeds.files.csv_shapes import OHLC, Shape, stamps
from cockpit.feeds.files.csv_source import Content, TableSource
from cockpit.feeds.files.csv_table import Sieve, read_table
from cockpit.feeds.files.index_csv import blank_rows
from cockpit.feeds.files.losses import Losses
from cockpit.instruments import Instrument
from cockpit.units import NO_TIME, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Floats, Rows, Times

SERIES: Final = {"spot": "SPX.CBOE", "vix": "VIX.CBOE", "vix3m": "VIX3M.CBOE"}
_INTERVALS: Final = tuple(n * NS_PER_S for n in (3600, 1800, 900, 300, 60, 30, 15, 5, 1))  # those of charts
_COMMON: Final = 0.05  # share of the steps from which on one counts
_LONGEST: Final = NS_PER_HOUR  # a longer step is a pause


def open_polls(path: Path, shape: Shape) -> TableSource:
    """The source of a table of polls.

    Raises:
        SourceError: It cannot be read, or has no usable row.
    """
    losses = Losses()
    table = read_table(path, losses)
    sieve = Sieve(table, losses)
    at_ns = stamps(table, shape)
    sieve.refuse(at_ns == NO_TIME, "unreadable time")
    levels = {name: table.numbers(name) for name in SERIES}
    for name, level in levels.items():
        sieve.refuse(level <= 0, f"level of {name} not above 0")
    found: list[Instrument] = []
    parts: list[Rows] = []
    for name, symbol in SERIES.items():
        rows = _series(levels[name], sieve.keep, at_ns)
        instrument = csv_names.level(symbol)
        if instrument is None or not len(rows):
            losses.note(f"no level of {name}")
            continue
        rows["instrument"] = len(found)
        found.append(instrument)
        parts.append(rows)
    if not parts:
        raise SourceError(path, "; ".join(("no row that could be used", *losses.lines())))
    rows = np.concatenate(parts)
    rows = rows[np.argsort(rows["clock_ns"], kind="stable")]
    losses.note("polled levels: a bar of them has the range of its polls only")
    step_ns = int(rows["interval_ns"].min())
    content = Content("index_csv", "polls", tuple(found), Kind.INDEX, rows, step_ns, table.torn)
    return TableSource(path, content, losses)


def _series(level: Floats, keep: NDArray[np.bool_], at_ns: Times) -> Rows:
    """The rows of one index, ascending by clock, each clock once."""
    has = keep & ~np.isnan(level)
    clocks, first = np.unique(at_ns[has], return_index=True)
    interval_ns = poll_interval(clocks)
    rows = blank_rows(len(clocks), _begins(clocks, interval_ns), clocks, interval_ns)
    rows["event_ns"] = clocks
    for column in OHLC:
        rows[column] = level[has][first]
    return rows


def poll_interval(clocks: Times) -> int:
    """The longest chart interval that divides every common step between polls, ns; a second where none does.

    Args:
        clocks: int64 (n,), ascending; steps are rounded to whole seconds, for polls come milliseconds late.
    """
    steps = np.rint(np.diff(clocks) / NS_PER_S).astype(np.int64) * NS_PER_S
    steps = steps[(steps > 0) & (steps <= _LONGEST)]
    values, counts = np.unique(steps, return_counts=True)
    common = values[counts >= _COMMON * len(steps)]
    if not len(common):
        return NS_PER_MIN
    return next((one for one in _INTERVALS if not (common % one).any()), NS_PER_S)


def _begins(clocks: Times, interval_ns: int) -> Times:
    """Where the bar of each poll begins: an interval before its second of the grid, never before the last poll."""
    begins = clocks // interval_ns * interval_ns - interval_ns
    begins[1:] = np.maximum(begins[1:], clocks[:-1])
    return begins
