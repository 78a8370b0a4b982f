"""What the hand does: plot and axes dragged, the wheel turned."""

import pytest

from cockpit.widgets.plot.gestures import Extents, Grip, Zone, dragged, wheeled
from cockpit.widgets.plot.view import View

EXTENTS = Extents(count=1000, width=800.0, height=400.0, low=100.0, high=200.0)


def grip(zone: Zone, view: View, x: float = 400.0, y: float = 200.0) -> Grip:
    return Grip(zone, x, y, view, EXTENTS.low, EXTENTS.high)


def test_dragging_the_plot_right_shows_earlier_bars() -> None:
    view = View(slot=8.0)
    moved = dragged(grip(Zone.PLOT, view), 480.0, 250.0, EXTENTS)
    assert moved.right(1000, 800) == pytest.approx(view.right(1000, 800) - 10)
    assert moved.prices is None  # fitted prices stay fitted


def test_fixed_prices_move_with_the_hand() -> None:
    moved = dragged(grip(Zone.PLOT, View().priced(100, 200)), 400.0, 300.0, EXTENTS)
    assert moved.prices == pytest.approx((125, 225))


def test_dragging_the_price_axis_down_widens_the_range_about_its_middle() -> None:
    wider = dragged(grip(Zone.PRICES, View()), 830.0, 300.0, EXTENTS).prices
    assert wider is not None
    assert sum(wider) == pytest.approx(300)
    assert wider[1] - wider[0] > 100


def test_dragging_the_time_axis_right_widens_the_bars() -> None:
    assert dragged(grip(Zone.TIMES, View(slot=8.0)), 600.0, 410.0, EXTENTS).slot > 8.0


def test_the_wheel_keeps_the_bar_under_the_pointer() -> None:
    view = View(slot=8.0).panned(-300, 1000, 800)
    turned = wheeled(view, Zone.PLOT, 2, 200.0, 100.0, EXTENTS)
    assert turned.slot > view.slot
    before = view.right(1000, 800) - 600 / view.slot
    assert turned.right(1000, 800) - 600 / turned.slot == pytest.approx(before)


def test_the_wheel_over_the_price_axis_keeps_the_price_under_the_pointer() -> None:
    turned = wheeled(View(), Zone.PRICES, 1, 830.0, 100.0, EXTENTS).prices
    assert turned is not None
    low, high = turned
    assert high - low < 100
    assert (high - 175) / (high - low) == pytest.approx(0.25)
