"""Sessions against published facts, and against recordings that show when people traded."""

import csv
import gzip
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from cockpit import calendars
from cockpit.calendars import (
    calendar_for,
    calendar_of,
    groups,
    is_weekly_closed,
    table_span,
    weekly_calendar,
    weekly_trade_dates,
)
from cockpit.errors import ConfigError
from cockpit.instants import eastern, from_eastern_wall, parse_instant
from cockpit.instruments import Instrument, resolve
from cockpit.units import NS_PER_HOUR, NS_PER_MIN

OVERNIGHT = ("equity", "energy", "metals", "fx", "rates", "crypto")


def close_of(group: str, at: str) -> str:
    """New York clock at the end of the session an instant lies in."""
    session = calendar_of(group).session_of(parse_instant(at))
    assert session is not None
    return f"{eastern(session.close_ns):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("group", "thursday", "friday"),
    [
        ("equity", "13:00", "13:00"),
        ("energy", "14:30", "14:45"),
        ("metals", "14:30", "14:45"),
        ("fx", "17:00", "13:15"),
        ("rates", "13:00", "13:15"),
    ],
)
def test_thanksgiving_2026_ends_at_another_hour_in_every_group(group: str, thursday: str, friday: str) -> None:
    assert close_of(group, "2026-11-26T09:00") == f"11-26 {thursday}"
    assert close_of(group, "2026-11-27T09:00") == f"11-27 {friday}"


def test_thanksgiving_trades_are_booked_to_friday() -> None:
    calendar = calendar_of("equity")
    for at in ("2026-11-25T18:00", "2026-11-26T10:00", "2026-11-26T15:00", "2026-11-27T10:00"):
        assert calendar.trade_date(parse_instant(at)) == date(2026, 11, 27), at
    assert calendar.trade_date(parse_instant("2026-11-25T16:59:59")) == date(2026, 11, 25)


def test_juneteenth_2026_is_short_for_futures_and_closed_for_stocks() -> None:
    assert close_of("equity", "2026-06-19T09:00") == "06-19 13:00"
    assert close_of("energy", "2026-06-19T09:00") == "06-19 13:00"
    assert calendar_of("xnys").session_of(parse_instant("2026-06-19T11:00")) is None


def test_good_friday_opens_equity_futures_only_in_a_payrolls_week() -> None:
    assert close_of("equity", "2026-04-03T08:00") == "04-03 09:15"
    assert calendar_of("energy").session_of(parse_instant("2026-04-03T08:00")) is None
    assert calendar_of("energy").trade_date(parse_instant("2026-04-03T08:00")) == date(2026, 4, 6)
    assert calendar_of("equity").session_of(parse_instant("2024-03-29T08:00")) is None


HOLIDAYS_2026 = ("01-01", "01-19", "02-16", "04-03", "05-25", "06-19", "07-03", "09-07", "11-26", "12-25")


@pytest.mark.parametrize("closed", HOLIDAYS_2026)
def test_the_stock_exchange_is_shut_on_its_holidays(closed: str) -> None:
    noon = parse_instant(f"2026-{closed}T12:00")
    assert calendar_of("xnys").session_of(noon) is None
    assert calendar_of("cboe").session_of(noon) is None
    assert calendar_of("xnys").trade_date(noon) > date.fromisoformat(f"2026-{closed}")


def test_index_levels_run_a_quarter_of_an_hour_past_the_stock_exchange() -> None:
    assert close_of("xnys", "2026-11-24T12:00") == "11-24 16:00"
    assert close_of("cboe", "2026-11-24T12:00") == "11-24 16:15"
    assert close_of("xnys", "2026-12-24T12:00") == "12-24 13:00"
    assert close_of("cboe", "2026-12-24T12:00") == "12-24 13:15"


def test_christmas_2023_opens_at_six_in_the_evening_after_an_hour_of_pre_open() -> None:
    calendar = calendar_of("equity")
    phases = {"21:59": "closed", "22:00": "pre-open", "22:59": "pre-open", "23:00": "open", "23:40": "open"}
    for clock, phase in phases.items():
        assert calendar.phase(parse_instant(f"2023-12-25T{clock}Z")) == phase, clock
    session = calendar.session_of(parse_instant("2023-12-25T23:00Z"))
    assert session is not None
    assert session.open_ns == parse_instant("2023-12-25T18:00")
    assert session.trade_date == date(2023, 12, 26)


