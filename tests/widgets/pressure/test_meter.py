"""The pressure meter: where things are at which width, what is painted, and what pointing at it tells."""

from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from cockpit.state.views import Freshness, PressureState
from cockpit.widgets.glyphs_state import text_width
from cockpit.widgets.pressure.meter import (
    FIGURE,
    FILL,
    FIRST,
    FULL,
    PITCH,
    SHORT,
    TRACK,
    TRACK_TOP,
    PressureMeter,
    meter_height,
)
from cockpit.widgets.pressure.words import NAMES, part_tip, rows, sum_tip, verdict
from cockpit.widgets.theme import PADDING
from tests.widgets.pressure.states import BUYERS, SELLERS, UNKNOWN
from tests.widgets.shell import pixels, theme

WIDTHS = (240, 300, 400, 700)
STATES = {"buyers": BUYERS, "sellers": SELLERS, "unknown": UNKNOWN, "nothing": PressureState()}


@pytest.fixture
def meter(qtbot: Any) -> PressureMeter:
    made = PressureMeter(theme())
    qtbot.addWidget(made)
    made.resize(400, FULL)
    made.show()
    return made


def columns(meter: PressureMeter, y: int, ink: int) -> list[int]:
    """Where a colour stands on a line of pixels."""
    return np.flatnonzero(pixels(meter)[y] == ink).tolist()


@pytest.mark.parametrize(
    ("room", "height"), [(500, FULL), (FULL, FULL), (FULL - 1, SHORT), (SHORT, SHORT), (79, 0), (-5, 0)]
)
def test_it_is_whole_or_without_components_or_not_there(room: int, height: int) -> None:
    assert meter_height(room) == height


def test_the_fill_goes_from_zero_to_the_value_in_the_hue_of_the_side(meter: PressureMeter) -> None:
    track = 400 - 2 * PADDING
    for state, side in ((BUYERS, "bid"), (SELLERS, "ask")):
        meter.draw(state, Freshness.FRESH)
        filled = columns(meter, TRACK_TOP + TRACK // 2, theme().mixed(side, FILL, "bg3"))
        ends = sorted((PADDING + track / 2, PADDING + track * (1 + (state.value or 0.0)) / 2))
        assert filled[0] == pytest.approx(ends[0], abs=3.0), "the needle covers its end"
        assert filled[-1] == pytest.approx(ends[1], abs=3.0)
        assert columns(meter, TRACK_TOP + 2, theme().argb("accent")), "the needle"


def test_bars_show_the_shares_on_one_scale_to_both_sides_of_zero(meter: PressureMeter) -> None:
    meter.draw(BUYERS, Freshness.FRESH)
    zero, half = round(meter.bars().center().x()), meter.bars().width() / 2
    for place, row in enumerate(rows(BUYERS)):
        assert row.share is not None
        ink = theme().mixed("bid" if row.share > 0 else "ask", FILL)
        bar = columns(meter, FIRST + place * PITCH + PITCH // 2, ink)
        assert len(bar) == pytest.approx(abs(row.share) / 0.30 * half, abs=2.0)
        assert (bar[0] >= zero) is (row.share > 0)


def test_a_share_larger_than_the_scale_stays_inside(meter: PressureMeter) -> None:
    parts = (replace(BUYERS.parts[0], share=0.55, weight=0.6), *BUYERS.parts[1:])
    meter.draw(replace(BUYERS, parts=parts), Freshness.FRESH)
    bar = columns(meter, FIRST + PITCH // 2, theme().mixed("bid", FILL))
    assert bar[-1] == pytest.approx(meter.bars().right(), abs=2.0)


@pytest.mark.parametrize(("width", "name"), [*product(WIDTHS, STATES)])
def test_no_text_is_over_another_or_outside(meter: PressureMeter, width: int, name: str) -> None:
    look, state = theme(), STATES[name]
    meter.resize(width, FULL)
    meter.draw(state, Freshness.FRESH)
    title, value, told = meter.title_places()
    shown = [area for area in (title, value, told) if area.width() > 0]
    assert all(a.right() <= b.left() for a, b in pairwise(shown))
    assert shown[0].left() >= PADDING
    assert shown[-1].right() <= width - PADDING
    assert text_width(look, "label", verdict(state)) <= told.width(), "nothing is cut"
    ends = text_width(look, "label", "+1")
    label = meter.range_label()
    assert label.isNull() or PADDING + ends < label.left() < label.right() < width - PADDING - ends
    names = max(text_width(look, "label", each) for each in NAMES.values())
    assert PADDING + names < meter.bars().left() < meter.bars().right() <= width - PADDING - FIGURE
    assert text_width(look, "axis", "+0.14") <= FIGURE


def test_a_stale_book_greys_the_meter_and_a_fresh_one_colours_it(meter: PressureMeter) -> None:
    coloured = [theme().argb(token) for token in ("bid", "ask", "accent")]
    meter.draw(BUYERS, Freshness.FRESH)
    assert np.isin(pixels(meter), coloured).any()
    meter.draw(BUYERS, Freshness.STALE)
    assert not np.isin(pixels(meter), coloured).any()


def test_an_unknown_pressure_has_no_needle_no_fill_and_says_why(meter: PressureMeter) -> None:
    meter.draw(UNKNOWN, Freshness.FRESH)
    marks = [theme().argb("accent"), *(theme().mixed(side, FILL, "bg3") for side in ("bid", "ask"))]
    assert not np.isin(pixels(meter), marks).any()
    assert meter.lines()[0] == "Pressure – fewer than two components"
    assert meter.accessibleName().startswith("Pressure – fewer than two components, Imbalance –")


def test_without_room_for_components_they_cannot_be_read_nor_pointed_at(meter: PressureMeter) -> None:
    meter.draw(BUYERS, Freshness.FRESH)
    assert len(meter.lines()) == 7
    assert [meter.tip_at(FIRST + place * PITCH + 3) for place in range(5)] == [
        part_tip(BUYERS, place) for place in range(5)
    ]
    assert meter.tip_at(TRACK_TOP) == sum_tip(BUYERS)
    meter.resize(400, SHORT)
    assert meter.lines() == ["Pressure +0.34 buyers, moderate", "5 min range +0.12 to +0.47"]
    assert meter.tip_at(SHORT - 1) == sum_tip(BUYERS)


def test_only_what_looks_different_is_painted_anew(meter: PressureMeter, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[bool] = []
    monkeypatch.setattr(meter, "update", lambda: painted.append(True))
    meter.draw(BUYERS, Freshness.FRESH)
    meter.draw(replace(BUYERS, at_ns=1), Freshness.FRESH)
    assert len(painted) == 1
    meter.draw(replace(BUYERS, value=0.342), Freshness.FRESH)
    meter.draw(replace(BUYERS, value=0.342), Freshness.AGING)
    assert len(painted) == 3


@pytest.mark.parametrize("name", ["graphite", "daylight"])
def test_it_paints_in_every_state_and_theme(qtbot: Any, name: str) -> None:
    made = PressureMeter(theme(name))
    qtbot.addWidget(made)
    for width, height, state, fresh in product(WIDTHS, (FULL, SHORT), STATES.values(), Freshness):
        made.resize(width, height)
        made.draw(state, fresh)
        assert not made.grab().isNull()
