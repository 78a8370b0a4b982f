"""Texts of the axes."""

from cockpit.instants import parse_instant
from cockpit.units import NO_TIME, NS_PER_HOUR, NS_PER_MIN, NS_PER_S
from cockpit.widgets.plot.axes import instant_text

NEWEST = parse_instant("2022-09-16T09:25")


def test_an_instant_says_no_more_than_is_needed() -> None:
    five = 5 * NS_PER_MIN
    assert instant_text(parse_instant("2022-09-16T09:25"), NEWEST, five) == "09:25"
    assert instant_text(parse_instant("2022-09-01T12:40"), NEWEST, five) == "1 Sep 12:40"
    assert instant_text(parse_instant("2021-09-01T12:40"), NEWEST, five) == "1 Sep 2021 12:40"
    assert instant_text(parse_instant("2022-09-16T09:25:07"), NEWEST, 30 * NS_PER_S) == "09:25:07"
    assert instant_text(NO_TIME, NEWEST, five) == ""


def test_a_trading_day_is_a_date_however_long_it_is() -> None:
    evening = parse_instant("2022-08-31T18:00")
    assert instant_text(evening, NEWEST, 23 * NS_PER_HOUR, daily=True) == "1 Sep 2022"
    assert instant_text(parse_instant("2022-09-01T09:30"), NEWEST, 7 * NS_PER_HOUR, daily=True) == "1 Sep 2022"
