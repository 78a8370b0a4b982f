"""Walls as the ladder shows them. No engine here."""

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
