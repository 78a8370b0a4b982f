"""The volatility regime: its table, its memory, and random prints against a definition without memory."""

import math
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cockpit.calendars import calendar_of
from cockpit.engines.regime.vix import REGIMES, Evidence, VixReadout, VixRegime, severity_of
from cockpit.errors import EngineError
from cockpit.events.dtypes import Kind, empty
from cockpit.feeds.files.sniff import open_source
from cockpit.instants import eastern, from_eastern_wall, parse_instant
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Rows
from tests.feeds.rows import same_rows

DAILY = NS_PER_DAY
FIVE = 5 * NS_PER_MIN
Print = tuple[str, int, float, int]  # name, clock, value, interval


def rows_of(prints: list[Print]) -> tuple[Rows, list[str]]:
    rows = empty(Kind.INDEX, len(prints))
    rows["seq"] = 10 * np.arange(len(prints))
    rows["clock_ns"] = [each[1] for each in prints]
    rows["event_ns"] = rows["clock_ns"] - 5
    rows["instrument"] = 4
    rows["close"] = [each[2] for each in prints]
    rows["interval_ns"] = [each[3] for each in prints]
    return rows, [each[0] for each in prints]


def fed(regime: VixRegime, prints: list[Print]) -> Rows:
    return regime.apply(*rows_of(prints))


def read(regime: VixRegime) -> VixReadout:
    found = regime.readout
    assert found is not None
    return found


def close_of(day: date) -> int:
    """16:15 New York time."""
    midnight = (day - date(1970, 1, 1)).days * NS_PER_DAY
    return int(from_eastern_wall(np.array([midnight + 16 * NS_PER_HOUR + 15 * NS_PER_MIN]))[0])


def daily(values: list[float], name: str = "VIX", first: date = date(2021, 1, 4)) -> list[Print]:
    """One close on each weekday."""
    days = (first + timedelta(days=k) for k in range(3 * len(values) + 7))
    kept = [day for day in days if day.weekday() < 5][: len(values)]
    return [(name, close_of(day), value, DAILY) for day, value in zip(kept, values, strict=True)]


def minutes(values: list[float], at: str = "2022-07-12T10:00", step_ns: int = NS_PER_MIN) -> list[Print]:
    return [("VIX", parse_instant(at) + k * step_ns, value, NS_PER_MIN) for k, value in enumerate(values)]


def severities(rows: Rows) -> list[int]:
    return rows["severity"].tolist()


# --- the table


@pytest.mark.parametrize(
    ("evidence", "severity"),
    [
        (Evidence(15.99), 0),
        (Evidence(16.0), 1),
        (Evidence(27.99), 1),
        (Evidence(28.0), 2),
        (Evidence(12.0, 0.49), 0),
        (Evidence(12.0, 0.50), 1),
        (Evidence(12.0, 0.95), 1),  # so high a rank of so low a level makes no panic
        (Evidence(22.0, 0.90), 2),
        (Evidence(22.0, 0.89), 1),
        (Evidence(12.0, 0.1, 0.98), 1),
        (Evidence(12.0, 0.1, 0.97, 1.05), 1),
        (Evidence(12.0, 0.1, 0.97, 1.04), 0),
        (Evidence(12.0, 0.1, math.nan, 1.05), 1),
        (Evidence(25.0, 0.1, 1.08), 2),
        (Evidence(24.9, 0.1, 1.08), 1),
        (Evidence(40.0, 0.1, 0.8, 0.8), 2),  # the term structure never lowers
    ],
)
def test_the_highest_of_level_rank_and_term_structure_counts(evidence: Evidence, severity: int) -> None:
    assert severity_of(evidence) == severity


# --- closes and ranks


def test_the_rank_counts_the_trailing_year_with_the_value_as_its_last_close() -> None:
    regime = VixRegime()
    rows = fed(regime, daily([*([50.0] * 100), *map(float, range(1, 253))]))
    assert np.isnan(rows["percentile"][:59]).all()
    assert rows["percentile"][59] == 1.0
    assert rows["percentile"][100] == pytest.approx(1 / 101)
    assert rows["percentile"][-1] == 1.0  # the fifties are over a year old
    assert rows["percentile"][148] == pytest.approx(49 / 149)
    found = read(regime)
    assert (found.closes, found.percentile, found.by_percentile) == (252, 1.0, "panic")
    assert (found.year_low, found.year_high) == pytest.approx((1 + 0.1 * 251, 1 + 0.9 * 251))


