"""Who an ``instrument_id`` of a DBN file is, and on which grid its prices lie.

Source: Databento symbology (ids belong to a dataset and may be remapped every day), DBN metadata and definitions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit import instruments
from cockpit.feeds.files.losses import Losses
from cockpit.instruments import Instrument
from cockpit.units import NANO, NS_PER_DAY, Ticks, Times

ALWAYS: Final = (-(2**31), 2**31)  # days; a mapping without dates
CENT: Final = NANO // 100
_CENT_VENUES: Final = frozenset(
    {"OPRA", "XNAS", "XNYS", "ARCX", "BATS", "BATY", "EDGA", "EDGX", "IEXG", "DBEQ", "EQUS"}
)
_UNDEFINED: Final = 2**63 - 1
_KINDS: Final = {
    "F": "future",
    "S": "spread",
    "T": "spread",
    "M": "spread",
    "C": "option",
    "P": "option",
    "I": "index",
}
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a definition record says about a symbol; unknown numbers are 0."""

    tick_nano: int
    asset: str
    instrument_class: str


class SymbolTable:
    """Raw symbols by id and day, from metadata and from records.

    Args:
        mappings: ``{key: [{start_date, end_date, symbol}]}`` of the DBN metadata.
        stype_in, stype_out: Which of key and ``symbol`` is the id.
    """

    def __init__(self, mappings: dict[str, list[dict[str, Any]]], stype_in: str, stype_out: str) -> None:
        self._spans: dict[int, list[tuple[int, int, str]]] = {}
        for key, intervals in mappings.items():
            for interval in intervals:
                pair = (interval["symbol"], key) if stype_out == "instrument_id" else (key, interval["symbol"])
                if pair[0].isdecimal() and "instrument_id" in (stype_in, stype_out):
                    days = ((interval[end] - _EPOCH).days for end in ("start_date", "end_date"))
                    self._spans.setdefault(int(pair[0]), []).append((*days, pair[1]))

    def copy(self) -> "SymbolTable":
        """A table that can learn without changing this one."""
        twin = SymbolTable({}, "", "")
        twin._spans = {key: list(spans) for key, spans in self._spans.items()}
        return twin

    def learn(self, instrument_id: int, raw: str, span: tuple[int, int] = ALWAYS) -> None:
        """Note a mapping found in the stream; the latest wins."""
        known = self._spans.setdefault(instrument_id, [])
        if (*span, raw) not in known:
            known.insert(0, (*span, raw))

    def raw(self, instrument_id: int, day: int) -> str | None:
        """The raw symbol on a day (days since 1970-01-01, UTC); outside all spans the only one there ever was."""
        spans = self._spans.get(instrument_id, [])
        for start, end, raw in spans:
            if start <= day < end:
                return raw
        names = {raw for _, _, raw in spans}
        return names.pop() if len(names) == 1 else None


class Numbers:
    """Instrument numbers during one pass over a file: which symbol an id means may change along the way.

    Args:
        catalog: The instruments of the file, shared by all passes.
        table: Symbols by id as the metadata has them; the pass learns the rest.
    """

    def __init__(self, catalog: "Catalog", table: SymbolTable) -> None:
        self.catalog = catalog
        self._table = table
        self._cache: dict[tuple[int, int], int] = {}

    def learn(self, instrument_id: int, raw: str, span: tuple[int, int] = ALWAYS) -> None:
        """Note a mapping found in the stream; the latest wins."""
        self._table.learn(instrument_id, raw, span)
        self._cache.clear()

    def raw(self, instrument_id: int, day: int) -> str | None:
        """The raw symbol of an id on a day, or None."""
        return self._table.raw(instrument_id, day)

    def of(self, ids: NDArray[np.uint32], clock_ns: Times) -> NDArray[np.int32]:
        """Number of each row's instrument.

        Args:
            ids: uint32 (n,), n > 0.
            clock_ns: int64 (n,), decides the day.

        Returns:
            int32 (n,), or (1,) when all rows have the same.
        """
        days = clock_ns // NS_PER_DAY
        if bool((ids == ids[0]).all()) and bool((days == days[0]).all()):
            return np.array([self._lookup(int(ids[0]), int(days[0]), int(clock_ns[0]))], np.int32)
        keys = (days << 32) | ids
        unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        numbers = np.empty(len(unique), np.int32)
        for k in np.argsort(first, kind="stable"):  # first sight decides the number
            at = first[k]
            numbers[k] = self._lookup(int(ids[at]), int(days[at]), int(clock_ns[at]))
        return numbers[inverse]

    def _lookup(self, instrument_id: int, day: int, clock_ns: int) -> int:
        key = (instrument_id, day)
        number = self._cache.get(key)
        if number is None:
            raw = self._table.raw(instrument_id, day)
            number = self._cache[key] = self.catalog.number(raw, instrument_id, clock_ns)
        return number


