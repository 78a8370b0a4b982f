"""What tests of readers share: all rows of a source by kind."""

import numpy as np

from cockpit.events.dtypes import Kind
from cockpit.feeds.source import Source
from cockpit.units import Rows


def rows_of(source: Source) -> dict[Kind, Rows]:
    """Every row of a source, after checking that ``seq`` counts from 0 without holes."""
    found: dict[Kind, list[Rows]] = {}
    expected = 0
    for chunk in source.chunks():
        assert chunk.first_seq == expected
        assert np.array_equal(
            np.sort(np.concatenate([batch.rows["seq"] for batch in chunk.batches])),
            np.arange(chunk.first_seq, chunk.next_seq),
        )
        expected = chunk.next_seq
        for batch in chunk.batches:
            found.setdefault(batch.kind, []).append(batch.rows)
    return {kind: np.concatenate(parts) for kind, parts in found.items()}


def as_bytes(source: Source) -> dict[Kind, bytes]:
    """The rows of each kind as bytes, field by field, for padding is nobody's: equal whenever the source is."""
    return {
        kind: b"".join(rows[name].tobytes() for name in rows.dtype.names or ())
        for kind, rows in sorted(rows_of(source).items())
    }
