"""The cone: variance ahead by the calendar against a sum minute by minute, and the prices it gives."""

from datetime import date
from statistics import NormalDist

import numpy as np
import pytest

from cockpit.calendars import Calendar, calendar_of
from cockpit.engines.regime import cone
from cockpit.engines.regime.cone import cone_path, expected_move, horizons, quantiles, remaining_variance
from cockpit.engines.regime.time_of_day import SLOT_SHARES
from cockpit.errors import EngineError
from cockpit.instants import eastern, parse_instant
from cockpit.units import NS_PER_MIN, NS_PER_S

MOMENTS = (
    "2022-07-12T12:55",  # a Tuesday
    "2022-07-12T09:30",
    "2022-07-12T09:32:30",
    "2022-07-12T16:59:59",
    "2022-07-12T17:30",  # in the daily halt
    "2022-07-12T18:00",
    "2023-12-24T12:00",  # Sunday before a Monday without trading
    "2023-12-25T18:39",
    "2024-01-15T11:00",  # the short session of a holiday, booked to Tuesday
    "2024-01-15T14:00",  # after it
    "2024-11-29T12:00",  # a half day
    "2024-11-01T20:00",  # clocks change on Sunday
    "2024-03-08T20:00",
)


@pytest.fixture(scope="module")
def equity() -> Calendar:
    return calendar_of("equity")


def by_minutes(calendar: Calendar, day: date, from_ns: int) -> float:
    """Variance of a trade date after an instant, one minute after the other."""
    sessions = [i for i in range(len(calendar.opens)) if calendar.trade_days[i].item() == day]
    minutes = [at for i in sessions for at in range(int(calendar.opens[i]), int(calendar.closes[i]), NS_PER_MIN)]

    def slot(at: int) -> int | None:
        wall = eastern(at)
        passed = wall.hour * 60 + wall.minute - 570
        return passed // 5 if wall.date() == day and 0 <= passed < 390 else None

    night = sum(slot(at) is None for at in minutes)
    total = 0.0
    for at in minutes:
        number = slot(at)
        left = min(max(at + NS_PER_MIN - from_ns, 0), NS_PER_MIN) / NS_PER_MIN
        total += left * (0.37 / night if number is None else SLOT_SHARES[number] / 5)
    return total


@pytest.fixture(scope="module")
def near(equity: Calendar) -> dict[str, Calendar]:
    """The calendar around each moment only, so that the slow sum is not too slow."""
    found = {}
    for text in MOMENTS:
        at = int(np.searchsorted(equity.opens, parse_instant(text)))
        part = slice(at - 4, at + 12)
        arrays = (equity.opens[part].copy(), equity.closes[part].copy(), equity.trade_days[part].copy())
        found[text] = Calendar("equity", *arrays, is_overnight=True)
    return found


@pytest.mark.parametrize("text", MOMENTS)
def test_variance_ahead_equals_a_sum_minute_by_minute(text: str, near: dict[str, Calendar]) -> None:
    calendar, now_ns = near[text], parse_instant(text)
    total = 0.0
    for each in horizons(calendar, now_ns, 2):
        total += by_minutes(calendar, each.trade_date, now_ns)
        assert each.variance == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("text", MOMENTS)
def test_a_path_goes_through_its_horizons_without_looking_back(text: str, equity: Calendar) -> None:
    now_ns = parse_instant(text)
    path = cone_path(equity, now_ns)
    assert (path.along[0], path.variance[0], path.along[-1]) == (0.0, 0.0, 1.0)
    assert (np.diff(path.along) > 0).all()
    assert (np.diff(path.variance) > 0).all()
    assert path.horizons == horizons(equity, now_ns)
    assert path.until_ns == path.horizons[-1].end_ns
    for place, each in zip(path.places, path.horizons, strict=True):
        assert path.variance[path.along == place].tolist() == pytest.approx([each.variance])
    # equal lengths of trading time between the ends of whole days
    open_ns = [
        np.minimum(equity.closes, each.end_ns) - np.minimum(np.maximum(equity.opens, now_ns), each.end_ns)
        for each in path.horizons
    ]
    elapsed = np.array([np.maximum(each, 0).sum() for each in open_ns], np.float64)
    np.testing.assert_allclose(path.places, elapsed / elapsed[-1], rtol=1e-12)


def test_the_trade_date_under_way_comes_first_and_five_follow(equity: Calendar) -> None:
    inside = horizons(equity, parse_instant("2022-07-12T12:55"))
    assert [each.trade_date.isoformat()[5:] for each in inside] == [
        "07-12",
        "07-13",
        "07-14",
        "07-15",
        "07-18",
        "07-19",
    ]
    assert inside[0].end_ns == parse_instant("2022-07-12T17:00")
    halted = horizons(equity, parse_instant("2022-07-12T17:30"))
    assert [each.trade_date.day for each in halted] == [13, 14, 15, 18, 19]
    assert [each.variance for each in halted] == pytest.approx([1, 2, 3, 4, 5])


