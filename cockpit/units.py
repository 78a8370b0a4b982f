"""Numbers that mean the same everywhere: nanoseconds, fixed-point prices, unknowns, array types.

Leaf module: stdlib and numpy only.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NS_PER_US: Final = 1_000
NS_PER_MS: Final = 1_000_000
NS_PER_S: Final = 1_000_000_000
NS_PER_MIN: Final = 60 * NS_PER_S
NS_PER_HOUR: Final = 60 * NS_PER_MIN
NS_PER_DAY: Final = 24 * NS_PER_HOUR

NANO: Final = 1_000_000_000  # fixed-point prices are in units of 1e-9, as in DBN

NO_PRICE: Final = -(2**63)  # an int64 price that is not there; never 0, which is a price
NO_TIME: Final = -(2**63)  # an int64 instant that is not known

Rows = NDArray[Any]  # structured array of one event kind
Ticks = NDArray[np.int64]
Times = NDArray[np.int64]
Sizes = NDArray[np.int64]
Floats = NDArray[np.float64]
Pixels = NDArray[np.uint32]
