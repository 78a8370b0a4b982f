"""Colours of the gamma overlay at each freshness, resolved from the theme to pixels.

Source: ``design.md`` 2 (aurora), 5 (dimming) and 7 (GEX overlay).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from cockpit.state.views import Freshness
from cockpit.units import Pixels
from cockpit.widgets.plot.inks import HATCHED, STRENGTH
from cockpit.widgets.theme import Theme

SHADES: Final = 2048  # of |g|; far more than the map has, so that none is off by more than rounding
FLOOR: Final = 0.05  # place on the map of a strike without exposure
REACH: Final = 0.38  # so the field never passes L* 38 and candles stay readable
BEND: Final = 0.8
BAND_WEIGHT: Final = round(0.12 * 256)
PROFILE_TINT: Final = 0.34
LEVEL_TOKENS: Final = {  # kind of level -> names of the colour of its tag and of the text on it
    "call_wall": ("call", "on_data"),
    "put_wall": ("put", "on_data"),
    "flip": ("accent", "on_accent"),
}


@dataclass(frozen=True, slots=True, eq=False)
class GammaInks:
    """Opaque 0xAARRGGBB pixels.

    Attributes:
        plus, minus: uint32 (``SHADES``,), the field by |g| from 0 to 1, by sign.
        lines: By kind of level.
        call_bar, put_bar, call_net, put_net: Strike profile.
        edge: Left edge and middle of the profile.
        band, band_weight: Where the flip lies by all sign models, 0-256 of the ink.
        hatch: Lines over an old field.
        is_hatched: Whether the field is old.
    """

    plus: Pixels
    minus: Pixels
    lines: dict[str, int]
    call_bar: int
    put_bar: int
    call_net: int
    put_net: int
    edge: int
    band: int
    band_weight: int
    hatch: int
    is_hatched: bool


def gamma_inks_of(theme: Theme, freshness: Freshness | None) -> GammaInks:
    """The inks of a theme at a chain's freshness; None (there never was one) draws as FRESH."""
    return _gamma_inks(theme, theme.revision, freshness)


@lru_cache(maxsize=32)
def _gamma_inks(theme: Theme, revision: int, freshness: Freshness | None) -> GammaInks:
    del revision  # part of the key: the theme is changed in place
    state = freshness or Freshness.FRESH
    strength, old = STRENGTH[state], state in HATCHED

    def ink(token: str, alpha: float = 1.0) -> int:
        return theme.mixed("text2" if old else token, alpha * strength)

    return GammaInks(
        plus=_shades(theme, "aurora_plus", strength),
        minus=_shades(theme, "aurora_minus", strength),
        lines={"call_wall": ink("call"), "put_wall": ink("put"), "flip": ink("accent")},
        call_bar=theme.mixed("call", PROFILE_TINT * strength),
        put_bar=theme.mixed("put", PROFILE_TINT * strength),
        call_net=theme.mixed("call", strength),
        put_net=theme.mixed("put", strength),
        edge=theme.argb("line"),
        band=theme.argb("text2" if old else "accent"),
        band_weight=round(BAND_WEIGHT * strength),
        hatch=theme.argb("text3"),
        is_hatched=old,
    )


def _shades(theme: Theme, name: str, strength: float) -> Pixels:
    """Pixels for |g| in even steps from 0 to 1."""
    g = np.linspace(0.0, 1.0, SHADES)
    places = np.rint((FLOOR + REACH * g**BEND) * 255).astype(np.int64)
    return faded(theme.maps[name], strength, theme.argb("bg1"))[places]


def faded(pixels: Pixels, strength: float, ground: int) -> Pixels:
    """Pixels at an opacity over an opaque ground."""
    if strength == 1.0:
        return pixels
    made = np.full(len(pixels), 0xFF000000, np.uint32)
    for shift in (0, 8, 16):
        front, back = (pixels >> np.uint32(shift)) & np.uint32(255), ground >> shift & 255
        made |= np.rint(back + (front.astype(float) - back) * strength).astype(np.uint32) << np.uint32(shift)
    return made
