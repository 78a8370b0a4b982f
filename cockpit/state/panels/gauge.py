"""The VIX gauge: the regime and what it rests on, the chain's own VIX, the term structure."""

from dataclasses import replace
from typing import Final

import numpy as np

from cockpit.instants import eastern_wall
from cockpit.state.chains import VIX_ROOT
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.router import Router
from cockpit.state.views import Head, Pane, Provenance, TermPoint, VixState
from cockpit.units import NS_PER_DAY

GAUGE_PANE: Final = Pane("vix")
TERM: Final = (("9D", "VIX9D"), ("VIX", "VIX"), ("3M", "VIX3M"), ("6M", "VIX6M"))


class GaugeReducer:
    """States of the gauge."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._by_root = {lane.instrument.root: lane for lane in router.lanes if lane.instrument.is_index}

    def lane(self, root: str) -> Lane | None:
        """The lane of a volatility index; None when nothing open has it."""
        return self._by_root.get(root)

    def reduce(self, provenance: Provenance, now_ns: int) -> VixState:
        """The state at ``now_ns``."""
        state = self._published(provenance, now_ns)
        return replace(state, **self._of_chain(), term=self._term(provenance, now_ns))

    def _published(self, provenance: Provenance, now_ns: int) -> VixState:
        lane = self.lane("VIX")
        if lane is None:
            return VixState(head=Head(provenance=provenance, reason="no VIX in what is open"))
        head = head_of(self._router, lane, GAUGE_PANE, provenance, now_ns)
        stopped = self._router.field.faults.get("regime")
        if stopped is not None:
            head = replace(head, reason=f"engine stopped: {stopped}")
        read = self._router.field.regime.readout_at(now_ns)
        if read is None:
            return VixState(head=replace(head, reason=head.reason or "no VIX so far"))
        return VixState(
            head=head,
            value=read.value,
            as_of_ns=read.at_ns,
            change=read.change,
            regime=read.regime,
            by_level=read.by_level,
            by_percentile=read.by_percentile,
            by_term=read.by_term,
            held=read.held,
            percentile=read.percentile,
            closes=read.closes,
            year_low=read.year_low,
            year_high=read.year_high,
            vix_vix3m=read.vix_vix3m,
            vix9d_vix=read.vix9d_vix,
        )

    def _of_chain(self) -> dict[str, object]:
        """The chain's own VIX, of the newest SPX chain."""
        lane = self.lane(VIX_ROOT)
        entries = () if lane is None else self._router.field.chains(lane)
        if not entries:
            return {}
        vix = entries[-1].solved.vix
        if vix is None:
            return {"chain_as_of_ns": entries[-1].as_of_ns, "chain_note": entries[-1].solved.error}
        return {"chain_vix": vix.value, "chain_as_of_ns": entries[-1].as_of_ns, "chain_note": vix.note}

    def _term(self, provenance: Provenance, now_ns: int) -> tuple[TermPoint, ...]:
        points = [self._point(name, self.lane(root), provenance, now_ns) for name, root in TERM]
        return tuple(points) if any(point.value is not None for point in points) else ()

    def _point(self, name: str, lane: Lane | None, provenance: Provenance, now_ns: int) -> TermPoint:
        if lane is None or not lane.vendor:
            return TermPoint(name)
        head = head_of(self._router, lane, GAUGE_PANE, provenance, now_ns)
        rows = lane.vendor[min(lane.vendor)].view()
        days = eastern_wall(rows["clock_ns"][-_MOST_BARS_A_DAY:]) // NS_PER_DAY
        before = int(np.searchsorted(days, days[-1])) - len(days) - 1
        previous = float(rows["close"][before]) if -before <= len(rows) else None
        return TermPoint(name, float(rows["close"][-1]), previous, head.freshness, head.age_ns)


_MOST_BARS_A_DAY: Final = 2 * 1440  # of one minute, and as many again
