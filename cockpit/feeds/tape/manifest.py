"""``tape.json``: what a tape folder says about itself. Replaced as a whole, so that a kill never garbles it."""

import json
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from cockpit.errors import ConfigError, SourceError
from cockpit.feeds.source import CHUNK_EVENTS, SIMULATED, SourceInfo
from cockpit.instants import iso_utc, parse_instant
from cockpit.instruments import Instrument

FILE: Final = "tape.json"
VERSION: Final = 1  # of the folder's layout
RECORDING: Final = "recording"
SEALED: Final = "sealed"
ADVICE: Final = "put the tape's own tape.json back (a copy or backup has it): instruments and prices hang on it"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that was recorded: its path as the user named it, its format and schema."""

    path: str
    format: str
    schema: str

    @classmethod
    def of(cls, info: SourceInfo) -> "Origin":
        """What is kept of a source's facts; a tape of a simulated market stays one when it is recorded again."""
        return cls(info.path, SIMULATED if info.is_simulated else info.format, info.schema)


@dataclass(frozen=True, slots=True)
class PackedFile:
    """What is known of a sealed tape's Parquet file: its size, and the CRC-32 of its metadata."""

    bytes: int
    footer_crc: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Facts about a tape.

    Attributes:
        state: ``recording`` (streams; also after a kill) or ``sealed`` (Parquet).
        created_ns: When the recording began, ns UTC, wall clock.
        instruments: In id order of the rows.
        sources: What was recorded.
        first_seq: ``seq`` of the first event on the tape.

        The rest is known of a sealed tape only:
        events: Raw events.
        first_ns, last_ns: Clock of the first event and largest clock; None on a tape without events.
        chunk_events: Events a chunk; row groups start at chunk boundaries.
        files: Every Parquet file by name.
        losses: What was cut when it was sealed, one line each.
    """

    state: str
    created_ns: int
    instruments: tuple[Instrument, ...]
    sources: tuple[Origin, ...] = ()
    first_seq: int = 0
    events: int = 0
    first_ns: int | None = None
    last_ns: int | None = None
    chunk_events: int = CHUNK_EVENTS
    files: Mapping[str, PackedFile] = field(default_factory=dict[str, PackedFile])
    losses: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Replace the folder's ``tape.json``, at once or not at all; OSError when there is no room."""
        known: dict[str, Any] = {
            "version": VERSION,
            "state": self.state,
            "created": iso_utc(self.created_ns),
            "instruments": [asdict(instrument) for instrument in self.instruments],
            "sources": [asdict(source) for source in self.sources],
            "first_seq": self.first_seq,
        }
        if self.state == SEALED:
            known["events"] = self.events
            known["span"] = {"from": _text(self.first_ns), "to": _text(self.last_ns)}
            known["chunk_events"] = self.chunk_events
            known["files"] = {name: asdict(file) for name, file in self.files.items()}
            known["losses"] = list(self.losses)
        known["checksum"] = _checksum(known)
        fresh = folder / (FILE + ".new")
        try:
            fresh.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
            os.replace(fresh, folder / FILE)
        finally:
            fresh.unlink(missing_ok=True)


def _checksum(known: dict[str, Any]) -> int:
    """CRC-32 of everything else: one changed digit of a tick would change every price on the tape."""
    return zlib.crc32(json.dumps({**known, "checksum": None}, sort_keys=True).encode())


def _text(instant_ns: int | None) -> str | None:
    return None if instant_ns is None else iso_utc(instant_ns)


def read_manifest(folder: Path) -> Manifest:
    """The folder's ``tape.json``.

    Raises:
        SourceError: Missing, garbled, or of another version; with what to do.
    """
    path = folder / FILE
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceError(folder, f"no {FILE}, so not a tape or a damaged one; {ADVICE}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(path, f"unreadable ({error}); {ADVICE}") from error
    try:
        return _manifest(known)
    except (ConfigError, LookupError, TypeError, ValueError) as error:
        raise SourceError(path, f"not a tape's description ({error}); {ADVICE}") from error


def _manifest(known: Any) -> Manifest:  # noqa: ANN401  parsed JSON
    if (version := _get(known, "version", int)) != VERSION:
        raise ValueError(f"version {version}, this program reads {VERSION}")
    if _get(known, "checksum", int) != _checksum(known):
        raise ValueError("the checksum does not fit: damaged, or changed by hand")
    state = _get(known, "state", str)
    if state not in (RECORDING, SEALED):
        raise ValueError(f"state {state!r}")
    common = Manifest(
        state,
        parse_instant(_get(known, "created", str)),
        tuple(_built(Instrument, entry) for entry in _get(known, "instruments", list)),
        tuple(_built(Origin, entry) for entry in _get(known, "sources", list)),
        _natural(known, "first_seq"),
    )
    return common if state == RECORDING else _sealed(common, known)


def _sealed(common: Manifest, known: dict[str, Any]) -> Manifest:
    span, files, losses = _get(known, "span", dict), _get(known, "files", dict), _get(known, "losses", list)
    chunk_events = _natural(known, "chunk_events")
    if not 0 < chunk_events <= CHUNK_EVENTS:
        raise ValueError(f"chunk_events {chunk_events}")
    return Manifest(
        common.state,
        common.created_ns,
        common.instruments,
        common.sources,
        common.first_seq,
        _natural(known, "events"),
        _instant(span["from"]),
        _instant(span["to"]),
        chunk_events,
        {name: _built(PackedFile, files[name]) for name in files},
        tuple(str(loss) for loss in losses),
    )


def _get(known: Any, key: str, kind: type[T]) -> T:  # noqa: ANN401  parsed JSON
    value = known[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{key} is {value!r}"[:80])
    return value


def _natural(known: Any, key: str) -> int:  # noqa: ANN401  parsed JSON
    if (value := _get(known, key, int)) < 0:
        raise ValueError(f"{key} is {value}")
    return value


def _instant(text: Any) -> int | None:  # noqa: ANN401  parsed JSON
    return None if text is None else parse_instant(text)


def _built(cls: Callable[..., T], entry: Any) -> T:  # noqa: ANN401  parsed JSON
    if not isinstance(entry, dict):
        raise TypeError(f"not an object: {entry!r}"[:80])
    return cls(**entry)
