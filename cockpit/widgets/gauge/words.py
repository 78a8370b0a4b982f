"""What the VIX gauge says: level, change, regime, each input with its threshold, and why. Pure; no Qt.

The thresholds printed here are the defaults of ``formulas.md`` 3.4; what a level or a ratio means was decided by
the engine and arrives in the state.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

from cockpit.instants import age_text, clock_text, eastern
from cockpit.instruments import DASH
from cockpit.state.views import Freshness, TermPoint, VixState, is_old
from cockpit.widgets.figures import signed, told

HUES: Final = {"calm": "live", "tense": "resist", "panic": "failed"}
ENOUGH: Final = 60  # closes, for a percentile
TERM: Final = ("9D", "VIX", "3M", "6M")
TIP_WIDTH: Final = 72  # characters
NO_VIX: Final = "no VIX heard yet"

_told = partial(told, width=TIP_WIDTH)
_LEVEL: Final = {"calm": "< 16", "tense": "≥ 16", "panic": "≥ 28"}
_PERCENTILE: Final = {"calm": "< 50", "tense": "50–90", "panic": "≥ 90"}
_RATIO: Final = {"tense": "≥ 0.98", "panic": "≥ 1.08"}
_HIGH_RANK: Final = 0.90
_TENSE_RATIO: Final = 0.98
_LEVEL_RULE: Final = "Rule: calm below 16, tense from 16, panic from 28"
_PERCENTILE_RULE: Final = "Rule: calm below 50, tense from 50, panic from 90 while the VIX is at 22 or more"
_TERM_RULE: Final = (
    "Rule: at least tense from 0.98, or with VIX9D / VIX from 1.05; panic from 1.08 while the VIX is at 25 or "
    "more. It can only raise the regime"
)
_CHAIN_METHOD: Final = "Cboe's method on the open chain: out-of-the-money strips of two expiries, to 30 days"


@dataclass(frozen=True, slots=True)
class Row:
    """One input of the regime.

    Attributes:
        labels: Its name, longest form first.
        value: Its figure; an en dash when unknown.
        says: What it says with its threshold, or how old it is, or why it is unknown; longest form first.
        regime: What it says alone; empty when nothing.
        is_old: Whether it is stale or worse, for dimming.
        is_doubtful: Whether a remark says why it is not to be taken at its face value.
    """

    labels: tuple[str, ...]
    value: str
    says: tuple[str, ...]
    regime: str = ""
    is_old: bool = False
    is_doubtful: bool = False


def level_text(state: VixState) -> str:
    """``17.02``, or an en dash."""
    return _points(state.value)


def change_text(state: VixState) -> str:
    """``−0.41 today``, or of the day it belongs to; empty when unknown."""
    if state.change is None or state.as_of_ns is None:
        return ""
    now = now_ns(state)
    when = "today" if now is None or _day(now) == _day(state.as_of_ns) else f"on {_day_text(state.as_of_ns)}"
    return f"{signed(state.change)} {when}"


def reason_text(state: VixState) -> str:
    """Why there is no level; empty when there is one."""
    return "" if state.value is not None else state.head.reason or NO_VIX


def now_ns(state: VixState) -> int | None:
    """The clock, from the level's instant and age; None when either is unknown."""
    if state.as_of_ns is None or state.head.age_ns is None:
        return None
    return state.as_of_ns + state.head.age_ns


def rows(state: VixState) -> tuple[Row, Row, Row, Row]:
    """Level, percentile, term structure, and the chain's own VIX beside the published one."""
    return _level_row(state), _percentile_row(state), _term_row(state), _chain_row(state)


def _level_row(state: VixState) -> Row:
    if state.value is None:
        return Row(("Level",), DASH, ("unknown",))
    says = f"{_LEVEL[state.by_level]} {state.by_level}" if state.by_level else ""
    return _aged(
        Row(("Level",), _points(state.value), (says,), state.by_level), state.head.freshness, state.head.age_ns
    )


