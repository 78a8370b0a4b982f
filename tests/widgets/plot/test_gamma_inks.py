"""Colours of the gamma overlay: the shades of the design, and what age does to them."""

import numpy as np
import pytest

from cockpit.state.views import Freshness
from cockpit.widgets.plot.gamma_inks import SHADES, faded, gamma_inks_of
from cockpit.widgets.theme import load_theme


def lightness(pixel: int) -> float:
    """CIE L* of an sRGB pixel."""
    channels = [(pixel >> shift & 255) / 255 for shift in (16, 8, 0)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize("name", ["graphite", "daylight"])
@pytest.mark.parametrize("g", [0.0, 0.001, 0.02, 0.3, 0.5, 0.99, 1.0])
def test_a_shade_is_the_place_on_the_map_that_the_design_names(name: str, g: float) -> None:
    theme = load_theme(name)
    inks, place = gamma_inks_of(theme, Freshness.FRESH), round(g * (SHADES - 1))
    wanted = round((0.05 + 0.38 * g**0.8) * 255)
    near = slice(max(wanted - 1, 0), wanted + 2)
    assert inks.plus[place] in theme.maps["aurora_plus"][near]
    assert inks.minus[place] in theme.maps["aurora_minus"][near]


def test_the_field_stays_dark_enough_for_candles_and_both_signs_weigh_the_same() -> None:
    inks = gamma_inks_of(load_theme("graphite"), Freshness.FRESH)
    plus, minus = ([lightness(int(pixel)) for pixel in side] for side in (inks.plus, inks.minus))
    assert max(*plus, *minus) <= 38.5
    assert np.abs(np.array(plus) - np.array(minus)).max() < 1.5
    assert (np.diff(plus) >= -0.7).all()


def test_age_fades_the_field_in_steps_and_turns_lines_grey() -> None:
    theme = load_theme("graphite")
    fresh, aging, stale = (gamma_inks_of(theme, each) for each in (None, Freshness.AGING, Freshness.STALE))
    ground = lightness(theme.argb("bg1"))
    far = [lightness(int(inks.plus[-1])) - ground for inks in (fresh, aging, stale)]
    assert far[0] > far[1] > far[2] > 0
    assert aging.lines["flip"] == theme.mixed("accent", 0.8)
    assert stale.lines["flip"] == stale.lines["call_wall"] == theme.mixed("text2", 0.5)
    assert (fresh.is_hatched, aging.is_hatched, stale.is_hatched) == (False, False, True)


def test_fading_mixes_each_channel_with_the_ground() -> None:
    pixels = np.array([0xFF102030, 0xFFFFFFFF], np.uint32)
    assert faded(pixels, 0.5, 0xFF000000).tolist() == [0xFF081018, 0xFF808080]
    assert faded(pixels, 1.0, 0xFF000000) is pixels
