"""Option symbols in bulk: root, expiry, right and strike, parsed from the right.

An OSI symbol is the root, then ``YYMMDD``, ``C`` or ``P``, and the strike in thousandths as eight digits:
``SPXW250919C06500000``. The last 15 characters have a fixed shape and the root has none, so nothing is looked for
from the left; roots of adjusted contracts end in a digit.

Source: ``protocols/cboe-delayed.md`` 3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import CALL, PUT
from cockpit.feeds.files.local_time import each_text
from cockpit.units import Floats

_TAIL: Final = 15
_ROOT: Final = re.compile(r"[A-Z.^]{1,6}\d?")
_DIGITS: Final = (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14)  # all of the tail but the right
_EPOCH: Final = date(1970, 1, 1)
NO_DAY: Final = -(2**31)
YEARS: Final = range(1990, 2200)  # of listed options and their chains; others are slips of the pen


@dataclass(frozen=True, slots=True, eq=False)
class OptionSymbols:
    """The parts of n symbols.

    Attributes:
        roots: Text of each root, blank where the symbol is none.
        expiry_day: int32 (n,), days since 1970-01-01; NO_DAY where the symbol is none.
        right: uint8 (n,), ord of C or P.
        strike: float64 (n,).
        is_good: bool (n,), whether the symbol has the shape, a real date and a strike above 0.
    """

    roots: list[str]
    expiry_day: NDArray[np.int32]
    right: NDArray[np.uint8]
    strike: Floats
    is_good: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.roots)


def day_date(day: int) -> date:
    """The date of a number of days since 1970-01-01."""
    return _EPOCH + timedelta(days=day)


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; NO_DAY where there is no such date."""
    try:
        return (date(year, month, day) - _EPOCH).days
    except ValueError:
        return NO_DAY


def parse_symbols(symbols: Sequence[str]) -> OptionSymbols:
    """The parts of each symbol; blanks between root and date, as in the 21-character form, are allowed."""
    tails = _tails(symbols)
    digits = tails - np.uint8(ord("0"))
    right = np.ascontiguousarray(tails[:, 6])
    good = (digits[:, _DIGITS] <= 9).all(axis=1) & ((right == CALL) | (right == PUT))
    roots = [symbol[:-_TAIL].rstrip() for symbol in symbols]
    good &= each_text(roots, lambda root: _ROOT.fullmatch(root) is not None, np.bool_)
    day = _days(_number(digits[:, :6]), good)
    strike = _number(digits[:, 7:]) / 1000.0
    good &= (day != NO_DAY) & (strike > 0)
    return OptionSymbols(roots, day, right, strike, good)


def _tails(symbols: Sequence[str]) -> NDArray[np.uint8]:
    """The last characters of each symbol, uint8 (n, 15), zeros behind short ones."""
    texts = [symbol[-_TAIL:].encode("ascii", "replace") for symbol in symbols]
    return np.array(texts, f"S{_TAIL}").view(np.uint8).reshape(len(symbols), _TAIL)


def _number(digits: NDArray[np.uint8]) -> NDArray[np.int64]:
    powers = 10 ** np.arange(digits.shape[1] - 1, -1, -1, dtype=np.int64)
    return digits.astype(np.int64) @ powers


def _days(code: NDArray[np.int64], good: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Days since 1970-01-01 of ``YYMMDD`` numbers; each distinct one is worked out once."""
    distinct, inverse = np.unique(np.where(good, code, 0), return_inverse=True)
    days = [day_number(2000 + one // 10_000, one // 100 % 100, one % 100) for one in distinct.tolist()]
    return np.array(days, np.int32)[inverse]
