"""Tables of intraday bars: real ones by number, hand-made ones for what goes wrong."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import GapReason, Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_TIME, NS_PER_MIN
from tests.feeds.files.reading import as_bytes, rows_of, said
from tests.feeds.rows import same_rows

SIERRA = "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume\n"
PLAIN = "timestamp,open,high,low,close,volume\n"


def utc(ns: int) -> str:
    return f"{datetime.fromtimestamp(ns // 1_000_000_000, UTC):%Y-%m-%d %H:%M}"


def table(tmp_path: Path, text: str, name: str = "ESU22.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def sierra(*bars: str) -> str:
    return SIERRA + "".join(f"{bar}\n" for bar in bars)


GOOD = [
    "2022/6/20, 08:30:00, 3705.25, 3706.25, 3694.50, 3694.75, 1756, 1521, 1028, 728",
    "2022/6/20, 08:35:00, 3694.75, 3700.00, 3694.25, 3699.50, 100, 90, 40, 60",
    "2022/6/20, 08:40:00, 3699.50, 3701.00, 3699.00, 3700.25, 50, 45, 25, 25",
]


def test_the_first_and_last_bar_of_a_real_contract(data: Path) -> None:
    source = open_source(data / "books/es-5m/ESU22.csv.gz")
    rows = rows_of(source)[Kind.BAR]
    assert len(rows) == source.info.rows == 17_682
    first, last = rows[0], rows[-1]
    # 2022-06-19 19:00 Central is 00:00 UTC of the 20th; the bar is known at its close
    assert (utc(first["open_ns"]), utc(first["clock_ns"])) == ("2022-06-20 00:00", "2022-06-20 00:05")
    assert [first[f"{name}_ticks"] * 0.25 for name in ("open", "high", "low", "close")] == [
        3705.25,
        3706.25,
        3694.5,
        3694.75,
    ]
    assert (first["volume"], first["trades"], first["sell_volume"], first["buy_volume"]) == (1756, 1521, 1028, 728)
    assert utc(last["clock_ns"]) == "2022-09-16 13:30"  # 08:30 Central, when the contract expires
    assert (source.info.format, source.info.interval_ns, source.info.schema) == (
        "bars_csv",
        5 * NS_PER_MIN,
        "bars-5m",
    )
    assert [one.symbol for one in source.info.instruments] == ["ESU2.GLBX"]
    assert source.warnings == ()


def test_all_contracts_have_the_rows_of_the_manifest(data: Path) -> None:
    files = sorted((data / "books/es-5m").glob("*.gz"))
    sources = [open_source(path) for path in files]
    assert len(files) == 12
    assert sum(source.info.rows or 0 for source in sources) == 211_554
    assert not [line for source in sources for line in source.warnings]
    for source in sources:
        rows = rows_of(source)[Kind.BAR]
        assert (np.diff(rows["clock_ns"]) > 0).all()
        assert (rows["high_ticks"] >= rows["low_ticks"]).all()


def test_the_daily_break_is_at_the_same_local_hour_in_summer_and_winter(data: Path) -> None:
    rows = rows_of(open_source(data / "books/es-5m/ESZ22.csv.gz"))[Kind.BAR]
    opened = rows["open_ns"][1:][np.diff(rows["open_ns"]) == 65 * NS_PER_MIN]  # after the hour without trading
    hours = {utc(at)[:7]: utc(at)[11:] for at in opened.tolist()}
    assert hours["2022-10"] == "22:00"
    assert hours["2022-12"] == "23:00"


@pytest.mark.parametrize(
    ("name", "count", "symbol", "first_close", "last_close", "minutes"),
    [
        # stamped at the end: the session of the euro opens at 23:00 UTC and its first stamp is 23:01
        ("books/6e-1m-6EH4-202401.csv.gz", 29_996, "6EH4.GLBX", "2024-01-01 23:01", "2024-01-31 23:59", 1),
        # stamped at the start: first 18:00 New York
        ("books/nq-1m-cont-20231119.csv.gz", 14_714, "NQ-CONT.GLBX", "2023-11-19 23:01", "2023-12-04 22:00", 1),
        (
            "indices/mes_5min_2026-03_2026-05.csv.gz",
            7_767,
            "MES-CONT.GLBX",
            "2026-03-10 04:10",
            "2026-04-20 04:00",
            5,
        ),
    ],
)
def test_other_bar_tables_close_when_their_bars_do(  # noqa: PLR0913  one row of the table above each
    data: Path, name: str, count: int, symbol: str, first_close: str, last_close: str, minutes: int
) -> None:
    source = open_source(data / name)
    rows = rows_of(source)[Kind.BAR]
    assert (len(rows), source.info.instruments[0].symbol) == (count, symbol)
    assert (utc(rows["clock_ns"][0]), utc(rows["clock_ns"][-1])) == (first_close, last_close)
    assert source.info.interval_ns == minutes * NS_PER_MIN
    assert (rows["clock_ns"] - rows["open_ns"] == source.info.interval_ns).all()
    assert (rows["recv_ns"] == NO_TIME).all()


def test_a_table_without_a_zone_says_which_was_taken(data: Path) -> None:
    assert "New York" in open_source(data / "books/nq-1m-cont-20231119.csv.gz").warnings[0]


def test_intraday_index_tables_become_levels(data: Path) -> None:
    source = open_source(data / "indices/spx_5min_2026.csv.gz")
    row = rows_of(source)[Kind.INDEX][0]
    assert (source.info.format, source.info.instruments[0].symbol) == ("index_csv", "SPX.CBOE")
    assert (utc(row["open_ns"]), utc(row["clock_ns"])) == ("2026-05-19 13:30", "2026-05-19 13:35")
    assert (row["open"], row["low"], row["close"]) == (7375.75, 7360.87, 7363.7)
    assert np.isnan(row["volume"])


def test_epoch_seconds_are_the_starts_of_bars(data: Path) -> None:
    row = rows_of(open_source(data / "indices/vix_5min_2025_2026.csv.gz"))[Kind.INDEX][0]
    assert row["open_ns"] == 1_754_896_500_000_000_000
    assert row["clock_ns"] == row["open_ns"] + 5 * NS_PER_MIN
    assert (row["open"], row["close"]) == (15.81, 15.81)


def test_newest_first_is_turned_round_and_said(data: Path) -> None:
    source = open_source(data / "indices/vix_1min_2019-02.csv")
    rows = rows_of(source)[Kind.INDEX]
    assert len(rows) == 1_923
    assert (np.diff(rows["clock_ns"]) > 0).all()
    # its stamps run to 16:00 and never stand at 09:30: they are ends
    assert utc(rows["clock_ns"][-1]) == "2019-02-15 21:00"
    assert said(source, "newest first")


def test_bars_are_read_the_same_from_any_chunk(data: Path) -> None:
    source = open_source(data / "books/es-5m/ESH22.csv.gz")
    assert as_bytes(source) == as_bytes(source)
    assert list(source.chunks(1)) == []


@pytest.mark.parametrize(
    ("bar", "reason"),
    [
        (
            "2022/6/20, 08:45:00, 3700.10, 3701.00, 3699.00, 3700.25, 50, 45, 25, 25",
            "open off the tick grid of 0.25",
        ),
        ("2022/6/20, 08:45:00, 3700.00, 3701.00, 3699.00, 3702.25, 50, 45, 25, 25", "close outside high and low"),
        ("2022/6/20, 08:45:00, 3698.00, 3701.00, 3699.00, 3700.25, 50, 45, 25, 25", "open outside high and low"),
        ("2022/6/20, 08:45:00, 3700.00, nan, 3699.00, 3700.25, 50, 45, 25, 25", "no usable high"),
        ("2022/6/20, 08:45:00, 3700.00, inf, 3699.00, 3700.25, 50, 45, 25, 25", "no usable high"),
        ("2022/6/20, 08:45:00, 3700.00, 3701.00, , 3700.25, 50, 45, 25, 25", "no usable low"),
        ("2022/6/20, 08:45:00, 3700.00, 3701.00, 3699.00, 3700.25, -50, 45, 25, 25", "negative volume"),
        ("2022/6/20, 08:45:00, 3700.00, 3701.00, 3699.00, 3700.25, 50, 45, -25, 25", "negative bidvolume"),
        ("2022/6/31, 08:45:00, 3700.00, 3701.00, 3699.00, 3700.25, 50, 45, 25, 25", "unreadable time"),
        ("2022/6/20, 8h45, 3700.00, 3701.00, 3699.00, 3700.25, 50, 45, 25, 25", "unreadable time"),
        (
            "2022/6/20, 08:35:00, 3700.00, 3701.00, 3699.00, 3700.25, 50, 45, 25, 25",
            "a second one of the same time",
        ),
        ("2022/6/20, 08:45:00, 3700.00, 3701.00", "line without 10 fields dropped"),
        (
            "2022/6/20; 08:45:00; 3700.00; 3701.00; 3699.00; 3700.25; 50; 45; 25; 25",
            "line without 10 fields dropped",
        ),
    ],
)
def test_a_bar_that_cannot_be_trusted_is_refused_with_its_line(tmp_path: Path, bar: str, reason: str) -> None:
    source = open_source(table(tmp_path, sierra(*GOOD, bar)))
    assert len(rows_of(source)[Kind.BAR]) == 3
    assert said(source, reason), source.warnings
    if "same time" not in reason:
        assert "line 5" in next(line for line in source.warnings if reason in line)


def test_missing_volumes_are_unknown_not_zero(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "date,time_et,open,high,low,close\n2026-05-19,09:30,7375,7376,7370,7373\n"
        "2026-05-19,09:35,7373,7376,7370,7373\n",
        "es.csv",
    )
    rows = rows_of(open_source(path))[Kind.BAR]
    assert np.isnan([rows["volume"], rows["buy_volume"], rows["trades"]]).all()


def test_a_name_that_tells_no_instrument_is_said(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, sierra(*GOOD), "renamed.csv"))
    (instrument,) = source.info.instruments
    assert (instrument.symbol, instrument.tick, instrument.origin) == ("RENAMED.FILE", 0.25, "inferred")
    assert rows_of(source)[Kind.BAR]["open_ticks"][0] * instrument.tick == 3705.25
    assert "file name tells no instrument" in source.warnings[0]


def test_the_name_of_a_file_never_decides_its_format(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "ESU22.dbn.zst"
    path.write_bytes((data / "books/es-5m/ESU22.csv.gz").read_bytes())
    assert open_source(path).info.format == "bars_csv"


def test_stamps_without_an_edge_of_the_session_are_taken_as_starts(tmp_path: Path) -> None:
    bars = "".join(f"2024-01-03 12:0{m}:00,100.25,101.25,100.25,101.25,5\n" for m in range(5))
    source = open_source(table(tmp_path, PLAIN + bars, "nq.csv"))
    assert utc(rows_of(source)[Kind.BAR]["clock_ns"][0]) == "2024-01-03 17:01"
    assert said(source, "taken as starts")


def test_a_table_torn_in_its_gzip_gives_the_whole_lines_and_a_gap(data: Path, tmp_path: Path) -> None:
    packed = (data / "books/es-5m/ESU22.csv.gz").read_bytes()
    full = rows_of(open_source(data / "books/es-5m/ESU22.csv.gz"))[Kind.BAR]
    for cut in range(20_000, len(packed), 60_000):
        path = tmp_path / "ESU22.csv.gz"
        path.write_bytes(packed[:cut])
        source = open_source(path)
        found = rows_of(source)
        assert same_rows(found[Kind.BAR], full[: len(found[Kind.BAR])])
        assert found[Kind.GAP]["reason"].tolist() == [GapReason.TRUNCATED]
        assert found[Kind.GAP]["clock_ns"][0] == found[Kind.BAR]["clock_ns"][-1]
        assert source.info.rows == len(found[Kind.BAR]) + 1
        assert "torn at" in source.warnings[-1]


def test_a_last_line_without_an_end_is_doubted(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, sierra(*GOOD)[:-1]))
    assert len(rows_of(source)[Kind.BAR]) == 3
    assert "may be cut" in source.warnings[0]


def test_windows_line_ends_and_a_byte_order_mark_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "ESU22.csv"
    path.write_bytes(b"\xef\xbb\xbf" + sierra(*GOOD).replace("\n", "\r\n").encode())
    source = open_source(path)
    assert (len(rows_of(source)[Kind.BAR]), source.warnings) == (3, ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SIERRA, "a header and no row"),
        (SIERRA + "\n\n", "a header and no row"),
        (sierra(GOOD[0]), "length of its bars cannot be told"),
        (sierra(GOOD[0], GOOD[0]), "length of its bars cannot be told"),
        (sierra(*(bar.replace("3", "x") for bar in GOOD)), "cannot be told"),
        (sierra(*(bar.replace(".25", ".26").replace(".50", ".51") for bar in GOOD)), "no row that could be used"),
    ],
)
def test_a_table_with_nothing_to_use_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        open_source(table(tmp_path, text))


def test_a_hundred_thousand_bars_of_every_minute_are_read(tmp_path: Path) -> None:
    at = np.datetime64("2024-01-01T00:00:00") + np.arange(100_000) * np.timedelta64(60, "s")
    lines = [f"{str(one).replace('T', ' ')},5000.25,5001.00,5000.00,5000.75,10\n" for one in at]
    path = tmp_path / "NQH4.csv.gz"
    path.write_bytes(gzip.compress(("timestamp_utc,open,high,low,close,volume\n" + "".join(lines)).encode(), 1))
    source = open_source(path)
    assert source.info.rows == 100_000
    assert [chunk.events for chunk in source.chunks()] == [65_536, 34_464]
    assert [chunk.first_seq for chunk in source.chunks(1)] == [65_536]


def test_minutes_of_a_fund_are_prices_with_their_number_of_trades(data: Path) -> None:
    source = open_source(data / "indices/spy_1min_2024-02_2024-05.csv.gz")
    rows = rows_of(source)[Kind.BAR]
    (fund,) = source.info.instruments
    assert (fund.symbol, fund.kind, fund.tick) == ("SPY.CBOE", "equity", 0.0001)
    assert (rows[0]["close_ticks"], rows[0]["volume"], rows[0]["trades"]) == (4_983_900, 3952, 72)
    # the clock changes on 10 March: 04:00 in New York is 09:00 UTC before and 08:00 after
    mornings = rows["open_ns"][1:][np.diff(rows["open_ns"]) > 240 * NS_PER_MIN]
    opens = {utc(at)[:10]: utc(at)[11:] for at in mornings.tolist()}
    assert (opens["2024-03-08"], opens["2024-03-11"]) == ("09:00", "08:00")
    assert source.warnings == ()
