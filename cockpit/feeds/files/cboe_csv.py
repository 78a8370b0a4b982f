"""The option chain that Cboe's delayed-quotes page lets one download: a heading, then one line per strike.

A line holds a call, the strike and a put; they become two contracts, the call first. Column names repeat for the
puts. Files lose their heading or their column names on the way; the symbols on every line tell what can be trusted.

Source: ``MANIFEST.md`` of the recorded chains, note A.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.feeds.files.cboe_heading import clock_of, is_title, read_heading, spot_of
from cockpit.feeds.files.chain_rows import NUMBERS, Quotes, chain_of
from cockpit.feeds.files.chain_source import ChainSource, complete
from cockpit.feeds.files.csv_table import header_names, read_lines
from cockpit.feeds.files.local_time import day_of, each_text
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.option_symbols import NO_DAY, OptionSymbols, day_number, parse_symbols
from cockpit.feeds.files.underlyings import root_of_title
from cockpit.units import Floats

_SIDE: Final = ("last sale", "net", "bid", "ask", "volume", "iv", "delta", "gamma", "open interest")
COLUMNS: Final = ("expiration date", "calls", *_SIDE, "strike", "puts", *_SIDE)
_ALIASES: Final = {
    "last sale": "last",
    "vol": "volume",
    "open interest": "open_interest",
    "open int": "open_interest",
    "oi": "open_interest",
}
_HEADING_LINES: Final = 20  # no download has more than four
_SHOWN: Final = 60
_DAY: Final = re.compile(r'\s*"?(?:[A-Z][a-z]{2},? )?([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})"?\s*')
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SYMBOL: Final = re.compile(r'"?[A-Z.^]{1,6}\d? *\d{6}[CP]\d{8}"?')
_GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Where the table is: its column names, the line they stand on (None: nowhere), and its first line."""

    names: tuple[str, ...]
    named_at: int | None
    begin: int


def is_chain(lines: Sequence[str]) -> bool:
    """Whether the first lines of a text are of such a chain: its title, its column names or its contracts."""
    return any(is_title(line) or _is_header(header_names(line)) or _is_row(line) for line in lines[:_HEADING_LINES])


def _is_header(names: tuple[str, ...]) -> bool:
    if not {"calls", "strike", "puts"} <= set(names):
        return False
    first, second = sorted((names.index("calls"), names.index("puts")))
    return first < names.index("strike") < second


def _is_row(line: str) -> bool:
    fields = line.split(",")
    return len(fields) > len(COLUMNS) // 2 and bool(_SYMBOL.fullmatch(fields[1].strip()))


def open_chain(path: Path, chunk_events: int) -> ChainSource:
    """The source of a Cboe chain table.

    Raises:
        SourceError: It cannot be read, or holds no contract that could be used.
    """
    losses = Losses()
    lines, torn = read_lines(path, losses)
    layout = _layout(path, lines, losses)
    rows, places, lost = _fields(lines, layout, losses)
    torn = torn or _cut_line(lines, layout)
    if not rows:
        raise SourceError(path, "a Cboe option chain with no line of contracts that could be read")
    columns = dict(zip(range(len(layout.names)), zip(*rows, strict=True), strict=True))
    quotes, agrees = _quotes(path, columns, layout.names, places, losses)
    heading = read_heading(lines[: layout.begin if layout.named_at is None else layout.named_at], losses)
    chain = chain_of(path, quotes, agrees, heading.title, losses)
    if lost:
        chain.dropped["bad_row"] += 2 * lost  # a call and a put on each
    spot = spot_of(heading, losses)
    clock_ns = clock_of(heading, int(chain.rows["expiry_day"].min()), losses)
    complete(path, chain, spot, clock_ns, heading.title, root_of_title(heading.title), losses)
    return ChainSource(path, "cboe_csv", chain, torn, losses, chunk_events)


def _layout(path: Path, lines: list[str], losses: Losses) -> _Layout:
    for number, line in enumerate(lines[:_HEADING_LINES]):
        names = header_names(line)
        if _is_header(names):
            while names and not names[-1]:
                names = names[:-1]
            return _Layout(names, number, number + 1)
        if "strike" in names:
            raise SourceError(path, "a Cboe option chain without columns Calls and Puts", f"line {number + 1}")
        if _is_row(line):
            losses.note("no column names: taken in the order Cboe writes them", f"line {number + 1}")
            return _Layout(COLUMNS, None, number)
    raise SourceError(path, "a Cboe option chain that ends before its table", f"line {len(lines):,}")


def _fields(lines: list[str], layout: _Layout, losses: Losses) -> tuple[list[list[str]], list[int], int]:
    """Lines of contracts as fields, their numbers, and how many lines could not be read."""
    kept: list[list[str]] = []
    places: list[int] = []
    width, lost = len(layout.names), 0
    for number, line in enumerate(lines[layout.begin :], layout.begin + 1):
        fields = line.split(",")
        if len(fields) != width:
            fields = _mended(line, width)
        if len(fields) == width:
            kept.append(fields)
            places.append(number)
        elif fields:
            lost += 1
            losses.note(f"line without {width} fields dropped", f"line {number:,}: {line.strip()[:_SHOWN]}")
    return kept, places, lost


