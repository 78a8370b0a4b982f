"""Samples of price-level books at ticks."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import EngineError
from cockpit.events.dtypes import DTYPES, SAMPLE, Kind
from cockpit.units import NO_PRICE, Rows, Sizes, Ticks

Flags = NDArray[np.bool_]
Fields = tuple[tuple[str, str], tuple[str, str]]

SAMPLE_FIELDS: Final[Fields] = (("bid_ticks", "bid_sizes"), ("ask_ticks", "ask_sizes"))

_NO_TICKS: Final = np.zeros(0, DTYPES[Kind.TICK])


def steady(rows: Rows, dtype: np.dtype[Any]) -> Rows:
    """The same rows in one memory layout, for which kernels are compiled once.

    A dtype that went through a file equals ours, but numba tells it apart.
    """
    view = np.require(rows, requirements=["C", "A"]).view(dtype)
    view.flags.writeable = False
    return view


def steady_ticks(ticks: Rows | None) -> Rows:
    """TICK rows in one memory layout; none for None.

    Raises:
        EngineError: Rows of another kind.
    """
    ticks = _NO_TICKS if ticks is None else ticks
    if ticks.dtype != DTYPES[Kind.TICK]:
        raise EngineError(f"a book samples at rows of TICK, not at rows of dtype {ticks.dtype}")
    return steady(ticks, DTYPES[Kind.TICK])


def level_samples(ticks: Rows, rows: Rows, before: Sizes, fields: Fields) -> tuple[Rows, Sizes]:
    """SAMPLE rows of a price-level book without what is stacked and suspect, and how many rows came before each.

    Args:
        ticks: TICK (k,), in seq order.
        rows: MBP or QUOTE (n,), in seq order; each carries the whole book.
        before: int64 (2, 3, BOOK_LEVELS), the book before them: side, then price, size, orders.
        fields: Names of prices and sizes in ``rows``, bid and ask.
    """
    samples = np.zeros(len(ticks), SAMPLE)
    if not len(ticks):  # most slices: the rest costs as much as the rows themselves
        return samples, np.zeros(0, np.int64)
    samples["seq"], samples["clock_ns"] = ticks["seq"], ticks["clock_ns"]
    at = np.searchsorted(rows["seq"], ticks["seq"])
    for side in (0, 1):
        prices, sizes = (_taken(rows[name], before[side, part], at) for part, name in enumerate(fields[side]))
        best, packed = SAMPLE_FIELDS[side]
        samples[best], samples[packed] = side_sample(prices, sizes)
    return samples, at


def _taken(column: Sizes, before: Sizes, at: Sizes) -> Sizes:
    """Levels, int64 (k, BOOK_LEVELS), after ``at`` rows each; ``column`` is (n, m), or (n,) for one level a row."""
    levels = np.tile(before, (len(at), 1))
    after = at > 0
    levels[after] = 0
    column = column.reshape(len(column), -1) if len(column) else np.zeros((0, 1), np.int64)
    levels[after, : column.shape[1]] = column[at[after] - 1]
    return levels


def side_sample(ticks: Ticks, sizes: Sizes) -> tuple[Ticks, Sizes]:
    """Best price and sizes, best first, of one side at n moments.

    Args:
        ticks, sizes: int64 (n, m), levels best first; one without price or size is not there.

    Returns:
        int64 (n,), NO_PRICE for an empty side, and int64 (n, m) without holes, 0 where there is no level.
    """
    there = (ticks != NO_PRICE) & (sizes > 0)
    order = np.argsort(~there, axis=1, kind="stable")
    best = np.take_along_axis(ticks, order[:, :1], axis=1)[:, 0]
    packed = np.take_along_axis(np.where(there, sizes, 0), order, axis=1)
    return np.where(there.any(axis=1), best, NO_PRICE), packed


def latest(starts: Flags, ends: Flags, before: bool) -> Flags:
    """Whether something lasts before, and after each of n records that may start it or, stronger, end it.

    Returns:
        bool (n + 1,).
    """
    n = len(starts)
    places = np.arange(n)
    started = np.maximum.accumulate(np.where(starts, places, -1))
    ended = np.maximum.accumulate(np.where(ends, places, -1))
    after = np.where((started < 0) & (ended < 0), before, started > ended)
    return np.concatenate([[before], after])
