"""Planted traders do what was asked, and the truth names what the rows show."""

import json

import numpy as np
import pytest

from cockpit.errors import ConfigError
from cockpit.events.dtypes import ADD, BID, CANCEL, FILL, MODIFY, TRADE
from cockpit.feeds.synthetic.futures import FuturesMarket
from cockpit.feeds.synthetic.plants import parse_plants
from cockpit.units import Rows
from tests.feeds.synthetic.markets import MIDDAY_NS, S, assert_equal_books, digest, of, replayed

SPECIFICATION = [
    {"kind": "wall", "symbol": "ES", "at": 5, "side": "bid", "ticks": 3, "size": 777, "duration": 10},
    {"kind": "iceberg", "symbol": "ES", "at": 6, "side": "ask", "size": 400, "display": 12, "duration": 20},
    {
        "kind": "layering",
        "symbol": "NQ",
        "at": 7,
        "side": "ask",
        "ticks": 2,
        "size": 40,
        "levels": 4,
        "duration": 3,
    },
    {"kind": "sweep", "symbol": "NQ", "at": 12.34, "side": "ask", "size": 60, "levels": 20},
    {"kind": "absorption", "symbol": "ES", "at": 30, "side": "bid", "size": 600, "display": 100, "duration": 4},
]
SPAN_S = 40


@pytest.fixture(scope="module")
def planted() -> tuple[Rows, Rows, FuturesMarket]:
    """Snapshot, changes, and the market after them."""
    market = FuturesMarket(7, MIDDAY_NS, calm=True, plants=parse_plants(SPECIFICATION, MIDDAY_NS))
    snapshot = market.snapshot(MIDDAY_NS)
    return snapshot, market.step(MIDDAY_NS + SPAN_S * S), market


def orders(market: FuturesMarket, kind: str) -> list[dict[str, int]]:
    """Truth of one kind."""
    return [each for each in market.planting.truth() if each["kind"] == kind]


def test_books_stay_valid(planted: tuple[Rows, Rows, FuturesMarket]) -> None:
    snapshot, rows, market = planted
    assert (np.diff(rows["clock_ns"]) >= 0).all()
    for place in (0, 1):
        book, tops = replayed(snapshot, rows, place)
        assert (book.unknown_orders, book.unknown_modifies, book.duplicate_orders) == (0, 0, 0)
        assert (tops["bid_ticks"] < tops["ask_ticks"]).all()
        assert_equal_books(book, market, place)


def test_a_wall_comes_and_goes(planted: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, market = planted
    (wall,) = orders(market, "wall")
    own = rows[rows["order_id"] == wall["order_id"]]
    assert own["action"][0] == ADD
    assert (own["size"][0], own["side"][0], own["price_ticks"][0]) == (777, BID, wall["price_ticks"])
    assert own["clock_ns"][0] == wall["from_ns"]
    assert own["action"][-1] == CANCEL
    assert own["clock_ns"][-1] == wall["until_ns"] or wall["outcome"] == "filled"


def test_layers_leave_together(planted: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, market = planted
    layers = orders(market, "layering")
    assert len(layers) == 4
    assert [each["price_ticks"] - layers[0]["price_ticks"] for each in layers] == [0, 1, 2, 3]
    ends = {each["until_ns"] for each in layers if each["outcome"] == "cancelled"}
    assert len(ends) == 1
    for each in layers:
        assert (of(rows, 1)["order_id"] == each["order_id"]).any()


def test_a_sweep_takes_several_prices(planted: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, market = planted
    (sweep,) = orders(market, "sweep")
    trades = rows[(rows["order_id"] == sweep["order_id"]) & (rows["action"] == TRADE)]
    assert len(np.unique(trades["price_ticks"])) >= 3
    assert trades["size"].sum() == sweep["size"] == 60
    assert (trades["side"] == BID).all()


def test_an_iceberg_shows_its_display_and_is_refilled(planted: tuple[Rows, Rows, FuturesMarket]) -> None:
    _, rows, market = planted
    (absorbing,) = (each for each in orders(market, "absorption") if each["outcome"] != "traded")
    own = rows[rows["order_id"] == absorbing["order_id"]]
    assert own["size"][0] == 100
    filled = own["size"][own["action"] == FILL].sum()
    assert filled > 100
    assert ((own["action"] == MODIFY) & (own["size"] == 100)).any()
    blows = [each for each in orders(market, "absorption") if each["outcome"] == "traded"]
    assert len(blows) == 8
    prices = rows[np.isin(rows["order_id"], [each["order_id"] for each in blows]) & (rows["action"] == TRADE)]
    assert prices["price_ticks"].min() == absorbing["price_ticks"]  # nothing came through


def test_nobody_but_its_trader_takes_a_planted_order_away() -> None:
    specification = [
        {"kind": "wall", "symbol": "ES", "at": at, "side": side, "ticks": 0, "size": 60, "duration": 4}
        for at in (1, 2, 6, 7)
        for side in ("bid", "ask")
    ]
    market = FuturesMarket(7, MIDDAY_NS, calm=True, plants=parse_plants(specification, MIDDAY_NS))
    market.snapshot(MIDDAY_NS)
    rows = market.step(MIDDAY_NS + 12 * S)
    outcomes = set()
    for wall in orders(market, "wall"):
        own = rows[rows["order_id"] == wall["order_id"]]
        executed = int(own["size"][own["action"] == FILL].sum())
        assert (executed == 60) == (wall["outcome"] == "filled")
        last = own[-1]
        assert (last["action"], last["clock_ns"]) == (CANCEL, wall["until_ns"]) or executed == 60
        outcomes.add(wall["outcome"])
    assert outcomes == {"filled", "cancelled"}


def test_plants_are_the_same_in_pieces_and_from_a_saved_state(
    planted: tuple[Rows, Rows, FuturesMarket],
) -> None:
    _, rows, market = planted
    plants = parse_plants(SPECIFICATION, MIDDAY_NS)
    parts, own = [], FuturesMarket(7, MIDDAY_NS, calm=True, plants=plants)
    for second in range(1, SPAN_S + 1):
        parts.append(own.step(MIDDAY_NS + second * S - (second % 3) * 10_000_000 * (second < SPAN_S)))
        if second == 31:
            state = own.save()
            own = FuturesMarket(7, MIDDAY_NS, calm=True, plants=plants)
            own.load(state)
    assert digest(np.concatenate(parts)) == digest(rows)
    assert json.dumps(own.planting.truth()) == json.dumps(market.planting.truth())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "spoof"}, "plant 0: kind 'spoof'"),
        ({"symbol": "CL"}, "symbol 'CL'"),
        ({"side": "up"}, "side 'up'; bid or ask"),
        ({"size": 0}, "size 0; a number of 1"),
        ({"at": -3}, "before the market begins"),
        ({"at": "2026-03-14T12:00Z"}, "the market is closed"),
        ({"colour": 3}, "unknown colour"),
    ],
)
def test_unusable_plants_are_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse_plants([SPECIFICATION[0] | change], MIDDAY_NS)
