"""Published numbers of order-book features: micro-price, impact, trade signing, toxicity."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from cockpit.engines.book import signing
from cockpit.engines.book.hawkes import Hawkes
from cockpit.engines.book.impact import simulate_market_order
from cockpit.engines.book.microprice import adjustment, first_jump, next_states
from cockpit.engines.book.ofi import integrated_weights
from cockpit.engines.book.toxicity import bulk_bought_share, kyle_lambda, spread_parts, volume_buckets, vpin
from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.walls import WallRule
from cockpit.units import NS_PER_S
from tests.engines.detect.market import Tape, seen
from tests.published import close, section

FILE: Final = "microstructure.json"


def arrays(inputs: Any, *names: str) -> list[np.ndarray]:
    return [np.array(inputs[name], np.float64) for name in names]


def test_integrated_ofi_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "integrated_ofi")
    (flows,) = arrays(case["inputs"], "X_rows_time_cols_level")
    weights, explained = integrated_weights(flows)
    assert weights.tolist() == close(case["expected"]["w1"])
    assert explained == close(case["expected"]["explained"])
    assert (flows @ weights).tolist() == close(case["expected"]["integrated"])


def test_stoikov_microprice_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "stoikov_microprice")
    q, r, k, t = arrays(case["inputs"], "Q", "R", "K", "T")
    expected = case["expected"]
    assert first_jump(q, r, k).tolist() == close(expected["G1"])
    assert next_states(q, t).tolist() == [close(row) for row in expected["B"]]
    for terms, iterate in enumerate(expected["iterates_G1_to_G7"], 1):
        assert adjustment(q, r, k, t, terms).tolist() == close(iterate)
    assert adjustment(q, r, k, t).tolist() == close(expected["G_star"])


def test_walk_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "walk")
    bids, asks = (np.array(case["inputs"][side], np.float64).T for side in ("bids", "asks"))
    for expected in case["expected"]:
        found = asdict(simulate_market_order(*bids, *asks, expected["side"], expected["size"]))
        found["cost_usd_vs_mid"] = found["cost_vs_mid"]
        assert {name: found[name] for name in expected} == {
            name: value if isinstance(value, str) else close(value) for name, value in expected.items()
        }


def test_classification_vector(vectors: Path) -> None:
    cases = section(vectors, FILE, "classification")
    prices, bids, asks = (np.array([case[name] for case in cases]) for name in ("p", "b", "a"))
    found = {
        "tick": signing.tick_rule(prices),
        "quote": signing.quote_rule(prices, bids, asks),
        "lee_ready": signing.lee_ready(prices, bids, asks),
        "emo": signing.emo(prices, bids, asks),
        "clnv": signing.clnv(prices, bids, asks),
    }
    assert {name: signs.tolist() for name, signs in found.items()} == {
        name: [case[name] for case in cases] for name in found
    }


def test_spreads_vector(vectors: Path) -> None:
    for case in section(vectors, FILE, "spreads"):
        parts = asdict(spread_parts(case["D"], case["price"], case["mid"], case["mid_plus"]))
        assert parts == {name: close(case[name]) for name in parts}


def test_vpin_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "vpin")
    (trades,) = arrays(case["inputs"], "trades_volume_buyvolume")
    size, n = case["inputs"]["bucket_volume"], case["inputs"]["n"]
    buckets = volume_buckets(trades[:, 0], trades[:, 1], size)
    assert buckets.tolist() == [close(bucket) for bucket in case["expected"]["buckets"]]
    assert np.abs(buckets[:, 0] - buckets[:, 1]).tolist() == close(case["expected"]["abs_imb"])
    assert vpin(buckets, size, n)[-len(case["expected"]["vpin"]) :].tolist() == close(case["expected"]["vpin"])


def test_bvc_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "bvc")
    changes, volumes = arrays(case["inputs"], "dp", "vol")
    expected = case["expected"]
    assert float(np.std(changes, ddof=1)) == close(expected["sigma"])
    share = bulk_bought_share(changes)
    assert share.tolist() == close(expected["buy_frac_normal"])
    assert (share * volumes).tolist() == close(expected["buy_vol_normal"])
    assert bulk_bought_share(changes, degrees=0.25).tolist() == close(expected["buy_frac_t025"])


def test_kyle_lambda_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "kyle_lambda")
    changes, flows = arrays(case["inputs"], "dp", "signed_volume")
    found = kyle_lambda(changes, flows)
    assert found is not None
    expected = case["expected"]
    assert (found.slope, found.intercept, found.r2) == (
        close(expected["lam"]), close(expected["intercept"]), close(expected["r2"]),
    )  # fmt: skip


def test_hawkes_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "hawkes")
    inputs, expected = case["inputs"], case["expected"]
    process = Hawkes(inputs["mu"], inputs["alpha"], inputs["beta"])
    times, until = np.array(inputs["t"]), inputs["T"]
    assert process.intensities(times).tolist() == close(expected["intensity_just_before_event"])
    assert process.branching == close(expected["branching"])
    assert process.compensator(times, until) == close(expected["compensator"])
    assert process.log_likelihood(times, until) == close(expected["loglik"])
    assert process.stationary_rate == close(expected["stationary_rate"])
    assert process.intensity_at(times, until) == close(expected["intensity_at_T"])


def test_liquidity_wall_vector(vectors: Path) -> None:
    case = section(vectors, FILE, "liquidity_wall")
    persist_ns = round(case["inputs"]["persist_s"] * NS_PER_S)
    rule = WallRule(ratio=case["inputs"]["threshold"], use_high=0, persist_ns=persist_ns)
    tape, flags = Tape(), []
    for i, (second, sizes) in enumerate(case["inputs"]["history_t_sizes"]):
        levels = [(100 - level, size) for level, size in enumerate(sizes)]
        tape.at(second).book(levels, [] if i else [(101, 10)], snapshot=i == 0)
        walls = seen(tape, Rules(wall=rule))[0].walls.resting()
        standing = walls[walls["size"] > rule.keep * walls["threshold"]]["price"].tolist()
        flags.append([100 - level in standing for level in range(len(sizes))])
    assert [list(level) for level in zip(*flags, strict=True)] == case["expected_flags_per_level"]
