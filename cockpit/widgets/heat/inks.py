"""Colours of the heatmap at each freshness, and which sizes they stand for. Pure.

Source: ``design.md`` 2 (colour maps, size scale), 5 (age chip table) and 7 (liquidity heatmap).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from cockpit.state.views import Cutoffs, Freshness
from cockpit.units import Floats, Pixels
from cockpit.widgets.plot.inks import HATCHED, STRENGTH
from cockpit.widgets.theme import Theme

SHADES: Final = 256
FLOOR, SPAN, BEND = (
    0.03,
    0.95,
    1.75,
)  # index of a size: FLOOR + SPAN t^BEND, t from 0 at the low limit to 1 at the high
FIRST: Final = round(FLOOR * (SHADES - 1))  # of whatever rests at all
LAST: Final = round((FLOOR + SPAN) * (SHADES - 1))


@dataclass(frozen=True, slots=True, eq=False)
class HeatInks:
    """Opaque pixels.

    Attributes:
        palette: uint32 (256,), by index.
        ground, grid: Where nothing rests; lines.
        bid, ask: Best prices and bubbles.
        edge: Ring of a bubble.
        pulled, eaten: Ends of levels.
        hatch, gap: Lines over what is old or not known; edges of a gap.
        is_hatched: Whether the whole map is.
    """

    palette: Pixels
    ground: int
    grid: int
    bid: int
    ask: int
    edge: int
    pulled: int
    eaten: int
    hatch: int
    gap: int
    is_hatched: bool


def heat_inks(theme: Theme, freshness: Freshness | None) -> HeatInks:
    """The inks of a theme at a freshness; the same object as long as neither changes."""
    return _inks(theme, theme.revision, freshness or Freshness.FRESH)


@lru_cache(maxsize=16)
def _inks(theme: Theme, revision: int, freshness: Freshness) -> HeatInks:
    del revision  # part of the key: the theme is changed in place
    strength = STRENGTH[freshness]
    is_hatched = freshness in HATCHED
    up, down = ("text2", "text3") if is_hatched else ("bid", "ask")
    return HeatInks(
        palette=_faded(theme.maps["tide"], theme.argb("bg1"), strength),
        ground=theme.argb("bg1"),
        grid=theme.argb("grid"),
        bid=theme.mixed(up, strength),
        ask=theme.mixed(down, strength),
        edge=theme.argb("bg0"),
        pulled=theme.mixed("put", strength),
        eaten=theme.mixed("accent", strength),
        hatch=theme.argb("text3"),
        gap=theme.argb("resync"),
        is_hatched=is_hatched,
    )


def _faded(palette: Pixels, ground: int, strength: float) -> Pixels:
    faded = np.full(SHADES, 0xFF000000, np.uint32)
    for shift in (0, 8, 16):
        back = float(ground >> shift & 0xFF)
        channel = (palette >> np.uint32(shift) & np.uint32(0xFF)).astype(np.float64)
        faded |= np.rint(back + (channel - back) * strength).astype(np.uint32) << np.uint32(shift)
    faded.flags.writeable = False
    return faded


@lru_cache(maxsize=32)
def shade_steps(limits: Cutoffs) -> Floats:
    """float64 (n,), ascending sizes at which the index grows by one, from ``FIRST`` on."""
    indices = np.arange(FIRST + 1, LAST + 1) / (SHADES - 1)
    along = np.clip((indices - FLOOR) / SPAN, 0.0, 1.0) ** (1 / BEND)
    steps = limits.low * np.exp(np.log(limits.high / limits.low) * along)
    steps.flags.writeable = False
    return steps
