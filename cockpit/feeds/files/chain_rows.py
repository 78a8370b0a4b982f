"""Quotes of option contracts, from whatever file, as the CHAIN rows of one snapshot.

What cannot be trusted is refused here and counted by reason; what is odd about the whole is said.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import CALL, DTYPES, Flag, Kind
from cockpit.feeds.files.local_time import each_text
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.option_symbols import OptionSymbols
from cockpit.feeds.files.underlyings import is_adjusted, underlying_of, underlying_root
from cockpit.instruments import Instrument
from cockpit.units import NO_TIME, Floats, Rows

# fields of a contract that no file has below 0
AMOUNTS: Final = ("bid", "ask", "last", "volume", "open_interest", "iv", "gamma")
NUMBERS: Final = (*AMOUNTS, "delta")
_DELTA_LIMIT: Final = 1.0001  # rounding in the fourth decimal


@dataclass(frozen=True, slots=True, eq=False)
class Quotes:
    """n contracts in file order, not yet looked at.

    Attributes:
        symbols: OSI symbols as written.
        parts: What they say.
        numbers: float64 (n,) by name, those of NUMBERS; NaN unknown.
        unreadable: bool (n,) by name, those of NUMBERS; where a number is written that is none.
        places: int64 (n,), where in the file each stands.
        unit: What ``places`` count, ``line`` or ``contract``.
    """

    symbols: list[str]
    parts: OptionSymbols
    numbers: Mapping[str, Floats]
    unreadable: Mapping[str, NDArray[np.bool_]]
    places: NDArray[np.int64]
    unit: str

    def __len__(self) -> int:
        return len(self.symbols)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """One snapshot.

    Attributes:
        underlying: What all its contracts are about.
        rows: CHAIN (n,), in file order; clock and spot are not known yet.
        dropped: Contracts refused, by reason.
    """

    underlying: Instrument
    rows: Rows
    dropped: Counter[str]


class ContractSieve:
    """Which contracts are kept, and why the others are not.

    Attributes:
        keep: bool (n,).
        dropped: Contracts refused, by reason.
    """

    def __init__(self, quotes: Quotes, losses: Losses) -> None:
        self.keep = np.ones(len(quotes), np.bool_)
        self.dropped: Counter[str] = Counter()
        self._quotes = quotes
        self._losses = losses

    def refuse(self, bad: NDArray[np.bool_], reason: str, what: str, values: Floats | None = None) -> None:
        """Drop the marked contracts, bool (n,), and count them as ``reason``; ``what`` is said on screen."""
        marked = bad & self.keep
        count = int(marked.sum())
        if not count:
            return
        self.dropped[reason] += count
        self._losses.note(f"contract refused: {what}", self._case(marked, values), count)
        self.keep &= ~bad

    def doubt(self, odd: NDArray[np.bool_], what: str) -> None:
        """Keep the marked contracts and say so."""
        marked = odd & self.keep
        if bool(marked.any()):
            self._losses.note(f"contract kept: {what}", self._case(marked, None), int(marked.sum()))

    def _case(self, marked: NDArray[np.bool_], values: Floats | None) -> str:
        at = int(np.argmax(marked))
        value = "" if values is None else f" {values[at]:g}"
        return f"{self._quotes.unit} {int(self._quotes.places[at]):,}: {self._quotes.symbols[at][:32]}{value}"


def chain_of(path: Path, quotes: Quotes, agrees: NDArray[np.bool_] | None, title: str, losses: Losses) -> Chain:
    """The contracts that can be trusted, all of one underlying.

    Args:
        path: For errors.
        quotes: What the file holds.
        agrees: bool (n,), whether expiry and strike beside a symbol are those in it; None: there is nothing beside.
        title: What the file calls the underlying.
        losses: Where refusals and doubts are noted.

    Raises:
        SourceError: No contract can be used.
    """
    symbols = quotes.parts
    sieve = ContractSieve(quotes, losses)
    sieve.refuse(~symbols.is_good, "bad_row", "no option symbol")
    if agrees is not None:
        sieve.refuse(~agrees, "bad_row", "expiry or strike beside it differ from its symbol")
    _refuse_numbers(quotes, sieve)
    root = _refuse_strangers(symbols, sieve)
    if root is None:
        raise SourceError(path, "; ".join(("an option chain without a usable contract", *losses.lines())))
    _refuse_repeated(symbols, sieve)
    adjusted = each_text(symbols.roots, is_adjusted, np.bool_)
    sieve.doubt(adjusted, "adjusted, its deliverable is not the ordinary one")
    return Chain(underlying_of(root, title), _rows(quotes, symbols, sieve.keep), sieve.dropped)


def _refuse_numbers(quotes: Quotes, sieve: ContractSieve) -> None:
    for name in NUMBERS:
        said, values = name.replace("_", " "), quotes.numbers[name]
        sieve.refuse(quotes.unreadable[name], "bad_row", f"{said} is no number")
        if name in AMOUNTS:
            sieve.refuse(values < 0, "bad_row", f"negative {said}", values)
    delta = quotes.numbers["delta"]
    sieve.refuse(np.abs(delta) > _DELTA_LIMIT, "bad_row", "delta outside -1 to 1", delta)


def _refuse_strangers(symbols: OptionSymbols, sieve: ContractSieve) -> str | None:
    """Keep the contracts of the commonest underlying and return its root; None when there is no contract."""
    of = {root: underlying_root(root) for root in set(symbols.roots)}
    counts: Counter[str] = Counter()
    for root, kept in zip(symbols.roots, sieve.keep.tolist(), strict=True):
        if kept:
            counts[of[root]] += 1
    if not counts:
        return None
    main = counts.most_common(1)[0][0]
    strange = each_text(symbols.roots, lambda root: of[root] != main, np.bool_)
    sieve.refuse(strange, "bad_row", f"of another underlying than {main}")
    return main


def _refuse_repeated(symbols: OptionSymbols, sieve: ContractSieve) -> None:
    """Refuse every contract that came before in the file, by root, expiry, right and strike."""
    numbers = {root: number for number, root in enumerate(dict.fromkeys(symbols.roots))}
    root = np.fromiter(map(numbers.__getitem__, symbols.roots), np.int64, len(symbols))
    places = np.flatnonzero(sieve.keep)
    # one integer a contract: 27 bits of strike in thousandths, one of right, 17 of day, the root above
    key = ((root << 17) + symbols.expiry_day << 1) + (symbols.right == CALL) << 27
    key += np.rint(symbols.strike * 1000).astype(np.int64)
    first = np.unique(key[places], return_index=True)[1]
    repeated = sieve.keep.copy()
    repeated[places[first]] = False
    sieve.refuse(repeated, "duplicate", "it is there already")


def _rows(quotes: Quotes, symbols: OptionSymbols, keep: NDArray[np.bool_]) -> Rows:
    places = np.flatnonzero(keep)
    rows = np.zeros(len(places), DTYPES[Kind.CHAIN])
    rows["recv_ns"], rows["spot"] = NO_TIME, np.nan
    for name in NUMBERS:
        rows[name] = quotes.numbers[name][places]
    rows["iv"][rows["iv"] == 0] = np.nan  # files write 0 where they have none
    rows["strike"], rows["expiry_day"] = symbols.strike[places], symbols.expiry_day[places]
    rows["right"] = symbols.right[places]
    rows["root"] = np.array([symbols.roots[place] for place in places.tolist()], "S8")
    rows["flags"] = Flag.SNAPSHOT
    rows["flags"][-1] |= Flag.LAST
    return rows
