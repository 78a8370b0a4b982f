"""Bitstamp's order-level channel as a table: orders created, changed and deleted, with their remaining volume.

The clock is the local time of arrival; the exchange's stamp is when the order was entered, whole seconds, so that
it is the venue's time of a creation only. Orders from before the start are changed and deleted without a creation.

Source: Bitstamp websocket ``live_orders`` channel, as written by the R package obAnalytics.
"""

from pathlib import Path
from typing import Final

import numpy as np

from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, MODIFY, NONE, Flag, Kind
from cockpit.feeds.files.columns import MISSING, read_columns
from cockpit.feeds.files.grids import COIN_LOT, fine_enough
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.order_history import previous_of
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank, ticks_of
from cockpit.instruments import Instrument
from cockpit.units import NANO, NO_TIME, NS_PER_MS, Times

FORMAT: Final = "bitstamp_csv"
HEADER: Final = ("id", "timestamp", "exchange.timestamp", "price", "volume", "action", "direction")
_ACTIONS: Final = {"created": ADD, "changed": MODIFY, "deleted": CANCEL}


def open_table(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of such a table.

    Raises:
        SourceError: It cannot be read, or has no usable row.
    """
    losses = Losses()
    table = read_columns(path, losses)
    price = table.nanos("price")
    pair = Instrument("BTCUSD.BITSTAMP", "BTCUSD", tick_nano=NANO // 100, kind="crypto", lot_nano=COIN_LOT)
    pair = fine_enough(pair, price)
    out = blank(Kind.MBO, _millis(table.whole("timestamp")))
    action, order_id, size = table.codes("action", _ACTIONS), table.whole("id"), table.whole("volume")
    side = table.codes("direction", {"bid": BID, "ask": ASK})
    out.refuse(action == 0, "unknown action", action)
    out.refuse(side == 0, "unknown direction", side)
    out.refuse(order_id < 0, "order id missing or unreadable", order_id)
    out.refuse(size < 0, "volume missing or below 0", size)
    rows = out.rows
    entered = _millis(table.whole("exchange.timestamp"))
    rows["event_ns"] = np.where(action == ADD, entered, NO_TIME)
    rows["price_ticks"] = ticks_of(out, price, pair.tick_nano)
    before = previous_of(order_id)
    # a deletion says what was left of the order, 0 after its last trade: what leaves the book is what rested there
    rested = np.where(before >= 0, size[before], 1)
    gone = (action == CANCEL) | ((action == MODIFY) & (size == 0))
    # said twice, or out of order: an order that has left the book does not leave it again, nor come back
    late = (before >= 0) & (action[before] == CANCEL)
    for what, said in ((ADD, "created"), (CANCEL, "deleted again"), (MODIFY, "changed")):
        these = late & (action == what)
        if bool(these.any()):
            at = int(table.lines[int(np.argmax(these))])
            losses.note(f"order {said} after its deletion, taken for gone", f"line {at:,}", int(these.sum()))
    rows["size"] = np.where(gone, np.maximum(rested, np.maximum(size, 1)), np.maximum(size, 0))
    rows["action"], rows["side"] = np.where(late, NONE, np.where(gone, CANCEL, action)), side
    rows["order_id"] = np.maximum(order_id, 0)
    rows["flags"] = Flag.LAST
    found = Lines(losses)
    found.add(out, table.lines)
    found.lose(table, 0)
    return RowsSource(path, FORMAT, "mbo", (pair,), found, table.torn, chunk_events)


def _millis(millis: Times) -> Times:
    good = (millis > 0) & (millis < 2**62 // NS_PER_MS)
    return np.where(good, np.where(good, millis, 0) * NS_PER_MS, MISSING)
