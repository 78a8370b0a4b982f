"""The engines' state after a market's history, from a checked cache: mapped at a start instead of worked out again.

An entry is a folder: all arrays in one file, and a manifest with its SHA-256 and the rest as plain values. It
counts for the history it was made of and for the program text it was made by; anything else is made again, with
the reason. Nothing in it is trusted to run.
"""

import hashlib
import logging
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from cockpit.arrays import checksum, map_arrays, sealed, unsealed, write_arrays
from cockpit.entries import prune_entries, put_entry
from cockpit.feeds.live.river import LiveMark
from cockpit.resources import resource
from cockpit.state.packing import Packing, unpack
from cockpit.state.past import FROZEN, Past

log = logging.getLogger(__name__)

MANIFEST: Final = "past.manifest"
ARRAYS: Final = "past.rows"
KEPT: Final = 3  # entries of a cache folder, the newest
_PREFIX: Final = "past-"
_CLASSES: Final = (*FROZEN, LiveMark)
# whose text decides what the state is; what draws it or opens files does not
_PACKAGES: Final = ("engines", "events", "state")
_MODULES: Final = ("arrays", "calendars", "instruments", "opening", "ring", "units")
_TABLES: Final = (("calendars", "sessions.csv"), ("calendars", "groups.toml"), ("instruments", "contracts.csv"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A past, and why it had to be made; ``reason`` is empty when it came from the cache."""

    past: Past | None
    reason: str = ""


def load_or_make(folder: Path, key: str, until_seq: int, make: Callable[[], Past | None]) -> Kept:
    """The state after a history.

    A folder that cannot be written costs the cache, not the state.

    Args:
        folder: Of the cache; made if missing.
        key: Names the history.
        until_seq: Of the first event after it.
        make: Applies the history; None when an engine stopped on the way, which is not kept.
    """
    entry = folder / f"{_PREFIX}{key}-{program_of()}"
    reason = "this program has not applied this history yet"
    if entry.exists():
        try:
            return Kept(_load(entry, until_seq))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            reason = f"{entry}: damaged ({error})"
            log.warning("the state after the simulated history is made again: %s", reason)
    past = make()
    if past is not None:
        try:
            put_entry(entry, lambda fresh: _store(fresh, past))
            prune_entries(entry, _PREFIX, KEPT)
        except (OSError, TypeError) as error:
            reason = f"{reason}; it cannot be kept ({error})"
            log.warning("the state after the simulated history is not kept: %s", error)
    return Kept(past, reason)


def _store(fresh: Path, past: Past) -> None:
    packing = Packing(_CLASSES)
    packed = packing.pack(past)
    known = {
        "past": packed,
        "objects": packing.objects,
        "arrays": write_arrays(fresh / ARRAYS, packing.arrays),
        "checksum": checksum(fresh / ARRAYS),
    }
    (fresh / MANIFEST).write_text(sealed(known), encoding="utf-8")


def _load(entry: Path, until_seq: int) -> Past:
    known = unsealed((entry / MANIFEST).read_text(encoding="utf-8"))
    if checksum(entry / ARRAYS) != known["checksum"]:
        raise ValueError(f"{ARRAYS} is not what was written")
    past: Any = unpack(known["past"], known["objects"], map_arrays(entry / ARRAYS, known["arrays"]), _CLASSES)
    if not isinstance(past, Past) or past.frames[-1].seq != until_seq:
        raise ValueError("the state ends elsewhere than the market begins")
    return past


def program_of(package: Path = Path(__file__).parent) -> str:
    """Names the text of everything that decides what the state is, and what runs it.

    Args:
        package: Folder of this package.
    """
    whole = hashlib.sha256(f"{platform.python_version()} {platform.machine()} numpy {np.__version__}".encode())
    modules = [package / f"{name}.py" for name in _MODULES]
    for path in sorted([*(path for name in _PACKAGES for path in (package / name).rglob("*.py")), *modules]):
        if path.exists():
            whole.update(path.relative_to(package).as_posix().encode())
            whole.update(path.read_bytes())
    for table in _TABLES:
        whole.update(resource(*table).read_bytes())
    return whole.hexdigest()[:16]
