"""What the name of a recording tells where its content cannot: the day of times of day, a share."""

import re
from pathlib import Path
from typing import Final

from cockpit.errors import SourceError
from cockpit.feeds.files.local_time import day_of

_DAY: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})-?(\d{2})-?(\d{2})(?!\d)")
_WORDS: Final = frozenset(("lobster", "message", "messages", "orderbook", "book", "sample", "itch", "events"))
_EXAMPLE: Final = "AAPL_2012-06-21_34200000_57600000_message_10.csv"


def named_day(path: Path, day: int | None = None) -> int:
    """Days since 1970-01-01: the one given, else the one in the name of the file.

    Raises:
        SourceError: Neither.
    """
    if day is not None:
        return day
    match = _DAY.search(path.name)
    found = None if match is None else day_of("-".join(match.groups()))
    if found is None:
        advice = f"name it with one, as in {_EXAMPLE}, or give --date"
        raise SourceError(path, f"its times count from midnight, and its name tells no date; {advice}")
    return found


def named_share(path: Path) -> str:
    """The share a LOBSTER file is about: the first word of its name that is none of the format's own.

    Raises:
        SourceError: There is none.
    """
    words = re.findall(r"[A-Za-z.]+", path.name.partition(".csv")[0].partition(".txt")[0])
    share = next((word for word in words if word.lower() not in _WORDS), None)
    if share is None:
        raise SourceError(path, f"nothing in it says which share it is, nor does its name; as in {_EXAMPLE}")
    return share.upper()
