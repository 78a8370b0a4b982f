"""A large text table as columns of numbers: read by Arrow, with every bad line and field left out by itself.

Nothing is a float on the way: prices and sizes become whole numbers of 1e-9, exactly as they are written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.feeds.files.bytestream import read_whole
from cockpit.feeds.files.csv_table import MAX_BYTES
from cockpit.feeds.files.local_time import clock_of, day_of
from cockpit.feeds.files.losses import Losses
from cockpit.units import NANO, NS_PER_DAY, Sizes, Times

MISSING: Final = -(2**63)  # an int64 that is not there or cannot be read; equal to NO_PRICE and NO_TIME
_NANOS: Final = 9
_WIDE: Final = 28  # digits of Arrow's decimals; the largest int64 has 19
_compute: Any = pc  # its functions are made at import, so that no type checker knows them


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns of one length, as texts until a reader asks for numbers.

    Attributes:
        names: Column names, lower case; of a table without a header ``0``, ``1``, ...
        lines: int64 (n,), line of the file each row stands on, counted from 1.
        lost: int64 (m,), lines that had the wrong number of fields.
        torn: Where and why the file could not be read to its end; None when it was.
    """

    names: tuple[str, ...]
    texts: tuple[Any, ...]
    lines: NDArray[np.int64]
    lost: NDArray[np.int64]
    torn: str | None

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, name: str) -> Any:
        """A column as Arrow strings (n,), blanks stripped."""
        return self.texts[self.names.index(name)]

    def distinct(self, name: str) -> tuple[list[str], NDArray[np.int64]]:
        """The distinct texts of a column in order of first sight, and int64 (n,), which of them each row has."""
        encoded = self.text(name).dictionary_encode()
        return encoded.dictionary.to_pylist(), np.asarray(encoded.indices, np.int64)

    def letters(self, name: str) -> NDArray[np.uint8]:
        """The only character of each field, uint8 (n,); 0 where there is none, or more than one."""
        known, which = self.distinct(name)
        return np.array([ord(text) if len(text) == 1 and text.isascii() else 0 for text in known], np.uint8)[which]

    def codes(self, name: str, table: dict[str, int], other: int = 0) -> NDArray[np.int64]:
        """What ``table`` says about each text, int64 (n,); ``other`` for texts that are not in it."""
        known, which = self.distinct(name)
        return np.array([table.get(text, other) for text in known], np.int64)[which]

    def whole(self, name: str) -> Sizes:
        """Whole numbers, int64 (n,), also such as ``10064685.0``; MISSING where it is none."""
        column = _emptied(self.text(name))
        try:
            return np.asarray(_compute.fill_null(_compute.cast(column, pa.int64()), MISSING), np.int64)
        except pa.ArrowInvalid:
            return _each(column, _whole_of)

    def nanos(self, name: str, cut: bool = False) -> Sizes:
        """Decimal numbers in 1e-9, int64 (n,), exact; MISSING where it is none, finer, or too large.

        Args:
            name: Of the column.
            cut: Whether what is finer than 1e-9 is cut off instead: times of day written by way of a float.
        """
        column = _emptied(self.text(name))
        try:
            wide = _compute.cast(column, pa.decimal128(_WIDE, _NANOS))
        except pa.ArrowInvalid:
            return _each(column, _cut_of if cut else _nano_of)
        halves = np.frombuffer(wide.buffers()[1], np.int64)[2 * wide.offset : 2 * (wide.offset + len(wide))]
        low, high = halves[0::2], halves[1::2]
        good = (high == low >> 63) & np.asarray(wide.is_valid())
        return np.where(good, low, MISSING)

    def instants(self, name: str) -> Times:
        """ns since the epoch of ``2025-07-17T07:05:09.035793433Z``, int64 (n,); MISSING where it is none."""
        column = _emptied(self.text(name))
        try:
            stamps = _compute.cast(_compute.cast(column, pa.timestamp("ns", "UTC")), pa.int64())
        except pa.ArrowInvalid:
            return _each(column, _instant_of)
        return np.asarray(_compute.fill_null(stamps, MISSING), np.int64)


def _emptied(column: Any) -> Any:
    return _compute.if_else(_compute.equal(column, ""), pa.scalar(None, pa.string()), column)


