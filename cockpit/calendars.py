"""Trading sessions of product groups: when they open and close, and to which trade date an instant belongs.

The weekly rule of each group is in ``resources/calendars/groups.toml``, the days that differ in ``sessions.csv``,
both written by ``tools/make_calendars.py``. Outside the table's reach only the weekly rule holds.

Source: ``formulas.md`` 8.2 (trade dates), ``contracts.md`` 9.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cockpit.errors import ConfigError
from cockpit.instants import eastern_days, eastern_wall, from_eastern_wall
from cockpit.instruments import Instrument
from cockpit.resources import open_text
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Times

Dates = NDArray[np.datetime64]  # datetime64[D]
Minutes = NDArray[np.int64]

TRADE_DATE_OPEN_NS: Final = 18 * NS_PER_HOUR  # of New York's clock; where a trade date begins
CLOSE_NS: Final = 17 * NS_PER_HOUR  # where it ends
# CME accepts orders, without matching, from 16:00 Central before a Sunday or holiday open and from 16:45 after
# the daily halt; the daily halt lasts an hour, so a longer closure is one of the first kind
PRE_OPEN_AFTER_HALT_NS: Final = 15 * NS_PER_MIN
PRE_OPEN_AFTER_CLOSURE_NS: Final = 60 * NS_PER_MIN
DAILY_HALT_NS: Final = NS_PER_HOUR

# span for which sessions are worked out, by the weekly rule where the table does not reach
_FIRST_DAY: Final = np.datetime64("1970-01-05", "D")
_LAST_DAY: Final = np.datetime64("2099-12-31", "D")


@dataclass(frozen=True, slots=True)
class Session:
    """One continuous trading session, ``open_ns <= t < close_ns``.

    Attributes:
        open_ns, close_ns: Instants, ns UTC.
        trade_date: What its trades are booked to; a shortened holiday session counts for the next trade date.
    """

    open_ns: int
    close_ns: int
    trade_date: date


@dataclass(frozen=True, slots=True)
class Reach:
    """What the table knows: instants ``since_ns <= t < until_ns``, made on a day."""

    since_ns: int
    until_ns: int
    made: date


@dataclass(frozen=True, slots=True)
class Halt:
    """A pause inside sessions between two dates, in ns of New York's clock (whole dates, times of day)."""

    since_wall_ns: int
    until_wall_ns: int
    start_ns: int
    end_ns: int


