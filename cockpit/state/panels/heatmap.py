"""The liquidity heatmap: the history of a book, its prints and best prices, and what its colours stand for."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from cockpit.engines.book.readout import Book, BookWindow
from cockpit.state.book_feed import BOOK_KINDS
from cockpit.state.deltas import Deltas
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.panels.ladder import NOTES
from cockpit.state.router import Router
from cockpit.state.views import HEAT_GROUPS, Cutoffs, HeatState, Pane, Provenance
from cockpit.units import NS_PER_HOUR, NS_PER_S, Sizes, Times

WINDOW_TICKS: Final = 2048  # of the book now: what is drawn beside the map, and what the contrast rests on
CONTRAST_NS: Final = 10 * NS_PER_S  # between two looks at the sizes
LOW_SHARE, HIGH_SHARE = 0.60, 0.995  # quantiles of the sizes that resting (design.md 2, "size scale")
MOVED: Final = 0.3  # a limit follows once it is off by so much: colours that keep changing say nothing
LEAST_SIZES: Final = 20
SESSION_NS: Final = 96 * NS_PER_HOUR  # longer than any weekend
LEAST_RANGE: Final = 3.0  # of the limits
NEAR_ROWS: Final = 80  # rows either side of the touch: about a screen


@dataclass(frozen=True, slots=True)
class _Contrast:
    """The limits of one instrument, and when its sizes were looked at."""

    at_ns: int
    limits: tuple[Cutoffs, ...]


class HeatmapReducer:
    """States of the heatmap; the window of the book now stays while the touch is in its middle half."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._low: dict[int, int] = {}
        self._contrast: dict[int, _Contrast] = {}
        self._deltas: dict[int, Deltas] = {}

    def reduce(self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int) -> HeatState:
        """The state at ``now_ns``."""
        head = head_of(self._router, lane, pane, provenance, now_ns, BOOK_KINDS)
        book = lane.book
        if book is None or lane.book_kind is None:
            reason = (head.reason if lane.last_ns is None else "") or "no order book so far, only bars or prints"
            return HeatState(head=replace(head, reason=reason), now_ns=now_ns)
        note = NOTES[lane.book_kind] if not head.note else f"{NOTES[lane.book_kind]}, {head.note}"
        bid, ask = book.best()
        prints = lane.prints.view()
        window = self._window(lane, book, bid, ask)
        return HeatState(
            head=replace(head, note=note),
            heat=lane.heat.view(),
            prints=prints,
            best=lane.best_view(),
            low_tick=window.low_tick,
            bid_sizes=window.bid_sizes,
            ask_sizes=window.ask_sizes,
            best_bid=bid,
            best_ask=ask,
            last_tick=int(prints["price_ticks"][-1]) if len(prints) else None,
            contrast=self._limits(lane.id, window, bid if ask is None else ask, now_ns),
            now_ns=now_ns,
            deltas=self._deltas.setdefault(lane.id, Deltas()).update(prints, partial(_opens, lane)),
        )

    def _window(self, lane: Lane, book: Book, bid: int | None, ask: int | None) -> BookWindow:
        known = [tick for tick in (bid, ask) if tick is not None]
        low = self._low.get(lane.id, 0)
        if known:
            middle = sum(known) // len(known)
            if lane.id not in self._low or abs(middle - (low + WINDOW_TICKS // 2)) > WINDOW_TICKS // 4:
                low = self._low[lane.id] = middle - WINDOW_TICKS // 2
        return book.window(low, WINDOW_TICKS)

    def _limits(self, lane: int, window: BookWindow, touch: int | None, now_ns: int) -> tuple[Cutoffs, ...]:
        """Automatic limits by grouping: steady, until the sizes are clearly others."""
        kept = self._contrast.get(lane)
        if kept is not None and 0 <= now_ns - kept.at_ns < CONTRAST_NS:
            return kept.limits
        sizes = window.bid_sizes + window.ask_sizes
        if int((sizes > 0).sum()) < LEAST_SIZES and kept is not None:
            return kept.limits
        middle = len(sizes) // 2 if touch is None else touch - window.low_tick
        wanted = tuple(_near(sizes, window.low_tick, middle, group) for group in HEAT_GROUPS)
        if kept is not None:
            wanted = tuple(_steady(old, new) for old, new in zip(kept.limits, wanted, strict=True))
        self._contrast[lane] = _Contrast(now_ns, wanted)
        return wanted


def _opens(lane: Lane, first_ns: int, last_ns: int) -> Times:
    """Opens of the lane's sessions that matter between two instants."""
    if lane.calendar is None:
        return np.zeros(0, np.int64)
    return lane.calendar.session_opens(first_ns - SESSION_NS, last_ns)


def _near(sizes: Sizes, low_tick: int, middle: int, group: int) -> Cutoffs:
    """Limits by what rests near the touch, about as far as a screen shows: far away lie the large round numbers."""
    first = max(middle - NEAR_ROWS * group, 0)
    return cutoffs(sizes[first : max(middle + NEAR_ROWS * group, first + 1)], low_tick + first, group)


def cutoffs(sizes: Sizes, low_tick: int, group: int) -> Cutoffs:
    """Limits for prices put together by ``group`` ticks.

    Args:
        sizes: int64 (n,), what rests from ``low_tick`` on.

    Source: ``design.md`` 2 (size scale).
    """
    places = (low_tick + np.arange(len(sizes))) // group
    sums = np.bincount(places - places[0], sizes)
    there = sums[sums > 0]
    if not len(there):
        return Cutoffs(1.0, 10.0)
    low, high = np.quantile(there, (LOW_SHARE, HIGH_SHARE)).tolist()
    return Cutoffs(max(low, 1.0), max(high, LEAST_RANGE * low, LEAST_RANGE))


def _steady(old: Cutoffs, new: Cutoffs) -> Cutoffs:
    low, high = (
        was if abs(now - was) <= MOVED * was else now for was, now in ((old.low, new.low), (old.high, new.high))
    )
    return Cutoffs(low, high) if high >= LEAST_RANGE / 1.5 * low else new


def empty_heatmap(pane: Pane) -> HeatState:
    """The heatmap with nothing selected."""
    state = HeatState()
    return replace(state, head=replace(state.head, link=pane.link))
