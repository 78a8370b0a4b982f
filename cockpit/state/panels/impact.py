"""What a market order of a chosen size would cost in the ladder's book now."""

from dataclasses import replace

from cockpit.engines.book.impact import BUY, levels_of, simulate_market_order
from cockpit.state.book_feed import BOOK_KINDS
from cockpit.state.lane import Lane
from cockpit.state.panels.heads import head_of
from cockpit.state.router import Router
from cockpit.state.views import ImpactState, Order, Pane, Provenance


class ImpactReducer:
    """States of the impact calculator."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def reduce(self, lane: Lane, pane: Pane, order: Order, provenance: Provenance, now_ns: int) -> ImpactState:
        """The state at ``now_ns``."""
        head = head_of(self._router, lane, pane, provenance, now_ns, BOOK_KINDS)
        if lane.book is None:
            return ImpactState(head=replace(head, reason=head.reason or "no order book so far"), order=order)
        instrument = lane.instrument
        bids, bid_sizes, asks, ask_sizes = levels_of(lane.book, instrument)
        size = order.size if order.size is not None else first_size(instrument.lot)
        point = instrument.point_value_usd
        fill = simulate_market_order(bids, bid_sizes, asks, ask_sizes, order.side, size, point)
        prices, sizes = (asks, ask_sizes) if order.side == BUY else (bids, bid_sizes)
        used = fill.levels_consumed
        taken = sizes[:used].copy()
        if used:
            taken[-1] -= max(float(taken.sum()) - fill.filled, 0.0)
        for column in (taken, prices):
            column.flags.writeable = False
        return ImpactState(
            head=head,
            order=replace(order, size=size),
            filled=fill.filled,
            unfilled=fill.unfilled,
            average=fill.avg_price,
            from_mid=fill.slippage_vs_mid,
            from_touch=fill.slippage_vs_touch,
            from_mid_bps=fill.slippage_bps_mid,
            cost_usd=fill.cost_vs_mid if point else None,
            levels_used=used,
            levels=len(prices),
            prices=prices[:used],
            taken=taken,
            visible=float(sizes.sum()),
            is_suspect=lane.book.is_suspect,
        )


def first_size(lot: float) -> float:
    """Size to begin with, in contracts, shares or coins."""
    return 1.0 if lot < 1 else 100.0
