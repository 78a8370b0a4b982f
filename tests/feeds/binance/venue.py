"""A venue on this machine: speaks Binance's protocol over real sockets, replays real messages with their own
update ids, and can drop, delay, repeat, swap, stall, cut and lie.

Nothing happens by itself: a test says when the next messages are sent.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from cockpit.feeds.files.binance_lines import read_lines
from cockpit.feeds.files.losses import Losses

ROUTES = {"depth": "public", "bookTicker": "public", "aggTrade": "market", "markPrice": "market"}
NAMES = {"depthUpdate": "depth@100ms", "aggTrade": "aggTrade", "markPriceUpdate": "markPrice@1s"}


@dataclass(frozen=True)
class Message:
    """One message of the venue: the event, its stream, and what it does to the book."""

    stream: str
    event: dict[str, Any]

    @property
    def is_diff(self) -> bool:
        return self.event["e"] == "depthUpdate"

    @property
    def text(self) -> str:
        return json.dumps({"stream": self.stream, "data": self.event}, separators=(",", ":"))


@dataclass
class Recording:
    """A recording as a venue can replay it: its snapshot, and what came after it."""

    symbol: str
    snapshot: dict[str, Any]
    messages: list[Message]


def load(path: Path, limit: int, symbol: str = "BTCUSDT") -> Recording:
    """The first so many messages behind the snapshot of a recording; single trades become aggregate ones."""
    snapshot: dict[str, Any] = {}
    messages: list[Message] = []
    for line in read_lines(path, Losses()):
        body = json.loads(line.payload)
        if "lastUpdateId" in body:
            snapshot = body
            continue
        event = body["data"]
        kind = "aggTrade" if event.get("e") == "trade" else event.get("e", "")
        is_old = kind == "depthUpdate" and snapshot and event["u"] < snapshot["lastUpdateId"]
        if not snapshot or kind not in NAMES or is_old:
            continue
        if kind == "aggTrade":
            event = {**event, "e": kind, "a": event["t"], "f": event["t"], "l": event["t"]}
            del event["t"]
        messages.append(Message(f"{symbol.lower()}@{NAMES[kind]}", {**event, "s": symbol}))
        if len(messages) >= limit:
            break
    return Recording(symbol, snapshot, messages)


def made(symbol: str = "BTCUSDT", count: int = 400) -> Recording:
    """A recording for machines without real ones: a walking book with holes between ids, prints and mark prices."""
    import random

    rng, messages = random.Random(symbol), list[Message]()
    last, at = 1000, 1_760_000_000_000
    snapshot = {"lastUpdateId": last, "E": at, "T": at,
                "bids": [[f"{100 - n / 10:.1f}", "1.000"] for n in range(1, 60)],
                "asks": [[f"{100 + n / 10:.1f}", "1.000"] for n in range(1, 60)]}  # fmt: skip
    for number in range(count):
        at += 100
        first = last + rng.choice((1, 7, 300))
        final = first + rng.randrange(40)
        bids = [[f"{100 - rng.randrange(1, 80) / 10:.1f}", rng.choice(("0.000", "0.500", "2.125"))]]
        asks = [[f"{100 + rng.randrange(1, 80) / 10:.1f}", rng.choice(("0.000", "0.250", "9.001"))]]
        diff = {"e": "depthUpdate", "E": at, "T": at - 3, "s": symbol, "U": first, "u": final, "pu": last}
        messages.append(Message(f"{symbol.lower()}@depth@100ms", {**diff, "b": bids, "a": asks}))
        last = final
        print_ = {"e": "aggTrade", "E": at, "T": at - 1, "s": symbol, "a": number, "p": "100.0", "q": "0.125"}
        messages.append(
            Message(f"{symbol.lower()}@aggTrade", {**print_, "f": number, "l": number, "m": bool(number % 2)})
        )
        if number % 10 == 0:
            mark = {
                "e": "markPriceUpdate",
                "E": at,
                "s": symbol,
                "p": "100.01",
                "i": "100.02",
                "r": "0.0001",
                "T": at,
            }
            messages.append(Message(f"{symbol.lower()}@markPrice@1s", mark))
    return Recording(symbol, snapshot, messages)


@dataclass
class Book:
    """The venue's own book, the plainest there is."""

    recording: Recording
    sides: dict[str, dict[str, str]] = field(default_factory=dict)
    last_id: int = 0
    at: int = 0

    def __post_init__(self) -> None:
        snapshot = self.recording.snapshot
        self.sides = {"b": dict(map(tuple, snapshot["bids"])), "a": dict(map(tuple, snapshot["asks"]))}
        self.last_id = snapshot["lastUpdateId"]

    def apply(self, event: dict[str, Any]) -> None:
        for side in "ba":
            for price, size in event[side]:
                if float(size):
                    self.sides[side][price] = size
                else:
                    self.sides[side].pop(price, None)
        self.last_id = event["u"]

    def next(self) -> Message | None:
        """What the recording has next."""
        messages = self.recording.messages
        return messages[self.at] if self.at < len(messages) else None

    def units(self, tick: float = 0.1, lot: float = 0.001) -> dict[str, dict[int, int]]:
        """Levels in ticks and lots."""
        return {
            side: {round(float(price) / tick): round(float(size) / lot) for price, size in levels.items()}
            for side, levels in self.sides.items()
        }


