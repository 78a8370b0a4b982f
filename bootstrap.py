#!/usr/bin/env python3
"""All the set-up there is, then the cockpit. Standard library only; any Python from 3.8 can run this file.

    python3 bootstrap.py [ARGUMENT...]         set up what is missing, then open the cockpit with the arguments
    python3 bootstrap.py test [ARGUMENT...]    set up, then run every test; the arguments go to pytest
    python3 bootstrap.py setup                 set up everything, the tests' and linters' needs too, and stop

Works from any folder. Makes .venv beside this file with the versions of constraints.txt; a start that finds it
complete does nothing but start. COCKPIT_PYTHON names an interpreter to use instead of the newest supported one.
One file, longer than the others here, because it must stand alone before anything is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

try:
    import fcntl
except ImportError:  # Windows: two set-ups at once are not kept apart there
    fcntl = None

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "cockpit-ready.json"  # written last: what this environment was made from
UNFINISHED = VENV / "cockpit-unfinished"  # there while an environment is being made
LOG = VENV / "cockpit-setup.log"

SUPPORTED = ((3, 13), (3, 12), (3, 11))  # newest first
DISK_BYTES = 2_500_000_000  # .venv takes 1.3 GB, what pip downloads and unpacks on the way the rest

# what Qt's xcb platform and OpenGL load from the system, and where Debian and Ubuntu keep it
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# the tests' virtual desktop
PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "picom": "picom",
    "xrandr": "x11-xserver-utils",
    "xprop": "x11-utils",
    "xwininfo": "x11-utils",
    "xdotool": "xdotool",
    "wmctrl": "wmctrl",
}

# how pip, venv and the system word it
NO_ROOM = re.compile("No space left on device|Disk quota exceeded")
NO_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|Failed to establish|name resolution|Network is unreachable"
    "|ConnectTimeout|Read timed out|ConnectionResetError|ProxyError"
)

# asked of each candidate: version, path, whether wheels exist for its kind, whether it can make environments
PROBE = """
import importlib.util, json, os, sys, sysconfig
path = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
plain = not sysconfig.get_config_var("Py_GIL_DISABLED")
usable = sys.implementation.name == "cpython" and sys.maxsize > 2**32 and plain
venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
print(json.dumps([list(sys.version_info[:3]), path, usable, venv]))
"""


class Trouble(Exception):  # noqa: N818  it is no error of ours
    """What a person has to mend: one line with what is wrong and what to do."""


def say(text: str) -> None:
    """Progress goes to stderr: stdout belongs to the cockpit."""
    print(f"cockpit: {text}", file=sys.stderr, flush=True)


# -- interpreters -----------------------------------------------------------------------------------


class Interpreter(NamedTuple):
    """A Python found on this machine."""

    version: tuple[int, ...]
    path: str
    usable: bool
    has_venv: bool

    @property
    def supported(self) -> bool:
        """Whether the pinned packages have wheels for it."""
        return self.usable and self.version[:2] in SUPPORTED

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.version))} ({self.path})"


def candidates() -> list[list[str]]:
    """Commands that may start a Python: this one, PATH, the Windows launcher, pyenv's folder."""
    wanted = os.environ.get("COCKPIT_PYTHON")
    if wanted:
        return [[wanted]]
    exe = ".exe" if os.name == "nt" else ""
    names = [f"python{major}.{minor}{exe}" for major, minor in SUPPORTED] + [f"python3{exe}", f"python{exe}"]
    folders = [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for versions in (pyenv / "versions", pyenv / "pyenv-win" / "versions"):
        with contextlib.suppress(OSError):  # not there, or another user's
            kept = [versions / name for name in sorted(os.listdir(versions))]
            folders += [place for version in kept for place in (version / "bin", version)]
    files = [folder / name for folder in folders for name in names]
    found = [[sys.executable]] + [[str(file)] for file in files if os.access(file, os.X_OK) and file.is_file()]
    if shutil.which("py"):
        found += [["py", f"-{major}.{minor}"] for major, minor in SUPPORTED]
    return found


def interpreters() -> list[Interpreter]:
    """Every Python that answers, each once."""
    found: dict[str, Interpreter] = {}
    asked: set[str] = set()
    for command in candidates():
        key = os.path.realpath(command[0]) if len(command) == 1 else " ".join(command)
        if key in asked or key in found:
            continue
        asked.add(key)
        try:
            answer = subprocess.run([*command, "-I", "-c", PROBE], capture_output=True, text=True, timeout=30)
            version, path, usable, has_venv = json.loads(answer.stdout)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            continue  # a pyenv shim without a version, a shop's stub, something else of that name
        found[path] = Interpreter(tuple(version), path, usable, has_venv)
    return list(found.values())


def choose(found: list[Interpreter]) -> Interpreter:
    """The newest supported one; among equals, and before any other, one that can make environments."""
    supported = [one for one in found if one.supported]
    if not supported:
        seen = ", ".join(str(one) for one in found) or os.environ.get("COCKPIT_PYTHON") or "none"
        raise Trouble(
            f"no suitable Python: needed is a 64-bit CPython 3.11, 3.12 or 3.13, found: {seen}. Install one"
            " (Debian 12, Ubuntu 24.04: sudo apt-get install python3 python3-venv; Ubuntu 22.04: python3.11"
            " python3.11-venv; elsewhere: pyenv install 3.13) and run this again"
        )
    return max(supported, key=lambda one: (one.has_venv, one.version))


# -- system packages --------------------------------------------------------------------------------


def missing_system(python: Interpreter | None, tests: bool) -> dict[str, str]:
    """What the system lacks, by the Debian package that has it; nothing where the system is not Linux."""
    if not sys.platform.startswith("linux"):
        return {}
    lacking = {name: package for name, package in LIBRARIES.items() if not loads(name)}
    if tests:
        lacking.update({name: package for name, package in PROGRAMS.items() if shutil.which(name) is None})
    if python is not None and not python.has_venv:
        lacking["venv"] = f"python{python.version[0]}.{python.version[1]}-venv"
    return lacking


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        import ctypes

        ctypes.CDLL(library)
    except ImportError:  # a Python without ctypes cannot tell
        return True
    except OSError:
        return False
    return True


def install_system(lacking: dict[str, str]) -> None:
    """Install the packages where that is allowed, else say the one command that does."""
    packages = sorted(set(lacking.values()))
    if shutil.which("apt-get") is None:
        raise Trouble(
            f"this system lacks {', '.join(lacking)}: install them with its package manager and run this again"
        )
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        prefix = ["sudo", "-n"]
    else:
        raise Trouble(f"system packages are missing; install them and run this again: sudo {' '.join(command)}")
    say(f"installing system packages: {' '.join(packages)}")
    prefix = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:  # a fresh machine has no package lists yet
        subprocess.run([*prefix, "apt-get", "update"], capture_output=True, stdin=subprocess.DEVNULL)
        done = subprocess.run([*prefix, *command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}").splitlines()[-1]
        raise Trouble(
            f"apt-get failed ({said}); see what is wrong with: sudo apt-get update && sudo {' '.join(command)}"
        )


# -- the environment --------------------------------------------------------------------------------


def key() -> str:
    """What an environment depends on, as one hash: the two files that say what to install, and where they lie."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def ready(tests: bool) -> bool:
    """Whether ``.venv`` is complete and made from what lies here now."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = os.environ.get("COCKPIT_PYTHON")
    return (
        stamp.get("key") == key()
        and (stamp.get("tests") is True or not tests)
        and (not wanted or os.path.realpath(shutil.which(wanted) or wanted) == stamp.get("python"))
        and VENV_PYTHON.exists()
        and not UNFINISHED.exists()
    )


def reusable(python: Interpreter) -> bool:
    """Whether the environment that is there can be brought up to date in place."""
    if UNFINISHED.exists() or not VENV_PYTHON.exists():
        return False
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stamp = {}
    moved = stamp.get("root", str(ROOT)) != str(ROOT)
    return not moved and os.path.realpath(VENV_PYTHON) == python.path


def setup(tests: bool) -> None:
    """Bring system, ``.venv`` and packages to what is needed; nothing at all where they are."""
    if ready(tests):
        return
    lock = locked()
    try:
        if not ready(tests):  # another start may have done it while this one waited
            make(tests, lock)
    finally:
        if lock is not None:
            os.close(lock)


def locked() -> int | None:
    """One set-up at a time: a lock on the folder; pip inherits it, so a killed set-up holds it until pip ends."""
    if fcntl is None:
        return None
    lock = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("another set-up is running here; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def make(tests: bool, lock: int | None) -> None:
    """Make or refresh the environment; the stamp comes last."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    python = choose(interpreters())
    say(f"Python {python}")
    lacking = missing_system(python, tests)
    if lacking:
        install_system(lacking)
    if reusable(python):
        UNFINISHED.touch()
        STAMP.unlink(missing_ok=True)
    else:
        create(python)
    say(
        "installing the pinned packages"
        + (" for running and testing" if tests else "")
        + " (a few minutes at most)"
    )
    pip(["setuptools"], lock)
    pip(["--no-build-isolation", "-e", ".[test]" if tests else "."], lock)
    compile_kernels()
    stamp = {"key": key(), "tests": tests, "python": python.path, "root": str(ROOT)}
    draft = STAMP.with_suffix(".draft")
    draft.write_text(json.dumps(stamp), encoding="utf-8")
    draft.replace(STAMP)
    UNFINISHED.unlink()
    say(f"ready after {time.monotonic() - started:.0f} s")


def compile_kernels() -> None:
    """Have numba compile what the first recording and the first option chain would wait for; it keeps it on disk.

    Whatever goes wrong here comes up again, and is told, where the cockpit needs it.
    """
    say("compiling the kernels (half a minute)")
    command = [str(VENV_PYTHON), "-c", "from cockpit.backstage import warm_all; warm_all()"]
    subprocess.run(command, cwd=ROOT, env=clean(), stdin=subprocess.DEVNULL, capture_output=True)


def create(python: Interpreter) -> None:
    """An empty environment in the place of whatever was there."""
    if VENV.exists():
        say("remaking .venv: it was left half-made, or made by another Python or in another folder")
        shutil.rmtree(VENV)
    free = shutil.disk_usage(ROOT).free
    if free < DISK_BYTES:
        raise Trouble(
            f"no room on the disk: {free / 1e9:.1f} GB free at {ROOT}, {DISK_BYTES / 1e9:.1f} GB needed;"
            " free some, or move this folder to another disk"
        )
    VENV.mkdir()
    UNFINISHED.touch()
    done = subprocess.run([python.path, "-m", "venv", str(VENV)], capture_output=True, text=True, env=clean())
    if done.returncode:
        raise Trouble(explained(done.stdout + done.stderr, "making .venv"))


def clean() -> dict[str, str]:
    """The environment without what would lead pip or venv astray."""
    stray = (
        "PYTHONPATH",
        "PYTHONHOME",
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
        "__PYVENV_LAUNCHER__",
    )
    return {name: value for name, value in os.environ.items() if name not in stray}


def pip(what: list[str], lock: int | None) -> None:
    """Install under the constraints; all that pip says goes to the log, its current line to a terminal."""
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--retries", "3"]
    command += ["--progress-bar", "off", "-c", "constraints.txt", *what]
    terminal = sys.stderr.isatty()
    with LOG.open("a", encoding="utf-8") as log, subprocess.Popen(
        command, cwd=ROOT, env=clean(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace", pass_fds=() if lock is None else (lock,),
    ) as child:  # fmt: skip
        said: list[str] = []
        try:
            assert child.stdout is not None
            for line in child.stdout:
                said.append(line)
                log.write(line)
                if terminal:
                    print(f"\r\033[K  {line.strip()[:100]}", end="", file=sys.stderr, flush=True)
        except BaseException:
            child.terminate()
            raise
        finally:
            if terminal:
                print("\r\033[K", end="", file=sys.stderr, flush=True)
    if child.returncode:
        raise Trouble(explained("".join(said), "installing packages"))


def explained(output: str, doing: str) -> str:
    """What a failed program meant, in one line with what to do."""
    if NO_ROOM.search(output):
        return f"no room on the disk while {doing}: free 2.5 GB (TMPDIR moves pip's work files), run this again"
    if NO_NETWORK.search(output):
        return f"no network while {doing}: connect (proxy: HTTPS_PROXY; mirror: PIP_INDEX_URL), run this again"
    denied = re.search(r"Permission denied(: '[^']*')?", output)
    if denied:
        return f"no permission while {doing}{denied[1] or ''}: {ROOT} and all in it must belong to who runs this"
    errors = [line.strip() for line in output.splitlines() if line.startswith("ERROR") or "Error:" in line]
    cause = errors[0] if errors else (output.strip().splitlines() or ["it said nothing"])[-1]
    return f"{doing} failed: {cause[:200]}" + (f"; all of it is in {LOG}" if LOG.exists() else "")


# -- what comes after -------------------------------------------------------------------------------


def check_display(arguments: list[str]) -> None:
    """A window needs a display, said before minutes are spent; subcommands and a named Qt platform need none."""
    subcommand = bool(arguments) and not arguments[0].startswith("-")
    windowless = any(argument in ("-h", "--help", "--version") for argument in arguments)
    if subcommand or windowless or not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    display = os.environ.get("DISPLAY", "")
    if os.environ.get("WAYLAND_DISPLAY") or (display and answers(display)):
        return
    what = f"no X server answers on DISPLAY={display}" if display else "neither DISPLAY nor WAYLAND_DISPLAY is set"
    raise Trouble(
        f"no display: {what}. Start this from a desktop session or over ssh -X;"
        " without a screen: python3 bootstrap.py replay FILE --headless, or python3 bootstrap.py test"
    )


def answers(display: str) -> bool:
    """Whether a local X server listens there; a display on another machine is believed."""
    host, _, number = display.partition(":")
    number = number.split(".")[0]
    if host not in ("", "unix") or not number.isdigit():
        return True
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX) as link:
            try:
                link.connect(address)
            except OSError:
                continue
            return True
    return False


def pytest_arguments(given: list[str]) -> list[str]:
    """Two tests at a time and more, by file, unless the arguments say otherwise."""
    alone = any(
        one in ("--pdb", "-s", "--capture=no", "--numprocesses") or one.startswith(("-n", "-p")) for one in given
    )
    spread = (
        []
        if alone
        else ["-n", str(max(2, min(4, os.cpu_count() or 2))), "--dist", "loadfile", "--no-loadscope-reorder"]
    )
    return ["-m", "pytest", *spread, *given]


def become(arguments: list[str]) -> int:
    """Replace this process by ``.venv``'s Python: signals and exit status are then its own."""
    command = [str(VENV_PYTHON), *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.call(command)


def run(arguments: list[str]) -> int:
    """Set up, then do what the arguments say; the exit status where this process survives."""
    if arguments[:1] == ["setup"]:
        setup(tests=True)
        return 0
    if arguments[:1] == ["test"]:
        setup(tests=True)
        for name in ("COCKPIT_DATA", "COCKPIT_VECTORS"):
            if os.environ.get(name):
                os.environ[name] = os.path.abspath(os.environ[name])
        os.environ.setdefault("COCKPIT_STRICT", "1")  # what this set-up provides may not be skipped for its absence
        os.chdir(ROOT)
        return become(pytest_arguments(arguments[1:]))
    check_display(arguments)
    setup(tests=False)
    return become(["-P", "-m", "cockpit", *arguments])


def main() -> int:
    """Errors become one line each, and Ctrl+C a quiet end."""
    try:
        return run(sys.argv[1:])
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except OSError as error:
        say(explained(str(error), "setting up"))
        return 1
    except KeyboardInterrupt:
        say("stopped; the next start takes it up again")
        return 130


if __name__ == "__main__":
    sys.exit(main())
