"""Several streams, each in clock order, numbered as one."""

from collections.abc import Sequence

import numpy as np

from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch
from cockpit.units import Rows


def interleave(streams: Sequence[tuple[Kind, Rows]], first_seq: int) -> tuple[tuple[Batch, ...], int]:
    """Give every row its ``seq`` in the one order of clock, then place of its stream, then place within it.

    Args:
        streams: Kind and rows of each, rows in clock order; ``seq`` of the rows is overwritten.
        first_seq: Of the first row of all.

    Returns:
        A batch for each kind present, ascending, rows in ``seq`` order; and the ``seq`` after the last row.
    """
    known = [(kind, rows, np.ascontiguousarray(rows["clock_ns"])) for kind, rows in streams if len(rows)]
    by_kind: dict[Kind, list[Rows]] = {}
    total = 0
    for place, (kind, rows, clocks) in enumerate(known):
        seq = np.arange(first_seq, first_seq + len(rows))
        for other, (_, _, others) in enumerate(known):
            if other != place:
                seq += np.searchsorted(others, clocks, side="right" if other < place else "left")
        rows["seq"] = seq
        by_kind.setdefault(kind, []).append(rows)
        total += len(rows)
    return tuple(Batch(kind, _in_order(parts)) for kind, parts in sorted(by_kind.items())), first_seq + total


def _in_order(parts: list[Rows]) -> Rows:
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate(parts)
    return rows[np.argsort(rows["seq"], kind="stable")]
