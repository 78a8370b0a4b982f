"""Measures of one moment of a book, from its levels.

All functions take prices and sizes of levels best first (int64 or float64, any price unit; ticks in, ticks out)
and answer None when a side they need is empty.

Source: ``formulas.md`` 5.1.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.units import Floats

Levels = NDArray[Any]  # int64 or float64 (n,), best first

DECAY: Final = 0.5  # weight e^(-0.5 i) of the i-th level behind the best


def spread(bid_prices: Levels, ask_prices: Levels) -> float | None:
    """Best ask less best bid; negative in a crossed book."""
    return float(ask_prices[0] - bid_prices[0]) if len(bid_prices) and len(ask_prices) else None


def mid(bid_prices: Levels, ask_prices: Levels) -> float | None:
    """Half way between the best prices."""
    # halves are added, because the sum of two int64 prices may not fit
    return float(bid_prices[0] / 2 + ask_prices[0] / 2) if len(bid_prices) and len(ask_prices) else None


def spread_bps(bid_prices: Levels, ask_prices: Levels) -> float | None:
    """Spread in 1/10,000 of the mid; prices must be prices, not ticks. None when the mid is 0."""
    middle, gap = mid(bid_prices, ask_prices), spread(bid_prices, ask_prices)
    return None if gap is None or not middle else gap / middle * 1e4


def bid_share(bid_sizes: Levels, ask_sizes: Levels, levels: int = 1) -> float | None:
    """Share of the bid in the size of the best ``levels``, 0..1; with one level the I of the weighted mid."""
    bid, ask = bid_sizes[:levels].sum(), ask_sizes[:levels].sum()
    return float(bid / (bid + ask)) if bid > 0 and ask > 0 else None


def queue_imbalance(bid_sizes: Levels, ask_sizes: Levels) -> float | None:
    """(b - a) / (b + a) of the best level, -1..1; positive when more is bid."""
    return depth_imbalance(bid_sizes, ask_sizes, 1)


def depth_imbalance(bid_sizes: Levels, ask_sizes: Levels, levels: int = 10) -> float | None:
    """(b - a) / (b + a) of the size in the best ``levels``, -1..1."""
    share = bid_share(bid_sizes, ask_sizes, levels)
    return None if share is None else 2 * share - 1


def weighted_imbalance(
    bid_sizes: Levels, ask_sizes: Levels, levels: int = 10, decay: float = DECAY
) -> float | None:
    """The same with level i (from 0) weighted e^(-decay i), -1..1."""
    return depth_imbalance(_faded(bid_sizes[:levels], decay), _faded(ask_sizes[:levels], decay), levels)


def _faded(sizes: Levels, decay: float) -> Floats:
    return sizes * np.exp(-decay * np.arange(len(sizes)))


def weighted_mid(bid_prices: Levels, bid_sizes: Levels, ask_prices: Levels, ask_sizes: Levels) -> float | None:
    """Mid that leans away from the bigger queue; what seed 002 calls microprice."""
    share = bid_share(bid_sizes, ask_sizes)
    return None if share is None else float(share * ask_prices[0] + (1 - share) * bid_prices[0])


def vwap(prices: Levels, sizes: Levels) -> float | None:
    """Mean price of one side's levels by size."""
    total = sizes.sum()
    return float(prices @ sizes.astype(np.float64) / total) if total > 0 else None


def depth_weighted_price(
    bid_prices: Levels, bid_sizes: Levels, ask_prices: Levels, ask_sizes: Levels
) -> float | None:
    """Mean price of both sides' levels by size; it leans toward the heavier side's far prices."""
    return _crossed_mean(bid_prices, bid_sizes, ask_prices, ask_sizes, bid_sizes.sum(), ask_sizes.sum())


def cross_weighted_price(
    bid_prices: Levels, bid_sizes: Levels, ask_prices: Levels, ask_sizes: Levels
) -> float | None:
    """Each side's mean price weighted by the other side's size; it leans the way the pressure pushes."""
    return _crossed_mean(bid_prices, bid_sizes, ask_prices, ask_sizes, ask_sizes.sum(), bid_sizes.sum())


def _crossed_mean(
    bid_prices: Levels,
    bid_sizes: Levels,
    ask_prices: Levels,
    ask_sizes: Levels,
    bid_weight: float,
    ask_weight: float,
) -> float | None:
    bid, ask = vwap(bid_prices, bid_sizes), vwap(ask_prices, ask_sizes)
    if bid is None or ask is None:
        return None
    return float((bid * bid_weight + ask * ask_weight) / (bid_weight + ask_weight))


def cumulative_depth(sizes: Levels) -> Floats:
    """Size up to and including each level, float64 (n,)."""
    return np.cumsum(sizes, dtype=np.float64)


def depth_within(prices: Levels, sizes: Levels, middle: float, bps: float) -> float | None:
    """Size of one side no farther than ``bps`` 1/10,000 from ``middle``; None for an empty side."""
    return float(sizes[np.abs(prices - middle) <= bps / 1e4 * abs(middle)].sum()) if len(sizes) else None


def slope_through_origin(prices: Levels, sizes: Levels, middle: float) -> float | None:
    """Size gained per unit of distance from ``middle``, regression without intercept; larger is thicker."""
    distance, depth = np.abs(prices - middle), cumulative_depth(sizes)
    below = distance @ distance
    return float(distance @ depth / below) if below > 0 else None


def slope_with_intercept(prices: Levels, sizes: Levels, middle: float) -> float | None:
    """The same by ordinary least squares with an intercept; None below two levels."""
    if len(prices) < 2:
        return None
    distance, depth = np.abs(prices - middle), cumulative_depth(sizes)
    off = distance - distance.mean()
    below = off @ off
    return float(off @ (depth - depth.mean()) / below) if below > 0 else None


def elasticity_slope(prices: Levels, sizes: Levels, middle: float) -> float | None:
    """Mean relative growth of depth per relative step of price; None where a logarithm or a step is 0.

    Source: Næs & Skjeltorp (2006), "Order book characteristics and the volume-volatility relation".
    """
    if not len(prices) or middle == 0 or not prices.all():
        return None
    volume = np.log(cumulative_depth(sizes))
    steps = np.abs(prices / np.concatenate([[middle], prices[:-1]]) - 1)
    if not steps.all() or not volume[:-1].all():
        return None
    growth = np.concatenate([volume[:1], volume[1:] / volume[:-1] - 1])
    return float((growth / steps).mean())
