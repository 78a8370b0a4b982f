"""What else a mouse would be needed for, by real keys: menu, own keys, panes moved, the size of everything."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.desktop.drive import Cockpit
from tests.desktop.seat import Seat, es_evening, vix_days, with_recording

Start = Callable[..., Cockpit]


def across(seat: Seat, pane: str) -> int:
    """Where a pane begins, native pixels."""
    return seat.seen()["window"]["places"][f"{pane} header"][0]


def test_menu_own_keys_moved_panes_and_the_size_of_everything(start: Start, data: Path) -> None:
    app = start("--open", es_evening(data), "--at", "2023-12-25T18:10:00", "--size", "1280x720")
    seat = with_recording(app)

    # the main menu, its second heading, the third entry: slower
    seat.key("ctrl+shift+m", "Down", "Right", "Down", "Down", "Return")
    seat.expect(lambda seen: seen["speed"] == "0.5", "slower, by the menu")

    # a key of one's own: one that is taken is refused, a free one acts at once and is kept
    seat.key("shift+F1")
    seat.type("faster")
    seat.shown("every letter", surface="KeyEditor", typed="faster")
    seat.key("Return", "F3", "F5", "Escape", "F5")
    seat.expect(lambda seen: seen["speed"] == "1.0" and not seen["window"]["surface"], "faster, by the own key")
    kept = json.loads(next(app.home.rglob("keys.json")).read_text())
    assert kept == {"cockpit keys": 1, "keys": {"faster": ["F5"]}}

    # a pane past its neighbour, wider, and into the tabs below it
    first, second = across(seat, "chart.1"), across(seat, "chart.2")
    assert first < second
    seat.key("semicolon", "Right")
    seat.expect(
        lambda seen: seen["window"]["places"]["chart.1 header"][0] == second, "the first chart at the right"
    )
    assert across(seat, "chart.2") == first
    seat.key("semicolon", "greater", "greater", "Escape")
    seat.expect(lambda seen: seen["window"]["places"]["chart.1 header"][0] < second - 20, "wider, twice")
    seat.key("semicolon", "shift+Down")
    seat.expect(lambda seen: "chart.4" not in seen["window"]["seen"], "before the fourth chart")
    assert seat.seen()["focused"] == "chart.1"

    # larger: everything at once, also a window that floats, and no key is lost on the way
    seat.key("ctrl+1", "semicolon", "f")
    seat.shown("the second chart afloat", floats=[["chart.2"]])
    seat.key("ctrl+equal", "ctrl+equal")
    seat.shown("a quarter larger", ratio=1.25, floats=[["chart.2"]])
    app.focus(app.window("Cockpit"))
    seat.type("esh")
    seat.shown("every letter", surface="SymbolSearch", typed="esh")
    seat.key("Escape", "ctrl+0")
    seat.shown("as before", ratio=1.0, surface="")
    assert json.loads(next(app.home.rglob("scale.json")).read_text()) == {"scale": 1.0}


def test_gauge_and_health_have_settings_that_act_at_once_and_outlive_the_process(
    start: Start, data: Path, tmp_path: Path
) -> None:
    files = ("--open", es_evening(data), vix_days(data), "--at", "2023-12-25T18:31:07", "--size", "1900x1000")
    seat = with_recording(start(*files, home=tmp_path / "home"))
    seat.click("vix", 0.5, 0.5)
    seat.key("ctrl+period")
    seat.shown("settings of the gauge", surface="PaneSettings")
    seat.key("Right", "Escape")
    seat.expect(lambda seen: seen["window"]["views"]["vix"]["term"] == "today", "one day of the term structure")
    seat.key("Tab", "ctrl+period")  # the next pane after the gauge
    seat.shown("settings of data health", surface="PaneSettings")
    seat.key("Down", "Right", "Escape")
    seat.expect(lambda seen: seen["window"]["views"]["health"]["latency"] == "hidden", "no latency")
    seat.key("ctrl+1", "Right")  # the chart has the keys again
    assert seat.app.close() == 0
    seat = with_recording(start(*files, home=tmp_path / "home"))
    views = seat.seen()["window"]["views"]
    assert (views["vix"]["term"], views["health"]["latency"]) == ("today", "hidden")
