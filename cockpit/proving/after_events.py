"""Order events against the ten levels a recording has beside each of them."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ADD, NONE, Flag
from cockpit.feeds.files.itch_csv import NAMELESS
from cockpit.proving.ladders import compare as compare_levels
from cockpit.proving.ladders import of_book, of_record
from cockpit.proving.report import Report

AT_START: Final = "levels that rest at the first event, their orders not announced"
FROM_BELOW: Final = "levels that came from below the announced depth"
BELOW: Final = "events of orders from before the start, below the depth shown since"


def compare(source: Any, reference: Any, tell: Callable[[str], None]) -> Report:
    """Hold the levels after every event against the recorded ones."""
    report = Report("order-level book against the ten levels recorded after every event")
    rows, records = source.rows, reference.rows
    instrument = source.instruments[0]
    ends = np.flatnonzero((rows["flags"] & Flag.LAST) != 0) + 1
    book, begin = MboBook(0), 0
    for row, end in enumerate(ends[: len(records)].tolist()):
        book.apply(rows[begin:end])
        begin = end
        record = records[row]
        report.rows += 1
        compare_levels(report, row, int(record["clock_ns"]), instrument, of_book(book), of_record(record), False)
        if not row % 1000:
            tell(f"{row:,} of {len(records):,} events compared")
    if len(ends) != len(records):
        report.shortfalls.append(f"{len(ends):,} events and {len(records):,} recorded levels")
    nameless = (rows["order_id"] >= NAMELESS) & (rows["action"] == ADD)
    at_start = int((nameless & (rows["seq"] < (int(rows["seq"][ends[0] - 1]) + 1 if len(ends) else 0))).sum())
    report.unknown(AT_START, at_start)
    report.unknown(FROM_BELOW, int(nameless.sum()) - at_start)
    report.unknown(BELOW, int((rows["action"] == NONE).sum()))
    report.facts["unknown_orders"] = book.unknown_orders
    if book.unknown_orders:
        report.shortfalls.append(f"{book.unknown_orders:,} cancels of orders that do not rest")
    return report
