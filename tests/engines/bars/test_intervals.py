"""Intervals as people type them."""

import contextlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.engines.bars.intervals import INTERVALS, Interval, length_text
from cockpit.errors import ConfigError
from cockpit.units import NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S


def test_every_listed_interval_reads_back_from_its_label() -> None:
    assert " ".join(each.label for each in INTERVALS) == "1s 5s 15s 30s 1m 5m 15m 30m 1h 90m 3h 4h 1D"
    for each in INTERVALS:
        assert Interval.parse(each.label) == each
        assert NS_PER_DAY % each.ns == 0


@pytest.mark.parametrize(
    ("text", "label", "kind", "length"),
    [
        ("5", "5m", "time", 5 * NS_PER_MIN),
        ("60", "1h", "time", NS_PER_HOUR),
        ("90", "90m", "time", 90 * NS_PER_MIN),
        ("240m", "4h", "time", 4 * NS_PER_HOUR),
        ("60s", "1m", "time", NS_PER_MIN),
        ("1d", "1D", "time", NS_PER_DAY),
        (" 1H ", "1h", "time", NS_PER_HOUR),
        ("t500", "t500", "ticks", 500),
        ("T1", "t1", "ticks", 1),
        ("v1000", "v1000", "volume", 1000),
    ],
)
def test_what_people_type_means_an_interval(text: str, label: str, kind: str, length: int) -> None:
    found = Interval.parse(text)
    assert (found.label, found.kind, found.length) == (label, kind, length)
    assert found.ns == (length if kind == "time" else 0)


@pytest.mark.parametrize(
    "text", ["", "2m", "7h", "0", "t0", "t", "v-5", "t5m", "5x", "1M5", "m5", "t9999999999", "1.5h"]
)
def test_another_interval_is_refused_with_the_valid_ones(text: str) -> None:
    with pytest.raises(
        ConfigError, match=r"valid are 1s 5s .* 4h 1D, t<prints> such as t500, v<contracts> such as v1000"
    ):
        Interval.parse(text)


@given(st.text(max_size=20))
def test_any_text_is_an_interval_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert Interval.parse(Interval.parse(text).label).length > 0


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (5 * NS_PER_MIN, "5 m"),
        (30 * NS_PER_S, "30 s"),
        (4 * NS_PER_HOUR, "4 h"),
        (90 * NS_PER_MIN, "90 m"),
        (NS_PER_DAY, "1 D"),
    ],
)
def test_lengths_are_told_in_the_largest_unit_that_divides_them(ns: int, text: str) -> None:
    assert length_text(ns) == text


def test_numba_stays_out_until_bars_are_made() -> None:
    modules = "cockpit.calendars, cockpit.engines.bars.intervals, cockpit.engines.bars.anchors"
    code = f"import sys, {modules}; print('numba' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
