"""How the variance of a session is spread over its day.

Source: ``contracts.md`` 6; ``vectors/stylised_facts.json``, ``rth_5min_abs_return_multiplier``, and
``market-model.md`` 1 for the share of the night.
"""

from typing import Final

import numpy as np

from cockpit.units import NS_PER_HOUR, NS_PER_MIN

RTH_OPEN_NS: Final = 9 * NS_PER_HOUR + 30 * NS_PER_MIN  # of New York's clock
RTH_CLOSE_NS: Final = 16 * NS_PER_HOUR
SLOT_NS: Final = 5 * NS_PER_MIN
OVERNIGHT_SHARE: Final = 0.37  # of a session's variance outside regular hours

# mean |return| of each five minutes from 09:30 on, in multiples of the mean of all
_ABS_RETURN: Final = (
    1.821, 1.384, 1.435, 1.460, 1.281, 1.101, 1.597, 1.343, 1.353, 1.192, 1.223, 1.247,
    1.229, 1.144, 1.103, 1.094, 1.112, 0.983, 1.096, 1.093, 0.970, 0.930, 0.949, 0.910,
    0.943, 0.952, 0.953, 0.900, 0.857, 0.854, 0.890, 0.924, 0.787, 0.836, 0.884, 0.781,
    0.852, 0.810, 0.791, 0.810, 0.840, 0.716, 0.935, 0.895, 0.803, 0.808, 0.812, 0.891,
    0.898, 0.828, 0.774, 0.800, 0.756, 0.755, 1.104, 0.879, 0.869, 0.851, 0.915, 0.879,
    0.963, 0.917, 1.008, 0.897, 0.894, 0.839, 1.098, 0.919, 0.912, 0.854, 0.915, 0.884,
    1.097, 0.977, 1.010, 1.016, 1.468, 1.451,
)  # fmt: skip

ABS_RETURN: Final = np.array(_ABS_RETURN)
ABS_RETURN.flags.writeable = False
# share of a whole session's variance in each of the 78 slots
SLOT_SHARES: Final = (1 - OVERNIGHT_SHARE) * ABS_RETURN**2 / (ABS_RETURN**2).sum()
SLOT_SHARES.flags.writeable = False
