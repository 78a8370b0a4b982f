"""Expiry instants of morning and afternoon series, over early closes, holidays and clock changes."""

import numpy as np
import pytest

from cockpit.engines.options.expiry import (
    BUCKETS,
    bucket_of,
    days_to_expiry,
    expiry_instants,
    is_morning_settled,
    years_between,
)
from cockpit.errors import EngineError
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_HOUR, NS_PER_MIN


def days(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[D]").astype(np.int32)


def instant(root: bytes, day: str) -> int:
    return int(expiry_instants(np.array([root], "S8"), days(day))[0])


@pytest.mark.parametrize(
    ("root", "day", "expected"),
    [
        (b"SPX", "2026-11-20", "2026-11-20T09:30"),
        (b"SPXW", "2026-11-20", "2026-11-20T16:00"),
        (b"NDX", "2026-11-20", "2026-11-20T09:30"),
        (b"NDXP", "2026-11-20", "2026-11-20T16:00"),
        (b"RUT", "2026-11-20", "2026-11-20T09:30"),
        (b"RUTW", "2026-11-20", "2026-11-20T16:00"),
        (b"VIX", "2026-11-18", "2026-11-18T09:30"),
        (b"VIXW", "2026-11-11", "2026-11-11T09:30"),
        (b"XSP", "2026-11-20", "2026-11-20T16:00"),
        (b"AAPL", "2026-11-20", "2026-11-20T16:00"),
        (b"SPXW", "2026-07-06", "2026-07-06T16:00"),  # summer time
    ],
)
def test_series_end_in_the_morning_or_with_the_close_by_their_root(root: bytes, day: str, expected: str) -> None:
    assert instant(root, day) == parse_instant(expected)


@pytest.mark.parametrize("root", [b"SPXW", b"SPY"])
@pytest.mark.parametrize("day", ["2026-11-27", "2026-12-24", "2025-07-03"])
def test_an_early_close_ends_the_afternoon_series_at_one(root: bytes, day: str) -> None:
    assert instant(root, day) == parse_instant(f"{day}T13:00")


def test_an_early_close_leaves_the_morning_series_alone() -> None:
    assert instant(b"SPX", "2026-11-27") == parse_instant("2026-11-27T09:30")


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        ("2026-06-19", "2026-06-18T09:30"),  # Juneteenth
        ("2025-04-18", "2025-04-17T09:30"),  # Good Friday
        ("2015-01-17", "2015-01-16T09:30"),  # symbols named the Saturday until 2015
    ],
)
def test_a_day_without_a_session_means_the_session_before(day: str, moved: str) -> None:
    assert instant(b"SPX", day) == parse_instant(moved)


def test_the_morning_series_ends_six_and_a_half_hours_before_the_afternoon_series_of_its_day() -> None:
    assert instant(b"SPXW", "2026-11-20") - instant(b"SPX", "2026-11-20") == 13 * NS_PER_HOUR // 2


def test_many_series_at_once_are_those_one_by_one() -> None:
    roots = np.array([b"SPX", b"SPXW", b"SPX", b"VIX"], "S8")
    dates = days("2026-06-19", "2026-11-27", "2025-04-18", "2026-11-18")
    single = [expiry_instants(roots[i : i + 1], dates[i : i + 1])[0] for i in range(4)]
    assert expiry_instants(roots, dates).tolist() == single
    assert expiry_instants(roots[:0], dates[:0]).tolist() == []
    assert is_morning_settled(roots).tolist() == [True, False, True, True]


def test_unequal_arrays_and_days_out_of_reach_are_refused() -> None:
    with pytest.raises(EngineError, match=r"a day per root, received 1 and 2"):
        expiry_instants(np.array([b"SPX"], "S8"), days("2026-11-20", "2026-11-27"))
    for day in ("1969-12-31", "2150-01-01"):
        with pytest.raises(EngineError, match=day):
            instant(b"SPX", day)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("2026-03-06T15:00", "2026-03-09T16:00", 3 * 1440),  # an hour of the wall clock does not happen
        ("2026-10-30T15:00", "2026-11-02T16:00", 3 * 1440 + 120),  # one happens twice
        ("2026-11-20T16:00", "2026-11-20T16:00", 0),
        ("2026-11-20T16:01", "2026-11-20T16:00", -1),
    ],
)
def test_time_is_counted_in_minutes_that_pass(since: str, until: str, minutes: int) -> None:
    assert years_between(parse_instant(since), parse_instant(until)) == minutes / 525_600


def test_years_of_many_instants_broadcast() -> None:
    later = np.array([1, 2, 3], np.int64) * NS_PER_MIN
    assert years_between(0, later).tolist() == [1 / 525_600, 2 / 525_600, 3 / 525_600]


def test_days_are_counted_on_new_yorks_calendar() -> None:
    dates = days("2026-11-19", "2026-11-20", "2026-11-21", "2026-12-31")
    assert days_to_expiry(parse_instant("2026-11-20T00:01"), dates).tolist() == [-1, 0, 1, 41]
    assert days_to_expiry(parse_instant("2026-11-20T23:59"), dates).tolist() == [-1, 0, 1, 41]
    assert days_to_expiry(parse_instant("2026-11-21T00:00"), dates).tolist() == [-2, -1, 0, 40]


def test_buckets_begin_at_one_six_and_thirty_one_days() -> None:
    found = [BUCKETS[place] for place in bucket_of(np.array([-1, 0, 1, 5, 6, 30, 31, 900])).tolist()]
    assert found == ["0dte", "0dte", "1-5", "1-5", "6-30", "6-30", ">30", ">30"]
