"""Ten levels a side as one small array, from a book or from a record, and their differences."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.readout import Book
from cockpit.events.dtypes import BOOK_LEVELS
from cockpit.instruments import Instrument
from cockpit.proving.report import Report, level_text
from cockpit.units import NO_PRICE, Rows

Ladder = NDArray[np.int64]  # (2, 3, BOOK_LEVELS): bid and ask; price in ticks, size, orders; best first

SIDES: Final = ("bid", "ask")
_FIELDS: Final = tuple((f"{side}_ticks", f"{side}_sizes", f"{side}_counts") for side in SIDES)


def of_book(book: Book) -> Ladder:
    """The ten best levels of a book."""
    readout = book.readout(BOOK_LEVELS)
    out = np.zeros((2, 3, BOOK_LEVELS), np.int64)
    out[:, 0] = NO_PRICE
    for side, columns in enumerate(
        (
            (readout.bid_ticks, readout.bid_sizes, readout.bid_counts),
            (readout.ask_ticks, readout.ask_sizes, readout.ask_counts),
        )
    ):
        for part, column in enumerate(columns):
            out[side, part, : len(column)] = column
    return out


def of_record(row: Rows) -> Ladder:
    """The levels of an MBP record, moved up where some are not there."""
    out = np.array([[row[name] for name in names] for names in _FIELDS], np.int64)
    for side in out:
        there = (side[0] != NO_PRICE) & (side[1] > 0)
        if not there[: int(there.sum())].all():
            side[:, : int(there.sum())] = side[:, there]
        side[0, int(there.sum()) :], side[1:, int(there.sum()) :] = NO_PRICE, 0
    return out


def compare(
    report: Report, row: int, clock_ns: int, instrument: Instrument, book: Ladder, told: Ladder, with_orders: bool
) -> None:
    """Count the levels of a record and those in which the book differs.

    Args:
        report: Where to.
        row, clock_ns: Of the record.
        instrument: Whose levels they are.
        book, told: What the book and the record have.
        with_orders: Whether the record tells numbers of orders.
    """
    parts = 3 if with_orders else 2
    report.levels += int((told[:, 0] != NO_PRICE).sum())
    if np.array_equal(book[:, :parts], told[:, :parts]):
        return
    for side, at in np.argwhere((book[:, :parts] != told[:, :parts]).any(axis=1)).tolist():
        ours, theirs = (
            level_text(
                instrument,
                int(one[side, 0, at]),
                int(one[side, 1, at]),
                int(one[side, 2, at]) if with_orders else -1,
            )
            for one in (book, told)
        )
        report.differ(row, clock_ns, f"{instrument.symbol} {SIDES[side]} {at + 1}", ours, theirs)
