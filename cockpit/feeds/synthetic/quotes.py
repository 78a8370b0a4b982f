"""Prices of the model surface and the quotes around them, in one pass over the strikes.

A quote always holds the model's price: bid <= price <= ask, so what the model cannot be arbitraged for, its quotes
cannot be either, and put-call parity lies inside them. Spreads follow the measured medians by price.

Source: ``formulas.md`` 1.1 (Black-76), ``market-model.md`` 1 and 3 (spreads).
"""

import math
from typing import Final

import numpy as np
from numba import njit

from cockpit.feeds.synthetic.surface import variance
from cockpit.units import Floats, Times

SMALL_TICK: Final = 0.05
BIG_TICK: Final = 0.10
TICK_EDGE: Final = 3.0  # prices below tick in small ticks
SPREAD_NOISE: Final = 0.22  # of the logarithm
LOWEST: Final = 0.03
# spread by price: out of the money, and its least in the money
_OTM_PRICES: Final = np.array([0.05, 0.2, 0.5, 1, 2, 4, 7, 15, 30, 60, 120, 280, 700])
_OTM_SPREADS: Final = np.array([0.05, 0.09, 0.12, 0.13, 0.15, 0.2, 0.24, 0.32, 0.45, 0.62, 0.95, 1.9, 9.0])
_ITM_PRICES: Final = np.array([20.0, 60, 120, 280, 700, 3000])
_ITM_SPREADS: Final = np.array([0.3, 0.45, 0.95, 4.5, 9.0, 14.0])
_OTM_LOG: Final = np.log(_OTM_PRICES)

# columns of what ``price`` fills, calls then puts
BID, ASK, DELTA, GAMMA, IV, MID = range(6)
COLUMNS: Final = 6


@njit(cache=True, nogil=True)
def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@njit(cache=True, nogil=True)
def _between(x: float, xs: Floats, ys: Floats) -> float:
    """``ys`` at ``x``, linear between ``xs``, level beyond."""
    if x <= xs[0]:
        return ys[0]
    for i in range(1, len(xs)):
        if x < xs[i]:
            return ys[i - 1] + (ys[i] - ys[i - 1]) * (x - xs[i - 1]) / (xs[i] - xs[i - 1])
    return ys[-1]


@njit(cache=True, nogil=True)
def quote(price: float, is_itm: bool, noise: float, wide: float) -> tuple[float, float]:
    """Bid and ask around a price, on the tick; the bid is 0 where nobody would pay a tick.

    Args:
        price: Of the model, USD per unit of the underlying.
        is_itm: Whether the option is in the money, where spreads are wider.
        noise: Standard normal of the contract.
        wide: Factor of all spreads, 1 in a calm market.
    """
    spread = _between(math.log(max(price, LOWEST)), _OTM_LOG, _OTM_SPREADS)
    if is_itm:
        spread = max(spread, _between(price, _ITM_PRICES, _ITM_SPREADS))
    tick = SMALL_TICK if price < TICK_EDGE else BIG_TICK
    spread = max(tick, spread * wide * math.exp(SPREAD_NOISE * noise))
    bid = math.floor((price - spread / 2) / tick + 1e-9)
    ask = math.ceil((price + spread / 2) / tick - 1e-9)
    # rounding outwards widens: some contracts take the tick back on the side that has room, so the mean is kept
    share = ((ask - bid) * tick - spread) / tick
    if ask - bid >= 2 and (abs(noise) * 7919.0) % 1.0 < share:
        if ask * tick - price > price - bid * tick:
            ask -= 1
        else:
            bid += 1
    return max(round(bid * tick, 2), 0.0), max(round(ask * tick, 2), tick)


@njit(cache=True, nogil=True)
def price(
    number: Times,
    strike: Floats,
    noise: Floats,
    forward: Floats,
    discount: Floats,
    years: Floats,
    theta: Floats,
    spot: float,
    wide: float,
    out: Floats,
) -> None:
    """Fill quotes and greeks of every strike.

    Args:
        number: int64 (n,), series of each strike.
        strike, noise: float64 (n,), strike and the contract's standard normal.
        forward, discount, years, theta: float64 (s,), of each series; ``theta`` is total variance at the money.
        spot: Of the underlying.
        wide: Factor of the spreads.
        out: float64 (2, 6, n), calls and puts by BID, ASK, DELTA, GAMMA, IV, MID; deltas and gammas by the spot.
    """
    for i in range(len(strike)):
        s = number[i]
        k = math.log(strike[i] / forward[s])
        w = variance(float(theta[s]), k)
        deviation = math.sqrt(w)
        d1 = -k / deviation + deviation / 2
        d2 = d1 - deviation
        grown = forward[s] / spot
        call = discount[s] * (forward[s] * _normal(d1) - strike[i] * _normal(d2))
        put = discount[s] * (strike[i] * _normal(-d2) - forward[s] * _normal(-d1))
        density = math.exp(-0.5 * d1 * d1) / math.sqrt(2 * math.pi)
        gamma = discount[s] * grown * density / (spot * deviation)
        iv = math.sqrt(w / years[s])
        for side in range(2):
            value = max(call if side == 0 else put, 0.0)
            is_itm = strike[i] < forward[s] if side == 0 else strike[i] > forward[s]
            bid, ask = quote(value, is_itm, noise[i] if side == 0 else -noise[i], wide)
            out[side, BID, i] = bid
            out[side, ASK, i] = ask
            out[side, DELTA, i] = discount[s] * grown * (_normal(d1) if side == 0 else -_normal(-d1))
            out[side, GAMMA, i] = gamma
            out[side, IV, i] = iv
            out[side, MID, i] = value
