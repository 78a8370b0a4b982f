"""Lines through the bars on a chart's scales: the session average with its bands, and the cumulative delta below.

No painting, no numba. A session's line is not joined to that of the session before. Source: ``design.md`` 7.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.state.views import ChartState, CvdState, VwapState
from cockpit.units import Floats, Rows, Sizes, Ticks
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.inks import STRENGTH, Inks
from cockpit.widgets.plot.scale import PriceScale, TimeScale

VWAP_WIDTH: Final = 1.5  # logical pixels
VWAP_DASH: Final = (5, 3)  # logical pixels on and off (design.md 7)
BAND_WIDTH: Final = 1.0
BAND_WEIGHTS: Final = (0.55, 0.35)  # opacity of the lines at one and at two standard deviations
CVD_WIDTH: Final = 1.5
CVD_AIR: Final = 0.10  # of its range, above and below it
CVD_LEAST: Final = 2.0  # contracts of range shown at least


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line, ready to draw; arguments of ``line_kernels.trace``."""

    xs: Floats
    ys: Floats
    joins: Ticks
    top: int
    bottom: int
    thick: float
    on: int
    off: int
    phase: int
    ink: int
    weight: int


@dataclass(frozen=True, slots=True)
class DeltaScale:
    """The pane of the cumulative delta.

    Attributes:
        low, high: Contracts at its bottom and top.
        top, bottom: Device rows [top, bottom).
    """

    low: float
    high: float
    top: int
    bottom: int

    @property
    def per_unit(self) -> float:
        """Device pixels a contract."""
        return (self.bottom - self.top) / (self.high - self.low)

    def ys(self, values: Floats) -> Floats:
        """Device rows of values, with fraction."""
        return self.top + (self.high - values) * self.per_unit

    def holds(self, value: float) -> bool:
        """Whether a value is on the pane; an unknown one is nowhere and needs no room."""
        return not (value < self.low or value > self.high)


def sampled(time: TimeScale, first: int, end: int) -> tuple[Sizes, Floats]:
    """Bars out of [first, end) that a line goes through, and their device columns; one a column at most."""
    if time.slot >= 1.0:
        bars = np.arange(first, end)
        centres: Floats = np.array(np.floor((bars + 0.5) * time.slot), np.float64)
        xs: Floats = np.array(centres - (time.origin - 0.5), np.float64)
        return bars, xs
    columns = np.arange(time.width)
    last = np.ceil((columns + 1 + time.origin) / time.slot).astype(np.int64) - 1  # the newest bar of each column
    bars, places = np.unique(np.clip(last, first, max(end - 1, first)), return_index=True)
    count = max(end - first, 0)
    shown: Floats = np.array(columns[places][:count] + 0.5, np.float64)
    return bars[:count], shown


def delta_scale(cvd: CvdState | None, bands: Bands, time: TimeScale, first: int, end: int) -> DeltaScale | None:
    """The scale that shows the cumulative delta of bars [first, end); None without a pane for it."""
    if cvd is None or cvd.rows is None or not bands.cvd:
        return None
    values = cvd.rows["value"][sampled(time, first, min(end, len(cvd.rows)))[0]]
    values = values[~np.isnan(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    air = max((high - low) * CVD_AIR, CVD_LEAST / 2)
    return DeltaScale(low - air, high + air, bands.volume_bottom + 1, bands.bottom)


def lines_of(
    state: ChartState,
    bands: Bands,
    time: TimeScale,
    price: PriceScale,
    delta: DeltaScale | None,
    inks: Inks,
    first: int,
    end: int,
) -> tuple[Line, ...]:
    """All lines through the bars [first, end) and from the bar before, bottom up."""
    found: list[Line] = []
    begin = max(first - 1, 0)
    strength = 1.0 if state.head.freshness is None else STRENGTH[state.head.freshness]
    if state.vwap is not None and state.vwap.rows is not None and not state.vwap.reason:
        bars, xs = sampled(time, begin, min(end, len(state.vwap.rows)))
        found += _averages(state.vwap, state.vwap.rows[bars], xs, bands, time, price, inks, strength)
    if delta is not None and state.cvd is not None and state.cvd.rows is not None:
        bars, xs = sampled(time, begin, min(end, len(state.cvd.rows)))
        rows = state.cvd.rows[bars]
        thick, weight = CVD_WIDTH * bands.ratio, round(256 * strength)
        ys = delta.ys(np.ascontiguousarray(rows["value"]))
        found.append(
            Line(xs, ys, _joins(rows), delta.top, delta.bottom, thick, 1, 0, 0, inks.running, weight)
        )  # fmt: skip
    return tuple(found)


def _averages(
    vwap: VwapState,
    rows: Rows,
    xs: Floats,
    bands: Bands,
    time: TimeScale,
    price: PriceScale,
    inks: Inks,
    strength: float,
) -> list[Line]:
    joins, value, sigma = _joins(rows), rows["value"], rows["sigma"]
    found: list[Line] = []
    for times in range(vwap.bands, 0, -1):
        for side in (-1, 1):
            ys = _rows_of(value + side * times * sigma, price)
            weight = round(256 * BAND_WEIGHTS[times - 1] * strength)
            thick = BAND_WIDTH * bands.ratio
            found.append(Line(xs, ys, joins, price.top, bands.plot_bottom, thick, 1, 0, 0, inks.average, weight))
    on, off = (round(part * bands.ratio) for part in VWAP_DASH)
    ys, thick, weight = _rows_of(value, price), VWAP_WIDTH * bands.ratio, round(256 * strength)
    phase = time.origin % (on + off)
    found.append(Line(xs, ys, joins, price.top, bands.plot_bottom, thick, on, off, phase, inks.average, weight))
    return found


def _rows_of(prices: Floats, price: PriceScale) -> Floats:
    return np.ascontiguousarray(price.top + (price.high - prices) * price.per_unit)


def _joins(rows: Rows) -> Ticks:
    anchors = rows["anchor_ns"]
    return np.concatenate([np.zeros(min(len(rows), 1), np.int64), (anchors[1:] == anchors[:-1]).astype(np.int64)])


def newest(rows: Rows | None, bar: int | None = None) -> Rows | None:
    """The row of a bar, the newest for None; None when there is none."""
    at = -1 if bar is None else bar
    return None if rows is None or not -len(rows) <= at < len(rows) else rows[at]
