"""What every detector is: parameters, arrays of state, and a kernel that looks at the flow row by row."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from cockpit.engines.detect.layout import OUT_ROWS, Stretch, nothing
from cockpit.events.dtypes import DTYPES, Detector, Kind
from cockpit.units import Rows

State = tuple[Any, ...]  # a NamedTuple of arrays


class Scanner(ABC):
    """One detector of one instrument. Cutting the flow into stretches changes nothing it finds.

    Its kernel takes ``(state, rule, flow, start, stop, context, samples, found)``, looks at rows from ``start`` on
    and returns the index of the first row not taken, and how many DETECTION rows it wrote; it stops early when
    ``found`` may get too small.

    Args:
        rule: Parameters, a NamedTuple of numbers; other ones make another scanner.
    """

    detector: ClassVar[Detector]

    def __init__(self, rule: Any) -> None:
        self.rule = rule
        self._state = self.new_state()

    @abstractmethod
    def new_state(self) -> State:
        """Arrays of a detector that has seen nothing."""

    @abstractmethod
    def kernel(self) -> Callable[..., tuple[int, int]]:
        """The compiled loop."""

    def reset(self) -> None:
        """Become as new."""
        self._state = self.new_state()

    def scan(self, stretch: Stretch) -> Rows:
        """What it sees in a stretch, DETECTION (n,) in order."""
        parts: list[Rows] = []
        at, scan = stretch.start, self.kernel()
        found = np.zeros(OUT_ROWS, DTYPES[Kind.DETECTION])
        while at < stretch.stop:
            first = at - stretch.start
            context = stretch.context[first:]
            at, n = scan(self._state, self.rule, stretch.flow, at, stretch.stop, context, stretch.samples, found)
            parts.append(found[:n].copy())
        return parts[0] if len(parts) == 1 else np.concatenate([found[:0], *parts])

    def freeze(self) -> tuple[Rows, ...]:
        """All of its state."""
        return tuple(array.copy() for array in self._state)

    def thaw(self, frozen: tuple[Rows, ...]) -> None:
        """Become what was frozen."""
        for array, kept in zip(self._state, frozen, strict=True):
            array[...] = kept

    def warm(self) -> None:
        """Load its kernel from numba's cache, or compile it (seconds)."""
        self.scan(nothing())
