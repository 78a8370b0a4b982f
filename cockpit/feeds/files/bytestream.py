"""Bytes of a file, with gzip or zstd looked through, and a torn end delivered up to the tear."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cockpit.errors import SourceError

_PIECE: Final = 1 << 23  # a read allocates what it is asked for, even where the file is short
_SKIP: Final = 1 << 20
_SALVAGE_STEPS: Final = (256, 1)  # after a tear: small reads find its edge, single bytes the last of it


def packing_of(head: bytes) -> str:
    """``zstd``, ``gzip`` or ``none``, by the first bytes of a file."""
    if head[:4] == b"\x28\xb5\x2f\xfd" or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        return "zstd"  # the second form is a skippable frame, which may come first
    return "gzip" if head[:2] == b"\x1f\x8b" else "none"


def read_whole(path: Path, limit: int, too_long: str) -> tuple[bytes, str | None]:
    """The unpacked content, and where and why it could not be read to its end; None when it could.

    Args:
        path: Of the file.
        limit: The most bytes it may have.
        too_long: What is said of one that has more.

    Raises:
        SourceError: It cannot be opened, or is too long.
    """
    with ByteStream(path) as stream:
        raw = stream.read(limit + 1)
        torn = None if stream.torn is None else f"{stream.where(len(raw))}: {stream.torn}"
    if len(raw) > limit:
        raise SourceError(path, too_long)
    return raw, torn


class ByteStream:
    """Sequential reads of the unpacked content; a context manager.

    Attributes:
        packing: ``zstd``, ``gzip`` or ``none``.
        position: Bytes delivered so far, in the unpacked content.
        torn: Why the content ended before its end; None while it has not.

    Raises:
        SourceError: The file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.position = 0
        self.torn: str | None = None
        try:
            with path.open("rb") as file:
                self.packing = packing_of(file.read(4))
            self._file: Any = self._open()
        except OSError as error:
            raise SourceError(path, error.strerror or str(error)) from error

    def __enter__(self) -> "ByteStream":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _open(self) -> Any:
        if self.packing == "none":
            return self._path.open("rb")
        import pyarrow as pa  # costs 0.1 s, which a plain file need not pay

        # frames that follow each other are read as one; a file handle of Arrow's own would read ahead 64 KiB
        return pa.CompressedInputStream(pa.OSFile(str(self._path)), self.packing)

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes; fewer only at the end or at a tear, after which ``torn`` says why."""
        pieces: list[bytes] = []
        while size > 0:
            piece = self._read_piece(min(size, _PIECE))
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_piece(self, size: int) -> bytes:
        if self.torn is not None:
            return b""
        try:
            data = self._file.read(size)
        except OSError as error:
            self.torn = str(error)
            data = b"".join(self._salvage(size))
        self.position += len(data)
        return data

    def _salvage(self, size: int) -> Iterator[bytes]:
        """Read again up to the tear: a failing read of the codec throws away what it had unpacked before."""
        at = self.position
        for step in _SALVAGE_STEPS:
            self._file.close()
            self._file = self._open()
            try:
                self._skip(at)
                while at - self.position < size:
                    piece = self._file.read(min(step, size - (at - self.position)))
                    if not piece:
                        return
                    at += len(piece)
                    yield piece
            except OSError:
                continue

    def _skip(self, count: int) -> None:
        while count > 0:
            got = len(self._file.read(min(count, _SKIP)))
            if not got:
                return
            count -= got

    def where(self, offset: int) -> str:
        """An offset for people: ``byte 1,234``, or ``byte 1,234 of the unpacked data``."""
        return f"byte {offset:,}" + ("" if self.packing == "none" else " of the unpacked data")
