"""One river: all sources and the ticks merged into one order of events, exact to return to.

Order (``contracts.md`` 1): ``(largest clock so far within the source, order of the source, seq within it)``.
The result does not depend on how sources are cut into chunks nor on how the caller cuts ``take``.

How it is made: of what the sources have buffered, everything up to the safe horizon (no source can still bring
an earlier event) becomes one *window*, merged and numbered at once; slices are views of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch, Chunk, Slice
from cockpit.feeds.source import CHUNK_EVENTS, Source
from cockpit.feeds.spool import GIBIBYTE, Spooled
from cockpit.feeds.ticker import tick_instants, ticks_between
from cockpit.instruments import Registry
from cockpit.units import NO_TIME, NS_PER_S, Rows, Times

MAX_SLICE: Final = CHUNK_EVENTS  # events of one slice, so that 36 years of ticks never stand in memory

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


@dataclass(frozen=True, slots=True)
class RiverMark:
    """Exact place in the river; valid for every river over the same sources in the same order.

    Attributes:
        lanes: Place in each source.
        next_seq: ``seq`` of the next event.
        event_ns: Clock of the last event that is no tick of the river's own; NO_TIME before the first.
        ticks: Ticks that followed it so far.
        clock_ns: Clock after the last event, ticks included; NO_TIME at the start.
    """

    lanes: tuple[LaneMark, ...]
    next_seq: int
    event_ns: int
    ticks: int
    clock_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What one lane gives to a window: ``running`` clocks (n,), and rows by kind with their places in 0..n."""

    running: Times
    rows: tuple[tuple[Kind, Rows, Positions | slice], ...]


