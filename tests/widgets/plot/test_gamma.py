"""The gamma overlay on a chart's scales, against plain loops."""

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from cockpit.state.views import GexLevel, GexOverlay, GexStretch
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.gamma import (
    bar_of_columns,
    borders,
    field_part,
    gamma_of,
    has_field,
    has_gamma,
    profile_of,
    rows_of,
)
from cockpit.widgets.plot.gamma_inks import gamma_inks_of
from cockpit.widgets.plot.scale import PriceScale, TimeScale
from cockpit.widgets.theme import load_theme
from tests.widgets.plot.charts import bars_of, state_of
from tests.widgets.plot.layered import overlay

PRICE = PriceScale(100.0, 200.0, 0, 400)
BANDS = Bands(1.0, 700, 500, 620, 400, 476, profile=130)
INKS = gamma_inks_of(load_theme("graphite"), None)


def stretch(first: int, count: int, strikes: int = 3) -> GexStretch:
    values = np.arange(count * strikes, dtype=np.float32).reshape(count, strikes)
    return GexStretch(first, np.linspace(120.0, 180.0, strikes + 1), values)


@pytest.mark.parametrize("slot", [0.07, 0.4, 0.99, 1.0, 1.7, 5.0, 7.3, 13.37])
def test_each_column_shows_the_last_bar_that_reaches_into_it(slot: float) -> None:
    scale = TimeScale.ending_at(900.0, slot, 620)
    first, until = 860, 900
    left, right = max(scale.left(first), 0), min(scale.left(until), 620)
    bars = bar_of_columns(scale, left, right, first, until)
    expected = [max(bar for bar in range(first, until) if scale.left(bar) <= x) for x in range(left, right)]
    assert bars.tolist() == expected


def test_a_stretch_begins_where_it_says_and_ends_at_the_newest_bar() -> None:
    scale = TimeScale.ending_at(110.0, 8.0, 620)
    part = field_part(stretch(90, 50), scale, PRICE, 100, 620)
    assert part is not None
    assert (part.left, part.left + len(part.columns)) == (scale.left(90), scale.left(100))
    assert len(part.values) == 10
    assert part.columns.tolist() == [bar for bar in range(10) for _ in range(8)]


def test_only_what_is_in_view_is_taken() -> None:
    scale = TimeScale.ending_at(600.0, 8.0, 400)
    part = field_part(stretch(0, 900), scale, PRICE, 900, 400)
    assert part is not None
    assert (part.left, len(part.columns), len(part.values)) == (0, 400, 50)
    assert part.values[0, 0] == 3 * 550
    assert field_part(stretch(0, 900), scale, PRICE, 500, 400) is None
    assert field_part(stretch(700, 10), scale, PRICE, 900, 400) is None
    assert field_part(GexStretch(590, np.zeros(1), np.zeros((10, 0), np.float32)), scale, PRICE, 900, 400) is None


def test_rows_are_those_of_the_price_scale() -> None:
    prices = np.array([99.0, 100.0, 123.4, 150.0, 199.99, 201.0])
    assert rows_of(prices, PRICE).tolist() == [PRICE.y(price) for price in prices.tolist()]
    assert rows_of(np.array([-1e300, 1e300]), PRICE).tolist() == [1 << 20, -(1 << 20)]


def test_borders_lie_half_way_and_the_outer_ones_as_far_out() -> None:
    assert borders(np.array([10.0, 20.0, 40.0])).tolist() == [5.0, 15.0, 30.0, 50.0]
    assert borders(np.array([7.0])).tolist() == [6.5, 7.5]


def levels(*found: tuple[str, float]) -> GexOverlay:
    return GexOverlay(levels=tuple(GexLevel(kind, at, at, 1e9 if kind != "flip" else None) for kind, at in found))


