"""A market order against the book, one unit after another, and what a book that ends says."""

import random

import numpy as np
import pytest

from cockpit.engines.book.impact import simulate_market_order
from cockpit.errors import EngineError

BIDS = (np.array([100.0, 99.0, 97.0]), np.array([2.0, 3.0, 1.0]))
ASKS = (np.array([101.0, 102.0, 105.0]), np.array([1.0, 4.0, 2.0]))


@pytest.mark.parametrize("seed", range(20))
def test_it_fills_as_one_unit_after_another_would(seed: int) -> None:
    rng = random.Random(seed)
    side, size = rng.choice(("buy", "sell")), rng.randrange(1, 12)
    prices, sizes = ASKS if side == "buy" else BIDS
    units = [price for price, count in zip(prices, sizes, strict=True) for _ in range(int(count))][:size]
    fill = simulate_market_order(*BIDS, *ASKS, side, size)
    assert fill.filled == len(units)
    assert fill.unfilled == size - len(units)
    assert fill.avg_price == pytest.approx(sum(units) / len(units))
    assert (fill.worst_price, fill.levels_consumed) == (units[-1], len(set(units)))
    assert fill.slippage_vs_touch == pytest.approx(abs(fill.avg_price - prices[0]))


def test_an_empty_side_fills_nothing_and_says_so() -> None:
    none = (np.zeros(0), np.zeros(0))
    fill = simulate_market_order(*BIDS, *none, "buy", 5)
    assert (fill.filled, fill.unfilled, fill.avg_price, fill.slippage_vs_mid) == (0, 5, None, None)
    one_sided = simulate_market_order(*none, *ASKS, "buy", 1)
    assert (one_sided.avg_price, one_sided.slippage_vs_mid, one_sided.slippage_vs_touch) == (101.0, None, 0.0)


def test_bad_orders_are_refused_by_name() -> None:
    with pytest.raises(EngineError, match="side 'hold'"):
        simulate_market_order(*BIDS, *ASKS, "hold", 1)
    for size in (0, -1, float("nan"), float("inf")):
        with pytest.raises(EngineError, match="size"):
            simulate_market_order(*BIDS, *ASKS, "buy", size)
