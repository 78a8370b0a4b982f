"""Panels moved, tabbed and resized by keys: what becomes of the tree."""

import pytest

from cockpit.widgets.arrangement import Node, Split, Tabs, panels, split, structure
from cockpit.widgets.moving import LEAST, STEP, group_of, joined, moved, neighbour, resized

A, B, C, D, SIDE = (Tabs((name,)) for name in ("a", "b", "c", "d", "side"))
GRID: Node = split("v", [split("h", [A, B]), split("h", [C, D])])
DESK: Node = split("h", [GRID, Tabs(("side", "more"))], [0.75, 0.25])


@pytest.mark.parametrize(
    ("panel", "side", "found"),
    [
        ("a", "right", "b"), ("a", "down", "c"), ("d", "left", "c"), ("d", "up", "b"),
        ("b", "right", "side"), ("d", "right", "side"), ("side", "left", "b"),
        ("a", "left", None), ("a", "up", None), ("side", "right", None),
    ],
)  # fmt: skip
def test_the_neighbour_is_the_one_the_eye_finds(panel: str, side: str, found: str | None) -> None:
    other = neighbour(DESK, panel, side)
    assert (None if other is None else other.panels[0]) == found


def test_a_lone_panel_changes_places_with_its_neighbour_and_back() -> None:
    there = moved(DESK, "a", "right")
    assert there is not None
    assert list(panels(there))[:4] == ["b", "a", "c", "d"]
    back = moved(there, "a", "left")
    assert back == DESK


@pytest.mark.parametrize(("side", "first"), [("left", "more"), ("up", "more"), ("right", "side"), ("down", "side")])
def test_a_panel_among_tabs_steps_out_of_them(side: str, first: str) -> None:
    there = moved(DESK, "more", side)
    assert there is not None
    assert sorted(panels(there)) == sorted(panels(DESK))
    assert group_of(there, "more") == Tabs(("more",))
    assert next(panel for panel in panels(there) if panel in ("side", "more")) == first


def test_a_panel_joins_its_neighbours_tabs_on_top() -> None:
    there = joined(DESK, "a", "down")
    assert there is not None
    assert group_of(there, "a") == Tabs(("c", "a"), 1)
    assert structure(there) != structure(DESK)
    assert sorted(panels(there)) == sorted(panels(DESK))


def test_at_the_border_nothing_happens() -> None:
    assert moved(DESK, "a", "left") is None
    assert joined(DESK, "a", "up") is None
    assert moved(DESK, "nobody", "left") is None
    assert moved(A, "a", "right") is None


def test_a_panel_gets_wider_at_its_neighbours_cost() -> None:
    there = resized(DESK, "a", "wider")
    assert isinstance(there, Split)
    row = there.items[0].items[0]  # pyright: ignore[reportAttributeAccessIssue]  the test built it so
    assert row.sizes == pytest.approx((0.5 + STEP, 0.5 - STEP))
    assert there.sizes == DESK.sizes  # pyright: ignore[reportAttributeAccessIssue]
    assert resized(there, "a", "narrower") is not None


def test_the_last_of_a_row_grows_to_the_left_and_a_tab_group_as_one() -> None:
    there = resized(DESK, "more", "wider")
    assert isinstance(there, Split)
    assert there.sizes == pytest.approx((0.75 - STEP, 0.25 + STEP))
    assert resized(DESK, "side", "taller") is None  # nothing stands below or above it


def test_nothing_is_made_smaller_than_the_least() -> None:
    tree: Node | None = split("h", [A, B])
    steps = 0
    while (tree := resized(tree, "a", "narrower")) is not None:
        assert isinstance(tree, Split)
        assert min(tree.sizes) >= LEAST
        steps += 1
        assert steps < 100
    assert steps == int((0.5 - LEAST) / STEP)
