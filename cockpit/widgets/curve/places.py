"""Where prices and added-up sizes are on the depth curve, and which part of a book is in view. Pure."""

from dataclasses import dataclass
from math import ceil, log10
from typing import Final

import numpy as np

from cockpit.state.depth_views import CurveState
from cockpit.units import Floats, Sizes, Ticks
from cockpit.widgets.pane_settings import Option

RANGES: Final = (
    *(Option(f"{n} levels", f"{n} levels a side") for n in (50, 10, 20, 100, 200, 500)),
    *(Option(f"{n} bps", f"± {n} bps") for n in (5, 10, 25, 50, 100)),
)
HEADROOM: Final = 1.06  # of the height over the larger total
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class CurveScale:
    """Logical pixels of prices and sizes.

    Attributes:
        low, high: Ticks at the left and the right border.
        most: Smallest units at the top border, above 0.
        left, right, top, bottom: Borders of the plot.
    """

    low: float
    high: float
    most: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, tick: float) -> float:
        """Where a price is."""
        return self.left + (tick - self.low) / (self.high - self.low) * (self.right - self.left)

    def tick(self, x: float) -> float:
        """The price at a place."""
        return self.low + (x - self.left) / (self.right - self.left) * (self.high - self.low)

    def y(self, lots: float) -> float:
        """Where an added-up size is."""
        return self.bottom - lots / self.most * (self.bottom - self.top)

    @staticmethod
    def of(
        state: CurveState, span: str, left: float, top: float, right: float, bottom: float
    ) -> "CurveScale | None":
        """The scale of a plot; None for an empty book, or without room.

        Args:
            span: What is in view, a value of ``RANGES``.
        """
        ends = span_of(state, span)
        if ends is None or right - left < 2 or bottom - top < 2:
            return None
        return CurveScale(*ends, max(*state.totals(*ends), 1) * HEADROOM, left, right, top, bottom)


def span_of(state: CurveState, span: str) -> tuple[float, float] | None:
    """Lowest and highest price in view, ticks; None for an empty book."""
    number, _, unit = span.partition(" ")
    return state.span_of_bps(float(number)) if unit == "bps" else state.span_of_levels(int(number))


def steps(
    ticks: Ticks, sums: Sizes, scale: CurveScale, *, is_bid: bool, is_whole: bool
) -> list[tuple[float, float]]:
    """Corners of one side's steps, from the touch outwards to the border, or to where a shown book ends.

    Args:
        ticks, sums: int64 (n,), best first.
        is_bid: Whether it goes to the left.
        is_whole: Whether the book shows all there is: then nothing rests behind its last level.
    """
    inside = (ticks >= scale.low) & (ticks <= scale.high)
    ticks, sums = ticks[inside], sums[inside]
    if not len(ticks):
        return []
    xs = np.array([scale.x(tick) for tick in ticks.tolist()], np.float64)
    kept = _last_of_pixels(xs)
    corners = [(float(xs[0]), scale.bottom)]
    for x, lots in zip(xs[kept].tolist(), sums[kept].tolist(), strict=True):
        corners += [(x, corners[-1][1]), (x, scale.y(lots))]
    border = scale.left if is_bid else scale.right
    if not is_whole and len(sums) == len(inside):  # nobody knows what follows: the last level is a tick wide
        end = scale.x(int(ticks[-1]) + (-1 if is_bid else 1))
        border = max(end, border) if is_bid else min(end, border)
    corners.append((border, corners[-1][1]))
    return corners


def _last_of_pixels(xs: Floats) -> Sizes:
    """Of levels that fall on one pixel, the outermost: int64 places."""
    pixels = np.floor(xs).astype(np.int64)
    return np.append(np.flatnonzero(pixels[1:] != pixels[:-1]), len(xs) - 1)


def size_marks(most: float, lot: float, gaps: int) -> list[float]:
    """Round sizes to label up to ``most`` smallest units, at most so many, ascending; in contracts or coins.

    Args:
        lot: Contracts, shares or coins of the smallest unit.
    """
    wanted = most * lot / max(gaps, 1)
    if not wanted > 0:
        return []
    power = 10.0 ** (ceil(log10(wanted)) - 1)
    step = next((each * power for each in _STEPS if each * power >= wanted * (1 - 1e-9)), 10 * power)
    count = int(most * lot / step + 1e-9)
    return [step * n for n in range(1, count + 1)]
