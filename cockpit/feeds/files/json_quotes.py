"""Contracts of a JSON option chain as columns: absent and null values are unknown, other non-numbers are marked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.feeds.files.chain_rows import NUMBERS, Quotes
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.option_symbols import YEARS, parse_symbols
from cockpit.units import Floats

_PLAIN: Final = frozenset({int, float})


def quotes_of(options: Sequence[Any], keys: Mapping[str, str], symbol_key: str, losses: Losses) -> Quotes:
    """The contracts of a list of JSON objects.

    Args:
        options: What stands in the list; what is no object has no symbol and is refused later.
        keys: Key of each of NUMBERS, by that name.
        symbol_key: Key of the OSI symbol.
        losses: Where keys that are missing throughout, and null values, are noted.
    """
    found = [one if isinstance(one, dict) else {} for one in options]
    symbols = [one if isinstance(one := each.get(symbol_key), str) else "" for each in found]
    numbers: dict[str, Floats] = {}
    unreadable: dict[str, NDArray[np.bool_]] = {}
    for name in NUMBERS:
        values = [each.get(keys[name]) for each in found]
        numbers[name], unreadable[name] = numbers_of(values)
        _note_missing(name, symbols, values, losses)
    return Quotes(symbols, parse_symbols(symbols), numbers, unreadable, np.arange(1, len(found) + 1), "contract")


def _note_missing(name: str, symbols: list[str], values: list[Any], losses: Losses) -> None:
    missing = sum(value is None for value in values)
    said = name.replace("_", " ")
    if missing == len(values):
        losses.note(f"no {said} of any contract: unknown")
    elif missing:
        at = next(place for place, value in enumerate(values) if value is None)
        losses.note(f"contract kept: no {said}", f"contract {at + 1:,}: {symbols[at][:32]}", missing)


def numbers_of(values: Sequence[Any]) -> tuple[Floats, NDArray[np.bool_]]:
    """JSON values as float64 (n,), NaN where null, and bool (n,) where something else than a number stands."""
    if not set(map(type, values)) <= _PLAIN:
        values = [_number(value) for value in values]
    try:
        out = np.array(values, np.float64)
    except OverflowError:  # an integer of hundreds of digits
        out = np.array([_number(value) for value in values], np.float64)
    bad = ~np.isfinite(out)
    bad &= np.fromiter((value is not None for value in values), np.bool_, len(values))
    out[~np.isfinite(out)] = np.nan
    return out, bad


def time_of(written: Any) -> datetime | None:
    """The time of a text such as ``2022-07-12 22:57:33``, naive unless it has an offset; None for others."""
    if not isinstance(written, str):
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.year in YEARS else None


def _number(value: Any) -> float | None:
    """The number, None for null, infinity for what is none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return float("inf")
    try:
        return float(value)
    except (ValueError, OverflowError):
        return float("inf")
