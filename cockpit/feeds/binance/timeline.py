"""The venue's time as far as it is known here, and the ticks that stand between live events.

A tick of second S stands before the first event of S or later. Where no event comes it is made when the venue's
clock, as the fastest message of the last minute tells it, is a little past S. The clock never goes back.
"""

from typing import Final

from cockpit.errors import ParseError
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.feeds.ticker import tick_instants, ticks_between
from cockpit.feeds.timing import Timing
from cockpit.units import NO_TIME, NS_PER_MIN, NS_PER_MS

GRACE_NS: Final = 250 * NS_PER_MS  # messages of 100 ms and their way; a later one has its tick before it
MOST_OFF_NS: Final = 10 * NS_PER_MIN  # a message further from the venue's clock than this is not believed
WINDOW_NS: Final = NS_PER_MIN  # of the fastest message; half of it is forgotten at a time, so that clocks may drift


class Timeline:
    """Keeps the clock of a live feed.

    Args:
        builder: Gets the ticks.
        timing: Our clocks.
        venue_ns: The venue's clock now.
    """

    def __init__(self, builder: RowBuilder, timing: Timing, venue_ns: int) -> None:
        self._builder, self._timing = builder, timing
        now = timing.steady_ns()
        self._by_wall = venue_ns - timing.wall_ns()  # holds when the machine slept, the other when its clock is set
        self._by_steady = venue_ns - now
        self._fresh: int | None = None
        self._window_ns = now
        self.clock_ns = venue_ns
        self.least_latency_ns: int | None = None

    @property
    def venue_ns(self) -> int:
        """The venue's clock now, not later than it is."""
        return self._timing.steady_ns() + self._by_steady

    @property
    def wall_ns(self) -> int:
        """This machine's clock."""
        return self._timing.wall_ns()

    def hear(self, clock_ns: int, sent_ns: int, recv_ns: int) -> None:
        """A message came: let the clock reach it.

        Args:
            clock_ns: What decides when it happened.
            sent_ns: When the venue sent it; NO_TIME when it does not say.

        Raises:
            ParseError: Its time cannot be true.
        """
        off_ns = min(
            (abs(clock_ns - guess) for guess in (self.venue_ns, self._timing.wall_ns() + self._by_wall)),
        )
        if off_ns > MOST_OFF_NS:
            raise ParseError(f"its time is {off_ns / NS_PER_MIN:,.0f} min off the venue's clock")
        if sent_ns != NO_TIME:
            self._learn(sent_ns, recv_ns)
        self._reach(clock_ns)

    def _learn(self, sent_ns: int, recv_ns: int) -> None:
        now = self._timing.steady_ns()
        latency = recv_ns - sent_ns
        if now - self._window_ns >= WINDOW_NS:
            if self._fresh is not None:
                self._by_steady = self._fresh
            self._fresh, self._window_ns, self.least_latency_ns = None, now, None
        offset = sent_ns - now
        self._fresh = offset if self._fresh is None else max(self._fresh, offset)
        self._by_steady = max(self._by_steady, offset)
        self.least_latency_ns = latency if self.least_latency_ns is None else min(self.least_latency_ns, latency)

    def pass_time(self) -> None:
        """Make the ticks that are due without an event."""
        due_ns = self.venue_ns - GRACE_NS
        count = int(ticks_between(self.clock_ns, due_ns))
        if count:
            last = int(tick_instants(self.clock_ns, count - 1))
            self._reach(last)

    def _reach(self, clock_ns: int) -> None:
        for number in range(int(ticks_between(self.clock_ns, clock_ns))):
            self._builder.tick(int(tick_instants(self.clock_ns, number)))
        self.clock_ns = max(self.clock_ns, clock_ns)
