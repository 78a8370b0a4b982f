"""What all live sessions of the desktop have in common: a log of their events, and a flight recorder."""

from cockpit.events.links import LinkFacts
from cockpit.feeds.live.log import EventLog
from cockpit.feeds.tape.flight import FlightRecorder
from cockpit.units import NO_TIME


class LoggedFeed:
    """The parts of ``cockpit.state.live.Live`` that log and recorder answer."""

    def __init__(self, events: EventLog, recorder: FlightRecorder) -> None:
        self._events, self._flight = events, recorder

    @property
    def edge_ns(self) -> int | None:
        """Clock of its newest event; None before the first."""
        return None if self._events.edge_ns == NO_TIME else self._events.edge_ns

    @property
    def first_seq(self) -> int:
        """The oldest event that can still be read."""
        return self._events.first_seq

    @property
    def next_seq(self) -> int:
        """``seq`` of the event that comes next."""
        return self._events.next_seq

    @property
    def failure(self) -> str | None:
        """Why it ended; None while it runs."""
        return self._events.failure

    @property
    def is_strained(self) -> bool:
        """Whether a playhead far behind keeps too much of the past alive."""
        return self._events.is_strained

    @property
    def links(self) -> tuple[LinkFacts, ...]:
        """Its connections to a venue: none."""
        return ()

    @property
    def recorder(self) -> str:
        """``Flight recorder 41 MB of 2 GB, 3 days``."""
        ring = self._flight.ring
        used, most = self._flight.used_bytes / 1e6, ring.most_bytes / 1e9
        return f"Flight recorder {used:,.0f} MB of {most:g} GB, {ring.most_days:g} days"

    @property
    def ring_use(self) -> tuple[int, int]:
        """Bytes of the ring used, and its limit."""
        return self._flight.used_bytes, self._flight.ring.most_bytes

    @property
    def recorder_failure(self) -> str | None:
        """Why the flight recorder stopped; None while it runs."""
        return self._flight.failure

    def bound_ring(self, gigabytes: float, days: float) -> None:
        """Let the flight recorder keep so much from now on."""
        self._flight.bound(round(gigabytes * 1e9), days)

    def flush(self) -> None:
        """Make the recorder's tape recoverable up to now."""
        self._flight.flush()
