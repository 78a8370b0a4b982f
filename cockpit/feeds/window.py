"""A stretch of the merged river, ticks included; slices are views of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch, Slice
from cockpit.feeds.lane import Lane, Part, Positions
from cockpit.feeds.ticker import tick_instants, ticks_between
from cockpit.units import NS_PER_S, Rows


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Rows of one kind from one lane, their ids in the session, and their rows in the window."""

    rows: Rows
    ids: NDArray[np.int32]
    at: Positions


class Window:
    """Merged events of all lanes up to a horizon, with the ticks between them; *rows* number both from 0.

    Args:
        lanes, parts: What goes in, in source order.
        base_seq: ``seq`` of row 0.
        before_ns: Clock of the last event before; NO_TIME when there is none.
        ticking: Whether ticks are added.
    """

    def __init__(
        self, lanes: Sequence[Lane], parts: Sequence[Part], base_seq: int, before_ns: int, ticking: bool
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

    def _gather(self, parts: Sequence[Part], ticking: bool) -> list[tuple[Kind, Rows, Positions]]:
        """Rows of each kind in the river's order and numbering, with the window row of each."""
        row_of = self._ends
        if self._order is not None:
            row_of = np.empty_like(self._ends)
            row_of[self._order] = self._ends
        found: dict[Kind, list[_Piece]] = {}
        offset = 0
        for lane, part in zip(self.lanes, parts, strict=True):
            mine = row_of[offset : offset + len(part.running)]
            offset += len(part.running)
            for kind, rows, place in part.rows:
                if ticking and kind is Kind.TICK:
                    raise SourceError(lane.source.info.path, "has ticks and does not say so")
                found.setdefault(kind, []).append(_Piece(rows, lane.session_ids(rows["instrument"]), mine[place]))
        return [(kind, *_in_order(found[kind], self.base_seq)) for kind in sorted(found)]

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

    def passed_by_lane(self, row: int) -> Iterator[tuple[Lane, int]]:
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


def _in_order(pieces: list[_Piece], base_seq: int) -> tuple[Rows, Positions]:
    """Rows of one kind with the river's numbers and ids, and the window row of each."""
    if len(pieces) == 1:
        rows, ids, at = pieces[0].rows, pieces[0].ids, pieces[0].at
        seq = at + base_seq
        if np.array_equal(rows["seq"], seq) and np.array_equal(rows["instrument"], ids):
            return rows, at  # a tape played alone: nothing to change, nothing to copy
        rows = rows.copy()
    else:
        at = np.concatenate([piece.at for piece in pieces])
        order = np.argsort(at, kind="stable")
        at = at[order]
        rows = np.concatenate([piece.rows for piece in pieces]).take(order)
        ids = np.concatenate([piece.ids for piece in pieces]).take(order)
        seq = at + base_seq
    rows["seq"], rows["instrument"] = seq, ids
    return rows, at