def test_with_too_few_closes_only_the_level_counts() -> None:
    regime = VixRegime()
    fed(regime, daily([12.0] * 59))
    found = read(regime)
    assert (found.regime, found.by_level, found.by_percentile, found.closes) == ("calm", "calm", "", 59)
    assert (found.percentile, found.year_low, found.year_high) == (None, None, None)
    fed(regime, [("VIX", close_of(date(2021, 6, 1)), 12.0, DAILY)])
    assert read(regime).by_percentile == "tense"  # all are equal, so all are at or below


def test_a_day_of_prints_has_its_last_one_up_to_a_quarter_past_four_as_its_close() -> None:
    regime = VixRegime()
    day = [
        ("VIX", parse_instant(f"2022-07-11T{at}"), value, FIVE)
        for at, value in (("03:20", 9.0), ("16:15", 20.0), ("16:20", 30.0))
    ]
    fed(regime, day)
    assert read(regime).value == 30.0
    assert read(regime).previous_close is None
    fed(regime, [("VIX", parse_instant("2022-07-12T03:20"), 21.5, FIVE)])
    assert (read(regime).previous_close, read(regime).change) == (20.0, 1.5)


def test_a_published_daily_close_counts_whatever_is_printed_beside_it() -> None:
    for order in (1, -1):
        regime = VixRegime()
        at = parse_instant("2022-07-11T16:15")
        fed(regime, [("VIX", at, 20.0, FIVE), ("VIX", at, 20.5, DAILY)][::order])
        fed(regime, [("VIX", parse_instant("2022-07-12T10:00"), 21.5, FIVE)])
        assert read(regime).previous_close == 20.5


def test_a_close_of_long_ago_is_not_the_day_befores_nor_of_the_trailing_year() -> None:
    regime = VixRegime()
    fed(regime, daily([20.0] * 100, first=date(2019, 1, 7)))
    fed(regime, [("VIX", parse_instant("2022-07-12T10:00"), 21.5, FIVE)])
    found = read(regime)
    assert (found.previous_close, found.change, found.closes, found.percentile) == (None, None, 1, None)


def test_days_without_a_session_have_no_close() -> None:
    values = (("08-29T16:15", 15.0), ("09-01T11:30", 99.0), ("09-02T10:00", 16.0))
    prints = [("VIX", parse_instant(f"2025-{at}"), value, FIVE) for at, value in values]
    regime, plain = VixRegime(calendar_of("cboe")), VixRegime()
    for each in (regime, plain):
        fed(each, prints)
    assert read(regime).previous_close == 15.0
    assert read(plain).previous_close == 99.0


# --- ratios


def test_ratios_are_of_one_day() -> None:
    regime = VixRegime()
    morning, close = parse_instant("2022-07-12T10:00"), close_of(date(2022, 7, 11))
    made = fed(regime, [("VIX3M", close, 20.0, DAILY), ("VIX", close, 25.0, DAILY), ("VIX9D", close, 30.0, DAILY)])
    assert len(made) == 1
    assert made["vix_vix3m"].tolist() == [1.25]
    assert np.isnan(made["vix9d_vix"]).all()  # it came later, and makes no row
    found = read(regime)
    assert (found.vix_vix3m, found.vix9d_vix, found.vix3m, found.vix9d) == (1.25, 1.2, 20.0, 30.0)
    assert (found.by_term, found.regime) == ("panic", "panic")
    fed(regime, [("VIX", morning, 25.0, FIVE)])
    found = read(regime)
    assert (found.vix_vix3m, found.vix9d_vix, found.by_term) == (None, None, "")


def test_a_relative_raises_the_regime_at_once() -> None:
    regime = VixRegime()
    at = parse_instant("2022-07-12T10:00")
    fed(regime, [("VIX", at, 12.0, FIVE)])
    assert read(regime).regime == "calm"
    assert len(fed(regime, [("VIX9D", at + 1, 13.0, FIVE)])) == 0
    found = read(regime)
    assert (found.regime, found.by_term, found.by_level) == ("tense", "tense", "calm")
    made = fed(regime, [("VIX", at + 2, 12.0, FIVE)])
    assert (made["previous"].tolist(), made["severity"].tolist()) == ([0], [1])


# --- memory


