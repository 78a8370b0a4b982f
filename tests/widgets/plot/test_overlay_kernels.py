"""Kernels of the overlays against slow plain loops and pictures written by hand."""

from math import floor, nan

import numpy as np
import pytest

from cockpit.units import Floats, Pixels
from cockpit.widgets.plot import overlay_kernels

PLUS = np.arange(1000, 1011, dtype=np.uint32)  # ink 1000 + tenths of strength
MINUS = np.arange(2000, 2011, dtype=np.uint32)
UNDER, OVER = 0xFF102030, 0xFF90A0B0


def blank(rows: int, columns: int, ink: int = 0) -> Pixels:
    return np.full((rows, columns), ink, np.uint32)


def blended(under: int, over: int, weight: int) -> int:
    """Channel by channel, ``weight`` 0-256."""
    channels = [((under >> s & 255) * (256 - weight) + (over >> s & 255) * weight) >> 8 << s for s in (0, 8, 16)]
    return 0xFF000000 | sum(channels)


def field(px: Pixels, values: list[list[float]], columns: list[int], left: int, edges: list[int]) -> None:
    overlay_kernels.field(
        px, np.array(values, np.float32), np.array(columns), left, np.array(edges), px.shape[0], 0.1, PLUS, MINUS
    )


def test_cells_have_a_pixel_between_rows_and_unknown_ones_stay_bare() -> None:
    px = blank(11, 4)
    field(px, [[10.0, -5.0], [nan, 3.0]], [0, 0, 1], 1, [10, 5, 0])
    assert px.tolist() == [
        [0, 0, 0, 0],
        *[[0, 2005, 2005, 1003]] * 4,
        [0, 0, 0, 0],
        *[[0, 1010, 1010, 0]] * 4,
        [0, 0, 0, 0],
    ]


def test_of_strikes_on_one_row_of_pixels_the_strongest_is_shown() -> None:
    px = blank(4, 1)
    field(px, [[1.0, -9.0, 2.0, 4.0]], [0], 0, [2, 1, 1, 1, 0])
    assert px.ravel().tolist() == [1004, 2009, 0, 0]


def test_exposure_beyond_the_scale_is_the_last_shade_and_none_the_first() -> None:
    px = blank(2, 2)
    field(px, [[500.0], [0.0]], [0, 1], 0, [2, 0])
    assert px.tolist() == [[1010, 1000]] * 2


@pytest.mark.parametrize("seed", range(6))
def test_the_field_agrees_with_a_plain_painter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    px, expected = blank(60, 50), blank(60, 50)
    strikes, bottom, left = int(rng.integers(1, 30)), 55, int(rng.integers(0, 8))
    values = rng.normal(0, 6, (7, strikes)).astype(np.float32)
    values[rng.random(values.shape) < 0.15] = nan
    columns = np.sort(rng.integers(0, 7, 40))
    edges = np.sort(rng.integers(-20, 80, strikes + 1))[::-1].copy()
    overlay_kernels.field(px, values, columns, left, edges, bottom, 0.1, PLUS, MINUS)
    for x, bar in enumerate(columns):
        waiting: list[float] = []
        for strike in range(strikes - 1, -1, -1):
            top, base = int(edges[strike + 1]), int(edges[strike])
            if base <= 0 or top >= bottom:
                continue
            waiting.append(float(values[bar, strike]))
            if base == top:
                continue
            known = [value for value in waiting if not np.isnan(value)]
            waiting = []
            if not known:
                continue
            value = max(known, key=abs)
            place = floor(min(abs(value) * 0.1, 1.0) * 10 + 0.5)
            for y in range(top + (base - top >= overlay_kernels.GAP_FROM), base):
                if 0 <= y < bottom:
                    expected[y, left + x] = (PLUS if value >= 0 else MINUS)[place]
    np.testing.assert_array_equal(px, expected)


def test_the_profile_has_calls_right_puts_left_and_the_net_over_both() -> None:
    px = blank(8, 13)
    overlay_kernels.strikes(
        px, np.array([8, 0]), np.array([6.0]), np.array([-2.0]), np.array([4.0]), 6, 6, 1.0, 2, 0, 8, 1, 2, 3, 4
    )
    drawn = ["".join(".cpCP"[pixel] for pixel in row) for row in px]
    bar, net = "....ppcccccc.", "....ppCCCCcc."
    assert drawn == [".............", bar, bar, net, net, bar, bar, "............."]


def test_the_profile_is_cut_at_its_head_its_foot_and_its_reach_and_skips_the_unknown() -> None:
    px = blank(9, 9)
    edges, unknown = np.array([12, 6, 4, -4]), np.array([9.0, nan, 9.0])
    overlay_kernels.strikes(px, edges, unknown, -unknown, -unknown, 4, 3, 1.0, 1, 2, 8, 1, 2, 3, 4)
    assert not px[:2].any()
    assert not px[3:7].any()
    assert not px[8].any()
    assert px[7].tolist() == [0, 2, 2, 2, 1, 1, 1, 0, 0]
    assert px[2, 4] == 1


