"""The replay: one position on the clock, moved by play, step and seek, through one river and its engines."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch, Slice
from cockpit.state.hops import Hops
from cockpit.state.keyframes import Keyframe, Keyframes
from cockpit.state.river import River
from cockpit.state.router import Router
from cockpit.units import NS_PER_S, Times

SPEEDS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 60.0, 120.0, 300.0, 1000.0, math.inf)
PAST_THE_END: Final = 2**62  # more events than any recording has
SLICE_EVENTS: Final = 8_192  # about 2 ms of book events; the pump looks at its budget between slices
MOST_SLICE_EVENTS: Final = 32_768  # of ticks in a silence, a hundred times cheaper than book events
SLICE_NS: Final = 2_000_000  # a slice that took less may be followed by a longer one

SteadyNs = Callable[[], int]  # a monotonic clock, handed in: state owns none
Sink = Callable[[Slice, tuple[Batch, ...]], None]


class Playback:
    """Moves a river through a router.

    ``advance`` is called by the pump with a time budget; everything else only sets what is wanted.

    Args:
        river, router: Fresh ones of the same recording.
        keyframes: Shared with the background index.
        sink: Gets every slice played forward live (not while seeking): the recorder's door.
    """

    def __init__(self, river: River, router: Router, keyframes: Keyframes, sink: Sink | None = None) -> None:
        self._river = river
        self.router = router
        self.keyframes = keyframes
        self.sink = sink
        self.hops: Hops | None = None  # told when played events were applied
        self._played: Slice | None = None
        self.is_playing = False
        self.speed = 1.0
        self.at_end = False
        self.clock_ns: int | None = river.next_clock_ns()  # the playhead, continuous between events
        self.reached: float | None = None
        self._stop_ns: int | None = None
        self._goal_seq: int | None = None  # seek: apply events below this sequence
        self._goal_ns: int | None = None  # seek: apply events up to this clock
        self._anchor: tuple[int, int] | None = None  # (steady, clock) where pacing began
        self._reach_from: tuple[int, int] | None = None
        self._slice_events = SLICE_EVENTS
        self._held: Slice | None = None  # taken from the river, waiting for a chain to be worked out
        self._is_reading = False  # the next events are not read yet: a little a turn
        self._origin = self.clock_ns
        if not len(keyframes):
            keyframes.add(Keyframe.of(router, river.mark()))

    @property
    def seeking(self) -> bool:
        """Whether a jump is under way; states are not published until it is over."""
        return self._goal_seq is not None or self._goal_ns is not None

    def play(self) -> None:
        """Run at ``speed``."""
        if not self.at_end:
            self.is_playing, self._anchor, self._reach_from = True, None, None

    def pause(self) -> None:
        """Stand still."""
        self.is_playing, self._anchor, self.reached = False, None, None

    def stop_at(self, clock_ns: int) -> None:
        """Pause the play, once, when every event up to this clock has been applied."""
        self._stop_ns = clock_ns

    def set_speed(self, speed: float) -> None:
        """Multiple of real time; ``inf`` is as fast as it goes."""
        self.speed = min(max(speed, SPEEDS[0]), math.inf)
        self._anchor, self._reach_from = None, None

    def step_speed(self, by: int) -> None:
        """``by`` places up or down the ladder of speeds."""
        nearest = min(range(len(SPEEDS)), key=lambda place: abs(_log(SPEEDS[place]) - _log(self.speed)))
        self.set_speed(SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)])

    @property
    def is_waiting(self) -> bool:
        """Whether the next events are being read, or wait for a chain to be worked out in the background."""
        return self._is_reading or self._held is not None

    def seek(self, clock_ns: int) -> None:
        """Jump so that exactly the events with clock <= clock_ns have been applied."""
        self._let_go()
        if self._origin is not None and clock_ns < self._origin:
            self._jump(self.keyframes.before_seq(0))
            self.clock_ns = self._origin
            return
        frame = self.keyframes.before_clock(clock_ns + 1)
        here = self.router.clock_ns
        if here is None or here > clock_ns or frame.seq > self.router.next_seq:
            self._jump(frame)
        self._goal_ns, self._goal_seq = clock_ns, None
        self.clock_ns = clock_ns

    def rebuild(self) -> None:
        """Play again from a keyframe to where the playhead stands: failed engines get another chance."""
        if self.clock_ns is not None:
            at = self.clock_ns
            self._jump(self.keyframes.before_clock(at))
            self._goal_ns, self._goal_seq = at, None

    def give_up(self) -> None:
        """Stand still where reading failed."""
        self.pause()
        self._goal_seq = self._goal_ns = None
        self.clock_ns = self.router.clock_ns

    def seek_end(self) -> None:
        """Jump behind the last event."""
        self._let_go()
        self._goal_seq, self._goal_ns = PAST_THE_END, None

    def step_events(self, by: int) -> None:
        """Forward or back by source events (ticks do not count); pauses."""
        self.pause()
        self._let_go()
        if by < 0:
            for _ in range(-by):
                self._back_one()
        elif by > 0:
            self._forward(by)

    def step_seconds(self, by: float) -> None:
        """Forward or back by seconds of clock."""
        if self.clock_ns is not None:
            self.seek(self.clock_ns + round(by * NS_PER_S))

    def advance(self, steady: SteadyNs, budget_ns: int) -> bool:
        """Do due work for at most about ``budget_ns``; True when anything was applied."""
        stop = steady() + budget_ns
        while self._is_reading and (self.seeking or self.is_playing):
            if self._river.is_ready():
                self._is_reading = False
            elif steady() >= stop:
                return False
        if self.seeking:
            return self._chase(steady, stop)
        if not self.is_playing:
            return False
        return self._run(steady, stop)

    def due_at(self, clock_ns: int) -> int | None:
        """Steady time at which an event of this clock is due by the present pacing; None without any."""
        if self._anchor is None or math.isinf(self.speed):
            return None
        began, clock = self._anchor
        return began + round((clock_ns - clock) / self.speed)

    def _dues(self, clocks: Times) -> Times:
        """``due_at`` of many clocks, while there is a pace."""
        began, clock = self._anchor or (0, 0)
        return began + np.rint((clocks - clock) / self.speed).astype(np.int64)

    def _tell_hops(self, steady_ns: int) -> None:
        piece, self._played = self._played, None
        if self.hops is not None and piece is not None:
            has_pace = self._anchor is not None and not math.isinf(self.speed)
            self.hops.applied(piece, self._dues if has_pace else None, steady_ns)

    def finish(self) -> None:
        """Complete a pending jump now, however long it takes."""
        while self.seeking:
            self._let_go()
            self._chase(lambda: 0, 1)

    def _run(self, steady: SteadyNs, stop: int) -> bool:
        until = self._due(steady())
        if self._stop_ns is not None and (until is None or until >= self._stop_ns):
            until = self._stop_ns
        moved = False
        while not self.at_end:
            piece = self._apply(SLICE_EVENTS, until, live=True)
            moved = moved or piece > 0
            self._tell_hops(steady())
            if piece == 0 or steady() >= stop:
                break
        if self._held is not None:
            self._anchor = None  # the clock stands still with the events
        self._is_reading = self._is_reading or not self._river.is_ready()  # settling asks what comes next
        if self.is_waiting:
            return moved
        self._settle(until)
        if until is not None and until == self._stop_ns and self.clock_ns == until:
            self.pause()
            self._stop_ns = None  # once; playing goes on from here when asked
        self._measure(steady())
        return moved

    def _due(self, steady_ns: int) -> int | None:
        """Clock up to which events are due now; None at max speed."""
        if math.isinf(self.speed):
            return None
        if self._anchor is None:
            self._anchor = (steady_ns, self.clock_ns or 0)
        began, clock = self._anchor
        return clock + round((steady_ns - began) * self.speed)

    def _settle(self, until: int | None) -> None:
        """Move the playhead to where events have been applied, or to the due instant when all of them were."""
        applied = self.router.clock_ns
        following = self._river.next_clock_ns()
        if following is None:
            self.at_end = True
            self.pause()
        if until is not None and following is not None and following > until:
            self.clock_ns = until
        elif applied is not None:
            self.clock_ns = applied
            if until is not None:
                self._anchor = None  # could not keep up: pace from here instead of catching up in a burst

    def _measure(self, steady_ns: int) -> None:
        if self.clock_ns is None or not self.is_playing:
            return
        if self._reach_from is None:
            self._reach_from = (steady_ns, self.clock_ns)
        began, clock = self._reach_from
        if steady_ns - began >= NS_PER_S:
            self.reached = (self.clock_ns - clock) / (steady_ns - began)
            self._reach_from = (steady_ns, self.clock_ns)

    def _chase(self, steady: SteadyNs, stop: int) -> bool:
        moved = False
        while self.seeking:
            limit = self._slice_events
            if self._goal_seq is not None:
                limit = min(limit, self._goal_seq - self.router.next_seq)
            if limit <= 0 or self._timed(steady, limit, self._goal_ns) == 0:
                if self.is_waiting:
                    return moved
                self._arrive()
                return True
            moved = True
            if steady() >= stop:
                break
        return moved

    def _arrive(self) -> None:
        following = self._river.next_clock_ns()
        self.at_end = following is None
        if self.at_end or (self._goal_ns is None and self.router.clock_ns is not None):
            self.clock_ns = self.router.clock_ns
        self._goal_seq = self._goal_ns = None
        self._anchor = self._reach_from = None

    def _timed(self, steady: SteadyNs, limit: int, until: int | None) -> int:
        """``_apply``, and the next slice longer or shorter by what this one took; results do not depend on it."""
        began = steady()
        events = self._apply(limit, until, live=False)
        took = steady() - began
        if took > SLICE_NS:
            self._slice_events = SLICE_EVENTS
        elif events == self._slice_events and took < SLICE_NS // 2:
            self._slice_events = min(2 * self._slice_events, MOST_SLICE_EVENTS)
        return events

    def _apply(self, limit: int, until: int | None, *, live: bool) -> int:
        """Take and apply one slice; returns its events, 0 when nothing is due or left, or when it has to wait."""
        self._is_reading = self._held is None and not self._river.is_ready()
        if self._is_reading:
            return 0
        piece = self._held or self._river.take(limit, until)
        if piece is None or piece.events == 0:
            return 0
        if not self.router.is_ready_for(piece):
            self._held = piece
            return 0
        self._held = None
        self._take(piece, live=live)
        return piece.events

    def _take(self, piece: Slice, *, live: bool) -> None:
        derived = self.router.apply(piece)
        self._observe(piece, derived)
        if live and self.sink is not None:
            self.sink(piece, derived)
        self._played = piece if live else None
        if not self.router.stopped and self.keyframes.wants(self.router.next_seq):
            self.keyframes.add(Keyframe.of(self.router, self._river.mark()))

    def _observe(self, piece: Slice, derived: tuple[Batch, ...]) -> None:
        """Everything that is applied passes here; a live session learns from it what a recording is read for."""

    def _let_go(self) -> None:
        """Apply what waits, now: somebody wants to go elsewhere."""
        piece, self._held = self._held, None
        if piece is not None:
            self._take(piece, live=not self.seeking)

    def _forward(self, by: int) -> None:
        self.finish()
        while by > 0:
            piece = self._river.take(1)
            if piece is None or not piece.events:
                self.at_end = True
                return
            derived = self.router.apply(piece)
            if self.sink is not None:
                self.sink(piece, derived)
            by -= sum(len(batch) for batch in piece.batches if batch.kind is not Kind.TICK)
        self.clock_ns = self.router.clock_ns
        self.at_end = self._river.next_clock_ns() is None

    def _back_one(self) -> None:
        self.finish()
        last = self.router.last_event_seq
        if last < 0:
            return
        self._jump(self.keyframes.before_seq(last))
        self._goal_seq, self._goal_ns = last, None
        self.finish()

    def _jump(self, frame: Keyframe) -> None:
        self._held, self._is_reading = None, False
        if self.hops is not None:
            self.hops.forget()
        self._river.restore(frame.mark)
        self.router.thaw(frame.engines)
        self.at_end = False
        self._anchor = self._reach_from = None
        self.reached = None


def _log(speed: float) -> float:
    return math.log(min(speed, 1e6))
