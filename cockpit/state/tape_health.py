"""What the recorder writes: size, rate, what waits for the disk, and how full the ring of tapes is."""

from collections import deque
from typing import Final

from cockpit.state.taping import Taping
from cockpit.state.views import RecorderHealth
from cockpit.units import NS_PER_S

OVER_NS: Final = 10 * NS_PER_S  # the rate is that of the last ten seconds


class TapeHealth:
    """Follows the size of one recording after another."""

    def __init__(self) -> None:
        self._sizes: deque[tuple[int, int]] = deque()

    def read(
        self, taping: Taping | None, ring: tuple[int, int] | None, at_ns: float | None
    ) -> RecorderHealth | None:
        """The recorder now; None when it is off and there is no ring.

        Args:
            at_ns: Steady time; None: the rate is not known.
        """
        used, limit = ring or (None, None)
        if taping is None:
            self._sizes.clear()
            return None if ring is None else RecorderHealth(ring_used=used, ring_limit=limit)
        size, failure = taping.tape.bytes_written, taping.tape.failure or ""
        rate = None if at_ns is None else self._rate(round(at_ns), size)
        return RecorderHealth(size, rate, taping.tape.backlog, used, limit, failure)

    def _rate(self, at_ns: int, size: int) -> float | None:
        sizes = self._sizes
        if sizes and (size < sizes[-1][1] or at_ns < sizes[-1][0]):
            sizes.clear()  # another tape
        sizes.append((at_ns, size))
        while len(sizes) > 2 and sizes[1][0] <= at_ns - OVER_NS:
            sizes.popleft()
        began, first = sizes[0]
        return (size - first) * NS_PER_S / (at_ns - began) if at_ns - began >= NS_PER_S else None
