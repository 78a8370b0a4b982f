"""Implied volatility of European options, to the last digits a price carries.

Prices are brought out of the money by parity, normalised by ``sqrt(forward * strike)`` and compared as logarithms,
so that a price of 1e-245 is as good as one of 10. Beyond half of the highest possible price the logarithm of what
is missing to that is compared instead. Steps are Householder's of the third order: two for every contract, many at
a time, from a guess good to a fraction of a percent; whoever has not settled then is bracketed alone.

Source: ``formulas.md`` 1.2; Jäckel (2015), "Let's Be Rational" (the normalisation and the objectives).
"""

from enum import IntEnum
from math import log, pi, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.special import (
    ROOT_HALF,
    ROOT_TWO_PI,
    as_input,
    erfcx,
    erfcx_positive,
    kernel,
    log_of_ratio,
    log_ratio,
    part,
    single,
)
from cockpit.errors import EngineError
from cockpit.units import Floats

_ROOT_HALF_PI: Final = sqrt(0.5 * pi)
_ROOT_HALF_OVER_PI: Final = sqrt(0.5 / pi)
_ROUNDING: Final = 4.5e-16  # of the intrinsic value: less than this is no time value but the last bit of the price
_CLOSE: Final = 1e-4  # after a step of the fourth order this small, relative, nothing is left to do
_NARROW: Final = 0.55  # total volatility up to which the series for differences holds
_NEAR: Final = 4.0  # abs(ln(forward / strike)) up to which it loses nothing
_AT_MONEY: Final = 0.01  # away / value below which the guess is a straight line
_MOST_STEPS: Final = 2_000  # a bracket that halves is done long before
_BLOCK: Final = 256  # contracts at a time: what is between the passes stays in the first cache

# (1 + q) / q^2 * away / s over (q - 4) / (q + 4), where q^2 = ln(1 + away / value); off by 0.2 % at most
_G0, _G1, _G2, _G3, _G4, _G5, _G6, _G7, _G8 = (
    1.4270096,
    0.45779107,
    -1.1897737,
    0.79377606,
    1.5282014,
    -1.8483809,
    -1.738306,
    1.3110252,
    1.0860008,
)


class Reason(IntEnum):
    """Why a price has the volatility it has, or none."""

    SOLVED = 0
    AT_INTRINSIC = 1  # no time value: the volatility is 0
    BELOW_INTRINSIC = 2
    ABOVE_MAX = 3  # at or above the forward (calls) or the strike (puts), discounted
    NON_POSITIVE = 4  # the price is below 0
    BAD_INPUT = 5  # a number is unknown, or not positive where it must be


_AT_INTRINSIC, _BELOW, _ABOVE, _NON_POSITIVE, _BAD = (int(each) for each in tuple(Reason)[1:])


def implied_vol(
    price: Floats, forward: Floats, strike: Floats, years: Floats, discount: Floats, is_call: NDArray[np.bool_]
) -> Floats:
    """Volatility at which Black-76 gives the price.

    Args:
        price: float64 (n,), discounted, price units.
        forward, strike: float64 (n,), price units, above 0.
        years: float64 (n,), to expiry, above 0.
        discount: float64 (n,), value today of 1 at expiry, above 0.
        is_call: bool (n,).

    Returns:
        float64 (n,), decimal per sqrt(year); 0 where the price is the intrinsic value, NaN where there is no
        answer, see ``reasons``.

    Raises:
        EngineError: The arrays differ in length.

    Source: ``formulas.md`` 1.2.
    """
    return _answers(price, forward, strike, years, discount, is_call)[0]


