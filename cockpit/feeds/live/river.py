"""Reads a live log as a river: the same door as for recordings, with an end that moves."""

from dataclasses import dataclass
from typing import Final

from cockpit.events.market import Slice
from cockpit.feeds.live.log import EventLog
from cockpit.feeds.source import CHUNK_EVENTS
from cockpit.instruments import Registry
from cockpit.units import NO_TIME

MAX_SLICE: Final = CHUNK_EVENTS


@dataclass(frozen=True, slots=True)
class LiveMark:
    """Place in a log: ``seq`` of the next event, clock of the last."""

    seq: int
    clock_ns: int


class LiveRiver:
    """One reader of a log; ``cockpit.state.river.River`` says what it does.

    At the edge ``take`` gives a slice without events; None only when the feed has ended.
    """

    def __init__(self, log: EventLog, registry: Registry) -> None:
        self._log = log
        self.registry = registry
        self._place = LiveMark(log.first_seq, NO_TIME)
        log.hold(self, self._place.seq)

    @property
    def warnings(self) -> tuple[str, ...]:
        """None: a feed tells its troubles itself."""
        return ()

    def is_ready(self) -> bool:
        """Always: what has come is in memory, or mapped."""
        return True

    def take(self, limit: int, until_ns: int | None = None) -> Slice | None:
        """The next events with clock <= until_ns, at most ``limit``.

        Raises:
            SourceError: They are no longer kept.
        """
        seq = self._place.seq
        if seq >= self._log.next_seq:
            return None if self._log.is_closed else Slice((), seq, seq, self._place.clock_ns)
        taken = self._log.slice(seq, min(limit, MAX_SLICE), until_ns)
        if taken.events:
            self._go(LiveMark(taken.next_seq, taken.clock_ns))
        return taken

    def next_clock_ns(self) -> int | None:
        """Clock of the next event; None while there is none."""
        return self._log.clock_of(self._place.seq)

    def mark(self) -> LiveMark:
        """The exact position."""
        return self._place

    def restore(self, mark: LiveMark) -> None:
        """Go back or forth to a marked position."""
        self._go(mark)

    def _go(self, place: LiveMark) -> None:
        self._place = place
        self._log.hold(self, place.seq)
