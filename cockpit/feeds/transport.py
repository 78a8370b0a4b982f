"""Sockets and HTTP as the runner needs them: every way in which they fail is one of two errors."""

import asyncio
import email.utils
import ipaddress
from collections.abc import AsyncGenerator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from cockpit.clock import WallClock
from cockpit.errors import LinkLost
from cockpit.units import NS_PER_S

if TYPE_CHECKING:
    import httpx

CONNECT_S: Final = 10.0
ANSWER_S: Final = 10.0
MOST_FRAME: Final = 8 << 20
MOST_ANSWER: Final = 64 << 20
SLOW_DOWN: Final = (429, 418)
USUAL_WAIT_S: Final = 60.0  # of a refusal that does not say how long; the venue counts by the minute
MOST_WAIT_S: Final = 3 * 24 * 3600.0  # the longest ban the venue names


class Refused(LinkLost):
    """The venue asks to be left alone for a while.

    Attributes:
        status: 429 slow down, 418 banned.
        wait_s: How long.
    """

    def __init__(self, status: int, wait_s: float) -> None:
        self.status, self.wait_s = status, wait_s
        what = "banned" if status == 418 else "too many requests"
        super().__init__(f"HTTP {status}, {what}; asked to wait {wait_s:.0f} s")


class Link(Protocol):
    """A connection; every method raises LinkLost when it is gone."""

    async def receive(self) -> str | bytes:
        """The next text."""
        ...

    async def send(self, text: str) -> None:
        """Send one."""
        ...

    async def ping(self) -> Awaitable[Any]:
        """Ask for a sign of life; what is returned completes when it comes."""
        ...


class Connect(Protocol):
    """Makes connections."""

    def __call__(self, url: str) -> AbstractAsyncContextManager[Link]:
        """A connection, closed when the context ends; LinkLost or Refused when there is none."""
        ...


class Http(Protocol):
    """Asks questions."""

    async def get(self, url: str) -> bytes:
        """The body of an answer 200.

        Raises:
            Refused: 429 or 418.
            LinkLost: No answer, or one that says no; the message says which.
        """
        ...


def is_loopback(url: str) -> bool:
    """Whether an address never leaves this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def wait_of(header: str | None, now_s: float) -> float:
    """Seconds that a ``Retry-After`` asks for: a number of them, or a date."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(float(text), MOST_WAIT_S)
    try:
        due = email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return USUAL_WAIT_S
    return min(max(due - now_s, 0.0), MOST_WAIT_S)


class WebSocketLink:
    """A WebSocket as a link."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes:
        """The next text."""
        from websockets.exceptions import ConnectionClosed

        try:
            return await self._socket.recv()
        except ConnectionClosed as error:
            raise LinkLost(_closing(error)) from error

    async def send(self, text: str) -> None:
        """Send one."""
        from websockets.exceptions import ConnectionClosed

        try:
            await self._socket.send(text)
        except ConnectionClosed as error:
            raise LinkLost(_closing(error)) from error

    async def ping(self) -> Awaitable[Any]:
        """A WebSocket ping."""
        from websockets.exceptions import ConnectionClosed

        try:
            return await self._socket.ping()
        except ConnectionClosed as error:
            raise LinkLost(_closing(error)) from error


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator[Link]:
    """A WebSocket connection. Pings are the runner's: the library's own would wait by another clock."""
    from websockets.asyncio.client import connect as dial
    from websockets.exceptions import InvalidStatus, WebSocketException

    proxy = None if is_loopback(url) else True
    try:
        socket = await dial(
            url, open_timeout=CONNECT_S, ping_interval=None, close_timeout=1, max_size=MOST_FRAME, proxy=proxy
        )
    except InvalidStatus as error:
        answer = error.response
        if answer.status_code in SLOW_DOWN:
            wait_s = wait_of(answer.headers.get("Retry-After"), _wall_s())
            raise Refused(answer.status_code, wait_s) from error
        raise LinkLost(f"HTTP {answer.status_code} instead of a connection") from error
    except (OSError, WebSocketException, TimeoutError, ValueError) as error:
        raise LinkLost(f"{urlsplit(url).netloc}: {_spoken(error)}") from error
    try:
        yield WebSocketLink(socket)
    finally:
        await socket.close()


class HttpxClient:
    """HTTP over one pool of connections; close it at the end."""

    def __init__(self) -> None:
        self._clients: dict[bool, httpx.AsyncClient] = {}

    async def get(self, url: str) -> bytes:
        """The body of an answer 200."""
        import httpx

        try:
            answer = await self._client(url).get(url)
        except httpx.HTTPError as error:
            raise LinkLost(f"{urlsplit(url).netloc}: {_spoken(error)}") from error
        if answer.status_code in SLOW_DOWN:
            raise Refused(answer.status_code, wait_of(answer.headers.get("Retry-After"), _wall_s()))
        if answer.status_code != 200:
            raise LinkLost(f"HTTP {answer.status_code}: {answer.text[:80]!r}")
        if len(answer.content) > MOST_ANSWER:
            raise LinkLost(f"an answer of {len(answer.content):,} bytes; the most is {MOST_ANSWER:,}")
        return answer.content

    def _client(self, url: str) -> "httpx.AsyncClient":
        import httpx

        local = is_loopback(url)
        if local not in self._clients:  # no proxy stands before this machine itself
            self._clients[local] = httpx.AsyncClient(timeout=ANSWER_S, trust_env=not local)
        return self._clients[local]

    async def close(self) -> None:
        """End all connections."""
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))
        self._clients.clear()


def _wall_s() -> float:
    return WallClock().now_ns() / NS_PER_S


def _closing(error: Any) -> str:
    """How a connection ended: by a closing frame, or without one."""
    frame = error.rcvd
    if frame is None:
        return "the connection ended without a closing frame"
    return f"the venue closed the connection: {frame.code} {frame.reason[:80]}".rstrip()


def _spoken(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
