"""The volatility regime: what the level of the VIX, its rank within a year and its term structure say together.

Source: ``formulas.md`` 3.4, ``contracts.md`` 6.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cockpit.calendars import Calendar
from cockpit.errors import EngineError
from cockpit.events.dtypes import DTYPES, HEADER, Kind
from cockpit.instants import age_text, eastern_wall
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, Floats, Rows

Days = NDArray[np.int64]

CALM, TENSE, PANIC = 0, 1, 2
REGIMES: Final = ("calm", "tense", "panic")
NAMES: Final = ("VIX", "VIX9D", "VIX3M")  # roots of the indices it rests on, the first of them the one judged

TENSE_LEVEL: Final = 16.0
PANIC_LEVEL: Final = 28.0
TENSE_RANK: Final = 0.50
PANIC_RANK: Final = 0.90
PANIC_RANK_LEVEL: Final = 22.0  # without it a rank makes no panic
TENSE_VIX_VIX3M: Final = 0.98
TENSE_VIX9D_VIX: Final = 1.05
PANIC_VIX_VIX3M: Final = 1.08
PANIC_TERM_LEVEL: Final = 25.0  # without it the term structure makes no panic

LEAVE_FACTOR: Final = 0.97  # leaving takes 3 % below an edge ...
LEAVE_NS: Final = 2 * NS_PER_MIN  # ... for so long

YEAR: Final = 252  # closes, the current value as the last of them
LEAST_CLOSES: Final = 60  # below it there is no rank
YEAR_DAYS: Final = 400  # older closes are of no trailing year, whatever lies between
PREVIOUS_DAYS: Final = 5  # a long weekend and a holiday; an older close is not the day before's
MIDDLE: Final = (0.10, 0.90)
REGIME_FIELDS: Final = ("value", "percentile", "vix_vix3m", "vix9d_vix", "severity", "previous")
CLOSE_WALL_NS: Final = 16 * NS_PER_HOUR + 15 * NS_PER_MIN  # of New York's clock, end of the Cboe session


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a regime is judged by.

    Attributes:
        level: The VIX.
        rank: 0..1 among the trailing closes; NaN with too few.
        vix_vix3m, vix9d_vix: NaN when unknown or of different days.
    """

    level: float
    rank: float = math.nan
    vix_vix3m: float = math.nan
    vix9d_vix: float = math.nan

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        """All of it, in the order of the attributes."""
        return self.level, self.rank, self.vix_vix3m, self.vix9d_vix


def by_level(it: Evidence, factor: float = 1.0) -> int:
    """Severity of the level; all edges are multiplied by ``factor``."""
    return PANIC if it.level >= PANIC_LEVEL * factor else TENSE if it.level >= TENSE_LEVEL * factor else CALM


def by_rank(it: Evidence, factor: float = 1.0) -> int | None:
    """Severity of the rank; None when it is unknown."""
    if math.isnan(it.rank):
        return None
    if it.rank >= PANIC_RANK * factor and it.level >= PANIC_RANK_LEVEL * factor:
        return PANIC
    return TENSE if it.rank >= TENSE_RANK * factor else CALM


def by_term(it: Evidence, factor: float = 1.0) -> int | None:
    """Severity that the term structure forces; None when it forces nothing or is unknown."""
    if it.vix_vix3m >= PANIC_VIX_VIX3M * factor and it.level >= PANIC_TERM_LEVEL * factor:
        return PANIC
    if it.vix_vix3m >= TENSE_VIX_VIX3M * factor or it.vix9d_vix >= TENSE_VIX9D_VIX * factor:
        return TENSE
    return None


def severity_of(it: Evidence, factor: float = 1.0) -> int:
    """The highest of the three, without memory."""
    return max(by_level(it, factor), by_rank(it, factor) or CALM, by_term(it, factor) or CALM)


@dataclass(frozen=True, slots=True)
class VixReadout:
    """The gauge's numbers; None and empty words where unknown.

    Attributes:
        value, at_ns: The last VIX and its clock.
        previous_close: Of the day before.
        change: ``value`` less ``previous_close``, points.
        severity, regime: With memory: 0 calm, 1 tense, 2 panic, and the word.
        by_level, by_percentile, by_term: What each input alone says.
        held: Why the regime is higher than they say; empty when it is not.
        percentile: Rank among the trailing closes, 0..1.
        closes: How many closes that rests on, the current value among them, or would.
        year_low, year_high: 10 % and 90 % quantile of them; None with ``percentile``.
        vix3m, vix9d: Of the day of ``value``.
        vix_vix3m, vix9d_vix: Ratios.
    """

    value: float
    at_ns: int
    previous_close: float | None
    change: float | None
    severity: int
    regime: str
    by_level: str
    by_percentile: str
    by_term: str
    held: str
    percentile: float | None
    closes: int
    year_low: float | None
    year_high: float | None
    vix3m: float | None
    vix9d: float | None
    vix_vix3m: float | None
    vix9d_vix: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """A published index level: its New York day (since 1970-01-01), its value, its clock."""

    day: int
    value: float
    at_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class FrozenVixRegime:
    """All of a ``VixRegime``.

    Attributes:
        days, closes: int64 and float64 (n,), closes of the days before the current one, ascending, at most
            YEAR - 1; never changed, only replaced.
        today: Close of the current day so far; None when it has none.
        is_daily: Whether that is a published daily close, which later prints of the day do not change.
        levels: The last level by name.
        severity: After the last update.
        below_ns: Clock since which the evidence is past the edge of tense and of panic; None when it is not.
        given: Severity of the last REGIME row.
    """

    days: Days
    closes: Floats
    today: Level | None
    is_daily: bool
    levels: dict[str, Level]
    severity: int
    below_ns: tuple[int | None, int | None]
    given: int


