"""What little moves by itself: drawers, banners and needles, for 120 to 150 ms. Values cut, they never count up.

With "reduce motion" and in a replay faster than 4x everything is where it belongs at once, and while frames cost
more than there is time (``state/governor.py``).
Source: ``design.md`` 5 "Motion".
"""

import weakref
from collections.abc import Callable
from math import exp
from typing import Final, Protocol

from cockpit.state.screen import Screen
from cockpit.units import NS_PER_MS
from cockpit.widgets.desk import Later
from cockpit.widgets.theme import Theme

EASE_MS: Final = 120.0
FOLLOW_MS: Final = 150.0  # after which a follower is within 1 % of a step
RATE: Final = 6.64 / FOLLOW_MS  # per ms: (1 + x) e^-x is 1 % at x = 6.64
FASTEST: Final = 4.0  # replay speed up to which needles follow
NEAR: Final = 1e-3  # of the way, from which it has arrived


class Timed(Later, Protocol):
    """Delayed jobs and the time they are measured in; the ``FrameClock``."""

    def now_ns(self) -> int:
        """Steady time."""
        ...


def eased(part: float) -> float:
    """Place after a part of the time, both 0-1: fast at first, gentle at the end (cubic ease-out)."""
    left = 1.0 - min(max(part, 0.0), 1.0)
    return 1.0 - left**3


class Follower:
    """A value that goes to its target as a critically damped spring does: no overshoot, whatever the steps are."""

    def __init__(self) -> None:
        self.value: float | None = None
        self._target = 0.0
        self._speed = 0.0
        self._way = 0.0

    def aim(self, target: float | None, *, at_once: bool) -> bool:
        """Take another target; returns whether there is a way to go. None and the first target are at once."""
        if target is None or self.value is None or at_once:
            self.value, self._speed = target, 0.0
            self._target = target or 0.0
            return False
        if target != self._target:
            self._target, self._way = target, abs(target - self.value)
        return self.value != target

    def step(self, ms: float) -> bool:
        """Go on for so long; returns whether there is a way left. Two half steps end where a whole one does."""
        if self.value is None or self.value == self._target:
            return False
        off = self.value - self._target
        push = self._speed + RATE * off
        fade = exp(-RATE * ms)
        off, self._speed = (off + push * ms) * fade, (self._speed - RATE * push * ms) * fade
        if abs(off) <= NEAR * max(self._way, 1e-9):
            self.value, self._speed = self._target, 0.0
            return False
        self.value = self._target + off
        return True


class Motion:
    """Runs movements with the frames of the screen.

    Args:
        clock: Frames and their time.
        screen: How fast a replay runs.
    """

    def __init__(self, clock: Timed, theme: Theme, screen: Screen) -> None:
        self._clock, self._theme, self._screen = clock, theme, screen

    @property
    def is_off(self) -> bool:
        """Whether nothing moves by itself now."""
        replay = self._screen.replay.value
        return self._is_still or (replay.is_playing and replay.speed > FASTEST)

    @property
    def _is_still(self) -> bool:
        return self._theme.still or self._screen.load.value.motion_rests

    def ease(self, key: str, move: Callable[[float], object]) -> None:
        """Call ``move`` with places from 0 to 1 for 120 ms, the last one 1; with 1 alone where nothing moves.

        Args:
            key: Of the movement; another one of the same key takes its place.
            move: A bound method; the movement ends with its object.
        """
        if self._is_still:
            self._clock.cancel(key)
            move(1.0)
            return
        move(0.0)
        self._run(key, _Ease(_weak(move), self._clock.now_ns()))

    def follow(self, key: str, follower: Follower, moved: Callable[[], object]) -> None:
        """Let a follower go to its target, ``moved`` being called after each step; ``moved`` is a bound method."""
        self._run(key, _Follow(follower, weakref.WeakMethod(moved), self._clock.now_ns()))

    def _run(self, key: str, movement: Callable[[int], bool]) -> None:
        def frame() -> None:
            if movement(self._clock.now_ns()):
                self._clock.later(key, 0, frame)

        self._clock.later(key, 0, frame)


def _weak(move: Callable[[float], object]) -> Callable[[], Callable[[float], object] | None]:
    return weakref.WeakMethod(move)


class _Ease:
    """One movement of 120 ms."""

    def __init__(self, move: Callable[[], Callable[[float], object] | None], since_ns: int) -> None:
        self._move, self._since_ns = move, since_ns

    def __call__(self, now_ns: int) -> bool:
        move = self._move()
        if move is None:
            return False
        part = (now_ns - self._since_ns) / NS_PER_MS / EASE_MS
        move(eased(part))
        return part < 1.0


class _Follow:
    """One needle on its way."""

    def __init__(
        self, follower: Follower, moved: "weakref.WeakMethod[Callable[[], object]]", since_ns: int
    ) -> None:
        self._follower, self._moved, self._at_ns = follower, moved, since_ns

    def __call__(self, now_ns: int) -> bool:
        moved = self._moved()
        if moved is None:
            return False
        ms, self._at_ns = (now_ns - self._at_ns) / NS_PER_MS, now_ns
        goes_on = self._follower.step(ms)
        moved()
        return goes_on
