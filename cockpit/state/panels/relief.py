"""The depth surface: which prices and sizes the last three minutes of a book are shown on."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cockpit.engines.book.heat import Heat
from cockpit.engines.book.relief import COLUMN_NS, COLUMNS, ROWS, Relief, ReliefMaker, mids_at
from cockpit.state.depth_views import ReliefState
from cockpit.state.lane import Lane
from cockpit.state.panels.curve import book_head
from cockpit.state.panels.pace import Paced
from cockpit.state.router import Router
from cockpit.state.views import HEAT_GROUPS, Head, Pane, Provenance
from cockpit.units import NO_TIME, Floats

WALK_SHARE: Final = 0.5  # of the prices that the mid's way takes at most when they are chosen
KEPT_SHARE: Final = 0.8  # ... and until they are chosen anew
HIGH_SHARE: Final = 0.97  # quantile of what rests, so that one row that towers over all does not flatten the rest
STEPS: Final = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # of the top of the height, times powers of ten
SUNK: Final = 0.55  # of the top, under which a lower one is chosen
LEAST_TOP: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Prices:
    """Rows of the grid: lowest tick, and ticks of each."""

    low: int
    group: int

    def holds(self, mids: Floats) -> bool:
        """Whether the mid's way lies well within, and takes more than a sliver of it."""
        edge = ROWS * self.group * (1 - KEPT_SHARE) / 2
        low, high = float(mids.min()) - self.low, float(mids.max()) - self.low
        return edge <= low and high <= ROWS * self.group - edge and self.group <= 4 * _group(high - low)


class ReliefReducer:
    """States of the depth surface; prices and limits stay until they clearly no longer fit."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._paced = Paced[ReliefState]()
        self._maker = ReliefMaker()
        self._prices: dict[int, _Prices] = {}
        self._tops: dict[int, float] = {}

    def reduce(
        self, lane: Lane, pane: Pane, provenance: Provenance, now_ns: int, pace_ns: int, *, is_still: bool = False
    ) -> ReliefState:
        """The state at ``now_ns``; see ``Paced.state``."""
        head = book_head(self._router, lane, pane, provenance, now_ns)
        if lane.book is None:
            return ReliefState(head=head)
        return self._paced.state(
            lane, now_ns, pace_ns, head, lambda: self._state(lane, head, now_ns), is_still=is_still
        )

    def _state(self, lane: Lane, head: Head, now_ns: int) -> ReliefState:
        best, last = lane.best.view(), now_ns // COLUMN_NS
        mids = mids_at(best, np.minimum(np.arange(last - COLUMNS + 2, last + 2) * COLUMN_NS, now_ns))
        prices = self._fit(lane.id, mids[~np.isnan(mids)])
        heat = lane.heat.view()
        relief = self._maker.make(heat, best, prices.low, prices.group, now_ns)
        top, is_cut = self._top(lane.id, relief)
        book = lane.book
        return ReliefState(
            head=head,
            relief=relief,
            top=top,
            is_cut=is_cut,
            gap_ns=_missing_ns(heat, relief.first * COLUMN_NS, now_ns),
            depth=None if book is None else book.depth,
            at_ns=now_ns,
        )

    def _fit(self, lane: int, mids: Floats) -> _Prices:
        """Rows about the mid's way, the same as before while they hold it."""
        kept = self._prices.get(lane)
        if not len(mids):
            return kept or _Prices(0, 1)
        if kept is None or not kept.holds(mids):
            group = _group(float(mids.max() - mids.min()))
            middle = round(float(mids.max() + mids.min()) / 2 / group)
            kept = self._prices[lane] = _Prices((middle - ROWS // 2) * group, group)
        return kept

    def _top(self, lane: int, relief: Relief) -> tuple[float, bool]:
        """The size at which height and colour end, a round number that stays; and whether something is larger."""
        there = relief.sizes[relief.sizes > 0]
        if not len(there):
            return self._tops.get(lane, LEAST_TOP), False
        high = float(np.quantile(there, HIGH_SHARE))
        top = self._tops.get(lane, 0.0)
        if not SUNK * top <= high <= top:
            top = self._tops[lane] = _round_up(max(high, LEAST_TOP))
        return top, bool(there.max() > top)


def _missing_ns(heat: Heat, from_ns: int, to_ns: int) -> int:
    """Time between two instants that lies in gaps."""
    return sum(
        max(min(to_ns if until == NO_TIME else until, to_ns) - max(since, from_ns), 0) for since, until in heat.gaps
    )


def _group(walked: float) -> int:
    """Ticks of a row with which so many ticks take no more than ``WALK_SHARE`` of the rows."""
    return next((group for group in HEAT_GROUPS if walked <= WALK_SHARE * ROWS * group), HEAT_GROUPS[-1])


def _round_up(value: float) -> float:
    power = 10.0 ** np.floor(np.log10(value))
    return float(next((step * power for step in STEPS if step * power >= value), 10 * power))


def empty_relief(pane: Pane) -> ReliefState:
    """The surface with nothing selected."""
    return ReliefState(head=Head(link=pane.link))
