"""Runs the connections of one feed side by side; one that stops does not take the others with it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from cockpit.events.links import LinkFacts
from cockpit.feeds.runner import Runner
from cockpit.feeds.timing import Timing

BEAT_S: Final = 0.016  # a frame: what came is handed on as often


class Supervisor:
    """All connections of a feed.

    Args:
        runners: One a connection.
        hand_on: Called a frame; what it raises ends the feed.
        timing: Waits.
    """

    def __init__(self, runners: Sequence[Runner], hand_on: Callable[[], None], timing: Timing) -> None:
        self._runners, self._hand_on, self._timing = tuple(runners), hand_on, timing

    @property
    def facts(self) -> tuple[LinkFacts, ...]:
        """What each connection does now."""
        return tuple(runner.facts for runner in self._runners)

    async def run(self) -> None:
        """Run until cancelled."""
        tasks = [asyncio.ensure_future(runner.run()) for runner in self._runners]
        try:
            while True:
                await self._timing.beat(BEAT_S)
                self._hand_on()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._hand_on()
