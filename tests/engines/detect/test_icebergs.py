"""Icebergs: when executions are one's, by order ids and without them, and when not."""

import random
from itertools import pairwise

import numpy as np
import pytest

from cockpit.engines.book.mbo import MboBook
from cockpit.engines.detect.engine import Detectors, Rules
from cockpit.engines.detect.iceberg_layout import IcebergRule
from cockpit.events.dtypes import ASK, BID, Detector, Kind, empty
from cockpit.units import NS_PER_MS, NS_PER_S, Rows
from tests.engines.book.programs import mbo_rows, record
from tests.engines.detect.market import Tape, seen, texts

NATIVE, SYNTHETIC, GUESSED = 1, 2, 3
Act = tuple[float, tuple]  # seconds, record
FIRST = [record("A", "B", 99, 50, 1), record("A", "A", 101, 50, 2)]


def acts(*rows: Act) -> Rows:
    """MBO rows at those times."""
    made = mbo_rows([row for _, row in rows])
    made["clock_ns"] = [1_000_000 * NS_PER_S + round(at * NS_PER_S) for at, _ in rows]
    return made


def usual(*, others: int = 60) -> list[Act]:
    """A book, and a minute in which orders of one contract come and go at the touch."""
    rows: list[Act] = [(0.0, each) for each in FIRST]
    for k in range(others):
        rows += [(1.0 + k, record("A", "B", 99, 1, 100 + k)), (1.5 + k, record("C", "B", 99, 1, 100 + k))]
    return rows


def executed(at: float, order_id: int, size: int, price: int = 99) -> list[Act]:
    """A trade against one order of the bid: the print, the fill, and what takes it out of the book."""
    return [
        (at, record("T", "A", price, size, 0, flags=0)),
        (at, record("F", "B", price, size, order_id, flags=0)),
        (at, record("C", "B", price, size, order_id)),
    ]


def refilled(at: float, order_id: int, size: int, shows: int) -> list[Act]:
    """The same, of an order that shows itself anew under its id."""
    return [*executed(at, order_id, size)[:2], (at, record("M", "B", 99, shows, order_id))]


def found_in(rows: Rows, rule: IcebergRule | None = None, cuts: tuple[int, ...] = ()) -> tuple[Detectors, Rows]:
    """Icebergs in order-level rows, cut into slices; detectors are frozen and thawed at each cut."""
    rules = Rules(iceberg=rule or IcebergRule())
    book, detectors, parts = MboBook(0), Detectors(0, rules), [empty(Kind.DETECTION)]
    for low, high in pairwise([0, *sorted(cuts), len(rows)]):
        output = book.apply(rows[low:high])
        parts.append(detectors.apply(output.flow, output.tops, output.samples).detections)
        if cuts:
            twin = Detectors(0, rules)
            twin.thaw(detectors.freeze())
            detectors = twin
    return detectors, icebergs(np.concatenate(parts))


def icebergs(rows: Rows) -> Rows:
    return rows[rows["detector"] == Detector.ICEBERG]


def test_an_order_that_shows_itself_anew_after_executions_is_a_native_iceberg() -> None:
    rows = acts(
        *usual(), (70, record("A", "B", 99, 10, 7)), *refilled(71, 7, 10, 10), *refilled(72, 7, 10, 10),
        *refilled(73, 7, 10, 10),
    )  # fmt: skip
    (row,) = found_in(rows)[1]
    assert (row["price_ticks"], row["size"], row["count"], row["side"], row["direction"]) == (99, 30, 3, BID, 1)
    assert row["values"][:3].tolist() == [10, 30, NATIVE]
    assert (row["threshold"], row["ratio"]) == (20, 3.0)
    assert (row["clock_ns"] - row["begin_ns"], row["seq"]) == (2 * NS_PER_S, rows["seq"][-1])
    # each modify tells of a fill and of what is shown anew
    assert row["evidence"][: row["causes"]].tolist() == rows["seq"][-7::3].tolist()


