"""Memory and its growth, open handles."""

import sys
from pathlib import Path

import pytest

from cockpit.units import NS_PER_HOUR, NS_PER_S
from cockpit.vitals import SETTLED_NS, Growth, Vitals, open_handles


def watched(seconds: int, mb: float, per_hour: float, *, since: int = 0) -> Growth:
    growth = Growth()
    for second in range(seconds):
        at_ns = (since + second) * NS_PER_S
        growth.take(at_ns, mb + per_hour * at_ns / NS_PER_HOUR)
    return growth


@pytest.mark.parametrize("per_hour", [0.0, 120.0, -36.0])
def test_growth_is_the_slope_whatever_the_level(per_hour: float) -> None:
    assert watched(1_800, 700.0, per_hour, since=900_000).per_hour() == pytest.approx(per_hour, abs=1e-6)


def test_a_few_minutes_say_nothing() -> None:
    assert watched(300, 700.0, 120.0).per_hour() is None
    assert Growth().per_hour() is None


def test_what_a_start_takes_is_no_growth() -> None:
    growth = Growth()
    for second in range(1_200):
        growth.take(second * NS_PER_S, 100.0 + min(second, SETTLED_NS // NS_PER_S) * 10.0)
    assert growth.per_hour() == pytest.approx(0.0, abs=1e-6)


def test_only_the_last_hour_counts() -> None:
    growth = Growth()
    for second in range(0, 3 * 3600, 10):
        growth.take(second * NS_PER_S, 500.0 if second > 3600 else 100.0)
    assert growth.per_hour() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_an_open_file_is_a_handle_more(tmp_path: Path) -> None:
    before = open_handles()
    assert before is not None
    with (tmp_path / "one").open("w"):
        assert open_handles() == before + 1
    found = Vitals().read(NS_PER_S)
    assert found["handles"] == before
    assert (found["memory_mb"] or 0.0) > 10.0
    assert found["memory_growth"] is None
