"""Samples of price-level books at ticks, and what was stacked between their records."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import EngineError
from cockpit.events.dtypes import ASK, BID, CLEAR, DTYPES, SAMPLE, TRADE, Flag, Kind
from cockpit.units import NO_PRICE, Rows, Sizes, Ticks

Flags = NDArray[np.bool_]
Fields = tuple[tuple[str, str], tuple[str, str]]

SAMPLE_FIELDS: Final[Fields] = (("bid_ticks", "bid_sizes"), ("ask_ticks", "ask_sizes"))

_NO_TICKS: Final = np.zeros(0, DTYPES[Kind.TICK])
_LOWEST: Final = np.iinfo(np.int64).min + 1


def steady_ticks(ticks: Rows | None) -> Rows:
    """TICK rows in one memory layout, so that a kernel is compiled once; none for None.

    Raises:
        EngineError: Rows of another kind.
    """
    ticks = _NO_TICKS if ticks is None else ticks
    if ticks.dtype != DTYPES[Kind.TICK]:
        raise EngineError(f"a book samples at rows of TICK, not at rows of dtype {ticks.dtype}")
    steady = np.require(ticks, requirements=["C", "A"]).view()
    steady.flags.writeable = False
    return steady


def level_samples(ticks: Rows, rows: Rows, before: Sizes, fields: Fields) -> tuple[Rows, Sizes]:
    """SAMPLE rows of a price-level book without what is stacked and suspect, and how many rows came before each.

    Args:
        ticks: TICK (k,), in seq order.
        rows: MBP or QUOTE (n,), in seq order; each carries the whole book.
        before: int64 (2, 3, BOOK_LEVELS), the book before them: side, then price, size, orders.
        fields: Names of prices and sizes in ``rows``, bid and ask.
    """
    samples = np.zeros(len(ticks), SAMPLE)
    samples["seq"], samples["clock_ns"] = ticks["seq"], ticks["clock_ns"]
    at = np.searchsorted(rows["seq"], ticks["seq"])
    for side in (0, 1):
        prices, sizes = (_taken(rows[name], before[side, part], at) for part, name in enumerate(fields[side]))
        best, packed = SAMPLE_FIELDS[side]
        samples[best], samples[packed] = side_sample(prices, sizes)
    return samples, at


def _taken(column: Sizes, before: Sizes, at: Sizes) -> Sizes:
    """Levels, int64 (k, BOOK_LEVELS), after ``at`` rows each; ``column`` is (n, m), or (n,) for one level a row."""
    levels = np.tile(before, (len(at), 1))
    after = at > 0
    levels[after] = 0
    column = column.reshape(len(column), -1) if len(column) else np.zeros((0, 1), np.int64)
    levels[after, : column.shape[1]] = column[at[after] - 1]
    return levels


def side_sample(ticks: Ticks, sizes: Sizes) -> tuple[Ticks, Sizes]:
    """Best price and sizes, best first, of one side at n moments.

    Args:
        ticks, sizes: int64 (n, m), levels best first; one without price or size is not there.

    Returns:
        int64 (n,), NO_PRICE for an empty side, and int64 (n, m) without holes, 0 where there is no level.
    """
    there = (ticks != NO_PRICE) & (sizes > 0)
    order = np.argsort(~there, axis=1, kind="stable")
    best = np.take_along_axis(ticks, order[:, :1], axis=1)[:, 0]
    packed = np.take_along_axis(np.where(there, sizes, 0), order, axis=1)
    return np.where(there.any(axis=1), best, NO_PRICE), packed


def changes(keys: Ticks, sizes: Sizes) -> Sizes:
    """Size a side gained from record to record at the prices that both records can see.

    With ten levels in a record nothing is known beyond its worst price; with fewer it is the whole side. So levels
    that scroll in or out of the window are no change, and nor is the level beyond.

    Args:
        keys: int64 (n, BOOK_LEVELS), prices best first, those of asks negated.
        sizes: int64 (n, BOOK_LEVELS), 0 where there is no level.

    Returns:
        int64 (n - 1,).
    """
    there = sizes > 0
    reach = np.where(there.all(axis=1), keys[:, -1], _LOWEST)
    worst = np.maximum(reach[1:], reach[:-1])[:, np.newaxis]
    now = np.where(keys[1:] >= worst, sizes[1:], 0).sum(axis=1)
    return now - np.where(keys[:-1] >= worst, sizes[:-1], 0).sum(axis=1)


def stacked(rows: Rows, before: Sizes, counted: Flags) -> Sizes:
    """What was added less what was pulled by each record of a side, bid and ask.

    A trade's size is added back to the side it took from, because the same record or the one that follows takes it
    out; without an aggressor, or inside the spread, it took from nothing that was shown. Snapshots and clears tell
    what is there, not what somebody does.

    Args:
        rows: MBP (n,).
        before: int64 (2, 3, BOOK_LEVELS), the book before them.
        counted: bool (n,), whether there is a record before it and the source shows levels behind the best.

    Returns:
        int64 (2, n).
    """
    gained, reached = np.zeros((2, len(rows)), np.int64), np.zeros((2, len(rows)), np.bool_)
    for side, names in enumerate(SAMPLE_FIELDS):
        ticks, sizes = (np.concatenate([before[side, k : k + 1], rows[name]]) for k, name in enumerate(names))
        sign = 1 if side == 0 else -1
        sizes = np.where(ticks == NO_PRICE, 0, np.maximum(sizes, 0))
        gained[side] = changes(sign * ticks, sizes)
        best = np.where(sizes > 0, sign * ticks, _LOWEST).max(axis=1)[:-1]
        reached[side] = (sign * rows["price_ticks"] <= best) & (best > _LOWEST)
    counted = counted & (rows["action"] != CLEAR) & ((rows["flags"] & Flag.SNAPSHOT) == 0)
    return np.where(counted, gained + _traded(rows, reached), 0)


def _traded(rows: Rows, reached: Flags) -> Sizes:
    """Size each trade took from bid and ask, int64 (2, n); ``reached`` says whether its price reached their best.

    The price decides rather than the aggressor: files differ in whose side they put into a trade's record.
    """
    is_sided = (rows["action"] == TRADE) & (rows["price_ticks"] != NO_PRICE) & np.isin(rows["side"], (BID, ASK))
    is_both = reached.all(axis=0)  # locked or crossed: only the aggressor can tell
    taker = np.stack([rows["side"] == ASK, rows["side"] == BID])
    return np.where(is_sided & reached & (~is_both | taker), np.maximum(rows["size"], 0), 0)


def latest(starts: Flags, ends: Flags, before: bool) -> Flags:
    """Whether something lasts before, and after each of n records that may start it or, stronger, end it.

    Returns:
        bool (n + 1,).
    """
    n = len(starts)
    places = np.arange(n)
    started = np.maximum.accumulate(np.where(starts, places, -1))
    ended = np.maximum.accumulate(np.where(ends, places, -1))
    after = np.where((started < 0) & (ended < 0), before, started > ended)
    return np.concatenate([[before], after])
