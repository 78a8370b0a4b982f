"""Session average, cumulative delta and volume profile on a chart: where they are, what they say and cost."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from cockpit.engines.bars.vwap import DELTA, VWAP
from cockpit.state.views import ChartState, CvdState, Freshness, ProfileState, VwapState
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import same_picture
from cockpit.widgets.plot.legend import legend_of
from cockpit.widgets.plot.legend_row import LegendRow
from cockpit.widgets.plot.line_kernels import trace
from cockpit.widgets.plot.lines import sampled
from cockpit.widgets.plot.pane import MarketPlot
from cockpit.widgets.plot.scale import PriceScale, TimeScale
from cockpit.widgets.plot.strip import grouped
from cockpit.widgets.plot.view import View
from cockpit.widgets.theme import load_fonts
from tests.widgets.plot.charts import bars_of, state_of, with_last
from tests.widgets.plot.layered import composed_of
from tests.widgets.plot.panes import THEME, painted_by, pixel, shown, shown_plot

BARS = bars_of(300)


def vwap(count: int = 300, *, value: float | None = None, bands: int = 2, begins: int = 200) -> VwapState:
    rows = np.zeros(count, VWAP)
    rows["anchor_ns"] = np.where(np.arange(count) < begins, 1, 2)
    rows["value"], rows["sigma"] = BARS["close"][:count] if value is None else value, 6.0
    return VwapState("", rows, bands)


def cvd(count: int = 300) -> CvdState:
    rows = np.zeros(count, DELTA)
    rows["anchor_ns"], rows["value"] = 1, np.cumsum(BARS["delta"][:count])
    return CvdState("", rows)


def profile(version: int = 1) -> ProfileState:
    middle = int(BARS["close"][-1])
    sizes = np.exp(-(((np.arange(61) - 30) / 12) ** 2)) * 900
    return ProfileState(
        low=middle - 30, buys=sizes * 0.6, sells=sizes * 0.4, unsided=np.zeros(61), poc=float(middle),
        value=(middle - 12.0, middle + 12.0), total=float(sizes.sum()), version=version,
    )  # fmt: skip


def studied(state: ChartState | None = None) -> ChartState:
    base = state or state_of(BARS)
    return replace(base, vwap=vwap(), cvd=cvd(), profile=profile())


@pytest.fixture
def plot(qtbot) -> MarketPlot:
    return shown_plot(qtbot)


# the kernel and what it is given


def traced(ys: list[float], joins: list[int], off: int = 0, phase: int = 0) -> np.ndarray:
    px = np.full((40, 60), 0xFF000000, np.uint32)
    xs = np.arange(len(ys)) * 10.0 + 5
    trace(px, xs, np.array(ys, np.float64), np.array(joins), 60, 0, 40, 1.0, 5, off, phase, 0xFFFFFFFF, 256)
    return (px & 0xFF).astype(int)


def test_a_level_line_is_one_row_of_full_ink() -> None:
    light = traced([20.5, 20.5, 20.5], [0, 1, 1])
    assert light[20, 5:25].min() >= 254
    assert light.sum() == light[20, 5:25].sum()


def test_a_steep_line_has_no_holes_and_a_gap_stays_a_gap() -> None:
    light = traced([2.0, 38.0, float("nan"), 20.0, 21.0], [0, 1, 1, 1, 1])
    assert (light[:, 5:15].max(axis=0) > 60).all()
    assert (light[4:36].max(axis=1) > 60).all()
    assert light[:, 15:35].sum() == 0
    assert light[:, 35:45].sum() > 0


def test_sessions_are_not_joined_and_dashes_stay_on_the_bars_while_panning() -> None:
    assert traced([20, 20, 20], [0, 1, 0])[:, 15:25].sum() == 0
    first, moved = traced([20, 20, 20, 20], [0, 1, 1, 1], 3), traced([20, 20, 20, 20], [0, 1, 1, 1], 3, phase=2)
    assert np.array_equal(first[:, 7:35], moved[:, 5:33])
    assert (first[20, 5:35] == 0).any()


@pytest.mark.parametrize("slot", [0.004, 0.3, 1.0, 8.0])
def test_a_line_goes_through_one_bar_a_column_and_the_newest_is_among_them(slot: float) -> None:
    count = 20_000
    time = TimeScale.ending_at(count, slot, 500)
    first, last = time.visible(count)
    bars, xs = sampled(time, first, last)
    assert len(bars) <= 501
    assert bars[-1] == last - 1
    assert (np.diff(bars) > 0).all()
    assert (np.diff(xs) > 0).all()
    assert sampled(time, 0, 0)[0].tolist() == []


def test_prices_finer_than_a_bar_of_pixels_share_one_and_nothing_is_lost() -> None:
    made = profile()
    edges, sums = grouped(made, PriceScale(15_000, 16_000, 0, 500), 3)
    assert len(edges) == sums.shape[1] + 1
    assert (np.diff(edges) == 6).all()
    assert sums.sum() == pytest.approx(made.total)


# the pane


def test_panes_and_strip_have_room_and_are_dropped_where_there_is_none() -> None:
    plain = Bands.of(900, 500, 1.0, volume=True)
    both = Bands.of(900, 500, 1.0, volume=True, cvd=True, traded=True, gex=True)
    assert (plain.cvd, plain.traded, plain.volume_bottom) == (0, 0, plain.bottom)
    assert both.has_volume
    assert both.plot_bottom < both.volume_bottom < both.bottom == plain.bottom
    assert 60 <= both.cvd <= 96
    assert both.right == both.width - both.profile - both.traded
    assert both.profile == both.traded == 130
    assert Bands.of(500, 500, 1.0, volume=True, traded=True, gex=True).profile == 0
    low = Bands.of(360, 180, 1.0, volume=True, cvd=True, traded=True)
    assert (low.cvd, low.traded) == (0, 0)


def test_the_average_lies_on_its_price_and_the_delta_in_its_pane(plot: MarketPlot) -> None:
    state = replace(studied(), vwap=vwap(value=float(BARS["close"][-1]) + 9, bands=0))
    plot.draw(state)
    shown(plot)
    composed = plot.composed
    assert composed is not None
    bands, delta = composed.picture.bands, composed.picture.delta
    assert delta is not None
    row = composed.picture.price.y(float(BARS["close"][-1]) + 9)
    ink = THEME.argb("text2")
    line = plot.surface.pixels[row, : composed.picture.time.centre(299)] == ink
    around = plot.surface.pixels[row - 1 : row + 2, : composed.picture.time.centre(299)]
    assert line.any() or (around == ink).any()
    below = plot.surface.pixels[bands.volume_bottom + 1 : bands.bottom, : bands.right]
    assert (below == THEME.argb("accent")).sum() > 100
    values = state.cvd.rows["value"][composed.first :]  # type: ignore[union-attr]
    assert delta.low < values.min()
    assert delta.high > values.max()


def test_the_forming_bar_moves_the_end_of_the_lines_alone(plot: MarketPlot) -> None:
    state = studied()
    plot.draw(state)
    shown(plot)
    before, composed = plot.surface.pixels.copy(), plot.composed
    rows = state.vwap.rows.copy()  # type: ignore[union-attr]
    rows["value"][-1] += 5
    moved = replace(with_last(state, state.last or 0.0), vwap=VwapState("", rows, 2))
    moved.bars["volume"][-1] -= 1
    plot.draw(moved)
    shown(plot)
    assert plot.composed is composed, "nothing was composed anew"
    columns = np.flatnonzero((before != plot.surface.pixels).any(axis=0))
    assert composed is not None
    assert len(columns)
    time = composed.picture.time
    assert time.centre(298) <= columns.min() <= columns.max() <= time.centre(299) + time.body(1.0)
    plot.draw(state)
    shown(plot)
    assert np.array_equal(plot.surface.pixels, before), "and they go back to where they were"


def test_the_profile_is_painted_anew_alone(plot: MarketPlot) -> None:
    state = studied()
    plot.draw(state)
    image, composed = shown(plot), plot.composed
    assert composed is not None
    bands = composed.picture.bands
    left = bands.width - bands.traded
    row = composed.picture.price.y(float(BARS["close"][-1]) + 4)
    assert pixel(image, left + 4, row) == THEME.mixed("bid", 0.72)
    painted = painted_by(plot, lambda: plot.draw(replace(state, profile=profile(2))))
    assert plot.composed is composed
    assert painted.count == 1
    assert painted.region.boundingRect().left() >= left - 1


def test_switched_off_they_cost_nothing_and_switched_on_they_make_another_picture() -> None:
    plain = state_of(BARS)
    composed = composed_of(plain)
    assert composed.picture.lines == ()
    assert composed.picture.delta is None
    assert same_picture(plain, replace(plain), composed)
    for change in ({"vwap": vwap()}, {"cvd": cvd()}, {"profile": profile()}):
        assert not same_picture(plain, replace(plain, **change), composed)
    on = replace(plain, vwap=vwap(bands=1))
    assert not same_picture(on, replace(plain, vwap=vwap(bands=2)), composed_of(on))
    assert len(composed_of(on, view=View()).picture.lines) == 3


def test_it_draws_in_any_size_zoom_age_and_ratio(plot: MarketPlot) -> None:
    for freshness in Freshness:
        for size in ((360, 220), (900, 600)):
            plot.resize(*size)
            QApplication.processEvents()
            plot.draw(studied(state_of(BARS, freshness=freshness)))
            for steps in (-30, 12, 40):
                plot.zoom(steps)
                assert not shown(plot).isNull()


# the legend


def said(state: ChartState, bar: int | None = None) -> dict[str, str]:
    return {entry.key: entry.value for entry in legend_of(state, bar)}


def test_the_legend_states_values_units_and_what_they_are_made_of(qtbot) -> None:
    state = studied()
    text = said(state)
    instrument = state.head.instrument
    assert instrument is not None
    assert text["VWAP"] == instrument.format(float(BARS["close"][-1]))
    assert text["1σ"] == "±1.5"
    assert text["CVD"].endswith(" ct")
    assert text["POC"] == instrument.format(float(BARS["close"][-1]))
    assert "–" in text["VA 70 %"]
    assert "visible range" in text
    assert said(state, 10)["VWAP"] == instrument.format(float(BARS["close"][10]))
    rows = state.vwap.rows.copy()  # type: ignore[union-attr]
    rows["typical"], rows["unknown"] = 0.25, 3
    mixed = said(replace(state, vwap=VwapState("", rows, 0), profile=replace(profile(), by_bars=5.0)))
    assert "25 % by typical price" in mixed
    assert "3 bars without volume left out" in mixed
    assert "bars spread" in mixed
    load_fonts()
    row = LegendRow(THEME)
    qtbot.addWidget(row)
    row.resize(900, 34)
    row.show_entries(legend_of(state, None))
    assert any(row.tip_at(x, 17).startswith("VWAP = ") for x in range(0, 900, 5))
    assert all(entry.tip for entry in legend_of(state, None) if entry.key in ("VWAP", "1σ", "CVD", "POC"))


def test_why_there_is_nothing_stands_in_the_legend() -> None:
    state = replace(
        state_of(BARS), vwap=VwapState("no volume"), cvd=CvdState("no sides"), profile=ProfileState("no trades")
    )
    text = said(state)
    assert text["VWAP"] == text["CVD"] == text["POC"] == "–"
    assert {"no volume", "no sides", "no trades"} <= set(text)
