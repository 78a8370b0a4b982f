"""The micro-price: learned from quotes whose next jump is known to follow the imbalance."""

import numpy as np
import pytest

from cockpit.engines.book.microprice import IMBALANCES, fit_microprice
from cockpit.errors import EngineError


def quotes(n: int, seed: int = 1) -> tuple[np.ndarray, ...]:
    """One tick wide; with a fresh imbalance each moment, and now and then a jump the way the bid share says."""
    rng = np.random.default_rng(seed)
    bid_sizes = rng.integers(1, 100, n)
    ask_sizes = rng.integers(1, 100, n)
    share = bid_sizes / (bid_sizes + ask_sizes)
    jumps = np.where(rng.random(n) < 0.2, np.where(rng.random(n) < share, 1, -1), 0)
    bids = 1000 + np.concatenate([[0], np.cumsum(jumps)[:-1]])  # the state before decides
    return bids, bid_sizes, bids + 1, ask_sizes


def test_it_leans_the_way_the_book_leans_less_than_the_weighted_mid_and_is_symmetric() -> None:
    fit = fit_microprice(*quotes(40_000))
    row = fit.adjustments[0]
    assert np.isfinite(row).all()
    assert (np.diff(row) > 0).all()
    assert np.abs(row + row[::-1]).max() < 1e-9
    shares = (np.arange(IMBALANCES) + 0.5) / IMBALANCES
    assert (np.abs(row) < np.abs(shares - 0.5) + 1e-3).all()
    assert fit.at(0.95, 1) == pytest.approx(row[9])
    assert fit.at(1.0, 1) == pytest.approx(row[9])


def test_what_was_never_seen_is_unknown() -> None:
    fit = fit_microprice(*quotes(5_000))
    assert fit.at(0.5, 3) is None
    assert fit.at(0.5, 0) is None
    assert fit.at(float("nan"), 1) is None


def test_moments_with_an_empty_side_are_left_out() -> None:
    bids, bid_sizes, asks, ask_sizes = quotes(8_000)
    ask_sizes[::50] = 0
    fit = fit_microprice(bids, bid_sizes, asks, ask_sizes)
    assert fit.moments == 8_000 - 160
    assert (np.diff(fit.adjustments[0]) > 0).all()


def test_too_little_to_learn_from_is_said() -> None:
    with pytest.raises(EngineError, match="jumps of the mid; a micro-price needs 100"):
        fit_microprice(*quotes(100))
