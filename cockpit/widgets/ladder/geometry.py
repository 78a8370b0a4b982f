"""Where things are on a ladder: columns, visible rows, and when it recentres. Pure; no Qt."""

from dataclasses import dataclass
from typing import Final

RECENTRE_TICKS: Final = 10
SHARES: Final = (0.16, 0.09, 0.16, 0.22, 0.16, 0.09, 0.12)  # Vol, orders, Bid, Price, Ask, orders, P/S
NARROW: Final = (0.19, 0.11, 0.19, 0.24, 0.17, 0.10, 0.0)  # without the last
STACKED_FROM: Final = 330  # logical pixels, under which there is no column for it
PRICE: Final = 3  # its place among them
MOST_PRICE: Final = 0.45


@dataclass(frozen=True, slots=True)
class Anchor:
    """Which tick stands in which row: ``top`` is the tick of row 0; rows go down one tick each."""

    top: int

    def row(self, tick: int) -> int:
        """Row of a tick; may lie outside the view."""
        return self.top - tick


def columns(width_px: int, price_px: float = 0.0, *, stacked: bool = True) -> tuple[int, ...]:
    """Left edges of the seven columns and the right edge, device pixels.

    Args:
        price_px: What the prices need; the other columns give what their share lacks of it.
        stacked: Whether there is room for the last one; it has no width otherwise.
    """
    shares = SHARES if stacked else NARROW
    price = max(shares[PRICE], min(price_px / max(width_px, 1), MOST_PRICE))
    others = (1.0 - price) / (1.0 - shares[PRICE])
    edges = [0.0]
    for place, share in enumerate(shares):
        edges.append(edges[-1] + width_px * (price if place == PRICE else share * others))
    whole = [round(edge) for edge in edges[:-1]]
    return (*whole, width_px) if stacked else (*whole[:-1], width_px, width_px)


def centred(middle: int, visible: int) -> Anchor:
    """The anchor that puts tick ``middle`` into the middle row."""
    return Anchor(middle + visible // 2)


def follow(
    anchor: Anchor | None, middle: int | None, visible: int, *, held: bool, after: int = RECENTRE_TICKS
) -> Anchor | None:
    """The anchor after the touch moved: static until it is ``after`` ticks off the middle row.

    Args:
        anchor: The one before; None when there was none.
        middle: Tick between best bid and ask; None keeps the anchor.
        visible: Rows in view.
        held: The pointer is inside: nothing moves under a hand.
    """
    if middle is None or visible <= 0:
        return anchor
    if anchor is None:
        return centred(middle, visible)
    off = abs(anchor.row(middle) - visible // 2)
    limit = max(1, min(after, visible // 2 - 1))
    return centred(middle, visible) if off >= limit and not held else anchor
