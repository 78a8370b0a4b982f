"""Gamma of chains at the spot, on a ladder, and along a path, against Black-76 contract by contract."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cockpit.engines.options.black import black76
from cockpit.engines.options.expiry import years_between
from cockpit.engines.options.gamma import field, gammas, signed_ladder
from cockpit.errors import EngineError
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN

SPOT = 6_500.0
RATE = 0.04
AS_OF = 1_756_400_000 * 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Contracts:
    """A made-up chain of n contracts over e expiries."""

    expiry_ns: np.ndarray  # (e,)
    forwards: np.ndarray  # (e,)
    expiry: np.ndarray  # (n,)
    strike: np.ndarray
    iv: np.ndarray
    weight: np.ndarray

    @property
    def years(self) -> np.ndarray:
        return years_between(AS_OF, self.expiry_ns)[self.expiry]

    @property
    def forward(self) -> np.ndarray:
        return self.forwards[self.expiry]

    @property
    def discount(self) -> np.ndarray:
        return np.exp(-RATE * self.years)

    def ladder(self, spots: np.ndarray, **changed: Any) -> np.ndarray:
        names = ("forward", "strike", "years", "discount", "iv", "weight")
        arguments = {name: getattr(self, name) for name in names} | changed
        return signed_ladder(SPOT, **arguments, spots=spots)


def contracts(seed: int = 0, n: int = 1_001) -> Contracts:
    rng = np.random.default_rng(seed)
    left = np.array([45 * NS_PER_MIN, 6 * NS_PER_HOUR, 3 * NS_PER_DAY, 40 * NS_PER_DAY, 700 * NS_PER_DAY])
    forwards = SPOT * np.exp(0.025 * left / (365 * NS_PER_DAY))
    strike = SPOT * np.exp(rng.choice([0.005, 0.05, 0.4], n) * rng.normal(size=n))
    weight = rng.normal(size=n) * rng.integers(0, 5_000, n)
    return Contracts(AS_OF + left, forwards, rng.integers(0, 5, n), strike, rng.uniform(0.08, 1.5, n), weight)


def plain(chain: Contracts, spot: float, years: np.ndarray, forward: np.ndarray) -> np.ndarray:
    """Exposure of each contract by Black-76 on its forward, brought from the forward to the spot."""
    gamma = black76(forward, chain.strike, np.maximum(years, 0.0), RATE, chain.iv, True).gamma
    return chain.weight * gamma * (forward / spot) ** 2 * spot**2


def test_gamma_at_the_spot_is_that_of_black_76_on_the_forward() -> None:
    chain = contracts()
    found = gammas(SPOT, chain.forward, chain.strike, chain.years, chain.discount, chain.iv)
    expected = black76(chain.forward, chain.strike, chain.years, RATE, chain.iv, False).gamma
    assert found == pytest.approx(expected * (chain.forward / SPOT) ** 2, rel=1e-12, abs=1e-290)


def test_gamma_is_the_second_slope_of_the_price_by_the_spot() -> None:
    forward, strike, years, sigma = 6_540.0, 6_600.0, 0.2, 0.15
    step = 0.5
    prices = [
        float(black76((SPOT + move) * forward / SPOT, strike, years, RATE, sigma, True).price)
        for move in (-step, 0.0, step)
    ]
    columns = [np.array([value]) for value in (forward, strike, years, np.exp(-RATE * years), sigma)]
    assert gammas(SPOT, *columns)[0] == pytest.approx((prices[0] - 2 * prices[1] + prices[2]) / step**2, rel=1e-6)


def test_gamma_is_zero_without_time_and_unknown_without_a_number() -> None:
    ones = np.ones(6)
    years, iv = np.array([0.0, -1.0, 0.1, 0.1, 0.1, np.nan]), np.array([0.2, 0.2, 0.0, np.nan, 0.2, 0.2])
    strike = np.array([SPOT, SPOT, SPOT, SPOT, -1.0, SPOT])
    found = gammas(SPOT, SPOT * ones, strike, years, ones, iv)
    assert found[:2].tolist() == [0.0, 0.0]
    assert np.isnan(found[2:]).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_ladder_is_the_sum_over_the_contracts_at_every_spot(seed: int) -> None:
    chain = contracts(seed)
    spots = np.linspace(0.9 * SPOT, 1.1 * SPOT, 121)
    found = chain.ladder(spots)
    each = [plain(chain, spot, chain.years, chain.forward * spot / SPOT) for spot in spots]
    scale = np.abs(each).sum(axis=1)
    assert found / scale == pytest.approx(np.sum(each, axis=1) / scale, abs=1e-12)


def test_the_ladder_has_the_same_bits_in_parts_in_any_order_and_again() -> None:
    chain = contracts()
    spots = np.linspace(0.9 * SPOT, 1.1 * SPOT, 121)
    whole = chain.ladder(spots)
    assert whole.tolist() == chain.ladder(spots).tolist()
    for size in (1, 7, 16, 50):
        parts = [chain.ladder(spots[first : first + size]) for first in range(0, 121, size)]
        assert np.concatenate(parts).tolist() == whole.tolist()
    assert chain.ladder(spots[::-1]).tolist() == whole[::-1].tolist()


def test_contracts_that_do_not_count_change_no_bit_of_the_ladder() -> None:
    chain = contracts()
    spots = np.linspace(6_000.0, 7_000.0, 33)
    out = np.arange(len(chain.strike)) % 3 == 0
    kept = chain.ladder(spots, weight=np.where(out, 0.0, chain.weight))
    for name, value in (("weight", np.nan), ("iv", np.nan), ("iv", 0.0), ("years", 0.0), ("years", -0.1)):
        changed = {name: np.where(out, value, getattr(chain, name))}
        assert chain.ladder(spots, **changed).tolist() == kept.tolist(), (name, value)
    assert chain.ladder(spots, weight=0.0 * chain.weight).tolist() == [0.0] * 33


def columns(chain: Contracts, rows: np.ndarray, spots: np.ndarray, at_ns: np.ndarray) -> np.ndarray:
    return field(
        SPOT, AS_OF, RATE, chain.expiry_ns, chain.forwards, chain.expiry, chain.strike, chain.iv, chain.weight,
        rows, int(rows.max()) + 1, spots, at_ns,
    )  # fmt: skip


def path(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Spots and instants; the first expiry is over after a third of them."""
    walk = SPOT * np.exp(np.cumsum(np.random.default_rng(9).normal(0.0, 0.002, n)))
    return walk, AS_OF + np.arange(n, dtype=np.int64) * 4 * NS_PER_MIN


