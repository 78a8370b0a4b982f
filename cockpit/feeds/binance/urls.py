"""Where Binance is, and how its streams and questions are named.

Since 2026-04-23 streams live on routes: changes of books on ``/public``, prints and mark prices on ``/market``. A
stream asked for on the wrong route is acknowledged and never speaks.
Source: Binance USDⓈ-M Futures, Websocket Market Streams, Important WebSocket Change Notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from cockpit.errors import ConfigError

SNAPSHOT_LEVELS: Final = 1000  # the most there is; weight 20 of 2,400 a minute
MOST_STREAMS: Final = 200  # of one connection


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The venue's two addresses.

    Attributes:
        rest: ``https://host``.
        stream: ``wss://host``.
    """

    rest: str = "https://fapi.binance.com"
    stream: str = "wss://fstream.binance.com"

    @classmethod
    def of(cls, url: str) -> "Endpoint":
        """Both addresses on one host, for a venue of one's own; ``http`` means ``ws``, ``https`` means ``wss``.

        Raises:
            ConfigError: No such address.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ConfigError(f"--endpoint {url}: an address such as http://127.0.0.1:8080")
        base = f"{parts.netloc}{parts.path.rstrip('/')}"
        return cls(f"{parts.scheme}://{base}", f"{'wss' if parts.scheme == 'https' else 'ws'}://{base}")

    def public(self, symbols: Sequence[str]) -> str:
        """Streams of book changes."""
        return self._combined("public", [depth_stream(each) for each in symbols])

    def market(self, symbols: Sequence[str]) -> str:
        """Streams of prints and mark prices."""
        return self._combined("market", [stream for each in symbols for stream in market_streams(each)])

    def _combined(self, route: str, streams: Sequence[str]) -> str:
        return f"{self.stream}/{route}/stream?streams={'/'.join(streams)}"

    @property
    def listings(self) -> str:
        """The list of instruments."""
        return f"{self.rest}/fapi/v1/exchangeInfo"

    def snapshot(self, symbol: str) -> str:
        """A book's best levels."""
        return f"{self.rest}/fapi/v1/depth?{urlencode({'symbol': symbol, 'limit': SNAPSHOT_LEVELS})}"


def depth_stream(symbol: str) -> str:
    """``btcusdt@depth@100ms`` of BTCUSDT."""
    return f"{symbol.lower()}@depth@100ms"


def market_streams(symbol: str) -> tuple[str, str]:
    """Prints and mark price of an instrument."""
    return f"{symbol.lower()}@aggTrade", f"{symbol.lower()}@markPrice@1s"
