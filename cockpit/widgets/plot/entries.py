"""One entry of a chart's legend. No Qt."""

from dataclasses import dataclass

BARS, GEX, CONE, STUDY = range(4)  # groups; each that does not fit beside the one before has a line of its own


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, or words alone.

    Attributes:
        key, value: Value empty for words, which ``key`` holds then.
        token: The value's colour.
        rank: A line too narrow drops the highest first, and never 0.
        group: ``BARS``, ``GEX``, ``CONE`` or ``STUDY``.
        tip: How it is worked out, for a tooltip; empty for what needs no words.
    """

    key: str
    value: str
    token: str
    rank: int = 0
    group: int = BARS
    tip: str = ""