def test_an_order_that_executes_for_more_than_it_shows_is_native() -> None:
    rows = acts(
        *usual(), (70, record("A", "B", 99, 10, 7)), *refilled(71, 7, 4, 6), *refilled(72, 7, 3, 3),
        *executed(73, 7, 14),
    )  # fmt: skip
    (row,) = found_in(rows)[1]
    assert (row["size"], row["count"], row["values"][:3].tolist()) == (21, 3, [10, 11, NATIVE])


def test_two_fills_or_less_than_twice_what_it_showed_are_none() -> None:
    two = acts(*usual(), (70, record("A", "B", 99, 10, 7)), *refilled(71, 7, 10, 10), *refilled(72, 7, 10, 10))
    assert not len(found_in(two)[1])
    start = (*usual(), (70, record("A", "B", 99, 10, 7)), *refilled(71, 7, 4, 6), *refilled(72, 7, 5, 1))
    assert not len(found_in(acts(*start, *refilled(73, 7, 10, 10)))[1])
    assert len(found_in(acts(*start, *refilled(73, 7, 11, 10)))[1]) == 1


def test_an_order_made_larger_long_after_a_fill_is_none() -> None:
    rows = [*usual(), (70, record("A", "B", 99, 10, 7))]
    for k in range(4):
        rows += [*refilled(71 + k, 7, 5, 5), (71.2 + k, record("M", "B", 99, 10, 7))]
    assert not len(found_in(acts(*rows))[1])


def chain(sizes: list[int], lag: float, start: float = 70.0) -> list[Act]:
    """Orders of those sizes one after the other, each executed whole, the next ``lag`` seconds later."""
    rows: list[Act] = []
    for k, size in enumerate(sizes):
        at = start + k
        rows += [(at - 1 + lag, record("A", "B", 99, size, 1000 + k)), *executed(at, 1000 + k, size)]
    return rows


def test_like_orders_that_follow_each_other_are_one_synthetic_iceberg() -> None:
    rows = acts(*usual(), *chain([17] * 4, 0.01))
    (row,) = found_in(rows)[1]
    assert (row["size"], row["count"], row["price_ticks"]) == (68, 4, 99)
    assert row["values"][:3].tolist() == [17, 51, SYNTHETIC]
    told = rows["seq"][-16:][[3, 4, 7, 8, 11, 12, 15]]  # what ended each order, and what took its place
    assert row["evidence"][: row["causes"]].tolist() == told.tolist()


def test_orders_that_come_late_differ_or_are_of_a_common_size_make_no_chain() -> None:
    assert not len(found_in(acts(*usual(), *chain([17] * 6, 0.301)))[1])
    assert not len(found_in(acts(*usual(), *chain([17, 18] * 3, 0.01)))[1])
    assert not len(found_in(acts(*usual(), *chain([1] * 6, 0.2)))[1])
    assert len(found_in(acts(*usual(), *chain([17] * 6, 0.2)), IcebergRule(surprise=5))[1]) == 1


def test_it_is_told_once_and_a_new_one_at_the_price_only_after_a_while() -> None:
    def two(apart: float) -> int:
        rows = list(usual())
        for order_id, at in ((7, 70.0), (8, 70.0 + apart)):
            rows.append((at, record("A", "B", 99, 10, order_id)))
            for k in range(5):
                rows += refilled(at + 0.1 + 0.1 * k, order_id, 10, 10)
            rows.append((at + 1, record("C", "B", 99, 10, order_id)))
        return len(found_in(acts(*rows))[1])

    assert (two(2), two(6)) == (1, 2)


def test_a_clear_forgets_what_was_executed_before() -> None:
    rows = [*usual(), (70, record("A", "B", 99, 10, 7)), *refilled(71, 7, 10, 10), *refilled(72, 7, 10, 10)]
    rows += [(72.5, record("R")), *[(72.6, each) for each in FIRST], (72.7, record("A", "B", 99, 10, 7))]
    assert not len(found_in(acts(*rows, *refilled(73, 7, 10, 10)))[1])


