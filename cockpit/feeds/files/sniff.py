"""What a file is, by its content, and the reader for it. The name of a file decides nothing here."""

import re
from pathlib import Path
from typing import Final

from cockpit.errors import SourceError
from cockpit.feeds.files import binance_lines
from cockpit.feeds.files.bytestream import ByteStream
from cockpit.feeds.source import CHUNK_EVENTS, Source

_HEAD: Final = 4096
_SHOWN: Final = 80
_LEAN: Final = re.compile(r"_minute_(quote|trade|openinterest)")

_ZIP: Final = b"PK\x03\x04"
# by their first bytes, so that the message can say what was opened by mistake
_OTHERS: Final = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (_ZIP, "a zip archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"\x4d\x3c\xb2\xa1", "a packet capture"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"SQLite format 3", "an SQLite database"),
)
# by the shape of their first line
_OTHER_TEXTS: Final = (
    (r"(-?\d+,\d+,){3,}-?\d+,\d+\s*$", "a LOBSTER book file of several levels"),
    (r".*;\s*Last:|\s*\"?Expiration Date\"?\s*[;\t]", "a Cboe option chain separated by semicolons or tabs"),
    (r"\s*<", "a web page"),
)


def open_source(path: str | Path, chunk_events: int = CHUNK_EVENTS, day: int | None = None) -> Source:
    """The source at a path: a recording, a bar or index table, or the folder of a tape.

    Args:
        chunk_events: Events decoded at a time where that can be chosen: many for speed, few for short pauses.
        day: Days since 1970-01-01 of a recording whose times count from midnight; else its name tells the date.

    Raises:
        SourceError: Nothing there, unreadable, or not of a format this program reads; the message says which.
    """
    place = Path(path)
    try:
        if place.is_dir():
            return _open_folder(place)
        if not place.exists():
            raise SourceError(path, "no such file")
        if not place.is_file():
            raise SourceError(path, "not a regular file")
    except OSError as error:
        raise SourceError(path, error.strerror or str(error)) from error
    with ByteStream(place) as stream:
        head = stream.read(_HEAD)
        if not head:
            reason = f"cannot be unpacked ({stream.torn})" if stream.torn else "the file is empty"
            raise SourceError(path, reason, 0)
    if head[:3] == b"DBN":
        from cockpit.feeds.files.dbn import DbnSource  # numba and databento_dbn only when they are needed

        return DbnSource(place, chunk_events)
    return _open_text(place, head, chunk_events, day)


def _open_folder(place: Path) -> Source:
    if not (place / "tape.json").is_file():
        raise SourceError(place, "a folder without tape.json is no tape")
    from cockpit.feeds.tape.reader import open_tape

    return open_tape(place)


def _open_text(place: Path, head: bytes, chunk_events: int, day: int | None) -> Source:
    known = next((what for magic, what in _OTHERS if head.startswith(magic)), None)
    if known is not None:
        known += _members(place) if head.startswith(_ZIP) else ""
        raise SourceError(place, f"recognised as {known}, which is not readable here", 0)
    text = head.decode("utf-8", "replace")
    if "\0" in text or text.count("\N{REPLACEMENT CHARACTER}") > len(text) // 10:
        raise SourceError(place, f"binary data of no known format (first bytes {head[:4].hex(' ')})", 0)
    if text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE} \t\r\n")[:1] in ("{", "["):
        from cockpit.feeds.files.json_text import open_json

        return open_json(place, chunk_events)
    lines = [line for line in text.split("\n") if line.strip()]
    if binance_lines.is_recording(lines):
        from cockpit.feeds.files.binance_messages import open_messages

        return open_messages(place, lines, chunk_events)
    return _open_table(place, lines, chunk_events, day)


def _members(place: Path) -> str:
    """What is in a zip archive, as `` of LEAN minute bars (... and 5 more)``; empty where it cannot be told."""
    import zipfile

    try:
        with zipfile.ZipFile(place) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    if not names:
        return ""
    what = " of LEAN minute bars" if _LEAN.search(names[0]) else ""
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{what} ({names[0][:_SHOWN]}{more})"


def _open_table(place: Path, lines: list[str], chunk_events: int, day: int | None) -> Source:
    from cockpit.feeds.files import book_tables, cboe_csv, csv_shapes
    from cockpit.feeds.files.csv_table import header_names

    if cboe_csv.is_chain(lines):
        return cboe_csv.open_chain(place, chunk_events)
    line = lines[0] if lines else ""
    names = header_names(line)
    book = book_tables.recognise(names, lines)
    if book is not None:
        return book(place, chunk_events, day)
    shape = csv_shapes.recognise(names)
    if shape is None:
        what = csv_shapes.not_yet(names, lines[1].split(",") if len(lines) > 1 else ()) or _other_text(lines)
        if what is not None:
            raise SourceError(place, f"recognised as {what}, not readable yet", "line 1")
        shown = line.strip()[:_SHOWN]
        raise SourceError(place, f"a text of no known format; it begins with {shown!r}", "line 1")
    if shape.kind == csv_shapes.INTRADAY:
        from cockpit.feeds.files.bars_csv import open_bars

        return open_bars(place, shape)
    if shape.kind == csv_shapes.POLLS:
        from cockpit.feeds.files.polls_csv import open_polls

        return open_polls(place, shape)
    from cockpit.feeds.files.index_csv import open_levels

    return open_levels(place, shape)


def _other_text(lines: list[str]) -> str | None:
    """What the first lines tell that are no table header; None when they tell nothing."""
    for pattern, what in _OTHER_TEXTS:
        if any(re.match(pattern, line) for line in lines[:3]):
            return what
    return None
