"""How volatility and activity go through the day, and when the market is open: tables by time for the latent path.

The shape of regular hours is a multiplier per five minutes from 09:30 ET; outside of them, one per hour of Chicago.
The numbers were measured: 712 sessions of ES 2022-2024 and hourly bars of ES.

Source: ``market-model.md`` 1, ``stylised_facts.json`` (curves).
"""

from functools import cache
from typing import Final

import numpy as np
from numba import njit

from cockpit.calendars import calendar_of
from cockpit.instants import eastern_wall
from cockpit.units import NS_PER_DAY, NS_PER_S, Floats, Times

CELL_NS: Final = NS_PER_S // 10  # step of the latent grid
CELLS_PER_DAY: Final = NS_PER_DAY // CELL_NS
REGULAR_S: Final = 23_400
BIN_S: Final = 300
OPEN_S: Final = 34_200  # 09:30 of New York's clock
NIGHT_VARIANCE: Final = 0.37374  # share of a day's variance outside regular hours
NIGHT_VOLUME: Final = 0.19415  # share of its contracts

# mean |5-minute return| and volume of each five minutes from 09:30 ET, over the mean of the day
MOVE: Final = np.array(
    [1.821, 1.384, 1.435, 1.46, 1.281, 1.101, 1.597, 1.343, 1.353, 1.192, 1.223, 1.247, 1.229, 1.144, 1.103, 1.094,
     1.112, 0.983, 1.096, 1.093, 0.97, 0.93, 0.949, 0.91, 0.943, 0.952, 0.953, 0.9, 0.857, 0.854, 0.89, 0.924,
     0.787, 0.836, 0.884, 0.781, 0.852, 0.81, 0.791, 0.81, 0.84, 0.716, 0.935, 0.895, 0.803, 0.808, 0.812, 0.891,
     0.898, 0.828, 0.774, 0.8, 0.756, 0.755, 1.104, 0.879, 0.869, 0.851, 0.915, 0.879, 0.963, 0.917, 1.008, 0.897,
     0.894, 0.839, 1.098, 0.919, 0.912, 0.854, 0.915, 0.884, 1.097, 0.977, 1.01, 1.016, 1.468, 1.451]
)  # fmt: skip
VOLUME: Final = np.array(
    [2.609, 1.84, 1.609, 1.651, 1.487, 1.263, 1.809, 1.492, 1.423, 1.37, 1.278, 1.25, 1.301, 1.173, 1.14, 1.117,
     1.072, 0.99, 1.128, 0.99, 0.943, 0.938, 0.87, 0.869, 0.982, 0.86, 0.833, 0.793, 0.758, 0.731, 0.821, 0.735,
     0.698, 0.691, 0.693, 0.655, 0.708, 0.644, 0.633, 0.657, 0.643, 0.618, 0.786, 0.697, 0.642, 0.652, 0.658, 0.645,
     0.728, 0.647, 0.641, 0.636, 0.618, 0.617, 0.9, 0.755, 0.703, 0.722, 0.687, 0.697, 0.823, 0.786, 0.781, 0.765,
     0.752, 0.744, 0.939, 0.826, 0.819, 0.822, 0.818, 0.807, 0.98, 0.939, 1.008, 1.145, 1.879, 5.168]
)  # fmt: skip
# root mean square of 5-minute returns in basis points, and share of the day's volume, by hour of Chicago; hours 8
# to 14 hold regular trading, of which holidays have none: they take the hours before and after it
NIGHT_MOVE: Final = np.array(
    [3.38, 4.24, 5.99, 5.07, 4.39, 4.44, 4.76, 10.13, 10.13, 4.86, 4.86, 4.86, 4.86, 4.86, 4.86, 4.86,
     4.86, 3.49, 3.22, 4.09, 3.61, 3.27, 2.62, 2.77]
)  # fmt: skip
NIGHT_VOLUME_SHARE: Final = np.array(
    [0.0045, 0.0072, 0.0142, 0.0119, 0.0097, 0.0101, 0.0138, 0.0334, 0.0334, 0.0425, 0.0425, 0.0425, 0.0425, 0.0425,
     0.0425, 0.0425, 0.0425, 0.004, 0.0035, 0.005, 0.0045, 0.0036, 0.0029, 0.0026]
)  # fmt: skip
_NIGHT_HOURS: Final = np.array([1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1])
CLOSED, REGULAR, NIGHT = 0, 1, 2  # kinds of spans


