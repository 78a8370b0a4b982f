"""Intervals of bars: time, ticks or volume, and how they are written. Source: ``contracts.md`` 2."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from cockpit.errors import ConfigError
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S

_UNITS: Final = {"s": NS_PER_S, "m": NS_PER_MIN, "": NS_PER_MIN, "h": NS_PER_HOUR, "d": NS_PER_DAY}
_LENGTHS: Final = {
    "1s": NS_PER_S,
    "5s": 5 * NS_PER_S,
    "15s": 15 * NS_PER_S,
    "30s": 30 * NS_PER_S,
    "1m": NS_PER_MIN,
    "5m": 5 * NS_PER_MIN,
    "15m": 15 * NS_PER_MIN,
    "30m": 30 * NS_PER_MIN,
    "1h": NS_PER_HOUR,
    "90m": 90 * NS_PER_MIN,
    "3h": 3 * NS_PER_HOUR,
    "4h": 4 * NS_PER_HOUR,
    "1D": NS_PER_DAY,
}
_LABELS: Final = {length: label for label, length in _LENGTHS.items()}
_LARGEST_COUNT: Final = 1_000_000_000  # more prints or contracts than a bar could ever hold
VALID: Final = f"{' '.join(_LENGTHS)}, t<prints> such as t500, v<contracts> such as v1000"


@dataclass(frozen=True, slots=True)
class Interval:
    """How long a bar is.

    Attributes:
        label: Canonical text, ``5m``, ``1D``, ``t500``, ``v1000``.
        kind: What its length counts.
        length: ns, prints, or contracts; above 0.
    """

    label: str
    kind: Literal["time", "ticks", "volume"]
    length: int

    @property
    def is_time(self) -> bool:
        """Whether its bars end at known instants."""
        return self.kind == "time"

    @property
    def ns(self) -> int:
        """Length in ns; 0 for tick and volume bars, as ``interval_ns`` of BAR_CLOSED rows has it."""
        return self.length if self.is_time else 0

    @staticmethod
    def parse(text: str) -> "Interval":
        """The interval of a typed or stored text; a bare number means minutes, capitals do not matter.

        Raises:
            ConfigError: Not one of the intervals; the message names them.
        """
        match = re.fullmatch(r"([tv]?)(\d{1,12})([smhd]?)", text.strip().lower())
        if match is not None and match[1] and not match[3]:
            count = int(match[2])
            if 0 < count <= _LARGEST_COUNT:
                return Interval(f"{match[1]}{count}", "ticks" if match[1] == "t" else "volume", count)
        elif match is not None and not match[1]:
            length = int(match[2]) * _UNITS[match[3]]
            if length in _LABELS:
                return Interval(_LABELS[length], "time", length)
        raise ConfigError(f"not an interval: {text!r}; valid are {VALID}")


INTERVALS: Final = tuple(Interval(label, "time", length) for label, length in _LENGTHS.items())


def length_text(ns: int) -> str:
    """A bar length for people: ``5 m``, ``30 s``, ``4 h``, ``1 D``."""
    for unit, length in (("D", NS_PER_DAY), ("h", NS_PER_HOUR), ("m", NS_PER_MIN), ("s", NS_PER_S)):
        if ns >= length and ns % length == 0:
            return f"{ns // length} {unit}"
    return f"{ns / NS_PER_S:g} s"
