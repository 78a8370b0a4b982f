"""Binance's messages, typed: a text comes out as a message, or raises ParseError; nothing else can happen.

Field names of the wire end here. Prices and sizes are still decimal texts: their grid is the instrument's.
Sources: Binance USDⓈ-M Futures, WebSocket Market Streams and Market Data Endpoints; Spot and COIN-M the same.
"""

from typing import Annotated, Any, Final

import msgspec

from cockpit.errors import ParseError

Count = Annotated[int, msgspec.Meta(ge=0)]  # decoded into 64 bits: larger ones are refused
Millis = Annotated[int, msgspec.Meta(ge=0, le=9_000_000_000_000)]  # past the year 2255 it would not fit into ns
Text = Annotated[str, msgspec.Meta(max_length=40)]
Symbol = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9_]{1,30}$")]
Level = tuple[Text, Text]

MAX_ID: Final = 2**63 - 1
_SHOWN: Final = 60


class Diff(msgspec.Struct, frozen=True, rename={"first_id": "U", "final_id": "u", "previous_id": "pu"}):
    """New absolute sizes of some levels, ``depthUpdate``.

    Attributes:
        symbol: The venue's own, upper case.
        sent_ms: When the venue sent it, ms since the Unix epoch.
        first_id, final_id: Update ids it covers.
        previous_id: ``final_id`` of the message before on this stream; -1 where the market has none (spot).
        matched_ms: When its engine made it; None on spot.
        bids, asks: Price and new size, decimal texts, in no order; size 0 removes.
    """

    symbol: Symbol = msgspec.field(name="s")
    sent_ms: Millis = msgspec.field(name="E")
    first_id: Count
    final_id: Count
    bids: list[Level] = msgspec.field(name="b")
    asks: list[Level] = msgspec.field(name="a")
    previous_id: Annotated[int, msgspec.Meta(ge=-1)] = -1
    matched_ms: Millis | None = msgspec.field(name="T", default=None)
    kind: Text = msgspec.field(name="e", default="depthUpdate")


class Snapshot(msgspec.Struct, frozen=True):
    """The best levels of both sides, body of a REST ``depth`` answer.

    Attributes:
        last_id: Update id it stands at.
        bids, asks: Best first.
        sent_ms, matched_ms: None on spot.
        symbol: None where the venue leaves it out (USDⓈ-M, spot).
    """

    last_id: Count = msgspec.field(name="lastUpdateId")
    bids: list[Level]
    asks: list[Level]
    sent_ms: Millis | None = msgspec.field(name="E", default=None)
    matched_ms: Millis | None = msgspec.field(name="T", default=None)
    symbol: Symbol | None = None


class Trade(msgspec.Struct, frozen=True):
    """A print, ``trade``, or several of one taker at one price, ``aggTrade``.

    Attributes:
        is_buyer_maker: Whether the buyer rested, so that the seller was the aggressor.
        trade_id, aggregate_id: One of the two is there.
    """

    symbol: Symbol = msgspec.field(name="s")
    sent_ms: Millis = msgspec.field(name="E")
    price: Text = msgspec.field(name="p")
    size: Text = msgspec.field(name="q")
    is_buyer_maker: bool = msgspec.field(name="m")
    matched_ms: Millis | None = msgspec.field(name="T", default=None)
    trade_id: Count | None = msgspec.field(name="t", default=None)
    aggregate_id: Count | None = msgspec.field(name="a", default=None)
    kind: Text = msgspec.field(name="e", default="trade")


class Ticker(msgspec.Struct, frozen=True):
    """Best bid and ask, ``bookTicker``; spot gives neither kind nor times."""

    symbol: Symbol = msgspec.field(name="s")
    update_id: Count = msgspec.field(name="u")
    bid: Text = msgspec.field(name="b")
    bid_size: Text = msgspec.field(name="B")
    ask: Text = msgspec.field(name="a")
    ask_size: Text = msgspec.field(name="A")
    sent_ms: Millis | None = msgspec.field(name="E", default=None)
    matched_ms: Millis | None = msgspec.field(name="T", default=None)
    kind: Text = msgspec.field(name="e", default="bookTicker")


class Mark(msgspec.Struct, frozen=True):
    """Mark price, index price and funding, ``markPriceUpdate``."""

    symbol: Symbol = msgspec.field(name="s")
    sent_ms: Millis = msgspec.field(name="E")
    mark: Text = msgspec.field(name="p")
    index: Text = msgspec.field(name="i", default="")
    rate: Annotated[str, msgspec.Meta(max_length=40)] = msgspec.field(name="r", default="")
    next_funding_ms: Millis = msgspec.field(name="T", default=0)
    kind: Text = msgspec.field(name="e", default="markPriceUpdate")


