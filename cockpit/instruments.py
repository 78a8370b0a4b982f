"""Instruments: what a symbol is, its tick, and how its price is written.

Prices are int64 ticks; a tick is a whole number of 1e-9 units (``tick_nano``), so that conversion is exact.
The table of contracts is ``resources/instruments/contracts.csv``.
Source: ``formulas.md`` 8.1 (Treasury notation), ``contracts.md`` 2 (symbols).
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from cockpit.errors import ConfigError, ParseError
from cockpit.resources import open_text
from cockpit.units import NANO, NO_PRICE, Ticks

MONTH_CODES: Final = "FGHJKMNQUVXZ"
MINUS: Final = "\N{MINUS SIGN}"
DASH: Final = "\N{EN DASH}"
_FUTURE: Final = re.compile(rf"(?P<root>[A-Z0-9]{{1,4}}?)(?P<month>[{MONTH_CODES}])(?P<year>\d{{1,2}})")
_EIGHTHS: Final = (0, 1, 2, 3, 5, 6, 7, 8)  # last digit of ZT: eighths of 1/32, CME's own spelling
_QUARTERS: Final = (0, 2, 5, 7)  # last digit of ZF: quarters of 1/32

# last-digit table of each fractional display, as parts of 1/32
_FRACTIONS: Final[dict[str, tuple[int, ...]]] = {
    "32nds": (),
    "32nds_half": (0, 5),
    "32nds_quarter": _QUARTERS,
    "32nds_eighth": _EIGHTHS,
}


@dataclass(frozen=True, slots=True)
class Instrument:
    """One tradable or published thing.

    Attributes:
        symbol: Canonical, ``RAW.VENUE``, for example ``ESH4.GLBX``.
        root: What the instrument table knows it by, ``ES``; the raw symbol where there is no root.
        name: For people, ``E-mini S&P 500``; empty when unknown.
        tick_nano: Tick size in 1e-9; for an index, whose levels are float64, the last printed decimal.
        decimals: Decimals of the decimal display.
        display: ``decimal``, ``32nds``, ``32nds_half``, ``32nds_quarter`` or ``32nds_eighth``.
        point_value_usd: USD per 1.0 of price; 0.0 when unknown.
        kind: ``future``, ``equity``, ``option``, ``spread``, ``crypto`` or ``index``.
        sessions: Product group of the calendar table, ``equity``, ``energy``, ...; empty: open all the time.
        origin: ``definition``, ``table`` or ``inferred``; the last is shown to the user.
        lot_nano: Smallest unit of sizes in 1e-9, so that 1 in a book is this much: a contract or share unless the
            venue trades fractions, 1_000_000 for 0.001 BTC.
    """

    symbol: str
    root: str
    name: str = ""
    tick_nano: int = NANO // 100
    decimals: int = 2
    display: str = "decimal"
    point_value_usd: float = 0.0
    kind: str = "future"
    sessions: str = ""
    origin: str = "table"
    lot_nano: int = NANO

    def __post_init__(self) -> None:
        if self.tick_nano <= 0:
            raise ConfigError(f"{self.symbol}: tick {self.tick_nano} must be above 0")
        if self.lot_nano <= 0:
            raise ConfigError(f"{self.symbol}: lot {self.lot_nano} must be above 0")

    @property
    def raw(self) -> str:
        """The venue's own symbol."""
        return self.symbol.rpartition(".")[0]

    @property
    def venue(self) -> str:
        """The venue's short name."""
        return self.symbol.rpartition(".")[2]

    @property
    def tick(self) -> float:
        """Tick size in price units."""
        return self.tick_nano / NANO

    @property
    def lot(self) -> float:
        """Smallest size in contracts, shares or coins."""
        return self.lot_nano / NANO

    @property
    def is_index(self) -> bool:
        """Whether its levels are float64 points instead of ticks."""
        return self.kind == "index"

    @property
    def unit(self) -> float:
        """Price per stored unit: the tick, or 1.0 for an index."""
        return 1.0 if self.is_index else self.tick

    def price(self, ticks: int) -> float:
        """Ticks as a price; for display and JSON only."""
        return ticks * self.tick_nano / NANO

    def size(self, lots: float) -> float | int:
        """A book's size in contracts, shares or coins; a whole number where lots are."""
        if self.lot_nano == NANO:
            return int(lots) if lots == int(lots) else lots
        return lots * self.lot_nano / NANO

    def format(self, ticks: float) -> str:
        """The price as this market writes it: ``6,001.25``, ``110'165``; an en dash for NO_PRICE or NaN.

        Args:
            ticks: Ticks (any number; rounded to whole ticks), or points for an index.
        """
        if ticks == NO_PRICE or ticks != ticks:  # noqa: PLR0124  NaN
            return DASH
        if self.is_index:
            return _grouped(ticks, self.decimals)
        whole = round(ticks)
        if self.display == "decimal":
            return _grouped_nano(whole * self.tick_nano, self.decimals)
        return self._fractional(whole)

    def _fractional(self, ticks: int) -> str:
        sign, nano = (MINUS, -ticks * self.tick_nano) if ticks < 0 else ("", ticks * self.tick_nano)
        points, rest = divmod(nano, NANO)
        digits = _FRACTIONS[self.display]
        parts = max(len(digits), 1)  # 1/32 is cut into this many
        thirty_seconds, part = divmod(round(rest * 32 * parts / NANO), parts)
        last = str(digits[part]) if digits else ""
        return f"{sign}{points}'{thirty_seconds:02d}{last}"

    def parse(self, text: str) -> int:
        """Ticks of a typed price, ``6001.25`` or ``110'165``.

        Raises:
            ConfigError: Not a price, or not on the tick grid; the message names the two neighbours.
        """
        clean = text.strip().replace(",", "").replace(MINUS, "-")
        nano = self._fractional_nano(clean) if "'" in clean else _decimal_nano(clean)
        if nano is None:
            raise ConfigError(f"not a price of {self.symbol}: {text!r}; for example {self.format(100)}")
        ticks, rest = divmod(nano, self.tick_nano)
        if rest:
            near = f"{self.format(ticks)} or {self.format(ticks + 1)}"
            raise ConfigError(f"not a tick of {self.symbol}: {text!r}; nearest are {near}")
        return ticks

    def _fractional_nano(self, text: str) -> int | None:
        match = re.fullmatch(r"(-?)(\d+)'(\d{2})(\d?)", text)
        digits = _FRACTIONS.get(self.display, ())
        if match is None or self.display == "decimal" or int(match[3]) > 31:
            return None
        part = 0
        if match[4]:
            if int(match[4]) not in digits:
                return None
            part = digits.index(int(match[4]))
        parts = max(len(digits), 1)
        nano = int(match[2]) * NANO + (int(match[3]) * parts + part) * NANO // (32 * parts)
        return -nano if match[1] else nano

    def ticks_of_nano(self, nano: np.ndarray, undefined: int) -> tuple[Ticks, np.ndarray]:
        """Ticks of fixed-point prices, and which of them are off the grid.

        Args:
            nano: int64 (n,), prices in 1e-9.
            undefined: The value that means "no price"; it becomes NO_PRICE and is not off the grid.

        Returns:
            int64 (n,) ticks and bool (n,) off-grid marks.
        """
        ticks, rest = np.divmod(nano, self.tick_nano)
        missing = nano == undefined
        ticks[missing] = NO_PRICE
        return ticks, (rest != 0) & ~missing


