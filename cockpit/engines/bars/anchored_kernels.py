"""Compiled loops of what is summed from a session's open, and of volume at price.

``tests/engines/bars/test_anchored.py`` and ``test_profile.py`` say the same slowly. Importing this module imports
numba: only the engines beside it do.
"""

from math import isnan, nan, sqrt
from typing import Any, Final

import numba
import numpy as np

from cockpit.units import NO_PRICE, NO_TIME, Floats

# the sums of the session so far: all a session line has to remember
RUN: Final = np.dtype(
    [
        ("anchor_ns", np.int64),  # open of the session's first bar
        ("base", np.float64),  # price the moments are about
        ("volume", np.float64),
        ("first", np.float64),
        ("second", np.float64),
        ("typical", np.float64),
        ("delta", np.float64),
        ("unknown", np.int64),  # bars that could not be summed
    ],
    align=True,
)
VWAP: Final = np.dtype(
    [
        ("anchor_ns", np.int64),  # where the sum begins; another value begins another line
        ("value", np.float64),  # stored units; NaN where it is unknown
        ("sigma", np.float64),  # volume-weighted standard deviation of the prices, stored units
        ("typical", np.float64),  # share of the volume that is by typical prices, 0..1
        ("unknown", np.int64),  # bars since the anchor whose volume is not known
    ]
)
DELTA: Final = np.dtype(
    [
        ("anchor_ns", np.int64),
        ("value", np.float64),  # contracts bought minus sold since the anchor; NaN where a bar does not tell
        ("unknown", np.int64),  # bars since the anchor that do not tell
    ]
)
_BUY: Final = ord("B")
_SELL: Final = ord("A")


@numba.njit(cache=True, nogil=True)
def _anchor(run: Any, bar: Any, begins: bool) -> None:
    if begins or run.anchor_ns == NO_TIME:
        run.anchor_ns, run.base = bar.open_ns, bar.open
        run.volume = run.first = run.second = run.typical = run.delta = 0.0
        run.unknown = 0


@numba.njit(cache=True, nogil=True)
def vwap_rows(runs: Any, bars: Any, moments: Any, begins: Any, rows: Any) -> None:
    """Rows of the volume-weighted average price at the end of each bar.

    Args:
        runs: RUN (1,), read and written.
        bars, moments: BAR_VIEW and MOMENTS (n,).
        begins: bool (n,), whether a bar is the first of its session.
        rows: VWAP (n,), written.
    """
    run = runs[0]
    for place in range(len(bars)):
        bar, part, row = bars[place], moments[place], rows[place]
        _anchor(run, bar, begins[place])
        is_known = not isnan(bar.volume + part.first)
        if is_known:
            shift = bar.open - run.base if bar.volume > 0 else 0.0
            run.second += part.second + 2.0 * shift * part.first + shift * shift * bar.volume
            run.first += part.first + shift * bar.volume
            run.volume += bar.volume
            run.typical += part.typical
        else:
            run.unknown += 1
        row.anchor_ns, row.unknown = run.anchor_ns, run.unknown
        row.value = row.sigma = row.typical = nan
        if is_known and run.volume > 0:
            mean = run.first / run.volume
            row.value = run.base + mean
            row.sigma = sqrt(max(run.second / run.volume - mean * mean, 0.0))
            row.typical = run.typical / run.volume


@numba.njit(cache=True, nogil=True)
def delta_rows(runs: Any, bars: Any, moments: Any, begins: Any, rows: Any) -> None:
    """Rows of the cumulative delta at the end of each bar; arguments as in ``vwap_rows``, rows are DELTA."""
    run = runs[0]
    for place in range(len(bars)):
        bar, row = bars[place], rows[place]
        _anchor(run, bar, begins[place])
        is_known = not isnan(bar.delta)
        if is_known:
            run.delta += bar.delta
        else:
            run.unknown += 1
        row.anchor_ns, row.unknown = run.anchor_ns, run.unknown
        row.value = run.delta if is_known else nan


@numba.njit(cache=True, nogil=True)
def price_range(prints: Any) -> tuple[int, int]:
    """Lowest and highest price of prints that have a size and a price; (1, 0) without one."""
    low, high = 1, 0
    for place in range(len(prints)):
        row = prints[place]
        if row.size > 0 and row.price_ticks != NO_PRICE:
            price = row.price_ticks
            low, high = (price, price) if low > high else (min(low, price), max(high, price))
    return low, high


@numba.njit(cache=True, nogil=True)
def add_prints(levels: Floats, low: int, step: int, prints: Any) -> None:
    """Add prints to volume at price: bought, sold and of unknown side.

    Args:
        levels: float64 (3, n), read and written; level k holds prices [low + k step, low + (k + 1) step).
        prints: PRINT (m,), all prices on the levels.
    """
    for place in range(len(prints)):
        row = prints[place]
        if row.size > 0 and row.price_ticks != NO_PRICE:
            side = 0 if row.aggressor == _BUY else 1 if row.aggressor == _SELL else 2
            levels[side, (row.price_ticks - low) // step] += row.size


@numba.njit(cache=True, nogil=True)
def add_bars(levels: Floats, low: int, step: int, bars: Any) -> None:
    """Add bars, the volume of each spread evenly over the prices of its range; arguments as in ``add_prints``."""
    for place in range(len(bars)):
        row = bars[place]
        if not row.volume > 0:
            continue
        bought, sold = row.buy_volume, row.sell_volume
        if isnan(bought + sold):
            bought = sold = 0.0
        other = max(row.volume - bought - sold, 0.0)
        ticks = row.high_ticks - row.low_ticks + 1
        first, last = (row.low_ticks - low) // step, (row.high_ticks - low) // step
        for level in range(first, last + 1):
            begin, end = max(low + level * step, row.low_ticks), min(low + (level + 1) * step, row.high_ticks + 1)
            share = (end - begin) / ticks
            levels[0, level] += share * bought
            levels[1, level] += share * sold
            levels[2, level] += share * other


@numba.njit(cache=True, nogil=True)
def value_area(volumes: Floats, share: float) -> tuple[int, int, int]:
    """Lowest level, point of control and highest level of the value area.

    The point of control has the most volume, of equals the one nearest the middle, the lower of two. From it the
    area grows by the larger of the two levels beside it, by both where they are equal, until it holds ``share`` of
    all volume.

    Args:
        volumes: float64 (n,), n > 0, some volume above 0.
    """
    count = len(volumes)
    poc = 0
    for level in range(1, count):
        nearer = abs(2 * level - (count - 1)) < abs(2 * poc - (count - 1))
        if volumes[level] > volumes[poc] or (volumes[level] == volumes[poc] and nearer):
            poc = level
    wanted = share * volumes.sum()
    low = high = poc
    held = volumes[poc]
    while held < wanted and (low > 0 or high < count - 1):
        under = volumes[low - 1] if low > 0 else -1.0
        over = volumes[high + 1] if high < count - 1 else -1.0
        if under >= over:
            low -= 1
            held += under
        if over >= under:
            high += 1
            held += over
    return low, poc, high
