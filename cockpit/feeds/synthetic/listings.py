"""Which SPX options are listed on a day: expiries of both roots, and the strikes of each.

SPX is settled with the opening prints of its day, SPXW with the close of it. A day without a session hands its
expiry to the session before. Counts by kind and distance follow the chains of seven days (``market-model.md`` 1).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.calendars import calendar_of
from cockpit.units import Floats, Times

AM_ROOT: Final = b"SPX"
PM_ROOT: Final = b"SPXW"

DAILY, FRIDAY, MONTH_END, MONTHLY_PM, SERIAL, QUARTERLY, DECEMBER = range(7)  # kinds of expiry

_DAILY_DAYS: Final = 36  # calendar days ahead with an expiry every session
_FRIDAY_DAYS: Final = 46
_PM_MONTHS: Final = 5  # months ahead whose third Friday has an afternoon series too
_MONTH_ENDS: Final = 4  # month ends from the first beyond the dailies on; then those of quarters
_QUARTER_END_MONTHS: Final = 11
_SERIAL_MONTHS: Final = 12
_HALF_YEARS: Final = 22  # months ahead to which Junes are listed too
_MONTHS: Final = 61
_FRIDAY_WEEKDAY: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Expiries:
    """Series of one day in the order they expire; arrays (n,).

    Attributes:
        day: int64, listed date, days since 1970-01-01.
        at_ns: int64, instant of expiry, ns UTC, ascending.
        is_morning: bool, root SPX.
        kind: int64, DAILY to DECEMBER.
    """

    day: Times
    at_ns: Times
    is_morning: NDArray[np.bool_]
    kind: Times

    def __len__(self) -> int:
        return len(self.day)

    @property
    def roots(self) -> NDArray[np.bytes_]:
        """S8 (n,), roots of the option symbols."""
        return np.where(self.is_morning, AM_ROOT, PM_ROOT).astype("S8")


def expiries(day: int) -> Expiries:
    """The series listed on a day.

    Args:
        day: Days since 1970-01-01; need not be a session.
    """
    found: dict[tuple[int, bool], int] = {}
    sessions = _sessions(day, day + _FRIDAY_DAYS)
    for each in sessions.tolist():
        is_friday = (each + 3) % 7 == _FRIDAY_WEEKDAY  # 1970-01-01 was a Thursday
        if each - day <= _DAILY_DAYS or is_friday:
            found[each, False] = FRIDAY if is_friday else DAILY
    _add_month_ends(found, day)
    _add_third_fridays(found, day)
    keys = list(found)
    days = np.array([key[0] for key in keys], np.int64)
    morning = np.array([key[1] for key in keys], np.bool_)
    kinds = np.array([found[key] for key in keys], np.int64)
    at_ns = expiry_instants(days, morning)
    order = np.argsort(at_ns, kind="stable")
    return Expiries(days[order], at_ns[order], morning[order], kinds[order])


def expiry_instants(days: Times, is_morning: NDArray[np.bool_]) -> Times:
    """The instant from which a series has no time left, ns UTC, int64 (n,)."""
    calendar = calendar_of("xnys")
    at = np.searchsorted(calendar.trade_days, days.astype("datetime64[D]"), side="right") - 1
    return np.where(is_morning, calendar.opens[at], calendar.closes[at])


def _sessions(first: int, last: int) -> Times:
    """Days with a session from ``first`` to ``last``, days since 1970-01-01."""
    days = calendar_of("xnys").trade_days
    low, high = np.searchsorted(days, np.array([first, last + 1]).astype("datetime64[D]"))
    return days[low:high].astype(np.int64)


def _months(day: int, count: int) -> NDArray[np.datetime64]:
    """First days of ``count`` months from that of ``day`` on, datetime64[M]."""
    return np.datetime64(day, "D").astype("datetime64[M]") + np.arange(count).astype("timedelta64[M]")


def _add_month_ends(found: dict[tuple[int, bool], int], day: int) -> None:
    beyond = 0
    for ahead, month in enumerate(_months(day, _QUARTER_END_MONTHS + 1)):
        end = int((month + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64)) - 1
        last = int(_sessions(end - 7, end)[-1])
        if last < day:
            continue
        is_quarter = month.astype(np.int64) % 3 == 2  # 1970-01 is 0
        beyond += last - day > _DAILY_DAYS
        if beyond <= _MONTH_ENDS or (is_quarter and ahead <= _QUARTER_END_MONTHS):
            found[last, False] = MONTH_END


def _add_third_fridays(found: dict[tuple[int, bool], int], day: int) -> None:
    for ahead, month in enumerate(_months(day, _MONTHS)):
        number = int(month.astype(np.int64)) % 12 + 1
        is_quarter, is_december = number % 3 == 0, number == 12
        if not (ahead <= _SERIAL_MONTHS or (number == 6 and ahead <= _HALF_YEARS) or is_december):
            continue
        third = third_friday(month)
        listed = int(_sessions(third - 7, third)[-1])
        if listed < day:
            continue
        found[listed, True] = DECEMBER if is_december else QUARTERLY if is_quarter else SERIAL
        if ahead <= _PM_MONTHS:
            found[listed, False] = MONTHLY_PM


def third_friday(month: np.datetime64) -> int:
    """The third Friday of a month, days since 1970-01-01."""
    first = int(month.astype("datetime64[D]").astype(np.int64))
    return first + (_FRIDAY_WEEKDAY - (first + 3) % 7) % 7 + 14


@dataclass(frozen=True, slots=True)
class _Grid:
    """Strikes of one expiry: a fine step near the money, 25 around it, 100 and 200 beyond; shares of the spot."""

    fine: int
    near: float
    middle: float
    lowest: float
    highest: float
    has_deep: bool


_UP: Final = 0.62  # the side of the calls is that much narrower than that of the puts


def strikes(spot: float, days: int, kind: int) -> Floats:
    """Strikes of a series, float64 (k,), ascending.

    Args:
        spot: Of the day; where the strikes are centred.
        days: Calendar days to expiry.
        kind: DAILY to DECEMBER.
    """
    grid = _grid(days, kind)
    centre = 25 * round(spot / 25)
    wanted = [
        _ladder(centre, spot * grid.near, spot * grid.near * _UP, grid.fine),
        _ladder(centre, spot * grid.middle, spot * grid.middle * _UP, 25),
        _ladder(centre, spot * (1 - grid.lowest), spot * (grid.highest - 1), 100),
    ]
    if grid.has_deep:
        wanted.append(np.arange(200, int(spot * 1.5), 200))
    return np.unique(np.concatenate(wanted)).astype(np.float64)


def _ladder(centre: int, below: float, above: float, step: int) -> NDArray[np.int64]:
    low, high = -(-(centre - int(below)) // step), (centre + int(above)) // step
    return np.arange(max(low, 1), high + 1) * step


def _grid(days: int, kind: int) -> _Grid:
    root_of_month = (max(days, 1) / 30) ** 0.5
    if kind == DAILY:
        fine = 5 if days <= 20 else 10 if days <= 30 else 25
        near = min(0.022 + 0.05 * root_of_month, 0.06)
        return _Grid(fine, near, near + 0.05 * root_of_month, 0.80, 1.08, has_deep=False)
    if kind == FRIDAY:
        near = min(0.03 + 0.05 * root_of_month, 0.07)
        return _Grid(5 if days <= 24 else 10, near, near + 0.09 * root_of_month, 0.72, 1.15, has_deep=False)
    if kind in (MONTH_END, MONTHLY_PM):
        fine = 5 if days <= 130 else 25
        near = min(0.035 + 0.075 * root_of_month, 0.15)
        return _Grid(fine, near, min(near + 0.12, 0.30), 0.55, 1.25, has_deep=False)
    fine = 5 if days <= 130 else 10 if days <= 160 else 25
    near = min(0.05 + 0.06 * root_of_month, 0.12) if days <= 160 else 0.22
    middle = min(near + 0.14, 0.36) if days <= 800 else 0.18
    fine = fine if days <= 800 else 50
    return _Grid(fine, near, middle, 0.40, 1.30 if days < 800 else 1.5, has_deep=True)
