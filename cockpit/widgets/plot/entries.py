"""One entry of a chart's legend. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

BARS, GEX, CONE, STUDY, MARK = range(5)  # groups; what does not fit beside the one before has a line of its own

LAYER_GROUPS: Final = {"gex": GEX, "cone": CONE, "vwap": STUDY, "cvd": STUDY, "profile": STUDY}  # in this order
OFF: Final = "off"
LAYER_NAMES: Final = {"gex": "GEX", "cone": "Cone", "vwap": "VWAP", "cvd": "CVD", "profile": "Profile"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, or words alone.

    Attributes:
        key, value: Value empty for words, which ``key`` holds then.
        token: The value's colour.
        rank: A line too narrow drops the highest first, and never 0.
        group: ``BARS``, ``MARK``, ``GEX``, ``CONE`` or ``STUDY``.
        tip: How it is worked out, for a tooltip; empty for what needs no words.
        layer: The layer it speaks of, a name of ``Pane.layers``; empty for the bars.
    """

    key: str
    value: str
    token: str
    rank: int = 0
    group: int = BARS
    tip: str = ""
    layer: str = ""


def off_entry(layer: str) -> Entry:
    """What stands in place of a layer that was put away here, so that the same click brings it back."""
    return Entry(LAYER_NAMES[layer], OFF, "text4", 1, LAYER_GROUPS[layer], layer=layer)


def of_layer(layer: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries as those of a layer."""
    return tuple(replace(entry, layer=layer) for entry in entries)
