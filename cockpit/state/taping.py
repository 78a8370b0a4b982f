"""A recording on its way to a tape: first what was played before it began, then what is played from now on.

A tape is a whole run. One that began in the middle would replay a book without the orders that already rested, and
derived events that nobody can derive again; so the past is read once more from the start, and the player waits.
"""

from typing import Final, Protocol

from cockpit.events.market import Batch, Slice
from cockpit.state.playback import SteadyNs
from cockpit.state.river import River
from cockpit.state.router import Router

BLOCK_EVENTS: Final = 8_192  # as the player's: about 2 ms of engines


class TapeWriter(Protocol):
    """What a recording needs of a recorder; ``cockpit.feeds.tape.recorder.Recorder`` is one."""

    @property
    def failure(self) -> str | None:
        """Why it stopped, or None."""
        ...

    @property
    def bytes_written(self) -> int:
        """Bytes on disk so far."""
        ...

    @property
    def backlog(self) -> int:
        """Events handed over and not yet on disk."""
        ...

    def write(self, slice_: Slice, derived: tuple[Batch, ...]) -> None:
        """Keep a slice and what was derived from it."""
        ...

    def flush(self) -> None:
        """Make everything written so far recoverable."""
        ...

    def close(self) -> None:
        """End the recording; everything written is recoverable."""
        ...

    def seal(self) -> object:
        """Rewrite the closed tape in its final form; takes seconds for a long one."""
        ...


class Taping:
    """One running recording.

    Args:
        tape: Where it goes.
        river, router: Fresh ones of the recording that plays; they read the past.
        until_seq: Where the player stands.
    """

    def __init__(self, tape: TapeWriter, river: River, router: Router, until_seq: int) -> None:
        self.tape = tape
        self._river, self._router = river, router
        self._until_seq = until_seq

    @property
    def is_behind(self) -> bool:
        """Whether some of the past is not on the tape yet; the player must wait until it is."""
        return self._router.next_seq < self._until_seq and self.tape.failure is None

    def catch_up(self, steady: SteadyNs, stop_ns: int) -> None:
        """Write the past until it is done or the time is over."""
        while self.is_behind:
            piece = self._river.take(min(BLOCK_EVENTS, self._until_seq - self._router.next_seq))
            if piece is None:
                self._until_seq = self._router.next_seq  # the source ended early this time
                return
            self.tape.write(piece, self._router.apply(piece))
            if steady() >= stop_ns:
                return

    def finish_past(self) -> None:
        """Write the rest of the past now, however long it takes."""
        self.catch_up(lambda: 0, 1)

    def write(self, piece: Slice, derived: tuple[Batch, ...]) -> None:
        """Write what was just played, after all of the past."""
        self.finish_past()
        self.tape.write(piece, derived)

    @property
    def text(self) -> str:
        """``Recording 4.6 MB``, ``Recording the past, 43 %``; empty once it failed."""
        if self.tape.failure is not None:
            return ""
        if self.is_behind:
            return f"Recording the past, {100 * self._router.next_seq // self._until_seq} %"
        return f"Recording {self.tape.bytes_written / 1e6:.1f} MB"
