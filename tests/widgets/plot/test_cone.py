"""The cone on a chart's scales."""

from dataclasses import replace

import numpy as np
import pytest

from cockpit.state.views import ConeState, Freshness
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.cone import HIGH_68, HIGH_95, LOW_68, LOW_95, MEDIAN, cone_of, cone_range, has_cone
from cockpit.widgets.plot.cone_painting import NAME_HEIGHT, name_places
from cockpit.widgets.plot.scale import PriceScale
from tests.widgets.plot.charts import bars_of, state_of
from tests.widgets.plot.layered import cone

STATE = state_of(bars_of(300))
BANDS = Bands(2.0, 1400, 800, 1256, 600, 752, future=500)
PRICE = PriceScale(14_000.0, 17_000.0, 0, 600)


def test_it_begins_now_and_ends_a_little_before_the_axis() -> None:
    made = cone_of(cone(STATE), BANDS, PRICE)
    assert made.now == 1256 - 500
    assert made.end == 1256 - 20
    assert made.xs[0] * 2 == made.now + 0.5
    assert made.xs[-1] * 2 == made.end + 0.5
    assert (np.diff(made.xs) > 0).all()


def test_prices_are_on_the_scale_of_the_chart() -> None:
    state = cone(STATE)
    made = cone_of(state, BANDS, PRICE)
    for column in (LOW_95, MEDIAN, HIGH_95):
        assert abs(made.ys[-1, column] * 2 - PRICE.y(float(state.bands[-1, column]))) <= 1
    assert made.last.tolist() == state.bands[-1].tolist()
    assert cone_range(state) == (state.bands[:, 0].min(), state.bands[:, 6].max())


def test_days_stand_at_their_coordinates_and_own_what_is_left_of_them() -> None:
    made = cone_of(cone(STATE), BANDS, PRICE)
    assert [day.name for day in made.days] == ["Wed 13", "Thu 14", "Fri 15", "Mon 18", "Tue 19"]
    assert [day.column for day in made.days] == [made.now + 480 * step // 5 for step in range(1, 6)]
    found = [made.day_at(x) for x in (made.now - 1, made.now, made.now + 96, made.now + 97, made.end, made.end + 1)]
    names = [None if day is None else day.name for day in found]
    assert names == [None, "Wed 13", "Wed 13", "Thu 14", "Tue 19", None]


def test_spans_are_the_bands_column_by_column() -> None:
    state = cone(STATE)
    made = cone_of(state, BANDS, PRICE)
    tops, bases = made.spans(2.0)
    assert tops.shape == bases.shape == (3, made.end - made.now)
    assert (tops[0] <= tops[1]).all()
    assert (tops[1] <= tops[2]).all()
    assert (tops[2] <= bases[2]).all()
    assert (bases[1] <= bases[0]).all()
    assert abs(int(tops[0, -1]) - PRICE.y(float(state.bands[-1, HIGH_95]))) <= 2
    assert abs(int(bases[0, -1]) - PRICE.y(float(state.bands[-1, LOW_95]))) <= 2


def test_age_fades_it_in_steps() -> None:
    fresh, aging, stale = (
        cone_of(cone(STATE, freshness=each), BANDS, PRICE)
        for each in (Freshness.FRESH, Freshness.AGING, Freshness.STALE)
    )
    assert [made.strength for made in (fresh, aging, stale)] == [1.0, 0.8, 0.5]
    assert [made.is_old for made in (fresh, aging, stale)] == [False, False, True]
    assert fresh.fills.tolist() == [14, 19, 20]
    assert (stale.fills < aging.fills).all()


@pytest.mark.parametrize(
    "missing", [{"reason": "no VIX so far"}, {"along": np.zeros(0)}, {"bands": np.zeros((3, 7))}]
)
def test_without_a_curve_there_is_no_cone(missing: dict[str, object]) -> None:
    assert has_cone(cone(STATE))
    assert not has_cone(replace(cone(STATE), **missing))
    assert not has_cone(None)
    assert not has_cone(ConeState())


@pytest.mark.parametrize("height", [60, 120, 240, 500])
@pytest.mark.parametrize("vix", [2.0, 12.0, 40.0])
def test_names_of_bands_touch_no_edge_and_no_other_name(height: int, vix: float) -> None:
    bands = Bands(1.0, 700, height + 24, 628, height, height, future=230)
    state = cone(STATE, vix=vix)
    low, high = cone_range(state)
    made = cone_of(state, bands, PriceScale(low - 20, high + 20, 0, height))
    left, right = made.end - 36.0, made.end - 6.0
    places = name_places(made, left, right, height)
    at = np.linspace(left, right, 30)
    for column, middle in places.items():
        for edge in (LOW_95, LOW_68, HIGH_68, HIGH_95):
            ys = np.interp(at, made.xs, made.ys[:, edge])
            assert ((ys <= middle - NAME_HEIGHT / 2 + 0.5) | (ys >= middle + NAME_HEIGHT / 2 - 0.5)).all()
        assert NAME_HEIGHT / 2 <= middle <= height - NAME_HEIGHT / 2
        assert all(abs(middle - other) >= NAME_HEIGHT for each, other in places.items() if each != column)
    if height == 500 and vix > 2:
        assert set(places) == {LOW_95, LOW_68, HIGH_68, HIGH_95}
        assert places[HIGH_95] < places[HIGH_68] < places[LOW_68] < places[LOW_95]
