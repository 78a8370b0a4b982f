"""The history of a book's liquidity: every level that changed, cell by cell of time, exact and at full depth.

Kept is what changed, never a dense picture, so that any stretch, price range and grouping can be drawn of it.
Changes lie in chunks; each begins with the whole book as it was then, so that a stretch is drawn without what came
before.
"""

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

import numpy as np

from cockpit.engines.book.layout import CELL_NS, CHANGE, GONE, record
from cockpit.ring import begins_with, same_memory
from cockpit.units import NO_PRICE, NO_TIME, Rows, Sizes, Ticks

CHUNK_ROWS: Final = 1 << 16
COARSE_CELLS: Final = 50  # five seconds
FIRST_ROWS: Final = 1 << 10
KEPT_CELLS: Final = 2 * 3600 * 1_000_000_000 // CELL_NS  # two hours are kept in any case, within MOST_BYTES
SPARE_BYTES: Final = 24 << 20  # older ones as long as all take no more than that
MOST_BYTES: Final = 240 << 20
GAPS_KEPT: Final = 256
FIRST_ROOM: Final = 1 << 15  # of a table of prices: half a megabyte stays in the processor's cache
FARTHEST: Final = 2**31 - 1  # ticks, and cells since the first of a chunk, that a row can hold

ROW: Final = record(  # of a chunk
    ("cell", np.int32),  # cells since the chunk's ``cell``
    ("price", np.int32),  # ticks; 0 of what is gone
    ("size", np.int64),  # size << SIDE_BITS | side as in ``layout.CHANGE``
)
SIDE_BITS: Final = 2
SIDE_MASK: Final = 3
BEST: Final = record(("clock_ns", np.int64), ("bid", np.int64), ("ask", np.int64))  # NO_PRICE: the side is empty

_serial = count(1)


