"""The set-up: what it finds, what it refuses, what it repairs. Nothing reaches the network; pip stays offline."""

import ast
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bootstrap
from bootstrap import Interpreter, Trouble, check_display, choose, explained, pytest_arguments
from tests.conftest import ROOT
from tests.desktop.waiting import wait_until

FILES = ("bootstrap.py", "constraints.txt", "pyproject.toml")


def python(minor: int, *, usable: bool = True, has_venv: bool = True) -> Interpreter:
    return Interpreter((3, minor, 1), f"/opt/python3.{minor}", usable, has_venv)


# -- interpreters ------------------------------------------------------------------------------------------


def test_the_file_is_read_by_every_python_since_3_8() -> None:
    ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_the_newest_supported_python_is_taken() -> None:
    assert choose([python(8), python(11), python(13), python(12), python(14)]) == python(13)


def test_one_that_can_make_environments_is_preferred() -> None:
    assert choose([python(13, has_venv=False), python(12)]) == python(12)
    assert choose([python(13, has_venv=False)]) == python(13, has_venv=False)


@pytest.mark.parametrize("found", [[], [python(10)], [python(14)], [python(12, usable=False)]])
def test_without_a_suitable_python_it_says_what_was_found_and_what_to_do(
    found: list[Interpreter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COCKPIT_PYTHON", raising=False)
    with pytest.raises(Trouble, match=r"no suitable Python.*3\.13.*Install one") as told:
        choose(found)
    assert "\n" not in str(told.value)
    assert all(one.path in str(told.value) for one in found)


def test_interpreters_are_found_on_the_path_and_in_pyenv_and_asked_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked, real = tmp_path / "asked", os.path.realpath(sys.executable)
    script = f"#!/bin/sh\necho x >> '{asked}'\nexec '{real}' \"$@\"\n"
    broken = "#!/bin/sh\nexit 127\n"  # what pyenv's shims do without a version
    for place, text in (("path/python3.11", broken), ("pyenv/versions/3.12.1/bin/python3.12", script)):
        file = tmp_path / place
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)
    (tmp_path / "path" / "python3").symlink_to("../pyenv/versions/3.12.1/bin/python3.12")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.delenv("COCKPIT_PYTHON", raising=False)
    (tmp_path / "pyenv" / "pyenv-win").mkdir()
    (tmp_path / "pyenv" / "pyenv-win" / "versions").touch()  # a folder that cannot be listed is no reason to stop
    found = bootstrap.interpreters()
    assert {one.path for one in found} == {real}
    assert found[0].version == tuple(sys.version_info[:3])
    assert asked.read_text(encoding="utf-8") == "x\n"


# -- what is missing, and errors in one line -----------------------------------------------------------------


def test_a_machine_that_has_everything_needs_no_package_manager() -> None:
    assert bootstrap.missing_system(python(13), tests=True) == {}


def test_missing_libraries_programs_and_venv_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "LIBRARIES", {"libnot-there.so.7": "libnot7", "libc.so.6": "libc6"})
    monkeypatch.setenv("PATH", "")
    lacking = bootstrap.missing_system(python(11, has_venv=False), tests=True)
    assert lacking["libnot-there.so.7"] == "libnot7"
    assert lacking["venv"] == "python3.11-venv"
    assert "libc.so.6" not in lacking
    assert lacking["Xvfb"] == "xvfb"
    assert "Xvfb" not in bootstrap.missing_system(python(11), tests=False)


def test_without_the_right_to_install_the_one_command_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble, match=r"lacks libEGL\.so\.1: install"):
        bootstrap.install_system({"libEGL.so.1": "libegl1"})
    for name in ("apt-get", "sudo"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(Trouble, match=r"sudo apt-get install -y --no-install-recommends libegl1 xvfb$"):
        bootstrap.install_system({"Xvfb": "xvfb", "libEGL.so.1": "libegl1"})


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No match", "no network"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "no network"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "no room on the disk"),
        ("PermissionError: [Errno 13] Permission denied: '/srv/.venv'", "no permission"),
        ("ERROR: No matching distribution for numpy==9", "failed: ERROR: No matching distribution for numpy==9"),
        ("", "it said nothing"),
    ],
)
def test_failures_become_one_line_with_what_to_do(output: str, told: str) -> None:
    line = explained(output, "installing packages")
    assert told in line
    assert "\n" not in line


# -- displays ----------------------------------------------------------------------------------------------


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No display, no platform."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("arguments", [[], ["--open", "file.dbn"], ["--theme", "daylight"]])
def test_a_window_without_a_display_is_refused_before_anything_is_installed(
    bare: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    with pytest.raises(Trouble, match=r"no display: neither DISPLAY nor WAYLAND_DISPLAY is set\. Start this from"):
        check_display(arguments)
    bare.setenv("DISPLAY", ":4711")
    with pytest.raises(Trouble, match="no X server answers on DISPLAY=:4711"):
        check_display(arguments)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["inspect", "file.dbn"], ["replay", "f", "--headless"]]
)
def test_what_opens_no_window_needs_no_display(bare: pytest.MonkeyPatch, arguments: list[str]) -> None:
    check_display(arguments)


def test_a_display_that_answers_another_platform_and_wayland_are_good(bare: pytest.MonkeyPatch) -> None:
    number = 47110 + os.getpid() % 1000
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        bare.setenv("DISPLAY", f":{number}.0")
        check_display([])
    bare.setenv("DISPLAY", "far.example:10.0")
    check_display([])
    bare.delenv("DISPLAY")
    bare.setenv("WAYLAND_DISPLAY", "wayland-0")
    check_display([])
    bare.delenv("WAYLAND_DISPLAY")
    bare.setenv("QT_QPA_PLATFORM", "offscreen")
    check_display([])


