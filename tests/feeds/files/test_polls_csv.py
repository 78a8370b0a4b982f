"""Polled levels: made ones, and how bars come out of them."""

from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.intervals import Interval
from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind, empty
from cockpit.feeds.files.polls_csv import poll_interval
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.source import Source
from cockpit.instants import iso_utc
from cockpit.units import NS_PER_MIN, NS_PER_S
from tests.feeds.files.reading import rows_of, said

HEADER = "ts_et,spot,vix,vix3m,overvix\n"
POLLS = (
    "2026-02-24 10:52:00.005604,6852.25,,,\n"
    "2026-02-24 10:54:00.003223,6845.04,20.1,,\n"
    "2026-02-24 10:56:00.003106,6845.92,,,\n"
    "2026-02-24 10:56:00.071594,,20.3,,\n"
)


def opened(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "polls.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return open_source(path)


def test_a_poll_is_a_level_at_its_own_instant(tmp_path: Path) -> None:
    source = opened(tmp_path, POLLS)
    rows = rows_of(source)[Kind.INDEX]
    assert [one.symbol for one in source.info.instruments] == ["SPX.CBOE", "VIX.CBOE"]
    assert (source.info.format, source.info.schema, source.info.interval_ns) == ("index_csv", "polls", NS_PER_MIN)
    assert rows["instrument"].tolist() == [0, 0, 1, 0, 1]
    assert rows["close"].tolist() == [6852.25, 6845.04, 20.1, 6845.92, 20.3]
    for name in ("open", "high", "low"):
        assert rows[name].tolist() == rows["close"].tolist()
    assert iso_utc(int(rows["clock_ns"][0])) == "2026-02-24T15:52:00.005604000Z"
    assert (rows["event_ns"] == rows["clock_ns"]).all()
    assert said(source, "no level of vix3m")
    assert said(source, "polled levels")


@pytest.mark.parametrize(
    ("steps", "interval_s"),
    [([300] * 20, 300), ([300] * 20 + [120] * 20, 60), ([120] * 9, 60), ([60], 60), ([3600] * 3, 3600),
     ([7] * 3, 1), ([300] * 40 + [77], 300), ([], 60), ([63_300] * 9, 60)],
)  # fmt: skip
def test_the_interval_divides_every_common_step(steps: list[int], interval_s: int) -> None:
    clocks = np.cumsum([1_000_000_800, *steps]).astype(np.int64) * NS_PER_S
    clocks += np.arange(len(clocks)) % 3 * 5_000_000  # polls come milliseconds late
    assert poll_interval(clocks) == interval_s * NS_PER_S


def test_five_minute_bars_have_the_range_of_their_polls_and_lose_none(data: Path) -> None:
    source = open_source(data / "indices/spx_vix_vix3m_polls_2025-11_2026-03.csv.gz")
    rows = rows_of(source)[Kind.INDEX]
    for number in (0, 1):
        part = rows[rows["instrument"] == number]
        assert (part["open_ns"][1:] >= part["clock_ns"][:-1]).all()
        series = BarSeries(number, Interval.parse("5m"), None, is_index=True)
        series.apply_bars(part, empty(Kind.TICK))
        series.check()
        bars, _ = series.view()
        assert bars["high"].max() == part["close"].max()
        assert bars["low"].min() == part["close"].min()
        begins = part["open_ns"] // (5 * NS_PER_MIN)
        assert len(bars) == len(np.unique(begins))
        assert bars["close"].tolist() == part["close"][np.append(np.diff(begins) > 0, True)].tolist()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("yesterday,6852.25,,,", "unreadable time"),
        ("2026-02-24 10:58:00,-1,,,", "level of spot not above 0"),
        ("2026-02-24 10:58:00,0,20,,", "level of spot not above 0"),
    ],
)
def test_a_poll_that_cannot_be_trusted_is_refused(tmp_path: Path, line: str, words: str) -> None:
    source = opened(tmp_path, f"{POLLS}{line}\n")
    assert len(rows_of(source)[Kind.INDEX]) == 5
    assert said(source, words)


def test_a_table_without_a_level_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no row that could be used"):
        opened(tmp_path, "2026-02-24 10:52:00,,,,\n")
