"""The simulated market as a live session of the desktop: its past, its feed, its flight recorder.

Built in a worker thread, because the first start makes a day of history; then handed to the dispatcher.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cockpit.feeds.live.log import EventLog
from cockpit.feeds.live.paced import PacedFeed
from cockpit.feeds.live.river import LiveRiver
from cockpit.feeds.source import SIMULATED, SourceInfo
from cockpit.feeds.synthetic.market import Market, MarketConfig
from cockpit.feeds.synthetic.options import MARK_NS
from cockpit.feeds.tape.flight import FlightRecorder, Ring
from cockpit.feeds.tape.sessions import TapeFacts, looked, tapes_in
from cockpit.folders import cache_folder, tapes_folder
from cockpit.instants import parse_instant
from cockpit.instruments import Registry
from cockpit.opening import calendar_of
from cockpit.ring_settings import RingSettings
from cockpit.simulation import history as history_of
from cockpit.state.panes import MARKET_DESK
from cockpit.state.recording import Opened
from cockpit.state.router import Router
from cockpit.state.views import Loading, Provenance, Session
from cockpit.units import NO_TIME, NS_PER_HOUR, NS_PER_S

START: Final = "2026-03-11T10:00"  # New York: half an hour into a Wednesday's regular session
KEPT_BYTES: Final = 2**28  # of a run without a screen
NAME: Final = "simulated market"


class MarketFeed:
    """The feed of a simulated market; ``cockpit.state.live.Live`` says what it does."""

    def __init__(self, market: Market, events: EventLog, recorder: FlightRecorder, speed: float = 1.0) -> None:
        self._events, self._flight = events, recorder
        self._paced = PacedFeed(market, events, recorder, speed=speed)
        recorder.turn_over(market.now_ns, events.next_seq)
        self._paced.start()

    @property
    def edge_ns(self) -> int | None:
        """Clock of its newest event; None before the first."""
        return None if self._events.edge_ns == NO_TIME else self._events.edge_ns

    @property
    def first_seq(self) -> int:
        """The oldest event that can still be read."""
        return self._events.first_seq

    @property
    def next_seq(self) -> int:
        """``seq`` of the event that comes next."""
        return self._events.next_seq

    @property
    def failure(self) -> str | None:
        """Why it ended; None while it runs."""
        return self._events.failure

    @property
    def is_strained(self) -> bool:
        """Whether a playhead far behind keeps too much of the past alive."""
        return self._events.is_strained

    @property
    def speed(self) -> float:
        """Multiple of real time."""
        return self._paced.speed

    @property
    def pace(self) -> tuple[int, int, float] | None:
        """When its events are due by the steady clock."""
        return self._paced.pace

    def set_speed(self, speed: float) -> None:
        """Run the market faster or slower."""
        self._paced.set_speed(speed)

    @property
    def recorder(self) -> str:
        """``Flight recorder 41 MB of 2 GB, 3 days``."""
        ring = self._flight.ring
        used, most = self._flight.used_bytes / 1e6, ring.most_bytes / 1e9
        return f"Flight recorder {used:,.0f} MB of {most:g} GB, {ring.most_days:g} days"

    @property
    def ring_use(self) -> tuple[int, int]:
        """Bytes of the ring used, and its limit."""
        return self._flight.used_bytes, self._flight.ring.most_bytes

    @property
    def recorder_failure(self) -> str | None:
        """Why the flight recorder stopped; None while it runs."""
        return self._flight.failure

    def bound_ring(self, gigabytes: float, days: float) -> None:
        """Let the flight recorder keep so much from now on."""
        self._flight.bound(round(gigabytes * 1e9), days)

    def flush(self) -> None:
        """Make the recorder's tape recoverable up to now."""
        self._flight.flush()

    def close(self) -> None:
        """End feed and recorder; waits for the last tape to be sealed."""
        self._paced.stop()
        self._flight.close()


