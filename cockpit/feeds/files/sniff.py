"""What a file is, by its content, and the reader for it. The name of a file decides nothing here."""

from pathlib import Path

from cockpit.errors import SourceError
from cockpit.feeds.files.bytestream import ByteStream
from cockpit.feeds.source import Source


def open_source(path: str | Path) -> Source:
    """The source at a path: a recording, a bar or index table, or the folder of a tape.

    Raises:
        SourceError: Nothing there, unreadable, or not of a format this program reads; the message says which.
    """
    place = Path(path)
    if place.is_dir():
        return _open_folder(place)
    if not place.exists():
        raise SourceError(path, "no such file")
    with ByteStream(place) as stream:
        head = stream.read(4096)
        if not head:
            reason = f"cannot be unpacked ({stream.torn})" if stream.torn else "the file is empty"
            raise SourceError(path, reason, 0)
    if head[:3] == b"DBN":
        from cockpit.feeds.files.dbn import DbnSource  # numba and databento_dbn only when they are needed

        return DbnSource(place)
    raise SourceError(path, "not a format this program knows", 0)


def _open_folder(place: Path) -> Source:
    if not (place / "tape.json").is_file():
        raise SourceError(place, "a folder without tape.json is no tape")
    from cockpit.feeds.tape.reader import open_tape

    return open_tape(place)
