"""A small seeded order-level market, as real sources: for tests that need no recording."""

import random
from collections.abc import Iterator

import numpy as np

from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, DTYPES, MODIFY, TRADE, Flag, Kind
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.source import SourceInfo
from cockpit.instruments import Instrument, resolve
from cockpit.units import NS_PER_MS, NS_PER_S

START_NS = 1_703_545_200 * NS_PER_S  # 2023-12-25 23:00:00 UTC, a session open


def es(symbol: str = "ESH4.GLBX") -> Instrument:
    """An E-mini contract."""
    found = resolve(symbol)
    assert found is not None
    return found


def order_rows(seed: int, events: int, start_ns: int = START_NS, step_ms: int = 400) -> np.ndarray:
    """MBO rows of a random walk: adds, cancels, modifies and trades around a moving price; seq from 0."""
    rng = random.Random(seed)
    rows = np.zeros(events, DTYPES[Kind.MBO])
    live: dict[int, tuple[int, int, int]] = {}
    clock, mid, next_id = start_ns, 19_200, 1
    for place in range(events):
        clock += rng.randrange(step_ms * NS_PER_MS)
        row = rows[place]
        row["seq"], row["clock_ns"], row["event_ns"], row["recv_ns"] = place, clock, clock - 1000, clock
        row["flags"] = Flag.LAST
        roll = rng.random()
        if roll < 0.15:
            row["action"], row["side"] = TRADE, rng.choice([ASK, BID])
            row["price_ticks"], row["size"] = mid + rng.choice([0, 1]), rng.randrange(1, 9)
            mid += rng.choice([-1, 0, 0, 1])
        elif roll < 0.65 or not live:
            side = rng.choice([ASK, BID])
            price = mid - rng.randrange(1, 30) if side == BID else mid + rng.randrange(1, 30)
            live[next_id] = (side, price, 5)
            row["action"], row["side"], row["order_id"] = ADD, side, next_id
            row["price_ticks"], row["size"] = price, rng.randrange(1, 40)
            live[next_id] = (side, price, int(row["size"]))
            next_id += 1
        else:
            order = rng.choice(list(live))
            side, price, size = live[order]
            row["side"], row["order_id"], row["price_ticks"] = side, order, price
            if roll < 0.9:
                row["action"], row["size"] = CANCEL, size
                del live[order]
            else:
                row["action"], row["size"] = MODIFY, size + 1
                live[order] = (side, price, size + 1)
    return rows


class RowsSource:
    """A recorded source over rows in memory, cut into chunks of a chosen size."""

    def __init__(
        self, rows: np.ndarray, kind: Kind = Kind.MBO, instrument: Instrument | None = None, cut: int = 1000
    ) -> None:
        self._rows, self._kind, self._cut = rows, kind, cut
        self._instrument = instrument or es()

    @property
    def info(self) -> SourceInfo:
        """Facts."""
        first = int(self._rows["clock_ns"][0]) if len(self._rows) else None
        last = int(self._rows["clock_ns"][-1]) if len(self._rows) else None
        return SourceInfo(
            "memory", "rows", self._kind.name.lower(), (self._instrument,), first, last, len(self._rows)
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """None."""
        return ()

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """The rows, ``cut`` at a time."""
        for start in range(from_chunk * self._cut, len(self._rows), self._cut):
            stop = min(start + self._cut, len(self._rows))
            yield Chunk((Batch(self._kind, self._rows[start:stop]),), start, stop)
