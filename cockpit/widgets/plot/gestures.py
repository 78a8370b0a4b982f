"""What dragging and the wheel do to a view, by the place they happen at. Pure; logical pixels."""

from dataclasses import dataclass
from enum import Enum
from math import exp
from typing import Final

from cockpit.widgets.plot.view import NO_SPACE, ZOOM_STEP, Space, View

AXIS_GAIN: Final = 2.0  # dragging along a whole axis changes its scale e to this power
PRICE_STEP: Final = 1.1  # one notch of the wheel over the price axis


class Zone(Enum):
    """Where in a pane the pointer is."""

    PLOT = 0
    PRICES = 1
    TIMES = 2
    BADGE = 3


@dataclass(frozen=True, slots=True)
class Extents:
    """What gestures need to know of a pane.

    Attributes:
        count: Bars there are.
        width, height: Logical pixels of the price plot.
        low, high: Price range shown, stored units.
        space: What lies right of the newest bar.
    """

    count: int
    width: float
    height: float
    low: float
    high: float
    space: Space = NO_SPACE


@dataclass(frozen=True, slots=True)
class Grip:
    """Where and on what a drag began."""

    zone: Zone
    x: float
    y: float
    view: View
    low: float
    high: float


def dragged(grip: Grip, x: float, y: float, extents: Extents) -> View:
    """The view with the pointer at (x, y). In the plot prices move only while they are fixed."""
    span = grip.high - grip.low
    if grip.zone is Zone.PRICES:
        half = span * exp(AXIS_GAIN * (y - grip.y) / extents.height) / 2
        middle = (grip.low + grip.high) / 2
        return grip.view.priced(middle - half, middle + half)
    if grip.zone is Zone.TIMES:
        factor = exp(AXIS_GAIN * (x - grip.x) / extents.width)
        return grip.view.zoomed(factor, extents.width, extents.count, extents.width, extents.space)
    view = grip.view.panned((grip.x - x) / grip.view.slot, extents.count, extents.width, extents.space)
    if view.prices is None:
        return view
    shift = span * (y - grip.y) / extents.height
    return view.priced(grip.low + shift, grip.high + shift)


def wheeled(view: View, zone: Zone, notches: float, x: float, y: float, extents: Extents) -> View:
    """The view after the wheel turned over (x, y); positive notches magnify about the pointer."""
    if zone is Zone.PRICES:
        factor = PRICE_STEP**-notches
        under = extents.high - (extents.high - extents.low) * y / extents.height
        return view.priced(under - (under - extents.low) * factor, under + (extents.high - under) * factor)
    return view.zoomed(ZOOM_STEP**notches, min(x, extents.width), extents.count, extents.width, extents.space)
