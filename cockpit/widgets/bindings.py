"""The user's own keys: checked against the one table, kept in the configuration folder, exported and imported.

A file is JSON: ``{"cockpit keys": 1, "keys": {"palette": ["Ctrl+K"], ...}}``. The user's own holds only what was
changed; an exported one every action. No Qt widgets here; Qt is asked whether it knows a key.
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtGui import QKeySequence

from cockpit.errors import ConfigError
from cockpit.widgets.action_spec import ActionSpec, holders
from cockpit.widgets.safe_file import set_aside, write_whole

log = logging.getLogger(__name__)

HEAD: Final = "cockpit keys"
VERSION: Final = 1
_MOST_NAMED: Final = 4  # mistakes of a file that are named; the rest is counted

Keys = Mapping[str, Sequence[str]]


def leaders(actions: Sequence[ActionSpec]) -> frozenset[str]:
    """Strokes that others follow in the table: ``;``, ``Ctrl+G``."""
    return frozenset(key.partition(" ")[0] for spec in actions for key in spec.keys if " " in key)


def is_key(key: str, first_strokes: Collection[str]) -> bool:
    """Whether it is one stroke that Qt knows by this very name, or a first stroke and a plain one."""
    first, space, second = key.partition(" ")
    if space:
        commanded = any(f"{modifier}+" in second for modifier in ("Ctrl", "Alt", "Meta"))
        return first in first_strokes and not commanded and _is_stroke(second)
    return _is_stroke(first)


def _is_stroke(stroke: str) -> bool:
    if not stroke or not stroke.isascii():
        return False
    sequence = QKeySequence(stroke)
    return sequence.count() == 1 and sequence.toString(QKeySequence.SequenceFormat.PortableText) == stroke


def rebound(actions: Sequence[ActionSpec], own: Keys) -> tuple[ActionSpec, ...]:
    """The table with the user's own keys in place of the shipped ones.

    Raises:
        ConfigError: What is wrong, all of it: unknown actions, keys that are none, actions whose keys are fixed,
            keys that two want (with the holder's name).
    """
    known, first_strokes = {spec.id: spec for spec in actions}, leaders(actions)
    wrong = [f"no action {name!r}" for name in own if name not in known]
    wrong += [
        f"{key!r} is no key ({known[name].text})"
        for name, keys in own.items()
        for key in keys
        if name in known and not is_key(key, first_strokes)
    ]
    wrong += [
        f"{spec.text}: {spec.fixed}"
        for spec in actions
        if spec.fixed and spec.id in own and tuple(own[spec.id]) != spec.keys
    ]
    table = tuple(replace(spec, keys=tuple(own[spec.id])) if spec.id in own else spec for spec in actions)
    wrong += conflicts(table)
    if wrong:
        more = len(wrong) - _MOST_NAMED
        raise ConfigError("; ".join(wrong[:_MOST_NAMED]) + (f"; {more} more" if more > 0 else ""))
    return table


def conflicts(table: Sequence[ActionSpec]) -> list[str]:
    """Keys that two actions want, in words: ``F3 is Gamma exposure on the chart and Every key``."""
    found: list[str] = []
    held: dict[str, ActionSpec] = {}
    for spec in table:
        for key in spec.keys:
            if key in held:
                found.append(f"{key} is {held[key].text} and {spec.text}")
            held.setdefault(key, spec)
    for key, spec in held.items():
        first, _, second = key.partition(" ")
        if second and first in held:
            found.append(f"{first} is {held[first].text} and begins {key}, {spec.text}")
    return found


def holder_of(table: Sequence[ActionSpec], key: str, wanted_by: str) -> str:
    """Why an action cannot have a key: who holds it, or what it begins; empty when it can.

    Args:
        wanted_by: Id of the action that wants it.
    """
    others = holders(spec for spec in table if spec.id != wanted_by)
    if key in others:
        return f"{key} belongs to “{others[key].text}”"
    first, _, second = key.partition(" ")
    if second and first in others:
        return f"{first} belongs to “{others[first].text}”"
    if not second:
        begun = next((spec for held, spec in others.items() if held.startswith(f"{key} ")), None)
        if begun is not None:
            return f"{key} begins “{begun.text}” and others"
    return ""


def changed(actions: Sequence[ActionSpec], table: Sequence[ActionSpec]) -> dict[str, list[str]]:
    """What differs from the shipped keys, by action."""
    shipped = {spec.id: spec.keys for spec in actions}
    return {spec.id: list(spec.keys) for spec in table if spec.keys != shipped[spec.id]}


def written(keys: Keys) -> str:
    """A file's text."""
    return json.dumps({HEAD: VERSION, "keys": {name: list(each) for name, each in keys.items()}}, indent=1)


def read(text: str) -> dict[str, list[str]]:
    """The keys of a file's text, not yet checked against the table.

    Raises:
        ConfigError: It is no file of keys.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"not JSON: {error}") from error
    whole = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if HEAD not in whole:
        raise ConfigError(f"not a file of keys: it has no {HEAD!r}")
    if whole[HEAD] != VERSION:
        raise ConfigError(f"version {whole[HEAD]!r} of {HEAD!r}, this program reads {VERSION}")
    keys = whole.get("keys")
    if not isinstance(keys, dict):
        raise ConfigError("it has no 'keys' by action")
    for name, each in cast("dict[str, Any]", keys).items():
        listed = cast("list[Any]", each) if isinstance(each, list) else [None]
        if not all(isinstance(key, str) for key in listed):
            raise ConfigError(f"keys of {name!r} must be a list of texts, received {str(each)[:60]}")
    return cast("dict[str, list[str]]", keys)


class KeyStore:
    """The user's own keys on disk. An unreadable or unusable file is set aside and told, never fatal.

    Args:
        file: Where they are kept; it may not exist yet.
        on_trouble: Told in words.
    """

    def __init__(self, file: Path, on_trouble: Callable[[str], None] | None = None) -> None:
        self._file, self._on_trouble = file, on_trouble

    def load(self, actions: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
        """The table with the kept keys; the shipped one when there are none or they cannot be used."""
        try:
            return rebound(actions, read(self._file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            pass
        except (OSError, UnicodeDecodeError, ConfigError) as error:
            self._tell(f"{self._file} cannot be used ({error}) and {set_aside(self._file)}; the shipped keys act")
        return tuple(actions)

    def save(self, actions: Sequence[ActionSpec], table: Sequence[ActionSpec]) -> bool:
        """Keep what differs from the shipped keys; False when the disk refused, which is told."""
        try:
            write_whole(self._file, written(changed(actions, table)))
        except OSError as error:
            self._tell(f"{self._file} cannot be written: {error.strerror or error}; the keys last until the end")
            return False
        return True

    def _tell(self, text: str) -> None:
        log.warning("%s", text)
        if self._on_trouble is not None:
            self._on_trouble(text)
