"""Walls: when a level is one, when not, and what became of it."""

import random

import pytest

from cockpit.engines.detect.engine import Rules
from cockpit.engines.detect.walls import WallRule
from cockpit.events.dtypes import ASK, BID, DetectionPhase, EndReason, Kind
from cockpit.units import NS_PER_S
from tests.engines.detect.market import Tape, seen, texts
from tests.feeds.rows import same_rows

USUAL = [(100 - i, 10) for i in range(10)]
ASKS = [(101 + i, 10) for i in range(10)]
RATIO = Rules(wall=WallRule(use_high=0))


def usual() -> Tape:
    return Tape().book(USUAL, ASKS, snapshot=True).at(3)


def ended(tape: Tape) -> list[tuple[EndReason, list[int]]]:
    _, found = seen(tape, RATIO)
    rows = found.detections[found.detections["phase"] == DetectionPhase.ENDED]
    return [(EndReason(row["reason"]), [int(value) for value in row["values"][1:5]]) for row in rows]


def test_a_level_is_a_wall_once_it_lasted_and_says_why() -> None:
    tape = usual().book([(97, 60)]).at(8.0)
    assert len(seen(tape, RATIO)[1].detections) == 0
    (row,) = seen(tape.at(8.1), RATIO)[1].detections
    assert (row["price_ticks"], row["size"], row["side"], row["direction"]) == (97, 60, BID, 1)
    assert (row["threshold"], row["ratio"], row["mid"]) == (30.0, 6.0, 100.5)
    assert row["clock_ns"] - row["begin_ns"] == 5.1 * NS_PER_S
    change = tape.of(Kind.DEPTH)[-1]
    assert row["evidence"][: row["causes"]].tolist() == [change["seq"]]


def test_three_times_the_median_is_not_more_than_three_times_the_median() -> None:
    assert len(seen(usual().book([(97, 30)]).at(20), RATIO)[1].detections) == 0


def test_a_short_dip_does_not_end_it_and_a_long_one_starts_anew() -> None:
    short = usual().book([(97, 60)]).at(6).book([(97, 5)]).at(6.4).book([(97, 60)]).at(8.2)
    assert len(seen(short, RATIO)[1].detections) == 1
    long = usual().book([(97, 60)]).at(6).book([(97, 5)]).at(6.8).book([(97, 60)]).at(8.2)
    assert len(seen(long, RATIO)[1].detections) == 0


def test_a_far_level_is_no_wall() -> None:
    assert len(seen(usual().book([(80, 60)]).at(20), RATIO)[1].detections) == 0


def test_the_high_quantile_keeps_a_wild_book_quiet_and_an_absolute_size_replaces_both() -> None:
    wild = [(100 - i, 10 if i < 8 else 90) for i in range(10)]
    tape = Tape().book(wild, ASKS, snapshot=True).at(70).book([(97, 60)]).at(80)
    assert 97 not in seen(tape, Rules())[1].detections["price_ticks"]
    assert 97 in seen(tape, RATIO)[1].detections["price_ticks"]
    prices = seen(tape, Rules(wall=WallRule(absolute=55)))[1].detections["price_ticks"]
    assert sorted(prices.tolist()) == [91, 92, 97]


def test_executions_eat_a_wall() -> None:
    tape = usual().book([(100, 60)]).at(9)
    tape.trade(ASK, 100, 50).book([(100, 10)]).at(10)
    assert ended(tape) == [(EndReason.EATEN, [50, 0, 0, 0])]


def test_a_cancelled_wall_was_pulled() -> None:
    assert ended(usual().book([(97, 60)]).at(9).book([(97, 0)]).at(10)) == [(EndReason.PULLED, [0, 60, 0, 0])]


def test_a_wall_that_stands_elsewhere_at_once_has_moved() -> None:
    tape = usual().book([(97, 60)]).at(9).book([(97, 5)]).at(9.2).book([(95, 65)]).at(10)
    assert ended(tape) == [(EndReason.MOVED, [0, 0, 55, 0])]
    _, found = seen(tape, RATIO)
    assert found.detections["to_ticks"][-1] == 95


def test_a_snapshot_without_it_tells_nothing_of_who_took_it() -> None:
    tape = usual().book([(97, 60)]).at(9).book(USUAL, ASKS, snapshot=True).at(10)
    assert ended(tape) == [(EndReason.SCROLLED, [0, 0, 0, 60])]


@pytest.mark.parametrize("seed", range(8))
def test_shares_add_up_and_cuts_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    tape = usual()
    for step in range(1, 150):
        price = rng.choice((100, 99, 98, 97))
        if rng.random() < 0.3:
            tape.trade(ASK, price, rng.randrange(1, 30))
        tape.book([(price, rng.choice((0, 5, 10, 40, 80)))], [(101 + rng.randrange(5), rng.choice((10, 50)))])
        tape.at(3 + step * 0.3)
    detectors, whole = seen(tape, RATIO)
    cuts = tuple(rng.randrange(tape.seq) for _ in range(7))
    again, parts = seen(tape, RATIO, cuts)
    assert texts(parts.detections) == texts(whole.detections)
    assert same_rows(parts.markouts, whole.markouts)
    assert again.walls.resting().tobytes() == detectors.walls.resting().tobytes()
    for row in whole.detections[whole.detections["phase"] == DetectionPhase.ENDED]:
        assert (row["values"][1:5] >= 0).all()
        assert row["values"][1:5].sum() >= row["size"] - row["values"][0]


def test_a_price_told_of_is_not_told_again_at_once() -> None:
    rule = Rules(wall=WallRule(use_high=0, persist_ns=NS_PER_S, again_ns=5 * NS_PER_S))
    tape = usual().book([(97, 60)]).at(5).book([(97, 0)]).at(5.7).book([(97, 60)]).at(9)
    phases = seen(tape, rule)[1].detections["phase"].tolist()
    assert phases == [DetectionPhase.SEEN, DetectionPhase.ENDED]
    assert seen(tape.at(11.5), rule)[1].detections["phase"].tolist() == [*phases, DetectionPhase.SEEN]


def test_of_many_levels_that_last_only_the_largest_of_late_are_told() -> None:
    tape = usual().book([(99, 60), (98, 70), (97, 80)], [(104, 90)]).at(9)
    one = Rules(wall=WallRule(use_high=0, rank=2))
    told = seen(tape.book([], [(106, 85)]).at(15).book([], [(107, 75)]).at(21), one)[1].detections["price_ticks"]
    assert 106 in told
    assert 107 not in told
    grown = seen(tape.book([], [(107, 99)]).at(27), one)[1].detections["price_ticks"]
    assert 107 in grown, "it has grown by more than a quarter since it was looked at"


def test_far_levels_of_a_first_snapshot_are_no_walls_while_there_is_no_touch() -> None:
    tape = Tape().book([*USUAL, (20, 500)], [], snapshot=True).at(20)
    assert len(seen(tape, RATIO)[1].detections) == 0
    tape.book([], ASKS).at(40)
    assert len(seen(tape, RATIO)[1].detections) == 0
