"""What a chart looks like at one moment, in numbers: everything a surface needs to draw it."""

from dataclasses import dataclass
from math import floor, isnan
from typing import Final

from cockpit.units import Times
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.cone import ConePicture
from cockpit.widgets.plot.detail import Detail
from cockpit.widgets.plot.gamma import GammaPicture
from cockpit.widgets.plot.inks import CASING, Inks
from cockpit.widgets.plot.lines import DeltaScale, Line
from cockpit.widgets.plot.scale import PriceScale, TimeScale

VOLUME_FILL: Final = 0.9  # of its pane, by the largest bar
PRICE_MARGIN: Final = 0.08  # of the visible range, above and below it
FLAT_SPAN: Final = 4.0  # stored units shown at least, so that one price is not a division by nothing


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
        gamma: The gamma overlay; None without one.
        cone: The cone; None without one, and while the newest bar is not followed.
        lines: Lines through the bars, bottom up; without their last part where the forming bar is drawn apart.
        delta: Scale of the cumulative delta's pane; None without one.
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
    gamma: GammaPicture | None = None
    cone: ConePicture | None = None
    lines: tuple[Line, ...] = ()
    delta: DeltaScale | None = None

    @property
    def end(self) -> int:
        """Column where bars end: the future, the profile or the axis is right of it."""
        return self.bands.right if self.cone is None else self.cone.now

    @property
    def casing(self) -> int:
        """Device pixels around a candle that belong to it; 0 where it stands on bare ground."""
        return 0 if self.inks.casing is None else max(round(CASING * self.bands.ratio), 1)

    def volume_scale(self) -> tuple[int, int]:
        """Rows [top, bottom) of the volume pane."""
        return self.bands.plot_bottom + 1, self.bands.volume_bottom


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
    return floor((bands.volume_bottom - bands.plot_bottom - 1) * VOLUME_FILL) / largest
