"""Order detail against price levels of the same packets, where neither begins with a snapshot.

Of an order that rested before the start nothing is announced until it changes, so a level is made of known orders
and of a rest that is what the price level said at first sight. From then on the rest is known: a deletion of an
unknown order takes its quantity from it, and everything must fit at every event end. When an unknown order is
changed, nobody says where it was before: the levels of its side that differ then are seen for the first time again.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ADD, BID, BOOK_LEVELS, CANCEL, MODIFY, Flag
from cockpit.instruments import Instrument
from cockpit.proving.ladders import SIDES
from cockpit.proving.report import Report, level_text
from cockpit.units import NO_PRICE, Rows

AT_START: Final = "levels at first sight: what rested there before the start is not announced"
MOVED: Final = "levels after an order from before the start changed: where it was before is not announced"
NO_LEVEL: Final = "levels the price-level stream has not announced yet"


def compare(source: Any, reference: Any, tell: Callable[[str], None]) -> Report:
    """Hold every level of the price-level stream against the orders, at every event end."""
    report = Report("order-level book against the price levels of the same packets, at every event end")
    whole = 0
    for who, instrument in enumerate(reference.instruments):
        mine = next((k for k, one in enumerate(source.instruments) if one.symbol == instrument.symbol), -1)
        records = reference.rows[reference.rows["instrument"] == who]
        rows = source.rows[source.rows["instrument"] == mine]
        one = _Instrument(report, instrument, mine, rows)
        for row, record in _event_ends(records):
            one.take_until(int(record["sequence"]), int(record["event_ns"]))
            one.compare(row, record)
            report.rows += 1
            if not report.rows % 1000:
                tell(f"{report.rows:,} event ends compared")
        whole += one.whole
        report.facts[f"event ends of {instrument.symbol}"] = one.ends
    report.facts["levels made of known orders only"] = whole
    return report


def _event_ends(records: Rows) -> list[tuple[int, Any]]:
    """The last record of each event that ends: events of one packet are told apart by their transaction."""
    if not len(records):
        return []
    last = np.ones(len(records), np.bool_)
    same = records["sequence"][1:] == records["sequence"][:-1]
    last[:-1] = ~(same & (records["event_ns"][1:] == records["event_ns"][:-1]))
    return [(row, records[row]) for row in np.flatnonzero(last & ((records["flags"] & Flag.LAST) != 0)).tolist()]


class _Instrument:
    """One instrument's order book and what rests beside it unannounced."""

    def __init__(self, report: Report, instrument: Instrument, who: int, rows: Rows) -> None:
        self.whole = self.ends = 0
        self._report, self._instrument, self._rows = report, instrument, rows
        self._book = MboBook(who)
        self._known: set[int] = set()
        self._rest: tuple[dict[int, tuple[int, int]], ...] = ({}, {})  # price: size and orders, by side
        self._moved: set[int] = set()
        self._at = 0
        packets = rows["sequence"].astype(np.int64).tolist()
        self._keys = list(zip(packets, rows["event_ns"].tolist(), strict=True))

    def take_until(self, packet: int, event_ns: int) -> None:
        """Take the orders up to and with an event."""
        begin = self._at
        while self._at < len(self._keys) and self._keys[self._at] <= (packet, event_ns):
            self._note(self._rows[self._at])
            self._at += 1
        if self._at > begin:
            self._book.apply(self._rows[begin : self._at])

    def _note(self, row: Any) -> None:
        action, order_id, price = int(row["action"]), int(row["order_id"]), int(row["price_ticks"])
        side = 0 if row["side"] == BID else 1
        if action in (ADD, MODIFY):
            if action == MODIFY and order_id not in self._known:
                self._moved.add(side)
            self._known.add(order_id)
        elif action == CANCEL:
            if order_id not in self._known and price in self._rest[side]:
                size, orders = self._rest[side][price]
                self._rest[side][price] = size - int(row["size"]), orders - 1
            self._known.discard(order_id)

    def compare(self, row: int, record: Any) -> None:
        """Hold the levels of a record against the orders and the rest."""
        self.ends += 1
        for side in (0, 1):
            self._compare_side(row, record, side)
        self._moved.clear()

    def _compare_side(self, row: int, record: Any, side: int) -> None:
        report, rest, name = self._report, self._rest[side], SIDES[side]
        prices = record[f"{name}_ticks"].tolist()
        announced = [price for price in prices if price != NO_PRICE]
        report.unknown(NO_LEVEL, BOOK_LEVELS - len(announced))
        if not announced:
            return
        low, high = min(announced), max(announced)
        window = self._book.window(low, high - low + 1)
        known_sizes = (window.bid_sizes, window.ask_sizes)[side].tolist()
        known_orders = (window.bid_counts, window.ask_counts)[side].tolist()
        sizes, orders = record[f"{name}_sizes"].tolist(), record[f"{name}_counts"].tolist()
        for at, price in enumerate(prices):
            if price == NO_PRICE:
                continue
            known = known_sizes[price - low], known_orders[price - low]
            told = sizes[at], orders[at]
            seen = rest.get(price)
            if seen is None or (side in self._moved and _sum(known, seen) != told):
                report.unknown(AT_START if seen is None else MOVED)
                rest[price] = seen = told[0] - known[0], told[1] - known[1]
                if min(seen) < 0:
                    self._differ(row, record, f"{name} {at + 1}", price, known, told)
                continue
            report.levels += 1
            self.whole += seen[1] == 0
            if _sum(known, seen) != told:
                self._differ(row, record, f"{name} {at + 1}", price, _sum(known, seen), told)
                rest[price] = told[0] - known[0], told[1] - known[1]
        if side in self._moved:
            for price in rest.keys() - set(announced):
                del rest[price]

    def _differ(
        self, row: int, record: Any, place: str, price: int, ours: tuple[int, int], theirs: tuple[int, int]
    ) -> None:
        texts = (level_text(self._instrument, price, *one) for one in (ours, theirs))
        self._report.differ(row, int(record["clock_ns"]), f"{self._instrument.symbol} {place}", *texts)


def _sum(known: tuple[int, int], rest: tuple[int, int]) -> tuple[int, int]:
    return known[0] + rest[0], known[1] + rest[1]