@pytest.mark.parametrize("seed", range(6))
def test_cuts_change_nothing_by_orders(seed: int) -> None:
    rng = random.Random(seed)
    rows, at = list(usual()), 70.0
    resting: dict[int, int] = {}
    for order_id in range(10_000, 10_150):
        at += rng.choice((0.001, 0.05, 0.2, 1.0))
        size = rng.choice((5, 17, 17, 23))
        rows.append((at, record("A", "B", 99, size, order_id)))
        resting[order_id] = size
        other, shown = rng.choice(list(resting.items()))
        kind = rng.randrange(4)
        if kind == 0:
            rows += refilled(at + 0.001, other, shown, shown)
        elif kind < 3:
            rows += executed(at + 0.001, other, shown)
            del resting[other]
    rule = IcebergRule(surprise=4, again_ns=NS_PER_S)
    whole, found = found_in(acts(*rows), rule)
    n = len(acts(*rows))
    again, parts = found_in(acts(*rows), rule, tuple(rng.randrange(n) for _ in range(7)))
    assert len(found) > 2
    assert texts(parts) == texts(found)
    assert [each.tobytes() for each in again.scanners[-2].freeze()] == [
        each.tobytes() for each in whole.scanners[-2].freeze()
    ]


BIDS = [(100 - i, 10) for i in range(10)]
ASKS = [(101 + i, 10) for i in range(10)]


def level(trades: list[int], shows: int = 10) -> Tape:
    """A bid that is traded at every half second and shows ``shows`` again in the next message."""
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3)
    for k, size in enumerate(trades):
        tape.at(3 + 0.5 * k).trade(ASK, 100, size)
        tape.at(3.05 + 0.5 * k).book([(100, shows + 1 + k % 2)], [(110, 5 + k)])
    return tape.at(4 + 0.5 * len(trades))


def guessed(tape: Tape, rule: IcebergRule | None = None) -> Rows:
    return icebergs(seen(tape, Rules(iceberg=rule or IcebergRule()))[1].detections)


def test_trades_that_take_nothing_from_a_level_are_a_guessed_iceberg() -> None:
    tape = level([8, 8, 8])
    (row,) = guessed(tape)
    assert (row["price_ticks"], row["size"], row["count"], row["side"], row["direction"]) == (100, 24, 3, BID, 1)
    assert row["values"][:3].tolist() == [12, 14, GUESSED]  # changes explain one of each; the last may yet
    assert row["evidence"][: row["causes"]].tolist() == tape.of(Kind.TRADE)["seq"].tolist()


def test_less_than_twice_what_was_shown_is_no_guess() -> None:
    assert not len(guessed(level([8, 8, 7])))
    assert not len(guessed(level([12, 12])))


def test_trades_that_the_level_lost_or_that_additions_explain_are_no_iceberg() -> None:
    lost, added = (Tape().book(BIDS, ASKS, snapshot=True).at(3) for _ in range(2))
    for k in range(6):
        lost.at(3 + 0.5 * k).trade(ASK, 100, 8).book([(100, 2)]).at(3.3 + 0.5 * k).book([(100, 10)])
        added.at(3 + k).book([(100, 2)]).at(3.3 + k).trade(ASK, 100, 8).at(3.4 + k).book([(100, 10)])
    assert not len(guessed(lost.at(9)))
    assert not len(guessed(added.at(12)))


def test_a_gap_in_the_levels_forgets_what_traded() -> None:
    tape = level([8, 8])
    tape.book(BIDS, ASKS, snapshot=True)
    tape.at(5.5).trade(ASK, 100, 8)
    assert not len(guessed(tape.at(9)))


@pytest.mark.parametrize("seed", range(4))
def test_cuts_change_nothing_by_levels(seed: int) -> None:
    rng = random.Random(seed)
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3)
    for step in range(150):
        side, price = rng.choice(((ASK, 100), (ASK, 100), (BID, 101)))
        tape.at(3 + step * 0.2).trade(side, price, rng.randrange(1, 20))
        if rng.random() < 0.4:
            tape.book([(100, rng.choice((5, 10, 12)))], [(101, rng.choice((5, 10)))])
    rules = Rules(iceberg=IcebergRule(again_ns=500 * NS_PER_MS, idle_ns=2 * NS_PER_S))
    _, whole = seen(tape, rules)
    _, parts = seen(tape, rules, tuple(rng.randrange(tape.seq) for _ in range(7)))
    assert len(icebergs(whole.detections)) > 0
    assert texts(parts.detections) == texts(whole.detections)
