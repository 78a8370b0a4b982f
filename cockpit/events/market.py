"""How events travel: a batch is a run of rows of one kind; a chunk and a slice hold one batch per kind."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cockpit.errors import EngineError
from cockpit.events.dtypes import DTYPES, Flag, Kind
from cockpit.units import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows of one kind in ``seq`` order, never changed after they are built.

    Attributes:
        kind: What the rows are.
        rows: Structured array, shape (n,), dtype ``DTYPES[kind]``, read-only.

    Raises:
        EngineError: The dtype does not belong to the kind.
    """

    kind: Kind
    rows: Rows

    def __post_init__(self) -> None:
        if self.rows.dtype != DTYPES[self.kind]:
            raise EngineError(f"rows of dtype {self.rows.dtype} cannot be a batch of {self.kind.name}")
        # rows read from a file lose the mark of alignment, and numpy packs such rows when it joins them
        if self.rows.flags.writeable or not self.rows.dtype.isalignedstruct:
            view = self.rows.view(DTYPES[self.kind])
            view.flags.writeable = False
            object.__setattr__(self, "rows", view)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A run of consecutive events of one source; ``seq`` counts within the source, without holes.

    Attributes:
        batches: One per kind present; together their ``seq`` cover [first_seq, next_seq).
        first_seq, next_seq: Half-open range of the source's own sequence.
    """

    batches: tuple[Batch, ...]
    first_seq: int
    next_seq: int

    @property
    def events(self) -> int:
        """Number of events in it."""
        return self.next_seq - self.first_seq


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A run of consecutive events of the merged river, ticks included; ``seq`` is the river's own.

    Attributes:
        batches: One per kind present; together their ``seq`` cover [first_seq, next_seq).
        first_seq, next_seq: Half-open range of the river's sequence.
        clock_ns: The clock after the last event (largest clock so far), ns UTC.
    """

    batches: tuple[Batch, ...]
    first_seq: int
    next_seq: int
    clock_ns: int

    @property
    def events(self) -> int:
        """Number of events, ticks included."""
        return self.next_seq - self.first_seq

    def of(self, kind: Kind) -> Rows | None:
        """The rows of ``kind``, or None when the slice has none."""
        for batch in self.batches:
            if batch.kind is kind:
                return batch.rows
        return None


def by_instrument(rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Split rows by ``instrument``, ascending, each part in its old order.

    One instrument, the common case, costs one comparison and copies nothing.
    """
    ids = rows["instrument"]
    first = int(ids[0])
    if bool((ids == first).all()):
        yield first, rows
        return
    order = np.argsort(ids, kind="stable")
    ordered = rows[order]
    cuts = np.flatnonzero(np.diff(ordered["instrument"])) + 1
    for part in np.split(ordered, cuts):
        yield int(part["instrument"][0]), part


def whole_snapshots(rows: Rows, waiting: tuple[Rows, ...] = ()) -> tuple[list[Rows], tuple[Rows, ...]]:
    """Cut CHAIN rows of one instrument into the snapshots they complete.

    Args:
        rows: In ``seq`` order.
        waiting: Rows of a snapshot that has not ended yet, from before.

    Returns:
        The whole snapshots, each up to its row with ``Flag.LAST``, read-only, and what waits from now on.
    """
    whole: list[Rows] = []
    begin = 0
    for end in (np.flatnonzero((rows["flags"] & Flag.LAST) != 0) + 1).tolist():
        snapshot = np.concatenate([*waiting, rows[begin:end]]) if waiting else rows[begin:end].view()
        snapshot.flags.writeable = False
        whole.append(snapshot)
        waiting, begin = (), end
    return whole, (*waiting, rows[begin:]) if begin < len(rows) else waiting
