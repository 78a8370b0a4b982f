"""From a chart state, a view and a size to a ``Picture`` with its labels. No painting, no widget.

What it keeps between calls are scratch arrays and labels, pure functions of (series, bars, scale).
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.instruments import Instrument
from cockpit.state.views import ChartState, ConeState, CvdState, Freshness, GexOverlay
from cockpit.units import NO_TIME, Floats
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.cone import cone_of, cone_range, has_cone
from cockpit.widgets.plot.detail import Details, as_floats
from cockpit.widgets.plot.gamma import gamma_of, has_gamma
from cockpit.widgets.plot.gamma_inks import GammaInks
from cockpit.widgets.plot.inks import Inks
from cockpit.widgets.plot.lines import Line, delta_scale, lines_of, newest
from cockpit.widgets.plot.picture import Picture, fitted_range, volume_per_unit
from cockpit.widgets.plot.scale import PriceScale, TimeScale
from cockpit.widgets.plot.ticks import TimeTick, price_ticks, time_ticks
from cockpit.widgets.plot.view import View

SPOT_SHARE: Final = 0.02  # of a lone price: above and below it, to see the gamma field around a chain's spot
CANDLES_LEAST: Final = 0.4  # of the fitted range belongs to the candles beside a cone
CANDLES_FLAT: Final = 0.08  # of a cone's range: what candles count as at least
NOWHERE: Final = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A picture with what was decided on the way.

    Attributes:
        picture: What to draw.
        prices, times: Labels of the axes.
        first, last: Visible bars, half-open.
        forming: Index of the forming bar when it is drawn apart from the picture, else None.
        low, high: Prices the picture's range was fitted to; NaN when nothing is visible.
    """

    picture: Picture
    prices: list[int | float]
    times: list[TimeTick]
    first: int
    last: int
    forming: int | None
    low: float
    high: float

    def has_room_for(self, row: Floats, *, fixed: bool) -> bool:
        """Whether the forming bar ``row`` (8,) changes no scale; ``fixed``: the price scale never does."""
        if self.forming is None or row[6] > self.picture.largest_volume:
            return False
        return fixed or bool(self.low <= row[4] and row[3] <= self.high)

    def lines_to_forming(self, state: ChartState) -> tuple[Line, ...]:
        """The parts of lines that lead from the bar before to the forming bar drawn apart."""
        picture, forming = self.picture, self.forming
        if forming is None or not picture.lines:
            return ()
        return lines_of(
            state, picture.bands, picture.time, picture.price, picture.delta, picture.inks, forming, forming + 1
        )

    def has_room_below(self, cvd: CvdState | None) -> bool:
        """Whether the newest cumulative delta changes no scale."""
        row, delta = newest(None if cvd is None else cvd.rows), self.picture.delta
        return row is None or delta is None or delta.holds(float(row["value"]))


