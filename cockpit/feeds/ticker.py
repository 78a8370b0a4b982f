"""Where time itself becomes an event: the instants of the ticks between two events.

The rule, a function of the events alone, so that every replay makes the same ticks: after an event with
clock ``p`` and before the next one with clock ``c``, a tick stands at every whole second ``S`` with
``p < S <= c`` that is at most a minute after ``p``, then until two hours after ``p`` at every whole minute, then
at every whole hour. So a bar's end is hardly ever missed, and 36 years of a daily series cost one and a half
million ticks instead of eighteen (``resources/docs/adr/0009``).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.units import NO_TIME, NS_PER_HOUR, NS_PER_MIN, NS_PER_S

EVERY_SECOND_NS: Final = NS_PER_MIN  # of silence; a whole number of minutes
EVERY_MINUTE_NS: Final = 2 * NS_PER_HOUR  # of silence, the seconds included
_SECONDS: Final = EVERY_SECOND_NS // NS_PER_S
_MINUTES: Final = (EVERY_MINUTE_NS - EVERY_SECOND_NS) // NS_PER_MIN

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
    seconds_end, minutes_end = before + EVERY_SECOND_NS, before + EVERY_MINUTE_NS
    seconds = np.minimum(until, seconds_end) // NS_PER_S - before // NS_PER_S
    minutes = np.minimum(until, minutes_end) // NS_PER_MIN - seconds_end // NS_PER_MIN
    hours = until // NS_PER_HOUR - minutes_end // NS_PER_HOUR
    return np.where(before == NO_TIME, 0, np.maximum(seconds, 0) + np.maximum(minutes, 0) + np.maximum(hours, 0))


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
    hours = ((before + EVERY_MINUTE_NS) // NS_PER_HOUR + 1 + count - _SECONDS - _MINUTES) * NS_PER_HOUR
    return np.where(count < _SECONDS, seconds, np.where(count < _SECONDS + _MINUTES, minutes, hours))
