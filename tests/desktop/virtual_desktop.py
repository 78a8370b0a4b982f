"""A throw-away desktop: an X server with the monitors one asks for, a window manager, and one clean end.

In tests, ``with VirtualDesktop((Monitor("L", 1920, 1080),)) as desktop:``. By hand, from the project's folder:

    .venv/bin/python -m tests.desktop.virtual_desktop -- .venv/bin/python -m cockpit
    .venv/bin/python -m tests.desktop.virtual_desktop --monitor R=2560x1440@2 --shot now.png --limit 8 -- COMMAND

Linux only. Several run side by side: each takes a free display and an authority file of its own, and ends only what
it started; the server dies with this process even when that is killed.
"""

import argparse
import contextlib
import ctypes
import os
import re
import secrets
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tests.desktop.waiting import wait_until

PROGRAMS: Final = ("Xvfb", "openbox", "xrandr", "xprop", "xwininfo", "xdotool", "wmctrl")
DISPLAYS: Final = range(91, 291)  # far from the numbers that people and other tools take
START_LIMIT_S: Final = 15.0
END_LIMIT_S: Final = 3.0
DPI: Final = 96
PR_SET_PDEATHSIG: Final = 1  # prctl: the signal to get when the parent dies
# what a test's desktop must not inherit from the desktop of the person who runs it
STRANGERS: Final = (
    "WAYLAND_DISPLAY",
    "SESSION_MANAGER",
    "QT_SCALE_FACTOR",
    "QT_SCREEN_SCALE_FACTORS",
    "QT_QPA_PLATFORM",
)

_MONITOR: Final = re.compile(r"(?P<name>\w+)=(?P<size>\d+x\d+)(?P<place>\+\d+\+\d+)?(?:@(?P<scale>\d+(?:\.\d+)?))?")
_LISTED: Final = re.compile(r"\s*\d+: \+?\*?(\S+) (\d+)/\d+x(\d+)/\d+\+(\d+)\+(\d+)")


class DesktopError(Exception):
    """The desktop could not be made; the text says what is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor: native pixels, place on the desktop (None: right of those before), pixel ratio Qt shall use."""

    name: str
    width: int
    height: int
    place: tuple[int, int] | None = None
    scale: float = 1.0

    @property
    def geometry(self) -> str:
        """As xrandr takes it: pixels, and the millimetres that match the scale."""
        x, y = self.place or (0, 0)
        across, down = (round(side * 25.4 / (DPI * self.scale)) for side in (self.width, self.height))
        return f"{self.width}/{across}x{self.height}/{down}+{x}+{y}"


TWO_MONITORS: Final = (Monitor("L", 1920, 1080), Monitor("R", 1600, 1080))


def parse_monitor(text: str) -> Monitor:
    """``NAME=WxH``, optionally with ``+X+Y`` and ``@SCALE``; ValueError for anything else."""
    match = _MONITOR.fullmatch(text)
    if match is None:
        raise ValueError(f"not a monitor: {text!r}; write NAME=WxH, NAME=WxH+X+Y, either with @SCALE")
    width, height = map(int, match["size"].split("x"))
    place = tuple(map(int, match["place"][1:].split("+"))) if match["place"] else None
    return Monitor(match["name"], width, height, place, float(match["scale"] or 1))


def in_a_row(monitors: Sequence[Monitor]) -> tuple[Monitor, ...]:
    """The monitors, each without a place put right of all before it."""
    placed: list[Monitor] = []
    for one in monitors:
        edge = max((other.place[0] + other.width for other in placed if other.place), default=0)
        placed.append(Monitor(one.name, one.width, one.height, one.place or (edge, 0), one.scale))
    return tuple(placed)


