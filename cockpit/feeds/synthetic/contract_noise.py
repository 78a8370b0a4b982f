"""Chance that belongs to a contract: the same for everybody who asks, whenever, in whatever order."""

from typing import Final

import numpy as np
from numba import njit

from cockpit.feeds.synthetic.philox import LOW, normal, philox, unit
from cockpit.units import Floats, Times

# streams of the generator (``market-model.md`` 3)
OPEN_INTEREST: Final = 701
EXPIRY: Final = 702
QUOTE: Final = 703
UNEVEN: Final = 704
TURNOVER: Final = 705
DAILY_CHANGE: Final = 706
INDEX_NOISE: Final = 800
LEVEL: Final = 801

_PURPOSE: Final = 3


@njit(cache=True, nogil=True)
def contract_noise(seed: int, stream: int, first: Times, second: Times, day: int) -> tuple[Floats, Floats]:
    """Standard normals and uniforms on (0, 1), one of each a contract.

    Args:
        seed: Of the market.
        stream: What it is for.
        first, second: int64 (n,), what names the contract: expiry and side, strike.
        day: Days since 1970-01-01 where the chance is one of the day, else 0.

    Returns:
        float64 (n,), float64 (n,).
    """
    normals, uniforms = np.empty(len(first)), np.empty(len(first))
    for i in range(len(first)):
        w0, w1, w2, _ = philox(
            np.uint64(first[i]) & LOW,
            np.uint64(second[i]) & LOW,
            np.uint64(_PURPOSE),
            np.uint64(day) & LOW,
            np.uint64(seed) & LOW,
            np.uint64(stream),
        )
        normals[i] = normal(unit(w0), unit(w1))
        uniforms[i] = unit(w2)
    return normals, uniforms
