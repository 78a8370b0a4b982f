"""Facts of depth, spread, price moves and what moves them."""

import numpy as np

from cockpit.events.dtypes import TRADE
from cockpit.units import NS_PER_S, Floats, Sizes
from tests.feeds.synthetic.facts.flow import Facts
from tests.feeds.synthetic.facts.timing import acf
from tests.feeds.synthetic.facts.window import SPAN_S, Window


def kurtosis(values: Floats) -> float:
    """Excess kurtosis."""
    z = values - values.mean()
    return float((z**4).mean() / (z * z).mean() ** 2 - 3)


def depth_facts(window: Window) -> Facts:
    """``es.`` facts of depth and spread."""
    level = window.sizes.mean(axis=(0, 1))
    orders = window.orders.mean(axis=(0, 1))
    tops = window.tops_at(window.times(0.01))
    return {
        "es.depth_ratio_l0_l5": level[0] / level[5],
        "es.depth_ratio_l1_l5": level[1] / level[5],
        "es.depth_ratio_l20_l5": level[20] / level[5],
        "es.contracts_per_order_l5": level[5] / orders[5],
        "es.depth_round_point": round_point(window),
        "es.spread1_time": (tops["ask_ticks"] - tops["bid_ticks"] == 1).mean(),
    }


def round_point(window: Window) -> float:
    """Depth at whole points over the mean of its level, 8 to 40 ticks behind."""
    behind = np.arange(8, 41)
    relative = []
    for side, way in ((0, -1), (1, 1)):
        prices = window.touches[:, side, None] + way * behind
        sizes = window.sizes[:, side, 8:41]
        relative.append((sizes / sizes.mean(axis=0))[prices % 4 == 0])
    return float(np.concatenate(relative).mean())


def next_moves(mids: Floats) -> Sizes:
    """Sign of the next change after each entry; 0 where none comes."""
    steps = np.sign(np.diff(mids)).astype(np.int64)
    out = np.zeros(len(mids), np.int64)
    ahead = 0
    for at in range(len(steps) - 1, -1, -1):
        ahead = steps[at] if steps[at] else ahead
        out[at] = ahead
    return out


def imbalance_facts(window: Window) -> Facts:
    """Share of up moves among the next changes of the mid, by imbalance of the queues at a one-tick spread."""
    tops = window.tops
    ahead = next_moves((tops["bid_ticks"] + tops["ask_ticks"]) / 2)
    at = np.searchsorted(tops["clock_ns"], window.times(0.1), side="right") - 1
    at = at[(tops["ask_ticks"][at] - tops["bid_ticks"][at]) == 1]
    tilt = (tops["bid_size"] - tops["ask_size"]) / (tops["bid_size"] + tops["ask_size"])
    bins = np.searchsorted([-0.6, -0.2, 0.2, 0.6], tilt[at], side="right")
    facts = {}
    for place in range(5):
        here = ahead[at][(bins == place) & (ahead[at] != 0)]
        facts[f"es.p_up_imbalance_bin{place}"] = (here > 0).mean()
    return facts


def price_facts(window: Window) -> Facts:
    """``es.`` facts of mids, volume and order flow imbalance."""
    second, ten = window.mids(1.0), window.mids(10.0)
    moves, slow = np.diff(second), np.diff(ten)
    trades = window.rows[window.rows["action"] == TRADE]
    tens = ((trades["clock_ns"] - window.from_ns) // (10 * NS_PER_S)).astype(np.int64)
    volume = np.bincount(tens, trades["size"], SPAN_S // 10)
    ofi = np.nan_to_num(window.tops["ofi"])
    place = (window.tops["clock_ns"] - window.from_ns) // NS_PER_S
    inside = (place >= 0) & (place < SPAN_S)
    flow = np.bincount(place[inside].astype(np.int64), ofi[inside], SPAN_S)
    flow10 = flow.reshape(-1, 10).sum(axis=1)
    return {
        "es.acf_ret_1s_lag1": acf(moves, 1),
        "es.acf_abs_1s_lag1": acf(np.abs(moves), 1),
        "es.kurt_1s": kurtosis(moves),
        "es.kurt_10s": kurtosis(slow),
        "es.volret_10s": float(np.corrcoef(volume, np.abs(slow))[0, 1]),
        "es.ofi_r2_1s": float(np.corrcoef(flow, moves)[0, 1] ** 2),
        "es.ofi_r2_10s": float(np.corrcoef(flow10, slow)[0, 1] ** 2),
        **imbalance_facts(window),
    }


def calm_facts(window: Window) -> Facts:
    """The two facts of the calm run."""
    tops = window.tops[window.tops["ask_ticks"] - window.tops["bid_ticks"] == 1]
    mids = (tops["bid_ticks"] + tops["ask_ticks"]) / 2
    steps = np.diff(mids)
    signs = np.sign(steps[steps != 0])
    tenth, ten = np.diff(window.mids(0.1)), np.diff(window.mids(10.0))
    return {
        "es.p_continuation": float((signs[1:] == signs[:-1]).mean()),
        "es.signature_0.1_over_10": float((tenth.var() / 0.1) / (ten.var() / 10.0)),
    }


def cross_facts(es: Window, nq: Window) -> Facts:
    """``x.`` facts of the mids of two books."""
    facts = {}
    for name, step in (("10s", 10.0), ("1m", 60.0)):
        a, b = np.diff(np.log(es.mids(step))), np.diff(np.log(nq.mids(step)))
        facts[f"x.corr_es_nq_{name}"] = float(np.corrcoef(a, b)[0, 1])
    return facts