class Catalog:
    """The instruments of one file, numbered in order of first sight.

    Args:
        venue: Suffix of canonical symbols.
        survey: Reads the whole file once and returns, by id, the greatest common divisor of its prices.
    """

    def __init__(self, venue: str, survey: Callable[[], dict[int, int]]) -> None:
        self.found: list[Instrument] = []
        self.losses = Losses()
        self._venue = venue
        self._survey = survey
        self._definitions: dict[str, Definition] = {}
        self._numbers: dict[str, int] = {}
        self._ticks = np.zeros(0, np.int64)

    def define(self, raw: str, definition: Definition) -> None:
        """Note a definition; the first of a symbol decides, for its prices may already be in ticks."""
        self._definitions.setdefault(f"{raw}.{self._venue}", definition)

    def number(self, raw: str | None, instrument_id: int, clock_ns: int) -> int:
        """The number of an instrument; a raw symbol that is not known is replaced by the id."""
        symbol = f"{raw}.{self._venue}" if raw else f"ID{instrument_id}.{self._venue}"
        number = self._numbers.get(symbol)
        if number is None:
            if raw is None:
                self.losses.note("instrument id without a symbol in the file, shown by its number", symbol)
            instrument = self._make(symbol, instrument_id, clock_ns)
            number = self._numbers[symbol] = len(self.found)
            self.found.append(instrument)
        return number

    def ticks(self, numbers: NDArray[np.int32]) -> Ticks:
        """Tick in 1e-9 of each numbered instrument, same shape."""
        if len(self._ticks) != len(self.found):
            self._ticks = np.array([one.tick_nano for one in self.found], np.int64)
        return self._ticks[numbers]

    def _make(self, symbol: str, instrument_id: int, clock_ns: int) -> Instrument:
        definition = self._definitions.get(symbol)
        listed = instruments.resolve(symbol, clock_ns) or _by_continuous(symbol, clock_ns)
        if definition is not None and definition.tick_nano > 0:
            return _defined(symbol, definition, listed, clock_ns)
        if listed is not None and not listed.is_index:
            return listed
        kind = _KINDS.get(definition.instrument_class, "equity") if definition else ""
        if self._venue in _CENT_VENUES:
            kind = kind or ("option" if self._venue == "OPRA" else "equity")
            return Instrument(symbol, symbol.rpartition(".")[0], tick_nano=CENT, kind=kind)
        return self._inferred(symbol, instrument_id, kind or _kind_of_raw(symbol))

    def _inferred(self, symbol: str, instrument_id: int, kind: str) -> Instrument:
        gcd = self._survey().get(instrument_id, 0)
        definition = self._definitions.get(symbol)  # the survey may have met one
        if definition is not None and definition.tick_nano > 0:
            return _defined(symbol, definition, None, 0)
        if gcd == 0:
            self.losses.note(
                "instrument without definition, table entry or any price: 0.01 taken as its tick", symbol
            )
            return Instrument(symbol, symbol.rpartition(".")[0], tick_nano=CENT, kind=kind, origin="inferred")
        found = replace(instruments.infer(symbol, np.array([gcd])), kind=kind)
        self.losses.note("tick inferred from the prices of the file", f"{symbol}: {found.tick:g}")
        return found


def _by_continuous(symbol: str, clock_ns: int) -> Instrument | None:
    """The table entry of a continuous symbol such as ``ES.c.0``."""
    root, _, rule = symbol.rpartition(".")[0].partition(".")
    return instruments.from_table(symbol, root, clock_ns) if rule[:2] in ("c.", "n.", "v.") else None


def _defined(symbol: str, definition: Definition, listed: Instrument | None, clock_ns: int) -> Instrument:
    tick = definition.tick_nano
    base = listed or instruments.from_table(symbol, definition.asset, clock_ns)
    if base is None or base.is_index:
        base = Instrument(symbol, definition.asset or symbol.rpartition(".")[0])
    kind = _KINDS.get(definition.instrument_class, "equity")
    if tick != base.tick_nano:  # a spread or an option of the same root has its own grid
        base = replace(base, tick_nano=tick, decimals=_decimals(tick), display="decimal")
    return replace(base, kind=kind, origin="definition")


def _decimals(tick_nano: int) -> int:
    return max(0, 9 - (len(str(tick_nano)) - len(str(tick_nano).rstrip("0"))))


def _kind_of_raw(symbol: str) -> str:
    raw = symbol.rpartition(".")[0]
    if instruments.split_future(raw) is not None:
        return "future"
    if raw.startswith("UD:") or "-" in raw:
        return "spread"
    return "option" if " " in raw else "equity"


def divisors(ids: NDArray[np.uint32], prices: Iterable[NDArray[np.int64]]) -> dict[int, int]:
    """Greatest common divisor of the prices of each id; undefined prices count as none, 0 when there is none.

    Args:
        ids: uint32 (n,).
        prices: int64 (n,) arrays in 1e-9.
    """
    order = np.argsort(ids, kind="stable")
    unique, starts = np.unique(ids[order], return_index=True)
    found = np.zeros(len(unique), np.int64)
    for column in prices:
        clean = np.where(column == _UNDEFINED, 0, np.abs(column))[order]
        np.gcd(found, np.gcd.reduceat(clean, starts), out=found)
    return dict(zip(unique.tolist(), found.tolist(), strict=True))
