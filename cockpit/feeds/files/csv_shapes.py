"""The tables of bars and levels this program reads, told apart by their header line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

import numpy as np

from cockpit import instruments
from cockpit.feeds.files.csv_table import Table
from cockpit.feeds.files.local_time import instants
from cockpit.instants import CHICAGO, NEW_YORK, eastern_wall
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Times

INTRADAY, DAILY, CLOSES, POLLS = "intraday", "daily", "closes", "polls"
OHLC: Final = ("open", "high", "low", "close")
_OHLCV: Final = (*OHLC, "volume")


@dataclass(frozen=True, slots=True)
class Shape:
    """One layout of table.

    Attributes:
        kind: INTRADAY, DAILY (one bar a day), CLOSES (one column per series, closes only) or POLLS (one column per
            series, an instant a row).
        columns: Header names in lower case, in order.
        zone: Of stamps without an offset; None: they must have one, or are epoch seconds.
        stamp: ``start``, ``end``, or ``session``: told by which edge of the session has a stamp.
        zone_assumed: Whether nothing in the table says the zone.
        close: Name of the column with the close.
    """

    kind: str
    columns: tuple[str, ...]
    zone: tzinfo | None = NEW_YORK
    stamp: str = "start"
    zone_assumed: bool = False
    close: str = "close"


_SIERRA: Final = ("date", "time", *OHLC[:3], "last", "volume", "numberoftrades", "bidvolume", "askvolume")

SHAPES: Final = (
    Shape(INTRADAY, _SIERRA, CHICAGO, close="last"),
    Shape(INTRADAY, ("timestamp_utc", *_OHLCV), UTC, "session"),
    Shape(INTRADAY, ("timestamp", *_OHLCV), NEW_YORK, "session", zone_assumed=True),
    Shape(INTRADAY, ("datetime", *_OHLCV), NEW_YORK, "session", zone_assumed=True),
    Shape(INTRADAY, ("datetime", *_OHLCV, "dividends", "stock splits"), None),
    Shape(INTRADAY, ("datetime", *_OHLCV, "vwap", "transactions"), None),
    Shape(INTRADAY, ("time", *_OHLCV), None),
    Shape(INTRADAY, ("date", "time_et", *OHLC)),
    Shape(POLLS, ("ts_et", "spot", "vix", "vix3m", "overvix")),
    Shape(DAILY, ("date", *OHLC)),
    Shape(DAILY, ("date", *_OHLCV)),
    Shape(DAILY, ("date", "high", "low", "close")),
    Shape(DAILY, ("date", *OHLC, "adj close", "volume", "root")),
    Shape(DAILY, ("date", "adj_close", "close", "high", "low", "open", "volume")),
    Shape(DAILY, ("datetime", *OHLC, "k", "d", "ksignalup", "ksignaldn", "zonesignal")),
)

# headers known well enough to say what the file is, though nothing reads it yet
NOT_YET: Final = (
    (("ts_recv", "ts_event", "rtype"), "a Databento CSV of another schema"),
    (("", "ts_recv", "ts_event", "rtype"), "a Databento CSV of another schema"),
    (("ts", "contract"), "a table of several contracts"),
    (("date", "contract"), "a table of several contracts"),
    (("exchange", "symbol", "timestamp", "local_timestamp"), "a Tardis CSV of another kind"),
    (("capture_ns", "packet_seq"), "a decoded CME capture of another kind"),
    (("fecha", "total_put_call_ratio"), "put/call ratios of Cboe"),
    (("snapshot_et", "comment", "strike", "cg"), "gamma exposure by strike, worked out by somebody else"),
    (("date", "time", "spot", "net", "callsum"), "gamma exposure over the day, worked out by somebody else"),
    (("quantity", "near", "next", "kind"), "the results of a worked VIX example"),
    (("term", "strike", "call_bid", "call_ask"), "the option table of a worked VIX example, which has no date"),
    (("", "date", "v1", "v2"), "expiry dates of VIX futures"),
    (("event_index", "source_message_sequence"), "decoded ITCH events without the book beside them"),
)


def recognise(names: Sequence[str]) -> Shape | None:
    """The shape whose header this is, or None."""
    for shape in SHAPES:
        if tuple(names) == shape.columns:
            return shape
    table = instruments.contract_table()
    if len(names) > 1 and names[0] == "date" and all(_is_index(name, table) for name in names[1:]):
        return Shape(CLOSES, tuple(names))
    return None


def _is_index(name: str, table: dict[str, dict[str, str]]) -> bool:
    return name.upper() in table and table[name.upper()]["kind"] == "index"


def not_yet(names: Sequence[str], row: Sequence[str] = ()) -> str | None:
    """What a table is that is recognised and not read; None when it is not known at all.

    Args:
        names: Its header.
        row: Fields of its first row, for tables that differ in nothing else.
    """
    if tuple(names[:4]) == ("", "date", "m1", "m2"):
        return f"{'month codes' if any('(' in field for field in row) else 'settlements'} of VIX futures"
    return next((what for start, what in NOT_YET if tuple(names[: len(start)]) == start), None)


def stamps(table: Table, shape: Shape) -> Times:
    """The written instants of an intraday table, int64 ns (n,); NO_TIME where unreadable."""
    first = table.columns[shape.columns[0]]
    if shape.columns[0] == "time":
        return epoch_seconds(table, "time", above=0)
    if shape.columns[1] in ("time", "time_et"):
        return instants(first, table.columns[shape.columns[1]], shape.zone)
    parts = [text.replace("T", " ", 1).partition(" ") for text in first]
    return instants([part[0] for part in parts], [part[2].strip() for part in parts], shape.zone)


MAX_SECOND: Final = 7_258_118_400  # year 2200; larger numbers are milliseconds or rubbish


def epoch_seconds(table: Table, name: str, above: int) -> Times:
    """The instants of a column of whole seconds since the epoch, int64 ns (n,); NO_TIME where unreadable.

    Args:
        table: Where the column is.
        name: Of the column.
        above: Smaller seconds, and this one, count as unreadable.
    """
    seconds = table.numbers(name)
    good = (seconds > above) & (seconds < MAX_SECOND) & (seconds == np.floor(seconds))
    return np.where(good, np.where(good, seconds, 0).astype(np.int64) * NS_PER_S, NO_TIME)


def interval_of(at_ns: Times) -> int | None:
    """The bar length: the commonest step between stamps, when it divides a day; None when it cannot be told."""
    steps, counts = np.unique(np.diff(np.unique(at_ns)), return_counts=True)
    if not len(steps):
        return None
    step = int(steps[np.argmax(counts)])
    return step if step % NS_PER_S == 0 and NS_PER_DAY % step == 0 and step < NS_PER_DAY else None


_GLOBEX: Final = (18 * NS_PER_HOUR, 17 * NS_PER_HOUR)  # open and close of a futures day, New York time
_CASH: Final = (9 * NS_PER_HOUR + 30 * NS_PER_MIN, 16 * NS_PER_HOUR)


def stamped_at_end(at_ns: Times, is_index: bool) -> bool | None:
    """Whether stamps are the ends of bars: then the session's close has stamps and its open has none.

    Args:
        at_ns: The stamps.
        is_index: Whether they can only be of the cash session.

    Returns:
        None when neither edge, or both alike, are there.
    """
    of_day = eastern_wall(at_ns) % NS_PER_DAY
    for opening, closing in (_CASH,) if is_index else (_GLOBEX, _CASH):
        opened, closed = int((of_day == opening).sum()), int((of_day == closing).sum())
        if opened != closed:
            return closed > opened
    return None
