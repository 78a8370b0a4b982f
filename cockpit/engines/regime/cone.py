"""Where the price may go: how much variance lies ahead by the calendar, and the quantiles it gives by the VIX.

Variance is counted in whole sessions: 1 is what the VIX says of one trading day. Of it 63 % lie in regular hours,
09:30-16:00 New York time, spread as the squared mean |return| of each five minutes, and 37 % in all other trading
time of the same trade date, evenly. So a shortened day has less than one, and a holiday's short session, which is
booked to the next trade date, is part of that one's night. A market without night sessions makes its 37 % in the
jump at the open.

Source: ``formulas.md`` 4.1, ``contracts.md`` 6.
"""

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np

from cockpit.calendars import Calendar
from cockpit.engines.regime.time_of_day import OVERNIGHT_SHARE, RTH_CLOSE_NS, RTH_OPEN_NS, SLOT_NS, SLOT_SHARES
from cockpit.errors import EngineError
from cockpit.instants import from_eastern_wall
from cockpit.units import NS_PER_DAY, Floats, Sizes, Times

RULE_OF_16: Final = "rule_of_16"
EXACT: Final = "exact"
SESSIONS_A_YEAR: Final = {RULE_OF_16: 256.0, EXACT: 252.0}  # by method; 256 because its root is 16
SESSIONS: Final = 5  # the cone ends so many after today's
BANDS: Final = (0.025, 0.16, 0.25, 0.5, 0.75, 0.84, 0.975)
STEPS: Final = 240  # of the path, denser near its beginning, where the cone opens fastest


@dataclass(frozen=True, slots=True)
class Horizon:
    """The end of a trade date.

    Attributes:
        trade_date: Which.
        end_ns: When its last session closes, ns UTC.
        variance: From now till then, in sessions.
    """

    trade_date: date
    end_ns: int
    variance: float