def test_a_state_is_entered_at_once_and_left_three_per_cent_and_two_minutes_past_its_edge() -> None:
    regime = VixRegime()
    below, far = 15.9, 15.4  # 16 * 0.97 = 15.52
    rows = fed(regime, minutes([15.0, 16.0, below, below, below, far, below, far, far, far, below]))
    assert severities(rows) == [0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]
    assert rows["previous"].tolist() == [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0]


def test_a_state_left_needs_its_edge_again() -> None:
    assert severities(fed(VixRegime(), minutes([28.5, 27.0, 27.0, 27.0, 27.9, 28.0]))) == [2, 2, 2, 1, 1, 2]


def test_each_state_has_its_own_two_minutes() -> None:
    rows = fed(VixRegime(), minutes([29.0, 20.0, 15.0, 15.0, 15.0]))
    assert severities(rows) == [2, 2, 2, 1, 0]


def test_a_rank_leaves_by_three_per_cent_of_its_edge_too() -> None:
    regime = VixRegime()
    fed(regime, daily([10 + 0.03 * k for k in range(99)]))
    at = close_of(date(2021, 6, 1))
    found = []
    for minute, rank in enumerate((51, 49, 49, 48, 48, 48)):  # the edge less 3 % is 48.5
        fed(regime, [("VIX", at + minute * NS_PER_MIN, 10 + 0.03 * (rank - 1.5), FIVE)])
        now = read(regime)
        assert now.percentile == rank / 100
        found.append((now.by_percentile, now.regime))
    assert found == [("tense", "tense"), *[("calm", "tense")] * 4, ("calm", "calm")]


def test_a_ratio_leaves_by_three_per_cent_of_its_edge_too() -> None:
    regime = VixRegime()
    at = close_of(date(2021, 6, 1))
    fed(regime, [("VIX", at, 12.0, DAILY), ("VIX3M", at, 12 / 0.99, DAILY)])
    assert (read(regime).by_term, read(regime).held) == ("tense", "")
    fed(regime, [("VIX3M", at + NS_PER_MIN, 12 / 0.96, DAILY)])
    found = regime.readout_at(at + NS_PER_HOUR)
    assert found is not None
    assert (found.by_term, found.regime) == ("", "tense")
    assert found.held == "term structure not 3 % below the edge of tense"
    fed(regime, [("VIX3M", at + NS_PER_HOUR, 12 / 0.95, DAILY)])
    later = [regime.severity_at(at + NS_PER_HOUR + k * NS_PER_MIN) for k in (0, 1, 2)]
    assert later == [1, 1, 0]


def test_an_input_that_becomes_unknown_holds_nothing() -> None:
    regime = VixRegime()
    at = close_of(date(2021, 6, 1))
    fed(regime, [("VIX", at, 12.0, DAILY), ("VIX3M", at, 11.0, DAILY)])
    morning = parse_instant("2021-06-02T10:00")
    rows = fed(regime, [("VIX", morning + k * NS_PER_MIN, 12.0, FIVE) for k in range(3)])
    assert severities(rows) == [1, 1, 0]


def test_between_prints_the_last_one_stands() -> None:
    regime = VixRegime()
    at = close_of(date(2022, 7, 11))
    fed(regime, [("VIX", at - NS_PER_DAY, 17.0, DAILY), ("VIX", at, 15.0, DAILY)])
    assert read(regime).regime == "tense"
    later = [regime.readout_at(at + after) for after in (119 * NS_PER_S, 120 * NS_PER_S)]
    assert [each.regime for each in later if each is not None] == ["tense", "calm"]
    rows = fed(regime, [("VIX", at + NS_PER_DAY, 15.9, DAILY)])  # less than 3 % below the edge, but it was left
    assert severities(rows) == [0]


def test_it_says_why_a_state_is_held() -> None:
    regime = VixRegime()
    prints = minutes([16.5, 15.9, 15.0, 15.0])
    fed(regime, prints[:1])
    assert read(regime).held == ""
    fed(regime, prints[1:2])
    assert read(regime).held == "level not 3 % below the edge of tense"
    fed(regime, prints[2:])
    assert read(regime).held == "3 % below the edges of tense for 60 s, leaving takes 2 min"


# --- random prints