def drawn(gex: GexOverlay, bands: Bands = BANDS) -> tuple[list[tuple[int, str, bool]], tuple[int, ...]]:
    scale = TimeScale.ending_at(110.0, 8.0, bands.right)
    made = gamma_of(gex, bands, scale, PRICE, 100, bands.right, INKS)
    return [(line.row, line.kind, line.dashed) for line in made.lines], made.ticks


def test_walls_are_lines_the_nearest_flip_a_dashed_one_and_further_flips_marks_on_the_axis() -> None:
    gex = levels(("call_wall", 180.0), ("put_wall", 110.0), ("flip", 140.0), ("flip", 150.0), ("flip", 250.0))
    assert drawn(gex) == ([(80, "call_wall", False), (360, "put_wall", False), (240, "flip", True)], (200,))


def test_a_far_flip_never_takes_the_place_of_the_nearest_that_is_out_of_view() -> None:
    assert drawn(levels(("flip", 99.0), ("flip", 150.0))) == ([], (200,))


def test_levels_out_of_range_are_not_drawn() -> None:
    assert drawn(levels(("call_wall", 200.1), ("put_wall", 99.9))) == ([], ())


def test_the_band_of_flips_is_cut_to_the_plot() -> None:
    scale = TimeScale.ending_at(110.0, 8.0, BANDS.right)
    for band, rows in (
        ((140.0, 150.0), (200, 241)),
        ((150.0, 900.0), (0, 201)),
        ((10.0, 20.0), None),
        (None, None),
    ):
        gex = replace(levels(), flip_band=band)
        assert gamma_of(gex, BANDS, scale, PRICE, 100, BANDS.right, INKS).band == rows


def test_the_profile_knows_the_strikes_in_view_and_scales_to_the_largest_of_them() -> None:
    at = np.array([50.0, 120.0, 140.0, 160.0, 400.0])
    gex = replace(
        levels(), at=at, calls=np.array([9e9, 1.0, 4.0, nan, 9e9]), puts=np.array([0.0, -5.0, 0, -2.0, 0])
    )
    profile = profile_of(gex, PRICE, 400)
    assert profile is not None
    assert profile.largest == 5.0
    assert profile.calls[:2].tolist() == [1.0, 4.0]
    assert profile.nets.tolist() == [-4.0, 4.0, -2.0]
    assert profile.edges.tolist() == rows_of(np.array([85.0, 130.0, 150.0, 280.0]), PRICE).tolist()


def test_without_strikes_or_exposure_or_room_there_is_no_profile() -> None:
    at = np.array([120.0, 140.0])
    assert profile_of(levels(), PRICE, 400) is None
    assert profile_of(replace(levels(), at=at + 900, calls=at, puts=-at), PRICE, 400) is None
    assert profile_of(replace(levels(), at=at, calls=0 * at, puts=0 * at), PRICE, 400) is None
    narrow = replace(BANDS, profile=0)
    full = replace(levels(), at=at, calls=at, puts=-at)
    scale = TimeScale.ending_at(110.0, 8.0, narrow.right)
    assert gamma_of(full, narrow, scale, PRICE, 100, narrow.right, INKS).profile is None


def test_an_overlay_with_a_reason_draws_nothing() -> None:
    full = overlay(state_of(bars_of(300)))
    assert has_gamma(full)
    assert has_field(full)
    assert not has_gamma(None)
    assert not has_gamma(replace(full, reason="no chain so far"))
    assert not has_field(replace(full, reason="no chain so far"))
    assert not has_field(replace(full, stretches=()))
    assert has_gamma(replace(full, stretches=()))


def test_the_scale_turns_exposure_into_strength_and_none_into_nothing() -> None:
    scale = TimeScale.ending_at(110.0, 8.0, BANDS.right)
    assert gamma_of(replace(levels(), scale=4.0), BANDS, scale, PRICE, 100, 490, INKS).per_usd == 0.25
    assert gamma_of(replace(levels(), scale=0.0), BANDS, scale, PRICE, 100, 490, INKS).per_usd == 0.0
