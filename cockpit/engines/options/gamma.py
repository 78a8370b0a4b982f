"""Gamma of a whole chain: at the spot, along a ladder of spots, and per strike along a path of spot and time.

Gamma is that of Black-76 on the forward of the contract's expiry, as the second derivative by the **spot**: with
F = S * ratio it is ``discount * ratio^2 * n(d1) / (F * iv * sqrt(T))``. Volatilities stick to their strikes.

Inner loops have no branches and no calls, so that the compiler takes four or eight contracts or spots at a time.
Sums run over the contracts in their order for every spot alike: answers are the same to the last bit from run to
run, and whether spots or columns are asked for at once or in parts.

Source: ``formulas.md`` 1.1, 2; ``contracts.md`` 4.
"""

from math import sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.expiry import MINUTES_PER_YEAR
from cockpit.engines.options.special import (
    LOG2_E,
    ROOT_TWO_PI,
    as_input,
    exponential,
    kernel,
    log_ratio,
    power_of_two,
    widest,
)
from cockpit.errors import EngineError
from cockpit.units import NS_PER_MIN, Floats, Times

Indices = NDArray[np.int64]

_NS_PER_YEAR: Final = float(MINUTES_PER_YEAR * NS_PER_MIN)
_LANES: Final = 16  # spots are padded to whole vectors: no slow remainder, and the same operations for each

_IN_TWOS: Final = sqrt(0.5 * LOG2_E)  # exp(-d^2 / 2) is 2^-(this * d)^2


def gammas(spot: float, forward: Floats, strike: Floats, years: Floats, discount: Floats, iv: Floats) -> Floats:
    """Gamma of each contract at the spot, d2 price / d spot2; calls and puts alike.

    Args:
        spot: Price units, above 0.
        forward: float64 (n,), of the contract's expiry, at that spot.
        strike: float64 (n,), price units.
        years: float64 (n,), to expiry.
        discount: float64 (n,), value today of 1 at expiry.
        iv: float64 (n,), decimal per sqrt(year).

    Returns:
        float64 (n,), per price unit; 0 where no time is left or the density underflows, NaN where a number is
        unknown or no positive one (the time may be).

    Raises:
        EngineError: The arrays differ in length, or the spot is no positive number.
    """
    _require(spot, forward, strike, years, discount, iv)
    out = np.empty(len(strike))
    _at_spot(float(spot), *map(as_input, (forward, strike, years, discount, iv)), out)
    return out