def _mended(line: str, width: int) -> list[str]:
    """The fields of a line with quotes, or padded with commas; empty for a blank line."""
    fields = next(csv.reader([line.rstrip("\r")])) if '"' in line else line.split(",")
    while len(fields) > width and not fields[-1].strip():
        fields.pop()
    return fields if any(field.strip() for field in fields) else []


def _cut_line(lines: list[str], layout: _Layout) -> str | None:
    """Where the text ends inside a line; None when it does not."""
    last = lines[-1]
    if not last.strip() or len(_mended(last, len(layout.names))) >= len(layout.names):
        return None
    return f"line {len(lines):,}: it ends inside that line"


def _quotes(
    path: Path, columns: dict[int, tuple[str, ...]], names: tuple[str, ...], places: list[int], losses: Losses
) -> tuple[Quotes, NDArray[np.bool_]]:
    """Calls and puts of each line, one behind the other, and whether expiry and strike agree with the symbols."""
    middle = names.index("strike")
    sides = (_side(names, 0, middle), _side(names, middle + 1, len(names)))
    for name in NUMBERS:
        if any(name not in side for side in sides):
            losses.note(f"no column with {name.replace('_', ' ')}: unknown")
    calls, puts = (columns[side["symbol"]] for side in sides)
    symbols = [text.strip().strip('"') for pair in zip(calls, puts, strict=True) for text in pair]
    parts = parse_symbols(symbols)
    numbers: dict[str, Floats] = {}
    unreadable: dict[str, NDArray[np.bool_]] = {}
    for name in NUMBERS:
        texts = [columns.get(side.get(name, -1)) for side in sides]
        legs = [_numbers(one, len(places), name, losses) for one in texts]
        numbers[name], unreadable[name] = (np.ravel(np.column_stack(part)) for part in zip(*legs, strict=True))
    agrees = _agreement(parts, columns, names, middle)
    return Quotes(symbols, parts, numbers, unreadable, np.repeat(np.array(places, np.int64), 2), "line"), agrees


def _side(names: tuple[str, ...], begin: int, end: int) -> dict[str, int]:
    """Places of the columns of one right, by the names of NUMBERS; ``symbol`` for the contract's."""
    found: dict[str, int] = {}
    for place in range(begin, end):
        name = "symbol" if names[place] in ("calls", "puts") else _ALIASES.get(names[place], names[place])
        found.setdefault(name, place)
    return found


def _numbers(texts: tuple[str, ...] | None, n: int, name: str, losses: Losses) -> tuple[Floats, NDArray[np.bool_]]:
    """A column as float64 (n,), NaN where it is none, and bool (n,) where something unreadable is written."""
    if texts is None:
        return np.full(n, np.nan), np.zeros(n, np.bool_)
    try:
        values = np.array(list(map(float, texts)), np.float64)
    except ValueError:
        if not any(text.strip(' \r"-') for text in texts):
            losses.note_once(f"the column with {name.replace('_', ' ')} is empty: unknown")
            return np.full(n, np.nan), np.zeros(n, np.bool_)
        values = np.array([_number(text) for text in texts], np.float64)
    bad = ~np.isfinite(values)
    values[bad] = np.nan
    return values, bad


def _number(text: str) -> float:
    clean = text.strip().strip('"')
    if _GROUPED.fullmatch(clean):
        clean = clean.replace(",", "")
    try:
        return float(clean)
    except ValueError:
        return float("nan")


def _agreement(
    parts: OptionSymbols, columns: dict[int, tuple[str, ...]], names: tuple[str, ...], middle: int
) -> NDArray[np.bool_]:
    """Whether the expiry and strike of each line are those of its symbols, bool (2 n,)."""
    strike = np.repeat(np.array([_number(text) for text in columns[middle]], np.float64), 2)
    agrees = np.abs(parts.strike - strike) < 0.0005  # symbols hold thousandths; False for NaN
    if "expiration date" in names:
        texts = columns[names.index("expiration date")]
        agrees &= parts.expiry_day == np.repeat(each_text(texts, _expiry, np.int32), 2)
    return agrees


def _expiry(text: str) -> int:
    """Days since 1970-01-01 of ``Fri Dec 20 2024``, or of a date in numbers; NO_DAY for others."""
    match = _DAY.fullmatch(text)
    if match is not None:
        month = next((number for number, name in enumerate(_MONTHS, 1) if name == match[1]), 0)
        return day_number(int(match[3]), month, int(match[2]))
    day = day_of(text.strip().strip('"'))
    return NO_DAY if day is None else day
