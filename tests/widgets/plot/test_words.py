"""Numbers and words of the overlays."""

import pytest

from cockpit.state.panes import BUCKETS, METHODS, SIGNS
from cockpit.state.views import GexLevel
from cockpit.widgets.plot.words import (
    BUCKET_WORDS,
    METHOD_WORDS,
    SIGN_WORDS,
    distance_text,
    level_forms,
    money,
    points,
    strike_text,
)
from tests.widgets.plot.charts import instrument


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (1.42e9, "+$1.42B"),
        (-2.6e9, "−$2.60B"),
        (605_000, "+$605k"),
        (-1_240_000, "−$1.24M"),
        (9_999, "+$9,999"),
        (10_000, "+$10k"),
        (0, "$0"),
        (999_999, "+$1.00M"),
        (999_499, "+$999k"),
        (999_996_000, "+$1.00B"),
        (1.2e12, "+$1.20T"),
        (-67.84e9, "−$67.84B"),
    ],
)
def test_money_has_its_sign_before_the_dollar_and_no_more_than_two_decimals(usd: float, text: str) -> None:
    assert money(usd) == text


def test_brief_money_has_a_decimal_less() -> None:
    assert money(3.94e9, brief=True) == "+$3.9B"
    assert money(-999_960_000, brief=True) == "−$1.0B"
    assert money(605_000, brief=True) == "+$605k"


def test_a_strike_has_no_more_decimals_than_it_needs() -> None:
    assert [strike_text(strike) for strike in (6015.0, 385.5, 12_345.25)] == ["6,015", "385.5", "12,345.25"]


def test_a_level_is_named_at_length_and_in_short() -> None:
    wall = GexLevel("call_wall", 6015.0, 24_109.0, 3.9e9)
    assert level_forms(wall, "SPX", instrument()) == (
        "Call wall  SPX 6,015  +$3.9B", "Call wall  SPX 6,015", "Call wall 6,015", "Call wall",
    )  # fmt: skip
    flip = GexLevel("flip", 5982.25, 23_978.0)
    assert level_forms(flip, "SPX", instrument()) == ("Flip  5,994.50", "Flip")


def test_a_distance_is_in_the_markets_own_prices() -> None:
    wall = GexLevel("put_wall", 5965.0, 24_000.0, -1.0)
    assert distance_text(wall, 24_049.0, instrument()) == "−12.25"
    assert distance_text(wall, 23_000.0, instrument()) == "+250.00"


def test_points_count_ticks_by_their_size() -> None:
    assert points(240.0, 0.25) == "60.0"
    assert points(-537.0, 0.25) == "134.2"


def test_every_setting_there_is_has_words() -> None:
    assert set(SIGN_WORDS) == set(SIGNS)
    assert set(BUCKET_WORDS) == set(BUCKETS)
    assert set(METHOD_WORDS) == set(METHODS)
