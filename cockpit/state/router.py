"""The river meets the engines: each slice goes to its instruments' lanes and comes out as derived events."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cockpit.calendars import Calendar
from cockpit.events.dtypes import Kind, empty
from cockpit.events.market import Batch, Slice, by_instrument
from cockpit.instruments import Instrument
from cockpit.state.chains import ChainSolver
from cockpit.state.digest import Digest, FrozenDigest
from cockpit.state.field import Field, FrozenField
from cockpit.state.lane import Applied, Derived, FrozenLane, Lane, Parts
from cockpit.state.quarantine import since_text
from cockpit.units import Rows

log = logging.getLogger(__name__)

CalendarOf = Callable[[Instrument], Calendar | None]


@dataclass(frozen=True, slots=True, eq=False)
class FrozenRouter:
    """A ``Router`` at one moment: the engines' part of a keyframe."""

    lanes: tuple[FrozenLane, ...]
    field: FrozenField
    digest: FrozenDigest
    events: int
    counts: dict[tuple[int, Kind], int]
    next_seq: int
    clock_ns: int | None
    last_event_seq: int


class Watcher(Protocol):
    """Who wants to see every slice that is applied, and to know of jumps."""

    def applied(self, piece: Slice) -> None:
        """A slice was applied."""
        ...

    def jumped(self) -> None:
        """The state is another one now."""
        ...


class Router:
    """Lanes by instrument id, what looks at several of them, the digest, and the position in the river.

    An engine that raises stops alone: its lane turns FAILED with the reason, the others go on.

    Args:
        instruments: In id order.
        calendar_of: Calendar of an instrument.
        solver: Works out chains; None: one that does it on the spot.
    """

    def __init__(
        self, instruments: Iterable[Instrument], calendar_of: CalendarOf, solver: ChainSolver | None = None
    ) -> None:
        self.lanes = [Lane(number, each, calendar_of(each)) for number, each in enumerate(instruments)]
        self.field = Field(self.lanes, solver or ChainSolver())
        self.outage = ""  # why the feed of a live session ended
        self.watcher: Watcher | None = None
        self.reset()

    def reset(self) -> None:
        """Become as new."""
        for lane in self.lanes:
            lane.reset()
        self.field.reset()
        self.faults: dict[int, str] = {}
        self.since: dict[int | str, int] = {}  # clock at which a lane, or a part of the field, stopped
        self.digest = Digest()
        self.events = 0
        self.counts: dict[tuple[int, Kind], int] = {}
        self.next_seq = 0
        self.clock_ns: int | None = None
        self.last_event_seq = -1

    @property
    def stopped(self) -> tuple[str, ...]:
        """What stopped and why, ``ESH4.GLBX: reason``, ``regime: reason``."""
        names = {lane: self.lanes[lane].instrument.symbol for lane in self.faults}
        lanes = [f"{names[lane]}: {why}{since_text(self.since.get(lane))}" for lane, why in self.faults.items()]
        parts = [f"{name}: {why}{since_text(self.since.get(name))}" for name, why in self.field.faults.items()]
        return (*lanes, *parts)

    def apply(self, piece: Slice) -> tuple[Batch, ...]:
        """Take the next slice of the river; returns derived batches, each in cause order."""
        parts = self._split(piece)
        ticks = piece.of(Kind.TICK)
        ticks = empty(Kind.TICK) if ticks is None else ticks
        derived: Derived = []
        applied: dict[int, Applied] = {}
        for lane in self.lanes:
            rows = parts.get(lane.id)
            if lane.id not in self.faults and (rows or len(ticks)):
                outcome = self._apply_lane(lane, rows or {}, ticks)
                if outcome is not None:
                    applied[lane.id] = outcome
                    derived += outcome.derived
        derived += self.field.apply(parts, applied)
        for stopped in (*self.faults, *self.field.faults):
            self.since.setdefault(stopped, piece.clock_ns)
        batches = _batches(derived)
        self.digest.update(batches)
        self.next_seq, self.clock_ns = piece.next_seq, piece.clock_ns
        if self.watcher is not None:
            self.watcher.applied(piece)
        return batches

    def _split(self, piece: Slice) -> dict[int, dict[Kind, Rows]]:
        parts: dict[int, dict[Kind, Rows]] = {}
        for batch in piece.batches:
            if batch.kind is Kind.TICK or not len(batch):
                continue
            self.events += len(batch)
            self.last_event_seq = max(self.last_event_seq, int(batch.rows["seq"][-1]))
            for instrument, rows in by_instrument(batch.rows):
                key = (instrument, batch.kind)
                self.counts[key] = self.counts.get(key, 0) + len(rows)
                # what belongs to no instrument, such as the tear of a file, concerns them all
                for lane in (instrument,) if instrument >= 0 else range(len(self.lanes)):
                    known = parts.setdefault(lane, {})
                    known[batch.kind] = _in_order(known.get(batch.kind), rows)
        return parts

    def is_ready_for(self, piece: Slice) -> bool:
        """Whether applying a slice would wait for nothing; begins in the background with what it needs."""
        rows = piece.of(Kind.CHAIN)
        return rows is None or self.field.is_ready_for(dict(by_instrument(rows)))

    def _apply_lane(self, lane: Lane, rows: Parts, ticks: Rows) -> Applied | None:
        try:
            return lane.apply(rows, ticks)
        except Exception as error:  # noqa: BLE001  the one place where a bug in an engine is contained (style.md 10)
            log.exception("engine of %s stopped", lane.instrument.symbol)
            self.faults[lane.id] = f"{type(error).__name__}: {error}"
            return None

    def freeze(self) -> FrozenRouter:
        """The state of every engine now."""
        return FrozenRouter(
            lanes=tuple(lane.freeze() for lane in self.lanes),
            field=self.field.freeze(),
            digest=self.digest.freeze(),
            events=self.events,
            counts=dict(self.counts),
            next_seq=self.next_seq,
            clock_ns=self.clock_ns,
            last_event_seq=self.last_event_seq,
        )

    def thaw(self, frozen: FrozenRouter) -> None:
        """Become what was frozen; failed engines get another chance."""
        for lane, part in zip(self.lanes, frozen.lanes, strict=True):
            lane.thaw(part)
        self.field.thaw(frozen.field)
        self.faults, self.since = {}, {}
        self.digest.thaw(frozen.digest)
        self.events, self.counts = frozen.events, dict(frozen.counts)
        self.next_seq, self.clock_ns = frozen.next_seq, frozen.clock_ns
        self.last_event_seq = frozen.last_event_seq
        if self.watcher is not None:
            self.watcher.jumped()


def _in_order(known: Rows | None, rows: Rows) -> Rows:
    if known is None:
        return rows
    both = np.concatenate([known, rows])
    return both[np.argsort(both["seq"], kind="stable")]


def _batches(derived: Derived) -> tuple[Batch, ...]:
    """One batch a kind, ordered by cause; rows of one cause keep the lanes' order."""
    batches: list[Batch] = []
    for kind in sorted({kind for kind, _ in derived}):
        rows = [part for each, part in derived if each is kind]
        if len(rows) == 1:
            batches.append(Batch(kind, rows[0]))
            continue
        merged = np.concatenate(rows)
        batches.append(Batch(kind, merged[np.argsort(merged["seq"], kind="stable")]))
    return tuple(batches)
