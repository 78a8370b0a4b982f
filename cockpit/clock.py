"""The wall clock, for the edges only: engines and state must not import this module (a test says so).

Text forms of instants live in ``cockpit.instants``, which anybody may use.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is, ns since the Unix epoch, UTC."""

    def now_ns(self) -> int:
        """The instant now."""
        ...


class WallClock:
    """The machine's clock."""

    def now_ns(self) -> int:
        """The instant now, ns since the Unix epoch."""
        return time.time_ns()  # noqa: TID251  the one place


class SteadyClock:
    """A clock that never runs backwards; its zero means nothing. For pacing and durations."""

    def now_ns(self) -> int:
        """ns since an arbitrary start."""
        return time.perf_counter_ns()


class ManualClock:
    """A clock that stands still until it is told otherwise; for tests and stepping."""

    def __init__(self, start_ns: int = 0) -> None:
        self._now_ns = start_ns

    def now_ns(self) -> int:
        """The instant it was last set to."""
        return self._now_ns

    def advance(self, by_ns: int) -> None:
        """Let ``by_ns`` pass."""
        self._now_ns += by_ns
