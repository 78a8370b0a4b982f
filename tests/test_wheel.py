"""The wheel holds all the program needs: built from the sources, installed elsewhere, run from a third place."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCES = ("cockpit", "resources", "pyproject.toml", "README.md")
# what is not Python and must travel; at least one file of each
RESOURCES = (
    "resources/fonts/inter/*.otf",
    "resources/fonts/*/LICENSE.txt",
    "resources/fonts/jetbrains-mono/*.ttf",
    "resources/themes/*.toml",
    "resources/instruments/contracts.csv",
    "resources/calendars/*.csv",
    "resources/calendars/*.toml",
    "resources/layouts/*",
    "resources/docs/*.md",
)


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program's end, with what it said when it failed."""
    env = {**os.environ, **environment}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline from a copy: building leaves folders behind, and would pick up old ones."""
    place = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place / "source" / name)
    pip = (
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--no-cache-dir",
    )
    run(*pip, "-w", place, place / "source", cwd=place)
    return next(place.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel's content; its dependencies come from this environment."""
    place = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", place, wheel)
    run(*pip, cwd=place)
    return place


def test_the_program_and_every_resource_travel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        inside = {name for name in file.namelist() if not name.startswith("cockpit-")}
    tracked = {
        path.relative_to(ROOT).as_posix()
        for folder in ("cockpit", "resources")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == tracked


@pytest.mark.parametrize("pattern", RESOURCES)
def test_each_kind_of_resource_is_there(installed: Path, pattern: str) -> None:
    assert list(installed.glob(pattern)), f"nothing like {pattern} in the wheel"


def test_it_runs_from_another_folder_and_finds_its_own_files(installed: Path, tmp_path: Path) -> None:
    program = "from cockpit import resources; print(resources.__file__, resources.resource('themes'), sep='\\n')"
    done = run(sys.executable, "-P", "-c", program, cwd=tmp_path, PYTHONPATH=str(installed))
    assert all(line.startswith(str(installed)) for line in done.stdout.splitlines())


def test_the_console_command_answers(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "bin" / "cockpit", "--version", cwd=tmp_path, PYTHONPATH=str(installed))
    assert done.stdout.startswith("cockpit ")
    assert (
        "usage: cockpit"
        in run(installed / "bin" / "cockpit", "--help", cwd=tmp_path, PYTHONPATH=str(installed)).stdout
    )


def test_the_installed_program_inspects_a_recording(installed: Path, tmp_path: Path, data: Path) -> None:
    recording = data / "books" / "es-trades-esu4-20240701T2358.dbn.zst"
    command = (installed / "bin" / "cockpit", "inspect", recording, "--json", "-")
    done = run(*command, cwd=tmp_path, PYTHONPATH=str(installed))
    assert '"command": "inspect"' in done.stdout


def test_the_installed_program_examines_the_machine(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "bin" / "cockpit", "doctor", cwd=tmp_path, PYTHONPATH=str(installed))
    assert "Calendars: sessions" in done.stdout
