"""``cockpit doctor --report FILE``: what a bug report needs, in one zip; no market data, no secret.

Every text goes through the redactor, and the whole is looked through once more before it is written.
"""

import importlib
import json
import os
import platform
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import cockpit
from cockpit import log
from cockpit.clock import WallClock
from cockpit.doctor import Check, qt_report
from cockpit.errors import ConfigError
from cockpit.instants import iso_utc
from cockpit.recent import RecentRecordings
from cockpit.redaction import Redactor, is_secret

LOG_BYTES: Final = 256_000  # of the newest log file, from its end
SETTING_BYTES: Final = 200_000  # a longer settings file is none of ours
MOST_SETTINGS: Final = 100
SETTINGS: Final = (".json", ".toml")
TAPE: Final = "tape.json"  # what a tape says about itself; the rest of its folder is market data
# variables a bug can hang on; no others are looked at
SHOWN: Final = re.compile(
    r"COCKPIT_\w+|QT_\w+|QSG_\w+|NUMBA_\w+|LIBGL_\w+|MESA_\w+|__GL_\w+|GALLIUM_\w+|OMP_NUM_THREADS|LANG|LC_\w+|TZ"
    r"|DISPLAY|WAYLAND_DISPLAY|XDG_SESSION_TYPE|XDG_CURRENT_DESKTOP|XDG_CONFIG_HOME|XDG_STATE_HOME"
)
README: Final = """What this machine and this cockpit are, for a bug report.

doctor.json       what `cockpit doctor` found
versions.json     the cockpit, Python, the system, the libraries
screen.json       screens, renderer and why
environment.json  variables of a fixed list, nothing else of the environment
log               the end of the log
settings          saved layouts, workspaces, recent recordings
tapes             descriptions of tapes; no market data

Keys, tokens, passwords and the home folder are taken out. Look through it before you send it.
"""


def write_report(
    file: Path,
    checks: Sequence[Check],
    environment: Mapping[str, str] | None = None,
    home: Path | None = None,
    screen: Mapping[str, Any] | None = None,
) -> list[str]:
    """Write the bundle; returns the names of what is in it.

    Args:
        file: A new file that ends in ``.zip``.
        environment, home, screen: This process's own when left out; ``screen`` as ``qt_report`` tells it.

    Raises:
        ConfigError: The name does not end in .zip, is taken, or cannot be written.
        CockpitError: A secret was left in a text; nothing is written then.
    """
    if file.suffix.lower() != ".zip":
        raise ConfigError(f"--report {file}: a zip is written; choose a name that ends in .zip")
    if file.exists():
        raise ConfigError(f"--report {file}: exists already; choose another name")
    environment = os.environ if environment is None else environment
    redactor = Redactor(environment, home or Path.home())
    members: dict[str, str] = {}
    for name, text in _members(checks, environment, qt_report({}) if screen is None else screen):
        name, text = redactor.text(name), redactor.text(text)
        redactor.check(name + text)
        members[name] = text
    try:
        with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in members.items():
                bundle.writestr(name, text)
    except OSError as error:
        raise ConfigError(f"--report {file}: cannot be written ({error.strerror or error})") from error
    return sorted(members)


def _members(
    checks: Sequence[Check], environment: Mapping[str, str], screen: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    yield "README.txt", README
    yield "doctor.json", _json([asdict(check) for check in checks])
    yield "versions.json", _json(_versions())
    yield "screen.json", _json(_explained(screen))
    shown = {name: environment[name] for name in sorted(environment) if SHOWN.fullmatch(name)}
    yield "environment.json", _json({name: value for name, value in shown.items() if not is_secret(name)})
    yield from _logs(log.folder())
    config = _config_folder()
    if config is not None:
        yield from _settings(config)
        yield from _tapes(_tape_folders(config))


def _json(value: Any) -> str:  # noqa: ANN401  whatever JSON can hold
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _versions() -> dict[str, Any]:
    return {
        "cockpit": cockpit.__version__,
        "made": iso_utc(WallClock().now_ns()),
        "python": sys.version,
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "libraries": _libraries(),
    }


def _libraries() -> dict[str, str]:
    """Every distribution that is installed beside us."""
    found = {each.metadata["Name"]: each.version for each in metadata.distributions()}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _explained(report: Mapping[str, Any]) -> dict[str, Any]:
    """What Qt says, and why the panes are drawn as they are."""
    renderer = report.get("renderer")
    why = f"{renderer}, OpenGL {report.get('gl')}" if renderer else "no OpenGL driver that works; raster"
    return {**report, "why": report.get("error", why)}


def _logs(folder: Path) -> Iterator[tuple[str, str]]:
    """The newest log, and the end of the one before."""
    for name, share in (("cockpit.log", 1), ("cockpit.log.1", 4)):
        text = _tail(folder / name, LOG_BYTES // share)
        if text is not None:
            yield f"log/{name}", text


def _tail(file: Path, size: int) -> str | None:
    """The last bytes of a file, from a line's beginning; None where there is none."""
    try:
        with file.open("rb") as stream:
            length = stream.seek(0, os.SEEK_END)
            stream.seek(max(length - size, 0))
            data = stream.read()
    except OSError:
        return None
    text = data.decode("utf-8", "replace")
    return text if length <= size else text.partition("\n")[2]


def _config_folder() -> Path | None:
    """The user's settings; None where Qt, which knows where they lie, does not load."""
    try:
        return importlib.import_module("cockpit.widgets.layouts").config_folder()
    except ImportError:
        return None


def _settings(folder: Path) -> Iterator[tuple[str, str]]:
    files = sorted(file for file in folder.rglob("*") if file.suffix in SETTINGS and file.is_file())
    for file in files[:MOST_SETTINGS]:
        text = _tail(file, SETTING_BYTES) if file.stat().st_size <= SETTING_BYTES else None
        if text is not None and file.name != TAPE:
            yield f"settings/{file.relative_to(folder).as_posix()}", text


def _tape_folders(config: Path) -> list[Path]:
    """Tapes opened of late, and those below the folders the cockpit keeps."""
    recent = [Path(path) for path in RecentRecordings(config / "recent.json").paths()]
    kept = [file.parent for folder in (config, log.folder()) for file in sorted(folder.glob(f"*/*/{TAPE}"))]
    return list(dict.fromkeys(folder for folder in (*recent, *kept) if (folder / TAPE).is_file()))


def _tapes(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for number, folder in enumerate(folders[:MOST_SETTINGS], 1):
        text = _tail(folder / TAPE, SETTING_BYTES)
        if text is not None:
            yield f"tapes/{number:02d} {folder.name}.json", text