class Calendar:
    """Sessions of one product group, ascending and apart.

    Attributes:
        group: ``equity``, ``energy``, ``metals``, ``fx``, ``rates``, ``crypto``, ``cboe`` or ``xnys``.
        is_overnight: Whether sessions begin the evening before (18:00 ET); else they are day sessions.
        opens, closes: int64 (n,), ns UTC, read-only.
        trade_days: datetime64[D] (n,), trade date of each session, ascending, read-only.
        reach: What the table knows; None for the bare weekly rule.
    """

    def __init__(
        self,
        group: str,
        opens: Times,
        closes: Times,
        trade_days: Dates,
        *,
        is_overnight: bool,
        reach: Reach | None = None,
        halt: Halt | None = None,
    ) -> None:
        self.group = group
        self.is_overnight = is_overnight
        self.opens, self.closes, self.trade_days = opens, closes, trade_days
        self.reach = reach
        self._halt = halt
        for array in (opens, closes, trade_days):
            array.flags.writeable = False

    def reaches(self, ns: int) -> bool:
        """Whether the table knows the holidays around the instant."""
        return self.reach is not None and self.reach.since_ns <= ns < self.reach.until_ns

    def session_of(self, ns: int) -> Session | None:
        """The session the instant lies in, or None."""
        at = int(np.searchsorted(self.opens, ns, side="right")) - 1
        if at < 0 or ns >= self.closes[at]:
            return None
        day: date = self.trade_days[at].item()
        return Session(int(self.opens[at]), int(self.closes[at]), day)

    def session_opens(self, first_ns: int, last_ns: int) -> Times:
        """Opens in [first_ns, last_ns), int64 (k,), ns UTC, ascending."""
        low, high = np.searchsorted(self.opens, [first_ns, last_ns])
        return self.opens[low:high]

    def trade_dates(self, at_ns: Times) -> Dates:
        """Trade date of each instant, datetime64[D] of the shape of ``at_ns``.

        Outside sessions: the daily halt belongs to the day that ended, a weekend or holiday to the next one.
        """
        at = np.searchsorted(self.opens, at_ns, side="right") - 1
        before = np.clip(at, 0, len(self.opens) - 1)
        ended = self.trade_days[before]
        ahead = self.trade_days[np.clip(at + 1, 0, len(self.opens) - 1)]
        rule = weekly_trade_dates(at_ns) if self.is_overnight else eastern_days(at_ns).astype("datetime64[D]")
        inside = (at >= 0) & (at_ns < self.closes[before])
        return np.where(inside | ((at >= 0) & (rule <= ended)), ended, ahead)

    def trade_date(self, ns: int) -> date:
        """Trade date of one instant; see ``trade_dates``."""
        return self.trade_dates(np.array([ns], np.int64))[0].item()

    def sessions_of(self, day: date | np.datetime64 | int) -> slice:
        """Places of a trade date's sessions; a holiday's short session is booked to the next date.

        Args:
            day: The trade date, or its days since 1970-01-01.

        Returns:
            Empty where nothing trades for that date; it then begins where its sessions would be.
        """
        wanted = np.datetime64(day, "D")
        low, high = (int(np.searchsorted(self.trade_days, wanted, side)) for side in ("left", "right"))
        return slice(low, high)

    def phase(self, ns: int) -> str:
        """``open``, ``pre-open`` or ``closed``; empty where the table does not reach.

        Pre-open is Globex's: the last hour before a session that follows a weekend, a holiday or an early close,
        the last 15 minutes of the daily halt. Day sessions have none. The halt of equity index futures from 16:15
        to 16:30 ET, until June 2021, is closed.
        """
        if not self.reaches(ns):
            return ""
        if self.session_of(ns) is not None:
            return "closed" if self._is_halted(ns) else "open"
        at = int(np.searchsorted(self.opens, ns, side="right"))
        if not self.is_overnight or at >= len(self.opens):
            return "closed"
        opens = int(self.opens[at])
        closure = opens - int(self.closes[at - 1]) if at else NS_PER_DAY
        before = PRE_OPEN_AFTER_HALT_NS if closure <= DAILY_HALT_NS else PRE_OPEN_AFTER_CLOSURE_NS
        return "pre-open" if ns >= opens - before else "closed"

    def _is_halted(self, ns: int) -> bool:
        halt = self._halt
        if halt is None:
            return False
        wall = int(eastern_wall(np.array([ns], np.int64))[0])
        return halt.since_wall_ns <= wall < halt.until_wall_ns and halt.start_ns <= wall % NS_PER_DAY < halt.end_ns

    def session_text(self, ns: int) -> str:
        """``closes in 2 h 17 m`` or ``opens in 43 m``; empty where the table does not reach."""
        if not self.reaches(ns):
            return ""
        session = self.session_of(ns)
        if session is not None:
            return f"closes in {_until_text(session.close_ns - ns)}"
        at = int(np.searchsorted(self.opens, ns, side="right"))
        return f"opens in {_until_text(int(self.opens[at]) - ns)}" if at < len(self.opens) else ""


def _until_text(ns: int) -> str:
    """Whole minutes, rounded up so that nothing is said to happen before it does."""
    minutes = -(-ns // NS_PER_MIN)
    if minutes < 60:
        return f"{minutes} m"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} m"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def weekly_trade_dates(at_ns: Times) -> Dates:
    """Trade dates by the weekly rule alone, no holidays: from 18:00 ET on tomorrow's, then on to a weekday.

    Args:
        at_ns: int64, any shape, ns UTC.

    Returns:
        datetime64[D] of the same shape.

    Source: ``formulas.md`` 8.2.
    """
    days = (eastern_wall(at_ns) + NS_PER_DAY - TRADE_DATE_OPEN_NS) // NS_PER_DAY
    return np.busday_offset(days.astype("datetime64[D]"), 0, roll="forward")


