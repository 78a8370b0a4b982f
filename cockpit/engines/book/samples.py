"""Samples of price-level books at ticks."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.layout import CELL_NS, CHANGE
from cockpit.errors import EngineError
from cockpit.events.dtypes import BANDS_BPS, BOOK_LEVELS, DTYPES, SAMPLE, Kind
from cockpit.units import NO_PRICE, Floats, Rows, Sizes, Ticks

Flags = NDArray[np.bool_]
Fields = tuple[tuple[str, str], tuple[str, str]]

SAMPLE_FIELDS: Final[Fields] = (("bid_ticks", "bid_sizes"), ("ask_ticks", "ask_sizes"))
LEVEL_TICKS: Final = ("bid_level_ticks", "ask_level_ticks")

_NO_TICKS: Final = np.zeros(0, DTYPES[Kind.TICK])
_NO_TICKS.flags.writeable = False


def steady(rows: Rows, dtype: np.dtype[Any]) -> Rows:
    """The same rows in one memory layout, for which kernels are compiled once.

    A dtype that went through a file equals ours, but numba tells it apart.
    """
    if rows.dtype is dtype and rows.flags.c_contiguous and rows.flags.aligned:  # the usual case, and the cheap one
        if not rows.flags.writeable:
            return rows
        view = rows.view()
    else:
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
    """SAMPLE rows of a price-level book without what is counted and suspect, and how many rows came before each.

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
        samples[best], samples[LEVEL_TICKS[side]], samples[packed] = side_sample(prices, sizes)
    _add_bands(samples)
    return samples, at


def _add_bands(samples: Rows) -> None:
    """Fill in what rests within each band of the mid; a source of one level tells nothing of it."""
    has_mid = (samples["bid_sizes"][:, 0] > 0) & (samples["ask_sizes"][:, 0] > 0)
    is_deep = (samples["bid_sizes"][:, 1] > 0) | (samples["ask_sizes"][:, 1] > 0)
    twice_mid = samples["bid_ticks"].astype(np.float64) + samples["ask_ticks"]
    for side, name in enumerate(("bid_within", "ask_within")):
        found = band_depths(samples[LEVEL_TICKS[side]], samples[SAMPLE_FIELDS[side][1]], twice_mid)
        samples[name] = np.where((has_mid & is_deep)[:, None], found, -1)


def band_depths(ticks: Ticks, sizes: Sizes, twice_mid: Floats) -> Sizes:
    """Size of one side within ``BANDS_BPS`` of the mid, int64 (n, bands); -1 where the tenth level is inside.

    Args:
        ticks, sizes: int64 (n, BOOK_LEVELS), best first; size 0 where there is no level.
        twice_mid: float64 (n,), ticks.
    """
    away = np.abs(2.0 * ticks - twice_mid[:, None]) * 1e4
    found = np.empty((len(ticks), len(BANDS_BPS)), np.int64)
    for band, bps in enumerate(BANDS_BPS):
        near = (sizes > 0) & (away <= bps * np.abs(twice_mid)[:, None])
        found[:, band] = np.where(near[:, -1], -1, np.where(near, sizes, 0).sum(axis=1))
    return found


def _taken(column: Sizes, before: Sizes, at: Sizes) -> Sizes:
    """Levels, int64 (k, BOOK_LEVELS), after ``at`` rows each; ``column`` is (n, m), or (n,) for one level a row."""
    levels = np.tile(before, (len(at), 1))
    after = at > 0
    levels[after] = 0
    column = column.reshape(len(column), -1) if len(column) else np.zeros((0, 1), np.int64)
    levels[after, : column.shape[1]] = column[at[after] - 1]
    return levels


def side_sample(ticks: Ticks, sizes: Sizes) -> tuple[Ticks, Ticks, Sizes]:
    """Best price, prices and sizes, best first, of one side at n moments.

    Args:
        ticks, sizes: int64 (n, m), levels best first; one without price or size is not there.

    Returns:
        int64 (n,), NO_PRICE for an empty side, and twice int64 (n, m) without holes, NO_PRICE and 0 where there is
        no level.
    """
    there = (ticks != NO_PRICE) & (sizes > 0)
    order = np.argsort(~there, axis=1, kind="stable")
    prices = np.take_along_axis(np.where(there, ticks, NO_PRICE), order, axis=1)
    return prices[:, 0], prices, np.take_along_axis(np.where(there, sizes, 0), order, axis=1)


def level_changes(rows: Rows, before: Sizes, fields: Fields, cell: int) -> tuple[Rows, int]:
    """What the levels that whole-book records show became, cell by cell of time.

    A level that leaves the shown window is not known any more: it counts as gone.

    Args:
        rows: Records that each carry all levels there are, in order.
        before: int64 (2, 2, BOOK_LEVELS) or more parts: price and size by side, before them.
        fields: Names of price and size by side.
        cell: Of the last record before.

    Returns:
        CHANGE (n,), and the cell of the last record.
    """
    if not len(rows):
        return np.zeros(0, CHANGE), cell
    cells = np.maximum(np.maximum.accumulate(rows["clock_ns"] // CELL_NS), cell)
    ends = np.append(np.flatnonzero(cells[1:] != cells[:-1]), len(rows) - 1)
    found: list[Rows] = []
    for side, (price, size) in enumerate(fields):
        ticks, sizes = (rows[name][ends].reshape(len(ends), -1) for name in (price, size))
        first = before[side, :2, : ticks.shape[1]] if ticks.shape[1] < BOOK_LEVELS else before[side, :2]
        # what was before may have more levels than these records show: a book of ten that goes on as one of one
        old = np.full((2, len(ends), max(first.shape[1], ticks.shape[1])), NO_PRICE, np.int64)
        old[1] = 0
        old[:, 0, : first.shape[1]] = first
        old[0, 1:, : ticks.shape[1]], old[1, 1:, : ticks.shape[1]] = ticks[:-1], sizes[:-1]
        found.append(_differences(cells[ends], old[0], old[1], ticks, sizes, side))
    changes = np.concatenate(found)
    return changes[np.argsort(changes["cell"], kind="stable")], int(cells[-1])


def _differences(cells: Sizes, old_ticks: Ticks, old: Sizes, ticks: Ticks, sizes: Sizes, side: int) -> Rows:
    """Levels of n records, (n, m), that are not what they were, and those that are gone."""
    was, there = (old_ticks != NO_PRICE) & (old > 0), (ticks != NO_PRICE) & (sizes > 0)
    same = (old_ticks[:, :, None] == ticks[:, None, :]) & was[:, :, None] & there[:, None, :]
    kept = (same & (old[:, :, None] == sizes[:, None, :])).any(axis=1)
    parts: list[Rows] = []
    gone, told = was & ~same.any(axis=2), there & ~kept
    for mask, price, size in ((gone, old_ticks, np.zeros_like(old)), (told, ticks, sizes)):
        rows = np.zeros(int(mask.sum()), CHANGE)
        rows["cell"], rows["side"] = np.broadcast_to(cells[:, None], mask.shape)[mask], side
        rows["price"], rows["size"] = price[mask], size[mask]
        parts.append(rows)
    return np.concatenate(parts)


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
