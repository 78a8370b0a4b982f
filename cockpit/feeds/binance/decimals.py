"""Decimal texts to whole units, exactly: no float ever stands between the wire and a price."""

import re
from typing import Final

from cockpit.errors import ParseError
from cockpit.units import NANO

_PLAIN: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,18}))?", re.ASCII)  # no sign, no exponent, no inf, no nan
_DIGITS: Final = 9  # of NANO
_MOST_KNOWN: Final = 1 << 16
_MOST_UNITS: Final = 1 << 62
_SHOWN: Final = 40


def nano_of(text: str) -> int:
    """A plain decimal text in 1e-9.

    Raises:
        ParseError: A sign, an exponent, no number at all, over 12 digits before the point, or finer than 1e-9.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise ParseError(f"not a plain decimal number: {text[:_SHOWN]!r}")
    fraction = (match[2] or "").ljust(_DIGITS, "0")
    if fraction[_DIGITS:].strip("0"):
        raise ParseError(f"{text[:_SHOWN]} is finer than 1e-9")
    return int(match[1]) * NANO + int(fraction[:_DIGITS])


class Grid(dict[str, int]):
    """Numbers of one grid, prices of one tick or sizes of one lot: ``grid[text]`` is a number of steps, 0 or more.

    What was read once is remembered, for the texts of a book come again and again.

    Args:
        unit_nano: The step of the grid in 1e-9.
        name: What the number is, for messages: ``price``, ``size``.

    Raises:
        ParseError: On a look-up: as ``nano_of``; or between two steps, or too large for 62 bits.
    """

    def __init__(self, unit_nano: int, name: str) -> None:
        super().__init__()
        self.unit_nano, self._name = unit_nano, name

    def __missing__(self, text: str) -> int:
        units, rest = divmod(nano_of(text), self.unit_nano)
        if rest:
            raise ParseError(f"{self._name} {text[:_SHOWN]} is not a multiple of {self.unit_nano / NANO:.9g}")
        if units >= _MOST_UNITS:
            raise ParseError(f"{self._name} {text[:_SHOWN]} is too large")
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[text] = units
        return units
