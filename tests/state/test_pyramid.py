"""Levels of detail agree with the bars they stand for, and never change once they were handed out."""

import random

import numpy as np
import pytest

from cockpit.errors import EngineError
from cockpit.state import pyramid as module
from cockpit.state.pyramid import FAN, Pyramid, fold
from cockpit.state.views import BAR_VIEW
from cockpit.units import Rows


def bars_of(n: int, seed: int = 1) -> Rows:
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, BAR_VIEW)
    rows["open_ns"] = np.arange(n) * 60
    rows["close_ns"] = rows["open_ns"] + 60
    rows["open"] = np.round(rng.normal(20_000, 30, n))
    rows["close"] = rows["open"] + rng.integers(-8, 9, n)
    rows["high"] = np.maximum(rows["open"], rows["close"]) + rng.integers(0, 5, n)
    rows["low"] = np.minimum(rows["open"], rows["close"]) - rng.integers(0, 5, n)
    rows["volume"] = np.where(rng.random(n) < 0.1, np.nan, rng.integers(1, 900, n))
    rows["delta"] = np.where(rng.random(n) < 0.5, np.nan, rng.integers(-90, 90, n))
    return rows


def plain(group: Rows) -> tuple[float, ...]:
    """The slow obvious fold of one group."""
    volumes = [v for v in group["volume"].tolist() if v == v]
    deltas = [v for v in group["delta"].tolist() if v == v]
    return (
        group["open_ns"][0],
        group["close_ns"][-1],
        group["open"][0],
        max(group["high"].tolist()),
        min(group["low"].tolist()),
        group["close"][-1],
        sum(volumes) if volumes else float("nan"),
        sum(deltas) if deltas else float("nan"),
    )


def alike(left: Rows, right: Rows) -> None:
    for name in BAR_VIEW.names or ():
        np.testing.assert_array_equal(left[name], right[name])


def same(rows: Rows, bars: Rows, step: int) -> None:
    assert len(rows) == len(bars) // step
    for at, row in enumerate(rows):
        np.testing.assert_array_equal(list(row.tolist()), list(plain(bars[at * step : (at + 1) * step])))


def test_each_level_stands_for_four_times_as_many_bars_as_the_one_below() -> None:
    bars = bars_of(1100)
    levels = Pyramid.empty().extended(bars).levels
    assert [len(level) for level in levels] == [275, 68, 17, 4, 1]
    for k, level in enumerate(levels, 1):
        same(level, bars, FAN**k)


@pytest.mark.parametrize("seed", range(5))
def test_growing_bar_by_bar_or_in_any_steps_gives_the_pyramid_built_at_once(seed: int) -> None:
    rng, bars = random.Random(seed), bars_of(600, seed)
    grown, n = Pyramid.empty(), 0
    while n < len(bars):
        n = min(len(bars), n + rng.choice([1, 1, 2, 3, 7, 40]))
        grown = grown.extended(bars[:n])
    for mine, whole in zip(grown.levels, Pyramid.empty().extended(bars).levels, strict=True):
        alike(mine, whole)


def test_a_pyramid_handed_out_does_not_change_when_it_is_extended_even_twice() -> None:
    bars, others = bars_of(400, 1), bars_of(400, 1)
    others["high"][100:] += 5
    first = Pyramid.empty().extended(bars[:100])
    before = [level.copy() for level in first.levels]
    one, other = first.extended(bars), first.extended(others)
    for level, was in zip(first.levels, before, strict=True):
        alike(level, was)
    same(one.levels[0], bars, FAN)
    same(other.levels[0], others, FAN)


def test_levels_are_read_only_and_share_their_buffer_while_they_grow() -> None:
    bars = bars_of(2000)
    first = Pyramid.empty().extended(bars[:1000])
    second = first.extended(bars[:1008])
    with pytest.raises(ValueError, match="read-only"):
        second.levels[0]["high"] = 0
    assert np.shares_memory(first.levels[0], second.levels[0])


def test_fewer_bars_than_before_are_refused() -> None:
    grown = Pyramid.empty().extended(bars_of(100))
    with pytest.raises(EngineError, match="cannot extend"):
        grown.extended(bars_of(90))


def test_the_kernel_folds_as_numpy_does(monkeypatch: pytest.MonkeyPatch) -> None:
    bars = bars_of(4096)
    by_numpy = fold(bars)
    monkeypatch.setattr(module, "KERNEL_FROM", 0)
    alike(fold(bars), by_numpy)