def test_what_is_left_of_today_shrinks_from_one_to_nothing(equity: Calendar) -> None:
    day = parse_instant("2022-07-11T18:00")
    left = [remaining_variance(equity, day + k * 5 * NS_PER_MIN) for k in range(23 * 12 + 1)]
    assert left[0] == pytest.approx(1.0)
    assert left[-1] == 0.0
    assert (np.diff(left) < 0).all()
    assert left[15 * 12 + 6] - left[22 * 12] == pytest.approx(0.63)  # 09:30 to 16:00
    assert remaining_variance(equity, parse_instant("2022-07-16T12:00")) == 0.0


def test_a_half_day_has_less_and_a_holiday_is_part_of_the_next_night(equity: Calendar) -> None:
    half = remaining_variance(equity, parse_instant("2024-07-02T18:00"))
    assert half == pytest.approx(0.37 + SLOT_SHARES[:45].sum())  # till 13:15
    eve = horizons(equity, parse_instant("2024-01-14T18:00"), 1)
    assert [each.trade_date.isoformat() for each in eve] == ["2024-01-16", "2024-01-17"]
    assert eve[0].variance == pytest.approx(1.0)
    gap = remaining_variance(equity, parse_instant("2024-01-15T14:00"))
    assert 0.63 < gap < 1.0
    assert gap == remaining_variance(equity, parse_instant("2024-01-15T15:00"))


def test_a_market_of_the_day_makes_its_night_in_a_jump() -> None:
    cboe = calendar_of("cboe")
    before, after = parse_instant("2022-07-12T09:29:59"), parse_instant("2022-07-12T09:30")
    first = horizons(cboe, before, 1)
    assert first[0].variance == pytest.approx(1.0)
    assert remaining_variance(cboe, before) == 0.0  # its day has not begun
    assert remaining_variance(cboe, after) == pytest.approx(0.63)
    path = cone_path(cboe, after, 2)
    jumps = np.flatnonzero(np.diff(path.along) == 0)
    np.testing.assert_allclose(np.diff(path.variance)[jumps], 0.37)
    assert len(jumps) == 2
    assert (path.along[0], path.variance[0]) == (0.0, 0.0)
    closed = cone_path(cboe, before, 2)
    assert (closed.along[:2].tolist(), closed.variance[:2].tolist()) == ([0.0, 0.0], [0.0, 0.37])


def test_quantiles_are_lognormal_around_the_mean() -> None:
    found = quantiles(6_000.0, 16.0, np.array([0.0, 1.0, 5.0]))
    assert found[0].tolist() == [6_000.0] * 7
    assert (np.diff(found[1:], axis=1) > 0).all()
    assert (found[1:, 3] < 6_000.0).all()
    sigma = 0.01 * 5**0.5
    assert found[2, 5] == pytest.approx(6_000 * np.exp(sigma * NormalDist().inv_cdf(0.84) - sigma**2 / 2))
    draws = 6_000 * np.exp(np.random.default_rng(1).normal(-(sigma**2) / 2, sigma, 400_000))
    np.testing.assert_allclose(np.quantile(draws, cone.BANDS), found[2], rtol=2e-4)
    assert draws.mean() == pytest.approx(6_000, rel=2e-4)


def test_a_sigma_by_either_method() -> None:
    assert expected_move(6_000.0, 16.0, 1.0, cone.RULE_OF_16) == pytest.approx(60.0)
    assert expected_move(6_000.0, 16.0, 4.0, cone.RULE_OF_16) == pytest.approx(120.0)
    assert expected_move(6_000.0, 16.0, 1.0, cone.EXACT) == pytest.approx(60.4743, abs=1e-4)


def test_what_makes_no_cone_is_refused(equity: Calendar) -> None:
    with pytest.raises(EngineError, match="rule_of_16 or exact, not 'garch'"):
        expected_move(6_000.0, 16.0, 1.0, "garch")
    for vix in (0.0, -3.0, float("nan"), float("inf")):
        with pytest.raises(EngineError, match="a VIX above 0"):
            quantiles(6_000.0, vix, np.array([1.0]))
    for p in (0.0, 1.0):
        with pytest.raises(EngineError, match="between 0 and 1"):
            quantiles(6_000.0, 16.0, np.array([1.0]), (0.5, p))
    last = int(equity.closes[-1])
    with pytest.raises(EngineError, match="calendar equity ends 1 of 6 trade dates after"):
        cone_path(equity, last - NS_PER_S)
    with pytest.raises(EngineError, match="1 session or more ahead, received 0"):
        cone_path(equity, parse_instant("2022-07-16T12:00"), 0)
