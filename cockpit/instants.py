"""Instants as people and JSON write them: parsing and printing of ns since the epoch. Pure; no clock here."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from cockpit.errors import ConfigError
from cockpit.units import NS_PER_S

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
    seconds = int((aware - EPOCH).total_seconds())
    return seconds * NS_PER_S + int((match["fraction"] or "0").ljust(9, "0"))


def _zone(text: str | None) -> ZoneInfo | timezone:
    if text is None:
        return NEW_YORK
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


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


def clock_text(ns: int, digits: int = 0) -> str:
    """``18:10:00`` or ``18:10:00.204`` in New York time, with ``digits`` (0 or 3) decimals."""
    text = f"{eastern(ns):%H:%M:%S}"
    return text if digits == 0 else f"{text}.{ns % NS_PER_S // 1_000_000:03d}"


def date_text(ns: int) -> str:
    """``Mon 25 Dec`` in New York time."""
    at = eastern(ns)
    return f"{at:%a} {at.day} {at:%b}"


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
