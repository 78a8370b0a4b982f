"""Bar positions and instants: what lies at a border between bars, and where an instant lies among other bars.

A position is a bar index with a fraction of that bar; closed hours have no width, so instants in them have the
position of the next open.
"""

import numpy as np

from cockpit.units import Times


def instant_at(opens: Times, position: float) -> int:
    """The instant at a position; past the newest bar on its step, before the first on the first one's.

    Args:
        opens: int64 (n,), ascending opens of the bars, n > 0.
        position: Bar index and fraction.
    """
    bar = min(max(int(position), 0), len(opens) - 1)
    return int(opens[bar]) + round((position - bar) * _step(opens, bar))


def position_at(opens: Times, instant_ns: int) -> float:
    """The position of an instant; inside of bars at most the bar's own end. The inverse of ``instant_at``."""
    bar = max(int(np.searchsorted(opens, instant_ns, "right")) - 1, 0)
    part = (instant_ns - int(opens[bar])) / _step(opens, bar)
    return bar + (min(part, 1.0) if bar < len(opens) - 1 else part)


def _step(opens: Times, bar: int) -> int:
    """Length of a bar, ns: the least of its surroundings, for a bar before closed hours ends before the next."""
    around = np.diff(opens[max(bar - 2, 0) : bar + 3])
    return max(int(around.min()), 1) if len(around) else 1
