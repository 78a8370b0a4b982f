"""Messages of the venue, made by hand in the documented shape, for tests."""

import json
from collections.abc import Sequence
from typing import Any

Pairs = Sequence[tuple[str, str]]


def diff(first: int, final: int, previous: int | None, bids: Pairs = (), asks: Pairs = (), **more: Any) -> bytes:
    """A ``depthUpdate``; without ``previous`` as the spot market writes it."""
    sent = more.pop("sent", 1_760_000_000_123)
    body = {"e": "depthUpdate", "E": sent, "s": more.pop("symbol", "BTCUSDT"), "U": first, "u": final}
    if previous is not None:
        body |= {"T": sent - 4, "pu": previous}
    return json.dumps(body | {"b": list(map(list, bids)), "a": list(map(list, asks))} | more).encode()


def snapshot(last: int, bids: Pairs = (), asks: Pairs = (), **more: Any) -> bytes:
    """The body of a REST ``depth`` answer of the futures markets."""
    times = {"E": 1_760_000_000_200, "T": 1_760_000_000_190}
    return json.dumps({"lastUpdateId": last, **times, "bids": list(bids), "asks": list(asks), **more}).encode()


def trade(price: str = "61250.20", size: str = "0.350", *, maker: bool = False, **more: Any) -> bytes:
    """An ``aggTrade``."""
    body = {"e": "aggTrade", "E": 1_760_000_000_130, "s": "BTCUSDT", "a": 2_711_000_321, "p": price, "q": size}
    body |= {"nq": size, "f": 6_100_001, "l": 6_100_004, "T": 1_760_000_000_121, "m": maker}
    return json.dumps(body | more).encode()


def ticker(update: int, bid: str, ask: str, **more: Any) -> bytes:
    """A ``bookTicker``."""
    body = {"e": "bookTicker", "u": update, "E": 1_760_000_000_125, "T": 1_760_000_000_119, "s": "BTCUSDT"}
    return json.dumps(body | {"b": bid, "B": "3.412", "a": ask, "A": "1.005"} | more).encode()


def mark(price: str = "61249.87000000", **more: Any) -> bytes:
    """A ``markPriceUpdate``."""
    body = {"e": "markPriceUpdate", "E": 1_760_000_001_000, "s": "BTCUSDT", "p": price, "ap": "61251.02"}
    body |= {"i": "61248.11000000", "P": "61240.00", "r": "-0.00010000", "T": 1_760_025_600_000}
    return json.dumps(body | more).encode()


def framed(stream: str, event: bytes) -> bytes:
    """An event as combined streams wrap it."""
    return json.dumps({"stream": stream, "data": json.loads(event)}).encode()


def listing(symbol: str = "BTCUSDT", tick: str = "0.10", lot: str = "0.001", **more: Any) -> dict[str, Any]:
    """An entry of ``exchangeInfo``."""
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": "556.80", "maxPrice": "4529764", "tickSize": tick},
        {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": "1000", "stepSize": lot},
        {"filterType": "MIN_NOTIONAL", "notional": "100"},
    ]
    body = {"symbol": symbol, "status": "TRADING", "contractType": "PERPETUAL", "pricePrecision": 2}
    return body | {"filters": filters} | more


def listings(*entries: dict[str, Any], server: int = 1_760_000_000_000) -> bytes:
    """The body of ``exchangeInfo``."""
    return json.dumps({"timezone": "UTC", "serverTime": server, "symbols": list(entries)}).encode()
