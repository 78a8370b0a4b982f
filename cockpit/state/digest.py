"""A fingerprint of every derived event so far, equal however the events were cut into batches."""

import hashlib
from collections.abc import Iterable

import numpy as np

from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch


class Digest:
    """One running BLAKE2b per column of each derived kind, combined on reading.

    Columns, not rows: the padding bytes of aligned rows are nobody's, and a column's bytes come in the same
    order whatever the batches were.
    """

    def __init__(self) -> None:
        self._columns: dict[tuple[Kind, str], hashlib.blake2b] = {}

    def update(self, batches: Iterable[Batch]) -> None:
        """Take derived batches, in order."""
        for batch in batches:
            for name in DTYPES[batch.kind].names or ():
                column = self._columns.get((batch.kind, name))
                if column is None:
                    column = self._columns[batch.kind, name] = hashlib.blake2b(digest_size=16)
                column.update(np.ascontiguousarray(batch.rows[name]).tobytes())

    def copy(self) -> "Digest":
        """An independent copy: a keyframe's part."""
        twin = Digest()
        twin._columns = {key: column.copy() for key, column in self._columns.items()}
        return twin

    def hex(self) -> str:
        """32 hex digits; that of nothing when no derived event came yet."""
        whole = hashlib.blake2b(digest_size=16)
        for kind, name in sorted(self._columns):
            whole.update(f"{int(kind)}.{name}".encode())
            whole.update(self._columns[kind, name].digest())
        return whole.hexdigest()
