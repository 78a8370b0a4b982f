"""Use the cockpit as a person does: start it, find its windows, move the mouse, type, look, close it.

The cockpit is a child process on a ``VirtualDesktop``. What it shows is read from the file that ``COCKPIT_PROBE``
names (one JSON line whenever the screen changed), or from a picture. All places are native pixels of the desktop.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.desktop.virtual_desktop import DesktopError, VirtualDesktop, end_group
from tests.desktop.waiting import LIMIT_S, wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
DRAG_MOVES: Final = 12  # docks judge a drag by its way: one jump drops in the wrong place
DRAG_PAUSE_S: Final = 0.025
DROP_PAUSE_S: Final = 0.15
LEFT, MIDDLE, RIGHT, WHEEL_UP, WHEEL_DOWN = range(1, 6)

# what Qt, our log and Python write to stderr when something is wrong
_COMPLAINT: Final = re.compile(
    r"^(Traceback|Fatal|Q[A-Z]\w+(::|:| )|qt\.|QtWarning|.*\b(WARNING|ERROR|CRITICAL)\b)", re.MULTILINE
)
_TREE: Final = re.compile(r"^(0x\w+)\s+\S+\s+(\d+)\s+(?:-?\d+\s+){4}\S+\s?(.*)$")


@dataclass(frozen=True, slots=True)
class Window:
    """A window on the desktop, without its frame: id of X, title, place and size in native pixels."""

    id: str
    title: str
    x: int
    y: int
    width: int
    height: int

    def at(self, across: float, down: float) -> tuple[int, int]:
        """The place at these fractions of its width and height, 0 to 1."""
        return round(self.x + across * self.width), round(self.y + down * self.height)


class Hand:
    """Mouse and keyboard of one desktop: real X events, for whatever is under the pointer or has the focus."""

    def __init__(self, desktop: VirtualDesktop) -> None:
        self._desktop = desktop

    def key(self, *keys: str) -> None:
        """Press and release keys by their X names, one after another: ``"ctrl+k"``, ``"space"``, ``"F1"``."""
        self._do("key", "--clearmodifiers", "--delay", "0", *keys)

    def type(self, text: str) -> None:
        """Type as fast as X can: the hard test of a key path."""
        self._do("type", "--delay", "0", text)

    def move(self, x: int, y: int) -> None:
        """Put the pointer there. Not with ``--sync``: that waits for ever for a pointer that is there already."""
        self._do("mousemove", x, y)

    def click(self, x: int, y: int, button: int = LEFT, times: int = 1) -> None:
        """Move there and click; twice is a double click."""
        self._do("mousemove", x, y, "click", "--repeat", times, "--delay", 40, button)

    def wheel(self, x: int, y: int, notches: int) -> None:
        """Turn the wheel there; up is positive."""
        self.click(x, y, WHEEL_UP if notches > 0 else WHEEL_DOWN, abs(notches))

    def drag(self, start: tuple[int, int], end: tuple[int, int], button: int = LEFT) -> None:
        """Press at ``start``, move to ``end`` on a straight way as a hand does, and let go."""
        steps: list[str | float] = ["mousemove", *start, "sleep", DRAG_PAUSE_S, "mousedown", button]
        for number in range(1, DRAG_MOVES + 1):
            part = number / DRAG_MOVES
            x, y = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
            steps += ["mousemove", x, y, "sleep", DRAG_PAUSE_S]
        self._do(*steps, "sleep", DROP_PAUSE_S, "mouseup", button)

    def _do(self, *words: str | float) -> None:
        self._desktop.ask("xdotool", *map(str, words))


class Cockpit:
    """A running cockpit in a real window.

    Attributes:
        hand: Mouse and keyboard of its desktop.
        home: Where it keeps settings, layouts and logs; give it to the next one to see what was kept.
        process: The child.
        expected: Words of complaints that a test provokes; lines with them are none.
    """

    def __init__(
        self,
        desktop: VirtualDesktop,
        home: Path,
        arguments: Sequence[str | Path] = (),
        env: Mapping[str, str] | None = None,
        program: Sequence[str] = (sys.executable, "-P", "-m", "cockpit"),
    ) -> None:
        self._desktop = desktop
        self.hand = Hand(desktop)
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        number = len(list(home.glob("probe-*.jsonl")))
        self._probe = home / f"probe-{number}.jsonl"
        self._probe.touch()
        self._stderr = home / f"stderr-{number}.txt"
        self._read = 0
        self._lines: list[dict[str, Any]] = []
        self.expected: tuple[str, ...] = ()
        own = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
        own |= {"COCKPIT_PROBE": str(self._probe), "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
        own["COCKPIT_MARKET"] = "none"  # tests that want the simulated market say so
        own["PYTHONPATH"] = str(ROOT)  # this checkout's cockpit, also where none is installed
        with self._stderr.open("wb") as log:
            self.process: subprocess.Popen[bytes] = desktop.spawn(
                [*program, *map(str, arguments)], {**desktop.env, **own, **(env or {})}, stdout=log, stderr=log
            )

    # -- what it shows

    def lines(self) -> list[dict[str, Any]]:
        """Every state it told so far, oldest first."""
        with self._probe.open("rb") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        self._lines += [json.loads(line) for line in whole.splitlines()]
        return self._lines

    def wait_for(
        self, condition: Callable[[dict[str, Any]], object], what: str, limit_s: float = LIMIT_S
    ) -> dict[str, Any]:
        """The newest state, once the condition holds for it.

        Raises:
            AssertionError: It did not in time, or the cockpit ended; with what it told and said last.
        """

        def newest() -> dict[str, Any] | None:
            ended = self.process.poll() is not None
            lines = self.lines()
            if lines and condition(lines[-1]):
                return lines[-1]
            assert not ended, f"ended with {self.process.returncode}, waiting for {what}: {self.said()}"
            return None

        def told() -> str:
            last = json.dumps(self._lines[-1])[:3000] if self._lines else "nothing"
            return f"{what}; it told last: {last}; it said: {self.said() or 'nothing'}"

        answer = wait_until(newest, told, limit_s)
        assert answer is not None
        return answer

    def windows(self) -> list[Window]:
        """Its windows that the window manager knows, with their places now."""
        listed = (_TREE.match(line) for line in self._list().splitlines())
        return [self._placed(each[1], each[3]) for each in listed if each and int(each[2]) == self.process.pid]

    def _list(self) -> str:
        try:
            return self._desktop.ask("wmctrl", "-lpG")
        except DesktopError:
            return ""  # before its first window the window manager has no list at all

    def window(self, title: str = "", limit_s: float = LIMIT_S) -> Window:
        """The first window whose title holds the text, as soon as there is one."""

        def first() -> Window | None:
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.said()}"
            return next((each for each in self.windows() if title in each.title), None)

        found = wait_until(first, lambda: f"a window {title!r}; there are {self.windows()}", limit_s)
        assert found is not None
        return found

    def _placed(self, number: str, title: str) -> Window:
        # xwininfo, for wmctrl and xdotool count the frame twice
        said = self._desktop.ask("xwininfo", "-id", number)
        names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        x, y, width, height = (int(re.search(rf"{name}:\s+(-?\d+)", said)[1]) for name in names)
        return Window(number, title, x, y, width, height)

    def shot(self, file: Path, monitor: str | None = None) -> Path:
        """A picture of the desktop, or of one monitor, as a person sees it."""
        return self._desktop.shot(file, monitor)

    def said(self) -> str:
        """What it wrote to stdout and stderr."""
        return self._stderr.read_text(errors="replace").strip()

    def complaints(self) -> list[str]:
        """The lines of that which tell of a mistake: tracebacks, Qt's warnings, log lines from WARNING up."""
        said = (line for line in self.said().splitlines() if _COMPLAINT.match(line))
        return [line for line in said if not any(words in line for words in self.expected)]

    # -- the window manager's part

    def focus(self, window: Window) -> None:
        """Raise the window and give it the keyboard."""
        self._desktop.ask("wmctrl", "-i", "-a", window.id)
        wait_until(lambda: self._active() == int(window.id, 16), f"the focus on {window.title!r}")

    def focused(self, title: str) -> Window:
        """The window of this title, once the window manager gave it the keyboard; keys before that get lost."""
        window = self.window(title)
        wait_until(lambda: self._active() == int(window.id, 16), f"the keyboard to go to {title!r}")
        return window

    def _active(self) -> int | None:
        try:
            return int(self._desktop.ask("xdotool", "getactivewindow"))
        except DesktopError:
            return None  # for a moment, while windows change places, no window is the active one

    def resize(self, window: Window, width: int, height: int) -> None:
        """Ask the window manager for this size, without the frame."""
        self._desktop.ask("wmctrl", "-i", "-r", window.id, "-e", f"0,-1,-1,{width},{height}")

    # -- its end

    def close(self, limit_s: float = LIMIT_S) -> int:
        """Close the main window as a person does; the exit code."""
        self.ask_to_close()
        return self.ended(limit_s)

    def ask_to_close(self) -> None:
        """What the close button of the main window does."""
        self._desktop.ask("wmctrl", "-i", "-c", self.window().id)

    def terminate(self, limit_s: float = LIMIT_S) -> int:
        """Ask it to end by SIGTERM; the exit code."""
        self.process.terminate()
        return self.ended(limit_s)

    def ended(self, limit_s: float = LIMIT_S) -> int:
        """Wait for its own end; the exit code."""
        wait_until(lambda: self.process.poll() is not None, lambda: f"its end; it said: {self.said()}", limit_s)
        return self.process.returncode

    def kill(self) -> None:
        """End whatever is left of it."""
        end_group(self.process)
