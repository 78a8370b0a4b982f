"""Spoof suspicions: what came, leaned on the book and went, and what is none."""

import random

import pytest

from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.spoofs import SpoofRule
from cockpit.events.dtypes import ASK, BID, Detector, Kind
from cockpit.units import NS_PER_S, Rows
from tests.engines.detect.market import Tape, seen, texts

BIDS = [(100 - i, 10) for i in range(10)]
ASKS = [(101 + i, 10) for i in range(10)]
RULES = Rules(spoof=SpoofRule(absolute=30))


def spoofs(tape: Tape, rules: Rules = RULES) -> Rows:
    rows = seen(tape, rules)[1].detections
    return rows[rows["detector"] == Detector.SPOOF]


def lure(*, size: int = 60, left: int = 10, rests: float = 2.0, traded: int = 8, aggressor: int = ASK) -> Tape:
    """An ask level two ticks behind the touch rises by ``size``, bids trade, and it falls."""
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(103, 10 + size)])
    tape.at(4)
    if traded:
        tape.trade(aggressor, 100 if aggressor == ASK else 101, traded)
    return tape.at(3 + rests).book([], [(103, left)])


def test_asks_that_came_and_went_while_bids_traded_are_suspicious() -> None:
    tape = lure()
    (row,) = spoofs(tape)
    assert (row["price_ticks"], row["size"], row["count"], row["side"], row["direction"]) == (103, 60, 1, ASK, 1)
    assert (row["threshold"], row["ratio"], row["clock_ns"] - row["begin_ns"]) == (30, 6.0, 2 * NS_PER_S)
    assert row["values"][:4].tolist() == [2 * NS_PER_S, 8, 0, (100 - 160) / 260]
    came, went = tape.of(Kind.DEPTH)[-2:]["seq"].tolist()
    assert row["evidence"][: row["causes"]].tolist() == [came, tape.of(Kind.TRADE)["seq"][0], went]


@pytest.mark.parametrize(
    ("tape", "count"),
    [
        (lure(size=30), 0),  # not larger than the threshold
        (lure(size=31, left=10), 1),
        (lure(left=17), 0),  # 53 of 60 went
        (lure(left=16), 1),
        (lure(rests=5.1), 0),  # too long
        (lure(rests=5.0), 1),
        (lure(traded=0), 0),
        (lure(traded=2), 0),  # less than a twentieth of it
        (lure(traded=3), 1),
        (lure(aggressor=BID), 0),  # the same side
    ],
)
def test_just_below_each_threshold_it_is_none(tape: Tape, count: int) -> None:
    assert len(spoofs(tape)) == count


def test_what_was_executed_did_not_go() -> None:
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(101, 70)]).at(4).trade(ASK, 100, 8)
    tape.at(4.5).trade(BID, 101, 4).book([], [(101, 66)]).at(5).book([], [(101, 6)])
    assert not len(spoofs(tape))


def test_far_from_the_touch_or_too_small_for_the_book_it_leans_on_nothing() -> None:
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(107, 70)]).at(4).trade(ASK, 100, 8)
    assert not len(spoofs(tape.at(5).book([], [(107, 10)])))
    assert not len(spoofs(lure(), Rules(spoof=SpoofRule(absolute=30, distort=0.25))))


def test_a_price_is_not_told_of_again_at_once() -> None:
    def twice(apart: float) -> int:
        tape = lure().at(5 + apart).book([], [(103, 70)]).trade(ASK, 100, 8)
        return len(spoofs(tape.at(6 + apart).book([], [(103, 10)])))

    assert (twice(3.9), twice(4.0)) == (1, 2)


def test_a_snapshot_in_between_says_nothing_of_who_pulled() -> None:
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(3).book([], [(103, 70)]).at(4).trade(ASK, 100, 8)
    assert not len(spoofs(tape.book(BIDS, ASKS, snapshot=True).at(6)))


def test_without_an_absolute_size_it_must_be_unusual_for_the_instrument() -> None:
    def market(other: int) -> Tape:
        """Two minutes in which ``other`` comes and goes every second, then the lure."""
        tape = Tape().book(BIDS, ASKS, snapshot=True)
        for second in range(2, 122):
            tape.at(second).book([(98, 10 + other)]).at(second + 0.5).book([(98, 10)])
        tape.at(123).book([], [(103, 70)]).at(124).trade(ASK, 100, 8)
        return tape.at(125).book([], [(103, 10)])

    assert [len(spoofs(market(other), Rules())) for other in (5, 59, 60)] == [1, 1, 0]
    assert not len(spoofs(lure(), Rules()))  # nothing is known yet


@pytest.mark.parametrize("seed", range(4))
def test_cuts_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(1)
    for step in range(200):
        side = rng.randrange(2)
        level = (101 + rng.randrange(4) if side else 100 - rng.randrange(4), rng.choice((5, 10, 60)))
        tape.at(1 + step * 0.15).book([] if side else [level], [level] if side else [])
        if rng.random() < 0.5:
            tape.trade(*rng.choice(((ASK, 100), (BID, 101))), rng.randrange(1, 9))
    rules = Rules(spoof=SpoofRule(absolute=30, again_ns=0))
    _, whole = seen(tape, rules)
    _, parts = seen(tape, rules, tuple(rng.randrange(tape.seq) for _ in range(7)))
    assert (whole.detections["detector"] == Detector.SPOOF).sum() > 5
    assert texts(parts.detections) == texts(whole.detections)
