"""A table that has been read whole, as a source of events."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cockpit.events.dtypes import Kind, torn_gap
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.source import CHUNK_EVENTS, SourceInfo
from cockpit.instruments import Instrument
from cockpit.units import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What a table came to.

    Attributes:
        format: ``bars_csv`` or ``index_csv``.
        schema: The shape of the table, ``bars-5m``, ``daily``, ...
        instruments: Row value ``i`` of ``instrument`` means ``instruments[i]``.
        kind: BAR or INDEX.
        rows: In clock order; ``seq`` is still 0.
        interval_ns: Length of the bars.
        torn: Where and why reading stopped before the end; None when it did not.
    """

    format: str
    schema: str
    instruments: tuple[Instrument, ...]
    kind: Kind
    rows: Rows
    interval_ns: int
    torn: str | None


class TableSource:
    """The rows of a table in chunks; see ``Source``.

    Args:
        path: As the user named it.
        content: What was read.
        losses: What was refused or doubted on the way.
        chunk_events: Most events in a chunk.
    """

    def __init__(self, path: Path, content: Content, losses: Losses, chunk_events: int = CHUNK_EVENTS) -> None:
        self._path = path
        self._content = content
        self._chunk_events = chunk_events
        content.rows["seq"] = np.arange(len(content.rows))
        self._batch = Batch(content.kind, content.rows)
        if content.torn is not None:
            losses.note(f"torn at {content.torn}; everything before was read")
        self._warnings = tuple(f"{path.name}: {line}" for line in losses.lines())

    @property
    def info(self) -> SourceInfo:
        """Facts; exact from the start."""
        clocks, content = self._content.rows["clock_ns"], self._content
        return SourceInfo(
            path=str(self._path),
            format=content.format,
            schema=content.schema,
            instruments=content.instruments,
            first_ns=int(clocks[0]),
            last_ns=int(clocks[-1]),
            rows=len(clocks) + (content.torn is not None),
            interval_ns=content.interval_ns,
            quick_seek=True,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was lost or doubtful."""
        return self._warnings

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The rows in chunks; a torn file ends with a GAP."""
        rows, size = self._batch.rows, self._chunk_events
        for begin in range(from_chunk * size, len(rows), size):
            end = min(begin + size, len(rows))
            yield Chunk((Batch(self._content.kind, rows[begin:end]),), begin, end)
        if self._content.torn is not None and from_chunk <= -(-len(rows) // size):
            yield Chunk((self._tear(len(rows)),), len(rows), len(rows) + 1)

    def _tear(self, seq: int) -> Batch:
        return Batch(Kind.GAP, torn_gap(seq, int(self._content.rows["clock_ns"][-1])))
