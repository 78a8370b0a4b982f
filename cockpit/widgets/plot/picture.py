"""What a chart looks like at one moment, in numbers: everything a surface needs to draw it."""

from dataclasses import dataclass
from math import floor, isnan
from typing import Final

from cockpit.units import Times
from cockpit.widgets.plot.detail import Detail
from cockpit.widgets.plot.inks import Inks
from cockpit.widgets.plot.scale import PriceScale, TimeScale
from cockpit.widgets.theme import PRICE_AXIS, TIME_AXIS

VOLUME_SHARE: Final = 0.18  # of the height above the time axis
VOLUME_FROM: Final = 160  # logical pixels of height, under which the volume pane is dropped
VOLUME_FILL: Final = 0.9  # of its pane, by the largest bar
PRICE_MARGIN: Final = 0.08  # of the visible range, above and below it
FLAT_SPAN: Final = 4.0  # stored units shown at least, so that one price is not a division by nothing


@dataclass(frozen=True, slots=True)
class Bands:
    """Where the parts of a pane are, in device pixels.

    Attributes:
        ratio: Device pixels per logical pixel.
        columns, rows: The whole pane.
        width: Columns of the plot; the price axis is right of it.
        plot_bottom: Rows of the price plot; the volume pane begins one row below.
        bottom: Where the plots end; the time axis is below. Equal to ``plot_bottom`` without a volume pane.
    """

    ratio: float
    columns: int
    rows: int
    width: int
    plot_bottom: int
    bottom: int

    @staticmethod
    def of(width: float, height: float, ratio: float, axis: int = PRICE_AXIS, *, volume: bool) -> "Bands":
        """The parts of a pane of ``width`` by ``height`` logical pixels with a price axis ``axis`` wide."""
        columns, rows = max(round(width * ratio), 1), max(round(height * ratio), 1)
        bottom = max(rows - round(TIME_AXIS * ratio), 1)
        has_volume = volume and height - TIME_AXIS >= VOLUME_FROM
        plot_bottom = bottom - round(bottom * VOLUME_SHARE) if has_volume else bottom
        return Bands(ratio, columns, rows, max(columns - round(axis * ratio), 1), plot_bottom, bottom)

    @property
    def has_volume(self) -> bool:
        """Whether there is a volume pane."""
        return self.plot_bottom < self.bottom


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One chart, ready to draw.

    Attributes:
        bands, time, price: Where everything is.
        detail: Rows to draw.
        inks: Colours.
        volume_per_unit: Device pixels per unit of volume; 0 when none is known.
        largest_volume: The volume the pane is scaled to.
        levels: int64, rows of grid lines.
        instants, sessions: int64, columns of grid lines and of dashed lines.
        gaps: Column ranges [from, to) without data, in order; hatched, with dashed edges.
    """

    bands: Bands
    time: TimeScale
    price: PriceScale
    detail: Detail
    inks: Inks
    volume_per_unit: float
    largest_volume: float
    levels: Times
    instants: Times
    sessions: Times
    gaps: tuple[tuple[int, int], ...] = ()

    def volume_scale(self) -> tuple[int, int]:
        """Rows [top, bottom) of the volume pane."""
        return self.bands.plot_bottom + 1, self.bands.bottom


def fitted_range(low: float, high: float, margin: float = PRICE_MARGIN) -> tuple[float, float]:
    """The price range that shows [low, high] with some air; (0, 1) when nothing is known."""
    if isnan(low) or isnan(high):
        return 0.0, 1.0
    span = max(high - low, FLAT_SPAN)
    middle = (low + high) / 2
    half = span * (0.5 + margin)
    return middle - half, middle + half


def volume_per_unit(bands: Bands, largest: float) -> float:
    """Device pixels per unit of volume."""
    if not largest > 0 or not bands.has_volume:
        return 0.0
    return floor((bands.bottom - bands.plot_bottom - 1) * VOLUME_FILL) / largest
