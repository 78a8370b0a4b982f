"""Kernel of ``heat.py``: what a book is after changes, from what it was before them."""

from typing import Any

import numpy as np
from numba import njit

from cockpit.engines.book.layout import CHANGE, GONE
from cockpit.units import Rows, Sizes

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def replay(changes: Rows, low: int, sizes: Sizes) -> None:
    """Apply changes in order.

    Args:
        changes: CHANGE (n,).
        low: Tick of column 0; every price among the changes lies in the columns.
        sizes: int64 (2, m), bid and ask by tick, changed.
    """
    for i in range(len(changes)):
        change = changes[i]
        if change.side >= GONE:
            sizes[change.side - GONE, :] = 0
        else:
            sizes[change.side, change.price - low] = change.size


def warm() -> None:
    """Load the kernel from numba's cache, or compile it (seconds); any thread may call it."""
    replay(np.zeros(0, CHANGE), 0, np.zeros((2, 1), np.int64))
