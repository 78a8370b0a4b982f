"""Edges of bars against New York's clock told slowly, on ordinary days, holidays and clock changes."""

from itertools import pairwise

import numpy as np
import pytest

from cockpit.calendars import calendar_of
from cockpit.engines.bars.anchors import AFTER_ALL, BEFORE_ALL, Grid, bar_bounds, session_starts
from cockpit.engines.bars.intervals import INTERVALS, Interval
from cockpit.errors import EngineError
from cockpit.instants import eastern, parse_instant
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN
from tests.engines.bars.oracle import bounds

DAYS = NS_PER_DAY
CLOCK_CHANGES = [parse_instant(text) for text in ("2026-03-08T05:00Z", "2026-11-01T04:00Z")]


def told(interval: str, at: str, group: str | None = "equity", split: bool = True) -> str:
    """``Thu 16:00-17:00``: the bar an instant lies in, on New York's clock."""
    calendar = None if group is None else calendar_of(group)
    opens, closes = bar_bounds(Interval.parse(interval), calendar, np.array([parse_instant(at)], np.int64), split)
    return f"{eastern(int(opens[0])):%a %H:%M}-{eastern(int(closes[0])):%a %H:%M}"


@pytest.mark.parametrize("group", ["equity", "cboe", None])
@pytest.mark.parametrize("label", [each.label for each in INTERVALS])
def test_edges_are_where_the_slow_clock_puts_them(label: str, group: str | None) -> None:
    interval = Interval.parse(label)
    calendar = None if group is None else calendar_of(group)
    rng = np.random.default_rng(5)
    spread = rng.integers(parse_instant("2010-01-01"), parse_instant("2028-01-01"), 30)
    near = [int(start + each) for start in CLOCK_CHANGES for each in rng.integers(0, DAYS, 25)]
    halts = [parse_instant(f"2024-05-08T{clock}") for clock in ("16:59:59", "17:00", "17:30", "18:00")]
    at = np.array([*spread.tolist(), *near, *halts], np.int64)
    opens, closes = bar_bounds(interval, calendar, at)
    assert (opens <= at).all()
    assert (at < closes).all()
    for ns, found in zip(at.tolist(), zip(opens.tolist(), closes.tolist(), strict=True), strict=True):
        assert found == bounds(interval, calendar, ns), eastern(ns)


@pytest.mark.parametrize("group", ["equity", "xnys"])
@pytest.mark.parametrize("label", ["90m", "3h", "4h", "1D", "1h"])
@pytest.mark.parametrize("start", CLOCK_CHANGES)
def test_bars_of_a_clock_change_day_touch_without_a_hole(label: str, start: int, group: str) -> None:
    at = np.arange(start - DAYS, start + 2 * DAYS, 10 * NS_PER_MIN)
    opens, closes = bar_bounds(Interval.parse(label), calendar_of(group), at)
    pairs = sorted(set(zip(opens.tolist(), closes.tolist(), strict=True)))
    assert all(first[1] == second[0] for first, second in pairwise(pairs))


def test_the_four_hour_bar_ends_with_the_session_unless_told_otherwise() -> None:
    assert told("4h", "2024-05-08T16:10") == "Wed 16:00-Wed 17:00"
    assert told("4h", "2024-05-08T18:10") == "Wed 18:00-Wed 20:00"
    assert told("4h", "2024-05-08T17:10") == "Wed 17:00-Wed 18:00"
    assert told("4h", "2024-05-08T16:10", split=False) == "Wed 16:00-Wed 20:00"
    assert told("90m", "2024-05-08T16:40") == "Wed 16:30-Wed 17:00"
    assert told("3h", "2024-05-08T16:40") == "Wed 15:00-Wed 17:00"


def test_a_daily_bar_is_a_trade_date_from_its_first_open_to_five_in_the_afternoon() -> None:
    assert told("1D", "2024-05-12T18:30") == "Sun 18:00-Mon 17:00"
    assert told("1D", "2024-05-08T16:59") == "Tue 18:00-Wed 17:00"
    assert told("1D", "2026-11-26T10:00") == "Wed 18:00-Fri 17:00"  # Thanksgiving counts for Friday
    assert told("1D", "2024-05-08T17:30", split=False) == "Tue 18:00-Wed 18:00"
    assert told("1D", "2024-05-08T11:00", "cboe") == "Wed 00:00-Wed 16:15"


def test_an_early_close_cuts_no_bar() -> None:
    assert told("4h", "2026-11-26T12:30") == "Thu 12:00-Thu 16:00"


def test_index_bars_are_not_cut_where_futures_stop() -> None:
    assert told("4h", "2024-05-08T16:10", "cboe") == "Wed 16:00-Wed 20:00"


def test_a_market_that_never_closes_is_anchored_to_utc() -> None:
    at = np.array([parse_instant("2024-05-08T17:30")], np.int64)
    for label in ("4h", "90m", "1D"):
        opens, _ = bar_bounds(Interval.parse(label), None, at)
        assert opens[0] % Interval.parse(label).ns == 0


def test_edges_listed_bit_by_bit_equal_those_listed_at_once() -> None:
    calendar = calendar_of("rates")
    grid = Grid(Interval.parse("90m"), calendar)
    at = np.sort(np.random.default_rng(3).integers(parse_instant("2012-01-01"), parse_instant("2026-01-01"), 60))
    whole = bar_bounds(Interval.parse("90m"), calendar, at)
    for ns in np.random.default_rng(4).permutation(at):
        one = np.array([ns], np.int64)
        found = grid.bounds(one)
        place = int(np.searchsorted(at, ns))
        assert (found[0][0], found[1][0]) == (whole[0][place], whole[1][place])
    edges = grid.edges(int(at[0]), int(at[-1]))
    assert (edges[0], edges[-1]) == (BEFORE_ALL, AFTER_ALL)
    assert (np.diff(edges[1:-1]) > 0).all()


def test_no_instants_have_no_bars_and_counted_bars_have_no_edges() -> None:
    opens, closes = bar_bounds(Interval.parse("4h"), calendar_of("fx"), np.zeros(0, np.int64))
    assert len(opens) == len(closes) == 0
    with pytest.raises(EngineError, match="t500 bars have no edges"):
        Grid(Interval.parse("t500"), None)


def test_bars_after_a_break_start_a_session() -> None:
    calendar = calendar_of("equity")
    opens = np.array(
        [parse_instant(f"2024-05-{at}") for at in ("08T15:00", "08T16:00", "08T18:00", "08T19:00", "12T18:00")]
    )
    assert session_starts(calendar, opens).tolist() == [True, False, True, False, True]
    assert session_starts(calendar, opens[1:], int(opens[0])).tolist() == [False, True, False, True]
    assert opens[-1] - opens[-2] > 3 * DAYS - NS_PER_HOUR