def _percentile_row(state: VixState) -> Row:
    labels = (f"Percentile, {state.closes} d", "Percentile") if state.closes else ("Percentile",)
    if state.percentile is None:
        few = f"n {state.closes} < {ENOUGH}" if state.closes < ENOUGH else "unknown"
        return Row(labels, DASH, (few,))
    rule = _PERCENTILE.get(state.by_percentile, "")
    if state.percentile >= _HIGH_RANK and state.by_percentile == "tense":
        rule = "VIX < 22"
    says = f"{rule} {state.by_percentile}".strip()
    row = Row(labels, f"{state.percentile * 100:.0f}", (says,), state.by_percentile)
    return _aged(row, state.head.freshness, state.head.age_ns)


def _term_row(state: VixState) -> Row:
    point = _point(state, "3M")
    if state.vix_vix3m is None:
        return Row(("VIX / VIX3M",), DASH, _no_ratio(state, point), state.by_term)
    if not state.by_term:
        says = ("contango",) if state.vix_vix3m < 1.0 else ("backwardation",)
    elif state.vix_vix3m < _TENSE_RATIO:
        says = (f"9D/VIX ≥ 1.05 {state.by_term}", f"9D/VIX {state.by_term}")
    else:
        says = (f"{_RATIO[state.by_term]} {state.by_term}",)
    row = Row(("VIX / VIX3M",), f"{state.vix_vix3m:.3f}", says, state.by_term)
    ages = [(state.head.freshness, state.head.age_ns)]
    if point is not None:
        ages.append((point.freshness, point.age_ns))
    worst = max(ages, key=lambda each: -1 if each[0] is None else each[0].value)
    return _aged(row, *worst)


def _no_ratio(state: VixState, point: TermPoint | None) -> tuple[str, ...]:
    """Why there is no VIX / VIX3M; what VIX9D / VIX says in its place, if that says something."""
    if state.by_term:
        return (f"9D/VIX ≥ 1.05 {state.by_term}", f"9D/VIX {state.by_term}")
    if state.value is None:
        return ("no VIX",)
    return ("no VIX3M",) if point is None or point.value is None else ("of different days", "other day")


def _chain_row(state: VixState) -> Row:
    labels = ("VIX of the chain", "Chain VIX")
    if state.chain_vix is None:
        return Row(labels, DASH, ("" if state.chain_note else "no chain open",))
    when = "" if state.chain_as_of_ns is None else moment_text(state.chain_as_of_ns, now_ns(state))
    return Row(labels, _points(state.chain_vix), (when,), is_doubtful=bool(state.chain_note))


def _aged(row: Row, freshness: Freshness | None, age_ns: int | None) -> Row:
    """The row, with how old it is where that is not what it should be."""
    if freshness in (None, Freshness.FRESH) or age_ns is None:
        return row
    age = f"{age_text(age_ns)} old"
    forms = [f"{says}, {age}" for says in row.says if says]
    short = [f"{row.regime}, {age}"] if row.regime else []
    return Row(row.labels, row.value, (*forms, *short, age), row.regime, is_old(freshness), row.is_doubtful)


def moment_text(at_ns: int, now: int | None) -> str:
    """``13:40:12`` of today, ``10 Mar 16:15`` of another day, New York time."""
    if now is not None and _day(at_ns) == _day(now):
        return clock_text(at_ns)
    return f"{_day_text(at_ns)} {eastern(at_ns):%H:%M}"


def lines(state: VixState) -> list[str]:
    """Everything as it reads, for screen readers and tests."""
    first = " ".join(text for text in ("VIX", level_text(state), change_text(state), state.regime) if text)
    told = [first, *([reason_text(state)] if state.value is None else [])]
    told += [f"{row.labels[0]} {row.value} {row.says[0]}".strip() for row in rows(state)]
    return [*told, *remarks(state), *(point_text(point) for point in term(state))]


def remarks(state: VixState) -> list[str]:
    """Sentences below the inputs: why the regime is held, what is missing or doubtful about the chain's own VIX."""
    return [text for text in (state.held, f"Chain: {state.chain_note}" if state.chain_note else "") if text]


# term structure


def term(state: VixState) -> tuple[TermPoint, ...]:
    """The four maturities, short to long, also those nothing is known about."""
    return tuple(_point(state, name) or TermPoint(name) for name in TERM)


def point_text(point: TermPoint) -> str:
    """``3M 18.87``, with its age where it is old."""
    return f"{point_name(point)} {_points(point.value)}"