@dataclass(frozen=True, slots=True, eq=False)
class ConePath:
    """The time ahead, without the closures in it.

    Attributes:
        until_ns: Where it ends, ns UTC.
        along: float64 (m,), ascending, trading time from 0 (now) to 1 (the end). A jump at an open is two points
            at one place.
        variance: float64 (m,), from now till then, in sessions; ascending from 0.
        horizons: Ends of the trade dates ahead.
        places: float64 (len(horizons),), where they are along the path.
    """

    until_ns: int
    along: Floats
    variance: Floats
    horizons: tuple[Horizon, ...]
    places: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Stretches of trading time with an even rate of variance, ascending and apart; one may have no length."""

    starts: Times
    ends: Times
    variances: Floats


def remaining_variance(calendar: Calendar, now_ns: int) -> float:
    """Variance left of the trade date under way, in sessions: 1 when a whole one begins, 0 between trade dates."""
    ahead = horizons(calendar, now_ns, 0)
    return ahead[0].variance if ahead else 0.0


def horizons(calendar: Calendar, now_ns: int, sessions: int = SESSIONS) -> tuple[Horizon, ...]:
    """Ends of the trade date under way, if one is, and of the next ``sessions`` ones, ascending.

    Raises:
        EngineError: The calendar ends before them.
    """
    days = _days_ahead(calendar, now_ns, sessions)
    return _horizons(days, [_ahead(_pieces(calendar, day), now_ns) for day in days])


def _horizons(days: list[date], parts: list[_Pieces]) -> tuple[Horizon, ...]:
    totals = np.cumsum([part.variances.sum() for part in parts]).tolist()
    closes = [int(part.ends[-1]) for part in parts]
    return tuple(Horizon(*each) for each in zip(days, closes, totals, strict=True))


def cone_path(calendar: Calendar, now_ns: int, sessions: int = SESSIONS) -> ConePath:
    """The path from now to the end of the last of ``sessions`` trade dates after the one under way.

    Raises:
        EngineError: No trade date is asked for, or the calendar ends before them.
    """
    days = _days_ahead(calendar, now_ns, sessions)
    if not days:
        raise EngineError(f"a cone needs 1 session or more ahead, received {sessions}")
    parts = [_ahead(_pieces(calendar, day), now_ns) for day in days]
    ahead = _horizons(days, parts)
    starts, ends = np.concatenate([each.starts for each in parts]), np.concatenate([each.ends for each in parts])
    elapsed = np.concatenate([[0], np.cumsum(ends - starts)])
    variance = np.concatenate([[0.0], np.cumsum(np.concatenate([each.variances for each in parts]))])
    last = np.searchsorted(ends, [each.end_ns for each in ahead]) + 1
    along = elapsed / elapsed[-1]
    points, values = _drawn(along, variance, np.union1d(last, _jumps(elapsed)))
    return ConePath(ahead[-1].end_ns, points, values, ahead, along[last])


def _jumps(elapsed: Floats) -> Sizes:
    """Places just before and just after what takes no time."""
    jumps = np.flatnonzero(np.diff(elapsed) == 0)
    return np.concatenate([jumps, jumps + 1])


def _drawn(along: Floats, variance: Floats, kept: Sizes) -> tuple[Floats, Floats]:
    """The path through points dense near its beginning, and through the ones kept as they are."""
    dense = np.setdiff1d((np.arange(STEPS + 1) / STEPS) ** 2, along[kept])
    points = np.concatenate([dense, along[kept]])
    values = np.concatenate([np.interp(dense, along, variance), variance[kept]])
    order = np.lexsort((values, points))
    return points[order], values[order]


def session_sigma(vix: float, method: str) -> float:
    """Standard deviation of one session's log return, a decimal: VIX / 16 or VIX / sqrt(252), per cent.

    Raises:
        EngineError: An unknown method, or a VIX that is not above 0.
    """
    if method not in SESSIONS_A_YEAR:
        raise EngineError(f"method of a cone is {' or '.join(SESSIONS_A_YEAR)}, not {method!r}")
    if not 0.0 < vix < math.inf:
        raise EngineError(f"a cone needs a VIX above 0, received {vix}")
    return vix / 100.0 / math.sqrt(SESSIONS_A_YEAR[method])


def expected_move(origin: float, vix: float, variance: float, method: str) -> float:
    """One standard deviation of the price over a variance in sessions, in units of ``origin``.

    Raises:
        EngineError: As ``session_sigma``.
    """
    return origin * session_sigma(vix, method) * math.sqrt(variance)


def quantiles(
    origin: float, vix: float, variance: Floats, p: tuple[float, ...] = BANDS, method: str = RULE_OF_16
) -> Floats:
    """Quantiles of a lognormal price whose mean is ``origin``; the median lies below it.

    Args:
        origin: Price now.
        vix: In points.
        variance: float64 (m,), in sessions.
        p: Probabilities in (0, 1).
        method: ``rule_of_16`` or ``exact``.

    Returns:
        float64 (m, len(p)), same unit as ``origin``.

    Raises:
        EngineError: As ``session_sigma``, or a probability that is none.

    Source: ``formulas.md`` 4.1.
    """
    if not all(0.0 < each < 1.0 for each in p):
        raise EngineError(f"quantiles are at probabilities between 0 and 1, received {p}")
    scores = np.array([NormalDist().inv_cdf(each) for each in p])
    sigma = session_sigma(vix, method) * np.sqrt(np.asarray(variance, np.float64))[:, np.newaxis]
    return origin * np.exp(sigma * scores - sigma**2 / 2)


def _days_ahead(calendar: Calendar, now_ns: int, sessions: int) -> list[date]:
    """Trade dates: the one under way, if one is, and the next ``sessions``."""
    at = int(np.searchsorted(calendar.closes, now_ns, side="right"))  # the first session not over yet
    days: list[date] = np.unique(calendar.trade_days[at : at + 2 * (sessions + 2)]).tolist()
    is_under_way = bool(days) and calendar.opens[calendar.sessions_of(days[0])][0] <= now_ns
    n = sessions + int(is_under_way)
    if len(days) < n:
        raise EngineError(f"the calendar {calendar.group} ends {len(days)} of {n} trade dates after {now_ns}")
    return days[:n]


@lru_cache(maxsize=64)
def _pieces(calendar: Calendar, day: date) -> _Pieces:
    """All of a trade date."""
    sessions = calendar.sessions_of(day)
    opens, closes = calendar.opens[sessions], calendar.closes[sessions]
    midnight = int(np.datetime64(day, "D").astype(np.int64)) * NS_PER_DAY
    slots = from_eastern_wall(midnight + np.arange(RTH_OPEN_NS, RTH_CLOSE_NS + 1, SLOT_NS))
    # all instants where the rate may change; a piece between two of them lies in one session or in none
    marks = np.unique(np.concatenate([opens, closes, slots]))
    starts, ends = marks[:-1], marks[1:]
    session = np.searchsorted(opens, starts, side="right") - 1
    open_ = (session >= 0) & (starts < closes[session])
    starts, ends = starts[open_], ends[open_]
    slot = np.searchsorted(slots, starts, side="right") - 1
    is_regular = (slot >= 0) & (starts < slots[-1])
    lengths = (ends - starts).astype(np.float64)
    variances = np.where(is_regular, SLOT_SHARES[np.clip(slot, 0, len(SLOT_SHARES) - 1)] * lengths / SLOT_NS, 0.0)
    if calendar.is_overnight:
        night = np.where(is_regular, 0.0, lengths)
        return _Pieces(starts, ends, variances + OVERNIGHT_SHARE * night / max(night.sum(), 1.0))
    return _Pieces(
        np.insert(starts, 0, opens[0]), np.insert(ends, 0, opens[0]), np.insert(variances, 0, OVERNIGHT_SHARE)
    )


def _ahead(pieces: _Pieces, now_ns: int) -> _Pieces:
    """What of them lies after an instant; a jump at that very instant has happened."""
    kept = (pieces.ends > now_ns) | (pieces.starts > now_ns)
    starts, ends, variances = pieces.starts[kept], pieces.ends[kept], pieces.variances[kept]
    cut = np.maximum(starts, now_ns)
    left = np.where(ends > starts, (ends - cut) / np.maximum(ends - starts, 1), 1.0)
    return _Pieces(cut, ends, variances * left)
