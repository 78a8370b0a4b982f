"""Volume at price against a slow count, its value area, and prices that take more levels than there are."""

from collections import Counter

import numpy as np
import pytest

from cockpit.engines.bars.profile import MOST_LEVELS, SHARE, VolumeProfile
from cockpit.events.dtypes import Kind, empty
from cockpit.units import NO_PRICE, NS_PER_MIN, Rows


def prints(seed: int, count: int = 3_000, spread: int = 60) -> Rows:
    rng = np.random.default_rng(seed)
    rows = empty(Kind.PRINT, count)
    rows["price_ticks"] = 19_000 + np.rint(rng.normal(0, spread / 6, count)).astype(np.int64)
    rows["size"] = rng.integers(0, 9, count)
    rows["aggressor"] = rng.choice(np.frombuffer(b"ABN", np.uint8), count)
    rows["price_ticks"][::97] = NO_PRICE
    return rows


def counted(rows: Rows) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = {"B": Counter(), "A": Counter(), "N": Counter()}
    for row in rows:
        if row["size"] > 0 and row["price_ticks"] != NO_PRICE:
            found[chr(row["aggressor"])][int(row["price_ticks"])] += int(row["size"])
    return found


def slow_area(volumes: dict[int, float]) -> tuple[int, int, int]:
    """POC and value area told with a dictionary."""
    low, high = min(volumes), max(volumes)
    poc = max(range(low, high + 1), key=lambda p: (volumes.get(p, 0), -abs(2 * p - low - high), -p))
    under, over, held = poc, poc, volumes[poc]
    while held < SHARE * sum(volumes.values()):
        beside = {}
        if under > low:
            beside[under - 1] = volumes.get(under - 1, 0)
        if over < high:
            beside[over + 1] = volumes.get(over + 1, 0)
        most = max(beside.values())
        for price, volume in beside.items():
            if volume == most:
                held += volume
                under, over = min(under, price), max(over, price)
    return under, poc, over


@pytest.mark.parametrize("seed", range(8))
def test_it_is_a_plain_count_however_prints_are_cut(seed: int) -> None:
    rows = prints(seed)
    profile = VolumeProfile()
    for part in np.array_split(rows, 1 + seed * 7):
        profile.add_prints(part)
    made, truth = profile.read(), counted(rows)
    assert made.step == 1
    for side, volumes in (("B", made.buys), ("A", made.sells), ("N", made.unsided)):
        assert {made.low + k: v for k, v in enumerate(volumes.tolist()) if v} == dict(truth[side])
    assert made.total == sum(sum(side.values()) for side in truth.values())
    together: Counter[int] = sum(truth.values(), Counter())
    assert tuple(made.low + level for level in (made.value[0], made.poc, made.value[1])) == slow_area(together)
    assert profile.bar_volume == 0


def test_the_value_area_holds_seventy_percent_and_no_whole_level_more() -> None:
    profile = VolumeProfile()
    profile.add_prints(prints(3))
    made = profile.read()
    volumes = made.buys + made.sells + made.unsided
    low, high = made.value
    held = volumes[low : high + 1].sum()
    assert held >= SHARE * made.total
    assert held - max(volumes[low], volumes[high]) < SHARE * made.total


def test_of_equal_prices_the_one_nearest_the_middle_is_the_point_of_control() -> None:
    rows = empty(Kind.PRINT, 5)
    rows["price_ticks"], rows["size"] = [10, 11, 12, 13, 14], [7, 1, 7, 1, 7]
    profile = VolumeProfile()
    profile.add_prints(rows)
    assert profile.read().poc == 2


def bar(low: int, high: int, volume: float, buy: float = np.nan) -> Rows:
    rows = empty(Kind.BAR, 1)
    rows["low_ticks"], rows["high_ticks"], rows["volume"], rows["interval_ns"] = low, high, volume, NS_PER_MIN
    rows["buy_volume"], rows["sell_volume"] = buy, volume - buy
    return rows


def test_a_bar_is_spread_over_its_range_and_told_apart() -> None:
    profile = VolumeProfile()
    profile.add_bars(np.concatenate([bar(100, 103, 8.0), bar(102, 102, 5.0, 3.0), bar(90, 99, np.nan)]))
    made = profile.read()
    assert made.low == 100
    assert made.unsided.tolist() == [2.0, 2.0, 2.0, 2.0]
    assert made.buys.tolist() == [0, 0, 3.0, 0]
    assert made.sells.tolist() == [0, 0, 2.0, 0]
    assert made.poc == 2
    assert profile.bar_volume == 13.0


def test_too_many_prices_share_levels_and_nothing_is_lost() -> None:
    fine, coarse = VolumeProfile(), VolumeProfile()
    rows = prints(1)
    coarse.add_prints(rows)
    far = empty(Kind.PRINT, 1)
    far["price_ticks"], far["size"], far["aggressor"] = 19_000 + 10 * MOST_LEVELS, 1, ord("B")
    coarse.add_prints(far)
    coarse.add_bars(bar(18_990, 19_010, 21.0))
    fine.add_prints(rows)
    fine.add_bars(bar(18_990, 19_010, 21.0))
    thin, wide = fine.read(), coarse.read()
    assert wide.step == 16
    assert wide.total == pytest.approx(thin.total + 1)
    first = wide.low // 16
    truth = np.zeros(len(wide.buys))
    np.add.at(truth, (thin.low + np.arange(len(thin.buys))) // 16 - first, thin.buys)
    truth[-1] += 1
    assert wide.buys == pytest.approx(truth)


def test_nothing_traded_has_no_point_of_control() -> None:
    profile = VolumeProfile()
    profile.add_prints(empty(Kind.PRINT))
    profile.add_bars(bar(1, 2, np.nan))
    made = profile.read()
    assert (made.poc, len(made.buys), made.total) == (-1, 0, 0.0)


def test_what_was_read_never_changes() -> None:
    profile = VolumeProfile()
    profile.add_prints(prints(2))
    made = profile.read()
    kept = made.buys.copy()
    profile.add_prints(prints(4))
    assert np.array_equal(made.buys, kept)
