"""The main job in a real window: scene B is on the screen, and the keys move its clock on and back."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.desktop.drive import Cockpit
from tests.desktop.seat import Seat, es_bars, es_evening, with_recording

Start = Callable[..., Cockpit]
TEN_PAST = "2023-12-25T23:10:00.000000000Z"


def at(moment: str, position: int | None = None) -> Callable[[dict[str, Any]], bool]:
    """Whether the playhead stands at this instant of the evening, with so many events applied."""
    full = f"2023-12-25T{moment}"
    return lambda seen: (
        seen["now"].startswith(full) and not seen["seeking"] and position in (None, seen["position"])
    )


def headless_digest(recording: Path) -> str:
    """What the command line says the whole recording comes to."""
    command = [sys.executable, "-m", "cockpit", "replay", str(recording), "--headless", "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["digest"]


def press_and_see(seat: Seat, key: str, moment: str, position: int | None = None) -> None:
    """One key, and where it leaves the playhead."""
    seat.key(key)
    seat.expect(at(moment, position), f"{moment} after {key}")


def test_scene_b_is_on_the_screen_and_keys_move_its_clock(start: Start, data: Path) -> None:
    recording = es_evening(data)
    seat = with_recording(start("--open", recording, "--at", "2023-12-25T18:10:00", "--size", "1500x900"))

    # what the exchange had at 23:10:00 UTC
    seen = seat.expect(lambda seen: seen["now"] == TEN_PAST, "ten past six in New York")
    assert seen["ladder"]["bid"] == ["4,807.00", 26, 20]
    assert seen["ladder"]["ask"] == ["4,807.50", 35, 24]
    assert (seen["ladder"]["orders"], seen["position"], seen["total"]) == (10_161, 25_598, 53_250)
    charts = {name: (chart["interval"], chart["bars"], chart["last"]) for name, chart in seen["charts"].items()}
    assert charts["chart.1"] == ("1m", 10, "4,807.25")
    assert charts["chart.2"] == ("5m", 2, "4,807.25")
    headers = seat.expect(lambda seen: "REPLAY" in str(seen["window"]["headers"]), "provenance")["window"][
        "headers"
    ]
    assert all("ESH4" in headers[pane] and "REPLAY" in headers[pane] for pane in ("chart.1", "chart.4", "ladder"))

    # Space plays at real time and pauses
    seat.key("space")
    seat.expect(lambda seen: seen["playing"], "playing")
    began = time.monotonic()
    seat.expect(lambda seen: seen["now"] > "2023-12-25T23:10:02", "two seconds of clock")
    assert time.monotonic() - began > 1.0, "not faster than the market was"
    seat.key("space")
    seat.expect(lambda seen: not seen["playing"], "pause")

    # speeds
    for key, speed in (("bracketright", "2.0"), ("bracketright", "4.0"), ("bracketleft", "2.0")):
        seat.key(key)
        seat.expect(lambda seen, speed=speed: seen["speed"] == speed, f"speed {speed}")

    # typed time, events, seconds, bars, ten seconds back
    seat.key("ctrl+t")
    seat.shown("the jump entry", surface="Jump")
    seat.type("18:10")
    seat.key("Return")
    seat.expect(at("23:10:00.000", 25_598), "back at ten past")
    press_and_see(seat, "ctrl+Right", "23:10:01.000")
    press_and_see(seat, "ctrl+Left", "23:10:00.000", 25_598)
    press_and_see(seat, "ctrl+shift+Right", "23:11:00.000")
    press_and_see(seat, "ctrl+shift+Left", "23:10:00.000", 25_598)
    press_and_see(seat, "ctrl+shift+Left", "23:09:00.000")
    press_and_see(seat, "ctrl+shift+Right", "23:10:00.000", 25_598)
    press_and_see(seat, "greater", "23:10:0", 25_599)
    press_and_see(seat, "greater", "23:10:0", 25_600)
    press_and_see(seat, "less", "23:10:0", 25_599)
    press_and_see(seat, "less", "23:10:01.000", 25_598)  # right before the event: bars know the second
    press_and_see(seat, "BackSpace", "23:09:51.000")
    seat.key("semicolon", "b")
    seat.expect(lambda seen: seen["now"].startswith("2023-12-25T00:00:00"), "the start of the recording")

    # into the silence before the pre-open: old is shown as old
    seat.key("ctrl+t")
    seat.shown("the jump entry again", surface="Jump")
    seat.type("2023-12-25T21:59:30Z")
    seat.key("Return")
    seen = seat.expect(lambda seen: seen["ladder"]["freshness"] == "STALE", "a stale ladder")
    assert (seen["ladder"]["phase"], seen["charts"]["chart.1"]["bars"]) == ("closed", 0)
    seat.expect(lambda seen: [row[1] for row in seen["health"]] == ["STALE"], "data health as well")

    # a click on the session map, then the end: whatever was done before, the run is the same
    seat.click("map", 0.985)
    seat.expect(lambda seen: "2023-12-25T23:10" < seen["now"] < "2023-12-25T23:30", "the click on the map")
    seat.key("ctrl+l")
    seen = seat.expect(lambda seen: seen["at_end"], "the end")
    assert seen["position"] == 53_250
    assert seen["ladder"]["bid"] == ["4,810.75", 33, 27]
    assert seen["ladder"]["orders"] == 11_167
    assert seen["digest"] == headless_digest(recording)[:8]


def test_the_newest_and_the_oldest_bar_are_one_key_away(start: Start, data: Path) -> None:
    seat = with_recording(start("--open", es_bars(data), "--size", "1280x720"))
    seen = seat.expect(lambda seen: seen["charts"]["chart.1"]["bars"] > 15_000, "a contract's life")
    assert seen["window"]["views"]["chart.1"]["following"]
    seat.key("Home")
    seen = seat.expect(lambda seen: not seen["window"]["views"]["chart.1"]["following"], "the oldest bar")
    oldest = seen["window"]["views"]["chart.1"]["edge_ns"]
    seat.key("Right", "shift+Right")
    seat.expect(lambda seen: seen["window"]["views"]["chart.1"]["edge_ns"] > oldest, "eleven bars on")
    slot = seat.seen()["window"]["views"]["chart.1"]["slot"]
    seat.key("minus", "Down", "Down")
    seat.expect(lambda seen: seen["window"]["views"]["chart.1"]["slot"] < slot, "narrower bars")
    seat.hand.wheel(*seat.at("chart.1"), 5)
    seat.expect(lambda seen: seen["window"]["views"]["chart.1"]["slot"] > slot, "wider bars by the wheel")
    seat.hand.drag(seat.at("chart.1", 0.3), seat.at("chart.1", 0.6))
    seat.key("End")
    seat.expect(lambda seen: seen["window"]["views"]["chart.1"]["following"], "the newest bar")
