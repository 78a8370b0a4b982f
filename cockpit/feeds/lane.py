"""One source on its way into the river: its current chunk, and how much of it has been taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.events.market import Chunk
from cockpit.feeds.source import Source
from cockpit.feeds.spool import Spooled
from cockpit.units import NO_TIME, Rows, Times

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LaneMark:
    """Place in one source.

    Attributes:
        position: Events of the source that have passed.
        chunk: Number of the chunk they end in.
        chunk_first: Position at the start of that chunk.
        carry_ns: Largest clock before that chunk; NO_TIME before the first.
    """

    position: int
    chunk: int
    chunk_first: int
    carry_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one lane gives to a window: ``running`` clocks (n,), and rows by kind with their places in 0..n."""

    running: Times
    rows: tuple[tuple[Kind, Rows, Positions | slice], ...]


class Lane:
    """One source: its current chunk, and how much of it has gone into windows."""

    def __init__(self, source: Source, order: int, ids: Sequence[int]) -> None:
        self.source = source
        self.order = order
        self._ids = np.array([*ids, -1], np.int32)  # -1 takes the last: no instrument stays none
        self._iterator: Iterator[Chunk] | None = None
        self._chunk: Chunk | None = None
        self._running: Times = np.zeros(0, np.int64)
        self._places: tuple[Positions | None, ...] = ()
        self._mark = LaneMark(0, 0, 0, NO_TIME)
        self._cursor = 0
        self._finished = False

    @property
    def last_ns(self) -> int:
        """Largest clock of what is buffered; valid after ``fill``."""
        return int(self._running[-1])

    def mark(self, passed: int = 0) -> LaneMark:
        """Where it stands, ``passed`` events after what went into windows (before it when negative)."""
        return replace(self._mark, position=self._mark.chunk_first + self._cursor + passed)

    def go(self, mark: LaneMark) -> None:
        """Stand at the mark."""
        if self._chunk is None or mark.chunk != self._mark.chunk:
            self._iterator, self._chunk, self._mark = None, None, mark
        self._cursor = mark.position - mark.chunk_first
        self._finished = False

    def is_ready(self) -> bool:
        """Whether ``fill`` would not read for long; asking reads a little."""
        if self._finished or (self._chunk is not None and self._cursor < self._chunk.events):
            return True
        wanted = self._mark.chunk + (self._chunk is not None)
        return not isinstance(self.source, Spooled) or self.source.ready(wanted)

    def fill(self) -> bool:
        """Have at least one event buffered; False when the source has ended."""
        while not self._finished and (self._chunk is None or self._cursor >= self._chunk.events):
            self._next_chunk()
        return not self._finished

    def _next_chunk(self) -> None:
        if self._iterator is None:
            first_wanted = self._mark.chunk + (self._chunk is not None)
            self._iterator = self.source.chunks(first_wanted)
        iterator, self._iterator = self._iterator, None  # one that raises is spent: trying again raises again
        chunk = next(iterator, None)
        self._iterator = iterator
        if chunk is None:
            self._finished = True
            return
        if self._chunk is not None:
            carry = int(self._running[-1]) if len(self._running) else self._mark.carry_ns
            self._mark = LaneMark(0, self._mark.chunk + 1, self._chunk.next_seq, carry)
            self._cursor = 0
        if chunk.first_seq != self._mark.chunk_first:
            raise SourceError(
                self.source.info.path, f"events {self._mark.chunk_first:,} to {chunk.first_seq:,} missing"
            )
        self._load(chunk)

    def _load(self, chunk: Chunk) -> None:
        batches, n = chunk.batches, chunk.events
        if sum(len(batch) for batch in batches) != n:
            raise SourceError(
                self.source.info.path, f"a chunk of {n:,} events lacks some", f"event {chunk.first_seq:,}"
            )
        running = np.empty(n, np.int64)
        places: list[Positions | None] = []
        for batch in batches:
            place = None if len(batches) == 1 else batch.rows["seq"] - chunk.first_seq
            running[slice(None) if place is None else place] = batch.rows["clock_ns"]
            places.append(place)
        if n and self._mark.carry_ns != NO_TIME:
            running[0] = max(int(running[0]), self._mark.carry_ns)
        self._running = np.maximum.accumulate(running)
        self._chunk, self._places = chunk, tuple(places)

    def cut(self, horizon_ns: int, inclusive: bool) -> Part:
        """Take what is buffered up to the horizon."""
        assert self._chunk is not None  # fill() said so
        start = self._cursor
        side = "right" if inclusive else "left"
        stop = start + int(np.searchsorted(self._running[start:], horizon_ns, side))
        self._cursor = stop
        rows: list[tuple[Kind, Rows, Positions | slice]] = []
        for batch, place in zip(self._chunk.batches, self._places, strict=True):
            if place is None:
                rows.append((batch.kind, batch.rows[start:stop], slice(None)))
                continue
            low, high = np.searchsorted(place, (start, stop))
            if low < high:
                rows.append((batch.kind, batch.rows[low:high], place[low:high] - start))
        return Part(self._running[start:stop], tuple(rows))

    def session_ids(self, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """The session's instrument ids of the source's.

        Raises:
            SourceError: A row names an instrument the source did not announce.
        """
        known = len(self._ids) - 1
        if int(ids.max(initial=-1)) >= known or int(ids.min(initial=-1)) < -1:
            raise SourceError(self.source.info.path, f"a row names an instrument beyond the {known} announced")
        return self._ids[ids]
