"""Order detail of a decoded CME MDP 3.0 capture as order-level changes.

Rows of template 46 accompany a change of one of ten levels, rows of template 47 are deeper. Fills (template 48)
carry an order id and a quantity only: security, side and price are those the order has elsewhere in the table. The
first fill of a trade is the aggressor's; it becomes the trade record, at the price of the order behind it.

Source: CME Globex MDP 3.0, templates 46, 47 and 48 (``MDOrderIDEntries``).
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, FILL, MODIFY, NONE, TRADE, Kind
from cockpit.feeds.files import mdp3_csv, mdp3_kernels
from cockpit.feeds.files.columns import Columns, read_columns
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.rows_source import Lines, RowsSource, lots_of, ticks_of
from cockpit.units import NANO, Sizes

_ACTIONS: Final = {"NEW": ADD, "CHANGE": MODIFY, "DELETE": CANCEL, "FILL": FILL}
_SIDES: Final = {"BID": BID, "ASK": ASK}


def open_orders(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of such a table.

    Raises:
        SourceError: It cannot be read, or has no usable row.
    """
    losses = Losses()
    table = read_columns(path, losses)
    instruments, who = mdp3_csv.securities(table, losses)
    action, order_id = table.codes("action", _ACTIONS), table.whole("order_id")
    size = table.nanos("display_qty")
    begins = _groups(table, action == FILL)
    is_trade = np.zeros(len(table), np.bool_)
    fills = np.flatnonzero(action == FILL)
    mdp3_kernels.find_aggressors(begins[fills], size[fills], some := np.zeros(len(fills), np.bool_))
    is_trade[fills] = some
    where = _elsewhere(order_id, action)
    # an aggressor trades with the order behind it
    where[fills[some]] = np.append(where, -1)[fills[some] + 1]
    used = where >= 0
    who, price, side = who[where], table.nanos("price")[where], table.codes("side", _SIDES, NONE)[where]
    side = np.where(is_trade, np.where(side == BID, ASK, BID), side)
    if not bool(used.all()):
        losses.note("fill of an order that is nowhere else in the recording", count=int((~used).sum()))
    out = mdp3_csv.begin(Kind.MBO, table, who)
    out.refuse(who < 0, "row without a security id", who)
    out.refuse(action == 0, "unknown action", action)
    out.refuse(order_id < 0, "order id missing or unreadable", order_id)
    out.refuse(side == NONE, "unknown side", side)
    rows = out.rows
    rows["price_ticks"] = ticks_of(out, price, mdp3_csv.ticks_by(instruments, who))
    rows["size"] = lots_of(out, size, NANO)
    rows["action"] = np.where(is_trade, TRADE, action)
    rows["side"], rows["order_id"] = side, np.maximum(order_id, 0)
    found = Lines(losses)
    mdp3_csv.add(found, out, used, table)
    return RowsSource(path, mdp3_csv.FORMAT, "mbo", instruments, found, table.torn, chunk_events)


def _groups(table: Columns, is_fill: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a group of fills begins at each row: those of one packet and transaction."""
    packet, at_ns = table.whole("packet_seq"), table.whole("transact_ns")
    begins = np.ones(len(table), np.bool_)
    begins[1:] = (packet[1:] != packet[:-1]) | (at_ns[1:] != at_ns[:-1]) | ~is_fill[:-1]
    return begins


def _elsewhere(order_id: Sizes, action: Sizes) -> NDArray[np.int64]:
    """The row that says what each row is about: itself; of a fill the order's last one, else its next; -1."""
    out = np.arange(len(order_id))
    told = np.flatnonzero(action != FILL)
    fills = np.flatnonzero(action == FILL)
    if not len(told):
        out[fills] = -1
        return out
    n = len(order_id)
    _, number = np.unique(order_id, return_inverse=True)
    keys = np.sort(number[told] * n + told)
    place = np.searchsorted(keys, number[fills] * n + fills)
    behind, before = keys[np.minimum(place, len(keys) - 1)], keys[np.maximum(place - 1, 0)]
    out[fills] = np.where(behind // n == number[fills], behind % n, -1)
    out[fills] = np.where(before // n == number[fills], before % n, out[fills])
    return out
