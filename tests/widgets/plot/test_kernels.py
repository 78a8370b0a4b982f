"""Pixel kernels against pictures written by hand and against slow plain loops."""

from math import floor, nan

import numpy as np
import pytest

from cockpit.units import Floats, Pixels
from cockpit.widgets.plot import kernels

# inks by letter; '.' is what was there before
EDGE, BODY, DOWN, TINT, SOLID = 1, 2, 3, 4, 5
INKS = ".ebdts"


def blank(rows: int, columns: int) -> Pixels:
    return np.zeros((rows, columns), np.uint32)


def drawn(px: Pixels) -> list[str]:
    return ["".join(INKS[pixel] for pixel in row) for row in px]


def row(o: float, h: float, low: float, c: float, volume: float = nan, delta: float = nan) -> list[float]:
    return [0.0, 0.0, o, h, low, c, volume, delta]


def candles(px: Pixels, rows: Floats, *, slot: float = 6, origin: int = 0, body: int = 5, outline: int = 1) -> None:
    """One pixel per unit of price, price 10 on row 0, as many rows as there are."""
    kernels.candles(
        px, rows, 0, slot, origin, px.shape[1], 0, px.shape[0], 10.0, 1.0, body, outline, EDGE, BODY, DOWN
    )


def test_a_rising_candle_is_hollow_and_a_falling_one_solid() -> None:
    px = blank(9, 12)
    candles(px, np.array([row(4, 9, 3, 7), row(8, 9, 2, 5)]))
    assert drawn(px) == [
        "............",
        "...e.....d..",
        "...e...ddddd",
        ".eeeee.ddddd",
        ".ebbbe.ddddd",
        ".ebbbe.ddddd",
        ".eeeee...d..",
        "...e.....d..",
        ".........d..",
    ]


def test_thin_rising_candles_are_solid_and_a_price_that_did_not_move_is_a_line() -> None:
    px = blank(5, 8)
    candles(px, np.array([row(7, 9, 6, 8), row(8, 8, 8, 8)]), slot=4, body=3, outline=0)
    assert drawn(px) == ["........", "..e.....", ".eee.eee", ".eee....", "..e....."]


def test_candles_are_cut_at_every_border() -> None:
    px = blank(4, 5)
    candles(px, np.array([row(2, 20, -5, 14), row(14, 20, -5, 2)]), slot=4, origin=2)
    assert drawn(px) == ["bbddd"] * 4
    whole = blank(20, 40)
    kernels.candles(whole, np.array([row(2, 20, -5, 14)]), 0, 30.0, 0, 3, 5, 7, 10.0, 1.0, 29, 1, EDGE, BODY, DOWN)
    assert not whole[:5].any()
    assert not whole[7:].any()
    assert not whole[:, 3:].any()
    assert whole[5:7, :3].any()


def test_rows_without_prices_draw_nothing() -> None:
    px = blank(6, 6)
    candles(px, np.array([row(nan, nan, nan, nan)]))
    assert not px.any()


