"""Numbers of the order books: how often what happens, how far from the touch, how large, how long.

Rates are per second of a market of activity 1, prices in ticks, sizes in contracts.

Source: ``market-model.md`` 3 (book); ES tuned, NQ tuned, YM and RTY guesses (no recordings at hand).
"""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from cockpit.units import Floats, Rows


@dataclass(frozen=True, slots=True)
class BookSettings:
    """One instrument's book.

    Attributes:
        add: Limit orders, each side.
        market: Market orders, each side.
        modify: Modifies.
        modify_touch: Share of them that make an order at the touch smaller.
        join: Orders that join a thin touch, each side.
        thin: Contracts under which a touch is thin.
        pull: Cancels of a touch that the fair price threatens, per tick beyond ``threat``.
        collapse: Cancels of a touch that is much thinner than the other side.
        collapse_from: Share of both queues below which a touch is that thin.
        threat: Distance of the fair price from the mid at which a touch is threatened, ticks.
        improve2, improve3, improve4: Orders into a spread of two, three, four and more ticks.
        lean: How the fair price steers market orders.
        lean_queue: How the queues steer market orders: towards the thin side.
        lean_inside: How the fair price steers orders into the spread.
        lean_join: How it steers joins.
        market_far: More market orders per tick of distance between fair price and mid.
        heat_market: Power of the market's heat in the rate of market orders.
        heat_add: The same in the rate of everything else.
        heat_collapse: The same in ``collapse``.
        hazard: Factor on the slow cancels.
        far3, far4, far5: Share of the cancels of patience 3, 4, 5 that happen off the touch.
        sweep: Share of market orders larger than the touch that go on.
        repeat: Share of market orders whose sign repeats an earlier one.
        tail: Scale of the largest market orders.
        wall: Walls, both sides together.
        wall_size: Their scale, contracts.
        iceberg: Share of near adds that hide size.
        depth: Contracts per level of the first book.
        spark, near, mid, slow: Shares of orders that others set off, by speed (1/20,000 s to 7 s).
    """

    add: float = 60.0
    market: float = 5.3
    modify: float = 26.0
    modify_touch: float = 0.17
    join: float = 40.0
    thin: float = 12.0
    pull: float = 60.0
    collapse: float = 18.0
    collapse_from: float = 0.2
    threat: float = 0.6
    improve2: float = 300.0
    improve3: float = 1000.0
    improve4: float = 2000.0
    lean: float = 0.3
    lean_queue: float = 0.85
    lean_inside: float = 1.5
    lean_join: float = 1.5
    market_far: float = 0.5
    heat_market: float = 0.6
    heat_add: float = 0.0
    heat_collapse: float = 0.8
    hazard: float = 0.75
    far3: float = 0.1
    far4: float = 0.3
    far5: float = 0.5
    sweep: float = 0.35
    repeat: float = 0.58
    tail: float = 1.0
    wall: float = 0.01
    wall_size: float = 120.0
    iceberg: float = 0.006
    depth: float = 75.0
    spark: float = 0.44
    near: float = 0.39
    mid: float = 0.04
    slow: float = 0.001

    def row(self) -> Rows:
        """As the kernels read it, shape (1,)."""
        out = np.zeros(1, KNOBS)
        for field in fields(self):
            out[field.name] = getattr(self, field.name)
        return out

    def calm(self) -> "BookSettings":
        """Without walls, icebergs and orders that go through several prices."""
        return replace(self, wall=0.0, iceberg=0.0, sweep=0.0)


KNOBS: Final = np.dtype([(field.name, np.float64) for field in fields(BookSettings)], align=True)

