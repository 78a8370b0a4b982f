"""An option chain solved: implied forwards, volatilities and greeks of the contracts that count.

What does not count is dropped for exactly one reason, the first that applies:

``duplicate``  the contract stands in the snapshot twice; the first row counts.
``expired``    the as-of is at or past its expiry (kept with the file's greeks, which keep what the file keeps).
``zero_oi``    nobody holds it, or the file does not say how many do.
``crossed``    no volatility from anywhere, and its bid is above its ask.
``no_bid``     no volatility from anywhere, and nobody bids for it.
``no_iv``      no volatility from anywhere: its spread fails the hygiene, its mid has no root, the file has none.

Quote hygiene: bid above 0, ask not below it, and the spread at most half the mid or at most three ticks. Options
on SPX and every root not named in ``PENNY_ROOTS`` tick 0.05 below 3.00 and 0.10 from there; the named ones 0.01.

Source: ``contracts.md`` 4, ``formulas.md`` 1.2 and 1.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.black import greeks as greeks_of
from cockpit.engines.options.expiry import years_between
from cockpit.engines.options.forward import series_forwards
from cockpit.engines.options.implied_vol import implied_vol
from cockpit.engines.options.listing import Listing, listing
from cockpit.errors import EngineError
from cockpit.units import NO_TIME, Floats, Rows, Times

RATE: Final = 0.04  # continuously compounded; only for discounting (``contracts.md`` 4)
GREEKS: Final = ("own", "file")
DUPLICATE: Final = "duplicate"
EXPIRED: Final = "expired"
ZERO_OI: Final = "zero_oi"
CROSSED: Final = "crossed"
NO_BID: Final = "no_bid"
NO_IV: Final = "no_iv"

WIDEST_FRAC: Final = 0.5  # of the mid a spread may be
WIDEST_TICKS: Final = 3  # or this many ticks
PENNY_ROOTS: Final = frozenset({b"SPY", b"QQQ", b"IWM", b"XSP", b"DIA"})
PENNY_TICK: Final = 0.01
LOW_TICK: Final = 0.05  # below
TICK_BORDER: Final = 3.00
HIGH_TICK: Final = 0.10  # from there
_SLACK: Final = 1e-9  # a spread of three ticks is three ticks in binary too


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The contracts that count, by expiry (then root), strike and right (calls first); arrays (n,), read-only.

    Attributes:
        root: Of the underlying, ``SPX``.
        as_of_ns: Instant it is valued at, ns UTC.
        spot: Of the underlying.
        rate: For discounting, continuously compounded.
        greeks: ``own``, or ``file``: gamma and delta as the file has them.
        strike: float64, price units of the underlying.
        iv: float64, decimal per sqrt(year); NaN only with the file's greeks, where the file has none.
        gamma: float64, d2V/dS2 per 1.0 of the underlying, at the spot.
        delta: float64, dV/dS at the spot.
        open_interest: float64, contracts, above 0.
        forward: float64, of its expiry.
        years: float64, to expiry; at or below 0 only with the file's greeks.
        is_call: bool.
        expiry_ns: int64, instant of expiry.
        expiry_day: int64, days since 1970-01-01.
        is_own_iv: bool, the volatility is from the contract's own mid, else the file's.
        listed: Contracts in the snapshot.
        expiries: Expiry dates in the snapshot.
        dropped: How many do not count, by reason; see the module.
        warnings: What is doubtful, one line each.
    """

    root: str
    as_of_ns: int
    spot: float
    rate: float
    greeks: str
    strike: Floats
    iv: Floats
    gamma: Floats
    delta: Floats
    open_interest: Floats
    forward: Floats
    years: Floats
    is_call: NDArray[np.bool_]
    expiry_ns: Times
    expiry_day: Times
    is_own_iv: NDArray[np.bool_]
    listed: int
    expiries: int
    dropped: Mapping[str, int]
    warnings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.strike)


def series_numbers(chain: Chain) -> Times:
    """Number of each contract's series among those that count, int64 (n,), ascending from 0."""
    moved = (np.diff(chain.expiry_ns) != 0) | (np.diff(chain.forward) != 0)
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(moved)))


def solve_chain(
    rows: Rows,
    *,
    root: str,
    as_of_ns: int | None = None,
    spot: float | None = None,
    rate: float = RATE,
    greeks: str = "own",
    listed: Listing | None = None,
) -> Chain:
    """Forwards, volatilities and greeks of one snapshot.

    Args:
        rows: Kind.CHAIN of one snapshot.
        root: Of the underlying.
        as_of_ns: Instant to value it at; None: the snapshot's own clock.
        spot: Of the underlying; None: the file's.
        rate: For discounting.
        greeks: ``own``, or ``file`` to check parsing apart from mathematics.
        listed: ``listing(rows)`` where it is at hand.

    Raises:
        EngineError: Nothing can be done: no rows, no spot, no instant, unknown greeks, or no contract counts.
    """
    if greeks not in GREEKS:
        raise EngineError(f"greeks {greeks!r}: own or file")
    if not np.isfinite(rate):
        raise EngineError(f"rate {rate} is no rate")
    found = listing(rows) if listed is None else listed
    at_ns = _instant(rows) if as_of_ns is None else as_of_ns
    price = _spot(rows, root) if spot is None else spot
    if not (np.isfinite(price) and price > 0):
        raise EngineError(f"spot {price} of {root} is not above 0")
    years = np.asarray(years_between(at_ns, found.expiry_ns), np.float64)
    forward, warnings = series_forwards(found, years, rate, price)
    solve = _own if greeks == "own" else _from_file
    return solve(_Problem(root, at_ns, price, rate, found, years, forward, warnings))


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """What both ways of getting greeks begin with; ``years`` and ``forward`` are (s,), by series."""

    root: str
    at_ns: int
    spot: float
    rate: float
    listed: Listing
    years: Floats
    forward: Floats
    warnings: tuple[str, ...]