@dataclass(frozen=True, slots=True)
class MarketWish:
    """What market to open.

    Attributes:
        config: Seed, beginning, scenario, faults.
        speed: Multiple of real time it begins with.
        ring: Of the flight recorder.
        cache: Folder of the history.
    """

    config: MarketConfig
    speed: float
    ring: Ring
    cache: Path

    @classmethod
    def of(
        cls,
        seed: int,
        *,
        speed: float = 1.0,
        faults: tuple[str, ...] = (),
        scenario: str = "normal",
        ring: RingSettings | None = None,
    ) -> "MarketWish":
        """The usual places and beginning."""
        config = MarketConfig(seed, parse_instant(START), faults=faults, scenario=scenario)
        bounds = ring or RingSettings()
        kept = Ring(tapes_folder(), round(bounds.gigabytes * 1e9), bounds.days)
        return cls(config, speed, kept, cache_folder() / "simulated")


def open_market(wish: MarketWish, progress: Callable[[Loading], None]) -> Opened:
    """The market with a day of history, running.

    Raises:
        CockpitError: It cannot be made; the message says why.
    """
    market, events, registry = _begun(wish, EventLog(), _told(progress))
    seed = wish.config.seed
    info = SourceInfo(f"{NAME} {seed}", SIMULATED, "mixed", tuple(registry), None, None, None, is_simulated=True)
    recorder = FlightRecorder(wish.ring, registry, (info,), market.snapshot)
    steps = {each.symbol: MARK_NS if each.is_index else 0 for each in registry}
    return Opened(
        (f"{NAME}, seed {seed}",),
        lambda: LiveRiver(events, registry),
        steps,
        Provenance.SIMULATED,
        live=MarketFeed(market, events, recorder, wish.speed),
        desk=MARKET_DESK,
    )


def replayed(wish: MarketWish, events: int) -> str:
    """Digest of what engines derive from the first so many events of a market, ticks included, without a screen."""
    market, log, registry = _begun(wish, EventLog(kept_bytes=KEPT_BYTES), None)
    river, router = LiveRiver(log, registry), Router(registry, calendar_of)
    while router.next_seq < events:
        piece = river.take(events - router.next_seq)
        if piece is not None and piece.events:
            router.apply(piece)
        else:
            chunk = market.step(market.now_ns + NS_PER_S)
            log.append(chunk.batches, chunk.first_seq, chunk.next_seq)
    return router.digest.hex()


def _begun(
    wish: MarketWish, events: EventLog, progress: Callable[[int, int], None] | None
) -> tuple[Market, EventLog, Registry]:
    """The market after its history, which is in the log; and its instruments."""
    history = history_of(wish.config, wish.cache, progress)
    for chunk in history.chunks:
        events.append(chunk.batches, chunk.first_seq, chunk.next_seq)
    registry = Registry()
    for instrument in history.market.instruments:
        registry.add(instrument)
    return history.market, events, registry


def _told(progress: Callable[[Loading], None]) -> Callable[[int, int], None]:
    """Progress in hours of market, with the time left by the pace so far."""
    began = time.perf_counter()

    def tell(done_ns: int, total_ns: int) -> None:
        spent = time.perf_counter() - began
        left = spent * (total_ns - done_ns) / done_ns if done_ns > 0 else None
        hours = done_ns / NS_PER_HOUR, total_ns / NS_PER_HOUR
        progress(Loading("Building a day of history", *hours, "hours", left))

    return tell


def recorded_sessions(recent: Sequence[str], publish: Callable[[tuple[Session, ...]], None]) -> None:
    """Look through the flight recorder's ring and the recent recordings; publishes as it learns more."""
    facts = tapes_in([tapes_folder()])
    known = {str(each.folder) for each in facts}
    others = tuple(Session(path, size=_size(Path(path))) for path in recent if path not in known)
    publish((*map(_session, facts), *others))
    for place, each in enumerate(facts):
        facts[place] = looked(each)
        if facts[place] is not each:
            publish((*map(_session, facts), *others))


def _session(facts: TapeFacts) -> Session:
    manifest = facts.manifest
    if manifest is None:
        return Session(str(facts.folder), size=facts.size, reason=facts.reason)
    simulated = any(origin.format == SIMULATED for origin in manifest.sources)
    return Session(
        path=str(facts.folder),
        provenance=Provenance.SIMULATED if simulated else Provenance.REPLAY,
        first_ns=manifest.first_ns if facts.first_ns is None else facts.first_ns,
        last_ns=manifest.last_ns,
        symbols=tuple(instrument.symbol for instrument in manifest.instruments),
        events=manifest.events or None,
        gaps=facts.gaps,
        size=facts.size,
        is_running=facts.is_running,
        strip=facts.strip,
        reason=facts.reason,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
