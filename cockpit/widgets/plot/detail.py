"""The rows a picture is made of: the visible bars, or one merged row per pixel where bars are finer than pixels."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np

from cockpit.state.pyramid import FAN
from cockpit.units import Floats, Rows
from cockpit.widgets.plot.scale import TimeScale

ENTRIES_PER_PIXEL: Final = 2  # at least, of the level that is merged into pixels (rendering.md 3)
FIELDS: Final = 8  # of BAR_VIEW, 8 bytes each


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """Rows ready to draw.

    Attributes:
        rows: float64 (n, 8), BAR_VIEW columns.
        first: Bar index of the first row.
        slot, origin: Where the rows stand; those of the scale, or 1 and 0 for a row per pixel.
        read: Rows looked at to make it; what the picture costs.
    """

    rows: Floats
    first: int
    slot: float
    origin: int
    read: int


def as_floats(bars: Rows) -> Floats:
    """BAR_VIEW (n,) seen as float64 (n, 8), without a copy."""
    return bars.view(np.float64).reshape(-1, FIELDS)


class Details:
    """Makes ``Detail`` from bars and their levels; keeps the columns it merges into."""

    def __init__(self) -> None:
        self._columns = np.empty((0, FIELDS))

    def of(self, bars: Rows, levels: tuple[Rows, ...], scale: TimeScale) -> Detail:
        """The rows of the visible part of ``bars``, whose coarser levels are ``levels``."""
        first, last = scale.visible(len(bars))
        if scale.slot >= 1.0:
            return Detail(as_floats(bars[first:last]), first, scale.slot, scale.origin, last - first)
        return self._merged(bars, levels, scale, first, last)

    def _merged(self, bars: Rows, levels: tuple[Rows, ...], scale: TimeScale, first: int, last: int) -> Detail:
        from cockpit.widgets.plot.kernels import merge_columns  # noqa: PLC0415  numba loads at the first draw

        if len(self._columns) != scale.width:
            self._columns = np.empty((scale.width, FIELDS))
        self._columns.fill(np.nan)
        read = 0
        for rows, start, group in pieces(bars, levels, first, last, scale.slot):
            merge_columns(self._columns, as_floats(rows), start, group, scale.slot, scale.origin)
            read += len(rows)
        return Detail(self._columns, 0, 1.0, 0, read)


def pieces(bars: Rows, levels: tuple[Rows, ...], first: int, last: int, slot: float) -> list[tuple[Rows, int, int]]:
    """Rows that cover bars [first, last) in time order: the coarsest level that is fine enough, then finer ends.

    Returns:
        (rows, bar index of the first row, bars per row); a first row may begin a little before ``first``.
    """
    found: list[tuple[Rows, int, int]] = []
    at = first
    for k in range(min(level_for(slot), len(levels)), -1, -1):
        rows, group = (levels[k - 1] if k else bars), FAN**k
        begin = floor(at / group)
        end = min(ceil(last / group), len(rows))
        if end > begin:
            found.append((rows[begin:end], begin * group, group))
            at = end * group
        if at >= last:
            break
    return found


def level_for(slot: float) -> int:
    """The coarsest level with ``ENTRIES_PER_PIXEL`` rows a pixel, 0 for the bars themselves."""
    level, per_pixel = 0, 1.0 / slot
    while per_pixel >= ENTRIES_PER_PIXEL * FAN:
        per_pixel /= FAN
        level += 1
    return level
