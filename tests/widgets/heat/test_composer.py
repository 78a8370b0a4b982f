"""The pixels of the heatmap: every column says what rested, a new one costs the same however long the past is."""

from dataclasses import replace

import numpy as np
import pytest

from cockpit.engines.book.layout import CELL_NS
from cockpit.events.dtypes import Kind, empty
from cockpit.state.views import Cutoffs, Freshness, HeatState
from cockpit.widgets.heat import composer as module
from cockpit.widgets.heat.composer import HeatComposer, least_drawn
from cockpit.widgets.heat.inks import FIRST, LAST, HeatInks, heat_inks, shade_steps
from cockpit.widgets.heat.view import HeatScale
from cockpit.widgets.theme import load_theme
from tests.engines.book.programs import mbo_rows, record
from tests.widgets.heat.states import Market, scale_at, sums_at

THEME = load_theme("graphite")
LIMITS = Cutoffs(5.0, 90.0)


def inks() -> HeatInks:
    return heat_inks(THEME, Freshness.FRESH)


def made(state: HeatState, scale: HeatScale, composer: HeatComposer | None = None, **more: bool) -> HeatComposer:
    composer = composer or HeatComposer()
    composer.compose(state, scale, LIMITS, inks(), 1.0, bubbles=more.get("bubbles", False))
    return composer


def shades(sums: np.ndarray) -> np.ndarray:
    steps = shade_steps(LIMITS)
    return np.where(sums > 0, FIRST + np.searchsorted(steps, sums, side="right"), 0)


@pytest.mark.parametrize(("cells", "group"), [(1, 1), (1, 2), (7, 1), (20, 5)])
def test_a_column_shows_the_most_that_rested_at_each_price(cells: int, group: int) -> None:
    market = Market()
    market.feed(3_000)
    state = market.state()
    scale = scale_at(state, cells=cells, group=group)
    composer = made(state, scale)
    now = (state.now_ns or 0) // CELL_NS // cells
    differs = 0
    for column in range(now - 40, now):
        most = np.max(
            [sums_at(state, cell, scale) for cell in range(column * cells - 1, (column + 1) * cells)], axis=0
        )
        drawn = composer.heat[:, column % composer.heat.shape[1]]
        # rows of several prices may have held more for a moment within a cell: an order that moved inside the row
        differs += int((drawn != shades(most)).sum()) if group > 1 else 0
        if group == 1:
            assert drawn.tolist() == shades(most).tolist(), column
        assert (drawn >= shades(most)).all()
    assert differs <= 40 * scale.map_rows * 0.02


def test_what_lies_ahead_of_now_and_before_the_first_change_is_blank() -> None:
    market = Market()
    market.feed(500)
    state = market.state()
    scale = replace(scale_at(state), columns=1_000)
    px = made(state, scale).px
    now, first = ((at or 0) // CELL_NS for at in (state.now_ns, state.heat.first_ns))
    for absolute in (*range(now + 1, scale.end), *range(scale.start, first)):
        assert (px[:, absolute % 1_000] == inks().ground).all()


def test_columns_that_come_one_by_one_give_the_same_pixels_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CROWDED", 1e9)
    market, composer = Market(), HeatComposer()
    market.feed(2_000)
    state = market.state()
    first = scale_at(state, pixels=2)
    made(state, first, composer, bubbles=True)
    for _ in range(60):
        market.feed(12)
        state = market.state()
        scale = replace(first, end=scale_at(state, pixels=2).end)
        made(state, scale, composer, bubbles=True)
        assert composer.touched < 4 * scale.rows * scale.columns / 2
    whole = made(state, scale, bubbles=True)
    assert composer.least == whole.least == 0
    assert np.array_equal(composer.px, whole.px)


def test_a_new_column_touches_as_many_bytes_whatever_the_history_holds() -> None:
    touched: list[int] = []
    for before in (400, 3_800):
        market, composer = Market(), HeatComposer()
        market.feed(before)
        state = market.state()
        first = scale_at(state)
        made(state, first, composer)
        whole = composer.touched
        market.feed(1)
        later = market.state((state.now_ns or 0) + CELL_NS)
        made(later, replace(first, end=first.end + 1), composer)
        touched.append(composer.touched)
        assert composer.touched < whole / 4
    assert touched[0] == touched[1]


def test_nothing_is_drawn_while_nothing_changed_or_only_now_is_out_of_view() -> None:
    market, composer = Market(), HeatComposer()
    market.feed(2_000)
    state = market.state()
    back = replace(scale_at(state), end=scale_at(state).end - 300)
    assert composer.compose(state, back, LIMITS, inks(), 1.0, bubbles=False)
    market.feed(200)
    assert not composer.compose(market.state(), back, LIMITS, inks(), 1.0, bubbles=False)


def test_a_level_that_was_eaten_ends_otherwise_than_one_that_was_pulled() -> None:
    adds = [record("A", "B", price, 80, price) for price in (100, 110)]
    ends = [record("T", "A", 100, 80), record("C", "B", 100, 80, 100), record("C", "B", 110, 80, 110)]
    rows = mbo_rows([*adds, record("A", "A", 120, 5, 7), *ends])
    rows["clock_ns"] = 1_000 * CELL_NS
    rows["clock_ns"][3:] = 1_050 * CELL_NS
    market = Market(rows)
    market.feed(6)
    state = market.state(1_060 * CELL_NS)
    scale = HeatScale(100, 150, 1, 1, 1_070, 125.5, 5.0, 1)
    px = made(state, scale).px
    column = px[:, 1_050 % 100]
    marks = {tick: int(column[int(scale.y(tick))]) for tick in (100, 110)}
    assert marks == {100: inks().eaten, 110: inks().pulled}


def test_a_gap_is_a_gap_on_the_map() -> None:
    market = Market()
    market.feed(1_000)
    gap = empty(Kind.GAP, 1)
    at = int(market.rows["clock_ns"][999])
    gap["seq"], gap["clock_ns"], gap["from_ns"] = market.rows["seq"][999], at, at - 3 * CELL_NS
    market.feed(500, GAP=gap)
    state = market.state()
    scale = scale_at(state, columns=800)
    px = made(state, scale).px
    inside = px[:, (at // CELL_NS + 5) % 800]
    assert set(inside.tolist()) - {inks().ground} != set(inside.tolist())
    assert (inside == inks().ground).mean() > 0.5
    edge = px[:, (at // CELL_NS - 3) % 800]
    assert (edge == inks().gap).any()


def test_bubbles_give_the_smallest_up_where_they_would_hide_the_map() -> None:
    bubbles = np.zeros((4, 5))
    bubbles[:, 2], bubbles[:, 4] = (1, 9, 4, 25), (2, 4, 3, 6)
    assert least_drawn(bubbles, 1_000.0) == 0
    assert least_drawn(bubbles, 20.0) == 9


def test_the_shades_run_from_what_rests_at_all_to_the_high_limit() -> None:
    sizes = np.array([0, 1, 5, 90, 10_000])
    assert shades(sizes).tolist()[:2] == [0, FIRST]
    assert shades(sizes).tolist()[3:] == [LAST, LAST]
    assert (np.diff(shades(np.arange(200))) >= 0).all()
