"""Compiled loops of the bar engine; ``tests/engines/bars/oracle.py`` says the same slowly.

Importing this module imports numba: only ``aggregate.py`` does.
"""

from typing import Any, Final

import numba
import numpy as np

from cockpit.units import NO_PRICE, NO_TIME

NOTHING: Final = 0  # no bar is forming
OF_PRINTS: Final = 1  # the forming bar's newest part is a print
OF_BARS: Final = 2  # the forming bar's newest part is a vendor's bar

_BAR: Final = [
    ("open_ns", np.int64),
    ("close_ns", np.int64),  # end of a time bar; clock of the newest print in tick and volume bars
    ("open", np.float64),
    ("high", np.float64),
    ("low", np.float64),
    ("close", np.float64),
    ("volume", np.float64),
    ("buy", np.float64),
    ("sell", np.float64),
    ("trades", np.float64),
    ("first", np.float64),  # sum of (price - open) x size; of a vendor's bar by its typical price
    ("second", np.float64),  # sum of (price - open)^2 x size
    ("typical", np.float64),  # volume that went into both by a typical price
]
# the forming bar and what has been taken in so far: all an aggregation has to remember
FORMING: Final = np.dtype(
    [
        *_BAR,
        ("state", np.int64),  # NOTHING, OF_PRINTS or OF_BARS
        ("now_ns", np.int64),  # largest clock of the prints, bars and ticks so far
        ("print_ns", np.int64),  # largest clock of the prints so far
        ("covered_ns", np.int64),  # end of the newest vendor's bar taken in
    ],
    align=True,
)
# a bar that closed, with the seq and clock of what closed it
MADE: Final = np.dtype([*_BAR, ("seq", np.int64), ("cause_ns", np.int64)], align=True)
# a vendor's bar, of a traded instrument or of an index
VENDOR: Final = np.dtype([*_BAR, ("seq", np.int64), ("is_whole", np.int64)], align=True)

_BUY: Final = ord("B")
_SELL: Final = ord("A")


@numba.njit(cache=True, nogil=True)
def _begin(forming: Any, open_ns: int, close_ns: int) -> None:
    bar = forming[0]
    bar.open_ns, bar.close_ns = open_ns, close_ns
    bar.open = bar.high = bar.low = bar.close = np.nan
    bar.volume = bar.buy = bar.sell = bar.trades = 0.0
    bar.first = bar.second = bar.typical = 0.0


@numba.njit(cache=True, nogil=True)
def _end(forming: Any, made: Any, count: int, seq: int, cause_ns: int) -> int:
    bar, row = forming[0], made[count]
    row.open_ns, row.close_ns = bar.open_ns, bar.close_ns
    row.open, row.high, row.low, row.close = bar.open, bar.high, bar.low, bar.close
    row.volume, row.buy, row.sell, row.trades = bar.volume, bar.buy, bar.sell, bar.trades
    row.first, row.second, row.typical = bar.first, bar.second, bar.typical
    row.seq, row.cause_ns = seq, cause_ns
    bar.state = NOTHING
    return count + 1


@numba.njit(cache=True, nogil=True)
def _take_print(forming: Any, price: float, size: float, aggressor: int) -> None:
    bar = forming[0]
    if np.isnan(bar.open):
        bar.open = bar.high = bar.low = price
    bar.high = max(bar.high, price)
    bar.low = min(bar.low, price)
    bar.close = price
    bar.volume += size
    bar.trades += 1.0
    away = price - bar.open
    bar.first += away * size
    bar.second += away * away * size
    if aggressor == _BUY:
        bar.buy += size
    elif aggressor == _SELL:
        bar.sell += size
    bar.state = OF_PRINTS


@numba.njit(cache=True, nogil=True)
def _first_after(ticks: Any, low: int, high: int, seq: int) -> int:
    """Place of the first tick in [low, high) behind ``seq``."""
    while low < high:
        middle = (low + high) // 2
        if ticks[middle].seq < seq:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True)
def _pass_time(forming: Any, ticks: Any, low: int, high: int, made: Any, count: int) -> int:
    """Let the ticks [low, high) pass; their clocks never fall, so the one that closes is found by halving."""
    bar = forming[0]
    if low == high:
        return count
    last = ticks[high - 1].clock_ns
    if bar.state != NOTHING:
        # a vendor's bar comes behind the tick of the same clock, so only a later tick says that none will
        due = bar.close_ns + 1 if bar.covered_ns != NO_TIME else bar.close_ns
        if last >= due:
            top = high - 1
            while low < top:
                middle = (low + top) // 2
                if ticks[middle].clock_ns < due:
                    low = middle + 1
                else:
                    top = middle
            count = _end(forming, made, count, ticks[low].seq, ticks[low].clock_ns)
    bar.now_ns = max(bar.now_ns, last)
    return count


@numba.njit(cache=True, nogil=True)
def _grid(edges: Any, step: int, at_ns: int) -> tuple[int, int]:
    """Begin and end of the bar an instant lies in; ``anchors.Grid.bounds`` for one."""
    after = np.searchsorted(edges, at_ns, side="right")
    low, high = edges[after - 1], edges[after]
    if step > 0:
        regular = at_ns - at_ns % step
        low, high = max(low, regular), min(high, regular + step)
    return low, high


@numba.njit(cache=True, nogil=True)
def _is_usable(row: Any, covered_ns: int) -> bool:
    """Whether a print makes a bar: it has a size and a price, and no vendor's bar holds it already."""
    return row.size > 0 and row.price_ticks != NO_PRICE and row.clock_ns >= covered_ns


