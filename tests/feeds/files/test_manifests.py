"""Every file of the folders of options and indices: what it opens as, or why it is refused.

The numbers are those of the folders' manifests, or were counted with other tools. A file that is not in these
tables fails the test: nothing is left out in silence.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import Flag, Kind
from cockpit.feeds.files.chain_source import ChainSource
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.source import Source
from cockpit.instants import iso_utc
from tests.feeds.files.reading import rows_of


@dataclass(frozen=True)
class Opens:
    """What a file is.

    ``first`` and ``last`` are beginnings of clocks, UTC; ``warnings`` are words, one per line of warning: there are
    as many lines as words.
    """

    form: str
    symbols: str
    rows: int
    first: str
    last: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chain:
    """What a chain file is: the table of the manifest's own columns, and words of every warning."""

    root: str
    contracts: int
    expiries: int
    clock: str
    spot: float
    open_interest: int
    volume: int
    no_iv: int  # contracts whose file says an implied volatility of 0
    warnings: tuple[str, ...] = ()


FUND = "daily prices of a fund"
SERIES = "a series of several contracts"
NEWEST = "newest first"
NO_ZONE = "times carry no zone"
OUTSIDE = "outside high and low, as published"

INDICES = {
    "cboe_put_call_ratios_daily.csv": "put/call ratios of Cboe",
    "es_daily_ninjatrader.csv": Opens("index_csv", "ES-CONT.GLBX", 3_535, "2009-04-13T21:00", "2022-12-30T22:00",
                                      (SERIES,)),
    "es_f_daily_yahoo.csv": Opens("index_csv", "ES-CONT.GLBX", 5_631, "2000-09-18T21:00", "2022-12-30T22:00",
                                  (f"10 × row kept: close {OUTSIDE}", SERIES)),
    "index_eod_ohlc.csv.gz": Opens("index_csv", "QQQ-EOD.CBOE SPX.CBOE SPY-EOD.CBOE VIX.CBOE", 17_878,
                                   "1995-01-03T21:15", "2022-12-30T21:15",
                                   ("row earlier than the one before it", FUND)),
    "lean_spy_daily_1998_2021.zip": "a zip archive (spy.csv)",
    "mes_5min_2026-03_2026-05.csv.gz": Opens("bars_csv", "MES-CONT.GLBX", 7_767, "2026-03-10T04:10",
                                             "2026-04-20T04:00"),
    "qqq_1min_2019-02.csv": Opens("bars_csv", "QQQ.CBOE", 1_948, "2019-02-11T14:31", "2019-02-15T21:00",
                                  (NO_ZONE, NEWEST)),
    "skew_daily.csv": Opens("index_csv", "SKEW.CBOE", 8_300, "1990-01-02T21:15", "2022-12-30T21:15"),
    "spx_1min_2026.csv.gz": Opens("index_csv", "SPX.CBOE", 5_070, "2026-07-17T13:31", "2026-08-04T20:00"),
    "spx_5min_2025_2026.csv.gz": Opens("index_csv", "SPX.CBOE", 15_972, "2025-02-10T14:35", "2025-11-28T18:05"),
    "spx_5min_2026.csv.gz": Opens("index_csv", "SPX.CBOE", 2_964, "2026-05-19T13:35", "2026-07-14T20:00"),
    "spx_daily_hlc.csv.gz": Opens("index_csv", "SPX.CBOE", 8_315, "1990-01-02T21:15", "2022-12-30T21:15"),
    # 8,621 polls of the index and 5,103 of the VIX; the manifest's 11,418 are lines, some with both
    "spx_vix_vix3m_polls_2025-11_2026-03.csv.gz": Opens("index_csv", "SPX.CBOE VIX.CBOE", 13_724,
                                                        "2025-11-12T15:30:00.005604", "2026-03-11T20:18:00.005372",
                                                        ("no level of vix3m", "polled levels")),
    "spy_1min_2019-02.csv": Opens("bars_csv", "SPY.CBOE", 1_950, "2019-02-11T14:31", "2019-02-15T21:00",
                                  (NO_ZONE, NEWEST)),
    "spy_1min_2024-02_2024-05.csv.gz": Opens("bars_csv", "SPY.CBOE", 39_803, "2024-02-20T09:01",
                                             "2024-05-01T00:01"),
    "spy_daily_1993_2022.csv": Opens("index_csv", "SPY-EOD.CBOE", 7_371, "1993-01-29T21:15", "2022-05-05T20:15",
                                     (FUND,)),
    "vix1d_5min_2025_2026.csv.gz": Opens("index_csv", "VIX1D.CBOE", 15_963, "2025-02-18T14:35", "2025-11-28T18:15"),
    "vix3m_daily.csv": Opens("index_csv", "VIX3M.CBOE", 3_345, "2009-09-18T20:15", "2022-12-30T21:15",
                             (f"open {OUTSIDE}",)),
    "vix9d_daily.csv": Opens("index_csv", "VIX9D.CBOE", 3_019, "2011-01-04T21:15", "2022-12-30T21:15"),
    "vix_1min_2019-02.csv": Opens("index_csv", "VIX.CBOE", 1_923, "2019-02-11T14:32", "2019-02-15T21:00",
                                  (NO_ZONE, NEWEST)),
    "vix_5min_2025_2026.csv.gz": Opens("index_csv", "VIX.CBOE", 12_199, "2025-08-11T07:20", "2025-11-28T18:20"),
    "vix_daily.csv.gz": Opens("index_csv", "VIX.CBOE", 8_317, "1990-01-02T21:15", "2022-12-30T21:15",
                              (f"47 × row kept: open {OUTSIDE}",)),
    "vix_daily_2024-02-15_2024-04-30.csv": Opens("index_csv", "VIX.CBOE", 53, "2024-02-15T21:15",
                                                 "2024-04-30T20:15"),
    "vix_term_structure_closes_2018_2023.csv": Opens(
        "index_csv", "SPX.CBOE VIX9D.CBOE VIX.CBOE VIX3M.CBOE VIX6M.CBOE VIX1Y.CBOE", 5_369, "2018-06-08T20:15",
        "2021-12-31T21:15"),
    "vvix_daily.csv": Opens("index_csv", "VVIX.CBOE", 4_176, "2006-03-06T21:15", "2022-12-30T21:15"),
    "vx_futures_expirations_v1_v8.csv": "expiry dates of VIX futures",
    "vx_futures_settle_m1_m8.csv": "settlements of VIX futures",
    "vx_futures_symbols_m1_m8.csv": "month codes of VIX futures",
    "yahoo_chart_spx.json": Opens("yahoo_json", "SPX.CBOE", 501, "2024-08-22T20:15", "2026-08-21T20:15"),
    "yahoo_chart_vix.json": Opens("yahoo_json", "VIX.CBOE", 503, "2024-08-21T20:15", "2026-08-21T20:15",
                                  ("20 × bar without a value dropped",)),
}  # fmt: skip

