"""Append-only columns and rings: the storage behind histories that the screen reads while engines append."""

from dataclasses import dataclass

import numpy as np

from cockpit.units import Rows

FIRST_CAPACITY = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """The first ``length`` rows of a ``Columns``, forever: later appends cannot change them.

    Attributes:
        rows: Read-only structured view, shape (length,).
    """

    rows: Rows

    @property
    def length(self) -> int:
        """Number of rows."""
        return len(self.rows)


class Columns:
    """Append-only structured rows in one growing buffer.

    A view or frozen part stays valid and unchanged: rows once appended are never written again,
    and growing moves to a new buffer. Adopting a ``Frozen`` costs nothing until the first append.
    """

    def __init__(self, dtype: np.dtype[np.void], capacity: int = FIRST_CAPACITY) -> None:
        self._dtype = dtype
        self._buffer: Rows = np.zeros(capacity, dtype)
        self._length = 0
        self._shared = False

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Bytes held, spare room included."""
        return int(self._buffer.nbytes)

    def append(self, rows: Rows) -> None:
        """Append rows of the same dtype, shape (n,)."""
        need = self._length + len(rows)
        if need > len(self._buffer) or self._shared:
            self._move(max(need, 2 * self._length, FIRST_CAPACITY))
        self._buffer[self._length : need] = rows
        self._length = need

    def view(self) -> Rows:
        """Read-only view of all rows, shape (len,); later appends do not change it."""
        view = self._buffer[: self._length]
        view.flags.writeable = False
        return view

    def view_with(self, row: Rows) -> Rows:
        """Read-only view of all rows and, last, a provisional one; costs the copy of that one.

        The provisional row lies where the next ``append`` will write: it is overwritten by the next
        ``append`` or ``view_with``, in views handed out before, too. All rows before it stay as they are.

        Args:
            row: The provisional row, shape (1,).
        """
        need = self._length + 1
        if need > len(self._buffer) or self._shared:
            self._move(max(2 * self._length, FIRST_CAPACITY))
        self._buffer[self._length : need] = row
        view = self._buffer[:need]
        view.flags.writeable = False
        return view

    def freeze(self) -> Frozen:
        """What is there now, without a copy."""
        return Frozen(self.view())

    def adopt(self, frozen: Frozen) -> None:
        """Replace the content by ``frozen``; the buffer is copied at the next append only."""
        self._buffer = frozen.rows
        self._length = frozen.length
        self._shared = True

    def clear(self) -> None:
        """Forget all rows; views handed out stay as they were."""
        self._buffer = np.zeros(FIRST_CAPACITY, self._dtype)
        self._length = 0
        self._shared = False

    def _move(self, capacity: int) -> None:
        buffer = np.zeros(capacity, self._dtype)
        buffer[: self._length] = self._buffer[: self._length]
        self._buffer = buffer
        self._shared = False


def same_memory(one: Rows, other: Rows) -> bool:
    """Whether two views keep the same buffer alive."""
    return _buffer(one) is _buffer(other)


def begins_with(rows: Rows, part: Rows) -> bool:
    """Whether a history goes on from a part of it, given that both tell of the same river: its last row decides."""
    return 0 < len(part) <= len(rows) and bool(rows[len(part) - 1] == part[-1])


def _buffer(rows: Rows) -> Rows:
    while isinstance(rows.base, np.ndarray):
        rows = rows.base
    return rows
