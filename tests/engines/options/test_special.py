"""Special functions against the C library and scipy."""

import math

import numpy as np
import pytest
from scipy import special as oracle

from cockpit.engines.options import special


def test_the_exponential_is_that_of_the_c_library() -> None:
    values = np.linspace(-700.0, 700.0, 2_801)
    found = [special.exponential(float(value)) for value in values]
    assert found == pytest.approx([math.exp(value) for value in values], rel=3e-13)
    small = np.linspace(-2.0, 2.0, 401)
    found = [special.exponential(float(value)) for value in small]
    assert found == pytest.approx([math.exp(value) for value in small], rel=1e-15)


def test_the_exponential_underflows_to_zero_and_overflows_to_infinity() -> None:
    assert [special.exponential(value) for value in (-709.0, -1e9, -math.inf)] == [0.0, 0.0, 0.0]
    assert [special.exponential(value) for value in (710.0, 1e9, math.inf)] == [math.inf] * 3
    assert math.isnan(special.exponential(math.nan))
    assert special.exponential(0.0) == 1.0


def test_powers_of_two_are_exact_where_they_can_be() -> None:
    assert [special.power_of_two(float(k)) for k in range(-1022, 1023)] == [2.0**k for k in range(-1022, 1023)]
    assert special.power_of_two(-1022.5) == 0.0


@pytest.mark.parametrize("below", [1e-9, 0.7, 1.0, 5_990.0, 1e12])
def test_logarithms_of_ratios_keep_their_digits_next_to_one(below: float) -> None:
    for ratio in (1e-6, 0.3, 0.7, 0.71, 0.9, 1.0, 1.3, 1.4142, 1.4143, 2.0, 1e5):
        above = below * ratio
        apart = (above - below) / below
        expected = math.log1p(apart) if 0.9 <= ratio <= 1.3 else math.log(above / below)
        assert special.log_ratio(above, below) == pytest.approx(expected, rel=4e-16, abs=0.0)
    above = math.nextafter(below, math.inf)
    assert special.log_ratio(above, below) == pytest.approx((above - below) / below, rel=1e-15)


def test_the_scaled_tail_is_scipys() -> None:
    values = np.concatenate([np.linspace(0.0, 6.0, 601), np.geomspace(6.0, 1e8, 200)])
    found = np.array([special.erfcx(float(value)) for value in values])
    assert found == pytest.approx(oracle.erfcx(values), rel=2e-15)
    below = np.linspace(-5.0, 0.0, 101)
    assert [special.erfcx(float(value)) for value in below] == pytest.approx(oracle.erfcx(below), rel=2e-14)


def test_the_normal_tail_is_accurate_down_to_the_smallest_numbers() -> None:
    values = np.linspace(0.0, 37.0, 371)
    found = [special.normal_tail(float(value)) for value in values]
    assert found == pytest.approx([0.5 * math.erfc(value / math.sqrt(2.0)) for value in values], rel=5e-13)
