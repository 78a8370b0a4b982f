"""Order messages against the best level of the same day, where rows of the two do not pair.

The reference has one row for every message that touches the best level; the messages are of a file with more
levels. So the distinct states are compared, in their order: each of the reference's first ones must come up in
the book, soon after the one before it. Orders from before the opening are in no message file, which is why not
all can.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.proving.report import Report, level_text
from cockpit.units import NO_PRICE, Rows

STATES: Final = 8_000
NEEDED: Final = 0.985
_NEAR: Final = 100  # states of the book in which the next of the reference must come up
NOT_MADE: Final = "states with orders that no message announced"


def compare(source: Any, reference: Any, tell: Callable[[str], None]) -> Report:
    """Look for the reference's first distinct states in those of the book."""
    report = Report(f"order-level book against the first {STATES:,} distinct best states")
    instrument, quoted = source.instruments[0], reference.instruments[0]
    book = MboBook(0)
    tops = book.apply(source.rows).tops
    tell(f"{len(tops):,} changes of the best level")
    ours, _ = _states(tops, instrument.tick_nano)
    theirs, rows = _states(reference.rows, quoted.tick_nano)
    places: dict[tuple[int, ...], list[int]] = {}
    for at, state in enumerate(ours):
        places.setdefault(state, []).append(at)
    found = at = 0
    missed: list[int] = []
    for number, state in enumerate(theirs[:STATES]):
        report.rows += 1
        report.levels += 2
        known = places.get(state, [])
        place = bisect_left(known, at)
        if place < len(known) and known[place] - at < _NEAR:
            at = known[place] + 1
            found += 1
        else:
            missed.append(number)
    share = found / report.rows if report.rows else 0.0
    report.unknown(NOT_MADE, len(missed))
    report.facts |= {"states": report.rows, "reproduced": found, "share": round(share, 6), "needed": NEEDED}
    report.facts["cancels of orders from before the start"] = book.unknown_orders
    if share < NEEDED:
        report.shortfalls.append(f"{share:.2%} of {report.rows:,} states reproduced, {NEEDED:.1%} needed")
        for number in missed:
            record = reference.rows[rows[number]]
            text = " / ".join(
                level_text(quoted, int(record[f"{side}_ticks"]), int(record[f"{side}_size"]))
                for side in ("bid", "ask")
            )
            report.differ(int(rows[number]), int(record["clock_ns"]), quoted.symbol, "no such state", text)
    return report


def _states(rows: Rows, tick_nano: int) -> tuple[list[tuple[int, ...]], Any]:
    """Best bid and ask in 1e-9 with sizes, whenever they differ from the row before, and which rows those are."""
    columns = [
        np.where(rows[f"{side}_ticks"] == NO_PRICE, 0, rows[f"{side}_ticks"]) * tick_nano for side in ("bid", "ask")
    ]
    table = np.stack([*columns, rows["bid_size"], rows["ask_size"]], axis=1)
    new = np.ones(len(table), np.bool_)
    new[1:] = (table[1:] != table[:-1]).any(axis=1)
    return [tuple(one) for one in table[new].tolist()], np.flatnonzero(new)
