"""Order-flow imbalance against the published numbers, the kernel's own, and its properties."""

import json
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book.mbo import MboBook
from cockpit.engines.book.ofi import average_depth, best_level_ofi, delta_depth_imbalance, multi_level_ofi
from cockpit.errors import EngineError
from cockpit.units import NO_PRICE
from tests.engines.book.programs import program

TICK = 0.25


@pytest.fixture(scope="module")
def cases(vectors: Path) -> dict:
    return json.loads((vectors / "microstructure.json").read_text())


def quotes(n: int, seed: int = 7) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    bid = rng.integers(95, 100, n)
    return bid, rng.integers(1, 50, n), bid + rng.integers(1, 4, n), rng.integers(1, 50, n)


def test_the_level_one_vector_is_met_and_so_is_the_seed_quantity_under_its_own_name(cases: dict) -> None:
    case = cases["ofi_level1"]
    bid, bid_size, ask, ask_size = np.array(case["inputs"]["quotes_Pb_qb_Pa_qa"]).T
    flow = best_level_ofi(np.rint(bid / TICK).astype(int), bid_size, np.rint(ask / TICK).astype(int), ask_size)
    np.testing.assert_allclose(flow, case["expected"]["e"], atol=1e-9)
    assert flow.sum() == pytest.approx(case["expected"]["ofi"], abs=1e-9)
    naive = delta_depth_imbalance(bid_size, ask_size)
    np.testing.assert_allclose(naive, case["expected"]["seed_naive"], atol=1e-9)
    assert naive.sum() == pytest.approx(case["expected"]["seed_naive_sum"], abs=1e-9)


def test_the_multi_level_vector_is_met(cases: dict) -> None:
    case = cases["mlofi"]
    books = np.array([[book["b"], book["a"]] for book in case["inputs"]["books"]], np.int64)
    (bid, bid_size), (ask, ask_size) = ((books[:, side, :, 0], books[:, side, :, 1]) for side in (0, 1))
    flow = multi_level_ofi(bid, bid_size, ask, ask_size).sum(axis=0)
    depth = average_depth(bid_size, ask_size)
    assert flow.shape == (case["inputs"]["M"],)
    np.testing.assert_allclose(flow, case["expected"]["mlofi"], atol=1e-9)
    assert depth == pytest.approx(case["expected"]["avg_depth_Q"], abs=1e-9)
    np.testing.assert_allclose(flow / depth, case["expected"]["normalised"], atol=1e-9)


def test_mirroring_bid_and_ask_flips_the_flow_and_doubling_sizes_doubles_it() -> None:
    bid, bid_size, ask, ask_size = quotes(300)
    flow = best_level_ofi(bid, bid_size, ask, ask_size)
    np.testing.assert_array_equal(best_level_ofi(-ask, ask_size, -bid, bid_size), -flow)
    np.testing.assert_array_equal(best_level_ofi(bid, 2 * bid_size, ask, 2 * ask_size), 2 * flow)


def test_the_seed_quantity_equals_the_flow_while_prices_stay() -> None:
    _, bid_size, _, ask_size = quotes(100)
    still = np.full(100, 50)
    flow = best_level_ofi(still, bid_size, still + 1, ask_size)
    np.testing.assert_array_equal(flow, delta_depth_imbalance(bid_size, ask_size))


def test_a_missing_side_gives_no_number_before_or_after() -> None:
    bid = np.array([5, NO_PRICE, 5, 5])
    flow = best_level_ofi(bid, np.array([1, 0, 1, 3]), np.full(4, 6), np.ones(4, int))
    np.testing.assert_array_equal(flow, [np.nan, np.nan, 2.0])


def test_prices_at_both_ends_of_the_number_range_do_not_wrap() -> None:
    low, high = -(2**63) + 1, 2**63 - 1
    flow = best_level_ofi(np.array([low, high]), np.array([3, 4]), np.array([high, high]), np.array([1, 1]))
    np.testing.assert_array_equal(flow, [4.0])


@pytest.mark.parametrize("seed", range(5))
def test_the_flow_the_order_level_book_gives_out_is_this_one(seed: int) -> None:
    tops = MboBook(0).apply(program(seed)).tops
    flow = best_level_ofi(tops["bid_ticks"], tops["bid_size"], tops["ask_ticks"], tops["ask_size"])
    np.testing.assert_array_equal(tops["ofi"][1:], flow)


@pytest.mark.parametrize("shapes", [(1, 1, 1, 1), (3, 3, 2, 3)])
def test_unequal_or_too_few_quotes_are_refused(shapes: tuple[int, ...]) -> None:
    with pytest.raises(EngineError, match="four equal arrays"):
        best_level_ofi(*(np.ones(n, int) for n in shapes))


def test_no_levels_have_no_average_depth() -> None:
    assert average_depth(np.zeros((0, 3)), np.zeros((0, 3))) is None
