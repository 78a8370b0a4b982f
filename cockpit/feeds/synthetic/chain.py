"""One day of the simulated SPX chain: what is listed and held, priced at any spot, instant and volatility."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import CALL, DTYPES, PUT, Flag, Kind
from cockpit.feeds.synthetic import contract_noise as noise
from cockpit.feeds.synthetic import listings, quotes
from cockpit.feeds.synthetic.open_interest import open_interest
from cockpit.feeds.synthetic.surface import total_variances
from cockpit.feeds.synthetic.turnover import day_share, turnover
from cockpit.units import NO_TIME, NS_PER_MIN, Floats, Rows, Times

RATE: Final = 0.04  # continuously compounded; what every discounting of this program takes
DIVIDENDS: Final = 0.012  # yield
UNEVEN: Final = 0.010  # how much the volatility of one expiry differs from the curve, of the logarithm
MINUTES_PER_YEAR: Final = 525_600


@dataclass(frozen=True, slots=True)
class Spot:
    """What the whole chain is priced from.

    Attributes:
        ns: Instant, UTC.
        level: Of the index.
        atm30: Slow level of the 30-day volatility, decimal.
        shock: What the market has added to its logarithm.
        wide: Factor of the spreads.
    """

    ns: int
    level: float
    atm30: float
    shock: float = 0.0
    wide: float = 1.0


class ChainModel:
    """The chain of one day.

    Args:
        seed: Of the market.
        day: Days since 1970-01-01, of New York.
        spot: Where strikes and open interest are centred.

    Attributes:
        series: What is listed.
        number: int64 (n,), series of each strike.
        strike: float64 (n,), ascending within each series.
        call_interest, put_interest: float64 (n,), contracts held.
    """

    def __init__(self, seed: int, day: int, spot: float) -> None:
        self.seed, self.day = seed, day
        self.series = listings.expiries(day)
        days = self.series.day - day
        each = [
            listings.strikes(spot, int(left), int(kind)) for left, kind in zip(days, self.series.kind, strict=True)
        ]
        self.strike = np.concatenate(each)
        self.number = np.repeat(np.arange(len(each)), [len(one) for one in each])
        self.call_interest, self.put_interest = open_interest(
            seed, day, spot, self.series, self.number, self.strike
        )
        first, second = self.series.day[self.number] * 2, self.strike.astype(np.int64)
        self._noise = noise.contract_noise(seed, noise.QUOTE, first, second, 0)[0]
        morning = self.series.is_morning.astype(np.int64)
        self._uneven = UNEVEN * noise.contract_noise(seed, noise.UNEVEN, self.series.day, morning, 0)[0]
        self._turnover = turnover(seed, day, spot, self.series, self.number, self.strike)
        self._blank = self._rows()

    def rows(self, at: Spot, chosen: NDArray[np.integer] | None = None) -> Rows:
        """The snapshot of an instant.

        Args:
            at: What it is priced from.
            chosen: Numbers of the series wanted; None for all. Expired ones are left out.

        Returns:
            CHAIN (m,), by series, strike and right (calls first), the last with ``Flag.LAST``; instrument and
            ``seq`` are the caller's to fill. Empty when nothing lives.
        """
        years = self.years(at.ns)
        living = years > 0
        if chosen is not None:
            wanted = np.zeros(len(living), np.bool_)
            wanted[chosen] = True
            living &= wanted
        places = np.flatnonzero(living[self.number])
        rows = self._blank[np.repeat(places * 2, 2) + np.tile([0, 1], len(places))]
        if not len(rows):
            return rows
        values = self.values(at, places)
        for side in (0, 1):
            for name, column in _FIELDS:
                rows[name][side::2] = values[side, column]
        rows["iv"], rows["delta"] = np.round(rows["iv"], 4), np.round(rows["delta"], 4)
        rows["gamma"] = np.round(rows["gamma"], 8)
        for side in (0, 1):
            rows["last"][side::2] = np.round(values[side, quotes.MID] * 20) / 20
            rows["volume"][side::2] = np.floor(self._turnover[side, places] * day_share(at.ns))
        rows["spot"] = round(at.level, 2)
        rows["clock_ns"] = rows["event_ns"] = at.ns
        rows["flags"][-1] |= Flag.LAST
        return rows

    def years(self, at_ns: int) -> Floats:
        """Time to expiry of each series, ACT/365; below 0 when it has passed."""
        return (self.series.at_ns - at_ns) / NS_PER_MIN / MINUTES_PER_YEAR

    def values(self, at: Spot, places: Times) -> Floats:
        """Quotes and greeks at some strikes, float64 (2, COLUMNS, m); see ``quotes.price``."""
        years = self.years(at.ns)
        alive = np.maximum(years, 1 / MINUTES_PER_YEAR)
        theta = total_variances(alive, at.atm30, at.shock, self._uneven)
        forward = at.level * np.exp((RATE - DIVIDENDS) * alive)
        out = np.empty((2, quotes.COLUMNS, len(places)))
        quotes.price(
            self.number[places],
            self.strike[places],
            self._noise[places],
            forward,
            np.exp(-RATE * alive),
            alive,
            theta,
            at.level,
            at.wide,
            out,
        )
        return out

    def _rows(self) -> Rows:
        """All contracts with what does not change in the day."""
        rows = np.zeros(2 * len(self.strike), DTYPES[Kind.CHAIN])
        rows["event_ns"] = rows["recv_ns"] = NO_TIME
        rows["instrument"] = -1
        rows["strike"] = np.repeat(self.strike, 2)
        rows["expiry_day"] = np.repeat(self.series.day[self.number], 2)
        rows["root"] = np.repeat(self.series.roots[self.number], 2)
        rows["right"][::2], rows["right"][1::2] = CALL, PUT
        rows["open_interest"][::2], rows["open_interest"][1::2] = self.call_interest, self.put_interest
        rows["flags"] = Flag.SNAPSHOT
        return rows


_FIELDS: Final = (
    ("bid", quotes.BID),
    ("ask", quotes.ASK),
    ("iv", quotes.IV),
    ("delta", quotes.DELTA),
    ("gamma", quotes.GAMMA),
)
