"""Facts of the order flow: how many of what, where, how large, how long."""

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import ADD, BID, CANCEL, FILL, MODIFY, TRADE
from cockpit.units import Floats, Rows, Sizes
from tests.feeds.synthetic.facts.window import SPAN_S, Window

Facts = dict[str, float]


class Flow:
    """Rows of a window, told apart."""

    def __init__(self, window: Window) -> None:
        rows = self.rows = window.rows
        sequence = rows["sequence"].astype(np.int64)
        begins = np.concatenate([[True], np.diff(sequence) > 0])
        group = np.cumsum(begins) - 1
        self.first = np.flatnonzero(begins)[group]  # row at which the transaction of a row began
        traded = np.zeros(group[-1] + 1, bool)
        traded[group[rows["action"] == TRADE]] = True
        by_fill = traded[group]
        action = rows["action"]
        self.is_add = action == ADD
        self.is_cancel = (action == CANCEL) & ~by_fill
        self.is_modify = (action == MODIFY) & ~by_fill
        self.is_removal = action == CANCEL
        self.by_fill = by_fill
        before = window.tops[np.searchsorted(window.tops["seq"], self.first) - 1]
        is_bid = rows["side"] == BID
        self.behind = np.where(
            is_bid, before["bid_ticks"] - rows["price_ticks"], rows["price_ticks"] - before["ask_ticks"]
        )
        self.is_message = self.is_add | self.is_cancel | self.is_modify

    def market_orders(self) -> tuple[Sizes, NDArray[np.int64], Sizes, Floats]:
        """Of each in order: contracts, prices, sign, time s."""
        trades = self.rows[self.rows["action"] == TRADE]
        _, first, which = np.unique(trades["order_id"], return_index=True, return_inverse=True)
        sizes = np.bincount(which, trades["size"]).astype(np.int64)
        prices = np.array([len(set(part)) for part in _parts(trades["price_ticks"], which)])
        signs = np.where(trades["side"][first] == BID, 1, -1)
        return sizes, prices, signs, trades["clock_ns"][first] / 1e9


def _parts(values: Sizes, which: NDArray[np.intp]) -> list[Sizes]:
    order = np.argsort(which, kind="stable")
    return np.split(values[order], np.flatnonzero(np.diff(which[order])) + 1)


def lives(flow: Flow) -> tuple[Floats, NDArray[np.int64], float]:
    """Lives of orders born in the window and cancelled, s; their distance at birth; share of ends by a fill."""
    rows: Rows = flow.rows
    born, gone = np.flatnonzero(flow.is_add), np.flatnonzero(flow.is_removal)
    _, at_birth, at_end = np.intersect1d(rows["order_id"][born], rows["order_id"][gone], return_indices=True)
    born, gone = born[at_birth], gone[at_end]
    filled = flow.by_fill[gone]
    life = (rows["clock_ns"][gone] - rows["clock_ns"][born]) / 1e9
    return life[~filled], flow.behind[born][~filled], float(filled.mean())


def flow_facts(window: Window) -> Facts:
    """``es.`` facts of the groups flow, distance, size and lifetime."""
    flow = Flow(window)
    rows = window.rows
    sizes, prices, _, _ = flow.market_orders()
    adds, fills = flow.is_add, rows["action"] == FILL
    life, born_behind, by_fill = lives(flow)
    near = life[born_behind <= 2]
    tenth, half, three, nine = np.percentile(life, [10, 50, 75, 90])
    return {
        "es.msgs_per_market_order": flow.is_message.sum() / len(sizes),
        "es.cancel_to_add": flow.is_cancel.sum() / adds.sum(),
        "es.modify_to_add": flow.is_modify.sum() / adds.sum(),
        "es.fill_share_orders": by_fill,
        "es.filled_over_added_volume": rows["size"][fills].sum() / rows["size"][adds].sum(),
        "es.fills_per_market_order": fills.sum() / len(sizes),
        "es.fills_per_s_rth_mean": fills.sum() / SPAN_S,
        "es.add_inside": (flow.behind[adds] < 0).mean(),
        "es.cancel_at_touch": (flow.behind[flow.is_cancel] == 0).mean(),
        "es.modify_at_touch": (flow.behind[flow.is_modify] == 0).mean(),
        "es.mo_size_mean": sizes.mean(),
        "es.mo_size_p95": float(np.percentile(sizes, 95)),
        "es.mo_size_p99": float(np.percentile(sizes, 99)),
        "es.mo_levels_ge2": (prices >= 2).mean(),
        "es.life_cancelled_p10": tenth,
        "es.life_cancelled_p50": half,
        "es.life_cancelled_p75": three,
        "es.life_cancelled_p90": nine,
        "es.life_near2_p50": float(np.percentile(near, 50)),
        "es.life_near2_p90": float(np.percentile(near, 90)),
    }


def nasdaq_facts(window: Window) -> Facts:
    """``nq.`` facts."""
    sizes, prices, _, _ = Flow(window).market_orders()
    tops = window.tops_at(window.times(0.1))
    return {
        "nq.spread_mean": (tops["ask_ticks"] - tops["bid_ticks"]).mean(),
        "nq.depth_l0": window.sizes[:, :, 0].mean(),
        "nq.depth_l5": window.sizes[:, :, 5].mean(),
        "nq.mo_size_mean": sizes.mean(),
        "nq.mo_levels_ge2": (prices >= 2).mean(),
    }
