"""What part of the liquidity heatmap is looked at: frozen, pure. Time in cells, prices in ticks.

One logical pixel shows whole cells, or one cell whole pixels, counted from the beginning of time: so nothing
shimmers while columns come.
"""

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Final

from cockpit.state.views import CELL_NS, HEAT_GROUPS

ZOOMS: Final = (  # (pixels, cells): so many logical pixels show so many cells; from near to far
    *((pixels, 1) for pixels in (12, 8, 6, 4, 3, 2, 1)),
    *((1, cells) for cells in (2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
USUAL: Final = ZOOMS.index((1, 5))
FREE: Final = 0.06  # of the width, right of now
STEP: Final = 1.2  # of prices: one notch of the wheel, one press
LEAST_TICK, MOST_TICK = 0.01, 48.0  # logical pixels of a tick
LEAST_ROW: Final = 3.0  # logical pixels of a row of the automatic grouping
MIDDLE: Final = 0.3  # of the height either side of the middle, within which the touch may walk while it is followed


@dataclass(frozen=True, slots=True)
class HeatView:
    """The looked-at part.

    Attributes:
        zoom: Index into ``ZOOMS``.
        right: Instant at the right border, ns; None follows now.
        centre: Price in the middle, ticks; None before there is any.
        tick: Logical pixels of a tick.
        follows: Whether the middle follows the touch.
        group: Ticks of a row; 0 by zoom.
    """

    zoom: int = USUAL
    right: int | None = None
    centre: float | None = None
    tick: float = 12.0
    follows: bool = True
    group: int = 0

    @property
    def ns_per_px(self) -> float:
        """Time of a logical pixel."""
        pixels, cells = ZOOMS[self.zoom]
        return cells * CELL_NS / pixels

    def right_ns(self, now_ns: int, width: float) -> int:
        """Instant at the right border."""
        return now_ns + round(FREE * width * self.ns_per_px) if self.right is None else self.right

    def panned(self, px: float, now_ns: int, width: float, first_ns: int) -> "HeatView":
        """Moved by pixels, positive is later; at now it follows again, and the beginning stays in view."""
        right = self.right_ns(now_ns, width) + round(px * self.ns_per_px)
        if right >= self.edge(now_ns, width):
            return replace(self, right=None)
        return replace(self, right=max(right, first_ns + round(width * self.ns_per_px / 2)))

    def edge(self, now_ns: int, width: float) -> int:
        """Instant at the right border while now is followed."""
        return now_ns + round(FREE * width * self.ns_per_px)

    def zoomed(self, steps: int, x: float, now_ns: int, width: float) -> "HeatView":
        """Nearer by steps; the instant at pixel ``x`` keeps its place, or now while it is followed."""
        zoom = min(max(self.zoom - steps, 0), len(ZOOMS) - 1)
        wanted = replace(self, zoom=zoom)
        if self.right is None:
            return wanted
        under = self.right - (width - x) * self.ns_per_px
        right = round(under + (width - x) * wanted.ns_per_px)
        return replace(wanted, right=None if right >= wanted.edge(now_ns, width) else right)

    def priced(self, factor: float, y: float, height: float) -> "HeatView":
        """Ticks ``factor`` times as high; the price at pixel ``y`` keeps its place."""
        if self.centre is None:
            return self
        tick = min(max(self.tick * factor, LEAST_TICK), MOST_TICK)
        under = self.centre + (height / 2 - y) / self.tick
        return replace(self, tick=tick, centre=under - (height / 2 - y) / tick)

    def lifted(self, ticks: float) -> "HeatView":
        """Moved to higher prices by ticks; the touch is not followed any more."""
        return self if self.centre is None else replace(self, centre=self.centre + ticks, follows=False)

    def following(self, touch: float | None, height: float) -> "HeatView":
        """With the touch in the middle, when it is followed and has left the part where it may walk."""
        if touch is None:
            return self
        if self.centre is None:
            return replace(self, centre=float(round(touch)))
        if self.follows and abs(touch - self.centre) * self.tick > MIDDLE * height:
            return replace(self, centre=float(round(touch)))
        return self

    def rows_group(self) -> int:
        """Ticks of a row now."""
        if self.group:
            return self.group
        return next((group for group in HEAT_GROUPS if group * self.tick >= LEAST_ROW), HEAT_GROUPS[-1])


@dataclass(frozen=True, slots=True)
class HeatScale:
    """Where cells and prices are, in device pixels of the plot.

    Attributes:
        columns, rows: Size of the plot.
        cells: Cells of a column of the map; 1 where a cell has several pixels.
        pixels: Device pixels of a column of the map; 1 where a pixel shows several cells.
        end: Absolute pixel right of the last one: pixel 0 begins with cell 0, at the beginning of time.
        high: Price in ticks at the upper edge of row 0.
        per_tick: Device pixels of a tick.
        group: Ticks of a row of the map.
    """

    columns: int
    rows: int
    cells: int
    pixels: int
    end: int
    high: float
    per_tick: float
    group: int

    @staticmethod
    def of(view: HeatView, now_ns: int, width: float, height: float, ratio: float) -> "HeatScale":
        """The scale of a view on a plot of so many logical pixels."""
        pixels, cells = ZOOMS[view.zoom]
        cells, pixels = max(round(cells / ratio), 1), max(round(pixels * ratio), 1) if cells == 1 else 1
        columns, rows = max(round(width * ratio), 1), max(round(height * ratio), 1)
        right = view.right_ns(now_ns, width)
        end = floor(right / CELL_NS * pixels / cells) + 1
        per_tick = view.tick * ratio
        high = (0.0 if view.centre is None else view.centre) + 0.5 + rows / 2 / per_tick
        return HeatScale(columns, rows, cells, pixels, end, high, per_tick, view.rows_group())

    @property
    def start(self) -> int:
        """Absolute pixel of the left border."""
        return self.end - self.columns

    @property
    def low_tick(self) -> int:
        """Lowest tick of the map: of the row under the lower border."""
        return floor((self.high - self.rows / self.per_tick) / self.group) * self.group

    @property
    def map_rows(self) -> int:
        """Rows of the map."""
        return max(ceil((self.high - self.low_tick) / self.group), 1)

    @property
    def first_column(self) -> int:
        """Absolute number of the first column of the map in view."""
        return self.start // self.pixels

    @property
    def map_columns(self) -> int:
        """Columns of the map in view."""
        return self.end // self.pixels + 1 - self.first_column

    def same_but_time(self, other: "HeatScale") -> bool:
        """Whether the other one differs by what instant is at its right border at most."""
        return replace(self, end=0) == replace(other, end=0)

    def x(self, ns: float) -> float:
        """Pixels from the left border of an instant."""
        return ns / CELL_NS * self.pixels / self.cells - self.start

    def instant(self, x: float) -> int:
        """Instant under a pixel."""
        return round((x + self.start) * self.cells / self.pixels * CELL_NS)

    def y(self, tick: float) -> float:
        """Pixels from the upper border of a price; a tick is drawn from half a tick below to half above."""
        return (self.high - 0.5 - tick) * self.per_tick

    def tick_at(self, y: float) -> float:
        """Price under a pixel row."""
        return self.high - 0.5 - y / self.per_tick
