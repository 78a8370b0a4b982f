"""Order-flow imbalance: what changes of the quotes say about buying and selling pressure. Positive buys."""

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import EngineError
from cockpit.units import NO_PRICE, Floats, Sizes, Ticks


def best_level_ofi(bid_ticks: Ticks, bid_sizes: Sizes, ask_ticks: Ticks, ask_sizes: Sizes) -> Floats:
    """Order-flow imbalance of each change of the best quotes.

    Args:
        bid_ticks, ask_ticks: int64 (n,), best prices in event order, NO_PRICE for an empty side.
        bid_sizes, ask_sizes: int64 (n,), their sizes.

    Returns:
        float64 (n - 1,), contracts; NaN where a side was empty before or after the change.

    Raises:
        EngineError: The four arrays differ in shape, or n < 2.

    Source: Cont, Kukanov & Stoikov (2014), "The Price Impact of Order Book Events", eq. 10.
    """
    _require_equal(bid_ticks, bid_sizes, ask_ticks, ask_sizes)
    # compared, not subtracted: the difference of two int64 prices may not fit
    bid = (bid_ticks[1:] >= bid_ticks[:-1]) * bid_sizes[1:] - (bid_ticks[1:] <= bid_ticks[:-1]) * bid_sizes[:-1]
    ask = (ask_ticks[1:] <= ask_ticks[:-1]) * ask_sizes[1:] - (ask_ticks[1:] >= ask_ticks[:-1]) * ask_sizes[:-1]
    is_missing = (bid_ticks == NO_PRICE) | (ask_ticks == NO_PRICE)
    return np.where(is_missing[1:] | is_missing[:-1], np.nan, bid - ask)


def multi_level_ofi(bid_ticks: Ticks, bid_sizes: Sizes, ask_ticks: Ticks, ask_sizes: Sizes) -> Floats:
    """The same rule at every rank of the book.

    Args:
        bid_ticks, ask_ticks, bid_sizes, ask_sizes: int64 (n, m), the best m levels at n moments, best first;
            NO_PRICE and 0 where there are fewer.

    Returns:
        float64 (n - 1, m), contracts; NaN where a level was missing before or after.

    Raises:
        EngineError: As ``best_level_ofi``.

    Source: Xu, Gould & Howison (2018), "Multi-Level Order-Flow Imbalance in a Limit Order Book".
    """
    return best_level_ofi(bid_ticks, bid_sizes, ask_ticks, ask_sizes)


def integrated_weights(flows: Floats) -> tuple[Floats, float]:
    """What each level's flow counts in the integrated one, and the share of variance they explain, 0..1.

    Args:
        flows: float64 (n, m), multi-level flow of n moments; of a training window only, n >= 2.

    Returns:
        float64 (m,), the first principal component divided by the sum of its absolute parts, so that they sum to
        more than 0; ``flows @ weights`` is the integrated flow.

    Raises:
        EngineError: Fewer than two moments, or flows that never vary.

    Source: Cont, Cucuringu & Zhang (2023), "Cross-Impact of Order Flow Imbalance in Equity Markets".
    """
    if flows.ndim != 2 or len(flows) < 2:
        raise EngineError(f"integrated OFI needs flows of 2+ moments, received shape {flows.shape}")
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(flows, rowvar=False)))
    if not values[-1] > 0:
        raise EngineError("integrated OFI: these flows never vary")
    first = vectors[:, -1] / np.abs(vectors[:, -1]).sum()
    return (first if first.sum() > 0 else -first), float(values[-1] / values.sum())


def average_depth(bid_sizes: Sizes, ask_sizes: Sizes) -> float | None:
    """Mean size of a level over moments, ranks and both sides: what multi-level flow is divided by.

    Args:
        bid_sizes, ask_sizes: int64 (n, m), as ``multi_level_ofi``; None comes back for nothing.
    """
    return float((bid_sizes.mean() + ask_sizes.mean()) / 2) if bid_sizes.size and ask_sizes.size else None


def delta_depth_imbalance(bid_sizes: Sizes, ask_sizes: Sizes) -> Sizes:
    """Change of bid size less change of ask size, (n - 1,) from (n,) of the best level or of sums of levels.

    Equals ``best_level_ofi`` only while both best prices stay; when a price moves the sign may even be wrong.

    Source: seed 002, there called OFI; ``formulas.md`` 5.2 says why it is kept under this name.
    """
    return np.diff(bid_sizes) - np.diff(ask_sizes)


def _require_equal(first: NDArray[np.int64], *others: NDArray[np.int64]) -> None:
    if len(first) < 2 or any(other.shape != first.shape for other in others):
        shapes = ", ".join(str(each.shape) for each in (first, *others))
        raise EngineError(f"OFI needs four equal arrays of 2+ quotes, received {shapes}")
