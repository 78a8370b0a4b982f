"""Which picture a state makes, and when the old one still shows it."""

from dataclasses import replace

import numpy as np
import pytest

from cockpit.state.views import ChartState, Freshness
from cockpit.units import NO_TIME
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import (
    CANDLES_FLAT,
    CANDLES_LEAST,
    Composed,
    Composer,
    beside_candles,
    same_picture,
)
from cockpit.widgets.plot.inks import inks_of
from cockpit.widgets.plot.view import View
from tests.widgets.plot.charts import bars_of, flat, state_of, with_last
from tests.widgets.plot.layered import THEME, composed_of, layered, overlay

BANDS = Bands.of(700, 400, 1.0, volume=True)


def compose(state: ChartState, view: View | None = None) -> Composed:
    return composed_of(state, 700, view=view)


def test_the_range_fits_what_is_visible_with_some_air() -> None:
    state = state_of(bars_of(400))
    composed = compose(state)
    seen = state.bars[composed.first : composed.last]
    assert (composed.low, composed.high) == (seen["low"].min(), seen["high"].max())
    price = composed.picture.price
    assert 0 < price.y(composed.high) < price.y(composed.low) < BANDS.plot_bottom - 1


def test_one_single_price_still_has_a_scale() -> None:
    price = compose(state_of(flat(15_400, 5))).picture.price
    assert price.low < 15_400 < price.high
    assert price.y(15_400) == BANDS.plot_bottom // 2


def test_the_forming_bar_is_drawn_apart_while_it_is_in_view_and_a_pixel_wide() -> None:
    state = state_of(bars_of(400))
    assert compose(state).forming == 399
    assert len(compose(state).picture.detail.rows) == compose(state).last - compose(state).first - 1
    assert compose(state, View(slot=0.4)).forming is None
    assert compose(state, View().panned(-200, 400, BANDS.width)).forming is None
    assert compose(state_of(bars_of(400), forming=False)).forming is None
    assert compose(state_of(bars_of(400), freshness=Freshness.STALE)).forming is None


def test_without_room_or_without_volume_there_is_no_volume_pane() -> None:
    assert not Bands.of(700, 150, 1.0, volume=True).has_volume
    assert not Bands.of(700, 400, 1.0, volume=False).has_volume
    bars = bars_of(50)
    bars["volume"] = np.nan
    assert compose(state_of(bars)).picture.volume_per_unit == 0


def test_a_print_inside_the_bar_keeps_the_picture_and_a_new_extreme_does_not_fit() -> None:
    state = state_of(bars_of(400))
    composed = compose(state)
    inside = with_last(state, float(state.bars["low"][-1]))
    assert same_picture(state, inside, composed)
    row = np.zeros(8)
    row[2:7] = composed.high, composed.high, composed.low, composed.low, 1
    assert composed.has_room_for(row, fixed=False)
    row[3] += 1
    assert not composed.has_room_for(row, fixed=False)
    assert composed.has_room_for(row, fixed=True)
    row[6] = composed.picture.largest_volume + 1
    assert not composed.has_room_for(row, fixed=True)


def test_a_new_bar_spoils_the_picture_only_where_it_is_seen() -> None:
    before, after = state_of(bars_of(400)), state_of(bars_of(401))
    assert not same_picture(before, after, compose(before))
    away = compose(before, View().panned(-200, 400, BANDS.width))
    assert same_picture(before, after, away)
    assert same_picture(before, with_last(before, 1.0), away)


def test_whatever_changes_the_look_spoils_the_picture() -> None:
    state = state_of(bars_of(400))
    composed = compose(state)
    for other in (
        replace(state, series=2),
        replace(state, head=replace(state.head, freshness=Freshness.AGING)),
        replace(state, session_starts=state.bars["open_ns"][:1]),
        replace(state, gaps=((1, 2),)),
        replace(state, is_forming=False),
    ):
        assert not same_picture(state, other, composed)


def test_a_gap_hatches_the_bars_it_touches_and_an_edge_between_bars() -> None:
    state = state_of(bars_of(60))
    opens, closes = state.bars["open_ns"].tolist(), state.bars["close_ns"].tolist()
    inside = replace(state, gaps=((opens[50] + 5, closes[51] - 5),))
    picture = compose(inside).picture
    assert picture.gaps == ((picture.time.left(50), picture.time.left(52)),)
    between = replace(state, gaps=((closes[50], closes[50]),))
    assert compose(between).picture.gaps == ((picture.time.left(51), picture.time.left(51) + 2),)
    lasting = replace(state, gaps=((opens[57] + 5, NO_TIME),))
    assert compose(lasting).picture.gaps == ((picture.time.left(57), picture.time.left(60)),)
    assert compose(replace(state, gaps=((1, 2),))).picture.gaps == ()


def test_while_resyncing_all_after_the_newest_bar_is_a_gap() -> None:
    picture = compose(state_of(bars_of(60), freshness=Freshness.RESYNCING)).picture
    assert picture.gaps == ((picture.time.left(60), picture.time.width + 2),)


