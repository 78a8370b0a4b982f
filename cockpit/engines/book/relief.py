"""The last three minutes of a book as a grid, price by time: of each cell the most that rested in it.

A column is a fixed stretch of time, counted from the beginning of time, so that nothing shimmers while the grid
moves on. What nobody knows (before the history begins, within a gap) is ``UNKNOWN``, never 0.
Source: ``design.md`` 7 (3D surface); the history is ``heat.py``'s.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cockpit.engines.book.heat import Heat, HeatChunk
from cockpit.engines.book.layout import CELL_NS
from cockpit.errors import EngineError
from cockpit.units import NO_PRICE, NO_TIME, Floats, Rows, Sizes

ROWS: Final = 56
COLUMNS: Final = 96
CELLS: Final = 19  # of 100 ms a column: 182.4 s in all
COLUMN_NS: Final = CELLS * CELL_NS
SPAN_NS: Final = COLUMNS * COLUMN_NS
UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """The grid.

    Attributes:
        low: Lowest tick of row 0.
        group: Ticks of a row.
        first: Number of column 0; column j holds the instants [(first + j) * COLUMN_NS, ... + COLUMN_NS).
        sizes: int64 (ROWS, COLUMNS), the most that rested, both sides, smallest units of the venue; ``UNKNOWN``
            where that is not known. The last column is the one of now, as far as it has come.
        gaps: bool (COLUMNS,), columns that something is missing of; those before the history are none of them.
        mids: float64 (COLUMNS,), half way between the best prices at the end of each column, ticks; NaN unknown.
    """

    low: int = 0
    group: int = 1
    first: int = 0
    sizes: Sizes = field(default_factory=lambda: np.full((ROWS, COLUMNS), UNKNOWN, np.int64))
    gaps: Rows = field(default_factory=lambda: np.zeros(COLUMNS, np.bool_))
    mids: Floats = field(default_factory=lambda: np.full(COLUMNS, np.nan))

    @property
    def known(self) -> Rows:
        """bool (COLUMNS,), columns that are known."""
        return self.sizes[0] != UNKNOWN


class ReliefMaker:
    """Grids of one history as it grows; what was walked once is not walked again."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        self._key: tuple[int, int, int] | None = None  # series, low, group
        self._at = 0  # number of the next row
        self._marks = np.zeros(1, np.int64)
        self._ring = np.zeros((ROWS, COLUMNS), np.int64)
        self._sums = np.zeros(ROWS, np.int64)
        self._peaks = np.zeros(ROWS, np.int64)
        self._book = np.zeros((2, ROWS), np.int64)

    def make(self, heat: Heat, best: Rows, low: int, group: int, now_ns: int) -> Relief:
        """The grid of an instant.

        Args:
            heat: The history, up to ``now_ns``.
            best: BEST rows up to ``now_ns``.
            low, group: Lowest tick of the first row, and ticks of each, above 0.

        Raises:
            EngineError: ``group`` is below 1.
        """
        if group < 1:
            raise EngineError(f"ticks of a row of the relief: {group} must be 1 or more")
        last = now_ns // COLUMN_NS
        first = last - COLUMNS + 1
        if heat.chunks:
            self._walk(heat, low, group, first, last)
        order = np.arange(first, last + 1)
        known, gaps = _told(heat, first, last)
        sizes = np.where(known, self._ring[:, order % COLUMNS], UNKNOWN) if heat.chunks else Relief().sizes
        mids = np.where(known, mids_at(best, np.minimum((order + 1) * COLUMN_NS, now_ns)), np.nan)
        for column in (sizes, gaps, mids):
            column.flags.writeable = False
        return Relief(low, group, first, sizes, gaps, mids)

    def _walk(self, heat: Heat, low: int, group: int, first: int, last: int) -> None:
        from cockpit.engines.book.relief_kernels import finish, walk  # noqa: PLC0415  numba loads with the first book

        key = (heat.series, low, group)
        if key != self._key or self._at < heat.chunks[0].first or int(self._marks[0]) > last:
            self._begin(heat, low, group, first)
            self._key = key
        for chunk in heat.chunks:
            start = max(self._at - chunk.first, 0)
            if start < len(chunk.rows):
                walk(
                    chunk.rows, start, len(chunk.rows), chunk.cell, CELLS, low, group, self._marks, self._book,
                    self._sums, self._peaks, self._ring,
                )  # fmt: skip
        self._at = heat.end
        finish(last, self._marks, self._sums, self._peaks, self._ring)

    def _begin(self, heat: Heat, low: int, group: int, first: int) -> None:
        """Stand before the last chunk that begins no later than the grid, with the book as it was then."""
        before = [chunk for chunk in heat.chunks if chunk.cell <= first * CELLS]
        chunk = before[-1] if before else heat.chunks[0]
        self.reset()
        self._at, self._marks[0] = chunk.first, chunk.cell // CELLS
        self._book = _book_of(chunk, low, group * ROWS)
        self._sums = self._book.sum(axis=0).reshape(ROWS, group).sum(axis=1)
        self._peaks = self._sums.copy()


def _book_of(chunk: HeatChunk, low: int, ticks: int) -> Sizes:
    """int64 (2, ticks): a chunk's first levels from ``low`` on, by side."""
    book = np.zeros((2, ticks), np.int64)
    inside = (chunk.prices >= low) & (chunk.prices < low + ticks)
    book[chunk.sides[inside], chunk.prices[inside] - low] = chunk.sizes[inside]
    return book


def _told(heat: Heat, first: int, last: int) -> tuple[Rows, Rows]:
    """Which columns are known, and which of the others lie in a gap: bool (COLUMNS,) each."""
    known, gaps = np.zeros(COLUMNS, np.bool_), np.zeros(COLUMNS, np.bool_)
    if heat.first_ns is None:
        return known, gaps
    known[max(heat.first_ns // COLUMN_NS - first, 0) :] = True
    for since, until in heat.gaps:
        left = max(since // COLUMN_NS - first, 0)
        right = last if until == NO_TIME else min((until - 1) // COLUMN_NS, last)
        gaps[left : max(right - first + 1, 0)] = True
    gaps &= known
    return known & ~gaps, gaps


def mids_at(best: Rows, clocks: Sizes) -> Floats:
    """Mid at the end of each instant, ticks; NaN before the first best prices and while a side was empty.

    Args:
        best: BEST rows.
        clocks: int64 (n,), ns.
    """
    found = np.full(len(clocks), np.nan)
    at = np.searchsorted(best["clock_ns"], clocks, side="right") - 1
    for place in np.flatnonzero(at >= 0).tolist():
        bid, ask = int(best["bid"][at[place]]), int(best["ask"][at[place]])
        if NO_PRICE not in (bid, ask):
            found[place] = bid / 2 + ask / 2
    return found
