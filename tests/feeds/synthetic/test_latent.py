"""The latent path: the same however it is cut, day and night in their measured shares, and no drift over days."""

import numpy as np
import pytest

from cockpit.errors import ConfigError
from cockpit.feeds.synthetic import curves
from cockpit.feeds.synthetic.curves import CELL_NS, CELLS_PER_DAY
from cockpit.feeds.synthetic.futures import FuturesMarket
from cockpit.feeds.synthetic.latent import Latent
from cockpit.feeds.synthetic.scenario import SCENARIOS, Leg, Scenario, scenario_of
from cockpit.instants import parse_instant
from tests.feeds.synthetic.markets import MIDDAY_NS, S, assert_equal_books, of, replayed

MONDAY_NS = parse_instant("2026-03-08T22:00:00Z")  # 18:00 in New York on Sunday
HOUR_NS = 3600 * S


def test_a_path_is_the_same_in_pieces_and_from_a_saved_state() -> None:
    whole = Latent(7, MONDAY_NS).advance(50_000)
    path = Latent(7, MONDAY_NS)
    parts = [path.advance(n) for n in (1, 9_999, 0, 20_000)]
    other = Latent(7, MONDAY_NS)
    other.load(path.save())
    parts.append(other.advance(20_000))
    for name in ("sigma", "heat", "activity", "day_vol"):
        assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(whole, name))
    for name in ("move", "shock"):
        assert np.array_equal(
            np.concatenate([getattr(part, name)[:-1] for part in parts]), getattr(whole, name)[:-1]
        )
    assert np.array_equal(parts[-1].fair[:, -1], whole.fair[:, -1])


def test_nights_have_their_share_of_variance_and_activity() -> None:
    regular, night = curves.regular_shape(), curves.night_shape()
    seconds = np.arange(0, 86_400, 60)
    inside = (seconds >= curves.OPEN_S) & (seconds < curves.OPEN_S + curves.REGULAR_S)
    shut = (seconds >= 17 * 3600) & (seconds < 18 * 3600)
    kinds = np.where(inside, curves.REGULAR, curves.NIGHT)
    shapes = np.array(
        [curves.shape(int(kind), float(s), regular, night) for kind, s in zip(kinds, seconds, strict=True)]
    )
    variance, volume = shapes[:, 0] ** 2, shapes[:, 1]
    outside = ~inside & ~shut
    assert variance[outside].sum() / variance[~shut].sum() == pytest.approx(curves.NIGHT_VARIANCE, abs=0.01)
    assert volume[outside].sum() / volume[~shut].sum() == pytest.approx(curves.NIGHT_VOLUME, abs=0.01)


def test_nothing_moves_while_the_market_is_closed() -> None:
    cells = Latent(7, MONDAY_NS).advance(CELLS_PER_DAY)
    at = (parse_instant("2026-03-09T21:00:00Z") - MONDAY_NS) // CELL_NS  # the daily halt: 17 to 18 h
    halt = slice(at, at + 36_000)
    assert (cells.activity[halt] == 0).all()
    assert len(np.unique(cells.fair[0, at : at + 36_001])) == 1
    assert (cells.activity[:at] > 0).all()


def test_the_shock_of_volatility_stays_within_reach_for_weeks() -> None:
    path = Latent(7, MONDAY_NS)
    ends = np.array([path.advance(CELLS_PER_DAY).shock[-1] for _ in range(14)])
    assert np.abs(ends).max() < 0.6
    assert ends.std() > 0.01


def test_a_day_and_a_half_neither_swells_nor_drains_the_books() -> None:
    market = FuturesMarket(7, MIDDAY_NS, scenario=Scenario(activity=0.05))
    snapshot = market.snapshot(MIDDAY_NS)
    counts = []
    for _ in range(36):
        rows = market.step(market.now_ns + HOUR_NS)
        counts.append([int(book.arrays.levels["orders"].sum()) for book in market.books])
        assert len(rows) < 600_000
    counts = np.array(counts)
    assert (counts[-1] < 1.5 * counts[5]).all()
    assert (counts[-1] > counts[5] / 2).all()  # the far end is laid thinner than it was founded
    first, last = len(snapshot), len(market.snapshot(market.now_ns))
    assert 1 / 3 < last / first < 2


def test_prices_may_go_several_times_around_the_ring() -> None:
    market = FuturesMarket(7, MIDDAY_NS, scenario=Scenario(legs=(Leg(1.0, 400.0, -0.15), Leg(420.0, 300.0, 0.1))))
    snapshot = market.snapshot(MIDDAY_NS)
    rows = market.step(MIDDAY_NS + 760 * S)
    moved = of(rows, 1)["price_ticks"]
    assert moved.max() - moved.min() > 3 * 4096
    for place in range(4):
        book, tops = replayed(snapshot, rows, place)
        assert (book.unknown_orders, book.unknown_modifies, book.duplicate_orders) == (0, 0, 0)
        assert (tops["bid_ticks"] < tops["ask_ticks"]).all()
        assert_equal_books(book, market, place)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_runs(name: str) -> None:
    rows = FuturesMarket(7, MIDDAY_NS, scenario=scenario_of(name)).step(MIDDAY_NS + 5 * S)
    assert len(rows) > 100


def test_a_pin_holds_the_index() -> None:
    pinned = Scenario(annual_vol=0.1, pin_level=6500.0, pin_strength=20.0)
    free = Latent(9, MIDDAY_NS, Scenario(annual_vol=0.1)).advance(150_000).move
    held = Latent(9, MIDDAY_NS, pinned).advance(150_000).move
    assert np.abs(held).max() < 0.6 * np.abs(free).max()


def test_unusable_scenarios_and_seeds_are_named() -> None:
    with pytest.raises(ConfigError, match="vol 30"):
        Scenario(vol=30.0)
    with pytest.raises(ConfigError, match="no scenario 'quiet'; there are normal, open"):
        scenario_of("quiet")
    with pytest.raises(ConfigError, match="longer than 0"):
        Leg(5.0, 0.0, 0.1)
    with pytest.raises(ConfigError, match="seed -1"):
        Latent(-1, MIDDAY_NS)
