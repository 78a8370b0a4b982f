"""What a market order would cost now: the levels are walked until the size is filled, or the visible book ends.

Hidden and refilled size is not there, and nothing waits: latency is not modelled.

Source: ``formulas.md`` 5.5; seed 002, phase 6.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.book.readout import Book
from cockpit.errors import EngineError
from cockpit.instruments import Instrument
from cockpit.units import Floats

BUY, SELL = "buy", "sell"
ALL_LEVELS: Final = 10**9


@dataclass(frozen=True, slots=True)
class Fill:
    """A market order walked through a book.

    Attributes:
        side: ``buy`` or ``sell``.
        size: Asked for, units of the book's sizes.
        filled, unfilled: Parts of it that the visible book can and cannot fill.
        avg_price: Mean price of what is filled; None when nothing is.
        worst_price: Of the last level touched; None when nothing is filled.
        levels_consumed: Levels touched, the last one perhaps in part.
        slippage_vs_mid, slippage_vs_touch: Mean price against mid and best price, price units, positive is worse;
            None when nothing is filled, against the mid also when a side is empty.
        slippage_bps_mid: The first in 1/10,000 of the mid.
        cost_vs_mid: ``slippage_vs_mid`` times what is filled times the point value; None where that is unknown.
    """

    side: str
    size: float
    filled: float
    unfilled: float
    avg_price: float | None
    worst_price: float | None
    levels_consumed: int
    slippage_vs_mid: float | None
    slippage_vs_touch: float | None
    slippage_bps_mid: float | None
    cost_vs_mid: float | None


def levels_of(book: Book, instrument: Instrument) -> tuple[Floats, Floats, Floats, Floats]:
    """All a book shows, best first: bid prices and sizes, ask prices and sizes; float64, not ticks and lots."""
    read = book.readout(ALL_LEVELS)
    bids, asks = (np.asarray(ticks * instrument.tick, np.float64) for ticks in (read.bid_ticks, read.ask_ticks))
    bid_sizes, ask_sizes = (
        np.asarray(sizes * instrument.lot, np.float64) for sizes in (read.bid_sizes, read.ask_sizes)
    )
    return bids, bid_sizes, asks, ask_sizes


def simulate_market_order(
    bid_prices: Floats, bid_sizes: Floats, ask_prices: Floats, ask_sizes: Floats, side: str, size: float,
    point_value: float = 1.0,
) -> Fill:  # fmt: skip
    """Walk the book.

    Args:
        bid_prices, ask_prices: float64 (n,) and (m,), best first, price units; every level that is known.
        bid_sizes, ask_sizes: The same shapes, above 0.
        side: ``buy`` takes asks, ``sell`` bids.
        size: Above 0, unit of the sizes.
        point_value: Money per 1.0 of price and 1 of size; 0 when unknown.

    Raises:
        EngineError: No such side, or a size that is not above 0 and finite.
    """
    if side not in (BUY, SELL):
        raise EngineError(f"side {side!r} is neither {BUY} nor {SELL}")
    if not (size > 0 and np.isfinite(size)):
        raise EngineError(f"size {size:g} must be above 0 and finite")
    prices, sizes = (ask_prices, ask_sizes) if side == BUY else (bid_prices, bid_sizes)
    taken = _taken(sizes, size)
    filled, levels = float(taken.sum()), int(np.count_nonzero(taken))
    if not levels:
        return Fill(side, size, 0.0, size, None, None, 0, None, None, None, None)
    average = float(taken @ prices / filled)
    sign = 1.0 if side == BUY else -1.0
    middle = (bid_prices[0] + ask_prices[0]) / 2 if len(bid_prices) and len(ask_prices) else None
    from_mid = None if middle is None else float(sign * (average - middle))
    return Fill(
        side=side,
        size=size,
        filled=filled,
        unfilled=size - filled,
        avg_price=average,
        worst_price=float(prices[levels - 1]),
        levels_consumed=levels,
        slippage_vs_mid=from_mid,
        slippage_vs_touch=float(sign * (average - prices[0])),
        slippage_bps_mid=None if from_mid is None or not middle else float(from_mid / middle * 1e4),
        cost_vs_mid=None if from_mid is None or not point_value else from_mid * filled * point_value,
    )


def _taken(sizes: Floats, size: float) -> NDArray[np.float64]:
    """How much of each level is taken, float64 of the same shape."""
    before = np.concatenate([[0.0], np.cumsum(sizes, dtype=np.float64)[:-1]]) if len(sizes) else np.zeros(0)
    return np.clip(size - before, 0.0, sizes)
