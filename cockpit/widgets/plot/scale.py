"""Bar index <-> pixel and price <-> pixel. Pure; all pixels here are device pixels of one pane.

A bar's x depends on its index alone, so hours without bars take no room, and it is anchored at index 0: panning
moves all bars by the same whole number of pixels and nothing shimmers.
"""

from dataclasses import dataclass
from math import floor
from typing import Final

import numpy as np

from cockpit.units import Floats, Ticks

CANDLE_FRACTION: Final = 0.66  # of the slot (design.md 7)
CANDLE_MAX: Final = 14  # logical pixels
FAR: Final = 1 << 20  # pixels; whatever is farther away is as good as there


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Where bars are.

    Attributes:
        slot: Pixels a bar takes; below 1 several bars share a pixel.
        origin: Pixels from the left edge of bar 0 to the left edge of the pane; negative right of the pane.
        width: Pixels of the pane.
    """

    slot: float
    origin: int
    width: int

    @staticmethod
    def ending_at(edge: float, slot: float, width: int) -> "TimeScale":
        """The scale whose right edge lies at bar index ``edge``."""
        return TimeScale(slot, floor(edge * slot + 0.5) - width, width)

    def left(self, bar: float) -> int:
        """Leftmost pixel of a bar's slot."""
        return floor(bar * self.slot) - self.origin

    def centre(self, bar: int) -> int:
        """Pixel of a bar's wick."""
        return floor((bar + 0.5) * self.slot) - self.origin

    def bar_at(self, x: float) -> float:
        """Bar index under a pixel, with fraction; may lie outside the data."""
        return (x + self.origin) / self.slot

    def visible(self, count: int) -> tuple[int, int]:
        """Half-open range of the bars, out of ``count``, of which a pixel shows."""
        first = min(max(floor(self.bar_at(0)), 0), count)
        return first, min(max(floor(self.bar_at(self.width)) + 1, first), count)

    def body(self, ratio: float) -> int:
        """Pixels of a candle's body: the odd number nearest to 66 % of the slot, at most 14 logical pixels."""
        wanted = min(self.slot * CANDLE_FRACTION, CANDLE_MAX * ratio - 1)
        return 2 * floor(wanted / 2) + 1


@dataclass(frozen=True, slots=True)
class PriceScale:
    """Where prices are.

    Attributes:
        low, high: Prices (stored units) at the bottom and top edge; ``low < high``.
        top, height: Pixels of the band they span.
    """

    low: float
    high: float
    top: int
    height: int

    @property
    def per_unit(self) -> float:
        """Pixels per stored unit of price."""
        return self.height / (self.high - self.low)

    def y(self, price: float) -> int:
        """Pixel row of a price; outside the band for prices outside the range."""
        return self.top + floor((self.high - price) * self.per_unit)

    def ys(self, prices: Floats) -> Ticks:
        """Pixel rows of many prices, as ``y`` gives them."""
        return whole_rows(self.top + np.floor((self.high - prices) * self.per_unit))

    def price_at(self, y: float) -> float:
        """Price under a pixel row."""
        return self.high - (y - self.top) / self.per_unit


def whole_rows(rows: Floats) -> Ticks:
    """Pixel rows as int64; those out of its range, or far outside every plot, end ``FAR`` away."""
    return np.clip(rows, -FAR, FAR).astype(np.int64)
