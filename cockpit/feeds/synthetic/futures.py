"""The simulated futures: four order books over one latent path, their rows merged by clock.

Source: ``market-model.md`` 3.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from cockpit.calendars import calendar_of
from cockpit.errors import ConfigError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.feeds.synthetic import settings
from cockpit.feeds.synthetic.book import OrderBook
from cockpit.feeds.synthetic.curves import CELL_NS
from cockpit.feeds.synthetic.latent import ROOTS, Cells, Latent, State
from cockpit.feeds.synthetic.merging import merge
from cockpit.feeds.synthetic.plants import Plant, Planting
from cockpit.feeds.synthetic.scenario import Scenario
from cockpit.instruments import Instrument, from_table, future_code
from cockpit.units import Rows

PIECE: Final = 300  # cells at a time: 30 s of rows stay in the processor's caches
ROLL: Final = timedelta(days=8)  # before the last day the next quarter is the front


def front_contract(root: str, at_ns: int) -> Instrument:
    """The quarter that trades most on the trade date of an instant: until eight days before its third Friday.

    Raises:
        ConfigError: The contract table does not know the root.
    """
    day = calendar_of("equity").trade_date(at_ns)
    year, month = day.year, (day.month + 2) // 3 * 3
    if day + ROLL > _third_friday(year, month):
        year, month = (year + 1, 3) if month == 12 else (year, month + 3)
    symbol = f"{future_code(root, year, month)}.GLBX"
    found = from_table(symbol, root, at_ns)
    if found is None:
        raise ConfigError(f"the contract table has no {root}")
    return found


def _third_friday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)


class FuturesMarket:
    """ES, NQ, YM and RTY of one seed from an instant on; the same bytes whatever the steps.

    ``step`` gives changes only: the books one begins with are ``snapshot(start_ns)``.

    Args:
        seed: 0 to 2^32 - 1.
        start_ns: Where it begins, ns UTC, cut down to a cell of 0.1 s.
        calm: Without large traders: no walls, icebergs, sweeps through several prices, jumps.
        scenario: Knobs of the latent market.
        plants: Known traders to put in.
        books: How the four books behave.

    Attributes:
        instruments: The front quarters, in the order of ``instrument`` in the rows.
        latent: The path beneath; only the market moves it.
        planting: What becomes of the plants.
    """

    def __init__(
        self, seed: int, start_ns: int, *, calm: bool = False, scenario: Scenario | None = None,
        plants: Sequence[Plant] = (), books: tuple[settings.BookSettings, ...] = settings.BOOKS,
    ) -> None:  # fmt: skip
        self.start_ns = start_ns - start_ns % CELL_NS
        self.instruments = tuple(front_contract(root, self.start_ns) for root in ROOTS)
        self.latent = Latent(seed, self.start_ns, scenario, jumps=not calm)
        first = self.latent.advance(0).fair[:, 0]
        self.books = tuple(
            OrderBook(place, seed, own.calm() if calm else own, float(first[place]), self.start_ns)
            for place, own in enumerate(books)
        )
        self.planting = Planting(plants, [instrument.symbol for instrument in self.instruments])
        self._now = self.start_ns
        self._seq = 0

    @property
    def now_ns(self) -> int:
        """Up to where it was stepped, ns UTC."""
        return self._now

    def step(self, until_ns: int) -> Rows:
        """Everything with a clock in ``[now_ns, until_ns)``, MBO rows in clock order, ``seq`` from 0 on.

        Raises:
            ConfigError: The instant is behind the market.
        """
        if until_ns < self._now:
            raise ConfigError(f"the simulated market stands at {self._now}, it cannot step back to {until_ns}")
        parts: list[Rows] = []
        ahead = self.latent.next_cell * CELL_NS
        if ahead >= until_ns or ahead > self._now:
            parts.append(self._taken(min(ahead, until_ns)))
        while self.latent.next_cell * CELL_NS < until_ns:
            self._run(min(PIECE, -(-until_ns // CELL_NS) - self.latent.next_cell))
            parts.append(self._taken(min(until_ns, self.latent.next_cell * CELL_NS)))
        self._now = until_ns
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.zeros(0, DTYPES[Kind.MBO])

    def lead(self, n: int) -> Cells:
        """Move on by whole cells, of which the caller runs every book and takes all rows itself.

        Raises:
            ConfigError: The market stands inside a cell.
        """
        if self.latent.next_cell * CELL_NS != self._now:
            raise ConfigError(f"the simulated market stands at {self._now}, inside a tenth of a second")
        cells = self.latent.advance(n)
        self._now = self.latent.next_cell * CELL_NS
        return cells

    def _run(self, n: int) -> None:
        at, due = self.latent.next_cell, self.planting.next_cell()
        if due is not None and due <= at:
            self.planting.act(at, self.books)
            due = self.planting.next_cell()
        cells = self.latent.advance(n if due is None else min(n, due - at))
        for book in self.books:
            book.run(cells)

    def _taken(self, until_ns: int) -> Rows:
        es, nq, ym, rty = (book.rows for book in self.books)
        out = np.zeros(len(es) + len(nq) + len(ym) + len(rty), DTYPES[Kind.MBO])
        taken = np.zeros(4, np.int64)
        n = merge(es, nq, ym, rty, until_ns, self._seq, out, taken)
        for book, count in zip(self.books, taken.tolist(), strict=True):
            book.drop(count)
        self._seq += n
        return out[:n]

    def snapshot(self, clock_ns: int) -> Rows:
        """All books as they are: per instrument a clear, then its orders, best first; the last row has LAST.

        Args:
            clock_ns: Where the market stands: the end of a cell of 0.1 s it was stepped to.

        Raises:
            ConfigError: The market stands elsewhere, or inside a cell.
        """
        if clock_ns != self._now or clock_ns % CELL_NS:
            raise ConfigError(f"the simulated market stands at {self._now}; no snapshot at {clock_ns} ns")
        rows = np.concatenate([book.snapshot(clock_ns) for book in self.books])
        rows["seq"] = np.arange(len(rows))
        return rows

    def save(self) -> State:
        """Its state as plain arrays; a market of the same arguments that loads it goes on with the same bytes."""
        state = {**self.latent.save(), "market": np.array([self._now, self._seq], np.int64)}
        for book in self.books:
            state |= book.save()
        return state | self.planting.save()

    def load(self, state: State) -> None:
        """Go on where ``save`` was called.

        Raises:
            ConfigError: Not the state of such a market.
        """
        if "market" not in state:
            raise ConfigError("not the saved state of a simulated futures market")
        self.latent.load(state)
        self.planting.load(state)
        for book in self.books:
            book.load(state)
        self._now, self._seq = (int(value) for value in state["market"])
