"""Where the parts of the heatmap's pane are, and how sizes are written. Pure."""

from dataclasses import dataclass
from typing import Final

from cockpit.instruments import Instrument
from cockpit.widgets.theme import LEGEND, TIME_AXIS

DEPTH: Final = 150  # logical pixels of the sizes now, and of the volume profile (design.md 7)
PROFILE: Final = 150
DEPTH_FROM, PROFILE_FROM = 420, 620  # logical pixels of the pane, under which they are dropped
DELTA: Final = 96  # of the pane of deltas under the map
DELTA_FROM: Final = 380  # of height, under which it is dropped: the map comes first
STRIP_SHARE: Final = 0.15  # of the pane a strip takes at most


@dataclass(frozen=True, slots=True)
class HeatBands:
    """Where the parts of the pane are, logical pixels.

    Attributes:
        width, height: The whole pane.
        plot: Width of the map.
        depth, profile: Widths of the strips right of it; 0 without one.
        axis: Width of the price axis.
        delta: Height of the pane under the map; 0 without one.
    """

    width: float
    height: float
    plot: float
    depth: float
    profile: float
    axis: float
    delta: float = 0.0

    @staticmethod
    def of(
        width: float, height: float, axis: float, *, depth: bool = True, profile: bool = True, delta: bool = False
    ) -> "HeatBands":
        """The parts of a pane; narrow ones drop the profile first, low ones what is under the map."""
        strip = min(DEPTH, round(STRIP_SHARE * width))
        beside = strip if depth and width >= DEPTH_FROM else 0
        volume = min(PROFILE, strip) if profile and width >= PROFILE_FROM else 0
        return HeatBands(
            width,
            height,
            max(width - axis - beside - volume, 1),
            beside,
            volume,
            axis,
            DELTA if delta and height >= DELTA_FROM else 0,
        )

    @property
    def top(self) -> float:
        """Where the map begins, under the legend."""
        return LEGEND

    @property
    def bottom(self) -> float:
        """Where it ends, over the deltas or the time axis."""
        return max(self.times - self.delta, LEGEND + 1)

    @property
    def times(self) -> float:
        """Where the time axis begins."""
        return max(self.height - TIME_AXIS, LEGEND + 1)


def size_text(instrument: Instrument, lots: float) -> str:
    """A size as it is written: grouped, with the decimals the lot has."""
    size = instrument.size(lots)
    if abs(size) >= 100_000:
        return f"{size / 1e6:,.2f}M" if abs(size) >= 1e6 else f"{size / 1e3:,.0f}k"
    return f"{size:,.0f}" if instrument.lot >= 1 or size >= 1_000 else f"{size:,.{3 if size < 10 else 1}f}"


def unit_of(instrument: Instrument) -> str:
    """What sizes are counted in."""
    kinds = {"equity": "shares", "crypto": instrument.root.removesuffix("USDT") or "coins"}
    return kinds.get(instrument.kind, "contracts")
