"""Typed intervals: what they mean, and what is said about those that mean nothing."""

import pytest

from cockpit.engines.bars.intervals import Interval
from cockpit.widgets.interval_entry import INTERVALS, meaning, read_interval


@pytest.mark.parametrize(
    ("typed", "interval"),
    [
        ("1", "1m"), ("5", "5m"), ("15", "15m"), ("30", "30m"), ("60", "1h"), ("90", "90m"), ("180", "3h"),
        ("240", "4h"), ("1440", "1D"), ("30s", "30s"), ("1H", "1h"), ("1d", "1D"), ("60s", "1m"),
        ("24h", "1D"), ("300s", "5m"),
        ("90m", "90m"),
        ("60m", "1h"), (",5", "5m"), (",t500", "t500"), (", v1000", "v1000"), ("T1", "t1"), (" 5m ", "5m"),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_an_interval(typed: str, interval: str) -> None:
    reading = read_interval(typed)
    assert (reading.interval, reading.wrong) == (interval, False)


@pytest.mark.parametrize("interval", [*INTERVALS, "t500", "v1000"])
def test_the_engines_know_every_interval_that_can_be_typed(interval: str) -> None:
    assert Interval.parse(interval).label == interval


@pytest.mark.parametrize("typed", ["", ",", "3", "9", "t", ",v", "4h"[:1], "t0"])
def test_a_beginning_means_nothing_yet_and_is_not_wrong(typed: str) -> None:
    reading = read_interval(typed)
    assert reading.interval == ""
    assert not reading.wrong
    assert reading.text


@pytest.mark.parametrize("typed", ["7", "7m", "2h", "xyz", "5m5", "t1000001", "-5", "5.5", "t5x", "٣", "²"])
def test_what_can_never_be_valid_says_what_would_be(typed: str) -> None:
    reading = read_interval(typed)
    assert (reading.interval, reading.wrong) == ("", True)
    assert "1s 5s 15s" in reading.text or reading.text == "1 to 1,000,000"


def test_the_meaning_is_in_words() -> None:
    assert [meaning(each) for each in ("1m", "90m", "1D", "t500", "v1000")] == [
        "1 minute", "90 minutes", "1 day", "bars of 500 ticks", "bars of 1,000 contracts",
    ]  # fmt: skip
