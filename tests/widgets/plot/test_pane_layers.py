"""The market plot with its layers: the gamma field under the candles, the cone right of now, and both together."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cockpit.state.views import ConeState, Freshness, GexLevel, GexOverlay
from cockpit.widgets.plot.detail import as_floats
from cockpit.widgets.plot.gamma_inks import SHADES, gamma_inks_of
from cockpit.widgets.plot.inks import inks_of
from cockpit.widgets.plot.pane import MarketPlot
from cockpit.widgets.plot.raster import RasterSurface
from tests.widgets.plot.charts import bars_of, state_of, with_last
from tests.widgets.plot.layered import composed_of, cone, layered, overlay
from tests.widgets.plot.panes import HEIGHT, THEME, WIDTH, another_price, painted_by, pixel, shown, shown_plot, turn

INKS = inks_of(THEME, Freshness.FRESH)


@pytest.fixture
def plot(qtbot) -> MarketPlot:
    return shown_plot(qtbot)


FIELD = gamma_inks_of(THEME, Freshness.FRESH)
OVER_FIELD = inks_of(THEME, Freshness.FRESH, over_field=True)


def inks_in(plot: MarketPlot) -> set[int]:
    shown(plot)
    return set(np.unique(plot.surface.pixels).tolist())


def test_over_a_field_candles_are_ivory_and_grey_with_a_dark_casing(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)), cone_on=False)
    plot.draw(state)
    image = shown(plot)
    composed = plot.composed
    assert composed is not None
    time, price = composed.picture.time, composed.picture.price
    for bar in (297, 290, 280):
        row = state.bars[bar]
        rising = row["close"] >= row["open"]
        assert pixel(image, time.centre(bar), price.y(row["high"])) == (
            OVER_FIELD.up if rising else OVER_FIELD.down
        )
        beside = pixel(image, time.centre(bar) - time.body(1.0) // 2 - 1, price.y((row["open"] + row["close"]) / 2))
        assert beside not in FIELD.plus
        assert beside not in FIELD.minus
    assert {THEME.argb("accent"), THEME.argb("neutral")} == {OVER_FIELD.up, OVER_FIELD.down}
    assert INKS.up_volume in inks_in(plot)  # volume keeps its hues


def test_cells_of_the_field_have_the_colour_of_their_exposure(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)), cone_on=False)
    plot.draw(state)
    shown(plot)
    composed, gex = plot.composed, state.gex
    assert composed is not None
    assert gex is not None
    time, price, px = composed.picture.time, composed.picture.price, plot.surface.pixels
    stretch, found = gex.stretches[0], 0
    for bar in (262, 270, 281, 295):
        for strike in range(40):
            row = price.y((stretch.edges[strike] + stretch.edges[strike + 1]) / 2)
            if not 0 <= row < plot.bands.plot_bottom:
                continue
            value = float(stretch.values[bar - stretch.first, strike])
            place = round(abs(value) / gex.scale * (SHADES - 1))
            found += int(px[row, time.left(bar)] == (FIELD.plus if value >= 0 else FIELD.minus)[place])
    assert found >= 8


def test_a_print_over_a_field_leaves_what_composing_anew_would(plot: MarketPlot, qtbot) -> None:
    state = layered(state_of(bars_of(300)), cone_on=False)
    plot.draw(state)
    shown(plot)
    moved = with_last(state, another_price(state))
    painted = painted_by(plot, lambda: plot.draw(moved))
    area = sum(rect.width() * rect.height() for rect in painted.region)  # type: ignore[attr-defined]
    assert 0 < area < 0.15 * WIDTH * HEIGHT
    fresh = shown_plot(qtbot)
    fresh.draw(moved)
    assert shown(fresh) == shown(plot)
    np.testing.assert_array_equal(fresh.surface.pixels, plot.surface.pixels)
    plot.draw(state)
    shown(plot)
    plot.draw(replace(moved, is_forming=False, countdown_ns=None))  # the same bar, closed: composed with the others
    shown(plot)
    np.testing.assert_array_equal(fresh.surface.pixels, plot.surface.pixels)


def test_ages_that_grow_paint_nothing_and_a_new_version_paints(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)))
    plot.draw(state)
    gex, vix_cone = state.gex, state.cone
    assert gex is not None
    assert vix_cone is not None
    older = replace(state, gex=replace(gex, age_ns=99), cone=replace(vix_cone, age_ns=99))
    assert painted_by(plot, lambda: plot.draw(older)).count == 0
    other = replace(older, gex=replace(gex, version=2, levels=()))
    assert painted_by(plot, lambda: plot.draw(other)).count == 1
    assert plot.levels.placards == ()


def test_taking_the_layers_off_restores_every_pixel(plot: MarketPlot) -> None:
    plain = state_of(bars_of(300))
    plot.draw(plain)
    before = shown(plot)
    plot.draw(layered(plain))
    assert shown(plot) != before
    plot.draw(plain)
    assert shown(plot) == before
    plot.draw(replace(plain, gex=GexOverlay(reason="no chain so far"), cone=ConeState(reason="no VIX so far")))
    assert shown(plot) == before


def test_a_stale_chain_dims_its_own_part_and_leaves_the_candles(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)), cone_on=False)
    plot.draw(state)
    before = inks_in(plot)
    old = replace(state, gex=overlay(state, freshness=Freshness.STALE))
    plot.draw(old)
    after = inks_in(plot)
    assert {OVER_FIELD.up, OVER_FIELD.down, INKS.up_volume} <= before & after
    assert THEME.argb("accent") in after
    stale = gamma_inks_of(THEME, Freshness.STALE)
    assert set(FIELD.plus.tolist()) & before
    assert not (set(FIELD.plus.tolist()) - set(stale.plus.tolist())) & after
    assert set(stale.plus.tolist()) & after
    bare = plot.surface.pixels[: plot.bands.plot_bottom, plot.bands.right - 4]
    assert len(np.unique(bare)) <= 4  # no hatch beside the field: ground, grid, lines of levels


def test_an_old_vix_dims_the_cone_alone(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)), gex=False)
    plot.draw(state)
    shown(plot)
    fresh, composed = plot.surface.pixels.copy(), plot.composed
    assert composed is not None
    assert composed.picture.cone is not None
    now, bands = composed.picture.cone.now, plot.bands
    plot.draw(replace(state, cone=cone(state, freshness=Freshness.STALE)))
    shown(plot)
    np.testing.assert_array_equal(plot.surface.pixels[:, :now], fresh[:, :now])
    assert (
        plot.surface.pixels[: bands.plot_bottom, now + 2 : bands.width]
        != fresh[: bands.plot_bottom, now + 2 : bands.width]
    ).any()


def test_the_future_holds_the_cone_and_no_bar_and_no_last_price(plot: MarketPlot) -> None:
    plain = state_of(bars_of(300))
    state = replace(plain, cone=cone(plain, vix=6.0))
    plot.draw(state)
    image, composed, last = shown(plot), plot.composed, plot.last
    assert composed is not None
    assert last is not None
    made = composed.picture.cone
    assert made is not None
    assert pixel(image, made.now, 3) == THEME.argb("accent")
    assert last.end == made.now
    future = plot.surface.pixels[: plot.bands.bottom, made.now + 1 : plot.bands.width]
    assert not {INKS.up, INKS.down, INKS.up_body, INKS.up_volume} & set(np.unique(future).tolist())
    tops = made.spans(1.0)[0]
    clear = (tops[0] >= 8) & (tops[1] - tops[0] >= 9) & (tops[2] - tops[1] >= 9)  # columns of no other edge near by
    middle = made.now + int(np.flatnonzero(clear)[-1])
    inside = plot.surface.pixels[int(tops[2, middle - made.now]) + 4, middle]
    between = plot.surface.pixels[int(tops[0, middle - made.now]) + 4, middle]
    outside = plot.surface.pixels[max(int(tops[0, middle - made.now]) - 4, 0), middle]
    assert int(outside) < int(between) < int(inside)  # stacked: lighter to the inside, in the dark theme


def test_scrolling_away_hides_the_future_and_live_brings_it_back(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)), gex=False)
    plot.draw(state)
    composed = plot.composed
    assert composed is not None
    place = composed.picture.time.left(280)
    viewport = plot.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(viewport, QPoint(240, 150))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(240, 150))
    moved = plot.composed
    assert moved is not None
    assert moved.picture.cone is None
    assert not plot.view.following
    assert moved.picture.time.left(280) == place + 40  # as far as the hand went
    plot.to_live()
    back = plot.composed
    assert back is not None
    assert back.picture.cone is not None
    assert back.picture.time.left(280) == place


def test_the_wheel_beside_a_cone_zooms_about_now(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)), gex=False)
    plot.draw(state)
    composed = plot.composed
    assert composed is not None
    newest = composed.picture.time.left(300)
    for x in (100, WIDTH - 150):
        turn(plot, x, 100, 2, Qt.KeyboardModifier.NoModifier)
        zoomed = plot.composed
        assert zoomed is not None
        assert zoomed.picture.cone is not None
        assert abs(zoomed.picture.time.left(300) - newest) <= 1


def test_a_chart_scrolled_a_little_follows_again_when_the_cone_goes(plot: MarketPlot) -> None:
    plain = state_of(bars_of(300))
    plot.draw(layered(plain, gex=False))
    plot.pan(-5)
    assert not plot.view.following
    plot.draw(plain)
    assert plot.view.following
    plot.draw(layered(plain, gex=False))
    plot.pan(-200)
    plot.draw(plain)
    assert not plot.view.following


def test_the_crosshair_reads_a_day_in_the_future_and_no_time_over_the_profile(plot: MarketPlot) -> None:
    plot.resize(900, HEIGHT)
    state = layered(state_of(bars_of(300)))
    plot.draw(state)
    shown(plot)
    composed = plot.composed
    assert composed is not None
    made = composed.picture.cone
    assert made is not None
    day = made.days[1]
    QTest.mouseMove(plot.viewport(), QPoint(day.column - 3, 120))
    cross = plot.cross
    assert (cross.bar, cross.column) == (None, day.column - 3)
    assert cross.time_tag is not None
    assert cross.price_tag is not None
    assert cross.time_tag.text == "Thu 14"
    shown(plot)
    QTest.mouseMove(plot.viewport(), QPoint(plot.bands.right + 40, 130))
    assert (plot.cross.column, plot.cross.time_tag) == (None, None)
    assert plot.cross.price is not None
    QTest.mouseMove(plot.viewport(), QPoint(100, 130))
    assert plot.cross.bar is not None


def test_names_of_levels_lie_over_the_line_of_the_last_price(plot: MarketPlot) -> None:
    state = layered(state_of(bars_of(300)), cone_on=False)
    last = state.last or 0.0
    wall = GexLevel("call_wall", 6015.0, last, 3.9e9)
    plot.draw(replace(state, gex=overlay(state, levels=(wall,))))
    image = shown(plot)
    (name,) = plot.levels.placards
    inside = [pixel(image, int(name.x) + 3, int(name.y) + dy) for dy in (-3, 0, 3)]
    assert inside == [THEME.argb("bg1")] * 3
    assert plot.last is not None
    assert plot.last.row is not None
    beyond = pixel(image, int(name.x + name.width) + 6, plot.last.row)
    assert beyond in (THEME.argb("accent"), THEME.argb("call"))


@pytest.mark.parametrize("theme", ["graphite", "daylight"])
@pytest.mark.parametrize("size", [(288, 190), (548, 250), (1100, 640)])
def test_layers_draw_at_every_size_in_both_themes(qtbot, theme: str, size: tuple[int, int]) -> None:
    made = shown_plot(qtbot, theme, size)
    for slot in (8.0, 1.0, 0.3):
        made.draw(layered(state_of(bars_of(900))))
        made.restore_view({"slot": slot})
        assert len(np.unique(made.surface.pixels if shown(made) else 0)) > 20


def test_a_surface_of_opengl_renews_the_columns_of_casings_too(qtbot) -> None:
    from cockpit.widgets.gl.surface import GlSurface, GlViewport

    state = layered(state_of(bars_of(300)), cone_on=False)
    composed = composed_of(state, WIDTH, height=HEIGHT)
    bands = composed.picture.bands
    viewport = GlViewport()
    qtbot.addWidget(viewport)
    surface, plain = GlSurface(viewport), RasterSurface()
    row = as_floats(state.bars[-1:])
    for each in (surface, plain):
        each.resize(bands.columns, bands.rows, 1.0)
        each.compose(composed.picture, lambda painter: None)
    before = surface.pixels.copy()
    surface._old = None  # as after an upload
    for each in (surface, plain):
        each.draw_forming(composed.picture, row, 299)
    changed = np.flatnonzero((surface.pixels != before).any(axis=0))
    assert surface._old is not None
    assert surface._old[0] <= changed[0]
    assert changed[-1] < surface._old[1] <= composed.picture.end
    np.testing.assert_array_equal(surface.pixels, plain.pixels)
