"""The cone on a chart's scales: where now is, its bands, names and days. No painting, no numba.

Source: ``design.md`` 7 (ES cone).
"""

from dataclasses import dataclass
from math import floor
from typing import Final, TypeGuard

import numpy as np

from cockpit.state.views import ConeState
from cockpit.units import Floats, Ticks
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.inks import HATCHED, STRENGTH
from cockpit.widgets.plot.scale import PriceScale, whole_rows

FILLS: Final = (0.055, 0.075, 0.08)  # opacity of the 95, 68 and 50 % bands, each over the one before
END_GAP: Final = 10  # logical pixels from the end of the last session to the axis
LOW_95, LOW_68, LOW_50, MEDIAN, HIGH_50, HIGH_68, HIGH_95 = range(7)  # columns of ConeState.bands
BANDS_OF: Final = ((LOW_95, HIGH_95), (LOW_68, HIGH_68), (LOW_50, HIGH_50))  # as they are stacked


@dataclass(frozen=True, slots=True)
class Day:
    """The end of a session to come: its name, its device column."""

    name: str
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class ConePicture:
    """The cone, ready to draw.

    Attributes:
        now: Device column of the line between history and future.
        end: Device column of the end of the last session.
        xs: float64 (m,), logical pixels.
        ys: float64 (m, 7), logical pixels, columns as ``ConeState.bands``.
        last: float64 (7,), the prices they end at, in stored units.
        days: Sessions to come, in order.
        fills: int64 (3,), weights 0-256 of the bands.
        strength: Opacity of all marks.
        is_old: Whether the volatility it is made of is old.
    """

    now: int
    end: int
    xs: Floats
    ys: Floats
    last: Floats
    days: tuple[Day, ...]
    fills: Ticks
    strength: float
    is_old: bool

    def spans(self, ratio: float) -> tuple[Ticks, Ticks]:
        """Device rows [top, base) of the three bands in the columns between now and the end; int64 (3, columns)."""
        at = (np.arange(self.now, self.end) + 0.5) / ratio
        tops, bases = (
            np.array([np.interp(at, self.xs, self.ys[:, pair[side]]) for pair in BANDS_OF]) for side in (1, 0)
        )
        return whole_rows(np.rint(tops * ratio)), whole_rows(np.rint(bases * ratio))

    def day_at(self, column: int) -> Day | None:
        """The session under a device column; None left of now and right of the last session."""
        if column < self.now:
            return None
        return next((day for day in self.days if column <= day.column), None)


def has_cone(cone: ConeState | None) -> TypeGuard[ConeState]:
    """Whether there is a cone to draw, room or not."""
    return cone is not None and not cone.reason and len(cone.along) > 1 and len(cone.bands) == len(cone.along)


def cone_range(cone: ConeState) -> tuple[float, float]:
    """Lowest and highest price of the cone, stored units."""
    return float(np.nanmin(cone.bands[:, LOW_95])), float(np.nanmax(cone.bands[:, HIGH_95]))


def cone_of(cone: ConeState, bands: Bands, price: PriceScale) -> ConePicture:
    """The cone on the price scale of a picture, in the columns that ``bands`` leaves to the future."""
    now, ratio = bands.right - bands.future, bands.ratio
    span = max(bands.future - round(END_GAP * ratio), 1)
    left = now + 0.5
    # antialiased curves keep fractions of a pixel, so the whole rows of ``PriceScale.y`` are too coarse here
    ys = (price.top + (price.high - cone.bands) * price.per_unit) / ratio
    freshness = cone.freshness
    strength = 1.0 if freshness is None else STRENGTH[freshness]
    return ConePicture(
        now=now,
        end=now + span,
        xs=(left + cone.along * span) / ratio,
        ys=ys,
        last=cone.bands[-1],
        days=tuple(Day(name, now + floor(along * span)) for name, along in cone.days),
        fills=np.rint(np.array(FILLS) * strength * 256).astype(np.int64),
        strength=strength,
        is_old=freshness in HATCHED,
    )
