"""Prices and greeks of European options: Black-Scholes-Merton with a yield, and Black-76 on a forward.

Source: ``formulas.md`` 1.1; Haug (2007), "The Complete Guide to Option Pricing Formulas".
"""

from dataclasses import dataclass, fields
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cockpit.engines.options.special import (
    ROOT_HALF,
    ROOT_TWO_PI,
    as_input,
    erfcx_positive,
    exponential,
    kernel,
    log_ratio,
    normal_tail,
    single,
)
from cockpit.errors import EngineError
from cockpit.units import Floats

_BLOCK: Final = 256  # options at a time: what is between the passes stays in the first cache


@dataclass(frozen=True, slots=True, eq=False)
class Greeks:
    """Value and sensitivities of each option; float64 arrays of one shape, NaN where there is no answer.

    Attributes:
        price: Price units of the underlying.
        delta: d price / d spot (Black-76: / d forward).
        gamma: d2 price / d spot2, per price unit.
        vega: d price / d volatility, per 1.00 of volatility.
        theta: d price / d time as time passes, per year.
        rho: d price / d rate, per 1.00; Black-76 holds the forward still.
        vanna: d2 price / d spot d volatility.
        charm: d delta / d time as time passes, per year.
        speed: d gamma / d spot.
        color: d gamma / d time as time passes, per year.
        zomma: d gamma / d volatility.
        volga: d2 price / d volatility2.
        is_expired: bool, whether no time was left: the value is the payoff, delta 0 or +-1 (+-0.5 at the money).
    """

    price: Floats
    delta: Floats
    gamma: Floats
    vega: Floats
    theta: Floats
    rho: Floats
    vanna: Floats
    charm: Floats
    speed: Floats
    color: Floats
    zomma: Floats
    volga: Floats
    is_expired: NDArray[np.bool_]


OUTPUTS: Final = tuple(field.name for field in fields(Greeks) if field.name != "is_expired")


def greeks(
    spot: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    rate: ArrayLike,
    carry_yield: ArrayLike,
    sigma: ArrayLike,
    is_call: ArrayLike,
) -> Greeks:
    """Black-Scholes-Merton with a continuous yield.

    Args:
        spot, strike: Price units, above 0; else the answer is NaN.
        years: To expiry, ACT/365 years; none left or less: the payoff.
        rate, carry_yield: Continuously compounded decimals per year.
        sigma: Decimal per sqrt(year); 0 or less: discounted intrinsic value and its own slopes.
        is_call: True for calls, False for puts.

    All are numbers or arrays that broadcast to one shape, which the answers have.

    Raises:
        EngineError: The shapes do not fit.

    Source: ``formulas.md`` 1.1.
    """
    return _answer((spot, strike, years, rate, carry_yield, sigma), is_call, is_forward=False)


def black76(
    forward: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    rate: ArrayLike,
    sigma: ArrayLike,
    is_call: ArrayLike,
) -> Greeks:
    """Black-76: an option on a forward; Black-Scholes-Merton with the yield equal to the rate.

    Args:
        forward, strike, years, rate, sigma, is_call: As ``greeks``; slopes are those against the forward.

    Raises:
        EngineError: The shapes do not fit.

    Source: ``formulas.md`` 1.1; Black (1976), "The pricing of commodity contracts".
    """
    return _answer((forward, strike, years, rate, rate, sigma), is_call, is_forward=True)


def _answer(numbers: tuple[ArrayLike, ...], is_call: ArrayLike, *, is_forward: bool) -> Greeks:
    arrays = [*(np.asarray(each, np.float64) for each in numbers), np.asarray(is_call, np.bool_)]
    try:
        shape = np.broadcast_shapes(*(each.shape for each in arrays))
    except ValueError as error:
        raise EngineError(f"greeks need arrays of one shape, received {[each.shape for each in arrays]}") from error
    flat = [as_input(np.broadcast_to(each, shape).reshape(-1), each.dtype) for each in arrays]
    out = np.empty((len(OUTPUTS), flat[0].size))
    _fill(*flat, is_forward, out)
    columns = dict(zip(OUTPUTS, out.reshape(len(OUTPUTS), *shape), strict=True))
    return Greeks(**columns, is_expired=(flat[2] <= 0.0).reshape(shape))


