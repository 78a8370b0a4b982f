"""Write ``resources/calendars`` from pandas_market_calendars; run by hand, in an environment of its own.

    python3 -m venv cal && cal/bin/pip install pandas_market_calendars && cal/bin/python tools/make_calendars.py

``groups.toml`` gets the weekly rule of each product group, ``sessions.csv`` the days that differ from it.

What is put right on the way:

- The library opens CME equity sessions before 2012-11-19 at 15:30 Central also on Sundays, and closes them at
  15:15: the rule of today is kept for ordinary days of that time and only holidays and early closes are taken.
- It closes equity futures at 13:00 New York on half days of the stock exchange. Recordings of ES show trades until
  13:15 on every one of them from 2015 to November 2024: taken there; outside that span the library is followed.
- It opens equity futures on every Good Friday from 2023 on. They open when payrolls come out that day, the first
  Friday of a month (``formulas.md`` 8.2); a recording of 2024-03-29 shows none.
- Its Cboe calendar lacks half days (3 July, Christmas Eve), so index hours are New York Stock Exchange hours
  with a close 15 minutes later.

Shortened holiday sessions of CME count for the next trade date, by the library's calendar of trade dates.
"""

import csv
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas_market_calendars

NEW_YORK = ZoneInfo("America/New_York")
FIRST, LAST = date(2009, 1, 1), date(2029, 12, 31)
OUT = Path(__file__).resolve().parent.parent / "resources" / "calendars"
TRADE_DATES = "CME_TradeDate"
EQUITY_TODAY = date(2012, 11, 19)  # since then 18:00-17:00 New York, with a halt until 2021
HALF_DAYS_SEEN = (date(2015, 1, 1), date(2024, 11, 30))  # half days with recordings of ES
HALF_DAY_CLOSE, SEEN_CLOSE, GOOD_FRIDAY_CLOSE = 780, 795, 555  # minutes


class Group(NamedTuple):
    """Weekly rule: minutes from New York midnight of the day, and what the library calls the calendar."""

    source: str
    open_minute: int
    close_minute: int
    close_later: int = 0  # minutes added to the library's closes
    halt: tuple[str, str, int, int] | None = None  # from, until (dates), start, end (minutes)


GROUPS = {
    "equity": Group("CME_Equity", -360, 1020, halt=("2012-11-19", "2021-06-28", 975, 990)),
    "energy": Group("CMEGlobex_CL", -360, 1020),
    "metals": Group("CMEGlobex_GC", -360, 1020),
    "fx": Group("CMEGlobex_FX", -360, 1020),
    "rates": Group("CME_Rate", -360, 1020),
    "crypto": Group("CME Globex Crypto", -360, 1020),
    "cboe": Group("XNYS", 570, 975, close_later=15),
    "xnys": Group("XNYS", 570, 960),
}


def minutes(day: date, instant: datetime) -> int:
    """Minutes of New York's clock from midnight of ``day``."""
    wall = instant.astimezone(NEW_YORK).replace(tzinfo=None)
    return round((wall - datetime(day.year, day.month, day.day)) / timedelta(minutes=1))  # noqa: DTZ001  wall clock


def utc(day: date, minute: int) -> str:
    """``2026-11-26T18:00Z`` of a minute of New York's clock."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001  wall clock
    return f"{wall.replace(tzinfo=NEW_YORK).astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def library_days(name: str) -> dict[date, tuple[int, int]]:
    """Open and close minutes of each session by its date."""
    table: Any = pandas_market_calendars.get_calendar(name).schedule(FIRST.isoformat(), LAST.isoformat())
    spans = zip(table.index, table["market_open"], table["market_close"], strict=True)
    return {at.date(): (minutes(at.date(), opens), minutes(at.date(), closes)) for at, opens, closes in spans}


def put_right(group: Group, day: date, span: tuple[int, int], half_days: set[date]) -> tuple[int, int] | None:
    """The session as the cockpit takes it, None where there was none; see the module's docstring."""
    opens, closes = span
    if group.source != "CME_Equity":
        return opens, closes + group.close_later
    if closes == GOOD_FRIDAY_CLOSE and day.day > 7:
        return None
    if closes == HALF_DAY_CLOSE and day in half_days and HALF_DAYS_SEEN[0] <= day <= HALF_DAYS_SEEN[1]:
        closes = SEEN_CLOSE
    if day < EQUITY_TODAY:
        return group.open_minute, group.close_minute if closes == 975 else closes
    return opens, closes


def exceptions(name: str, group: Group, trade_dates: list[date], half_days: set[date]) -> list[tuple[str, ...]]:
    """Rows of the days that differ from the weekly rule."""
    days, rows = library_days(group.source), []
    day = FIRST
    while day <= LAST:
        if day.weekday() < 5:
            rule = (group.open_minute, group.close_minute)
            span = put_right(group, day, days[day], half_days) if day in days else None
            booked = day if group.open_minute > 0 else next((each for each in trade_dates if each >= day), day)
            if span is None:
                rows.append((name, day.isoformat(), "", "", ""))
            elif span != rule or booked != day:
                rows.append((name, day.isoformat(), utc(day, span[0]), utc(day, span[1]), booked.isoformat()))
        day += timedelta(days=1)
    return rows


def main() -> None:
    """Write both files."""
    trade_dates = sorted(library_days(TRADE_DATES))
    half_days = {day for day, (_, closes) in library_days("XNYS").items() if closes == HALF_DAY_CLOSE}
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / "sessions.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("group", "date", "open", "close", "trade_date"))
        for name, group in GROUPS.items():
            table.writerows(exceptions(name, group, trade_dates, half_days))
    made = datetime.now(UTC).date()
    lines = [
        "# Weekly rules of product groups: Monday to Friday, minutes of New York's clock from midnight of the day.",
        "# Days that differ are in sessions.csv. Both written by tools/make_calendars.py.",
        f"made = {made}",
        f'tool = "pandas_market_calendars {version("pandas_market_calendars")}"',
        f"first = {FIRST}",
        f"last = {LAST}",
    ]
    for name, group in GROUPS.items():
        lines += ["", f"[{name}]", f'source = "{group.source}"']
        lines += [f"open_minute = {group.open_minute}", f"close_minute = {group.close_minute}"]
        if group.halt is not None:
            since, until, start, end = group.halt
            lines.append(
                f"halt = {{ since = {since}, until = {until}, start_minute = {start}, end_minute = {end} }}"
            )
    (OUT / "groups.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
