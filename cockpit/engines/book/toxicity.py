"""Flow toxicity and price impact: VPIN with bulk classification, Kyle's lambda, and the parts of a spread.

VPIN describes; whether it forecasts anything is disputed (Andersen & Bondarenko), so nothing here alerts on it.

Source: ``formulas.md`` 5.4, 5.5.
"""

import math
from dataclasses import dataclass

import numpy as np

from cockpit.errors import EngineError
from cockpit.units import Floats


def volume_buckets(volumes: Floats, bought: Floats, bucket: float) -> Floats:
    """Bought and sold volume of each full bucket, float64 (k, 2); the trade that overfills one is split.

    Args:
        volumes: float64 (n,), in order, 0 or more.
        bought: float64 (n,), the bought part of each.
        bucket: Volume of a bucket, above 0.

    Raises:
        EngineError: Shapes differ, or the bucket is not above 0.

    Source: Easley, Lopez de Prado & O'Hara (2012), "Flow Toxicity and Liquidity in a High-frequency World".
    """
    if volumes.shape != bought.shape or not bucket > 0:
        raise EngineError(f"buckets of {bucket:g} over {volumes.shape} volumes and {bought.shape} bought")
    ends = np.concatenate([[0.0], np.cumsum(volumes)])
    full = int(ends[-1] // bucket + 1e-12)
    edges = bucket * np.arange(full + 1)
    bought_by = np.interp(edges, ends, np.concatenate([[0.0], np.cumsum(bought)])) if full else np.zeros(1)
    buys = np.diff(bought_by)
    return np.stack([buys, bucket - buys], axis=1)


def vpin(buckets: Floats, bucket: float, n: int = 50) -> Floats:
    """Mean absolute imbalance of the last ``n`` buckets over their volume, 0..1, float64 (k - n + 1,)."""
    if len(buckets) < n:
        return np.zeros(0)
    imbalance = np.abs(buckets[:, 0] - buckets[:, 1])
    sums = np.convolve(imbalance, np.ones(n), "valid")
    return sums / (n * bucket)


def bulk_bought_share(price_changes: Floats, sigma: float | None = None, degrees: float | None = None) -> Floats:
    """Bought share of each bar's volume by its price change alone, 0..1, float64 (n,).

    Args:
        price_changes: float64 (n,).
        sigma: Their standard deviation; None: of these (n - 1 below).
        degrees: Of Student's t; None: the normal distribution.

    Source: Easley, Lopez de Prado & O'Hara (2012), bulk volume classification.
    """
    sigma = float(np.std(price_changes, ddof=1)) if sigma is None else sigma
    if not sigma > 0:
        return np.full(len(price_changes), 0.5)
    z = price_changes / sigma
    if degrees is None:
        return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z.tolist()])
    from scipy.special import stdtr  # costs a third of a second, and nobody needs it at the start

    return np.asarray(stdtr(degrees, z), np.float64)


@dataclass(frozen=True, slots=True)
class KyleLambda:
    """Price change per signed volume.

    Attributes:
        slope: Price units per unit of size.
        intercept: Price units.
        r2: Of the regression, 0..1.
        n: Intervals.
    """

    slope: float
    intercept: float
    r2: float
    n: int


def kyle_lambda(price_changes: Floats, signed_volumes: Floats) -> KyleLambda | None:
    """Ordinary least squares with intercept; None below three intervals or without any variation.

    Source: Kyle (1985), "Continuous Auctions and Insider Trading".
    """
    n = len(price_changes)
    if n < 3 or n != len(signed_volumes):
        return None
    x, y = signed_volumes - signed_volumes.mean(), price_changes - price_changes.mean()
    spread, moved = float(x @ x), float(y @ y)
    if not spread > 0:
        return None
    slope = float(x @ y) / spread
    r2 = slope * float(x @ y) / moved if moved > 0 else 0.0
    return KyleLambda(slope, float(price_changes.mean() - slope * signed_volumes.mean()), r2, n)


@dataclass(frozen=True, slots=True)
class SpreadParts:
    """What a trade paid, price units; ``effective = realized + impact``."""

    effective: float
    realized: float
    impact: float
    effective_bps: float


def spread_parts(sign: int, price: float, mid: float, mid_later: float) -> SpreadParts:
    """Effective, realized and impact parts of one trade's spread.

    Args:
        sign: 1 for a buyer's trade, -1 for a seller's.
        price: Of the trade.
        mid: When it happened.
        mid_later: Some time after.
    """
    effective = 2 * sign * (price - mid)
    return SpreadParts(
        effective, 2 * sign * (price - mid_later), 2 * sign * (mid_later - mid), effective / mid * 1e4
    )
