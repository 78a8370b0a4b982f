"""The bounded queue between a socket and its session: what is a level is conflated, what is dropped is told."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from cockpit.feeds.session import Sort, Ticket

MOST_WAITING: Final = 4096  # messages; some ten seconds of two busy instruments


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text and when it came, wall clock."""

    payload: str | bytes
    recv_ns: int
    stream: str


class ArrivalQueue:
    """Texts in the order of their arrival, at most so many.

    Args:
        most: When so many wait, all that wait of the streams with flow are dropped: a book that lost one change
            is broken anyway, and is whole again the sooner the less stands before its snapshot.

    Attributes:
        conflated, dropped, bursts: Counted as ``LinkCounts`` says.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._waiting: OrderedDict[int | str, Arrival] = OrderedDict()
        self._number = 0
        self._ready = asyncio.Event()
        self.conflated = self.dropped = self.bursts = 0
        self._overflowed: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, payload: str | bytes, recv_ns: int, ticket: Ticket) -> bool:
        """Take a text; False when the queue ran full by it."""
        fits = True
        if ticket.sort is Sort.LEVEL:
            if self._waiting.pop(ticket.stream, None) is not None:
                self.conflated += 1
            key: int | str = ticket.stream
        else:
            self._number += 1
            key = self._number if ticket.sort is Sort.FLOW else -self._number
        if len(self._waiting) >= self._most:
            self._shed(recv_ns)
            fits = False
        self._waiting[key] = Arrival(payload, recv_ns, ticket.stream)
        self._ready.set()
        return fits

    def _shed(self, recv_ns: int) -> None:
        self.bursts += 1
        for key in [each for each in self._waiting if isinstance(each, int) and each > 0]:
            self._overflowed[self._waiting.pop(key).stream] = recv_ns
            self.dropped += 1

    def overflowed(self) -> dict[str, int]:
        """Streams that lost messages since the last call, and when."""
        found, self._overflowed = self._overflowed, {}
        return found

    def get(self) -> Arrival | None:
        """The oldest; None when none waits."""
        if not self._waiting:
            self._ready.clear()
            return None
        return self._waiting.popitem(last=False)[1]

    async def wait(self) -> None:
        """Return when something waits."""
        await self._ready.wait()

    def clear(self) -> None:
        """Forget everything: its connection is gone."""
        self._waiting.clear()
        self._overflowed.clear()
        self._ready.clear()
