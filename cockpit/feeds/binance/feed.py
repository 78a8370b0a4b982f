"""Binance USDⓈ-M as a live feed: finds its instruments, then two connections fill one ordered stream of events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from cockpit.errors import ConfigError
from cockpit.events.links import LinkFacts
from cockpit.events.market import Chunk
from cockpit.feeds.binance.instruments import Listings, MarketKind, instrument_of, parse_listings
from cockpit.feeds.binance.market import MarketRows
from cockpit.feeds.binance.mirror import Mirror
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.feeds.binance.session import MarketSession, PublicSession, Pulse
from cockpit.feeds.binance.timeline import Timeline
from cockpit.feeds.binance.urls import MOST_STREAMS, Endpoint
from cockpit.feeds.runner import Runner, Tools, insist
from cockpit.feeds.supervisor import Supervisor
from cockpit.instruments import Instrument
from cockpit.units import NS_PER_MS

SYMBOLS: Final = ("BTCUSDT", "ETHUSDT")
MOST_SYMBOLS: Final = MOST_STREAMS // 2
LISTINGS: Final = "Binance instruments"


def parse_symbols(text: str) -> tuple[str, ...]:
    """``btcusdt,ETHUSDT`` as the venue's symbols.

    Raises:
        ConfigError: None, too many, or one that cannot be a symbol.
    """
    found = tuple(dict.fromkeys(each.strip().upper() for each in text.split(",") if each.strip()))
    if not found or len(found) > MOST_SYMBOLS:
        raise ConfigError(f"--symbols {text!r}: 1 to {MOST_SYMBOLS} symbols, such as BTCUSDT,ETHUSDT")
    for each in found:
        if not (each.isascii() and each.replace("_", "").isalnum() and len(each) <= 30):
            raise ConfigError(f"--symbols: {each!r} cannot be a symbol; they look like BTCUSDT")
    return found


async def find_listings(endpoint: Endpoint, tools: Tools, told: Callable[[LinkFacts], None]) -> "Found":
    """The venue's list of instruments, asked for until it comes, and the venue's clock by it."""

    async def ask() -> Found:
        before = tools.timing.steady_ns()
        body = await tools.http.get(endpoint.listings)
        after = tools.timing.steady_ns()
        return Found(parse_listings(body), after - before, tools)

    return await insist(ask, tools, told, LISTINGS)


class Found:
    """The list, and what its way told about the venue's clock.

    Attributes:
        listings: The list.
        way_ns: How long question and answer took.
    """

    def __init__(self, listings: Listings, way_ns: int, tools: Tools) -> None:
        self.listings, self.way_ns = listings, way_ns
        self._timing = tools.timing
        self._wall_ns, self._steady_ns = tools.timing.wall_ns(), tools.timing.steady_ns()
        server = listings.server_ms
        # the answer was written somewhere on the way; the middle is off by half of it at most
        self._server_ns = self._wall_ns if server is None else server * NS_PER_MS + way_ns // 2

    @property
    def venue_ns(self) -> int:
        """The venue's clock now."""
        return self._server_ns + self._timing.steady_ns() - self._steady_ns

    @property
    def skew_ns(self) -> int:
        """Local clock minus the venue's, beyond what the way leaves open."""
        skew = self._wall_ns - self._server_ns
        unsure = self.way_ns // 2
        return 0 if abs(skew) <= unsure else skew

    def instruments(self, symbols: Sequence[str]) -> dict[str, Instrument]:
        """The instruments of symbols.

        Raises:
            ConfigError: One is not on the list; the message names what is near.
            ParseError: The list has no steps for one.
        """
        found: dict[str, Instrument] = {}
        for raw in symbols:
            listing = self.listings.by_symbol.get(raw)
            if listing is None:
                near = ", ".join(each.raw for each in self.listings.search(raw[:3], 5))
                advice = f"; near it: {near}" if near else ""
                raise ConfigError(f"Binance USDⓈ-M lists no {raw}{advice}")
            found[raw] = instrument_of(MarketKind.USDM, listing)
        return found


class BinanceFeed:
    """One ordered stream of events of several instruments.

    Args:
        endpoint: Where the venue is.
        instruments: By the venue's own symbol; rows carry their place in it.
        found: The list they are from, for its clock.
        tools: What its connections work with.
        hand_on: Gets each piece of the stream; ``seq`` counts on without holes.

    Attributes:
        mirror: Levels as they are known now.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        instruments: Mapping[str, Instrument],
        found: Found,
        tools: Tools,
        hand_on: Callable[[Chunk, int], None],
    ) -> None:
        symbols = tuple(instruments)
        self._builder, self._hand_on, self._timing = RowBuilder(), hand_on, tools.timing
        self._found = found
        self._timeline = Timeline(self._builder, tools.timing, found.venue_ns)
        self._rows = rows = MarketRows(MarketKind.USDM, instruments, self._builder)
        self.mirror = Mirror()
        rows.followed = self.mirror.follow
        rows.clock_of = lambda recv_ns: self._timeline.clock_ns
        pulse = Pulse()
        self._public = PublicSession(endpoint, symbols, rows, self._timeline, pulse, self.mirror, tools.random)
        market = MarketSession(endpoint, symbols, rows, self._timeline, pulse)
        runners = [Runner(self._public, tools), Runner(market, tools)]
        self._supervisor = Supervisor(runners, self.flush, tools.timing)

    @property
    def facts(self) -> tuple[LinkFacts, ...]:
        """What each connection does now."""
        skew = self.skew_ns
        return tuple(replace(each, skew_ns=skew) for each in self._supervisor.facts)

    @property
    def skew_ns(self) -> int:
        """Local clock minus the venue's: by messages that came before they were sent, else by the list."""
        least = self._timeline.least_latency_ns
        return least if least is not None and least < 0 else self._found.skew_ns

    def last_id(self, symbol: str) -> int | None:
        """Update id a book stands at; None while there is none."""
        return self._rows.lines[symbol].sync.last_id

    async def run(self) -> None:
        """Run until cancelled."""
        await self._supervisor.run()

    def flush(self) -> None:
        """Make the ticks that are due, and hand on what there is."""
        self._timeline.pass_time()
        first, stop = self._builder.first_seq, self._builder.next_seq
        self._hand_on(Chunk(self._builder.take(), first, stop), self._timeline.clock_ns)
