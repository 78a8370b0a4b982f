"""The depth ladder: a dense window of the book around the touch, the last print, and what the touch says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from cockpit.engines.book import metrics
from cockpit.engines.book.microprice import MicropriceFit
from cockpit.engines.book.readout import Book, BookReadout
from cockpit.events.dtypes import ASK, BID, Kind
from cockpit.instants import clock_text, eastern
from cockpit.state.book_feed import BOOK_KINDS
from cockpit.state.ladder_walls import LadderQueue
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.panels.pressure import reduce_pressure
from cockpit.state.router import Router
from cockpit.state.views import LadderState, Pane, Provenance

WINDOW_TICKS: Final = 1024  # far more than a screen shows, so that a static ladder seldom meets its end
LEVELS: Final = 10
QUEUE_SHOWN: Final = 12  # orders of a queue whose sizes are told
NOTES: Final = {
    Kind.MBO: "order level",
    Kind.DEPTH: "full depth",
    Kind.MBP: "10 levels",
    Kind.QUOTE: "best quotes only",
}


class LadderReducer:
    """States of the ladder; the window stays where it is until the touch leaves its middle half.

    Args:
        router: Whose lanes are shown.
        microprices: Learned micro-price tables by root.
    """

    def __init__(self, router: Router, microprices: Mapping[str, MicropriceFit] | None = None) -> None:
        self._router, self._microprices = router, microprices or {}
        self._low: dict[int, int] = {}

    def reduce(
        self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int, book_ns: int | None = None
    ) -> LadderState:
        """The state at ``now_ns``.

        Args:
            book_ns: Where the lane's book begins, as far as anybody has read; None when that is not known.
        """
        head = head_of(self._router, lane, pane, provenance, now_ns, (*BOOK_KINDS, Kind.TRADE))
        phase = "" if lane.calendar is None else lane.calendar.phase(now_ns)
        if book_ns is not None and now_ns < book_ns:
            return LadderState(head=replace(head, reason=no_book_text(lane, book_ns)), phase=phase)
        book = lane.book
        if book is None or lane.book_kind is None:
            reason = (head.reason if lane.last_ns is None else "") or "no order book so far, only bars or prints"
            return LadderState(head=replace(head, reason=reason), phase=phase)
        readout = book.readout(LEVELS)
        state = self._with_book(lane, book, readout)
        note = NOTES[lane.book_kind] if not head.note else f"{NOTES[lane.book_kind]}, {head.note}"
        pressure = reduce_pressure(self._router.field, lane)
        return replace(
            self._with_stacked(state, lane, readout, now_ns),
            head=replace(head, note=note), ofi=lane.ofi(now_ns), phase=phase, pressure=pressure,
        )  # fmt: skip

    @staticmethod
    def _with_stacked(state: LadderState, lane: Lane, readout: BookReadout, now_ns: int) -> LadderState:
        low, ticks = state.low_tick, state.low_tick + np.arange(WINDOW_TICKS)
        added, pulled = lane.stacked.window(low, WINDOW_TICKS, now_ns)
        bid = low - 1 if state.best_bid is None else state.best_bid
        ask = low + WINDOW_TICKS if state.best_ask is None else state.best_ask
        is_bid = (ticks <= bid) | (ticks < ask)  # between the best prices, and where they cross: both
        is_ask = (ticks >= ask) | (ticks > bid)
        sides = np.stack([is_bid, is_ask])
        nets = [
            int((added[side] - pulled[side])[places[(places >= 0) & (places < WINDOW_TICKS)]].sum())
            for side, places in ((0, readout.bid_ticks[:LEVELS] - low), (1, readout.ask_ticks[:LEVELS] - low))
        ]
        return replace(
            state,
            added=(added * sides).sum(axis=0),
            pulled=(pulled * sides).sum(axis=0),
            net_stacked=nets[0] - nets[1],
        )

    def _with_book(self, lane: Lane, book: Book, readout: BookReadout) -> LadderState:
        bid = int(readout.bid_ticks[0]) if len(readout.bid_ticks) else None
        ask = int(readout.ask_ticks[0]) if len(readout.ask_ticks) else None
        last = lane.prints.view()[-1:]
        low = self._window(lane.id, bid, ask, int(last["price_ticks"][0]) if len(last) else None)
        window = book.window(low, WINDOW_TICKS)
        bid_total, ask_total = book.totals(LEVELS)
        return LadderState(
            low_tick=low,
            bid_sizes=window.bid_sizes,
            ask_sizes=window.ask_sizes,
            bid_counts=window.bid_counts,
            ask_counts=window.ask_counts,
            traded=lane.traded.window(low, WINDOW_TICKS),
            best_bid=bid,
            best_ask=ask,
            last_tick=int(last["price_ticks"][0]) if len(last) else None,
            last_size=int(last["size"][0]) if len(last) else None,
            last_aggressor=chr(int(last["aggressor"][0])) if len(last) else None,
            bid_total=bid_total,
            ask_total=ask_total,
            spread_ticks=ask - bid if bid is not None and ask is not None else None,
            mid=metrics.mid(readout.bid_ticks, readout.ask_ticks),
            weighted_mid=metrics.weighted_mid(
                readout.bid_ticks, readout.bid_sizes, readout.ask_ticks, readout.ask_sizes
            ),
            microprice=self._microprice(lane, readout),
            imbalance=metrics.depth_imbalance(readout.bid_sizes, readout.ask_sizes, LEVELS),
            resting_orders=readout.resting_orders,
            is_crossed=bid is not None and ask is not None and bid >= ask,
        )

    def _microprice(self, lane: Lane, readout: BookReadout) -> float | None:
        """Mid plus what was learned for such a book, ticks; None where nothing was learned."""
        fit = self._microprices.get(lane.instrument.root)
        mid = metrics.mid(readout.bid_ticks, readout.ask_ticks)
        share = metrics.bid_share(readout.bid_sizes, readout.ask_sizes)
        if fit is None or mid is None or share is None:
            return None
        learned = fit.at(share, int(readout.ask_ticks[0] - readout.bid_ticks[0]))
        return None if learned is None else mid + learned

    def _window(self, lane_id: int, bid: int | None, ask: int | None, last: int | None) -> int:
        """Lowest tick of the window."""
        known = [tick for tick in (bid, ask) if tick is not None] or [last if last is not None else 0]
        middle = sum(known) // len(known)
        low = self._low.get(lane_id)
        if low is None or abs(middle - (low + WINDOW_TICKS // 2)) > WINDOW_TICKS // 4:
            low = middle - WINDOW_TICKS // 2
            self._low[lane_id] = low
        return low


def no_book_text(lane: Lane, book_ns: int) -> str:
    """``No book before Wed 10:00 — the history holds prints only``, in New York time."""
    clock = clock_text(book_ns).removesuffix(":00")
    held = "prints only" if len(lane.prints) else "bars only" if lane.vendor else "no print yet"
    return f"No book before {eastern(book_ns):%a} {clock} — the history holds {held}"


def queue_at(lane: Lane, tick: int | None) -> LadderQueue | None:
    """The orders that rest at a price; None where none does, or the source does not tell of orders."""
    if tick is None or lane.book is None or lane.book_kind is not Kind.MBO:
        return None
    for side in (BID, ASK):
        _, sizes = lane.book.queue(side, tick)
        if len(sizes):
            first = tuple(sizes[:QUEUE_SHOWN].tolist())
            return LadderQueue(tick, side == BID, first, len(sizes), int(sizes.sum()))
    return None


def empty_ladder(pane: Pane) -> LadderState:
    """The ladder with nothing selected."""
    state = LadderState(bid_sizes=np.zeros(0, np.int64))
    return replace(state, head=replace(state.head, link=pane.link))
