"""What detectors saw, as the heatmap marks it: where, when, and a few words. No engine here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeatMark:
    """A mark on the map.

    Attributes:
        key: Detector and number, of its DETECTION.
        clock_ns: Where on the map: a wall that rests is marked where it began, all else when it was certain.
        ticks: Price; the mid for what has no price of its own.
        is_bid: Side that rested; decides the hue.
        label: ``Wall 1,284 · 8 m 24 s``.
        tip: What it says under the pointer.
    """

    key: tuple[int, int]
    clock_ns: int
    ticks: float
    is_bid: bool
    label: str
    tip: str
