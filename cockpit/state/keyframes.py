"""Moments of a recording that can be jumped to: position of the river and state of every engine."""

import bisect
import threading
from dataclasses import dataclass
from typing import Any, Final

from cockpit.state.router import FrozenRouter

SPACING_EVENTS: Final = 200_000  # replaying this many takes some 50 ms: a seek is a thaw plus at most that
MOST: Final = 512  # past it every second one is dropped and the spacing doubles


@dataclass(frozen=True, slots=True, eq=False)
class Keyframe:
    """The whole state just before event ``seq``.

    Attributes:
        seq: Sequence of the next event.
        clock_ns: Clock of the last event before; None at the very start.
        last_event_seq: Sequence of the last event that is no tick, -1 when there was none.
        mark: Position of the river.
        engines: State of the router.
    """

    seq: int
    clock_ns: int | None
    last_event_seq: int
    mark: Any
    engines: FrozenRouter


class Keyframes:
    """Keyframes by sequence; safe to add from the indexing thread while the pump reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seqs: list[int] = []
        self._frames: list[Keyframe] = []
        self.spacing = SPACING_EVENTS

    def __len__(self) -> int:
        return len(self._frames)

    def wants(self, seq: int) -> bool:
        """Whether a keyframe at ``seq`` would help: none lies within the spacing before it."""
        with self._lock:
            place = bisect.bisect_right(self._seqs, seq)
            return place == 0 or seq - self._seqs[place - 1] >= self.spacing

    def add(self, frame: Keyframe) -> None:
        """Keep a keyframe; one of the same sequence is replaced (it is equal)."""
        with self._lock:
            place = bisect.bisect_left(self._seqs, frame.seq)
            if place < len(self._seqs) and self._seqs[place] == frame.seq:
                self._frames[place] = frame
                return
            self._seqs.insert(place, frame.seq)
            self._frames.insert(place, frame)
            if len(self._seqs) > MOST:
                self._thin()

    def _thin(self) -> None:
        self._frames = self._frames[::2]
        self._seqs = self._seqs[::2]
        self.spacing *= 2

    def before_seq(self, seq: int) -> Keyframe:
        """The last keyframe at or before ``seq``; the first one always is."""
        with self._lock:
            return self._frames[max(bisect.bisect_right(self._seqs, seq) - 1, 0)]

    def before_clock(self, clock_ns: int) -> Keyframe:
        """The last keyframe whose clock is before ``clock_ns``, so that playing on reaches all of it."""
        with self._lock:
            fits = [frame for frame in self._frames if frame.clock_ns is None or frame.clock_ns < clock_ns]
            return fits[-1] if fits else self._frames[0]
