"""The lines above a Cboe chain table: what it is about, its last price, and when it was downloaded.

``S&P 500 INDEX,Last: 6501.8599,Change:  20.4599`` and ``Date: 28 de agosto de 2025 às 16:25 GMT-4,Bid: ...``, in
the language of the browser, sometimes padded with commas by a spreadsheet, sometimes broken.

Source: ``MANIFEST.md`` of the recorded chains, note A.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cockpit.feeds.files.losses import Losses
from cockpit.feeds.files.option_symbols import YEARS, day_date
from cockpit.feeds.files.written_dates import WrittenDate, instant_of, read_date
from cockpit.instants import NEW_YORK, ns_of

_TITLE: Final = re.compile(r'\s*"?(?P<title>[^|]{0,120}?)"?\s*,\s*Last:\s*(?P<last>[^,"|]*)', re.IGNORECASE)
_DATE: Final = re.compile(
    r"\s*\"?\s*(?:Date|Data|Fecha|Datum|Дата)\s*:\s*(?P<date>.*?)\s*\"?\s*(?:,\s*Bid\s*:.*|,*\s*)$", re.IGNORECASE
)
_CLOSE: Final = (16, 15, 0)  # when index options stop: a snapshot without a time is not known before


@dataclass(frozen=True, slots=True)
class Heading:
    """What the lines above the table say.

    Attributes:
        title: ``S&P 500 INDEX``; empty when there is none.
        last: Last price of the underlying as written; empty when there is none.
        date: The date as written; None when there is no such line.
    """

    title: str
    last: str
    date: str | None


def is_title(line: str) -> bool:
    """Whether the line names an underlying and its last price."""
    return _TITLE.match(line) is not None


def read_heading(lines: Sequence[str], losses: Losses) -> Heading:
    """What the lines above the table say; what is odd about them is noted."""
    title, last, written = "", "", None
    for number, line in enumerate(lines, 1):
        shown = line.strip().strip(",").strip()
        if not shown:
            continue
        if line.count('"') % 2:
            losses.note("a quote in the heading is never closed", f"line {number}")
        if line.rstrip().endswith(",,,"):
            losses.note_once("heading padded with commas: saved again by a spreadsheet")
        found_title, found_date = _TITLE.match(line), _DATE.match(line.rstrip().rstrip(","))
        if found_date is not None and written is None:
            written = found_date["date"].strip(' "')
        elif found_title is not None and not title:
            title, last = found_title["title"].strip(), found_title["last"].strip()
        else:
            losses.note("heading line that tells nothing known", f"line {number}: {shown[:60]}")
    return Heading(title, last, written)


def spot_of(heading: Heading, losses: Losses) -> float:
    """The last price of the underlying; NaN when it is missing, unreadable or 0, which is noted."""
    try:
        value = float(heading.last)
    except ValueError:
        value = 0.0
    if value > 0 and value < float("inf"):
        return value
    losses.note("no last price of the underlying", repr(heading.last) if heading.last else "")
    return float("nan")


def clock_of(heading: Heading, first_expiry: int, losses: Losses) -> int:
    """The instant of the heading's date, ns UTC; what had to be assumed is noted.

    Args:
        heading: What the lines above the table say.
        first_expiry: Days since 1970-01-01 of the first expiry: tells the year where the date does not.
        losses: Where doubts are noted.
    """
    expiry = day_date(first_expiry)
    written = read_date(heading.date or "")
    text = f"{heading.date!r}" if heading.date else ""
    day = _day_of(written, text, expiry, losses)
    clock, zone = written.clock, written.zone
    if clock is None:
        losses.note("no time of day in its heading: taken as 16:15 New York time", text)
        clock, zone = _CLOSE, NEW_YORK
    elif zone is None:
        losses.note("no time zone in its heading: taken as New York's", text)
        zone = NEW_YORK
    if written.strange and heading.date:
        losses.note(f"words of its date not understood: {' '.join(written.strange)}", text)
    at = instant_of(day, clock, zone)
    _doubt_zone(at, losses)
    return ns_of(at)


def _doubt_zone(at: datetime, losses: Losses) -> None:
    """Note ``EST`` in summer and ``EDT`` in winter; the offset counts as written."""
    name = at.tzname() or ""
    there = at.astimezone(NEW_YORK)
    if name in ("EST", "EDT") and name != there.tzname():
        losses.note(f"its heading says {name} on a day of {there.tzname()}: taken as written")


def _day_of(written: WrittenDate, text: str, expiry: date, losses: Losses) -> date:
    """The day; where the text does not tell it, the first expiry does."""
    if written.month is None or written.day is None:
        return _by_expiry(text, expiry, losses)
    if written.year is None:
        years = (expiry.year - 1, expiry.year, expiry.year + 1)
        days = [one for year in years if (one := _date(year, written.month, written.day)) is not None]
        if not days:
            return _by_expiry(text, expiry, losses)
        day = min(days, key=lambda one: abs(one - expiry))
        losses.note(f"no year in its date: dated {day} by its first expiry {expiry}", text)
        return day
    day = _date(written.year, written.month, written.day)
    if day is None:
        return _by_expiry(text, expiry, losses)
    other = _date(written.year, written.day, written.month) if written.is_ambiguous else None
    if other is not None:
        day = min((day, other), key=lambda one: abs(one - expiry))
        losses.note(f"day and month of its date could be swapped: taken as {day}, nearest its first expiry", text)
    return day


def _by_expiry(text: str, expiry: date, losses: Losses) -> date:
    what = "its date cannot be read" if text else "no date above the table"
    losses.note(f"{what}: dated by its first expiry {expiry}", text)
    return expiry


def _date(year: int, month: int, day: int) -> date | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