@dataclass
class Oracle:
    """The definition: a state holds since its evidence was reached, unless there were two whole minutes past it."""

    prints: list[Print] = field(default_factory=list)
    history: list[tuple[int, Evidence | None]] = field(default_factory=list)

    def take(self, each: Print) -> None:
        self.prints.append(each)
        self.history.append((each[1], self.evidence()))

    def evidence(self) -> Evidence | None:
        last = {name: (eastern(clock).date(), value) for name, clock, value, _ in self.prints}
        if "VIX" not in last:
            return None
        today, value = last["VIX"]
        closes: dict[date, float] = {}
        published: set[date] = set()
        for name, clock, close, interval in self.prints:
            wall: datetime = eastern(clock)
            is_late = (wall.hour, wall.minute, wall.second) > (16, 15, 0)
            if name == "VIX" and (interval == DAILY or (wall.date() not in published and not is_late)):
                closes[wall.date()] = close
                published |= {wall.date()} if interval == DAILY else set()
        past = [close for day, close in sorted(closes.items()) if today - timedelta(days=400) <= day < today][-251:]
        year = [*past, value]
        rank = sum(close <= value for close in year) / len(year) if len(year) >= 60 else math.nan
        ratios = [
            math.nan if name not in last or last[name][0] != today else last[name][1] for name in ("VIX3M", "VIX9D")
        ]
        return Evidence(value, rank, value / ratios[0], ratios[1] / value)

    def severity_at(self, now_ns: int) -> int:
        return max((level for level in (1, 2) if self._holds(level, now_ns)), default=0)

    def _holds(self, level: int, now_ns: int) -> bool:
        known = [(clock, each) for clock, each in self.history if each is not None]
        reached = [k for k, (_, each) in enumerate(known) if severity_of(each) >= level]
        if not reached:
            return False
        past = 0
        ends = [clock for clock, _ in known[1:]] + [now_ns]
        for (clock, each), end in list(zip(known, ends, strict=True))[reached[-1] :]:
            past = past + end - clock if severity_of(each, 0.97) < level else 0
            if past >= 2 * NS_PER_MIN:
                return False
        return True


def wandering(seed: int, n: int = 400) -> list[Print]:
    """Prints around the edges, of all three, some of them daily, minutes to weeks apart."""
    rng = random.Random(seed)
    clock, level = parse_instant("2022-03-01T09:31"), rng.choice([16.0, 22.0, 28.0])
    days = 80 if seed % 2 else 0
    made: list[Print] = [
        ("VIX", clock - (days + 10 - day) * NS_PER_DAY, rng.uniform(12, 30), DAILY) for day in range(days)
    ]
    for _ in range(n):
        clock += rng.choice([0, 20, 40, 60, 60, 120, 600, 40_000, 90_000]) * NS_PER_S
        level = min(max(level * math.exp(rng.gauss(0, 0.02)), 10.0), 40.0)
        name = rng.choice(["VIX", "VIX", "VIX", "VIX9D", "VIX3M"])
        spread = {"VIX": 0.0, "VIX9D": rng.gauss(0.03, 0.02), "VIX3M": rng.gauss(0.0, 0.05)}[name]
        made.append((name, clock, round(level * math.exp(spread), 2), rng.choice([NS_PER_MIN, FIVE, DAILY])))
    return made


@pytest.mark.parametrize("seed", range(10))
def test_the_regime_equals_its_definition_over_random_prints(seed: int) -> None:
    prints, regime, oracle = wandering(seed), VixRegime(), Oracle()
    changes = 0
    for k, each in enumerate(prints):
        rows = fed(regime, [each])
        oracle.take(each)
        after = each[1] if k + 1 == len(prints) else prints[k + 1][1]
        for now_ns in (each[1], after):
            assert regime.severity_at(now_ns) == oracle.severity_at(now_ns)
        if each[0] == "VIX":
            evidence = oracle.history[-1][1]
            assert evidence is not None
            found = [rows[name][0] for name in ("value", "percentile", "vix_vix3m", "vix9d_vix")]
            np.testing.assert_allclose(found, evidence.numbers, rtol=1e-12)
            changes += int(rows["severity"][0] != rows["previous"][0])
    assert changes


@pytest.mark.parametrize("seed", range(5))
def test_how_prints_are_cut_changes_no_byte_and_a_thawed_regime_goes_on(seed: int) -> None:
    rows, names = rows_of(wandering(50 + seed))
    whole = VixRegime()
    expected = whole.apply(rows, names)
    cuts = sorted(random.Random(seed).choices(range(len(rows)), k=60))
    pieces, parts = VixRegime(), []
    for first, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        other = VixRegime()
        other.thaw(pieces.freeze())
        pieces = other
        parts.append(pieces.apply(rows[first:stop], names[first:stop]))
    assert same_rows(np.concatenate(parts), expected)
    assert repr(pieces.readout) == repr(whole.readout)
    frozen = whole.freeze()
    whole.apply(rows[-1:], ["VIX9D"])
    assert frozen.levels == pieces.freeze().levels  # the frozen state did not move
    whole.reset()
    assert whole.readout is None
    assert same_rows(whole.apply(rows, names), expected)


