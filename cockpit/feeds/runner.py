"""Keeps one session connected: the only place with a reconnect loop, a heartbeat and tasks of a connection.

A connection is given up when it ends, when it gives no sign of life, when its session says that it is good for
nothing, and before the venue's own limit. Then the session is told, and another is made: after a wait that grows,
after the wait that the venue asked for, or at once where the end was planned.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from cockpit.errors import LinkLost, ParseError
from cockpit.events.dtypes import GapReason
from cockpit.events.links import LinkCounts, LinkFacts, LinkState
from cockpit.feeds.backoff import Backoff
from cockpit.feeds.queue import MOST_WAITING, ArrivalQueue
from cockpit.feeds.session import HttpRequest, Session
from cockpit.feeds.timing import Timing
from cockpit.feeds.transport import Connect, Http, Link, Refused
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_MS, NS_PER_S

log = logging.getLogger(__name__)

BEAT_S: Final = 0.25
PING_EVERY_NS: Final = 15 * NS_PER_S  # counts as an incoming message at the venue, which allows ten a second
PONG_WITHIN_NS: Final = 10 * NS_PER_S
LIFETIME_NS: Final = 23 * NS_PER_HOUR + 50 * NS_PER_MIN  # the venue ends a connection after 24 h
PROVEN_NS: Final = 30 * NS_PER_S  # a connection that held so long ends the growth of the waits
BUDGET_NS: Final = 4 * NS_PER_MS  # of reading before the loop is given back
COMPLAIN_EVERY_NS: Final = NS_PER_MIN

T = TypeVar("T")


class Planned(LinkLost):  # noqa: N818  the name of style.md 10
    """An end that was wanted: the next connection follows at once."""


@dataclass(slots=True)
class Limits:
    """What a runner allows; tests use smaller numbers."""

    waiting: int = MOST_WAITING
    lifetime_ns: int = LIFETIME_NS


@dataclass(slots=True)
class Tools:
    """What a runner works with.

    Attributes:
        connect, http: Ways to the venue.
        timing: Clocks and waits.
        random: Numbers in [0, 1), for the jitter.
        changed: Called after everything that happened.
    """

    connect: Connect
    http: Http
    timing: Timing
    random: Callable[[], float]
    changed: Callable[[], None] = lambda: None
    limits: Limits = field(default_factory=Limits)


class Runner:
    """Runs one session for as long as ``run`` is not cancelled."""

    def __init__(self, session: Session, tools: Tools) -> None:
        self.session, self._tools = session, tools
        self._timing = tools.timing
        self._backoff = Backoff(tools.random)
        self._queue = ArrivalQueue(tools.limits.waiting)
        self._wake = asyncio.Event()
        self._asked: dict[str, asyncio.Task[None]] = {}
        self._complained: dict[str, int] = {}
        self._pong: Awaitable[Any] | None = None
        self._quiet_until_ns = 0  # steady clock: the venue wants no question before
        self._counts: dict[str, int] = dict.fromkeys(("messages", "connects", "losses", "malformed", "refusals"), 0)
        self._bug: BaseException | None = None
        self._own = LinkFacts(session.name, LinkState.CONNECTING, since_ns=tools.timing.wall_ns())

    @property
    def facts(self) -> LinkFacts:
        """What the connection does now."""
        queue = self._queue
        counts = LinkCounts(
            **self._counts,
            **self.session.counts,
            conflated=queue.conflated,
            dropped=queue.dropped,
            bursts=queue.bursts,
        )
        return replace(self._own, counts=counts)

    async def run(self) -> None:
        """Connect, serve, wait, again."""
        while True:
            self._be(LinkState.CONNECTING, self._own.reason)
            began = self._timing.steady_ns()
            try:
                async with self._tools.connect(self.session.url) as link:
                    await self._serve(link)
            except Refused as error:
                self._lose(error)
                self._count(refusals=1)
                await self._wait(error.wait_s, LinkState.BANNED, str(error))
            except Planned as error:
                self._lose(error)
                self._be(LinkState.CONNECTING, str(error))
            except LinkLost as error:
                self._lose(error)
                if self._timing.steady_ns() - began > PROVEN_NS:
                    self._backoff.reset()
                await self._wait(self._backoff.next_s(), LinkState.BACKOFF, str(error))
            except Exception as error:  # noqa: BLE001  the one broad catch around a session (style.md 10)
                log.exception("%s stopped", self.session.name)
                self._be(LinkState.FAILED, f"{type(error).__name__}: {error}")
                return

    async def _serve(self, link: Link) -> None:
        """Until the connection is no good any more; always ends by raising."""
        session, timing = self.session, self._timing
        self._count(connects=1)
        self._queue.clear()
        self._pong = None
        self._wake.set()
        log.info("%s connected", session.name)
        try:
            for text in session.opened(timing.steady_ns()):
                await link.send(text)
            self._look()
            await _first_of(self._listen(link), self._read(), self._ask_what_is_owed(), self._watch(link))
        except asyncio.CancelledError:  # we end it: nothing was lost
            self._be(LinkState.CLOSED)
            raise
        except BaseException:
            session.lost(timing.wall_ns(), GapReason.SEQUENCE)
            self._count(losses=1)
            raise
        finally:
            for task in self._asked.values():
                task.cancel()
            self._asked.clear()
            log.info("%s disconnected", session.name)

    def _lose(self, error: LinkLost) -> None:
        self._own = replace(self._own, last_loss=str(error))

    # what comes in

    async def _listen(self, link: Link) -> None:
        while True:
            payload = await link.receive()
            self._count(messages=1)
            ticket = self.session.ticket(payload)
            if not self._queue.put(payload, self._timing.wall_ns(), ticket):
                self._complain("burst", f"{len(self._queue):,} messages waited; changes of books were dropped")

    async def _read(self) -> None:
        while True:
            await self._queue.wait()
            stop = self._timing.steady_ns() + BUDGET_NS
            for stream, recv_ns in self._queue.overflowed().items():
                self.session.overflowed(stream, recv_ns)
            while (arrival := self._queue.get()) is not None:
                self._take(arrival.payload, arrival.recv_ns)
                if self._timing.steady_ns() >= stop:
                    break
            self._wake.set()
            self._look()
            await asyncio.sleep(0)

    def _take(self, payload: str | bytes, recv_ns: int) -> None:
        try:
            self.session.receive(payload, recv_ns, self._timing.steady_ns())
        except ParseError as error:
            self._count(malformed=1)
            self._complain("message", f"message refused: {error}")

    # what is asked

    async def _ask_what_is_owed(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._bug is not None:
                raise self._bug
            for request in self.session.requests(self._timing.steady_ns()):
                if request.subject not in self._asked:
                    task = asyncio.ensure_future(self._ask(request))
                    self._asked[request.subject] = task

    async def _ask(self, request: HttpRequest) -> None:
        session, timing = self.session, self._timing
        quiet_s = (self._quiet_until_ns - timing.steady_ns()) / NS_PER_S
        wait_s = max(request.delay_s, quiet_s)
        if wait_s > 0:
            await timing.pause(wait_s)
        try:
            body = await self._tools.http.get(request.url)
            session.answered(request, body, timing.wall_ns(), timing.steady_ns())
        except Refused as error:
            self._count(refusals=1)
            self._quiet_until_ns = timing.steady_ns() + round(error.wait_s * NS_PER_S)
            until_ns = timing.wall_ns() + round(error.wait_s * NS_PER_S)
            self._own = replace(self._own, until_ns=until_ns)
            session.unanswered(request)
            self._complain("refusal", str(error))
        except ParseError as error:
            self._count(malformed=1)
            session.unanswered(request)
            self._complain("answer", f"answer refused: {error}")
        except LinkLost as error:
            session.unanswered(request)
            self._complain("answer", str(error))
        except Exception as error:  # noqa: BLE001  told by the task that waits for it, see above
            self._bug = error
        finally:
            self._asked.pop(request.subject, None)
            self._wake.set()
            self._look()

    # signs of life

    async def _watch(self, link: Link) -> None:
        began = pinged = self._timing.steady_ns()
        while True:
            await self._timing.beat(BEAT_S)
            now = self._timing.steady_ns()
            self._look()
            self._wake.set()
            if (reason := self.session.check(now)) is not None:
                raise LinkLost(reason)
            if now - began >= self._tools.limits.lifetime_ns:
                raise Planned("renewed before the venue's limit of 24 h")
            pinged = await self._beat(link, now, pinged)

    async def _beat(self, link: Link, now: int, pinged: int) -> int:
        """Ask for a sign of life, or see whether one came; when the last was asked for."""
        pong = self._pong
        if pong is not None and isinstance(pong, asyncio.Future) and pong.done():
            self._pong = pong = None
        if pong is not None:
            if now - pinged >= PONG_WITHIN_NS:
                raise LinkLost(f"no pong for {PONG_WITHIN_NS / NS_PER_S:.0f} s: the connection is half open")
        elif now - pinged >= PING_EVERY_NS:
            self._pong = await link.ping()
            return now
        return pinged

    # facts

    def _count(self, **by: int) -> None:
        for name, count in by.items():
            self._counts[name] += count

    def _look(self) -> None:
        """Ask the session what the connection is good for."""
        state, reason = self.session.condition
        until_ns = self._own.until_ns
        if until_ns is not None and self._timing.wall_ns() < until_ns and state is not LinkState.LIVE:
            self._be(LinkState.BANNED, "the venue asked to wait before the next snapshot", until_ns)
        else:
            self._be(state, reason)
        self._tools.changed()

    def _be(self, state: LinkState, reason: str = "", until_ns: int | None = None, wait_ns: int = 0) -> None:
        was = self._own
        since = was.since_ns if was.state is state else self._timing.wall_ns()
        self._own = replace(was, state=state, reason=reason, since_ns=since, until_ns=until_ns, wait_ns=wait_ns)
        if was.state is not state:
            log.info("%s: %s", self.session.name, self._own.words)
            self._tools.changed()

    async def _wait(self, seconds: float, state: LinkState, reason: str) -> None:
        until_ns = self._timing.wall_ns() + round(seconds * NS_PER_S)
        self._be(state, reason, until_ns, round(seconds * NS_PER_S))
        await self._timing.pause(seconds)

    def _complain(self, what: str, text: str) -> None:
        """One line a minute of one kind; the counts say the rest."""
        now = self._timing.steady_ns()
        if now - self._complained.get(what, now - COMPLAIN_EVERY_NS) >= COMPLAIN_EVERY_NS:
            self._complained[what] = now
            log.warning("%s: %s", self.session.name, text)


async def insist(work: Callable[[], Awaitable[T]], tools: Tools, told: Callable[[LinkFacts], None], name: str) -> T:
    """The result of something without which nothing begins, tried until it comes; each failure is told.

    Args:
        work: Raises LinkLost, Refused or ParseError while it does not work.
    """
    backoff, timing = Backoff(tools.random), tools.timing
    while True:
        told(LinkFacts(name, LinkState.CONNECTING, since_ns=timing.wall_ns()))
        try:
            return await work()
        except Refused as error:
            wait_s, state, reason = error.wait_s, LinkState.BANNED, str(error)
        except (LinkLost, ParseError) as error:
            wait_s, state, reason = backoff.next_s(), LinkState.BACKOFF, str(error)
        now, wait_ns = timing.wall_ns(), round(wait_s * NS_PER_S)
        told(LinkFacts(name, state, reason, now, now + wait_ns, wait_ns))
        await timing.pause(wait_s)


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one raises; the others are ended, and it is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
