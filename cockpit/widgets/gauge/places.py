"""Where things are on the VIX gauge at a size, and what is left out when there is no room. Pure; no Qt.

What is left out, in this order: term structure, inputs, words; then ring and value stand beside each other.
All lengths are device-independent pixels.
"""

from dataclasses import astuple, dataclass
from typing import Final

PADDING: Final = 14
MOST_RADIUS: Final = 150.0  # design.md 7
RADIUS_SHARE: Final = 0.40  # of the width
LEAST_RADIUS: Final = 56.0
LEAST_PLAIN: Final = 50.0  # without words
WORDS: Final = 32.0  # above the ring's middle line: the outer arc, and the word over it
PLAIN: Final = 16.0  # the outer arc only
WIDEST: Final = 440.0  # content; in a wider panel it stands in the middle
ROWS: Final = 4
ASIDE: Final = 112.0  # width of the value's column beside the ring
REMARK_LINE: Final = 16.0
FORMS: Final = (  # with words, inputs, term structure; the first that fits
    (True, True, True),
    (True, True, False),
    (True, False, False),
    (False, False, False),
)
MOST_ROOMY: Final = 1.5  # a high panel is roomier than the picture by half of what that is roomier than a low one


@dataclass(frozen=True, slots=True)
class _Pitch:
    """Vertical steps, from the ring's centre down; a dense and a roomy set exist, and all between them."""

    top: float
    value: float  # centre to the base line of the value
    change: float  # base line to base line
    box: float  # base line of the change to the top of the regime's box
    box_high: float
    rows: float  # below the box
    row: float
    title: float  # height of the term structure's title
    chart: float
    names: float

    def between(self, other: "_Pitch", share: float) -> "_Pitch":
        """This at 0, the other at 1."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return _Pitch(*(mine + share * (theirs - mine) for mine, theirs in pairs))


_DENSE: Final = _Pitch(4, 53, 20, 7, 24, 4, 22, 20, 60, 18)
_ROOMY: Final = _Pitch(8, 54, 24, 14, 28, 8, 30, 30, 96, 24)


@dataclass(frozen=True, slots=True)
class Places:
    """The gauge at one size.

    Attributes:
        left, right: Edges of the content.
        has_words, has_rows, has_term: What there is room for.
        is_aside: The value stands beside the ring.
        center: Of the ring, x and y.
        radius: To the middle of the ring's band.
        value: Middle x (left edge when aside) and base line of the value.
        change: Base line.
        box: Top and height of the regime's box.
        rows: Top of the first input; ``row`` is the height of one.
        remarks: Top of the remarks.
        chart: Top and bottom of the term structure's plot; its title above, the names below it.
        title, names: Heights of those.
    """

    left: float
    right: float
    has_words: bool
    has_rows: bool
    has_term: bool
    is_aside: bool
    center: tuple[float, float]
    radius: float
    value: tuple[float, float]
    change: float
    box: tuple[float, float]
    rows: float
    row: float
    remarks: float
    chart: tuple[float, float]
    title: float
    names: float


def content(width: float) -> tuple[float, float]:
    """Edges of the content where it stands below the ring, the only form with room for inputs and remarks."""
    wide = min(width - 2 * PADDING, WIDEST)
    return width / 2 - wide / 2, width / 2 + wide / 2


def places(
    width: float, height: float, remark_lines: int, *, wants_rows: bool = True, wants_term: bool = True
) -> Places:
    """Find a place for everything that fits.

    Args:
        width, height: Of the panel.
        remark_lines: Lines of the remarks below the inputs; they count among these.
        wants_rows, wants_term: Whether inputs and term structure are to be shown at all.
    """
    left, right = content(width)
    most = min(RADIUS_SHARE * (right - left + 2 * PADDING), MOST_RADIUS)
    remarks = remark_lines * REMARK_LINE
    for words, room_for_rows, room_for_term in FORMS:
        rows, term = room_for_rows and wants_rows, room_for_term and wants_term
        rest = (remarks if rows else 0.0, words, rows, term)
        low, high = _total(_DENSE, *rest), _total(_ROOMY, *rest)
        radius = min(most, height - low)
        if radius >= (LEAST_RADIUS if words else LEAST_PLAIN):
            share = min(max((height - most - low) / (high - low), 0.0), MOST_ROOMY)
            pitch = _DENSE.between(_ROOMY, share)
            return _stacked(width, radius, pitch, *rest, spare=height - radius - _total(pitch, *rest))
    return _aside(width, height)


def _total(pitch: _Pitch, remarks: float, words: bool, rows: bool, term: bool) -> float:  # noqa: FBT001  from a table
    """Height of everything without the radius."""
    above = pitch.top + (WORDS if words else PLAIN)
    below = pitch.value + pitch.change + pitch.box + pitch.box_high + pitch.rows
    inputs = ROWS * pitch.row + remarks if rows else 0.0
    return above + below + inputs + (pitch.title + pitch.chart + pitch.names if term else 0.0)


def _stacked(
    width: float, radius: float, pitch: _Pitch, remarks: float, words: bool, rows: bool, term: bool,
    *, spare: float,
) -> Places:  # fmt: skip
    """The form of the picture; what is left over makes the term structure higher by half at most."""
    left, right = content(width)
    center = pitch.top + (WORDS if words else PLAIN) + radius
    value = center + pitch.value
    change = value + pitch.change
    box = change + pitch.box
    first = box + pitch.box_high + pitch.rows
    below = first + (ROWS * pitch.row if rows else 0.0)
    chart = below + remarks + pitch.title
    return Places(
        left=left,
        right=right,
        has_words=words,
        has_rows=rows,
        has_term=term,
        is_aside=False,
        center=(width / 2, center),
        radius=radius,
        value=(width / 2, value),
        change=change,
        box=(box, pitch.box_high),
        rows=first,
        row=pitch.row,
        remarks=below,
        chart=(chart, chart + pitch.chart + min(max(spare, 0.0), pitch.chart / 2)),
        title=pitch.title,
        names=pitch.names,
    )


def _aside(width: float, height: float) -> Places:
    """Value, change and regime on the left, a plain ring on the right: for panels lower than the ring needs."""
    left, right = float(PADDING), width - PADDING
    room = right - left - ASIDE - PADDING
    radius = max(min((room - PLAIN) / 2, height - 2 * PLAIN - PADDING, MOST_RADIUS), 20.0)
    block = 32 + 24 + 8 + 24  # value, change, box
    top = (height - block) / 2
    base = top + 32
    return Places(
        left=left,
        right=right,
        has_words=False,
        has_rows=False,
        has_term=False,
        is_aside=True,
        center=(right - room / 2, (height + radius) / 2),
        radius=radius,
        value=(left, base),
        change=base + 20,
        box=(base + 32, 24),
        rows=0.0,
        row=0.0,
        remarks=0.0,
        chart=(0.0, 0.0),
        title=0.0,
        names=0.0,
    )