def test_the_field_is_the_chain_valued_again_in_every_column() -> None:
    chain = contracts()
    rows = np.digitize(chain.strike, np.linspace(5_000.0, 8_000.0, 60))
    spots, at_ns = path()
    found = columns(chain, rows, spots, at_ns)
    carry = np.log(chain.forwards / SPOT) / years_between(AS_OF, chain.expiry_ns)
    for j in (0, 5, 11, 12, 39):
        years = years_between(at_ns[j], chain.expiry_ns)
        forward = (spots[j] * np.exp(carry * years))[chain.expiry]
        each = np.where(years[chain.expiry] > 0, plain(chain, spots[j], years[chain.expiry], forward), 0.0)
        scale = np.bincount(rows, np.abs(each), found.shape[1]) + 1e-30  # float32 ends before
        assert found[j] / scale == pytest.approx(np.bincount(rows, each, found.shape[1]) / scale, abs=2e-7)


def test_a_contract_counts_nothing_from_its_expiry_instant_on() -> None:
    chain = contracts()
    first = chain.expiry == 0
    instants = np.array([-1, 0, 1]) + chain.expiry_ns[0]
    found = columns(chain, chain.expiry, np.full(3, chain.strike[first][0]), instants)
    assert found[0, 0] != 0.0
    assert found[1:, 0].tolist() == [0.0, 0.0]
    assert (found[:, 1:] != 0.0).all()


def test_the_first_column_of_the_field_adds_up_to_the_ladder() -> None:
    chain = contracts()
    found = columns(chain, np.zeros(len(chain.strike), np.int64), np.array([SPOT]), np.array([AS_OF]))
    assert found[0, 0] == pytest.approx(chain.ladder(np.array([SPOT]))[0], rel=1e-6)


def test_columns_have_the_same_bits_at_once_and_one_by_one_and_blank_without_a_spot() -> None:
    chain = contracts()
    rows = np.digitize(chain.strike, np.linspace(5_000.0, 8_000.0, 60))
    spots, at_ns = path()
    spots[7] = np.nan
    whole = columns(chain, rows, spots, at_ns)
    assert not whole[7].any()
    for j in range(len(spots)):
        assert columns(chain, rows, spots[j : j + 1], at_ns[j : j + 1])[0].tolist() == whole[j].tolist()


def test_what_does_not_belong_together_is_refused() -> None:
    chain = contracts()
    spots, at_ns = path()
    rows = np.zeros(len(chain.strike), np.int64)
    with pytest.raises(EngineError, match=r"one length"):
        chain.ladder(spots, iv=chain.iv[:-1])
    with pytest.raises(EngineError, match=r"positive spots"):
        chain.ladder(np.array([6_000.0, 0.0]))
    with pytest.raises(EngineError, match=r"positive spot, received nan"):
        gammas(np.nan, chain.forward, chain.strike, chain.years, chain.discount, chain.iv)
    with pytest.raises(EngineError, match=r"one length, received \[40, 39\]"):
        columns(chain, rows, spots, at_ns[:-1])
    with pytest.raises(EngineError, match=r"strike_index reaches from -1 to -1, there are 0"):
        columns(chain, rows - 1, spots, at_ns)
