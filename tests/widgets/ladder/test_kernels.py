"""The ladder's kernel writes the figures the atlas has, where they belong."""

import numpy as np
import pytest

from cockpit.widgets.ladder import kernels
from cockpit.widgets.ladder.atlas import COMMA, GLYPHS, KILO, MEGA, POINT, bake, codes
from cockpit.widgets.ladder.geometry import centred, columns, follow
from cockpit.widgets.ladder.kernels import number, text
from cockpit.widgets.theme import load_fonts, load_theme

INK = 0xFFFFFFFF


@pytest.fixture
def atlas(qapp):
    load_fonts()
    return bake(load_theme("graphite").font("number"), 1.0)


def test_the_kernel_and_the_atlas_agree_on_their_glyphs() -> None:
    assert kernels.COMMA == COMMA == GLYPHS.index(",")
    assert (kernels.POINT, kernels.KILO, kernels.MEGA) == (POINT, KILO, MEGA)


@pytest.mark.parametrize(
    ("value", "glyphs", "shown"),
    [
        (9_999, 4, "9,999"),
        (12_345, 6, "12,345"),
        (12_345, 5, "12.3k"),
        (234_999, 6, "234k"),
        (1_234_567, 6, "1.23M"),
        (1_234_567, 9, "1,234,567"),
        (45_678_901, 6, "45.6M"),
        (345_678_901, 6, "345M"),
    ],
)
def test_a_number_that_does_not_fit_is_shortened_and_never_cut(atlas, value: int, glyphs: int, shown: str) -> None:
    direct, spelled = np.zeros((24, 160), np.uint32), np.zeros((24, 160), np.uint32)
    left = 150 - glyphs * atlas.advance
    kernels.fitting(direct, atlas.coverage, atlas.advance, value, left, 150, 2, INK, 0)
    text(spelled, atlas.coverage, atlas.advance, codes(shown, 12), 150, 2, INK)
    assert direct.any()
    assert (direct == spelled).all()


@pytest.mark.parametrize(
    ("value", "glyphs", "shown"),
    [
        (350, 8, "0.350"),
        (3_412, 5, "3.412"),
        (1_234_567, 9, "1,234.567"),
        (1_234_567, 7, "1,234.5"),
        (1_234_567, 5, "1,234"),
        (12_345_678, 5, "12.3k"),
        (7, 3, "0.0"),
    ],
)
def test_a_part_of_a_coin_keeps_the_places_that_fit(atlas, value: int, glyphs: int, shown: str) -> None:
    direct, spelled = np.zeros((24, 160), np.uint32), np.zeros((24, 160), np.uint32)
    kernels.fitting(direct, atlas.coverage, atlas.advance, value, 150 - glyphs * atlas.advance, 150, 2, INK, 3)
    text(spelled, atlas.coverage, atlas.advance, codes(shown, 12), 150, 2, INK)
    assert direct.any()
    assert (direct == spelled).all()


@pytest.mark.parametrize("value", [0, 7, 12, 999, 1_000, 12_345, 1_234_567])
def test_a_number_is_written_as_its_grouped_text(atlas, value: int) -> None:
    direct, spelled = np.zeros((24, 160), np.uint32), np.zeros((24, 160), np.uint32)
    number(direct, atlas.coverage, atlas.advance, value, 150, 2, INK)
    text(spelled, atlas.coverage, atlas.advance, codes(f"{value:,}", 12), 150, 2, INK)
    assert direct.any()
    assert (direct == spelled).all()


def test_writing_outside_the_pixels_is_cut_off(atlas) -> None:
    pixels = np.zeros((8, 20), np.uint32)
    number(pixels, atlas.coverage, atlas.advance, 123_456, 10, -3, INK)
    number(pixels, atlas.coverage, atlas.advance, 123_456, 60, 6, INK)
    assert pixels.shape == (8, 20)


def test_every_figure_has_ink_and_equal_width(atlas) -> None:
    for code in range(10):
        assert atlas.coverage[code].max() > 200
    assert atlas.coverage.shape[2] == atlas.advance


def test_columns_cover_the_width_in_order() -> None:
    edges = columns(400)
    assert edges[0] == 0
    assert edges[-1] == 400
    assert list(edges) == sorted(set(edges))


def test_following_needs_a_touch_and_rows() -> None:
    anchor = centred(100, 20)
    assert follow(None, None, 20, held=False) is None
    assert follow(anchor, None, 20, held=False) == anchor
    assert follow(anchor, 500, 0, held=False) == anchor
    assert follow(None, 100, 20, held=True) == anchor


@pytest.mark.parametrize(
    ("value", "glyphs", "shown"),
    [(15, 4, "+15"), (-13, 4, "\u221213"), (-1_234, 7, "\u22121,234"), (-123_456, 6, "\u2212123k")],
)
def test_a_signed_number_has_its_sign_before_it(atlas, value: int, glyphs: int, shown: str) -> None:
    direct, spelled = np.zeros((24, 160), np.uint32), np.zeros((24, 160), np.uint32)
    kernels.signed(direct, atlas.coverage, atlas.advance, value, 150 - glyphs * atlas.advance, 150, 2, INK, 0)
    text(spelled, atlas.coverage, atlas.advance, codes(shown, 12), 150, 2, INK)
    assert direct.any()
    assert (direct == spelled).all()


def test_a_signed_number_without_room_is_not_written(atlas) -> None:
    pixels = np.zeros((24, 160), np.uint32)
    kernels.signed(pixels, atlas.coverage, atlas.advance, -1_234, 150 - 4 * atlas.advance, 150, 2, INK, 0)
    assert not pixels.any()