@kernel
def _fill(
    spot: Floats,
    strike: Floats,
    years: Floats,
    rate: Floats,
    carry: Floats,
    sigma: Floats,
    is_call: NDArray[np.bool_],
    is_forward: bool,
    out: Floats,
) -> None:
    """The columns of ``OUTPUTS``, in blocks small enough for the cache, in passes short enough for a CPU."""
    d1, d2, density, grown = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    in_1, in_2, discount = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    for first in range(0, len(spot), _BLOCK):
        last = min(first + _BLOCK, len(spot))
        s, k, t, r, q = spot[first:last], strike[first:last], years[first:last], rate[first:last], carry[first:last]
        v, call, o = sigma[first:last], is_call[first:last], out[:, first:last]
        for i in range(last - first):
            spread = v[i] * sqrt(t[i])
            d1[i] = (log_ratio(s[i], k[i]) + (r[i] - q[i]) * t[i]) / spread + 0.5 * spread
            d2[i] = d1[i] - spread
            grown[i], discount[i] = exponential(-q[i] * t[i]), exponential(-r[i] * t[i])
        for i in range(last - first):
            density[i] = exponential(-0.5 * d1[i] * d1[i])
            tail = 0.5 * erfcx_positive(abs(d1[i]) * ROOT_HALF) * density[i]
            in_1[i] = tail if call[i] == (d1[i] < 0.0) else 1.0 - tail
        for i in range(last - first):
            tail = normal_tail(abs(d2[i]))
            in_2[i] = tail if call[i] == (d2[i] < 0.0) else 1.0 - tail
        for i in range(last - first):
            w = 1.0 if call[i] else -1.0
            root = sqrt(t[i])
            per_spread = 1.0 / (v[i] * root)
            bell = grown[i] * density[i] * (1.0 / ROOT_TWO_PI)
            gamma = bell * per_spread / s[i]
            vega = s[i] * bell * root
            held, owed = s[i] * grown[i] * in_1[i], k[i] * discount[i] * in_2[i]
            per_v, per_t, both = root * per_spread, 1.0 / t[i], d1[i] * d2[i]
            drift = r[i] - q[i]
            price = max(w * (held - owed), 0.0)
            o[0, i] = price
            o[1, i] = w * grown[i] * in_1[i]
            o[2, i] = gamma
            o[3, i] = vega
            o[4, i] = w * (q[i] * held - r[i] * owed) - 0.5 * vega * v[i] * per_t
            o[5, i] = -t[i] * price if is_forward else w * t[i] * owed
            o[6, i] = -bell * d2[i] * per_v
            o[7, i] = w * q[i] * grown[i] * in_1[i] - bell * (drift * per_spread - 0.5 * d2[i] * per_t)
            o[8, i] = -gamma / s[i] * (d1[i] * per_spread + 1.0)
            o[9, i] = gamma * (q[i] + drift * d1[i] * per_spread + 0.5 * (1.0 - both) * per_t)
            o[10, i] = gamma * (both - 1.0) * per_v
            o[11, i] = vega * both * per_v
        for i in range(last - first):
            usual = (
                s[i] > 0.0
                and k[i] > 0.0
                and t[i] > 0.0
                and v[i] > 0.0
                and density[i] > 0.0
                and abs(s[i] + k[i] + t[i] + v[i] + r[i] + q[i]) < np.inf
            )
            if not usual:
                _settle(s[i], k[i], t[i], r[i], q[i], v[i], call[i], is_forward, o[:, i])


@single
def _settle(
    s: float, k: float, t: float, r: float, q: float, v: float, is_call: bool, is_forward: bool, out: Floats
) -> None:
    """One option that nothing moves any more: its end in the money, out of it or on the edge is certain."""
    if not (s > 0.0 and k > 0.0 and abs(s + k + t + r + q + v) < np.inf):
        out[:] = np.nan
        return
    t = max(t, 0.0)
    w = 1.0 if is_call else -1.0
    edge = log_ratio(s, k) + (r - q) * t  # ln(forward / strike)
    inside = 0.5 if edge == 0.0 else (1.0 if w * edge > 0.0 else 0.0)
    held, owed = s * exponential(-q * t) * inside, k * exponential(-r * t) * inside
    price = max(w * (held - owed), 0.0)
    out[:] = 0.0
    out[0] = price
    out[1] = w * held / s
    out[5] = -t * price if is_forward else w * t * owed
    if t > 0.0:
        out[4] = w * (q * held - r * owed)
        out[7] = w * q * held / s