def test_the_daily_halt_ends_with_a_quarter_of_an_hour_of_pre_open() -> None:
    calendar = calendar_of("energy")
    phases = {"16:59:59": "open", "17:00": "closed", "17:44:59": "closed", "17:45": "pre-open", "18:00": "open"}
    for clock, phase in phases.items():
        assert calendar.phase(parse_instant(f"2024-05-08T{clock}")) == phase, clock
    assert calendar_of("cboe").phase(parse_instant("2024-05-08T09:20")) == "closed"


def test_equity_futures_halted_after_the_cash_close_until_june_2021() -> None:
    calendar = calendar_of("equity")
    assert calendar.phase(parse_instant("2019-08-29T16:20")) == "closed"
    assert calendar.phase(parse_instant("2019-08-29T16:30")) == "open"
    assert calendar.phase(parse_instant("2023-08-29T16:20")) == "open"


@pytest.mark.parametrize("group", OVERNIGHT)
@pytest.mark.parametrize(("sunday", "utc"), [("2026-03-01", 23), ("2026-03-08", 22), ("2026-11-01", 23)])
def test_sunday_evening_belongs_to_monday_on_either_side_of_a_clock_change(
    group: str, sunday: str, utc: int
) -> None:
    calendar, opens = calendar_of(group), parse_instant(f"{sunday}T{utc}:00Z")
    assert calendar.session_of(opens - 1) is None
    session = calendar.session_of(opens)
    assert session is not None
    assert session.open_ns == opens
    assert session.trade_date.weekday() == 0
    assert eastern(opens).hour == 18
    assert session.close_ns - opens == 23 * NS_PER_HOUR


def test_the_halt_belongs_to_the_day_that_ended_and_the_weekend_to_monday() -> None:
    calendar = calendar_of("metals")
    assert calendar.trade_date(parse_instant("2024-05-08T17:30")) == date(2024, 5, 8)
    assert calendar.trade_date(parse_instant("2024-05-10T17:30")) == date(2024, 5, 10)
    assert calendar.trade_date(parse_instant("2024-05-11T12:00")) == date(2024, 5, 13)
    assert calendar.trade_date(parse_instant("2024-05-12T17:59")) == date(2024, 5, 13)


def test_the_table_agrees_with_the_weekly_rule_on_ordinary_days() -> None:
    calendar, rule = calendar_of("equity"), weekly_calendar()
    at = np.arange(parse_instant("2024-04-01T00:00"), parse_instant("2024-05-24T00:00"), 7 * NS_PER_MIN)
    assert np.array_equal(calendar.trade_dates(at), weekly_trade_dates(at))
    closed = [calendar.session_of(int(each)) is None for each in at]
    assert np.array_equal(closed, is_weekly_closed(at))
    assert np.array_equal(rule.trade_dates(at), weekly_trade_dates(at))


@pytest.mark.parametrize("group", ["equity", "energy", "metals", "fx", "rates", "crypto", "cboe", "xnys"])
def test_sessions_are_ordered_apart_and_never_longer_than_a_day(group: str) -> None:
    calendar = calendar_of(group)
    assert (calendar.opens < calendar.closes).all()
    assert (calendar.closes[:-1] < calendar.opens[1:]).all()
    assert (calendar.closes - calendar.opens <= 23 * NS_PER_HOUR).all()
    assert (np.diff(calendar.trade_days).astype(int) >= 0).all()
    assert not calendar.opens.flags.writeable


def test_opens_of_a_week_are_found_between_two_instants() -> None:
    calendar = calendar_of("fx")
    opens = calendar.session_opens(parse_instant("2024-05-05T18:00"), parse_instant("2024-05-10T18:00"))
    assert [f"{eastern(int(each)):%a %H:%M}" for each in opens] == [
        "Sun 18:00",
        "Mon 18:00",
        "Tue 18:00",
        "Wed 18:00",
        "Thu 18:00",
    ]


def test_the_session_is_told_in_words() -> None:
    calendar = calendar_of("equity")
    assert calendar.session_text(parse_instant("2024-05-08T14:43")) == "closes in 2 h 17 m"
    assert calendar.session_text(parse_instant("2024-05-08T17:17")) == "opens in 43 m"
    assert calendar.session_text(parse_instant("2024-05-08T17:59:59")) == "opens in 1 m"
    assert calendar.session_text(parse_instant("2024-05-10T17:00")) == "opens in 2 d 1 h"


