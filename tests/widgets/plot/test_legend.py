"""The legend row: one bar's numbers, honest about what is not known, and what a narrow one drops."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cockpit.engines.bars.vwap import DELTA
from cockpit.state.views import ChartState, ConeState, CvdState, Freshness, GexOverlay, MarkState
from cockpit.widgets.figures import known, unit
from cockpit.widgets.plot.entries import BARS
from cockpit.widgets.plot.legend import cone_entries, gex_entries, legend_of
from cockpit.widgets.plot.legend_row import LayerButton, LegendRow
from cockpit.widgets.plot.mark_entries import mark_entries
from cockpit.widgets.plot.words import signed
from cockpit.widgets.theme import load_fonts, load_theme
from tests.widgets.plot.charts import bars_of, coin, flat, instrument, state_of
from tests.widgets.plot.layered import cone, overlay


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
    assert known(None, 1_234_567.0) == "1,234,567"


def test_volume_and_delta_of_coins_are_coins_not_lots() -> None:
    bars = bars_of(10)
    bars[9] = (*bars[9].tolist()[:2], 15_400, 15_402, 15_399, 15_401, 466_221, -7_250)
    rows = np.zeros(10, DELTA)
    rows["anchor_ns"], rows["value"] = 1, -12_345
    state = replace(state_of(bars), cvd=CvdState("", rows))
    says = values(replace(state, head=replace(state.head, instrument=coin())))
    assert (says["Vol"], says["Δ"], says["CVD"]) == ("466.221", "−7.250", "−12.345 BTC")
    says = values(state)
    assert (says["Vol"], says["Δ"], says["CVD"]) == ("466,221", "−7,250", "−12,345 ct")
    share = replace(instrument(), kind="equity")
    assert values(replace(state, head=replace(state.head, instrument=share)))["CVD"] == "−12,345 sh"
    assert [unit(replace(coin(), root=root)) for root in ("ETHUSDC", "SOLUSD", "USDT", "")] == [
        "ETH", "SOL", "coins", "coins",
    ]  # fmt: skip


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


def layered_legend(**layers: object) -> dict[str, str]:
    state = replace(state_of(bars_of(10)), **layers)
    return {entry.key: entry.value for entry in legend_of(state, None) if entry.group != BARS}


def mark_says(**changed: object) -> dict[str, str]:
    """What mark price and funding say; 15,402 ticks of 0.25 are 3,850.50."""
    first = MarkState(15_402.4, 15_400.0, rate=0.0001, funding_in_ns=(3 * 3600 + 12 * 60) * 10**9,
                      age_ns=10**9, freshness=Freshness.FRESH)  # fmt: skip
    return layered_legend(mark=replace(first, **changed))


def test_mark_price_and_funding_of_a_perpetual_stand_behind_the_bar() -> None:
    assert mark_says() == {"Mark": "3,850.50", "Index": "3,850.00", "Funding": "+0.0100 % in 3 h 12 m"}
    assert mark_says(rate=-0.000125)["Funding"] == "−0.0125 % in 3 h 12 m"
    assert mark_says(rate=0.0)["Funding"] == "0.0000 % in 3 h 12 m"
    assert "Funding" not in mark_says(has_funding=False)
    assert layered_legend(mark=None) == {}


def test_where_room_is_short_the_index_price_goes_before_the_delta(qtbot) -> None:
    state = replace(state_of(bars_of(10)), mark=MarkState(15_402.4, 15_400.0, rate=0.0001, funding_in_ns=10**12))
    rows = [legend_row(qtbot, state, width) for width in range(1_100, 560, -20)]
    assert {("Mark" in row.text, "Funding" in row.text) for row in rows} == {(True, True)}
    found = [("Δ" in row.text, "Index" in row.text, row.height()) for row in rows]
    assert found[0] == (True, True, 34)
    assert (True, False, 34) in found
    assert found[-1] == (True, True, 54), "on lines of their own both have room"
    assert (False, True, 34) not in found


def test_what_is_not_known_of_a_perpetual_is_a_dash_and_what_is_old_says_so() -> None:
    assert layered_legend(mark=MarkState()) == {"Mark": "–", "Funding": "–"}
    assert mark_says(rate=None)["Funding"] == "–"
    assert mark_says(funding_in_ns=None)["Funding"] == "+0.0100 % in –"
    old = mark_says(age_ns=72 * 10**9, freshness=Freshness.STALE, funding_in_ns=0)
    assert (old["Mark"], old["Funding"]) == ("3,850.50 · 72 s", "+0.0100 % due")
    state = MarkState(15_402.0, 15_400.0, rate=0.0001, age_ns=72 * 10**9, freshness=Freshness.STALE)
    tokens = {entry.key: entry.token for entry in mark_entries(state, instrument(), "text1")}
    assert tokens == {"Mark": "stale", "Index": "text3", "Funding": "text3"}
    aging = mark_entries(replace(state, freshness=Freshness.AGING), instrument(), "text1")
    assert [entry.token for entry in aging] == ["aging", "text1", "text1"]


def test_the_gamma_overlay_states_total_basis_age_and_convention() -> None:
    gex = overlay(state_of(bars_of(10)), since=5)
    assert layered_legend(gex=gex) == {
        "Net GEX": "+$1.42B / 1 %", "Basis": "+12.25 · 4 m 10 s", "Chain": "42 s", "calls +, puts −": "",
    }  # fmt: skip
    by_ratio = replace(gex, basis=10.0213, is_ratio=True, sign="short_all", bucket="0dte", total=-17.5e9)
    assert layered_legend(gex=by_ratio) == {
        "Net GEX": "−$17.50B / 1 %", "Basis": "×10.0213 · 4 m 10 s", "Chain": "42 s", "dealers short all": "",
        "0DTE only": "",
    }  # fmt: skip
    on_itself = replace(gex, basis=None, basis_age_ns=None, total=None, sign="skew_adjusted")
    assert layered_legend(gex=on_itself) == {"Net GEX": "–", "Chain": "42 s", "by skew": ""}


def test_an_overlay_without_anything_says_why() -> None:
    assert layered_legend(gex=GexOverlay(reason="no SPX and ESU2 price within 15 m")) == {
        "Net GEX": "–", "no SPX and ESU2 price within 15 m": "",
    }  # fmt: skip
    assert layered_legend(cone=ConeState(reason="no VIX so far")) == {"Cone": "–", "no VIX so far": ""}


def test_the_cone_states_moves_level_and_method() -> None:
    made = replace(cone(state_of(bars_of(10))), one_session=240.0, five_sessions=537.0)
    assert layered_legend(cone=made) == {
        "1 d ±1σ": "±60.0", "5 d ±1σ": "±134.2", "VIX": "27.29", "VIX/16, log-normal": "",
    }  # fmt: skip
    old = replace(made, freshness=Freshness.STALE, age_ns=26 * 3600 * 10**9, method="exact", five_sessions=None)
    assert layered_legend(cone=old) == {
        "1 d ±1σ": "±60.0", "5 d ±1σ": "–", "VIX": "27.29 · 26 h 0 m", "VIX/√252, log-normal": "",
    }  # fmt: skip


def test_a_pane_too_narrow_for_a_cone_says_so() -> None:
    entries = cone_entries(cone(state_of(bars_of(10))), instrument(), has_room=False)
    assert entries[-1].key == "VIX/16, log-normal; pane too narrow to draw it"


def test_what_is_old_is_grey_and_its_age_has_the_colour_of_its_state() -> None:
    gex = overlay(state_of(bars_of(10)), since=5, freshness=Freshness.STALE)
    tokens = {entry.key: entry.token for entry in gex_entries(gex)}
    assert (tokens["Net GEX"], tokens["Basis"], tokens["Chain"]) == ("text3", "text3", "stale")
    aging = {entry.key: entry.token for entry in gex_entries(replace(gex, freshness=Freshness.AGING))}
    assert (aging["Net GEX"], aging["Chain"]) == ("call", "aging")
    fallen = {entry.key: entry.token for entry in gex_entries(replace(gex, freshness=None, total=-1e9))}
    assert fallen["Net GEX"] == "put"


def legend_row(qtbot, state: ChartState, width: int) -> LegendRow:
    load_fonts()
    row = LegendRow(load_theme("graphite"))
    qtbot.addWidget(row)
    row.show()
    row.resize(width, 34)
    row.show_entries(legend_of(state, None))
    return row


def test_layers_stand_beside_the_bar_where_there_is_room_and_below_it_where_there_is_not(qtbot) -> None:
    state = state_of(bars_of(10))
    state = replace(state, gex=overlay(state, since=5), cone=cone(state))
    heights = [legend_row(qtbot, state, width).height() for width in (1500, 1150, 620)]
    assert heights == [34, 54, 74]
    narrow = legend_row(qtbot, state, 620)
    for part in ("C ", "Net GEX", "Basis", "Chain", "calls +, puts −", "5 d ±1σ", "VIX/16, log-normal"):
        assert part in narrow.text


def test_a_layer_beside_the_bar_takes_the_place_of_volume_and_delta(qtbot) -> None:
    state = state_of(bars_of(10))
    state = replace(state, gex=overlay(state, since=5))
    row = legend_row(qtbot, state, 890)
    assert row.height() == 34
    assert "Vol" not in row.text
    assert "calls +, puts −" in row.text


def test_a_number_that_grows_shorter_again_moves_no_line(qtbot) -> None:
    state = state_of(bars_of(10))
    wide = replace(state, gex=overlay(state, since=5, age_ns=250 * 10**9))
    row = legend_row(qtbot, wide, 862)
    assert row.height() == 54
    row.show_entries(legend_of(replace(state, gex=overlay(state, since=5, age_ns=10**9)), None))
    assert row.height() == 54  # one line would do, but nothing jumps
    row.resize(863, 54)
    assert row.height() == 34
    row.show_entries(legend_of(state, None))
    assert row.height() == 34


def test_a_reason_too_long_is_cut_and_told_in_full_by_the_tooltip(qtbot) -> None:
    reason = "the flow model needs signed option prints, and no source that is open now has any of those at all"
    row = legend_row(qtbot, replace(state_of(bars_of(10)), gex=GexOverlay(reason=reason)), 400)
    assert row.toolTip() == reason
    row.show_entries(legend_of(state_of(bars_of(10)), None))
    assert row.toolTip() == ""


def test_what_fits_is_painted_inside_the_row(qtbot) -> None:
    state = state_of(bars_of(10))
    state = replace(state, gex=overlay(state, since=5), cone=cone(state))
    image = legend_row(qtbot, state, 620).grab().toImage()
    ground = image.pixel(0, 0)
    edges = [image.pixel(x, y) for x in (*range(8), *range(image.width() - 8, image.width())) for y in range(74)]
    assert set(edges) == {ground}
    for line in (slice(8, 27), slice(28, 47), slice(48, 67)):
        assert any(image.pixel(x, y) != ground for x in range(14, 300) for y in range(line.start, line.stop))


def clicked(row: LegendRow) -> list[str]:
    got: list[str] = []
    row.layer_clicked.connect(got.append)
    return got


def test_a_click_on_what_a_layer_says_toggles_that_layer(qtbot) -> None:
    state = state_of(bars_of(10))
    state = replace(state, gex=overlay(state, since=5), cone=cone(state))
    row = legend_row(qtbot, state, 620)
    got, areas = clicked(row), row.layer_areas()
    assert set(areas) == {"gex", "cone"}
    for layer in ("gex", "cone"):
        QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=areas[layer].center())
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(20, 17))  # the bar's own numbers
    QTest.mouseClick(row, Qt.MouseButton.RightButton, pos=areas["gex"].center())
    QTest.mousePress(row, Qt.MouseButton.LeftButton, pos=areas["gex"].center())
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, pos=QPoint(20, 17))  # let go elsewhere
    assert got == ["gex", "cone"]


def test_what_is_under_the_pointer_lights_up_and_tells_its_key(qtbot) -> None:
    state = state_of(bars_of(10))
    row = legend_row(qtbot, replace(state, gex=overlay(state, since=5)), 1200)
    before = row.grab().toImage()
    spot = row.layer_areas()["gex"].center()
    QTest.mouseMove(row, spot)
    assert row.hovered == "gex"
    assert row.cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert row.grab().toImage() != before
    assert row.tip_at(spot.x(), spot.y()).splitlines()[-1] == "A click hides GEX  F3"
    QTest.mouseMove(row, QPoint(20, 17))
    assert row.hovered == ""
    assert row.grab().toImage() == before


def test_a_layer_put_away_keeps_its_name_and_says_how_it_comes_back(qtbot) -> None:
    state = state_of(bars_of(10))
    row = legend_row(qtbot, state, 900)
    row.show_entries(legend_of(state, None, put_away=("gex", "vwap")))
    assert row.text.endswith("VWAP off  GEX off")
    got, areas = clicked(row), row.layer_areas()
    spot = areas["vwap"].center()
    assert row.tip_at(spot.x(), spot.y()) == "A click shows VWAP  Shift+F7"
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=spot)
    assert got == ["vwap"]
    on = replace(state, gex=overlay(state, since=5))
    row.show_entries(legend_of(on, None, put_away=("gex",)))
    assert "off" not in row.text


def test_each_layer_is_a_named_button_for_a_screen_reader(qtbot) -> None:
    state = state_of(bars_of(10))
    row = legend_row(qtbot, replace(state, gex=overlay(state, since=5)), 900)
    row.show_entries(legend_of(replace(state, gex=overlay(state, since=5)), None, put_away=("cone",)))
    buttons = {button.accessibleName(): button for button in row.findChildren(LayerButton)}
    assert set(buttons) == {"GEX, shown", "Cone, off"}
    assert buttons["Cone, off"].accessibleDescription() == "Cone on the chart  F6"
    got = clicked(row)
    buttons["Cone, off"].click()
    assert got == ["cone"]
