"""What is unusual for an instrument: the largest of something in each second of the last three minutes.

A detector that asks for more than a high quantile of these is quiet in a market where such things come and go all
the time, whatever its size. Seconds without any count as zero.
"""

from typing import Final, NamedTuple

import numpy as np

from cockpit.engines.book.layout import Record, Records, record
from cockpit.engines.detect.layout import part
from cockpit.engines.detect.scales import enter, leave, quantile
from cockpit.units import NO_TIME, NS_PER_S, Sizes

SECONDS: Final = 180
KNOWN: Final = 60  # with fewer seconds nothing is known of what is usual
# times the threshold, as which what exceeds it counts: what was told of does not hide the next for three minutes,
# and yet a market that has become wilder is soon usual
MORE: Final = 1.25
_STATE: Final = record(
    ("second", np.int64),  # that goes on
    ("largest", np.int64),  # in it
    ("taken", np.int64),  # seconds ever taken
    ("dropped", np.int64),  # of them, too long ago to count
)


class Largest(NamedTuple):
    """The last three minutes.

    Attributes:
        sizes: int64 (SECONDS,), a ring.
        seconds: int64 (SECONDS,), when each was.
        pool: int64 (SECONDS,), those that count, sorted.
        state: One row.
    """

    sizes: Sizes
    seconds: Sizes
    pool: Sizes
    state: Records


def largest() -> Largest:
    """Of an instrument nothing is known of."""
    state = np.zeros(1, _STATE)
    state["second"] = NO_TIME
    return Largest(np.zeros(SECONDS, np.int64), np.zeros(SECONDS, np.int64), np.zeros(SECONDS, np.int64), state)


@part
def note_size(state: Record, size: float) -> None:
    """Something of this size happened in this second; callers cut it, see MORE."""
    state.largest = max(state.largest, np.int64(size))


@part
def turn(sizes: Sizes, seconds: Sizes, pool: Sizes, state: Record, clock_ns: int) -> None:
    """At a tick: a second may be over."""
    second = clock_ns // NS_PER_S
    if second <= state.second:
        return
    while state.dropped < state.taken:
        oldest = state.dropped % SECONDS
        if seconds[oldest] > second - SECONDS:
            break
        leave(pool, state.taken - state.dropped, sizes[oldest])
        state.dropped += 1
    if state.second != NO_TIME:
        at, n = state.taken % SECONDS, state.taken - state.dropped
        sizes[at], seconds[at] = state.largest, second
        enter(pool, n, state.largest)
        state.taken += 1
    state.second, state.largest = second, 0


@part
def usual_size(pool: Sizes, state: Record, share: float) -> float:
    """The quantile; infinite while too little is known."""
    n = state.taken - state.dropped
    return quantile(pool, n, share) if n >= KNOWN else np.inf
