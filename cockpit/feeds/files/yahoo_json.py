"""A chart answer of Yahoo Finance: bars of an index or of the front-month ES, as INDEX rows.

A stamp is the start of its bar; the clock is the end. A daily index closes at 16:15 New York time, a daily future
at 17:00 (``contracts.md`` 1); the date of a daily stamp is that of the exchange's own zone. Rows of nulls are
minutes and holidays without a value: dropped and counted.

Source: ``protocols/yahoo.md`` 2 and 6.
"""

from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.feeds.files import csv_names
from cockpit.feeds.files.csv_shapes import MAX_SECOND, OHLC, epoch_seconds, interval_of
from cockpit.feeds.files.csv_source import Content, TableSource
from cockpit.feeds.files.csv_table import Sieve, Table
from cockpit.feeds.files.index_csv import day_span, in_order, level_rows
from cockpit.feeds.files.losses import Losses
from cockpit.instants import EPOCH, NEW_YORK, iso_utc
from cockpit.instruments import Instrument
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Times

SYMBOLS: Final = {
    "^VIX": "VIX.CBOE",
    "^VIX1D": "VIX1D.CBOE",
    "^VIX9D": "VIX9D.CBOE",
    "^VIX3M": "VIX3M.CBOE",
    "^VIX6M": "VIX6M.CBOE",
    "^VIX1Y": "VIX1Y.CBOE",
    "^VVIX": "VVIX.CBOE",
    "^SKEW": "SKEW.CBOE",
    "^GSPC": "SPX.CBOE",
    "^SPX": "SPX.CBOE",
    "^NDX": "NDX.CBOE",
    "^RUT": "RUT.CBOE",
    "^DJI": "DJI.CBOE",
    "^XSP": "XSP.CBOE",
    "ES=F": "ES-CONT.GLBX",
}
_INTRADAY: Final = {
    "1m": NS_PER_MIN,
    "2m": 2 * NS_PER_MIN,
    "5m": 5 * NS_PER_MIN,
    "15m": 15 * NS_PER_MIN,
    "30m": 30 * NS_PER_MIN,
    "60m": NS_PER_HOUR,
    "90m": 90 * NS_PER_MIN,
    "1h": NS_PER_HOUR,
    "4h": 4 * NS_PER_HOUR,
}
# the most days a bar lasts; of bars of whole months, how many
_DAYS: Final = {"1d": 1, "5d": 5, "1wk": 7, "1mo": 31, "3mo": 92}
_MONTHS: Final = {"1mo": np.timedelta64(1, "M"), "3mo": np.timedelta64(3, "M")}
_COLUMNS: Final = (*OHLC, "volume")
_FRIDAY: Final = np.timedelta64(4, "D")
_EPOCH_MONDAY: Final = np.timedelta64(3, "D")  # numpy's weeks begin on the Thursday of 1970-01-01


def is_chart(content: Mapping[str, Any]) -> bool:
    """Whether a JSON object is such an answer, or one of its errors."""
    return isinstance(content.get("chart"), dict) or isinstance(content.get("finance"), dict)


def open_chart(path: Path, content: Mapping[str, Any]) -> TableSource:
    """The source of a chart answer.

    Raises:
        SourceError: It is an error, is about nothing this program knows, or has no bar that could be used.
    """
    losses = Losses()
    result = _result(path, content)
    meta = result.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    instrument = _instrument(path, meta)
    table = _table(path, result)
    sieve = Sieve(table, losses)
    at_ns = epoch_seconds(table, "timestamp", above=-MAX_SECOND)
    sieve.refuse(at_ns == NO_TIME, "unreadable time")
    _drop_nulls(table, sieve, losses)
    open_ns, clock_ns, interval_ns, text = _spans(path, meta, instrument, at_ns, sieve)
    _say_partial(meta, at_ns, open_ns, clock_ns, sieve, losses)
    rows = in_order(level_rows(table, sieve, open_ns, clock_ns, interval_ns), losses)
    if not len(rows):
        raise SourceError(path, "; ".join(("a Yahoo chart without a bar that could be used", *losses.lines())))
    if instrument.raw.endswith(csv_names.CONTINUOUS):
        losses.note("a series of several contracts: its levels are not the prices of one")
    schema = "daily" if text == "1d" else f"bars-{text}"
    return TableSource(
        path, Content("yahoo_json", schema, (instrument,), Kind.INDEX, rows, interval_ns, None), losses
    )


def _result(path: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    chart = content.get("chart") or content.get("finance") or {}
    error = chart.get("error")
    if isinstance(error, dict):
        words = ": ".join(str(error[key])[:200] for key in ("code", "description") if error.get(key))
        raise SourceError(path, f"Yahoo answered with an error: {words or error}")
    result = chart.get("result")
    if not isinstance(result, list) or not result or not isinstance(result[0], dict):
        raise SourceError(path, "a Yahoo chart without a result")
    return result[0]


def _instrument(path: Path, meta: Mapping[str, Any]) -> Instrument:
    symbol = meta.get("symbol")
    known = SYMBOLS.get(symbol) if isinstance(symbol, str) else None
    found = None if known is None else csv_names.level(known)
    if found is None:
        raise SourceError(path, f"a Yahoo chart of {symbol!r:.40}; read are {', '.join(SYMBOLS)}")
    return found


def _table(path: Path, result: Mapping[str, Any]) -> Table:
    """The bars as texts, so that they are looked at like those of a file of lines."""
    stamps = result.get("timestamp")
    if not isinstance(stamps, list) or not stamps:
        raise SourceError(path, "a Yahoo chart without timestamps: the market did not open in its range")
    indicators = result.get("indicators")
    quotes = indicators.get("quote") if isinstance(indicators, dict) else None
    quote = quotes[0] if isinstance(quotes, list) and quotes and isinstance(quotes[0], dict) else {}
    columns = {"timestamp": [_text(one) for one in stamps]}
    for name in _COLUMNS:
        values = quote.get(name)
        if not isinstance(values, list):
            continue
        if len(values) != len(stamps):
            raise SourceError(path, f"a Yahoo chart of {len(stamps)} timestamps and {len(values)} of {name}")
        columns[name] = [_text(one) for one in values]
    if "close" not in columns:
        raise SourceError(path, "a Yahoo chart without closes")
    return Table(tuple(columns), columns, np.arange(1, len(stamps) + 1), None, "bar")


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | list | dict) else str(value)


