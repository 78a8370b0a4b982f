"""The header of a DBN file and its content in blocks of whole records, up to the end or the tear.

Source: Databento Binary Encoding: ``DBN``, version byte, u32 length, metadata, records.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import databento_dbn

from cockpit.errors import SourceError
from cockpit.feeds.files import dbn_records as dbn
from cockpit.feeds.files.bytestream import ByteStream
from cockpit.feeds.source import CHUNK_EVENTS
from cockpit.units import NS_PER_S

VERSIONS: Final = (1, 2, 3)
MAX_METADATA: Final = 1 << 28  # 256 MiB; 11,294 mappings take 1.4 MB, so a longer one is damage
_PRELUDE: Final = 8
_FIXED: Final = 100  # bytes of metadata before its lists
_SYMBOL_AT: Final = 53  # where versions 2 and 3 say how long a symbol is
_SYMBOL_V1: Final = 22
_LEAST_BLOCK: Final = 4_096  # bytes; a record has at most 1,020, and a block must hold a whole one
_EARLIEST: Final = 946_684_800 * NS_PER_S  # 2000-01-01, before any data there is
LATEST_NS: Final = 7_258_118_400 * NS_PER_S  # 2200-01-01, after any there will be


@dataclass(frozen=True, slots=True)
class Header:
    """What the metadata of a file says.

    Attributes:
        version: 1, 2 or 3.
        dataset: ``GLBX.MDP3``.
        schema: ``mbo``, ...; ``mixed`` when the file does not name one.
        ts_out: Whether each record carries 8 more bytes.
        start_ns, end_ns: Span that was asked for; None when not given.
        mappings, stype_in, stype_out: Symbols, see ``dbn_symbols.SymbolTable``.
        partial, not_found: Symbols that were resolved for some days only, or not at all.
        size: Bytes before the first record.
    """

    version: int
    dataset: str
    schema: str
    ts_out: bool
    start_ns: int | None
    end_ns: int | None
    mappings: dict[str, list[dict[str, Any]]]
    stype_in: str
    stype_out: str
    partial: tuple[str, ...]
    not_found: tuple[str, ...]
    size: int

    @property
    def venue(self) -> str:
        """First part of the dataset, ``GLBX``."""
        return self.dataset.partition(".")[0]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some records of a file.

    Attributes:
        split: The records.
        offset: Byte of the first, in the unpacked file.
        tear: Offset and reason when the file cannot be read any further.
        last: Whether no block follows.
    """

    split: dbn.Split
    offset: int
    tear: tuple[int, str] | None = None
    last: bool = False


def read_header(stream: ByteStream, path: Path) -> Header:
    """The header of a file; the stream then stands at the first record.

    Raises:
        SourceError: It is not DBN, of a version not known, cut, or damaged.
    """
    prelude = stream.read(_PRELUDE)
    if len(prelude) < _PRELUDE or prelude[:3] != b"DBN":
        raise SourceError(path, "not a DBN file" + (f" ({stream.torn})" if stream.torn else ""), 0)
    version, length = prelude[3], int.from_bytes(prelude[4:], "little")
    if version not in VERSIONS:
        raise SourceError(path, f"DBN version {version}; versions 1 to 3 can be read", 3)
    if length > MAX_METADATA:
        raise SourceError(path, f"metadata of {length:,} bytes; more than {MAX_METADATA:,} is damage", 4)
    body = stream.read(length)
    if len(body) < length:
        reason = f"metadata of {length:,} bytes is cut after {len(body):,}"
        raise SourceError(path, reason + (f" ({stream.torn})" if stream.torn else ""), _PRELUDE + len(body))
    return _decode(prelude + body, path)


def _fits(raw: bytes) -> bool:
    """Whether every length inside the metadata stays inside it; the decoder aborts on one that does not."""
    at = _PRELUDE + _FIXED
    symbol = _SYMBOL_V1 if raw[3] == 1 else int.from_bytes(raw[_SYMBOL_AT : _SYMBOL_AT + 2], "little")

    if not symbol:
        return False

    def count() -> int:
        nonlocal at
        at += 4
        return int.from_bytes(raw[at - 4 : at], "little") if at <= len(raw) else len(raw)

    at += count()  # definition of a schema, never used yet
    for _ in range(3):  # symbols, partial, not found
        at += count() * symbol
    for _ in range(count() if at <= len(raw) else 0):
        at += symbol
        at += count() * (8 + symbol)  # two dates and a symbol each
        if at > len(raw):
            return False
    return at <= len(raw)


def _decode(raw: bytes, path: Path) -> Header:
    if not _fits(raw):
        raise SourceError(path, "metadata cannot be decoded: its lengths do not fit", _PRELUDE)
    try:
        metadata: Any = databento_dbn.Metadata.decode(raw)
        return Header(
            version=raw[3],
            dataset=str(metadata.dataset),
            schema="mixed" if metadata.schema is None else str(metadata.schema),
            ts_out=bool(metadata.ts_out),
            start_ns=_plausible(metadata.start),
            end_ns=_plausible(metadata.end),
            mappings=metadata.mappings,
            stype_in=str(metadata.stype_in),
            stype_out=str(metadata.stype_out),
            partial=tuple(metadata.partial),
            not_found=tuple(metadata.not_found),
            size=len(raw),
        )
    except (databento_dbn.DBNError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise SourceError(path, f"metadata cannot be decoded: {error}", _PRELUDE) from error


def _plausible(instant: int | None) -> int | None:
    """Files made without a request carry nonsense as their span, such as a day of 1970."""
    return instant if instant is not None and _EARLIEST <= instant <= LATEST_NS else None


def blocks(path: Path, header: Header, layouts: dbn.Layouts, events: int = CHUNK_EVENTS) -> Iterator[Block]:
    """The records from the first on, about ``events`` a block; the last block has the tear when there is one.

    Raises:
        SourceError: The file cannot be opened any more.
    """
    size = max(events * layouts.size(header.schema), _LEAST_BLOCK)
    with ByteStream(path) as stream:
        stream.read(header.size)
        rest, offset, ended = b"", header.size, False
        while not ended:
            block = rest + stream.read(size - len(rest))
            ended = len(block) < size
            split = dbn.split(block, layouts)
            rest = block[split.used :]
            tear = None if split.rubbish is None else (offset + split.used, split.rubbish)
            if tear is None and ended:
                tear = _end(stream, rest, offset + split.used)
            ended = ended or tear is not None
            yield Block(split, offset, tear, ended)
            offset += split.used


def _end(stream: ByteStream, rest: bytes, offset: int) -> tuple[int, str] | None:
    if stream.torn is not None:
        return offset, stream.torn
    if rest:
        return offset, f"the file ends {len(rest)} bytes into a record"
    return None
