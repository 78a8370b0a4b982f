"""Published numbers of pressure and cone; rules as in ``test_vectors``."""

import math
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from cockpit.engines.regime import pressure_layout as layout
from cockpit.engines.regime.cone import EXACT, RULE_OF_16, expected_move, quantiles, session_sigma
from cockpit.engines.regime.pressure import PressureInputs, pressure_of, weighted_size
from cockpit.engines.regime.time_of_day import ABS_RETURN, OVERNIGHT_SHARE, SLOT_SHARES
from tests.published import close, section

# pressure.json


def number(value: float | None) -> float:
    return math.nan if value is None else value


def inputs_of(case: dict[str, Any]) -> PressureInputs:
    bids, asks = (np.array(case[name], np.float64) for name in ("bid_sizes", "ask_sizes"))
    gex = number(case["gex_at_spot_usd_per_1pct"]) / case["gex_scale_usd_per_1pct"]
    return PressureInputs(
        bid_weighted=weighted_size(bids),
        ask_weighted=weighted_size(asks),
        ofi=number(case["ofi_10s"]),
        ofi_median=number(case["ofi_10s_median_abs_5m"]),
        net_stack=number(case["net_stack_10s"]),
        net_stack_median=number(case["net_stack_10s_median_abs_5m"]),
        trades=number(case["trades_10s"]),
        bought=number(case["buy_volume_10s"]),
        sold=number(case["sell_volume_10s"]),
        gex_ratio=gex,
        move_ticks=number(case["move_5m_ticks"]),
        sigma_ticks=number(case["move_5m_sigma_ticks"]),
    )


def test_pressure_vector_in_components_shares_and_words(vectors: Path) -> None:
    tolerance = section(vectors, "pressure.json", "tolerance")
    for case in section(vectors, "pressure.json", "cases"):
        read, expected = pressure_of(inputs_of(case["input"])), case["expected"]
        found = {
            "components": dict(zip(layout.PARTS, read.components, strict=True)),
            "shares": dict(zip(layout.PARTS, read.shares, strict=True)),
        }
        for what, numbers in found.items():
            assert set(expected[what]) == set(numbers)
            for name, value in numbers.items():
                published = number(expected[what][name])
                assert value == pytest.approx(published, rel=0, abs=tolerance, nan_ok=True), (what, name)
        assert read.raw == pytest.approx(number(expected["pressure"]), rel=0, abs=tolerance, nan_ok=True)
        assert read.verdict == expected["verdict"]


def test_pressure_vector_has_our_constants(vectors: Path) -> None:
    assert dict(zip(layout.PARTS, layout.WEIGHTS, strict=True)) == section(vectors, "pressure.json", "weights")
    found = (layout.TANH_SCALE, layout.LEVEL_DECAY, layout.SHRINK_TRADES)
    names = ("tanh_scale", "level_decay", "aggression_shrink")
    assert list(found) == [section(vectors, "pressure.json", name) for name in names]
    verdicts = section(vectors, "pressure.json", "verdicts")
    assert verdicts["balanced"][1] == verdicts["moderate"][0] == layout.BALANCED
    assert verdicts["moderate"][1] == verdicts["strong"][0] == layout.MODERATE


# vol_cone.json


def test_expected_move_vector(vectors: Path) -> None:
    for case in section(vectors, "vol_cone.json", "expected_move"):
        level, vix, expected = case["inputs"]["S"], case["inputs"]["vix"], case["expected"]
        assert 100 * session_sigma(vix, RULE_OF_16) == close(expected["rule16_pct"])
        assert 100 * session_sigma(vix, EXACT) == close(expected["sqrt252_pct"])
        assert expected_move(level, vix, 1.0, RULE_OF_16) == close(expected["rule16_points"])
        assert expected_move(level, vix, 1.0, EXACT) == close(expected["sqrt252_points"])
        assert expected_move(level, vix, 5.0, RULE_OF_16) == close(expected["five_day_points_rule16"])
        assert expected_move(level, vix, 5.0, EXACT) == close(expected["five_trading_day_points_252"])


def test_cone_lognormal_vector(vectors: Path) -> None:
    case = section(vectors, "vol_cone.json", "cone_lognormal")
    inputs = case["inputs"]
    assert inputs["drift"] == 0.0
    vix, days = 100 * inputs["sigma"], np.array(inputs["days"], np.float64)
    found = quantiles(inputs["S"], vix, days, tuple(inputs["p"]), EXACT)
    one = NormalDist()
    around = quantiles(inputs["S"], vix, days, (one.cdf(-1), one.cdf(1)), EXACT)
    for row, pair, n, expected in zip(found, around, days, case["expected"], strict=True):
        assert row.tolist() == close([expected["bands"][str(p)] for p in inputs["p"]])
        # the vector's one sigma is around the mean of the logarithm without its shift, ours around the median
        shift = math.exp(session_sigma(vix, EXACT) ** 2 * n / 2)
        assert (pair * shift).tolist() == close([expected["one_sigma_lower"], expected["one_sigma_upper"]])


# stylised_facts.json


def test_the_time_of_day_is_that_of_the_vector(vectors: Path) -> None:
    curves = section(vectors, "stylised_facts.json", "curves")
    assert curves["rth_5min_abs_return_multiplier"] == ABS_RETURN.tolist()
    assert len(SLOT_SHARES) == 78
    assert SLOT_SHARES.sum() == close(1 - OVERNIGHT_SHARE)
    assert SLOT_SHARES[0] / SLOT_SHARES[-1] == close((1.821 / 1.451) ** 2)
