"""Presets: columns where there is room, tabs where there is not, and no chart below its least size."""

from itertools import product

import pytest

from cockpit.widgets.arrangement import GAP, Node, Size, Split, Tabs, least, panels
from cockpit.widgets.presets import PRESETS, WIDE, arrange, squeeze
from cockpit.widgets.theme import HEADER

BARS = 44 + 48 + 26 + 2 * GAP


def minimum(panel: str) -> Size:
    wide, high = (360, 220) if panel.startswith("chart") else (240, 140)
    return wide, high + HEADER


def at(name: str, width: int, height: int) -> Node:
    return arrange(name, width, (width - 2 * GAP, height - BARS), minimum)


def width_of(tree: Node, panel: str, room: float) -> float:
    if isinstance(tree, Tabs):
        return room
    for item, size in zip(tree.items, tree.sizes, strict=True):
        if panel in panels(item):
            return width_of(item, panel, room * size if tree.direction == "h" else room)
    raise AssertionError(panel)


def panels_below(tree: Node) -> tuple[str, ...]:
    """Panels of the right-most column where that is a split."""
    assert isinstance(tree, Split)
    last = tree.items[-1]
    return tuple(panels(last)) if isinstance(last, Split) else ()


def test_a_wide_window_has_the_columns_of_the_picture() -> None:
    tree = at("2x2", 2560, 1440)
    assert isinstance(tree, Split)
    assert tree.items[1:] == (Tabs(("ladder",)), Split("v", (Tabs(("vix",)), Tabs(("health",))), (0.58, 0.42)))
    assert width_of(tree, "ladder", 2552) == pytest.approx(401, abs=3)
    assert width_of(tree, "vix", 2552) == width_of(tree, "health", 2552) == pytest.approx(365, abs=3)


def test_below_1600_the_right_hand_columns_become_tabs() -> None:
    tree = at("2x2", 1599, 900)
    assert isinstance(tree, Split)
    assert tree.items[-1] == Tabs(("ladder", "vix", "health"))
    assert isinstance(at("2x2", WIDE, 900), Split)


def test_below_960_there_is_one_pane_with_tabs() -> None:
    assert at("2x2", 959, 900) == Tabs(("chart.1", "chart.2", "chart.3", "chart.4", "ladder", "vix", "health"))


def test_the_smallest_window_that_is_looked_at_shows_four_charts_and_the_tabs() -> None:
    tree = at("2x2", 1280, 720)
    assert isinstance(tree, Split)
    assert list(panels(tree)) == ["chart.1", "chart.2", "chart.3", "chart.4", "ladder", "vix", "health"]


def test_a_wide_window_too_low_for_two_panels_below_each_other_has_tabs() -> None:
    both = sum(minimum(panel)[1] for panel in ("vix", "health")) + GAP
    low = arrange("1", 2560, (2552, both - 1), minimum)
    assert isinstance(low, Split)
    assert low.items[-1] == Tabs(("ladder", "vix", "health"))
    assert panels_below(arrange("1", 2560, (2552, both), minimum)) == ("vix", "health")


@pytest.mark.parametrize(
    ("name", "width", "height"), [*product(PRESETS, (480, 960, 1280, 1600, 2560), (400, 720, 1440))]
)
def test_no_chart_gets_smaller_than_its_least_size_while_there_is_room_for_one(
    name: str, width: int, height: int
) -> None:
    tree = at(name, width, height)
    wide, high = least(tree, minimum)
    alone = isinstance(tree, Tabs)
    assert alone or (wide <= width - 2 * GAP and high <= height - BARS)
    assert len(list(panels(tree))) == len(set(panels(tree)))


def test_an_own_arrangement_stays_where_it_fits_and_becomes_tabs_where_it_does_not() -> None:
    own = Split("h", (Tabs(("chart.1",)), Tabs(("chart.2",))), (0.5, 0.5))
    assert squeeze(own, (724, 250), minimum) is own
    assert squeeze(own, (723, 250), minimum) == Tabs(("chart.1", "chart.2"))
