"""The desktop of the other tests is what it says: monitors, a manager, pictures, and nothing left at its end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.virtual_desktop import (
    TWO_MONITORS,
    DesktopError,
    Monitor,
    VirtualDesktop,
    in_a_row,
    parse_monitor,
)
from tests.desktop.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits for its parent to ask does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("text", "monitor"),
    [
        ("L=1920x1080", Monitor("L", 1920, 1080)),
        ("R=2560x1440+1920+0@2", Monitor("R", 2560, 1440, (1920, 0), 2.0)),
        ("R=2560x1440@1.5", Monitor("R", 2560, 1440, None, 1.5)),
    ],
)
def test_a_monitor_is_written_as_name_size_place_and_scale(text: str, monitor: Monitor) -> None:
    assert parse_monitor(text) == monitor


@pytest.mark.parametrize("text", ["", "1920x1080", "L=1920", "L=1920x1080+5", "L=1920x1080@", "L=-1x5"])
def test_a_mistyped_monitor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a monitor"):
        parse_monitor(text)


def test_monitors_without_a_place_stand_in_a_row() -> None:
    row = in_a_row([Monitor("A", 100, 50), Monitor("B", 200, 50, (300, 0)), Monitor("C", 10, 10)])
    assert [one.place for one in row] == [(0, 0), (300, 0), (500, 0)]


def test_monitors_can_be_unplugged_and_plugged_again(desktop: VirtualDesktop) -> None:
    both = {"L": (0, 0, 1920, 1080), "R": (1920, 0, 1600, 1080)}
    assert desktop.monitors() == both
    for one in in_a_row(TWO_MONITORS):  # the primary one too
        desktop.unplug(one.name)
        assert desktop.monitors() == {name: place for name, place in both.items() if name != one.name}
        desktop.plug(one)
        assert desktop.monitors() == both


def test_a_picture_shows_one_monitor_or_all(desktop: VirtualDesktop, tmp_path: Path) -> None:
    for monitor, size in ((None, (3520, 1080)), ("R", (1600, 1080))):
        png = desktop.shot(tmp_path / "made" / f"{monitor}.png", monitor).read_bytes()
        assert png.startswith(b"\x89PNG")
        assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == size


def test_a_desktop_ends_what_it_started_and_nothing_is_left(desktop: VirtualDesktop) -> None:
    with VirtualDesktop((Monitor("ONE", 640, 480),)) as own:
        assert own.env["DISPLAY"] != desktop.env["DISPLAY"]
        child = own.spawn(["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"up\n"
        child.stdout.close()
        assert own.monitors() == {"ONE": (0, 0, 640, 480)}
        display, folder = own.env["DISPLAY"], own.folder
    assert child.returncode == -signal.SIGKILL
    assert not folder.exists()
    assert not Path(f"/tmp/.X11-unix/X{display[1:]}").exists()


def test_the_server_goes_when_its_maker_is_killed(desktop: VirtualDesktop) -> None:
    program = (
        "import signal\n"
        "from tests.desktop.virtual_desktop import Monitor, VirtualDesktop\n"
        "with VirtualDesktop((Monitor('ONE', 640, 480),)) as own:\n"
        "    print(own._children[0].pid, flush=True)\n"
        "    signal.pause()\n"
    )
    maker = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    assert maker.stdout is not None
    server = int(maker.stdout.readline())
    assert alive(server)
    maker.kill()
    maker.wait()
    maker.stdout.close()
    wait_until(lambda: not alive(server), "the end of the server")


def test_by_hand_it_passes_the_exit_status_on(desktop: VirtualDesktop) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.desktop.virtual_desktop",
        "--",
        "sh",
        "-c",
        "xdotool getmouselocation; exit 7",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:2]) == (7, "x:")


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(DesktopError, match="Xvfb"), VirtualDesktop():
        pass
