"""How many option contracts trade in a day, and how much of that by an instant."""

import math
from typing import Final

import numpy as np

from cockpit.feeds.synthetic import contract_noise as noise
from cockpit.feeds.synthetic.listings import Expiries
from cockpit.feeds.synthetic.open_interest import roundness
from cockpit.instants import eastern_wall
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, Floats, Times

CALLS: Final = 1.4e6  # contracts a day
PUTS: Final = 1.75e6
_TODAY: Final = 0.45  # share of the expiries of the day itself
_FADES_DAYS: Final = 9.0
_REACH: Final = 0.012  # of ln(strike / spot), of a day's options; grows with the root of time
_OPEN_NS: Final = 9 * NS_PER_HOUR + NS_PER_HOUR // 2  # of New York's clock
_CLOSE_NS: Final = 16 * NS_PER_HOUR + NS_PER_HOUR // 4
_CURVE: Final = 0.75  # how much busier both ends of a session are than its middle


def turnover(seed: int, day: int, spot: float, series: Expiries, number: Times, strike: Floats) -> Floats:
    """Contracts that trade in the whole day, calls and puts, float64 (2, n); see ``open_interest`` for the rest."""
    days = (series.day - day)[number].astype(np.float64)
    urgency = np.where(days < 1, _TODAY, (1 - _TODAY) * np.exp(-days / _FADES_DAYS) / _FADES_DAYS)
    distance = np.log(strike / spot) / (_REACH * np.sqrt(np.maximum(days, 1.0)))
    traded = np.empty((2, len(strike)))
    for side, total, centre in ((0, CALLS, 0.4), (1, PUTS, -0.6)):
        normal, _ = noise.contract_noise(
            seed, noise.TURNOVER, series.day[number] * 2 + side, strike.astype(np.int64), day
        )
        weight = urgency * np.exp(-np.abs(distance - centre)) * roundness(strike) ** 0.3 * np.exp(0.8 * normal)
        traded[side] = weight * (total / weight.sum())
    return traded


def day_share(at_ns: int) -> float:
    """Share of a day's option contracts traded by an instant, 0 to 1: busiest at both ends of the session."""
    clock = int(eastern_wall(np.array([at_ns], np.int64))[0]) % NS_PER_DAY
    part = min(max((clock - _OPEN_NS) / (_CLOSE_NS - _OPEN_NS), 0.0), 1.0)
    return part + _CURVE / (2 * math.pi) * math.sin(2 * math.pi * part)