class VixRegime:
    """The regime after every print of the VIX and its relatives.

    Severity is the higher of what level and rank say; the term structure can only raise it. A higher state is
    entered at once. It is left when the evidence has been below all of its edges times 0.97, ranks and ratios as
    well as levels, for two minutes without a break; between prints the last one stands. An unknown input says
    nothing, so it holds no state either.

    The rank counts the closes of the trailing year that are at or below the value, which is the last of them. A
    day's close is its published daily bar, else its last print up to 16:15 New York time. Ratios are of values of
    one New York day.

    Args:
        calendar: Of the index (``cboe``); days without a session, on which prints of the night go on till noon,
            have no close. None: every day with a print has one.

    Source: ``formulas.md`` 3.4, ``contracts.md`` 6.
    """

    def __init__(self, calendar: Calendar | None = None) -> None:
        self._calendar = calendar
        self.reset()

    def reset(self) -> None:
        """Become equal to a new one."""
        no_days, no_closes = np.zeros(0, np.int64), np.zeros(0, np.float64)
        self.thaw(FrozenVixRegime(no_days, no_closes, None, False, {}, CALM, (None, None), CALM))

    def freeze(self) -> FrozenVixRegime:
        """The state, independent of it."""
        closing = (self._days, self._closes, self._today, self._is_daily)
        return FrozenVixRegime(*closing, dict(self._levels), self._severity, self._below_ns, self._given)

    def thaw(self, frozen: FrozenVixRegime) -> None:
        """Become what was frozen."""
        self._days, self._closes = frozen.days, frozen.closes
        self._today, self._is_daily = frozen.today, frozen.is_daily
        self._levels = dict(frozen.levels)
        self._severity, self._below_ns, self._given = frozen.severity, frozen.below_ns, frozen.given
        self._evidence = self._seen()

    def apply(self, rows: Rows, names: Sequence[str]) -> Rows:
        """Take prints in ``seq`` order.

        Args:
            rows: INDEX (n,).
            names: Root of each, one of NAMES.

        Returns:
            REGIME rows, one per row of the VIX, with its header; ``previous`` is the severity of the row before.

        Raises:
            EngineError: Rows of another kind, a name too few or too many, or an unknown name; nothing changed.
        """
        if rows.dtype != DTYPES[Kind.INDEX]:
            raise EngineError(f"the volatility regime cannot take rows of dtype {rows.dtype}")
        if len(names) != len(rows) or not set(names) <= set(NAMES):
            raise EngineError(
                f"{len(rows)} rows need as many names of {', '.join(NAMES)}, received {list(names)[:9]}"
            )
        is_vix = np.array([name == NAMES[0] for name in names], np.bool_)
        regimes = np.zeros(np.count_nonzero(is_vix), DTYPES[Kind.REGIME])
        for name, _ in HEADER:
            regimes[name] = rows[name][is_vix]
        columns = (rows[name].tolist() for name in ("clock_ns", "close", "interval_ns"))
        given: list[tuple[float, float, float, float, int, int]] = []
        for name, wall, clock, value, interval in zip(
            names, eastern_wall(rows["clock_ns"]).tolist(), *columns, strict=True
        ):
            now = Level(wall // NS_PER_DAY, value, clock)
            if name == NAMES[0]:
                self._close(now, interval >= NS_PER_DAY, wall % NS_PER_DAY)
            evidence = self._judge(name, now)
            if name == NAMES[0] and evidence is not None:
                given.append((*evidence.numbers, self._severity, self._given))
                self._given = self._severity
        for name, column in zip(REGIME_FIELDS, zip(*given, strict=True), strict=bool(given)):
            regimes[name] = column
        regimes.flags.writeable = False
        return regimes

    def _close(self, now: Level, is_daily: bool, time_of_day_ns: int) -> None:
        """Bring the closes up to a print of the VIX."""
        if self._today is not None and self._today.day != now.day:
            days = np.append(self._days, self._today.day)
            recent = days >= now.day - YEAR_DAYS
            self._closes = np.append(self._closes, self._today.value)[recent][1 - YEAR :]
            self._days, self._today, self._is_daily = days[recent][1 - YEAR :], None, False
        is_print = not self._is_daily and time_of_day_ns <= CLOSE_WALL_NS and self._has_session(now.day)
        if is_daily or is_print:
            self._today, self._is_daily = now, is_daily

    def _has_session(self, day: int) -> bool:
        if self._calendar is None:
            return True
        sessions = self._calendar.sessions_of(day)
        return sessions.start < sessions.stop

    def _judge(self, name: str, now: Level) -> Evidence | None:
        """Move to the severity after a print; what it rests on."""
        self._severity = self.severity_at(now.at_ns)
        self._levels[name] = now
        self._evidence = evidence = self._seen()
        if evidence is None:
            return None
        easy = severity_of(evidence, LEAVE_FACTOR)
        tense, panic = self._below_ns
        self._below_ns = (
            None if easy >= TENSE else now.at_ns if tense is None else tense,
            None if easy >= PANIC else now.at_ns if panic is None else panic,
        )
        self._severity = self.severity_at(now.at_ns)
        return evidence

    def severity_at(self, now_ns: int) -> int:
        """Severity at an instant not before the last print, if nothing else comes until then."""
        severity = CALM if self._evidence is None else severity_of(self._evidence)
        for held, since in zip((TENSE, PANIC), self._below_ns, strict=True):
            if self._severity >= held and (since is None or now_ns - since < LEAVE_NS):
                severity = max(severity, held)
        return severity

    def _seen(self) -> Evidence | None:
        """What is known now; None before the first print of the VIX."""
        vix = self._levels.get(NAMES[0])
        if vix is None:
            return None
        n = len(self._closes) + 1
        rank = (int(np.count_nonzero(self._closes <= vix.value)) + 1) / n if n >= LEAST_CLOSES else math.nan
        vix3m, vix9d = self._of_day("VIX3M", vix.day), self._of_day("VIX9D", vix.day)
        return Evidence(
            vix.value,
            rank,
            math.nan if vix3m is None else vix.value / vix3m,
            math.nan if vix9d is None else vix9d / vix.value,
        )

    def _of_day(self, name: str, day: int) -> float | None:
        level = self._levels.get(name)
        return level.value if level is not None and level.day == day else None

    @property
    def level(self) -> Level | None:
        """The last print of the VIX; None before the first."""
        return self._levels.get(NAMES[0])

    @property
    def readout(self) -> VixReadout | None:
        """As of the last print of any of the indices; None before the first of the VIX."""
        return self.readout_at(max((level.at_ns for level in self._levels.values()), default=0))

    def readout_at(self, now_ns: int) -> VixReadout | None:
        """As of an instant not before the last print: a state may be left while nothing is printed."""
        vix, evidence = self.level, self._evidence
        if vix is None or evidence is None:
            return None
        severity, closes = self.severity_at(now_ns), np.append(self._closes, vix.value)
        is_ranked = not math.isnan(evidence.rank)
        low, high = (float(each) for each in np.quantile(closes, MIDDLE)) if is_ranked else (None, None)
        previous = self._previous(vix.day)
        return VixReadout(
            value=vix.value,
            at_ns=vix.at_ns,
            previous_close=previous,
            change=None if previous is None else vix.value - previous,
            severity=severity,
            regime=REGIMES[severity],
            by_level=_word(by_level(evidence)),
            by_percentile=_word(by_rank(evidence)),
            by_term=_word(by_term(evidence)),
            held=self._held(evidence, severity, now_ns),
            percentile=_known(evidence.rank),
            closes=len(closes),
            year_low=low,
            year_high=high,
            vix3m=self._of_day("VIX3M", vix.day),
            vix9d=self._of_day("VIX9D", vix.day),
            vix_vix3m=_known(evidence.vix_vix3m),
            vix9d_vix=_known(evidence.vix9d_vix),
        )

    def _previous(self, day: int) -> float | None:
        if not len(self._days) or day - int(self._days[-1]) > PREVIOUS_DAYS:
            return None
        return float(self._closes[-1])

    def _held(self, evidence: Evidence, severity: int, now_ns: int) -> str:
        if severity <= severity_of(evidence):
            return ""
        since = self._below_ns[severity - TENSE]
        if since is not None:
            return f"3 % below the edges of {REGIMES[severity]} for {age_text(now_ns - since)}, leaving takes 2 min"
        looks = (("level", by_level), ("percentile", by_rank), ("term structure", by_term))
        near = [name for name, look in looks if (look(evidence, LEAVE_FACTOR) or CALM) >= severity]
        return f"{' and '.join(near)} not 3 % below the edge of {REGIMES[severity]}"


def _word(severity: int | None) -> str:
    return "" if severity is None else REGIMES[severity]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