class Venue:
    """The server.

    Attributes:
        answers: What ``depth`` questions get instead of a snapshot, first come first served: status, headers, body.
        deep: Most levels of a snapshot's side; Binance gives 1,000, this one all, to compare whole books.
        refusals: What handshakes get instead of a connection.
        mute: Streams that are acknowledged and never speak.
        connections: So far, by route.
    """

    def __init__(self, *recordings: Recording, port: int = 0) -> None:
        self._port = port
        self.books = {each.symbol: Book(each) for each in recordings}
        self.answers: deque[tuple[int, dict[str, str], bytes]] = deque()
        self.list_answers: deque[tuple[int, dict[str, str], bytes]] = deque()
        self.refusals: deque[tuple[int, dict[str, str]]] = deque()
        self.mute: set[str] = set()
        self.deep = 100_000
        self.connections = {"public": 0, "market": 0}
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.inside = False  # snapshots stand inside the next change, not at the end of the last
        self._open: dict[ServerConnection, tuple[str, set[str]]] = {}
        self._deaf: set[ServerConnection] = set()
        self._server: Server | None = None
        self.arrived = asyncio.Condition()

    async def __aenter__(self) -> "Venue":
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            process_request=self._http,
            ping_interval=None,
            close_timeout=0.2,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        for connection in self._deaf:
            connection.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def book(self) -> Book:
        """The only book."""
        return next(iter(self.books.values()))

    # HTTP

    async def _http(self, connection: ServerConnection, request: Request) -> Response | None:
        url = urlsplit(request.path)
        if url.path.startswith(("/public/", "/market/")):
            if self.refusals:
                status, headers = self.refusals.popleft()
                return _response(status, headers, b"slow down")
            return None
        self.asked.append(request.path)
        if url.path == "/fapi/v1/exchangeInfo":
            return _response(*(self.list_answers.popleft() if self.list_answers else (200, {}, self._listings())))
        if url.path == "/fapi/v1/depth":
            symbol = parse_qs(url.query)["symbol"][0]
            body = self.snapshot(symbol)
            await self.gate.wait()
            return _response(*(self.answers.popleft() if self.answers else (200, {}, body)))
        return _response(404, {}, b"<html>not found</html>")

    def _listings(self) -> bytes:
        from tests.feeds.binance import messages

        return messages.listings(*map(messages.listing, self.books), server=self.now_ms)

    @property
    def now_ms(self) -> int:
        """The venue's clock: that of the message it will send next."""
        waiting = [each.next() for each in self.books.values()]
        return min(
            (each.event["E"] for each in waiting if each), default=self.book.recording.messages[-1].event["E"]
        )

    def snapshot(self, symbol: str) -> bytes:
        """The body of a snapshot as of now."""
        book = self.books[symbol]
        bids = sorted(book.sides["b"].items(), key=lambda each: -float(each[0]))[: self.deep]
        asks = sorted(book.sides["a"].items(), key=lambda each: float(each[0]))[: self.deep]
        last = book.last_id
        if self.inside:
            following = (each.event for each in book.recording.messages[book.at :] if each.is_diff)
            last = next((event["U"] for event in following), last)
        body = {"lastUpdateId": last, "E": self.now_ms, "T": self.now_ms, "bids": bids, "asks": asks}
        return json.dumps(body).encode()

    # streams

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        url = urlsplit(connection.request.path)
        route = url.path.split("/")[1]
        self.connections[route] += 1
        wanted = set(parse_qs(url.query).get("streams", [""])[0].split("/")) - {""}
        self._open[connection] = route, wanted
        await self._tell()
        try:
            async for text in connection:
                command = json.loads(text)
                wanted.update(command.get("params", ()))
                await connection.send(json.dumps({"result": None, "id": command["id"]}))
        except ConnectionClosed:
            pass
        finally:
            self._open.pop(connection, None)
            await self._tell()

    async def _tell(self) -> None:
        async with self.arrived:
            self.arrived.notify_all()

    async def has(self, count: int = 2) -> None:
        """Wait until so many connections are open."""
        async with self.arrived:
            await self.arrived.wait_for(lambda: len(self._open) >= count)

    async def send(self, text: str, stream: str = "") -> None:
        """Send a text to whoever has the stream, or the route that carries it."""
        for connection, (route, wanted) in list(self._open.items()):
            kind = stream.partition("@")[2].partition("@")[0]
            if connection in self._deaf or ROUTES.get(kind, route) != route or stream in self.mute:
                continue
            if stream and stream not in wanted:
                continue
            try:
                await connection.send(text)
            except ConnectionClosed:
                continue

    def take(self, symbol: str | None = None) -> Message | None:
        """The next message of a recording, applied to the book and sent to nobody: what a drop is."""
        book = self.book if symbol is None else self.books[symbol]
        message = book.next()
        if message is None:
            return None
        book.at += 1
        if message.is_diff:
            book.apply(message.event)
        return message

    async def play(
        self, count: int = 1, symbol: str | None = None, only: Callable[[Message], bool] | None = None
    ) -> None:
        """Send the next so many messages; those that ``only`` refuses happen, but are sent to nobody."""
        for _ in range(count):
            message = self.take(symbol)
            if message is None:
                return
            if only is None or only(message):
                await self.send(message.text, message.stream)

    async def play_diffs(self, count: int, symbol: str | None = None) -> None:
        """Send messages until so many changes of the book were among them."""
        for _ in range(count):
            while (message := self.take(symbol)) is not None:
                await self.send(message.text, message.stream)
                if message.is_diff:
                    break

    def collect(self, count: int, symbol: str | None = None) -> list[Message]:
        """The next so many changes; other messages between them are lost."""
        found: list[Message] = []
        while len(found) < count and (message := self.take(symbol)) is not None:
            found += [message] if message.is_diff else []
        return found

    async def cut(self, code: int = 1001) -> None:
        """Close all connections as one that ends well."""
        for connection in list(self._open):
            await connection.close(code, "going away")

    def drop_dead(self) -> None:
        """End all connections without a word."""
        for connection in list(self._open):
            connection.transport.abort()

    def fall_silent(self) -> None:
        """Leave all connections half open: nothing is sent or read any more, no end arrives."""
        for connection in list(self._open):
            connection.transport.pause_reading()
            self._deaf.add(connection)
            self._open.pop(connection)


