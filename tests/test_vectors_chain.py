"""Published numbers of chains: gamma exposure, the forward by parity, the VIX; see ``test_vectors``."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.engines.options import exposures, gamma, levels
from cockpit.engines.options.black import greeks
from cockpit.engines.options.forward import (
    forwards,
    median_forward,
    money_place,
    parity_forward,
    regression_forward,
)
from cockpit.engines.options.listing import StrikeQuotes
from cockpit.engines.options.vix_index import Strip, strip, thirty_day_variance
from cockpit.units import Floats
from tests.published import close, section, table

MINUTES_PER_YEAR = 525_600


# gex.json


class Contracts:
    """The contracts of the vector in its order: call and put at each strike."""

    def __init__(self, inputs: dict[str, Any]) -> None:
        rows = [(row["K"], row["iv"], row["oi" + right], right == "C") for row in inputs["chain"] for right in "CP"]
        columns = list(zip(*rows, strict=True))
        self.strike, self.iv, self.interest = (np.array(column, np.float64) for column in columns[:3])
        self.is_call = np.array(columns[3], np.bool_)
        self.sign = np.where(self.is_call, 1.0, -1.0)
        self.spot, self.rate, self.carry = inputs["S"], inputs["r"], inputs["q"]
        self.years = inputs["t_minutes"] / MINUTES_PER_YEAR
        self.greeks = greeks(self.spot, self.strike, self.years, self.rate, self.carry, self.iv, self.is_call)

    def ladder(self, spots: Floats) -> Floats:
        count = len(self.strike)
        forward = self.spot * np.exp((self.rate - self.carry) * self.years)
        return gamma.signed_ladder(
            self.spot,
            np.full(count, forward),
            self.strike,
            np.full(count, self.years),
            np.full(count, np.exp(-self.rate * self.years)),
            self.iv,
            self.sign * self.interest * exposures.CONTRACT_UNITS * exposures.PERCENT,
            spots,
        )


@pytest.fixture
def contracts(vectors: Path) -> Contracts:
    return Contracts(section(vectors, "gex.json", "inputs"))


def test_exposures_of_each_contract(vectors: Path, contracts: Contracts) -> None:
    expected = section(vectors, "gex.json", "expected")
    c, spot = contracts, contracts.spot
    assert section(vectors, "gex.json", "inputs")["multiplier"] == exposures.CONTRACT_UNITS
    signed = exposures.gamma_exposure(c.greeks.gamma, c.sign, c.interest, spot)
    per_point = exposures.gamma_exposure_per_point(c.greeks.gamma, c.sign, c.interest, spot)
    found = {
        "K": c.strike,
        "oi": c.interest,
        "iv": c.iv,
        "gamma": c.greeks.gamma,
        "delta": c.greeks.delta,
        "vanna": c.greeks.vanna,
        "charm": c.greeks.charm,
        "gex_unsigned_1pct": np.abs(signed),
        "gex_signed_1pct": signed,
        "gex_signed_per_point_usd": per_point,
        "gamma_shares_per_point": per_point / spot,
        "dex_usd": exposures.delta_exposure(c.greeks.delta, c.interest, spot),
        "vanna_exposure_usd_per_volpt": exposures.vanna_exposure(c.greeks.vanna, c.sign, c.interest, spot),
        "charm_exposure_usd_per_day": exposures.charm_exposure(c.greeks.charm, c.sign, c.interest, spot),
    }
    for at, row in enumerate(expected["per_contract"]):
        assert row.pop("cp") == ("C" if c.is_call[at] else "P")
        assert {name: float(found[name][at]) for name in row} == {name: close(value) for name, value in row.items()}
    assert signed.sum() == close(expected["total_gex_1pct"])
    assert signed.sum() / 1e9 == close(expected["total_gex_billion"])
    assert per_point.sum() == close(expected["total_gex_per_point_usd"])
    assert found["vanna_exposure_usd_per_volpt"].sum() == close(expected["total_vanna_usd_per_volpt"])
    assert found["charm_exposure_usd_per_day"].sum() == close(expected["total_charm_usd_per_day"])


def test_exposure_by_strike_and_its_walls(vectors: Path, contracts: Contracts) -> None:
    expected = section(vectors, "gex.json", "expected")
    c = contracts
    each = exposures.gamma_exposure(c.greeks.gamma, c.sign, c.interest, c.spot)
    calls, puts, strikes = each[c.is_call], each[~c.is_call], c.strike[c.is_call]
    net, size = calls + puts, calls - puts
    for at, row in enumerate(expected["by_strike"]):
        found = {"K": strikes[at], "call": calls[at], "put": puts[at], "net": net[at], "abs": size[at]}
        assert found == {name: close(value) for name, value in row.items()}
    assert levels.wall(strikes, calls, c.spot) == expected["call_wall"]
    assert levels.wall(strikes, -puts, c.spot) == expected["put_wall"]
    assert levels.wall(strikes, size, c.spot) == expected["abs_gamma_strike"]
    assert levels.wall(strikes, net, c.spot) == expected["max_net_strike"]
    assert levels.wall(strikes, -net, c.spot) == expected["min_net_strike"]


def test_the_ladder_and_its_flip(vectors: Path, contracts: Contracts) -> None:
    expected = section(vectors, "gex.json", "expected")
    steps = section(vectors, "gex.json", "inputs")["ladder"]
    spots = np.arange(steps["start"], steps["stop"] + steps["step"], steps["step"])
    totals = contracts.ladder(spots)
    at = dict(zip(spots.tolist(), totals.tolist(), strict=True))
    for row in expected["ladder_sample"]:
        assert at[row["S"]] == close(row["total"])
    found = levels.flips(spots, totals, contracts.spot)
    assert list(found) == close([flip["linear_interp"] for flip in expected["flips"]])
    for flip in expected["flips"]:
        low, high = contracts.ladder(np.array([flip["lower"], flip["upper"]]))
        assert (low < 0 < high) == (flip["direction"] == "neg_to_pos")
        assert root_of(contracts, flip["lower"], flip["upper"]) == pytest.approx(flip["root"], abs=1e-6)
    assert found[0] == pytest.approx(expected["flip_nearest_spot"], abs=1e-3), "the root itself, of a 5-point step"


def root_of(contracts: Contracts, low: float, high: float) -> float:
    """Where the total is 0, by halving."""
    start = np.sign(contracts.ladder(np.array([low]))[0])
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.sign(contracts.ladder(np.array([middle]))[0]) == start else (low, middle)
    return low


def test_max_pain(vectors: Path, contracts: Contracts) -> None:
    expected = section(vectors, "gex.json", "expected")
    c = contracts
    settlements = np.array([row["K"] for row in expected["pain"]])
    paid = exposures.pain(c.strike, c.is_call, c.interest, settlements)
    assert paid.tolist() == close([row["payout_usd"] for row in expected["pain"]])
    assert exposures.max_pain(c.strike, c.is_call, c.interest) == expected["max_pain"]


# parity_forward.json


def test_the_forward_by_parity(vectors: Path) -> None:
    inputs = section(vectors, "parity_forward.json", "inputs")
    expected = section(vectors, "parity_forward.json", "expected")
    strikes, calls, puts = (np.array([row[name] for row in inputs["chain"]]) for name in ("K", "C_mid", "P_mid"))
    years, rate = inputs["t_minutes"] / MINUTES_PER_YEAR, inputs["r"]
    place = money_place(calls, puts)
    assert place is not None
    assert strikes[place] == expected["atm_strike"]
    forward = float(forwards(strikes, calls, puts, years, rate)[place])
    assert forward == close(expected["F_cboe_rule"])
    quotes = StrikeQuotes(strikes, calls - 0.05, calls + 0.05, puts - 0.05, puts + 0.05)
    found = parity_forward(quotes, years, rate, inputs["S"])
    assert found is not None
    assert found[0] == close(expected["F_cboe_rule"])
    carry = rate - np.log(forward / inputs["S"]) / years
    assert carry == close(expected["implied_div_yield_from_F_cboe"])
    median = median_forward(strikes, calls, puts, years, rate, float(strikes[place]), nearest=len(strikes))
    assert median == close(expected["median_F_per_strike"])
    by_regression, discount = regression_forward(strikes, calls, puts)
    assert by_regression == close(expected["F_ols"])
    assert discount == close(expected["df_ols"])
    assert -np.log(discount) / years == close(expected["implied_rate_ols"])


# vix_*


def quotes_of(rows: list[dict[str, str]]) -> StrikeQuotes:
    """One expiry of the white paper."""
    names = ("strike", "call_bid", "call_ask", "put_bid", "put_ask")
    return StrikeQuotes(*(np.array([float(row[name]) for row in rows]) for name in names))


def strip_is(found: Strip, expected: dict[str, Any]) -> None:
    """Every quantity of the vector."""
    middle = found.puts
    ends = {"first": 0, "last": -1}
    assert found.forward == pytest.approx(expected["F"], rel=1e-10)
    assert found.k0 == expected["K0"]
    assert (len(found.strikes), found.puts, found.calls) == (expected["n"], expected["n_puts"], expected["n_calls"])
    assert found.strikes[[0, -1]].tolist() == [expected["Kmin"], expected["Kmax"]]
    assert found.strikes[middle] == expected["K0"]
    assert found.prices[middle] == close(expected["Q_K0"])
    assert found.contributions[middle] == pytest.approx(expected["K0_contrib"], rel=1e-10)
    for name, at in ends.items():
        assert found.strikes[at] == expected[name]["K"]
        assert expected[name]["type"] == ("P" if found.strikes[at] < found.k0 else "C")
        assert found.prices[at] == close(expected[name]["mid"])
        assert found.contributions[at] == pytest.approx(expected[name]["contribution"], rel=1e-10)
    assert 2 / found.years * found.contributions.sum() == pytest.approx(expected["sum_term"], rel=1e-10)
    assert (found.forward / found.k0 - 1) ** 2 / found.years == pytest.approx(expected["adj"], rel=1e-10)
    assert found.sigma2 == pytest.approx(expected["sigma2"], rel=1e-10)


def test_the_white_papers_vix_in_every_printed_digit(vectors: Path) -> None:
    inputs = section(vectors, "vix_expected.json", "inputs")
    computed = section(vectors, "vix_expected.json", "computed")
    published = section(vectors, "vix_expected.json", "published")
    found: dict[str, Strip] = {}
    for name in ("near", "next"):
        term = inputs[name]
        assert term["minutes"] == sum(term["parts"])
        made = strip(quotes_of(table(vectors, term["file"])), term["minutes"] / MINUTES_PER_YEAR, term["r"])
        assert made is not None
        assert made.years == pytest.approx(computed[f"T_{name}"], rel=1e-12)
        strip_is(made, computed[name])
        assert round(made.forward, 5) == published[f"F_{name}"]
        assert made.k0 == published[f"K0_{name}"]
        assert round(made.sigma2, 8) == published[f"sigma2_{name}"]
        assert made.strikes[0] == published[f"{name}_first_put"]
        assert made.strikes[-1] == published[f"{name}_last_call"]
        found[name] = made
    assert f"{found['near'].contributions[0]:.4g}" == f"{published['contrib_1370_put']:.4g}"
    assert f"{found['near'].contributions[-1]:.4g}" == f"{published['contrib_2125_call']:.4g}"
    minutes = [inputs[name]["minutes"] for name in ("near", "next")]
    variance = thirty_day_variance(found["near"].sigma2, minutes[0], found["next"].sigma2, minutes[1])
    vix = 100 * variance**0.5
    assert vix == pytest.approx(computed["vix"], abs=1e-10)
    assert round(vix, 2) == published["vix"] == 13.69


def test_the_walk_skips_single_zero_bids_and_ends_at_two(vectors: Path) -> None:
    inputs = section(vectors, "vix_strip_unit.json", "inputs")
    expected = section(vectors, "vix_strip_unit.json", "expected")
    columns = (np.array([float(row[name]) for row in inputs["rows"]]) for name in ("K", "cb", "ca", "pb", "pa"))
    found = strip(StrikeQuotes(*columns), inputs["T"], inputs["r"])
    assert found is not None
    strip_is(found, expected)
