"""Opens a tape as a source: being recorded, killed in the middle, or sealed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cockpit.errors import SourceError, TapeError
from cockpit.events.dtypes import DTYPES, KIND_NAMES, Kind, torn_gap
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.source import CHUNK_EVENTS, SIMULATED, SourceInfo
from cockpit.feeds.tape.manifest import SEALED, Manifest, read_manifest
from cockpit.feeds.tape.packed import PackedReader, open_packed
from cockpit.feeds.tape.ranges import RangeReader
from cockpit.feeds.tape.streams import StreamReader, recover
from cockpit.units import Rows


@dataclass(frozen=True, slots=True, eq=False)
class _Content:
    """What is on a tape, however it is stored.

    Attributes:
        open: Makes a reader of it.
        kinds: Kinds it has.
        next_seq: End of what is stored.
        recorded_to: End of what was recorded; a sealed tape stores the GAP row of a cut too.
        span: Clock of the first event and largest clock; None without events.
        chunk_events: Events a chunk.
        losses: What was cut.
        gap: GAP row that ends a cut tape and is not stored; shape (0,) or (1,).
    """

    open: Callable[[], RangeReader]
    kinds: tuple[Kind, ...]
    next_seq: int
    recorded_to: int
    span: tuple[int, int] | None
    chunk_events: int
    losses: tuple[str, ...]
    gap: Rows


def open_tape(path: str | Path) -> "TapeSource":
    """The tape in a folder.

    An unsealed one is read through once and checked; a sealed one is checked chunk by chunk as it is read.

    Raises:
        SourceError: No tape, or not readable; the message says what to do.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    content = _sealed(folder, manifest) if manifest.state == SEALED else _unsealed(folder, manifest)
    return TapeSource(str(path), manifest, content)


def _unsealed(folder: Path, manifest: Manifest) -> _Content:
    recovered = recover(folder, manifest.first_seq)
    span, end = recovered.span, recovered.next_seq
    return _Content(
        open=lambda: StreamReader(recovered.streams),
        kinds=tuple(stream.kind for stream in recovered.streams if stream.batches),
        next_seq=end,
        recorded_to=end,
        span=span,
        chunk_events=CHUNK_EVENTS,
        losses=(
            *map(str, recovered.losses),
            f"{folder}: not sealed; whole up to event {end - manifest.first_seq:,}",
        ),
        gap=torn_gap(end, span[1]) if recovered.losses and span else _no_gap(),
    )


def _sealed(folder: Path, manifest: Manifest) -> _Content:
    files = open_packed(folder, manifest.files)
    span = None
    if manifest.first_ns is not None and manifest.last_ns is not None:
        span = manifest.first_ns, manifest.last_ns
    end = manifest.first_seq + manifest.events
    return _Content(
        open=lambda: PackedReader(files),
        kinds=tuple(file.kind for file in files),
        next_seq=end,
        recorded_to=end - bool(manifest.losses and span),
        span=span,
        chunk_events=manifest.chunk_events,
        losses=manifest.losses,
        gap=_no_gap(),
    )


def _no_gap() -> Rows:
    return np.zeros(0, DTYPES[Kind.GAP])


class TapeSource:
    """A recorded run; ticks are part of it.

    ``seq`` counts from 0: a tape recorded from a run's start carries the run's own numbers, another is shifted.
    Where a sealed tape turns out to be damaged it ends, with a warning and a GAP row (reason TRUNCATED), as a
    torn recording does.
    """

    def __init__(self, path: str, manifest: Manifest, content: _Content) -> None:
        self._path = path
        self._content = content
        self._first_seq = manifest.first_seq
        self._damage: tuple[str, ...] = ()
        self._damaged_at: int | None = None
        self._end = content.next_seq + len(content.gap)
        raw = [KIND_NAMES[kind] for kind in content.kinds if not (kind.is_derived or kind in (Kind.TICK, Kind.GAP))]
        span = content.span or (None, None)
        self._info = SourceInfo(
            path=path,
            format="tape",
            schema=raw[0] if len(raw) == 1 else "mixed",
            instruments=manifest.instruments,
            first_ns=span[0],
            last_ns=span[1],
            rows=self._end - self._first_seq,
            has_ticks=True,
            quick_seek=True,
            is_simulated=any(origin.format == SIMULATED for origin in manifest.sources),
        )

    @property
    def info(self) -> SourceInfo:
        """Facts about it."""
        return self._info

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was cut, by file and offset, and what was found damaged so far."""
        return (*self._content.losses, *self._damage)

    @property
    def events(self) -> int:
        """Raw events as they were recorded, without a GAP row that reports a cut."""
        end = self._content.recorded_to if self._damaged_at is None else self._damaged_at
        return end - self._first_seq

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The raw events from chunk ``from_chunk`` on; any chunk is quick to reach.

        Raises:
            SourceError: The files are no longer what they were when the tape was opened.
        """
        reader = self._content.open()
        try:
            low = self._first_seq + from_chunk * self._content.chunk_events
            while low < self._end:
                chunk = self._chunk(reader, low, min(low + self._content.chunk_events, self._end))
                if chunk is None:
                    return
                yield chunk
                low += self._content.chunk_events
        except TapeError as error:
            raise SourceError(self._path, str(error)) from error
        finally:
            reader.close()

    def derived(self) -> Iterator[Batch]:
        """The derived events of ``events``, as they were recorded: chunk by chunk, each kind by ``seq``.

        Raises:
            SourceError: They cannot be read.
        """
        reader = self._content.open()
        try:
            end = self._first_seq + self.events
            for low in range(self._first_seq, end, self._content.chunk_events):
                high = min(low + self._content.chunk_events, end)
                for kind in reader.kinds:
                    if kind.is_derived and len(rows := reader.rows(kind, low, high)):
                        yield Batch(kind, self._shifted(rows))
        except TapeError as error:
            raise SourceError(self._path, f"derived events: {error}") from error
        finally:
            reader.close()

    def _chunk(self, reader: RangeReader, low: int, high: int) -> Chunk | None:
        if self._damaged_at == low:
            return self._end_chunk(reader, low)
        try:
            found = reader.raw(low, min(high, self._content.next_seq))
        except TapeError as error:
            self._end_before(low, str(error))
            return self._end_chunk(reader, low)
        if high > self._content.next_seq:
            found[Kind.GAP] = np.concatenate([found.get(Kind.GAP, _no_gap()), self._content.gap])
        return self._built(found, low, high)

    def _end_before(self, low: int, reason: str) -> None:
        self._damaged_at = low
        self._damage = (f"{self._path}: ends before event {low - self._first_seq:,}: {reason}",)
        self._end = low + (low > self._first_seq)
        self._info = replace(self._info, rows=self._end - self._first_seq)

    def _end_chunk(self, reader: RangeReader, low: int) -> Chunk | None:
        """The GAP row that ends a damaged tape; None when nothing stands before it."""
        if low == self._first_seq:
            return None
        (before,) = reader.raw(low - 1, low).values()
        return self._built({Kind.GAP: torn_gap(low, int(before["clock_ns"][0]))}, low, low + 1)

    def _built(self, found: dict[Kind, Rows], low: int, high: int) -> Chunk:
        batches = tuple(Batch(kind, self._shifted(rows)) for kind, rows in sorted(found.items()))
        return Chunk(batches, low - self._first_seq, high - self._first_seq)

    def _shifted(self, rows: Rows) -> Rows:
        if self._first_seq:
            rows = rows.copy()
            rows["seq"] -= self._first_seq
        return rows
