"""Names of levels on the plot and prices on its axis, placed so that none lies on another.

Source: ``design.md`` 7 (GEX overlay, ES cone); what a trader reads beside the axis has priority by its order here:
last price, walls and flip, 68 % and 95 % of the cone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cockpit.instruments import Instrument
from cockpit.state.views import ChartState, GexLevel, GexOverlay
from cockpit.widgets.plot.axes import Tag
from cockpit.widgets.plot.bands import Bands
from cockpit.widgets.plot.composer import Composed
from cockpit.widgets.plot.cone import HIGH_68, HIGH_95, LOW_68, LOW_95, ConePicture
from cockpit.widgets.plot.detail import as_floats
from cockpit.widgets.plot.gamma import GammaPicture, drawn_levels
from cockpit.widgets.plot.gamma_inks import LEVEL_TOKENS
from cockpit.widgets.plot.labels import PADDING, TAG_HEIGHT
from cockpit.widgets.plot.marks import OVER, UNDER, LastPrice
from cockpit.widgets.plot.placing import settled
from cockpit.widgets.plot.words import distance_text, level_forms

HEIGHT: Final = 20  # logical pixels of a name's box
AFTER_NEWEST: Final = 16  # from the newest bar to the names
EDGE_GAP: Final = 8  # from the names to the profile or the axis
NAME_ROOM: Final = 48  # beside the end of the cone, where its bands have their names
MOVED_AT_MOST: Final = 44.0  # logical pixels; farther away a name would belong to something else
TAG_MOVED_AT_MOST: Final = 40.0
CONE_TAGS: Final = ((HIGH_68, "accent", "on_accent"), (LOW_68, "accent", "on_accent"), (HIGH_95, "bg4", "text1"),
                    (LOW_95, "bg4", "text1"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placard:
    """A name in a box on the plot: left end and middle in logical pixels, width, text, colour of both."""

    x: float
    y: float
    width: float
    text: str
    token: str


@dataclass(frozen=True, slots=True)
class LevelMarks:
    """Names on the plot and tags on the axis."""

    placards: tuple[Placard, ...] = ()
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LevelPlan:
    """What a picture alone decides of the marks: a price that moves leaves it as it is.

    Attributes:
        placards: Names on the plot.
        tags: Tags on the axis where they point at, by importance.
        has_distances: Whether a name tells how far its level is from the last price.
    """

    placards: tuple[Placard, ...] = ()
    tags: tuple[Tag, ...] = ()
    has_distances: bool = False


def level_plan(
    state: ChartState, composed: Composed, width_of: Callable[[str], float], foot: float = 0.0
) -> LevelPlan:
    """What levels and cone write beside the pixels of a picture.

    Args:
        width_of: Logical pixels a name's text takes.
        foot: Logical pixels at the foot of the plot where something else lies.
    """
    picture, instrument = composed.picture, state.head.instrument
    if instrument is None or (picture.gamma is None and picture.cone is None):
        return LevelPlan()
    tags: list[Tag] = []
    placards: tuple[Placard, ...] = ()
    if picture.gamma is not None and state.gex is not None:
        tags += _level_tags(state.gex, composed, picture.gamma, instrument)
        placards = _placards(state, state.gex, composed, picture.gamma, instrument, width_of, foot)
    if picture.cone is not None:
        tags += _cone_tags(composed, picture.cone, instrument)
    return LevelPlan(placards, tuple(tags), any(placard.text[0] in (OVER, UNDER) for placard in placards))


def level_marks(plan: LevelPlan, last: LastPrice | None, bands: Bands) -> LevelMarks:
    """The marks of a plan beside the last price, whose tag keeps its place."""
    if not plan.tags:
        return LevelMarks(plan.placards)
    return LevelMarks(plan.placards, placed_tags(plan.tags, last, bands.plot_bottom / bands.ratio))


def placed_tags(tags: Sequence[Tag], last: LastPrice | None, height: float) -> tuple[Tag, ...]:
    """The tags with their order kept, moved where they would touch; those of no room near by are left out.

    Args:
        tags: By importance.
        last: Its tag, with the countdown under it, stands still; higher prices stay above it, lower ones below.
        height: Of the axis.
    """
    if last is None:
        return tuple(_stacked(tags, 0.0, height))
    half = TAG_HEIGHT / 2
    middle = min(max(last.tag.at, half), max(height - half, half))
    base = middle + half + (TAG_HEIGHT if last.tag.below else 0)
    above = [tag for tag in tags if tag.at < last.tag.at]
    below = [tag for tag in tags if tag.at >= last.tag.at]
    return (*_stacked(above, 0.0, middle - half), *_stacked(below, base, height))


def _stacked(tags: Sequence[Tag], low: float, high: float) -> list[Tag]:
    places = settled([tag.at for tag in tags], TAG_HEIGHT, low, high, TAG_MOVED_AT_MOST)
    return [replace(tags[place], at=middle) for place, middle in places.items()]


def _level_tags(gex: GexOverlay, composed: Composed, gamma: GammaPicture, instrument: Instrument) -> list[Tag]:
    bands, price = composed.picture.bands, composed.picture.price
    tags: list[Tag] = []
    for level in drawn_levels(gex.levels):
        row = price.y(level.at)
        if in_view(row, bands):
            ground, token = LEVEL_TOKENS[level.kind]
            middle = (row + 0.5) / bands.ratio
            tags.append(Tag(middle, instrument.format(level.at), ground, token, gamma.inks.is_hatched))
    return tags


def _cone_tags(composed: Composed, cone: ConePicture, instrument: Instrument) -> list[Tag]:
    bands, price = composed.picture.bands, composed.picture.price
    tags: list[Tag] = []
    for column, ground, token in CONE_TAGS:
        row = price.y(float(cone.last[column]))
        text, hollow, at = instrument.format(float(cone.last[column])), cone.is_old, (row + 0.5) / bands.ratio
        if not in_view(row, bands):  # where the cone goes to beyond the plot, the outer edge nearer to the end
            beyond = TAG_HEIGHT if column in (HIGH_95, LOW_95) else 0
            text = f"{OVER if row < 0 else UNDER}{text}"
            at, hollow = -float(beyond) if row < 0 else bands.plot_bottom / bands.ratio + beyond, True
        ground = "text3" if cone.is_old else "text2" if hollow and ground == "bg4" else ground
        tags.append(Tag(at, text, ground, token, hollow))
    return tags


def _placards(
    state: ChartState,
    gex: GexOverlay,
    composed: Composed,
    gamma: GammaPicture,
    instrument: Instrument,
    width_of: Callable[[str], float],
    foot: float,
) -> tuple[Placard, ...]:
    bands, price = composed.picture.bands, composed.picture.price
    start, limit = _room(composed, len(state.bars))
    named = [(level, price.y(level.at)) for level in drawn_levels(gex.levels)]
    named.sort(key=lambda one: not in_view(one[1], bands))  # what is out of view gives way first
    wanted = [(row + 0.5) / bands.ratio for _, row in named]
    height = bands.plot_bottom / bands.ratio
    placed: list[Placard] = []
    for place, middle in settled(wanted, HEIGHT, 2.0, height - foot - 2.0, MOVED_AT_MOST).items():
        level, row = named[place]
        forms = _forms(level, row, gex.root, state.last, instrument, bands)
        token = "text3" if gamma.inks.is_hatched else LEVEL_TOKENS[level.kind][0]
        made = _fitting(composed, state, forms, middle, token, start, limit, width_of)
        if made is not None:
            placed.append(made)
    return tuple(placed)


def _forms(
    level: GexLevel, row: int, root: str, last: float | None, instrument: Instrument, bands: Bands
) -> tuple[str, ...]:
    """Ways to name a level, the longest first; out of view with an arrow and how far it is."""
    forms = level_forms(level, root, instrument)
    if in_view(row, bands):
        return forms
    arrow = OVER if row < 0 else UNDER
    far = "" if last is None else f"  {distance_text(level, last, instrument)}"
    return (*(f"{arrow} {form}{far}" for form in forms), f"{arrow} {forms[-1]}")


def in_view(row: int, bands: Bands) -> bool:
    """Whether a device row lies on the price plot."""
    return 0 <= row < bands.plot_bottom


def _room(composed: Composed, count: int) -> tuple[float, float]:
    """Where names may begin and have to end, logical pixels."""
    picture = composed.picture
    bands = picture.bands
    start = picture.time.left(count) / bands.ratio + AFTER_NEWEST
    if picture.cone is not None:
        return start, picture.cone.end / bands.ratio - NAME_ROOM
    return start, bands.right / bands.ratio - EDGE_GAP


def _fitting(
    composed: Composed,
    state: ChartState,
    forms: Sequence[str],
    middle: float,
    token: str,
    start: float,
    limit: float,
    width_of: Callable[[str], float],
) -> Placard | None:
    """The longest form that fits right of the newest bar; else the shortest at the edge, if no candle is there."""
    for form in forms:
        width = width_of(form) + 2 * PADDING
        if start + width <= limit:
            return Placard(start, middle, width, form, token)
    width = width_of(forms[-1]) + 2 * PADDING
    left = limit - width
    if left < 0 or not is_clear(composed, state, left, limit, middle - HEIGHT / 2, middle + HEIGHT / 2):
        return None
    return Placard(left, middle, width, forms[-1], token)


def is_clear(composed: Composed, state: ChartState, left: float, right: float, top: float, bottom: float) -> bool:
    """Whether no candle reaches into a rectangle, logical pixels."""
    picture, detail = composed.picture, composed.picture.detail
    ratio = picture.bands.ratio
    first, last = (round((x * ratio + detail.origin) / detail.slot) - detail.first for x in (left, right))
    rows = detail.rows[max(first - 2, 0) : max(last + 2, 0)]
    if composed.forming is not None:
        rows = np.concatenate((rows, as_floats(state.bars[composed.forming :])))
    rows = rows[~np.isnan(rows[:, 3])]
    highs, lows = picture.price.ys(rows[:, 3]), picture.price.ys(rows[:, 4])
    return not bool(((highs <= bottom * ratio) & (lows >= top * ratio)).any())
