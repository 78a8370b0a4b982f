"""Workspaces, undo and links in a real window on two monitors, by keys and by the mouse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cockpit.units import NS_PER_S
from tests.desktop.drive import Cockpit
from tests.desktop.seat import Seat, es_evening, with_recording

Start = Callable[..., Cockpit]
FREE = (2900, 500)  # on the right monitor, where no window of ours is


def open_evening(start: Start, data: Path, home: Path, *arguments: str) -> Seat:
    """Scene B, in a home that outlives the process."""
    return with_recording(start("--open", es_evening(data), "--at", "2023-12-25T18:31:07", *arguments, home=home))


def charts(count: int) -> Callable[[dict], bool]:
    """So many charts are seen."""
    return lambda seen: sum(pane.startswith("chart") for pane in seen["window"]["seen"]) == count


def entry(seat: Seat, name: str) -> None:
    """Type a workspace's name where it is asked for."""
    seat.shown("the entry", surface="WorkspaceName")
    seat.key("ctrl+a")
    seat.type(name)
    seat.key("Return")


def test_workspaces_are_made_switched_renamed_deleted_and_outlive_the_process(
    start: Start, data: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    seat = open_evening(start, data, home)
    seat.key("ctrl+w", "n")
    entry(seat, "Opening bell")
    seat.shown("a new workspace", workspace="Opening bell", workspaces=["Cockpit", "Book", "Opening bell"])
    seat.key("semicolon", "1")
    seat.expect(charts(1), "its arrangement")
    seat.type("15")
    seat.key("Return")
    seat.expect(lambda seen: seen["panes"]["chart.1"][1] == "15m", "its interval")
    seat.key("semicolon", "f")
    seat.shown("its float", floats=[["chart.1"]])
    seat.app.focused("ESH4 15m")
    seat.key("ctrl+shift+2")
    seen = seat.expect(lambda seen: seen["window"]["places"]["chart.1"][0] > 1920, "on the other monitor")
    place = seen["window"]["places"]["chart.1"]

    seat.app.focus(seat.app.window("Cockpit"))
    seat.click("tabs", 0.12)
    seat.shown("the first one by a click on its tab", workspace="Cockpit", floats=[])
    seat.expect(lambda seen: charts(4)(seen) and seen["panes"]["chart.1"][1] == "1m", "as it was")
    seat.key("ctrl+Page_Down")
    seat.shown("the shipped one of the book", workspace="Book", floats=[])
    seat.key("ctrl+Page_Down")
    seat.shown("the other by a key", workspace="Opening bell", floats=[["chart.1"]])
    seat.expect(lambda seen: seen["window"]["places"]["chart.1"] == place, "the float where it was")

    seat.app.focus(seat.app.window("ESH4 15m"))  # keys act in a floating window as well
    seat.key("ctrl+w", "d")
    entry(seat, "Copy")
    all_four = ["Cockpit", "Book", "Opening bell", "Copy"]
    seat.shown("a copy", workspace="Copy", workspaces=all_four, floats=[["chart.1"]])
    seat.key("ctrl+w", "x")
    seat.shown("its neighbour", workspace="Opening bell", workspaces=["Cockpit", "Book", "Opening bell"])
    seat.key("ctrl+w", "r")
    entry(seat, "cockpit")
    seat.shown("the entry stays: the name is taken", surface="WorkspaceName", workspace="Opening bell")
    entry(seat, "Opening")
    seat.shown("another name", workspace="Opening", workspaces=["Cockpit", "Book", "Opening"])
    assert seat.app.close() == 0

    seat = open_evening(start, data, home)
    seat.shown("the last one", workspace="Opening", floats=[["chart.1"]])
    seat.expect(lambda seen: seen["window"]["places"].get("chart.1") == place, "the float on the other monitor")
    seat.expect(lambda seen: seen["panes"]["chart.1"][1] == "15m", "the interval")
    assert seat.app.close() == 0
    seat = open_evening(start, data, home, "--workspace", "Cockpit")
    seat.shown("the one that was asked for", workspace="Cockpit", floats=[])
    assert seat.app.close() == 0


def test_what_changed_the_layout_is_undone_and_redone(start: Start, data: Path, tmp_path: Path) -> None:
    seat = open_evening(start, data, tmp_path / "home")

    def place(pane: str) -> list[int]:
        return seat.seen()["window"]["places"][pane]

    def back(*pane_place: object) -> Callable[[dict], bool]:
        pane, wanted = pane_place
        return lambda seen: all(
            abs(a - b) <= 2 for a, b in zip(seen["window"]["places"].get(pane, [9999] * 4), wanted, strict=True)
        )

    docked = place("chart.2")
    seat.hand.drag(seat.at("chart.2 header"), FREE)
    seat.shown("dragged to the other monitor", floats=[["chart.2"]])
    seat.app.focus(seat.app.window("Cockpit"))
    seat.key("ctrl+1", "F11")
    seat.shown("maximised in place", maximised="chart.1")
    seat.key("ctrl+z")
    seat.shown("that undone", maximised="", floats=[["chart.2"]])
    seat.key("ctrl+z")
    seat.shown("the drag undone", floats=[])
    seat.expect(back("chart.2", docked), "where it was")
    seat.key("ctrl+shift+z")
    seat.shown("the drag redone", floats=[["chart.2"]])
    seat.expect(lambda seen: seen["window"]["places"]["chart.2"][0] > 1920, "on the other monitor again")
    seat.key("ctrl+z")
    seat.shown("that undone as well", floats=[])
    seat.app.focused("Cockpit")
    seat.key("semicolon", "6")
    seat.expect(charts(6), "a preset")
    seat.key("ctrl+z")
    seat.expect(back("chart.2", docked), "the preset undone")
    x, y, width, height = place("chart.1")
    edge = (x + width + 2, y + height // 2)
    seat.hand.drag(edge, (edge[0] + 150, edge[1]))
    seat.expect(lambda seen: seen["window"]["places"]["chart.1"][2] > width + 100, "a wider chart")
    seat.key("ctrl+z")
    seat.expect(back("chart.1", [x, y, width, height]), "the splitter where it was")


def test_charts_linked_in_time_scroll_together(start: Start, data: Path, tmp_path: Path) -> None:
    seat = open_evening(start, data, tmp_path / "home")
    for pane in (1, 3):  # 1 minute and 30 seconds
        seat.key(f"ctrl+{pane}", "ctrl+g", "t", "ctrl+g", "m")
        seat.expect(
            lambda seen, pane=pane: all("time" in way for way in seen["shares"][f"chart.{pane}"]), "a switch"
        )
    seat.key(*["plus"] * 6)  # few bars fit, so that there is a past to scroll to
    seat.key(*["shift+Left"] * 3)

    def together(seen: dict[str, Any]) -> bool:
        views = seen["window"]["views"]
        if any(views[pane]["following"] for pane in ("chart.1", "chart.3")):
            return False
        half, whole = (views[f"chart.{pane}"]["edge_ns"] + step * NS_PER_S for pane, step in ((3, 30), (1, 60)))
        return 0 <= half - whole < 60 * NS_PER_S

    seen = seat.expect(together, "both in the past, their last whole bars ending in the same minute")
    assert seen["window"]["views"]["chart.2"]["following"], "which shares no time"
    seat.key("End")
    seat.expect(lambda seen: seen["window"]["views"]["chart.1"]["following"], "both at the newest bar")


def test_keys_typed_right_after_a_switch_that_opens_a_window_are_not_lost(
    start: Start, data: Path, tmp_path: Path
) -> None:
    seat = open_evening(start, data, tmp_path / "home")
    seat.key("ctrl+w", "n")
    entry(seat, "Torn")
    seat.shown("a new workspace", workspace="Torn")
    seat.key("ctrl+2", "semicolon", "f")
    seat.shown("its float", floats=[["chart.2"]])
    seat.app.focused("ESH4 5m")
    seat.app.focus(seat.app.window("Cockpit"))
    seat.key("ctrl+Page_Up")
    seat.shown("the one before", workspace="Book", floats=[])
    for _ in range(3):
        seat.app.focus(seat.app.window("Cockpit"))
        seat.hand.key("ctrl+Page_Down")
        for letter in "nqznqznqznqz":  # one by one, while the window comes and the window manager gives it the keys
            seat.hand.key(letter)
        seat.shown("every key in the search", workspace="Torn", surface="SymbolSearch", typed="nqznqznqznqz")
        seat.shown("the float beside it", floats=[["chart.2"]])
        seat.key("Escape", "ctrl+Page_Up")
        seat.shown("the one before again", workspace="Book", floats=[], surface="")
