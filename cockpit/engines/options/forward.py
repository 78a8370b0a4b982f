"""The forward an option market itself implies, by put-call parity.

All functions take one expiry: strikes ascending, float64 (k,), and quotes or mids of both rights at each of them.

Source: ``formulas.md`` 1.4 (Cboe's rule, the median, the regression), ``contracts.md`` 4.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.listing import Listing, StrikeQuotes
from cockpit.errors import EngineError
from cockpit.units import Floats

NEAREST: Final = 5  # strikes the median is taken over
# a strike further from the money says more about its wide quotes than about the forward
NEAR_FRAC: Final = 0.10

# the carry of an expiry within five days is mostly the rounding of its quotes (``formulas.md`` 1.4)
STEADY_YEARS: Final = 5 / 365
STALE_FRAC: Final = 0.01  # a spot further from the forward of the next days is not of the same moment
NEXT_YEARS: Final = 8 / 365
FURTHEST: Final = 2.0  # times the spot a forward can be away from it; quotes that say more are not of one market

PARITY: Final = 0  # how a forward was found: at the money
MEDIAN: Final = 1  # over strikes around it
CARRIED: Final = 2  # from the yields of other expiries
SPOT: Final = 3  # without any yield


def forwards(strikes: Floats, call_mids: Floats, put_mids: Floats, years: float, rate: float) -> Floats:
    """``K + e^{rT} (C - P)`` at every strike, float64 (k,); NaN where a mid is."""
    return strikes + np.exp(rate * years) * (call_mids - put_mids)


def money_place(call_mids: Floats, put_mids: Floats) -> int | None:
    """Where ``|C - P|`` is smallest, the lowest strike of equals; None where no strike has both mids."""
    apart = np.abs(call_mids - put_mids)
    apart[np.isnan(apart)] = np.inf
    place = int(apart.argmin()) if len(apart) else 0
    return place if len(apart) and apart[place] < np.inf else None


def median_forward(
    strikes: Floats,
    call_mids: Floats,
    put_mids: Floats,
    years: float,
    rate: float,
    money: float,
    nearest: int = NEAREST,
) -> float | None:
    """Median of the forwards at the ``nearest`` strikes with both mids around ``money``; None without any."""
    each = forwards(strikes, call_mids, put_mids, years, rate)
    known = np.flatnonzero(~np.isnan(each))
    if not len(known):
        return None
    closest = known[np.argsort(np.abs(strikes[known] - money), kind="stable")[:nearest]]
    return float(np.median(each[closest]))


def regression_forward(strikes: Floats, call_mids: Floats, put_mids: Floats) -> tuple[float, float]:
    """Forward and discount factor by least squares of ``C - P = df F - df K`` over strikes with both mids.

    Raises:
        EngineError: Fewer than two such strikes.

    Source: ``formulas.md`` 1.4; its discount factor is too noisy below some five days to price with.
    """
    apart = call_mids - put_mids
    known = ~np.isnan(apart)
    if np.count_nonzero(known) < 2:
        raise EngineError(f"a parity regression needs 2 strikes with both mids, received {np.count_nonzero(known)}")
    slope, level = np.polyfit(strikes[known], apart[known], 1)
    return float(-level / slope), float(-slope)


def parity_forward(quotes: StrikeQuotes, years: float, rate: float, spot: float) -> tuple[float, int] | None:
    """The forward of one expiry and how it was found, PARITY or MEDIAN.

    Cboe's rule: parity at the strike where ``|C - P|`` is smallest. Where a side has no bid there, or its quotes
    are crossed: the median over the five strikes nearest that one that are quoted on both sides. Strikes count
    from 10 % below to 10 % above the spot and what it grows to at the rate.

    Args:
        quotes: Of one expiry.
        years: Until it expires.
        rate: Continuously compounded, for discounting.
        spot: Of the underlying.

    Returns:
        None when no strike near the money is quoted on both sides, or the quotes imply no forward that can be.
    """
    calls, puts, good = quotes.call_mids, quotes.put_mids, quotes.is_two_sided
    low, high = sorted((spot, spot * float(np.exp(rate * years))))
    near = (quotes.strikes >= (1 - NEAR_FRAC) * low) & (quotes.strikes <= (1 + NEAR_FRAC) * high)
    quoted = near & (quotes.call_asks > 0) & (quotes.put_asks > 0)
    place = money_place(np.where(quoted, calls, np.nan), puts)
    if place is None:
        return None
    money = float(quotes.strikes[place])
    if good[place]:
        found, method = money + float(np.exp(rate * years) * (calls[place] - puts[place])), PARITY
    else:
        usable = np.where(good & near, calls, np.nan)
        found, method = median_forward(quotes.strikes, usable, puts, years, rate, money), MEDIAN
    is_plausible = found is not None and low / FURTHEST < found < high * FURTHEST
    return (found, method) if found is not None and is_plausible else None


# all expiries of a chain


def series_forwards(listed: Listing, years: Floats, rate: float, spot: float) -> tuple[Floats, tuple[str, ...]]:
    """Forward of every series, float64 (s,), and what is doubtful about them.

    By parity; where the money is not quoted on both sides, by the median over five strikes; else the spot with
    the yield of the other expiries, interpolated in time. Expired series have the spot.
    """
    forward = np.full(len(years), spot)
    method = np.full(len(years), PARITY)
    for number in np.flatnonzero(years > 0).tolist():
        found = parity_forward(listed.of_series(number), float(years[number]), rate, spot)
        forward[number], method[number] = (np.nan, CARRIED) if found is None else found
    lacking = np.isnan(forward)
    if lacking.any():
        forward[lacking], method[lacking] = _carried(forward, years, rate, spot)
    return forward, (*_forward_doubts(listed, method), *_spot_doubts(forward, method, years, spot))


def _carried(forward: Floats, years: Floats, rate: float, spot: float) -> tuple[Floats, int]:
    """Forwards where they are NaN, from the yields of the others; the spot alone when there are no others."""
    lacking, known = np.isnan(forward), ~np.isnan(forward) & (years > 0)
    steady = known & (years >= STEADY_YEARS)
    known = steady if steady.any() else known
    if not known.any():
        return np.full(np.count_nonzero(lacking), spot) * np.exp(rate * years[lacking]), SPOT
    yields = rate - np.log(forward[known] / spot) / years[known]
    between = np.interp(years[lacking], years[known], yields)
    return spot * np.exp((rate - between) * years[lacking]), CARRIED


def _forward_doubts(listed: Listing, method: NDArray[np.int64]) -> list[str]:
    how = {
        MEDIAN: "the median over five strikes: the money is not quoted on both sides",
        CARRIED: "the yield of the other expiries: no strike near the money is quoted on both sides",
        SPOT: "the spot without any yield: no expiry is quoted on both sides near the money",
    }
    lines: list[str] = []
    for way, words in how.items():
        places = np.flatnonzero(method == way)
        if len(places):
            first = np.datetime64(int(listed.expiry_day[places[0]]), "D")
            name = f"{listed.root_names[places[0]]} {first}"
            lines.append(f"forward of {len(places)} of {len(method)} series (first: {name}) is from {words}")
    return lines


def _spot_doubts(forward: Floats, method: NDArray[np.int64], years: Floats, spot: float) -> list[str]:
    soon = np.flatnonzero((years > 0) & (years <= NEXT_YEARS) & (method == PARITY))
    apart = float(np.median(forward[soon])) / spot - 1 if len(soon) else 0.0
    if abs(apart) <= STALE_FRAC:
        return []
    return [f"the options of the next days imply a forward {apart:+.1%} away from the spot {spot:g}"]