def reasons(
    price: Floats, forward: Floats, strike: Floats, years: Floats, discount: Floats, is_call: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Why each price has the answer it has: ``Reason`` as uint8 (n,); arguments as ``implied_vol``."""
    return _answers(price, forward, strike, years, discount, is_call)[1]


def _answers(
    price: Floats, forward: Floats, strike: Floats, years: Floats, discount: Floats, is_call: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.uint8]]:
    columns = (price, forward, strike, years, discount)
    lengths = [len(each) for each in (*columns, is_call)]
    if len(set(lengths)) != 1:
        raise EngineError(f"implied volatilities need arrays of one length, received {lengths}")
    sigma, reason = np.empty(lengths[0]), np.empty(lengths[0], np.uint8)
    _solve_all(*(as_input(each) for each in columns), as_input(is_call, np.bool_), sigma, reason)
    return sigma, reason


@single
def _reason(price: float, forward: float, strike: float, years: float, discount: float, is_call: bool) -> int:
    is_known = abs(price) < np.inf and forward < np.inf and strike < np.inf and years < np.inf and discount < np.inf
    if not (is_known and forward > 0.0 and strike > 0.0 and years > 0.0 and discount > 0.0):
        return _BAD
    if price < 0.0:
        return _NON_POSITIVE
    value = price / discount
    if value >= (forward if is_call else strike):
        return _ABOVE
    intrinsic = max(forward - strike if is_call else strike - forward, 0.0)
    if abs(value - intrinsic) <= _ROUNDING * intrinsic:
        return _AT_INTRINSIC
    return _BELOW if value < intrinsic else 0


@kernel
def _solve_all(
    price: Floats,
    forward: Floats,
    strike: Floats,
    years: Floats,
    discount: Floats,
    is_call: NDArray[np.bool_],
    sigma: Floats,
    reason: NDArray[np.uint8],
) -> None:
    """Two steps for all, whatever they are, in passes short enough for the CPU; who needs more gets it alone."""
    edge, away, value, per_value = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    total, per_total, width, usual = (
        np.empty(_BLOCK),
        np.empty(_BLOCK),
        np.empty(_BLOCK),
        np.empty(_BLOCK, np.bool_),
    )
    for first in range(0, len(price), _BLOCK):
        last = min(first + _BLOCK, len(price))
        p, f, k, t = price[first:last], forward[first:last], strike[first:last], years[first:last]
        df, call, out = discount[first:last], is_call[first:last], sigma[first:last]
        count = last - first
        for i in range(count):
            inside = f[i] - k[i] if call[i] else k[i] - f[i]
            left = p[i] / df[i] - max(inside, 0.0)
            usual[i] = (f[i] > 0.0) & (k[i] > 0.0) & (df[i] > 0.0) & (t[i] > 0.0) & (t[i] < np.inf)
            usual[i] &= (left > _ROUNDING * inside) & (left < min(f[i], k[i]))
            scale = 1.0 / sqrt(f[i] * k[i])
            value[i] = left * scale
            edge[i], away[i] = abs(log_ratio(f[i], k[i])), abs(inside) * scale
        for i in range(count):
            per_value[i] = 1.0 / value[i]
            total[i] = _guess(edge[i], value[i], away[i] * per_value[i])
        for i in range(count):
            per_total[i] = 1.0 / total[i]
            width[i] = _narrow_width(edge[i], total[i], edge[i] * per_total[i])
        for i in range(count):
            total[i] += _lower_step(edge[i], total[i], per_total[i], width[i], value[i], per_value[i])
        for i in range(count):
            per_total[i] = 1.0 / total[i]
            width[i] = _narrow_width(edge[i], total[i], edge[i] * per_total[i])
        for i in range(count):
            step = _lower_step(edge[i], total[i], per_total[i], width[i], value[i], per_value[i])
            total[i] += step
            out[i] = total[i] / sqrt(t[i])
            usual[i] &= (abs(step) <= _CLOSE * total[i]) & (total[i] <= _NARROW) & (edge[i] <= _NEAR)
        for i in range(count):
            reason[first + i] = 0
            if not usual[i]:
                out[i], reason[first + i] = _alone(p[i], f[i], k[i], t[i], df[i], call[i])


@single
def _alone(
    price: float, forward: float, strike: float, years: float, discount: float, is_call: bool
) -> tuple[float, int]:
    """Answer and reason of one contract that two steps do not settle."""
    why = _reason(price, forward, strike, years, discount, is_call)
    if why:
        return (0.0 if why == _AT_INTRINSIC else np.nan), why
    inside = forward - strike if is_call else strike - forward
    left = price / discount - max(inside, 0.0)
    scale = 1.0 / (sqrt(forward) * sqrt(strike))
    value, missing = left * scale, (min(forward, strike) - left) * scale
    return _solve(abs(log_ratio(forward, strike)), abs(inside) * scale, value, missing) / sqrt(years), 0


@part
def _guess(edge: float, value: float, ratio: float) -> float:
    """Total volatility to better than a percent: that of a normal distribution, brought to a lognormal one.

    There ``value / away`` depends on ``away / s`` alone, and its inverse is a polynomial after three changes of
    variable; near the money, where that is 0 / 0, a straight line. ``away`` is abs(forward - strike), normalised,
    and ``ratio`` is away / value.
    """
    p = log_ratio(1.0 + ratio, 1.0)
    q = sqrt(p)
    t = (q - 4.0) / (q + 4.0)
    t2 = t * t
    low = (_G1 * t + _G0) + (_G3 * t + _G2) * t2
    high = (_G5 * t + _G4) + (_G7 * t + _G6) * t2 + _G8 * (t2 * t2)
    far = edge * (1.0 + q) / ((high * (t2 * t2) + low) * p)
    s = ROOT_TWO_PI * (value + 0.5 * edge) if ratio < _AT_MONEY else far
    return s * (1.0 + s * s * (1.0 / 24.0))


@part
def _narrow_width(edge: float, s: float, h: float) -> float:
    """erfcx(a - d) - erfcx(a + d) for a = h / sqrt(2), d = s / sqrt(8), h = edge / s, without the cancellation.

    It is the odd part of a Taylor series in d; the derivatives obey y'' = 2 a y' + 2 y, so term after term comes
    from the two before it. Sixteen terms are enough for s <= 0.55.
    """
    p, q = 0.5 * edge, 0.25 * s * s
    e0 = erfcx_positive(h * ROOT_HALF)
    e1 = p * e0 - _ROOT_HALF_OVER_PI * s
    e2 = (p * (1 / 2)) * e1 + (q * (1 / 2)) * e0
    e3 = (p * (1 / 3)) * e2 + (q * (1 / 3)) * e1
    e4 = (p * (1 / 4)) * e3 + (q * (1 / 4)) * e2
    e5 = (p * (1 / 5)) * e4 + (q * (1 / 5)) * e3
    e6 = (p * (1 / 6)) * e5 + (q * (1 / 6)) * e4
    e7 = (p * (1 / 7)) * e6 + (q * (1 / 7)) * e5
    e8 = (p * (1 / 8)) * e7 + (q * (1 / 8)) * e6
    e9 = (p * (1 / 9)) * e8 + (q * (1 / 9)) * e7
    e10 = (p * (1 / 10)) * e9 + (q * (1 / 10)) * e8
    e11 = (p * (1 / 11)) * e10 + (q * (1 / 11)) * e9
    e12 = (p * (1 / 12)) * e11 + (q * (1 / 12)) * e10
    e13 = (p * (1 / 13)) * e12 + (q * (1 / 13)) * e11
    e14 = (p * (1 / 14)) * e13 + (q * (1 / 14)) * e12
    e15 = (p * (1 / 15)) * e14 + (q * (1 / 15)) * e13
    return -2.0 * (e1 + (e3 + (e5 + (e7 + (e9 + (e11 + (e13 + e15)))))))


@part
def _lower_step(edge: float, s: float, per_s: float, width: float, value: float, per_value: float) -> float:
    """Householder's step of the third order for ln b(s) = ln value; b is exp(-(h^2 + s^2 / 4) / 2) width / 2."""
    h2 = (edge * per_s) * (edge * per_s)
    off = log_of_ratio(width, 2.0 * value, 0.5 * width * per_value) - 0.5 * (h2 + 0.25 * s * s)
    newton = -off * width * _ROOT_HALF_PI
    second = h2 * per_s - 0.25 * s  # of b, over the first derivative
    third = second * second - 3.0 * h2 * per_s * per_s - 0.25
    curve = second * newton + off
    twist = (third * newton + 3.0 * second * off) * newton + 2.0 * off * off
    return newton * (1.0 + 0.5 * curve) / (1.0 + curve + twist * (1.0 / 6.0))


@single
def _solve(edge: float, away: float, value: float, missing: float) -> float:
    """Total volatility s with b(s) = value for ln(forward / strike) = -edge, by steps inside a bracket.

    ``missing`` is what the value lacks to its highest, exp(-edge / 2); the smaller of both is compared.
    """
    is_upper = value > missing
    sign = -1.0 if is_upper else 1.0
    target = log(missing if is_upper else value)
    low, high = 0.0, np.inf
    s = _guess(edge, value, away / value)
    if not 0.0 < s < np.inf:
        s = max(1.0, sqrt(2.0 * edge))
    for _ in range(_MOST_STEPS):
        h, t = edge / s, 0.5 * s
        if is_upper:
            width = erfcx((t - h) * ROOT_HALF) + erfcx((t + h) * ROOT_HALF)
        elif s <= _NARROW and edge <= _NEAR:
            width = _narrow_width(edge, s, h)
        else:
            width = erfcx((h - t) * ROOT_HALF) - erfcx((h + t) * ROOT_HALF)
        off = sign * (log(0.5 * width) - 0.5 * (h * h + t * t) - target)
        low, high = (low, s) if off > 0.0 else (s, high)
        newton = -off * width * _ROOT_HALF_PI
        second = h * h / s - 0.25 * s
        third = second * second - 3.0 * h * h / (s * s) - 0.25
        curve = second * newton + sign * off
        twist = (third * newton + 3.0 * sign * second * off) * newton + 2.0 * off * off
        step = newton * (1.0 + 0.5 * curve) / (1.0 + curve + twist / 6.0)
        if low < s + step < high and abs(step) <= 0.5 * s:
            s += step
            if abs(step) <= _CLOSE * s:
                break
        else:
            s = 2.0 * s if high == np.inf else 0.5 * (low + high)
            if high - low <= 1e-15 * s:
                break
    return s
