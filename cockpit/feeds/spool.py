"""Going back without reading again: the chunks of a source, kept in memory and, past a limit, on disk.

A DBN file can only be decoded from its start. Kept chunks make every place that was read once a cheap place to
return to.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.market import Batch, Chunk
from cockpit.feeds.source import Pausing, Source, SourceInfo

GIBIBYTE: Final = 2**30
END: Final = Chunk((), -1, -1)  # what a reader gives when there is no more


def row_bytes(batches: tuple[Batch, ...]) -> int:
    """Bytes the rows hold."""
    return sum(batch.rows.nbytes for batch in batches)


class Spooled:
    """A source whose chunks, once read, are quick to read again; itself a source with equal chunks.

    Args:
        source: What to read from.
        limit_bytes: Rows kept in memory; further chunks go to files in a temporary folder and are mapped.

    A full disk is no failure: what cannot be kept is read from the source again, which only takes longer.
    """

    def __init__(self, source: Source, limit_bytes: int = GIBIBYTE) -> None:
        self._source = source
        self._limit_bytes = limit_bytes
        self._held_bytes = 0
        self._kept: list[Chunk | None] = []  # None: could not be kept
        self._steps = source.steps if isinstance(source, Pausing) else None
        self._reader: Iterator[Chunk | None] = iter(())
        self._reader_at = -1
        self._end: int | None = None  # number of chunks, once known
        self._files = RowFiles()

    @property
    def info(self) -> SourceInfo:
        """As the source."""
        return self._source.info

    @property
    def warnings(self) -> tuple[str, ...]:
        """As the source."""
        return self._source.warnings

    @property
    def held_bytes(self) -> int:
        """Bytes of rows held in memory; mapped files do not count."""
        return self._held_bytes

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """As the source; what was read before comes from memory or the spool files."""
        number = from_chunk
        while (chunk := self._chunk(number)) is not None:
            yield chunk
            number += 1

    def ready(self, number: int) -> bool:
        """Whether a chunk can be had without reading for long; if not, it is so a step later, or a few."""
        if self._steps is None or number != len(self._kept) or number == self._end:
            return True
        return self._step(number) is not None or self._end is not None

    def _chunk(self, number: int) -> Chunk | None:
        while number > len(self._kept):  # keep no holes: a later return must find everything
            if self._read(len(self._kept)) is None:
                return None
        kept = self._kept[number] if number < len(self._kept) else None
        return self._read(number) if kept is None else kept

    def _read(self, number: int) -> Chunk | None:
        chunk = None
        while chunk is None and (self._end is None or number < self._end):
            chunk = self._step(number)
        return chunk

    def _step(self, number: int) -> Chunk | None:
        """Read on, once; None: not there yet, or at the end."""
        if self._reader_at != number:
            self._reader = self._source.chunks(number) if self._steps is None else self._steps(number)
        self._reader_at = -1  # a reader that raises is spent: the next try must raise again, not end
        chunk = next(self._reader, END)
        if chunk is END:
            self._end = number
            return None
        if chunk is None:
            self._reader_at = number
            return None
        self._reader_at = number + 1
        if number == len(self._kept):
            self._kept.append(self._keep(chunk))
        return chunk

    def _keep(self, chunk: Chunk) -> Chunk | None:
        size = row_bytes(chunk.batches)
        if self._held_bytes + size <= self._limit_bytes:
            self._held_bytes += size
            return chunk
        try:
            return self._map(chunk)
        except OSError:  # no room: the class promises to go on without
            return None

    def _map(self, chunk: Chunk) -> Chunk:
        batches = self._files.keep(chunk.batches)
        return Chunk(batches, chunk.first_seq, chunk.next_seq)


class RowFiles:
    """Rows on disk instead of in memory: files of a temporary folder, mapped, gone with the process."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._count = 0

    def keep(self, batches: tuple[Batch, ...]) -> tuple[Batch, ...]:
        """The same batches, their rows mapped from a new file.

        Raises:
            OSError: The disk cannot take them.
        """
        mapped = self.mapped([batch.rows for batch in batches])
        return tuple(Batch(batch.kind, rows) for batch, rows in zip(batches, mapped, strict=True))

    def mapped(self, arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """The same one-dimensional arrays, mapped from a new file; read-only.

        Raises:
            OSError: The disk cannot take them.
        """
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="cockpit-spool-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / f"{self._count}.rows"
        self._count += 1
        size = sum(array.nbytes for array in arrays)
        try:
            with path.open("wb") as file:
                for array in arrays:
                    array.tofile(file)
            mapped = np.memmap(path, np.uint8, "r", shape=(size,)) if size else np.zeros(0, np.uint8)
        finally:
            if os.name == "posix":
                path.unlink(missing_ok=True)  # the mapping keeps the bytes; a killed cockpit leaves nothing behind
        kept: list[NDArray[Any]] = []
        offset = 0
        for array in arrays:
            part = mapped[offset : offset + array.nbytes]
            kept.append(part.view(np.ndarray).view(array.dtype))
            offset += array.nbytes
        return kept
