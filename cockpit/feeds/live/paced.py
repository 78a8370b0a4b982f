"""Runs a market in real time: a thread steps it by the steady clock and appends what happened to the live log."""

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from cockpit.clock import SteadyClock
from cockpit.errors import ConfigError
from cockpit.events.market import Chunk, Slice
from cockpit.feeds.live.log import EventLog
from cockpit.units import NS_PER_MS, NS_PER_S

log = logging.getLogger(__name__)

STEP_S: Final = 0.016  # a frame: a shorter one costs the interpreter, not the eye
MOST_STEP_NS: Final = 250 * NS_PER_MS  # of steady time made up for at once; a machine that slept goes on from there
SPEEDS: Final = (0.1, 1000.0)


class Market(Protocol):
    """Something that can be stepped along its own clock; the same bytes whatever the steps."""

    @property
    def now_ns(self) -> int:
        """Where it stands, ns UTC."""
        ...

    def step(self, until_ns: int) -> Chunk:
        """What happens up to ``until_ns``, ticks too; ``seq`` goes on without holes."""
        ...


class Keeps(Protocol):
    """What keeps the events: the flight recorder."""

    def turn_over(self, clock_ns: int, next_seq: int) -> None:
        """At a whole second: begin another tape if it is time."""
        ...

    def write(self, piece: Slice) -> None:
        """Keep the next events."""
        ...


class PacedFeed:
    """The live side of a simulated market.

    Args:
        market: Stepped from the feed's thread only, once started.
        events: Where its events go.
        keeps: Gets every slice after the log has it; None keeps nothing.
        steady_ns: A clock that never goes back.
        speed: Multiple of real time, 0.1 to 1000.
        after_s: How long after the start it takes its first step.
    """

    def __init__(
        self,
        market: Market,
        events: EventLog,
        keeps: Keeps | None,
        steady_ns: Callable[[], int] | None = None,
        speed: float = 1.0,
        after_s: float = 0.0,
    ) -> None:
        self._market, self._events, self._keeps = market, events, keeps
        self._after_s = after_s
        self._steady_ns = steady_ns or SteadyClock().now_ns
        self._lock = threading.Lock()
        self._halt = threading.Event()
        self._anchor: tuple[int, int] | None = None
        self._speed = 1.0
        self.set_speed(speed)
        self._thread = threading.Thread(target=self._run, name="market", daemon=True)

    @property
    def speed(self) -> float:
        """Multiple of real time."""
        return self._speed

    @property
    def pace(self) -> tuple[int, int, float] | None:
        """A steady instant, the market's clock then, and clock per steady time; None before the first step."""
        with self._lock:
            return None if self._anchor is None else (*self._anchor, self._speed)

    def set_speed(self, speed: float) -> None:
        """Run faster or slower from now on.

        Raises:
            ConfigError: Outside 0.1 to 1000.
        """
        low, high = SPEEDS
        if not low <= speed <= high:
            raise ConfigError(f"a simulated market runs at {low:g}x to {high:g}x, not at {speed:g}x")
        with self._lock:
            self._speed, self._anchor = speed, None

    def start(self) -> None:
        """Let time pass."""
        self._thread.start()

    def stop(self) -> None:
        """End it; returns when the thread has ended."""
        self._halt.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            if not self._halt.wait(self._after_s) and self._keeps is not None:
                self._keeps.turn_over(self._market.now_ns, self._events.next_seq)
            while not self._halt.wait(STEP_S):
                self.turn()
        except Exception as error:  # noqa: BLE001  whatever it is, the screen must say that the market stopped
            log.exception("the simulated market stopped")
            self._events.close(f"the simulated market stopped: {type(error).__name__}: {error}")
        else:
            self._events.close()

    def turn(self) -> None:
        """Step to where the steady clock says; the thread's work, callable alone in tests."""
        target = self._due()
        second = target - target % NS_PER_S
        if second > self._market.now_ns:  # whole seconds are stepped to: there a snapshot can be taken
            self._step(second)
            if self._keeps is not None:
                self._keeps.turn_over(second, self._events.next_seq)
        if target > self._market.now_ns:
            self._step(target)

    def _step(self, until_ns: int) -> None:
        chunk = self._market.step(until_ns)
        piece = self._events.append(chunk.batches, chunk.first_seq, chunk.next_seq)
        if self._keeps is not None:
            self._keeps.write(piece)

    def _due(self) -> int:
        now = self._steady_ns()
        with self._lock:
            if self._anchor is None:
                self._anchor = (now, self._market.now_ns)
            began, clock = self._anchor
            target = clock + round((now - began) * self._speed)
            most = self._market.now_ns + round(MOST_STEP_NS * self._speed)
            if target > most:  # the machine slept, or the market cannot keep up: no burst to catch up
                target = most
                self._anchor = (now, target)
        return max(target, self._market.now_ns)
