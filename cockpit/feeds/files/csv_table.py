"""A text table as columns of text, with the lines that have the wrong number of fields left out and counted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.feeds.files.bytestream import read_whole
from cockpit.feeds.files.losses import Losses
from cockpit.units import Floats

MAX_BYTES: Final = 1 << 30  # a table is held in memory; ten million bars take about half of this
_MISSING: Final = frozenset({"", "na", "nan", "null", "none", "-"})


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of one length.

    Attributes:
        names: Column names as ``header_names`` writes them.
        columns: Texts by name, blanks stripped.
        lines: int64 (n,), line of the file each row stands on, counted from 1.
        torn: Where and why the file could not be read to its end; None when it was.
        unit: What ``lines`` count; of a table that was no text, ``bar``.
    """

    names: tuple[str, ...]
    columns: dict[str, list[str]]
    lines: NDArray[np.int64]
    torn: str | None
    unit: str = "line"

    def __len__(self) -> int:
        return len(self.lines)

    def numbers(self, name: str) -> Floats:
        """A column as float64; NaN where it is empty, no number or not finite."""
        texts = self.columns[name]
        try:
            values = np.array(texts, dtype=np.float64)
        except ValueError:
            values = np.array([_number(text) for text in texts], np.float64)
        values[~np.isfinite(values)] = np.nan
        return values


def _number(text: str) -> float:
    if text.lower() in _MISSING:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return float("nan")


def header_names(line: str) -> tuple[str, ...]:
    """The fields of a header line in lower case, without blanks and quotes around them."""
    return tuple(
        field.strip().strip('"').lower() for field in line.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}").split(",")
    )


def read_lines(path: Path, losses: Losses) -> tuple[list[str], str | None]:
    """The lines of a text, gzip or zstd looked through, and where and why it could not be read to its end.

    A line that a tear cut is left out. A last line without an end stays, and is noted: it may be cut.

    Raises:
        SourceError: It cannot be opened, or is too long.
    """
    too_long = f"a table of more than {MAX_BYTES:,} bytes; tables are held in memory"
    raw, torn = read_whole(path, MAX_BYTES, too_long)
    lines = raw.decode("utf-8", "replace").split("\n")
    if lines[-1].strip() and torn is None:
        losses.note("last line has no end: it may be cut", f"line {len(lines):,}")
    elif torn is not None:
        lines.pop()  # cut somewhere, perhaps inside a number
    return lines, torn


def read_table(path: Path, losses: Losses) -> Table:
    """The table at ``path``, gzip or zstd looked through.

    Raises:
        SourceError: It cannot be opened, is too long, or has no row.
    """
    lines, torn = read_lines(path, losses)
    head = next((number for number, line in enumerate(lines) if line.strip()), 0)
    names = header_names(lines[head]) if lines else ()
    kept, numbers = _rows(lines, head + 1, len(names), losses)
    if not kept:
        raise SourceError(path, "a header and no row that could be read", f"line {len(lines):,}")
    columns = [[row[k].strip() for row in kept] for k in range(len(names))]
    return Table(names, dict(zip(names, columns, strict=True)), np.array(numbers, np.int64), torn)


def _rows(lines: list[str], begin: int, width: int, losses: Losses) -> tuple[list[list[str]], list[int]]:
    kept: list[list[str]] = []
    numbers: list[int] = []
    for number, line in enumerate(lines[begin:], begin + 1):
        fields = line.split(",")
        if len(fields) == width:
            kept.append(fields)
            numbers.append(number)
        elif line.strip():
            losses.note(f"line without {width} fields dropped", f"line {number:,}")
    return kept, numbers


class Sieve:
    """Which rows of a table are kept, and why the others are not.

    Attributes:
        keep: bool (n,).
    """

    def __init__(self, table: Table, losses: Losses) -> None:
        self.keep = np.ones(len(table), np.bool_)
        self._table = table
        self._losses = losses

    def refuse(self, bad: NDArray[np.bool_], reason: str) -> None:
        """Drop the marked rows, bool (n,); a row is counted for its first reason only."""
        self._note(bad & self.keep, f"row refused: {reason}")
        self.keep &= ~bad

    def doubt(self, odd: NDArray[np.bool_], reason: str) -> None:
        """Keep the marked rows and say so."""
        self._note(odd & self.keep, f"row kept: {reason}")

    def _note(self, marked: NDArray[np.bool_], what: str) -> None:
        if bool(marked.any()):
            at = int(np.argmax(marked))
            text = ",".join(column[at] for column in self._table.columns.values())
            shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
            where = f"{self._table.unit} {int(self._table.lines[at]):,}"
            self._losses.note(what, f"{where}: {shown}", int(marked.sum()))


_SHOWN: Final = 80  # characters of a refused line that are repeated in its warning