def _drop_nulls(table: Table, sieve: Sieve, losses: Losses) -> None:
    levels = [name for name in OHLC if name in table.columns]
    null = np.array([not any(row) for row in zip(*(table.columns[name] for name in levels), strict=True)])
    count = int((null & sieve.keep).sum())
    if count:
        place = int(np.argmax(null & sieve.keep))
        losses.note("bar without a value dropped", f"bar {place + 1:,}", count)
        sieve.keep &= ~null


def _spans(
    path: Path, meta: Mapping[str, Any], instrument: Instrument, at_ns: Times, sieve: Sieve
) -> tuple[Times, Times, int, str]:
    """Begin and end of each bar, their length in ns, and that length as Yahoo writes it."""
    text = str(meta.get("dataGranularity") or "")
    safe = np.where(at_ns == NO_TIME, 0, at_ns)
    if text in _DAYS:
        first = _local_days(safe, _zone(meta))
        return (*_day_spans(first, text, instrument), _DAYS[text] * NS_PER_DAY, text)
    interval_ns = _INTRADAY.get(text) or interval_of(at_ns[sieve.keep])
    if interval_ns is None:
        raise SourceError(path, f"a Yahoo chart of bars of {text!r}: their length cannot be told")
    open_ns = _grid(safe, sieve, interval_ns)
    return open_ns, open_ns + interval_ns, interval_ns, text or f"{interval_ns // NS_PER_S}s"


def _grid(at_ns: Times, sieve: Sieve, interval_ns: int) -> Times:
    """Starts of intraday bars: the last one may be stamped inside its bar, with its last trade."""
    kept = np.flatnonzero(sieve.keep)
    if not len(kept) or at_ns[kept[-1]] % NS_PER_MIN == 0:
        return at_ns
    starts = at_ns.copy()
    starts[kept[-1]] -= (at_ns[kept[-1]] - at_ns[kept[0]]) % interval_ns
    return starts


def _zone(meta: Mapping[str, Any]) -> tzinfo:
    name, offset = meta.get("exchangeTimezoneName"), meta.get("gmtoffset")
    if isinstance(name, str):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # a name this machine does not know; the offset is next
    if isinstance(offset, int) and abs(offset) < 86_400:
        return timezone(timedelta(seconds=offset))
    return NEW_YORK


def _local_days(at_ns: Times, zone: tzinfo) -> Times:
    """Days since 1970-01-01 in ``zone``."""
    days = [(EPOCH + timedelta(seconds=one)).astimezone(zone).date() for one in (at_ns // NS_PER_S).tolist()]
    return np.array(days, "datetime64[D]").astype(np.int64)


def _day_spans(first: Times, text: str, instrument: Instrument) -> tuple[Times, Times]:
    """Open of the first and close of the last day of each bar; of weeks and months the last weekday is taken."""
    if text == "1d":
        return day_span(first, instrument)
    start = first.astype("datetime64[D]")
    last = np.busday_offset(start, _DAYS[text] - 1, roll="forward") if text == "5d" else start
    if text == "1wk":
        week = (start + _EPOCH_MONDAY).astype("datetime64[W]").astype("datetime64[D]") - _EPOCH_MONDAY
        last = week + _FRIDAY
    elif text in _MONTHS:
        next_month = start.astype("datetime64[M]") + _MONTHS[text]
        last = np.busday_offset(next_month.astype("datetime64[D]"), -1, roll="forward")
    opens, _ = day_span(first, instrument)
    _, closes = day_span(last.astype(np.int64), instrument)
    return opens, closes


def _say_partial(
    meta: Mapping[str, Any], at_ns: Times, open_ns: Times, clock_ns: Times, sieve: Sieve, losses: Losses
) -> None:
    """Say that the last bar was not finished when the answer was given; it stays."""
    kept = np.flatnonzero(sieve.keep)
    if not len(kept):
        return
    last, seen = int(kept[-1]), meta.get("regularMarketTime")
    inside = at_ns[last] != open_ns[last] and meta.get("dataGranularity") not in _DAYS
    early = isinstance(seen, int | float) and open_ns[last] <= seen * NS_PER_S < clock_ns[last] - _CLOSE_SLACK_NS
    if inside or early:
        losses.note("last bar is not finished", f"it ends at {iso_utc(int(clock_ns[last]))[:16]}Z")


_CLOSE_SLACK_NS: Final = 20 * NS_PER_MIN  # the index itself stops at 16:00, a quarter of an hour before 16:15
