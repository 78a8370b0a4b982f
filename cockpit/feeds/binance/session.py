"""Binance USDⓈ-M live, without sockets: one session for books, one for prints and mark prices."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cockpit.errors import ParseError
from cockpit.events.dtypes import GapReason
from cockpit.events.links import LinkState
from cockpit.feeds.backoff import Backoff
from cockpit.feeds.binance.levels import Stamp
from cockpit.feeds.binance.market import MarketRows
from cockpit.feeds.binance.mirror import Mirror
from cockpit.feeds.binance.parse import Answer, Diff, Mark, Message, Other, Snapshot, Ticker, Trade, parse
from cockpit.feeds.binance.timeline import Timeline
from cockpit.feeds.binance.urls import Endpoint, depth_stream, market_streams
from cockpit.feeds.session import HttpRequest, Sort, Ticket
from cockpit.units import NO_TIME, NS_PER_MS, NS_PER_S

SILENT_NS: Final = 10 * NS_PER_S  # of a stream that speaks at least once a second, or ten times
QUIET_NS: Final = 30 * NS_PER_S  # the same once it has spoken
STALLED_NS: Final = 2 * NS_PER_S  # a book that stands still while trades print
HOPELESS_NS: Final = 15 * NS_PER_S  # the same, and the connection is given up
CROSS_EVERY_NS: Final = NS_PER_S
SNAPSHOT_FIRST_S, SNAPSHOT_CAP_S = 0.25, 16.0
_STREAM: Final = re.compile(r'\s*\{\s*"stream"\s*:\s*"([^"@]{1,40})@([a-zA-Z]{1,20})')
_SORTS: Final = {"depth": Sort.FLOW, "aggTrade": Sort.FLOW, "markPrice": Sort.LEVEL}
_HEAD: Final = 100
_CONTROL: Final = Ticket("", Sort.CONTROL)


class Pulse:
    """When books changed and trades printed last, by raw symbol; both sessions write and read it."""

    def __init__(self) -> None:
        self.changed_ns: dict[str, int] = {}
        self.printed_ns: dict[str, int] = {}

    def standstill_ns(self, symbol: str) -> int:
        """How long trades printed without a change of the book; 0 when they did not."""
        changed, printed = self.changed_ns.get(symbol), self.printed_ns.get(symbol)
        return 0 if changed is None or printed is None else max(printed - changed, 0)


class BinanceSession:
    """What both connections share: streams that must speak, and messages into rows.

    Args:
        name: For people.
        url: Where to connect.
        streams: Expected ones; True for those that speak all the time.
        rows: Where messages go; shared by both.
        timeline: The clock; shared by both.
        pulse: Shared by both.
    """

    def __init__(
        self, name: str, url: str, streams: Mapping[str, bool], rows: MarketRows, timeline: Timeline, pulse: Pulse
    ) -> None:
        self.name, self._url = name, url
        self._streams = dict(streams)
        self._rows, self._timeline, self._pulse = rows, timeline, pulse
        self._opened_ns: int | None = None
        self._heard_ns: dict[str, int] = {}
        self._notice = ""
        self._counts = {"silences": 0}

    @property
    def url(self) -> str:
        """Where to connect."""
        return self._url

    @property
    def counts(self) -> Mapping[str, int]:
        """Silences."""
        return self._counts

    @property
    def condition(self) -> tuple[LinkState, str]:
        """LIVE once every stream that speaks all the time has spoken."""
        waiting = [each for each, regular in self._streams.items() if regular and each not in self._heard_ns]
        if waiting:
            return LinkState.SYNCING, f"waits for {', '.join(waiting)}"
        return LinkState.LIVE, ""

    def opened(self, now_ns: int) -> list[str]:
        """The streams again as a command: only that is acknowledged, or refused in words."""
        self._opened_ns, self._notice = now_ns, ""
        self._heard_ns.clear()
        names = ",".join(f'"{each}"' for each in self._streams)
        return [f'{{"method":"SUBSCRIBE","params":[{names}],"id":1}}']

    def ticket(self, payload: str | bytes) -> Ticket:
        """By the stream's name, which stands first."""
        head = payload[:_HEAD]
        match = _STREAM.match(head if isinstance(head, str) else head.decode("utf-8", "replace"))
        if match is None or match[2] not in _SORTS:
            return _CONTROL
        return Ticket(f"{match[1]}@{match[2]}", _SORTS[match[2]])

    def receive(self, payload: str | bytes, recv_ns: int, now_ns: int) -> None:
        """Take one text; ParseError when it cannot be read."""
        try:
            message = parse(payload)
        except ParseError:
            self._rows.unreadable(payload, recv_ns)
            raise
        if isinstance(message, Answer):
            if message.error:
                self._notice = f"the venue refused the streams: {message.error}"
        elif isinstance(message, Other):
            if message.kind == "serverShutdown":
                self._notice = "the venue announced its shutdown"
        elif not isinstance(message, Snapshot):
            self._hear(message, now_ns)
            hear(self._timeline, message, recv_ns)
            self._rows.take(message, recv_ns)

    def _hear(self, message: Diff | Trade | Ticker | Mark, now_ns: int) -> None:
        depth, (prints, marks) = depth_stream(message.symbol), market_streams(message.symbol)
        if isinstance(message, Diff):
            self._heard_ns[depth] = self._pulse.changed_ns[message.symbol] = now_ns
        elif isinstance(message, Trade):
            self._heard_ns[prints] = self._pulse.printed_ns[message.symbol] = now_ns
        elif isinstance(message, Mark):
            self._heard_ns[marks] = now_ns

    def overflowed(self, stream: str, recv_ns: int) -> None:
        """Prints that were dropped are counted; no book breaks by them."""

    def requests(self, now_ns: int) -> list[HttpRequest]:
        """None."""
        return []

    def answered(self, request: HttpRequest, body: bytes, recv_ns: int, now_ns: int) -> None:
        """Nothing was asked."""

    def unanswered(self, request: HttpRequest) -> None:
        """Nothing was asked."""

    def check(self, now_ns: int) -> str | None:
        """A refusal, an announced end, or a stream that says nothing."""
        if self._notice or self._opened_ns is None:
            return self._notice or None
        for stream, is_regular in self._streams.items():
            heard = self._heard_ns.get(stream)
            if not is_regular or now_ns - (self._opened_ns if heard is None else heard) < self._patience(heard):
                continue
            self._counts["silences"] += 1
            if heard is None:
                return f"{stream} was acknowledged and says nothing for {SILENT_NS / NS_PER_S:.0f} s (wrong route?)"
            return f"{stream} says nothing for {QUIET_NS / NS_PER_S:.0f} s"
        return None

    @staticmethod
    def _patience(heard: int | None) -> int:
        return SILENT_NS if heard is None else QUIET_NS

    def lost(self, recv_ns: int, reason: GapReason) -> None:
        """Nothing is heard any more."""
        self._opened_ns = None
        self._heard_ns.clear()


