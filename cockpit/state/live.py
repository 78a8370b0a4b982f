"""The playhead of a live session: at the edge it takes what comes; rewound it plays the past while live goes on.

The past is the same river from an earlier place, so that coming back to the edge leaves nothing out.
"""

import math
from typing import TYPE_CHECKING, Protocol

from cockpit.errors import ConfigError
from cockpit.events.links import LinkFacts
from cockpit.events.market import Batch, Slice
from cockpit.state.chains import ChainSolver
from cockpit.state.index import LiveIndex
from cockpit.state.keyframes import Keyframes
from cockpit.state.playback import PAST_THE_END, SLICE_EVENTS, Playback, Sink, SteadyNs
from cockpit.state.river import River
from cockpit.state.router import Router

if TYPE_CHECKING:
    from cockpit.state.past import Past


class Live(Protocol):
    """The feed of a live session, as the application built it."""

    @property
    def edge_ns(self) -> int | None:
        """Clock of its newest event; None before the first."""
        ...

    @property
    def first_seq(self) -> int:
        """The oldest event that can still be read."""
        ...

    @property
    def next_seq(self) -> int:
        """``seq`` of the event that comes next."""
        ...

    @property
    def failure(self) -> str | None:
        """Why it ended, for the user; None while it runs."""
        ...

    @property
    def is_strained(self) -> bool:
        """Whether a playhead far behind keeps too much of the past alive."""
        ...

    @property
    def links(self) -> tuple[LinkFacts, ...]:
        """Its connections to a venue; none when it is simulated."""
        ...

    @property
    def speed(self) -> float:
        """Multiple of real time; 1 unless it is simulated."""
        ...

    @property
    def pace(self) -> tuple[int, int, float] | None:
        """When its events are due: a steady instant, the clock then, clock per steady time; None when unknown."""
        ...

    def set_speed(self, speed: float) -> None:
        """Run a simulated market faster or slower; ConfigError for a real one."""
        ...

    @property
    def recorder(self) -> str:
        """What the flight recorder does, ``Ring 1.2 of 2.0 GB``; empty when it is off."""
        ...

    @property
    def ring_use(self) -> tuple[int, int]:
        """Bytes of the flight recorder's ring used, and its limit."""
        ...

    def bound_ring(self, gigabytes: float, days: float) -> None:
        """Let the flight recorder keep so much from now on."""
        ...

    @property
    def recorder_failure(self) -> str | None:
        """Why the flight recorder stopped; None while it runs."""
        ...

    def flush(self) -> None:
        """Make the recorder's tape recoverable up to now."""
        ...

    def close(self) -> None:
        """End feed and recorder."""
        ...


class LivePlayback(Playback):
    """Moves the river of a live session through a router.

    Args:
        river, router, keyframes, sink: As ``Playback``.
        live: The feed.
        index: Sees everything that passes for the first time.

    Attributes:
        is_following: Whether the playhead is at the edge and goes with it.
    """

    def __init__(
        self,
        river: River,
        router: Router,
        keyframes: Keyframes,
        live: Live,
        index: LiveIndex,
        sink: Sink | None = None,
    ) -> None:
        self._live, self._index = live, index
        super().__init__(river, router, keyframes, sink)
        self.is_following = True
        self.is_playing = True

    def begin_after(self, past: "Past", solver: ChainSolver) -> None:
        """Stand where a past ended, as if it had been played.

        Args:
            solver: Told of the chains that were worked out on the way.
        """
        end = past.frames[-1]
        for frame in past.frames:
            self.keyframes.add(frame)
        self._jump(end)
        self._index.thaw(past.index, self.router)
        for entries in end.engines.field.chains.values():
            for entry in entries:
                solver.remember(entry.solved)
        self.clock_ns = self.router.clock_ns

    @property
    def behind_ns(self) -> int:
        """How far the playhead is behind the edge, ns of clock."""
        edge = self._live.edge_ns
        return 0 if edge is None or self.clock_ns is None else max(edge - self.clock_ns, 0)

    def play(self) -> None:
        """Run at ``speed``; at the edge, go with it."""
        self.is_playing, self._anchor, self._reach_from = True, None, None

    def pause(self) -> None:
        """Stand still while live goes on."""
        super().pause()
        self.is_following = False

    def go_live(self) -> None:
        """Catch up with everything and follow the edge."""
        self.seek_end()
        self.is_playing, self.speed = True, 1.0

    def seek_end(self) -> None:
        """As ``go_live``, without playing on."""
        super().seek_end()
        self.is_following = True

    def seek(self, clock_ns: int) -> None:
        """Jump into the past; at or past the edge, to the edge."""
        edge = self._live.edge_ns
        if edge is not None and clock_ns >= edge:
            self.go_live()
            return
        if self.is_following:
            self.speed = 1.0
        self.is_following = False
        self._forget()
        oldest = self.keyframes.oldest_ns
        self._origin = oldest if oldest is not None else self._origin
        super().seek(clock_ns)

    def set_speed(self, speed: float) -> None:
        """At the edge the market's own, else the replay's."""
        if not self.is_following:
            super().set_speed(speed)
            return
        if math.isinf(speed):
            raise ConfigError("a market that is followed live has no max speed; rewind first")
        self._live.set_speed(speed)

    def step_speed(self, by: int) -> None:
        """``by`` places up or down the ladder of speeds."""
        if self.is_following:
            self.speed = self._live.speed
        super().step_speed(by)

    @property
    def shown_speed(self) -> float:
        """What the replay bar prints."""
        return self._live.speed if self.is_following else self.speed

    def advance(self, steady: SteadyNs, budget_ns: int) -> bool:
        """Do due work for at most about ``budget_ns``; True when anything was applied."""
        self._forget()
        if self.seeking or not self.is_following or not self.is_playing:
            return super().advance(steady, budget_ns)
        return self._follow(steady, steady() + budget_ns)

    def _follow(self, steady: SteadyNs, stop: int) -> bool:
        moved = False
        pace = self._live.pace
        self._anchor, self.speed = (None, 1.0) if pace is None else ((pace[0], pace[1]), pace[2])
        while self._apply(SLICE_EVENTS, None, live=True):
            moved = True
            self._tell_hops(steady())
            if steady() >= stop:
                break
        if moved:
            self.clock_ns = self.router.clock_ns
        return moved

    def _settle(self, until: int | None) -> None:
        """Reaching the edge means following it."""
        if self._river.next_clock_ns() is None and not self.is_waiting:
            self.is_following = True
            self.clock_ns = self.router.clock_ns
            self._anchor = None
        else:
            super()._settle(until)

    def _arrive(self) -> None:
        if self._goal_seq == PAST_THE_END or self._river.next_clock_ns() is None:
            self.is_following = True
            self.is_playing = True
            self.clock_ns = self.router.clock_ns
        elif self._goal_ns is None:
            self.clock_ns = self.router.clock_ns
        self._goal_seq = self._goal_ns = None
        self._anchor = self._reach_from = None

    def _forward(self, by: int) -> None:
        super()._forward(by)
        self.at_end = False

    def _observe(self, piece: Slice, derived: tuple[Batch, ...]) -> None:
        self._index.observe(piece, derived, self.router)

    def _forget(self) -> None:
        """Keyframes of what can no longer be read are of no use, nor is what only old ones keep alive."""
        self.keyframes.drop_before(self._live.first_seq)
        self.keyframes.tidy()
