"""The VIX of a chain by the Cboe method: model-free variance of two expiries, interpolated to thirty days.

Source: ``formulas.md`` 3.1; Cboe VIX white paper (2014/15 edition).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.engines.options.chain import RATE
from cockpit.engines.options.expiry import MINUTES_PER_YEAR, is_morning_settled
from cockpit.engines.options.forward import forwards, money_place
from cockpit.engines.options.listing import Listing, StrikeQuotes, listing
from cockpit.errors import EngineError
from cockpit.instants import eastern_days, eastern_wall
from cockpit.units import NS_PER_MIN, Floats, Rows

MINUTES_30_DAYS: Final = 43_200
NEAR_DAYS: Final = range(24, 31)  # more than 23 days: each range holds one Friday
NEXT_DAYS: Final = range(31, 38)  # up to the Friday that is 37 days away on a Wednesday
FRIDAY: Final = 4
FEWEST: Final = 10  # strikes without which a sum is no variance


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The options of one expiry that make its variance, and what comes of them.

    Attributes:
        years: To expiry, minutes / 525,600.
        forward: By parity where call and put differ least.
        k0: Highest strike at or below the forward.
        strikes: float64 (n,), selected ones, ascending: puts below ``k0``, calls above it, both there.
        prices: float64 (n,), mids, at ``k0`` the mean of both.
        contributions: float64 (n,), ``dK / K^2 e^(rT) Q(K)``.
        puts, calls: How many of each, ``k0`` not counted.
        sigma2: Variance per year.
    """

    years: float
    forward: float
    k0: float
    strikes: Floats
    prices: Floats
    contributions: Floats
    puts: int
    calls: int
    sigma2: float


@dataclass(frozen=True, slots=True)
class Term:
    """One of the two expiries: its instant, forward, K0, variance per year and how many strikes make it."""

    expiry_ns: int
    forward: float
    k0: float
    sigma2: float
    strikes: int


@dataclass(frozen=True, slots=True)
class ChainVix:
    """The VIX of a chain.

    Attributes:
        value: In points; None when there is none.
        near, next: What it is made of; None when there is none.
        note: Why there is no value, or what is doubtful about it; empty when nothing is.
    """

    value: float | None
    near: Term | None = None
    next: Term | None = None
    note: str = ""


def chain_vix(rows: Rows, as_of_ns: int, rate: float = RATE, listed: Listing | None = None) -> ChainVix:
    """The VIX of one snapshot.

    Near and next are the Fridays 24 to 30 and 31 to 37 days ahead (the Thursday before, where a Friday is a
    holiday): the monthly settled in the morning where there is one, else the weekly. Where such a pair is
    missing, the last usable expiry up to thirty days and the first one beyond, and the note says so.

    Args:
        rows: Kind.CHAIN of one snapshot.
        as_of_ns: Instant, ns UTC.
        rate: Continuously compounded, of both terms.
        listed: ``listing(rows)`` where it is at hand.
    """
    try:
        listed = listing(rows) if listed is None else listed
    except EngineError as error:
        return ChainVix(None, note=str(error))
    minutes = minutes_to(listed, as_of_ns)
    notes: list[str] = []
    numbers = _fridays(listed, as_of_ns)
    strips = [_usable(listed, minutes, rate, at) for at in numbers]
    if None in strips:
        notes.append(f"not from Cboe's pair of Fridays: {_lack(numbers, strips)}")
        numbers, strips = _around(listed, minutes, rate)
    names = listed.root_names
    roots = sorted({names[at] for at in numbers if at is not None} - {"SPX", "SPXW"})
    if roots:
        notes.append(f"of {' and '.join(roots)} options, not of SPX")
    (near_at, next_at), (near, next_) = numbers, strips
    if near is None or next_ is None or near_at is None or next_at is None:
        side = "up to" if near is None else "beyond"
        return ChainVix(None, note="; ".join([*notes, f"no usable expiry {side} 30 days"]))
    variance = thirty_day_variance(near.sigma2, int(minutes[near_at]), next_.sigma2, int(minutes[next_at]))
    terms = [
        Term(int(listed.expiry_ns[at]), each.forward, each.k0, each.sigma2, len(each.strikes))
        for at, each in ((near_at, near), (next_at, next_))
    ]
    if not variance > 0:
        return ChainVix(None, *terms, note="; ".join([*notes, f"30-day variance {variance:g} is not above 0"]))
    return ChainVix(100 * float(np.sqrt(variance)), *terms, note="; ".join(notes))


def minutes_to(listed: Listing, as_of_ns: int) -> NDArray[np.int64]:
    """Whole minutes from an instant to each series' settlement, int64 (s,), by New York's clocks.

    Cboe adds up the minutes to midnight, those from midnight to settlement and 1,440 for each day between, so a
    change of the clocks in between does not count.
    """
    wall = eastern_wall(np.append(listed.expiry_ns, as_of_ns))
    return (wall[:-1] - wall[-1]) // NS_PER_MIN


