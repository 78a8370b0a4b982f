"""Prints of a simulated book, with those that follow each other at one price joined: what history keeps of it."""

from typing import Final

import numpy as np
from numba import njit

from cockpit.events.dtypes import TRADE, Flag
from cockpit.units import NS_PER_S, Rows

_LAST: Final = Flag.LAST


@njit(cache=True, nogil=True)
def joined_prints(rows: Rows, out: Rows) -> int:
    """Copy the trades among rows, runs of one side and price within one second as one trade of their sizes.

    Bars of a second and longer, volume at price and who was the aggressor stay exact; only the number of trades
    gets smaller.

    Args:
        rows: MBO (n,), of one instrument, in clock order.
        out: MBO with room for all trades among them.

    Returns:
        How many were written.
    """
    n = 0
    for i in range(len(rows)):
        row = rows[i]
        if row.action != TRADE:
            continue
        if n > 0:
            last = out[n - 1]
            same = last.price_ticks == row.price_ticks and last.side == row.side
            if same and last.clock_ns // NS_PER_S == row.clock_ns // NS_PER_S:
                size = last.size + row.size
                out[n - 1] = row
                out[n - 1].size = size
                out[n - 1].flags = _LAST
                continue
        out[n] = row
        out[n].flags = _LAST
        n += 1
    return n


def trades_among(rows: Rows) -> Rows:
    """A copy of the joined trades among MBO rows of one instrument."""
    out = np.zeros(int(np.count_nonzero(rows["action"] == TRADE)), rows.dtype)
    return out[: joined_prints(rows, out)]


def joined_trades(trades: Rows) -> Rows:
    """TRADE rows of any instruments with those joined that follow each other at one price, side and second.

    Args:
        trades: TRADE (n,), in clock order.

    Returns:
        A copy, in clock order; each row is the last of its run, with the sizes of all.
    """
    if not len(trades):
        return trades.copy()
    order = np.argsort(trades["instrument"], kind="stable")
    rows = trades[order]
    second = rows["clock_ns"] // NS_PER_S
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = second[1:] != second[:-1]
    for name in ("instrument", "price_ticks", "aggressor"):
        begins[1:] |= rows[name][1:] != rows[name][:-1]
    starts = np.flatnonzero(begins)
    kept = rows[np.append(starts[1:], len(rows)) - 1]
    kept["size"] = np.add.reduceat(rows["size"], starts)
    return kept[np.argsort(kept["clock_ns"], kind="stable")]
