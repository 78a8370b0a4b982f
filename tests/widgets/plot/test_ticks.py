"""Axis labels: the market's own steps for prices, round New York times for instants."""

from itertools import islice, pairwise

import numpy as np
import pytest

from cockpit.instants import eastern, parse_instant
from cockpit.instruments import Instrument
from cockpit.state.views import BAR_VIEW
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Rows, Times
from cockpit.widgets.plot.ticks import PRICE_GAP, TIME_GAP, TimeTick, price_steps, price_ticks, time_ticks
from tests.widgets.plot.charts import instrument

NONE: Times = np.zeros(0, np.int64)


def texts(symbol: str, low: float, high: float, height: float) -> list[str]:
    shown = instrument(symbol)
    return [shown.format(tick) for tick in price_ticks(shown, low, high, height)]


def test_es_steps_by_round_points_that_are_whole_ticks() -> None:
    assert list(islice(price_steps(instrument()), 7)) == [1, 2, 4, 8, 10, 20, 40]
    assert texts("ESU2.GLBX", 23_840, 24_160, 340) == [f"{p:,}.00" for p in range(5960, 6050, 10)]


def test_treasury_notes_step_by_fractions_of_a_point() -> None:
    steps = list(islice(price_steps(instrument("ZNZ2.GLBX")), 9))
    assert steps == [1, 2, 4, 8, 16, 32, 64, 128, 320]
    assert texts("ZNZ2.GLBX", 7052, 7066, 130) == ["110'060", "110'080", "110'100", "110'120"]


def test_an_index_steps_by_decimals() -> None:
    vix = Instrument("VIX.CBOE", "VIX", tick_nano=10_000_000, decimals=2, kind="index")
    labels = [vix.format(tick) for tick in price_ticks(vix, 16.9, 17.4, 180)]
    assert labels == ["16.90", "17.00", "17.10", "17.20", "17.30", "17.40"]


def test_an_odd_tick_steps_by_whole_ticks_only() -> None:
    odd = Instrument("X.Y", "X", tick_nano=12_500_000, decimals=4)
    assert all(float(step).is_integer() for step in islice(price_steps(odd), 20))


@pytest.mark.parametrize("symbol", ["ESU2.GLBX", "ZNZ2.GLBX", "CLZ2.GLBX", "6JZ2.GLBX"])
@pytest.mark.parametrize("span", [3, 40, 777, 12_345, 2_000_000])
def test_labels_are_far_enough_apart_and_inside(symbol: str, span: float) -> None:
    low, height = 15_000.3, 500.0
    ticks = price_ticks(instrument(symbol), low, low + span, height)
    assert all(low <= tick <= low + span for tick in ticks)
    assert all((b - a) * height / span >= PRICE_GAP for a, b in pairwise(ticks))
    assert len(ticks) >= min(span / 2, height / PRICE_GAP / 3)  # and not needlessly few


def test_a_low_pane_has_closer_labels_rather_than_one_or_two() -> None:
    assert texts("ESU2.GLBX", 19_200, 19_244, 100) == ["4,800.00", "4,802.50", "4,805.00", "4,807.50", "4,810.00"]
    assert texts("ESU2.GLBX", 19_200, 19_244, 300)[1] == "4,802.00", "as before where there is room"


def test_no_range_has_no_labels() -> None:
    assert price_ticks(instrument(), 5, 5, 100) == []
    assert price_ticks(instrument(), 5, 9, 0) == []


def bars_at(opens: list[int], length: int) -> Rows:
    bars = np.zeros(len(opens), BAR_VIEW)
    bars["open_ns"] = opens
    bars["close_ns"] = np.array(opens) + length
    return bars


def sessions(days: int, step: int) -> tuple[Rows, Times]:
    """Globex days from Sunday 10 July 2022, 18:00 to 17:00 New York, five a week."""
    starts = [parse_instant(f"2022-07-{10 + day:02d}T18:00") for day in range(days) if day % 7 < 5]
    opens = [start + at for start in starts for at in range(0, 23 * NS_PER_HOUR, step)]
    return bars_at(opens, step), np.array(starts)


def far_enough(ticks: list[TimeTick], slot: float) -> None:
    assert all((b.bar - a.bar) * slot >= TIME_GAP for a, b in pairwise(ticks))


def test_five_minute_bars_are_labelled_with_round_new_york_times() -> None:
    bars, starts = sessions(1, 5 * NS_PER_MIN)
    ticks = time_ticks(bars, 0, len(bars), starts, 8.0)
    assert [tick.text for tick in ticks[:4]] == ["11 Jul", "19:00", "20:00", "21:00"]
    assert [tick.bar for tick in ticks[:4]] == [0, 12, 24, 36]
    far_enough(ticks, 8.0)


def test_a_session_opened_in_the_evening_carries_the_next_days_date() -> None:
    bars, starts = sessions(3, 5 * NS_PER_MIN)
    ticks = [tick for tick in time_ticks(bars, 0, len(bars), starts, 3.0) if tick.session]
    assert [tick.text for tick in ticks] == ["11 Jul", "12 Jul", "13 Jul"]
    assert all(tick.strong for tick in ticks)


