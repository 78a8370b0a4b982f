"""Exhaustion: a side thins out within a second while the spread widens."""

import random

import numpy as np
import pytest

from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.exhaustion import ExhaustionRule
from cockpit.events.dtypes import ASK, BID, Detector, Kind
from cockpit.units import NO_PRICE, NS_PER_S, Rows
from tests.engines.detect.market import Levels, Tape, seen, texts

BIDS = [(100 - i, 100) for i in range(10)]
ASKS = [(101 + i, 100) for i in range(10)]
GONE = [(101, 0), (102, 40), (103, 40), (104, 40)]  # 120 of 300 left, and two ticks between the best prices
ALONE = ExhaustionRule(low=1)  # without a history of shares


def usual() -> Tape:
    return Tape().book(BIDS, ASKS, snapshot=True).at(10)


def exhausted(tape: Tape, rule: ExhaustionRule | None = None) -> Rows:
    detections = seen(tape, Rules(exhaustion=rule or ALONE))[1].detections
    return detections[detections["detector"] == Detector.EXHAUSTION]


def test_three_levels_that_lose_most_of_their_size_are_exhausted_and_say_why() -> None:
    tape = usual().trade(BID, 101, 100).book([], GONE).at(10.1)
    (row,) = exhausted(tape)
    assert (row["price_ticks"], row["size"], row["side"], row["direction"]) == (102, 120, ASK, 1)
    assert (row["threshold"], row["ratio"], row["mid"]) == (pytest.approx(120.0), 0.4, 101.0)
    assert row["values"][:3].tolist() == [300.0, 2.0, 1.0]
    assert row["clock_ns"] == tape.clock_ns
    changes = tape.of(Kind.DEPTH)[-4:]
    assert row["evidence"][: row["causes"]].tolist() == changes["seq"].tolist()


def test_bids_that_are_exhausted_point_down() -> None:
    (row,) = exhausted(usual().book([(100, 0), (99, 10), (98, 10)]).at(10.1))
    assert (row["price_ticks"], row["side"], row["direction"]) == (99, BID, -1)


@pytest.mark.parametrize(
    "levels",
    [
        [(101, 0), (102, 40), (103, 40), (104, 41)],  # one more is left than may be
        [(101, 1), (102, 1), (103, 1)],  # the spread is as it was
    ],
)
def test_less_is_no_exhaustion(levels: Levels) -> None:
    assert not len(exhausted(usual().book([], levels).at(12)))


def test_a_side_that_thins_out_slowly_is_not_exhausted() -> None:
    tape = usual()
    for step in range(1, 7):
        tape.book([], [(102, 100 - 12 * step), (103, 100 - 12 * step), (104, 100 - 12 * step)]).at(10 + step / 2)
    assert not len(exhausted(tape.book([], [(101, 0)]).at(14), ALONE._replace(spread=0.0)))
    quick = usual().book([], [(102, 30), (103, 30), (104, 30)]).at(10.5).book([], [(101, 0)]).at(11)
    assert len(exhausted(quick)) == 1


def test_a_snapshot_or_a_missing_side_makes_it_forget_what_was_usual() -> None:
    assert not len(exhausted(usual().book(BIDS, ASKS, snapshot=True).at(12).book([], GONE).at(13)))
    tape = usual()
    empty = [(price, 0) for price, _ in ASKS]
    tape.book([], empty).at(10.2).book([], ASKS).at(12).book([], GONE).at(13)
    assert not len(exhausted(tape))


def test_a_best_price_is_not_told_of_again_at_once() -> None:
    tape = usual().book([], GONE).at(10.5).book([], ASKS).at(12).book([], GONE).at(13)
    assert len(exhausted(tape)) == 1
    assert len(exhausted(tape, ALONE._replace(again_ns=NS_PER_S))) == 2


def test_where_a_side_is_often_that_thin_only_less_than_ever_is_told() -> None:
    tape = usual()
    for step in range(20):
        tape.at(11 + 3 * step).book([], GONE).at(12 + 3 * step).book([], ASKS)
    assert not len(exhausted(tape, ExhaustionRule()))
    assert len(exhausted(tape, ALONE)) > 3
    tape.at(74).book([], [(101, 0), (102, 30), (103, 30), (104, 30)]).at(75)
    (row,) = exhausted(tape, ExhaustionRule())
    assert row["size"] == 90


def test_an_absolute_size_replaces_the_share_that_may_be_left() -> None:
    tape = usual().book([], GONE).at(10.1)
    assert not len(exhausted(tape, ExhaustionRule(drop=0.1, absolute=119)))
    assert len(exhausted(tape, ExhaustionRule(drop=0.1, absolute=120))) == 1


@pytest.mark.parametrize("seed", range(6))
def test_cuts_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    tape = usual()
    for step in range(400):
        sizes: Levels = [(101 + k, rng.choice((0, 3, 100, 120))) for k in range(4)]
        tape.book([(100 - rng.randrange(4), rng.choice((0, 5, 100)))], sizes if rng.random() < 0.2 else ASKS[:4])
        if rng.random() < 0.01:
            tape.book(BIDS, ASKS, snapshot=True)
        tape.at(10.05 + step * 0.17)
    rules = Rules(exhaustion=ExhaustionRule(again_ns=1, low=0.7 if seed % 2 else 1, fewest=5))
    whole = seen(tape, rules)[1].detections
    parts = seen(tape, rules, tuple(rng.randrange(tape.seq) for _ in range(9)))[1].detections
    assert np.count_nonzero(whole["detector"] == Detector.EXHAUSTION) > 1
    assert texts(parts) == texts(whole)
    assert (whole["price_ticks"] != NO_PRICE).all()
