"""What part of a chart is looked at: frozen, pure, in logical pixels and bar indices."""

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final

DEFAULT_SLOT: Final = 8.0  # logical pixels a bar takes at first
MIN_SLOT: Final = 0.0005  # 1,000,000 bars fit into 500 pixels
MAX_SLOT: Final = 64.0
ROOM: Final = 0.07  # of the width, left free right of the newest bar
ZOOM_STEP: Final = 1.2  # one notch of the wheel, one press of + or -
KEPT_PX: Final = 24.0  # at least so much of the data stays in view
MIN_SPAN: Final = 1e-6  # of a fixed price range, relative to its middle


@dataclass(frozen=True, slots=True)
class Space:
    """What lies right of the newest bar besides air, in logical pixels.

    Attributes:
        labels: At least so much is left free while the user chose nothing else.
        future: So much belongs to the cone while the newest bar is followed: that bar ends where it begins.
    """

    labels: float = 0.0
    future: float = 0.0


NO_SPACE: Final = Space()
NEARLY: Final = 1e-6  # bars; what zooming about the newest bar and back may be off


@dataclass(frozen=True, slots=True)
class View:
    """The looked-at part of a chart.

    Attributes:
        slot: Logical pixels a bar takes.
        following: Whether the newest bar stays where it is on the screen while bars come.
        edge: At the right border: bars right of the end of the newest while following, else the bar index.
        prices: Fixed (low, high) in stored units; None: fitted to what is visible.
    """

    slot: float = DEFAULT_SLOT
    following: bool = True
    edge: float | None = None
    prices: tuple[float, float] | None = None

    def right(self, count: int, width: float, space: Space = NO_SPACE) -> float:
        """Bar index at the right border, for ``count`` bars on ``width`` pixels."""
        if self.following and space.future > 0:
            return count + space.future / self.slot
        if self.edge is None:
            return count + max(ROOM * width, space.labels) / self.slot
        return count + self.edge if self.following else self.edge

    def at_right(self, right: float, count: int, width: float, space: Space = NO_SPACE) -> "View":
        """The view with bar index ``right`` at the right border; it follows when the newest bar is in view.

        Beside a future it follows when the newest bar would end where that begins, or left of there: scrolling
        away moves the bars as the hand does, and nothing jumps.
        """
        kept = KEPT_PX / self.slot
        right = min(max(right, min(kept, count)), count + max(width / self.slot - kept, 0.0))
        if space.future > 0 and right >= count + space.future / self.slot - NEARLY:
            return replace(self, following=True, edge=self.edge if self.following else None)
        following = right >= count and space.future <= 0
        return replace(self, following=following, edge=right - count if following else right)

    def panned(self, bars: float, count: int, width: float, space: Space = NO_SPACE) -> "View":
        """Moved by bars; positive is later."""
        return self.at_right(self.right(count, width, space) + bars, count, width, space)

    def zoomed(self, factor: float, x: float, count: int, width: float, space: Space = NO_SPACE) -> "View":
        """Bars ``factor`` times as wide; the instant at pixel ``x`` keeps its place, or now beside a future."""
        slot = min(max(self.slot * factor, MIN_SLOT), MAX_SLOT)
        if self.shows_future(space):
            return replace(self, slot=slot)
        right = self.right(count, width, space)
        bar = right - (width - x) / self.slot
        return replace(self, slot=slot).at_right(bar + (width - x) / slot, count, width, space)

    def shows_future(self, space: Space) -> bool:
        """Whether the right part of the plot is the future now."""
        return self.following and space.future > 0

    def live(self) -> "View":
        """The newest bar, with the usual room right of it."""
        return replace(self, following=True, edge=None)

    def oldest(self, count: int, width: float, space: Space = NO_SPACE) -> "View":
        """The first bar at the left border."""
        return self.at_right(width / self.slot, count, width, space)

    def priced(self, low: float, high: float) -> "View":
        """With a fixed price range; a range that is empty or turned over changes nothing."""
        if not (isfinite(low) and isfinite(high)) or high - low <= MIN_SPAN * max(abs(low), abs(high), 1.0):
            return self
        return replace(self, prices=(low, high))

    def fitted(self) -> "View":
        """With the price range fitted to what is visible."""
        return replace(self, prices=None)


def saved(view: View, edge_ns: int | None) -> dict[str, Any]:
    """A view as JSON can hold it; ``edge_ns`` is the open of the bar at the right border, None while following."""
    return {
        "slot": view.slot,
        "following": view.following,
        "room": view.edge if view.following else None,
        "edge_ns": None if view.following else edge_ns,
        "prices": None if view.prices is None else list(view.prices),
    }


def restored(kept: dict[str, Any]) -> tuple[View, int | None]:
    """The view of ``saved`` and the instant to look at; what cannot be used is left at its default."""
    slot, room, edge_ns = _number(kept.get("slot")), _number(kept.get("room")), kept.get("edge_ns")
    view = View() if slot is None else View(slot=min(max(slot, MIN_SLOT), MAX_SLOT))
    if room is not None and room >= 0:
        view = replace(view, edge=room)
    prices: object = kept.get("prices")
    if isinstance(prices, list) and len(prices) == 2:
        low, high = (_number(price) for price in prices)
        view = view if low is None or high is None else view.priced(low, high)
    return view, edge_ns if isinstance(edge_ns, int) and kept.get("following") is False else None


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    return None
