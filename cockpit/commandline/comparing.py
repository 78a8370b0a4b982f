"""Derived events as recomputed, held against those on a tape (``contracts.md`` 8)."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.dtypes import DTYPES, KIND_NAMES, Kind
from cockpit.events.market import Batch
from cockpit.feeds.source import Source
from cockpit.instants import iso_utc
from cockpit.units import Rows

# kinds that tapes of the first version may lack, because programs of then did not make them
YOUNGER: Final = (Kind.DETECTION, Kind.FEATURES, Kind.MARKOUT)


class DerivedCheck:
    """Compares the derived events of one tape with recomputed ones, kind by kind, as they come.

    Raises:
        ConfigError: Not exactly one source, or it is no tape.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        recorded = [source for source in sources if source.info.format == "tape"]
        if len(sources) != 1 or len(recorded) != 1:
            raise ConfigError("--check takes exactly one tape")
        tape: Any = recorded[0]
        self._recorded: Iterator[Batch] = tape.derived()
        self._waiting: dict[Kind, list[Rows]] = {}
        self._mine: dict[Kind, list[Rows]] = {}
        self._ended = False
        self.compared = 0
        self.difference: str | None = None
        self.lacking: tuple[str, ...] = ()  # kinds that the tape has none of at all

    def take(self, batches: Sequence[Batch]) -> None:
        """Compare the next recomputed batches as far as the tape has been read."""
        for batch in batches:
            self._mine.setdefault(batch.kind, []).append(batch.rows)
            self._compare(batch.kind)

    def finish(self) -> str | None:
        """The first difference, or None; call when the replay is over."""
        for batch in self._recorded:
            self._waiting.setdefault(batch.kind, []).append(batch.rows)
        # a tape of before a kind existed has no stream of it; a derived kind is never lost whole by itself
        lacking = [kind for kind in sorted(self._mine) if kind in YOUNGER and kind not in self._waiting]
        self.lacking = tuple(KIND_NAMES[kind] for kind in lacking)
        for kind in lacking:
            del self._mine[kind]
        for kind in sorted({*self._waiting, *self._mine}):
            self._compare(kind)
            left, mine = _length(self._waiting.get(kind)), _length(self._mine.get(kind))
            if self.difference is None and left + mine:
                more = f"{left} more on the tape" if left else f"{mine} more recomputed"
                self.difference = f"{KIND_NAMES[kind]}: {more} than the other side has"
        return self.difference

    def _compare(self, kind: Kind) -> None:
        while self.difference is None and _length(self._mine.get(kind)):
            if not _length(self._waiting.get(kind)) and not self._read():
                return
            mine, theirs = _joined(self._mine, kind), _joined(self._waiting, kind)
            n = min(len(mine), len(theirs))
            if n == 0:
                continue
            self._note(kind, theirs[:n], mine[:n])
            self.compared += n
            self._mine[kind], self._waiting[kind] = [mine[n:]], [theirs[n:]]

    def _read(self) -> bool:
        batch = next(self._recorded, None)
        if batch is None:
            return False
        self._waiting.setdefault(batch.kind, []).append(batch.rows)
        return True

    def _note(self, kind: Kind, theirs: Rows, mine: Rows) -> None:
        first: tuple[int, str] | None = None
        for name in DTYPES[kind].names or ():
            same = _equal(theirs[name], mine[name])
            if not same.all():
                place = int(np.argmin(same))
                if first is None or place < first[0]:
                    first = (place, name)
        if first is not None:
            place, name = first
            self.difference = (
                f"{KIND_NAMES[kind]} at {iso_utc(int(mine['clock_ns'][place]))} (seq {int(mine['seq'][place])}): "
                f"{name} was {theirs[name][place]}, is {mine[name][place]}"
            )


def _equal(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    same = left == right
    if left.dtype.kind == "f":
        same |= np.isnan(left) & np.isnan(right)
    return same if same.ndim == 1 else same.reshape(len(same), -1).all(axis=1)


def _length(parts: list[Rows] | None) -> int:
    return sum(len(part) for part in parts or ())


def _joined(store: dict[Kind, list[Rows]], kind: Kind) -> Rows:
    parts = store.get(kind) or [np.zeros(0, DTYPES[kind])]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