def _each(column: Any, parse: Any) -> NDArray[np.int64]:
    encoded = column.dictionary_encode()
    values = np.array([*(parse(text) for text in encoded.dictionary.to_pylist()), MISSING], np.int64)
    return values[np.asarray(_compute.fill_null(encoded.indices, len(values) - 1), np.int64)]


def _decimal_of(text: str, scale: int) -> Decimal | None:
    try:
        value = Decimal(text) * scale
    except ArithmeticError:  # no number, or one far too large
        return None
    return value if value.is_finite() and abs(value) < 2**63 else None


def _nano_of(text: str) -> int:
    value = _decimal_of(text, NANO)
    return MISSING if value is None or value != int(value) else int(value)


def _cut_of(text: str) -> int:
    value = _decimal_of(text, NANO)
    return MISSING if value is None else int(value)


def _whole_of(text: str) -> int:
    value = _decimal_of(text, 1)
    return MISSING if value is None or value != int(value) else int(value)


def _instant_of(text: str) -> int:
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    days, parsed = day_of(day), clock_of(clock)
    if days is None or parsed is None or parsed[1] is None:
        return MISSING
    return days * NS_PER_DAY + parsed[0] - parsed[1]


def read_columns(
    path: Path,
    losses: Losses,
    width: int | None = None,
    delimiter: str = ",",
    prepare: Callable[[bytes], bytes] | None = None,
) -> Columns:
    """The table at ``path``, gzip or zstd looked through.

    Args:
        path: Of the file.
        losses: Where lost lines are noted.
        width: Number of fields of a table without a header; None: the first line names the columns.
        delimiter: Between fields.
        prepare: Makes a table of a text that is nearly one; it keeps the lines.

    Raises:
        SourceError: It cannot be opened, is too long, or has no row.
    """
    too_long = f"a table of more than {MAX_BYTES:,} bytes; tables are held in memory"
    raw, torn = read_whole(path, MAX_BYTES, too_long)
    raw = _clean(raw, torn, losses)
    raw = raw if prepare is None else prepare(raw)
    head = raw[: raw.find(b"\n") + 1].decode()
    names = tuple(str(k) for k in range(width)) if width is not None else _names(head, delimiter)
    skip = 0 if width is not None else 1
    lost: list[int] = []

    def lose(row: Any) -> str:
        lost.append(int(row.number))
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(raw),
            arrow_csv.ReadOptions(
                use_threads=False,  # line numbers are known to a single thread only
                block_size=len(raw) + 1,
                column_names=[str(k) for k in range(len(names))],
                skip_rows=skip,
            ),
            arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char=False, invalid_row_handler=lose, ignore_empty_lines=False
            ),
            arrow_csv.ConvertOptions(
                column_types={str(k): pa.string() for k in range(len(names))}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise SourceError(path, f"a table that cannot be read: {error}") from error
    lines = np.setdiff1d(np.arange(skip + 1, raw.count(b"\n") + 1), np.array(lost, np.int64))
    columns = [_compute.utf8_trim_whitespace(column.combine_chunks()) for column in table.columns]
    empty = np.ones(len(lines), np.bool_)
    for column in columns if b"\n\n" in raw else ():
        empty &= np.asarray(_compute.equal(column, ""))
    if b"\n\n" in raw:
        columns = [column.filter(pa.array(~empty)) for column in columns]
        lines = lines[~empty]
    if lost:
        losses.note(f"line without {len(names)} fields dropped", f"line {lost[0]:,}", len(lost))
    if not len(lines):
        raise SourceError(path, "a header and no row that could be read", f"line {_line_count(raw):,}")
    return Columns(names, tuple(columns), lines, np.array(lost, np.int64), torn)


def _clean(raw: bytes, torn: str | None, losses: Losses) -> bytes:
    """Valid UTF-8 with one kind of line end, the last line whole or left out."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b" ")
    try:
        raw.decode()
    except UnicodeDecodeError:
        raw = raw.decode("utf-8", "replace").encode()
    if raw.endswith(b"\n"):
        return raw
    if torn is not None:
        return raw[: raw.rfind(b"\n") + 1]  # cut somewhere, perhaps inside a number
    losses.note("last line has no end: it may be cut", f"line {_line_count(raw) + 1:,}")
    return raw + b"\n"


def _line_count(raw: bytes) -> int:
    return raw.count(b"\n")


def _names(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(field.strip().strip('"').lower() for field in line.split(delimiter))
