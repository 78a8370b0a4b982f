"""What a connection to a venue is doing, in words and numbers, for whoever shows it."""

from dataclasses import dataclass
from enum import Enum

from cockpit.instants import age_text, iso_utc
from cockpit.units import NS_PER_MS, NS_PER_S


class LinkState(Enum):
    """What it does now, worst last."""

    LIVE = "LIVE"
    CONNECTING = "CONNECTING"
    SYNCING = "SYNCING"  # connected, the first book is on its way
    RESYNCING = "RESYNCING"  # a book broke, the next snapshot is on its way
    STALLED = "STALLED"  # connected, yet something that should come does not
    BACKOFF = "BACKOFF"  # waits before it tries again
    BANNED = "BANNED"  # the venue said when it may be asked again
    FAILED = "FAILED"  # a bug, or something that trying again does not mend
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """How often what happened since the feed began.

    Attributes:
        messages: Received.
        connects: Connections that came up.
        losses: Connections that went, for whatever reason.
        breaks: Books that lost their chain.
        crosses: Books that crossed themselves, each begun anew.
        snapshots: Books begun or begun anew.
        old_snapshots: Snapshots older than the changes kept for them.
        malformed: Messages and answers that could not be read.
        repeats: Changes a book knew already.
        conflated: Messages replaced by a newer one of the same level before they were read.
        dropped: Changes and prints dropped because the queue was full; each broke its book.
        bursts: Times the queue ran full.
        stalls: Times a book stood still while trades printed.
        silences: Streams that were acknowledged and never spoke.
        refusals: Answers 429 and 418.
    """

    messages: int = 0
    connects: int = 0
    losses: int = 0
    breaks: int = 0
    crosses: int = 0
    snapshots: int = 0
    old_snapshots: int = 0
    malformed: int = 0
    repeats: int = 0
    conflated: int = 0
    dropped: int = 0
    bursts: int = 0
    stalls: int = 0
    silences: int = 0
    refusals: int = 0

    def told(self) -> tuple[tuple[str, int], ...]:
        """Names and counts of what is not 0, for a table."""
        pairs = ((name.replace("_", " "), getattr(self, name)) for name in self.__slots__)
        return tuple((name, count) for name, count in pairs if count)


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """One connection.

    Attributes:
        name: For people, ``Binance depth``.
        state: What it does now.
        reason: Why, for people; empty when there is nothing to say.
        since_ns: Wall clock of the last change of state, ns UTC.
        until_ns: Wall clock of the next try, ns UTC; None when nothing is waited for.
        wait_ns: How long that wait is, as it began.
        skew_ns: Local clock minus the venue's, as far as it is beyond what the way explains; None while unknown.
        counts: What happened so far.
        last_loss: Why the last connection went; empty before the first loss.
    """

    name: str
    state: LinkState
    reason: str = ""
    since_ns: int = 0
    until_ns: int | None = None
    wait_ns: int = 0
    skew_ns: int | None = None
    counts: LinkCounts = LinkCounts()
    last_loss: str = ""

    @property
    def words(self) -> str:
        """One line: ``BACKOFF 4.0 s: connection refused``."""
        head = self.state.value
        if self.state is LinkState.BACKOFF:
            head += f" {self.wait_ns / NS_PER_S:.1f} s"
        elif self.state is LinkState.BANNED and self.until_ns is not None:
            head += f" until {iso_utc(self.until_ns)[11:19]} UTC"
        return f"{head}: {self.reason}" if self.reason else head

    @property
    def skew_words(self) -> str:
        """``clock skew of 1,270 ms``; empty while none is known or worth telling."""
        if self.skew_ns is None or abs(self.skew_ns) < SKEW_TOLD_NS:
            return ""
        side = "behind" if self.skew_ns < 0 else "ahead of"
        size = abs(self.skew_ns)
        text = f"{size / NS_PER_MS:,.0f} ms" if size < MILLIS_UP_TO_NS else age_text(size)
        return f"clock skew of {text}: this machine is {side} the venue"


MILLIS_UP_TO_NS = 10 * NS_PER_S
SKEW_TOLD_NS = 100 * NS_PER_MS  # below it, latencies are still worth reading