@cache
def regular_shape() -> tuple[Floats, Floats]:
    """Multipliers of volatility (root mean square 1) and of activity (mean 1), one per five minutes."""
    seconds = np.arange(0, REGULAR_S, 60, dtype=np.float64)
    middles = np.arange(len(MOVE)) * BIN_S + BIN_S / 2
    move, volume = np.interp(seconds, middles, MOVE), np.interp(seconds, middles, VOLUME)
    return MOVE / np.sqrt(np.mean(move * move)), VOLUME / np.mean(volume)


@cache
def night_shape() -> tuple[Floats, Floats]:
    """The same per hour of Chicago, so scaled that the night has its shares of variance and volume."""
    variance = NIGHT_VARIANCE / (1 - NIGHT_VARIANCE) * REGULAR_S
    volume = NIGHT_VOLUME / (1 - NIGHT_VOLUME) * REGULAR_S
    seconds = _NIGHT_HOURS * 3600
    move = NIGHT_MOVE * np.sqrt(variance / np.sum(NIGHT_MOVE**2 * seconds))
    return move, NIGHT_VOLUME_SHARE * volume / np.sum(NIGHT_VOLUME_SHARE * seconds)


def spans(first_ns: int, last_ns: int) -> tuple[Times, Times, Times]:
    """When the market is how open between two instants.

    Returns:
        Starts (ns UTC, ascending, the first at ``first_ns``), kinds (CLOSED, REGULAR, NIGHT), and trading days: the
        count of weekdays since 1970 of the trade date, equal in all of a trade date's spans. All int64 (n,).
    """
    globex, shares = calendar_of("equity"), calendar_of("xnys")
    marks = {first_ns}
    for calendar in (globex, shares):
        near = slice(*np.searchsorted(calendar.closes, [first_ns, last_ns + NS_PER_DAY * 5]))
        for instant in (*calendar.opens[near].tolist(), *calendar.closes[near].tolist()):
            if first_ns < instant < last_ns:
                marks.add(instant)
    starts = np.array(sorted(marks), np.int64)
    kinds = np.array([_kind(int(ns)) for ns in starts], np.int64)
    days = np.busday_count(np.datetime64("1970-01-01"), globex.trade_dates(starts))
    return starts, kinds, days.astype(np.int64)


def _kind(ns: int) -> int:
    if calendar_of("equity").session_of(ns) is None:
        return CLOSED
    return NIGHT if calendar_of("xnys").session_of(ns) is None else REGULAR


def wall_ns_of_day(at_ns: int) -> int:
    """Time of New York's clock, ns since its midnight."""
    return int(eastern_wall(np.array([at_ns], np.int64))[0]) % NS_PER_DAY


@njit(cache=True, nogil=True)
def shape(
    kind: int, wall_s: float, regular: tuple[Floats, Floats], night: tuple[Floats, Floats]
) -> tuple[float, float]:
    """Multipliers of volatility and activity at a time of New York's clock, seconds since its midnight."""
    if kind == REGULAR:
        place = (wall_s - OPEN_S) / BIN_S - 0.5
        move, volume = regular
        if place <= 0.0:
            return move[0], volume[0]
        low = int(place)
        if low >= len(move) - 1:
            return move[-1], volume[-1]
        part = place - low
        return (
            move[low] + part * (move[low + 1] - move[low]),
            volume[low] + part * (volume[low + 1] - volume[low]),
        )
    hour = (int(wall_s // 3600) + 23) % 24  # Chicago is an hour behind New York
    return night[0][hour], night[1][hour]
