"""A recording made in the window, a cockpit that is killed, and what the tape is worth afterwards."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.desktop.drive import Cockpit
from tests.desktop.seat import es_evening, with_recording

Start = Callable[..., Cockpit]


def replayed(tape: Path, *statuses: int) -> dict:
    """What the command line says of the tape; its derived events must be those recorded. Status 1: a loss."""
    command = [sys.executable, "-m", "cockpit", "replay", str(tape), "--headless", "--check", "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in statuses, done.stderr
    return json.loads(done.stdout)


def test_a_killed_recording_is_a_whole_run_up_to_its_last_second(start: Start, data: Path, tmp_path: Path) -> None:
    tape = tmp_path / "evening"
    seat = with_recording(start("--open", es_evening(data), "--at", "2023-12-25T18:05:00", "--size", "1280x720"))
    seat.key("semicolon", "r")
    seat.dialog("Record into a new folder")
    seat.key("ctrl+a")
    seat.type(str(tape))
    seat.key("Return")
    seat.expect(lambda seen: seen["recording"].startswith("Recording") and "MB" in seen["recording"], "recording")
    seat.key(*["bracketright"] * 6, "space")
    seat.expect(lambda seen: seen["now"] > "2023-12-25T23:09:00", "four minutes at 60x")
    seat.app.process.kill()
    seat.app.process.wait()

    told = replayed(tape, 0, 1)  # 1: the kill fell between two streams of one flush
    assert told["check"]["difference"] is None
    assert any("not sealed" in each for each in told["warnings"])
    book = told["instruments"]["ESH4.GLBX"]["book"]
    assert book["resting_orders"] > 9_000, "with the orders that rested before the recording began"
    torn = tmp_path / "torn"
    shutil.copytree(tape, torn)
    with (torn / "mbo.arrows").open("r+b") as file:
        file.truncate((torn / "mbo.arrows").stat().st_size - 1_000)

    again = with_recording(start("--open", torn, "--size", "1280x720"))
    seen = again.expect(lambda seen: seen["window"]["toasts"] and seen["at_end"], "the torn tape")
    assert any("whole up to event" in text for _, _, text in seen["window"]["toasts"])
    told = replayed(torn, 1)
    assert told["check"]["difference"] is None
    assert (seen["digest"], seen["position"]) == (told["digest"][:8], told["events"])
    assert again.app.close() == 0