def missing_programs() -> list[str]:
    """What has to be installed before a desktop can be made; everything where there is no X at all."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class VirtualDesktop:
    """A running desktop, between ``with`` and its end.

    Attributes:
        env: The environment that programs on this desktop are started with.
        folder: Its own files: logs, authority, runtime folder.
    """

    def __init__(self, monitors: Sequence[Monitor] = TWO_MONITORS, *, compositor: bool = False) -> None:
        self._monitors = in_a_row(monitors)
        self._compositor = compositor
        self._children: list[subprocess.Popen[bytes]] = []
        self._scope = contextlib.ExitStack()
        self.env: dict[str, str] = {}
        self.folder = Path()

    def __enter__(self) -> Self:
        if missing := missing_programs():
            raise DesktopError(
                f"{', '.join(missing)} missing; python3 bootstrap.py setup installs what the tests need"
            )
        with self._scope:  # what has come up goes down again when the rest does not
            self.folder = Path(self._scope.enter_context(tempfile.TemporaryDirectory(prefix="virtual-desktop-")))
            self._scope.callback(self._end)
            self.env = self._environment()
            self._start_server()
            self._arrange()
            self._start_manager()
            self._scope = self._scope.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scope.close()

    def spawn(self, command: Sequence[str], env: Mapping[str, str] | None = None, **options: Any) -> Any:
        """Start a program on the desktop, in a process group of its own that ends with the desktop, or earlier."""
        child = subprocess.Popen(
            command,
            env=self.env if env is None else env,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            stdin=subprocess.DEVNULL,
            **options,
        )
        self._children.append(child)
        return child

    def ask(self, *command: str) -> str:
        """What a short program on this desktop prints; DesktopError when it fails."""
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=START_LIMIT_S, check=False
        )
        if done.returncode:
            raise DesktopError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
        return done.stdout

    def monitors(self) -> dict[str, tuple[int, int, int, int]]:
        """x, y, width, height of each monitor now, by name."""
        matches = (_LISTED.match(line) for line in self.ask("xrandr", "--listmonitors").splitlines())
        found = {match[1]: tuple(map(int, match.groups()[1:])) for match in matches if match}
        return {name: (x, y, width, height) for name, (width, height, x, y) in found.items()}

    def unplug(self, name: str) -> None:
        """The monitor goes, under running programs."""
        self.ask("xrandr", "--delmonitor", name)

    def plug(self, monitor: Monitor) -> None:
        """A monitor comes (back)."""
        self.ask("xrandr", "--setmonitor", monitor.name, monitor.geometry, "none")

    def shot(self, file: Path, monitor: str | None = None) -> Path:
        """What the desktop, or one monitor of it, shows: a PNG."""
        width, height = self._size()
        place = self.monitors()[monitor] if monitor else (0, 0, width, height)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_png(*place[2:], _pixels(self.env, place)))
        return file

    def log(self, name: str) -> str:
        """The end of what the server (``server``) or the window manager (``manager``) said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:].strip()

    def _environment(self) -> dict[str, str]:
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        env = {name: value for name, value in os.environ.items() if name not in STRANGERS}
        env |= {"XAUTHORITY": str(self.folder / "authority"), "XDG_RUNTIME_DIR": str(runtime)}
        env |= {"XDG_SESSION_TYPE": "x11", "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}
        if any(one.scale != 1 for one in self._monitors):
            env["QT_SCREEN_SCALE_FACTORS"] = ";".join(f"{one.name}={one.scale:g}" for one in self._monitors)
        return env

    def _size(self) -> tuple[int, int]:
        places = [(one.place or (0, 0), one) for one in self._monitors]
        return max(x + one.width for (x, _), one in places), max(y + one.height for (_, y), one in places)

    def _start_server(self) -> None:
        authority = self.folder / "authority"
        authority.touch(mode=0o600)
        authority.write_bytes(_authority_entry())
        width, height = self._size()
        for number in DISPLAYS:
            if Path(f"/tmp/.X{number}-lock").exists() or Path(f"/tmp/.X11-unix/X{number}").exists():
                continue
            # -noreset: else the first client to leave takes the monitors with it
            command = ["Xvfb", f":{number}", "-screen", "0", f"{width}x{height}x24", "-noreset", "-nolisten", "tcp"]
            if self._answers([*command, "-dpi", str(DPI), "-auth", str(authority)]):
                self.env["DISPLAY"] = f":{number}"
                return
        raise DesktopError(f"no X server would start; the last one said: {self.log('server')}")

    def _answers(self, server: list[str]) -> bool:
        """Whether the server came up; it writes its number into the pipe when it has."""
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb") as ready:
            with (self.folder / "server.log").open("wb") as log:
                child = self.spawn(
                    [*server, "-displayfd", str(writing)], stdout=log, stderr=log, pass_fds=[writing]
                )
            os.close(writing)
            if ready.readline().strip():
                return True
        child.wait()
        self._children.remove(child)
        return False

    def _arrange(self) -> None:
        # the server's one real output is switched off: else it comes back as a wide monitor when the first one goes
        width, height = self._size()
        self.ask("xrandr", "--fb", f"{width}x{height}", "--output", "screen", "--off")
        for number, one in enumerate(self._monitors):
            self.ask("xrandr", "--setmonitor", ("" if number else "*") + one.name, one.geometry, "none")

    def _start_manager(self) -> None:
        command, settings = ["openbox", "--sm-disable"], Path("/etc/xdg/openbox/rc.xml")
        if settings.is_file():  # one desktop, not four: a turn of the wheel over the ground takes all windows away
            own = self.folder / "rc.xml"
            own.write_text(
                re.sub(r"<number>\d+</number>", "<number>1</number>", settings.read_text("utf-8")), "utf-8"
            )
            command += ["--config-file", str(own)]
        with (self.folder / "manager.log").open("wb") as log:
            manager = self.spawn(command, stdout=log, stderr=log)
        wait_until(
            lambda: (
                manager.poll() is not None or "window id" in self.ask("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
            ),
            lambda: f"a window manager: {self.log('manager')}",
            START_LIMIT_S,
        )
        if self._compositor:
            with (self.folder / "compositor.log").open("wb") as log:
                self.spawn(["picom", "--config", "/dev/null", "--backend", "xrender"], stdout=log, stderr=log)
            wait_until(lambda: self._owned("_NET_WM_CM_S0"), lambda: "a compositor", START_LIMIT_S)

    def _owned(self, selection: str) -> bool:
        """Whether some program owns the selection; a compositor says so that it is there."""
        with _display(self.env) as (xlib, display):
            atom = xlib.XInternAtom(display, selection.encode(), 0)
            return bool(xlib.XGetSelectionOwner(display, atom))

    def _end(self) -> None:
        """Last started, first ended: ask the group, wait, then make it."""
        for child in reversed(self._children):
            end_group(child)
        self._children.clear()


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End a child started by ``spawn`` and everything in its process group."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, kind)
        with contextlib.suppress(AssertionError):
            wait_until(lambda: not _group_lives(child), lambda: "the end", END_LIMIT_S)
            break
    child.wait()


def _group_lives(child: subprocess.Popen[bytes]) -> bool:
    child.poll()
    try:
        os.killpg(child.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _authority_entry() -> bytes:
    """An Xauthority entry for any host and display: family, address, number, name, cookie."""
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", secrets.token_bytes(16))
    return struct.pack(">H", 0xFFFF) + b"".join(struct.pack(">H", len(field)) + field for field in fields)


class _XImage(ctypes.Structure):
    """The head of Xlib's XImage, as far as it is read here."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("width", "height", "xoffset", "format")),
        ("data", ctypes.c_void_p),
        *(
            (name, ctypes.c_int)
            for name in ("byte_order", "unit", "bit_order", "pad", "depth", "stride", "pixel_bits")
        ),
    )


@contextlib.contextmanager
def _display(env: Mapping[str, str]) -> Any:
    """Xlib and a connection to the desktop's server."""
    xlib = ctypes.CDLL("libX11.so.6")
    pointer, number, word = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    signatures = {
        "XOpenDisplay": (pointer, [ctypes.c_char_p]),
        "XCloseDisplay": (number, [pointer]),
        "XDefaultRootWindow": (word, [pointer]),
        "XInternAtom": (word, [pointer, ctypes.c_char_p, number]),
        "XGetSelectionOwner": (word, [pointer, word]),
        "XGetImage": (ctypes.POINTER(_XImage), [pointer, word, number, number, number, number, word, number]),
        "XDestroyImage": (number, [ctypes.POINTER(_XImage)]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(xlib, name)
        function.restype, function.argtypes = result, arguments
    before, os.environ["XAUTHORITY"] = os.environ.get("XAUTHORITY"), env["XAUTHORITY"]
    try:
        display = xlib.XOpenDisplay(env["DISPLAY"].encode())
    finally:
        if before is None:
            del os.environ["XAUTHORITY"]
        else:
            os.environ["XAUTHORITY"] = before
    if not display:
        raise DesktopError(f"no X server answers on {env['DISPLAY']}")
    try:
        yield xlib, display
    finally:
        xlib.XCloseDisplay(display)


def _pixels(env: Mapping[str, str], place: tuple[int, int, int, int]) -> bytes:
    """The root window there, 4 bytes a pixel, blue first; Xlib, for xwd stumbles over translucent windows."""
    x, y, width, height = place
    every_plane, z_pixmap = 0xFFFFFFFF, 2
    with _display(env) as (xlib, display):
        image = xlib.XGetImage(
            display, xlib.XDefaultRootWindow(display), x, y, width, height, every_plane, z_pixmap
        )
        if not image or image.contents.pixel_bits != 32 or image.contents.stride != width * 4:
            raise DesktopError(f"the screen at {place} cannot be read as 32-bit pixels")
        pixels = ctypes.string_at(image.contents.data, width * height * 4)
        xlib.XDestroyImage(image)
    return pixels


def _png(width: int, height: int, pixels: bytes) -> bytes:
    rgb = bytearray(width * height * 3)
    rgb[0::3], rgb[1::3], rgb[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
    rows = b"".join(b"\0" + rgb[row : row + width * 3] for row in range(0, len(rgb), width * 3))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 3)) + chunk(b"IEND", b"")


def _by_hand(options: argparse.Namespace) -> int:
    with VirtualDesktop(options.monitor or TWO_MONITORS, compositor=options.compositor) as desktop:
        if options.print:
            print(
                f"export DISPLAY={desktop.env['DISPLAY']} XAUTHORITY={desktop.env['XAUTHORITY']}", file=sys.stderr
            )
        child = desktop.spawn(options.command)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(options.after if options.shot else options.limit)
        if options.shot:
            desktop.shot(options.shot)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(options.limit and max(options.limit - options.after, 0))
        status = child.poll()
        return 124 if status is None else status if status >= 0 else 128 - status


def main() -> int:
    """Run one command on a desktop of its own; its exit status, 124 when the limit ended it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--monitor", action="append", type=parse_monitor, metavar="NAME=WxH[+X+Y][@SCALE]")
    parser.add_argument("--compositor", action="store_true", help="translucent windows look as on a real desktop")
    parser.add_argument("--shot", type=Path, metavar="FILE.png", help="one picture of the desktop while it runs")
    parser.add_argument("--after", type=float, default=3.0, metavar="SECONDS", help="when the picture is taken")
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="end the command then")
    parser.add_argument("--print", action="store_true", help="say DISPLAY and XAUTHORITY on stderr")
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="after --")
    for kind in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, lambda number, _frame: sys.exit(128 + number))
    try:
        return _by_hand(parser.parse_args())
    except (DesktopError, OSError) as error:
        print(f"virtual desktop: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
