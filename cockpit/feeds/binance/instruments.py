"""Binance's instruments: canonical names, and tick and lot from the venue's own list.

Tick and lot come from the filters, never from the precision fields, which say something else.
Source: Binance USDⓈ-M Futures, Exchange Information; names: ``contracts.md`` 2.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import msgspec

from cockpit.errors import ParseError
from cockpit.feeds.binance.decimals import nano_of
from cockpit.instruments import Instrument
from cockpit.units import NANO

_COIN_MARGINED: Final = re.compile(r"[A-Z0-9]+USD_(?:PERP|\d{6})")
_DELIVERY: Final = re.compile(r"(?P<pair>[A-Z0-9]+)_(?P<day>\d{6})")


class MarketKind(Enum):
    """The venue's markets, by what their messages are called here."""

    SPOT = "spot"
    USDM = "usdm"
    COINM = "coinm"


@dataclass(frozen=True, slots=True)
class Listing:
    """One instrument as the venue lists it.

    Attributes:
        raw: The venue's own symbol, ``BTCUSDT``.
        status: ``TRADING``, ``SETTLING``, ...
        tick_nano, lot_nano: Price and size step in 1e-9; 0 when the list lacks them.
    """

    raw: str
    status: str
    tick_nano: int
    lot_nano: int

    @property
    def is_trading(self) -> bool:
        """Whether it can be traded now."""
        return self.status == "TRADING"


@dataclass(frozen=True, slots=True)
class Listings:
    """The venue's list: when it was made (its clock, ms), and what is on it by raw symbol."""

    server_ms: int | None
    by_symbol: dict[str, Listing]

    def search(self, text: str, most: int = 20) -> list[Listing]:
        """Trading instruments whose symbol contains the text, those that begin with it first."""
        wanted = text.upper()
        found = [each for each in self.by_symbol.values() if wanted in each.raw and each.is_trading]
        return sorted(found, key=lambda each: (not each.raw.startswith(wanted), len(each.raw), each.raw))[:most]


class _Entry(msgspec.Struct):
    symbol: str
    status: str = ""
    contractStatus: str = ""  # noqa: N815  COIN-M's word for it
    filters: list[dict[str, Any]] = []


class _List(msgspec.Struct):
    symbols: list[msgspec.Raw]
    serverTime: int | None = None  # noqa: N815  the wire's word


_list: Final = msgspec.json.Decoder(_List)
_entry: Final = msgspec.json.Decoder(_Entry)


def parse_listings(body: bytes) -> Listings:
    """The answer of ``exchangeInfo``; entries that cannot be read are left out.

    Raises:
        ParseError: It is no such list, or nothing on it can be read.
    """
    try:
        given = _list.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ParseError(f"no list of instruments: {error}: {body[:60]!r}") from error
    found = dict(_readable(given.symbols))
    if not found:
        raise ParseError("a list without any readable instrument")
    return Listings(given.serverTime, found)


def _readable(entries: Iterable[msgspec.Raw]) -> Iterable[tuple[str, Listing]]:
    for raw in entries:
        try:
            entry = _entry.decode(raw)
            steps = (_step(entry, "PRICE_FILTER", "tickSize"), _step(entry, "LOT_SIZE", "stepSize"))
        except (msgspec.MsgspecError, UnicodeError, RecursionError, ParseError):
            continue
        yield entry.symbol, Listing(entry.symbol, entry.status or entry.contractStatus, *steps)


def _step(entry: _Entry, kind: str, name: str) -> int:
    for each in entry.filters:
        if each.get("filterType") == kind:
            return nano_of(str(each.get(name, "")))
    return 0


def instrument_of(market: MarketKind, listing: Listing) -> Instrument:
    """The instrument of a listing.

    Raises:
        ParseError: The list gives no tick or lot for it.
    """
    if listing.tick_nano <= 0 or listing.lot_nano <= 0:
        raise ParseError(f"{listing.raw}: the list gives no price or size step")
    return make_instrument(market, listing.raw, listing.tick_nano, listing.lot_nano, "definition")


def make_instrument(market: MarketKind, raw: str, tick_nano: int, lot_nano: int, origin: str) -> Instrument:
    """An instrument of this venue with given steps."""
    pair, what, symbol = _named(market, raw)
    return Instrument(
        symbol=symbol,
        root=pair,
        name=f"{pair} {what}",
        tick_nano=tick_nano,
        decimals=decimals_of(tick_nano),
        kind="crypto",
        origin=origin,
        lot_nano=lot_nano,
    )


def decimals_of(nano: int) -> int:
    """Decimals that a multiple of ``nano`` 1e-9 needs."""
    return 0 if nano % NANO == 0 else len(f"{nano % NANO:09d}".rstrip("0"))


def _named(market: MarketKind, raw: str) -> tuple[str, str, str]:
    """Pair, what it is, and canonical symbol."""
    venue = "BINANCECOIN" if market is MarketKind.COINM else "BINANCE"
    if market is MarketKind.SPOT:
        return raw, "spot", f"{raw}.{venue}"
    delivery = _DELIVERY.fullmatch(raw)
    if delivery is not None:
        return delivery["pair"], f"future {delivery['day']}", f"{raw}.{venue}"
    pair = raw.removesuffix("_PERP")
    return pair, "perpetual", f"{pair}-PERP.{venue}"


def market_of(symbols: Iterable[str], *, has_previous_ids: bool, has_spot_marks: bool) -> MarketKind:
    """The market that messages come from.

    Args:
        symbols: Raw symbols in them.
        has_previous_ids: Whether changes of books name the one before.
        has_spot_marks: Whether there is something that only the spot market writes.
    """
    if any(_COIN_MARGINED.fullmatch(each) for each in symbols):
        return MarketKind.COINM
    return MarketKind.SPOT if has_spot_marks and not has_previous_ids else MarketKind.USDM
