"""What moves over the composed pixels, as small comparable values: last price with countdown, and crosshair."""

from bisect import bisect_right
from dataclasses import dataclass
from math import floor
from typing import Final

from cockpit.state.views import ChartState, is_old
from cockpit.widgets.plot.axes import Tag, countdown_text, instant_text
from cockpit.widgets.plot.composer import Composed

OVER: Final = "\N{UPWARDS ARROW}"
UNDER: Final = "\N{DOWNWARDS ARROW}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the crosshair shall be.

    Attributes:
        x, y: Logical pixels of the own pointer; None when another pane points.
        snaps: Whether it snaps to the bar's open, high, low and close.
        at_ns, price: Instant and price another pane points at; price None for another symbol.
        bar: Index of the bar that keys point at, with ``price``; it goes before ``at_ns``.
    """

    x: float | None = None
    y: float | None = None
    snaps: bool = False
    at_ns: int | None = None
    price: float | None = None
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class Cross:
    """A crosshair as it is drawn.

    Attributes:
        bar: Index of the bar it stands on; None when it stands on none.
        column, row: Device pixels of the hairlines; None for none.
        price: Price at the row, stored units.
        price_tag, time_tag: Tags on the axes.
    """

    bar: int | None = None
    column: int | None = None
    row: int | None = None
    price: float | None = None
    price_tag: Tag | None = None
    time_tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class LastPrice:
    """The last price as it is drawn: a line from ``column`` to ``end`` on ``row`` (None: no line), and its tag.

    The line ends at the axis, or where the future begins: ahead of now there is no last price.
    ``is_old``: no longer current; the line is grey and the tag hollow.
    """

    column: int
    row: int | None
    tag: Tag
    is_old: bool = False
    end: int = 0


def last_price(state: ChartState, composed: Composed) -> LastPrice | None:
    """Where the last price is shown; None when there is none."""
    instrument = state.head.instrument
    if state.last is None or instrument is None:
        return None
    picture = composed.picture
    row = picture.price.y(state.last)
    inside = 0 <= row < picture.bands.plot_bottom
    old = is_old(state.head.freshness)
    below = "" if state.countdown_ns is None else countdown_text(state.countdown_ns)
    if not inside:
        below = f"{OVER if row < 0 else UNDER} {below}".rstrip()
    tag = Tag(
        (row + 0.5) / picture.bands.ratio,
        instrument.format(state.last),
        "accent",
        "on_accent",
        old or not inside,
        below,
    )
    column = picture.time.centre(len(state.bars) - 1) + picture.time.body(picture.bands.ratio) // 2 + 1
    end = picture.bands.width if picture.cone is None else picture.cone.now
    return LastPrice(max(column, 0), row if inside and column < picture.end else None, tag, old, end)


def cross_at(pointer: Pointer, state: ChartState, composed: Composed) -> Cross:
    """The crosshair for a pointer; empty where it would stand on nothing."""
    if pointer.x is not None and pointer.y is not None:
        return _own_cross(pointer.x, pointer.y, pointer.snaps, state, composed)
    bar = pointer.bar
    if bar is None and pointer.at_ns is not None:
        bar = bar_at(state, pointer.at_ns)
    column = None if bar is None else composed.picture.time.centre(bar)
    if column is not None and not 0 <= column < composed.picture.end:
        column = None
    row = None if pointer.price is None else composed.picture.price.y(pointer.price)
    if row is not None and not 0 <= row < composed.picture.bands.plot_bottom:
        row = None
    return _tagged(bar, column, row, pointer.price, state, composed)


def bar_at(state: ChartState, at_ns: int) -> int | None:
    """Index of the bar during which ``at_ns`` was; None when there is none, such as in closed hours."""
    bar = bisect_right(state.bars["open_ns"], at_ns) - 1
    return bar if bar >= 0 and at_ns < int(state.bars["close_ns"][bar]) else None


def _own_cross(x: float, y: float, snaps: bool, state: ChartState, composed: Composed) -> Cross:
    picture = composed.picture
    ratio = picture.bands.ratio
    under, row = floor(x * ratio), floor(y * ratio)
    if not (0 <= under < picture.bands.width and 0 <= row < picture.bands.bottom):
        return Cross()
    column = under if under < picture.bands.right else None  # the strike profile has no time
    bar: int | None = floor(picture.time.bar_at(under))
    if under < picture.end and 0 <= bar < len(state.bars):
        column = picture.time.centre(bar)
    else:
        bar = None
    if row >= picture.bands.plot_bottom:  # the volume pane has no price
        return _tagged(bar, column, None, None, state, composed)
    price = picture.price.price_at(row + 0.5)
    if snaps and bar is not None:
        price = min((float(state.bars[bar][name]) for name in ("open", "high", "low", "close")),
                    key=lambda level: abs(level - price))  # fmt: skip
        row = picture.price.y(price)
    return _tagged(bar, column, row, price, state, composed)


def _tagged(
    bar: int | None, column: int | None, row: int | None, price: float | None, state: ChartState, composed: Composed
) -> Cross:
    ratio, instrument = composed.picture.bands.ratio, state.head.instrument
    price_tag = time_tag = None
    if row is not None and price is not None and instrument is not None:
        price_tag = Tag((row + 0.5) / ratio, instrument.format(price), "bg4", "text1")
    if bar is not None and column is not None:
        opens = state.bars["open_ns"]
        length = int(state.bars["close_ns"][bar]) - int(opens[bar])
        text = instant_text(int(opens[bar]), int(opens[-1]), length, daily=state.head.interval == "1D")
        time_tag = Tag((column + 0.5) / ratio, text, "bg4", "text1")
    elif column is not None and composed.picture.cone is not None:
        day = composed.picture.cone.day_at(column)
        time_tag = None if day is None else Tag((column + 0.5) / ratio, day.name, "bg4", "text1")
    return Cross(bar, column, row, price, price_tag, time_tag)
