"""How the desktop gets to a live venue: connects in a thread, says on the screen what is missing, and keeps trying.

Light to import: sockets and engines come when a venue is first asked for.
"""

import asyncio
import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cockpit.errors import ConfigError
from cockpit.ring_settings import ring_settings
from cockpit.state.views import Loading

if TYPE_CHECKING:
    from cockpit.events.links import LinkFacts
    from cockpit.live_venue import LiveLine
    from cockpit.state.dispatcher import Dispatcher
    from cockpit.state.recording import Opened

VENUES: Final = ("binance",)
ENDPOINT: Final = "COCKPIT_BINANCE_ENDPOINT"


def check_live(arguments: Namespace) -> None:
    """Refuse what cannot be connected to, before anything shows.

    Raises:
        ConfigError: Symbols or endpoint that are none, or given without a venue.
    """
    if getattr(arguments, "live", None) is None:
        if getattr(arguments, "symbols", None):
            raise ConfigError("--symbols goes with --live binance")
        return
    symbols_of(arguments)
    endpoint_of(arguments)


def symbols_of(arguments: Namespace) -> tuple[str, ...]:
    """The venue's symbols that the command line asks for, else the usual two."""
    from cockpit.feeds.binance.feed import SYMBOLS, parse_symbols  # noqa: PLC0415  see above

    text = getattr(arguments, "symbols", None)
    return parse_symbols(text) if text else SYMBOLS


def endpoint_of(arguments: Namespace) -> Any:
    """Where the venue is: ``--endpoint``, else the environment, else the venue's own addresses."""
    from cockpit.feeds.binance.urls import Endpoint  # noqa: PLC0415  see above

    text = getattr(arguments, "endpoint", None) or os.environ.get(ENDPOINT)
    return Endpoint.of(text) if text else Endpoint()


class LiveDoor:
    """Opens live venues for a dispatcher.

    Args:
        dispatcher: Gets the session; its screen is told what is under way.
        loop: Of the GUI thread.
        arguments: Symbols and endpoint as the command line has them.
        settings: The file that says how much the flight recorder keeps.
    """

    def __init__(
        self, dispatcher: "Dispatcher", loop: asyncio.AbstractEventLoop, arguments: Namespace, settings: Path
    ) -> None:
        self._dispatcher, self._loop, self._arguments, self._settings = dispatcher, loop, arguments, settings
        self._line: LiveLine | None = None
        self._told = ""
        self._before: object = None  # what was open when it began

    async def open(self, symbols: tuple[str, ...]) -> None:
        """Begin to connect, instead of whatever was being connected to; what is open stays until there is more."""
        await self.close()
        self._before = before = self._dispatcher.recording
        ring = ring_settings(self._arguments, self._settings)
        wanted = symbols or symbols_of(self._arguments)
        endpoint = endpoint_of(self._arguments)

        def made() -> "LiveLine":
            from cockpit.live_venue import LiveLine, LiveWish, warm  # noqa: PLC0415  see above

            warm()
            return LiveLine(
                LiveWish.of(wanted, endpoint, ring),
                lambda facts: self._in_loop(self._tell, facts),
                lambda opened: self._in_loop(self._show, opened, before),
                lambda why: self._in_loop(self._fail, why),
            )

        self._tell_title("Binance: CONNECTING")
        self._line = line = await self._loop.run_in_executor(None, made)
        line.start()

    async def close(self) -> None:
        """Give up a connection that has nothing to show yet; one that is open ends with its session."""
        line, self._line = self._line, None
        if line is not None:
            await self._loop.run_in_executor(None, line.stop)

    def abandon(self) -> None:
        """The application ends: the loop's end waits for the thread's."""
        if self._line is not None:
            self._loop.run_in_executor(None, self._line.stop)

    def _in_loop(self, work: Any, *given: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(work, *given)

    def _tell(self, facts: "LinkFacts") -> None:
        if self._dispatcher.recording is not self._before:  # something else was opened meanwhile: give up
            self.abandon()
            self._line = None
            self._tell_title("")
            return
        self._tell_title(f"Binance: {facts.words}")
        if facts.reason and facts.reason != self._told:
            self._told = facts.reason
            text = f"{facts.words}. It is tried again; Ctrl+M simulates a market."
            self._dispatcher.notify("watch", "Binance", text)

    def _tell_title(self, title: str) -> None:
        self._dispatcher.screen.loading.publish(Loading(title))

    def _show(self, opened: "Opened", before: object) -> None:
        dispatcher = self._dispatcher
        self._line = None
        dispatcher.screen.loading.publish(Loading())
        if dispatcher.recording is before and not dispatcher.is_closed:
            dispatcher.open(opened, at_end=True)
        elif opened.live is not None:
            self._loop.run_in_executor(None, opened.live.close)

    def _fail(self, why: str) -> None:
        self._line = None
        self._dispatcher.screen.loading.publish(Loading())
        self._dispatcher.notify("high", "No live market", f"{why}. Ctrl+M simulates one, Ctrl+O opens a recording.")