class MarketSession(BinanceSession):
    """Prints and mark prices; a quiet instrument may go without prints for hours, never without its mark price."""

    def __init__(
        self, endpoint: Endpoint, symbols: Sequence[str], rows: MarketRows, timeline: Timeline, pulse: Pulse
    ) -> None:
        streams = {
            stream: is_regular
            for each in symbols
            for stream, is_regular in zip(market_streams(each), (False, True), strict=True)
        }
        super().__init__("Binance trades", endpoint.market(symbols), streams, rows, timeline, pulse)


class PublicSession(BinanceSession):
    """Books: changes from the stream, snapshots by REST.

    Args:
        mirror: Sees a book that crosses itself.
        random: For the waits between snapshots.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        symbols: Sequence[str],
        rows: MarketRows,
        timeline: Timeline,
        pulse: Pulse,
        mirror: Mirror,
        random: Callable[[], float],
    ) -> None:
        streams = dict.fromkeys(map(depth_stream, symbols), True)
        super().__init__("Binance books", endpoint.public(symbols), streams, rows, timeline, pulse)
        self._endpoint, self._symbols, self._mirror = endpoint, tuple(symbols), mirror
        self._waits = {each: Backoff(random, SNAPSHOT_FIRST_S, SNAPSHOT_CAP_S) for each in symbols}
        self._asked: set[str] = set()
        self._stalled: set[str] = set()
        self._stalls = self._crosses = 0
        self._crossed: dict[str, str] = {}  # how, of books that wait for their snapshot because of it
        self._looked_ns = 0

    @property
    def counts(self) -> Mapping[str, int]:
        """What happened to the books."""
        syncs = [self._rows.lines[each].sync.counts for each in self._symbols]
        names = ("snapshots", "breaks", "old_snapshots", "repeats")
        return {
            **self._counts,
            **{name: sum(getattr(each, name) for each in syncs) for name in names},
            "crosses": self._crosses,
            "stalls": self._stalls,
        }

    @property
    def condition(self) -> tuple[LinkState, str]:
        """Worst of the books."""
        wanted = self._unsynced()
        if wanted:
            again = any(self._rows.lines[each].sync.counts.snapshots for each in wanted)
            state = LinkState.RESYNCING if again else LinkState.SYNCING
            named = (f"{each} crossed itself ({self._crossed[each]})" if each in self._crossed else each
                     for each in wanted)  # fmt: skip
            return state, f"{', '.join(named)}: waits for a snapshot"
        if self._stalled:
            return LinkState.STALLED, f"{', '.join(sorted(self._stalled))}: trades print, the book stands still"
        return super().condition

    def _unsynced(self) -> list[str]:
        return [each for each in self._symbols if self._rows.lines[each].sync.wants_snapshot]

    def requests(self, now_ns: int) -> list[HttpRequest]:
        """A snapshot of each book that wants one and has begun to keep changes for it."""
        due: list[HttpRequest] = []
        for raw in self._unsynced():
            if raw not in self._asked and self._rows.lines[raw].sync.waiting and self._opened_ns is not None:
                wait = self._waits[raw]
                delay_s = wait.next_s() if wait.tries else 0.0
                wait.tries = max(wait.tries, 1)
                self._asked.add(raw)
                due.append(HttpRequest(self._endpoint.snapshot(raw), raw, delay_s))
        return due

    def answered(self, request: HttpRequest, body: bytes, recv_ns: int, now_ns: int) -> None:
        """Begin the book, or leave it wanting a newer snapshot."""
        self._asked.discard(request.subject)
        message = parse(body)
        if not isinstance(message, Snapshot):
            what = message.error if isinstance(message, Answer) else type(message).__name__
            raise ParseError(f"{request.subject}: no snapshot but {what}")
        hear(self._timeline, message, recv_ns)
        self._rows.take(message, recv_ns, request.subject)
        if not self._rows.lines[request.subject].sync.wants_snapshot:
            self._crossed.pop(request.subject, None)
            self._waits[request.subject].reset()

    def overflowed(self, stream: str, recv_ns: int) -> None:
        """A change that was dropped breaks its book."""
        raw = stream.partition("@")[0].upper()
        if raw in self._rows.lines:
            self._rows.lose(raw, recv_ns, GapReason.OVERFLOW)

    def unanswered(self, request: HttpRequest) -> None:
        """Ask again, later."""
        self._asked.discard(request.subject)

    def check(self, now_ns: int) -> str | None:
        """Also: books that stand still or cross themselves."""
        if now_ns - self._looked_ns >= CROSS_EVERY_NS:
            self._looked_ns = now_ns
            for raw in self._symbols:
                how = self._mirror.crossed(self._rows.lines[raw].id)
                if how is not None:
                    self._crosses += 1
                    self._crossed[raw] = how
                    self._rows.lose(raw, self._timeline.wall_ns, GapReason.VENUE)
        stalled = {each for each in self._symbols if self._pulse.standstill_ns(each) >= STALLED_NS}
        self._stalls += len(stalled - self._stalled)
        self._stalled = stalled
        for raw in stalled:
            if self._pulse.standstill_ns(raw) >= HOPELESS_NS:
                return f"{raw}: no change of the book for {HOPELESS_NS / NS_PER_S:.0f} s while trades print"
        return super().check(now_ns)

    def lost(self, recv_ns: int, reason: GapReason) -> None:
        """All books are broken until the next connection has their snapshots."""
        super().lost(recv_ns, reason)
        self._asked.clear()
        self._crossed.clear()
        self._stalled = set()
        for raw in self._symbols:
            self._pulse.changed_ns.pop(raw, None)
            self._rows.lose(raw, recv_ns, reason)


def hear(timeline: Timeline, message: Message, recv_ns: int) -> None:
    """Let the clock reach a message; ParseError when its time cannot be true."""
    if isinstance(message, (Answer, Other)):
        return
    matched = None if isinstance(message, Mark) else message.matched_ms
    stamp = Stamp.of(matched, message.sent_ms, recv_ns)
    sent_ns = NO_TIME if message.sent_ms is None else message.sent_ms * NS_PER_MS
    timeline.hear(stamp.clock_ns, sent_ns, recv_ns)
