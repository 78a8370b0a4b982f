"""How the desktop gets to the simulated market and to what was recorded: in worker threads, without a frozen frame.

Light to import: the market itself, with numba and all engines, comes when it is first opened.
"""

import asyncio
import os
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cockpit.errors import CockpitError, ConfigError
from cockpit.ring_settings import RingSettings, ring_settings
from cockpit.state.views import Loading, Session

if TYPE_CHECKING:
    from cockpit.state.dispatcher import Dispatcher
    from cockpit.state.recording import Opened

SEED: Final = 1  # of the market that opens when nothing else is asked for
MOST_SEED: Final = 2**32
ENVIRONMENT: Final = "COCKPIT_MARKET"


def seed_of(arguments: Namespace) -> int | None:
    """Seed of the simulated market to open with; None for none.

    Raises:
        ConfigError: Neither ``none`` nor a number of 32 bits.
    """
    text = str(getattr(arguments, "market", None) or os.environ.get(ENVIRONMENT) or SEED)
    if text.lower() == "none":
        return None
    if not text.isdigit() or int(text) >= MOST_SEED:
        raise ConfigError(f"--market {text}: a seed from 0 to {MOST_SEED - 1}, or none")
    return int(text)


class MarketDoor:
    """Opens the market and lists sessions for a dispatcher.

    Args:
        dispatcher: Gets the market; its screen is told what is under way.
        loop: Of the GUI thread.
        arguments: Speed, scenario and faults as the command line has them.
        recent: Paths of recordings opened before.
        settings: The file that says how much the flight recorder keeps.
    """

    def __init__(
        self,
        dispatcher: "Dispatcher",
        loop: asyncio.AbstractEventLoop,
        arguments: Namespace,
        recent: Callable[[], Sequence[str]],
        settings: Path,
    ) -> None:
        self._settings = settings
        self._dispatcher, self._loop, self._arguments, self._recent = dispatcher, loop, arguments, recent
        self._is_building = False

    async def open(self, seed: int | None) -> None:
        """Build the market, then show it, unless something else was opened by then."""
        dispatcher = self._dispatcher
        if self._is_building:
            dispatcher.notify("info", "Simulated market", "It is being built already.")
            return
        self._is_building, before = True, dispatcher.recording
        self._tell(Loading("Opening the simulated market"))
        ring = ring_settings(self._arguments, self._settings)
        if ring.trouble:
            dispatcher.notify("watch", "Flight recorder", f"{ring.trouble}. The usual bounds are used.")
        try:
            opened = await self._loop.run_in_executor(None, self._build, SEED if seed is None else seed, ring)
        except CockpitError as error:
            dispatcher.notify("high", "No simulated market", f"{error}. Ctrl+O opens a recording.")
            return
        finally:
            self._is_building = False
            self._tell(Loading())
        if dispatcher.recording is before and not dispatcher.is_closed:
            dispatcher.open(opened, at_end=True)
        elif opened.live is not None:
            await self._loop.run_in_executor(None, opened.live.close)

    def _build(self, seed: int, ring: RingSettings) -> "Opened":
        """In a worker thread, with the imports: they take as long as ten frames."""
        from cockpit.market import MarketWish, open_market  # noqa: PLC0415  see above

        given = self._arguments
        wish = MarketWish.of(
            seed,
            ring=ring,
            speed=getattr(given, "market_speed", 1.0),
            faults=tuple(getattr(given, "fault", ())),
            scenario=getattr(given, "scenario", "normal"),
        )
        return open_market(wish, self._tell_from_thread)

    async def list_sessions(self) -> None:
        """Fill the topic ``sessions``."""
        topic, recent = self._dispatcher.screen.sessions, tuple(self._recent())

        def publish(sessions: tuple[Session, ...]) -> None:
            self._loop.call_soon_threadsafe(topic.publish, sessions)

        def read() -> None:
            from cockpit.market import recorded_sessions  # noqa: PLC0415  see above

            recorded_sessions(recent, publish)

        await self._loop.run_in_executor(None, read)

    def _tell(self, state: Loading) -> None:
        self._dispatcher.screen.loading.publish(state)

    def _tell_from_thread(self, state: Loading) -> None:
        self._loop.call_soon_threadsafe(self._tell, state)
