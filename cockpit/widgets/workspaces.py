"""The shelf of workspaces: their names, in the order of the tabs, and where the layouts of each are kept.

Every workspace is a folder of layouts, so that none can be lost by a broken list: ``layouts`` for the first one, as
ever, ``workspaces/NAME`` for the others. ``workspaces.json`` holds the order and which was used last. What is
deleted lies in ``deleted`` until another one of its name is deleted.
"""

import json
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from cockpit.errors import ConfigError
from cockpit.widgets.layouts import LayoutStore, config_folder
from cockpit.widgets.presets import BOOK
from cockpit.widgets.safe_file import write_whole

log = logging.getLogger(__name__)

FIRST: Final = "Cockpit"  # the shipped workspace
SHIPPED: Final = {"Book": {"preset": BOOK}}  # further ones, and their layouts until somebody changes them
VERSION: Final = 1
LONGEST: Final = 40
_NAME: Final = re.compile(r"\w[\w -]*")


def check_name(name: str) -> str:
    """The name without blanks around it.

    Raises:
        ConfigError: Not a name a folder can have everywhere.
    """
    clean = name.strip()
    if not _NAME.fullmatch(clean) or len(clean) > LONGEST:
        raise ConfigError(f"workspace {clean!r}: letters, digits, spaces and dashes, at most {LONGEST}")
    return clean


