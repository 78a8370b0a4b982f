"""Where time itself becomes an event: the instants of the ticks between two events.

The rule, a function of the events alone, so that every replay makes the same ticks: after an event with
clock ``p`` and before the next one with clock ``c``, a tick stands at every whole second ``S`` with
``p < S <= c`` that is at most 15 minutes after ``p``, and at every whole minute after those 15 minutes. So a
bar's end is never missed, and a weekend costs 3,800 ticks instead of 176,000.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.units import NO_TIME, NS_PER_MIN, NS_PER_S

EVERY_SECOND_NS: Final = 15 * NS_PER_MIN  # of silence; nobody watches seconds pass in a longer one
_SECONDS: Final = EVERY_SECOND_NS // NS_PER_S

Instants = NDArray[np.int64] | int


def ticks_between(before_ns: Instants, until_ns: Instants) -> NDArray[np.int64]:
    """How many ticks follow an event at ``before_ns`` up to and including ``until_ns``.

    Args:
        before_ns: int64, any shape; NO_TIME where there is no event before, then there are no ticks.
        until_ns: int64, same shape.

    Returns:
        int64, same shape; 0 where ``until_ns`` is not after ``before_ns``.
    """
    before, until = np.asarray(before_ns, np.int64), np.asarray(until_ns, np.int64)
    turn = before + EVERY_SECOND_NS
    seconds = np.minimum(until, turn) // NS_PER_S - before // NS_PER_S
    minutes = np.maximum(until // NS_PER_MIN - turn // NS_PER_MIN, 0)
    return np.where(before == NO_TIME, 0, np.maximum(seconds, 0) + minutes)


def tick_instants(before_ns: Instants, number: Instants) -> NDArray[np.int64]:
    """Clock of the ticks after an event at ``before_ns``, by their number (0 is the first), ns UTC.

    Args:
        before_ns, number: int64, any shape, the same.

    Returns:
        int64, same shape.
    """
    before, count = np.asarray(before_ns, np.int64), np.asarray(number, np.int64)
    seconds = (before // NS_PER_S + 1 + count) * NS_PER_S
    minutes = ((before + EVERY_SECOND_NS) // NS_PER_MIN + 1 + count - _SECONDS) * NS_PER_MIN
    return np.where(count < _SECONDS, seconds, minutes)