def _grouped(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def _grouped_nano(nano: int, decimals: int) -> str:
    sign, nano = (MINUS, -nano) if nano < 0 else ("", nano)
    whole, rest = divmod(nano, NANO)
    # more decimals than the display has, when the price really has them (half ticks of a mid)
    shown = f"{rest:09d}"
    keep = max(decimals, len(shown.rstrip("0")))
    return f"{sign}{whole:,}" + (f".{shown[:keep]}" if keep else "")


def _decimal_nano(text: str) -> int | None:
    match = re.fullmatch(r"(-?)(\d+)(?:\.(\d{1,9}))?", text)
    if match is None:
        return None
    nano = int(match[2]) * NANO + int((match[3] or "").ljust(9, "0"))
    return -nano if match[1] else nano


def split_future(raw: str) -> tuple[str, str, str] | None:
    """Root, month letter and year digits of a futures code such as ``ESH4``; None when it is none."""
    match = _FUTURE.fullmatch(raw)
    return None if match is None else (match["root"], match["month"], match["year"])


def future_code(root: str, year: int, month: int, year_digits: int = 1) -> str:
    """The raw symbol of a delivery month: ``ESZ6`` as Globex writes it, ``ESZ26`` with two digits.

    Raises:
        ConfigError: The month is not 1-12, or the digits are not 1 or 2.
    """
    if not 1 <= month <= 12 or year_digits not in (1, 2):
        raise ConfigError(
            f"{root}: no delivery month {year}-{month} in {year_digits} digits; months are 1-12, digits 1-2"
        )
    return f"{root}{MONTH_CODES[month - 1]}{year % 10**year_digits:0{year_digits}d}"


@cache
def contract_table() -> dict[str, dict[str, str]]:
    """Rows of the shipped contract table by root.

    Raises:
        ConfigError: The table lacks a column or has an unusable row.
    """
    with open_text("instruments", "contracts.csv") as file:
        rows = {row["root"]: row for row in csv.DictReader(file)}
    if not rows:
        raise ConfigError("resources/instruments/contracts.csv is empty")
    return rows


def from_table(symbol: str, root: str, asof_ns: int | None = None) -> Instrument | None:
    """The instrument as the contract table knows its root, or None.

    Args:
        symbol: Canonical symbol.
        root: Root to look up.
        asof_ns: When given, an older tick is taken where the exchange has changed it since.
    """
    row = contract_table().get(root)
    if row is None:
        return None
    return Instrument(
        symbol=symbol,
        root=root,
        name=row["name"],
        tick_nano=_tick_at(row, asof_ns),
        decimals=int(row["decimals"]),
        display=row["display"],
        point_value_usd=float(row["point_value_usd"]),
        kind=row["kind"],
        sessions=row["sessions"],
        origin="table",
    )


def _tick_at(row: dict[str, str], asof_ns: int | None) -> int:
    """Tick in 1e-9; ``tick_history`` holds ``until_ns:tick_nano`` pairs, oldest first, separated by spaces."""
    if asof_ns is not None:
        for entry in row["tick_history"].split():
            until, tick = entry.split(":")
            if asof_ns < int(until):
                return int(tick)
    return int(row["tick_nano"])


def resolve(symbol: str, asof_ns: int | None = None) -> Instrument | None:
    """The instrument of a canonical symbol by the contract table (futures code, or the raw symbol itself).

    Shares and funds are known at the venue of the table only: elsewhere their grid may be another.
    """
    raw = symbol.rpartition(".")[0] or symbol
    parts = split_future(raw)
    if parts is not None:
        found = from_table(symbol, parts[0], asof_ns)
        if found is not None:
            return found
    found = from_table(symbol, raw, asof_ns)
    if found is not None and found.kind == "equity" and found.venue != contract_table()[raw]["exchange"]:
        return None
    return found


def infer(symbol: str, nano: np.ndarray) -> Instrument:
    """An instrument whose tick is the greatest common divisor of its prices; marked ``inferred``.

    Args:
        symbol: Canonical symbol.
        nano: int64 (n,), its prices in 1e-9, undefined ones removed.

    Raises:
        ParseError: There is no price other than zero to infer from.
    """
    gcd = int(np.gcd.reduce(np.abs(nano))) if len(nano) else 0
    if gcd == 0:
        raise ParseError(f"{symbol}: no definition, not in the contract table, and no price to infer a tick from")
    decimals = max(0, 9 - (len(str(gcd)) - len(str(gcd).rstrip("0")))) if gcd < NANO else 0
    raw = symbol.rpartition(".")[0]
    return Instrument(symbol, raw, "", gcd, decimals, "decimal", 0.0, "equity", "", "inferred")


class Registry:
    """Ids of a session's instruments, in order of first sight; an id is never given twice."""

    def __init__(self) -> None:
        self._instruments: list[Instrument] = []
        self._ids: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._instruments)

    def __iter__(self):  # noqa: ANN204  an iterator of Instrument
        return iter(self._instruments)

    def add(self, instrument: Instrument) -> int:
        """The id of the instrument; a known symbol keeps its id, and must keep its tick.

        Raises:
            ConfigError: The same symbol with another tick: prices in ticks would change their meaning.
        """
        known = self._ids.get(instrument.symbol)
        if known is None:
            self._ids[instrument.symbol] = len(self._instruments)
            self._instruments.append(instrument)
            return len(self._instruments) - 1
        was = self._instruments[known]
        if was.tick_nano != instrument.tick_nano:
            raise ConfigError(
                f"{instrument.symbol}: tick {instrument.tick} in one source, {was.tick} in another; open them apart"
            )
        if was.origin == "inferred" or (was.origin == "table" and instrument.origin == "definition"):
            self._instruments[known] = instrument
        return known

    def id_of(self, symbol: str) -> int | None:
        """The id of a canonical symbol, or None."""
        return self._ids.get(symbol)

    def __getitem__(self, instrument_id: int) -> Instrument:
        return self._instruments[instrument_id]
