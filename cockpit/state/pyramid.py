"""Levels of detail over closed bars, built beside the state: 4 bars of one level make one of the next.

Source: ``rendering.md`` 3, "1M bars" (measured: 33 % more memory, pan at constant cost at any zoom).
"""

from dataclasses import dataclass

from cockpit.units import Rows

FAN = 4


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """Read-only levels; level k (from 1) holds one row per ``FAN ** k`` whole groups of closed bars.

    Attributes:
        levels: One BAR_VIEW array per level, coarser each; a last incomplete group is left out.
    """

    levels: tuple[Rows, ...]

    @staticmethod
    def empty() -> "Pyramid":
        """No levels."""
        return Pyramid(())
