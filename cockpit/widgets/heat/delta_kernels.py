"""Pixel kernel of the pane under the heatmap. Pure; no Qt."""

from typing import Any

import numpy as np
from numba import njit

from cockpit.units import Pixels, Sizes

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def upright_bars(px: Pixels, lefts: Sizes, highs: Sizes, wide: int, middle: int, up: int, down: int) -> None:
    """Bars above and below a row.

    Args:
        lefts, highs: int64 (n,), first pixel column of each, and pixels above ``middle``, below it when negative.
        wide: Pixels of a bar.
        up, down: Inks.
    """
    for i in range(len(lefts)):
        ink = up if highs[i] > 0 else down
        first, last = (middle - highs[i], middle) if highs[i] > 0 else (middle, middle - highs[i])
        for y in range(max(first, 0), min(last, px.shape[0])):
            for x in range(max(lefts[i], 0), min(lefts[i] + wide, px.shape[1])):
                px[y, x] = ink


def warm() -> None:
    """Load the kernel from numba's cache, or compile it; any thread may call it."""
    none = np.zeros(0, np.int64)
    upright_bars(np.zeros((1, 1), np.uint32), none, none, 1, 0, 0, 0)