class _Lane:
    """One source: its current chunk, and how much of it has gone into windows."""

    def __init__(self, source: Source, order: int, ids: Sequence[int]) -> None:
        self.source = source
        self.order = order
        self._ids = np.array([*ids, -1], np.int32)  # -1 takes the last: no instrument stays none
        self.keeps_ids = list(ids) == list(range(len(ids)))
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

    def cut(self, horizon_ns: int, inclusive: bool) -> _Part:
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
        return _Part(self._running[start:stop], tuple(rows))

    def session_ids(self, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """The session's instrument ids of the source's.

        Raises:
            SourceError: A row names an instrument the source did not announce.
        """
        known = len(self._ids) - 1
        if int(ids.max(initial=-1)) >= known or int(ids.min(initial=-1)) < -1:
            raise SourceError(self.source.info.path, f"a row names an instrument beyond the {known} announced")
        return self._ids[ids]


class _Window:
    """Merged events of all lanes up to a horizon, with the ticks between them; *rows* number both from 0.

    Args:
        lanes, parts: What goes in, in source order.
        base_seq: ``seq`` of row 0.
        before_ns: Clock of the last event before; NO_TIME when there is none.
        ticking: Whether ticks are added.
    """

    def __init__(
        self, lanes: Sequence[_Lane], parts: Sequence[_Part], base_seq: int, before_ns: int, ticking: bool
    ) -> None:
        self.lanes, self.base_seq = tuple(lanes), base_seq
        self._counts = [len(part.running) for part in parts]
        self._order: Positions | None = None
        if len(parts) == 1:
            self._running = parts[0].running
        else:
            joined = np.concatenate([part.running for part in parts])
            self._order = np.argsort(joined, kind="stable")  # parts stand in source order: ties keep it
            self._running = joined[self._order]
        self._before_ns = before_ns
        self._count_ticks(ticking)
        self._kinds = self._gather(parts, ticking)

    @property
    def total(self) -> int:
        """Rows in it."""
        return int(self._ends[-1]) + 1

    def _count_ticks(self, ticking: bool) -> None:
        running = self._running
        before = np.concatenate(([self._before_ns], running[:-1]))
        second = running // NS_PER_S if ticking else np.zeros(0, np.int64)
        gaps = np.flatnonzero(np.diff(second, prepend=self._before_ns // NS_PER_S)) if ticking else second
        counts = ticks_between(before[gaps], running[gaps])
        kept = counts > 0
        self._gaps, counts = gaps[kept], counts[kept]  # events with ticks before them
        self._gap_starts = before[self._gaps]
        self._tick_ends = np.cumsum(counts)  # ticks of the window up to each gap's end
        self._ends = np.arange(len(running))  # row of each event
        if len(counts):
            shift = np.zeros(len(running), np.int64)
            shift[self._gaps] = counts
            self._ends += np.cumsum(shift)

    def _gather(self, parts: Sequence[_Part], ticking: bool) -> list[tuple[Kind, Rows, Positions]]:
        """Rows of each kind in the river's order and numbering, with the window row of each."""
        row_of = self._ends
        if self._order is not None:
            row_of = np.empty_like(self._ends)
            row_of[self._order] = self._ends
        found: dict[Kind, list[tuple[Rows, Positions]]] = {}
        offset = 0
        for lane, part in zip(self.lanes, parts, strict=True):
            mine = row_of[offset : offset + len(part.running)]
            offset += len(part.running)
            for kind, rows, place in part.rows:
                if ticking and kind is Kind.TICK:
                    raise SourceError(lane.source.info.path, "has ticks and does not say so")
                at = mine[place]
                found.setdefault(kind, []).append((self._renumber(lane, rows, at), at))
        return [(kind, *_in_order(found[kind])) for kind in sorted(found)]

    def _renumber(self, lane: _Lane, rows: Rows, at: Positions) -> Rows:
        seq, ids = at + self.base_seq, rows["instrument"]
        session_ids = lane.session_ids(ids)
        if len(rows) and lane.keeps_ids and int(rows["seq"][0]) == seq[0] and bool((rows["seq"] == seq).all()):
            return rows  # a tape of its own, read alone: nothing to change, nothing to copy
        own = rows.copy()
        own["seq"] = seq
        own["instrument"] = session_ids
        return own

    def events_before(self, row: int) -> int:
        """Events (not ticks) among the first ``row`` rows."""
        return int(np.searchsorted(self._ends, row))

    def event_ns_before(self, row: int) -> int:
        """Clock of the last event (not tick) before the row."""
        passed = self.events_before(row)
        return int(self._running[passed - 1]) if passed else self._before_ns

    def ticks_since_event(self, row: int) -> int:
        """Ticks between the last event before the row and the row."""
        passed = self.events_before(row)
        return row - (int(self._ends[passed - 1]) + 1 if passed else 0)

    def passed_by_lane(self, row: int) -> Iterator[tuple[_Lane, int]]:
        """Each lane with how many of its events in this window stand at or after the row, as a negative number."""
        left = len(self._running) - self.events_before(row)
        if self._order is None:
            yield self.lanes[0], -left
            return
        lane_of = np.repeat(np.arange(len(self.lanes)), self._counts)
        remaining = lane_of[self._order[len(self._running) - left :]]
        for lane, count in zip(self.lanes, np.bincount(remaining, minlength=len(self.lanes)), strict=True):
            yield lane, -int(count)

    def rows_until(self, until_ns: int) -> int:
        """Rows whose clock is at most ``until_ns``."""
        events = int(np.searchsorted(self._running, until_ns, "right"))
        gaps = int(np.searchsorted(self._gaps, events))
        ticks = int(self._tick_ends[gaps - 1]) if gaps else 0
        if gaps < len(self._gaps) and self._gaps[gaps] == events:
            ticks += int(ticks_between(int(self._gap_starts[gaps]), until_ns))
        return events + ticks

    def clock_ns(self, row: int) -> int:
        """Clock after the row."""
        event = self.events_before(row)
        if int(self._ends[event]) == row:
            return int(self._running[event])
        return int(tick_instants(self.event_ns_before(row), self.ticks_since_event(row)))

    def slice(self, start: int, stop: int) -> Slice:
        """Rows [start, stop), at least one, as views; only ticks are made here."""
        batches: list[Batch] = []
        ticks = self._ticks(start, stop)
        if len(ticks):
            batches.append(Batch(Kind.TICK, ticks))
        for kind, rows, at in self._kinds:
            low, high = np.searchsorted(at, (start, stop))
            if low < high:
                batches.append(Batch(kind, rows[low:high]))
        base = self.base_seq
        return Slice(tuple(batches), base + start, base + stop, self.clock_ns(stop - 1))

    def _ticks(self, start: int, stop: int) -> Rows:
        number = np.arange(start - self.events_before(start), stop - self.events_before(stop))
        rows = np.zeros(len(number), DTYPES[Kind.TICK])
        if len(number):
            gap = np.searchsorted(self._tick_ends, number, "right")
            earlier = np.concatenate(([0], self._tick_ends))[gap]
            instants = tick_instants(self._gap_starts[gap], number - earlier)
            rows["seq"] = self.base_seq + number + self._gaps[gap]
            rows["clock_ns"] = rows["event_ns"] = rows["recv_ns"] = instants
            rows["instrument"] = -1
        return rows


def _in_order(pieces: list[tuple[Rows, Positions]]) -> tuple[Rows, Positions]:
    if len(pieces) == 1:
        return pieces[0]
    at = np.concatenate([place for _, place in pieces])
    order = np.argsort(at, kind="stable")
    return np.concatenate([rows for rows, _ in pieces])[order], at[order]


class River:
    """All sources merged on one clock, with ticks.

    When no source brings ticks of its own, a TICK row (clock, event and receive time equal, no instrument)
    stands at every whole second ``S`` with ``clock of the event before < S <= clock of the next event``, before
    the events whose clock is ``S`` or later; within a silence, from 15 minutes after its start on, only at whole
    minutes (``cockpit.feeds.ticker``). There is none before the first event nor after the last. Ticks are events
    with a ``seq`` like all others.

    Args:
        sources: In command-line order.
        spool_bytes: Memory for chunks kept to return to, shared evenly; more goes to a temporary folder. None:
            keep nothing (headless replay); ``restore`` then reads the sources again.

    Attributes:
        registry: Instruments of all sources, added in source order; rows carry its ids.
        ticking: Whether the river adds ticks.
    """

    def __init__(self, sources: Sequence[Source], spool_bytes: int | None = GIBIBYTE) -> None:
        self.registry = Registry()
        self.sources = tuple(sources)
        self.ticking = not any(source.info.has_ticks for source in sources)
        share = None if spool_bytes is None else spool_bytes // max(len(sources), 1)
        self._lanes = [self._lane(source, order, share) for order, source in enumerate(sources)]
        self._window: _Window | None = None
        self._row = 0  # of the window; without one: ticks that already followed the last event
        self._next_seq = 0
        self._event_ns = NO_TIME
        self._clock_ns = NO_TIME

    def _lane(self, source: Source, order: int, spool_bytes: int | None) -> _Lane:
        ids = [self.registry.add(instrument) for instrument in source.info.instruments]
        if spool_bytes is not None and not source.info.quick_seek:
            source = Spooled(source, spool_bytes)
        return _Lane(source, order, ids)

    @property
    def clock_ns(self) -> int:
        """Clock after the last event taken, ns UTC; NO_TIME at the start."""
        return self._clock_ns

    @property
    def next_seq(self) -> int:
        """``seq`` of the next event; also how many events have been taken."""
        return self._next_seq

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sources lost or doubt so far, in source order."""
        return tuple(warning for source in self.sources for warning in source.warnings)

    def next_clock_ns(self) -> int | None:
        """Clock of the next event, tick or not; None at the end. May read a chunk."""
        window = self._ready()
        return None if window is None else window.clock_ns(self._row)

    def take(self, limit: int, until_ns: int | None = None) -> Slice | None:
        """The next events, ticks among them.

        Args:
            limit: At most so many; fewer come where buffered input ends, and never more than MAX_SLICE.
            until_ns: Only events with a clock up to and including this.

        Returns:
            The events, or a slice without events when none is due by ``until_ns`` (its ``clock_ns`` is the clock
            so far, NO_TIME at the start), or None when all sources have ended.

        Raises:
            SourceError: A source cannot be read on, or breaks its promises.
        """
        window = self._ready()
        if window is None:
            return None
        stop = min(self._row + min(limit, MAX_SLICE), window.total)
        if until_ns is not None:
            stop = min(stop, window.rows_until(until_ns))
        if stop <= self._row:
            return Slice((), self._next_seq, self._next_seq, self._clock_ns)
        taken = window.slice(self._row, stop)
        self._row, self._next_seq, self._clock_ns = stop, taken.next_seq, taken.clock_ns
        return taken

    def _ready(self) -> _Window | None:
        """The window with the next row, or None at the end."""
        window = self._window
        if window is not None and self._row < window.total:
            return window
        if window is not None:
            self._event_ns = window.event_ns_before(self._row)
            self._window, self._row = None, 0
        live = [lane for lane in self._lanes if lane.fill()]
        if not live:
            return None
        # nothing can come before the end of the buffer that ends first; at equal clocks the source named first goes
        first = min(live, key=lambda lane: (lane.last_ns, lane.order))
        horizon_ns = first.last_ns
        parts = [lane.cut(horizon_ns, lane.order <= first.order) for lane in live]
        used = [(lane, part) for lane, part in zip(live, parts, strict=True) if len(part.running)]
        base_seq = self._next_seq - self._row
        self._window = _Window(
            [lane for lane, _ in used], [part for _, part in used], base_seq, self._event_ns, self.ticking
        )
        return self._window

    def mark(self) -> RiverMark:
        """Where the river stands, to come back to."""
        window = self._window
        if window is None:
            lanes = tuple(lane.mark() for lane in self._lanes)
            return RiverMark(lanes, self._next_seq, self._event_ns, self._row, self._clock_ns)
        ahead = {lane.order: passed for lane, passed in window.passed_by_lane(self._row)}
        return RiverMark(
            tuple(lane.mark(ahead.get(lane.order, 0)) for lane in self._lanes),
            self._next_seq,
            window.event_ns_before(self._row),
            window.ticks_since_event(self._row),
            self._clock_ns,
        )

    def restore(self, mark: RiverMark) -> None:
        """Stand at the mark again; what follows is the same to the byte.

        Raises:
            SourceError: At the next read, when a source is no longer what it was.
        """
        for lane, place in zip(self._lanes, mark.lanes, strict=True):
            lane.go(place)
        self._window, self._row = None, mark.ticks
        self._next_seq, self._event_ns, self._clock_ns = mark.next_seq, mark.event_ns, mark.clock_ns