def test_outside_its_reach_the_table_says_nothing() -> None:
    calendar = calendar_of("equity")
    inside, before, after = (parse_instant(f"{day}T10:00") for day in ("2024-05-08", "2008-05-08", "2031-05-08"))
    assert calendar.reaches(inside)
    for at in (before, after):
        assert not calendar.reaches(at)
        assert calendar.phase(at) == calendar.session_text(at) == ""
    assert not weekly_calendar().reaches(inside)
    assert calendar.trade_date(before) == date(2008, 5, 8)  # the weekly rule still knows a trade date
    first, last, made = table_span()
    assert first <= date(2009, 1, 1) < made < last


def test_an_unknown_group_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"no trading calendar 'tulips'; there are equity, energy"):
        calendar_of("tulips")


@pytest.mark.parametrize(
    "change",
    [{"date": "Thanksgiving"}, {"open": "soon"}, {"close": ""}, {"close": None}, {"trade_date": "2026-13-01"}],
)
def test_an_unusable_row_of_the_table_is_refused_and_shown(change: dict[str, str]) -> None:
    row = {
        "date": "2026-11-26",
        "open": "2026-11-25T23:00Z",
        "close": "2026-11-26T18:00Z",
        "trade_date": "2026-11-27",
    }
    assert calendars._with_exceptions("equity", [row]).trade_date(parse_instant("2026-11-26T10:00")).day == 27
    with pytest.raises(ConfigError, match=r"sessions\.csv: unusable row .*2026-11-2"):
        calendars._with_exceptions("equity", [row | change])


def test_every_group_of_the_contract_table_has_a_calendar() -> None:
    assert set(groups()) == {*OVERNIGHT, "cboe", "xnys"}
    for symbol, group in {
        "ESH4.GLBX": "equity",
        "CLF5.GLBX": "energy",
        "ZNH0.GLBX": "rates",
        "VIX.CBOE": "cboe",
    }.items():
        instrument = resolve(symbol)
        assert instrument is not None
        assert calendar_for(instrument) is calendar_of(group)
    assert calendar_for(Instrument("AAPL.XNAS", "AAPL", kind="equity")) is calendar_of("xnys")
    assert calendar_for(Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT", kind="crypto")) is None


def outside(group: str, opens: np.ndarray) -> int:
    """Bars that begin outside every session."""
    calendar = calendar_of(group)
    at = np.searchsorted(calendar.opens, opens, side="right") - 1
    return int((opens >= calendar.closes[at]).sum())


def test_no_minute_of_nasdaq_futures_around_thanksgiving_2023_lies_outside_sessions(data: Path) -> None:
    with gzip.open(data / "books" / "nq-1m-cont-20231119.csv.gz", "rt") as file:
        stamps = [row["timestamp"] for row in csv.DictReader(file)]
    opens = from_eastern_wall(np.array(stamps, "datetime64[ns]").astype(np.int64))
    assert len(opens) == 14_714
    assert outside("equity", opens) == 0


@pytest.mark.parametrize("contract", ["ESZ22", "ESM23", "ESU23", "ESH24", "ESU24", "ESZ24"])
def test_no_five_minutes_of_es_lie_outside_sessions_and_no_session_is_empty(data: Path, contract: str) -> None:
    opens = es_opens(data / "books" / "es-5m" / f"{contract}.csv.gz")
    assert outside("equity", opens) == 0
    calendar = calendar_of("equity")
    session = np.searchsorted(calendar.opens, opens, side="right")
    assert (np.diff(session) <= 1).all(), "a session of the table without a single trade"
    last = opens[np.flatnonzero(np.diff(session))]
    ends = calendar.closes[session[np.flatnonzero(np.diff(session))] - 1]
    assert (ends - last == 5 * NS_PER_MIN).all(), "trading ended before the table says so"


def es_opens(path: Path) -> np.ndarray:
    """Instants at which the bars of a file in Central time begin."""
    stamps: list[str] = []
    with gzip.open(path, "rt") as file:
        next(file)
        for line in file:
            day, clock = line.split(", ", 2)[:2]
            year, month, rest = day.split("/")
            stamps.append(f"{year}-{int(month):02d}-{int(rest):02d}T{clock}")
    central = np.array(stamps, "datetime64[ns]").astype(np.int64)
    return from_eastern_wall(central + NS_PER_HOUR)


def test_weekly_rule_of_many_instants_equals_the_rule_told_slowly() -> None:
    rng = np.random.default_rng(8)
    at = rng.integers(parse_instant("2009-01-01"), parse_instant("2029-01-01"), 400)
    found = weekly_trade_dates(at)
    for ns, day in zip(at.tolist(), found, strict=True):
        clock = eastern(ns)
        slow = clock.date() + timedelta(days=clock.hour >= 18)
        while slow.weekday() > 4:
            slow += timedelta(days=1)
        assert day.item() == slow
