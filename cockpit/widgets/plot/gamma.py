"""The gamma overlay on a chart's scales: columns and rows of the field, lines of levels, bars of the profile.

No painting and no numba. Source: ``design.md`` 7 (GEX overlay).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeGuard

import numpy as np
from numpy.typing import NDArray

from cockpit.state.views import ChartState, Freshness, GexLevel, GexOverlay, GexStretch, borders
from cockpit.units import Floats, Ticks
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.gamma_inks import GammaInks
from cockpit.widgets.plot.scale import PriceScale, TimeScale

LINE_WIDTH: Final = 1.5  # logical pixels of a level (design.md 4)
FLIP_DASH: Final = (7, 4)  # logical pixels on and off
PROFILE_FILL: Final = 0.92  # of a half of the profile, by the largest bar in view
PROFILE_HEAD: Final = 20  # logical pixels above its bars for the words that name its halves


@dataclass(frozen=True, slots=True, eq=False)
class FieldPart:
    """One stretch of the field, as far as it is in view.

    Attributes:
        left: First device column.
        columns: int64 (width,), row of ``values`` each device column shows: the last bar that reaches into it.
        edges: int64 (k + 1,), device rows of the borders between strikes, descending.
        values: float32 (n, k), exposure of the bars in view.
    """

    left: int
    columns: Ticks
    edges: Ticks
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A level across the plot: device row and kind."""

    row: int
    kind: str

    @property
    def dashed(self) -> bool:
        """Whether it is drawn in dashes."""
        return self.kind == "flip"


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The strike profile beside the axis, strikes in view only.

    Attributes:
        edges: int64 (k + 1,), device rows of the borders between strikes, descending.
        calls, puts, nets: float64 (k,), USD per 1 %.
        largest: The size its halves are scaled to; above 0.
    """

    edges: Ticks
    calls: Floats
    puts: Floats
    nets: Floats
    largest: float


@dataclass(frozen=True, slots=True, eq=False)
class GammaPicture:
    """The overlay, ready to draw.

    Attributes:
        parts: The field.
        per_usd: Strength of the field per USD per 1 %.
        lines: Levels in view.
        ticks: Device rows of flips besides the nearest, in view.
        band: Device rows [top, bottom) the flip lies in by all sign models; None for none.
        free: Device column where the newest bar ends.
        profile: None where there is no room or nothing in view.
        inks: Colours.
    """

    parts: tuple[FieldPart, ...]
    per_usd: float
    lines: tuple[LevelLine, ...]
    ticks: tuple[int, ...]
    band: tuple[int, int] | None
    free: int
    profile: Profile | None
    inks: GammaInks


def has_gamma(gex: GexOverlay | None) -> TypeGuard[GexOverlay]:
    """Whether there is anything to draw: a field, levels or a profile."""
    return gex is not None and not gex.reason


def has_field(gex: GexOverlay | None) -> bool:
    """Whether there is a field for candles to stand on, in view or not."""
    return has_gamma(gex) and any(len(stretch.values) for stretch in gex.stretches)


def worst_of(state: ChartState) -> Freshness | None:
    """What the overlay is dimmed by: it rests on the chain and, by the basis, on the chart's own price."""
    known = [
        each
        for each in (state.head.freshness, None if state.gex is None else state.gex.freshness)
        if each is not None
    ]
    return max(known, key=lambda each: each.value, default=None)


def gamma_of(
    gex: GexOverlay, bands: Bands, time: TimeScale, price: PriceScale, count: int, end: int, inks: GammaInks
) -> GammaPicture:
    """The overlay on the scales of a picture.

    Args:
        count: Bars there are; the field shows none beyond them.
        end: Device column where bars end.
    """
    parts = (field_part(stretch, time, price, count, end) for stretch in gex.stretches)
    height = bands.plot_bottom
    lines, ticks = _lines(gex, price, height)
    return GammaPicture(
        parts=tuple(part for part in parts if part is not None),
        per_usd=1.0 / gex.scale if gex.scale > 0 else 0.0,
        lines=lines,
        ticks=ticks,
        band=_band(gex, price, height),
        free=max(time.left(count), 0),
        profile=profile_of(gex, price, height) if bands.profile else None,
        inks=inks,
    )


