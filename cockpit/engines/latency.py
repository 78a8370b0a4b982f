"""How long a hop takes: quantiles of spans over the last while, bounded and without allocation per event."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.latency_kernels import (
    BINS,
    EARLY,
    HALF_NS,
    WINDOW,
    count_stamps,
    count_until,
    read_quantiles,
)
from cockpit.engines.spans import Spans
from cockpit.units import NS_PER_MIN, Floats, Rows, Times

SHARES: Final = np.array([0.50, 0.95, 0.99])
DEFAULT_HALF_NS: Final = NS_PER_MIN


@dataclass(frozen=True, slots=True, eq=False)
class FrozenLatency:
    """A ``Latency`` at one moment."""

    state: Times
    histogram: Floats


class Latency:
    """Spans of the running half window and of the one before it, in logarithmic bins.

    Exact order statistics of a busy book would cost more memory than the book; the bins: ``latency_kernels``.

    Args:
        half_ns: Length of a half window: what is told rests on the last one to two of them.
    """

    def __init__(self, half_ns: int = DEFAULT_HALF_NS) -> None:
        self._half_ns = half_ns
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._state = np.zeros(3, np.int64)
        self._state[WINDOW], self._state[HALF_NS] = -1, self._half_ns
        self._histogram = np.zeros((2, BINS))

    def observe_rows(self, rows: Rows) -> None:
        """Take the venue's stamp and the arrival of event rows, in event order."""
        # copies are of one memory layout, whatever the rows are: the kernel is compiled and loaded once
        starts, ends, clocks = rows["event_ns"].copy(), rows["recv_ns"].copy(), rows["clock_ns"].copy()
        count_stamps(starts, ends, clocks, self._state, self._histogram)

    def observe(self, starts: Times, end_ns: int, weight: float = 1.0) -> None:
        """Take spans from several instants, int64 (n,), to one; each stands for ``weight`` events."""
        count_until(starts, end_ns, weight, self._state, self._histogram)

    def spans(self, now_ns: int | None = None) -> Spans | None:
        """The quantiles; None when nothing was heard, or nothing for longer than the window before ``now_ns``."""
        return merged((self,), now_ns)

    def freeze(self) -> FrozenLatency:
        """A copy of the state."""
        return FrozenLatency(self._state.copy(), self._histogram.copy())

    def thaw(self, frozen: FrozenLatency) -> None:
        """Become what was frozen."""
        self._state, self._histogram = frozen.state.copy(), frozen.histogram.copy()

    def halves(self, now_ns: int | None) -> Floats | None:
        """float64 (2, BINS), what counts at ``now_ns``; None when that is nothing."""
        if now_ns is not None and now_ns // self._half_ns > self._state[WINDOW] + 1:
            return None
        return self._histogram

    @property
    def early(self) -> int:
        """See ``Spans``."""
        return int(self._state[EARLY])


def merged(parts: Iterable[Latency], now_ns: int | None = None) -> Spans | None:
    """Quantiles of several hops taken together; None when none of them says anything."""
    known = [(part, halves) for part in parts if (halves := part.halves(now_ns)) is not None]
    if not known:
        return None
    histogram = known[0][1] if len(known) == 1 else np.concatenate([halves for _, halves in known])
    found = np.zeros(len(SHARES))
    total = read_quantiles(histogram, SHARES, found)
    if total <= 0.0:
        return None
    p50, p95, p99 = (round(each) for each in found.tolist())
    return Spans(round(total), p50, p95, p99, sum(part.early for part, _ in known))
