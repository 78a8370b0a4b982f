"""Sweeps: quick trades of one side through several prices, told once they are over."""

import random

import numpy as np
import pytest

from cockpit.engines.book.mbo import MboBook
from cockpit.engines.detect.engine import Detectors, Rules
from cockpit.engines.detect.sweeps import SweepRule
from cockpit.events.dtypes import ASK, BID, Detector, Kind, empty
from cockpit.units import NS_PER_MS, Rows
from tests.engines.book.programs import mbo_rows, record
from tests.engines.detect.market import Tape, seen, texts

BIDS = [(100 - i, 10) for i in range(10)]
ASKS = [(101 + i, 10) for i in range(10)]
LEVELS = SweepRule(share=0)  # without a history


def usual() -> Tape:
    return Tape().book(BIDS, ASKS, snapshot=True).at(3.001)


def sweeps(tape: Tape, rule: SweepRule | None = None) -> Rows:
    detections = seen(tape, Rules(sweep=rule or LEVELS))[1].detections
    return detections[detections["detector"] == Detector.SWEEP]


def bought(prices: list[tuple[float, int]], aggressor: int = BID, size: int = 2) -> Tape:
    """Trades (seconds, price), and what comes after them."""
    tape = usual()
    for when, price in prices:
        tape.at(when).trade(aggressor, price, size)
    return tape.at(prices[-1][0] + 1)


def test_three_prices_in_quick_succession_are_a_sweep_and_say_why() -> None:
    tape = bought([(3.01, 101), (3.05, 101), (3.09, 102), (3.14, 103)])
    (row,) = sweeps(tape)
    assert (row["price_ticks"], row["to_ticks"], row["size"], row["count"]) == (101, 103, 8, 3)
    assert (row["side"], row["direction"], row["mid"], row["threshold"]) == (ASK, 1, 100.5, 2.0)
    assert (row["values"][0], row["values"][1]) == (130 * NS_PER_MS, 4)
    trades = tape.of(Kind.TRADE)
    assert row["begin_ns"] == trades["clock_ns"][0]
    assert row["evidence"][: row["causes"]].tolist() == trades["seq"].tolist()


def test_bids_are_swept_downwards() -> None:
    (row,) = sweeps(bought([(3.01, 100), (3.02, 99), (3.03, 97)], ASK))
    assert (row["price_ticks"], row["to_ticks"], row["side"], row["direction"]) == (100, 97, BID, -1)


def test_it_is_told_once_it_can_no_longer_grow() -> None:
    tape = usual().at(3.01).trade(BID, 101, 1).trade(BID, 102, 1).trade(BID, 103, 1)
    assert not len(sweeps(tape.at(3.06).book([(95, 11)])))  # 50 ms later another trade would still belong to it
    assert len(sweeps(tape.at(3.0601).book([(95, 12)]))) == 1
    assert len(sweeps(tape.at(3.9).book([(95, 13)]))) == 1


@pytest.mark.parametrize(
    "trades",
    [
        [(3.01, 101), (3.02, 102)],  # two prices
        [(3.01, 101), (3.02, 102), (3.0701, 103)],  # more than 50 ms between two
        [(3.01, 101), (3.06, 101), (3.11, 101), (3.16, 102), (3.21, 103)],  # 200 ms in all
        [(3.01, 101), (3.02, 102), (3.03, 101), (3.04, 102)],  # to and fro
    ],
)
def test_less_is_no_sweep(trades: list[tuple[float, int]]) -> None:
    assert not len(sweeps(bought(trades)))


def test_trades_of_the_other_side_do_not_belong_to_it() -> None:
    tape = usual().trade(BID, 101, 1).trade(ASK, 100, 1).trade(BID, 102, 1).trade(ord("N"), 103, 1).at(4)
    assert not len(sweeps(tape))


