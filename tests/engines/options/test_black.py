"""Prices and greeks against a plain version, finite differences and their own laws."""

import math

import numpy as np
import pytest

from cockpit.engines.options.black import OUTPUTS, Greeks, black76, greeks
from cockpit.errors import EngineError

BASE = {"spot": 100.0, "strike": 104.0, "years": 0.4, "rate": 0.05, "carry_yield": 0.02, "sigma": 0.23}
RIGHTS = pytest.mark.parametrize("is_call", [True, False])

# greek -> the greek it is a slope of, by what, and the sign of the step
SLOPES = [
    ("delta", "price", "spot", 1),
    ("gamma", "delta", "spot", 1),
    ("vega", "price", "sigma", 1),
    ("theta", "price", "years", -1),
    ("rho", "price", "rate", 1),
    ("vanna", "delta", "sigma", 1),
    ("charm", "delta", "years", -1),
    ("speed", "gamma", "spot", 1),
    ("color", "gamma", "years", -1),
    ("zomma", "gamma", "sigma", 1),
    ("volga", "vega", "sigma", 1),
]


def plain_price(spot: float, strike: float, years: float, rate: float, carry: float, sigma: float, w: int) -> float:
    """The formula as it stands in the book, with the C library's error function."""
    spread = sigma * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate - carry + sigma**2 / 2) * years) / spread

    def normal(d: float) -> float:
        return 0.5 * math.erfc(-d / math.sqrt(2))

    held = spot * math.exp(-carry * years) * normal(w * d1)
    return w * (held - strike * math.exp(-rate * years) * normal(w * (d1 - spread)))


def one(answer: Greeks, name: str) -> float:
    return float(getattr(answer, name))


def test_a_chain_has_the_prices_of_the_plain_formula() -> None:
    rng = np.random.default_rng(1)
    n = 1_000
    spot, strike = rng.uniform(80, 120, n), rng.uniform(40, 200, n)
    years, sigma = rng.uniform(1e-5, 2, n), rng.uniform(0.05, 0.9, n)
    rate, carry = rng.uniform(-0.01, 0.06, n), rng.uniform(0.0, 0.04, n)
    is_call = rng.random(n) < 0.5
    found = greeks(spot, strike, years, rate, carry, sigma, is_call)
    columns = zip(spot, strike, years, rate, carry, sigma, np.where(is_call, 1, -1), strict=True)
    assert found.price == pytest.approx(
        [plain_price(*map(float, row[:6]), int(row[6])) for row in columns], abs=1e-12
    )


@RIGHTS
@pytest.mark.parametrize(("name", "of", "by", "sign"), SLOPES)
def test_every_greek_is_the_slope_it_is_named_after(name: str, of: str, by: str, sign: int, is_call: bool) -> None:
    step = 1e-4 * BASE[by]
    ahead = greeks(**BASE | {by: BASE[by] + step}, is_call=is_call)
    behind = greeks(**BASE | {by: BASE[by] - step}, is_call=is_call)
    slope = sign * (one(ahead, of) - one(behind, of)) / (2 * step)
    assert one(greeks(**BASE, is_call=is_call), name) == pytest.approx(slope, rel=2e-6)


@RIGHTS
def test_on_a_forward_rho_holds_the_forward_still_and_the_rest_is_a_yield_equal_to_the_rate(is_call: bool) -> None:
    found = black76(100.0, 104.0, 0.4, 0.05, 0.23, is_call)
    other = greeks(100.0, 104.0, 0.4, 0.05, 0.05, 0.23, is_call)
    for name in set(OUTPUTS) - {"rho"}:
        assert one(found, name) == one(other, name)
    ahead, behind = (black76(100.0, 104.0, 0.4, rate, 0.23, is_call) for rate in (0.05 + 1e-5, 0.05 - 1e-5))
    assert one(found, "rho") == pytest.approx((one(ahead, "price") - one(behind, "price")) / 2e-5, rel=1e-8)


def test_calls_minus_puts_are_the_discounted_forward_minus_strike() -> None:
    strike = np.linspace(20.0, 400.0, 96)
    calls, puts = (greeks(**BASE | {"strike": strike}, is_call=right) for right in (True, False))
    forward = 100.0 * math.exp((0.05 - 0.02) * 0.4)
    assert calls.price - puts.price == pytest.approx(math.exp(-0.05 * 0.4) * (forward - strike), abs=1e-12)
    assert (calls.gamma == puts.gamma).all()
    assert (calls.vega == puts.vega).all()


