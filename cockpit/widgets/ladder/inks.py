"""Colours of the ladder for each freshness, resolved once: dimming acts in steps and keeps words legible."""

import numpy as np

from cockpit.state.views import Freshness, is_old
from cockpit.units import Pixels
from cockpit.widgets.theme import Theme

# freshness -> how much of a mark is left (design.md 5, "Age chip")
STRENGTH = {
    Freshness.FRESH: 1.0,
    Freshness.AGING: 0.8,
    Freshness.STALE: 0.5,
    Freshness.RESYNCING: 0.5,
    Freshness.FAILED: 0.28,
}

WALL = 0.55  # of the side's hue (design.md 7)


def inks(theme: Theme, freshness: Freshness | None) -> Pixels:
    """uint32 (20,) in the order ``kernels.rows`` wants."""
    state = freshness or Freshness.FRESH
    strength, grey = STRENGTH[state], is_old(state)
    bid, ask = ("text3", "text3") if grey else ("bid", "ask")
    figures = "text3" if grey else "text1"
    return np.array(
        [
            theme.argb("bg1"),
            theme.mixed("bg2", theme.tints["odd_row"]),
            theme.argb("bg2"),
            theme.argb("bg4"),
            theme.argb("line"),
            theme.mixed("text3", 0.30 * strength),
            theme.mixed(bid, theme.tints["size"] * strength),
            theme.mixed(ask, theme.tints["size"] * strength),
            theme.argb("text3" if grey else "text2"),
            theme.argb(figures),
            theme.argb("text3"),
            theme.argb(figures),
            theme.mixed(bid, strength, "bg4"),
            theme.mixed(ask, strength, "bg4"),
            theme.argb("text3" if grey else "accent"),
            theme.mixed(bid, WALL * strength),
            theme.mixed(ask, WALL * strength),
            theme.mixed("text3" if grey else "accent", strength),
            theme.mixed("text3" if grey else "put", strength),
            theme.argb("text3"),
        ],
        np.uint32,
    )