def test_where_runs_of_many_prices_are_usual_only_more_of_them_are_a_sweep() -> None:
    tape = usual()
    for step in range(50):
        for price in range(101, 105):
            tape.trade(BID, price + 10 * step, 1)
        tape.trade(ASK, 100, 1).at(3.5 + step)
    assert not len(sweeps(tape, SweepRule()))  # first nothing is known, then it is nothing special
    tape.trade(BID, 901, 1).trade(BID, 902, 1).trade(BID, 903, 1).trade(BID, 904, 1).trade(BID, 905, 1).at(70)
    (last,) = sweeps(tape, SweepRule())
    assert (last["price_ticks"], last["count"], last["threshold"], last["values"][2]) == (901, 5, 4.0, 4.0)
    assert len(sweeps(tape, SweepRule(absolute=4))) == 51
    assert not len(sweeps(tape, SweepRule(absolute=6)))


def test_a_first_price_is_not_told_of_again_at_once() -> None:
    tape = bought([(3.01, 101), (3.02, 102), (3.03, 103), (5.01, 101), (5.02, 102), (5.03, 103)])
    assert len(sweeps(tape)) == 1
    later = bought([(3.01, 101), (3.02, 102), (3.03, 103), (8.21, 101), (8.22, 102), (8.23, 103)])
    assert len(sweeps(later)) == 2


def test_a_new_snapshot_begins_anew() -> None:
    tape = usual().trade(BID, 101, 1).trade(BID, 102, 1).book(BIDS, ASKS, snapshot=True).trade(BID, 103, 1).at(5)
    assert not len(sweeps(tape))


def test_one_order_that_takes_three_levels_is_a_sweep_of_what_was_executed() -> None:
    rows = mbo_rows(
        [
            *(record("A", "A", 101 + k, 5, 1 + k) for k in range(4)),
            record("T", "B", 101, 14, 0, flags=0),
            *(record("F", "A", 101 + k, 5 if k < 2 else 4, 1 + k, flags=0) for k in range(3)),
            *(record("C", "A", 101 + k, 5 if k < 2 else 4, 1 + k, flags=0) for k in range(2)),
            record("C", "A", 103, 4, 3),
        ]
    )
    tick = empty(Kind.TICK, 1)
    tick["seq"], tick["clock_ns"] = len(rows), 1_000 + 51 * NS_PER_MS
    output = MboBook(0).apply(rows, tick)
    found = Detectors(0, Rules(sweep=LEVELS)).apply(output.flow, output.tops, output.samples).detections
    (row,) = found[found["detector"] == Detector.SWEEP]
    assert (row["price_ticks"], row["to_ticks"], row["count"], row["size"], row["values"][1]) == (
        101,
        103,
        3,
        14,
        1,
    )
    told_by = [4, 9, 10]  # the trade, and the records by which its executions left the levels
    assert row["evidence"][: row["causes"]].tolist() == told_by


@pytest.mark.parametrize("seed", range(6))
def test_cuts_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    tape = usual()
    when = 3.1
    for _ in range(300):
        for _ in range(rng.randrange(1, 4)):
            tape.trade(rng.choice((BID, BID, ASK)), 100 + rng.randrange(6), rng.randrange(1, 9))
        if rng.random() < 0.03:
            tape.book(BIDS, ASKS, snapshot=True)
        if rng.random() < 0.5:
            tape.book(
                [(100 - rng.randrange(5), rng.randrange(1, 30))], [(101 + rng.randrange(5), rng.randrange(30))]
            )
        when += rng.choice((0.0, 0.01, 0.04, 0.06, 0.3))
        tape.at(when)
    rules = Rules(sweep=SweepRule(again_ns=1, share=0.5, fewest=5))
    whole = seen(tape, rules)[1].detections
    parts = seen(tape, rules, tuple(rng.randrange(tape.seq) for _ in range(9)))[1].detections
    assert np.count_nonzero(whole["detector"] == Detector.SWEEP) > 3
    assert texts(parts) == texts(whole)
