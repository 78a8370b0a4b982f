"""Daily tables of levels: real ones by number, hand-made ones for what goes wrong."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NS_PER_DAY
from tests.feeds.files.reading import as_bytes, rows_of, said

HEADER = "DATE,OPEN,HIGH,LOW,CLOSE\n"


def utc(ns: int) -> str:
    return f"{datetime.fromtimestamp(ns // 1_000_000_000, UTC):%Y-%m-%d %H:%M}"


def table(tmp_path: Path, text: str, name: str = "vix_daily.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "symbol", "count", "first", "close"),
    [
        ("vix_daily.csv.gz", "VIX.CBOE", 8_317, "1990-01-02 21:15", 17.24),
        ("vix_daily_2024-02-15_2024-04-30.csv", "VIX.CBOE", 53, "2024-02-15 21:15", 14.01),
        ("vix9d_daily.csv", "VIX9D.CBOE", 3_019, "2011-01-04 21:15", 16.06),
        ("vix3m_daily.csv", "VIX3M.CBOE", 3_345, "2009-09-18 20:15", 26.54),
        ("vvix_daily.csv", "VVIX.CBOE", 4_176, "2006-03-06 21:15", 71.73),
        ("skew_daily.csv", "SKEW.CBOE", 8_300, "1990-01-02 21:15", 126.09),
        ("spx_daily_hlc.csv.gz", "SPX.CBOE", 8_315, "1990-01-02 21:15", 359.69000244140625),
        # continuous futures close at 17:00 New York time
        ("es_daily_ninjatrader.csv", "ES-CONT.GLBX", 3_535, "2009-04-13 21:00", 1425.75),
        ("es_f_daily_yahoo.csv", "ES-CONT.GLBX", 5_631, "2000-09-18 21:00", 1467.5),
    ],
)
def test_a_real_series_has_its_rows_its_close_and_its_hour(  # noqa: PLR0913  one row of the table above each
    data: Path, name: str, symbol: str, count: int, first: str, close: float
) -> None:
    source = open_source(data / "indices" / name)
    rows = rows_of(source)[Kind.INDEX]
    assert ([one.symbol for one in source.info.instruments], len(rows)) == ([symbol], count)
    assert (utc(rows["clock_ns"][0]), rows["close"][0]) == (first, close)
    assert (np.diff(rows["clock_ns"]) > 0).all()
    assert (source.info.format, source.info.schema, source.info.interval_ns) == ("index_csv", "daily", NS_PER_DAY)
    assert source.info.instruments[0].is_index


def test_a_series_of_closes_has_no_open_high_and_low(data: Path) -> None:
    row = rows_of(open_source(data / "indices/skew_daily.csv"))[Kind.INDEX][0]
    assert np.isnan([row["open"], row["high"], row["low"], row["volume"]]).all()
    row = rows_of(open_source(data / "indices/spx_daily_hlc.csv.gz"))[Kind.INDEX][0]
    assert np.isnan(row["open"])
    assert row["high"] > row["low"]


def test_opens_outside_the_range_are_kept_as_published_and_counted(data: Path) -> None:
    (warning,) = open_source(data / "indices/vix_daily.csv.gz").warnings
    assert "47 × row kept: open outside high and low, as published" in warning
    assert "line 535: 1992-02-11" in warning


def test_closes_of_several_indices_side_by_side_are_several_series(data: Path) -> None:
    source = open_source(data / "indices/vix_term_structure_closes_2018_2023.csv")
    rows = rows_of(source)[Kind.INDEX]
    names = [one.symbol for one in source.info.instruments]
    assert names == ["SPX.CBOE", "VIX9D.CBOE", "VIX.CBOE", "VIX3M.CBOE", "VIX6M.CBOE", "VIX1Y.CBOE"]
    day = rows[rows["clock_ns"] == rows["clock_ns"][0]]
    assert [names[i] for i in day["instrument"]] == names
    assert day["close"].tolist() == [2779.03, 11.56, 12.18, 14.6, 16.13, 17.23]
    assert not np.isnan(rows["close"]).any()


def test_a_table_of_roots_gives_indices_and_funds_each_as_its_own_series(data: Path) -> None:
    source = open_source(data / "indices/index_eod_ohlc.csv.gz")
    rows = rows_of(source)[Kind.INDEX]
    names = ["QQQ-EOD.CBOE", "SPX.CBOE", "SPY-EOD.CBOE", "VIX.CBOE"]
    assert [one.symbol for one in source.info.instruments] == names
    assert all(one.is_index for one in source.info.instruments)
    funds, counts = np.bincount(rows["instrument"])[[0, 2]], np.bincount(rows["instrument"])[[1, 3]]
    assert (int(funds.sum()), counts.tolist()) == (3_773, [7_050, 7_055])
    assert said(source, "daily prices of a fund, perhaps adjusted for dividends")


def test_a_root_nobody_knows_is_refused_with_its_rows(tmp_path: Path) -> None:
    header = "Date,Open,High,Low,Close,Adj Close,Volume,root\n"
    lines = "2024-01-02,1,2,1,2,2,5,VIX\n2024-01-02,1,2,1,2,2,5,TSLA\n2024-01-02,1,2,1,2,2,5,ES\n"
    source = open_source(table(tmp_path, header + lines))
    assert [one.symbol for one in source.info.instruments] == ["VIX.CBOE"]
    assert said(source, "2 × row refused: not an index")


def test_summer_and_winter_close_at_the_same_hour_in_new_york(tmp_path: Path) -> None:
    rows = rows_of(open_source(table(tmp_path, HEADER + "2024-01-05,1,2,1,2\n07/05/2024,1,2,1,2\n")))[Kind.INDEX]
    assert [utc(at)[11:] for at in rows["clock_ns"].tolist()] == ["21:15", "20:15"]
    assert [utc(at)[11:] for at in rows["open_ns"].tolist()] == ["14:30", "13:30"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2024-01-05,1,2,1,", "no close"),
        ("2024-01-05,1,2,1,x", "no close"),
        ("2024-01-05,1,2,1,0", "level not above 0"),
        ("2024-01-05,1,2,-1,1", "level not above 0"),
        ("2024-01-05,1,1,2,1", "high below low"),
        ("2024-01-05T,1,2,1,2", "unreadable date"),
        ("2024-01-02,1,2,1,2", "a second one of the same time"),
        ("2024-01-05,1,2,1", "line without 5 fields dropped"),
    ],
)
def test_a_day_that_cannot_be_trusted_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    source = open_source(table(tmp_path, f"{HEADER}2024-01-02,1,2,1,2\n2024-01-03,1,2,1,2\n{line}\n"))
    assert len(rows_of(source)[Kind.INDEX]) == 2
    assert said(source, reason)


def test_newest_first_is_turned_round(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, HEADER + "2024-01-04,1,2,1,2\n2024-01-03,1,2,1,1\n2024-01-02,1,2,1,2\n"))
    assert rows_of(source)[Kind.INDEX]["close"].tolist() == [2, 1, 2]
    assert (np.diff(rows_of(source)[Kind.INDEX]["clock_ns"]) > 0).all()
    assert "newest first" in source.warnings[0]


@pytest.mark.parametrize("name", ["levels.csv", "spx_vix.csv", "daily.csv", "ESU22.csv"])
def test_a_name_that_tells_no_index_is_refused_with_advice(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="does not tell which index it is"):
        open_source(table(tmp_path, HEADER + "2024-01-02,1,2,1,2\n", name))


@pytest.mark.parametrize("name", ["VIX_History.csv", "vix-daily.csv", "CBOE_DLY_VIX, 1D.csv", "my vix file.csv"])
def test_an_index_is_found_in_the_words_of_a_name(tmp_path: Path, name: str) -> None:
    source = open_source(table(tmp_path, HEADER + "2024-01-02,1,2,1,2\n", name))
    assert source.info.instruments[0].symbol == "VIX.CBOE"
    assert as_bytes(source) == as_bytes(source)


def test_one_day_is_enough(tmp_path: Path) -> None:
    assert open_source(table(tmp_path, HEADER + "2024-01-02,1,2,1,2\n")).info.rows == 1


def test_a_table_without_a_usable_day_says_why(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no row that could be used; row refused: no close"):
        open_source(table(tmp_path, HEADER + "2024-01-02,1,2,1,\n"))
