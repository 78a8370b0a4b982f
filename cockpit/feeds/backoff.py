"""How long to wait before the next try: exponential, with full jitter, up to a cap."""

from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.5
CAP_S: Final = 60.0
_MOST_DOUBLINGS: Final = 20


class Backoff:
    """Waits of one thing that is tried again and again.

    Full jitter, so that many programs that lost one venue do not come back in step.
    Source: Brooker (2015), "Exponential Backoff And Jitter".

    Args:
        random: Gives numbers in [0, 1).
        first_s: The first wait is up to this.
        cap_s: No wait is longer.
    """

    def __init__(self, random: Callable[[], float], first_s: float = FIRST_S, cap_s: float = CAP_S) -> None:
        self._random, self._first_s, self._cap_s = random, first_s, cap_s
        self.tries = 0

    def next_s(self) -> float:
        """The next wait, seconds."""
        most = min(self._first_s * 2 ** min(self.tries, _MOST_DOUBLINGS), self._cap_s)
        self.tries += 1
        return self._random() * most

    def reset(self) -> None:
        """It works again."""
        self.tries = 0
