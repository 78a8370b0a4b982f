"""VWAP and cumulative delta against sums told slowly, at the end of every bar."""

from datetime import UTC, datetime
from math import isnan, nan, sqrt
from typing import NamedTuple

import numpy as np
import pytest

from cockpit.calendars import Calendar, calendar_of
from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.intervals import Interval
from cockpit.engines.bars.vwap import delta_line, vwap_line
from cockpit.events.dtypes import Kind, empty
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_HOUR, NS_PER_MIN, NS_PER_S, Rows

CALENDAR = calendar_of("equity")
START = parse_instant("2024-05-09T14:00")  # a Thursday: an afternoon, a break, the session of Friday
NO_TICKS = empty(Kind.TICK)


class Print(NamedTuple):
    clock: int
    price: int
    size: int
    side: str


def walk(seed: int, count: int = 900) -> list[Print]:
    rng = np.random.default_rng(seed)
    clock, price = START, 21_000
    told: list[Print] = []
    for _ in range(count):
        clock += int(rng.integers(1, 60)) * NS_PER_S
        price += int(rng.integers(-3, 4))
        told.append(Print(clock, price, int(rng.integers(1, 9)), str(rng.choice([*"BBAAN"]))))
    return told


def rows_of(told: list[Print]) -> Rows:
    rows = empty(Kind.PRINT, len(told))
    rows["seq"] = np.arange(len(told))
    rows["clock_ns"], rows["price_ticks"] = [t.clock for t in told], [t.price for t in told]
    rows["size"], rows["aggressor"] = [t.size for t in told], [ord(t.side) for t in told]
    return rows


