"""Small in-memory sources, whole runs and plain forms of rows, for tests of what reads or carries events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch, Chunk, Slice
from cockpit.feeds.river import River
from cockpit.feeds.source import Source, SourceInfo
from cockpit.instruments import Instrument


@dataclass(frozen=True)
class Event:
    """One event by what the river looks at, and a value to know it by."""

    clock_ns: int
    kind: Kind = Kind.TRADE
    instrument: int = 0
    value: int = 0


class ListSource:
    """A source over a list of events, cut into chunks of the given sizes (the last size repeats)."""

    def __init__(
        self,
        events: Sequence[Event],
        symbols: Sequence[str] = ("ESH4.GLBX",),
        sizes: Iterable[int] = (65_536,),
        has_ticks: bool = False,
        name: str = "list",
    ) -> None:
        self.events = list(events)
        self.reads = 0
        self._sizes = list(sizes)
        instruments = tuple(Instrument(symbol, symbol.partition(".")[0]) for symbol in symbols)
        self._info = SourceInfo(name, "dbn", "mixed", instruments, None, None, len(self.events), has_ticks)
        self.lost: tuple[str, ...] = ()

    @property
    def info(self) -> SourceInfo:
        return self._info

    def relabel(self, **changes: object) -> None:
        self._info = replace(self._info, **changes)  # type: ignore[arg-type]  # a test's own keywords

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.lost

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        self.reads += 1
        first, number = 0, 0
        while first < len(self.events):
            size = self._sizes[min(number, len(self._sizes) - 1)]
            if number >= from_chunk:
                yield chunk_of(self.events[first : first + size], first)
            first += size
            number += 1


def rows_of(kind: Kind, events: Sequence[Event], seqs: Sequence[int]) -> np.ndarray:
    """Rows of one kind; the value goes into every further field that can hold it."""
    rows = np.zeros(len(events), DTYPES[kind])
    rows["seq"] = seqs
    for name, wanted in (("clock_ns", "clock_ns"), ("event_ns", "clock_ns"), ("instrument", "instrument")):
        rows[name] = [getattr(event, wanted) for event in events]
    rows["recv_ns"] = [event.clock_ns + event.value for event in events]
    return rows


def chunk_of(events: Sequence[Event], first: int) -> Chunk:
    """The events as a chunk whose ``seq`` starts at ``first``."""
    batches = []
    for kind in sorted({event.kind for event in events}):
        places = [place for place, event in enumerate(events) if event.kind is kind]
        rows = rows_of(kind, [events[place] for place in places], [first + place for place in places])
        batches.append(Batch(kind, rows))
    return Chunk(tuple(batches), first, first + len(events))


def run(*sources: Source, limit: int = 4096) -> tuple[list[Slice], River]:
    """Everything the river over the sources brings, ticks included, and the river at its end."""
    river, parts = River(sources), []
    while (part := river.take(limit)) is not None:
        parts.append(part)
    return parts, river


def joined(parts: Iterable[Slice], kind: Kind) -> np.ndarray:
    """The rows of one kind of the whole run."""
    found = [rows for part in parts if (rows := part.of(kind)) is not None]
    return np.concatenate([np.zeros(0, DTYPES[kind]), *found])


Plain = tuple[int, int, int, int, int]  # seq, kind, clock, instrument, recv


def plain_batches(batches: Iterable[Batch]) -> list[Plain]:
    """Every row in ``seq`` order, as tuples."""
    out: list[Plain] = []
    for batch in batches:
        columns = [batch.rows[name].tolist() for name in ("seq", "clock_ns", "instrument", "recv_ns")]
        out += [
            (seq, int(batch.kind), clock, instrument, recv)
            for seq, clock, instrument, recv in zip(*columns, strict=True)
        ]
    return sorted(out)


def plain(slices: Iterable[Slice]) -> list[Plain]:
    """Every row of the slices in ``seq`` order; checks each slice against its own range."""
    out: list[Plain] = []
    for part in slices:
        rows = plain_batches(part.batches)
        assert [row[0] for row in rows] == list(range(part.first_seq, part.next_seq))
        out += rows
    return out


def same_rows(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether two structured arrays are equal in dtype and in every bit of every field."""
    return left.dtype == right.dtype and all(
        np.ascontiguousarray(left[name]).tobytes() == np.ascontiguousarray(right[name]).tobytes()
        for name in left.dtype.names or ()
    )
