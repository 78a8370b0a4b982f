"""A full-depth book against the best quotes recorded beside it, where both carry the venue's own update ids.

Three things are shown of every instrument: the first change after a snapshot bridges it at the documented id;
every change continues the one before, with no gap; and the best level after each change is the one the best-
quote stream had when it last changed, up to that update id. A quote stream tells every change of the best
level, so between two of its ids nothing moved; what it tells before the snapshot or behind the last change
cannot be compared. The venue's snapshots do not always agree with the quotes before their id: that is counted
apart, until a quote behind it.

Source: Binance, "How to manage a local order book correctly", spot and futures.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.depth import DepthBook
from cockpit.events.dtypes import CLEAR, Flag, Kind
from cockpit.instruments import Instrument
from cockpit.proving.report import Report, level_text
from cockpit.units import NO_PRICE, Rows

NO_QUOTE: Final = "changes before the first quote or behind the last one"
SNAPSHOT: Final = "best levels of a snapshot that differ from an older quote, until the next quote"
SIDES: Final = ("bid", "ask")


def compare(source: Any, reference: Any, tell: Callable[[str], None]) -> Report:
    """Follow the ids of every book, and hold its best level against the quotes."""
    del reference
    report = Report(
        "full-depth book: bridged and chained by update id, best level against the recorded best quotes"
    )
    quotes = source.found.get(Kind.QUOTE)
    for who, instrument in enumerate(source.instruments):
        rows = source.rows[source.rows["instrument"] == who]
        if not len(rows):
            continue
        gaps = source.gaps[source.gaps["instrument"] == who]
        for gap in gaps:
            ids = f"update id {gap['received']}", f"{gap['expected']} expected"
            report.differ(int(gap["seq"]), int(gap["clock_ns"]), f"{instrument.symbol} gap", *ids)
        _follow_ids(report, instrument, rows)
        book = DepthBook(who)
        tops = book.apply(rows).tops
        if book.refused_rows:
            report.shortfalls.append(f"{instrument.symbol}: {book.refused_rows:,} levels the book refused")
        if quotes is not None:
            _hold_tops(report, instrument, rows, tops, quotes[quotes["instrument"] == who])
        tell(f"{instrument.symbol}: {len(rows):,} levels")
    return report


def _messages(rows: Rows) -> Rows:
    """The last row of every message."""
    return rows[(rows["flags"] & Flag.LAST) != 0]


def _follow_ids(report: Report, instrument: Instrument, rows: Rows) -> None:
    """Count messages, and those that neither begin, bridge nor continue the book."""
    ends = _messages(rows)
    is_snapshot = (ends["flags"] & Flag.SNAPSHOT) != 0
    report.rows += len(ends)
    report.facts[f"snapshots of {instrument.symbol}"] = int(is_snapshot.sum())
    report.facts[f"changes of {instrument.symbol}"] = int((~is_snapshot).sum())
    last, first, before = ends["final_id"][:-1], ends["first_id"][1:], ends["previous_id"][1:]
    final = ends["final_id"][1:]
    bridges = is_snapshot[:-1] & ~is_snapshot[1:]
    has_chain = before >= 0  # futures name the change before; spot only counts on
    fits: NDArray[np.bool_] = np.where(has_chain, before == last, first == last + 1)
    # a change that bridges contains the snapshot's id (futures) or the one after it (spot), or follows it exactly
    reached = np.where(has_chain, last, last + 1)
    fits = np.where(bridges, ((first <= reached) & (reached <= final)) | fits, fits) | is_snapshot[1:]
    if len(ends) and not is_snapshot[0]:
        report.shortfalls.append(f"{instrument.symbol}: changes before any snapshot")
    for at in np.flatnonzero(~fits).tolist():
        ids = f"{ends['first_id'][at + 1]} to {final[at]}, after {before[at]}", f"continues {last[at]}"
        row = int(ends["seq"][at + 1])
        report.differ(row, int(ends["clock_ns"][at + 1]), f"{instrument.symbol} update ids", *ids)
    for at in np.flatnonzero(bridges).tolist():
        report.facts[f"bridge of {instrument.symbol}"] = f"{last[at]} in {first[at]} to {final[at]}"


def _snapshot_ids(ends: Rows) -> NDArray[np.int64]:
    """Id of the newest snapshot before or at each message, int64 (n,); -1 where there is none."""
    ids = np.where((ends["flags"] & Flag.SNAPSHOT) != 0, ends["final_id"], -1)
    return np.maximum.accumulate(ids)


def _hold_tops(report: Report, instrument: Instrument, rows: Rows, tops: Rows, quotes: Rows) -> None:
    """Compare the best level after each message with the last quote up to its id."""
    ends = _messages(rows)
    ends = ends[ends["action"] != CLEAR]
    quotes = quotes[quotes["update_id"] > 0]
    if not len(quotes) or not len(tops):
        report.unknown(NO_QUOTE, len(ends))
        return
    quotes = quotes[np.argsort(quotes["update_id"], kind="stable")]
    ids = quotes["update_id"]
    at = np.searchsorted(ids, ends["final_id"], side="right") - 1
    top_at = np.searchsorted(tops["seq"], ends["seq"], side="right") - 1
    known = (at >= 0) & (ends["final_id"] <= ids[-1]) & (top_at >= 0)
    report.unknown(NO_QUOTE, int((~known).sum()))
    snapshot_id = _snapshot_ids(ends)[known]
    ends, ours, theirs = ends[known], tops[top_at[known]], quotes[at[known]]
    report.levels += 2 * len(ends)
    is_older = theirs["update_id"] <= snapshot_id
    for side in SIDES:
        tick, size = f"{side}_ticks", f"{side}_size"
        differs = (ours[tick] != theirs[tick]) | ((ours[size] != theirs[size]) & (theirs[tick] != NO_PRICE))
        report.explain(SNAPSHOT, int((differs & is_older).sum()))
        for k in np.flatnonzero(differs & ~is_older).tolist():
            texts = (level_text(instrument, int(one[tick][k]), int(one[size][k])) for one in (ours, theirs))
            place = f"{instrument.symbol} best {side} at update {ends['final_id'][k]}"
            report.differ(int(ends["seq"][k]), int(ends["clock_ns"][k]), place, *texts)
