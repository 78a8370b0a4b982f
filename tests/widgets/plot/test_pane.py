"""The market plot on the screen: pixels where they belong, little painted, items of others on the market."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cockpit.state.views import ChartState, Freshness, Head
from cockpit.widgets.plot.inks import inks_of
from cockpit.widgets.plot.kernels import HIGH
from cockpit.widgets.plot.pane import MarketPlot
from tests.widgets.plot.charts import bars_of, state_of, with_last
from tests.widgets.plot.panes import (
    HEIGHT,
    THEME,
    WIDTH,
    another_price,
    double_click,
    painted_by,
    pixel,
    shown,
    shown_plot,
    turn,
)

INKS = inks_of(THEME, Freshness.FRESH)


@pytest.fixture
def plot(qtbot) -> MarketPlot:
    return shown_plot(qtbot)


def test_each_candle_stands_where_the_scales_say(plot: MarketPlot) -> None:
    state = state_of(bars_of(300))
    plot.draw(state)
    image = shown(plot)
    composed = plot.composed
    assert composed is not None
    time, price = composed.picture.time, composed.picture.price
    for bar in (299, 280, 260):
        row = state.bars[bar]
        edge = INKS.up if row["close"] >= row["open"] else INKS.down
        assert pixel(image, time.centre(bar), price.y(row["high"])) == edge
        assert pixel(image, time.centre(bar), price.y(row["low"])) == edge


def test_what_is_grabbed_is_what_was_composed(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(300)))
    image = shown(plot)
    px, bands = plot.surface.pixels, plot.bands
    for x, y in ((5, 5), (300, 200), (bands.width, 100), (200, bands.plot_bottom), (200, bands.bottom)):
        assert pixel(image, x, y) == px[y, x]


def test_drawing_the_same_state_again_paints_nothing(plot: MarketPlot) -> None:
    state = state_of(bars_of(300))
    plot.draw(state)
    assert painted_by(plot, lambda: plot.draw(state)).count == 0
    assert painted_by(plot, lambda: plot.draw(replace(state, now_ns=state.now_ns or 0 + 1))).count == 0


def test_drawing_is_idempotent_whatever_came_before(plot: MarketPlot, qtbot) -> None:
    final = with_last(state_of(bars_of(300)), 15_395.0)
    for step in (state_of(bars_of(100)), state_of(bars_of(299)), with_last(final, 15_401.0), final):
        plot.draw(step)
        shown(plot)
    fresh = MarketPlot(THEME)
    qtbot.addWidget(fresh)
    fresh.resize(WIDTH, HEIGHT)
    fresh.show()
    fresh.draw(final)
    assert shown(fresh) == shown(plot)
    np.testing.assert_array_equal(fresh.surface.pixels, plot.surface.pixels)


def test_a_print_repaints_the_newest_candle_and_its_tag_only(plot: MarketPlot) -> None:
    state = state_of(bars_of(300))
    plot.draw(state)
    inside = with_last(state, another_price(state))
    painted = painted_by(plot, lambda: plot.draw(inside))
    area = sum(rect.width() * rect.height() for rect in painted.region)  # type: ignore[attr-defined]
    assert painted.count == 1
    assert 0 < area < 0.1 * WIDTH * HEIGHT
    before = plot.surface.pixels.copy()
    plot.draw(state)
    shown(plot)
    plot.draw(inside)
    shown(plot)
    np.testing.assert_array_equal(plot.surface.pixels, before)  # there and back leaves no trace


def test_a_pane_nobody_looks_at_composes_nothing(plot: MarketPlot) -> None:
    plot.hide()
    plot.draw(state_of(bars_of(300)))
    QApplication.processEvents()
    assert plot.surface.pixels.size == 1


def test_an_empty_pane_says_why_and_composes_nothing(plot: MarketPlot) -> None:
    plot.draw(ChartState())
    image = shown(plot)
    middle = {
        pixel(image, x, HEIGHT // 2 + dy) for x in range(WIDTH // 2 - 40, WIDTH // 2 + 40) for dy in (-3, 0, 3)
    }
    assert len(middle) > 3  # letters
    assert pixel(image, 3, 3) == THEME.argb("bg1")
    assert plot.composed is None


def test_an_empty_pane_is_painted_again_for_another_reason_only(plot: MarketPlot) -> None:
    plot.draw(ChartState())
    assert painted_by(plot, lambda: plot.draw(ChartState(now_ns=5))).count == 0
    other = ChartState(head=Head(reason="no 1 m bars: 5 m bars only"))
    assert painted_by(plot, lambda: plot.draw(other)).count == 1
    assert painted_by(plot, lambda: plot.draw(state_of(bars_of(300)))).count == 1


def test_panning_and_back_restores_every_pixel(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    shown(plot)
    before = plot.surface.pixels.copy()
    plot.pan(-37)
    shown(plot)
    assert (plot.surface.pixels != before).any()
    plot.pan(37)
    shown(plot)
    np.testing.assert_array_equal(plot.surface.pixels, before)


def test_the_hand_drags_the_plot(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    viewport = plot.viewport()
    right = plot.view.right(600, plot.bands.width)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(300, 150))
    QTest.mouseMove(viewport, QPoint(380, 150))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(380, 150))
    assert plot.view.right(600, plot.bands.width) == pytest.approx(right - 10)
    QTest.mouseMove(viewport, QPoint(100, 150))
    assert plot.view.right(600, plot.bands.width) == pytest.approx(right - 10)  # let go


def test_the_wheel_zooms_about_the_pointer_and_pans_with_shift(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    composed = plot.composed
    assert composed is not None
    under = composed.picture.time.bar_at(200)
    turn(plot, 200, 100, 3, Qt.KeyboardModifier.NoModifier)
    zoomed = plot.composed
    assert zoomed is not None
    assert plot.view.slot > 8
    assert zoomed.picture.time.bar_at(200) == pytest.approx(under, abs=0.1)
    slot, right = plot.view.slot, plot.view.right(600, plot.bands.width)
    turn(plot, 200, 100, 1, Qt.KeyboardModifier.ShiftModifier)
    assert plot.view.slot == slot
    assert plot.view.right(600, plot.bands.width) < right


def test_dragging_the_price_axis_fixes_the_scale_and_a_double_click_fits_it_again(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    viewport, x = plot.viewport(), WIDTH - 20
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(x, 100))
    QTest.mouseMove(viewport, QPoint(x, 160))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(x, 160))
    assert plot.view.prices is not None
    badge = shown(plot)
    double_click(plot, x, 100)
    assert plot.view.prices is None
    corner = QPoint(WIDTH - 36, HEIGHT - 12)
    assert pixel(badge, corner.x() - 7, corner.y()) == THEME.argb("bg4")
    assert pixel(shown(plot), corner.x() - 7, corner.y()) == THEME.argb("bg1")


def test_a_click_on_the_badge_fits_the_scale(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    plot.look(plot.view.priced(15_000, 16_000))
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(WIDTH - 36, HEIGHT - 12))
    assert plot.view.prices is None


def test_a_double_click_on_the_time_axis_returns_to_the_usual_view(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    plot.zoom(5)
    plot.pan(-200)
    double_click(plot, 200, HEIGHT - 10)
    assert plot.view.following
    assert plot.view.slot == 8.0


def test_zooming_by_key_keeps_the_newest_bar_where_it_is(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    before = plot.composed
    plot.zoom(3)
    after = plot.composed
    assert before is not None
    assert after is not None
    assert abs(before.picture.time.left(600) - after.picture.time.left(600)) <= 1
    assert plot.view.following


def test_the_crosshair_stands_on_the_bar_and_prints_price_and_time(plot: MarketPlot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    QTest.mouseMove(plot.viewport(), QPoint(300, 120))
    cross, composed = plot.cross, plot.composed
    assert composed is not None
    assert cross.bar is not None
    assert cross.column == composed.picture.time.centre(cross.bar)
    assert cross.row == 120
    assert cross.price_tag is not None
    assert cross.time_tag is not None
    assert cross.price_tag.text.startswith("3,8")
    assert cross.price is not None
    assert cross.price_tag.text == f"{round(cross.price) * 0.25:,.2f}"
    image = shown(plot)
    column = [pixel(image, cross.column, y) for y in range(plot.bands.bottom)]
    assert column.count(THEME.argb("text3")) > 0.4 * len(column)
    QTest.mouseMove(plot.viewport(), QPoint(300, HEIGHT - 30))  # over the volume pane there is no price
    assert plot.cross.price is None
    QApplication.sendEvent(plot.viewport(), QEvent(QEvent.Type.Leave))
    assert plot.cross.bar is None
    assert not plot.is_pointed


def test_with_ctrl_the_crosshair_snaps_to_the_bars_prices(plot: MarketPlot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    composed = plot.composed
    assert composed is not None
    bar = 580
    high = float(state.bars["high"][bar])
    at = QPoint(composed.picture.time.centre(bar), composed.picture.price.y(high) - 5)
    QTest.keyPress(plot, Qt.Key.Key_Control)
    QTest.mouseMove(plot.viewport(), at)
    event_free = plot.cross.price
    plot._pointer = replace(plot._pointer, snaps=True)
    plot.draw(state)
    assert event_free != high
    assert plot.cross.price == high


def test_moving_the_crosshair_repaints_strips_only(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    QTest.mouseMove(plot.viewport(), QPoint(300, 120))
    painted = painted_by(plot, lambda: QTest.mouseMove(plot.viewport(), QPoint(330, 140)))
    area = sum(rect.width() * rect.height() for rect in painted.region)  # type: ignore[attr-defined]
    assert 0 < area < 0.15 * WIDTH * HEIGHT


def test_a_linked_pane_draws_the_instant_and_for_its_symbol_the_price(plot: MarketPlot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    at_ns = int(state.bars["open_ns"][580]) + 17
    plot.draw(state, at_ns, float(state.bars["close"][590]))
    assert plot.cross.bar == 580
    assert plot.cross.price_tag is not None
    plot.draw(state, at_ns, None)
    assert plot.cross.bar == 580
    assert plot.cross.row is None
    plot.draw(state, int(state.bars["close_ns"][-1]) + 1, None)
    assert plot.cross.bar is None
    plot.draw(state, None, None)
    assert plot.cross.column is None


def test_the_last_price_has_a_line_a_tag_and_a_countdown(plot: MarketPlot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    image, last = shown(plot), plot.last
    assert last is not None
    assert last.row is not None
    assert (last.tag.text, last.tag.below) == (f"{state.last * 0.25:,.2f}", "3:12")
    assert pixel(image, plot.bands.width - 3, last.row) == THEME.argb("accent")
    assert pixel(image, plot.bands.width + 3, last.row) == THEME.argb("accent")
    plot.pan(-400)
    shown(plot)
    assert plot.last is not None
    assert plot.last.row is None  # the newest bar is out of view: no line starts there


def test_a_last_price_out_of_range_is_hollow_and_points_its_way(plot: MarketPlot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    plot.look(plot.view.priced(15_000, 15_100))
    shown(plot)
    assert plot.last is not None
    assert plot.last.tag.hollow
    assert plot.last.tag.below.startswith("↑")


@pytest.mark.parametrize("freshness", [Freshness.STALE, Freshness.RESYNCING, Freshness.FAILED])
def test_old_data_looks_old(plot: MarketPlot, freshness: Freshness) -> None:
    fresh = state_of(bars_of(600))
    plot.draw(fresh)
    before = set(np.unique(plot.surface.pixels)) if shown(plot) else set()
    plot.draw(replace(fresh, head=replace(fresh.head, freshness=freshness)))
    shown(plot)
    after = set(np.unique(plot.surface.pixels))
    assert INKS.up in before
    assert INKS.up not in after
    assert plot.last is not None
    assert plot.last.tag.hollow
    if freshness is not Freshness.FAILED:
        assert (plot.surface.pixels != THEME.argb("bg1")).mean() > 0.1  # the hatch lies over all of it


def test_data_that_ages_only_dims(plot: MarketPlot) -> None:
    fresh = state_of(bars_of(600))
    plot.draw(replace(fresh, head=replace(fresh.head, freshness=Freshness.AGING)))
    shown(plot)
    inks = set(np.unique(plot.surface.pixels))
    assert THEME.mixed("bid", 0.8) in inks
    assert INKS.up not in inks


def test_items_of_others_lie_on_the_market_and_the_scene_paints_only_then(plot: MarketPlot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    plain = shown(plot)
    line = pg.InfiniteLine(pos=float(state.bars["low"][580]), angle=0, pen=pg.mkPen("#FF00FF"))
    plot.addItem(line)
    composed = plot.composed
    assert composed is not None
    row = composed.picture.price.y(float(state.bars["low"][580]))
    image = shown(plot)
    pink = [y for y in range(plot.bands.plot_bottom) if pixel(image, 3, y) == 0xFFFF00FF]
    assert len(pink) == 1
    assert abs(pink[0] - row) <= 2
    assert pixel(image, plot.bands.width + 5, pink[0]) != 0xFFFF00FF  # not over the axis
    plot.removeItem(line)
    assert shown(plot) == plain


@pytest.fixture
def unlimited_pointer() -> Iterator[None]:
    """pyqtgraph drops pointer moves that come within 10 ms of each other; not here."""
    usual = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", -1)
    yield
    pg.setConfigOption("mouseRateLimit", usual)


@pytest.mark.usefixtures("unlimited_pointer")
def test_a_drawing_that_wants_the_pointer_gets_it(plot: MarketPlot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    level = float(state.bars["low"][580])
    line = pg.InfiniteLine(pos=level, angle=0, movable=True)
    plot.addItem(line)
    shown(plot)
    composed = plot.composed
    assert composed is not None
    y, right = composed.picture.price.y(level), plot.view.right(600, plot.bands.width)
    viewport = plot.viewport()
    QTest.mouseMove(viewport, QPoint(200, y - 30))
    QTest.mouseMove(viewport, QPoint(200, y))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, y))
    QTest.mouseMove(viewport, QPoint(215, y - 20))
    QTest.mouseMove(viewport, QPoint(230, y - 40))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(230, y - 40))
    assert line.value() > level
    assert plot.view.right(600, plot.bands.width) == right  # the chart stood still


def test_a_million_bars_pan_at_the_cost_of_their_pixels(plot: MarketPlot) -> None:
    state = state_of(np.tile(bars_of(1000), 1000))
    bars = state.bars.copy()
    bars["open_ns"] = bars_of(1)["open_ns"][0] + np.arange(len(bars)) * 300_000_000_000
    bars["close_ns"] = bars["open_ns"] + 300_000_000_000
    state = replace(state, bars=bars)
    plot.draw(state)
    for slot in (8.0, 0.5, 0.01, 0.0005):
        plot.restore_view({"slot": slot})
        for step in (-1, -100, 7):
            plot.pan(step)
            composed = plot.composed
            assert composed is not None
            assert composed.picture.detail.read <= 9 * WIDTH
            assert not np.isnan(composed.picture.detail.rows[:, HIGH]).all()


def test_another_series_keeps_the_instant_in_view_and_fits_its_prices(plot: MarketPlot) -> None:
    five = state_of(bars_of(600))
    plot.draw(five)
    plot.pan(-300)
    plot.look(plot.view.priced(15_000, 16_000))
    edge = int(five.bars["open_ns"][int(plot.view.right(600, plot.bands.width)) - 1])
    one = replace(state_of(bars_of(3000, step_ns=60_000_000_000)), series=2)
    plot.draw(one)
    bar = int(plot.view.right(3000, plot.bands.width)) - 1
    assert abs(int(one.bars["open_ns"][bar]) - edge) <= 300_000_000_000
    assert plot.view.prices is None


def test_a_follower_follows_into_another_series(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    plot.draw(replace(state_of(bars_of(50)), series=2))
    assert plot.view.following


def test_a_saved_view_waits_for_its_bars(plot: MarketPlot, qtbot) -> None:
    state = state_of(bars_of(600))
    plot.draw(state)
    plot.zoom(2)
    plot.pan(-300)
    kept = plot.view_state()
    other = MarketPlot(THEME)
    qtbot.addWidget(other)
    other.resize(WIDTH, HEIGHT)
    other.restore_view(kept)
    assert other.view_state()["edge_ns"] == kept["edge_ns"]
    other.draw(state)
    assert other.view.slot == plot.view.slot
    assert int(other.view.right(600, other.bands.width)) == int(plot.view.right(600, plot.bands.width))


def test_keys_are_left_to_the_window(plot: MarketPlot) -> None:
    plot.draw(state_of(bars_of(600)))
    view = plot.view
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_End):
        QTest.keyClick(plot, key)
    assert plot.view == view
