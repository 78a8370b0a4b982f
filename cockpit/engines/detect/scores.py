"""Whether a detector is better than chance: its share of hits with an interval, against the base rate."""

import math
from dataclasses import dataclass
from typing import Final

from cockpit.units import NS_PER_MIN, NS_PER_S

HORIZONS: Final = (NS_PER_S, 5 * NS_PER_S, 30 * NS_PER_S, 5 * NS_PER_MIN)
Z: Final = 1.959963984540054  # 95 %
FEWEST: Final = 20  # below it nothing is said


@dataclass(frozen=True, slots=True)
class Score:
    """What one detector is worth over one horizon.

    Attributes:
        n: Detections that count.
        hits: Those after which the mid had moved as expected.
        chance: Expected share of hits without the detector; None while unknown.
    """

    n: int
    hits: int
    chance: float | None


def wilson(hits: int, n: int, z: float = Z) -> tuple[float, float]:
    """The interval of a share, 0..1; (0, 1) of none.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    if not n:
        return 0.0, 1.0
    share, square = hits / n, z * z
    middle = share + square / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max((middle - half) / (1 + square / n), 0.0), min((middle + half) / (1 + square / n), 1.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A score as one reads it.

    Attributes:
        n, hits: As in ``Score``.
        share: Of hits; None without any detection.
        low, high: Its 95 % interval.
        chance: The base rate; None unknown.
        is_better: Whether the whole interval lies above the base rate, of enough detections.
    """

    n: int
    hits: int
    share: float | None
    low: float
    high: float
    chance: float | None
    is_better: bool


def verdict_of(score: Score) -> Verdict:
    """Judge a score."""
    low, high = wilson(score.hits, score.n)
    share = score.hits / score.n if score.n else None
    is_better = score.n >= FEWEST and score.chance is not None and low > score.chance
    return Verdict(score.n, score.hits, share, low, high, score.chance, is_better)
