"""How many contracts are held at each strike: by kind of expiry, distance from the money, and roundness.

What is held was opened over weeks at the prices of then, so short expiries are spread as wide as older ones; round
strikes hold many times what the ones between them do. Every number is a pure function of seed, day and contract.

Source: ``market-model.md`` 3 (shapes), fitted to the chains of seven days.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.feeds.synthetic import contract_noise as noise
from cockpit.feeds.synthetic import listings
from cockpit.feeds.synthetic.listings import Expiries
from cockpit.units import Floats, Times

TOTAL: Final = 20.5e6  # contracts
PUT_CALL: Final = 1.75  # of expiries within a year
PUT_CALL_FAR: Final = 1.5
_FAR_DAYS: Final = 300

WIDTH: Final = 0.13  # volatility that distances from the money are counted in
SINCE_DAYS: Final = 24.0  # before its last weeks, when positions were opened
# divisor of a strike: weight against others nearby; the first that divides counts
ROUND: Final = ((1000, 21.0), (500, 4.6), (250, 2.6), (100, 4.0), (50, 2.2), (25, 0.68), (10, 0.145), (5, 0.115))
_YOUNG: Final = 0.5  # exponent of that weight on the last day; 1 from 30 days on
_YOUNG_DAYS: Final = 30.0
# bells over distance: share, centre, width; puts first
PUT_BELLS: Final = ((0.15, -1.6, 1.0), (0.47, -3.8, 1.9), (0.38, -6.5, 4.0))
CALL_BELLS: Final = ((0.58, 0.7, 1.2), (0.20, 2.5, 2.0), (0.22, -2.5, 3.0))
DISPERSION: Final = 0.85  # of the logarithm, from strike to strike
EMPTY: Final = 0.10  # share of contracts near the money that nobody holds
EMPTY_FAR: Final = 0.6  # and far from it, where most were never opened
EMPTY_FROM: Final = 3.2  # distance over which the one becomes the other
DAY_CHANGE: Final = 0.03  # of the logarithm, from day to day
_HIGHEST_NORMAL: Final = 2.2  # one strike must not hold an expiry's all
_LOWEST_NORMAL: Final = -3.0


def open_interest(
    seed: int, day: int, spot: float, series: Expiries, number: Times, strike: Floats
) -> tuple[Floats, Floats]:
    """Contracts held at the start of a day.

    Args:
        seed: Of the market.
        day: Days since 1970-01-01.
        spot: Of the day.
        series: Those listed.
        number: int64 (n,), series of each strike.
        strike: float64 (n,).

    Returns:
        Calls and puts, float64 (n,) each, whole numbers.
    """
    days = (series.day - day).astype(np.float64)
    left = days[number]
    scale = WIDTH * np.sqrt((np.maximum(left, 0.7) + SINCE_DAYS) / 365)
    distance = np.log(strike / spot) / scale
    rounded = roundness(strike) ** np.clip(_YOUNG + (1 - _YOUNG) * left / _YOUNG_DAYS, _YOUNG, 1)
    totals, put_share = _totals(seed, day, series, days)
    held = []
    for side, bells, share in ((0, CALL_BELLS, 1 - put_share), (1, PUT_BELLS, put_share)):
        name = series.day[number] * 2 + side
        weight = _bells(distance, bells) * rounded * _chance(seed, day, name, strike, distance)
        sums = np.bincount(number, weight, len(series))
        held.append(np.floor(weight * (totals * share / np.maximum(sums, 1e-300))[number]))
    return held[0], held[1]


def roundness(strike: Floats) -> Floats:
    """Weight of each strike by its largest round divisor."""
    weight = np.full(len(strike), ROUND[-1][1])
    for divisor, value in reversed(ROUND):
        weight[strike % divisor == 0] = value
    return weight


def _bells(distance: Floats, bells: tuple[tuple[float, float, float], ...]) -> Floats:
    total = np.zeros(len(distance))
    for share, centre, width in bells:
        total += share / width * np.exp(-0.5 * ((distance - centre) / width) ** 2)
    return total


def _chance(seed: int, day: int, first: Times, strike: Floats, distance: Floats) -> Floats:
    second = strike.astype(np.int64)
    normal, uniform = noise.contract_noise(seed, noise.OPEN_INTEREST, first, second, 0)
    today, _ = noise.contract_noise(seed, noise.DAILY_CHANGE, first, second, day)
    spread = DISPERSION * np.clip(normal, _LOWEST_NORMAL, _HIGHEST_NORMAL) + DAY_CHANGE * today
    empty = EMPTY + (EMPTY_FAR - EMPTY) * (1 - np.exp(-((distance / EMPTY_FROM) ** 2)))
    return np.exp(spread) * (uniform > empty)


def _totals(seed: int, day: int, series: Expiries, days: Floats) -> tuple[Floats, Floats]:
    """Contracts of each series, and the share of puts among them."""
    normal, uniform = noise.contract_noise(seed, noise.EXPIRY, series.day, series.is_morning.astype(np.int64), 0)
    total = _by_kind(series.kind, days) * np.exp(0.3 * normal)
    ratio = np.where(days < _FAR_DAYS, PUT_CALL, PUT_CALL_FAR) * np.exp(0.35 * (uniform - 0.5))
    return total * (TOTAL / total.sum()), ratio / (1 + ratio)


def _by_kind(kind: NDArray[np.int64], days: Floats) -> Floats:
    quarterly = 4.9e6 * np.exp(-days / 160)
    by_kind = {
        listings.DAILY: 1.3e5 * np.exp(-days / 9) + 2e3,
        listings.FRIDAY: 3.2e5 * np.exp(-days / 45),
        listings.MONTH_END: 9e5 * np.exp(-days / 60) + 4e4,
        listings.MONTHLY_PM: 4e5 * np.exp(-days / 45) + 5e3,
        listings.SERIAL: 2.4e6 * np.exp(-days / 85) + 6e4,
        listings.QUARTERLY: quarterly,
        listings.DECEMBER: quarterly + 7e5 * np.exp(-days / 900),
    }
    total = np.zeros(len(kind))
    for each, value in by_kind.items():
        total = np.where(kind == each, value, total)
    return total