class Answer(msgspec.Struct, frozen=True):
    """The venue's answer to a command: ``error`` is empty when it obeyed."""

    request_id: int
    error: str = ""


class Other(msgspec.Struct, frozen=True):
    """Something well-formed that nothing here reads, by its kind: ``kline``, ``serverShutdown``."""

    kind: str


Message = Diff | Snapshot | Trade | Ticker | Mark | Answer | Other


class _Head(msgspec.Struct):
    """Enough to tell what a text is."""

    stream: str = ""
    data: msgspec.Raw = msgspec.Raw()
    e: str = ""
    lastUpdateId: Any = None  # noqa: N815  the wire's word
    u: Any = None
    id: Any = None
    error: Any = None
    code: Any = None
    msg: Any = None


_head: Final = msgspec.json.Decoder(_Head)
_BY_KIND: Final = {
    "depthUpdate": msgspec.json.Decoder(Diff),
    "aggTrade": msgspec.json.Decoder(Trade),
    "trade": msgspec.json.Decoder(Trade),
    "bookTicker": msgspec.json.Decoder(Ticker),
    "markPriceUpdate": msgspec.json.Decoder(Mark),
}
_BY_STREAM: Final = {  # the word behind the first @ of a stream's name
    "depth": "depthUpdate",
    "aggTrade": "aggTrade",
    "trade": "trade",
    "bookTicker": "bookTicker",
    "markPrice": "markPriceUpdate",
}
_snapshot: Final = msgspec.json.Decoder(Snapshot)


def parse(payload: bytes | str) -> Message:
    """One text of the wire: a frame of a combined or single stream, a REST depth body, or an answer.

    Raises:
        ParseError: It is no JSON, or does not have the shape its kind promises; the message says where.
    """
    try:
        return _parse(payload)
    except msgspec.MsgspecError as error:
        raise ParseError(f"{error}: {shown(payload)}") from error
    except (UnicodeError, RecursionError) as error:
        raise ParseError(f"{type(error).__name__}: {shown(payload)}") from error


def _parse(payload: bytes | str) -> Message:
    head = _head.decode(payload)
    if head.stream and bytes(head.data):
        kind = _BY_STREAM.get(head.stream.partition("@")[2].partition("@")[0])
        if kind is not None:
            return _typed(kind, head.data)
        head = _head.decode(head.data)
        return Other(head.e or "unknown stream")
    if head.e:
        return _typed(head.e, payload) if head.e in _BY_KIND else Other(head.e)
    if head.lastUpdateId is not None:
        return _checked_snapshot(_snapshot.decode(payload))
    if head.u is not None:  # spot's best quotes say nothing else about themselves
        return _typed("bookTicker", payload)
    return _answer(head, payload)


def _typed(kind: str, payload: bytes | str | msgspec.Raw) -> Message:
    message = _BY_KIND[kind].decode(payload)
    if message.kind != kind:
        raise ParseError(f"a {kind} stream brought {message.kind!r}")
    if isinstance(message, Diff):
        _check_ids(message)
    elif isinstance(message, Ticker) and message.update_id > MAX_ID:
        raise ParseError(f"{message.symbol}: update id {message.update_id} is beyond 63 bits")
    return message


def _check_ids(diff: Diff) -> None:
    if diff.first_id > diff.final_id:
        raise ParseError(f"{diff.symbol}: first update id {diff.first_id} is after the last, {diff.final_id}")
    if diff.previous_id > diff.final_id:
        raise ParseError(f"{diff.symbol}: previous update id {diff.previous_id} is after the last, {diff.final_id}")
    if diff.final_id > MAX_ID:
        raise ParseError(f"{diff.symbol}: update id {diff.final_id} is beyond 63 bits")


def _checked_snapshot(snapshot: Snapshot) -> Snapshot:
    if snapshot.last_id > MAX_ID:
        raise ParseError(f"update id {snapshot.last_id} is beyond 63 bits")
    return snapshot


def _answer(head: _Head, payload: bytes | str) -> Message:
    if head.error is not None or head.code is not None:
        error = head.error if isinstance(head.error, dict) else {"code": head.code, "msg": head.msg}
        text = f"code {error.get('code')}: {error.get('msg')}"
        return Answer(head.id if isinstance(head.id, int) else -1, text[:200])
    if isinstance(head.id, int):
        return Answer(head.id)
    raise ParseError(f"no message of this venue: {shown(payload)}")


def is_depth(payload: bytes | str) -> bool:
    """Whether a text that could not be parsed was meant to be a change of a book: its loss breaks the book."""
    return (b"depth" in payload) if isinstance(payload, bytes) else ("depth" in payload)


def shown(payload: bytes | str) -> str:
    """The beginning of a text, for a message."""
    head = payload[:_SHOWN]
    return repr(head.decode("utf-8", "replace") if isinstance(head, bytes) else head)
