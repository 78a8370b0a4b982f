"""What books tell of every change: it adds up to the book, says who took what, and does not depend on cuts."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book.depth import DepthBook
from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.engines.book.layout import ASK_SIDE, BID_SIDE, ENDS, What
from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ASK, FILL, Kind, empty
from cockpit.units import NO_PRICE, NS_PER_S, Rows
from tests.engines.book import programs
from tests.engines.book.programs import mbo_rows, record
from tests.engines.book.recordings import arl_levels, es_rows
from tests.engines.book.test_depth import SNAPSHOT, message, numbered
from tests.engines.book.test_depth import program as depth_program
from tests.engines.book.test_l2 import ASKS, BIDS, joined, mbp_row

Told = tuple[str, int, int, int, int]  # what, side, price, size after, amount
NAMES = {value: name for name, value in vars(What).items() if isinstance(value, int)}


def told(flow: Rows) -> list[Told]:
    return [
        (NAMES[int(row["what"]) & (ENDS - 1)], *(int(row[name]) for name in ("side", "price", "size", "amount")))
        for row in flow
    ]


def levels_of(flow: Rows) -> tuple[dict[int, int], dict[int, int]]:
    """The book that a flow adds up to; every step is checked against the one before."""
    books: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for what, side, price, size, amount in told(flow):
        if what in ("TRADED", "TICK", "NOTHING", "GAP"):
            continue
        book = books[side]
        if price == NO_PRICE:
            book.clear()
            continue
        had = book.get(price, 0)
        if what == "ADDED":
            assert size == had + amount
        elif what == "PULLED":
            assert size == had - amount
        elif what == "FILLED":
            assert had - amount <= size <= had  # what was hidden did not rest there
        book[price] = size
        if size == 0:
            del book[price]
    return books


def read_of(book: MboBook | DepthBook | PriceLevelBook) -> tuple[dict[int, int], dict[int, int]]:
    read = book.readout(100_000)
    return (
        dict(zip(read.bid_ticks.tolist(), read.bid_sizes.tolist(), strict=True)),
        dict(zip(read.ask_ticks.tolist(), read.ask_sizes.tolist(), strict=True)),
    )


@pytest.mark.parametrize("seed", range(30))
def test_the_flow_of_orders_adds_up_to_the_book_and_does_not_depend_on_cuts(seed: int) -> None:
    rows = programs.program(seed)
    whole = MboBook(0)
    flow = whole.apply(rows).flow
    assert levels_of(flow) == read_of(whole)
    rng, book = random.Random(seed), MboBook(0)
    parts: list[Rows] = []
    for low, high in pairwise(sorted({0, len(rows), *(rng.randrange(len(rows)) for _ in range(9))})):
        parts.append(book.apply(rows[low:high]).flow)
        twin = MboBook(0)
        twin.thaw(book.freeze())
        book = twin
    assert told(np.concatenate(parts)) == told(flow)


@pytest.mark.parametrize("seed", range(20))
def test_the_flow_of_levels_adds_up_to_the_book_and_does_not_depend_on_cuts(seed: int) -> None:
    rows, trades, ticks = depth_program(seed)
    whole = DepthBook(0)
    flow = whole.apply(rows, ticks, trades).flow
    assert levels_of(flow) == read_of(whole)
    assert flow["seq"].tolist() == sorted(flow["seq"].tolist())
    rng, book = random.Random(seed), DepthBook(0)
    end = int(max(part["seq"].max(initial=-1) for part in (rows, trades, ticks))) + 1
    parts: list[Rows] = []
    for low, high in pairwise(sorted({0, end, *(rng.randrange(end) for _ in range(9))})):
        taken = (each[(each["seq"] >= low) & (each["seq"] < high)] for each in (rows, ticks, trades))
        parts.append(book.apply(*taken).flow)
        twin = DepthBook(0)
        twin.thaw(book.freeze())
        book = twin
    assert told(np.concatenate(parts)) == told(flow)


def test_what_executions_took_is_filled_and_what_was_cancelled_is_pulled() -> None:
    rows = mbo_rows(
        [
            record("A", "B", 100, 9, 1),
            record("A", "B", 100, 5, 2),
            record("T", "A", 100, 6, 0, flags=0),
            record("F", "B", 100, 6, 1, flags=0),
            record("C", "B", 100, 6, 1),
            record("C", "B", 100, 5, 2),
            record("C", "B", 100, 3, 1),
        ]
    )
    assert told(MboBook(0).apply(rows).flow) == [
        ("ADDED", BID_SIDE, 100, 9, 9),
        ("ADDED", BID_SIDE, 100, 14, 5),
        ("TRADED", BID_SIDE, 100, 0, 6),
        ("FILLED", BID_SIDE, 100, 8, 6),
        ("PULLED", BID_SIDE, 100, 3, 5),
        ("PULLED", BID_SIDE, 100, 0, 3),
    ]


def test_an_order_that_shows_itself_again_after_an_execution_was_filled_and_added() -> None:
    rows = mbo_rows(
        [
            record("A", "A", 100, 10, 1),
            record("T", "B", 100, 25, 0, flags=0),
            record("F", "A", 100, 25, 1, flags=0),
            record("M", "A", 100, 10, 1),
        ]
    )
    assert told(MboBook(0).apply(rows).flow)[1:] == [
        ("TRADED", ASK_SIDE, 100, 0, 25),
        ("FILLED", ASK_SIDE, 100, 0, 25),
        ("ADDED", ASK_SIDE, 100, 10, 10),
    ]


def test_an_order_that_moves_is_pulled_and_added_under_the_same_id_and_record() -> None:
    flow = MboBook(0).apply(mbo_rows([record("A", "B", 100, 4, 7), record("M", "B", 98, 4, 7)])).flow
    assert told(flow)[1:] == [("PULLED", BID_SIDE, 100, 0, 4), ("ADDED", BID_SIDE, 98, 4, 4)]
    assert flow["seq"].tolist() == [0, 1, 1]
    assert flow["order_id"].tolist() == [7, 7, 7]


def test_a_transaction_that_ends_without_a_change_says_so() -> None:
    rows = mbo_rows([record("A", "B", 100, 4, 7, flags=0), record("N", "N"), record("N", "N")])
    flow = MboBook(0).apply(rows).flow
    assert flow["what"].tolist() == [What.ADDED, What.NOTHING + ENDS]


def test_a_level_of_a_depth_book_loses_to_trades_before_it_loses_to_pulls() -> None:
    rows = numbered(SNAPSHOT, message([(100, 1)], []))
    rows["seq"][-1] += 1
    trade = empty(Kind.TRADE, 1)
    trade["seq"], trade["size"], trade["aggressor"], trade["price_ticks"] = 6, 3, ASK, 100
    trade["clock_ns"] = 500
    flow = DepthBook(0).apply(rows, None, trade).flow
    assert told(flow)[-3:] == [
        ("TRADED", BID_SIDE, 100, 0, 3),
        ("FILLED", BID_SIDE, 100, 2, 3),
        ("PULLED", BID_SIDE, 100, 1, 1),
    ]
    rows["clock_ns"][-1] = 3 * NS_PER_S  # too late: that trade took from something nobody saw
    assert told(DepthBook(0).apply(rows, None, trade).flow)[-1] == ("PULLED", BID_SIDE, 100, 1, 4)


def test_levels_that_come_into_a_window_of_ten_or_leave_it_are_no_acts() -> None:
    ten = [(100 - i, 5, 1) for i in range(10)]
    before, after = mbp_row(ten, ASKS), mbp_row([(101, 2, 1), *ten[:9]], [(102, 1, 1), *ASKS[1:]])
    flow = PriceLevelBook(0).apply(joined(before, after)).flow
    assert [each[:3] for each in told(flow)][-4:] == [
        ("LEFT", BID_SIDE, 91),
        ("ADDED", BID_SIDE, 101),
        ("PULLED", ASK_SIDE, 101),
        ("ADDED", ASK_SIDE, 102),
    ]
    assert all(each[0] == "SHOWN" for each in told(flow)[:12])


def test_a_trade_of_a_window_of_ten_takes_from_the_level_it_names() -> None:
    trade = mbp_row(BIDS, ASKS, action="T", size=3, side=ord("B"))
    trade["price_ticks"] = 101
    flow = PriceLevelBook(0).apply(joined(mbp_row(BIDS, ASKS), trade, mbp_row(BIDS, ASKS[1:]))).flow
    assert told(flow)[-2:] == [("TRADED", ASK_SIDE, 101, 0, 3), ("FILLED", ASK_SIDE, 101, 0, 3)]


def amount(flow: Rows, what: int) -> int:
    return int(flow["amount"][(flow["what"] & (ENDS - 1)) == what].sum())


def test_a_recorded_order_book_adds_up(data: Path) -> None:
    rows = es_rows(data)
    book = MboBook(int(rows["instrument"][0]))
    flow = book.apply(rows).flow
    assert levels_of(flow) == read_of(book)
    assert amount(flow, What.TRADED) == 7_442
    executed = int(rows["size"][rows["action"] == FILL].sum())  # more than traded: spreads execute without a trade
    assert 0.99 * executed < amount(flow, What.FILLED) <= executed


def test_a_recorded_window_of_ten_levels_adds_up(data: Path) -> None:
    rows, book = arl_levels(data), PriceLevelBook(0)
    flow = book.apply(rows).flow
    assert levels_of(flow) == read_of(book)
    assert 0 < amount(flow, What.FILLED) <= amount(flow, What.TRADED)
