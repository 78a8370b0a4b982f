"""A fingerprint of every derived event so far, equal however the events were cut into batches."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch

BLOCK: Final = 8_192  # bytes of a column hashed in one go; what is kept of a block that is not full
SIZE: Final = 16  # bytes of a hash

ColumnKey = tuple[Kind, str]


@dataclass(frozen=True, slots=True, eq=False)
class FrozenDigest:
    """A ``Digest`` at one moment, as plain bytes: a running hash can be copied, but not written down.

    Attributes:
        columns: By column: the hash of its whole blocks, empty before the first, and the bytes after them.
    """

    columns: dict[ColumnKey, tuple[bytes, bytes]]


class _Column:
    """The running hash of one column: each block begins anew with the hash of all before it."""

    __slots__ = ("_before", "_block", "_hasher")

    def __init__(self, before: bytes = b"", block: bytes = b"") -> None:
        self._before, self._block = before, bytearray()
        self._hasher = hashlib.blake2b(before, digest_size=SIZE)
        self._add(memoryview(block))

    def update(self, data: memoryview) -> None:
        while len(self._block) + len(data) >= BLOCK:
            room = BLOCK - len(self._block)
            self._hasher.update(data[:room])
            self._before, data = self._hasher.digest(), data[room:]
            self._hasher = hashlib.blake2b(self._before, digest_size=SIZE)
            self._block.clear()
        self._add(data)

    def _add(self, data: memoryview) -> None:
        self._hasher.update(data)
        self._block += data

    def digest(self) -> bytes:
        return self._hasher.digest()

    def freeze(self) -> tuple[bytes, bytes]:
        return self._before, bytes(self._block)


class Digest:
    """One running BLAKE2b per column of each derived kind, combined on reading.

    Columns, not rows: the padding bytes of aligned rows are nobody's, and a column's bytes come in the same
    order whatever the batches were. Blocks, so that its state is a hash and a few bytes that a file can hold.
    """

    def __init__(self) -> None:
        self._columns: dict[ColumnKey, _Column] = {}

    def update(self, batches: Iterable[Batch]) -> None:
        """Take derived batches, in order."""
        for batch in batches:
            for name in DTYPES[batch.kind].names or ():
                column = self._columns.get((batch.kind, name))
                if column is None:
                    column = self._columns[batch.kind, name] = _Column()
                column.update(memoryview(np.ascontiguousarray(batch.rows[name]).tobytes()))

    def freeze(self) -> FrozenDigest:
        """The state now: a keyframe's part."""
        return FrozenDigest({key: column.freeze() for key, column in self._columns.items()})

    def thaw(self, frozen: FrozenDigest) -> None:
        """Become what was frozen."""
        self._columns = {key: _Column(*state) for key, state in frozen.columns.items()}

    def hex(self) -> str:
        """32 hex digits; that of nothing when no derived event came yet."""
        whole = hashlib.blake2b(digest_size=SIZE)
        for kind, name in sorted(self._columns):
            whole.update(f"{int(kind)}.{name}".encode())
            whole.update(self._columns[kind, name].digest())
        return whole.hexdigest()