class Composer:
    """Makes pictures of one pane."""

    def __init__(self) -> None:
        self._details = Details()
        self._labels_for: tuple[float, ...] = ()
        self._labels: list[TimeTick] = []

    def compose(
        self, state: ChartState, view: View, bands: Bands, inks: Inks, gamma_inks: GammaInks | None = None
    ) -> Composed:
        """The picture of ``state`` looked at through ``view``; without ``gamma_inks`` no gamma overlay is in it."""
        from cockpit.widgets.plot.kernels import extent  # noqa: PLC0415  numba loads at the first draw with data

        count = len(state.bars)
        cone = state.cone if view.shows_future(bands.space) and has_cone(state.cone) else None
        right = view.right(count, bands.right / bands.ratio, bands.space)
        time = TimeScale.ending_at(right, view.slot * bands.ratio, bands.right)
        first, last = time.visible(count)
        forming = forming_apart(state, time, inks, last)
        drawn = state.bars if forming is None else state.bars[:forming]
        detail = self._details.of(drawn, state.pyramid.levels, time)
        low, high, largest = extent(detail.rows)
        if forming is not None:
            low, high, largest = _with_row(as_floats(state.bars[forming:])[0], low, high, largest)
        if cone is not None:
            low, high = beside_candles(low, high, *cone_range(cone))
        if low == high and has_gamma(state.gex):
            low, high = low * (1 - SPOT_SHARE), high * (1 + SPOT_SHARE)
        price = PriceScale(*(view.prices or fitted_range(low, high)), 0, bands.plot_bottom)
        instrument = state.head.instrument
        prices = [] if instrument is None else self._prices(instrument, price, bands)
        times = self._times(state, first, last, view.slot)
        lined = [tick for tick in times if tick.strong or tick.session]
        plain = [tick for tick in times if not (tick.strong or tick.session)]
        future = None if cone is None else cone_of(cone, bands, price)
        end = bands.right if future is None else future.now
        gamma = None
        if gamma_inks is not None and has_gamma(state.gex):
            gamma = gamma_of(state.gex, bands, time, price, count, end, gamma_inks)
        delta = delta_scale(state.cvd, bands, time, first, last)
        picture = Picture(
            bands=bands,
            time=time,
            price=price,
            detail=detail,
            inks=inks,
            volume_per_unit=volume_per_unit(bands, largest),
            largest_volume=largest,
            levels=np.array([price.y(tick) for tick in prices], np.int64),
            instants=np.array([time.centre(tick.bar) for tick in plain], np.int64),
            sessions=np.array([time.centre(tick.bar) for tick in lined], np.int64),
            gaps=gap_columns(state, time, first, last),
            gamma=gamma,
            cone=future,
            lines=lines_of(state, bands, time, price, delta, inks, first, last if forming is None else forming),
            delta=delta,
        )
        return Composed(picture, prices, times, first, last, forming, low, high)

    def _prices(self, instrument: Instrument, price: PriceScale, bands: Bands) -> list[int | float]:
        return price_ticks(instrument, price.low, price.high, bands.plot_bottom / bands.ratio)

    def _times(self, state: ChartState, first: int, last: int, slot: float) -> list[TimeTick]:
        """Labels around the visible bars; made for more than is visible, so that panning keeps them."""
        span = 1 << max(last - first, 1).bit_length()  # steady while the visible number wavers by one
        begin = first // span * span
        end = min(first // span * span + 2 * span, len(state.bars))
        key = (state.series, begin, end, slot, len(state.session_starts))
        if key != self._labels_for:
            self._labels = time_ticks(state.bars, begin, end, state.session_starts, slot)
            self._labels_for = key
        return self._labels


def forming_apart(state: ChartState, time: TimeScale, inks: Inks, last: int) -> int | None:
    """Index of the forming bar if it can be redrawn alone: visible, a pixel or more wide, and not under a hatch."""
    count = len(state.bars)
    if not state.is_forming or time.slot < 1.0 or inks.is_hatched or last < count:
        return None
    return count - 1


def _with_row(row: Floats, low: float, high: float, largest: float) -> tuple[float, float, float]:
    return (
        float(np.fmin(low, row[4])),
        float(np.fmax(high, row[3])),
        float(np.fmax(largest, row[6])),
    )


def beside_candles(low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """The range of candles, NaN for none, widened to that of a cone as far as the candles do not go flat.

    They keep ``CANDLES_LEAST`` of it; candles nearly without a range of their own count as ``CANDLES_FLAT`` of the
    cone, so that some of it is seen. A cone cut off goes on beyond the plot, and tags on the axis tell its ends.
    """
    under, over = max(low - least, 0.0), max(most - high, 0.0)
    if not under + over > 0:
        return float(np.fmin(low, least)), float(np.fmax(high, most))
    span = max(high - low, CANDLES_FLAT * (most - least))
    share = min(span * (1 / CANDLES_LEAST - 1) / (under + over), 1.0)
    return low - share * under, high + share * over


def gap_columns(state: ChartState, time: TimeScale, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Columns of the bars that a gap touches; a gap between two bars gets a slot's edge, two columns wide.

    Right of the newest bar lies the gap that is not over yet, while the state says RESYNCING.
    """
    found: list[tuple[int, int]] = []
    bars = state.bars
    for since, until in state.gaps:
        begin = bisect_right(bars["close_ns"], since, first, last)
        end = len(bars) if until == NO_TIME else bisect_left(bars["open_ns"], until, begin, last)
        if first < len(bars) and begin <= last and not (end == begin and begin in (first, last)):
            left = time.left(begin)
            found.append((left, max(time.left(end), left + 2)))
    if state.head.freshness is Freshness.RESYNCING and last == len(bars):
        found.append((time.left(last), time.width + 2))  # its other edge is not known yet
    return tuple(found)


def same_picture(before: ChartState, after: ChartState, composed: Composed) -> bool:
    """Whether ``composed``, made of ``before``, still shows ``after``, the bar drawn apart aside."""
    if (
        before.series != after.series
        or before.head.freshness is not after.head.freshness
        or before.head.instrument != after.head.instrument
        or before.head.reason != after.head.reason
        or before.gaps != after.gaps
        or len(before.session_starts) != len(after.session_starts)
        or not same_gamma(before.gex, after.gex)
        or not same_cone(before.cone, after.cone, composed)
        or not same_studies(before, after)
    ):
        return False
    closed = len(before.bars) - before.is_forming
    if (
        composed.last <= closed
        and composed.forming is None
        and composed.picture.time.visible(len(after.bars))[1] == composed.last
    ):
        return True  # only closed bars are in view, and those never change
    if len(before.bars) != len(after.bars) or before.is_forming != after.is_forming:
        return False
    return composed.forming is not None or same_forming(before, after)


def same_gamma(before: GexOverlay | None, after: GexOverlay | None) -> bool:
    """Whether two overlays look the same on the plot, ages aside."""
    if before is None or after is None:
        return before is after
    return (before.version, before.freshness, before.reason) == (after.version, after.freshness, after.reason)


def same_cone(before: ConeState | None, after: ConeState | None, composed: Composed) -> bool:
    """Whether two cones look the same on the plot, ages aside; out of sight only having one or not counts."""
    if not (has_cone(before) and has_cone(after)):
        return has_cone(before) == has_cone(after)
    if composed.picture.cone is None:
        return True
    return (before.version, before.freshness) == (after.version, after.freshness)


def same_studies(before: ChartState, after: ChartState) -> bool:
    """Whether the same lines and panes are shown; what is on them follows from the bars."""
    one, other = (
        (
            state.vwap is None or (state.vwap.reason, state.vwap.bands),
            state.cvd is None or state.cvd.reason,
            state.profile is None,
        )
        for state in (before, after)
    )
    return one == other


def same_profile(before: ChartState, after: ChartState) -> bool:
    """Whether the volume profile is the same in both."""
    one, other = before.profile, after.profile
    if one is None or other is None:
        return one is other
    return (one.version, one.scope, one.read) == (other.version, other.scope, other.read)


def same_forming(before: ChartState, after: ChartState) -> bool:
    """Whether the newest bar is the same in both."""
    if not (len(before.bars) and len(after.bars)):
        return len(before.bars) == len(after.bars)
    return before.bars[-1:].tobytes() == after.bars[-1:].tobytes()
