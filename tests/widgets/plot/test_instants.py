"""Instants of positions between bars, and back."""

import random

import numpy as np
import pytest

from cockpit.units import NS_PER_HOUR, NS_PER_MIN
from cockpit.widgets.plot.instants import instant_at, position_at
from tests.widgets.plot.charts import FIVE_MINUTES, OPEN_NS, bars_of

OPENS = bars_of(300)["open_ns"]


@pytest.mark.parametrize("seed", range(40))
def test_a_position_is_found_again(seed: int) -> None:
    at = random.Random(seed).uniform(-20, 330)
    assert position_at(OPENS, instant_at(OPENS, at)) == pytest.approx(at, abs=1e-6)


def test_bars_of_another_length_show_the_same_instant() -> None:
    hours = OPEN_NS + np.arange(25) * NS_PER_HOUR
    instant = instant_at(OPENS, 150.5)
    assert instant == OPEN_NS + 150 * FIVE_MINUTES + FIVE_MINUTES // 2
    assert position_at(hours, instant) == pytest.approx(150.5 / 12)


def test_closed_hours_have_no_width() -> None:
    opens = np.concatenate((OPENS[:100], OPENS[100:] + 15 * NS_PER_HOUR))
    for minutes in (5, 60, 600):
        assert position_at(opens, int(opens[99]) + minutes * NS_PER_MIN) == 100.0
    assert instant_at(opens, 99.5) == int(opens[99]) + FIVE_MINUTES // 2


def test_one_bar_is_enough() -> None:
    assert position_at(OPENS[:1], instant_at(OPENS[:1], 0.0)) == 0.0
