"""Gamma exposure of a chain: per strike, on a ladder of spots, by days to expiry, along a path of spot and time.

Exposure of one contract is ``sign * gamma * open interest * 100 * S^2 * 0.01``: USD of the underlying that dealers
trade per 1 % move, positive when they sell rallies and buy dips, under the sign model's assumption.

Source: ``contracts.md`` 4, ``formulas.md`` 2.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options import gamma
from cockpit.engines.options.chain import Chain, series_numbers
from cockpit.engines.options.expiry import BUCKETS, bucket_of, days_to_expiry
from cockpit.engines.options.exposures import CONTRACT_UNITS, PERCENT, gamma_exposure
from cockpit.engines.options.levels import flips, ladder, wall
from cockpit.engines.options.signs import SIGN_MODELS, signs
from cockpit.errors import EngineError
from cockpit.instants import eastern_days
from cockpit.units import Floats, Times

__all__ = ["ALL", "BUCKETS", "SIGN_MODELS", "Gex", "at_spot", "exposure", "field_columns"]

ALL: Final = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Gex:
    """Gamma exposure of one chain at its spot, USD per 1 %, by one sign model over one expiry bucket.

    Attributes:
        sign, bucket: The model (``SIGN_MODELS``) and ``all`` or one of ``BUCKETS``.
        spot: Of the chain.
        total, call, put: Signed sums; the first is the sum of the others.
        strikes: float64 (k,), ascending.
        calls, puts: float64 (k,), signed sums per strike over the expiries; puts are not above 0 by default.
        call_wall, put_wall: Strikes with the largest exposure of calls and of puts within 10 % of the spot.
        abs_strike: Strike with the largest of both together; None, as the walls, when nothing is near.
        flips: Spots at which the total changes sign, the one nearest the spot first.
        ladder_spots, ladder_totals: float64 (m,), the total at other spots, with each volatility and time held.
        by_bucket: Signed total of each expiry bucket, whatever ``bucket`` is.
    """

    sign: str
    bucket: str
    spot: float
    total: float
    call: float
    put: float
    strikes: Floats
    calls: Floats
    puts: Floats
    call_wall: float | None
    put_wall: float | None
    abs_strike: float | None
    flips: tuple[float, ...]
    ladder_spots: Floats
    ladder_totals: Floats
    by_bucket: dict[str, float]


def exposure(chain: Chain, sign: str = "calls_minus_puts", bucket: str = ALL) -> Gex:
    """Exposure of a chain.

    At the chain's spot the chain's own gammas count, on the ladder Black-76 on each contract's volatility; with the
    file's greeks a contract without a volatility or past its expiry counts at the spot only.

    Raises:
        EngineError: An unknown bucket or sign model, or a sign model that needs what a chain does not carry.
    """
    factor = signs(chain, sign)
    of_bucket = bucket_of(days_to_expiry(chain.as_of_ns, chain.expiry_day))
    each = gamma_exposure(chain.gamma, factor, chain.open_interest, chain.spot)
    by_bucket = np.bincount(of_bucket, each, len(BUCKETS))
    if bucket != ALL:
        each, factor = each * (inside := of_bucket == _number(bucket)), factor * inside
    spots = ladder(chain.spot, chain.root)
    totals = ladder_totals(chain, factor, spots)
    strikes, calls, puts = per_strike(chain, each)
    call, put = float(calls.sum()), float(puts.sum())
    for array in (strikes, calls, puts, spots, totals):
        array.flags.writeable = False
    return Gex(
        sign=sign,
        bucket=bucket,
        spot=chain.spot,
        total=call + put,
        call=call,
        put=put,
        strikes=strikes,
        calls=calls,
        puts=puts,
        call_wall=wall(strikes, np.abs(calls), chain.spot),
        put_wall=wall(strikes, np.abs(puts), chain.spot),
        abs_strike=wall(strikes, np.abs(calls) + np.abs(puts), chain.spot),
        flips=flips(spots, totals, chain.spot),
        ladder_spots=spots,
        ladder_totals=totals,
        by_bucket=dict(zip(BUCKETS, by_bucket.tolist(), strict=True)),
    )


def per_strike(chain: Chain, each: Floats) -> tuple[Floats, Floats, Floats]:
    """Strikes, ascending, float64 (k,), and the sums of ``each`` contract's exposure over calls and over puts."""
    strikes, place = np.unique(chain.strike, return_inverse=True)
    calls = np.bincount(place, np.where(chain.is_call, each, 0.0), len(strikes))
    puts = np.bincount(place, np.where(chain.is_call, 0.0, each), len(strikes))
    return strikes, calls, puts


