"""Rows by range of ``seq`` out of blocks that are decoded as a whole; streams and Parquet files differ below."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np

from cockpit.errors import TapeError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.units import Rows


class RangeReader(ABC):
    """Reads one tape; made for one thread, going forward is cheapest.

    Args:
        firsts: First ``seq`` of every block by kind, ascending; a ``seq`` never spans two blocks of a kind.
    """

    def __init__(self, firsts: Mapping[Kind, Sequence[int]]) -> None:
        self._firsts = {kind: np.array(starts, np.int64) for kind, starts in firsts.items() if len(starts)}
        self._last: dict[Kind, tuple[int, Rows]] = {}  # block and its rows: the next range begins in it

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds there are rows of, ascending."""
        return tuple(sorted(self._firsts))

    def rows(self, kind: Kind, low: int, high: int) -> Rows:
        """Rows with ``low <= seq < high``, in ``seq`` order.

        Raises:
            TapeError: They cannot be read, or are not what was written.
        """
        start, stop = np.searchsorted(self._firsts[kind], (low, high))
        parts = [self._block(kind, number) for number in range(max(int(start) - 1, 0), int(stop))]
        cuts = [part[slice(*np.searchsorted(part["seq"], (low, high)))] for part in parts]
        return cuts[0] if len(cuts) == 1 else np.concatenate([np.zeros(0, DTYPES[kind]), *cuts])

    def raw(self, low: int, high: int) -> dict[Kind, Rows]:
        """All raw events with ``low <= seq < high``.

        Raises:
            TapeError: As ``rows``; or some are not there.
        """
        found = {
            kind: rows for kind in self.kinds if not kind.is_derived and len(rows := self.rows(kind, low, high))
        }
        if (count := sum(map(len, found.values()))) != high - low:
            raise TapeError(f"of events {low:,} to {high - 1:,} there are {count:,}")
        return found

    def _block(self, kind: Kind, number: int) -> Rows:
        kept, rows = self._last.get(kind, (-1, None))
        if rows is None or kept != number:
            rows = self._load(kind, number)
            self._last[kind] = number, rows
        return rows

    @abstractmethod
    def _load(self, kind: Kind, number: int) -> Rows:
        """Decode one block."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the files."""
