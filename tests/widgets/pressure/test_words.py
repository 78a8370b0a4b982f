"""Figures, reasons and tooltips of the pressure meter."""

from dataclasses import replace

import pytest

from cockpit.state.views import PressureState
from cockpit.widgets.pressure.words import TIP_WIDTH, lines, part_tip, rows, signed, sum_tip
from tests.widgets.pressure.states import BUYERS, SELLERS, UNKNOWN


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.34, "+0.34"),
        (-0.06, "−0.06"),
        (0.0, "0.00"),
        (-0.004, "0.00"),
        (0.005, "+0.01"),
        (1.0, "+1.00"),
        (None, "–"),
    ],
)
def test_a_figure_has_its_sign_and_no_minus_zero(value: float | None, text: str) -> None:
    assert signed(value) == text


def test_everything_is_read_in_the_order_of_the_weights() -> None:
    assert lines(BUYERS) == [
        "Pressure +0.34 buyers, moderate",
        "5 min range +0.12 to +0.47",
        "Imbalance +0.14",
        "Order flow +0.12",
        "Pull / stack +0.09",
        "Aggression +0.05",
        "GEX stiffness −0.06",
    ]


def test_what_is_unknown_is_a_dash_with_its_reason() -> None:
    assert lines(UNKNOWN)[0] == "Pressure – fewer than two components"
    assert lines(UNKNOWN)[1:3] == ["Imbalance – one side of the book is empty", "Order flow – no 5 min of book yet"]
    assert lines(SELLERS)[-1] == "GEX stiffness – no option chain open"


def test_before_the_first_tick_the_five_are_there_without_figures() -> None:
    assert [(row.name, row.figure, row.share) for row in rows(PressureState())] == [
        (name, "–", None) for name in ("Imbalance", "Order flow", "Pull / stack", "Aggression", "GEX stiffness")
    ]
    assert part_tip(PressureState(reason="no book"), 0) == "Imbalance: no book"


def test_a_share_tells_what_went_into_it_its_weight_and_its_formula() -> None:
    told = part_tip(BUYERS, 1).split("\n")
    assert told[0] == "Order flow: +0.48 × weight 0.25 = +0.12"
    assert told[1] == "OFI +442 in 10 s, median 142 over 5 min"
    assert told[2].startswith("Formula: order flow: tanh(OFI of 10 s")
    assert told[-1] == "As of 18:20:00.250 ET"
    assert all(len(line) <= TIP_WIDTH for line in told)


def test_an_unknown_share_tells_why_and_that_it_has_no_weight() -> None:
    told = part_tip(SELLERS, 4)
    assert told.startswith(
        "GEX stiffness is unknown and has no weight\nno option chain open\nFormula: GEX stiffness"
    )


def test_the_sum_tells_the_raw_value_and_the_range() -> None:
    told = sum_tip(BUYERS)
    assert told.startswith("Pressure +0.34, buyers, moderate; the shares add up to +0.36 now")
    assert "Between +0.12 and +0.47 over the last 5 min" in told
    assert sum_tip(UNKNOWN).startswith("Pressure is unknown: fewer than two components")
    assert "Between" not in sum_tip(replace(BUYERS, low=None))
