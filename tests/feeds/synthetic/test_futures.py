"""The simulated futures: equal bytes however they are cut, books that the book engine takes without a complaint."""

import numpy as np
import pytest

from cockpit.engines.phase import Phase
from cockpit.errors import ConfigError
from cockpit.events.dtypes import ADD, ASK, BID, CANCEL, DTYPES, FILL, MODIFY, TRADE, Flag, Kind
from cockpit.feeds.synthetic.futures import FuturesMarket, front_contract
from cockpit.feeds.synthetic.scenario import Leg, Scenario
from cockpit.instants import parse_instant
from cockpit.units import Rows
from tests.feeds.synthetic.markets import MIDDAY_NS, S, assert_equal_books, digest, of, replayed

SPAN_S = 60


@pytest.fixture(scope="module")
def minute() -> tuple[Rows, Rows, FuturesMarket]:
    """Snapshot, changes of a minute, and the market after it."""
    market = FuturesMarket(7, MIDDAY_NS)
    snapshot = market.snapshot(MIDDAY_NS)
    return snapshot, market.step(MIDDAY_NS + SPAN_S * S), market


def test_rows_are_a_river(minute: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, market = minute
    assert rows.dtype == DTYPES[Kind.MBO]
    assert len(rows) > 10_000
    assert np.array_equal(rows["seq"], np.arange(len(rows)))
    assert (np.diff(rows["clock_ns"]) >= 0).all()
    assert rows["clock_ns"][0] >= MIDDAY_NS
    assert rows["clock_ns"][-1] < market.now_ns
    for place in range(4):
        own = of(rows, place)
        assert (np.diff(own["event_ns"]) >= 0).all()
        late = own["clock_ns"] - own["event_ns"]
        assert late.min() > 0
        assert late.max() < 1_000_000
        assert (np.diff(own["sequence"].astype(np.int64)) >= 0).all()
    assert set(np.unique(rows["action"])) == {ADD, CANCEL, MODIFY, TRADE, FILL}
    assert set(np.unique(rows["side"])) == {ASK, BID}


def test_same_seed_same_bytes_another_seed_others(minute: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, _ = minute
    assert digest(FuturesMarket(7, MIDDAY_NS).step(MIDDAY_NS + SPAN_S * S)) == digest(rows)
    assert digest(FuturesMarket(8, MIDDAY_NS).step(MIDDAY_NS + SPAN_S * S)) != digest(rows)


@pytest.mark.parametrize("step_ns", [S // 10, 16_666_667, 7 * S + 1])
def test_pieces_are_the_whole(minute: tuple[Rows, Rows, FuturesMarket], step_ns: int) -> None:
    _, rows, _ = minute
    market = FuturesMarket(7, MIDDAY_NS)
    parts = []
    while market.now_ns < MIDDAY_NS + SPAN_S * S:
        parts.append(market.step(min(market.now_ns + step_ns, MIDDAY_NS + SPAN_S * S)))
    assert digest(np.concatenate(parts)) == digest(rows)


@pytest.mark.parametrize("at_ns", [20 * S, 20 * S + 33_333_333])
def test_a_saved_market_goes_on_with_the_same_bytes(minute: tuple[Rows, Rows, FuturesMarket], at_ns: int) -> None:
    _, rows, _ = minute
    market = FuturesMarket(7, MIDDAY_NS)
    head = market.step(MIDDAY_NS + at_ns)
    state = {name: array.copy() for name, array in market.save().items()}
    assert all(array.dtype != object for array in state.values())
    other = FuturesMarket(7, MIDDAY_NS)
    other.step(MIDDAY_NS + 3 * S)
    other.load(state)
    tail = other.step(MIDDAY_NS + SPAN_S * S)
    assert digest(np.concatenate([head, tail])) == digest(rows)


def test_a_foreign_state_is_refused() -> None:
    market = FuturesMarket(7, MIDDAY_NS)
    state = market.save()
    del state["book2_orders"]
    with pytest.raises(ConfigError, match="book 2: orders"):
        FuturesMarket(7, MIDDAY_NS).load(state)
    with pytest.raises(ConfigError, match="simulated futures market"):
        market.load({})


@pytest.mark.parametrize("place", range(4))
def test_the_book_engine_ends_on_the_same_book(minute: tuple[Rows, Rows, FuturesMarket], place: int) -> None:
    snapshot, rows, market = minute
    book, tops = replayed(snapshot, rows, place)
    assert (book.unknown_orders, book.unknown_modifies, book.duplicate_orders, book.refused_rows) == (0, 0, 0, 0)
    book.check(Phase.CONTINUOUS)
    assert (tops["bid_ticks"] < tops["ask_ticks"]).all()
    assert_equal_books(book, market, place)


def test_level_sums_are_the_sums_of_their_orders(minute: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, _, market = minute
    for place, own in enumerate(market.books):
        rows = of(market.snapshot(market.now_ns), place)[1:]
        levels = own.arrays.levels
        for price in np.unique(rows["price_ticks"]):
            here = rows["price_ticks"] == price
            level = levels[price % len(levels)]
            assert (level["size"], level["orders"]) == (rows["size"][here].sum(), here.sum())
        assert levels["orders"].sum() == len(rows)
        assert levels["size"].sum() == rows["size"].sum()


def test_fills_are_the_trade(minute: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, _ = minute
    for place in range(4):
        own = of(rows, place)
        trades = np.flatnonzero(own["action"] == TRADE)
        assert len(trades) > 20
        group = np.cumsum(own["action"] == TRADE)
        fills = own["action"] == FILL
        filled = np.bincount(group[fills], own["size"][fills], len(trades) + 1)[1:]
        assert np.array_equal(filled, own["size"][trades])
        opposite = np.where(own["side"][trades] == BID, ASK, BID)
        assert np.array_equal(own["side"][fills], opposite[group[fills] - 1])
        assert np.array_equal(own["price_ticks"][fills], own["price_ticks"][trades][group[fills] - 1])


def test_each_transaction_ends_with_last(minute: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, _ = minute
    for place in range(4):
        own = of(rows, place)
        ends = np.flatnonzero(np.diff(own["sequence"].astype(np.int64)) > 0)
        last = own["flags"] & Flag.LAST
        assert (last[ends] > 0).all()
        assert (last > 0).sum() in (len(ends), len(ends) + 1)
        # one transaction has one time
        inside = np.flatnonzero(np.diff(own["sequence"].astype(np.int64)) == 0)
        assert (own["clock_ns"][inside] == own["clock_ns"][inside + 1]).all()


def test_calm_has_no_large_traders() -> None:
    loud, calm = (FuturesMarket(7, MIDDAY_NS, calm=flag).step(MIDDAY_NS + 900 * S) for flag in (False, True))

    def walls(rows: Rows) -> int:
        es = of(rows, 0)
        return int(((es["action"] == ADD) & (es["size"] > 100)).sum())

    def swept(rows: Rows) -> int:
        own = rows[rows["action"] == TRADE]
        _, prices = np.unique(own["order_id"], return_counts=True)
        return int((prices > 1).sum())

    assert walls(loud) > 0
    assert swept(loud) > 0
    assert walls(calm) == 0
    assert swept(calm) == 0


def test_the_market_rests_when_it_is_closed() -> None:
    friday = parse_instant("2026-03-13T20:59:00Z")  # a minute before the week ends
    market = FuturesMarket(7, friday)
    assert len(market.step(friday + 60 * S)) > 100
    sunday = parse_instant("2026-03-15T22:00:00Z")
    assert len(market.step(sunday)) == 0
    assert len(market.step(sunday + 60 * S)) > 100


def test_front_quarters_by_date() -> None:
    def symbol(text: str) -> str:
        return front_contract("ES", parse_instant(text)).symbol

    assert symbol("2026-03-11T15:00Z") == "ESH6.GLBX"
    assert symbol("2026-03-13T15:00Z") == "ESM6.GLBX"
    assert symbol("2026-12-21T15:00Z") == "ESH7.GLBX"


def test_a_scripted_fall_falls() -> None:
    fall = Scenario(annual_vol=0.02, legs=(Leg(10.0, 60.0, -0.01),))
    market = FuturesMarket(7, MIDDAY_NS, scenario=fall)
    before = [sum(book.touch) / 2 for book in market.books]
    market.step(MIDDAY_NS + 80 * S)
    for was, book in zip(before, market.books, strict=True):
        assert -0.016 < sum(book.touch) / 2 / was - 1 < -0.006


@pytest.mark.parametrize("at_ns", [MIDDAY_NS - S, MIDDAY_NS + S // 100])
def test_no_step_back_and_no_snapshot_elsewhere(at_ns: int) -> None:
    market = FuturesMarket(7, MIDDAY_NS)
    with pytest.raises(ConfigError, match="stands at"):
        market.snapshot(at_ns)
    if at_ns < MIDDAY_NS:
        with pytest.raises(ConfigError, match="step back"):
            market.step(at_ns)
