"""Latency quantiles, held against sorted lists."""

import math
import random

import numpy as np
import pytest

from cockpit.engines.latency import Latency, merged
from cockpit.events.dtypes import Kind, empty
from cockpit.units import NO_TIME, NS_PER_MIN, NS_PER_MS, NS_PER_S

EDGE = 2 ** (1 / 8) * (1 + 1e-9)
NOW = 1_703_545_200 * NS_PER_S


def exact(spans: list[int], share: float) -> int:
    """The smallest span that at least this share of all do not exceed."""
    return sorted(spans)[math.ceil(share * len(spans) - 1e-9) - 1]


def rows_of(spans: list[int], clocks: list[int] | None = None) -> np.ndarray:
    rows = empty(Kind.TRADE, len(spans))
    rows["clock_ns"] = NOW if clocks is None else clocks
    rows["recv_ns"] = rows["clock_ns"]
    rows["event_ns"] = rows["recv_ns"] - np.array(spans, np.int64)
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_quantiles_are_those_of_a_sorted_list_up_to_a_bin(seed: int) -> None:
    rng = random.Random(seed)
    spans = [round(10 ** rng.uniform(3.1, 11.5)) for _ in range(rng.randrange(1, 900))]
    latency = Latency()
    for start in range(0, len(spans), 100):
        latency.observe_rows(rows_of(spans[start : start + 100]))
    found = latency.spans()
    assert found is not None
    assert found.count == len(spans)
    for share, told in ((0.5, found.p50_ns), (0.95, found.p95_ns), (0.99, found.p99_ns)):
        true = exact(spans, share)
        assert true - 1 <= told <= true * EDGE + 1


def test_how_rows_are_cut_changes_nothing() -> None:
    rng = random.Random(5)
    clocks = sorted(NOW + rng.randrange(5 * NS_PER_MIN) for _ in range(400))
    rows = rows_of([rng.randrange(1, NS_PER_S) for _ in clocks], clocks)
    whole, cut = Latency(), Latency()
    whole.observe_rows(rows)
    for row in range(len(rows)):
        cut.observe_rows(rows[row : row + 1])
    assert whole.spans() == cut.spans()


def test_rows_without_two_different_stamps_tell_nothing_and_early_ones_are_counted_apart() -> None:
    rows = rows_of([NS_PER_MS, 0, NS_PER_MS, NS_PER_MS, -5])
    rows["event_ns"][2], rows["recv_ns"][3] = NO_TIME, NO_TIME
    latency = Latency()
    latency.observe_rows(rows)
    found = latency.spans()
    assert found is not None
    assert (found.count, found.early) == (1, 1)
    silent = Latency()
    silent.observe_rows(rows_of([0, 0]))
    assert silent.spans() is None


def test_what_is_older_than_two_half_windows_is_forgotten() -> None:
    latency = Latency()
    latency.observe_rows(rows_of([NS_PER_S]))
    latency.observe_rows(rows_of([NS_PER_MS], [NOW + NS_PER_MIN]))
    both = latency.spans(NOW + NS_PER_MIN)
    assert both is not None
    assert both.count == 2
    latency.observe_rows(rows_of([NS_PER_MS], [NOW + 2 * NS_PER_MIN]))
    fresh = latency.spans(NOW + 2 * NS_PER_MIN)
    assert fresh is not None
    assert fresh.count == 2
    assert fresh.p99_ns < 2 * NS_PER_MS
    assert latency.spans(NOW + 5 * NS_PER_MIN) is None, "silence for longer than the window"


def test_a_weight_counts_a_span_several_times() -> None:
    latency = Latency()
    latency.observe(np.array([NOW - NS_PER_MS], np.int64), NOW, 98.5)
    latency.observe(np.array([NOW - NS_PER_S], np.int64), NOW, 1.5)
    found = latency.spans()
    assert found is not None
    assert found.count == 100
    assert found.p95_ns < 2 * NS_PER_MS
    assert NS_PER_S <= found.p99_ns <= NS_PER_S * EDGE


def test_a_frozen_one_comes_back_and_reset_is_as_new() -> None:
    latency = Latency()
    latency.observe_rows(rows_of([NS_PER_MS] * 3))
    frozen = latency.freeze()
    before = latency.spans()
    latency.observe_rows(rows_of([NS_PER_S] * 30))
    latency.thaw(frozen)
    assert latency.spans() == before
    latency.reset()
    assert latency.spans() is None


def test_several_taken_together_are_as_one() -> None:
    one, two, all_of_them = Latency(), Latency(), Latency()
    for latency, spans in ((one, [NS_PER_MS] * 5), (two, [NS_PER_S] * 6)):
        latency.observe_rows(rows_of(spans))
        all_of_them.observe_rows(rows_of(spans))
    assert merged((one, two, Latency())) == all_of_them.spans()
