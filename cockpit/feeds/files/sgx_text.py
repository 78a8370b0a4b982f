"""Three levels of an SGX index future at every change: a line with the time, then one line a level.

Prices are written times 100, times are those of Singapore. Nothing in it names the instrument: the only such
recordings are of the FTSE China A50 future, which is said. The first block may be of the evening before.
"""

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cockpit.events.dtypes import BOOK_LEVELS, MODIFY, NONE, Flag, Kind
from cockpit.feeds.files.columns import MISSING, Columns, read_columns
from cockpit.feeds.files.grids import inferred
from cockpit.feeds.files.local_time import to_utc
from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.rows_source import Lines, RowsSource, blank, lots_of, ticks_of
from cockpit.units import NANO, NO_PRICE, Sizes, Times

FORMAT: Final = "sgx_text"
HEADER: Final = ("bid", "bid_quantity", "ask", "ask_quantity")
_SYMBOL: Final = "A50.SGX"
_NAME: Final = "FTSE China A50 future, month not stated"
_SINGAPORE: Final = ZoneInfo("Asia/Singapore")
_TIMES: Final = 100  # prices are written times this
_STAMP: Final = b"\nTimeStamp,"
_compute: Any = pc


def open_text(path: Path, chunk_events: int, day: int | None = None) -> RowsSource:
    """The source of such a text.

    Raises:
        SourceError: It cannot be read, or has no usable block.
    """
    losses = Losses()
    table = read_columns(path, losses, prepare=lambda raw: raw.replace(_STAMP, b"\n,," + _STAMP[1:]))
    is_stamp = np.asarray(_compute.equal(table.text("ask"), "TimeStamp"))
    stamps = np.flatnonzero(is_stamp)
    block = np.cumsum(is_stamp) - 1
    at = np.arange(len(table)) - stamps[np.maximum(block, 0)] - 1 if len(stamps) else np.full(len(table), -1)
    levels = np.flatnonzero(~is_stamp & (block >= 0) & (at < BOOK_LEVELS))
    stray = int((~is_stamp).sum()) - len(levels)
    if stray:
        losses.note("level dropped that stands before the first time, or beyond ten", count=stray)
    prices = {side: _price(table.nanos(side)) for side in ("bid", "ask")}
    instrument = inferred(_SYMBOL, _NAME, np.concatenate([one[levels] for one in prices.values()]), "future")
    losses.note("no instrument is named in it; taken for the FTSE China A50 future of SGX")
    out = blank(Kind.MBP, _stamps(table)[stamps])
    rows = out.rows
    rows["action"], rows["side"], rows["price_ticks"], rows["flags"] = MODIFY, NONE, NO_PRICE, Flag.LAST
    bad = np.zeros(len(stamps), np.bool_)
    for side, price in prices.items():
        size = table.nanos(f"{side}_quantity")[levels]
        there = (price[levels] > 0) & (size > 0)
        bad[block[levels][(size == MISSING) | (price[levels] == MISSING)]] = True
        grid = np.full((len(stamps), BOOK_LEVELS), MISSING, np.int64)
        sizes = np.zeros_like(grid)
        grid[block[levels][there], at[levels][there]] = price[levels][there]
        sizes[block[levels][there], at[levels][there]] = size[there]
        rows[f"{side}_counts"] = -1
        for k in range(BOOK_LEVELS):
            rows[f"{side}_ticks"][:, k] = ticks_of(out, grid[:, k], instrument.tick_nano, False)
            rows[f"{side}_sizes"][:, k] = lots_of(out, sizes[:, k], NANO)
    out.refuse(bad, "a level of its block cannot be read", bad.astype(np.int64))
    found = Lines(losses)
    found.add(out, table.lines[stamps])
    found.lose(table, 0)
    return RowsSource(path, FORMAT, "mbp-3", (instrument,), found, table.torn, chunk_events)


def _price(nano: Sizes) -> Sizes:
    there = nano != MISSING
    whole, rest = np.divmod(np.where(there, nano, 0), _TIMES)
    return np.where(there & (rest == 0), whole, MISSING)


def _stamps(table: Columns) -> Times:
    """Instants of ``2014-01-09D04:21:26.224430600`` in the last column, int64 (n,); MISSING where there is none."""
    texts = _compute.replace_substring(table.text("ask_quantity"), "D", "T")
    good = _compute.match_substring_regex(texts, r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,9})?$")
    texts = _compute.if_else(good, texts, pa.scalar(None, pa.string()))
    try:
        wall = np.asarray(
            _compute.fill_null(_compute.cast(_compute.cast(texts, pa.timestamp("ns")), pa.int64()), MISSING)
        )
    except pa.ArrowInvalid:
        return np.full(len(table), MISSING)  # a date that is none, such as the 31st of June
    there = wall != MISSING
    return np.where(there, to_utc(np.where(there, wall, 0), _SINGAPORE), MISSING)
