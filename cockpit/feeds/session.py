"""One venue's protocol without its sockets: texts in, events out; and what the runner must know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from cockpit.events.dtypes import GapReason
from cockpit.events.links import LinkState


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A question to the venue's REST interface.

    Attributes:
        url: Whole.
        subject: What it is about, as its session knows it; two of one subject are never on their way together.
        delay_s: Wait so long first.
    """

    url: str
    subject: str
    delay_s: float = 0.0


class Sort(Enum):
    """What may be done with a message that waits while newer ones come."""

    LEVEL = "level"  # the newest replaces all before
    FLOW = "flow"  # each counts; one that is dropped must be told
    CONTROL = "control"  # answers and notices: few, never dropped


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a text is, told without parsing it: its stream, and how it may be treated in a queue."""

    stream: str
    sort: Sort


class Session(Protocol):
    """The venue's side of one connection; called from one thread, never waits.

    ``now_ns`` is of a clock that never goes back, ``recv_ns`` of the wall clock.

    Attributes:
        name: For people.
    """

    name: str

    @property
    def url(self) -> str:
        """Where to connect; asked before each try."""
        ...

    @property
    def condition(self) -> tuple[LinkState, str]:
        """What the connection is good for while it is up, and why not for more."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """What only the session sees, by names of ``LinkCounts``."""
        ...

    def opened(self, now_ns: int) -> list[str]:
        """What to send after the connection came up."""
        ...

    def ticket(self, payload: str | bytes) -> Ticket:
        """What a text is, cheaply."""
        ...

    def receive(self, payload: str | bytes, recv_ns: int, now_ns: int) -> None:
        """Take one text; ParseError when it cannot be read, after which the session goes on."""
        ...

    def overflowed(self, stream: str, recv_ns: int) -> None:
        """Messages of a stream were dropped."""
        ...

    def requests(self, now_ns: int) -> list[HttpRequest]:
        """REST it is owed now; asked again after everything that happened."""
        ...

    def answered(self, request: HttpRequest, body: bytes, recv_ns: int, now_ns: int) -> None:
        """The answer to one of them; ParseError as ``receive``."""
        ...

    def unanswered(self, request: HttpRequest) -> None:
        """None came, or one that says no."""
        ...

    def check(self, now_ns: int) -> str | None:
        """Why the connection must be given up, such as a stream that never spoke; None while it need not."""
        ...

    def lost(self, recv_ns: int, reason: GapReason) -> None:
        """The connection went; everything of it that is on its way is void."""
        ...
