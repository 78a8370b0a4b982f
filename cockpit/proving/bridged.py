"""A full-depth book of a venue with update ids: bridged from its snapshot without a gap, and right at the top.

Three things are held against the recording: the ids chain from the snapshot on (a GAP of the reader is a mismatch);
the book's best ten levels equal those of plain sorted dictionaries after every message; and the best quotes that
the venue published on a stream of their own are the book's, wherever the update ids tell which state they are of.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sortedcontainers import SortedDict

from cockpit.engines.book.depth import DepthBook
from cockpit.events.dtypes import BID, CLEAR, Flag, GapReason, Kind, empty
from cockpit.instruments import Instrument
from cockpit.proving.report import Report, level_text
from cockpit.units import NO_PRICE, Rows

if TYPE_CHECKING:
    from cockpit.proving.pairing import Stream, Tell

LEVELS: Final = 10
QUOTES: Final = ("bid", "ask")


def compare(source: "Stream", reference: "Stream | None", tell: "Tell") -> Report:
    """Every instrument of the source by itself."""
    del reference
    report = Report("full-depth book against its update ids, sorted dictionaries and the best quotes beside it")
    for number, instrument in enumerate(source.instruments):
        rows = _own(source.rows, number)
        if not len(rows):
            continue
        rows["instrument"] = 0
        _bridge(report, instrument, rows, source.gaps[np.isin(source.gaps["instrument"], (number, -1))])
        _levels(report, instrument, rows, tell)
        _tops(report, instrument, rows, _own(source.quotes, number))
    return report


def _own(rows: Rows, number: int) -> Rows:
    return rows[rows["instrument"] == number].copy()


def _bridge(report: Report, instrument: Instrument, rows: Rows, gaps: Rows) -> None:
    """The snapshot's id lies in the first change after it, and nothing is torn."""
    ends = rows[(rows["flags"] & Flag.LAST) != 0]
    told = np.flatnonzero((ends["flags"] & Flag.SNAPSHOT) != 0)
    if not len(told):
        report.shortfalls.append(f"{instrument.symbol}: no snapshot was bridged")
        return
    at = int(told[0])
    snapshot = int(ends["final_id"][at])
    report.facts[f"{instrument.symbol} snapshot id"] = snapshot
    if at + 1 < len(ends):
        first = ends[at + 1]
        report.facts[f"{instrument.symbol} first change"] = f"{first['first_id']:,} to {first['final_id']:,}"
        inside = first["first_id"] <= snapshot + 1 and snapshot <= first["final_id"]
        if not inside and first["previous_id"] != snapshot:
            report.differ(
                at + 1, int(first["clock_ns"]), f"{instrument.symbol} first change",
                f"{first['first_id']:,} to {first['final_id']:,}", f"snapshot {snapshot:,}",
            )  # fmt: skip
    for gap in gaps[gaps["reason"] == GapReason.SEQUENCE]:
        report.differ(
            int(gap["seq"]), int(gap["clock_ns"]), f"{instrument.symbol} update ids",
            f"{gap['received']:,}", f"{gap['expected']:,}",
        )  # fmt: skip


def _levels(report: Report, instrument: Instrument, rows: Rows, tell: "Tell") -> None:
    """Ten levels a side after every message, against plain dictionaries."""
    book = DepthBook(0)
    sides: tuple[Any, Any] = (SortedDict(lambda price: -price), SortedDict())
    stops = np.flatnonzero((rows["flags"] & Flag.LAST) != 0) + 1
    start = 0
    for number, stop in enumerate(stops.tolist()):
        part = rows[start:stop]
        start = stop
        book.apply(part)
        _into(sides, part)
        read = book.readout(LEVELS)
        report.rows += 1
        for name, levels, ticks, sizes in zip(
            QUOTES, sides, (read.bid_ticks, read.ask_ticks), (read.bid_sizes, read.ask_sizes), strict=True
        ):
            mine = list(zip(ticks.tolist(), sizes.tolist(), strict=True))
            theirs = list(levels.items()[:LEVELS])
            report.levels += len(theirs)
            if mine != theirs:
                clock = int(part["clock_ns"][-1])
                report.differ(number, clock, f"{instrument.symbol} {name}", str(mine[:3]), str(theirs[:3]))
        if number % 5_000 == 0:
            tell(f"{instrument.symbol}: {number:,} messages")


def _into(sides: tuple[Any, Any], part: Rows) -> None:
    for action, side, price, size in zip(
        part["action"].tolist(),
        part["side"].tolist(),
        part["price_ticks"].tolist(),
        part["size"].tolist(),
        strict=True,
    ):
        if action == CLEAR:
            for levels in sides:
                levels.clear()
        elif price != NO_PRICE:
            levels = sides[0 if side == BID else 1]
            if size:
                levels[price] = size
            else:
                levels.pop(price, None)


def _tops(report: Report, instrument: Instrument, rows: Rows, quotes: Rows) -> None:
    """The venue's own best quotes, where their update id is that of a message's end or of a hole after one."""
    quotes = quotes[quotes["update_id"] > 0]
    if not len(quotes):
        return
    ends = rows[(rows["flags"] & Flag.LAST) != 0]
    tops = np.concatenate([empty(Kind.TOP, 1), DepthBook(0).apply(rows).tops])
    tops["seq"][0] = -1
    after = tops[np.searchsorted(tops["seq"], ends["seq"], "right") - 1]  # the best quotes after each message
    began = np.flatnonzero((ends["flags"] & Flag.SNAPSHOT) != 0)
    ids = np.maximum.accumulate(ends["final_id"])
    place = np.searchsorted(ids, quotes["update_id"], "right") - 1
    before = place < (int(began[0]) if len(began) else len(ends))
    report.unknown("best quotes from before the snapshot", int(before.sum()))
    nexts = np.append(ends["first_id"][1:], np.iinfo(np.int64).max)[np.maximum(place, 0)]
    exact = (ids[np.maximum(place, 0)] == quotes["update_id"]) | (quotes["update_id"] < nexts)
    late = place == len(ends) - 1
    exact &= ~late | (ids[-1] == quotes["update_id"])
    report.unknown("best quotes between two messages, or after the last", int((~exact & ~before).sum()))
    good = exact & ~before
    mine, theirs = after[place[good]], quotes[good]
    report.levels += 2 * len(theirs)
    report.facts[f"{instrument.symbol} best quotes compared"] = len(theirs)
    for side in QUOTES:
        wrong = (mine[f"{side}_ticks"] != theirs[f"{side}_ticks"]) | (
            mine[f"{side}_size"] != theirs[f"{side}_size"]
        )
        for at in np.flatnonzero(wrong).tolist():
            report.differ(
                int(theirs["seq"][at]), int(theirs["clock_ns"][at]), f"{instrument.symbol} best {side}",
                level_text(instrument, int(mine[f"{side}_ticks"][at]), int(mine[f"{side}_size"][at])),
                level_text(instrument, int(theirs[f"{side}_ticks"][at]), int(theirs[f"{side}_size"][at])),
            )  # fmt: skip