MIXED = "quotes and greeks are of different providers"
SATURDAY = "Saturday 2026-08-22: market closed at its time, quotes are of Friday 2026-08-21"
OPTIONS = {
    "cboe_json/cboe_delayed_spy_2022-07-12.json.gz": Opens(
        "cboe_json", "SPY.CBOE", 9_208, "2022-07-12T22:57:33", "2022-07-12T22:57:33",
        ("delayed: quotes of 16:14 New York time on 2022-07-12, 2 h 42 min before its timestamp",)),
    "chain_json/chain_aapl_2026-08-22.json.gz": Opens(
        "chain_json", "AAPL.CBOE", 2_418, "2026-08-22T13:50:09.293324", "2026-08-22T13:50:09.293324",
        ("10 × contract kept: no bid", "no volume", "no open interest", MIXED, SATURDAY)),
    "chain_json/chain_nvda_2026-08-22.json.gz": Opens(
        "chain_json", "NVDA.CBOE", 3_093, "2026-08-22T13:50:06.687600", "2026-08-22T13:50:06.687600",
        ("no bid", "no volume", "no open interest", "287 × contract kept: no gamma", "no delta", MIXED, SATURDAY)),
    "gex_0dte_snapshots/profiles.csv.gz": "gamma exposure by strike, worked out by somebody else",
    "gex_0dte_snapshots/summary.csv": "gamma exposure over the day, worked out by somebody else",
    "oi_history/oi_by_strike_spx_2026-08.json.gz": "open interest per strike on several days",
    "vix_whitepaper_2014/expected_results.csv": "the results of a worked VIX example",
    "vix_whitepaper_2014/spx_option_table.csv": "the option table of a worked VIX example, which has no date",
}  # fmt: skip

