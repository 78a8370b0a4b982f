"""The instruments of one DBN file: their numbers, and the grid on which their prices lie.

The tick comes from a definition in the file, else from the contract table, else from the rule of the venue, else
it is the greatest common divisor of all prices the file has for the symbol, which is said.
"""

from dataclasses import dataclass, replace
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit import instruments
from cockpit.feeds.files.losses import Losses
from cockpit.instruments import Instrument
from cockpit.units import NANO, Ticks

CENT: Final = NANO // 100
# cash equities and their options are quoted in cents (below 1 USD finer; such prices are refused as off-grid)
_CENT_VENUES: Final = frozenset(
    ("OPRA", "XNAS", "XNYS", "XASE", "ARCX", "BATS", "BATY", "EDGA", "EDGX", "IEXG", "MEMX", "DBEQ", "EQUS")
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
    "K": "equity",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a definition record says about a symbol; an unknown tick is 0."""

    tick_nano: int
    asset: str
    instrument_class: str


@dataclass(slots=True)
class _Sight:
    symbol: str
    clock_ns: int | None
    explained: bool  # the tick needs no prices


class Catalog:
    """Numbers the symbols in order of first sight; then, once the census is over, knows the instruments.

    Args:
        venue: Suffix of canonical symbols.

    Attributes:
        losses: What had to be assumed.
        instruments: By number, once the census is over.
    """

    def __init__(self, venue: str) -> None:
        self.losses = Losses()
        self.instruments: tuple[Instrument, ...] = ()
        self.venue = venue
        self._definitions: dict[str, Definition] = {}
        self._numbers: dict[str, int] = {}
        self._sights: list[_Sight] = []
        self._divisors = np.zeros(0, np.int64)
        self._ticks = np.zeros(0, np.int64)
        self._closed = False

    def define(self, raw: str, definition: Definition) -> None:
        """Note a definition; of several for a symbol the first decides."""
        self._definitions.setdefault(f"{raw}.{self.venue}", definition)

    def number(self, raw: str, clock_ns: int) -> int:
        """The number of a raw symbol, given at first sight; -1 for a new one after the census."""
        symbol = f"{raw}.{self.venue}"
        number = self._numbers.get(symbol, -1)
        if number < 0 and not self._closed:
            number = self._numbers[symbol] = len(self._sights)
            at = clock_ns if clock_ns > 0 else None
            self._sights.append(_Sight(symbol, at, self._explain(symbol, at) is not None))
            self._divisors = np.append(self._divisors, 0)
        return number

    @property
    def all_explained(self) -> bool:
        """Whether no symbol seen so far needs prices to know its tick."""
        return all(sight.explained for sight in self._sights)

    @property
    def seen(self) -> int:
        """Symbols seen so far."""
        return len(self._sights)

    def narrow(self, numbers: NDArray[np.int32], price: NDArray[np.int64]) -> None:
        """Let prices of unexplained symbols narrow down their ticks.

        Args:
            numbers: int32 (n,) or (1,), who each price is of; -1: nobody.
            price: int64 (n,), in 1e-9.
        """
        wanted = np.array([not sight.explained for sight in self._sights] + [False])[numbers]  # last: nobody
        if not bool(wanted.any()):
            return
        size = np.abs(np.where(price == _UNDEFINED, 0, price))
        known = self._divisors[numbers]
        # nearly all prices are multiples of what is known already, and a remainder is cheaper than a divisor
        news = np.flatnonzero(wanted & (size > 0) & ((known == 0) | (size % np.maximum(known, 1) != 0)))
        np.gcd.at(self._divisors, np.broadcast_to(numbers, price.shape)[news], size[news])

    def close(self) -> None:
        """End the census: make the instruments."""
        self.instruments = tuple(
            self._explain(sight.symbol, sight.clock_ns)
            or self._inferred(sight.symbol, sight.clock_ns, int(divisor))
            for sight, divisor in zip(self._sights, self._divisors, strict=True)
        )
        self._ticks = np.array([*(one.tick_nano for one in self.instruments), CENT], np.int64)
        self._closed = True

    def ticks(self, numbers: NDArray[np.int32]) -> Ticks:
        """Tick in 1e-9 of each numbered instrument, same shape; of nobody (-1) a cent."""
        return self._ticks[numbers]

    def _explain(self, symbol: str, clock_ns: int | None) -> Instrument | None:
        definition = self._definitions.get(symbol)
        listed = instruments.resolve(symbol, clock_ns) or _by_continuous(symbol, clock_ns)
        if definition is not None and definition.tick_nano > 0:
            return _defined(symbol, definition, listed, clock_ns)
        if listed is not None and not listed.is_index:
            return listed
        if self.venue in _CENT_VENUES:
            kind = "option" if self.venue == "OPRA" else "equity"
            return Instrument(symbol, _root(symbol, definition), tick_nano=CENT, kind=kind)
        return None

    def _inferred(self, symbol: str, clock_ns: int | None, divisor: int) -> Instrument:
        definition = self._definitions.get(symbol)
        base = instruments.from_table(symbol, definition.asset, clock_ns) if definition else None
        if base is None or base.is_index:
            base = Instrument(symbol, _root(symbol, definition))
        kind = _KINDS.get(definition.instrument_class, "equity") if definition else _kind_of_raw(symbol)
        tick = gcd(divisor, NANO)  # a few round prices say little: never coarser than 1.0
        if divisor:
            self.losses.note("tick inferred from the prices of the file", f"{symbol}: {tick / NANO:g}")
        else:
            tick = CENT
            self.losses.note("instrument without definition, table entry or price: 0.01 taken as its tick", symbol)
        return replace(
            base, tick_nano=tick, decimals=_decimals(tick), display="decimal", kind=kind, origin="inferred"
        )


def _root(symbol: str, definition: Definition | None) -> str:
    return (definition.asset if definition else "") or symbol.rpartition(".")[0]


def _by_continuous(symbol: str, clock_ns: int | None) -> Instrument | None:
    """The table entry of a continuous symbol such as ``ES.c.0``."""
    root, _, rule = symbol.rpartition(".")[0].partition(".")
    return instruments.from_table(symbol, root, clock_ns) if rule[:2] in ("c.", "n.", "v.") else None


def _defined(symbol: str, definition: Definition, listed: Instrument | None, clock_ns: int | None) -> Instrument:
    tick = definition.tick_nano
    base = listed or instruments.from_table(symbol, definition.asset, clock_ns)
    if base is None or base.is_index:
        base = Instrument(symbol, _root(symbol, definition))
    if tick != base.tick_nano:  # a spread or an option of the same root has its own grid
        base = replace(base, tick_nano=tick, decimals=_decimals(tick), display="decimal")
    return replace(base, kind=_KINDS.get(definition.instrument_class, "equity"), origin="definition")


def _decimals(tick_nano: int) -> int:
    return max(0, 9 - (len(str(tick_nano)) - len(str(tick_nano).rstrip("0"))))


def _kind_of_raw(symbol: str) -> str:
    raw = symbol.rpartition(".")[0]
    if instruments.split_future(raw) is not None:
        return "future"
    if raw.startswith("UD:") or "-" in raw:
        return "spread"
    return "option" if " " in raw else "equity"
