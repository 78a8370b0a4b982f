"""Instants as people and JSON write them: parsing and printing of ns since the epoch. Pure; no clock here."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from cockpit.errors import ConfigError
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MS, NS_PER_S, NS_PER_US, Times

NEW_YORK: Final = ZoneInfo("America/New_York")
CHICAGO: Final = ZoneInfo("America/Chicago")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_TEXT: Final = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})(?:[T ](?P<clock>\d{2}:\d{2}(?::\d{2})?)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)


def parse_instant(text: str) -> int:
    """ns since the epoch of a typed instant; no zone means America/New_York, ``Z`` or an offset mean that.

    Accepts ``2023-12-25``, ``2023-12-25T23:10``, ``2023-12-25 23:10:00.5Z``, ``...+01:00``.

    Raises:
        ConfigError: The text is not an instant.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise ConfigError(f"not an instant: {text!r}; write 2023-12-25T18:10:00 (New York) or add Z or +01:00")
    clock = match["clock"] or "00:00"
    clock = clock if clock.count(":") == 2 else clock + ":00"
    try:
        naive = datetime.fromisoformat(f"{match['date']}T{clock}")
    except ValueError as error:
        raise ConfigError(f"not an instant: {text!r} ({error})") from error
    aware = naive.replace(tzinfo=_zone(match["zone"]))
    return ns_of(aware) + int((match["fraction"] or "0").ljust(9, "0"))


def _zone(text: str | None) -> ZoneInfo | timezone:
    if text is None:
        return NEW_YORK
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def ns_of(at: datetime) -> int:
    """ns since the epoch of an aware time."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * NS_PER_S + since.microseconds * NS_PER_US


def iso_utc(ns: int) -> str:
    """``2023-12-25T23:10:00.000000000Z``: UTC, nanoseconds, as all JSON prints instants."""
    seconds, fraction = divmod(ns, NS_PER_S)
    return f"{(EPOCH + timedelta(seconds=seconds)):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


@lru_cache(maxsize=4096)
def _eastern(second: int) -> datetime:
    return (EPOCH + timedelta(seconds=second)).astimezone(NEW_YORK)


def eastern(ns: int) -> datetime:
    """The instant in America/New_York, whole seconds."""
    return _eastern(ns // NS_PER_S)


# spans the bulk functions know the changes of New York's clock for; outside, the nearest known offset holds
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2100


@cache
def _offsets() -> tuple[Times, Times]:
    """Instants from which an offset of New York holds, and the offsets, ns; found month by month by halving."""

    def offset(hour: int) -> int:
        delta = (EPOCH + timedelta(hours=hour)).astimezone(NEW_YORK).utcoffset()
        return 0 if delta is None else int(delta.total_seconds())

    months = [datetime(y, m, 1, tzinfo=UTC) for y in range(_FIRST_YEAR, _LAST_YEAR + 1) for m in range(1, 13)]
    hours = [int((month - EPOCH).total_seconds()) // 3600 for month in months]
    since, values = [0], [offset(0)]
    for low, high in pairwise(hours):
        if offset(high) == values[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == values[-1] else (low, middle)
        since.append(high)
        values.append(offset(high))
    return np.array(since, np.int64) * NS_PER_HOUR, np.array(values, np.int64) * NS_PER_S


def eastern_offsets(at_ns: Times) -> Times:
    """New York minus UTC at each instant, ns, int64 of the shape of ``at_ns``; whole hours from 1970 on."""
    since, offsets = _offsets()
    return offsets[np.maximum(np.searchsorted(since, at_ns, side="right") - 1, 0)]


def eastern_wall(at_ns: Times) -> Times:
    """What New York's clocks show, as ns since 1970-01-01 00:00 of that clock; shape of ``at_ns``."""
    return at_ns + eastern_offsets(at_ns)


def eastern_days(at_ns: Times) -> Times:
    """The date on New York's clock, as days since 1970-01-01; shape of ``at_ns``, 0-d too."""
    return eastern_wall(at_ns) // NS_PER_DAY


def from_eastern_wall(wall_ns: Times) -> Times:
    """Instants at which New York's clocks show ``wall_ns``; the inverse of ``eastern_wall``.

    A time shown twice (the hour after 01:00 in November) is the first of the two; a time never shown (the hour
    after 02:00 in March) is the instant that long after 02:00.
    """
    since, offsets = _offsets()
    # an offset is in force from the later of the two readings at its change, so that both rules above hold
    readings = since[1:] + np.maximum(offsets[:-1], offsets[1:])
    return wall_ns - offsets[np.searchsorted(readings, wall_ns, side="right")]


def clock_text(ns: int, digits: int = 0) -> str:
    """``18:10:00`` or ``18:10:00.204`` in New York time, with ``digits`` (0 or 3) decimals."""
    text = f"{eastern(ns):%H:%M:%S}"
    return text if digits == 0 else f"{text}.{ns % NS_PER_S // 1_000_000:03d}"


def date_text(ns: int) -> str:
    """``Mon 25 Dec`` in New York time."""
    at = eastern(ns)
    return f"{at:%a} {at.day} {at:%b}"


def span_text(span_ns: int) -> str:
    """A short span with two or three digits: ``184 µs``, ``3.2 ms``, ``184 ms``, ``1.8 s``, ``72 s``."""
    if span_ns < NS_PER_MS:
        return f"{max(span_ns / NS_PER_US, 1):.0f} µs"
    if span_ns < NS_PER_S:
        return f"{span_ns / NS_PER_MS:.{1 if span_ns < 9.95 * NS_PER_MS else 0}f} ms"
    return age_text(span_ns)


def age_text(age_ns: int) -> str:
    """An age as chips print it: ``0.1 s``, ``9 s``, ``72 s``, ``4 m 10 s``, ``3 h 5 m``, ``12 d``."""
    seconds = max(age_ns, 0) / NS_PER_S
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60} s"
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} m"
    return f"{whole // 86400} d"