@numba.njit(cache=True, nogil=True)
def time_bars(forming: Any, edges: Any, step: int, prints: Any, ticks: Any, made: Any) -> int:
    """Take prints and ticks in ``seq`` order into time bars.

    Args:
        forming: FORMING (1,), read and written.
        edges, step: ``anchors.Grid``, edges around every clock below.
        prints, ticks: PRINT (n,) and TICK (m,), each ascending in ``seq``.
        made: MADE (n + 1,) or longer, written from the start.

    Returns:
        Bars that closed.
    """
    bar = forming[0]
    count, at = 0, 0
    for place in range(len(prints)):
        row = prints[place]
        if not _is_usable(row, bar.covered_ns):
            continue
        if at < len(ticks) and ticks[at].seq < row.seq:
            behind = _first_after(ticks, at, len(ticks), row.seq)
            count = _pass_time(forming, ticks, at, behind, made, count)
            at = behind
        # a late print counts now: the bar of its own time may be closed, and the river goes by the largest clock
        now = max(bar.now_ns, row.clock_ns)
        bar.now_ns = bar.print_ns = now
        if bar.state != NOTHING and now >= bar.close_ns:
            count = _end(forming, made, count, row.seq, now)
        if bar.state == NOTHING:
            low, high = _grid(edges, step, now)
            _begin(forming, max(low, bar.covered_ns), high)  # a vendor's day need not end where a session does
        _take_print(forming, float(row.price_ticks), float(row.size), row.aggressor)
    return _pass_time(forming, ticks, at, len(ticks), made, count)


@numba.njit(cache=True, nogil=True)
def counted_bars(forming: Any, limit: int, by_volume: bool, prints: Any, made: Any) -> int:
    """Take prints into bars of ``limit`` prints or contracts; the print that fills a bar closes it, whole.

    Args:
        forming: FORMING (1,), read and written.
        limit: Prints, or contracts when ``by_volume``.
        prints: PRINT (n,), ascending in ``seq``.
        made: MADE (n,) or longer, written from the start.

    Returns:
        Bars that closed.
    """
    bar = forming[0]
    count = 0
    for place in range(len(prints)):
        row = prints[place]
        if not _is_usable(row, NO_TIME):
            continue
        now = max(bar.now_ns, row.clock_ns)
        bar.now_ns = bar.print_ns = now
        if bar.state == NOTHING:
            _begin(forming, now, now)
        bar.close_ns = now
        _take_print(forming, float(row.price_ticks), float(row.size), row.aggressor)
        if (bar.volume if by_volume else bar.trades) >= limit:
            count = _end(forming, made, count, row.seq, now)
    return count


@numba.njit(cache=True, nogil=True)
def _take_bar(forming: Any, row: Any) -> None:
    bar = forming[0]
    # an index may lack its open or range: what is known decides, NaN stays only where nothing is
    if np.isnan(bar.open):
        bar.open = row.open
    if not bar.high >= row.high:
        bar.high = row.high if not np.isnan(row.high) else bar.high
    if not bar.low <= row.low:
        bar.low = row.low if not np.isnan(row.low) else bar.low
    if not np.isnan(row.close):
        bar.close = row.close
    away = (row.high + row.low + row.close) / 3.0 - bar.open
    bar.first += away * row.volume
    bar.second += away * away * row.volume
    bar.typical += row.volume
    bar.volume += row.volume
    bar.buy += row.buy
    bar.sell += row.sell
    bar.trades += row.trades
    bar.state = OF_BARS


@numba.njit(cache=True, nogil=True)
def merged_bars(forming: Any, edges: Any, step: int, bars: Any, ticks: Any, made: Any) -> int:
    """Take a vendor's finer bars and ticks in ``seq`` order into time bars.

    Args:
        forming: FORMING (1,), read and written.
        edges, step: ``anchors.Grid``, edges around every open below.
        bars: VENDOR (n,), ascending in ``seq``; ``close_ns`` is the clock, ``is_whole`` marks bars that are as long
            as the bars made and pass as they are.
        ticks: TICK (m,), ascending in ``seq``.
        made: MADE (2 n + 1,) or longer, written from the start.

    Returns:
        Bars that closed.
    """
    bar = forming[0]
    count, at = 0, 0
    for place in range(len(bars)):
        row = bars[place]
        if row.open_ns < bar.covered_ns or row.open_ns <= bar.print_ns:
            continue  # what it holds is in the series already
        if at < len(ticks) and ticks[at].seq < row.seq:
            behind = _first_after(ticks, at, len(ticks), row.seq)
            count = _pass_time(forming, ticks, at, behind, made, count)
            at = behind
        if bar.state != NOTHING and row.open_ns >= bar.close_ns:
            count = _end(forming, made, count, row.seq, row.close_ns)
        if bar.state == NOTHING:
            low, high = row.open_ns, row.close_ns
            if not row.is_whole:
                low, high = _grid(edges, step, row.open_ns)
            _begin(forming, low, high)
        _take_bar(forming, row)
        bar.covered_ns = row.close_ns
        bar.now_ns = max(bar.now_ns, row.close_ns)
        if row.close_ns >= bar.close_ns:
            count = _end(forming, made, count, row.seq, row.close_ns)
    return _pass_time(forming, ticks, at, len(ticks), made, count)
