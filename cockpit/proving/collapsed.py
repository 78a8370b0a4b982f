"""Order-level changes against the ten-level records that follow from them, in Databento's form.

A ten-level record belongs to one change. Trade, fill and cancel of one execution are one record of the trade
with the levels after the cancel, on the side of the order that was filled. Changes beyond the tenth level need
no record, and may have one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, CLEAR, FILL, NONE, TRADE
from cockpit.instruments import Instrument
from cockpit.proving.ladders import Ladder, of_book, of_record
from cockpit.proving.ladders import compare as compare_levels
from cockpit.proving.report import Report
from cockpit.units import Rows

WITHOUT: str = "changes beyond the tenth level, without a record"
_SIDE_LETTERS = {BID: "bid", ASK: "ask", NONE: "no side"}


def compare(source: Any, reference: Any, tell: Callable[[str], None]) -> Report:
    """Hold every record against the change it follows from."""
    report = Report("order-level book against the ten-level records of the same venue")
    for who, instrument in enumerate(source.instruments):
        other = next((k for k, one in enumerate(reference.instruments) if one.symbol == instrument.symbol), None)
        if other is None:
            report.unknown(f"{instrument.symbol} is not in the reference", 1)
            continue
        rows = source.rows[source.rows["instrument"] == who]
        records = reference.rows[reference.rows["instrument"] == other]
        _one(report, instrument, who, rows, records, tell)
    return report


def _one(
    report: Report, instrument: Instrument, who: int, rows: Rows, records: Rows, tell: Callable[[str], None]
) -> None:
    expected = Expected(who, rows)
    waiting: dict[tuple[int, ...], list[int]] = {}
    for at, key in enumerate(expected.keys):
        waiting.setdefault(key, []).append(at)
    for places in waiting.values():
        places.reverse()
    done = 0
    for row, record in enumerate(records):
        key = tuple(int(record[name]) for name in ("sequence", "action", "side", "price_ticks", "size"))
        places = waiting.get(key, [])
        while places and places[-1] < done:
            places.pop()
        clock_ns = int(record["clock_ns"])
        report.rows += 1
        if not places:
            report.differ(row, clock_ns, instrument.symbol, "no such change", _change_text(instrument, record))
            continue
        at = places.pop()
        _skip(report, instrument, expected, rows, done, at)
        done = at + 1
        compare_levels(report, row, clock_ns, instrument, expected.ladders[at], of_record(record), True)
        if not row % 1000:
            tell(f"{row:,} of {len(records):,} records compared")
    _skip(report, instrument, expected, rows, done, len(expected.keys))


def _skip(report: Report, instrument: Instrument, expected: "Expected", rows: Rows, begin: int, end: int) -> None:
    """Changes between two records: only those that leave the ten levels as they are need none."""
    for at in range(begin, end):
        if expected.shows[at]:
            change = rows[expected.causes[at]]
            text = _change_text(instrument, change)
            report.differ(report.rows, int(change["clock_ns"]), instrument.symbol, text, "no record")
        else:
            report.explain(WITHOUT)


class Expected:
    """What records should follow from order-level changes, with the levels of each.

    Attributes:
        keys: Sequence, action, side, price and size of each record.
        causes: Place among the rows.
        ladders: Levels after it.
        shows: Whether it has to be in the reference: the ten levels changed, or it is a trade or a clear.
    """

    def __init__(self, who: int, rows: Rows) -> None:
        self.keys: list[tuple[int, ...]] = []
        self.causes: list[int] = []
        self.ladders: list[Ladder] = []
        self.shows: list[bool] = []
        book = MboBook(who)
        now = of_book(book)
        trade = filled = -1
        for at in range(len(rows)):
            row = rows[at]
            action = int(row["action"])
            book.apply(rows[at : at + 1])
            if action == TRADE and int(row["side"]) != NONE:
                trade = at
            elif action == FILL:
                filled = at
            else:
                before, now = now, of_book(book)
                is_trade = action == CANCEL and filled >= 0 and trade >= 0
                side = int(rows[filled]["side"]) if is_trade else int(row["side"])
                must = is_trade or action in (TRADE, CLEAR) or not np.array_equal(before, now)
                self._expect(rows, trade if is_trade else at, side, now, must)
                trade = filled = -1

    def _expect(self, rows: Rows, at: int, side: int, ladder: Ladder, must: bool) -> None:
        row = rows[at]
        self.keys.append(
            (int(row["sequence"]), int(row["action"]), side, int(row["price_ticks"]), int(row["size"]))
        )
        self.causes.append(at)
        self.ladders.append(ladder)
        self.shows.append(must)


def _change_text(instrument: Instrument, row: Any) -> str:
    names = {ADD: "add", CANCEL: "cancel", TRADE: "trade", CLEAR: "clear"}
    action = names.get(int(row["action"]), chr(row["action"]))
    side = _SIDE_LETTERS.get(int(row["side"]), "no side")
    price = instrument.format(int(row["price_ticks"]))
    return f"{action} {side} {int(row['size']):,} at {price}, sequence {row['sequence']}"
