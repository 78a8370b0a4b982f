"""Databento's CSV of order-level changes and of price levels: the columns of its binary records, as text.

Times are ISO 8601, prices decimal, undefined prices empty; columns may come in any order and others among them.
A venue is told by its publisher id. Source: Databento Historical API, encoding ``csv`` with ``map_symbols``,
``pretty_px`` and ``pretty_ts``.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import SourceError
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, CLEAR, NONE, Kind
from cockpit.feeds.files.columns import MISSING, Columns, read_columns
from cockpit.feeds.files.dbn_catalog import Catalog
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.grids import fine_enough
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank, lots_of, ticks_of
from cockpit.units import NANO, NO_PRICE, Sizes

FORMAT: Final = "databento_csv"
_PUBLISHERS: Final = {"1": "GLBX", "2": "XNAS"}  # others keep their number
_NEEDED: Final = frozenset(
    ("ts_recv", "ts_event", "publisher_id", "action", "side", "price", "size", "flags", "sequence", "symbol")
)
_ACTIONS: Final = frozenset(b"ACMRTFN")
_SIDES: Final = frozenset((BID, ASK, NONE))
_LEVEL: Final = (("px", "ticks"), ("sz", "sizes"), ("ct", "counts"))


def is_table(names: tuple[str, ...]) -> bool:
    """Whether a header is that of order-level changes or of price levels."""
    return set(names) >= _NEEDED and ("order_id" in names or "bid_px_00" in names)


def open_table(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of such a table.

    Raises:
        SourceError: It cannot be read, has no usable row, or mixes publishers.
    """
    losses = Losses()
    table = read_columns(path, losses)
    publishers, _ = table.distinct("publisher_id")
    if len(publishers) != 1:
        raise SourceError(path, f"rows of {len(publishers)} publishers; one is read: {', '.join(publishers[:4])}")
    catalog = Catalog(_PUBLISHERS.get(publishers[0], f"PUB{publishers[0]}"))
    clock_ns = table.instants("ts_recv")
    numbers = _numbers(catalog, table, int(clock_ns[0]))
    if not catalog.seen:
        raise SourceError(path, "no row names a symbol")
    price = table.nanos("price")
    instruments = [fine_enough(one, price[numbers == k]) for k, one in enumerate(catalog.instruments)]
    tick_nano = np.array([*(one.tick_nano for one in instruments), NANO], np.int64)[numbers]  # last: nobody
    is_orders = "bid_px_00" not in table.names
    found = Lines(losses)
    out = blank(Kind.MBO if is_orders else Kind.MBP, clock_ns, table.instants("ts_event"), numbers)
    out.refuse(numbers < 0, "row without a symbol", numbers)
    _fill(out, table, price, tick_nano)
    if is_orders:
        order_id = table.whole("order_id")
        out.refuse(order_id < 0, "order id missing or unreadable", order_id)
        out.rows["order_id"] = order_id.astype(np.uint64)
        levels = 0
    else:
        levels = _levels(out, table, tick_nano)
    found.add(out, table.lines)
    found.lose(table, 0 if catalog.seen == 1 else -1)
    for line in catalog.losses.lines():
        losses.note(line)
    schema = "mbo" if is_orders else f"mbp-{levels}"
    return RowsSource(path, FORMAT, schema, instruments, found, table.torn, chunk_events)


def _numbers(catalog: Catalog, table: Columns, clock_ns: int) -> NDArray[np.int32]:
    symbols, which = table.distinct("symbol")
    ids = [catalog.number(symbol, clock_ns) if symbol else -1 for symbol in symbols]
    numbers = np.array(ids, np.int32)[which]
    catalog.narrow(numbers, table.nanos("price"))
    catalog.close()
    return numbers


def _fill(out: Mapped, table: Columns, price: Sizes, tick_nano: Sizes) -> None:
    rows = out.rows
    rows["action"], rows["side"] = table.letters("action"), table.letters("side")
    out.refuse(~np.isin(rows["action"], [*_ACTIONS]), "unknown action", rows["action"])
    out.refuse(~np.isin(rows["side"], [*_SIDES]), "unknown side", rows["side"])
    has_price = ~np.isin(rows["action"], [CLEAR, NONE])
    rows["price_ticks"] = ticks_of(out, price, tick_nano, has_price)
    rows["size"] = lots_of(out, table.nanos("size"), NANO, has_price)
    for name, top in (
        ("flags", 255),
        ("sequence", 2**32 - 1),
        *((("depth", 255),) if "depth" in table.names else ()),
    ):
        if name not in (rows.dtype.names or ()):
            continue
        values = table.whole(name)
        out.refuse((values < 0) | (values > top), f"{name} unreadable", values)
        rows[name] = np.clip(values, 0, top)


def _levels(out: Mapped, table: Columns, tick_nano: Sizes) -> int:
    """Fill in the levels; returns how many the table has."""
    given = 0
    for at in range(BOOK_LEVELS):
        given += f"bid_px_{at:02d}" in table.names
        for side in ("bid", "ask"):
            _level(out, table, side, at, tick_nano)
    return given


def _level(out: Mapped, table: Columns, side: str, at: int, tick_nano: Sizes) -> None:
    rows: Any = out.rows
    columns = {short: f"{side}_{short}_{at:02d}" for short, _ in _LEVEL}
    if not set(columns.values()) <= set(table.names):
        rows[f"{side}_ticks"][:, at] = NO_PRICE
        return
    sizes = lots_of(out, table.nanos(columns["sz"]), NANO)
    nano = table.nanos(columns["px"])
    rows[f"{side}_ticks"][:, at] = ticks_of(out, nano, tick_nano, sizes > 0)
    rows[f"{side}_sizes"][:, at] = np.where(nano == MISSING, 0, sizes)
    counts = table.whole(columns["ct"])
    out.refuse((counts < 0) | (counts > 2**31 - 1), "order count unreadable", counts)
    rows[f"{side}_counts"][:, at] = np.clip(counts, 0, 2**31 - 1)
