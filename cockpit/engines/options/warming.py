"""Loads or compiles every kernel that an option chain needs; any thread may call it."""

import numpy as np

from cockpit.engines.options.black import black76
from cockpit.engines.options.gamma import field, gammas, signed_ladder
from cockpit.engines.options.implied_vol import implied_vol


def warm_options() -> None:
    """One contract through all of them: a second from numba's cache, some twenty to compile."""
    one, call = np.ones(1), np.array([True])
    place = np.zeros(1, np.int64)
    black76(one, one, one, one, one, call)
    implied_vol(one / 2, one, one, one, one, call)
    gammas(1.0, one, one, one, one, one)
    signed_ladder(1.0, one, one, one, one, one, one, one)
    field(1.0, 0, 0.0, place + 1, one, place, one, one, one, place, 1, one, place)
