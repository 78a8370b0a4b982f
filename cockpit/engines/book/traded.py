"""Contracts traded at each price since the trading session began: the ladder's volume column."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.errors import EngineError
from cockpit.units import Floats, Rows, Ticks, Times

WIDEST: Final = 1 << 22  # ticks between the lowest and highest print of a session; 32 MB of float64
FIRST_SPAN: Final = 1 << 10


@dataclass(frozen=True, slots=True, eq=False)
class FrozenTraded:
    """A ``TradedAtPrice`` at one moment."""

    low_tick: int
    volumes: Floats
    session_ns: int


class TradedAtPrice:
    """Volume by price of the running session; a print of a later session starts it anew."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._low = 0
        self._volumes = np.zeros(0, np.float64)
        self._session_ns = -1

    def apply(self, prints: Rows, session_opens: Times) -> None:
        """Count prints.

        Args:
            prints: PRINT rows in seq order.
            session_opens: int64 (k,), ascending session opens up to the last print; may be empty.

        Raises:
            EngineError: Prints of one session lie more than WIDEST ticks apart.
        """
        newest = int(session_opens[-1]) if len(session_opens) else -1
        if len(prints) and newest > self._session_ns:
            self._session_ns = newest
            self._volumes = np.zeros(0, np.float64)
            prints = prints[prints["clock_ns"] >= newest]
        if not len(prints):
            return
        ticks: Ticks = prints["price_ticks"]
        self._cover(int(ticks.min()), int(ticks.max()))
        np.add.at(self._volumes, ticks - self._low, prints["size"])

    def window(self, low_tick: int, n: int) -> Floats:
        """Volume traded at ticks low_tick .. low_tick + n - 1, float64 (n,)."""
        out = np.zeros(n, np.float64)
        start, stop = max(low_tick, self._low), min(low_tick + n, self._low + len(self._volumes))
        if start < stop:
            out[start - low_tick : stop - low_tick] = self._volumes[start - self._low : stop - self._low]
        return out

    def freeze(self) -> FrozenTraded:
        """A copy of the state."""
        return FrozenTraded(self._low, self._volumes.copy(), self._session_ns)

    def thaw(self, frozen: FrozenTraded) -> None:
        """Become what was frozen."""
        self._low, self._volumes, self._session_ns = frozen.low_tick, frozen.volumes.copy(), frozen.session_ns

    def _cover(self, low: int, high: int) -> None:
        if not len(self._volumes):
            self._low = low - FIRST_SPAN // 2
            self._volumes = np.zeros(FIRST_SPAN, np.float64)
        first, stop = self._low, self._low + len(self._volumes)
        if low >= first and high < stop:
            return
        new_first, new_stop = min(low, first), max(high + 1, stop)
        if new_stop - new_first > WIDEST:
            raise EngineError(f"prints from tick {low} to {high}: over {WIDEST:,} ticks apart in one session")
        spare = max(0, 2 * len(self._volumes) - (new_stop - new_first))
        new_first, new_stop = new_first - spare // 2, new_stop + spare // 2
        volumes = np.zeros(new_stop - new_first, np.float64)
        volumes[first - new_first : stop - new_first] = self._volumes
        self._low, self._volumes = new_first, volumes
