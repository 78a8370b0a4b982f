"""A feed that runs against a venue of a test, with time that only the test moves."""

import asyncio
import heapq
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from cockpit.events.links import LinkState
from cockpit.events.market import Chunk
from cockpit.feeds.binance.feed import BinanceFeed, find_listings
from cockpit.feeds.binance.urls import Endpoint
from cockpit.feeds.runner import Limits, Tools
from cockpit.feeds.transport import HttpxClient, connect
from cockpit.units import NS_PER_S
from tests.feeds.binance.venue import Venue, apply_rows

WAIT_S = 10.0  # of real time, for what real sockets do


class HandTime:
    """Waits end when the test says so; short pauses, such as a first backoff, at once and with their time.

    Attributes:
        pauses: Every pause that was asked for, seconds.
    """

    def __init__(self, auto_s: float = 4.0) -> None:
        self._now = 0
        self._auto_s = auto_s
        self._due: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = 0
        self.base_wall_ns = 1_800_000_000 * NS_PER_S
        self.pauses: list[float] = []

    def steady_ns(self) -> int:
        return self._now

    def wall_ns(self) -> int:
        return self.base_wall_ns + self._now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if seconds > self._auto_s:
            await self.beat(seconds)
        else:
            self._now += round(seconds * NS_PER_S)
            await asyncio.sleep(0)

    async def beat(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._number += 1
        heapq.heappush(self._due, (self._now + round(seconds * NS_PER_S), self._number, future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everything that was due in it happen."""
        target = self._now + round(seconds * NS_PER_S)
        while self._due and self._due[0][0] <= target:
            due, _, future = heapq.heappop(self._due)
            self._now = max(self._now, due)
            if not future.done():
                future.set_result(None)
                for _ in range(4):
                    await asyncio.sleep(0)
        self._now = max(self._now, target)


class Rig:
    """A running feed and what came out of it."""

    def __init__(self, venue: Venue, time: HandTime, limits: Limits | None = None) -> None:
        self.venue, self.time = venue, time
        self.chunks: list[Chunk] = []
        self.http = HttpxClient()
        self.happened = asyncio.Event()
        self.tools = Tools(connect, self.http, time, random.Random(7).random, self.happened.set, limits or Limits())
        self.feed: BinanceFeed

    def hand_on(self, chunk: Chunk, clock_ns: int) -> None:
        if chunk.events:
            self.chunks.append(chunk)

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait for something that real sockets bring about; time stands still meanwhile."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not condition():
                    self.happened.clear()
                    await self.happened.wait()
        except TimeoutError:
            facts = [f"{each.name}: {each.words} {each.counts.told()}" for each in self.feed.facts]
            raise AssertionError(f"waited in vain for {what}; {facts}") from None

    async def synced(self, symbol: str | None = None) -> None:
        """Wait until a book stands where the venue's stands."""
        book = self.venue.book if symbol is None else self.venue.books[symbol]
        await self.until(lambda: self.feed.last_id(book.recording.symbol) == book.last_id, f"id {book.last_id}")

    async def state(self, state: LinkState, link: int = 0) -> None:
        """Wait until a connection says so."""
        await self.until(lambda: self.feed.facts[link].state is state, f"state {state}")

    @property
    def counts(self) -> Any:
        """Of the connection with the books."""
        return self.feed.facts[0].counts

    def book(self) -> dict[str, dict[int, int]] | None:
        """The plainest book from everything that was handed on."""
        self.feed.flush()
        return apply_rows(self.chunks)


@asynccontextmanager
async def running(venue: Venue, limits: Limits | None = None, time: HandTime | None = None) -> AsyncIterator[Rig]:
    """A feed of all the venue's instruments, up to its two connections."""
    rig = Rig(venue, time or HandTime(), limits)
    endpoint = Endpoint.of(venue.url)
    found = await find_listings(endpoint, rig.tools, lambda _: None)
    rig.feed = BinanceFeed(endpoint, found.instruments(tuple(venue.books)), found, rig.tools, rig.hand_on)
    task = asyncio.ensure_future(rig.feed.run())
    try:
        await asyncio.wait_for(venue.has(2), WAIT_S)
        yield rig
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await rig.http.close()