def field_part(stretch: GexStretch, time: TimeScale, price: PriceScale, count: int, end: int) -> FieldPart | None:
    """What of a stretch is in view; None for nothing."""
    until = min(stretch.first + len(stretch.values), count)
    left, right = max(time.left(stretch.first), 0), min(time.left(until), end)
    if right <= left or stretch.values.shape[1] == 0:
        return None
    bars = bar_of_columns(time, left, right, stretch.first, until)
    low, high = int(bars[0]), int(bars[-1]) + 1
    values = np.ascontiguousarray(stretch.values[low - stretch.first : high - stretch.first], np.float32)
    return FieldPart(left, bars - low, price.ys(stretch.edges), values)


def bar_of_columns(time: TimeScale, left: int, right: int, first: int, until: int) -> Ticks:
    """The last of the bars [first, until) whose slot begins at or left of each device column [left, right)."""
    x = np.arange(left, right)
    if time.slot < 1.0:
        bars = np.ceil((x + 1 + time.origin) / time.slot).astype(np.int64) - 1
    else:  # by the very expression that places candles, so that no rounding parts them from their column
        seen = np.arange(first, until)
        lefts = np.floor(seen * time.slot).astype(np.int64) - time.origin
        bars = first - 1 + np.searchsorted(lefts, x, "right")
    return np.clip(bars, first, until - 1).astype(np.int64)


def rows_of(prices: Floats, price: PriceScale) -> Ticks:
    """Device rows of prices."""
    return price.ys(prices)


def drawn_levels(levels: Sequence[GexLevel]) -> Iterator[GexLevel]:
    """Walls first, then the flip nearest the spot; the others have a tick on the axis, neither line nor name."""
    yield from (level for level in levels if level.kind != "flip")
    yield from _flips(levels)[:1]


def _flips(levels: Sequence[GexLevel]) -> list[GexLevel]:
    return [level for level in levels if level.kind == "flip"]


def _lines(gex: GexOverlay, price: PriceScale, height: int) -> tuple[tuple[LevelLine, ...], tuple[int, ...]]:
    """Lines of the walls and of the nearest flip, and rows of the other flips; only what is in view."""
    lines = (LevelLine(price.y(level.at), level.kind) for level in drawn_levels(gex.levels))
    ticks = (price.y(flip.at) for flip in _flips(gex.levels)[1:])
    return tuple(line for line in lines if 0 <= line.row < height), tuple(row for row in ticks if 0 <= row < height)


def _band(gex: GexOverlay, price: PriceScale, height: int) -> tuple[int, int] | None:
    if gex.flip_band is None:
        return None
    low, high = gex.flip_band
    top, bottom = max(price.y(high), 0), min(price.y(low) + 1, height)
    return (top, bottom) if top < bottom else None


def profile_of(gex: GexOverlay, price: PriceScale, height: int) -> Profile | None:
    """Bars of the strikes in view; None when there are none."""
    at = gex.at
    if not len(at):
        return None
    edges = price.ys(borders(at))
    seen = np.flatnonzero((edges[1:] < height) & (edges[:-1] > 0))
    if not len(seen):
        return None
    low, high = int(seen[0]), int(seen[-1]) + 1
    calls, puts = (np.ascontiguousarray(side[low:high], np.float64) for side in (gex.calls, gex.puts))
    largest = float(np.max(np.abs(np.nan_to_num(np.concatenate((calls, puts))))))
    if largest <= 0:
        return None
    nets = np.nan_to_num(calls) + np.nan_to_num(puts)
    return Profile(edges[low : high + 1], calls, puts, nets, largest)
