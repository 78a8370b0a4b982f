"""Order-level changes without a reference: every order known, the book sound, crossed only as the venue explains.

A cross is explained when it is outside continuous trading, when it lasts no longer than the venue's own stamps can
tell apart, or, for frames without any time, when one side of the frames of a moment was still being told.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.mbo import MboBook
from cockpit.engines.phase import Phase
from cockpit.errors import BookIntegrityError
from cockpit.events.dtypes import ADD, CANCEL, CLEAR, MODIFY
from cockpit.feeds.files import bitfinex_json, bitstamp_csv
from cockpit.instruments import Instrument
from cockpit.proving.crosses import phase_of
from cockpit.proving.report import Report, level_text
from cockpit.units import NO_PRICE, NS_PER_S, Rows

BEFORE_START: Final = "changes of orders from before the start"
_RESOLUTION_NS: Final = {bitstamp_csv.FORMAT: NS_PER_S}  # of the venue's stamps; of others a nanosecond
_UNTIMED: Final = frozenset((bitfinex_json.FORMAT,))


def compare(source: Any, reference: Any, tell: Callable[[str], None]) -> Report:
    """Follow every order and look at every change of the best level."""
    del reference
    report = Report("order-level book by itself: orders known, sound, not crossed")
    for who, instrument in enumerate(source.instruments):
        rows = source.rows[source.rows["instrument"] == who]
        _orders(report, instrument, rows)
        book = MboBook(who)
        tops = book.apply(rows).tops
        tell(f"{len(rows):,} changes of {instrument.symbol}")
        report.rows += len(rows)
        report.levels += 2 * len(tops)
        report.facts[f"orders resting at the end of {instrument.symbol}"] = book.resting_orders
        _crosses(report, instrument, source.format, rows, tops)
        try:
            book.check(Phase.UNKNOWN)
        except BookIntegrityError as error:
            report.shortfalls.append(str(error))
        if book.refused_rows:
            report.shortfalls.append(f"{book.refused_rows:,} changes the book refused")
        if book.duplicate_orders:
            report.shortfalls.append(f"{book.duplicate_orders:,} adds of orders that rest already")
    return report


def _orders(report: Report, instrument: Instrument, rows: Rows) -> None:
    """Changes and cancels of orders that do not rest: unknowable before their creation was seen, else a fault."""
    created: set[int] = set()
    resting: set[int] = set()
    letters = zip(rows["action"].tolist(), rows["order_id"].tolist(), strict=True)
    sizes: dict[int, int] = {}
    for at, (action, order_id) in enumerate(letters):
        size = int(rows["size"][at]) if action in (ADD, MODIFY, CANCEL) else 0
        if action == CLEAR:
            resting.clear()
        elif action in (ADD, MODIFY):
            if action == MODIFY and order_id not in resting:
                _unknown(report, instrument, rows[at], at, order_id in created)
            created.add(order_id)
            resting.add(order_id)
            sizes[order_id] = size
        elif action == CANCEL:
            if order_id not in resting:
                _unknown(report, instrument, rows[at], at, order_id in created)
            sizes[order_id] = sizes.get(order_id, 0) - size
            if sizes[order_id] <= 0:
                resting.discard(order_id)


def _unknown(report: Report, instrument: Instrument, row: Any, at: int, was_created: bool) -> None:
    if not was_created:
        report.unknown(BEFORE_START)
        return
    text = f"order {row['order_id']} does not rest"
    report.differ(
        at, int(row["clock_ns"]), instrument.symbol, text, "changed or cancelled after its creation was seen"
    )


def _crosses(report: Report, instrument: Instrument, form: str, rows: Rows, tops: Rows) -> None:
    bids, asks = tops["bid_ticks"], tops["ask_ticks"]
    crossed = (bids != NO_PRICE) & (asks != NO_PRICE) & (bids >= asks)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], crossed, [False]]).astype(np.int8)))
    longest = 0
    for begin, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        ends = end < len(tops)
        last = tops[end] if ends else rows[-1]
        lasted = int(last["clock_ns"]) - int(tops[begin]["clock_ns"])
        longest = max(longest, lasted)
        why = _explanation(instrument, form, rows, tops[begin], last, lasted, ends)
        if why is not None:
            report.explain(why)
            continue
        top = tops[begin]
        texts = (
            level_text(instrument, int(top[f"{side}_ticks"]), int(top[f"{side}_size"])) for side in ("bid", "ask")
        )
        place = f"{instrument.symbol} crossed for {lasted / NS_PER_S:.3f} s: bid, ask"
        report.differ(int(top["seq"]), int(top["clock_ns"]), place, *texts)
    if len(edges):
        unit = "messages" if form in _UNTIMED else "seconds"
        scale = 1_000_000 if form in _UNTIMED else NS_PER_S  # untimed messages are a millisecond apart
        report.facts[f"longest cross of {instrument.symbol}, {unit}"] = longest / scale


def _explanation(
    instrument: Instrument, form: str, rows: Rows, first: Any, last: Any, lasted: int, ends: bool
) -> str | None:
    phase = phase_of(instrument, int(first["clock_ns"]))
    if phase not in ("", "open"):
        return f"crossed outside continuous trading ({phase})"
    if ends and lasted <= _RESOLUTION_NS.get(form, 0):
        return "crossed for less than the venue's stamps tell apart"
    if ends and form in _UNTIMED and _is_one_sided(rows, int(first["seq"]), int(last["seq"])):
        return "crossed while one side of a moment was still being told"
    return None


def _is_one_sided(rows: Rows, first_seq: int, next_seq: int) -> bool:
    """Whether all changes from ``first_seq`` to before ``next_seq`` are of one side."""
    begin, end = np.searchsorted(rows["seq"], (first_seq, next_seq))
    sides: NDArray[np.uint8] = rows["side"][begin:end]
    return bool(len(sides)) and bool((sides == sides[0]).all())