def test_labels_are_kept_while_panning_within_their_reach() -> None:
    composer, state = Composer(), state_of(bars_of(4000))
    inks = inks_of(THEME, Freshness.FRESH)
    first = composer.compose(state, View().panned(-1000, 4000, BANDS.width), BANDS, inks)
    second = composer.compose(state, View().panned(-1001, 4000, BANDS.width), BANDS, inks)
    assert second.times is first.times


@pytest.mark.parametrize(
    ("cone_range", "expected"),
    [
        ((80.0, 130.0), (80.0, 130.0)),  # all of it where the candles keep their share
        ((0.0, 200.0), (73.53, 148.53)),  # 30 of 75 are candles, what is left is shared as the cone has it
        ((100.0, 120.0), (100.0, 130.0)),  # a cone within the candles changes nothing on that side
        ((-900.0, 1100.0), (-21.83, 248.17)),  # candles nearly flat beside it: still some of it
    ],
)
def test_a_cone_does_not_make_the_candles_flat(
    cone_range: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert beside_candles(100.0, 130.0, *cone_range) == pytest.approx(expected, abs=0.01)


def test_a_cone_without_candles_is_seen_whole() -> None:
    assert beside_candles(float("nan"), float("nan"), 3.0, 9.0) == (3.0, 9.0)


def test_the_cone_widens_the_range_and_the_field_does_not() -> None:
    plain = state_of(bars_of(300))
    candles = compose(plain)
    fielded = composed_of(layered(plain, cone_on=False))
    seen = plain.bars[fielded.first :]
    assert (fielded.low, fielded.high) == (seen["low"].min(), seen["high"].max())
    both = layered(plain)
    composed = composed_of(both)
    assert both.cone is not None
    assert both.cone.bands.min() <= composed.low < candles.low
    assert both.cone.bands.max() >= composed.high > candles.high
    bands, drawn = both.cone.bands, plain.bars[composed.first :]
    span = drawn["high"].max() - drawn["low"].min()
    added = max(span, CANDLES_FLAT * (bands.max() - bands.min())) * (1 / CANDLES_LEAST - 1)
    assert composed.high - composed.low == pytest.approx(span + added)


def test_the_newest_bar_ends_where_the_future_begins_and_the_field_with_it() -> None:
    state = layered(state_of(bars_of(300)))
    picture = composed_of(state).picture
    assert picture.cone is not None
    assert picture.gamma is not None
    assert picture.cone.now - picture.time.left(300) in (0, 1)
    part = picture.gamma.parts[-1]
    assert part.left + len(part.columns) == picture.time.left(300) <= picture.end == picture.cone.now


def test_the_field_begins_with_its_chain() -> None:
    state = state_of(bars_of(300))
    state = replace(state, gex=overlay(state, since=270))
    picture = composed_of(state).picture
    assert picture.gamma is not None
    assert picture.gamma.parts[0].left == picture.time.left(270)


def test_scrolled_away_there_is_no_future() -> None:
    state = layered(state_of(bars_of(300)))
    bands = Bands.of(900, 400, 1.0, volume=True, gex=True, cone=True)
    view = View().panned(-1, 300, bands.right, bands.space)
    composed = composed_of(state, view=view)
    assert composed.picture.cone is None
    assert composed.picture.end == bands.right
    assert composed.high < 15_500


def test_whatever_changes_the_look_of_a_layer_spoils_the_picture_and_ages_do_not() -> None:
    state = layered(state_of(bars_of(300)))
    composed = composed_of(state)
    gex, vix_cone = state.gex, state.cone
    assert gex is not None
    assert vix_cone is not None
    for other in (
        replace(state, gex=None),
        replace(state, cone=None),
        replace(state, gex=replace(gex, version=2)),
        replace(state, gex=replace(gex, freshness=Freshness.STALE)),
        replace(state, gex=replace(gex, reason="no chain")),
        replace(state, cone=replace(vix_cone, version=2)),
        replace(state, cone=replace(vix_cone, freshness=Freshness.STALE)),
        replace(state, cone=replace(vix_cone, reason="no VIX")),
    ):
        assert not same_picture(state, other, composed)
        assert not same_picture(other, state, composed)
    older = replace(state, gex=replace(gex, age_ns=10**12, basis_age_ns=0), cone=replace(vix_cone, age_ns=10**12))
    assert same_picture(state, older, composed)


def test_a_cone_out_of_sight_changes_nothing() -> None:
    state = layered(state_of(bars_of(300)), gex=False)
    bands = Bands.of(900, 400, 1.0, volume=True, cone=True)
    away = composed_of(state, view=View().panned(-200, 300, bands.right, bands.space))
    assert state.cone is not None
    assert same_picture(state, replace(state, cone=replace(state.cone, version=2)), away)


def test_the_forming_bar_is_drawn_apart_over_a_field_too() -> None:
    assert composed_of(layered(state_of(bars_of(300)))).forming == 299