def is_weekly_closed(at_ns: Times) -> NDArray[np.bool_]:
    """Whether instants lie in the daily halt (17:00-18:00 ET) or the weekend, by the weekly rule alone."""
    wall = eastern_wall(at_ns)
    clock, day = wall % NS_PER_DAY, (wall // NS_PER_DAY + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    halt = (clock >= CLOSE_NS) & (clock < TRADE_DATE_OPEN_NS)
    weekend = (day == 5) | ((day == 4) & (clock >= CLOSE_NS)) | ((day == 6) & (clock < TRADE_DATE_OPEN_NS))
    return halt | weekend


@cache
def _groups() -> dict[str, Any]:
    with open_text("calendars", "groups.toml") as file:
        return tomllib.loads(file.read())


@cache
def _exceptions() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    with open_text("calendars", "sessions.csv") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["group"], []).append(row)
    return found


def groups() -> tuple[str, ...]:
    """Names of the product groups the table knows."""
    return tuple(name for name, value in _groups().items() if isinstance(value, Mapping))


def table_span() -> tuple[date, date, date]:
    """First and last day the shipped table knows, and the day it was made; for ``cockpit doctor``."""
    table = _groups()
    return table["first"], table["last"], table["made"]


@cache
def calendar_of(group: str) -> Calendar:
    """The calendar of a product group (``Instrument.sessions``), built at first use.

    Raises:
        ConfigError: There is no such group; the message names those there are.
    """
    if group not in groups():
        raise ConfigError(f"no trading calendar {group!r}; there are {', '.join(groups())}")
    return _with_exceptions(group, _exceptions().get(group, []))


def _with_exceptions(group: str, rows: list[dict[str, str]]) -> Calendar:
    """The weekly rule with the days that differ from it."""
    table = _groups()
    rule = table[group]
    opens, closes, days = _ruled(int(rule["open_minute"]), int(rule["close_minute"]))
    keep = np.ones(len(days), bool)
    booked = days.copy()
    for row in rows:
        try:
            at = days.searchsorted(np.datetime64(row["date"], "D"))
            keep[at] = bool(row["open"])
            if row["open"]:
                opens[at], closes[at] = _minute_ns(row["open"]), _minute_ns(row["close"])
                booked[at] = np.datetime64(row["trade_date"], "D")
        except (ValueError, LookupError, TypeError) as error:
            raise ConfigError(f"resources/calendars/sessions.csv: unusable row {row} ({error})") from error
    first = int(np.searchsorted(days, np.datetime64(table["first"], "D")))
    last = int(np.searchsorted(days, np.datetime64(table["last"], "D"), side="right")) - 1
    return Calendar(
        group,
        opens[keep],
        closes[keep],
        booked[keep],
        is_overnight=int(rule["open_minute"]) < 0,
        reach=Reach(int(opens[first]), int(closes[last]), table["made"]),
        halt=_halt_of(rule),
    )


def _halt_of(rule: dict[str, Any]) -> Halt | None:
    halt = rule.get("halt")
    if halt is None:
        return None
    since, until = np.array([halt["since"], halt["until"]], "datetime64[D]").astype(np.int64) * NS_PER_DAY
    return Halt(int(since), int(until), halt["start_minute"] * NS_PER_MIN, halt["end_minute"] * NS_PER_MIN)


def calendar_for(instrument: Instrument) -> Calendar | None:
    """The calendar of an instrument; None for a market that never closes. Stocks trade by New York's hours."""
    if instrument.sessions:
        return calendar_of(instrument.sessions)
    return calendar_of("xnys") if instrument.kind in ("equity", "option") else None


@cache
def weekly_calendar(group: str = "equity") -> Calendar:
    """The weekly rule of a group without holidays; ``reaches`` nothing, so it never says a phase."""
    rule = _groups()[group]
    opens, closes, days = _ruled(int(rule["open_minute"]), int(rule["close_minute"]))
    return Calendar(group, opens, closes, days, is_overnight=int(rule["open_minute"]) < 0)


def _ruled(open_minute: int, close_minute: int) -> tuple[Times, Times, Dates]:
    """Opens, closes and dates of every weekday by the weekly rule."""
    days = np.arange(_FIRST_DAY, _LAST_DAY)
    days = days[np.is_busday(days)]
    midnights = days.astype(np.int64) * NS_PER_DAY
    opens = from_eastern_wall(midnights + open_minute * NS_PER_MIN)
    closes = from_eastern_wall(midnights + close_minute * NS_PER_MIN)
    return opens, closes, days


def _minute_ns(text: str) -> int:
    """ns of ``2026-11-25T23:00Z``."""
    return int(datetime.fromisoformat(text).timestamp()) * NS_PER_S
