"""Absorption: a price that is hit hard, stays, and fills up again."""

import random

import numpy as np
import pytest

from cockpit.engines.book.mbo import MboBook
from cockpit.engines.detect.absorption import AbsorptionRule
from cockpit.engines.detect.engine import Detectors, Rules
from cockpit.events.dtypes import ASK, BID, Detector, Kind, empty
from cockpit.units import NS_PER_S, Rows
from tests.engines.book.programs import mbo_rows, record
from tests.engines.detect.market import Tape, seen, texts

BIDS = [(100 - i, 100) for i in range(10)]
ASKS = [(101 + i, 100) for i in range(10)]
THREE = AbsorptionRule(ratio=3)


def usual() -> Tape:
    """Forty seconds in which every two seconds 20 are traded at one price."""
    tape = Tape().book(BIDS, ASKS, snapshot=True).at(1)
    for step in range(20):
        for side, price in ((ASK, 100), (BID, 101)):
            tape.trade(side, price, 20)
        tape.book([(100, 80)], [(101, 80)]).book([(100, 100)], [(101, 100)]).at(3 + 2 * step)
    return tape.at(45)


def hit(tape: Tape, *, blows: int = 3, size: int = 20, back: int = 20) -> Tape:
    """Blows against a bid of 100, 0.3 s apart, after each of which ``back`` is added there."""
    rests = 100
    for _ in range(blows):
        tape.trade(ASK, 100, size).book([(100, rests - size)])
        rests += back - size
        tape.book([(100, rests)])
        tape.at((tape.clock_ns - 1_000_000 * NS_PER_S) / NS_PER_S + 0.3)
    return tape


def absorbed(tape: Tape, rule: AbsorptionRule | None = None) -> Rows:
    detections = seen(tape, Rules(absorption=rule or THREE))[1].detections
    return detections[detections["detector"] == Detector.ABSORPTION]


def test_a_price_that_is_hit_hard_and_filled_again_absorbs_and_says_why() -> None:
    tape = hit(usual())
    (row,) = absorbed(tape)
    assert (row["price_ticks"], row["size"], row["count"], row["side"], row["direction"]) == (100, 60, 3, BID, 1)
    assert (row["threshold"], row["ratio"], row["mid"]) == (60.0, 3.0, 100.5)
    assert row["values"][:3].tolist() == [60.0, 0.0, 20.0]
    trades, changes = tape.of(Kind.TRADE)[-3:], tape.of(Kind.DEPTH)[-6:]
    assert row["evidence"][: row["causes"]].tolist() == sorted([*trades["seq"], *changes["seq"]])
    assert row["begin_ns"] == trades["clock_ns"][0]


def test_an_offer_that_absorbs_points_down() -> None:
    tape = usual()
    for _ in range(3):
        tape.trade(BID, 101, 30).book([], [(101, 70)]).book([], [(101, 100)])
    (row,) = absorbed(tape.at(46))
    assert (row["price_ticks"], row["side"], row["direction"], row["size"]) == (101, ASK, -1, 90)


@pytest.mark.parametrize(
    ("blows", "size", "back"),
    [
        (3, 19, 19),  # 57 is less than three times the median
        (2, 20, 20),
        (3, 20, 13),  # too little comes back
    ],
)
def test_less_is_no_absorption(blows: int, size: int, back: int) -> None:
    assert not len(absorbed(hit(usual(), blows=blows, size=size, back=back).at(47)))


def test_seven_tenths_that_come_back_are_enough() -> None:
    (row,) = absorbed(hit(usual(), back=14).at(47))
    assert (row["size"], row["values"][0]) == (60, 42.0)


def test_what_is_added_and_pulled_again_does_not_count() -> None:
    tape = usual()
    for _ in range(3):
        tape.trade(ASK, 100, 20).book([(100, 80)]).book([(100, 100)]).book([(100, 80)]).book([(100, 100)])
        tape.book([(100, 93)]).trade(ASK, 99, 1).book([(100, 100)])
    assert len(absorbed(tape.at(46))) == 1
    pulled = hit(usual(), blows=2).trade(ASK, 100, 20).book([(100, 40)])  # 40 more than the trade took
    assert not len(absorbed(pulled.at(46)))


def test_blows_too_far_apart_do_not_add_up() -> None:
    tape = usual()
    for step in range(3):
        hit(tape, blows=1).at(46.5 + 1.6 * step)
    assert not len(absorbed(tape.at(52)))


def test_a_price_that_gave_way_did_not_absorb() -> None:
    tape = hit(usual(), blows=2)
    tape.trade(ASK, 100, 100).book([(100, 0), (99, 0), (98, 0), (97, 50)], [(99, 70), (98, 100)]).at(47)
    assert not len(absorbed(tape))


