"""The volatility surface behind the simulated options: one SSVI a day with fatter wings, no arbitrage on it.

Total variance of an expiry at log-moneyness ``k`` is the SSVI of its at-the-money total variance ``theta``, times a
factor for either wing: quoted wings are fatter than an SSVI fitted near the money makes them. ``theta`` never falls
with time to expiry.

Source: Gatheral & Jacquier (2014), "Arbitrage-free SVI volatility surfaces"; levels by ``market-model.md`` 3.
"""

import math
from typing import Final

import numpy as np
from numba import njit

from cockpit.units import Floats

RHO: Final = -0.57
ETA: Final = 1.50
GAMMA: Final = 0.43
PUT_WING: Final = 0.62  # the most the volatility of far puts rises above the SSVI, as a share
PUT_WING_FROM: Final = 1.8  # standard deviations below the forward
PUT_WING_OVER: Final = 9.0  # standard deviations over which it does so
CALL_WING: Final = 0.11  # a standard deviation
CALL_WING_FROM: Final = 1.5
CALL_WING_OVER: Final = 3.0  # where it levels out
HINGE: Final = 4.0  # sharpness of the smooth hinges

# at-the-money volatility by days to expiry: level over that of 30 days when that is CALM_ATM, and its answer to a
# shock of the 30-day volatility
CALM_ATM: Final = 0.115
_LEVEL_DAYS: Final = np.array([1.0, 9.0, 30.0, 93.0, 186.0, 365.0, 730.0, 1825.0])
_LEVELS: Final = np.array([0.74, 0.88, 1.0, 1.13, 1.16, 1.15, 1.17, 1.20])
_ANSWER_DAYS: Final = np.array([1.0, 9.0, 30.0, 93.0, 186.0, 365.0, 730.0])
_ANSWERS: Final = np.array([2.6, 1.55, 1.0, 0.60, 0.42, 0.28, 0.18])
# how much of a high level is answered like a shock, so that the curve inverts: slopes of the VIX family on the VIX
_FLATTENING: Final = np.array([0.30, 0.29, 0.30, 0.41, 0.50, 0.62, 0.62])
SHORTEST_DAYS: Final = 0.25
WIDEST_SHOCK: Final = 1.2  # of the logarithm; the VIX never rose more within days


def at_the_money(years: Floats, atm30: float, shock: float) -> Floats:
    """Volatility at the money by time to expiry.

    Args:
        years: float64 (n,), ACT/365.
        atm30: Slow level of the 30-day volatility, decimal per sqrt(year).
        shock: What has been added to its logarithm by the market since.

    Returns:
        float64 (n,), decimal per sqrt(year).
    """
    days = np.log(np.maximum(years * 365.0, SHORTEST_DAYS))
    level = np.interp(days, np.log(_LEVEL_DAYS), _LEVELS)
    answer = np.interp(days, np.log(_ANSWER_DAYS), _ANSWERS)
    flattening = np.interp(days, np.log(_ANSWER_DAYS), _FLATTENING)
    push = min(max(shock, -WIDEST_SHOCK), WIDEST_SHOCK)
    return atm30 * level * np.exp((answer - 1) * flattening * math.log(atm30 / CALM_ATM) + answer * push)


def total_variances(years: Floats, atm30: float, shock: float, uneven: Floats) -> Floats:
    """At-the-money total variance of expiries, never falling with time.

    Args:
        years: float64 (n,), ascending.
        atm30, shock: See ``at_the_money``.
        uneven: float64 (n,), what each expiry's volatility differs from the curve, of the logarithm.
    """
    volatility = at_the_money(years, atm30, shock) * np.exp(uneven)
    return np.maximum.accumulate(volatility**2 * years)


@njit(cache=True, nogil=True)
def _hinge(x: float) -> float:
    """``max(x, 0)``, rounded off around 0."""
    scaled = HINGE * x
    if scaled > 30.0:
        return x
    return math.log1p(math.exp(scaled)) / HINGE


@njit(cache=True, nogil=True)
def variance(theta: float, k: float) -> float:
    """Total variance at log-moneyness ``k`` = ln(strike / forward) of an expiry with ``theta`` at the money."""
    phi = ETA / (theta**GAMMA * (1.0 + theta) ** (1.0 - GAMMA))
    tilt = phi * k + RHO
    base = 0.5 * theta * (1.0 + RHO * phi * k + math.sqrt(tilt * tilt + 1.0 - RHO * RHO))
    z = k / math.sqrt(theta)
    put = 1.0 + PUT_WING * (1.0 - math.exp(-_hinge(-z - PUT_WING_FROM) / PUT_WING_OVER))
    call = 1.0 + CALL_WING * CALL_WING_OVER * (1.0 - math.exp(-_hinge(z - CALL_WING_FROM) / CALL_WING_OVER))
    wings = put * call
    return base * wings * wings
