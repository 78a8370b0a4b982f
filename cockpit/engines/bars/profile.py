"""Volume at price: how much traded at each price in a span of time, its point of control and its value area.

The point of control (POC) is the price with the most volume; the value area holds 70 % of all volume around it,
grown by the larger neighbour (see ``anchored_kernels.value_area``). Volume of prints lies at their price; that of a
vendor's bar is spread evenly over its range, and the profile says so.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.bars import anchored_kernels as kernels
from cockpit.units import Floats, Rows

SHARE: Final = 0.70  # of the volume lies in the value area
MOST_LEVELS: Final = 4096  # more prices than this share levels, two by two


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Volume at price, by value.

    Attributes:
        low: Price of level 0, ticks; level k holds prices [low + k step, low + (k + 1) step).
        step: Ticks a level.
        buys, sells, unsided: float64 (n,), contracts by aggressor, and those whose side is not known.
        poc: Level of the point of control; -1 without volume.
        value: Lowest and highest level of the value area.
    """

    low: int
    step: int
    buys: Floats
    sells: Floats
    unsided: Floats
    poc: int
    value: tuple[int, int]

    @property
    def total(self) -> float:
        """Contracts in all."""
        return float(self.buys.sum() + self.sells.sum() + self.unsided.sum())


class VolumeProfile:
    """Adds prints and bars up by price.

    Attributes:
        bar_volume: Contracts that came by bars.
    """

    def __init__(self) -> None:
        self._low, self._step = 0, 1
        self._levels: Floats = np.zeros((3, 0))
        self.bar_volume = 0.0

    def add_prints(self, prints: Rows) -> None:
        """Add PRINT rows (n,); those without a size or a price count for nothing."""
        rows = _fixed(prints)
        low, high = kernels.price_range(rows)
        if low <= high:
            self._reach(low, high)
            kernels.add_prints(self._levels, self._low, self._step, rows)

    def add_bars(self, bars: Rows) -> None:
        """Add BAR rows (n,); those without a volume count for nothing."""
        known = bars[bars["volume"] > 0]
        if len(known):
            self._reach(int(known["low_ticks"].min()), int(known["high_ticks"].max()))
            kernels.add_bars(self._levels, self._low, self._step, _fixed(known))
            self.bar_volume += float(known["volume"].sum())

    def read(self) -> Profile:
        """What it has come to; copies, which later additions do not change."""
        used = np.flatnonzero(self._levels.sum(axis=0) > 0)
        if not len(used):
            nothing = np.zeros(0)
            return Profile(0, 1, nothing, nothing, nothing, -1, (0, -1))
        first, end = int(used[0]), int(used[-1]) + 1
        levels = self._levels[:, first:end].copy()
        low, poc, high = kernels.value_area(levels.sum(axis=0), SHARE)
        begin = self._low + first * self._step
        return Profile(begin, self._step, levels[0], levels[1], levels[2], int(poc), (int(low), int(high)))

    def _reach(self, low: int, high: int) -> None:
        """Have levels for all prices [low, high]; double their step while there are too many."""
        count = self._levels.shape[1]
        if count:
            low, high = min(low, self._low), max(high, self._low + count * self._step - 1)
        while (high - low) // self._step >= MOST_LEVELS:
            self._double()
        begin = low // self._step * self._step if self._step > 1 else low
        needed = (high - begin) // self._step + 1
        before = (self._low - begin) // self._step if self._levels.shape[1] else 0
        if needed == self._levels.shape[1] and before == 0:
            return
        levels = np.zeros((3, needed))
        levels[:, before : before + self._levels.shape[1]] = self._levels
        self._low, self._levels = begin, levels

    def _double(self) -> None:
        """Put levels together two by two, so that every level begins at a multiple of the new step."""
        step = 2 * self._step
        begin = self._low // step * step
        lead = (self._low - begin) // self._step
        count = self._levels.shape[1]
        padded = np.zeros((3, (count + lead + 1) // 2 * 2))
        padded[:, lead : lead + count] = self._levels
        self._low, self._step = begin, step
        self._levels = padded.reshape(3, -1, 2).sum(axis=2)


def _fixed(rows: Rows) -> Rows:
    view = np.ascontiguousarray(rows).view()
    view.flags.writeable = False
    return view
