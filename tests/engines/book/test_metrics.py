"""Measures of the book against the published numbers, and their properties."""

import json
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book import metrics

TOLERANCE = 1e-9
NOTHING = np.zeros(0)
ONE = np.array([1.0])


def measured(bids: np.ndarray, asks: np.ndarray, n: int, tick: float) -> dict[str, object]:
    """Every number the vector file expects of a book, (levels, 2) price and size a side."""
    (bid, bid_size), (ask, ask_size) = bids.T, asks.T
    sides, middle = (bid, bid_size, ask, ask_size), metrics.mid(bid, ask)
    gap = metrics.spread(bid, ask)
    assert middle is not None
    assert gap is not None
    return {
        "mid": middle,
        "spread": gap,
        "spread_ticks": gap / tick,
        "spread_bps": metrics.spread_bps(bid, ask),
        "I_l1": metrics.bid_share(bid_size, ask_size),
        "queue_imbalance_rho": metrics.queue_imbalance(bid_size, ask_size),
        "weighted_mid": metrics.weighted_mid(*sides),
        "imbalance_topn": metrics.depth_imbalance(bid_size, ask_size, n),
        "bid_share_topn": metrics.bid_share(bid_size, ask_size, n),
        "imbalance_exp_lambda_0p5": metrics.weighted_imbalance(bid_size, ask_size, n, 0.5),
        "total_bid": metrics.cumulative_depth(bid_size)[-1],
        "total_ask": metrics.cumulative_depth(ask_size)[-1],
        "vwap_bid": metrics.vwap(bid, bid_size),
        "vwap_ask": metrics.vwap(ask, ask_size),
        "depth_weighted_price": metrics.depth_weighted_price(*sides),
        "cross_weighted_price": metrics.cross_weighted_price(*sides),
        "slope_bid_origin": metrics.slope_through_origin(bid, bid_size, middle),
        "slope_ask_origin": metrics.slope_through_origin(ask, ask_size, middle),
        "slope_bid_ols": metrics.slope_with_intercept(bid, bid_size, middle),
        "slope_ask_ols": metrics.slope_with_intercept(ask, ask_size, middle),
        "slope_naes_skjeltorp_bid": metrics.elasticity_slope(bid, bid_size, middle),
        "slope_naes_skjeltorp_ask": metrics.elasticity_slope(ask, ask_size, middle),
        "cum_bid": metrics.cumulative_depth(bid_size),
        "cum_ask": metrics.cumulative_depth(ask_size),
    }


def test_every_book_measure_of_the_vector_is_met(vectors: Path) -> None:
    case = json.loads((vectors / "microstructure.json").read_text())["book"]
    given, expected = case["inputs"], case["expected"]
    bids, asks = np.array(given["bids"]), np.array(given["asks"])
    found = measured(bids, asks, given["n"], given["tick"])
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, rtol=TOLERANCE, atol=TOLERANCE, err_msg=key)


def test_ticks_give_the_same_measures_as_prices() -> None:
    bid, ask = np.array([4000, 3999, 3997]), np.array([4001, 4004])
    bid_size, ask_size = np.array([5, 9, 2]), np.array([7, 7])
    in_ticks = metrics.weighted_mid(bid, bid_size, ask, ask_size)
    in_points = metrics.weighted_mid(bid / 4, bid_size, ask / 4, ask_size)
    assert in_ticks == pytest.approx(in_points * 4)
    assert metrics.mid(bid, ask) == 4000.5
    assert metrics.slope_through_origin(bid, bid_size, 4000.5) == pytest.approx(
        metrics.slope_through_origin(bid / 4, bid_size, 4000.5 / 4) / 4
    )


def test_mirroring_the_book_flips_imbalance_and_doubling_its_sizes_does_not_move_it() -> None:
    bid_size, ask_size = np.array([5, 9, 2]), np.array([7, 1])
    for measure in (metrics.queue_imbalance, metrics.depth_imbalance, metrics.weighted_imbalance):
        value = measure(bid_size, ask_size)
        assert measure(ask_size, bid_size) == pytest.approx(-value)
        assert measure(2 * bid_size, 2 * ask_size) == pytest.approx(value)


def test_an_empty_side_gives_none_and_never_zero() -> None:
    assert metrics.mid(ONE, NOTHING) is None
    assert metrics.spread(NOTHING, ONE) is None
    assert metrics.spread_bps(NOTHING, ONE) is None
    assert metrics.bid_share(ONE, NOTHING) is None
    assert metrics.queue_imbalance(NOTHING, ONE) is None
    assert metrics.depth_imbalance(NOTHING, ONE) is None
    assert metrics.weighted_imbalance(NOTHING, NOTHING) is None
    assert metrics.weighted_mid(ONE, ONE, NOTHING, NOTHING) is None
    assert metrics.vwap(NOTHING, NOTHING) is None
    assert metrics.depth_weighted_price(ONE, ONE, NOTHING, NOTHING) is None
    assert metrics.cross_weighted_price(NOTHING, NOTHING, ONE, ONE) is None
    assert metrics.depth_within(NOTHING, NOTHING, 1.0, 5.0) is None
    assert metrics.slope_through_origin(NOTHING, NOTHING, 1.0) is None
    assert metrics.slope_with_intercept(ONE, ONE, 1.0) is None
    assert metrics.elasticity_slope(NOTHING, NOTHING, 1.0) is None


def test_slopes_without_a_distance_or_a_logarithm_are_unknown() -> None:
    assert metrics.slope_through_origin(ONE, ONE, 1.0) is None
    assert metrics.elasticity_slope(np.array([99.0, 98.0]), np.array([1, 5]), 100.0) is None  # ln 1 = 0 divides
    assert metrics.elasticity_slope(np.array([100.0]), np.array([3]), 100.0) is None


def test_depth_within_a_band_counts_its_edge() -> None:
    prices, sizes = np.array([9999.0, 9995.0, 9990.0]), np.array([1, 2, 4])
    assert metrics.depth_within(prices, sizes, 10_000.0, 5.0) == 3
    assert metrics.depth_within(prices, sizes, 10_000.0, 0.5) == 0


def test_the_mid_of_extreme_prices_does_not_wrap() -> None:
    far = np.array([2**63 - 1])
    assert metrics.mid(far, far) == pytest.approx(2.0**63)
