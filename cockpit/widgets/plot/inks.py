"""Colours of a chart at each freshness, resolved from the theme to pixels. The only steps of dimming there are.

Source: ``design.md`` 5 (age chip table) and 7 (candle chart).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cockpit.state.views import Freshness
from cockpit.widgets.theme import Theme

# freshness -> (token of rising marks, token of falling marks, opacity)
_STEPS: Final[dict[Freshness, tuple[str, str, float]]] = {
    Freshness.FRESH: ("bid", "ask", 1.0),
    Freshness.AGING: ("bid", "ask", 0.8),
    Freshness.STALE: ("text2", "text3", 0.5),
    Freshness.RESYNCING: ("text2", "text3", 0.5),
    Freshness.FAILED: ("bid", "ask", 0.28),
}
STRENGTH: Final = {state: step[2] for state, step in _STEPS.items()}
HATCHED: Final = (Freshness.STALE, Freshness.RESYNCING)
HATCH_STEP: Final = 9  # logical pixels
HATCH_WEIGHT: Final = round(0.22 * 256)
LINE_WIDTH: Final = 1.25  # logical pixels, of a rising candle's edge
SOLID_UNDER: Final = 5  # logical pixels of body, under which rising candles are solid too
CASING: Final = 1  # logical pixels around a candle that stands over a field
CASING_WEIGHT: Final = round(0.8 * 256)


@dataclass(frozen=True, slots=True)
class Inks:
    """Opaque 0xAARRGGBB pixels.

    Attributes:
        ground, grid, frame, session: Plot, grid lines, frame and separators, lines at session starts.
        up, down: Marks by direction.
        up_body: Inside of a rising candle.
        up_volume, down_volume: Volume bars, under the solid delta.
        up_delta, down_delta: That delta.
        casing: Around candles over a field, at ``CASING_WEIGHT``; None without a field.
        now, old_cone: The line between history and future and the cone, by a fresh and by an old volatility.
        average, running: Lines of the session average and of the cumulative delta.
        hatch, gap: Lines over old data; edges of a gap.
        is_hatched: Whether the whole plot is hatched.
    """

    ground: int
    grid: int
    frame: int
    session: int
    up: int
    down: int
    up_body: int
    up_volume: int
    down_volume: int
    up_delta: int
    down_delta: int
    casing: int | None
    now: int
    old_cone: int
    average: int
    running: int
    hatch: int
    gap: int
    is_hatched: bool


def inks_of(theme: Theme, freshness: Freshness | None, *, over_field: bool = False) -> Inks:
    """The inks of a theme at a freshness; None (nothing was ever heard) draws as FRESH.

    Over a field the hues belong to the field: candles are ivory and grey then, and cased.
    """
    return _inks(theme, theme.revision, freshness, over_field=over_field)


@lru_cache(maxsize=32)
def _inks(theme: Theme, revision: int, freshness: Freshness | None, *, over_field: bool) -> Inks:
    del revision  # part of the key: the theme is changed in place
    state = freshness or Freshness.FRESH
    up, down, strength = _STEPS[state]
    body, volume = theme.tints["candle_body"], theme.tints["volume"]
    rising, falling = ("accent", "neutral") if over_field and state not in HATCHED else (up, down)
    return Inks(
        ground=theme.argb("bg1"),
        grid=theme.argb("grid"),
        frame=theme.argb("line"),
        session=theme.argb("line"),
        up=theme.mixed(rising, strength),
        down=theme.mixed(falling, strength),
        up_body=theme.mixed(rising, strength * body),
        up_volume=theme.mixed(up, strength * volume),
        down_volume=theme.mixed(down, strength * volume),
        up_delta=theme.mixed(up, strength),
        down_delta=theme.mixed(down, strength),
        casing=theme.argb("bg0") if over_field else None,
        now=theme.argb("accent"),
        old_cone=theme.argb("text2"),
        average=theme.argb("text2"),
        running=theme.argb("accent"),
        hatch=theme.argb("text3"),
        gap=theme.argb("resync"),
        is_hatched=state in HATCHED,
    )