EXAMPLE = "heading line that tells nothing known (line 1: ---Example Data---)"
CHAINS = {
    "cboe_ndx_2022-12-12.csv.gz": Chain("NDX", 19_118, 41, "2022-12-13T01:31", 11706.4395, 171_001, 21_594, 123,
                                        (EXAMPLE,)),
    "cboe_qqq_2024-03-22_unclosed_quote_header.csv.gz": Chain(
        "QQQ", 9_840, 31, "2024-03-23T01:46", 445.65, 10_423_301, 2_901_906, 2_797,
        ("a quote in the heading is never closed (line 3)",)),
    "cboe_rut_2022-12-12.csv.gz": Chain("RUT", 7_334, 26, "2022-12-13T01:30", 1817.4937, 596_276, 49_809, 638,
                                        (EXAMPLE,)),
    "cboe_spx_2022-07-12_1155_intraday_no_title_row.csv.gz": Chain(
        "SPX", 19_378, 47, "2022-07-12T15:55", 3856.28, 15_716_365, 731_347, 651,
        ("heading padded with commas: saved again by a spreadsheet",)),
    "cboe_spx_2022-12-12.csv.gz": Chain("SPX", 19_156, 51, "2022-12-13T01:30", 3990.5601, 19_269_624, 2_514_317,
                                        2_303, (EXAMPLE, "only 4 % of contracts have a bid")),
    "cboe_spx_2023-02-03_partial.csv.gz": Chain(
        "SPX", 6_808, 17, "2023-02-04T04:24", 4136.48, 4_061_041, 2_270_147, 1_292,
        ("only 17 expiries, up to 2023-02-28: part of what is listed",)),
    "cboe_spx_2023-06-09_1340_intraday.csv.gz": Chain("SPX", 17_788, 49, "2023-06-09T17:40", 4300.0098, 20_105_007,
                                                      1_983_086, 533),
    "cboe_spx_2023-09-14_1631.csv.gz": Chain("SPX", 19_920, 53, "2023-09-14T20:31", 4505.1001, 20_386_854,
                                             2_839_885, 1_447),
    "cboe_spx_2023-12-09_russian_locale_partial.csv.gz": Chain(
        "SPX", 6_230, 15, "2023-12-09T18:49", 4604.3701, 9_978_820, 2_899_629, 912,
        ("Saturday 2023-12-09: market closed at its time, quotes are of Friday 2023-12-08",
         "only 15 expiries, up to 2023-12-29: part of what is listed")),
    "cboe_spx_2024-01-07.csv.gz": Chain(
        "SPX", 21_038, 55, "2024-01-07T15:52", 4697.2402, 18_098_410, 3_396_070, 1_046,
        ("Sunday 2024-01-07: market closed at its time, quotes are of Friday 2024-01-05",)),
    "cboe_spx_2025-08-27.csv.gz": Chain("SPX", 24_034, 53, "2025-08-28T01:30", 6481.3999, 20_695_655, 3_352_540,
                                        960),
    "cboe_spx_2025-08-28.csv.gz": Chain("SPX", 24_050, 53, "2025-08-28T20:25", 6501.8599, 20_898_581, 3_685_574,
                                        1_284),
    "cboe_spx_2025-08-29.csv.gz": Chain("SPX", 24_072, 53, "2025-08-29T20:29", 6460.2598, 21_008_685, 3_751_022,
                                        1_809),
    "cboe_spx_2025-08-31.csv.gz": Chain(
        "SPX", 23_254, 52, "2025-09-01T02:33", 6460.2598, 19_926_783, 1_377_000, 947,
        ("Sunday 2025-08-31: market closed at its time, quotes are of Friday 2025-08-29",)),
    "cboe_spx_2025-09-01.csv.gz": Chain(
        "SPX", 23_722, 54, "2025-09-01T12:45", 6460.2598, 20_541_497, 1_377_000, 183,
        ("Monday 2025-09-01: market closed at its time, quotes are of Friday 2025-08-29",)),
    "cboe_spy_2023-06_broken_date_header.csv.gz": Chain(
        "SPY", 7_686, 31, "2023-06-04T19:15", 427.92, 19_102_298, 6_107_184, 974,
        ("no year in its date: dated 2023-06-04 by its first expiry 2023-06-05 ('4 June 4, 3:15 PM EDT')",
         "Sunday 2023-06-04: market closed at its time, quotes are of Friday 2023-06-02")),
    "cboe_spy_2023-09-14_1631.csv.gz": Chain("SPY", 7_292, 31, "2023-09-14T20:31", 450.81, 21_573_172, 9_091_800,
                                             1_635),
    "cboe_xsp_2023-09-14_1630.csv.gz": Chain("XSP", 10_882, 51, "2023-09-14T20:30", 450.51, 504_532, 86_486, 1_321),
}  # fmt: skip


