"""The fold of ``pyramid.fold`` for series too long for numpy's temporaries: one pass, no copies."""

from math import isnan, nan

from numba import njit

from cockpit.units import Rows


@njit(cache=True, nogil=True)
def fold_into(bars: Rows, rows: Rows, fan: int) -> None:
    """Fill ``rows`` (BAR_VIEW, shape (m,)) from ``bars`` (BAR_VIEW, shape (m * fan,)); see ``pyramid.fold``."""
    for group in range(len(rows)):
        first = bars[group * fan]
        last = bars[group * fan + fan - 1]
        high, low = first.high, first.low
        volume, delta = nan, nan
        for at in range(group * fan, group * fan + fan):
            bar = bars[at]
            high = max(high, bar.high)
            low = min(low, bar.low)
            if not isnan(bar.volume):
                volume = bar.volume if isnan(volume) else volume + bar.volume
            if not isnan(bar.delta):
                delta = bar.delta if isnan(delta) else delta + bar.delta
        row = rows[group]
        row.open_ns, row.close_ns = first.open_ns, last.close_ns
        row.open, row.high, row.low, row.close = first.open, high, low, last.close
        row.volume, row.delta = volume, delta