def test_a_mid_that_moved_more_than_a_tick_is_no_absorption() -> None:
    def moved(offer: int) -> Tape:
        return hit(usual(), blows=2).book([], [(each, 0) for each in range(101, offer)]).at(46)

    assert len(absorbed(hit(moved(103), blows=2))) == 1
    assert not len(absorbed(hit(moved(104), blows=2)))


def test_a_price_is_not_told_of_again_at_once() -> None:
    tape = hit(hit(usual()).at(47), blows=3).at(48)
    assert len(absorbed(tape)) == 1
    assert len(absorbed(tape, THREE._replace(again_ns=NS_PER_S // 2, share=0))) > 1


def test_an_absolute_volume_replaces_what_is_usual() -> None:
    tape = hit(Tape().book(BIDS, ASKS, snapshot=True).at(5))
    assert not len(absorbed(tape))
    assert len(absorbed(tape, AbsorptionRule(absolute=60))) == 1
    assert not len(absorbed(tape, AbsorptionRule(absolute=61)))


def test_what_is_hit_often_must_be_hit_harder_than_nearly_always() -> None:
    tape = usual()
    for _ in range(3):
        hit(tape).at((tape.clock_ns - 1_000_000 * NS_PER_S) / NS_PER_S + 8)
    assert len(absorbed(tape, THREE._replace(share=0))) == 3
    assert len(absorbed(tape, THREE)) < 3


def test_what_a_conflated_book_does_not_miss_came_back() -> None:
    tape = usual().trade(ASK, 100, 70).book([(99, 101)]).at(45.2)
    assert not len(absorbed(tape))  # the book may still have to tell
    (row,) = absorbed(tape.at(45.3))
    assert (row["size"], row["values"][0]) == (70, 70.0)
    late = usual().trade(ASK, 100, 70).at(45.1).book([(100, 60)]).at(46)
    assert not len(absorbed(late))  # 40 of 70 are missing


def test_a_new_snapshot_begins_anew() -> None:
    assert not len(absorbed(hit(hit(usual(), blows=2).book(BIDS, ASKS, snapshot=True), blows=2).at(46)))


def test_an_order_that_shows_itself_again_absorbs_what_hits_it() -> None:
    rows = mbo_rows(
        [
            record("A", "B", 100, 10, 1),
            record("A", "A", 101, 10, 2),
            record("T", "A", 100, 25, 0, flags=0),
            record("F", "B", 100, 25, 1, flags=0),
            record("M", "B", 100, 20, 1),
        ]
    )
    ticks = empty(Kind.TICK, 2)
    rows["seq"][2:] += 1
    ticks["seq"], ticks["clock_ns"] = (2, len(rows) + 1), (1_500, 1_500 + 3 * NS_PER_S)
    rows["clock_ns"][2:] = 2 * NS_PER_S
    output = MboBook(0).apply(rows, ticks)
    rules = Rules(absorption=AbsorptionRule(absolute=25))
    found = Detectors(0, rules).apply(output.flow, output.tops, output.samples).detections
    (row,) = found[found["detector"] == Detector.ABSORPTION]
    assert (row["size"], row["count"], row["values"][0]) == (25, 1, 20.0)
    assert row["evidence"][: row["causes"]].tolist() == [3, 5]  # the trade; the execution and what shows again


@pytest.mark.parametrize("seed", range(6))
def test_cuts_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    tape = usual()
    when = 45.0
    for _ in range(300):
        side = rng.choice((BID, ASK))
        price = (100 - rng.randrange(20) // 9) if side == ASK else (101 + rng.randrange(20) // 9)
        for _ in range(rng.randrange(1, 4)):
            tape.trade(side, price, rng.randrange(1, 40))
        sizes = rng.randrange(50, 99), rng.randrange(50, 99)
        tape.book([(100 - rng.randrange(3), sizes[0])], [(101 + rng.randrange(3), sizes[1])])
        tape.book(BIDS[:3], ASKS[:3])
        if rng.random() < 0.01:
            tape.book(BIDS, ASKS, snapshot=True)
        when += rng.choice((0.0, 0.05, 0.2, 0.7))
        tape.at(when)
    rules = Rules(absorption=AbsorptionRule(again_ns=NS_PER_S, ratio=1.2, share=0))
    whole = seen(tape, rules)[1].detections
    parts = seen(tape, rules, tuple(rng.randrange(tape.seq) for _ in range(9)))[1].detections
    assert np.count_nonzero(whole["detector"] == Detector.ABSORPTION) > 3
    assert texts(parts) == texts(whole)
