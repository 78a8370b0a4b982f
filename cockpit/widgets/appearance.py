"""What the user chose about the look, kept over a restart: theme, side palette, density, motion.

``settings.json`` in the configuration folder, written whole or not at all. A file that cannot be read is set aside
with the ending ``.bad`` and told; it never keeps the cockpit from starting. Tables of the file that are not ours
are left as they are.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from cockpit.errors import ConfigError
from cockpit.widgets.pane_settings import Option
from cockpit.widgets.safe_file import write_whole
from cockpit.widgets.theme import BLUE_UP, DENSITIES, NORMAL, SIDES, THEMES

log = logging.getLogger(__name__)

VERSION: Final = 1
TABLE: Final = "look"
FULL: Final = "full"
REDUCED: Final = "reduced"
MOTIONS: Final = (FULL, REDUCED)
_WORDS: Final = {
    "graphite": "Graphite",
    "daylight": "Daylight",
    BLUE_UP: "Blue up",
    "east_asian": "Orange up",
    "high_contrast": "High contrast",
    "compact": "Compact",
    NORMAL: "Normal",
    "roomy": "Roomy",
    FULL: "Full",
    REDUCED: "Reduced",
}


@dataclass(frozen=True, slots=True)
class Appearance:
    """The choices.

    Attributes:
        theme: One of ``THEMES``.
        sides: One of ``SIDES``.
        density: One of ``DENSITIES``.
        motion: One of ``MOTIONS``.
    """

    theme: str = THEMES[0]
    sides: str = BLUE_UP
    density: str = NORMAL
    motion: str = FULL


@dataclass(frozen=True, slots=True)
class Trait:
    """One of the choices, for menus and the settings.

    Attributes:
        name: Field of ``Appearance``.
        title: For people.
        action: Id of the action that goes to the next value.
        options: All values, in order.
        note: What it is about.
    """

    name: str
    title: str
    action: str
    options: tuple[Option, ...]
    note: str

    def of(self, appearance: Appearance) -> str:
        """What is chosen."""
        return getattr(appearance, self.name)

    def after(self, appearance: Appearance) -> str:
        """The next value, the first one after the last."""
        values = [option.value for option in self.options]
        return values[(values.index(self.of(appearance)) + 1) % len(values)]

    def words(self, value: str) -> str:
        """A value for people."""
        return next(option.text for option in self.options if option.value == value)


def _options(values: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(value, _WORDS[value]) for value in values)


TRAITS: Final = (
    Trait("theme", "Theme", "look.theme", _options(THEMES), "dark or light"),
    Trait("sides", "Sides", "look.sides", _options(SIDES), "colours of buyers and sellers, up and down"),
    Trait("density", "Density", "look.density", _options(tuple(DENSITIES)), "height of rows; letters stay"),
    Trait("motion", "Motion", "look.motion", _options(MOTIONS), "needles, drawers and notices"),
)


class AppearanceFile:
    """Where the choices are kept.

    Args:
        path: ``settings.json``.
        on_trouble: Told in words when it was unreadable or could not be written.
    """

    def __init__(self, path: Path, on_trouble: Callable[[str], None] | None = None) -> None:
        self.path = path
        self.on_trouble = on_trouble
        self._waiting: list[str] = []

    def load(self) -> Appearance:
        """The choices; the first ones where there is no usable file."""
        if not self.path.is_file():
            return Appearance()
        try:
            table = self._read().get(TABLE, {})
        except (ConfigError, OSError) as error:
            self._set_aside(error)
            return Appearance()
        return self._known(table if isinstance(table, dict) else {})

    def save(self, appearance: Appearance) -> bool:
        """Write them; False when the disk refused."""
        whole: dict[str, Any] = {}
        if self.path.is_file():
            try:
                whole = self._read()
            except (ConfigError, OSError) as error:
                self._set_aside(error)
        whole |= {"version": VERSION, TABLE: asdict(appearance)}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, json.dumps(whole, indent=1, sort_keys=True))
        except OSError as error:
            self._tell(f"{self.path} cannot be written: {error.strerror or error}")
            return False
        return True

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError as error:  # broken JSON, broken UTF-8
            raise ConfigError(f"not JSON: {error}") from error
        if not isinstance(found, dict):
            raise ConfigError(f"not a table of settings but {type(found).__name__}")
        return cast("dict[str, Any]", found)

    def _known(self, table: dict[str, Any]) -> Appearance:
        """What of a table exists here; an unknown value is told and left at its first choice."""
        chosen = Appearance()
        for trait in TRAITS:
            value = table.get(trait.name, trait.of(chosen))
            if value in [option.value for option in trait.options]:
                chosen = replace(chosen, **{trait.name: value})
            else:
                known = ", ".join(option.value for option in trait.options)
                self._tell(f"{self.path}: {trait.name} {value!r} is none of {known}; {trait.of(chosen)} is used")
        return chosen

    def _set_aside(self, error: Exception) -> None:
        bad = self.path.with_suffix(f"{self.path.suffix}.bad")
        try:
            self.path.replace(bad)
            self._tell(f"{self.path} was unreadable ({error}) and is set aside as {bad.name}")
        except OSError:
            self._tell(f"{self.path} is unreadable ({error}) and could not be set aside")

    def _tell(self, text: str) -> None:
        log.warning("%s", text)
        if self.on_trouble is None:
            self._waiting.append(text)
        else:
            self.on_trouble(text)

    def tell(self, on_trouble: Callable[[str], None]) -> None:
        """Tell somebody from now on, first what happened before there was anybody to tell."""
        self.on_trouble = on_trouble
        for text in self._waiting:
            on_trouble(text)
        self._waiting.clear()
