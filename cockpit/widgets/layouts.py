"""Layouts of one workspace over a restart: a file per set of monitors, written atomically, with the four before it.

The folder is ``layouts`` in the user's configuration folder, or in ``COCKPIT_CONFIG``. A file that cannot be read
is set aside with the ending ``.bad`` and reported; it never keeps the cockpit from starting.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtCore import QStandardPaths

from cockpit.errors import ConfigError
from cockpit.widgets.monitors import Monitor
from cockpit.widgets.safe_file import set_aside, write_whole

log = logging.getLogger(__name__)

VERSION: Final = 1
KEPT: Final = 5  # the newest and four from before
ENVIRONMENT: Final = "COCKPIT_CONFIG"


def config_folder() -> Path:
    """The user's configuration folder of this program; it may not exist yet."""
    chosen = os.environ.get(ENVIRONMENT)
    if chosen:
        return Path(chosen)
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(base) / "cockpit"


@dataclass(frozen=True, slots=True)
class Version:
    """One kept version of a layout: 0 for the newest, and when it was written, ns since the epoch."""

    age: int
    written_ns: int


class LayoutStore:
    """Saved layouts.

    Args:
        folder: Where they lie; ``config_folder() / "layouts"`` when left out.
        on_trouble: Told in words when a file was unreadable or could not be written.

    Attributes:
        first: The layout while none was ever written; empty: the usual one.
    """

    def __init__(self, folder: Path | None = None, on_trouble: Callable[[str], None] | None = None) -> None:
        self._folder = folder or config_folder() / "layouts"
        self.on_trouble = on_trouble
        self.first: dict[str, Any] = {}
        self._rotated: set[str] = set()
        self._written: dict[str, str] = {}

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self._folder

    def load(self, there: tuple[Monitor, ...]) -> dict[str, Any] | None:
        """The layout for exactly these monitors, else of the most similar set, else None."""
        exact = self._newest(_key(there))
        if exact is not None:
            return exact
        others = [found for key in self._keys() if (found := self._newest(key)) is not None]
        return min(others, key=lambda layout: _unlike(layout, there), default=None)

    def save(self, there: tuple[Monitor, ...], layout: dict[str, Any]) -> bool:
        """Write the layout for these monitors, unless it is the one written last; False when the disk refused.

        The first write of a session, and the first after ``begin_version``, keeps what was there as an older
        version.
        """
        key = _key(there)
        whole = {"version": VERSION, "monitors": [monitor.as_json() for monitor in there], **layout}
        text = json.dumps(whole, indent=1, sort_keys=True)
        if self._written.get(key) == text:
            return True
        try:
            if key not in self._rotated:
                self._rotate(key)
                self._rotated.add(key)
            write_whole(self._path(key, 0), text)
        except OSError as error:
            self._tell(f"{self._path(key, 0)} cannot be written: {error.strerror or error}")
            return False
        self._written[key] = text
        return True

    def begin_version(self) -> None:
        """Let the next write of each set of monitors keep the one before it as a version of its own."""
        self._rotated.clear()

    def versions(self, there: tuple[Monitor, ...]) -> tuple[Version, ...]:
        """The kept versions for exactly these monitors, the newest first."""
        found: list[Version] = []
        for age in range(KEPT):
            try:
                found.append(Version(age, self._path(_key(there), age).stat().st_mtime_ns))
            except OSError:
                continue
        return tuple(found)

    def load_version(self, there: tuple[Monitor, ...], age: int) -> dict[str, Any] | None:
        """One kept version; None when it is gone or unreadable, which is told."""
        path = self._path(_key(there), age)
        try:
            return _read(path)
        except ConfigError as error:
            self._set_aside(path, error)
        except OSError as error:
            self._tell(f"{path} cannot be read: {error.strerror or error}")
        return None

    def move_to(self, folder: Path) -> None:
        """The folder lies elsewhere from now on; moving it is the caller's."""
        self._folder = folder

    def _newest(self, key: str) -> dict[str, Any] | None:
        """The newest readable version; unreadable ones are set aside on the way."""
        for age in range(KEPT):
            path = self._path(key, age)
            if not path.is_file():
                continue
            try:
                return _read(path)
            except (ConfigError, OSError) as error:
                self._set_aside(path, error)
        return None

    def _set_aside(self, path: Path, error: Exception) -> None:
        self._tell(f"{path} was unreadable ({error}) and {set_aside(path)}")

    def _rotate(self, key: str) -> None:
        for age in range(KEPT - 2, -1, -1):
            path = self._path(key, age)
            if path.is_file():
                path.replace(self._path(key, age + 1))

    def _keys(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted({path.name.split(".")[0] for path in self._folder.glob("*.json")})

    def _path(self, key: str, age: int) -> Path:
        return self._folder / (f"{key}.{age}.json" if age else f"{key}.json")

    def _tell(self, text: str) -> None:
        log.warning("%s", text)
        if self.on_trouble is not None:
            self.on_trouble(text)


def _key(there: tuple[Monitor, ...]) -> str:
    """A short name of a set of monitors."""
    text = json.dumps([monitor.as_json() for monitor in sorted(there)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _unlike(layout: dict[str, Any], there: tuple[Monitor, ...]) -> tuple[int, int]:
    """How far a saved set of monitors is from the present one: count first, then names that are missing."""
    saved = [str(entry.get("name")) for entry in layout["monitors"]]
    return abs(len(saved) - len(there)), len({monitor.name for monitor in there} ^ set(saved))


def _read(path: Path) -> dict[str, Any]:
    """A layout file.

    Raises:
        ConfigError: It is not one of ours.
        OSError: It cannot be opened.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # broken JSON, broken UTF-8
        raise ConfigError(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError("not a layout")
    layout = cast("dict[str, Any]", found)
    if layout.get("version") != VERSION:
        raise ConfigError(f"version {layout.get('version')!r}, this program writes {VERSION}")
    listed = layout.get("monitors")
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in cast("list[object]", listed)):
        raise ConfigError("it lists no monitors")
    return layout
