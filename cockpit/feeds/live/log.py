"""The log of a live session: one merged stream of events that grows at its end, readable again from any place.

A feed appends from its own thread; any number of readers take slices. Small appends are joined into large pieces
behind the edge; pieces beyond the memory limit move to mapped files; past the limit of everything the oldest go,
but never what a reader has not read yet.
"""

import bisect
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.errors import SourceError
from cockpit.events.market import Batch, Slice
from cockpit.feeds.source import CHUNK_EVENTS
from cockpit.feeds.spool import RowFiles, row_bytes
from cockpit.units import NO_TIME, Times

MEBIBYTE: Final = 2**20
MEMORY_BYTES: Final = 128 * MEBIBYTE  # over half an hour of four simulated order books at 1x
KEPT_BYTES: Final = 4096 * MEBIBYTE


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Consecutive events.

    Attributes:
        batches: One per kind, each in ``seq`` order.
        seqs: Of each batch, contiguous, for searching.
        clocks: Largest clock up to each event, shape (events,).
        first_seq: Of the first event.
        size: Bytes of rows.
        is_mapped: Whether the rows are on disk.
    """

    batches: tuple[Batch, ...]
    seqs: tuple[Times, ...]
    clocks: Times
    first_seq: int
    size: int
    is_mapped: bool = False

    @property
    def next_seq(self) -> int:
        return self.first_seq + len(self.clocks)

    def cut(self, seq: int, limit: int, until_ns: int | None) -> Slice:
        """Events from ``seq`` on; at least one is asked for, none may be due."""
        start = seq - self.first_seq
        stop = min(start + limit, len(self.clocks))
        if until_ns is not None:
            stop = min(stop, int(np.searchsorted(self.clocks, until_ns, "right")))
        if stop <= start:
            return Slice((), seq, seq, self.clock_before(seq))
        low, high = self.first_seq + start, self.first_seq + stop
        if start == 0 and stop == len(self.clocks):
            return Slice(self.batches, low, high, int(self.clocks[-1]))
        found: list[Batch] = []
        for batch, seqs in zip(self.batches, self.seqs, strict=True):
            at, end = np.searchsorted(seqs, (low, high))
            if at < end:
                found.append(Batch(batch.kind, batch.rows[at:end]))
        return Slice(tuple(found), low, high, int(self.clocks[stop - 1]))

    def clock_before(self, seq: int) -> int:
        return int(self.clocks[seq - self.first_seq - 1]) if seq > self.first_seq else NO_TIME


def _piece(batches: tuple[Batch, ...], first_seq: int, next_seq: int, after_ns: int, *, is_mapped: bool) -> _Piece:
    clocks = np.full(next_seq - first_seq, after_ns, np.int64)
    seqs: list[Times] = []
    for batch in batches:
        seqs.append(np.ascontiguousarray(batch.rows["seq"]))
        clocks[seqs[-1] - first_seq] = batch.rows["clock_ns"]
    np.maximum(clocks, after_ns, out=clocks)
    return _Piece(batches, tuple(seqs), np.maximum.accumulate(clocks), first_seq, row_bytes(batches), is_mapped)


def _joined(pieces: Sequence[_Piece]) -> _Piece:
    """Several consecutive pieces as one."""
    by_kind: dict[int, list[Batch]] = {}
    for piece in pieces:
        for batch in piece.batches:
            by_kind.setdefault(batch.kind, []).append(batch)
    batches = tuple(
        Batch(parts[0].kind, np.concatenate([part.rows for part in parts]) if len(parts) > 1 else parts[0].rows)
        for _, parts in sorted(by_kind.items())
    )
    seqs = tuple(np.ascontiguousarray(batch.rows["seq"]) for batch in batches)
    clocks = np.concatenate([piece.clocks for piece in pieces])
    return _Piece(batches, seqs, clocks, pieces[0].first_seq, row_bytes(batches))


class EventLog:
    """Appended by one thread, read by others.

    Args:
        memory_bytes: Rows held in memory; older ones are mapped from a temporary folder.
        kept_bytes: Rows kept altogether; older ones are dropped once every reader has passed them.
    """

    def __init__(self, memory_bytes: int = MEMORY_BYTES, kept_bytes: int = KEPT_BYTES) -> None:
        self._memory_bytes, self._kept_bytes = memory_bytes, kept_bytes
        self._lock = threading.Lock()
        self._pieces: list[_Piece] = []
        self._starts: list[int] = []
        self._loose = 0  # of the last pieces, those that are still to be joined
        self._files = RowFiles()
        self._is_full = False  # the disk took no more: rows stay in memory
        self._held_bytes = self._mapped_bytes = 0
        self._readers: weakref.WeakKeyDictionary[object, int] = weakref.WeakKeyDictionary()
        self._next_seq = 0
        self._edge_ns = NO_TIME
        self.failure: str | None = None
        self.is_closed = False

    # the feed's side

    def append(self, batches: Sequence[Batch], first_seq: int, next_seq: int, *, is_mapped: bool = False) -> Slice:
        """Add the next events; returns them as a slice, for whoever records them.

        Args:
            batches: One per kind, in ``seq`` order; together they cover [first_seq, next_seq).
            is_mapped: Whether their rows lie in a file already: they cost no memory, and stay a piece of their own.

        Raises:
            SourceError: They do not follow what is there, or some are missing.
        """
        given = tuple(batch for batch in batches if len(batch))
        if first_seq != self._next_seq or sum(len(batch) for batch in given) != next_seq - first_seq:
            place = f"events {first_seq:,} to {next_seq:,}"
            raise SourceError("live log", f"{place} do not follow event {self._next_seq:,} without holes")
        if first_seq == next_seq:
            return Slice((), first_seq, next_seq, self._edge_ns)
        piece = _piece(given, first_seq, next_seq, self._edge_ns, is_mapped=is_mapped)
        with self._lock:
            self._pieces.append(piece)
            self._starts.append(first_seq)
            self._next_seq, self._edge_ns = next_seq, int(piece.clocks[-1])
            if is_mapped:
                self._loose = 0
                self._mapped_bytes += piece.size
                self._drop_oldest()
            else:
                self._loose += 1
                self._held_bytes += piece.size
                self._tidy()
        return Slice(given, first_seq, next_seq, self._edge_ns)

    def close(self, failure: str | None = None) -> None:
        """No more events will come; ``failure`` says why when it should not be so."""
        self.failure, self.is_closed = failure, True

    def _tidy(self) -> None:
        loose = self._pieces[len(self._pieces) - self._loose :]
        if loose[-1].next_seq - loose[0].first_seq >= CHUNK_EVENTS:
            at = len(self._pieces) - self._loose
            self._pieces[at:] = [_joined(loose)]
            self._starts[at:] = [loose[0].first_seq]
            self._loose = 0
            self._map_oldest()
            self._drop_oldest()

    def _map_oldest(self) -> None:
        for at, piece in enumerate(self._pieces):
            if self._held_bytes <= self._memory_bytes or self._is_full:
                return
            if piece.is_mapped:
                continue
            try:
                batches = self._files.keep(piece.batches)
                clocks, *seqs = self._files.mapped([piece.clocks, *piece.seqs])
            except OSError:  # no room on the disk: keep what there is in memory and go on
                self._is_full = True
                return
            self._pieces[at] = _Piece(batches, tuple(seqs), clocks, piece.first_seq, piece.size, True)
            self._held_bytes -= piece.size
            self._mapped_bytes += piece.size

    def _drop_oldest(self) -> None:
        held = min(self._readers.values(), default=self._next_seq)
        while self.kept_bytes > self._kept_bytes and len(self._pieces) > 1 and self._pieces[0].next_seq <= held:
            piece = self._pieces.pop(0)
            self._starts.pop(0)
            if piece.is_mapped:
                self._mapped_bytes -= piece.size
            else:
                self._held_bytes -= piece.size

    # the readers' side

    @property
    def first_seq(self) -> int:
        """The oldest event that is kept."""
        return self._starts[0] if self._starts else 0

    @property
    def next_seq(self) -> int:
        """``seq`` of the event that comes next."""
        return self._next_seq

    @property
    def edge_ns(self) -> int:
        """Largest clock so far, ns UTC; NO_TIME before the first event."""
        return self._edge_ns

    @property
    def held_bytes(self) -> int:
        """Bytes of rows in memory."""
        return self._held_bytes

    @property
    def kept_bytes(self) -> int:
        """Bytes of rows in memory and in files."""
        return self._held_bytes + self._mapped_bytes

    @property
    def is_strained(self) -> bool:
        """Whether a reader far behind keeps more than a quarter too much alive."""
        return self.kept_bytes > self._kept_bytes * 5 // 4

    def hold(self, reader: object, seq: int) -> None:
        """Keep everything from ``seq`` on as long as the reader lives, or until it holds a later place."""
        with self._lock:
            self._readers[reader] = seq

    def slice(self, seq: int, limit: int, until_ns: int | None = None) -> Slice:
        """Events from ``seq`` on, at most ``limit``, with a clock up to ``until_ns``; empty when none is there.

        Raises:
            SourceError: ``seq`` is no longer kept.
        """
        with self._lock:
            piece, before = self._find(seq)
        if piece is None:
            return Slice((), seq, seq, self._edge_ns)
        found = piece.cut(seq, limit, until_ns)
        return Slice((), seq, seq, before) if not found.events and found.clock_ns == NO_TIME else found

    def clock_of(self, seq: int) -> int | None:
        """Clock after event ``seq``; None when it has not come yet."""
        with self._lock:
            piece, _ = self._find(seq)
        return None if piece is None else int(piece.clocks[seq - piece.first_seq])

    def _find(self, seq: int) -> tuple[_Piece | None, int]:
        """The piece that holds the event, and the clock before that piece."""
        if seq >= self._next_seq:
            return None, self._edge_ns
        at = bisect.bisect_right(self._starts, seq) - 1
        if at < 0:
            raise SourceError("live log", f"event {seq:,} is no longer kept; the oldest is {self.first_seq:,}")
        return self._pieces[at], int(self._pieces[at - 1].clocks[-1]) if at else NO_TIME