def _number(bucket: str) -> int:
    if bucket not in BUCKETS:
        raise EngineError(f"expiry bucket {bucket!r}: choose all, {', '.join(BUCKETS)}")
    return BUCKETS.index(bucket)


def at_spot(gex: Gex, spot: float) -> float | None:
    """The total at another spot, USD per 1 %, linear between the ladder's steps; None outside the ladder."""
    if not gex.ladder_spots[0] <= spot <= gex.ladder_spots[-1]:
        return None
    return float(np.interp(spot, gex.ladder_spots, gex.ladder_totals))


def ladder_totals(chain: Chain, factor: Floats, spots: Floats) -> Floats:
    """Signed total at each spot, float64 (m,), every contract's volatility and time held (sticky strike)."""
    discount = np.exp(-chain.rate * chain.years)
    weight = _weight(chain, factor)
    return gamma.signed_ladder(
        chain.spot, chain.forward, chain.strike, chain.years, discount, chain.iv, weight, spots
    )


def _weight(chain: Chain, factor: Floats) -> Floats:
    """USD per 1 % and unit of gamma times the square of the spot."""
    return factor * chain.open_interest * (CONTRACT_UNITS * PERCENT)


def field_columns(
    chain: Chain, strikes: Floats, spots: Floats, at_ns: Times, sign: str = "calls_minus_puts", bucket: str = ALL
) -> NDArray[np.float32]:
    """Exposure per strike along a path: the chain valued again at each spot and instant (``contracts.md`` 4).

    Volatilities stay with their strikes, forwards keep their carry, a contract counts nothing from its expiry on.
    An expiry's bucket is the one it is in on the day of the column: tomorrow's expiry is 0DTE tomorrow.

    Args:
        chain: With volatilities; a contract without one counts nothing.
        strikes: float64 (k,), ascending; contracts of other strikes are left out.
        spots: float64 (n,), of the underlying; a column without one (NaN) is 0.
        at_ns: int64 (n,), instants of the columns, ns UTC.
        sign, bucket: As ``exposure``.

    Returns:
        float32 (n, k), USD per 1 %, signed.

    Raises:
        EngineError: As ``exposure``; or the path's arrays differ in length.
    """
    if len(spots) != len(at_ns):
        raise EngineError(f"a path needs an instant for each spot, received {len(spots)} and {len(at_ns)}")
    weight = _weight(chain, signs(chain, sign))
    if bucket == ALL:
        return _field(chain, weight, strikes, spots, at_ns)
    number = _number(bucket)
    out = np.zeros((len(spots), len(strikes)), np.float32)
    days = eastern_days(at_ns)
    for day in np.unique(days).tolist():
        columns = np.flatnonzero(days == day)
        inside = bucket_of(chain.expiry_day - day) == number
        out[columns] = _field(chain, weight * inside, strikes, spots[columns], at_ns[columns])
    return out


def _field(chain: Chain, weight: Floats, strikes: Floats, spots: Floats, at_ns: Times) -> NDArray[np.float32]:
    if not len(strikes):
        return np.zeros((len(spots), 0), np.float32)
    place = np.minimum(np.searchsorted(strikes, chain.strike), len(strikes) - 1)
    there = np.flatnonzero((strikes[place] == chain.strike) & (weight != 0))
    series = series_numbers(chain)
    first = np.flatnonzero(np.diff(series, prepend=-1))
    return gamma.field(
        chain.spot,
        chain.as_of_ns,
        chain.rate,
        chain.expiry_ns[first],
        chain.forward[first],
        series[there],
        chain.strike[there],
        chain.iv[there],
        weight[there],
        place[there],
        len(strikes),
        spots,
        at_ns,
    )