@dataclass(frozen=True, slots=True, eq=False)
class HeatChunk:
    """A stretch of the history.

    Attributes:
        first: Number of its first row; rows are numbered from the beginning of the history.
        cell: What the rows' cells count from.
        sides, prices, sizes: int64 (k,), the levels before its first row: BID_SIDE or ASK_SIDE, ticks, size.
        rows: ROW (n,), read-only; later appends cannot change it.
        coarse: ROW (m,), the same with what happened within ``COARSE_CELLS`` put together: of a level its largest
            size, then its last one. For pictures of hours; empty while the chunk is the last or the last but one.
    """

    first: int
    cell: int
    sides: Sizes
    prices: Ticks
    sizes: Sizes
    rows: Rows
    coarse: Rows = field(default_factory=lambda: np.zeros(0, ROW))

    @property
    def nbytes(self) -> int:
        """Bytes of what it tells."""
        return sum(part.nbytes for part in (self.sides, self.prices, self.sizes, self.rows, self.coarse))

    @property
    def last_cell(self) -> int:
        """Cell of its last row; its first cell without rows."""
        return self.cell + int(self.rows["cell"][-1]) if len(self.rows) else self.cell

    def changes(self) -> Rows:
        """Its rows as CHANGE (n,)."""
        changes = np.zeros(len(self.rows), CHANGE)
        changes["cell"] = self.rows["cell"].astype(np.int64) + self.cell
        changes["side"] = self.rows["size"] & SIDE_MASK
        changes["size"] = self.rows["size"] >> SIDE_BITS
        gone = changes["side"] >= GONE
        changes["price"] = np.where(gone, NO_PRICE, self.rows["price"].astype(np.int64))
        return changes


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """The history as it is now; later appends do not change it.

    Attributes:
        series: Another number when the history is another one (a jump in time), not when it grew.
        chunks: Oldest first; rows follow on each other from chunk to chunk.
        gaps: (from_ns, to_ns) of what is not known, ascending; to_ns is NO_TIME while one lasts.
        far: Changes left out because their price is out of every picture's reach.
    """

    series: int = 0
    chunks: tuple[HeatChunk, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    far: int = 0

    @property
    def end(self) -> int:
        """Number of the next row."""
        return self.chunks[-1].first + len(self.chunks[-1].rows) if self.chunks else 0

    @property
    def first_ns(self) -> int | None:
        """Where it begins; None while it is empty."""
        return self.chunks[0].cell * CELL_NS if self.chunks else None

    @property
    def nbytes(self) -> int:
        """Bytes of what it tells."""
        return sum(chunk.nbytes for chunk in self.chunks)

    def since(self, cell: int) -> "Heat":
        """Without the chunks that begin before a cell; with none left it begins at its end, with the book there.

        The same object when there is nothing to leave out.
        """
        kept = tuple(chunk for chunk in self.chunks if chunk.cell >= cell)
        if len(kept) == len(self.chunks):
            return self
        last = self.chunks[-1]
        if not kept:
            if len(self.chunks) == 1 and not len(last.rows):
                return self
            kept = (_ended(last),)
        return replace(self, chunks=kept)

    def within(self, longer: "Heat") -> "Heat":
        """The same, with the rows that a longer one of the same river has too in the longer one's memory."""
        known = {chunk.first: chunk for chunk in longer.chunks}
        chunks = tuple(_within(chunk, known.get(chunk.first, chunk)) for chunk in self.chunks)
        if all(mine is same for mine, same in zip(self.chunks, chunks, strict=True)):
            return self
        return replace(self, chunks=chunks)

    def size_at(self, tick: int, clock_ns: int) -> int:
        """What rested at a price, on both sides, at the end of the cell of an instant; 0 before the first cell."""
        cell = clock_ns // CELL_NS
        chunks = [chunk for chunk in self.chunks if chunk.cell <= cell]
        if not chunks:
            return 0
        chunk = chunks[-1]
        rows = chunk.rows[: int(np.searchsorted(chunk.rows["cell"], cell - chunk.cell, side="right"))]
        sides = rows["size"] & SIDE_MASK
        total = 0
        for side in (0, 1):
            found = np.flatnonzero(((rows["price"] == tick) & (sides == side)) | (sides == side + GONE))
            if len(found):
                total += int(rows["size"][found[-1]] >> SIDE_BITS)  # 0 of what is gone
            else:
                total += int(chunk.sizes[(chunk.sides == side) & (chunk.prices == tick)].sum())
        return total

    def book_at(self, clock_ns: int) -> tuple[dict[int, int], dict[int, int]]:
        """Sizes by tick of bid and ask at the end of the cell of an instant; empty before the first cell."""
        cell = clock_ns // CELL_NS
        chunks = [chunk for chunk in self.chunks if chunk.cell <= cell]
        if not chunks:
            return {}, {}
        changes = chunks[-1].changes()
        sides, prices, sizes = levels_after(chunks[-1], changes[changes["cell"] <= cell])
        bid, ask = (dict(zip(prices[sides == s].tolist(), sizes[sides == s].tolist(), strict=True)) for s in (0, 1))
        return bid, ask


class HeatHistory:
    """Where a lane's books put what changed; freezing shares what is there."""

    def __init__(self) -> None:
        self._full: list[HeatChunk] = []
        self._open: HeatChunk | None = None  # its rows are the buffer, spare room included
        self._used = 0  # rows in the buffer
        self._is_shared = False  # the buffer belongs to a frozen one
        self._gaps: tuple[tuple[int, int], ...] = ()
        self._far = 0
        self._series = next(_serial)
        self._bytes = 0  # of the full ones

    @property
    def series(self) -> int:
        """As ``Heat.series``."""
        return self._series

    def append(self, changes: Rows) -> None:
        """Append CHANGE rows in order of time."""
        self._condense()
        self._close_gap(changes)
        at = 0
        while at < len(changes):
            chunk = self._roomy(changes[at:])
            part = changes[at : at + min(CHUNK_ROWS - self._used, len(changes) - at)]
            self._far += self._fill(chunk, part)
            at += len(part)
        if self._open is not None:
            self._forget(self._open.cell)

    def mark_gap(self, from_ns: int, to_ns: int, *, is_lasting: bool) -> None:
        """What was between is not known; lasting, until all levels are told anew."""
        if self._gaps and self._gaps[-1][1] == NO_TIME:
            return
        self._gaps = (*self._gaps, (from_ns, NO_TIME if is_lasting else to_ns))[-GAPS_KEPT:]

    def view(self) -> Heat:
        """The history as it is now, without a copy."""
        chunks = tuple(self._full)
        if self._open is not None:
            rows = self._open.rows[: self._used]
            rows.flags.writeable = False
            chunks = (*chunks, replace(self._open, rows=rows))
        return Heat(self._series, chunks, self._gaps, self._far)

    def freeze(self) -> Heat:
        """What there is now; shared, not copied."""
        return self.view()

    def thaw(self, frozen: Heat) -> None:
        """Become what was frozen; a buffer is copied at the next append only."""
        self._full, self._open, self._used = list(frozen.chunks[:-1]), None, 0
        if frozen.chunks:
            self._open = frozen.chunks[-1]
            self._used, self._is_shared = len(self._open.rows), True
        self._gaps, self._far, self._series = frozen.gaps, frozen.far, next(_serial)
        self._bytes = sum(chunk.nbytes for chunk in self._full)

    def _close_gap(self, changes: Rows) -> None:
        """A lasting gap ends where all levels are told anew."""
        if self._gaps and self._gaps[-1][1] == NO_TIME:
            anew = changes["cell"][(changes["side"] >= GONE)]
            if len(anew):
                since = self._gaps[-1][0]
                self._gaps = (*self._gaps[:-1], (since, max(int(anew[0]) * CELL_NS, since)))

    def _roomy(self, changes: Rows) -> HeatChunk:
        """The chunk to append to; a new one when there is none, or it is full or too far away."""
        old = self._open
        if old is not None and self._used < CHUNK_ROWS and int(changes["cell"][-1]) - old.cell <= FARTHEST:
            return old
        sides = prices = sizes = np.zeros(0, np.int64)
        first = 0
        if old is not None:
            done = replace(old, rows=old.rows[: self._used])
            done.rows.flags.writeable = False
            told = done.changes()
            self._full.append(done)
            self._bytes += done.nbytes
            first = done.first + self._used
            sides, prices, sizes = levels_after(done, told)
        buffer = np.empty(FIRST_ROWS, ROW)
        self._open = HeatChunk(first, int(changes["cell"][0]), sides, prices, sizes, buffer)
        self._used, self._is_shared = 0, False
        return self._open

    def _condense(self) -> None:
        """Put the last full chunk together, an append later: it takes as long as to begin the one behind it."""
        done = self._full[-1] if self._full else None
        if done is not None and len(done.rows) and not len(done.coarse):
            self._bytes -= done.nbytes
            done = self._full[-1] = replace(done, coarse=coarse_rows(done.changes(), done.cell))
            self._bytes += done.nbytes

    def _fill(self, chunk: HeatChunk, changes: Rows) -> int:
        """Append rows that have room; returns how many prices are too far away to be told."""
        is_gone = changes["side"] >= GONE
        near = is_gone | ((changes["price"] >= -FARTHEST) & (changes["price"] <= FARTHEST))
        n = int(near.sum())
        need = self._used + n
        if need > len(chunk.rows) or self._is_shared:
            buffer = np.empty(min(max(2 * len(chunk.rows), need, FIRST_ROWS), CHUNK_ROWS), ROW)
            buffer[: self._used] = chunk.rows[: self._used]
            chunk = self._open = replace(chunk, rows=buffer)
            self._is_shared = False
        target = chunk.rows[self._used : need]
        target[:] = as_rows(changes[near], chunk.cell)
        self._used = need
        return len(changes) - n

    def _forget(self, cell: int) -> None:
        """Drop the oldest chunks that nobody needs or there is no room for."""
        while self._full:
            oldest, following = self._full[0], self._full[1] if len(self._full) > 1 else self._open
            is_old = following is not None and following.cell < cell - KEPT_CELLS
            if self._bytes <= (SPARE_BYTES if is_old else MOST_BYTES):
                return
            self._bytes -= oldest.nbytes
            del self._full[0]


def _within(chunk: HeatChunk, longer: HeatChunk) -> HeatChunk:
    if longer is chunk or longer.cell != chunk.cell:
        return chunk
    n = len(chunk.rows)
    if n == len(longer.rows) and len(longer.coarse) and not len(chunk.coarse):
        return longer
    if same_memory(longer.rows, chunk.rows) or not begins_with(longer.rows, chunk.rows):
        return chunk
    return replace(longer, rows=longer.rows[:n], coarse=longer.coarse if n == len(longer.rows) else chunk.coarse)


def _ended(chunk: HeatChunk) -> HeatChunk:
    """An empty chunk that follows a chunk."""
    levels = levels_after(chunk, chunk.changes())
    return HeatChunk(chunk.first + len(chunk.rows), chunk.last_cell, *levels, np.zeros(0, ROW))


def as_rows(changes: Rows, cell: int) -> Rows:
    """CHANGE rows as ROW (n,), cells counted from ``cell``."""
    rows = np.zeros(len(changes), ROW)
    rows["cell"] = changes["cell"] - cell
    rows["price"] = np.where(changes["side"] >= GONE, 0, changes["price"])
    rows["size"] = changes["size"] << SIDE_BITS | changes["side"]
    return rows


def coarse_rows(changes: Rows, cell: int) -> Rows:
    """What CHANGE rows become within spans of ``COARSE_CELLS``, ROW (m,), read-only; see ``HeatChunk``."""
    from cockpit.engines.book.heat_kernels import condense  # noqa: PLC0415  numba loads with the first book

    numbers, ticks = _numbered(changes["price"])
    found = np.zeros(len(changes), CHANGE)
    last, peak = np.full((2, len(ticks)), -1, np.int64), np.full((2, len(ticks)), -1, np.int64)
    changes = found[: condense(changes, numbers, COARSE_CELLS, last, peak, found)]
    rows = as_rows(changes, cell)
    rows.flags.writeable = False
    return rows


def levels_after(chunk: HeatChunk, changes: Rows) -> tuple[Sizes, Ticks, Sizes]:
    """Levels of a chunk after some of its changes, CHANGE (n,): side, tick and size, int64 (k,), no size is 0."""
    from cockpit.engines.book.heat_kernels import replay  # noqa: PLC0415  numba loads with the first book

    before = len(chunk.prices)
    numbers, ticks = _numbered(np.concatenate([chunk.prices, changes["price"]]))
    book = np.zeros((2, len(ticks)), np.int64)
    book[chunk.sides, numbers[:before]] = chunk.sizes
    replay(changes, numbers[before:], book)
    sides, at = np.nonzero(book)
    order = np.lexsort((ticks[at], sides))
    sides, at = sides[order].astype(np.int64), at[order]
    return sides, ticks[at], book[sides, at]


def _numbered(prices: Ticks) -> tuple[Sizes, Ticks]:
    """Numbers of prices by first sight, and the price of each number; no matter how far apart they lie."""
    from cockpit.engines.book.heat_kernels import number  # noqa: PLC0415  numba loads with the first book

    prices = np.ascontiguousarray(prices)
    numbers, ticks = np.empty(len(prices), np.int64), np.empty(len(prices), np.int64)
    room, known = FIRST_ROOM, -1
    while known < 0:
        known = number(prices, numbers, np.empty(room, np.int64), np.full(room, -1, np.int64), ticks)
        room *= 8
    return numbers, ticks[:known]
