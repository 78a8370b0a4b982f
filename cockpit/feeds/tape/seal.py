"""Packs a finished recording into Parquet: a fifth of the size, any chunk in milliseconds."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from cockpit.events.dtypes import DTYPES, Kind, torn_gap
from cockpit.feeds.source import CHUNK_EVENTS
from cockpit.feeds.tape.manifest import SEALED, Manifest, PackedFile, read_manifest
from cockpit.feeds.tape.packed import PackedWriter
from cockpit.feeds.tape.streams import Recovered, StreamReader, recover
from cockpit.units import Rows

GROUP_ROWS: Final = 8_192  # a row group ends at the first chunk boundary past so many rows of its kind
WIDE_CHUNK_EVENTS: Final = CHUNK_EVENTS // 4  # ten levels a row take ten times as long to read


def seal_tape(folder: Path, progress: Callable[[float], None] | None = None) -> None:
    """Pack the streams of a tape nobody records to any more; a sealed one is left as it is.

    What a kill tore off stays reported: the losses go into ``tape.json``, a GAP row ends the tape. The streams
    are removed after everything else is in place; whatever happens before, the tape stays readable as it was.

    Raises:
        SourceError: No tape.
        TapeError: The streams contradict each other.
        OSError: No room, no rights.
    """
    manifest = read_manifest(folder)
    if manifest.state == SEALED:
        return
    recovered = recover(folder, manifest.first_seq)
    span = recovered.span
    wide = any(stream.kind is Kind.MBP and stream.batches for stream in recovered.streams)
    sealed = replace(
        manifest,
        state=SEALED,
        events=recovered.next_seq - manifest.first_seq + bool(recovered.losses and span),
        first_ns=span and span[0],
        last_ns=span and span[1],
        chunk_events=WIDE_CHUNK_EVENTS if wide else CHUNK_EVENTS,
        losses=tuple(map(str, recovered.losses)),
    )
    packing = _Packing(folder, recovered, sealed)
    replace(sealed, files=packing.run(progress or _silent)).write(folder)
    for stream in recovered.streams:
        stream.path.unlink(missing_ok=True)


def _silent(_part: float) -> None:
    pass


class _Packing:
    """One run over all events, chunk by chunk, into one Parquet file a kind."""

    def __init__(self, folder: Path, recovered: Recovered, manifest: Manifest) -> None:
        self._folder = folder
        self._recovered = recovered
        self._manifest = manifest
        self._waiting: dict[Kind, list[Rows]] = {}
        self._writers: dict[Kind, PackedWriter] = {}

    def run(self, progress: Callable[[float], None]) -> dict[str, PackedFile]:
        """Write all files."""
        reader = StreamReader(self._recovered.streams)
        with ExitStack() as undo:
            undo.callback(self._abandon)
            undo.callback(reader.close)
            first, end = self._manifest.first_seq, self._recovered.next_seq
            for low in range(first, end, self._manifest.chunk_events):
                high = min(low + self._manifest.chunk_events, end)
                self._take(reader, low, high)
                progress((high - first) / (end - first))
            if self._manifest.losses and self._manifest.last_ns is not None:
                self._waiting.setdefault(Kind.GAP, []).append(torn_gap(end, self._manifest.last_ns))
            for kind in list(self._waiting):
                self._write(kind)
            files = {writer.path.name: writer.close() for writer in self._writers.values()}
            self._writers.clear()
        return files

    def _take(self, reader: StreamReader, low: int, high: int) -> None:
        found = reader.raw(low, high)
        for kind in reader.kinds:
            rows = reader.rows(kind, low, high) if kind.is_derived else found.get(kind, np.zeros(0, DTYPES[kind]))
            waiting = self._waiting.setdefault(kind, [])
            waiting.append(rows)
            if sum(map(len, waiting)) >= GROUP_ROWS:
                self._write(kind)

    def _write(self, kind: Kind) -> None:
        rows = np.concatenate(self._waiting.pop(kind))
        if not len(rows):
            return
        if kind not in self._writers:
            self._writers[kind] = PackedWriter(self._folder, kind)
        self._writers[kind].write(rows)

    def _abandon(self) -> None:
        for writer in self._writers.values():
            writer.abandon()
