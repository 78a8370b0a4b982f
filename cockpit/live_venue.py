"""A venue as a live session of the desktop: a thread with a loop of its own connects, logs and records.

The thread begins with the question for the instruments and asks until it is answered; only then is there anything
to show. From then on the session never ends by itself: what the connections do is told in ``links``.
"""

import asyncio
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cockpit.errors import CockpitError, ConfigError
from cockpit.events.links import LinkFacts
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.binance.feed import BinanceFeed, find_listings
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.feeds.binance.urls import Endpoint
from cockpit.feeds.live.log import EventLog
from cockpit.feeds.live.river import LiveRiver
from cockpit.feeds.runner import Tools
from cockpit.feeds.source import SourceInfo
from cockpit.feeds.tape.flight import FlightRecorder, Ring
from cockpit.feeds.timing import RealTime
from cockpit.feeds.transport import HttpxClient, connect
from cockpit.folders import tapes_folder
from cockpit.instruments import Registry
from cockpit.logged_feed import LoggedFeed
from cockpit.ring_settings import RingSettings
from cockpit.state.recording import Opened
from cockpit.state.views import Provenance
from cockpit.units import NS_PER_S

log = logging.getLogger(__name__)

FORMAT: Final = "binance"


@dataclass(frozen=True, slots=True)
class LiveWish:
    """What to connect to.

    Attributes:
        symbols: The venue's own.
        endpoint: Where it is.
        ring: Of the flight recorder.
    """

    symbols: tuple[str, ...]
    endpoint: Endpoint
    ring: Ring

    @classmethod
    def of(cls, symbols: tuple[str, ...], endpoint: Endpoint, ring: RingSettings | None = None) -> "LiveWish":
        """With the usual place for the ring."""
        bounds = ring or RingSettings()
        return cls(symbols, endpoint, Ring(tapes_folder(), round(bounds.gigabytes * 1e9), bounds.days))


def warm() -> None:
    """Have the kernels ready that live events need: compiling one takes seconds, in which messages would wait."""
    from cockpit.engines.book import depth_kernels, kernels  # noqa: PLC0415  numba only when asked
    from cockpit.engines.regime import pressure_kernels  # noqa: PLC0415

    for each in (depth_kernels, kernels, pressure_kernels):
        each.warm()


def live_info(symbols: tuple[str, ...], registry: Registry) -> SourceInfo:
    """What tapes of a live session say they are of."""
    path = f"Binance USDⓈ-M live {', '.join(symbols)}"
    return SourceInfo(path, FORMAT, "live", tuple(registry), None, None, None, has_ticks=True)


class VenueFeed(LoggedFeed):
    """The feed of a venue; ``cockpit.state.live.Live`` says what it does."""

    def __init__(self, feed: BinanceFeed, line: "LiveLine", events: EventLog, recorder: FlightRecorder) -> None:
        super().__init__(events, recorder)
        self._feed, self._line = feed, line
        self._links: tuple[LinkFacts, ...] = ()
        self._second = -1

    @property
    def links(self) -> tuple[LinkFacts, ...]:
        """What the connections do, as of the last frame."""
        return self._links

    @property
    def speed(self) -> float:
        """Real time."""
        return 1.0

    @property
    def pace(self) -> tuple[int, int, float] | None:
        """Unknown: events come when they come."""
        return None

    def set_speed(self, speed: float) -> None:
        """Refused: nobody can make a venue run faster."""
        raise ConfigError("a live venue runs at its own speed; rewind it for another")

    def take(self, chunk: Chunk, clock_ns: int) -> None:
        """Log and record what came; called by the feed, in its thread, once a frame."""
        piece = self._events.append(chunk.batches, chunk.first_seq, chunk.next_seq)
        self._flight.write(piece)
        if clock_ns // NS_PER_S > self._second:
            self._second = clock_ns // NS_PER_S
            self._flight.turn_over(clock_ns, self._events.next_seq)
        self._links = self._feed.facts

    def close(self) -> None:
        """End feed and recorder; waits for the last tape to be sealed."""
        self._line.stop()
        self._flight.close()


class LiveLine:
    """The thread of one live session.

    Args:
        wish: What to connect to.
        told: Gets the state of the first question until it is answered.
        ready: Gets the session, once, unless it was stopped before.
        failed: Gets why there will be none.

    All three are called in the thread.
    """

    def __init__(
        self,
        wish: LiveWish,
        told: Callable[[LinkFacts], None],
        ready: Callable[[Opened], None],
        failed: Callable[[str], None],
    ) -> None:
        self._wish, self._told, self._ready, self._failed = wish, told, ready, failed
        self._events = EventLog()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._lock = threading.Lock()
        self._is_stopped = False
        self._is_open = False
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self) -> None:
        """End it; returns when the thread has ended."""
        with self._lock:
            self._is_stopped = True
            if self._loop is not None and self._task is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._task.cancel)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            self._events.close()
        except CockpitError as error:
            self._end(str(error))
        except Exception as error:  # noqa: BLE001  whatever it is, the screen must say that live stopped
            log.exception("the live session stopped")
            self._end(f"the live session stopped: {type(error).__name__}: {error}")
        finally:
            with self._lock:
                self._loop = None

    def _end(self, why: str) -> None:
        self._events.close(why)
        if not self._is_open:
            self._failed(why)

    async def _main(self) -> None:
        with self._lock:
            if self._is_stopped:
                return
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        http = HttpxClient()
        tools = Tools(connect, http, RealTime(), random.SystemRandom().random)
        try:
            found = await find_listings(self._wish.endpoint, tools, self._told)
            instruments = found.instruments(self._wish.symbols)
            registry = Registry()
            for each in instruments.values():
                registry.add(each)
            feed = BinanceFeed(self._wish.endpoint, instruments, found, tools, lambda *piece: live.take(*piece))
            info = live_info(self._wish.symbols, registry)
            recorder = FlightRecorder(self._wish.ring, registry, (info,), lambda: books_of(feed, tools))
            live = VenueFeed(feed, self, self._events, recorder)
            feed.flush()
            self._is_open = True
            self._ready(_opened(self._wish, self._events, registry, live))
            await feed.run()
        finally:
            await http.close()


def books_of(feed: BinanceFeed, tools: Tools) -> tuple[Batch, ...]:
    """Every whole book as a snapshot, ``seq`` from 0: what a tape begins with."""
    builder = RowBuilder()
    feed.mirror.write(builder, tools.timing.wall_ns())
    return builder.take()


def _opened(wish: LiveWish, events: EventLog, registry: Registry, live: VenueFeed) -> Opened:
    steps = {each.symbol: 0 for each in registry}
    name = f"Binance USDⓈ-M: {', '.join(wish.symbols)}"
    return Opened((name,), lambda: LiveRiver(events, registry), steps, Provenance.LIVE, live=live)
