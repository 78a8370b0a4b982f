"""Implied volatilities against a bracketing solver, and the rules for prices that have none."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import erfcx

from cockpit.engines.options.black import black76
from cockpit.engines.options.implied_vol import Reason, implied_vol, reasons
from cockpit.errors import EngineError

FORWARD = 6_000.0
YEARS = 0.25


def log_price(forward: float, strike: float, spread: float, is_call: bool) -> float:
    """Logarithm of the undiscounted price of an option out of the money, good for prices of 1e-300 as well.

    Total volatility ``spread``. Both terms of Black-76 have the factor exp(-d1^2 / 2) sqrt(forward / strike),
    written with the scaled error function.
    """
    w = 1 if is_call else -1
    d1 = math.log(forward / strike) / spread + spread / 2
    first, second = erfcx(-w * d1 / math.sqrt(2)), erfcx(-w * (d1 - spread) / math.sqrt(2))
    return math.log(forward) - d1**2 / 2 + math.log(w * (first - second) / 2)


def bracketed(price: float, forward: float, strike: float, years: float, is_call: bool) -> float:
    """The slow and obvious way: halve an interval that holds the answer."""
    target = math.log(price)
    spread = brentq(lambda s: log_price(forward, strike, s, is_call) - target, 1e-4, 8.0, xtol=1e-15, rtol=1e-15)
    return float(spread) / math.sqrt(years)


def solve(price: Any, strike: Any, is_call: Any, *, forward: float = FORWARD, discount: float = 1.0) -> Any:
    """Answer and reason for prices and strikes that broadcast."""
    prices, strikes, calls = np.broadcast_arrays(np.asarray(price, float), strike, is_call)
    size = prices.size
    columns = [np.full(size, value) for value in (forward, YEARS, discount)]
    arguments = (prices.reshape(-1), columns[0], strikes.reshape(-1).astype(float), columns[1], columns[2])
    calls = calls.reshape(-1)
    return implied_vol(*arguments, calls), reasons(*arguments, calls)


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_has_the_volatilities_a_bracketing_solver_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 300
    strike = FORWARD * np.exp(rng.choice([0.003, 0.03, 0.3], n) * rng.normal(size=n))
    years = np.exp(rng.uniform(np.log(1e-4), np.log(3.0), n))
    sigma = rng.uniform(0.08, 0.8, n)
    is_call = strike >= FORWARD
    rows = zip(strike, sigma * np.sqrt(years), is_call, strict=True)
    price = np.exp([log_price(FORWARD, float(k), float(s), bool(right)) for k, s, right in rows])
    there = price > 1e-300
    price, strike, years, is_call = price[there], strike[there], years[there], is_call[there]
    assert len(price) > 200
    found = implied_vol(price, np.full(len(price), FORWARD), strike, years, np.ones(len(price)), is_call)
    expected = [
        bracketed(float(p), FORWARD, float(k), float(t), bool(right))
        for p, k, t, right in zip(price, strike, years, is_call, strict=True)
    ]
    # the solver beside ours subtracts nearly equal numbers next to the money; ours does not
    assert found == pytest.approx(expected, rel=2e-11)
    assert found == pytest.approx(sigma[there], rel=2e-11)


def test_prices_that_are_hardly_there_still_tell_their_volatility() -> None:
    for spread in (0.0025, 0.004, 0.006):
        price = math.exp(log_price(FORWARD, 5_500.0, spread, False))
        assert 0.0 < price < 1e-40
        found, _ = solve(price, 5_500.0, False)
        assert found[0] == pytest.approx(spread / math.sqrt(YEARS), rel=1e-13)


@pytest.mark.parametrize("sigma", [0.02, 0.2, 1.0, 3.0, 10.0, 20.0])
@pytest.mark.parametrize("strike", [600.0, 5_999.9, 6_000.0, 6_000.1, 60_000.0])
def test_the_price_at_the_answer_is_the_price(strike: float, sigma: float) -> None:
    is_call = strike >= FORWARD
    price = black76(FORWARD, strike, YEARS, 0.04, sigma, is_call).price
    if price < 1e-280:
        assert abs(math.log(strike / FORWARD)) > 30 * sigma * math.sqrt(YEARS)
        return
    found, _ = solve(price, strike, is_call, discount=math.exp(-0.04 * YEARS))
    again = black76(FORWARD, strike, YEARS, 0.04, found[0], is_call).price
    assert float(again) == pytest.approx(float(price), rel=1e-11)
    if sigma <= 3.0:
        assert found[0] == pytest.approx(sigma, rel=1e-11)


def test_near_the_highest_price_the_volatility_grows_without_an_end_but_is_found() -> None:
    missing = np.geomspace(1e-9, 1e-1, 60) * FORWARD
    found, why = solve(FORWARD - missing, 6_600.0, True)
    assert (why == Reason.SOLVED).all()
    assert (np.diff(found) < 0).all()
    again = black76(FORWARD, 6_600.0, YEARS, 0.0, found, True).price
    assert FORWARD - again == pytest.approx(FORWARD - (FORWARD - missing), rel=1e-5)


def test_a_higher_price_has_a_higher_volatility_over_the_whole_range() -> None:
    for strike in (3_000.0, 5_990.0, 6_000.0, 6_010.0, 14_000.0):
        price = np.concatenate([np.geomspace(1e-250, 1.0, 400), np.linspace(2.0, 2_999.0, 400)])
        found, why = solve(price, strike, strike >= FORWARD)
        assert (why == Reason.SOLVED).all()
        assert (np.diff(found) > 0).all()


@pytest.mark.parametrize("is_call", [True, False])
def test_in_the_money_the_answer_is_that_of_the_other_right(is_call: bool) -> None:
    strike = np.linspace(5_400.0, 6_600.0, 121)
    strike = strike[(strike < FORWARD) if is_call else (strike > FORWARD)]
    price = black76(FORWARD, strike, YEARS, 0.04, 0.2, is_call).price
    found, _ = solve(price, strike, is_call, discount=math.exp(-0.04 * YEARS))
    assert found == pytest.approx(np.full(len(strike), 0.2), rel=1e-10)


@pytest.mark.parametrize(
    ("price", "strike", "is_call", "reason"),
    [
        (99.0, 5_900.0, True, Reason.BELOW_INTRINSIC),
        (99.5, 6_100.0, False, Reason.BELOW_INTRINSIC),
        (0.0, 5_900.0, True, Reason.BELOW_INTRINSIC),
        (100.0, 5_900.0, True, Reason.AT_INTRINSIC),
        (0.0, 6_100.0, True, Reason.AT_INTRINSIC),
        (6_000.0, 5_900.0, True, Reason.ABOVE_MAX),
        (5_950.0, 5_950.0, False, Reason.ABOVE_MAX),
        (7_000.0, 5_950.0, False, Reason.ABOVE_MAX),
        (-0.05, 6_050.0, True, Reason.NON_POSITIVE),
        (math.nan, 6_050.0, True, Reason.BAD_INPUT),
        (math.inf, 6_050.0, True, Reason.BAD_INPUT),
        (1.0, 0.0, True, Reason.BAD_INPUT),
        (1.0, math.nan, True, Reason.BAD_INPUT),
        (1.0, 6_050.0, True, Reason.SOLVED),
    ],
)
def test_prices_without_a_volatility_say_why(price: float, strike: float, is_call: bool, reason: Reason) -> None:
    found, why = solve(price, strike, is_call)
    assert Reason(int(why[0])) is reason
    if reason is Reason.AT_INTRINSIC:
        assert found[0] == 0.0
    else:
        assert math.isnan(found[0]) == (reason is not Reason.SOLVED)


def test_a_discounted_intrinsic_value_is_at_intrinsic_in_spite_of_rounding() -> None:
    strike = np.linspace(1_000.0, 5_999.0, 700)
    for discount in (0.9577, 0.983, 0.999_968):
        found, why = solve(discount * (FORWARD - strike), strike, True, discount=discount)
        assert (why == Reason.AT_INTRINSIC).all()
        assert (found == 0.0).all()


@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_forward_a_strike_a_time_or_a_discount_must_be_a_positive_number(at: int, value: float) -> None:
    arguments = [np.array([each]) for each in (10.0, FORWARD, FORWARD, YEARS, 0.99)]
    arguments[at][0] = value
    assert reasons(*arguments, np.array([True])).tolist() == [Reason.BAD_INPUT]
    assert np.isnan(implied_vol(*arguments, np.array([True]))).all()


def test_each_contract_is_solved_as_if_it_were_alone() -> None:
    strike = np.linspace(3_000.0, 9_000.0, 1_000)
    is_call = strike >= FORWARD
    price = black76(FORWARD, strike, YEARS, 0.0, 0.3, is_call).price
    price[::7] = -1.0
    price[5::11] = 2_500.0  # leaves the common path
    found, why = solve(price, strike, is_call)
    for part in (slice(0, 1), slice(17, 274), slice(255, 258), slice(999, 1_000)):
        some, reason = solve(price[part], strike[part], is_call[part])
        assert np.array_equal(some, found[part], equal_nan=True)
        assert reason.tolist() == why[part].tolist()


def test_unequal_arrays_are_refused_and_none_is_fine() -> None:
    one, two, none = np.ones(1), np.ones(2), np.ones(0)
    with pytest.raises(EngineError, match=r"one length, received \[1, 1, 2, 1, 1, 1\]"):
        implied_vol(one, one, two, one, one, one > 0)
    assert len(implied_vol(none, none, none, none, none, none > 0)) == 0
