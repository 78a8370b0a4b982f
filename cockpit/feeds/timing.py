"""Time for feeds: both clocks, and waiting; tests bring their own."""

import asyncio
from typing import Protocol

from cockpit.clock import SteadyClock, WallClock


class Timing(Protocol):
    """What a runner knows of time."""

    def steady_ns(self) -> int:
        """A clock that never goes back."""
        ...

    def wall_ns(self) -> int:
        """ns since the Unix epoch, UTC."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait, because trying at once would be wrong."""
        ...

    async def beat(self, seconds: float) -> None:
        """Wait until it is time to look again."""
        ...


class RealTime:
    """The machine's own time."""

    def __init__(self) -> None:
        self._steady, self._wall = SteadyClock(), WallClock()

    def steady_ns(self) -> int:
        """A clock that never goes back."""
        return self._steady.now_ns()

    def wall_ns(self) -> int:
        """ns since the Unix epoch, UTC."""
        return self._wall.now_ns()

    async def pause(self, seconds: float) -> None:
        """Wait, because trying at once would be wrong."""
        await asyncio.sleep(seconds)

    async def beat(self, seconds: float) -> None:
        """Wait until it is time to look again."""
        await asyncio.sleep(seconds)
