"""`cockpit probe binance`: how far the way to a venue goes, rung by rung, and which one breaks."""

import asyncio
import socket
from argparse import Namespace
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cockpit.clock import SteadyClock
from cockpit.commandline.output import Output
from cockpit.errors import CockpitError, ConfigError, LinkLost, ParseError
from cockpit.feeds.binance.instruments import parse_listings
from cockpit.feeds.binance.parse import Answer, Diff, Other, parse
from cockpit.feeds.binance.urls import Endpoint
from cockpit.feeds.transport import Http, HttpxClient, Link, connect
from cockpit.live_door import endpoint_of, symbols_of
from cockpit.units import NS_PER_MS, NS_PER_S

LIMIT_S: Final = 10.0  # of a rung
LISTEN_S: Final = 5.0
RUNGS: Final = ("resolve", "ask", "connect", "subscribe", "first record", "rate")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the way: ``ok`` is None when it was not reached."""

    name: str
    ok: bool | None
    ms: float | None
    found: str


def run(arguments: Namespace) -> int:
    """Print every rung; 1 when one broke."""
    out = Output(arguments.json)
    symbols, endpoint = symbols_of(arguments), endpoint_of(arguments)
    rungs = asyncio.run(climb(endpoint, symbols[0]))
    for each in rungs:
        mark = {True: "ok  ", False: "BAD ", None: "--  "}[each.ok]
        took = "" if each.ms is None else f"{each.ms:8,.0f} ms"
        out.say(f"{mark} {each.name:<13}{took:>12}  {each.found}".rstrip())
    broken = next((each for each in rungs if each.ok is False), None)
    if broken is not None:
        out.say(f"broken at: {broken.name}")
    out.write({"command": "probe", "venue": "binance", "rungs": [asdict(each) for each in rungs],
               "broken": None if broken is None else broken.name})  # fmt: skip
    return 0 if broken is None else 1


async def climb(endpoint: Endpoint, symbol: str, listen_s: float = LISTEN_S) -> list[Rung]:
    """All rungs up to the first that breaks; those after it stay unreached."""
    http, steady = HttpxClient(), SteadyClock()
    way = _Way(endpoint, symbol, http, listen_s)
    found: list[Rung] = []
    works: tuple[Callable[[], Awaitable[str]], ...] = (
        way.resolve, way.ask, way.connect, way.subscribe, way.first_record, way.rate,
    )  # fmt: skip
    try:
        for name, work in zip(RUNGS, works, strict=True):
            if found and not found[-1].ok:
                found.append(Rung(name, None, None, "not reached"))
                continue
            began = steady.now_ns()
            try:
                async with asyncio.timeout(LIMIT_S + listen_s):
                    words, is_good = await work(), True
            except TimeoutError:
                words, is_good = f"nothing for {LIMIT_S + listen_s:.0f} s", False
            except (CockpitError, OSError) as error:
                words, is_good = str(error), False
            found.append(Rung(name, is_good, (steady.now_ns() - began) / NS_PER_MS, words))
    finally:
        await way.close()
        await http.close()
    return found


class _Way:
    def __init__(self, endpoint: Endpoint, symbol: str, http: Http, listen_s: float) -> None:
        self._endpoint, self._symbol, self._http, self._listen_s = endpoint, symbol, http, listen_s
        self._context: Any = None
        self._link: Link | None = None

    async def close(self) -> None:
        if self._context is not None:
            await self._context.__aexit__(None, None, None)

    async def resolve(self) -> str:
        loop, said = asyncio.get_running_loop(), list[str]()
        for url in (self._endpoint.rest, self._endpoint.stream):
            host = urlsplit(url).hostname or ""
            try:
                found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            except socket.gaierror as error:
                raise LinkLost(f"{host}: {error.strerror or error}") from error
            said.append(f"{host} is {found[0][4][0]}")
        return ", ".join(dict.fromkeys(said))

    async def ask(self) -> str:
        listings = parse_listings(await self._http.get(self._endpoint.listings))
        if self._symbol not in listings.by_symbol:
            near = ", ".join(each.raw for each in listings.search(self._symbol[:3], 5))
            raise ConfigError(f"no {self._symbol} on the list; near it: {near or 'nothing'}")
        return f"{len(listings.by_symbol):,} instruments"

    async def connect(self) -> str:
        self._context = connect(self._endpoint.public([self._symbol]))
        try:
            self._link = await self._context.__aenter__()
        except BaseException:
            self._context = None
            raise
        return urlsplit(self._endpoint.public([self._symbol])).path

    async def subscribe(self) -> str:
        stream = f"{self._symbol.lower()}@depth@100ms"
        assert self._link is not None
        await self._link.send(f'{{"method":"SUBSCRIBE","params":["{stream}"],"id":1}}')
        while True:
            message = parse(await self._link.receive())
            if isinstance(message, Answer):
                if message.error:
                    raise ParseError(f"refused: {message.error}")
                return f"{stream} acknowledged"
            if isinstance(message, Diff):  # the address has the stream already; some answer late
                return f"{stream} speaks"

    async def first_record(self) -> str:
        diff = await self._diff()
        return f"{diff.symbol}: update {diff.final_id:,}, {len(diff.bids) + len(diff.asks)} levels"

    async def rate(self) -> str:
        count, steady = 0, SteadyClock()
        stop = steady.now_ns() + round(self._listen_s * NS_PER_S)
        try:
            async with asyncio.timeout(self._listen_s):
                while steady.now_ns() < stop:
                    await self._diff()
                    count += 1
        except TimeoutError:
            pass
        if not count:
            raise LinkLost(f"no further change of the book in {self._listen_s:g} s")
        return f"{count / self._listen_s:,.1f} changes of the book a second"

    async def _diff(self) -> Diff:
        assert self._link is not None
        while True:
            message = parse(await self._link.receive())
            if isinstance(message, Diff):
                return message
            if isinstance(message, Other):
                continue
