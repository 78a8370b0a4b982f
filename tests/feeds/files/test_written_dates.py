"""Dates of downloads in several languages, and what is handed back when one is not understood."""

from datetime import UTC, date, datetime

import pytest

from cockpit.feeds.files.written_dates import instant_of, read_date


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("December 12, 2022 at 8:31 PM EST", "2022-12-13 01:31"),
        ("July 12, 2022, 11:55 AM EDT", "2022-07-12 15:55"),
        ("9 June 2023, 1:40 PM EDT", "2023-06-09 17:40"),
        ("22 March 2024, 9:46 PM EDT", "2024-03-23 01:46"),
        ("Mar 15 2018 @ 15:59 ET", "2018-03-15 19:59"),
        ("9 декабря 2023 г. в 13:49 GMT-5", "2023-12-09 18:49"),
        ("21 мая 2024 г., 09:05 GMT-4", "2024-05-21 13:05"),
        ("27 de agosto de 2025 às 21:30 GMT-4", "2025-08-28 01:30"),
        ("1 de setembro de 2025 às 08:45 GMT-4", "2025-09-01 12:45"),
        ("5 de enero de 2024, 10:02 a. m. GMT-5", "2024-01-05 15:02"),
        ("lunes, 2 de septiembre de 2024, 21:30 GMT-4", "2024-09-03 01:30"),
        ("9 déc. 2023 à 13:49 UTC\u22125", "2023-12-09 18:49"),
        ("1er août 2024 à 16:20 UTC-4", "2024-08-01 20:20"),
        ("9. Dezember 2023 um 13:49 GMT-5", "2023-12-09 18:49"),
        ("3. März 2025 um 16:31:07 GMT-5", "2025-03-03 21:31"),
        ("9 dicembre 2023 alle ore 13:49 GMT-5", "2023-12-09 18:49"),
        ("Freitag, 13. Juni 2025 um 16:20 GMT-4", "2025-06-13 20:20"),
        ("2023-12-09 13:49 GMT-05:00", "2023-12-09 18:49"),
        ("January 7, 2024 at 12:05\u202fAM EST", "2024-01-07 05:05"),
        ("January 7, 2024 at 12:05 PM EST", "2024-01-07 17:05"),
    ],
)
def test_a_date_is_read_whatever_the_language_of_the_browser(text: str, utc: str) -> None:
    read = read_date(text)
    assert read.year is not None
    assert read.month is not None
    assert read.day is not None
    assert read.clock is not None
    assert read.zone is not None
    at = instant_of(date(read.year, read.month, read.day), read.clock, read.zone).astimezone(UTC)
    assert f"{at:%Y-%m-%d %H:%M}" == utc
    assert set(read.strange) <= {"er"}  # the French first of a month
    assert not read.is_ambiguous


def test_a_date_in_numbers_may_fit_both_orders() -> None:
    assert read_date("12/09/2023, 13:49").is_ambiguous
    assert not read_date("12/13/2023, 13:49").is_ambiguous
    swapped = read_date("13.12.2023, 13:49")
    assert (swapped.year, swapped.month, swapped.day, swapped.clock) == (2023, 12, 13, (13, 49, 0))
    assert not swapped.is_ambiguous


def test_a_broken_date_keeps_the_parts_that_can_be_read() -> None:
    read = read_date("4 June 4, 3:15 PM EDT")
    assert (read.year, read.month, read.day, read.clock) == (None, 6, 4, (15, 15, 0))


@pytest.mark.parametrize(
    "text", ["", "soon", "Smarch 13, 2024", "13:99", "25:00", "31.31.31", "0:10 PM", "ju 4 2024"]
)
def test_what_is_no_date_has_no_month_and_no_time(text: str) -> None:
    read = read_date(text)
    assert (read.month, read.clock) == (None, None)


def test_unknown_words_are_handed_back() -> None:
    read = read_date("2023年12月9日 午後1:49 GMT-5")
    assert read.month is None
    assert read.strange
    assert read_date("January 7, 2024 at 10:52 AM XYZ").strange == ("XYZ",)


def test_zones_are_those_written_and_no_others() -> None:
    for text, hours in (("1:00 PM EST", -5), ("1:00 PM EDT", -4), ("13:00 CST", -6), ("13:00 GMT+3", 3)):
        zone = read_date(text).zone
        assert zone is not None
        assert (
            datetime(2024, 1, 1, tzinfo=zone).utcoffset() == datetime.strptime(f"{hours:+03d}00", "%z").utcoffset()
        )
    assert read_date("13:00").zone is None
    assert read_date("13:00 GMT-99").zone is None
