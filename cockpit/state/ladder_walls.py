"""Walls and queues as the ladder shows them. No engine here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LadderWall:
    """A wall that rests. Sizes in lots.

    Attributes:
        ticks, is_bid: Where.
        peak: The largest it was.
        eaten, pulled, moved, unattributed: What left it so far.
        life_ns: Since it was first that large.
    """

    ticks: int
    is_bid: bool
    peak: int
    eaten: int
    pulled: int
    moved: int
    unattributed: int
    life_ns: int


@dataclass(frozen=True, slots=True)
class LadderQueue:
    """The orders of a level that is looked at.

    Attributes:
        ticks, is_bid: Where.
        sizes: Of the first orders, in their priority, lots.
        orders: How many there are.
        ahead: Lots of all of them: what an order sent now would stand behind.
    """

    ticks: int
    is_bid: bool
    sizes: tuple[int, ...]
    orders: int
    ahead: int