class Shelf:
    """All workspaces of one configuration folder.

    Args:
        folder: The configuration folder; the user's own when left out.
        on_trouble: Told in words when something was unreadable or could not be written.
        shipped: Whether the shipped workspaces are there as long as no list was written.

    Attributes:
        current: Name of the workspace in use.
    """

    def __init__(
        self, folder: Path | None = None, on_trouble: Callable[[str], None] | None = None, *, shipped: bool = False
    ) -> None:
        self._folder = folder or config_folder()
        self.on_trouble = on_trouble
        self._waiting: list[str] = []  # what was wrong before anybody could be told
        self._stores: dict[str, LayoutStore] = {}
        listed, current = self._read()
        there = self._on_disk()
        kept = there | ({FIRST, *SHIPPED} if shipped else set())  # a shipped one has no folder until it is shown
        self._names = [name for name in listed if name in kept] + sorted(there - set(listed))
        self.current = current if current in self._names else next(iter(self._names), FIRST)
        if not self._names:
            self._names = [FIRST]
        if shipped and not listed:
            self._names += [name for name in SHIPPED if name not in self._names]

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order of the tabs."""
        return tuple(self._names)

    @property
    def store(self) -> LayoutStore:
        """Layouts of the workspace in use."""
        return self.store_of(self.current)

    def store_of(self, name: str) -> LayoutStore:
        """Layouts of a workspace; always the same object, which knows what this session wrote."""
        if name not in self._stores:
            self._stores[name] = LayoutStore(self._place(name))
            self._stores[name].first = dict(SHIPPED.get(name, {}))
        return self._stores[name]

    def hear(self, on_trouble: Callable[[str], None]) -> None:
        """Tell troubles there from now on, and those that waited."""
        self.on_trouble = on_trouble
        for text in self._waiting:
            on_trouble(text)
        self._waiting.clear()

    def free(self, name: str) -> str:
        """The name, clean, for a workspace that is not there yet.

        Raises:
            ConfigError: It cannot be one, or there is one of that name, large and small letters alike.
        """
        clean = check_name(name)
        taken = next((other for other in self._names if other.casefold() == clean.casefold()), None)
        if taken is not None:
            raise ConfigError(f"there is a workspace {taken} already")
        return clean

    def use(self, name: str) -> None:
        """Use a workspace from now on; one that is not there yet joins at the end.

        Raises:
            ConfigError: Not a name for a workspace.
        """
        clean = check_name(name)
        same = next((other for other in self._names if other.casefold() == clean.casefold()), None)
        if same is None:
            self._names.append(clean)
        self.current = same or clean
        self._write()

    def copy(self, name: str, new: str) -> str:
        """Copy a workspace's layouts under a new name, beside it; returns the name. ConfigError as ``free``."""
        clean = self.free(new)
        self._move(name, clean, lambda source, target: shutil.copytree(source, target))
        self._names.insert(self._names.index(name) + 1, clean)
        self._write()
        return clean

    def rename(self, name: str, new: str) -> str:
        """Give a workspace another name; returns it. ConfigError as ``free``; other letters' size is allowed."""
        clean = check_name(new)
        if clean == name:
            return name
        if clean.casefold() != name.casefold():
            self.free(clean)
        self._move(name, clean, lambda source, target: source.rename(target))
        store = self._stores.pop(name, None)
        if store is not None:
            store.move_to(self._place(clean))
            self._stores[clean] = store
        self._names[self._names.index(name)] = clean
        if self.current == name:
            self.current = clean
        self._write()
        return clean

    def delete(self, name: str) -> str:
        """Put a workspace away, from where ``bring_back`` gets it; returns its neighbour, to go on with.

        Raises:
            ConfigError: It is the only one, or the disk refused.
        """
        if len(self._names) == 1:
            raise ConfigError(f"{name} is the only workspace; make another one first")
        shutil.rmtree(self._deleted(name), ignore_errors=True)
        self._move(name, name, lambda source, target: source.rename(target), self._deleted(name))
        self._stores.pop(name, None)
        at = self._names.index(name)
        self._names.remove(name)
        neighbour = self._names[min(at, len(self._names) - 1)]
        if self.current == name:
            self.current = neighbour
        self._write()
        return neighbour

    def deleted(self) -> tuple[str, ...]:
        """Workspaces that can be brought back, by name."""
        folder = self._folder / "deleted"
        return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()

    def bring_back(self, name: str) -> str:
        """Take a deleted workspace in again, at the end; returns its name, with a number where it is taken."""
        taken = {other.casefold() for other in self._names}
        clean = next(
            new
            for new in (name, *(f"{name[: LONGEST - 3]} {n}" for n in range(2, 100)))
            if new.casefold() not in taken
        )
        self._move(name, clean, lambda source, target: source.rename(target), source=self._deleted(name))
        self._names.append(clean)
        self._write()
        return clean

    # files

    def _place(self, name: str) -> Path:
        return self._folder / "layouts" if name == FIRST else self._folder / "workspaces" / name

    def _deleted(self, name: str) -> Path:
        return self._folder / "deleted" / name

    def _on_disk(self) -> set[str]:
        others = self._folder / "workspaces"
        found = {path.name for path in others.iterdir() if path.is_dir()} if others.is_dir() else set[str]()
        usable = {name for name in found if _NAME.fullmatch(name) and len(name) <= LONGEST}
        return usable | ({FIRST} if self._place(FIRST).is_dir() else set())

    def _move(
        self,
        name: str,
        new: str,
        act: Callable[[Path, Path], object],
        target: Path | None = None,
        source: Path | None = None,
    ) -> None:
        """Copy or move a folder; a workspace that never was written has none, and that is fine."""
        source, target = source or self._place(name), target or self._place(new)
        if not source.is_dir():
            return
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            act(source, target)
        except OSError as error:
            raise ConfigError(f"{source}: {error.strerror or error}") from error

    def _read(self) -> tuple[list[str], str]:
        """Names and the one in use, as the list has them; a list that cannot be read is set aside."""
        path = self._folder / "workspaces.json"
        if not path.is_file():
            return [], ""
        try:
            return _parsed(path.read_text(encoding="utf-8"))
        except (ConfigError, OSError, ValueError) as error:
            bad = path.with_suffix(".json.bad")
            try:
                path.replace(bad)
                self._tell(f"{path} was unreadable ({error}) and is set aside as {bad.name}")
            except OSError:
                self._tell(f"{path} is unreadable ({error}) and could not be set aside")
        return [], ""

    def _write(self) -> None:
        path = self._folder / "workspaces.json"
        found = {"version": VERSION, "names": self._names, "current": self.current}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(found, indent=1))
        except OSError as error:
            self._tell(f"{path} cannot be written: {error.strerror or error}")

    def _tell(self, text: str) -> None:
        log.warning("%s", text)
        if self.on_trouble is not None:
            self.on_trouble(text)
        else:
            self._waiting.append(text)


def _parsed(text: str) -> tuple[list[str], str]:
    found: object = json.loads(text)
    if not isinstance(found, dict):
        raise ConfigError("not a list of workspaces")
    listed = cast("dict[str, Any]", found)
    if listed.get("version") != VERSION:
        raise ConfigError(f"version {listed.get('version')!r}, this program writes {VERSION}")
    names, current = listed.get("names"), listed.get("current")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in cast("list[object]", names)):
        raise ConfigError("it lists no names")
    return list(dict.fromkeys(cast("list[str]", names))), current if isinstance(current, str) else ""
