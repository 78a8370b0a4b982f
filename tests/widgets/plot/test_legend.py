"""The legend row: one bar's numbers, honest about what is not known, and what a narrow one drops."""

import numpy as np
import pytest

from cockpit.state.views import ChartState, Freshness
from cockpit.widgets.plot.legend import LegendRow, legend_of, signed, whole
from cockpit.widgets.theme import load_theme
from tests.widgets.plot.charts import bars_of, flat, state_of


def values(state: ChartState, bar: int | None = None) -> dict[str, str]:
    return {entry.key: entry.value for entry in legend_of(state, bar)}


def test_it_speaks_of_the_newest_bar_or_of_the_one_asked_for() -> None:
    bars = bars_of(10)
    bars[9] = (*bars[9].tolist()[:2], 15_400, 15_402, 15_399, 15_401, 1234, -77)
    bars[4] = (*bars[4].tolist()[:2], 15_000, 15_010, 14_990, 15_005, 5, 0)
    state = state_of(bars)
    assert values(state) == {
        "O": "3,850.00", "H": "3,850.50", "L": "3,849.75", "C": "3,850.25", "Vol": "1,234", "Δ": "−77",
    }  # fmt: skip
    assert values(state, 4) == {
        "O": "3,750.00", "H": "3,752.50", "L": "3,747.50", "C": "3,751.25", "Vol": "5", "Δ": "0",
    }  # fmt: skip


def test_an_unknown_delta_is_left_out_and_an_unknown_volume_is_a_dash() -> None:
    bars = flat(15_400, 3)
    bars["volume"] = np.nan
    assert values(state_of(bars)) == {k: "3,850.00" for k in "OHLC"} | {"Vol": "–"}


def test_colour_tells_the_side_and_goes_grey_with_age() -> None:
    bars = bars_of(3)
    bars[2] = (*bars[2].tolist()[:2], 10, 12, 8, 9, 5, 3)
    tokens = {entry.key: entry.token for entry in legend_of(state_of(bars), None)}
    assert (tokens["O"], tokens["C"], tokens["Δ"]) == ("text1", "ask", "bid")
    for old in (Freshness.STALE, Freshness.RESYNCING, Freshness.FAILED):
        assert {entry.token for entry in legend_of(state_of(bars, freshness=old), None)} == {"text3"}


def test_nothing_open_has_nothing_to_say() -> None:
    assert legend_of(ChartState(), None) == ()


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (-0.4, "0"), (12_345.0, "+12,345"), (-3.0, "−3")])
def test_signed_numbers_show_their_sign(value: float, text: str) -> None:
    assert signed(value) == text


def test_whole_numbers_are_grouped() -> None:
    assert whole(1_234_567.0) == "1,234,567"


def test_a_narrow_row_drops_keys_and_keeps_the_close(qtbot) -> None:
    row = LegendRow(load_theme("graphite"))
    qtbot.addWidget(row)
    row.show()
    row.resize(800, 34)
    row.show_entries(legend_of(state_of(bars_of(10)), None))
    assert [part.split()[0] for part in row.text.split("  ")] == ["O", "H", "L", "C", "Vol", "Δ"]
    row.resize(330, 34)
    assert row.text.split("  ")[-1].startswith("C ")
    row.resize(120, 34)
    assert row.text.startswith("C ")
    assert "  " not in row.text
