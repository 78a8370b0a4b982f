"""Live Binance in a real window, against a venue on this machine: what is missing is said, what comes is shown."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.drive import ROOT, Cockpit
from tests.desktop.seat import Seat

Start = Callable[..., Cockpit]
SLOW_S = 90.0  # compiling included; two cores shared with everything else


@pytest.fixture
def port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def venue(port: int) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts the venue, as often as asked."""
    running: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        program = [sys.executable, "-m", "benchmarks.venue", "--port", str(port)]
        running.append(subprocess.Popen(program, cwd=ROOT, stdout=subprocess.DEVNULL))
        return running[-1]

    yield begin
    for each in running:
        each.kill()
        each.wait()


def is_live(seen: dict[str, Any]) -> bool:
    ladder, states = seen["ladder"], [state for _, state, _ in seen["links"]]
    return bool(seen["live"] and ladder["bid"] and ladder["ask"] and states == ["LIVE", "LIVE"])


def test_a_venue_that_comes_late_goes_and_comes_back(
    start: Start, venue: Callable[[], subprocess.Popen[bytes]], port: int, tmp_path: Path
) -> None:
    given = ("--endpoint", f"http://127.0.0.1:{port}", "--size", "1280x720")
    app = start(*given, env={"COCKPIT_TAPES": str(tmp_path)})
    seat = Seat(app, lambda seen: not seen["open"], "the welcome")
    seat.key("3")
    said = seat.expect(lambda seen: "BACKOFF" in seen["loading"], "words on why there is nothing", SLOW_S)
    assert f"127.0.0.1:{port}" in said["loading"]

    first = venue()
    # the usual two instruments: this venue lists only one, and the window says so and stays
    named = seat.expect(
        lambda seen: any("lists no ETHUSDT" in text for _, _, text in seen["notices"]), "why", SLOW_S
    )
    assert not named["open"]
    app.close()

    app = start(*given, "--live", "binance", "--symbols", "BTCUSDT", env={"COCKPIT_TAPES": str(tmp_path)})
    seat = Seat(app, is_live, "a live book")
    seen = seat.seen()
    assert seen["provenance"] == "LIVE"
    assert seen["charts"]["chart.1"]["symbol"] == "BTCUSDT-PERP.BINANCE"
    before = seen["position"]
    seat.expect(lambda seen: seen["position"] > before + 100, "events coming", SLOW_S)

    seat.key("ctrl+shift+r")
    seat.expect(lambda seen: seen["rewound"] and not seen["seeking"], "the past", SLOW_S)
    seat.key("ctrl+l")
    seat.expect(lambda seen: not seen["rewound"] and not seen["seeking"], "the edge again", SLOW_S)

    first.kill()
    first.wait()
    away = seat.expect(lambda seen: all(state != "LIVE" for _, state, _ in seen["links"]), "the loss", SLOW_S)
    assert away["open"]
    assert away["provenance"] == "LIVE"
    seat.expect(lambda seen: "RESYNCING" in str(seen["health"]), "a book not to be trusted", SLOW_S)
    venue()
    seat.expect(is_live, "the book again", SLOW_S)
    app.close()
