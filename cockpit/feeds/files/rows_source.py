"""A recording that has been read whole, of any kinds of events, as a source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import DTYPES, GapReason, Kind, empty, torn_gap
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.files.columns import MISSING, Columns
from cockpit.feeds.files.dbn_cut import Noted, Part, cut, settle
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.source import CHUNK_EVENTS, SourceInfo
from cockpit.instruments import Instrument
from cockpit.units import NO_PRICE, NO_TIME, Rows, Sizes, Ticks, Times

PLACES: Final = 1024  # events a line can come to, at most


@dataclass(slots=True, eq=False)
class Lines:
    """Events as a reader finds them, line by line; the order of events is that of their places.

    Attributes:
        losses: What was refused.
        unit: What they are lines of, for messages.
        parts: What was found.
    """

    losses: Losses
    unit: str = "line"
    parts: list[Part] = field(default_factory=list)

    def add(self, mapped: Mapped, lines: NDArray[np.int64], place: int | NDArray[np.int64] = 0) -> None:
        """Add rows of one kind.

        Args:
            mapped: The rows and what is wrong with some of them.
            lines: int64 (n,), the line of each, counted from 1.
            place: Which of the events of its line it is, from 0; PLACES at most.
        """
        if len(lines):
            self.parts.append(Part(mapped, lines * PLACES + place, lines))

    def lose(self, table: Columns, instrument: int = -1) -> None:
        """Put a gap in the place of every line that was lost: a book that missed a change may be wrong."""
        self.lose_lines(table.lost, instrument)

    def lose_lines(self, lost: NDArray[np.int64], instrument: int) -> None:
        """Put a gap in the place of each of these lines, int64 (n,)."""
        rows = empty(Kind.GAP, len(lost))
        rows["clock_ns"] = rows["event_ns"] = rows["recv_ns"] = NO_TIME
        rows["instrument"] = instrument
        rows["expected"] = rows["received"] = -1
        rows["reason"] = GapReason.MALFORMED
        self.add(Mapped(Kind.GAP, rows), lost)


def blank(
    kind: Kind, clock_ns: Times, event_ns: Times | None = None, instrument: int | NDArray[np.integer[Any]] = 0
) -> Mapped:
    """Rows with their header filled in: clock, venue time (else the clock), no arrival of its own.

    Rows without a clock are refused.
    """
    out = Mapped(kind, np.zeros(len(clock_ns), DTYPES[kind]))
    out.rows["clock_ns"] = out.rows["recv_ns"] = clock_ns
    out.rows["event_ns"] = clock_ns if event_ns is None else event_ns
    out.rows["instrument"] = instrument
    out.refuse(clock_ns == NO_TIME, "unreadable time", clock_ns)
    return out


def ticks_of(out: Mapped, nano: Sizes, tick_nano: int | Sizes, required: NDArray[np.bool_] | bool = True) -> Ticks:
    """Prices in ticks, int64, the shape of ``nano``; rows off the grid or without a required price are refused.

    Args:
        out: Whose rows they are.
        nano: int64 (n,), in 1e-9; MISSING where there is none.
        tick_nano: The grid of each, 1e-9.
        required: Which rows need one, bool (n,).
    """
    there = nano != MISSING
    ticks, rest = np.divmod(np.where(there, nano, 0), tick_nano)
    out.refuse(~there & required, "price missing or unreadable", nano)
    out.refuse(there & (rest != 0), "price off the tick grid", nano, is_price=True)
    return np.where(there, ticks, NO_PRICE)


def lots_of(out: Mapped, nano: Sizes, lot_nano: int, required: NDArray[np.bool_] | bool = True) -> Sizes:
    """Sizes in lots, int64 (n,), 0 where there is none; rows that cannot have that size are refused."""
    there = nano != MISSING
    lots, rest = np.divmod(np.where(there, nano, 0), lot_nano)
    out.refuse(~there & required, "size missing or unreadable", nano)
    out.refuse(there & (nano < 0), "size below 0", nano, is_price=True)
    out.refuse(there & (rest != 0), "size finer than the lot", nano, is_price=True)
    return lots


class RowsSource:
    """Events that are in memory, in chunks; see ``Source``.

    Args:
        path: As the user named it.
        form: ``format`` of the info.
        schema: What it holds, in the format's own words.
        instruments: Row value ``i`` of ``instrument`` means ``instruments[i]``.
        found: The events, and what was refused or doubted.
        torn: Where and why reading stopped before the end; None when it did not.
        chunk_events: Most events in a chunk.
        recorded: See the attribute.

    Attributes:
        recorded: What the recording itself says the book is after its changes; a reference, not part of the events.

    Raises:
        SourceError: No event could be used.
    """

    def __init__(
        self,
        path: Path,
        form: str,
        schema: str,
        instruments: Sequence[Instrument],
        found: Lines,
        torn: str | None = None,
        chunk_events: int = CHUNK_EVENTS,
        recorded: "RowsSource | None" = None,
    ) -> None:
        self.recorded = recorded
        losses = found.losses
        self._batches = (
            tuple(settle(found.parts, 0, NO_TIME, Noted(losses, lambda line: f"{found.unit} {line:,}")))
            if found.parts
            else ()
        )
        self._events = sum(map(len, self._batches))
        if not self._events:
            raise SourceError(path, "; ".join(("no row that could be used", *losses.lines())))
        if torn is not None:
            losses.note(f"torn at {torn}; everything before was read")
        self._torn = torn is not None
        self._chunk_events = chunk_events
        self._last_ns = max((int(each.rows["seq"][-1]), int(each.rows["clock_ns"][-1])) for each in self._batches)[
            1
        ]
        clocks = [each.rows["clock_ns"] for each in self._batches]
        self._info = SourceInfo(
            path=str(path),
            format=form,
            schema=schema,
            instruments=tuple(instruments),
            first_ns=min(int(each.min()) for each in clocks),
            last_ns=max(int(each.max()) for each in clocks),
            rows=self._events + self._torn,
            quick_seek=True,
        )
        self._warnings = tuple(f"{path.name}: {line}" for line in losses.lines())

    @property
    def info(self) -> SourceInfo:
        """Facts; exact from the start."""
        return self._info

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was lost or doubtful."""
        return self._warnings

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The events in chunks; a torn file ends with a GAP."""
        size = self._chunk_events
        yield from cut(self._batches, from_chunk * size, self._events, size)
        if self._torn and from_chunk <= -(-self._events // size):
            gap = Batch(Kind.GAP, torn_gap(self._events, self._last_ns))
            yield Chunk((gap,), self._events, self._events + 1)


def all_rows(source: RowsSource, kind: Kind) -> Rows:
    """Every row of a kind, in order."""
    parts = [batch.rows for chunk in source.chunks() for batch in chunk.batches if batch.kind is kind]
    return np.concatenate(parts) if parts else empty(kind)
