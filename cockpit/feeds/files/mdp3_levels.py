"""Price levels and trades of a decoded CME MDP 3.0 capture as ten-level records.

Levels come by position: a new one shifts deeper ones down, a deleted one shifts them up. A capture begins without a
snapshot, so until every level of an instrument has been told once its records say that the book may be bad.

Source: CME Globex MDP 3.0, template 46 (market data incremental refresh book), template 48 (trade summary).
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import ADD, ASK, BID, BOOK_LEVELS, CANCEL, MODIFY, NONE, TRADE, Flag, Kind
from cockpit.feeds.files import mdp3_csv
from cockpit.feeds.files import mdp3_kernels as kernels
from cockpit.feeds.files.columns import read_columns
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.rows_source import Lines, RowsSource, lots_of, ticks_of
from cockpit.units import NANO, Sizes

_ENTRIES: Final = {"BID": BID, "ASK": ASK, "TRADE": TRADE, "VOLUME": NONE}
_WHAT: Final = {"NEW": kernels.NEW, "CHANGE": kernels.CHANGE, "DELETE": kernels.DELETE}
_AS_MBP: Final = np.array([0, ADD, MODIFY, CANCEL, TRADE], np.uint8)  # action by what a row does


def open_levels(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of such a table.

    Raises:
        SourceError: It cannot be read, or has no usable row.
    """
    losses = Losses()
    table = read_columns(path, losses)
    instruments, who = mdp3_csv.securities(table, losses)
    out = mdp3_csv.begin(Kind.MBP, table, who)
    entry = table.codes("entry", _ENTRIES)
    is_trade, used = entry == TRADE, entry != NONE  # volume is a running total of what the trades say
    what = np.where(is_trade, kernels.TRADED, table.codes("action", _WHAT))
    level = np.where(is_trade, 1, table.whole("level"))
    tick_nano = mdp3_csv.ticks_by(instruments, who)
    stays = what != kernels.DELETE
    price = ticks_of(out, table.nanos("price"), tick_nano, stays)
    size = lots_of(out, table.nanos("size"), NANO, stays)
    orders = np.clip(table.whole("num_orders"), -1, 2**31 - 1)
    out.refuse(who < 0, "row without a security id", who)
    out.refuse(entry == 0, "unknown entry type", entry)
    out.refuse(what == 0, "unknown action", what)
    out.refuse((level < 1) | (level > BOOK_LEVELS), "level outside 1 to 10", level)
    good = used.copy()
    for refusal in out.refusals:
        good &= ~refusal.mask
    rows = out.rows
    rows["action"] = _AS_MBP[what]
    rows["side"] = np.where(is_trade, table.codes("aggressor", {"BUY": BID, "SELL": ASK}, NONE), entry)
    rows["price_ticks"], rows["size"], rows["depth"] = price, size, np.clip(level - 1, 0, BOOK_LEVELS - 1)
    if bool(good.any()):
        columns = (who, (entry == ASK).astype(np.int64), what, level, price, size, orders)
        some = rows[good]
        _follow(some, *(np.ascontiguousarray(column[good]) for column in columns))
        rows[good] = some
    found = Lines(losses)
    mdp3_csv.add(found, out, used, table)
    return RowsSource(path, mdp3_csv.FORMAT, "mbp-10", instruments, found, table.torn, chunk_events)


def _follow(rows: NDArray[np.void], who: Sizes, *columns: Sizes) -> None:
    """Fill in the levels after each row, and what can be thought of them."""
    levels = np.zeros((len(who), 2, 3, BOOK_LEVELS), np.int64)
    is_whole = np.zeros(len(who), np.uint8)
    kernels.follow_levels(who, *columns, levels, is_whole)
    for side, name in enumerate(("bid", "ask")):
        for at, part in enumerate(("ticks", "sizes", "counts")):
            rows[f"{name}_{part}"] = levels[:, side, at]
    rows["flags"] |= np.where(is_whole != 0, 0, Flag.MAYBE_BAD_BOOK).astype(np.uint8)
    for one in np.unique(who):
        first = np.flatnonzero((who == one) & (is_whole != 0))[:1]
        rows["flags"][first] |= Flag.SNAPSHOT  # from here on it can be trusted
