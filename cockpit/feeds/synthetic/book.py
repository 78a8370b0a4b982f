"""One instrument's simulated order book: its arrays, its first state, running over cells, saving and loading."""

from typing import Final

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.feeds.synthetic import book_kernels
from cockpit.feeds.synthetic.book_layout import POOL, SAVED, arrays
from cockpit.feeds.synthetic.latent import Cells, State
from cockpit.feeds.synthetic.settings import BookSettings
from cockpit.units import Rows

FIRST_ROWS: Final = 32_768  # of the buffer; it grows where a step writes more


class OrderBook:
    """The book of the instrument at ``place`` (0 ES, 1 NQ, 2 YM, 3 RTY).

    Rows of whole cells are kept in a buffer until they are taken, for time is asked for in pieces of any length.

    Args:
        place: Value of ``instrument`` in its rows.
        seed: Of the market.
        own: How it behaves.
        fair: Fair price where it begins, ticks.
        start_ns: Where it begins, ns UTC.
    """

    def __init__(self, place: int, seed: int, own: BookSettings, fair: float, start_ns: int) -> None:
        self.place = place
        self.arrays = arrays(place, own)
        self.arrays.state["seed"] = seed
        self._rows = np.zeros(FIRST_ROWS, DTYPES[Kind.MBO])
        book_kernels.found(self.arrays, int(np.floor(fair)), start_ns, np.zeros(POOL, DTYPES[Kind.MBO]))
        self.arrays.state["written"] = 0

    @property
    def touch(self) -> tuple[int, int]:
        """Best bid and ask, ticks."""
        return int(self.arrays.state["bid"][0]), int(self.arrays.state["ask"][0])

    @property
    def rows(self) -> Rows:
        """Rows that were written and not taken; a view that ends with the next call."""
        return self._rows[: int(self.arrays.state["written"][0])]

    def room(self, n: int = book_kernels.ROOM) -> Rows:
        """The buffer with room for ``n`` more rows, for kernels to write into."""
        while len(self._rows) - int(self.arrays.state["written"][0]) < n:
            self._rows = np.concatenate([self._rows, np.zeros(len(self._rows), DTYPES[Kind.MBO])])
        return self._rows

    def run(self, cells: Cells) -> None:
        """Go through the cells; their rows come to those that wait."""
        at, n = 0, len(cells)
        while at < n:
            rows = self.room(2 * book_kernels.ROOM)
            at = book_kernels.run(
                self.arrays, cells.fair[self.place], cells.heat, cells.activity, at,
                cells.start_ns, rows,
            )  # fmt: skip

    def drop(self, n: int) -> None:
        """Take the first ``n`` rows out of the buffer."""
        left = int(self.arrays.state["written"][0]) - n
        self._rows[:left] = self._rows[n : n + left].copy()
        self.arrays.state["written"] = left

    def snapshot(self, at_ns: int) -> Rows:
        """A clear and every order, best price first, in the order of the queues; MBO rows."""
        rows = np.zeros(POOL - int(self.arrays.state["free"][0]) + 1, DTYPES[Kind.MBO])
        n = book_kernels.dump(self.arrays, at_ns, rows)
        return rows[:n]

    def save(self) -> State:
        """Its state as plain arrays, with the rows that wait."""
        kept = {f"book{self.place}_{name}": getattr(self.arrays, name).copy() for name in SAVED}
        kept[f"book{self.place}_rows"] = self.rows.copy()
        return kept

    def load(self, state: State) -> None:
        """Become what ``save`` saw.

        Raises:
            ConfigError: Not made by ``save`` of the same instrument.
        """
        for name in SAVED:
            own, saved = getattr(self.arrays, name), state.get(f"book{self.place}_{name}")
            if saved is None or saved.dtype != own.dtype or saved.shape != own.shape:
                raise ConfigError(f"not the saved state of simulated book {self.place}: {name} does not fit")
            own[...] = saved
        rows = state.get(f"book{self.place}_rows")
        if rows is None or rows.dtype != DTYPES[Kind.MBO] or len(rows) != int(self.arrays.state["written"][0]):
            raise ConfigError(f"not the saved state of simulated book {self.place}: its rows do not fit")
        self.arrays.state["written"] = 0
        self.room(len(rows) + book_kernels.ROOM)[: len(rows)] = rows
        self.arrays.state["written"] = len(rows)
