"""LOBSTER files of one NASDAQ share and day: order messages, and the best level after each message.

Neither has a header, a date or a name in it: the date and the share are told by the name of the file. Messages have
seconds after midnight, New York; book files have no time at all, so that their rows are numbered, one microsecond
apart, from the opening: the order is real, the clock is not.

Source: LOBSTER output structure: message and orderbook files; types 1 to 7, prices in 1e-4 USD.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, FILL, NONE, TRADE, Flag, Kind
from cockpit.feeds.files.columns import MISSING, Columns, read_columns
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.grids import fine_enough
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.midnight import since_midnight
from cockpit.feeds.files.named import named_day, named_share
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank, ticks_of
from cockpit.instruments import Instrument
from cockpit.units import NANO, NO_PRICE, NS_PER_HOUR, NS_PER_MIN, NS_PER_US, Sizes

FORMAT: Final = "lobster"
_PRICE_NANO: Final = NANO // 10_000
_HALF_CENT: Final = NANO // 200  # hidden orders trade there; one grid for both files of a day
_NO_LEVEL: Final = 9_999_999_999  # LOBSTER's price of an empty level, negative for bids
_OPENING_NS: Final = 9 * NS_PER_HOUR + 30 * NS_PER_MIN
_ADDED, _REDUCED, _DELETED, _EXECUTED, _HIDDEN, _CROSSED, _HALTED = range(1, 8)
_HALTS: Final = {-1: (8, b"N", b"N"), 0: (3, b"N", b"Y"), 1: (7, b"Y", b"Y")}  # status action, trading, quoting


def open_messages(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of a message file.

    Raises:
        SourceError: It cannot be read, has no usable row, or nothing tells its date or share.
    """
    losses = Losses()
    begins, share = named_day(path, day), named_share(path)
    table = read_columns(path, losses, 6)
    clock_ns, kind = since_midnight(table.nanos("0", cut=True), begins), table.whole("1")
    instrument, price = _share(share, table, ("4",), kind != _HALTED)
    found = Lines(losses)
    executed, hidden = kind == _EXECUTED, (kind == _HIDDEN) | (kind == _CROSSED)
    rests = (kind >= _ADDED) & (kind <= _EXECUTED)
    unknown = ~rests & ~hidden & (kind != _HALTED)
    everything = _Messages(table, clock_ns, price, instrument)
    found.add(*everything.rows(executed | hidden, TRADE, hidden))
    found.add(*everything.rows(executed, FILL, None), 1)
    found.add(*everything.rows(rests & (kind != _ADDED) | unknown, CANCEL, rests, unknown), 2)
    found.add(*everything.rows(kind == _ADDED, ADD, rests), 3)
    halts = everything.halts(kind == _HALTED)
    found.add(*halts)
    found.lose(table, 0)
    return RowsSource(path, FORMAT, "mbo", (instrument,), found, table.torn, chunk_events)


class _Messages:
    """The messages of a file, as rows of what they are asked for."""

    def __init__(self, table: Columns, clock_ns: Sizes, price: Sizes, share: Instrument) -> None:
        self._table, self._clock_ns, self._price, self._share = table, clock_ns, price, share
        self._order_id, self._size = table.whole("2"), table.whole("3")
        self._side = table.codes("5", {"1": BID, "-1": ASK})

    def rows(
        self,
        which: NDArray[np.bool_],
        action: int,
        last: NDArray[np.bool_] | None,
        bad: NDArray[np.bool_] | None = None,
    ) -> tuple[Mapped, NDArray[np.int64]]:
        """Order-level rows and their lines.

        Args:
            which: bool (n,), the messages.
            action: What they become.
            last: bool (n,), which of them end their event.
            bad: bool (n,), messages of no known type among them.
        """
        out = blank(Kind.MBO, self._clock_ns[which])
        rows, side, order_id, size = out.rows, self._side[which], self._order_id[which], self._size[which]
        if bad is not None:
            out.refuse(bad[which], "type is not 1 to 7", self._table.whole("1")[which])
        is_hidden = order_id == 0
        out.refuse((order_id < 0) | (is_hidden & (action != TRADE)), "order id missing or unreadable", order_id)
        out.refuse((side == 0) & ~is_hidden, "direction is neither 1 nor -1", side)
        out.refuse(size <= 0, "size not above 0", size)
        rows["price_ticks"] = ticks_of(out, self._price[which], self._share.tick_nano)
        rows["action"], rows["order_id"], rows["size"] = action, np.maximum(order_id, 0), np.maximum(size, 0)
        rows["side"] = np.where(side == BID, ASK, BID) if action == TRADE else side
        if action == TRADE:
            rows["side"][side == 0] = NONE
        rows["flags"] = 0 if last is None else np.where(last[which], Flag.LAST, 0)
        return out, self._table.lines[which]

    def halts(self, which: NDArray[np.bool_]) -> tuple[Mapped, NDArray[np.int64]]:
        """Status rows of trading halts and their lines; the price column says which."""
        out = blank(Kind.STATUS, self._clock_ns[which])
        said = self._table.whole("4")[which]
        out.refuse(~np.isin(said, [*_HALTS]), "halt is neither -1, 0 nor 1", said)
        for value, (action, trading, quoting) in _HALTS.items():
            mine = said == value
            out.rows["action"][mine] = action
            out.rows["is_trading"][mine], out.rows["is_quoting"][mine] = ord(trading), ord(quoting)
        return out, self._table.lines[which]


def open_best(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of a book file of one level.

    Raises:
        SourceError: It cannot be read, has no usable row, or nothing tells its date or share.
    """
    losses = Losses()
    begins, share = named_day(path, day), named_share(path)
    table = read_columns(path, losses, 4)
    instrument, _ = _share(share, table, ("0", "2"), np.ones(len(table), np.bool_))
    clock_ns = since_midnight(_OPENING_NS + table.lines * NS_PER_US, begins)
    losses.note("no times in it: rows are numbered from 09:30 on, a microsecond apart")
    out = blank(Kind.QUOTE, clock_ns)
    out.rows["bid_count"] = out.rows["ask_count"] = -1
    for name, price_at, size_at in (("ask", "0", "1"), ("bid", "2", "3")):
        price, size = table.whole(price_at), table.whole(size_at)
        empty = np.abs(price) == _NO_LEVEL
        nano = np.where(price == MISSING, MISSING, np.where(empty, 0, price) * _PRICE_NANO)
        out.refuse((size < 0) | ((size == 0) & ~empty), "size not above 0", size)
        out.rows[f"{name}_ticks"] = np.where(empty, NO_PRICE, ticks_of(out, nano, instrument.tick_nano))
        out.rows[f"{name}_size"] = np.where(empty, 0, np.maximum(size, 0))
    found = Lines(losses)
    found.add(out, table.lines)
    return RowsSource(path, FORMAT, "bbo", (instrument,), found, table.torn, chunk_events)


def _share(
    raw: str, table: Columns, columns: tuple[str, ...], priced: NDArray[np.bool_]
) -> tuple[Instrument, Sizes]:
    """The share, on a grid on which all its prices lie, and the last column of them in 1e-9."""
    share = Instrument(f"{raw}.XNAS", raw, tick_nano=_HALF_CENT, decimals=3, kind="equity")
    nano = np.zeros(0, np.int64)
    for column in columns:
        price = table.whole(column)
        good = priced & (price > 0) & (price < _NO_LEVEL)
        nano = np.where(good, np.where(good, price, 0) * _PRICE_NANO, MISSING)
        share = fine_enough(share, nano)
    return share, nano