# -- pytest ------------------------------------------------------------------------------------------------


def test_tests_run_in_parallel_unless_the_arguments_say_otherwise() -> None:
    assert pytest_arguments(["-k", "book"])[:3] == ["-m", "pytest", "-n"]
    assert pytest_arguments(["-k", "book"])[-2:] == ["-k", "book"]
    for serial in (["-n0"], ["--pdb"], ["-s"], ["-p", "no:xdist"]):
        assert pytest_arguments(serial) == ["-m", "pytest", *serial]


# -- environments, for real but without a network ------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the set-up reads, in a folder with a space in its name; pip finds no package at all."""
    place = tmp_path / "a b"
    place.mkdir()
    for name in FILES:
        shutil.copy(ROOT / name, place)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("COCKPIT_PYTHON", sys.executable)
    return place


def start(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The set-up run as a person runs it, from another folder."""
    command = [sys.executable, str(project / "bootstrap.py"), *arguments]
    return subprocess.run(command, cwd=project.parent, capture_output=True, text=True, check=False)


def test_a_set_up_that_was_killed_is_made_again_and_a_failure_is_one_line(project: Path) -> None:
    remains = project / ".venv"
    remains.mkdir()
    (remains / "cockpit-unfinished").touch()
    (remains / "left-over").touch()
    done = start(project, "setup")
    assert done.returncode == 1
    assert "remaking .venv: it was left half-made" in done.stderr
    assert not (remains / "left-over").exists()
    last = done.stderr.splitlines()[-1]
    assert last.startswith("cockpit: installing packages failed: ERROR: ")
    assert last.endswith("cockpit-setup.log")
    assert (remains / "cockpit-unfinished").exists()
    assert not (remains / "cockpit-ready.json").exists()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Children that Ctrl+C reaches, even where the tests are a job in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_quietly_and_leaves_nothing_running(project: Path, tmp_path: Path) -> None:
    # pip waits for a package index that accepts and never answers
    with socket.create_server(("127.0.0.1", 0)) as index:
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("PIP_NO_INDEX", "HTTP_PROXY", "http_proxy")
        }
        env |= {"PIP_INDEX_URL": f"http://127.0.0.1:{index.getsockname()[1]}/", "NO_PROXY": "*"}
        command = [sys.executable, str(project / "bootstrap.py"), "setup"]
        child = subprocess.Popen(
            command, cwd=tmp_path, env=env, text=True, stderr=subprocess.PIPE, start_new_session=True
        )
        index.settimeout(60)
        link, _ = index.accept()
        child.send_signal(signal.SIGINT)  # to this one process alone: the harder case
        _, said = child.communicate(timeout=30)
        link.close()
    assert child.returncode == 130
    assert said.splitlines()[-1] == "cockpit: stopped; the next start takes it up again"
    wait_until(lambda: not group_lives(child.pid), "the end of pip")


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def asked(project: Path, expression: str) -> Any:
    """What an expression gives in the set-up of that folder."""
    program = f"import bootstrap, json; print(json.dumps({expression}))"
    command = [sys.executable, "-c", program]
    return json.loads(subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout)


def finish(project: Path) -> None:
    """An environment as the end of a set-up leaves it; its Python is a script that tells its arguments."""
    binaries = project / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text('#!/bin/sh\necho "$@"\nexit 7\n', encoding="utf-8")
    (binaries / "python").chmod(0o755)
    stamp = {"key": asked(project, "bootstrap.key()"), "tests": False, "root": str(project)}
    stamp["python"] = os.path.realpath(sys.executable)
    (project / ".venv" / "cockpit-ready.json").write_text(json.dumps(stamp), encoding="utf-8")


@pytest.fixture
def finished(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project after its set-up."""
    finish(project)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return project


def test_a_finished_environment_starts_at_once_with_the_arguments_and_its_status(finished: Path) -> None:
    done = start(finished, "--open", "a file.dbn", "--size", "1280x720")
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout == "-P -m cockpit --open a file.dbn --size 1280x720\n"


def test_a_second_start_asks_nobody_and_starts_nothing_else(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no interpreter, no package manager, no program to find
    assert start(finished, "--version").stdout == "-P -m cockpit --version\n"


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt", "killed", "moved", "python", "tests"])
def test_an_environment_that_does_not_fit_any_more_is_noticed(
    finished: Path, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(finished, "bootstrap.ready(tests=False)") is True
    if "." in changed:
        with (finished / changed).open("a", encoding="utf-8") as file:
            file.write("# one line more\n")
    elif changed == "killed":
        (finished / ".venv" / "cockpit-unfinished").touch()
    elif changed == "moved":
        finished = finished.rename(finished.parent / "elsewhere")
    elif changed == "python":
        monkeypatch.setenv("COCKPIT_PYTHON", "/opt/another/python")
    assert asked(finished, f"bootstrap.ready(tests={changed == 'tests'})") is False


def test_a_second_set_up_waits_for_the_first_and_uses_what_it_made(project: Path) -> None:
    lock = os.open(project, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    command = [sys.executable, str(project / "bootstrap.py"), "--version"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as second:
        assert second.stderr is not None
        assert second.stderr.readline() == "cockpit: another set-up is running here; waiting for it\n"
        finish(project)
        os.close(lock)
        assert second.communicate(timeout=60) == ("-P -m cockpit --version\n", "")


# -- the pins ----------------------------------------------------------------------------------------------


def test_every_requirement_is_pinned_and_no_registry_is_named() -> None:
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    names = {one.split(";")[0].split(">")[0].split("<")[0].strip().lower().replace("_", "-") for one in wanted}
    assert names - pinned == set()
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


def pins() -> list[str]:
    lines = (
        line.split("#")[0].strip() for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    )
    return [line for line in lines if line]