LEAN = "lean_minute/"


def listed(folder: Path) -> set[str]:
    """The files the manifest of a folder speaks of."""
    table = (folder / "MANIFEST.md").read_text(encoding="utf-8").partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))


def assert_warned(source: Source, words: tuple[str, ...]) -> None:
    assert len(source.warnings) == len(words), source.warnings
    for line, expected in zip(source.warnings, words, strict=True):
        assert expected in line


@pytest.mark.parametrize(
    ("folder", "name"),
    [("indices", name) for name in INDICES] + [("options", name) for name in OPTIONS],
)
def test_each_file_opens_with_its_events_or_is_refused_by_name(data: Path, folder: str, name: str) -> None:
    want, path = (INDICES if folder == "indices" else OPTIONS)[name], data / folder / name
    if isinstance(want, str):
        with pytest.raises(SourceError) as caught:
            open_source(path)
        assert want in str(caught.value)
        return
    source = open_source(path)
    clocks = np.concatenate([rows["clock_ns"] for rows in rows_of(source).values()])
    assert source.info.format == want.form
    assert " ".join(one.symbol for one in source.info.instruments) == want.symbols
    assert len(clocks) == source.info.rows == want.rows
    assert iso_utc(int(clocks.min())).startswith(want.first)
    assert iso_utc(int(clocks.max())).startswith(want.last)
    assert_warned(source, want.warnings)


@pytest.mark.parametrize("name", CHAINS)
def test_each_chain_has_the_contracts_of_its_manifest(data: Path, name: str) -> None:
    want, source = CHAINS[name], open_source(data / "options/cboe_csv" / name)
    assert isinstance(source, ChainSource)
    rows = rows_of(source)[Kind.CHAIN]
    assert (source.info.format, source.info.schema) == ("cboe_csv", "chain")
    assert [one.symbol for one in source.info.instruments] == [f"{want.root}.CBOE"]
    assert (len(rows), len(np.unique(rows["expiry_day"]))) == (want.contracts, want.expiries)
    assert {iso_utc(at)[:16] for at in np.unique(rows["clock_ns"]).tolist()} == {want.clock}
    assert rows["spot"][0] == want.spot
    sums = (rows["open_interest"].sum(), rows["volume"].sum(), np.isnan(rows["iv"]).sum())
    assert sums == (want.open_interest, want.volume, want.no_iv)
    assert (
        rows["flags"] == np.where(np.arange(len(rows)) < len(rows) - 1, Flag.SNAPSHOT, Flag.SNAPSHOT | 128)
    ).all()
    assert dict(source.dropped) == {}
    assert_warned(source, want.warnings)


def test_the_minute_bars_of_lean_are_refused_by_name(data: Path) -> None:
    files = [name for name in listed(data / "options") if name.startswith(LEAN)]
    assert files
    for name in files:
        with pytest.raises(SourceError, match="a zip archive of LEAN minute bars"):
            open_source(data / "options" / name)


def test_no_file_of_the_folders_is_left_out(data: Path) -> None:
    for folder, known in (
        ("indices", set(INDICES)),
        ("options", {*OPTIONS, *(f"cboe_csv/{one}" for one in CHAINS)}),
    ):
        there = {
            path.relative_to(data / folder).as_posix() for path in (data / folder).rglob("*") if path.is_file()
        }
        assert listed(data / folder) == there - {"MANIFEST.md"}
        assert {one for one in there if not one.startswith(LEAN)} - {"MANIFEST.md"} == known


def test_the_manifests_themselves_are_no_source(data: Path) -> None:
    for folder in ("indices", "options"):
        with pytest.raises(SourceError, match="of no known format"):
            open_source(data / folder / "MANIFEST.md")
