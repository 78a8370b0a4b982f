"""Sign models: on which side of each contract dealers are taken to stand.

Nobody publishes who holds an option. A model gives every contract a factor in [-1, 1]: +1 when dealers are long
its whole open interest, -1 when they are short of it. Positive exposure means dealers are long gamma: they sell
rallies and buy dips. Decision record 0006 says what each model claims and where it fails.

Source: ``formulas.md`` 2, ``contracts.md`` 2.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from cockpit.engines.options.chain import Chain, series_numbers
from cockpit.errors import EngineError
from cockpit.units import Floats

SIGN_MODELS: Final = ("calls_minus_puts", "flow", "skew_adjusted", "short_all")
SKEW_FRAC: Final = 0.1  # of the volatility at the money: so much dearer counts as bought for 76 %


def signs(chain: Chain, model: str) -> Floats:
    """Factor of every contract, float64 (n,) in [-1, 1].

    Raises:
        EngineError: An unknown model, or one that needs what a chain does not carry.
    """
    if model == "calls_minus_puts":
        return np.where(chain.is_call, 1.0, -1.0)
    if model == "short_all":
        return np.full(len(chain), -1.0)
    if model == "skew_adjusted":
        return skew_signs(chain)
    if model == "flow":
        raise EngineError(
            "sign model flow needs signed option prints (each trade with its side); an option chain carries none: "
            "choose calls_minus_puts, skew_adjusted or short_all"
        )
    raise EngineError(f"sign model {model!r}: choose one of {', '.join(SIGN_MODELS)}")


def skew_signs(chain: Chain) -> Floats:
    """``-tanh((iv - iv at the money) / (0.1 iv at the money))`` of every contract, float64 (n,).

    What is dearer than the money was bought by customers, so dealers are short of it; what is cheaper was sold to
    them. A contract without a volatility (the file's greeks only) is on neither side: 0.
    """
    money = money_volatilities(chain)
    raw = -np.tanh((chain.iv - money) / (SKEW_FRAC * money))
    return np.where(np.isnan(raw), 0.0, raw)


def money_volatilities(chain: Chain) -> Floats:
    """Volatility at the forward of each contract's expiry, float64 (n,).

    The mean over calls and puts at the strikes on both sides of the forward, linear between them; beyond the last
    strike its own.
    """
    out = np.full(len(chain), np.nan)
    series = series_numbers(chain)
    bounds = np.searchsorted(series, np.arange(series[-1] + 2)).tolist()
    for begin, end in pairwise(bounds):
        known = np.flatnonzero(chain.iv[begin:end] > 0) + begin
        if not len(known):
            continue
        strikes, place = np.unique(chain.strike[known], return_inverse=True)
        mean = np.bincount(place, chain.iv[known]) / np.bincount(place)
        out[begin:end] = np.interp(chain.forward[begin], strikes, mean)
    return out
