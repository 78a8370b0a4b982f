"""Names of levels and their tags: where they stand, what they say in how much room, that none lies on another."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import pytest

from cockpit.state.views import ChartState, Freshness, GexLevel
from cockpit.widgets.plot.axes import Tag
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import Composed
from cockpit.widgets.plot.labels import TAG_HEIGHT
from cockpit.widgets.plot.levels import HEIGHT, LevelMarks, Placard, level_marks, level_plan, placed_tags
from cockpit.widgets.plot.marks import OVER, UNDER, LastPrice, last_price
from cockpit.widgets.plot.view import View
from tests.widgets.plot.charts import bars_of, state_of
from tests.widgets.plot.layered import composed_of, cone, overlay

PLAIN = state_of(bars_of(300))
LAST = float(PLAIN.bars["close"][-1])


def width_of(text: str) -> float:
    return 5.6 * len(text)


def compose(state: ChartState, width: float = 900, ratio: float = 1.0, view: View | None = None) -> Composed:
    return composed_of(state, width, ratio, view, height=420)


def marks_of(state: ChartState, width: float = 900, ratio: float = 1.0, view: View | None = None) -> LevelMarks:
    composed = compose(state, width, ratio, view)
    plan = level_plan(state, composed, width_of)
    return level_marks(plan, last_price(state, composed), composed.picture.bands)


def with_levels(*found: tuple[str, float], **changes: Any) -> ChartState:
    """The plain chart with levels so many ticks above its last price."""
    made = tuple(
        GexLevel(kind, (LAST + far) / 4, LAST + far, None if kind == "flip" else 2.6e9) for kind, far in found
    )
    return replace(PLAIN, gex=overlay(PLAIN, levels=made, **changes))


def texts(placards: Sequence[Placard]) -> list[str]:
    return [placard.text for placard in sorted(placards, key=lambda placard: placard.y)]


def test_names_stand_right_of_the_newest_bar_on_their_lines() -> None:
    state = with_levels(("call_wall", 24.0), ("flip", 4.0), ("put_wall", -1.0))
    composed, marks = compose(state, 900), marks_of(state)
    newest = composed.picture.time.left(300)
    assert texts(marks.placards)[0] == f"Call wall  SPX {(LAST + 24) / 4:,.2f}".rstrip("0").rstrip(".") + "  +$2.6B"
    for placard in marks.placards:
        assert placard.x >= newest + 16
        assert placard.x + placard.width <= composed.picture.bands.right - 8
    row = composed.picture.price.y(LAST + 24)
    assert marks.placards[0].y == row + 0.5
    assert [placard.token for placard in marks.placards] == ["call", "accent", "put"]


def test_tags_carry_the_price_on_this_chart_in_the_hue_of_the_level() -> None:
    marks = marks_of(with_levels(("call_wall", 24.0), ("put_wall", 12.0), ("flip", 40.0)))
    assert [(tag.text, tag.ground) for tag in marks.tags] == [
        (f"{(LAST + far) / 4:,.2f}", ground) for far, ground in ((40.0, "accent"), (24.0, "call"), (12.0, "put"))
    ]


def test_only_the_nearest_flip_has_a_name_and_a_tag() -> None:
    marks = marks_of(with_levels(("flip", 4.0), ("flip", 20.0), ("flip", 30.0)))
    assert len(marks.placards) == len(marks.tags) == 1
    assert marks.placards[0].text == f"Flip  {(LAST + 4) / 4:,.2f}"


def test_less_room_makes_names_shorter() -> None:
    state = with_levels(("call_wall", 24.0))
    said = [marks_of(state, width).placards[0].text.count(" ") for width in (900, 640, 500, 375)]
    assert said == sorted(said, reverse=True)
    assert len(set(said)) >= 3


def test_a_level_out_of_range_is_an_arrow_at_the_edge_with_its_distance() -> None:
    marks = marks_of(with_levels(("call_wall", 600.0), ("put_wall", -800.0)))
    assert marks.tags == ()
    up, down = sorted(marks.placards, key=lambda placard: placard.y)
    assert up.text.startswith("↑ Call wall")
    assert up.text.endswith("+150.00")
    assert up.y == HEIGHT / 2 + 2
    assert down.text.startswith("↓ Put wall")
    assert down.text.endswith("−200.00")


def test_two_walls_at_one_strike_are_named_above_each_other() -> None:
    marks = marks_of(with_levels(("call_wall", 24.0), ("put_wall", 24.0)))
    one, other = sorted(placard.y for placard in marks.placards)
    assert other - one == HEIGHT
    assert len(marks.tags) == 2


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("width", [360, 500, 620, 900, 1200])
@pytest.mark.parametrize("has_cone", [False, True])
@pytest.mark.parametrize("far", [0.0, 3.0, 30.0])
def test_nothing_lies_on_anything(ratio: float, width: int, has_cone: bool, far: float) -> None:
    state = with_levels(("call_wall", far), ("put_wall", -far), ("flip", 1.0), ("flip", 50.0))
    state = replace(state, cone=cone(state) if has_cone else None)
    composed = compose(state, width, ratio)
    plan, last = level_plan(state, composed, width_of), last_price(state, composed)
    marks = level_marks(plan, last, composed.picture.bands)
    height = composed.picture.bands.plot_bottom / ratio
    for one, other in combinations(marks.placards, 2):
        assert abs(one.y - other.y) >= HEIGHT - 1e-9
    for placard in marks.placards:
        assert HEIGHT / 2 <= placard.y <= height - HEIGHT / 2
        assert placard.x + placard.width <= composed.picture.bands.right / ratio
    assert last is not None
    spans = [(tag.at - TAG_HEIGHT / 2, tag.at + TAG_HEIGHT / 2) for tag in marks.tags]
    middle = min(max(last.tag.at, TAG_HEIGHT / 2), height - TAG_HEIGHT / 2)
    spans.append((middle - TAG_HEIGHT / 2, middle + TAG_HEIGHT * 1.5))  # with the countdown
    spans.sort()
    for (_, end), (start, _) in pairwise(spans):
        assert start >= end - 1e-9


def tag(at: float, text: str = "") -> Tag:
    return Tag(at, text, "call", "on_data")


def last_at(at: float) -> LastPrice:
    return LastPrice(0, 0, Tag(at, "last", "accent", "on_accent", below="3:12"))


def test_tags_keep_to_their_side_of_the_last_price() -> None:
    made = placed_tags((tag(99, "above"), tag(101, "below")), last_at(100), 400)
    assert [(each.text, each.at) for each in made] == [("above", 82.0), ("below", 136.0)]


def test_a_tag_without_room_near_its_price_is_left_out_the_least_important_first() -> None:
    crowd = tuple(tag(90, str(number)) for number in range(9))
    made = placed_tags(crowd, last_at(100), 400)
    assert {each.text for each in made} == {"0", "1", "2"}
    assert placed_tags(crowd[:1], None, 400) == crowd[:1]


def test_scrolled_away_a_name_stands_at_the_edge_where_no_candle_is() -> None:
    state = with_levels(("call_wall", 24.0))
    bands = Bands.of(900, 420, 1.0, volume=True, gex=True)
    view = View().panned(-150, 300, bands.right, bands.space)
    composed = compose(state, 900, view=view)
    price, detail = composed.picture.price, composed.picture.detail.rows
    free, crossed = price.low + 2.0, float(detail[-3, 3] + detail[-3, 4]) / 2
    for at, shown in ((free, True), (crossed, False)):
        wall = GexLevel("call_wall", 6015.0, at, 1e9)
        moved = replace(state, gex=overlay(PLAIN, levels=(wall,)))
        placards = level_plan(moved, compose(moved, 900, view=view), width_of).placards
        assert [placard.text for placard in placards] == (["Call wall"] if shown else [])


def test_the_foot_of_the_plot_stays_free_for_what_lies_there() -> None:
    state = with_levels(("put_wall", -400.0))
    composed = compose(state, 900)
    height = composed.picture.bands.plot_bottom
    (name,) = level_plan(state, composed, width_of, foot=42.0).placards
    assert name.y == height - 42 - 2 - HEIGHT / 2


def test_an_old_chain_has_grey_names_and_hollow_tags() -> None:
    marks = marks_of(with_levels(("call_wall", 24.0), ("flip", 4.0), freshness=Freshness.STALE))
    assert {placard.token for placard in marks.placards} == {"text3"}
    assert all(each.hollow for each in marks.tags)


def test_the_ends_of_the_cone_are_tags_on_the_axis() -> None:
    state = replace(PLAIN, cone=cone(PLAIN))
    assert state.cone is not None
    marks = marks_of(state)
    low95, low68, _, _, _, high68, high95 = (f"{round(end) * 0.25:,.2f}" for end in state.cone.bands[-1])
    tags = sorted(marks.tags, key=lambda each: each.at)
    texts = [f"{OVER}{high95}", f"{OVER}{high68}", f"{UNDER}{low68}", f"{UNDER}{low95}"]
    assert [each.text for each in tags] == texts, "beside flat candles the cone goes on beyond the plot"
    assert [each.ground for each in tags] == ["text2", "accent", "accent", "text2"]
    assert all(each.hollow for each in tags)
    narrow = replace(PLAIN, cone=cone(PLAIN, vix=1.5))
    inside = sorted(marks_of(narrow).tags, key=lambda each: each.at)
    assert {each.ground for each in inside} == {"accent", "bg4"}
    assert not any(each.hollow or each.text[0] in (OVER, UNDER) for each in inside)
    old = replace(state, cone=cone(PLAIN, freshness=Freshness.STALE))
    assert all(each.hollow for each in marks_of(old).tags)


def test_without_layers_there_is_nothing_to_write() -> None:
    assert marks_of(PLAIN) == LevelMarks()
