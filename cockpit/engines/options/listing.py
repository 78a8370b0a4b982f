"""A chain's snapshot in order: contracts sorted by expiry, strike and right, and the table of quotes by strike.

A series is what trades under one root and expires at one instant: SPX of the morning and SPXW of the afternoon of
one day are two series, and are never mixed (``formulas.md`` 1.3).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.expiry import expiry_instants
from cockpit.errors import EngineError
from cockpit.events.dtypes import CALL
from cockpit.units import Floats, Rows, Times

STRIKE_STEPS: Final = 1_000  # option symbols carry strikes in thousandths
HIGHEST_NUMBER: Final = 1e12
_STRIKE_BITS: Final = 42  # of a sort key: strike in thousandths and right; leaves 2^21 series
_HIGHEST_STRIKE: Final = 1 << 40


@dataclass(frozen=True, slots=True, eq=False)
class StrikeQuotes:
    """Quotes of one expiry by strike, USD per unit of the underlying.

    Attributes:
        strikes: float64 (k,), ascending, each once.
        call_bids, call_asks, put_bids, put_asks: float64 (k,); NaN where the right is not listed or not quoted.
    """

    strikes: Floats
    call_bids: Floats
    call_asks: Floats
    put_bids: Floats
    put_asks: Floats

    @property
    def call_mids(self) -> Floats:
        """Half way between bid and ask, also where nobody bids; NaN where unknown."""
        return (self.call_bids + self.call_asks) / 2

    @property
    def put_mids(self) -> Floats:
        """Half way between bid and ask, also where nobody bids; NaN where unknown."""
        return (self.put_bids + self.put_asks) / 2

    @property
    def is_two_sided(self) -> NDArray[np.bool_]:
        """Where both rights have a bid above 0 and an ask not below it, bool (k,)."""
        call = (self.call_bids > 0) & (self.call_asks >= self.call_bids)
        return call & (self.put_bids > 0) & (self.put_asks >= self.put_bids)


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Every contract of one snapshot once, by series, strike and right (calls first); arrays of (n,) or (s,).

    Attributes:
        strike, bid, ask, open_interest, iv, delta, gamma: float64 (n,), as the rows have them; NaN where a quote,
            an open interest, a volatility or a gamma is none that can be.
        is_call: bool (n,).
        series: int64 (n,), number of the series, ascending.
        roots: S8 (s,), root of each series.
        expiry_day: int64 (s,), days since 1970-01-01.
        expiry_ns: int64 (s,), ascending.
        strikes: float64 (k,), distinct strikes of the first series, then of the second, ...
        quotes: float64 (4, k): call bids, call asks, put bids, put asks at them; NaN where there is none.
        bounds: int64 (s + 1,), where each series begins in ``strikes``.
        duplicates: Rows that repeat a contract; the first of them counts.
    """

    strike: Floats
    bid: Floats
    ask: Floats
    open_interest: Floats
    iv: Floats
    delta: Floats
    gamma: Floats
    is_call: NDArray[np.bool_]
    series: Times
    roots: NDArray[np.bytes_]
    expiry_day: Times
    expiry_ns: Times
    strikes: Floats
    quotes: Floats
    bounds: Times
    duplicates: int

    def __len__(self) -> int:
        return len(self.strike)

    @property
    def root_names(self) -> list[str]:
        """Root of each series as text."""
        return [str(name, "ascii") for name in self.roots.tolist()]

    def of_series(self, number: int) -> StrikeQuotes:
        """Quotes of one series by strike."""
        span = slice(self.bounds[number], self.bounds[number + 1])
        return StrikeQuotes(self.strikes[span], *self.quotes[:, span])


def listing(rows: Rows) -> Listing:
    """Bring the CHAIN rows of one snapshot into order.

    Raises:
        EngineError: No rows, or a strike that no option symbol can carry.
    """
    if not len(rows):
        raise EngineError("an option chain needs at least one contract, received none")
    strike = np.ascontiguousarray(rows["strike"])
    if not ((strike > 0) & (strike < _HIGHEST_STRIKE / STRIKE_STEPS)).all():
        raise EngineError(f"strike {strike[~(strike > 0)][:1]} is not above 0 and below 1e9")
    is_call = rows["right"] == CALL
    series, roots, days, instants = _series(rows)
    key = (series << _STRIKE_BITS) + (np.rint(strike * STRIKE_STEPS).astype(np.int64) << 1) + ~is_call
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    first = np.concatenate(([True], sorted_key[1:] != sorted_key[:-1]))
    order, sorted_key = order[first], sorted_key[first]
    column = {name: _known(rows[name][order]) for name in ("bid", "ask", "open_interest", "iv", "gamma")}
    strike, is_call, series = strike[order], is_call[order], series[order]
    strikes, quotes, bounds = _table(sorted_key >> 1, strike, is_call, column["bid"], column["ask"], len(roots))
    return Listing(
        strike=strike,
        is_call=is_call,
        series=series,
        roots=roots,
        expiry_day=days,
        expiry_ns=instants,
        strikes=strikes,
        quotes=quotes,
        bounds=bounds,
        delta=rows["delta"][order],
        duplicates=len(rows) - len(order),
        **column,
    )


def _known(values: Floats) -> Floats:
    """The values, NaN where one is below 0 or beyond anything a market prints."""
    return np.where((values >= 0) & (values < HIGHEST_NUMBER), values, np.nan)


def _series(rows: Rows) -> tuple[Times, NDArray[np.bytes_], Times, Times]:
    """Number of each row's series, and root, day and instant of each series in the order of expiry.

    Files list most contracts of a series side by side, so the distinct ones are looked for among runs, not rows.
    """
    root, day = np.ascontiguousarray(rows["root"]), rows["expiry_day"].astype(np.int64)
    name = root.view(">u8").astype(np.uint64)  # in the order of its letters
    places = _changes(name, day)
    root, name, day = root[places], name[places], day[places]
    instant = np.asarray(expiry_instants(root, day), np.int64)
    # by columns: numpy compares records one at a time and keeps every other thread waiting for them
    order = np.lexsort((day, name, instant))
    first = _changes(instant[order], name[order], day[order])
    of_run = np.empty(len(order), np.int64)
    of_run[order] = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
    known = order[first]
    return np.repeat(of_run, np.diff(np.append(places, len(rows)))), root[known], day[known], instant[known]


def _changes(*columns: NDArray[np.generic]) -> Times:
    """Where a row differs in any column from the one before it; the first always does."""
    changed = np.zeros(len(columns[0]), np.bool_)
    changed[0] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changed)


def _table(
    key: Times, strike: Floats, is_call: NDArray[np.bool_], bid: Floats, ask: Floats, count: int
) -> tuple[Floats, Floats, Times]:
    """Distinct strikes by series, the four quotes at each, and where each of ``count`` series begins."""
    begins = np.concatenate(([True], key[1:] != key[:-1]))
    place = np.cumsum(begins) - 1
    strikes = strike[begins]
    quotes = np.full((4, len(strikes)), np.nan)
    calls, puts = np.flatnonzero(is_call), np.flatnonzero(~is_call)
    quotes[0, place[calls]], quotes[1, place[calls]] = bid[calls], ask[calls]
    quotes[2, place[puts]], quotes[3, place[puts]] = bid[puts], ask[puts]
    series = key[begins] >> (_STRIKE_BITS - 1)
    return strikes, quotes, np.searchsorted(series, np.arange(count + 1)).astype(np.int64)
