"""Every trade of a future with the ladder beside it: sizes at the forty prices from best ask up and best bid down.

Each row becomes a trade record with the ten nearest levels. The row's own best bid and ask, which may differ
because the ladder lags, are its reference (``RowsSource.recorded``). Times are UTC; their fraction is
milliseconds without leading zeros, then a counter. The contract is the root in the name of the file, for the
table names none.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cockpit.errors import SourceError
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, NONE, TRADE, Flag, Kind
from cockpit.feeds.files import csv_names
from cockpit.feeds.files.columns import MISSING, Columns, read_columns
from cockpit.feeds.files.dbn_map import Mapped
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank, lots_of, ticks_of
from cockpit.instruments import Instrument
from cockpit.units import NANO, NO_PRICE, NS_PER_MS, Times

FORMAT: Final = "dom_csv"
_NEEDED: Final = frozenset(
    (
        "date",
        "time",
        "price",
        "volume",
        "tradetype",
        "askprice",
        "bidprice",
        "asksize",
        "bidsize",
        "askdomprice",
        "biddomprice",
        "askdom_0",
    )
)
_AGGRESSORS: Final = {"1": ASK, "2": BID}  # at the bid somebody sold, at the ask somebody bought
# the milliseconds have no leading zeros, the counter behind them has three digits
_STAMP: Final = r"^(?P<second>\d{4}-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d)\.(?P<milli>\d{1,3})\d{3}$"
_compute: Any = pc


def is_table(names: tuple[str, ...]) -> bool:
    """Whether a header, split at semicolons, is that of such a table."""
    return set(names) >= _NEEDED


def open_table(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of such a table.

    Raises:
        SourceError: It cannot be read, has no usable row, or its name tells no future.
    """
    losses = Losses()
    table = read_columns(path, losses, delimiter=";")
    clock_ns = _stamps(table)
    symbol = csv_names.symbol_of_name(path)
    known = clock_ns[clock_ns != MISSING]
    instrument = None if symbol is None else csv_names.traded(symbol, int(known[0]) if len(known) else 0)
    if instrument is None:
        raise SourceError(path, "nothing in it says which future it is, nor does its name; for example es-dom.csv")
    out = blank(Kind.MBP, clock_ns)
    rows, tick = out.rows, instrument.tick_nano
    rows["action"], rows["flags"] = TRADE, Flag.LAST
    rows["side"] = table.codes("tradetype", _AGGRESSORS, NONE)
    rows["price_ticks"] = ticks_of(out, table.nanos("price"), tick)
    rows["size"] = lots_of(out, table.nanos("volume"), NANO)
    for side, step in (("bid", -1), ("ask", 1)):
        best = ticks_of(out, table.nanos(f"{side}domprice"), tick)
        rows[f"{side}_counts"] = -1
        for at in range(BOOK_LEVELS):
            name = f"{side}dom_{at}"
            size = lots_of(out, table.nanos(name), NANO) if name in table.names else np.zeros(len(table), np.int64)
            rows[f"{side}_ticks"][:, at] = np.where((size > 0) & (best != NO_PRICE), best + step * at, NO_PRICE)
            rows[f"{side}_sizes"][:, at] = size
    found, best = Lines(losses), Lines(Losses())
    found.add(out, table.lines)
    found.lose(table, 0)
    best.add(_best(table, clock_ns, instrument, out), table.lines)
    reference = RowsSource(path, FORMAT, "bbo", (instrument,), best, None, chunk_events)
    return RowsSource(path, FORMAT, "mbp-10", (instrument,), found, table.torn, chunk_events, reference)


def _best(table: Columns, clock_ns: Times, instrument: Instrument, levels: Mapped) -> Mapped:
    """The best quotes a row has beside its ladder; those of refused rows are refused too."""
    out = blank(Kind.QUOTE, clock_ns)
    for side in ("bid", "ask"):
        out.rows[f"{side}_ticks"] = ticks_of(out, table.nanos(f"{side}price"), instrument.tick_nano)
        out.rows[f"{side}_size"] = lots_of(out, table.nanos(f"{side}size"), NANO)
        out.rows[f"{side}_count"] = -1
    out.refusals.extend(levels.refusals)
    levels.refusals.extend(one for one in out.refusals if one not in levels.refusals)
    return out


def _stamps(table: Columns) -> Times:
    """Instants, int64 (n,), whole milliseconds; MISSING where unreadable."""
    texts = _compute.binary_join_element_wise(table.text("date"), table.text("time"), " ")
    parts = _compute.extract_regex(texts, _STAMP)
    try:
        second = _compute.cast(
            _compute.cast(_compute.struct_field(parts, "second"), pa.timestamp("ns")), pa.int64()
        )
    except pa.ArrowInvalid:
        return np.full(len(table), MISSING)
    millis = _compute.cast(_compute.struct_field(parts, "milli"), pa.int64())
    good = np.asarray(parts.is_valid())
    at_ns = np.asarray(_compute.fill_null(second, 0)) + np.asarray(_compute.fill_null(millis, 0)) * NS_PER_MS
    return np.where(good, at_ns, MISSING)
