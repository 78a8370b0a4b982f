"""Instants as text and New York's clock in bulk, against the standard library one by one."""

import contextlib
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cockpit.errors import CockpitError, ConfigError
from cockpit.instants import (
    NEW_YORK,
    age_text,
    clock_text,
    date_text,
    eastern,
    eastern_offsets,
    eastern_wall,
    from_eastern_wall,
    iso_utc,
    parse_instant,
)
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S

MARCH = parse_instant("2026-03-08T07:00Z")  # 02:00 EST becomes 03:00 EDT
NOVEMBER = parse_instant("2026-11-01T06:00Z")  # 02:00 EDT becomes 01:00 EST
SECONDS = st.integers(0, 4_000_000_000)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2023-12-25T18:10:00", "2023-12-25T23:10:00.000000000Z"),
        ("2023-12-25 18:10", "2023-12-25T23:10:00.000000000Z"),
        ("2023-12-25", "2023-12-25T05:00:00.000000000Z"),
        ("2023-12-25T23:10:00.5Z", "2023-12-25T23:10:00.500000000Z"),
        ("2023-12-25T23:10:00.123456789Z", "2023-12-25T23:10:00.123456789Z"),
        ("2024-07-01T12:00+02:00", "2024-07-01T10:00:00.000000000Z"),
        ("2024-07-01T12:00 -0400", "2024-07-01T16:00:00.000000000Z"),
        ("2024-07-01T12:00", "2024-07-01T16:00:00.000000000Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000000000Z"),
    ],
)
def test_a_typed_instant_without_a_zone_is_new_york(text: str, utc: str) -> None:
    assert iso_utc(parse_instant(text)) == utc


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2023-13-01", "2023-02-30", "2023-12-25T25:00", "2023-12-25T10", "10:00", "2023-12-25Q"],
)
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="not an instant"):
        parse_instant(text)


@given(st.text(max_size=40))
def test_any_text_is_an_instant_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(CockpitError):
        parse_instant(text)


@given(SECONDS, st.integers(0, NS_PER_S - 1))
def test_printing_and_parsing_an_instant_gives_it_back(second: int, fraction: int) -> None:
    ns = second * NS_PER_S + fraction
    assert parse_instant(iso_utc(ns)) == ns


@given(st.lists(SECONDS, min_size=1, max_size=30))
@example([MARCH // NS_PER_S - 1, MARCH // NS_PER_S, NOVEMBER // NS_PER_S - 1, NOVEMBER // NS_PER_S])
def test_offsets_in_bulk_are_those_of_the_zone_file(seconds: list[int]) -> None:
    at = np.array(seconds, np.int64) * NS_PER_S
    slow = [(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s)).astimezone(NEW_YORK) for s in seconds]
    expected = [round((each.utcoffset() or timedelta()) / timedelta(seconds=1)) * NS_PER_S for each in slow]
    assert eastern_offsets(at).tolist() == expected


@given(st.lists(st.integers(0, 4_000_000_000 // 60), min_size=1, max_size=30))
@example([(MARCH - 5 * NS_PER_HOUR) // NS_PER_MIN + 30, (NOVEMBER - 4 * NS_PER_HOUR) // NS_PER_MIN - 30])
def test_walls_become_the_instants_the_standard_library_says(minutes: list[int]) -> None:
    midnight = datetime(1970, 1, 1, tzinfo=NEW_YORK)  # adding to it moves its wall clock
    walls = [midnight + timedelta(minutes=each) for each in minutes]
    expected = [round(each.timestamp()) * NS_PER_S for each in walls]
    found = from_eastern_wall(np.array(minutes, np.int64) * NS_PER_MIN)
    assert found.tolist() == expected


@given(SECONDS)
def test_a_wall_comes_back_except_in_the_hour_shown_twice(second: int) -> None:
    at = np.array([second * NS_PER_S], np.int64)
    back = int(from_eastern_wall(eastern_wall(at))[0])
    assert back in (at[0], at[0] - NS_PER_HOUR)


def test_march_skips_an_hour_and_november_shows_one_twice() -> None:
    around = np.array([MARCH - 1, MARCH, NOVEMBER - 1, NOVEMBER], np.int64)
    clock = eastern_wall(around) % NS_PER_DAY // NS_PER_HOUR
    assert clock.tolist() == [1, 3, 1, 1]


def test_before_1970_the_first_known_offset_holds() -> None:
    assert eastern_offsets(np.array([-NS_PER_DAY], np.int64)).tolist() == [-5 * NS_PER_HOUR]


def test_clocks_and_dates_are_new_yorks() -> None:
    ns = parse_instant("2023-12-25T23:10:00.204Z")
    assert clock_text(ns) == "18:10:00"
    assert clock_text(ns, 3) == "18:10:00.204"
    assert date_text(ns) == "Mon 25 Dec"
    assert eastern(ns).hour == 18


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.1, "0.1 s"),
        (-3, "0.0 s"),
        (9.4, "9.4 s"),
        (9.96, "10 s"),
        (72, "72 s"),
        (119.6, "2 m 0 s"),
        (250, "4 m 10 s"),
        (11_100, "3 h 5 m"),
        (12 * 86_400, "12 d"),
    ],
)
def test_ages_are_told_in_the_two_units_that_matter(seconds: float, text: str) -> None:
    assert age_text(round(seconds * NS_PER_S)) == text
