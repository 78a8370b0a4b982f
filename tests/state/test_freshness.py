"""Limits of contracts.md 7."""

import pytest

from cockpit.state.freshness import freshness, limit_ns
from cockpit.state.views import Freshness
from cockpit.units import NS_PER_MIN, NS_PER_S


def test_a_quiet_but_alive_instrument_may_be_as_quiet_as_it_usually_is() -> None:
    assert limit_ns(7 * NS_PER_S, NS_PER_S, 0) == 7 * NS_PER_S


def test_a_dead_feed_counts_from_two_seconds() -> None:
    assert limit_ns(7 * NS_PER_S, 3 * NS_PER_S, 0) == 2 * NS_PER_S
    assert limit_ns(None, None, 0) == 2 * NS_PER_S


def test_a_busy_instrument_never_gets_less_than_two_seconds() -> None:
    assert limit_ns(1_000, 0, 0) == 2 * NS_PER_S


def test_a_polled_series_may_miss_one_poll() -> None:
    assert limit_ns(None, None, 5 * NS_PER_MIN) == 10 * NS_PER_MIN


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [
        (0, Freshness.FRESH),
        (2, Freshness.FRESH),
        (2.1, Freshness.AGING),
        (6, Freshness.AGING),
        (6.1, Freshness.STALE),
    ],
)
def test_aging_past_the_limit_stale_past_three_times_it(age_s: float, expected: Freshness) -> None:
    assert freshness(round(age_s * NS_PER_S), 2 * NS_PER_S) is expected


def test_a_chain_has_a_limit_of_its_own_for_stale() -> None:
    fresh, stale = NS_PER_MIN, 15 * NS_PER_MIN
    assert freshness(4 * NS_PER_MIN, fresh, stale) is Freshness.AGING
    assert freshness(15 * NS_PER_MIN + 1, fresh, stale) is Freshness.STALE