def signed_ladder(
    spot: float,
    forward: Floats,
    strike: Floats,
    years: Floats,
    discount: Floats,
    iv: Floats,
    weight: Floats,
    spots: Floats,
) -> Floats:
    """Sum over the contracts of ``weight * gamma(S) * S^2`` at each spot S of a ladder.

    The forward at S is ``S * forward / spot``; volatility and time stay.

    Args:
        spot, forward, strike, years, discount, iv: As ``gammas``.
        weight: float64 (n,), for example sign * open interest * 100 * 0.01 for USD per 1 %. Contracts whose weight
            is 0 or NaN, or whose gamma is 0 or unknown at every spot, count nothing.
        spots: float64 (m,), price units, above 0, in any order.

    Returns:
        float64 (m,), units of ``weight`` times price.

    Raises:
        EngineError: The arrays differ in length, or a spot is no positive number.
    """
    _require(spot, forward, strike, years, discount, iv, weight)
    if not np.all((spots > 0.0) & (spots < np.inf)):
        raise EngineError(f"a ladder needs positive spots, received {spots}")
    padded = np.full(-(-len(spots) // _LANES) * _LANES, spot)
    padded[: len(spots)] = spots
    moves, sums = np.empty(len(padded)), np.zeros(len(padded))
    chain = map(as_input, (forward, strike, years, discount, iv, weight))
    _ladder(float(spot), *chain, as_input(padded), moves, sums)
    return sums[: len(spots)] * spots


def field(
    spot: float,
    as_of_ns: int,
    rate: float,
    expiry_ns: Times,
    forward: Floats,
    expiry: Indices,
    strike: Floats,
    iv: Floats,
    weight: Floats,
    strike_index: Indices,
    strikes: int,
    spots: Floats,
    at_ns: Times,
) -> NDArray[np.float32]:
    """Exposure of each strike along a path: ``weight * gamma * S^2``, summed over the contracts of the strike.

    Column j has the spot ``spots[j]`` at the instant ``at_ns[j]``: every contract has the time that is left then
    and its own volatility, its forward keeps the carry it had at ``as_of_ns``. A contract counts nothing from its
    expiry instant on.

    Args:
        spot, as_of_ns: Where and when the chain was taken; price units and ns UTC.
        rate: Continuously compounded decimal per year; discounts only.
        expiry_ns: int64 (e,), expiry instants, ns UTC.
        forward: float64 (e,), implied forward of each expiry at ``spot`` and ``as_of_ns``.
        expiry: int64 (n,), which expiry each contract has.
        strike, iv, weight: float64 (n,), as ``signed_ladder``.
        strike_index: int64 (n,), which row of the overlay each contract belongs to.
        strikes: How many rows there are.
        spots: float64 (c,), price units; a column without one (NaN) stays 0.
        at_ns: int64 (c,), ns UTC.

    Returns:
        float32 (c, strikes), units of ``weight`` times price.

    Raises:
        EngineError: Arrays that belong together differ in length, an index is out of range, or the spot is no
            positive number.
    """
    _require(spot, strike, iv, weight, expiry, strike_index)
    _require(spot, expiry_ns, forward)
    _require(spot, spots, at_ns)
    for name, index, limit in (("expiry", expiry, len(expiry_ns)), ("strike_index", strike_index, strikes)):
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < limit:
            raise EngineError(f"{name} reaches from {index.min()} to {index.max()}, there are {limit}")
    counted = np.flatnonzero((weight != 0.0) & np.isfinite(weight) & (iv > 0.0) & (iv < np.inf) & (strike > 0.0))
    counted = counted[np.argsort(expiry[counted], kind="stable")]
    ends = np.searchsorted(expiry[counted], np.arange(len(expiry_ns)), side="right")
    out = np.zeros((len(spots), strikes), np.float32)
    series = as_input(expiry_ns, np.int64), as_input(forward), as_input(ends, np.int64)
    chain = *(as_input(each[counted]) for each in (strike, iv, weight)), as_input(strike_index[counted], np.int64)
    path = as_input(spots), as_input(at_ns, np.int64)
    _columns(float(spot), int(as_of_ns), float(rate), *series, *chain, *path, out)
    return out


def _require(spot: float, *arrays: NDArray[Any]) -> None:
    if not 0.0 < spot < np.inf:
        raise EngineError(f"gamma needs a positive spot, received {spot}")
    if len({len(each) for each in arrays}) != 1:
        raise EngineError(f"gamma needs arrays of one length, received {[len(each) for each in arrays]}")


@kernel
def _at_spot(
    spot: float, forward: Floats, strike: Floats, years: Floats, discount: Floats, iv: Floats, out: Floats
) -> None:
    for at in range(len(strike)):
        f, k, t, v = forward[at], strike[at], years[at], iv[at]
        spread = v * sqrt(t)
        d = (log_ratio(f, k) / spread + 0.5 * spread) * _IN_TWOS
        gamma = discount[at] * (f / spot) * power_of_two(-(d * d)) / (spot * ROOT_TWO_PI * spread)
        is_known = f > 0.0 and k > 0.0 and v > 0.0 and f < np.inf and k < np.inf and v < np.inf and abs(t) < np.inf
        timely = gamma if t > 0.0 else 0.0
        out[at] = timely if is_known else np.nan


@kernel
def _ladder(
    spot: float,
    forward: Floats,
    strike: Floats,
    years: Floats,
    discount: Floats,
    iv: Floats,
    weight: Floats,
    spots: Floats,
    moves: Floats,
    sums: Floats,
) -> None:
    widest()
    for j in range(len(spots)):
        moves[j] = log_ratio(spots[j], spot)
    n = len(strike)
    size, slope, start = np.zeros(n + 1), np.zeros(n + 1), np.zeros(n + 1)
    for at in range(n):
        spread = iv[at] * sqrt(years[at])
        size[at] = weight[at] * discount[at] * (forward[at] / spot) / (ROOT_TWO_PI * spread)
        slope[at] = _IN_TWOS / spread
        start[at] = log_ratio(forward[at], strike[at]) * slope[at] + (0.5 * _IN_TWOS) * spread
    counted = 0
    for at in range(n):  # those that count, moved together
        if size[at] != 0.0 and abs(size[at]) < np.inf and abs(start[at]) < np.inf and iv[at] > 0.0:
            size[counted], slope[counted], start[counted] = size[at], slope[at], start[at]
            counted += 1
    size[counted] = slope[counted] = start[counted] = 0.0
    for at in range(0, counted, 2):  # two at a time: half the traffic of the sums
        size_0, slope_0, start_0 = size[at], slope[at], start[at]
        size_1, slope_1, start_1 = size[at + 1], slope[at + 1], start[at + 1]
        for j in range(len(moves)):
            d_0 = moves[j] * slope_0 + start_0
            d_1 = moves[j] * slope_1 + start_1
            sums[j] = (sums[j] + size_0 * power_of_two(-(d_0 * d_0))) + size_1 * power_of_two(-(d_1 * d_1))


@kernel
def _columns(
    spot: float,
    as_of_ns: int,
    rate: float,
    expiry_ns: Times,
    forward: Floats,
    ends: Indices,
    strike: Floats,
    iv: Floats,
    weight: Floats,
    strike_index: Indices,
    spots: Floats,
    at_ns: Times,
    out: NDArray[np.float32],
) -> None:
    widest()
    n = len(strike)
    moneyness, steep, half, size = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for at in range(n):
        moneyness[at] = log_ratio(spot, strike[at])
        steep[at], half[at] = _IN_TWOS / iv[at], 0.5 * _IN_TWOS * iv[at]
        size[at] = weight[at] / (ROOT_TWO_PI * iv[at])
    carry = np.zeros(len(expiry_ns))  # ln(forward / spot) per year
    for e in range(len(expiry_ns)):
        if expiry_ns[e] > as_of_ns and forward[e] > 0.0:
            carry[e] = log_ratio(forward[e], spot) / ((expiry_ns[e] - as_of_ns) / _NS_PER_YEAR)
    values, row = np.empty(n), np.empty(out.shape[1])
    for j in range(len(spots)):
        if not (spots[j] > 0.0 and spots[j] < np.inf):
            continue
        row[:] = 0.0
        move = log_ratio(spots[j], spot)
        first = 0
        for e in range(len(expiry_ns)):
            last = ends[e]
            years = (expiry_ns[e] - at_ns[j]) / _NS_PER_YEAR
            if years > 0.0 and last > first and forward[e] > 0.0:
                root = sqrt(years)
                per_root = 1.0 / root
                grown = move + carry[e] * years
                scale = exponential((carry[e] - rate) * years) * spots[j] * per_root
                for at in range(first, last):
                    d = (grown + moneyness[at]) * (steep[at] * per_root) + half[at] * root
                    values[at] = scale * size[at] * power_of_two(-(d * d))
                for at in range(first, last):
                    row[strike_index[at]] += values[at]
            first = last
        for k in range(len(row)):
            out[j, k] = row[k]
