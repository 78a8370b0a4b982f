"""The grid prices of a table really lie on, where nothing says a tick or some prices lie between its ticks."""

from dataclasses import replace
from math import gcd
from typing import Final

import numpy as np

from cockpit.feeds.files.columns import MISSING
from cockpit.instruments import Instrument
from cockpit.units import NANO, Sizes

_MANY: Final = 50
COIN_LOT: Final = NANO // 10**8  # 1e-8 of a coin, the unit of most venues


def divisor(nano: Sizes) -> int:
    """Greatest common divisor of prices in 1e-9, int64 (n,), MISSING left out; 0 where all are 0 or missing."""
    there = np.abs(np.unique(nano[nano != MISSING]))
    return int(np.gcd.reduce(there)) if len(there) else 0


def fine_enough(instrument: Instrument, nano: Sizes) -> Instrument:
    """The instrument with its tick, or with the coarsest finer one on which all prices lie.

    Hidden orders of shares trade at half cents; a price in ticks has to be able to say so.
    """
    tick = gcd(instrument.tick_nano, divisor(nano))
    if tick == instrument.tick_nano:
        return instrument
    return replace(instrument, tick_nano=tick, decimals=decimals(tick), display="decimal", origin="inferred")


def inferred(symbol: str, name: str, nano: Sizes, kind: str, lot_nano: int = NANO) -> Instrument:
    """An instrument whose tick is the common divisor of all its prices, a cent where there is none.

    Few different prices say little: then it is at most 1.0.
    """
    tick = divisor(nano) or NANO // 100
    tick = tick if len(np.unique(nano)) > _MANY else gcd(tick, NANO)
    raw = symbol.rpartition(".")[0]
    places = decimals(tick)
    return Instrument(symbol, raw, name, tick, places, kind=kind, origin="inferred", lot_nano=lot_nano)


def decimals(tick_nano: int) -> int:
    """Decimals it takes to write multiples of a tick."""
    return max(0, 9 - (len(str(tick_nano)) - len(str(tick_nano).rstrip("0"))))
