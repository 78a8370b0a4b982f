"""Which prices and instants an axis labels. Pure.

Source: ``design.md`` 6 (price steps 1-2-2.5-5, at least 34 px apart; round ET times at least 90 px apart).
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Final

import numpy as np

from cockpit.instants import EPOCH, NEW_YORK, eastern
from cockpit.instruments import Instrument
from cockpit.units import NANO, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Rows, Times

PRICE_GAP: Final = 34  # logical pixels between price labels, at least
TIGHT_GAP: Final = 20  # where a low pane would have fewer than FEW_LABELS
FEW_LABELS: Final = 4  # one hides behind the last price, one stands at the edge
TIME_GAP: Final = 90
NEAR_TAG: Final = 17  # a label hides when it is nearer than this to a tag
ROUNDING: Final = 1e-9  # of a step; what dividing an index level by 0.1 may be off
_MANTISSAS: Final = (10, 20, 25, 50)
# A session that opens in the evening is the next day's: 18:00 ET and midnight UTC both land on their own date.
SESSION_DATE_NS: Final = 6 * NS_PER_HOUR
_SECONDS: Final = (1, 5, 10, 15, 30)
_MINUTES: Final = (1, 2, 5, 10, 15, 20, 30)
_HOURS: Final = (1, 2, 3, 4, 6, 12)
_BY_CLOCK: Final = (
    *(step * NS_PER_S for step in _SECONDS),
    *(step * NS_PER_MIN for step in _MINUTES),
    *(step * NS_PER_HOUR for step in _HOURS),
)
_BY_MONTH: Final = (1, 3, 6, 12, 24, 60, 120)  # months
MAX_TICKS: Final = 500  # on any axis; a series with so many holes gets no more


def price_steps(instrument: Instrument) -> Iterator[int | float]:
    """Steps between labels in stored units, ascending without end, all whole ticks.

    Decimal prices step by 1, 2, 2.5, 5 times powers of ten; Treasury prices double up to a whole point first.
    """
    if instrument.is_index:
        scale = 10.0 ** -(instrument.decimals + 1)
        while True:
            yield from (mantissa * scale for mantissa in _MANTISSAS)
            scale *= 10
    tick, power, grid = instrument.tick_nano, 1, instrument.tick_nano
    if instrument.display != "decimal":
        step, power, grid = tick, NANO // 10, NANO
        while step < NANO:
            yield step // tick
            step *= 2
    elif not any(tick == m * 10**k for m in _MANTISSAS for k in range(18)):
        yield 1
    while True:
        yield from (m * power // tick for m in _MANTISSAS if m * power >= tick and m * power % grid == 0)
        power *= 10


def price_ticks(instrument: Instrument, low: float, high: float, height: float) -> list[int | float]:
    """Prices to label between ``low`` and ``high`` (stored units) on ``height`` logical pixels, ascending."""
    if not high > low or height <= 0:
        return []
    ticks: list[int | float] = []
    for gap in (PRICE_GAP, TIGHT_GAP):
        wanted = (high - low) * gap / height
        step = next(step for step in price_steps(instrument) if step >= wanted)
        first, last = ceil(low / step - ROUNDING), floor(high / step + ROUNDING)
        ticks = [n * step for n in range(first, last + 1)]
        if len(ticks) >= FEW_LABELS:
            break
    return ticks


@dataclass(frozen=True, slots=True)
class TimeTick:
    """One label of the time axis.

    Attributes:
        bar: Index of the bar it stands under.
        text: ``09:35``, ``12 Jul``, ``Jul 2022``.
        strong: Bold: a session start or whole hour among times, a new month among days, a new year among months.
        session: Whether a session starts there and its neighbours are times; it has a dashed line, as strong has.
    """

    bar: int
    text: str
    strong: bool
    session: bool


def time_ticks(bars: Rows, first: int, last: int, session_starts: Times, slot: float) -> list[TimeTick]:
    """Labels for bars [first, last), ``slot`` logical pixels each, at least ``TIME_GAP`` pixels apart.

    Session starts come first and push their neighbours away; from a day apart on, nothing else is labelled.
    """
    opens: Times = bars["open_ns"]
    if last - first < 2:
        return [_lone(first, ns, session_starts) for ns in opens[first:last].tolist()]
    apart = TIME_GAP / slot  # bars
    low = bisect_left(session_starts, int(opens[first]))
    starts = session_starts[low : bisect_left(session_starts, int(opens[last - 1]) + 1)]
    wanted = _usual_step(opens, first, last) * apart
    step = next((step for step in _BY_CLOCK if step >= wanted), None)
    if step is None or (len(starts) > 1 and (last - first) / len(starts) < 1.5 * apart):
        return _spaced(_by_calendar(opens, first, last, session_starts, len(starts), apart), apart)
    ticks = [TimeTick(bisect_left(opens, ns, first, last), _date(ns), True, True) for ns in starts.tolist()]
    return _spaced(ticks + _by_clock(opens, first, last, step), apart)


def _lone(bar: int, ns: int, session_starts: Times) -> TimeTick:
    """The label of the only bar there is."""
    place = bisect_left(session_starts, ns)
    opens_session = place < len(session_starts) and int(session_starts[place]) == ns
    return TimeTick(bar, _date(ns) if opens_session else f"{eastern(ns):%H:%M}", opens_session, opens_session)


def _usual_step(opens: Times, first: int, last: int) -> float:
    """Time a bar usually stands for: the median of some differences, so that closed hours do not count."""
    places = np.linspace(first, last - 2, min(last - first - 1, 64)).astype(np.int64)
    return float(np.median(opens[places + 1] - opens[places]))


def _date(ns: int) -> str:
    at = eastern(ns + SESSION_DATE_NS)
    return f"{at.day} {at:%b}"


def _by_clock(opens: Times, first: int, last: int, step: int) -> list[TimeTick]:
    """A tick at each round ET time soon after which a bar opens; none where the market was closed."""
    ticks: list[TimeTick] = []
    bar = first
    for _ in range(MAX_TICKS):
        if bar >= last:
            break
        ns = int(opens[bar])
        at = eastern(ns)
        late = (at.hour * NS_PER_HOUR + at.minute * NS_PER_MIN + at.second * NS_PER_S + ns % NS_PER_S) % step
        if late <= step // 4 and (bar > first or late == 0):
            ticks.append(_clock_tick(bar, ns - late, step))
        bar = bisect_left(opens, ns - late + step, bar + 1, last)
    return ticks


def _clock_tick(bar: int, ns: int, step: int) -> TimeTick:
    at = eastern(ns)
    text = f"{at:%H:%M:%S}" if step < NS_PER_MIN else f"{at:%H:%M}"
    return TimeTick(bar, text, step < NS_PER_HOUR and at.minute == at.second == 0, False)


def _by_calendar(
    opens: Times, first: int, last: int, session_starts: Times, sessions: int, apart: float
) -> list[TimeTick]:
    """A tick at each session start that begins a day, one or two weeks, a month, a year: the finest with room.

    Without sessions the ET midnights themselves count.
    """
    since, until = int(opens[first]), int(opens[last - 1])
    bars_a_day = (last - first) / (sessions or max((until - since) / NS_PER_DAY, 1.0))
    days, week = apart / bars_a_day, 5 if sessions else 7
    ticks: list[TimeTick] = []
    era: tuple[int, ...] = ()
    for ns, text in _dates(since, until, days, week):
        at = ns
        if sessions:
            place = bisect_left(session_starts, ns - SESSION_DATE_NS)
            at = int(session_starts[place]) if place < len(session_starts) else until + 1
        bar = bisect_left(opens, at, first, last)
        if at < since or bar >= last or (ticks and ticks[-1].bar == bar):
            continue
        day = eastern(at + SESSION_DATE_NS)
        new_era = (day.year,) if text else (day.year, day.month)
        ticks.append(TimeTick(bar, text or _date(at), bool(era) and new_era != era, sessions > 0 and days <= 1))
        era = new_era
    return ticks


def _dates(since: int, until: int, days: float, week: int) -> Iterator[tuple[int, str]]:
    """ET midnights that begin a day, a week, two weeks, a month or a year, ``days`` trading days apart or more.

    Args:
        week: Trading days of a week.

    Yields:
        The instant, and the month or year as text; no text for a day.
    """
    day = eastern(since).replace(hour=0, minute=0, second=0)
    if days <= 2 * week:
        every = 1 if days <= 1 else 7 if days <= week else 14
        if every > 1:
            day -= timedelta(days=(day.toordinal() - 1) % every)  # the first of all days was a Monday
        while (ns := _ns(day)) <= until + NS_PER_DAY:
            yield ns, ""
            day += timedelta(days=every)
        return
    months = next((step for step in _BY_MONTH if step * 30.4 * week / 7 >= days), _BY_MONTH[-1])
    count = ceil((day.year * 12 + day.month - 1) / months) * months
    while (ns := _ns(datetime(count // 12, count % 12 + 1, 1, tzinfo=NEW_YORK))) <= until:
        at = eastern(ns)
        yield ns, f"{at:%Y}" if months >= 12 else f"{at:%b %Y}"
        count += months


def _ns(at: datetime) -> int:
    return int((at - EPOCH).total_seconds()) * NS_PER_S


def _spaced(ticks: list[TimeTick], apart: float) -> list[TimeTick]:
    """The ticks without those nearer than ``apart`` bars to a session start or to the tick before."""
    sessions = [tick.bar for tick in ticks if tick.session]
    kept: list[TimeTick] = []
    for tick in sorted(ticks, key=lambda tick: (tick.bar, not tick.session)):
        if kept and tick.bar - kept[-1].bar < apart and not (tick.session and not kept[-1].session):
            continue
        if not tick.session:
            place = bisect_left(sessions, tick.bar)
            if any(abs(tick.bar - near) < apart for near in sessions[max(place - 1, 0) : place + 1]):
                continue
        kept.append(tick)
    return kept
