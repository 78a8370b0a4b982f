"""Panning and zooming, following the newest bar, and what a saved view brings back."""

import json
from dataclasses import replace

import pytest

from cockpit.widgets.plot.view import MAX_SLOT, Space, View, restored, saved

WIDTH = 800.0


def test_a_fresh_view_follows_the_newest_bar_with_room_right_of_it() -> None:
    view = View(slot=8.0)
    assert view.right(1000, WIDTH) == pytest.approx(1007)
    assert view.right(1001, WIDTH) == pytest.approx(1008)


def test_scrolled_away_the_view_stays_while_bars_come() -> None:
    view = View(slot=8.0).panned(-100, 1000, WIDTH)
    assert not view.following
    assert view.right(1000, WIDTH) == view.right(1050, WIDTH) == pytest.approx(907)


def test_a_small_pan_keeps_following_with_the_room_that_was_made() -> None:
    view = View(slot=8.0).panned(20, 1000, WIDTH)
    assert view.following
    assert view.right(1000, WIDTH) == pytest.approx(1027)
    assert view.right(1005, WIDTH) == pytest.approx(1032)


def test_back_to_live_brings_the_usual_room() -> None:
    view = View(slot=8.0).panned(-500, 1000, WIDTH).live()
    assert view.following
    assert view.right(1000, WIDTH) == pytest.approx(1007)


@pytest.mark.parametrize("factor", [0.5, 1.2, 3.0])
def test_zooming_keeps_the_bar_under_the_pointer(factor: float) -> None:
    view, x = View(slot=8.0).panned(-200, 1000, WIDTH), 300.0
    before = view.right(1000, WIDTH) - (WIDTH - x) / view.slot
    after = view.zoomed(factor, x, 1000, WIDTH)
    assert after.right(1000, WIDTH) - (WIDTH - x) / after.slot == pytest.approx(before)


def test_some_of_the_data_always_stays_in_view() -> None:
    view = View(slot=8.0)
    assert view.panned(1e9, 1000, WIDTH).right(1000, WIDTH) == pytest.approx(1000 + 100 - 3)
    assert view.panned(-1e9, 1000, WIDTH).right(1000, WIDTH) == pytest.approx(3)
    assert view.zoomed(1e9, 0, 1000, WIDTH).slot == MAX_SLOT


def test_the_oldest_bar_stands_at_the_left_border() -> None:
    view = View(slot=8.0).oldest(1000, WIDTH)
    assert view.right(1000, WIDTH) == pytest.approx(100)


def test_few_bars_can_be_panned_too() -> None:
    assert View(slot=8.0).panned(-5, 1, WIDTH).right(1, WIDTH) >= 1


def test_a_price_range_that_is_empty_or_turned_over_is_refused() -> None:
    view = View().priced(10, 20)
    assert view.prices == (10, 20)
    assert view.priced(30, 30) is view
    assert view.priced(30, 20) is view
    assert view.priced(float("nan"), 20) is view
    assert view.fitted().prices is None


def test_a_saved_view_comes_back_through_json() -> None:
    view = View(slot=5.5).panned(-100, 1000, WIDTH).priced(15_000, 16_000)
    again, edge_ns = restored(json.loads(json.dumps(saved(view, 77))))
    assert (again.slot, again.prices, edge_ns) == (5.5, (15_000.0, 16_000.0), 77)
    follower, none = restored(json.loads(json.dumps(saved(View(slot=3.0, edge=12.0), 77))))
    assert follower.following
    assert (follower.edge, none) == (12.0, None)


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"slot": "wide", "room": None, "prices": [1], "edge_ns": "now"},
        {"slot": float("nan"), "prices": [None, 2], "following": False},
        {"slot": True, "prices": [5, 1], "room": -4, "edge_ns": 1.5},
        {"slot": [8], "prices": "12", "room": {}},
    ],
)
def test_a_damaged_saved_view_falls_back_to_the_usual_one(kept: dict[str, object]) -> None:
    assert restored(kept) == (View(), None)


def test_a_saved_width_out_of_range_is_brought_into_it() -> None:
    assert restored({"slot": 1e12})[0].slot == MAX_SLOT


FUTURE = Space(future=200.0)


def test_beside_a_future_the_newest_bar_ends_where_it_begins() -> None:
    view = View(slot=8.0)
    assert view.right(500, 600, FUTURE) == 525
    assert replace(view, edge=3.0).right(500, 600, FUTURE) == 525  # what was chosen without it waits
    assert replace(view, edge=3.0).right(500, 600) == 503
    assert view.shows_future(FUTURE)
    assert not view.shows_future(Space())


def test_scrolling_away_from_now_hides_the_future_without_a_jump_and_back_brings_it() -> None:
    view = View(slot=8.0)
    away = view.panned(-5, 500, 600, FUTURE)
    assert not away.shows_future(FUTURE)
    assert away.right(500, 600, FUTURE) == 520  # every bar moved by five, no more
    further = away.panned(-100, 500, 600, FUTURE)
    assert further.right(500, 600, FUTURE) == 420
    back = further.panned(105, 500, 600, FUTURE)
    assert back.shows_future(FUTURE)
    assert back.right(500, 600, FUTURE) == 525
    assert back.panned(50, 500, 600, FUTURE) == back


def test_zooming_beside_a_future_keeps_now_where_it_is() -> None:
    view = View(slot=8.0, edge=2.0)
    for factor in (0.2, 3.0):
        zoomed = view.zoomed(factor, 100.0, 500, 600, FUTURE)
        assert zoomed.shows_future(FUTURE)
        assert (zoomed.right(500, 600, FUTURE) - 500) * zoomed.slot == pytest.approx(200)
        assert zoomed.edge == 2.0
    away = view.panned(-50, 500, 600, FUTURE)
    bar = away.right(500, 600, FUTURE) - 500 / away.slot
    zoomed = away.zoomed(1.5, 100.0, 500, 600, FUTURE)
    assert zoomed.right(500, 600, FUTURE) - 500 / zoomed.slot == pytest.approx(bar)


def test_names_of_levels_have_their_room_until_the_user_chooses_another() -> None:
    space = Space(labels=160.0)
    view = View(slot=8.0)
    assert view.right(500, 600, space) == 520
    assert view.right(500, 6000, space) == view.right(500, 6000)  # the usual air is more
    assert view.panned(-15, 500, 600, space).right(500, 600, space) == 505
    assert view.panned(-15, 500, 600, space).following
