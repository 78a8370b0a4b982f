"""How old is too old: the limits of ``contracts.md`` 7."""

from typing import Final

from cockpit.state.views import Freshness
from cockpit.units import NS_PER_S

FLOOR_NS: Final = 2 * NS_PER_S  # a book older than this misleads
ALIVE_NS: Final = 2 * NS_PER_S  # a feed that said anything within this is alive
STALE_FACTOR: Final = 3
POLLED_FACTOR: Final = 2  # a polled series may miss one poll before it counts as aging


def limit_ns(gap_quantile_ns: int | None, feed_age_ns: int | None, interval_ns: int) -> int:
    """Age from which a stream counts as AGING, ns.

    Args:
        gap_quantile_ns: 99 % quantile of its own gaps over the last ten minutes; None without gaps.
        feed_age_ns: Age of the newest event of any instrument of its feed; None before the first.
        interval_ns: Its publishing step for bars and sampled quotes, 0 for a stream of changes.
    """
    if interval_ns:
        return max(FLOOR_NS, POLLED_FACTOR * interval_ns)
    if gap_quantile_ns is None or feed_age_ns is None or feed_age_ns > ALIVE_NS:
        return FLOOR_NS
    return max(FLOOR_NS, gap_quantile_ns)


def freshness(age_ns: int, limit: int, stale: int | None = None) -> Freshness:
    """FRESH up to the limit, AGING past it, STALE past ``stale``, by default three times the limit."""
    if age_ns <= limit:
        return Freshness.FRESH
    return Freshness.AGING if age_ns <= (STALE_FACTOR * limit if stale is None else stale) else Freshness.STALE
