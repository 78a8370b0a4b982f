"""The simulated market in a real window: it opens by itself on a day of history, rewinds, returns, is recorded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.drive import Cockpit
from tests.desktop.seat import Seat

Start = Callable[..., Cockpit]
BUILT_S = 120.0  # compiling included; two cores shared with everything else


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """History built once for this file."""
    return tmp_path_factory.mktemp("cache")


def places(cache: Path, tapes: Path) -> dict[str, str]:
    return {"COCKPIT_MARKET": "1", "COCKPIT_CACHE": str(cache), "COCKPIT_TAPES": str(tapes)}


def is_running(seen: dict[str, Any]) -> bool:
    chart, ladder = seen["charts"]["chart.1"], seen["ladder"]
    is_drawn = chart["bars"] and ladder["bid"] and ladder["ask"] and seen["window"]["places"]
    return bool(seen["live"] and is_drawn and seen["provenance"] == "SIMULATED")


def test_it_opens_on_a_day_of_history_and_runs(start: Start, cache: Path, tmp_path: Path) -> None:
    app = start("--size", "1900x1000", env=places(cache, tmp_path))
    app.wait_for(lambda seen: seen["loading"] or is_running(seen), "what is under way", BUILT_S)
    seen = app.wait_for(is_running, "a running market", BUILT_S)
    assert not seen["rewound"]
    seat = Seat(app, is_running, "a running market")
    seat.expect(lambda seen: seen["vix"]["value"] and seen["charts"]["chart.1"]["bars"] > 100, "a day and the VIX")
    before = seat.seen()["position"]
    later = seat.expect(lambda seen: seen["position"] > before + 1_000, "a thousand events more", 30.0)
    assert later["now"] > seen["now"]
    assert seen["charts"]["chart.1"]["symbol"].startswith("ES")
    assert [[pane.partition(".")[0], every] for pane, every, _ in later["panes"].values()] == [
        ["ESH6", "5m"], ["ESH6", "1h"], ["NQH6", "1m"], ["BTCUSDT-PERP", "1m"], ["RTYH6", "5m"], ["YMH6", "5m"],
        ["ESH6", ""], ["ESH6", ""], ["ESH6", ""], ["ESH6", ""],
    ]  # fmt: skip
    drawn = seat.expect(lambda seen: seen["charts"]["chart.2"]["cone"]["ends"], "the cone")["charts"]
    assert drawn["chart.2"]["cone"]["reason"] == drawn["chart.1"]["gex"]["reason"] == ""
    assert not [each for each in later["notices"] if each[0] == "high"]

    # five minutes again while live goes on, and back without a gap
    edge = seat.seen()["now"]
    seat.key("ctrl+shift+r")
    back = seat.expect(lambda seen: seen["rewound"] and not seen["seeking"] and seen["behind_s"] > 299, "the past")
    assert back["now"] < edge
    assert back["provenance"] == "SIMULATED"
    seat.expect(lambda seen: seen["now"] > back["now"], "the past plays")
    seat.key("space")
    held = seat.expect(lambda seen: not seen["playing"], "a still past")
    seat.expect(lambda seen: seen["behind_s"] > held["behind_s"] + 0.5, "live goes on behind it")
    seat.key("ctrl+l")
    live = seat.expect(lambda seen: not seen["rewound"] and not seen["seeking"], "the edge again")
    assert live["now"] > edge
    assert live["playing"]

    # before the market there are prints and no book, and the ladder says so
    seat.key("ctrl+t")
    seat.shown("the entry", surface="Jump")
    seat.type("9:57")
    seat.key("Return")
    past = seat.expect(lambda seen: seen["rewound"] and not seen["seeking"] and not seen["ladder"]["bid"], "9:57")
    assert past["ladder"]["reason"] == "No book before Wed 10:00 — the history holds prints only"
    seat.key("ctrl+l")
    seat.expect(lambda seen: not seen["rewound"] and seen["ladder"]["bid"], "the edge and its book")

    # faster: the market's own speed
    seat.key("bracketright")
    seat.expect(lambda seen: seen["speed"] == "2.0", "2x")
    app.close()


def test_what_was_recorded_is_listed_and_opens_as_simulated(start: Start, cache: Path, tmp_path: Path) -> None:
    env = places(cache, tmp_path / "tapes")
    seat = Seat(start("--size", "1280x720", env=env, home=tmp_path / "home"), is_running, "a running market")
    first = seat.seen()["position"]
    seat.expect(lambda seen: seen["position"] > first + 2_000, "some events on the tape", 60.0)
    seat.app.close()
    again = start("--size", "1280x720", env=env | {"COCKPIT_MARKET": "none"}, home=tmp_path / "home")
    seat = Seat(again, lambda seen: not seen["open"], "the welcome")
    seat.key("ctrl+r")
    seat.shown("the browser", surface="Sessions")
    listed = seat.expect(lambda seen: seen["sessions"] and seen["sessions"][0][2], "a strip of the trading", 30.0)
    assert [(gaps, reason) for _, gaps, _, reason in listed["sessions"]] == [(0, "")]
    seat.key("Return")
    seen = seat.expect(
        lambda seen: seen["open"] and seen["ladder"]["bid"] and seen["provenance"] == "SIMULATED",
        "the tape with its book, simulated",
        30.0,
    )
    assert not seen["live"]


def test_a_damaged_history_is_built_again(start: Start, cache: Path, tmp_path: Path) -> None:
    (entry,) = [each for each in (cache / "simulated").iterdir() if each.is_dir()]
    victim = max((each for each in entry.rglob("*") if each.is_file()), key=lambda each: each.stat().st_size)
    broken = bytearray(victim.read_bytes())
    broken[len(broken) // 2] ^= 0xFF
    victim.write_bytes(broken)
    app = start("--size", "1280x720", env=places(cache, tmp_path))
    app.expected = ("damaged",)
    app.wait_for(is_running, "a market that was built again", BUILT_S)
    app.close()
