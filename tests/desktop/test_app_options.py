"""The options morning of July 2022 in a real window: layers, their settings, gauge and meter, by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.drive import Cockpit
from tests.desktop.seat import (
    es_bars,
    es_evening,
    spx_chain,
    vix_3m_days,
    vix_9d_days,
    vix_days,
    with_recording,
)

Start = Callable[..., Cockpit]
MORNING = (es_bars, spx_chain, vix_days, vix_9d_days, vix_3m_days)


def opened(data: Path) -> tuple[Path, ...]:
    return tuple(file(data) for file in MORNING)


def test_an_options_morning_has_field_cone_and_gauge_and_keys_change_them(start: Start, data: Path) -> None:
    seat = with_recording(start("--open", *opened(data), "--at", "2022-07-12T14:30", "--size", "1900x1000"))
    seen = seat.expect(
        lambda seen: (
            seen["charts"]["chart.1"]["gex"]["columns"] and not seen["charts"]["chart.1"]["gex"]["missing"]
        ),
        "the whole field",
    )
    gex = seen["charts"]["chart.1"]["gex"]
    assert gex["columns"] == [31], "5-minute bars from 11:55 to 14:30"
    assert (gex["root"], gex["as_of"][:16], gex["freshness"]) == ("SPX", "2022-07-12T15:55", "STALE")
    assert ["call_wall", 4000.0] in gex["levels"]
    assert ["put_wall", 4000.0] in gex["levels"]
    assert gex["total"] == pytest.approx(50.1e9 - 68.5e9, rel=0.03)
    assert gex["basis"] == pytest.approx(3854.5 - 3856.28)
    assert seen["vix"]["value"] == 26.17
    assert seen["vix"]["regime"] == "tense"
    assert seen["vix"]["chain"] == pytest.approx(26.22, abs=0.01)
    assert seen["charts"]["chart.2"]["cone"]["vix"] == 26.17
    assert seen["ladder"]["reason"] == "no order book so far, only bars or prints"
    assert "vix" in seen["window"]["seen"]

    # the field goes and comes back; bucket and sign model change what is shown, the flow model is left out
    seat.key("F3")
    seat.expect(lambda seen: seen["charts"]["chart.1"]["gex"] is None, "no field")
    seat.key("F3")
    seat.expect(lambda seen: seen["charts"]["chart.1"]["gex"] is not None, "the field again")
    # so it does by a click on what it says in the legend, where its name stays
    seat.click("chart.1 gex")
    seat.expect(lambda seen: seen["charts"]["chart.1"]["gex"] is None, "no field after a click")
    seat.expect(lambda seen: "chart.1 gex" in seen["window"]["places"], "its name in the legend")
    seat.click("chart.1 gex")
    seat.expect(lambda seen: seen["charts"]["chart.1"]["gex"] is not None, "the field after another click")
    seat.key("semicolon", "g")
    today = seat.expect(lambda seen: seen["charts"]["chart.1"]["gex"]["bucket"] == "0dte", "today's options only")
    assert abs(today["charts"]["chart.1"]["gex"]["total"]) < abs(gex["total"])
    signs = []
    for _ in range(3):
        seat.key("semicolon", "n")
        before = signs[-1] if signs else "calls_minus_puts"
        seen = seat.expect(
            lambda seen, before=before: seen["charts"]["chart.1"]["gex"]["sign"] != before, "another sign model"
        )
        signs.append(seen["charts"]["chart.1"]["gex"]["sign"])
    assert signs == ["skew_adjusted", "short_all", "calls_minus_puts"]

    # the cone of the second pane, and one on the first beside the field
    wide = seat.seen()["charts"]["chart.2"]["cone"]["ends"]
    seat.key("ctrl+2")
    seat.key("semicolon", "c")
    seen = seat.expect(lambda seen: seen["charts"]["chart.2"]["cone"]["method"] == "exact", "the exact method")
    exact = seen["charts"]["chart.2"]["cone"]["ends"]
    assert exact[0] < wide[0] < wide[-1] < exact[-1]
    seat.key("ctrl+1", "F6")
    seat.expect(lambda seen: seen["charts"]["chart.1"]["cone"] is not None, "both layers on one chart")

    # back before the chain: what was known then
    seat.key("ctrl+t")
    seat.shown("the entry", surface="Jump")
    seat.type("2022-07-12T11:50")
    seat.key("Return")
    seen = seat.expect(
        lambda seen: not seen["charts"]["chart.1"]["gex"]["columns"] and seen["vix"]["chain"] is None,
        "no chain yet",
    )
    assert seen["charts"]["chart.1"]["gex"]["reason"] == "no option chain of ES so far"


def test_settings_of_the_layers_are_kept_over_a_restart(start: Start, data: Path, tmp_path: Path) -> None:
    home = tmp_path / "kept"
    files = ("--open", *opened(data)[:2], "--at", "2022-07-12T12:30", "--size", "1900x1000")
    seat = with_recording(start(*files, home=home))
    seat.key("semicolon", "g")
    seat.expect(lambda seen: seen["charts"]["chart.1"]["gex"]["bucket"] == "0dte", "today's options only")
    seat.key("ctrl+3", "F3")
    seat.expect(lambda seen: seen["charts"]["chart.3"]["gex"] is not None, "a second field")
    assert seat.app.close() == 0
    seat = with_recording(start(*files, home=home))
    seen = seat.expect(lambda seen: seen["charts"]["chart.3"]["gex"] is not None, "the second field again")
    assert seen["charts"]["chart.1"]["gex"]["bucket"] == "0dte"
    assert seen["charts"]["chart.2"]["cone"]["reason"] == "no VIX in what is open"


def test_the_meter_moves_with_the_evening_and_a_stale_vix_says_since_when(start: Start, data: Path) -> None:
    files = ("--open", es_evening(data), vix_days(data), "--at", "2023-12-25T18:30:00", "--size", "1900x1000")
    seat = with_recording(start(*files))
    seen = seat.expect(lambda seen: seen["ladder"]["pressure"] is not None, "the pressure")
    assert [name for name, share in seen["ladder"]["shares"].items() if share is None] == ["gex_stiffness"]
    assert seen["vix"]["freshness"] == "STALE"
    assert seen["charts"]["chart.1"]["gex"]["reason"] == "no option chain of ES so far"
    before = seen["ladder"]["pressure"]
    seat.key("ctrl+Right", "ctrl+Right", "ctrl+Right")
    seat.expect(lambda seen: seen["ladder"]["pressure"] not in (None, before), "another pressure")
