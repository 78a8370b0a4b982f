"""Added and pulled by price over a minute: as a plain loop says it, however events are cut, anew after a gap."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book.layout import ASK_SIDE, BID_SIDE, ENDS, FLOW, What
from cockpit.engines.book.mbo import MboBook
from cockpit.engines.book.pulled_stacked import SPAN_S, PulledStacked
from cockpit.units import NO_PRICE, NS_PER_S, Rows
from tests.engines.book.recordings import es_rows

Told = tuple[float, int, int, int, int]  # second, what, side, price, amount


def flow_of(*told: Told) -> Rows:
    rows = np.zeros(len(told), FLOW)
    for at, (row, (seconds, what, side, price, amount)) in enumerate(zip(rows, told, strict=True)):
        row["seq"], row["clock_ns"], row["what"], row["side"] = at, round(seconds * NS_PER_S), what, side
        row["price"], row["amount"] = price, amount
    return rows


def slowly(flow: Rows, now_ns: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Added and pulled by side and price."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    newest = -1
    for row in flow:
        what, key = int(row["what"]) & (ENDS - 1), (int(row["side"]), int(row["price"]))
        if what == What.GAP:
            found.clear()
        newest = max(newest, int(row["clock_ns"]) // NS_PER_S)
        if what in (What.ADDED, What.PULLED) and newest > now_ns // NS_PER_S - SPAN_S:
            added, pulled = found.get(key, (0, 0))
            amount = int(row["amount"])
            found[key] = (added + amount, pulled) if what == What.ADDED else (added, pulled + amount)
    return found


def read(counted: PulledStacked, now_ns: int, low: int = 0, n: int = 200) -> dict[tuple[int, int], tuple[int, int]]:
    added, pulled = counted.window(low, n, now_ns)
    sides, places = np.nonzero(added + pulled)
    return {
        (int(side), int(place) + low): (int(added[side, place]), int(pulled[side, place]))
        for side, place in zip(sides, places, strict=True)
    }


def test_only_what_somebody_added_or_took_away_counts() -> None:
    counted = PulledStacked()
    flow = flow_of(
        (1, What.SHOWN, BID_SIDE, 100, 50), (2, What.ADDED, BID_SIDE, 100, 7), (3, What.FILLED, BID_SIDE, 100, 5),
        (3, What.TRADED, BID_SIDE, 100, 5), (4, What.PULLED + ENDS, BID_SIDE, 100, 2),
        (4, What.ADDED, ASK_SIDE, 100, 3), (5, What.LEFT, ASK_SIDE, 101, 9),
        (5, What.NOTHING + ENDS, 0, NO_PRICE, 0),
    )  # fmt: skip
    counted.apply(flow)
    assert read(counted, 6 * NS_PER_S) == {(BID_SIDE, 100): (7, 2), (ASK_SIDE, 100): (3, 0)}
    assert read(counted, 6 * NS_PER_S, low=101) == {}


def test_after_a_minute_it_is_forgotten() -> None:
    counted = PulledStacked()
    counted.apply(flow_of((1, What.ADDED, BID_SIDE, 100, 7), (30, What.PULLED, BID_SIDE, 100, 2)))
    assert read(counted, 60 * NS_PER_S) == {(BID_SIDE, 100): (7, 2)}
    assert read(counted, 61 * NS_PER_S) == {(BID_SIDE, 100): (0, 2)}
    assert read(counted, 90 * NS_PER_S) == {}


def test_a_gap_begins_it_anew() -> None:
    counted = PulledStacked()
    assert counted.since_ns is None
    counted.apply(
        flow_of((1, What.ADDED, 0, 100, 7), (1.5, What.GAP + ENDS, -1, NO_PRICE, 0), (1.6, What.ADDED, 0, 100, 2))
    )
    assert counted.since_ns == round(1.5 * NS_PER_S)
    assert read(counted, 2 * NS_PER_S) == {(BID_SIDE, 100): (2, 0)}


def program(seed: int, n: int, prices: int) -> Rows:
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, FLOW)
    rows["seq"] = np.arange(n)
    rows["clock_ns"] = np.cumsum(rng.exponential(0.02, n) * NS_PER_S).astype(np.int64)
    rows["what"] = rng.choice([What.ADDED, What.PULLED, What.FILLED, What.SHOWN], n) + rng.integers(0, 2, n) * ENDS
    rows["side"], rows["price"] = rng.integers(0, 2, n), rng.integers(0, prices, n)
    rows["amount"] = rng.integers(1, 50, n)
    gaps = rng.random(n) < 0.0003
    rows["what"][gaps], rows["price"][gaps] = What.GAP + ENDS, NO_PRICE
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_cuts_and_freezing_do_not_matter_and_a_plain_loop_agrees(seed: int) -> None:
    rows = program(seed, 6_000, 150)
    rng, counted, whole = random.Random(seed), PulledStacked(), PulledStacked()
    cuts = sorted({0, len(rows), *(rng.randrange(len(rows)) for _ in range(12))})
    for low, high in pairwise(cuts):
        counted.apply(rows[low:high])
        twin = PulledStacked()
        twin.thaw(counted.freeze())
        counted = twin
        now = int(rows["clock_ns"][high - 1])
        assert read(counted, now) == slowly(rows[:high], now)
    whole.apply(rows)
    now = int(rows["clock_ns"][-1])
    assert read(whole, now) == read(counted, now)
    assert whole.freeze().entries.tolist() == counted.freeze().entries.tolist()


def test_many_prices_in_one_second_find_room() -> None:
    n = 20_000
    rows = program(9, n, 2)
    rows["what"], rows["price"], rows["side"], rows["amount"] = What.ADDED, np.arange(n) % 7_000, 0, 1
    rows["clock_ns"] = 5 * NS_PER_S
    counted = PulledStacked()
    counted.apply(rows)
    added, _ = counted.window(0, 7_000, 5 * NS_PER_S)
    assert added[0].tolist() == [3] * 6_000 + [2] * 1_000


def test_the_recording_adds_up(data: Path) -> None:
    book, counted = MboBook(0), PulledStacked()
    flow = book.apply(es_rows(data)).flow
    counted.apply(flow)
    now = int(flow["clock_ns"][-1])
    expected = slowly(flow, now)
    assert len(expected) > 50
    low = min(price for _, price in expected)
    assert read(counted, now, low, max(price for _, price in expected) - low + 1) == expected
