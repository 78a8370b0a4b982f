"""Texts along an axis: none touches another, the order stays, the least important goes first."""

import random
from itertools import pairwise

import pytest

from cockpit.widgets.plot.placing import settled, spread


def test_what_has_room_stays_where_it_wants() -> None:
    assert spread([10, 40, 90], 20, 0, 100) == [10, 40, 90]


def test_neighbours_part_evenly() -> None:
    assert spread([50, 50], 20, 0, 100) == [40, 60]
    assert spread([48, 52, 56], 20, 0, 100) == pytest.approx([32, 52, 72])


def test_nothing_leaves_the_axis() -> None:
    assert spread([-50, -40, 400], 20, 0, 100) == [10, 30, 90]


def test_too_many_do_not_fit() -> None:
    assert spread([1, 2, 3], 40, 0, 100) is None
    assert spread([], 40, 0, 10) == []


@pytest.mark.parametrize("seed", range(30))
def test_any_places_end_apart_in_order_and_inside(seed: int) -> None:
    rng = random.Random(seed)
    wanted = sorted(rng.uniform(-30, 330) for _ in range(rng.randrange(1, 12)))
    places = spread(wanted, 18, 0, 300)
    assert places is not None
    assert places[0] >= 9 - 1e-9
    assert places[-1] <= 291 + 1e-9
    assert all(later - earlier >= 18 - 1e-9 for earlier, later in pairwise(places))


@pytest.mark.parametrize("seed", range(30))
def test_no_other_shift_of_a_lone_stack_moves_the_boxes_less(seed: int) -> None:
    rng = random.Random(seed)
    wanted = sorted(rng.uniform(140, 160) for _ in range(4))  # all in one stack, far from both ends
    places = spread(wanted, 18, 0, 300)
    assert places is not None
    cost = sum((a - b) ** 2 for a, b in zip(places, wanted, strict=True))
    for shift in (-2.0, -0.1, 0.1, 2.0):
        assert cost < sum((a + shift - b) ** 2 for a, b in zip(places, wanted, strict=True))


def test_the_least_important_is_left_out_when_it_would_have_to_go_too_far() -> None:
    wanted = [50, 52, 54, 56]
    assert settled(wanted, 20, 0, 100, most=11.0) == {0: 41.0, 1: 61.0}
    assert set(settled(wanted, 20, 0, 100, most=30.0)) == {0, 1, 2, 3}
    assert settled([5], 20, 0, 10, most=30.0) == {}


def test_importance_decides_who_stays_and_place_decides_the_order() -> None:
    assert settled([60, 40, 50], 20, 0, 100, most=10.0) == {1: 30.0, 2: 50.0, 0: 70.0}