def session(calendar: Calendar | None, clock: int) -> object:
    if calendar is None:
        return datetime.fromtimestamp(clock // NS_PER_S, UTC).date()
    return int(np.searchsorted(calendar.opens, clock, side="right"))


def told_slowly(told: list[Print], calendar: Calendar | None, since: int, until: int) -> tuple[float, float, float]:
    """VWAP, sigma and delta of a session up to the end of a bar that begins at ``since``."""
    inside = [t for t in told if t.clock < until and session(calendar, t.clock) == session(calendar, since)]
    volume = sum(t.size for t in inside)
    vwap = sum(t.price * t.size for t in inside) / volume
    sigma = sqrt(sum(t.size * (t.price - vwap) ** 2 for t in inside) / volume)
    return vwap, sigma, sum(t.size * {"B": 1, "A": -1, "N": 0}[t.side] for t in inside)


@pytest.mark.parametrize("label", ["1m", "15m", "90m"])
@pytest.mark.parametrize("has_calendar", [True, False])
@pytest.mark.parametrize("pieces", [1, 40])
def test_every_bar_has_the_sums_of_its_session(label: str, has_calendar: bool, pieces: int) -> None:
    told, calendar = walk(5), CALENDAR if has_calendar else None
    series = BarSeries(0, Interval.parse(label), calendar)
    vwap, cvd = vwap_line(series), delta_line(series)
    for part in np.array_split(rows_of(told), pieces):
        series.apply_prints(part, NO_TICKS)
        vwap.update()
        cvd.update()
    bars, averages, deltas = series.view()[0], vwap.update(), cvd.update()
    assert len(bars) == len(averages) == len(deltas)
    assert len({int(row["anchor_ns"]) for row in averages}) == 2, "the evening is another session, or another day"
    blind = np.isnan(bars["delta"])
    for bar, average, delta, is_blind in zip(bars, averages, deltas, blind, strict=True):
        mean, sigma, sided = told_slowly(told, calendar, int(bar["open_ns"]), int(bar["close_ns"]))
        assert average["value"] == pytest.approx(mean, abs=1e-9)
        assert average["sigma"] == pytest.approx(sigma, abs=1e-6)
        assert average["typical"] == 0
        assert isnan(delta["value"]) if is_blind else delta["value"] == sided
        assert bar["open_ns"] >= average["anchor_ns"] == delta["anchor_ns"]


def test_closed_rows_never_change_and_the_forming_one_follows_its_bar() -> None:
    series = BarSeries(0, Interval.parse("5m"), CALENDAR)
    line = vwap_line(series)
    told = rows_of(walk(2))
    series.apply_prints(told[:400], NO_TICKS)
    early = line.update()
    kept = early[:-1].copy()
    forming = float(early["value"][-1])
    series.apply_prints(told[400:], NO_TICKS)
    late = line.update()
    assert np.array_equal(early[:-1], kept)
    assert np.array_equal(late[: len(kept)], kept)
    assert late["value"][len(kept)] != forming
    with pytest.raises(ValueError, match="read-only"):
        late["value"][0] = 1.0


def vendor(minutes: int, *, sides: bool, volume: float = 10.0) -> Rows:
    bars = empty(Kind.BAR, minutes)
    bars["seq"], bars["interval_ns"] = np.arange(minutes) - 10_000, NS_PER_MIN
    bars["open_ns"] = START - NS_PER_HOUR + np.arange(minutes) * NS_PER_MIN
    bars["clock_ns"] = bars["open_ns"] + NS_PER_MIN
    for name, away in (("open", 0), ("high", 6), ("low", -3), ("close", 0)):
        bars[f"{name}_ticks"] = 21_000 + np.arange(minutes) + away
    bars["volume"] = volume
    bars["buy_volume"], bars["sell_volume"] = (volume - 3, 3.0) if sides else (nan, nan)
    return bars


def test_a_vendors_bars_go_in_by_their_typical_price_and_the_row_says_so() -> None:
    series = BarSeries(0, Interval.parse("5m"), CALENDAR)
    line = vwap_line(series)
    series.apply_bars(vendor(20, sides=False), NO_TICKS)
    typical = [21_000 + n + (6 - 3) / 3 for n in range(20)]
    rows = line.update()
    assert rows["typical"].tolist() == [1.0] * 4
    assert rows["value"].tolist() == pytest.approx([np.mean(typical[: 5 * k]) for k in (1, 2, 3, 4)])
    assert rows["sigma"].tolist() == pytest.approx([np.std(typical[: 5 * k]) for k in (1, 2, 3, 4)])
    told = walk(1, 50)
    series.apply_prints(rows_of(told), NO_TICKS)
    last = line.update()[-1]
    prints = sum(t.size for t in told)
    total = sum(t.price * t.size for t in told) + 10 * sum(typical)
    assert last["value"] == pytest.approx(total / (prints + 200))
    assert last["typical"] == pytest.approx(200 / (prints + 200))


def test_bars_without_sides_are_a_gap_in_the_delta_and_counted() -> None:
    series = BarSeries(0, Interval.parse("1m"), CALENDAR)
    line = delta_line(series)
    bars = np.concatenate([vendor(3, sides=True), vendor(5, sides=False)[3:]])
    series.apply_bars(bars, NO_TICKS)
    told = [Print(START + NS_PER_S, 21_000, 4, "N"), Print(START + NS_PER_MIN, 21_000, 5, "A")]
    series.apply_prints(rows_of(told), NO_TICKS)
    rows = line.update()
    assert [None if isnan(value) else value for value in rows["value"].tolist()] == [4, 8, 12, None, None, None, 7]
    assert rows["unknown"].tolist() == [0, 0, 0, 1, 2, 3, 3]


def test_without_a_volume_there_is_no_average() -> None:
    series = BarSeries(0, Interval.parse("1m"), CALENDAR)
    line = vwap_line(series)
    series.apply_bars(vendor(2, sides=False, volume=nan), NO_TICKS)
    rows = line.update()
    assert np.isnan(rows["value"]).all()
    assert rows["unknown"].tolist() == [1, 2]


def test_a_frozen_series_keeps_its_moments() -> None:
    told = rows_of(walk(8))
    series, other = (BarSeries(0, Interval.parse("5m"), CALENDAR) for _ in range(2))
    series.apply_prints(told[:500], NO_TICKS)
    other.thaw(series.freeze())
    for each in (series, other):
        each.apply_prints(told[500:], NO_TICKS)
    assert np.array_equal(vwap_line(series).update(), vwap_line(other).update())
