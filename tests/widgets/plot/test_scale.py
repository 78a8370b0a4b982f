"""Bars and prices find their pixels, and pixels find them back."""

import pytest

from cockpit.widgets.plot.scale import PriceScale, TimeScale


@pytest.mark.parametrize("slot", [0.01, 0.3, 1.0, 2.7, 8.0, 33.3])
def test_the_pixel_of_a_bar_leads_back_to_it(slot: float) -> None:
    scale = TimeScale.ending_at(1_000_000.0, slot, 600)
    for bar in (999_000, 999_990, 999_999):
        assert abs(scale.bar_at(scale.centre(bar)) - (bar + 0.5)) <= 1 / slot


def test_the_right_border_is_where_it_was_asked_to_be() -> None:
    assert TimeScale.ending_at(100.0, 8.0, 600).bar_at(600) == 100.0


def test_panning_moves_every_bar_by_the_same_number_of_pixels() -> None:
    for slot in (1.3, 2.7, 7.9):
        before, after = TimeScale.ending_at(500.0, slot, 600), TimeScale.ending_at(503.3, slot, 600)
        assert len({before.centre(bar) - after.centre(bar) for bar in range(300, 500)}) == 1


def test_only_bars_of_which_a_pixel_shows_are_visible() -> None:
    scale = TimeScale.ending_at(50.0, 10.0, 100)
    assert scale.visible(1000) == (40, 51)
    assert scale.visible(45) == (40, 45)
    assert TimeScale.ending_at(5.0, 10.0, 100).visible(1000) == (0, 6)
    assert TimeScale.ending_at(50.0, 10.0, 100).visible(10) == (10, 10)


@pytest.mark.parametrize(("slot", "ratio", "body"), [(8, 1, 5), (16, 2, 11), (3, 1, 1), (0.2, 1, 1), (60, 1, 13)])
def test_a_body_is_odd_and_about_two_thirds_of_its_slot(slot: float, ratio: float, body: int) -> None:
    assert TimeScale(slot, 0, 100).body(ratio) == body


def test_higher_prices_are_higher_up_and_come_back_from_their_row() -> None:
    scale = PriceScale(100.0, 200.0, 0, 400)
    assert scale.y(199) < scale.y(101)
    assert scale.y(200.0) == 0
    for price in (100.5, 137.0, 199.75):
        assert scale.price_at(scale.y(price)) == pytest.approx(price, abs=1 / scale.per_unit)
