"""Colours of the two theme files against what the design promises: told apart, readable, maps that only rise."""

from typing import Any

import numpy as np
import pytest

from cockpit.errors import ConfigError
from cockpit.widgets.theme import SIDES, THEMES, load_theme
from cockpit.widgets.vision import VISIONS, channels, difference, lightness, seen_as, separation

# design.md 2, "Separation, measured": normal, deuteranopia, protanopia, tritanopia
TABLE = {
    "graphite": {
        "bid ask": (48, 57, 50, 69),
        "call put": (46, 28, 38, 55),
        "resist vacuum": (42, 43, 39, 54),
        "live aging": (40, 40, 38, 36),
        "aging stale": (18, 17, 18, 18),
        "stale failed": (46, 12, 26, 16),
        "aging failed": (52, 19, 35, 30),
        "resync failed": (47, 43, 33, 78),
        "replay sim": (69, 53, 55, 20),
    },
    "daylight": {
        "bid ask": (48, 60, 54, 62),
        "call put": (44, 30, 39, 46),
        "resist vacuum": (41, 42, 38, 45),
        "live aging": (36, 36, 34, 35),
        "aging stale": (16, 16, 15, 14),
        "stale failed": (36, 14, 23, 19),
        "aging failed": (43, 12, 28, 15),
        "resync failed": (41, 42, 25, 64),
        "replay sim": (71, 57, 58, 19),
    },
}
ALONE = 25  # least difference of a pair that carries meaning by itself
MAPS = ("tide", "ember", "ice", "aurora_plus", "aurora_minus")
RANGES = {  # L* of the first and the last entry
    "graphite": {
        "tide": (5, 97),
        "ember": (5, 95),
        "ice": (5, 95),
        "aurora_plus": (5, 82),
        "aurora_minus": (5, 82),
    },
    "daylight": {
        "tide": (98, 14),
        "ember": (98, 35),
        "ice": (98, 37),
        "aurora_plus": (98, 37),
        "aurora_minus": (98, 34),
    },
}
STRAIGHT = 0.8  # largest deviation of L* from a line, control points (design.md rounds it to 0.7)
READABLE = 4.5  # WCAG contrast of text


def lut(name: str, of: str) -> list[str]:
    """The 256 entries of a map as ``#RRGGBB``."""
    return [f"#{entry & 0xFFFFFF:06X}" for entry in load_theme(name).maps[of].tolist()]


def contrast(one: str, other: str) -> float:
    """WCAG 2 ratio."""

    def luminance(color: str) -> float:
        rgb = channels(color)
        linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ np.array([0.2126, 0.7152, 0.0722]))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#FFFFFF", 100.0),
        ("#777777", "#777777", 0.0),
        ("#FF0000", "#00FF00", 86.61),
        ("#0000FF", "#FFFF00", 103.43),
    ],
)
def test_the_measure_agrees_with_known_differences(one: str, other: str, expected: float) -> None:
    assert difference(one, other) == pytest.approx(expected, abs=0.05)
    assert difference(other, one) == pytest.approx(expected, abs=0.05)


def test_simulated_eyes_keep_greys_and_confuse_what_they_must() -> None:
    for vision in VISIONS:
        assert difference(seen_as("#808080", vision), "#808080") < 1.5, vision
    assert difference(seen_as("#A04000", "deuteranopia"), seen_as("#5C5C00", "deuteranopia")) < 12
    assert difference("#A04000", "#5C5C00") > 30


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("pair", TABLE["graphite"])
def test_separation_is_the_documented_one(name: str, pair: str) -> None:
    tokens = load_theme(name).tokens
    one, other = pair.split()
    measured = separation(tokens[one], tokens[other])
    assert measured == pytest.approx(TABLE[name][pair], abs=1.0), pair


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("sides", SIDES)
def test_sides_are_told_apart_by_every_eye(name: str, sides: str) -> None:
    tokens = load_theme(name, sides).tokens
    assert min(separation(tokens["bid"], tokens["ask"])) >= ALONE
    for side in ("bid", "ask"):
        assert contrast(tokens[side], tokens["bg1"]) >= READABLE


def test_high_contrast_sides_stand_further_from_the_ground_and_have_no_grid() -> None:
    for name in THEMES:
        plain, high = load_theme(name).tokens, load_theme(name, "high_contrast").tokens
        for side in ("bid", "ask"):
            assert contrast(high[side], high["bg1"]) > contrast(plain[side], plain["bg1"])
        assert high["grid"] == high["bg1"]
    graphite = load_theme("graphite", "high_contrast").tokens
    assert separation(graphite["bid"], graphite["ask"]) == pytest.approx((43, 47, 43, 59), abs=1.0)


@pytest.mark.parametrize("name", THEMES)
def test_the_east_asian_order_is_the_same_pair_swapped(name: str) -> None:
    plain, swapped = load_theme(name).tokens, load_theme(name, "east_asian").tokens
    assert (swapped["bid"], swapped["ask"]) == (plain["ask"], plain["bid"])
    assert {token for token in plain if plain[token] != swapped[token]} == {"bid", "ask"}


