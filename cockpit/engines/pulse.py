"""How alive a stream is: its newest clock, its rate, and the gaps it is used to."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.pulse_kernels import BINS, MINUTES, SECONDS, observe
from cockpit.units import NS_PER_MIN, NS_PER_S, Times

RATE_SECONDS: Final = 10
QUANTILE: Final = 0.99


@dataclass(frozen=True, slots=True, eq=False)
class FrozenPulse:
    """A ``Pulse`` at one moment."""

    last_ns: int
    events: int
    arrays: tuple[np.ndarray, ...]


class Pulse:
    """Gaps of the last ten minutes and counts of the last seconds of one stream, in event time.

    The gap quantile comes from a log-spaced histogram (4 bins a doubling), so it is at most 19 % above the
    exact one and never below it; exact order statistics over ten minutes of a busy book would cost more
    memory than the book.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._last_ns = -1
        self._events = 0
        self._minute_of = np.full(MINUTES, -1, np.int64)
        self._histogram = np.zeros((MINUTES, BINS), np.int64)
        self._second_of = np.full(SECONDS, -1, np.int64)
        self._counts = np.zeros(SECONDS, np.int64)

    @property
    def last_ns(self) -> int | None:
        """Clock of the newest row; None before the first."""
        return None if self._last_ns < 0 else self._last_ns

    @property
    def events(self) -> int:
        """Rows seen."""
        return self._events

    def observe(self, clocks: Times) -> None:
        """Take the clocks of rows, int64 (n,), in event order."""
        self._events += len(clocks)
        self._last_ns = observe(
            clocks, self._last_ns, self._minute_of, self._histogram, self._second_of, self._counts
        )

    def gap_quantile_ns(self, now_ns: int) -> int | None:
        """99 % quantile of the gaps of the last ten minutes, ns, as an upper bin edge; None without a gap."""
        recent = self._minute_of > now_ns // NS_PER_MIN - MINUTES
        bins = self._histogram[recent].sum(axis=0)
        total = int(bins.sum())
        if total == 0:
            return None
        reached = int(np.searchsorted(np.cumsum(bins), QUANTILE * total))
        return 0 if reached == 0 else int(2.0 ** (reached / 4))

    def rate(self, now_ns: int) -> float | None:
        """Rows per second over the last ten whole seconds before ``now_ns``; None before the first row."""
        if self._last_ns < 0:
            return None
        second = now_ns // NS_PER_S
        recent = (self._second_of < second) & (self._second_of >= second - RATE_SECONDS)
        return float(self._counts[recent].sum()) / RATE_SECONDS

    def freeze(self) -> FrozenPulse:
        """A copy of the state."""
        arrays = (self._minute_of, self._histogram, self._second_of, self._counts)
        return FrozenPulse(self._last_ns, self._events, tuple(part.copy() for part in arrays))

    def thaw(self, frozen: FrozenPulse) -> None:
        """Become what was frozen."""
        self._last_ns, self._events = frozen.last_ns, frozen.events
        self._minute_of, self._histogram, self._second_of, self._counts = (part.copy() for part in frozen.arrays)
