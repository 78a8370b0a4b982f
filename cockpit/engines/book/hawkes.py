"""Events that excite each other: a Hawkes process with one exponential kernel ``alpha e^(-beta t)``.

Source: ``formulas.md`` 5.4; Hawkes (1971); the recursion is Ozaki's (1979).
"""

from dataclasses import dataclass

import numpy as np

from cockpit.errors import EngineError
from cockpit.units import Floats


@dataclass(frozen=True, slots=True)
class Hawkes:
    """Parameters.

    Attributes:
        mu: Rate without any excitement, per second.
        alpha: Jump of the rate at each event, per second.
        beta: How fast it fades, per second; above ``alpha``, else the events explode.

    Raises:
        EngineError: Not in these bounds.
    """

    mu: float
    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (self.mu > 0 and 0 <= self.alpha < self.beta):
            raise EngineError(
                f"Hawkes mu {self.mu:g}, alpha {self.alpha:g}, beta {self.beta:g}: 0 <= alpha < beta, mu > 0"
            )

    @property
    def branching(self) -> float:
        """Events that one event causes on average, 0..1."""
        return self.alpha / self.beta

    @property
    def stationary_rate(self) -> float:
        """Events a second in the long run."""
        return self.mu / (1 - self.branching)

    def intensities(self, times: Floats) -> Floats:
        """Rate just before each event, per second; float64 (n,). ``times``: ascending, seconds."""
        excited = np.zeros(len(times))
        for place in range(1, len(times)):
            excited[place] = np.exp(-self.beta * (times[place] - times[place - 1])) * (1 + excited[place - 1])
        return self.mu + self.alpha * excited

    def intensity_at(self, times: Floats, at: float) -> float:
        """Rate at an instant after some events."""
        past = times[times < at]
        return self.mu + self.alpha * float(np.exp(-self.beta * (at - past)).sum())

    def compensator(self, times: Floats, until: float) -> float:
        """Events expected from 0 to ``until``."""
        return self.mu * until + self.branching * float((1 - np.exp(-self.beta * (until - times))).sum())

    def log_likelihood(self, times: Floats, until: float) -> float:
        """Of the events from 0 to ``until``."""
        return float(np.log(self.intensities(times)).sum()) - self.compensator(times, until)