def _response(status: int, headers: dict[str, str], body: bytes) -> Response:
    full = Headers({**headers, "Content-Length": str(len(body)), "Connection": "close"})
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Banned"
    return Response(status, phrase, full, body)


def apply_rows(chunks: Iterator[Any] | Sequence[Any]) -> dict[str, dict[int, int]] | None:
    """The plainest book from DEPTH and GAP rows; None while a gap has no snapshot behind it."""
    from cockpit.events.dtypes import BID, CLEAR, Kind
    from cockpit.units import NO_PRICE

    rows = sorted(
        ((int(row["seq"]), batch.kind, row) for chunk in chunks for batch in chunk.batches
         if batch.kind in (Kind.DEPTH, Kind.GAP) for row in batch.rows),
        key=lambda each: each[0],
    )  # fmt: skip
    book: dict[str, dict[int, int]] | None = None
    for _, kind, row in rows:
        if kind is Kind.GAP:
            book = None
        elif row["action"] == CLEAR:
            book = {"b": {}, "a": {}}
        elif row["price_ticks"] != NO_PRICE:
            assert book is not None, "a change without a snapshot"
            side = book["b" if row["side"] == BID else "a"]
            if row["size"]:
                side[int(row["price_ticks"])] = int(row["size"])
            else:
                side.pop(int(row["price_ticks"]), None)
    return book
