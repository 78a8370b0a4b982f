"""Rates and usual gaps of a stream, in event time."""

import numpy as np
import pytest

from cockpit.engines.pulse import Pulse
from cockpit.units import NS_PER_MIN, NS_PER_MS, NS_PER_S

START = 1_700_000_000 * NS_PER_S


def test_nothing_is_known_before_the_first_row() -> None:
    pulse = Pulse()
    assert pulse.last_ns is None
    assert pulse.rate(START) is None
    assert pulse.gap_quantile_ns(START) is None


def test_the_rate_is_rows_per_second_of_the_last_ten_seconds() -> None:
    pulse = Pulse()
    pulse.observe(START + np.arange(0, 20 * NS_PER_S, 100 * NS_PER_MS, dtype=np.int64))
    assert pulse.rate(START + 20 * NS_PER_S) == pytest.approx(10.0)
    assert pulse.rate(START + 25 * NS_PER_S) == pytest.approx(5.0)
    assert pulse.rate(START + 60 * NS_PER_S) == 0.0


def test_the_gap_quantile_is_never_below_the_exact_one_and_close_above() -> None:
    rng = np.random.default_rng(3)
    gaps = rng.lognormal(18, 2, 5_000).astype(np.int64)
    clocks = START + np.cumsum(gaps)
    recent = clocks > clocks[-1] - 9 * NS_PER_MIN
    pulse = Pulse()
    pulse.observe(clocks[recent])
    exact = float(np.quantile(gaps[recent][1:], 0.99, method="inverted_cdf"))
    found = pulse.gap_quantile_ns(int(clocks[-1]))
    assert found is not None
    assert exact <= found <= exact * 1.2


def test_gaps_older_than_ten_minutes_do_not_count() -> None:
    pulse = Pulse()
    pulse.observe(START + np.array([0, 60, 120]) * NS_PER_S)
    later = START + 30 * NS_PER_MIN
    pulse.observe(np.array([later, later + NS_PER_S, later + 2 * NS_PER_S]))
    assert pulse.gap_quantile_ns(later + 15 * NS_PER_MIN) is None


def test_batches_and_freezing_change_nothing() -> None:
    clocks = START + np.cumsum(np.random.default_rng(1).integers(0, NS_PER_S, 500))
    whole, parts = Pulse(), Pulse()
    whole.observe(clocks)
    for part in np.array_split(clocks, 17):
        twin = Pulse()
        twin.thaw(parts.freeze())
        twin.observe(part)
        parts = twin
    now = int(clocks[-1])
    assert parts.rate(now) == whole.rate(now)
    assert parts.gap_quantile_ns(now) == whole.gap_quantile_ns(now)
    assert (parts.last_ns, parts.events) == (whole.last_ns, whole.events)