def point_name(point: TermPoint) -> str:
    """``3M``, with the first unit of its age where it is not fresh: ``3M 21 h``."""
    if point.freshness in (None, Freshness.FRESH) or point.age_ns is None or point.value is None:
        return point.name
    return f"{point.name} {' '.join(age_text(point.age_ns).split(' ')[:2])}"


def _point(state: VixState, name: str) -> TermPoint | None:
    return next((point for point in state.term if point.name == name), None)


# why


def row_tip(state: VixState, place: int) -> str:
    """Rule and numbers of the input in that row."""
    return (_level_tip, _percentile_tip, _term_tip, _chain_tip)[place](state)


def _level_tip(state: VixState) -> str:
    if state.value is None:
        return _told(f"Level unknown: {reason_text(state)}", _LEVEL_RULE)
    return _told(f"Level {_points(state.value)}{_alone(state.by_level)}", _LEVEL_RULE, _published(state))


def _percentile_tip(state: VixState) -> str:
    if state.percentile is None:
        return _told(f"Percentile unknown: {state.closes} closes, {ENOUGH} are needed", _PERCENTILE_RULE)
    rank = f"{state.percentile * 100:.1f} % of the last {state.closes} closes are at or below the level"
    year = ""
    if state.year_low is not None and state.year_high is not None:
        year = f"Middle 80 % of these closes: {_points(state.year_low)} to {_points(state.year_high)} (outer arc)"
    return _told(f"{rank}{_alone(state.by_percentile)}", _PERCENTILE_RULE, year)


def _term_tip(state: VixState) -> str:
    near = DASH if state.vix9d_vix is None else f"{state.vix9d_vix:.3f}"
    far = DASH if state.vix_vix3m is None else f"{state.vix_vix3m:.3f}"
    says = _alone(state.by_term) or ": says nothing"
    why = "" if state.vix_vix3m is not None else f"VIX / VIX3M unknown: {_no_ratio(state, _point(state, '3M'))[0]}"
    return _told(f"VIX / VIX3M {far}, VIX9D / VIX {near}{says}", why, _TERM_RULE)


def _chain_tip(state: VixState) -> str:
    if state.chain_vix is None:
        return _told(f"No VIX of the chain: {state.chain_note or 'no option chain is open'}", _CHAIN_METHOD)
    when = "" if state.chain_as_of_ns is None else f", chain of {moment_text(state.chain_as_of_ns, None)} ET"
    return _told(
        f"VIX of the chain {state.chain_vix:.4f}{when}", state.chain_note, _CHAIN_METHOD, _published(state)
    )


def regime_tip(state: VixState) -> str:
    """Why the regime is what it is."""
    if not state.regime:
        return _told(f"Regime unknown: {reason_text(state) or 'no input says anything'}")
    named = (("level", state.by_level), ("percentile", state.by_percentile), ("term structure", state.by_term))
    says = ", ".join(f"{name}: {regime or 'nothing'}" for name, regime in named)
    return _told(
        f"{state.regime.capitalize()}: {says}",
        state.held,
        "Rule: the higher of level and percentile; the term structure can only raise it. "
        "A state is left 3 % and two minutes past its edge",
    )


def point_tip(point: TermPoint) -> str:
    """What is known about a maturity."""
    name = point.name if point.name == "VIX" else f"VIX{point.name}"
    if point.value is None:
        return f"{name} {DASH}: not heard"
    before = "" if point.previous is None else f", {_points(point.previous)} the day before"
    age = "" if point.age_ns is None else f", {age_text(point.age_ns)} old"
    return f"{name} {_points(point.value)}{before}{age}"


def _alone(regime: str) -> str:
    return f": {regime}" if regime else ""


def _published(state: VixState) -> str:
    if state.value is None or state.as_of_ns is None:
        return ""
    age = "" if state.head.age_ns is None else f", {age_text(state.head.age_ns)} old"
    return f"Published {_points(state.value)} of {moment_text(state.as_of_ns, None)} ET{age}"


def _points(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _day(at_ns: int) -> object:
    return eastern(at_ns).date()


def _day_text(at_ns: int) -> str:
    at = eastern(at_ns)
    return f"{at.day} {at:%b}"
