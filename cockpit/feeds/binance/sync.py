"""Bridging a snapshot and a stream of changes into one book, by the venue's rules and without any I/O.

Messages go in as they arrive; what comes out is in the order in which a book must apply it: a snapshot, the
changes that continue it, and a break where something is missing. After a break nothing comes until the next
snapshot that fits.
Sources: "How to manage a local order book correctly", Binance USDⓈ-M Futures and Spot documentation.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from cockpit.events.dtypes import GapReason
from cockpit.feeds.binance.levels import Change, Start

MOST_WAITING: Final = 4096  # changes kept for a snapshot; at ten a second far longer than any answer takes


@dataclass(frozen=True, slots=True)
class Break:
    """The chain of changes is broken; the book is not to be trusted until the next snapshot.

    Attributes:
        expected: Update id of the last change that was whole; -1 where there was none.
        received: The id that came instead; -1 where nothing came.
        reason: Why.
    """

    expected: int
    received: int
    reason: GapReason = GapReason.SEQUENCE


Step = Start | Change | Break


@dataclass(slots=True)
class SyncCounts:
    """What happened so far."""

    snapshots: int = 0  # that became a book
    breaks: int = 0
    old_snapshots: int = 0  # older than the first change that was kept
    repeats: int = 0  # changes the book knew already
    dropped: int = 0  # changes that waited for a snapshot for too long


class DepthSync:
    """One instrument's book on the wire, by the rules of the futures markets (USDⓈ-M, COIN-M).

    A change is chained to the one before by ``previous_id``. The first one behind a snapshot with id L has
    ``first_id <= L <= final_id``; one whose ``previous_id`` is L continues it exactly too, for nothing lies
    between, although the documentation does not name that case.

    Args:
        most_waiting: Changes kept while there is no snapshot; the oldest go first, which no later snapshot needs.
    """

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._waiting: deque[Change] = deque()
        self._most_waiting = most_waiting
        self._last: int | None = None
        self._is_chained = False  # whether a change has followed the snapshot yet
        self.counts = SyncCounts()

    @property
    def last_id(self) -> int | None:
        """Update id the book stands at; None while there is no book."""
        return self._last

    @property
    def wants_snapshot(self) -> bool:
        """Whether nothing can go on without a snapshot."""
        return self._last is None

    @property
    def waiting(self) -> int:
        """Changes kept for a snapshot."""
        return len(self._waiting)

    def change(self, change: Change) -> list[Step]:
        """Take the next change of the stream."""
        if self._last is None:
            self._keep(change)
            return []
        return self._follow(change)

    def start(self, start: Start) -> list[Step]:
        """Take a snapshot; one that does not reach the changes kept so far is refused, and another is wanted."""
        if self._last is not None and start.last_id <= self._last:
            self.counts.old_snapshots += 1  # the book is newer already
            return []
        waiting = [change for change in self._waiting if not self._is_inside(change, start.last_id)]
        if waiting and not self._bridges(waiting[0], start.last_id):
            self.counts.old_snapshots += 1
            return []
        self._waiting.clear()
        self._last, self._is_chained = start.last_id, False
        self.counts.snapshots += 1
        steps: list[Step] = [start]
        for change in waiting:
            steps += self.change(change)
        return steps

    def lost(self, reason: GapReason = GapReason.SEQUENCE) -> list[Step]:
        """Changes may be missing from now on: the connection went, or one could not be read."""
        self._waiting.clear()
        if self._last is None:
            return []
        self.counts.breaks += 1
        found = Break(self._last, -1, reason)
        self._last = None
        return [found]

    def _follow(self, change: Change) -> list[Step]:
        assert self._last is not None
        if self._is_known(change, self._last):
            self.counts.repeats += 1
            return []
        if self._fits(change, self._last):
            self._last, self._is_chained = change.final_id, True
            return [change]
        found = Break(self._last, self._named(change))
        self.counts.breaks += 1
        self._last = None
        self._keep(change)
        return [found]

    def _keep(self, change: Change) -> None:
        self._waiting.append(change)
        if len(self._waiting) > self._most_waiting:
            self._waiting.popleft()
            self.counts.dropped += 1

    def _is_known(self, change: Change, last: int) -> bool:
        return change.final_id <= last if self._is_chained else self._is_inside(change, last)

    def _fits(self, change: Change, last: int) -> bool:
        return change.previous_id == last if self._is_chained else self._bridges(change, last)

    # what differs between the markets

    def _named(self, change: Change) -> int:
        """The id of a change that had to be another."""
        return change.previous_id

    def _is_inside(self, change: Change, last_id: int) -> bool:
        """Whether a snapshot with that id holds all of it; one that ends at the id itself starts the chain."""
        return change.final_id < last_id

    def _bridges(self, change: Change, last_id: int) -> bool:
        """Whether it may be the first one behind a snapshot with that id."""
        return change.first_id <= last_id <= change.final_id or change.previous_id == last_id


class SpotSync(DepthSync):
    """The same by the rules of the spot market: ids without holes, ``first_id`` is the last ``final_id`` + 1."""

    def _fits(self, change: Change, last: int) -> bool:
        return self._bridges(change, last)

    def _named(self, change: Change) -> int:
        return change.first_id

    def _is_inside(self, change: Change, last_id: int) -> bool:
        return change.final_id <= last_id

    def _bridges(self, change: Change, last_id: int) -> bool:
        return change.first_id <= last_id + 1 <= change.final_id
