"""`cockpit record --live binance --tape DIR --for 60`: what a venue says now, and what is derived, onto a tape."""

import asyncio
import contextlib
import random
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Any, Final

from cockpit.clock import SteadyClock
from cockpit.commandline.output import Output
from cockpit.errors import ConfigError
from cockpit.events.dtypes import KIND_NAMES, Kind
from cockpit.events.links import LinkFacts
from cockpit.events.market import Chunk, Slice
from cockpit.feeds.binance.feed import BinanceFeed, find_listings
from cockpit.feeds.runner import Tools
from cockpit.feeds.tape.recorder import Recorder
from cockpit.feeds.timing import RealTime
from cockpit.feeds.transport import HttpxClient, connect
from cockpit.instants import iso_utc
from cockpit.instruments import Registry
from cockpit.live_door import endpoint_of, symbols_of
from cockpit.live_venue import live_info, warm
from cockpit.opening import calendar_of
from cockpit.state.router import Router
from cockpit.units import NS_PER_S

MOST_S: Final = 7 * 24 * 3600.0


def run(arguments: Namespace) -> int:
    """Record for as long as asked, or until Ctrl+C; 1 when nothing came or the tape had to stop early."""
    if not 0 < arguments.seconds <= MOST_S:
        raise ConfigError(f"--for {arguments.seconds:g}: above 0 and up to {MOST_S:g} seconds")
    job = LiveRecording(arguments)
    warm()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(job.run(arguments.seconds))
    return job.finish()


class LiveRecording:
    """One recording of a live venue."""

    def __init__(self, arguments: Namespace) -> None:
        self._out = Output(arguments.json)
        self._symbols, self._endpoint = symbols_of(arguments), endpoint_of(arguments)
        self._folder = Path(arguments.tape)
        self._steady = SteadyClock()
        self._flushed = self._steady.now_ns()
        self._feed: BinanceFeed | None = None
        self._router: Router | None = None
        self._recorder: Recorder | None = None
        self._counts: Counter[str] = Counter()
        self._links: tuple[LinkFacts, ...] = ()
        self._clocks: list[int] = []

    async def run(self, seconds: float) -> None:
        """Connect and record."""
        http = HttpxClient()
        tools = Tools(connect, http, RealTime(), random.SystemRandom().random)
        try:
            async with asyncio.timeout(seconds):
                await self._record(tools)
        except TimeoutError:
            pass
        finally:
            await http.close()

    async def _record(self, tools: Tools) -> None:
        found = await find_listings(self._endpoint, tools, self._tell)
        instruments = found.instruments(self._symbols)
        registry = Registry()
        for each in instruments.values():
            registry.add(each)
        self._recorder = Recorder(self._folder, registry, sources=[live_info(self._symbols, registry)])
        self._router = Router(registry, calendar_of)
        self._feed = BinanceFeed(self._endpoint, instruments, found, tools, self._take)
        await self._feed.run()

    def _tell(self, facts: LinkFacts) -> None:
        self._links = (facts,)
        if facts.reason:
            self._out.warn(f"{facts.name}: {facts.words}")

    def _take(self, chunk: Chunk, clock_ns: int) -> None:
        assert self._router is not None
        assert self._recorder is not None
        assert self._feed is not None
        self._links = self._feed.facts
        if not chunk.events:
            return
        piece = Slice(chunk.batches, chunk.first_seq, chunk.next_seq, clock_ns)
        self._recorder.write(piece, self._router.apply(piece))
        for batch in chunk.batches:
            self._counts[KIND_NAMES[batch.kind]] += len(batch)
        self._clocks = [*self._clocks[:1], clock_ns]
        if self._steady.now_ns() - self._flushed >= NS_PER_S:
            self._recorder.flush()
            self._flushed = self._steady.now_ns()
            words = "; ".join(f"{each.name} {each.words}" for each in self._links)
            self._out.progress(f"{self._router.events:,} events, {iso_utc(clock_ns)[:19]}; {words}")

    def finish(self) -> int:
        """Seal the tape and say what came of it."""
        out, recorder, router = self._out, self._recorder, self._router
        heard = sum(count for name, count in self._counts.items() if name != KIND_NAMES[Kind.TICK])
        document: dict[str, Any] = {
            "command": "record",
            "tape": str(self._folder),
            "live": "binance",
            "events": 0 if router is None else router.events,
            "kinds": dict(self._counts),
            "bytes": 0,
            "digest": None if router is None else router.digest.hex(),
            "failure": None,
            "links": [_link(each) for each in self._links],
            "warnings": [],
        }
        if recorder is not None and router is not None:
            recorder.seal()
            document |= {"bytes": recorder.bytes_written, "failure": recorder.failure}
            size = f"{router.events:,} events, {recorder.bytes_written:,} bytes"
            out.say(f"{self._folder}: LIVE, {size}, digest {router.digest.hex()}")
        for each in self._links:
            counts = ", ".join(f"{name} {count:,}" for name, count in each.counts.told())
            out.say(f"  {each.name}: {each.words}" + (f" ({counts})" if counts else ""))
        if not heard:
            out.warn("nothing was heard; cockpit probe binance says how far the way goes")
        if document["failure"]:
            out.warn(f"recording stopped: {document['failure']}")
        out.write(document)
        return 0 if heard and not document["failure"] else 1


def _link(facts: LinkFacts) -> dict[str, Any]:
    return {"name": facts.name, "state": facts.state.value, "reason": facts.reason, **dict(facts.counts.told())}
