"""The depth curve: all a book shows, added up from the touch outwards."""

from dataclasses import replace

import numpy as np

from cockpit.engines.book.impact import ALL_LEVELS
from cockpit.state.book_feed import BOOK_KINDS
from cockpit.state.depth_views import CurveState
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.panels.ladder import NOTES
from cockpit.state.panels.pace import Paced
from cockpit.state.router import Router
from cockpit.state.views import Head, Pane, Provenance


class CurveReducer:
    """States of the depth curve."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._paced = Paced[CurveState]()

    def reduce(
        self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int, pace_ns: int, *, is_still: bool = False
    ) -> CurveState:
        """The state at ``now_ns``; see ``Paced.state``."""
        head = book_head(self._router, lane, pane, provenance, now_ns)
        if lane.book is None:
            return CurveState(head=head)
        return self._paced.state(lane, now_ns, pace_ns, head, lambda: _curve(lane, head, now_ns), is_still=is_still)


def book_head(router: Router, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int) -> Head:
    """The header of a panel that rests on a lane's book alone: how deep that is, or why there is none."""
    head = head_of(router, lane, pane, provenance, now_ns, BOOK_KINDS)
    if lane.book is None or lane.book_kind is None:
        reason = (head.reason if lane.last_ns is None else "") or "no order book so far, only bars or prints"
        return replace(head, reason=reason)
    return replace(head, note=NOTES[lane.book_kind] if not head.note else f"{NOTES[lane.book_kind]}, {head.note}")


def _curve(lane: Lane, head: Head, now_ns: int) -> CurveState:
    book = lane.book
    assert book is not None  # the reducer looked
    read = book.readout(ALL_LEVELS)
    sums = (np.cumsum(sizes, dtype=np.int64) for sizes in (read.bid_sizes, read.ask_sizes))
    bid_sums, ask_sums = sums
    for column in (bid_sums, ask_sums):
        column.flags.writeable = False
    return CurveState(
        head=head,
        bid_ticks=read.bid_ticks,
        bid_sums=bid_sums,
        ask_ticks=read.ask_ticks,
        ask_sums=ask_sums,
        depth=book.depth,
        is_suspect=book.is_suspect,
        is_crossed=book.is_crossed,
        at_ns=now_ns,
    )


def empty_curve(pane: Pane) -> CurveState:
    """The curve with nothing selected."""
    return CurveState(head=Head(link=pane.link))
