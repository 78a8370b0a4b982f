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
        firsts = self._firsts[kind]
        start = max(int(np.searchsorted(firsts, low, "right")) - 1, 0)
        stop = int(np.searchsorted(firsts, high))
        rows = self._blocks(kind, start, max(stop, start + 1))
        return rows[slice(*np.searchsorted(rows["seq"], (low, high)))]

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

    def _blocks(self, kind: Kind, start: int, stop: int) -> Rows:
        kept, rows = self._last.get(kind, (-1, np.zeros(0, DTYPES[kind])))
        if kept != start:
            rows = self._load(kind, start, stop)
        elif stop > start + 1:
            rows = np.concatenate([rows, self._load(kind, start + 1, stop)])
        last = int(np.searchsorted(rows["seq"], self._firsts[kind][stop - 1]))
        self._last[kind] = stop - 1, rows[last:]
        return rows

    @abstractmethod
    def _load(self, kind: Kind, start: int, stop: int) -> Rows:
        """Decode the blocks [start, stop), at least one."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the files."""
