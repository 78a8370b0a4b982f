"""What a trader reads off gamma exposure: walls, the absolute strike, flips, and the ladder they are sought on.

Source: ``formulas.md`` 2, ``contracts.md`` 4.
"""

from typing import Final

import numpy as np

from cockpit.units import Floats

REACH_FRAC: Final = 0.10  # walls and flips lie within 10 % of the spot
POINT_ROOTS: Final = frozenset({"SPX"})  # their ladders step in points
STEP_POINTS: Final = 5.0
STEP_FRAC: Final = 0.001


def ladder(spot: float, root: str) -> Floats:
    """Spots at which the whole chain is valued again, float64 (m,), ascending, within 10 % of the spot.

    Multiples of 5 points for SPX, so that ladders of different chains meet; else 201 steps of 0.1 % of the spot.
    """
    if root in POINT_ROOTS:
        first = np.ceil(spot * (1 - REACH_FRAC) / STEP_POINTS)
        last = np.floor(spot * (1 + REACH_FRAC) / STEP_POINTS)
        return np.arange(first, last + 1, dtype=np.float64) * STEP_POINTS
    steps = round(REACH_FRAC / STEP_FRAC)
    return spot * (1 + STEP_FRAC * np.arange(-steps, steps + 1, dtype=np.float64))


def wall(strikes: Floats, sizes: Floats, spot: float) -> float | None:
    """Strike of the largest size within 10 % of the spot; of equals the one nearest the spot, then the lower.

    Args:
        strikes, sizes: float64 (k,); sizes are magnitudes.

    Returns:
        None when no strike is near enough or none has any size.
    """
    near = np.abs(strikes - spot) <= REACH_FRAC * spot
    if not near.any() or not sizes[near].max() > 0:
        return None
    best = strikes[near & (sizes == sizes[near].max())]
    return float(best[np.lexsort((best, np.abs(best - spot)))[0]])


def flips(spots: Floats, totals: Floats, spot: float) -> tuple[float, ...]:
    """Spots at which the total changes sign, the one nearest the spot first; linear between two steps.

    A total of exactly 0 is a flip where its neighbours differ in sign; a stretch of zeros flips in its middle.

    Args:
        spots: float64 (m,), ascending.
        totals: float64 (m,), signed.
    """
    places = np.flatnonzero(totals != 0)
    left, right = places[:-1], places[1:]
    crossed = totals[left] * np.sign(totals[right]) < 0
    left, right = left[crossed], right[crossed]
    share = totals[left] / (totals[left] - totals[right])
    found = spots[left] + share * (spots[right] - spots[left])
    inside = right - left > 1  # zeros between them
    found[inside] = (spots[left + 1][inside] + spots[right - 1][inside]) / 2
    return tuple(found[np.argsort(np.abs(found - spot), kind="stable")].tolist())
