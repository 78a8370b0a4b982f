"""Panes by keyboard in a real window: intervals, symbols, palette, help, and the way out again."""

from collections.abc import Callable
from pathlib import Path

from tests.desktop.drive import Cockpit
from tests.desktop.seat import es_bars, es_evening, with_recording

Start = Callable[..., Cockpit]


def test_digits_set_the_interval_of_the_focused_chart(start: Start, data: Path) -> None:
    seat = with_recording(start("--open", es_evening(data), "--at", "2023-12-25T18:10:00", "--size", "1280x720"))
    for typed, interval, bars in (
        ("5", "5m", 2),
        ("15", "15m", 1),
        ("30s", "30s", 20),
        ("1h", "1h", 1),
        (",t500", "t500", 2),
        ("1d", "1D", 1),
    ):
        seat.type(typed)
        seat.key("Return")
        seat.expect(
            lambda seen, interval=interval, bars=bars: (
                (seen["charts"]["chart.1"]["interval"], seen["charts"]["chart.1"]["bars"]) == (interval, bars)
            ),
            f"{bars} bars of {interval}",
        )
    seat.type("1m")  # complete: no Enter is needed
    seat.expect(lambda seen: seen["panes"]["chart.1"][1] == "1m", "an interval that was waited for")

    # what is no interval stays open and changes nothing
    seat.type("99x")
    seat.key("Return")
    seat.shown("the entry with what was typed", surface="IntervalEntry", typed="99x")
    seat.key("Escape")
    seen = seat.shown("the way out", surface="")
    assert seen["panes"]["chart.1"][1] == "1m"

    # the focus walks, also twice between two frames, and digits follow it
    seat.key("Tab", "Tab")
    seat.expect(lambda seen: seen["focused"] == "chart.3", "two panes on")
    seat.key("shift+Tab")
    seat.expect(lambda seen: seen["focused"] == "chart.2", "one back")
    seat.key("ctrl+4")
    seat.type("1h")
    seat.key("Return")
    seen = seat.expect(lambda seen: seen["panes"]["chart.4"][1] == "1h", "an hour in the fourth pane")
    assert seen["focused"] == "chart.4"
    seat.key("ctrl+5")
    seat.type("5")
    seat.shown("why it cannot be", said="Set the interval: focus a chart first")


def test_letters_find_a_symbol_for_the_group_or_for_one_pane(start: Start, data: Path) -> None:
    both = ("--open", es_evening(data), es_bars(data), "--at", "2023-12-25T18:10:00")
    seat = with_recording(start(*both, "--size", "1500x900"))
    symbols = {name: pane[0] for name, pane in seat.seen()["panes"].items()}
    assert set(symbols.values()) == {"ESU2.GLBX", "ESH4.GLBX"}
    assert symbols["chart.1"] == "ESH4.GLBX", "what was named first"

    seat.key("ctrl+2")
    seat.type("esh")  # as fast as X can
    seat.key("shift+Return")
    seen = seat.expect(lambda seen: seen["panes"]["chart.2"][0] == "ESH4.GLBX", "ESH4 in this pane")
    assert seen["panes"]["chart.4"][0] == "ESU2.GLBX", "and in no other of its group"

    seat.key("ctrl+1")
    seat.type("esu2")
    seat.key("Return")

    def is_bookless(seen: dict) -> bool:  # panes are told ten times a second, panels at once
        return seen["ladder"]["reason"].startswith("no order book") and seen["panes"]["ladder"][0] == "ESU2.GLBX"

    seen = seat.expect(is_bookless, "a ladder without a book")
    linked = [name for name, pane in seen["panes"].items() if pane[2] == 1]
    assert {seen["panes"][name][0] for name in linked} == {"ESU2.GLBX"}
    assert seen["charts"]["chart.1"]["freshness"] == "STALE", "its last bar is more than a year old"

    seat.type("zzz")
    seat.key("Return")
    seat.shown("nothing lost, nothing chosen", surface="SymbolSearch", typed="zzz")
    seat.key("Escape")
    seat.shown("the way out", surface="")


def test_palette_and_help_open_act_and_leave_one_level_at_a_time(start: Start, data: Path) -> None:
    seat = with_recording(start("--open", es_evening(data), "--size", "1280x720"))
    seat.key("ctrl+k")
    seat.type("arrange panes 1+2")
    seat.shown("what was typed", surface="Palette", typed="arrange panes 1+2")
    seat.key("Return")
    seen = seat.expect(lambda seen: "chart.4" not in seen["window"]["seen"], "another arrangement")
    assert {"chart.1", "chart.2", "chart.3"} <= set(seen["window"]["seen"])

    seat.key("F11")
    seat.shown("a maximised pane", maximised="chart.1", seen=["chart.1"])
    seat.key("F1")
    seat.shown("help over it", surface="KeyHelp")
    seat.key("Escape")
    seat.shown("the pane still maximised", surface="", maximised="chart.1")
    seat.key("Escape")
    seat.shown("the others back", maximised="")

    seat.key("F9")
    seat.expect(lambda seen: "health" in seen["window"]["seen"], "data health")
    seat.key("semicolon")
    seat.shown("what may follow", surface="Chord")
    seat.key("m")
    seat.expect(lambda seen: seen["speed"] == "inf", "speed max")