@pytest.mark.parametrize(
    ("spot", "is_call", "price", "delta"),
    [(110, True, 10, 1), (90, True, 0, 0), (100, True, 0, 0.5), (90, False, 10, -1), (100, False, 0, -0.5)],
)
@pytest.mark.parametrize("years", [0.0, -0.01])
def test_without_time_the_value_is_the_payoff(
    spot: float, is_call: bool, price: float, delta: float, years: float
) -> None:
    found = greeks(spot, 100.0, years, 0.04, 0.01, 0.2, is_call)
    assert bool(found.is_expired)
    assert (one(found, "price"), one(found, "delta")) == (price, delta)
    assert [one(found, name) for name in OUTPUTS[2:]] == [0.0] * 10


@RIGHTS
@pytest.mark.parametrize("sigma", [0.0, -0.2])
@pytest.mark.parametrize("spot", [90.0, 110.0])
def test_without_volatility_the_value_is_discounted_intrinsic(spot: float, sigma: float, is_call: bool) -> None:
    found = greeks(spot, 100.0, 0.5, 0.04, 0.01, sigma, is_call)
    nearly = greeks(spot, 100.0, 0.5, 0.04, 0.01, 1e-3, is_call)
    w = 1 if is_call else -1
    intrinsic = max(w * (spot * math.exp(-0.005) - 100 * math.exp(-0.02)), 0.0)
    assert one(found, "price") == pytest.approx(intrinsic, rel=1e-14, abs=0.0)
    assert not bool(found.is_expired)
    for name in OUTPUTS:  # the slopes of what is left are the limits of the usual ones
        assert one(found, name) == pytest.approx(one(nearly, name), rel=1e-12, abs=1e-12)


@RIGHTS
def test_far_from_the_money_greeks_are_zero_and_never_unknown(is_call: bool) -> None:
    strike = np.array([1e-3, 1.0, 1e4, 1e7])
    found = black76(100.0, strike, 1e-6, 0.04, 0.2, is_call)
    for name in OUTPUTS:
        assert np.isfinite(getattr(found, name)).all()
    assert found.gamma.tolist() == found.vega.tolist() == [0.0] * 4
    assert np.abs(found.delta).tolist() == pytest.approx([1, 1, 0, 0] if is_call else [0, 0, 1, 1])


@pytest.mark.parametrize("name", ["spot", "strike", "years", "rate", "carry_yield", "sigma"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_unknown_has_no_answer(name: str, value: float) -> None:
    found = greeks(**BASE | {name: np.array([BASE[name], value])}, is_call=True)
    for output in OUTPUTS:
        assert np.isnan(getattr(found, output)).tolist() == [False, True]


@pytest.mark.parametrize("name", ["spot", "strike"])
@pytest.mark.parametrize("value", [0.0, -5.0])
def test_prices_that_are_not_above_zero_have_no_answer(name: str, value: float) -> None:
    assert math.isnan(one(greeks(**BASE | {name: value}, is_call=False), "price"))


def test_numbers_and_arrays_broadcast_and_other_shapes_are_refused() -> None:
    found = black76(100.0, np.array([[90.0, 100.0, 110.0]]), np.array([[0.1], [0.2]]), 0.04, 0.2, True)
    assert found.price.shape == found.is_expired.shape == (2, 3)
    assert float(found.price[1, 2]) == one(black76(100.0, 110.0, 0.2, 0.04, 0.2, True), "price")
    with pytest.raises(EngineError, match=r"one shape"):
        black76(100.0, np.ones(3), np.ones(4), 0.04, 0.2, True)


def test_an_option_has_the_same_bits_whatever_stands_beside_it() -> None:
    strike = np.linspace(50.0, 180.0, 1_000)
    whole = greeks(**BASE | {"strike": strike}, is_call=True)
    for part in (slice(0, 1), slice(3, 260), slice(997, 1_000)):
        some = greeks(**BASE | {"strike": strike[part]}, is_call=True)
        for name in OUTPUTS:
            assert getattr(some, name).tolist() == getattr(whole, name)[part].tolist()
