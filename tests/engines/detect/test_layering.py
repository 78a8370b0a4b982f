"""Layering suspicions: neighbouring large sizes that are taken away together, and what is none."""

import random

import pytest

from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.layering import BACKED, PLAIN, LayeringRule
from cockpit.events.dtypes import ASK, BID, Detector, Kind
from cockpit.units import NS_PER_S, Rows
from tests.engines.detect.market import Levels, Tape, seen, texts

BIDS = [(100 - i, 10) for i in range(10)]
ASKS = [(101 + i, 10) for i in range(10)]
RULES = Rules(layering=LayeringRule(absolute=20))


def suspicions(tape: Tape, rules: Rules = RULES) -> Rows:
    rows = seen(tape, rules)[1].detections
    return rows[rows["detector"] == Detector.LAYERING]


def layers(size: int = 40, prices: tuple[int, ...] = (103, 104, 105), left: int = 10, *, traded: int = 8) -> Tape:
    """Asks of ``size`` come at those prices, bids trade, and two seconds later all of them are ``left``."""
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(price, size) for price in prices]).at(4)
    if traded:
        tape.trade(ASK, 100, traded)
    return tape.at(5).book([], [(price, left) for price in prices])


def test_three_layers_that_go_together_are_suspicious() -> None:
    tape = layers()
    (row,) = suspicions(tape)
    assert (row["price_ticks"], row["to_ticks"], row["size"], row["count"]) == (103, 105, 90, 3)
    assert (row["side"], row["direction"], row["clock_ns"] - row["begin_ns"]) == (ASK, 1, 2 * NS_PER_S)
    assert row["values"][:5].tolist() == [90, 90, 0, 8, BACKED]
    assert row["evidence"][: row["causes"]].tolist() == tape.of(Kind.DEPTH)["seq"][-6:].tolist()


def test_without_executions_on_the_other_side_it_is_less_likely() -> None:
    (row,) = suspicions(layers(traded=0))
    assert row["values"][3:5].tolist() == [0, PLAIN]


@pytest.mark.parametrize(
    ("tape", "count"),
    [
        (layers(prices=(103, 104)), 0),
        (layers(prices=(102, 104, 106)), 1),  # three of five
        (layers(prices=(102, 104, 107)), 0),  # of six
        (layers(size=20), 0),  # not larger than the threshold
        (layers(size=21), 1),
        (layers(left=14), 0),  # 78 pulled, 90 added
        (layers(left=13), 1),
    ],
)
def test_just_below_each_threshold_it_is_none(tape: Tape, count: int) -> None:
    assert len(suspicions(tape)) == count


def test_a_layer_of_which_most_stays_has_not_gone() -> None:
    rules = Rules(layering=LayeringRule(absolute=20, cancels=0.0))
    assert [len(suspicions(layers(left=left), rules)) for left in (25, 24)] == [0, 0]
    assert len(suspicions(layers(left=23), rules)) == 1


def test_layers_that_go_one_by_one_too_slowly_are_none() -> None:
    def one_by_one(apart: float) -> int:
        tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(price, 40) for price in (103, 104, 105)])
        for k, price in enumerate((103, 104, 105)):
            tape.at(5 + apart * k).book([], [(price, 10)])
        return len(suspicions(tape))

    assert (one_by_one(1.0), one_by_one(1.1)) == (1, 0)


def test_layers_that_were_executed_were_meant() -> None:
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(price, 40) for price in (101, 102, 103)]).at(4)
    tape.trade(BID, 101, 6).book([], [(101, 34)])
    assert not len(suspicions(tape.at(5).book([], [(price, 5) for price in (101, 102, 103)])))


def test_more_added_than_cancelled_is_a_book_that_grows() -> None:
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(price, 40) for price in (103, 104, 105)])
    tape.at(4).book([], [(price, 50) for price in (103, 104, 105)])
    assert not len(suspicions(tape.at(5).book([], [(price, 18) for price in (103, 104, 105)])))  # 96 of 120


def test_layers_that_stand_again_in_the_same_message_press_on() -> None:
    rules = Rules(layering=LayeringRule(absolute=20, among=8, levels=3))
    pressing: Levels = [(106, 40), (107, 40), (108, 40)]
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3)
    tape.book([], [(price, 40) for price in (103, 104, 105)]).at(5)
    (row,) = suspicions(tape.book([], [*((price, 10) for price in (103, 104, 105)), *pressing]), rules)
    assert row["direction"] == -1


def test_it_is_told_once_and_again_only_after_a_while() -> None:
    def twice(apart: float) -> int:
        tape = layers().at(4 + apart).book([], [(price, 40) for price in (103, 104, 105)])
        return len(suspicions(tape.at(5 + apart).book([], [(price, 10) for price in (103, 104, 105)])))

    assert (twice(4.9), twice(5.0)) == (1, 2)


def test_a_snapshot_forgets_what_stood() -> None:
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(price, 40) for price in (103, 104, 105)])
    assert not len(suspicions(tape.at(4).book(BIDS, ASKS, snapshot=True).at(5)))


def test_without_an_absolute_size_more_must_go_than_usually() -> None:
    def market(size: int) -> Tape:
        """Two minutes in which three bids of 30 come and go every second, then three asks of ``size``."""
        tape = Tape().book(BIDS, ASKS, snapshot=True)
        for second in range(2, 122):
            tape.at(second).book([(price, 30) for price in (97, 98, 99)])
            tape.at(second + 0.5).book([(price, 10) for price in (97, 98, 99)])
        tape.at(130).book([], [(price, size) for price in (103, 104, 105)])
        return tape.at(131).book([], [(price, 10) for price in (103, 104, 105)])

    quiet, loud = (suspicions(market(size), Rules()) for size in (30, 31))
    assert [(quiet["side"] == ASK).sum(), (loud["side"] == ASK).sum()] == [0, 1]


@pytest.mark.parametrize("seed", range(4))
def test_cuts_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(1)
    for step in range(200):
        levels = [(101 + k, rng.choice((5, 10, 40))) for k in rng.sample(range(6), 3)]
        tape.at(1 + step * 0.15).book([], levels)
        if rng.random() < 0.3:
            tape.trade(*rng.choice(((ASK, 100), (BID, 101))), rng.randrange(1, 3))
    rules = Rules(layering=LayeringRule(absolute=20, again_ns=0, cancels=0.5))
    _, whole = seen(tape, rules)
    _, parts = seen(tape, rules, tuple(rng.randrange(tape.seq) for _ in range(7)))
    assert (whole.detections["detector"] == Detector.LAYERING).sum() > 5
    assert texts(parts.detections) == texts(whole.detections)
