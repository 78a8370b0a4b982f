"""The crosshair under the keys: where it begins and where a step leads. Pure; bar indices and stored prices."""

from dataclasses import replace
from math import floor
from typing import Final

from cockpit.state.views import ChartState
from cockpit.widgets.plot.composer import Composed
from cockpit.widgets.plot.gestures import Extents
from cockpit.widgets.plot.marks import Pointer
from cockpit.widgets.plot.view import View

STEP_PX: Final = 4.0  # logical pixels one step of price is at least


def begun(state: ChartState, composed: Composed) -> Pointer:
    """On the newest bar in view, at its close."""
    last = floor(composed.picture.time.bar_at(composed.picture.end - 1))
    bar = min(max(last, 0), len(state.bars) - 1)
    return Pointer(bar=bar, price=float(state.bars["close"][bar]))


def stepped(pointer: Pointer, bars: int, rows: int, extents: Extents) -> Pointer:
    """Moved by bars and by steps of price, kept on bars there are and on prices in view.

    A step is one stored unit (a tick), or as many as ``STEP_PX`` cover.
    """
    unit = max(round((extents.high - extents.low) * STEP_PX / max(extents.height, 1.0)), 1)
    price = (pointer.price or 0.0) if not rows else round(pointer.price or 0.0) + rows * unit
    return replace(
        pointer,
        bar=min(max((pointer.bar or 0) + bars, 0), extents.count - 1),
        price=min(max(float(price), extents.low), extents.high),
    )


def following(view: View, pointer: Pointer, extents: Extents) -> View:
    """The view, moved no further than needed to show the bar that is pointed at."""
    bar, slots = pointer.bar or 0, extents.width / view.slot
    right = view.right(extents.count, extents.width, extents.space)
    if bar < right - slots:
        return view.at_right(bar + slots, extents.count, extents.width, extents.space)
    if bar + 1 > right:
        return view.at_right(bar + 1.0, extents.count, extents.width, extents.space)
    return view