def thirty_day_variance(near: float, near_minutes: int, next_: float, next_minutes: int) -> float:
    """Variance per year over thirty days from those of two terms: total variance is linear in time between them."""
    share = (next_minutes - MINUTES_30_DAYS) / (next_minutes - near_minutes)
    total = near * near_minutes * share + next_ * next_minutes * (1 - share)
    return total / MINUTES_30_DAYS


def strip(quotes: StrikeQuotes, years: float, rate: float) -> Strip | None:
    """Variance of one expiry.

    Puts are taken downwards from K0, calls upwards; an option nobody bids for is left out, and after two of them
    in a row nothing further is used. A quote whose ask is below its bid is left out without ending the walk.

    Args:
        quotes: Of one expiry.
        years: To expiry, above 0.
        rate: Continuously compounded.

    Returns:
        None when the forward or K0 cannot be found, or fewer than two strikes remain.
    """
    call_mids, put_mids, strikes = quotes.call_mids, quotes.put_mids, quotes.strikes
    good = quotes.is_two_sided
    place = money_place(np.where(good, call_mids, np.nan), put_mids)
    if place is None:
        return None
    forward = float(forwards(strikes, call_mids, put_mids, years, rate)[place])
    both = np.flatnonzero((strikes <= forward) & ~np.isnan(call_mids + put_mids))
    if not len(both):
        return None
    middle = int(both[-1])
    below, above = np.arange(middle - 1, -1, -1), np.arange(middle + 1, len(strikes))
    puts = _walk(below, quotes.put_bids, quotes.put_asks)[::-1]
    calls = _walk(above, quotes.call_bids, quotes.call_asks)
    used = np.concatenate((puts, [middle], calls))
    if len(used) < 2:
        return None
    chosen, k0 = strikes[used], float(strikes[middle])
    prices = np.concatenate((put_mids[puts], [(call_mids[middle] + put_mids[middle]) / 2], call_mids[calls]))
    contributions = _widths(chosen) / chosen**2 * np.exp(rate * years) * prices
    sigma2 = (2 * float(contributions.sum()) - (forward / k0 - 1) ** 2) / years
    return Strip(years, forward, k0, chosen, prices, contributions, len(puts), len(calls), sigma2)


def _walk(places: NDArray[np.int64], bids: Floats, asks: Floats) -> NDArray[np.int64]:
    """Places that count, walking away from the money; options that are not listed are not there."""
    listed = places[~np.isnan(bids[places])]
    zero = ~(bids[listed] > 0)
    pairs = np.flatnonzero(zero[:-1] & zero[1:])
    end = int(pairs[0]) if len(pairs) else len(listed)
    kept = listed[:end]
    return kept[~zero[:end] & (asks[kept] >= bids[kept])]


def _widths(strikes: Floats) -> Floats:
    """Half the distance between the neighbours of each selected strike; at the ends, to the only neighbour."""
    steps = np.diff(strikes)
    return np.concatenate((steps[:1], (steps[:-1] + steps[1:]) / 2, steps[-1:]))


# which expiries


def _usable(listed: Listing, minutes: NDArray[np.int64], rate: float, at: int | None) -> Strip | None:
    """The variance of a series, or None where its strikes are too few."""
    if at is None or minutes[at] <= 0:
        return None
    made = strip(listed.of_series(at), float(minutes[at]) / MINUTES_PER_YEAR, rate)
    return made if made is not None and len(made.strikes) >= FEWEST else None


def _fridays(listed: Listing, as_of_ns: int) -> list[int | None]:
    today = int(eastern_days(np.asarray(as_of_ns, np.int64)))
    return [_friday(listed, today, days) for days in (NEAR_DAYS, NEXT_DAYS)]


def _friday(listed: Listing, today: int, days: range) -> int | None:
    """Number of the series of the Friday among those days."""
    friday = next(today + each for each in days if (today + each + 3) % 7 == FRIDAY)  # 1970-01-01 was a Thursday
    for day in (friday, friday - 1):
        there = np.flatnonzero(listed.expiry_day == day)
        if len(there):
            morning = there[is_morning_settled(listed.roots[there])]
            return int(morning[0] if len(morning) else there[0])
    return None


def _lack(numbers: list[int | None], strips: list[Strip | None]) -> str:
    names = ("near", "next")
    which = [name for name, each in zip(names, strips, strict=True) if each is None]
    what = "not listed" if any(number is None for number in numbers) else "without usable quotes"
    return f"{' and '.join(which)} {what}"


def _around(
    listed: Listing, minutes: NDArray[np.int64], rate: float
) -> tuple[list[int | None], list[Strip | None]]:
    """The last series up to thirty days and the first beyond that have a variance of enough strikes."""
    order = np.argsort(minutes, kind="stable")
    early = order[(minutes[order] > 0) & (minutes[order] <= MINUTES_30_DAYS)][::-1]
    late = order[minutes[order] > MINUTES_30_DAYS]
    found = [_first_usable(listed, minutes, rate, side.tolist()) for side in (early, late)]
    return [at for at, _ in found], [made for _, made in found]


def _first_usable(
    listed: Listing, minutes: NDArray[np.int64], rate: float, numbers: list[int]
) -> tuple[int | None, Strip | None]:
    for at in numbers:
        made = _usable(listed, minutes, rate, at)
        if made is not None:
            return at, made
    return None, None
