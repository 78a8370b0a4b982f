"""What dealers' other hedges come to, contract by contract, and max pain.

All take float64 (n,) arrays, one entry a contract: a greek per unit of the underlying, the sign model's factor and
the open interest in contracts. Positive means that dealers are long it, under the model's assumption.

Source: ``formulas.md`` 2.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import EngineError
from cockpit.units import Floats

CONTRACT_UNITS: Final = 100.0  # of the underlying in one option on SPX or SPY
PERCENT: Final = 0.01
DAYS_PER_YEAR: Final = 365.0


def gamma_exposure(gamma: Floats, sign: Floats, open_interest: Floats, spot: float) -> Floats:
    """USD of the underlying dealers trade per 1 % move: ``sign gamma OI 100 S^2 0.01``."""
    return sign * gamma * open_interest * (CONTRACT_UNITS * spot**2 * PERCENT)


def gamma_exposure_per_point(gamma: Floats, sign: Floats, open_interest: Floats, spot: float) -> Floats:
    """USD of the underlying dealers trade per 1.0 of its price: ``sign gamma OI 100 S``."""
    return sign * gamma * open_interest * (CONTRACT_UNITS * spot)


def delta_exposure(delta: Floats, open_interest: Floats, spot: float) -> Floats:
    """DEX, USD of the underlying the open interest stands for: ``delta OI 100 S``; the delta brings its sign."""
    return delta * open_interest * (CONTRACT_UNITS * spot)


def vanna_exposure(vanna: Floats, sign: Floats, open_interest: Floats, spot: float) -> Floats:
    """USD of delta per volatility point (0.01): ``sign vanna OI 100 S 0.01``."""
    return sign * vanna * open_interest * (CONTRACT_UNITS * spot * PERCENT)


def charm_exposure(charm: Floats, sign: Floats, open_interest: Floats, spot: float) -> Floats:
    """USD of delta per calendar day that passes: ``sign charm / 365 OI 100 S``; charm is per year."""
    return sign * charm * open_interest * (CONTRACT_UNITS * spot / DAYS_PER_YEAR)


def pain(strike: Floats, is_call: NDArray[np.bool_], open_interest: Floats, settlements: Floats) -> Floats:
    """USD that all holders of one expiry receive at each settlement price, float64 of its shape (m,).

    ``100 (sum OI max(X - K, 0) + sum OI max(K - X, 0))``, the first over calls, the second over puts.

    Raises:
        EngineError: The arrays of contracts differ in length.
    """
    if not len(strike) == len(is_call) == len(open_interest):
        raise EngineError(f"pain needs equal arrays, received {len(strike)}, {len(is_call)}, {len(open_interest)}")
    calls, puts = is_call.astype(np.bool_), ~is_call.astype(np.bool_)
    up = np.maximum(settlements[:, None] - strike[calls], 0.0) @ open_interest[calls]
    down = np.maximum(strike[puts] - settlements[:, None], 0.0) @ open_interest[puts]
    return CONTRACT_UNITS * (up + down)


def max_pain(strike: Floats, is_call: NDArray[np.bool_], open_interest: Floats) -> float | None:
    """Strike of one expiry at which the holders receive least, the lowest of equals; None without contracts."""
    if not len(strike):
        return None
    settlements = np.unique(strike)
    return float(settlements[np.argmin(pain(strike, is_call, open_interest, settlements))])
