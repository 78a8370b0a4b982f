"""Who started a trade, where the venue does not say: tick, quote, Lee-Ready, EMO and CLNV rules.

1 is a buyer, -1 a seller, 0 unknown. CME and Binance publish the aggressor: use that.

Source: ``formulas.md`` 5.6; Lee & Ready (1991); Ellis, Michaely & O'Hara (2000); Chakrabarty, Li, Nguyen & Van Ness
(2007).
"""

from typing import Final

import numpy as np

from cockpit.units import Floats, Sizes

CLNV_SHARE: Final = 0.3  # of the spread, at either end of it


def tick_rule(prices: Floats) -> Sizes:
    """Sign of the last change of price that is not 0, int64 (n,); 0 before the first."""
    steps = np.sign(np.diff(prices, prepend=prices[:1])).astype(np.int64)
    places = np.maximum.accumulate(np.where(steps != 0, np.arange(len(steps)), -1))
    return np.where(places >= 0, steps[places], 0)


def quote_rule(prices: Floats, bids: Floats, asks: Floats) -> Sizes:
    """Above the mid a buyer, below it a seller, int64 (n,); 0 at it. Quotes strictly before each trade."""
    return np.sign(prices - (bids + asks) / 2).astype(np.int64)


def lee_ready(prices: Floats, bids: Floats, asks: Floats) -> Sizes:
    """The quote rule, and the tick rule at the mid."""
    quote = quote_rule(prices, bids, asks)
    return np.where(quote != 0, quote, tick_rule(prices))


def emo(prices: Floats, bids: Floats, asks: Floats) -> Sizes:
    """The quote rule at the exact bid and ask, the tick rule elsewhere."""
    return np.where(prices == asks, 1, np.where(prices == bids, -1, tick_rule(prices)))


def clnv(prices: Floats, bids: Floats, asks: Floats) -> Sizes:
    """The quote rule in the outer 30 % of the spread on either side, the tick rule elsewhere and outside it."""
    reach = CLNV_SHARE * (asks - bids)
    buys = (prices >= asks - reach) & (prices <= asks)
    sells = (prices <= bids + reach) & (prices >= bids)
    return np.where(buys, 1, np.where(sells, -1, tick_rule(prices)))