def test_rows_bear_the_header_of_the_print_that_made_them() -> None:
    prints = [("VIX9D", 5 * NS_PER_DAY, 10.0, FIVE), ("VIX", 5 * NS_PER_DAY, 11.0, FIVE)]
    made = fed(VixRegime(), prints)
    row = rows_of(prints)[0][1]
    for name in ("seq", "clock_ns", "event_ns", "recv_ns", "instrument"):
        assert made[name][0] == row[name]
    assert not made.flags.writeable


def test_what_is_no_print_of_the_three_is_refused() -> None:
    rows, names = rows_of(minutes([20.0, 21.0]))
    regime = VixRegime()
    with pytest.raises(EngineError, match="2 rows need as many names of VIX, VIX9D, VIX3M"):
        regime.apply(rows, names[:1])
    with pytest.raises(EngineError, match="VVIX"):
        regime.apply(rows, ["VIX", "VVIX"])
    with pytest.raises(EngineError, match="dtype"):
        regime.apply(empty(Kind.BAR, 2), names)
    assert regime.readout is None
    assert len(regime.apply(rows[:0], [])) == 0


# --- recordings


def levels(data: Path, *files: str) -> tuple[Rows, list[str]]:
    """INDEX rows of several files on one clock, with the roots of their instruments."""
    rows, names = [], []
    for file in files:
        source = open_source(data / "indices" / file)
        for chunk in source.chunks():
            for batch in chunk.batches:
                rows.append(batch.rows)
                names += [source.info.instruments[number].root for number in batch.rows["instrument"]]
    joined = np.concatenate(rows)
    order = np.argsort(joined["clock_ns"], kind="stable")
    return joined[order], [names[k] for k in order]


def test_the_daily_family_on_the_options_morning_of_2022(data: Path) -> None:
    rows, names = levels(data, "vix_daily.csv.gz", "vix9d_daily.csv", "vix3m_daily.csv")
    stop = int(np.searchsorted(rows["clock_ns"], parse_instant("2022-07-12T16:15"), side="right"))
    regime = VixRegime(calendar_of("cboe"))
    regime.apply(rows[:stop], names[:stop])
    found = read(regime)
    year = rows["close"][:stop][np.array(names[:stop]) == "VIX"][-252:]
    assert (found.value, found.previous_close) == (27.29, 26.17)
    assert found.percentile == (year <= 27.29).mean() == pytest.approx(185 / 252)
    assert (found.by_level, found.by_percentile, found.by_term, found.regime) == ("tense", "tense", "", "tense")
    assert found.vix_vix3m == pytest.approx(27.29 / 28.82)
    assert found.vix9d_vix == pytest.approx(27.13 / 27.29)
    before = regime.apply(rows[stop:], names[stop:])
    assert len(before) == names[stop:].count("VIX")


def test_every_day_of_2020s_panic_is_one(data: Path) -> None:
    rows, names = levels(data, "vix_daily.csv.gz", "vix9d_daily.csv", "vix3m_daily.csv")
    made = VixRegime(calendar_of("cboe")).apply(rows, names)
    first, last = (np.searchsorted(made["clock_ns"], parse_instant(at)) for at in ("2020-03-02", "2020-05-05"))
    assert set(made["severity"][first:last].tolist()) == {2}
    assert {REGIMES[each] for each in np.unique(made["severity"])} == {"calm", "tense", "panic"}


def test_five_minutes_of_the_vix_in_2025_pass_through_every_state(data: Path) -> None:
    rows, names = levels(data, "vix_5min_2025_2026.csv.gz")
    regime = VixRegime(calendar_of("cboe"))
    made = regime.apply(rows, names)
    assert len(made) == len(rows)
    assert set(made["severity"].tolist()) == {0, 1, 2}
    entered = made[(made["severity"] == 2) & (made["previous"] < 2)]
    assert eastern(int(entered["clock_ns"][0])).date() == date(2025, 10, 17)
    held = made["severity"] > [
        severity_of(Evidence(*each)) for each in made[["value", "percentile", "vix_vix3m", "vix9d_vix"]].tolist()
    ]
    assert 0 < held.sum() < len(made) / 4
