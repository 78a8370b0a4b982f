"""Kernels of ``pulled_stacked.py``: what was added and pulled by second, side and price.

numba's cache does not see a change in ``layout.py``: touch this file when a meaning there changes.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.engines.book.layout import ENDS, Record, Records, What, record
from cockpit.units import NO_PRICE, NS_PER_S, Rows, Sizes

ENTRY: Final = record(
    ("second", np.int64),
    ("price", np.int64),
    ("added", np.int64),
    ("pulled", np.int64),
    ("side", np.int64),
)
PLACE: Final = record(  # of the table that finds the entries of the last second
    ("tag", np.int64),  # as ``state.tag`` while it is in use, smaller when it is empty
    ("entry", np.int64),
)
STATE: Final = record(
    ("n", np.int64),  # entries
    ("fresh", np.int64),  # the first one of the last second
    ("second", np.int64),  # the last one in which something was added or pulled
    ("tag", np.int64),
    ("since_ns", np.int64),  # what came before is not counted
)

_kernel: Any = njit(cache=True, nogil=True)
_part: Any = njit(nogil=True, forceinline=True)
_ADDED, _PULLED, _GAP = What.ADDED, What.PULLED, What.GAP


@_part
def _place(table: Records, tag: int, entries: Records, price: int, side: int) -> Any:
    """Where a price of the last second is in the table, or where it belongs."""
    mask = len(table) - 1
    at = (np.uint64(2 * price + side) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) & np.uint64(mask)
    place = np.int64(at)
    while table[place].tag == tag:
        entry = entries[table[place].entry]
        if entry.price == price and entry.side == side:
            break
        place = (place + 1) & mask
    return place


@_part
def _begin_second(state: Record, second: int) -> None:
    state.second, state.fresh = second, state.n
    state.tag += 1


@_kernel
def take(flow: Rows, start: int, entries: Records, table: Records, states: Records) -> int:
    """Count rows from ``start`` on; returns how far it came before there was no more room.

    Args:
        flow: FLOW (n,).
        entries: ENTRY (m,), by second, within one in the order of their first change; changed.
        table: PLACE (k,), k a power of two; changed.
        states: STATE (1,); changed.
    """
    state = states[0]
    for i in range(start, len(flow)):
        row = flow[i]
        what = row.what & (ENDS - 1)
        if what == _GAP:
            state.n = 0
            state.since_ns = row.clock_ns
            _begin_second(state, max(row.clock_ns // NS_PER_S, state.second))
            continue
        if (what != _ADDED and what != _PULLED) or row.price == NO_PRICE:
            continue
        if state.n == len(entries) or 2 * (state.n - state.fresh + 1) > len(table):
            return i
        second = row.clock_ns // NS_PER_S
        if second > state.second:
            _begin_second(state, second)
        place = _place(table, state.tag, entries, row.price, row.side)
        if table[place].tag != state.tag:
            table[place].tag, table[place].entry = state.tag, state.n
            entry = entries[state.n]
            entry.second, entry.price, entry.side = state.second, row.price, row.side
            entry.added = entry.pulled = 0
            state.n += 1
        entry = entries[table[place].entry]
        if what == _ADDED:
            entry.added += row.amount
        else:
            entry.pulled += row.amount
    return len(flow)


@_kernel
def index(entries: Records, table: Records, states: Records) -> None:
    """Put the entries of the last second into an empty table."""
    state = states[0]
    for at in range(state.fresh, state.n):
        place = _place(table, state.tag, entries, entries[at].price, entries[at].side)
        table[place].tag, table[place].entry = state.tag, at


@_kernel
def sums(entries: Records, n: int, oldest: int, low: int, added: Sizes, pulled: Sizes) -> None:
    """Sum what ``n`` entries tell from a second on.

    Args:
        oldest: The first second that counts.
        low: Price of the first column.
        added, pulled: int64 (2, m), bid and ask from ``low`` up; changed.
    """
    for at in range(n - 1, -1, -1):
        entry = entries[at]
        if entry.second < oldest:
            break
        place = entry.price - low
        if 0 <= place < added.shape[1]:
            added[entry.side, place] += entry.added
            pulled[entry.side, place] += entry.pulled