def _instant(rows: Rows) -> int:
    clock = int(rows["clock_ns"][-1])
    if clock == NO_TIME:
        raise EngineError("the chain has no time of its own and no as-of was given")
    return clock


def _spot(rows: Rows, root: str) -> float:
    known = rows["spot"][np.isfinite(rows["spot"])]
    if not len(known):
        raise EngineError(f"the chain has no spot of {root} and none was given")
    return float(known[-1])


# volatilities and greeks


def passes_hygiene(bid: Floats, ask: Floats, is_penny: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether quotes are good enough for a volatility, bool (n,); see the module."""
    spread = ask - bid
    tick = np.where(is_penny, PENNY_TICK, np.where(bid < TICK_BORDER, LOW_TICK, HIGH_TICK))
    narrow = (spread <= WIDEST_FRAC * (bid + ask) / 2) | (spread <= WIDEST_TICKS * tick + _SLACK)
    return (bid > 0) & (spread >= 0) & narrow


def _own(problem: _Problem) -> Chain:
    listed, spot, rate = problem.listed, problem.spot, problem.rate
    expired = problem.years[listed.series] <= 0
    zero = ~(listed.open_interest > 0)
    alive = np.flatnonzero(~expired & ~zero)
    iv, is_own = _volatilities(problem, alive)
    lost = np.isnan(iv)
    dropped = {
        EXPIRED: np.count_nonzero(expired),
        ZERO_OI: np.count_nonzero(zero & ~expired),
        **_lost(listed.bid[alive[lost]], listed.ask[alive[lost]]),
    }
    keep, iv, is_own = alive[~lost], iv[~lost], is_own[~lost]
    series = listed.series[keep]
    years, strike, is_call = problem.years[series], listed.strike[keep], listed.is_call[keep]
    carry = rate - np.log(problem.forward[series] / spot) / years
    found = greeks_of(spot, strike, years, rate, carry, iv, is_call)
    return _chain(problem, "own", keep, iv, found.gamma, found.delta, is_own, dropped)


def _volatilities(problem: _Problem, places: Times) -> tuple[Floats, NDArray[np.bool_]]:
    """Volatility of the contracts at ``places``, NaN where there is none, and whether it is from their own mid."""
    listed = problem.listed
    bid, ask, series = listed.bid[places], listed.ask[places], listed.series[places]
    is_penny = np.array([root in PENNY_ROOTS for root in listed.roots.tolist()])[series]
    clean = np.flatnonzero(passes_hygiene(bid, ask, is_penny))
    years, at = problem.years[series[clean]], places[clean]
    own = np.full(len(places), np.nan)
    own[clean] = implied_vol(
        (bid[clean] + ask[clean]) / 2,
        problem.forward[series[clean]],
        listed.strike[at],
        years,
        np.exp(-problem.rate * years),
        listed.is_call[at],
    )
    is_own = own > 0
    theirs = listed.iv[places]
    return np.where(is_own, own, np.where(theirs > 0, theirs, np.nan)), is_own


def _lost(bid: Floats, ask: Floats) -> dict[str, Any]:
    """How many contracts without a volatility there are for each reason."""
    crossed = (bid > ask) & (ask > 0)
    no_bid = ~crossed & ~(bid > 0)
    return {
        CROSSED: np.count_nonzero(crossed),
        NO_BID: np.count_nonzero(no_bid),
        NO_IV: np.count_nonzero(~crossed & ~no_bid),
    }


def _from_file(problem: _Problem) -> Chain:
    listed = problem.listed
    zero = ~(listed.open_interest > 0)
    unknown = ~np.isfinite(listed.gamma)
    keep = np.flatnonzero(~zero & ~unknown)
    dropped = {ZERO_OI: np.count_nonzero(zero), NO_IV: np.count_nonzero(unknown & ~zero)}
    iv = np.where(listed.iv[keep] > 0, listed.iv[keep], np.nan)
    is_own = np.zeros(len(keep), np.bool_)
    return _chain(problem, "file", keep, iv, listed.gamma[keep], listed.delta[keep], is_own, dropped)


def _chain(
    problem: _Problem,
    greeks: str,
    keep: Times,
    iv: Floats,
    gamma: Floats,
    delta: Floats,
    is_own_iv: NDArray[np.bool_],
    dropped: Mapping[str, Any],
) -> Chain:
    listed = problem.listed
    counts = {name: int(count) for name, count in {DUPLICATE: listed.duplicates, **dropped}.items() if count}
    if not len(keep):
        why = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        raise EngineError(f"no contract of the {problem.root} chain counts ({why})")
    series = listed.series[keep]
    columns: dict[str, Any] = {
        "strike": listed.strike[keep],
        "iv": iv,
        "gamma": gamma,
        "delta": delta,
        "open_interest": listed.open_interest[keep],
        "forward": problem.forward[series],
        "years": problem.years[series],
        "is_call": listed.is_call[keep],
        "expiry_ns": listed.expiry_ns[series],
        "expiry_day": listed.expiry_day[series],
        "is_own_iv": is_own_iv,
    }
    for column in columns.values():
        column.flags.writeable = False
    return Chain(
        root=problem.root,
        as_of_ns=problem.at_ns,
        spot=problem.spot,
        rate=problem.rate,
        greeks=greeks,
        listed=len(listed) + listed.duplicates,
        expiries=len(np.unique(listed.expiry_day)),
        dropped=MappingProxyType(counts),
        warnings=problem.warnings,
        **columns,
    )
