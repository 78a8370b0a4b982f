"""The slow level of implied volatility: what options expect after weeks of days as volatile as they were.

Source: ``market-model.md`` 3 (day volatility, ATM30); the daily noise stands for what moves the VIX besides.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.calendars import calendar_of
from cockpit.feeds.synthetic.contract_noise import LEVEL
from cockpit.feeds.synthetic.latent import day_volatility
from cockpit.feeds.synthetic.philox import normals
from cockpit.feeds.synthetic.scenario import Scenario
from cockpit.feeds.synthetic.surface import at_the_money
from cockpit.instants import eastern_wall
from cockpit.units import NS_PER_DAY, Floats, Times

PREMIUM: Final = 1.15  # 30-day volatility over what days have realised
HALF_LIFE_DAYS: Final = 5.0  # sessions
_REACH_DAYS: Final = 30
LOWEST: Final = 0.06
HIGHEST: Final = 0.60
DAILY_NOISE: Final = 0.045  # of the logarithm of the VIX, a day; it fades
DAILY_FADE: Final = 0.88
_JOIN_DAYS: Final = 4.0  # over which the closes before a start come to where the market begins


class VolatilityLevel:
    """Level of 30-day at-the-money volatility of one seed, at any instant.

    Args:
        seed: Of the market.
        scenario: Its volatility moves the level too.
    """

    def __init__(self, seed: int, scenario: Scenario) -> None:
        self._seed = seed
        self._own = scenario.annual_vol
        self._factor = PREMIUM * float(np.sqrt(scenario.vol))
        self._days: dict[int, float] = {}
        self._logs: dict[int, float] = {}

    def at(self, ns: int) -> float:
        """Decimal per sqrt(year); moves evenly from one New York midnight to the next."""
        wall = int(eastern_wall(np.array([ns], np.int64))[0])
        date, part = np.datetime64(wall // NS_PER_DAY, "D"), wall % NS_PER_DAY / NS_PER_DAY
        day = int(np.busday_count("1970-01-01", date))
        before, after = self.of_day(day), self.of_day(day + 1)
        return before + (after - before) * part if np.is_busday(date) else before

    def of_day(self, day: int) -> float:
        """Level at the start of a day, counted in weekdays since 1970-01-01."""
        if self._own is not None:
            return min(max(self._own * self._factor, LOWEST), HIGHEST)
        found = self._days.get(day)
        if found is None:
            weights = 0.5 ** (np.arange(_REACH_DAYS) / HALF_LIFE_DAYS)
            logs = np.array([self._realised(day - back) for back in range(_REACH_DAYS)])
            mean = float(weights @ logs / weights.sum())
            found = self._days[day] = min(max(float(np.exp(mean)) * self._factor, LOWEST), HIGHEST)
        return found

    def _realised(self, day: int) -> float:
        found = self._logs.get(day)
        if found is None:
            found = self._logs[day] = math.log(day_volatility(self._seed, day))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class DailyCloses:
    """Closes of indices on days before a start; ``values`` is float64 (m, n) for ``m`` indices and ``n`` days.

    Attributes:
        opens_ns, closes_ns: int64 (n,), of each session, ns UTC, ascending.
        values: float64 (m, n), points.
    """

    opens_ns: Times
    closes_ns: Times
    values: Floats


def daily_closes(
    seed: int, level: VolatilityLevel, start_ns: int, sessions: int, horizons: tuple[int, ...], over: Floats
) -> DailyCloses:
    """Closes of the indices on the sessions that ended before a start, as the day-level model has them.

    Args:
        seed: Of the market.
        level: Of its volatility.
        start_ns: Closes at or before it, ns UTC.
        sessions: How many.
        horizons: Days each index looks ahead.
        over: float64 (m,), each index over 100 times the volatility at the money of its horizon.
    """
    calendar = calendar_of("cboe")
    end = int(np.searchsorted(calendar.closes, start_ns, side="right"))
    days = slice(max(end - sessions, 0), end)
    dates = calendar.trade_days[days]
    numbers = np.busday_count("1970-01-01", dates)
    noise = normals(seed, LEVEL, int(numbers[0]), int(numbers[-1] - numbers[0]) + 1)
    shocks, shock = np.empty(len(noise)), 0.0
    for at, z in enumerate(noise.tolist()):
        shock = DAILY_FADE * shock + DAILY_NOISE * z
        shocks[at] = shock
    shocks *= 1 - np.exp(-(np.arange(len(shocks))[::-1]) / _JOIN_DAYS)
    years = np.array(horizons) / 365
    values = np.stack(
        [at_the_money(years, level.of_day(int(day) + 1), float(shocks[day - numbers[0]])) for day in numbers],
        axis=1,
    )
    return DailyCloses(calendar.opens[days], calendar.closes[days], 100 * over[:, None] * values)