def test_a_negative_net_points_left() -> None:
    px = blank(3, 9)
    overlay_kernels.strikes(
        px, np.array([3, 0]), np.array([1.0]), np.array([-3.0]), np.array([-2.0]), 4, 4, 1.0, 1, 0, 3, 1, 2, 3, 4
    )
    assert px.tolist() == [[0, 2, 2, 2, 1, 0, 0, 0, 0], [0, 2, 4, 4, 1, 0, 0, 0, 0], [0, 2, 2, 2, 1, 0, 0, 0, 0]]


@pytest.mark.parametrize("seed", range(6))
def test_casings_are_the_candles_a_pixel_wider_on_every_side(seed: int) -> None:
    rng = np.random.default_rng(seed)
    px, expected = blank(40, 90, UNDER), blank(40, 90, UNDER)
    rows = np.full((12, 8), nan)
    rows[:, 2], rows[:, 5] = rng.uniform(-6, 16, (2, 12))
    rows[:, 3] = rows[:, (2, 5)].max(axis=1) + 2
    rows[:, 4] = rows[:, (2, 5)].min(axis=1) - 1.5
    rows[4, 3] = nan
    slot, origin, reach = float(rng.uniform(7, 9)), int(rng.integers(-20, 30)), int(rng.integers(1, 3))
    overlay_kernels.casings(
        px, rows, 4, slot, origin, 10, 80, 3, 37, 11.0, 2.3, 3, reach, OVER, 200
    )  # fmt: skip
    for at, (_, _, o, h, low, c, _, _) in enumerate(rows):
        if np.isnan(h):
            continue
        centre = floor((4 + at + 0.5) * slot) - origin
        y_h, y_l, y_o, y_c = (3 + floor((11.0 - price) * 2.3) for price in (h, low, o, c))
        box = {
            (x, y)
            for half, top, base in ((0, y_h, y_l), (1, min(y_o, y_c), max(y_o, y_c)))
            for y in range(top - reach, base + reach + 1)
            for x in range(centre - half - reach, centre + half + reach + 1)
        }
        for x, y in box:
            if 10 <= x < 80 and 3 <= y < 37:
                expected[y, x] = blended(int(expected[y, x]), OVER, 200)
    np.testing.assert_array_equal(px, expected)


def test_a_tint_is_laid_over_what_is_there_and_cut_at_the_borders() -> None:
    px = blank(4, 6, UNDER)
    overlay_kernels.tint(px, 4, -2, 99, 2, OVER, 64)
    assert (px[:2, 4:] == blended(UNDER, OVER, 64)).all()
    assert (px[2:] == UNDER).all()
    assert (px[:, :4] == UNDER).all()


def test_dashes_begin_at_the_left_and_stop_at_the_right() -> None:
    px = blank(3, 12)
    overlay_kernels.dashes(px, 0, 1, 10, 2, 3, 2, 7)
    assert px.tolist() == [[0] * 12, [7, 7, 7, 0, 0] * 2 + [0, 0], [0] * 12]
    overlay_kernels.dashes(px, -1, 2, 99, 9, 3, 2, 5)
    assert px[2].tolist() == [5, 5, 0, 0, 5, 5, 5, 0, 0, 5, 5, 5]


def test_areas_that_lie_in_one_another_are_stacked() -> None:
    px = blank(6, 5, UNDER)
    tops, bases = np.array([[-2, 1, 1], [2, 2, 9]]), np.array([[9, 5, 4], [4, 3, 9]])
    overlay_kernels.stacked(px, 1, tops, bases, 5, OVER, np.array([30, 60]))
    once = blended(UNDER, OVER, 30)
    twice = blended(once, OVER, 60)
    expected = blank(6, 5, UNDER)
    expected[0:5, 1] = expected[1:5, 2] = expected[1:4, 3] = once
    expected[2:4, 1] = expected[2:3, 2] = twice
    np.testing.assert_array_equal(px, expected)


def some_rows(count: int) -> Floats:
    return np.zeros((count, 8))


def test_nothing_to_draw_leaves_every_pixel() -> None:
    px = blank(5, 5, UNDER)
    overlay_kernels.casings(px, some_rows(0), 0, 8.0, 0, 0, 5, 0, 5, 9.0, 1.0, 3, 1, OVER, 200)
    overlay_kernels.tint(px, 3, 3, 3, 5, OVER, 200)
    overlay_kernels.dashes(px, 2, 4, 2, 5, 3, 2, OVER)
    assert (px == UNDER).all()
