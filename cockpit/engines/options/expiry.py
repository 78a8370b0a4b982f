"""When option series expire, and how much time is left until then.

Series settled in the morning end with the opening prints of their day, all others with the close of New York's
cash session: at 13:00 on a day that closes early. A listed day without a session (the third Friday on Good Friday,
the Saturday of old symbols) means the last session before it.

Source: ``formulas.md`` 1.3, ``contracts.md`` 2 (buckets) and 9 (calendars).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.calendars import calendar_of
from cockpit.errors import EngineError
from cockpit.instants import eastern_days
from cockpit.units import NS_PER_MIN, Floats, Times

MINUTES_PER_YEAR: Final = 525_600  # ACT/365, exact instants
# settled by the special opening quotation; their weekly and daily series have roots of their own (SPXW, NDXP, RUTW)
MORNING_ROOTS: Final = (b"SPX", b"NDX", b"RUT", b"DJX", b"VIX", b"VIXW")

BUCKETS: Final = ("0dte", "1-5", "6-30", ">30")  # by calendar days to expiry
_BUCKET_STARTS: Final = np.array([1, 6, 31])


def is_morning_settled(roots: NDArray[np.bytes_]) -> NDArray[np.bool_]:
    """Whether series of these roots (``S8``, of the option symbol) end with the opening prints."""
    return np.isin(roots, MORNING_ROOTS)


def expiry_instants(roots: NDArray[np.bytes_], days: NDArray[np.integer]) -> Times:
    """The instant from which a contract has no time left.

    Args:
        roots: S8 (n,), of the option symbols: ``SPX`` and ``SPXW`` differ.
        days: Whole days since 1970-01-01 (n,), the listed expiry dates.

    Returns:
        int64 (n,), ns UTC.

    Raises:
        EngineError: The arrays differ in length, or the calendar does not reach a day.

    Source: ``formulas.md`` 1.3.
    """
    if len(roots) != len(days):
        raise EngineError(f"expiry instants need a day per root, received {len(roots)} and {len(days)}")
    sessions = calendar_of("xnys")
    first, last = sessions.trade_days[0], sessions.trade_days[-1]
    dates = days.astype("datetime64[D]")
    if len(dates) and not first <= dates.min() <= dates.max() <= last:
        raise EngineError(f"expiry dates from {dates.min()} to {dates.max()}: sessions are known {first} to {last}")
    at = np.searchsorted(sessions.trade_days, dates, side="right") - 1
    return np.where(is_morning_settled(roots), sessions.opens[at], sessions.closes[at])


def years_between(as_of_ns: Times | int, expiry_ns: Times | int) -> Floats:
    """Time to expiry in ACT/365 years, minutes of UTC / 525,600; below 0 when it has passed.

    Args:
        as_of_ns, expiry_ns: int64 instants, ns UTC, that broadcast.

    Source: ``formulas.md`` 1.3.
    """
    elapsed = np.asarray(expiry_ns, np.int64) - np.asarray(as_of_ns, np.int64)
    return elapsed / NS_PER_MIN / MINUTES_PER_YEAR


def days_to_expiry(as_of_ns: int, days: NDArray[np.integer]) -> NDArray[np.int64]:
    """Calendar days on New York's clock until each listed expiry date, int64; 0 is today, below 0 is past.

    Args:
        as_of_ns: ns UTC.
        days: Whole days since 1970-01-01.
    """
    return days.astype(np.int64) - int(eastern_days(np.asarray(as_of_ns, np.int64)))


def bucket_of(days_left: NDArray[np.integer]) -> NDArray[np.int64]:
    """Place in ``BUCKETS`` of calendar days to expiry, int64; what is past counts as the first."""
    return np.searchsorted(_BUCKET_STARTS, days_left, side="right").astype(np.int64)
