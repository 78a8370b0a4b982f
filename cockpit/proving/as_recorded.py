"""Levels that are their own reference: in order, in the book as recorded, not crossed in trading hours."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.events.dtypes import DTYPES, Flag, Kind
from cockpit.instruments import Instrument
from cockpit.proving.crosses import phase_of
from cockpit.proving.ladders import Ladder, of_book, of_record
from cockpit.proving.ladders import compare as compare_levels
from cockpit.proving.report import Report, level_text
from cockpit.units import NO_PRICE, Rows

LAGS: Final = "rows whose ladder lags the best quotes beside it"
NOT_WHOLE: Final = "records before every level has been told once"


def compare(source: Any, reference: Any, tell: Callable[[str], None]) -> Report:
    """Hold the book after every record against the record."""
    report = Report("price-level book against its own records")
    records = source.rows if source.kind is Kind.MBP else _as_levels(source.rows)
    for who, instrument in enumerate(source.instruments):
        _one(report, instrument, who, source, records, tell)
    if reference is not None:
        _quotes(report, records, reference.rows)
    return report


def _one(
    report: Report, instrument: Instrument, who: int, source: Any, records: Rows, tell: Callable[[str], None]
) -> None:
    is_quotes = source.kind is Kind.QUOTE
    book = PriceLevelBook(who)
    places = np.flatnonzero(source.rows["instrument"] == who)
    settles = _settles(records[places])
    for at, row in enumerate(places.tolist()):
        one, record = source.rows[row : row + 1], records[row]
        if is_quotes:
            book.apply_quotes(one)
        else:
            book.apply(one)
        report.rows += 1
        if not report.rows % 2000:
            tell(f"{report.rows:,} records compared")
        if record["flags"] & Flag.MAYBE_BAD_BOOK:
            report.unknown(NOT_WHOLE)
            continue
        told, clock_ns = of_record(record), int(record["clock_ns"])
        compare_levels(report, row, clock_ns, instrument, of_book(book), told, False)
        _check_order(report, row, clock_ns, instrument, told)
        bid, ask = int(told[0, 0, 0]), int(told[1, 0, 0])
        if NO_PRICE in (bid, ask) or bid < ask:
            continue
        why = _explanation(instrument, record, bool(settles[at]))
        if why is not None:
            report.explain(why)
            continue
        texts = (level_text(instrument, int(told[k, 0, 0]), int(told[k, 1, 0])) for k in (0, 1))
        report.differ(row, clock_ns, f"{instrument.symbol} crossed or locked: bid, ask", *texts)


def _check_order(report: Report, row: int, clock_ns: int, instrument: Instrument, told: Ladder) -> None:
    for side, sign, name in ((0, -1, "bid"), (1, 1, "ask")):
        prices = told[side, 0][told[side, 0] != NO_PRICE]
        for at in np.flatnonzero(np.diff(prices) * sign <= 0).tolist():
            texts = (level_text(instrument, int(prices[k]), int(told[side, 1, k])) for k in (at + 1, at))
            report.differ(row, clock_ns, f"{instrument.symbol} {name} {at + 2} out of order", *texts)


def _explanation(instrument: Instrument, record: Any, settles: bool) -> str | None:
    """Why a record may be crossed; None when it may not."""
    phase = phase_of(instrument, int(record["clock_ns"]))
    if phase not in ("", "open"):
        return f"crossed or locked outside continuous trading ({phase})"
    if not record["flags"] & Flag.LAST:
        return "crossed or locked inside a transaction of the venue"
    return "crossed or locked within one instant: a sweep in several messages" if settles else None


def _settles(records: Rows) -> NDArray[np.bool_]:
    """Whether the last record with the clock of each record has a bid below the ask; shape (n,)."""
    bids, asks = records["bid_ticks"][:, 0], records["ask_ticks"][:, 0]
    sound = (bids == NO_PRICE) | (asks == NO_PRICE) | (bids < asks)
    ends = np.flatnonzero(np.append(np.diff(records["clock_ns"]) != 0, True))
    return sound[ends[np.searchsorted(ends, np.arange(len(records)))]] if len(records) else sound


def _quotes(report: Report, records: Rows, quotes: Rows) -> None:
    """Count rows whose own best quotes differ from the ladder beside them."""
    n = min(len(records), len(quotes))
    lags: NDArray[np.bool_] = np.zeros(n, np.bool_)
    for side in ("bid", "ask"):
        lags |= records[f"{side}_ticks"][:n, 0] != quotes[f"{side}_ticks"][:n]
        lags |= records[f"{side}_sizes"][:n, 0] != quotes[f"{side}_size"][:n]
    report.explain(LAGS, int(lags.sum()))
    if len(records) != len(quotes):
        report.shortfalls.append(f"{len(records):,} ladders and {len(quotes):,} quotes")


def _as_levels(quotes: Rows) -> Rows:
    """Quotes as records of one level."""
    rows = np.zeros(len(quotes), DTYPES[Kind.MBP])
    for name in ("seq", "clock_ns", "event_ns", "recv_ns", "instrument"):
        rows[name] = quotes[name]
    rows["flags"] = Flag.LAST
    for side in ("bid", "ask"):
        rows[f"{side}_ticks"] = NO_PRICE
        rows[f"{side}_ticks"][:, 0] = quotes[f"{side}_ticks"]
        rows[f"{side}_sizes"][:, 0] = quotes[f"{side}_size"]
    return rows
