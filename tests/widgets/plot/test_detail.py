"""Zoomed out, a picture reads few rows and still shows every high and low."""

from itertools import pairwise

import numpy as np
import pytest

from cockpit.state.pyramid import Pyramid
from cockpit.widgets.plot.detail import Details, as_floats, level_for, pieces
from cockpit.widgets.plot.scale import TimeScale
from tests.widgets.plot.charts import bars_of

BARS = bars_of(50_000)
LEVELS = Pyramid.empty().extended(BARS[:49_999]).levels


def test_from_a_pixel_a_bar_on_the_visible_bars_themselves_are_drawn_without_a_copy() -> None:
    scale = TimeScale.ending_at(1000.0, 3.0, 300)
    detail = Details().of(BARS, LEVELS, scale)
    assert (detail.first, len(detail.rows), detail.read) == (900, 101, 101)
    assert np.shares_memory(detail.rows, BARS)


@pytest.mark.parametrize("slot", [0.9, 0.3, 0.06, 0.012, 0.002])
@pytest.mark.parametrize("right", [50_000.0, 31_234.5, 300.0])
def test_finer_than_pixels_bars_keep_their_extremes_and_sums(slot: float, right: float) -> None:
    scale = TimeScale.ending_at(right, slot, 600)
    first, last = scale.visible(len(BARS))
    rows = Details().of(BARS, LEVELS, scale).rows
    shown = rows[~np.isnan(rows[:, 3])]
    around = BARS[max(first - 4**8, 0) : last + 4**8]
    inner = BARS[first + round(2 / slot) : max(last - round(2 / slot), 0)]
    if len(inner):
        assert inner["high"].max() <= shown[:, 3].max() <= around["high"].max()
        assert around["low"].min() <= shown[:, 4].min() <= inner["low"].min()
    everything = TimeScale.ending_at(50_000.0, 600 / 50_000, 600)
    all_rows = Details().of(BARS, LEVELS, everything).rows
    assert np.nansum(all_rows[:, 6]) == pytest.approx(BARS["volume"].sum())


@pytest.mark.parametrize("slot", [0.9, 0.1, 0.01, 0.0005])
def test_the_cost_of_a_picture_is_bounded_by_its_pixels(slot: float) -> None:
    million = np.tile(BARS, 20)
    levels = Pyramid.empty().extended(million).levels
    for right in (1_000_000.0, 654_321.0):
        detail = Details().of(million, levels, TimeScale.ending_at(right, slot, 1180))
        assert detail.read <= 8 * 1180 + 3 * len(levels)


def test_pieces_cover_every_visible_bar_once() -> None:
    for first, last, slot in ((0, 50_000, 0.01), (1_003, 49_998, 0.02), (49_990, 50_000, 0.3), (17, 18, 0.1)):
        covered = [
            (start, start + len(rows) * group) for rows, start, group in pieces(BARS, LEVELS, first, last, slot)
        ]
        assert covered[0][0] <= first
        assert covered[-1][1] >= last
        assert all(end == start for (_, end), (start, _) in pairwise(covered))


def test_a_level_leaves_two_entries_for_each_pixel() -> None:
    assert [level_for(slot) for slot in (1.0, 0.126, 0.125, 0.0078)] == [0, 0, 1, 3]


def test_bars_seen_as_floats_keep_their_columns() -> None:
    names = ("open", "high", "low", "close", "volume", "delta")
    assert as_floats(BARS)[7, 2:].tolist() == [BARS[7][name] for name in names]
