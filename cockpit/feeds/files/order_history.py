"""What the rows of an order-level table before each row say about the same order."""

import numpy as np
from numpy.typing import NDArray


def previous_of(order_id: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row before each row that is about the same order, int64 (n,); -1 where it is the first."""
    order = np.argsort(order_id, kind="stable")
    out = np.full(len(order_id), -1, np.int64)
    same = order_id[order[1:]] == order_id[order[:-1]]
    out[order[1:][same]] = order[:-1][same]
    return out
