"""Dates and times as tables write them, to ns since the epoch; bulk, with daylight saving.

Each distinct text is parsed once, each distinct local hour is looked up once: a million bars have few of either.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Times

Scalar = TypeVar("Scalar", bound=np.generic)

_EPOCH_DAY: Final = date(1970, 1, 1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ISO: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_AMERICAN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?")
_YEARS: Final = range(1900, 2200)  # int64 ns end in 2262; outside, it is a slip of the pen
_CENTURY: Final = 70  # two-digit years from here on are of the 20th century


def day_of(text: str) -> int | None:
    """Days since 1970-01-01 of ``2022-06-19``, ``2022/6/19``, ``6/19/2022`` or ``6/19/22``; None for others."""
    iso, american = _ISO.fullmatch(text), _AMERICAN.fullmatch(text)
    if iso is not None:
        year, month, day = (int(part) for part in iso.groups())
    elif american is not None:
        month, day, year = (int(part) for part in american.groups())
        if len(american[3]) == 2:
            year += 1900 if year >= _CENTURY else 2000
    else:
        return None
    if year not in _YEARS:
        return None
    try:
        return (date(year, month, day) - _EPOCH_DAY).days
    except ValueError:
        return None


def clock_of(text: str) -> tuple[int, int | None] | None:
    """ns since midnight of ``16:05`` or ``16:05:00.25``, and the offset to UTC in ns when one is written."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    offset, zone = None, match[5]
    if zone == "Z":
        offset = 0
    elif zone:
        sign = -1 if zone[0] == "-" else 1
        offset = sign * (int(zone[1:3]) * NS_PER_HOUR + int(zone[-2:]) * NS_PER_MIN)
    nanos = int((match[4] or "").ljust(9, "0"))
    return hour * NS_PER_HOUR + minute * NS_PER_MIN + second * NS_PER_S + nanos, offset


def days(texts: Sequence[str]) -> Times:
    """Days since 1970-01-01 of each text, int64 (n,); NO_TIME where it is no date."""
    return each_text(texts, lambda text: _or_no_time(day_of(text)), np.int64)


def _or_no_time(value: int | None) -> int:
    return NO_TIME if value is None else value


def each_text(texts: Sequence[str], parse: Callable[[str], int], dtype: type[Scalar]) -> NDArray[Scalar]:
    """What ``parse`` makes of each text, ``dtype`` (n,); worked out once for each distinct one."""
    known = {text: parse(text) for text in set(texts)}
    return np.fromiter(map(known.__getitem__, texts), dtype, len(texts))


def instants(dates: Sequence[str], clocks: Sequence[str], zone: tzinfo | None) -> Times:
    """ns since the epoch of dates and times of day, int64 (n,); NO_TIME where one is unreadable.

    Args:
        dates, clocks: Texts, equally many.
        zone: Of times without a written offset; None: those are unreadable.
    """
    day = days(dates)
    parsed = {text: clock_of(text) or (None, None) for text in set(clocks)}
    of_day = each_text(clocks, lambda text: _or_no_time(parsed[text][0]), np.int64)
    offset = each_text(clocks, lambda text: _or_no_time(parsed[text][1]), np.int64)
    unreadable = (day == NO_TIME) | (of_day == NO_TIME)
    wall = np.where(unreadable, 0, day) * NS_PER_DAY + np.where(unreadable, 0, of_day)
    local = offset == NO_TIME
    out = wall - np.where(local, 0, offset)
    if zone is None:
        unreadable |= local
    elif bool(local.any()):
        out[local] = to_utc(wall[local], zone)
    out[unreadable] = NO_TIME
    return out


def to_utc(wall_ns: Times, zone: tzinfo) -> Times:
    """Instants at which the clocks of ``zone`` show ``wall_ns``, whole hours apart in offset.

    A time shown twice is the first of the two; one never shown is the instant that long after the last one shown.
    """
    hours, inverse = np.unique(wall_ns // NS_PER_HOUR, return_inverse=True)
    return wall_ns - np.array([_offset(int(hour), zone) for hour in hours], np.int64)[inverse]


def _offset(hour: int, zone: tzinfo) -> int:
    """ns to take from a local time to get UTC."""
    shown = (_EPOCH + timedelta(hours=hour)).replace(tzinfo=zone)
    delta = shown.utcoffset()
    return 0 if delta is None else int(delta.total_seconds()) * NS_PER_S
