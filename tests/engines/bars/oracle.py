"""Bars told slowly: one event after another, edges from the standard library's clock."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from cockpit.calendars import Calendar
from cockpit.engines.bars.intervals import Interval
from cockpit.instants import NEW_YORK
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_S

EPOCH_DAY = date(1970, 1, 1)


def wall_ns(day: date, clock_ns: int, fold: int = 0) -> int:
    """The instant New York's clock shows so much past midnight."""
    day, clock_ns = day + timedelta(days=clock_ns // NS_PER_DAY), clock_ns % NS_PER_DAY
    second, rest = divmod(clock_ns, NS_PER_S)
    clock = time(second // 3600, second // 60 % 60, second % 60, fold=fold)
    return round(datetime.combine(day, clock, NEW_YORK).timestamp()) * NS_PER_S + rest


def utc_day(ns: int) -> date:
    return datetime.fromtimestamp(ns // NS_PER_S, UTC).date()


def edges_near(interval: Interval, calendar: Calendar | None, ns: int) -> list[int]:
    """Edges for some days around an instant, ascending; intervals that divide no hour."""
    middle = utc_day(ns)
    days = [middle + timedelta(days=by) for by in range(-2, 3)]
    if calendar is None:
        starts = [(day - EPOCH_DAY).days * NS_PER_DAY for day in days]
        return sorted(start + clock for start in starts for clock in range(0, NS_PER_DAY, interval.ns))
    if interval.ns == NS_PER_DAY:
        return daily_edges(calendar, ns)
    found = {wall_ns(day, clock) for day in days for clock in range(0, NS_PER_DAY, interval.ns)}
    if calendar.is_overnight:
        found |= {wall_ns(day, hour * NS_PER_HOUR) for day in days for hour in (17, 18)}
    return sorted(found)


def daily_edges(calendar: Calendar, ns: int) -> list[int]:
    """Begin and end of trade dates around an instant; of day sessions midnights and closes."""
    found: set[int] = set()
    at = bisect_right(calendar.opens, ns)
    before = None
    for place in range(max(at - 8, 0), at + 8):
        day = calendar.trade_days[place].item()
        if not calendar.is_overnight:
            found.add(int(calendar.closes[place]))
            continue
        found.add(wall_ns(day, 17 * NS_PER_HOUR))
        if before is not None and day != before:
            found.add(int(calendar.opens[place]))
        before = day
    if not calendar.is_overnight:
        found |= {wall_ns(utc_day(ns) + timedelta(days=by), 0) for by in range(-2, 3)}
    return sorted(found)


def bounds(interval: Interval, calendar: Calendar | None, ns: int) -> tuple[int, int]:
    """Begin and end of the bar an instant lies in."""
    if NS_PER_HOUR % interval.ns == 0:
        clock = datetime.fromtimestamp(ns // NS_PER_S, NEW_YORK)
        into_hour = (clock.minute * 60 + clock.second) * NS_PER_S + ns % NS_PER_S
        opens = ns - into_hour % interval.ns
        return opens, opens + interval.ns
    edges = edges_near(interval, calendar, ns)
    at = bisect_right(edges, ns)
    return edges[at - 1], edges[at]


class Bar(NamedTuple):
    """A bar and what closed it."""

    open_ns: int
    close_ns: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    buy: float
    sell: float
    trades: float
    seq: int = -1
    cause_ns: int = -1


class SlowBars:
    """Bars from prints and ticks, one event at a time."""

    def __init__(self, interval: Interval, calendar: Calendar | None) -> None:
        self.interval, self.calendar = interval, calendar
        self.closed: list[Bar] = []
        self.parts: list[tuple[float, float, str]] = []
        self.span = (0, 0)
        self.now = -(2**62)

    def tick(self, seq: int, clock: int) -> None:
        if not self.interval.is_time:
            return
        if self.parts and clock >= self.span[1]:
            self._close(seq, clock)
        self.now = max(self.now, clock)

    def print(self, seq: int, clock: int, price: int, size: int, aggressor: str) -> None:
        if size == 0:
            return
        self.now = now = max(self.now, clock)
        if self.interval.is_time and self.parts and now >= self.span[1]:
            self._close(seq, now)
        if not self.parts:
            self.span = bounds(self.interval, self.calendar, now) if self.interval.is_time else (now, now)
        if not self.interval.is_time:
            self.span = (self.span[0], now)
        self.parts.append((price, size, aggressor))
        filled = {"time": 0, "ticks": len(self.parts), "volume": sum(size for _, size, _ in self.parts)}
        if not self.interval.is_time and filled[self.interval.kind] >= self.interval.length:
            self._close(seq, now)

    def forming(self) -> list[Bar]:
        return [self._bar(-1, -1)] if self.parts else []

    def _bar(self, seq: int, clock: int) -> Bar:
        prices = [price for price, _, _ in self.parts]
        sums: dict[str, Any] = {side: sum(s for _, s, a in self.parts if a == side) for side in "BAN"}
        ohlc = (prices[0], max(prices), min(prices), prices[-1])
        return Bar(*self.span, *ohlc, sum(sums.values()), sums["B"], sums["A"], len(prices), seq, clock)

    def _close(self, seq: int, clock: int) -> None:
        self.closed.append(self._bar(seq, clock))
        self.parts = []


def apart(bars: list[Bar]) -> bool:
    """Whether no bar begins before the one before it ended."""
    return all(first.close_ns <= second.open_ns for first, second in pairwise(bars))
