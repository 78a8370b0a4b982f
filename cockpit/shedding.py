"""Between the governor and the clocks: frames' costs in, the load of the screen out, one log line a change."""

import logging
from collections.abc import Callable
from typing import Final

from cockpit.clock import Clock, WallClock
from cockpit.state.governor import Governor, load_of
from cockpit.state.views import Load
from cockpit.units import NS_PER_MS

log = logging.getLogger(__name__)

EVERY_NS: Final = 500 * NS_PER_MS


class Shedding:
    """Asks the governor twice a second and tells changes.

    Args:
        tell: Gets the load when it changed.
        wall: For the "since" a person reads.
    """

    def __init__(
        self, tell: Callable[[Load], None], governor: Governor | None = None, wall: Clock | None = None
    ) -> None:
        self._tell = tell
        self._governor = governor or Governor()
        self._wall = wall or WallClock()
        self._asked_ns = 0
        self.load = Load()

    def observe(self, at_ns: int, cost_ns: int) -> None:
        """A frame ended."""
        self._governor.observe(at_ns, cost_ns)

    def step(self, at_ns: int) -> None:
        """Look whether anything has to change; cheap when it was asked a moment ago."""
        if at_ns - self._asked_ns < EVERY_NS:
            return
        self._asked_ns = at_ns
        level = self._governor.step(at_ns)
        if level != self.load.level:
            self.load = load_of(level, self._wall.now_ns())
            log.info("shedding: %s", ", ".join(self.load.shed) or "nothing any more")
            self._tell(self.load)