@pytest.mark.parametrize("seed", range(8))
def test_candles_agree_with_a_plain_painter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    px, expected = blank(40, 90), blank(40, 90)
    prices = rng.uniform(-6, 16, (30, 2))
    rows = np.array([row(o, max(o, c) + 2, min(o, c) - 1.5, c) for o, c in prices])
    slot, origin, body = float(rng.uniform(1, 9)), int(rng.integers(-20, 60)), int(rng.choice([1, 3, 5, 7]))
    outline, per_unit = int(rng.integers(0, 3)), 2.3
    kernels.candles(px, rows, 4, slot, origin, 80, 3, 37, 11.0, per_unit, body, outline, EDGE, BODY, DOWN)

    def put(x: int, y: int, ink: int) -> None:
        if 0 <= x < 80 and 3 <= y < 37:
            expected[y, x] = ink

    for at, (_, _, o, h, low, c, _, _) in enumerate(rows):
        centre = floor((4 + at + 0.5) * slot) - origin
        y_h, y_l, y_o, y_c = (3 + floor((11.0 - price) * per_unit) for price in (h, low, o, c))
        rising, top, base = c >= o, min(y_o, y_c), max(y_o, y_c)
        for y in range(y_h, y_l + 1):
            put(centre, y, EDGE if rising else DOWN)
        for y in range(top, base + 1):
            for x in range(centre - body // 2, centre + body // 2 + 1):
                rim = min(y - top, base - y, x - centre + body // 2, centre + body // 2 - x) < outline
                put(x, y, (EDGE if rim or outline == 0 else BODY) if rising else DOWN)
    np.testing.assert_array_equal(px, expected)


def test_volume_bars_stand_on_the_floor_with_the_delta_inside() -> None:
    px = blank(6, 9)
    rows = np.array([row(1, 1, 1, 2, 4, 2), row(2, 2, 1, 1, 5, nan), row(1, 1, 1, 1, nan, nan)])
    kernels.volumes(px, rows, 0, 3.0, 0, 9, 0, 6, 1.0, 3, TINT, DOWN, SOLID, EDGE)
    assert drawn(px) == [
        ".........",
        "...ddd...",
        "tttddd...",
        "tttddd...",
        "sssddd...",
        "sssddd...",
    ]


def test_the_smallest_volume_is_a_pixel_and_none_is_nothing() -> None:
    px = blank(4, 2)
    kernels.volumes(px, np.array([row(1, 1, 1, 1, 0.001, nan), row(1, 1, 1, 1, 0, 0)]), 0, 1.0, 0, 2, 0, 4, 1.0, 1,
                    TINT, DOWN, SOLID, EDGE)  # fmt: skip
    assert drawn(px) == ["..", "..", "..", "t."]


def test_a_volume_above_the_pane_is_cut_at_its_top() -> None:
    px = blank(6, 1)
    kernels.volumes(px, np.array([row(2, 2, 1, 1, 99, -99)]), 0, 1.0, 0, 1, 2, 6, 1.0, 1, TINT, DOWN, SOLID, EDGE)
    assert drawn(px) == [".", ".", "e", "e", "e", "e"]


def test_rectangles_and_lines_are_cut_at_the_borders() -> None:
    px = blank(4, 6)
    kernels.fill(px, -3, -3, 2, 2, EDGE)
    kernels.fill(px, 5, 3, 99, 99, DOWN)
    kernels.fill(px, 4, 2, 4, 9, BODY)
    kernels.level_lines(px, np.array([-1, 2, 4]), 1, 99, TINT)
    assert drawn(px) == ["ee....", "ee....", ".ttttt", ".....d"]
    px = blank(6, 4)
    kernels.instant_lines(px, np.array([-1, 1, 3, 9]), 0, 99, 2, 3, SOLID)
    assert drawn(px) == [".s..", ".s..", "....", "....", ".s..", ".s.."]
    kernels.instant_lines(px, np.array([2]), 1, 3, 0, 4, EDGE)
    assert drawn(px)[:4] == [".s..", ".se.", "..e.", "...."]


def test_the_hatch_blends_every_ninth_diagonal_and_leaves_the_rest() -> None:
    px = np.full((12, 20), 0xFF102030, np.uint32)
    kernels.hatch(px, 2, 0, 20, 12, 9, 0xFF90A0B0, 64)
    touched = px != 0xFF102030
    rows, columns = np.nonzero(touched)
    assert set((rows + columns) % 9) == {0}
    assert not touched[:, :2].any()
    assert set(px[touched]) == {0xFF304050}  # a quarter of the way


def test_two_hatched_rectangles_side_by_side_line_up() -> None:
    whole, halves = (np.full((9, 30), 0xFF000000, np.uint32) for _ in range(2))
    kernels.hatch(whole, 0, 0, 30, 9, 7, 0xFFFFFFFF, 128)
    kernels.hatch(halves, 0, 0, 13, 9, 7, 0xFFFFFFFF, 128)
    kernels.hatch(halves, 13, 0, 30, 9, 7, 0xFFFFFFFF, 128)
    np.testing.assert_array_equal(whole, halves)


def test_the_extent_knows_only_what_rows_know() -> None:
    low, high, volume = kernels.extent(np.array([row(1, 5, 0, 2, 7), row(nan, nan, nan, nan), row(1, 6, 1, 2)]))
    assert (low, high, volume) == (0, 6, 7)
    assert all(np.isnan(kernels.extent(np.zeros((0, 8)))))


@pytest.mark.parametrize("slot", [0.013, 0.25, 0.9])
def test_merged_columns_agree_with_bars_merged_one_by_one(slot: float) -> None:
    rng = np.random.default_rng(5)
    rows = np.array([row(o, o + 3, o - 2, o + 1, v, d) for o, v, d in rng.uniform(0, 9, (500, 3))])
    rows[rng.random(500) < 0.2, 6:] = nan
    columns, origin = np.full((40, 8), nan), floor(100 * slot)
    kernels.merge_columns(columns, rows, 0, 1, slot, origin)
    places = np.array([floor((at + 0.5) * slot) - origin for at in range(500)])
    for x in range(40):
        here = rows[places == x]
        if not len(here):
            assert np.isnan(columns[x, 3])
            continue
        assert columns[x, 2:6].tolist() == [here[0, 2], here[:, 3].max(), here[:, 4].min(), here[-1, 5]]
        for field in (6, 7):
            known = here[:, field][~np.isnan(here[:, field])]
            assert columns[x, field] == pytest.approx(known.sum()) if len(known) else np.isnan(columns[x, field])
