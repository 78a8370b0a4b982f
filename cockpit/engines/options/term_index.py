"""The VIX method at other horizons: nine days, three months, of the two expiries around them.

Source: ``formulas.md`` 3.1; Cboe publishes VIX9D and VIX3M by the method of the VIX.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.chain import RATE
from cockpit.engines.options.expiry import MINUTES_PER_YEAR
from cockpit.engines.options.listing import Listing, listing
from cockpit.engines.options.vix_index import FEWEST, MINUTES_30_DAYS, chain_vix, minutes_to, strip
from cockpit.errors import EngineError
from cockpit.units import Rows

MINUTES_PER_DAY: Final = 1_440


def term_indices(rows: Rows, as_of_ns: int, horizons: Sequence[int], rate: float = RATE) -> list[float | None]:
    """Expected volatility over some horizons, in points as the VIX; None where the chain cannot tell.

    Thirty days are the VIX itself, with its choice of Fridays. Any other horizon takes the last series up to it and
    the first beyond, of those in the rows that have enough quotes.

    Args:
        rows: Kind.CHAIN of one snapshot, or the series of it that matter.
        as_of_ns: Instant, ns UTC.
        horizons: Calendar days, each 1 or more.
        rate: Continuously compounded.

    Raises:
        EngineError: A horizon of less than a day.
    """
    if any(days < 1 for days in horizons):
        raise EngineError(f"volatility indices over {list(horizons)} days: each 1 or more")
    try:
        listed = listing(rows)
    except EngineError:
        return [None] * len(horizons)
    left = minutes_to(listed, as_of_ns)
    return [
        chain_vix(rows, as_of_ns, rate, listed).value
        if days * MINUTES_PER_DAY == MINUTES_30_DAYS
        else _between(listed, left, days * MINUTES_PER_DAY, rate)
        for days in horizons
    ]


def _between(listed: Listing, left: NDArray[np.int64], minutes: int, rate: float) -> float | None:
    """The index over so many minutes of the two series around them; total variance is linear in time between."""
    order = np.argsort(left, kind="stable")
    early = order[(left[order] > 0) & (left[order] <= minutes)][::-1]
    near = _first_usable(listed, left, early, rate)
    beyond = _first_usable(listed, left, order[left[order] > minutes], rate)
    if near is None or beyond is None:
        return None
    (low_at, low), (high_at, high) = near, beyond
    variance = (low + (high - low) * (minutes - low_at) / (high_at - low_at)) / minutes
    return 100 * float(np.sqrt(variance)) if variance > 0 else None


def _first_usable(
    listed: Listing, left: NDArray[np.int64], numbers: NDArray[np.int64], rate: float
) -> tuple[int, float] | None:
    """Minutes left and variance times minutes of the first of some series that has quotes enough."""
    for at in numbers.tolist():
        minutes = int(left[at])
        made = strip(listed.of_series(at), minutes / MINUTES_PER_YEAR, rate)
        if made is not None and len(made.strikes) >= FEWEST:
            return minutes, made.sigma2 * minutes
    return None
