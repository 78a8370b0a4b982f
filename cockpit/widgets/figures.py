"""How panels write a signed figure, and a tooltip of several sentences. No Qt."""

import textwrap
from typing import Final

from cockpit.instruments import DASH, MINUS, Instrument
from cockpit.units import NANO

_MONEY: Final = ("USDT", "USDC", "USD")  # what coins are priced in, at the end of their symbols
MOST_PLACES: Final = 3  # decimals of a size: the fourth of a coin moves no eye


def size_grid(instrument: Instrument | None) -> tuple[int, int]:
    """Lots in one unit of the last place that is shown, and how many places: (1, 0) for contracts and shares."""
    lots = 1 if instrument is None else NANO // instrument.lot_nano
    decimals = len(str(lots)) - 1
    if lots <= 1 or lots != 10**decimals or NANO % lots:
        return 1, 0
    places = min(decimals, MOST_PLACES)
    return 10 ** (decimals - places), places


def units(instrument: Instrument | None) -> str:
    """What sizes are: ``contracts``, ``shares`` or ``coins``."""
    return {"equity": "shares", "crypto": "coins"}.get("" if instrument is None else instrument.kind, "contracts")


def amount(instrument: Instrument | None, lots: float, *, plus: bool = False) -> str:
    """``1,284``, ``0.350`` of a coin, ``−42``; with ``plus`` also ``+42``. Lots as contracts, shares or coins."""
    unit, places = size_grid(instrument)
    text = f"{abs(lots) / (unit * 10**places):,.{places}f}"
    if not text.strip("0.,"):  # what rounds to nothing has no sign
        return text
    return f"{MINUS if lots < 0 else '+' if plus else ''}{text}"


def known(instrument: Instrument | None, lots: float, *, plus: bool = False) -> str:
    """The same of a number that may be NaN: an en dash."""
    return DASH if lots != lots else amount(instrument, lots, plus=plus)  # noqa: PLR0124  NaN


def unit(instrument: Instrument | None) -> str:
    """What stands behind one size: ``ct``, ``sh``, or the coin, ``BTC``."""
    if instrument is None or instrument.kind not in ("equity", "crypto"):
        return "ct"
    if instrument.kind == "equity":
        return "sh"
    coin = instrument.root.removesuffix("-PERP")
    return next((coin.removesuffix(money) for money in _MONEY if coin.endswith(money) and coin != money), "coins")


def signed(value: float | None) -> str:
    """``+0.34``, ``−0.06``, ``0.00``; an en dash for None."""
    if value is None:
        return DASH
    text = f"{abs(value):.2f}"
    if text == "0.00":
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def told(*texts: str, width: int) -> str:
    """Each text broken into lines of at most ``width`` characters; empty ones are left out."""
    return "\n".join(textwrap.fill(text, width) for text in texts if text)
