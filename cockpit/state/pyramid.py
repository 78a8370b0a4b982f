"""Levels of detail over closed bars, built beside the state: 4 bars of one level make one of the next.

Source: ``rendering.md`` 3, "1M bars" (measured: 33 % more memory, pan at constant cost at any zoom).
"""

from dataclasses import dataclass, field

import numpy as np

from cockpit.errors import EngineError
from cockpit.ring import Columns, Frozen
from cockpit.units import Floats, Rows

FAN = 4
KERNEL_FROM = 16_384  # bars; below this loading the kernel takes longer than numpy's temporaries


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """Read-only levels; level k (from 1) holds one row per ``FAN ** k`` whole groups of closed bars.

    A row has the first bar's ``open_ns`` and ``open``, the highest ``high``, the lowest ``low``, the last bar's
    ``close_ns`` and ``close``, and the sums of ``volume`` and ``delta`` over the bars that know theirs (NaN when
    none does).

    Attributes:
        levels: One BAR_VIEW array per level, coarser each; a last incomplete group is left out.
    """

    levels: tuple[Rows, ...]
    # Growing buffers behind the levels. Rows are only ever appended, so levels handed out never change.
    _stores: tuple[Columns, ...] = field(default=(), repr=False)

    @staticmethod
    def empty() -> "Pyramid":
        """No levels."""
        return Pyramid(())

    def extended(self, bars: Rows) -> "Pyramid":
        """The pyramid over ``bars``, of which this one covers a beginning.

        Costs what the new bars cost; the buffers are shared with this pyramid, which stays as it is.

        Args:
            bars: BAR_VIEW (n,), every closed bar from the first on.

        Raises:
            EngineError: There are fewer bars than this pyramid covers already.
        """
        if self.levels and len(bars) // FAN < len(self.levels[0]):
            raise EngineError(f"{len(bars)} bars cannot extend a pyramid over {FAN * len(self.levels[0])}")
        levels: list[Rows] = []
        stores: list[Columns] = []
        below = bars
        while len(below) >= FAN:
            store = self._store(len(levels), below.dtype)
            fresh = below[len(store) * FAN : len(below) // FAN * FAN]
            if len(fresh):
                store.append(fold(fresh))
            stores.append(store)
            below = store.view()
            levels.append(below)
        return Pyramid(tuple(levels), tuple(stores))

    def _store(self, level: int, dtype: np.dtype[np.void]) -> Columns:
        if level >= len(self.levels):
            return Columns(dtype, 0)
        store, rows = self._stores[level], self.levels[level]
        if len(store) == len(rows):
            return store
        # somebody else extended this pyramid already: its rows must not be written over
        branch = Columns(dtype, 0)
        branch.adopt(Frozen(rows))
        return branch


def fold(bars: Rows) -> Rows:
    """One row per ``FAN`` bars; the length of ``bars`` is a multiple of ``FAN``. See ``Pyramid``."""
    rows = np.empty(len(bars) // FAN, bars.dtype)
    if len(bars) >= KERNEL_FROM:
        from cockpit.state.pyramid_kernels import fold_into  # noqa: PLC0415  numba loads only when it pays

        fold_into(bars, rows, FAN)
        return rows
    groups = bars.reshape(-1, FAN)
    for name in ("open_ns", "open"):
        rows[name] = groups[name][:, 0]
    for name in ("close_ns", "close"):
        rows[name] = groups[name][:, -1]
    rows["high"] = groups["high"].max(axis=1)
    rows["low"] = groups["low"].min(axis=1)
    for name in ("volume", "delta"):
        rows[name] = _known_sum(groups[name])
    return rows


def _known_sum(groups: Floats) -> Floats:
    unknown = np.isnan(groups)
    if not unknown.any():
        return groups.sum(axis=1)
    return np.where(unknown.all(axis=1), np.nan, np.where(unknown, 0.0, groups).sum(axis=1))