def test_whole_hours_are_strong_among_minutes_only() -> None:
    bars, starts = sessions(1, NS_PER_MIN)
    ticks = time_ticks(bars, 0, 200, starts, 5.0)
    assert [(tick.text, tick.strong) for tick in ticks[1:5]] == [
        ("18:20", False),
        ("18:40", False),
        ("19:00", True),
        ("19:20", False),
    ]
    hourly = time_ticks(bars, 0, len(bars), starts, 1.0)
    assert not any(tick.strong for tick in hourly if not tick.session)


def test_a_session_start_pushes_its_neighbours_away() -> None:
    bars, starts = sessions(2, 5 * NS_PER_MIN)
    far_enough(time_ticks(bars, 0, len(bars), starts, 8.0), 8.0)
    assert "12 Jul" in {tick.text for tick in time_ticks(bars, 0, len(bars), starts, 8.0)}


def test_closed_hours_get_no_label() -> None:
    bars, starts = sessions(2, 30 * NS_PER_MIN)
    assert "17:00" not in {tick.text for tick in time_ticks(bars, 0, len(bars), starts, 60.0)}


@pytest.mark.parametrize("slot", [0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.7, 4.0, 12.0])
def test_labels_keep_their_distance_at_any_zoom(slot: float) -> None:
    bars, starts = sessions(20, 5 * NS_PER_MIN)
    ticks = time_ticks(bars, 0, len(bars), starts, slot)
    far_enough(ticks, slot)
    assert ticks or len(bars) * slot < 4 * TIME_GAP


def test_zoomed_out_days_then_mondays_then_months_are_labelled() -> None:
    bars, starts = sessions(20, 30 * NS_PER_MIN)  # 46 bars a day
    assert [tick.text for tick in time_ticks(bars, 0, len(bars), starts, 2.0)][:3] == ["11 Jul", "12 Jul", "13 Jul"]
    assert [tick.text for tick in time_ticks(bars, 0, len(bars), starts, 0.5)] == ["11 Jul", "18 Jul", "25 Jul"]


def test_daily_bars_are_labelled_by_month_and_year() -> None:
    start = parse_instant("2015-01-05")
    bars = bars_at([start + n * NS_PER_DAY for n in range(2500)], NS_PER_DAY)
    months = time_ticks(bars, 0, 400, NONE, 4.0)
    assert [tick.text for tick in months[:3]] == ["Feb 2015", "Mar 2015", "Apr 2015"]
    assert [tick.text for tick in months if tick.strong] == ["Jan 2016"]
    sunday = np.array(
        [parse_instant(f"2022-{month:02d}-{day:02d}T18:00") for month in (6, 7, 8) for day in range(1, 29)]
    )
    traded = bars_at(sunday.tolist(), NS_PER_DAY)
    assert not any(tick.strong for tick in time_ticks(traded, 0, len(traded), sunday, 8.0))
    years = time_ticks(bars, 0, len(bars), NONE, 0.25)
    assert [tick.text for tick in years] == ["2016", "2017", "2018", "2019", "2020", "2021"]


def test_seconds_are_labelled_as_seconds() -> None:
    start = parse_instant("2022-07-12T09:30:00")
    bars = bars_at([start + n * NS_PER_S for n in range(120)], NS_PER_S)
    assert [tick.text for tick in time_ticks(bars, 0, 120, NONE, 10.0)][:3] == ["09:30:00", "09:30:10", "09:30:20"]


def test_labels_stay_round_across_the_change_to_winter_time() -> None:
    start = parse_instant("2022-11-05T20:00")
    bars = bars_at([start + n * 30 * NS_PER_MIN for n in range(40)], 30 * NS_PER_MIN)
    ticks = time_ticks(bars, 0, 40, NONE, 25.0)
    assert all(tick.text.endswith(":00") and int(tick.text[:2]) % 2 == 0 for tick in ticks)


def test_between_weeks_and_months_every_second_monday_is_labelled() -> None:
    start = parse_instant("2022-07-04")
    bars = bars_at([start + n * NS_PER_DAY for n in range(80)], NS_PER_DAY)
    ticks = time_ticks(bars, 0, 80, NONE, 8.0)
    assert [tick.text for tick in ticks][:4] == ["11 Jul", "25 Jul", "8 Aug", "22 Aug"]
    assert [tick.text for tick in ticks if tick.strong] == ["8 Aug", "5 Sep"]


def test_one_bar_says_when_and_none_nothing() -> None:
    bars, starts = sessions(1, NS_PER_HOUR)
    (tick,) = time_ticks(bars, 0, 1, starts, 8.0)
    assert (tick.bar, tick.strong, tick.session) == (0, True, True)
    assert tick.text == f"{eastern(int(bars['open_ns'][0]) + 6 * NS_PER_HOUR):%d %b}".lstrip("0")
    (tick,) = time_ticks(bars, 1, 2, starts, 8.0)
    assert (tick.bar, tick.text) == (1, f"{eastern(int(bars['open_ns'][1])):%H:%M}")
    assert time_ticks(bars[:0], 0, 0, NONE, 8.0) == []


def test_bars_years_apart_end_in_few_steps() -> None:
    near = [parse_instant("2001-01-02") + n * NS_PER_S for n in range(50)]
    far = [parse_instant("2024-01-02") + n * NS_PER_S for n in range(50)]
    far_enough(time_ticks(bars_at(near + far, NS_PER_S), 0, 100, NONE, 12.0), 12.0)
