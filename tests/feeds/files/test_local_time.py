"""Dates and times of tables, against zoneinfo one by one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from cockpit.feeds.files.local_time import clock_of, day_of, days, instants, to_utc
from cockpit.instants import CHICAGO, NEW_YORK
from cockpit.units import NO_TIME, NS_PER_HOUR, NS_PER_S

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2022-06-19", "2022/6/19", "6/19/2022", "06/19/2022", "6/19/22"])
def test_dates_are_read_in_the_forms_tables_use(text: str) -> None:
    assert day_of(text) == (datetime(2022, 6, 19, tzinfo=UTC) - EPOCH).days


def test_two_digit_years_belong_to_the_century_that_had_data() -> None:
    assert day_of("1/29/93") == (datetime(1993, 1, 29, tzinfo=UTC) - EPOCH).days
    assert day_of("5/5/22") == (datetime(2022, 5, 5, tzinfo=UTC) - EPOCH).days


@pytest.mark.parametrize(
    "text", ["", "2022-13-01", "2022-02-30", "19.6.2022", "2022-06", "20220619", "9999-01-01", "0022-01-01", "x"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert day_of(text) is None
    assert days([text]).tolist() == [NO_TIME]


def test_times_of_day_are_read_with_and_without_offset() -> None:
    assert clock_of("9:30") == clock_of("09:30:00") == (9 * NS_PER_HOUR + 1800 * NS_PER_S, None)
    assert clock_of("00:05:00-04:00") == (300 * NS_PER_S, -4 * NS_PER_HOUR)
    assert clock_of("10:30:00.005604") == (10 * NS_PER_HOUR + 1800 * NS_PER_S + 5_604_000, None)
    assert clock_of("23:59:59Z") == (86_399 * NS_PER_S, 0)
    assert [clock_of(text) for text in ("24:00", "12:60", "12", "", "noon", "12:00:61")] == [None] * 6


@pytest.mark.parametrize("zone", [CHICAGO, NEW_YORK])
def test_local_hours_of_a_year_become_the_instants_zoneinfo_says(zone) -> None:
    hours = np.arange(19_358 * 24, 19_358 * 24 + 366 * 24)  # 2023
    out = to_utc(hours * NS_PER_HOUR, zone)
    for hour, got in zip(hours[::7].tolist(), out[::7].tolist(), strict=True):
        shown = (EPOCH + timedelta(hours=hour)).replace(tzinfo=zone)
        assert got == int((shown - EPOCH).total_seconds()) * NS_PER_S


def test_the_change_of_the_clock_moves_the_instants() -> None:
    before, after = instants(["2023-03-10", "2023-03-13"], ["17:00", "17:00"], CHICAGO)
    assert datetime.fromtimestamp(before // NS_PER_S, UTC).hour == 23
    assert datetime.fromtimestamp(after // NS_PER_S, UTC).hour == 22


def test_a_written_offset_wins_over_the_zone() -> None:
    assert instants(["2023-07-01"], ["12:00-05:00"], NEW_YORK) == instants(["2023-07-01"], ["17:00"], UTC)


def test_a_time_without_offset_is_unreadable_where_one_is_needed() -> None:
    assert instants(["2023-07-01", "2023-07-01"], ["12:00", "12:00Z"], None)[0] == NO_TIME
