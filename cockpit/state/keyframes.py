"""Moments of a recording that can be jumped to: position of the river and state of every engine."""

import bisect
import threading
from dataclasses import dataclass, replace
from typing import Any, Final

from cockpit.ring import Frozen, begins_with, same_memory
from cockpit.state.lane import FrozenLane
from cockpit.state.router import FrozenRouter, Router

SPACING_EVENTS: Final = 200_000  # replaying this many takes some 50 ms: a seek is a thaw plus at most that
GROWN: Final = ("prints", "best", "detections")  # of a lane: an older frame has the beginning of a later one's
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

    @classmethod
    def of(cls, router: Router, mark: Any) -> "Keyframe":
        """The moment a router stands at.

        Args:
            mark: Of its river, after the same event.
        """
        return cls(router.next_seq, router.clock_ns, router.last_event_seq, mark, router.freeze())


class Keyframes:
    """Keyframes by sequence; safe to add from the indexing thread while the pump reads.

    Args:
        most: How many are kept.
        recent: Whether only the older half is thinned when there are more: for a live session, where one goes
            back minutes rather than hours. Else all are, and the spacing doubles.
    """

    def __init__(self, most: int = MOST, *, recent: bool = False) -> None:
        self._most, self._recent = most, recent
        self._lock = threading.Lock()
        self._seqs: list[int] = []
        self._frames: list[Keyframe] = []
        self.spacing = SPACING_EVENTS
        self._untidy = 0  # of the first frames, those that may hold more than they need

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
            if len(self._seqs) > self._most:
                self._thin()
            self._untidy = len(self._frames) - 1

    def tidy(self) -> bool:
        """Let one frame go of what only it keeps alive; True while there may be more. For a live session.

        Histories that grew into another buffer since are taken from there, and liquidity is kept as far back as the
        newest frame keeps it: else frames of hours ago hold everything that was ever dropped. A jump to such a
        frame finds the book as it was and a history that begins there, or as far back as there is one.
        """
        with self._lock:
            self._untidy = min(self._untidy, len(self._frames) - 1)
            if self._untidy <= 0:
                return False
            frame = self._frames[self._untidy - 1]
            lighter = _lighter(frame, self._frames[-1])
            self._frames[self._untidy - 1] = lighter
            self._untidy -= lighter is frame
            return True

    def _thin(self) -> None:
        if self._recent:
            half = len(self._frames) // 2
            self._frames[:half] = self._frames[:half:2]
            self._seqs[:half] = self._seqs[:half:2]
            return
        self._frames = self._frames[::2]
        self._seqs = self._seqs[::2]
        self.spacing *= 2

    @property
    def oldest_ns(self) -> int | None:
        """Clock of the oldest one; None without any, or when it stands before the first event."""
        with self._lock:
            return self._frames[0].clock_ns if self._frames else None

    def drop_before(self, seq: int) -> None:
        """Drop those before ``seq``: what follows them can no longer be read. The last one stays."""
        with self._lock:
            gone = min(bisect.bisect_left(self._seqs, seq), len(self._seqs) - 1)
            if gone > 0:
                del self._seqs[:gone], self._frames[:gone]

    def before_seq(self, seq: int) -> Keyframe:
        """The last keyframe at or before ``seq``; the first one always is."""
        with self._lock:
            return self._frames[max(bisect.bisect_right(self._seqs, seq) - 1, 0)]

    def before_clock(self, clock_ns: int) -> Keyframe:
        """The last keyframe whose clock is before ``clock_ns``, so that playing on reaches all of it."""
        with self._lock:
            fits = [frame for frame in self._frames if frame.clock_ns is None or frame.clock_ns < clock_ns]
            return fits[-1] if fits else self._frames[0]


def _lighter(frame: Keyframe, newest: Keyframe) -> Keyframe:
    """A frame with one lane less to tidy; itself when there is none."""
    lanes = frame.engines.lanes
    for number, (lane, last) in enumerate(zip(lanes, newest.engines.lanes, strict=True)):
        lighter = _lighter_lane(lane, last)
        if lighter is not lane:
            engines = replace(frame.engines, lanes=(*lanes[:number], lighter, *lanes[number + 1 :]))
            return replace(frame, engines=engines)
    return frame


def _lighter_lane(lane: FrozenLane, last: FrozenLane) -> FrozenLane:
    changed: dict[str, Any] = {}
    for name in GROWN:
        mine, theirs = getattr(lane, name).rows, getattr(last, name).rows
        if not same_memory(mine, theirs) and begins_with(theirs, mine):
            changed[name] = Frozen(theirs[: len(mine)])
    heat, newest = lane.feed.heat, last.feed.heat
    if newest.chunks:
        lighter = heat.since(newest.chunks[0].cell).within(newest)
        if lighter is not heat:
            changed["feed"] = replace(lane.feed, heat=lighter)
    return replace(lane, **changed) if changed else lane
