"""BTCUSDT and ETHUSDT perpetuals as price levels, round the clock: MBP rows of ten levels, and trades.

Lighter than the futures: no orders, books as of the depth messages. Rates and their source: ``crypto_kernels``.
"""

from typing import Final

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.feeds.synthetic import crypto_kernels
from cockpit.feeds.synthetic.crypto_kernels import CELL_NS, COIN, COINS, MAX_ROWS, RING, SHARED, Coins
from cockpit.feeds.synthetic.latent import State
from cockpit.instruments import Instrument
from cockpit.units import Rows

INSTRUMENTS: Final = (
    Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", "Bitcoin perpetual", 100_000_000, 1, kind="crypto"),
    Instrument("ETHUSDT-PERP.BINANCE", "ETHUSDT-PERP", "Ether perpetual", 10_000_000, 2, kind="crypto"),
)
FIRST_TICKS: Final = np.array([618_000.0, 265_000.0])
SIZE_UNIT: Final = 0.001  # coins per unit of ``size``
_ROOM: Final = 4 * MAX_ROWS
_NAMES: Final = ("shared", "coins", "levels")


class CryptoMarket:
    """Both books of one seed from an instant on; the same bytes whatever the steps.

    Args:
        seed: 0 to 2^32 - 1.
        start_ns: Where it begins, ns UTC, cut down to 0.1 s.

    Raises:
        ConfigError: A seed that does not fit.
    """

    def __init__(self, seed: int, start_ns: int) -> None:
        if not 0 <= seed < 2**32:
            raise ConfigError(f"seed {seed}: 0 to 4,294,967,295")
        self.instruments = INSTRUMENTS
        self._seed = np.uint64(seed)
        self.start_ns = start_ns - start_ns % CELL_NS
        self._book = Coins(np.zeros(1, SHARED), np.zeros(COINS, COIN), np.zeros((COINS, RING), np.int64))
        crypto_kernels.found(self._book, self._seed, FIRST_TICKS)
        self._now = self.start_ns
        self._next = self.start_ns // CELL_NS
        self._waiting = (np.zeros(0, DTYPES[Kind.MBP]), np.zeros(0, DTYPES[Kind.TRADE]))

    @property
    def now_ns(self) -> int:
        """Up to where it was stepped, ns UTC."""
        return self._now

    def step(self, until_ns: int) -> tuple[Rows, Rows]:
        """Books and trades with a clock in ``[now_ns, until_ns)``: MBP and TRADE rows that share one ``seq``.

        Raises:
            ConfigError: The instant is behind the market.
        """
        if until_ns < self._now:
            raise ConfigError(f"the simulated coins stand at {self._now}, they cannot step back to {until_ns}")
        parts = ([self._waiting[0]], [self._waiting[1]])
        last = -(-until_ns // CELL_NS)
        while self._next < last:
            rows = (np.zeros(_ROOM, DTYPES[Kind.MBP]), np.zeros(_ROOM, DTYPES[Kind.TRADE]))
            used = np.zeros(2, np.int64)
            self._next += crypto_kernels.walk(
                self._book, self._seed, self._next, last - self._next, FIRST_TICKS, rows[0], rows[1], used
            )
            for kind in range(2):
                parts[kind].append(rows[kind][: used[kind]])
        books, trades = (np.concatenate(part) for part in parts)
        cuts = [int(np.searchsorted(rows["clock_ns"], until_ns)) for rows in (books, trades)]
        self._waiting = (books[cuts[0] :].copy(), trades[cuts[1] :].copy())
        self._now = until_ns
        return books[: cuts[0]], trades[: cuts[1]]

    def snapshot(self, clock_ns: int) -> Rows:
        """One MBP row per book as it is, flagged as a snapshot.

        Raises:
            ConfigError: The market stands elsewhere, or inside a cell.
        """
        if clock_ns != self._now or clock_ns % CELL_NS:
            raise ConfigError(f"the simulated coins stand at {self._now}; no snapshot at {clock_ns} ns")
        rows = np.zeros(COINS, DTYPES[Kind.MBP])
        crypto_kernels.dump(self._book, clock_ns, rows)
        rows["seq"] = np.arange(COINS)
        return rows

    def save(self) -> State:
        """Its state as plain arrays."""
        state = {f"crypto_{name}": getattr(self._book, name).copy() for name in _NAMES}
        state["crypto_books"], state["crypto_trades"] = (rows.copy() for rows in self._waiting)
        state["crypto_at"] = np.array([self._now, self._next], np.int64)
        return state

    def load(self, state: State) -> None:
        """Go on where ``save`` was called, with the same seed and start.

        Raises:
            ConfigError: Not the state of such a market.
        """
        for name in _NAMES:
            own, saved = getattr(self._book, name), state.get(f"crypto_{name}")
            if saved is None or saved.dtype != own.dtype or saved.shape != own.shape:
                raise ConfigError(f"not the saved state of simulated coins: {name} does not fit")
            own[...] = saved
        if not {"crypto_books", "crypto_trades", "crypto_at"} <= state.keys():
            raise ConfigError("not the saved state of simulated coins: rows or time are missing")
        self._waiting = (state["crypto_books"].copy(), state["crypto_trades"].copy())
        self._now, self._next = (int(value) for value in state["crypto_at"])
