"""The window the facts are measured in: 2,700 s from 11:35 in New York after 300 s of warming up, ES and NQ."""

from dataclasses import dataclass

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.feeds.synthetic import settings
from cockpit.feeds.synthetic.book import OrderBook
from cockpit.feeds.synthetic.latent import Cells, Latent
from cockpit.feeds.synthetic.scenario import Scenario
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_S, Floats, Rows, Sizes, Times

START_NS = parse_instant("2026-03-10T15:30:00Z")
WARM_S, SPAN_S, CELLS_A_SECOND = 300, 2700, 10
NORMAL_VOL, CALM_VOL = 0.105, 0.035  # a year
DEEPEST = 41  # levels sampled


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What one instrument did.

    Attributes:
        rows: MBO rows of the window.
        tops: TOP rows of the book engine, from the snapshot at its start on.
        from_ns, until_ns: Its ends.
        sizes, orders: int64 (seconds, 2, DEEPEST), contracts and orders behind the touch, bid and ask.
        touches: int64 (seconds, 2), bid and ask at those times.
    """

    rows: Rows
    tops: Rows
    from_ns: int
    until_ns: int
    sizes: Sizes
    orders: Sizes
    touches: Sizes

    def times(self, step_s: float) -> Times:
        """Instants every ``step_s`` from its start to its end."""
        return np.arange(self.from_ns, self.until_ns + 1, round(step_s * NS_PER_S), dtype=np.int64)

    def tops_at(self, at_ns: Times) -> Rows:
        """The touch that held at instants."""
        return self.tops[np.maximum(np.searchsorted(self.tops["clock_ns"], at_ns, side="right") - 1, 0)]

    def mids(self, step_s: float) -> Floats:
        """Mid prices every ``step_s``, ticks."""
        tops = self.tops_at(self.times(step_s))
        return (tops["bid_ticks"] + tops["ask_ticks"]) / 2


def cut(cells: Cells, low: int, high: int) -> Cells:
    """Some of the cells."""
    return Cells(
        cells.first + low, cells.move[low : high + 1], cells.shock[low : high + 1], cells.fair[:, low : high + 1],
        cells.sigma[low:high], cells.heat[low:high], cells.activity[low:high], cells.day_vol[low:high],
    )  # fmt: skip


def window(seed: int, vol: float, place: int = 0, own: settings.BookSettings | None = None) -> Window:
    """Run one instrument's book through the window."""
    latent = Latent(seed, START_NS, Scenario(annual_vol=vol))
    warm, cells = latent.advance(WARM_S * CELLS_A_SECOND), latent.advance(SPAN_S * CELLS_A_SECOND)
    book = OrderBook(place, seed, own or settings.BOOKS[place], float(warm.fair[place, 0]), START_NS)
    book.run(warm)
    book.drop(len(book.rows))
    from_ns = cells.start_ns
    snapshot = book.snapshot(from_ns)
    sizes, orders = np.zeros((2, SPAN_S, 2, DEEPEST), np.int64)
    touches = np.zeros((SPAN_S, 2), np.int64)
    for second in range(SPAN_S):
        touches[second] = book.touch
        for side, (touch, way) in enumerate(zip(book.touch, (-1, 1), strict=True)):
            at = (touch + way * np.arange(DEEPEST)) % len(book.arrays.levels)
            sizes[second, side] = book.arrays.levels["size"][at]
            orders[second, side] = book.arrays.levels["orders"][at]
        book.run(cut(cells, second * CELLS_A_SECOND, (second + 1) * CELLS_A_SECOND))
    rows = book.rows
    rows["seq"] = np.arange(len(rows))
    snapshot["seq"] = np.arange(-len(snapshot), 0)
    engine = MboBook(place)
    tops = np.concatenate([engine.apply(snapshot).tops, engine.apply(rows).tops])
    return Window(rows, tops, from_ns, from_ns + SPAN_S * NS_PER_S, sizes, orders, touches)
