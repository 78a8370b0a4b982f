"""A chart by keys alone: the crosshair, the price axis, the usual bars."""

from dataclasses import replace

import pytest

from cockpit.state.commands import PointAt
from tests.widgets.panels.test_chart import Desk, point_at
from tests.widgets.plot.charts import bars_of, instrument, state_of

BARS = 300


@pytest.fixture
def desk(qtbot) -> Desk:
    made = Desk(qtbot)
    made.panels[0].draw(state_of(bars_of(BARS)))
    return made


def test_the_crosshair_begins_on_the_newest_bar_and_walks(desk: Desk) -> None:
    panel = desk.panels[0]
    state = state_of(bars_of(BARS))
    panel.toggle_key_cross()
    assert panel.plot.cross.bar == BARS - 1
    assert panel.plot.cross.price == float(state.bars["close"][-1])
    panel.move_key_cross(-3, 0)
    assert panel.plot.cross.bar == BARS - 4
    assert panel.legend.text.startswith(f"O {instrument().format(float(state.bars['open'][BARS - 4]))}")
    price = panel.plot.cross.price
    panel.move_key_cross(0, 2)
    moved = panel.plot.cross.price
    assert price is not None
    assert moved is not None
    assert moved > price
    assert moved == int(moved), "it stands on prices that can be traded"
    panel.move_key_cross(99, 0)
    assert panel.plot.cross.bar == BARS - 1


def test_the_link_group_hears_of_it_and_of_its_end(desk: Desk) -> None:
    panel, state = desk.panels[0], state_of(bars_of(BARS))
    panel.toggle_key_cross()
    panel.move_key_cross(-1, 0)
    last = desk.sent[-1]
    assert isinstance(last, PointAt)
    assert (last.pane, last.at_ns) == ("chart.1", int(state.bars["open_ns"][BARS - 2]))
    panel.toggle_key_cross()
    assert desk.sent[-1] == PointAt(1, "")
    assert panel.plot.cross.bar is None


def test_the_view_comes_along_no_further_than_needed(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.toggle_key_cross()
    shown = int(panel.plot.width() / panel.plot.view.slot)
    panel.move_key_cross(-20, 0)
    assert panel.plot.view.following, "it was in view"
    panel.move_key_cross(-shown, 0)
    cross = panel.plot.cross
    assert cross.bar == BARS - 21 - shown
    assert cross.column is not None
    assert not panel.plot.view.following


def test_it_stays_on_its_bar_while_bars_come_and_goes_with_the_series(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.toggle_key_cross()
    panel.move_key_cross(-5, 0)
    at = panel.plot.cross.column
    panel.draw(state_of(bars_of(BARS + 2)))
    assert panel.plot.cross.bar == BARS - 6
    assert panel.plot.cross.column != at, "the chart has moved on below it"
    panel.draw(replace(state_of(bars_of(BARS)), series=9))
    assert not panel.has_key_cross


def test_the_mouse_takes_the_crosshair_over(desk: Desk) -> None:
    panel = desk.panels[0]
    panel.toggle_key_cross()
    point_at(panel, 200, 100)
    assert not panel.has_key_cross
    assert panel.plot.is_pointed


def test_without_bars_there_is_no_crosshair(qtbot) -> None:
    panel = Desk(qtbot).panels[0]
    panel.toggle_key_cross()
    panel.move_key_cross(-1, 1)
    assert not panel.has_key_cross


def test_prices_move_and_zoom_by_keys_and_recentre_lets_them_go(desk: Desk) -> None:
    panel = desk.panels[0]
    composed = panel.plot.composed
    assert composed is not None
    low, high = composed.picture.price.low, composed.picture.price.high
    panel.pan_prices(0.1)
    assert panel.plot.view.prices == pytest.approx((low + 0.1 * (high - low), high + 0.1 * (high - low)))
    panel.zoom_prices(1)
    prices = panel.plot.view.prices
    assert prices is not None
    assert prices[1] - prices[0] == pytest.approx((high - low) / 1.1)
    panel.recentre()
    assert panel.plot.view.prices is None


def test_usual_bars_come_back_at_the_newest(desk: Desk) -> None:
    panel = desk.panels[0]
    usual = panel.plot.view.slot
    panel.zoom(5)
    panel.pan(-100)
    panel.to_usual()
    assert panel.plot.view.slot == usual
    assert panel.plot.view.following
