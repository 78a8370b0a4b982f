"""However it is asked to end, the cockpit ends at once, with exit code 0 and nothing to complain about."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.drive import Cockpit
from tests.desktop.seat import Seat, es_evening, with_recording

Start = Callable[..., Cockpit]
AT_ONCE_S = 10.0  # five seconds, on a machine that does other things as well


def by_key(seat: Seat) -> None:
    seat.key("alt+F4")


def by_window_manager(seat: Seat) -> None:
    seat.app.ask_to_close()


def by_signal(seat: Seat) -> None:
    seat.app.process.terminate()


@pytest.mark.parametrize(
    ("ask", "renderer"),
    [(by_key, "raster"), (by_window_manager, "raster"), (by_signal, "raster"), (by_window_manager, "opengl")],
)
def test_it_ends_while_it_plays_and_floats(
    start: Start, data: Path, ask: Callable[[Seat], None], renderer: str
) -> None:
    recording = ("--open", es_evening(data), "--at", "2023-12-25T18:05:00")
    seat = with_recording(start(*recording, "--size", "1280x720", "--renderer", renderer))
    seat.key("ctrl+3")
    seat.key("semicolon", "f")
    seat.shown("a floating chart", floats=[["chart.3"]])
    seat.app.focus(seat.app.window("Cockpit"))
    seat.key("semicolon", "m", "space")
    seat.expect(lambda seen: seen["playing"] or seen["at_end"], "max speed")
    ask(seat)
    assert seat.app.ended(AT_ONCE_S) == 0
    assert not seat.app.said()


def test_it_ends_before_it_has_begun(start: Start, data: Path) -> None:
    app = start("--open", es_evening(data))
    app.window("Cockpit")
    assert app.terminate(AT_ONCE_S) == 0
    assert not app.said()