@pytest.mark.parametrize("name", THEMES)
def test_the_book_and_the_options_never_share_a_hue(name: str) -> None:
    tokens = load_theme(name).tokens
    for book in ("bid", "ask"):
        for option in ("call", "put"):
            assert difference(tokens[book], tokens[option]) >= 20


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("of", MAPS)
def test_maps_begin_at_the_panel_and_change_lightness_in_a_straight_line(name: str, of: str) -> None:
    theme = load_theme(name)
    stops = theme.stops[of]
    assert stops[0] == theme.tokens["bg1"], "nothing is invisible"
    assert len(stops) == 9
    light = np.array([lightness(stop) for stop in stops])
    assert (round(light[0]), round(light[-1])) == pytest.approx(RANGES[name][of], abs=1)
    assert np.abs(light - np.linspace(light[0], light[-1], 9)).max() <= STRAIGHT


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("of", MAPS)
def test_lightness_of_a_map_is_monotone_to_every_eye(name: str, of: str, vision: str) -> None:
    light = np.array([lightness(seen_as(entry, vision)) for entry in lut(name, of)])
    rising = light if name == "graphite" else -light
    assert np.diff(rising).min() > -0.35, "rounding to 8 bits is all that may go back"
    coarse = np.diff(rising[::8])
    assert coarse.min() > 0


@pytest.mark.parametrize("name", THEMES)
def test_both_arms_of_aurora_are_as_light_at_the_same_value(name: str) -> None:
    plus, minus = (
        np.array([lightness(entry) for entry in lut(name, f"aurora_{arm}")]) for arm in ("plus", "minus")
    )
    reach = 1.3 if name == "graphite" else 3.7  # the light arms of the design end at L* 37 and 34
    assert np.abs(plus - minus).max() <= reach


@pytest.mark.parametrize("name", THEMES)
def test_words_can_be_read(name: str) -> None:
    tokens = load_theme(name).tokens
    for ground in ("bg0", "bg1", "bg2", "bg3", "bg4"):
        assert contrast(tokens["text1"], tokens[ground]) >= READABLE, ground
    for ground in ("bg1", "bg2"):
        for text in ("text2", "text3"):
            assert contrast(tokens[text], tokens[ground]) >= READABLE, (text, ground)
    for state in ("live", "aging", "stale", "resync", "failed", "replay", "sim", "info"):
        assert contrast(tokens[state], tokens["bg1"]) >= READABLE, state
    assert contrast(tokens["on_accent"], tokens["accent"]) >= 7
    for hue in ("bid", "ask", "call", "put"):
        assert contrast(tokens["on_data"], tokens[hue]) >= READABLE, hue


@pytest.mark.parametrize("name", THEMES)
def test_link_groups_have_a_digit_that_can_be_read(name: str) -> None:
    theme = load_theme(name)
    for color in theme.links[1:]:
        assert contrast(theme.tokens["link_digit"], color) >= 4.5


def test_both_themes_have_the_same_parts() -> None:
    graphite, daylight = (load_theme(name) for name in THEMES)
    assert graphite.tokens.keys() == daylight.tokens.keys()
    assert graphite.tints.keys() == daylight.tints.keys()
    assert graphite.maps.keys() == daylight.maps.keys()
    assert len(graphite.links) == len(daylight.links) == 10


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"name": "midnight"}, "no theme 'midnight'; there are: graphite, daylight"),
        ({"name": "graphite", "sides": "red_green"}, "no side palette 'red_green'"),
        ({"name": "graphite", "density": "tiny"}, "no density 'tiny'; there are: compact, normal, roomy"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(wanted: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_theme(**wanted)


class Listener:
    """Counts."""

    def __init__(self) -> None:
        self.told = 0

    def change(self) -> None:
        self.told += 1


def test_a_theme_changes_in_place_and_tells_only_the_living(qapp: Any) -> None:
    theme, there, gone = load_theme("graphite"), Listener(), Listener()
    theme.listen(there.change)
    theme.listen(gone.change)
    del gone
    before = theme.revision
    theme.become(load_theme("daylight", "east_asian", "roomy", still=True))
    assert there.told == 1
    assert theme.revision == before + 1
    assert (theme.name, theme.sides, theme.density, theme.still) == ("daylight", "east_asian", "roomy", True)
    assert (theme.row, theme.ladder_row) == (30, 26)
    assert theme.tokens["bid"] == load_theme("daylight").tokens["ask"]


def test_a_theme_seen_with_other_eyes_is_another_theme(qapp: Any) -> None:
    theme = load_theme("graphite")
    other = theme.seen_with("deuteranopia")
    assert other.tokens["bid"] == seen_as(theme.tokens["bid"], "deuteranopia") != theme.tokens["bid"]
    assert theme.tokens == load_theme("graphite").tokens
    assert (other.maps["tide"] != theme.maps["tide"]).any()
