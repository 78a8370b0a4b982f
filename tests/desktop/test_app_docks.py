"""Docks in a real window, with real drags: tear off, bring back, arrange, and all of it over a restart."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.desktop.drive import Cockpit
from tests.desktop.seat import Seat, es_evening, with_recording

Start = Callable[..., Cockpit]
FREE = (2900, 500)  # on the right monitor, where no window of ours is


def open_evening(start: Start, data: Path, home: Path) -> Seat:
    """Scene B, in a home that outlives the process."""
    return with_recording(start("--open", es_evening(data), "--at", "2023-12-25T18:10:00", home=home))


def near(place: list[int], other: list[int]) -> bool:
    """Splitters share pixels out anew; one more or less is the same place."""
    return all(abs(a - b) <= 2 for a, b in zip(place, other, strict=True))


def test_panels_float_by_double_click_and_by_drag_and_come_back(start: Start, data: Path, tmp_path: Path) -> None:
    seat = open_evening(start, data, tmp_path / "home")
    docked = seat.seen()["window"]["places"]["chart.2"]
    seat.click("chart.2 header", times=2)
    seat.shown("a floating chart", floats=[["chart.2"]])
    seat.expect(lambda seen: seen["focused"] == "chart.2", "the keys with it")
    seat.click("chart.2 header", times=2)
    seat.shown("docked again", floats=[])
    seat.expect(lambda seen: near(seen["window"]["places"]["chart.2"], docked), "where it was")

    seat.hand.drag(seat.at("chart.1 header"), FREE)
    seat.shown("torn off", floats=[["chart.1"]])
    seat.expect(lambda seen: seen["window"]["places"]["chart.1"][0] > 1920, "on the other monitor")
    seat.expect(lambda seen: seen["focused"] == "chart.1", "the keys went with it")
    seat.type("15")
    seat.key("Return")
    seat.expect(lambda seen: seen["panes"]["chart.1"][1] == "15m", "keys act in a floating window")

    seat.hand.drag(seat.at("chart.1 header", 0.4), seat.at("chart.3"))
    seat.shown("dropped into the window", floats=[])
    seat.expect(lambda seen: seen["focused"] == "chart.1", "the keys came with it")
    assert "chart.3" not in seat.seen()["window"]["seen"], "behind the tab of what was dropped on it"
    seat.key("semicolon", "0")
    seat.expect(lambda seen: {"chart.1", "chart.3"} <= set(seen["window"]["seen"]), "the first arrangement")
    assert not seat.app.complaints()


def test_arrangement_symbols_and_intervals_outlive_the_process(start: Start, data: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    seat = open_evening(start, data, home)
    for stroke, charts in (("1", 1), ("2", 3), ("3", 4), ("6", 6), ("4", 4)):
        seat.key("semicolon", stroke)
        seat.expect(
            lambda seen, charts=charts: sum(pane.startswith("chart") for pane in seen["window"]["seen"]) == charts,
            f"{charts} charts",
        )
    seat.expect(lambda seen: seen["focused"] == "chart.1", "the keys where they were")
    seat.type("90m")
    seat.key("Return")
    seat.expect(lambda seen: seen["panes"]["chart.1"][1] == "90m", "an interval to be kept")
    seat.key("ctrl+4")
    seat.key("semicolon", "f")
    seat.shown("a floating chart", floats=[["chart.4"]])
    seat.app.focused("ESH4 15m")
    seat.key("ctrl+shift+2")
    seen = seat.expect(lambda seen: seen["window"]["places"]["chart.4"][0] > 1920, "on the other monitor")
    place = seen["window"]["places"]["chart.4"]
    assert seat.app.close() == 0

    seat = open_evening(start, data, home)
    seat.shown("the float again", floats=[["chart.4"]])
    seat.expect(lambda seen: seen["window"]["places"].get("chart.4") == place, "where it was left")
    seat.expect(lambda seen: seen["panes"]["chart.1"][1] == "90m", "the interval again")
    assert seat.app.close() == 0


def test_a_garbled_layout_is_set_aside_and_told(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = Seat(start("--size", "1000x700", home=home), lambda seen: True, "the chooser")
    assert first.app.close() == 0
    (saved,) = home.rglob("layouts/*.json")
    assert json.loads(saved.read_text())["version"] == 1
    saved.write_text(saved.read_text()[:100])
    again = start(home=home)
    seen = again.wait_for(lambda seen: seen["window"]["toasts"], "a notice")
    ((severity, title, text),) = seen["window"]["toasts"]
    assert (severity, title) == ("watch", "Saved layout")
    assert saved.name in text
    assert saved.with_suffix(".json.bad").is_file()
    again.expected = ("was unreadable",)
    assert again.close() == 0