ES: Final = BookSettings()
NQ: Final = BookSettings(
    market=6.0, join=5.0, thin=1.3, pull=1100.0, collapse=30.0, threat=0.5, improve2=2.5, improve3=40.0,
    improve4=600.0, lean=0.1, lean_queue=0.0, lean_inside=1.0, lean_join=0.3, market_far=0.15, heat_market=0.0,
    heat_collapse=0.0, hazard=7.5, far3=0.14, far4=0.3, far5=0.1, sweep=0.9, repeat=0.65, wall_size=15.0, depth=6.0,
)  # fmt: skip
YM: Final = BookSettings(
    add=40.0, market=3.4, join=14.0, thin=4.0, pull=500.0, collapse=30.0, improve2=5.0, improve3=60.0,
    improve4=600.0, lean=0.1, lean_inside=1.0, lean_join=0.3, market_far=0.15, hazard=5.0, far3=0.35, far4=0.8,
    sweep=0.9, tail=0.8, wall_size=20.0, depth=8.0,
)  # fmt: skip
RTY: Final = BookSettings(
    add=40.0, market=3.4, join=16.0, thin=5.0, pull=200.0, collapse=30.0, improve2=12.0, improve3=100.0,
    improve4=600.0, lean=0.15, lean_inside=1.2, lean_join=0.6, market_far=0.25, hazard=3.5, far3=0.25, far4=0.6,
    sweep=0.7, wall_size=30.0, depth=12.0,
)  # fmt: skip
BOOKS: Final = (ES, NQ, YM, RTY)

# distance of limit orders behind their touch: lower edges of bins, uniform inside
DISTANCE: Final = np.array([0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100, 250], np.int64)
_DISTANCE_SHARE: Final = [0.655, 0.080, 0.030, 0.022, 0.015, 0.030, 0.026, 0.031, 0.021, 0.055, 0.026, 0.012, 0.005]
# patience 0 to 5 of orders born near (up to 2 ticks), in the middle, deep (20 and more)
_PATIENCE: Final = [
    [0.13, 0.17, 0.24, 0.29, 0.145, 0.025],
    [0.04, 0.06, 0.15, 0.30, 0.30, 0.15],
    [0.02, 0.03, 0.06, 0.19, 0.40, 0.30],
]
HAZARD: Final = np.array([950.0, 40.0, 4.0, 0.25, 0.03, 0.003, 0.02, 0.0])  # cancels a second of patience 0 to 7
ADD_SIZES: Final = np.array([1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 50, 100], np.int64)
_ADD_SHARE_ES: Final = [
    0.595, 0.092, 0.094, 0.028, 0.110, 0.0255, 0.017, 0.009, 0.0125, 0.0045, 0.0035, 0.0030, 0.0016, 0.0007
]  # fmt: skip
_ADD_SHARE: Final = [
    0.80, 0.10, 0.04, 0.02, 0.02, 0.006, 0.003, 0.002, 0.005, 0.001, 0.0008, 0.0006, 0.0004, 0.0001
]  # fmt: skip
MARKET_SIZES: Final = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100], np.int64)
_MARKET_SHARE_ES: Final = [
    0.40, 0.115, 0.08, 0.045, 0.066, 0.050, 0.026, 0.024, 0.015, 0.022, 0.014, 0.012, 0.010, 0.007, 0.005, 0.004,
    0.005, 0.002, 0.002,
]  # fmt: skip
_MARKET_SHARE: Final = [
    0.575, 0.195, 0.088, 0.045, 0.036, 0.017, 0.009, 0.0075, 0.005, 0.0060, 0.002, 0.0016, 0.001, 0.0005, 0.0002,
    0.0001, 0.0002, 0.0001, 0.0001,
]  # fmt: skip


def cumulated(shares: list[float], *, whole: bool = True) -> Floats:
    """Running sums of shares; with ``whole`` scaled to end at 1, else what they leave is the tail's."""
    sums = np.cumsum(np.array(shares))
    return sums / sums[-1] if whole else sums


def laws(place: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Cumulated laws of an instrument by its place: distance (13,), patience (3, 6), add and market sizes."""
    is_es = place == 0
    patience = np.array([cumulated(row) for row in _PATIENCE])
    adds = cumulated(_ADD_SHARE_ES if is_es else _ADD_SHARE)
    markets = cumulated(_MARKET_SHARE_ES if is_es else _MARKET_SHARE, whole=False)
    return cumulated(_DISTANCE_SHARE), patience, adds, markets
