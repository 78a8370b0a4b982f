"""Cboe's chain tables: a hand-made one in all its states of disrepair."""

import gzip
import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import CALL, PUT, Flag, GapReason, Kind
from cockpit.feeds.files.chain_source import ChainSource
from cockpit.feeds.files.option_symbols import day_date
from cockpit.feeds.files.sniff import open_source
from cockpit.instants import iso_utc
from cockpit.units import NO_TIME, Rows
from tests.feeds.files.reading import as_bytes, chain_of, mutated, rows_of, said

MADE = Path(__file__).parents[2] / "data/cboe/spx_quotedata.csv"
TEXT = MADE.read_text(encoding="utf-8")
LINES = TEXT.split("\n")
TITLE, DATE, NAMES = LINES[1], LINES[2], LINES[3]


def opened(tmp_path: Path, text: str | bytes, name: str = "quotedata.csv") -> ChainSource:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    source = open_source(path)
    assert isinstance(source, ChainSource)
    return source


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


# -- what a whole file gives -------------------------------------------------------------------------------


def test_each_line_becomes_a_call_and_a_put_of_one_snapshot() -> None:
    source = open_source(MADE)
    assert isinstance(source, ChainSource)
    rows = chain_of(source)
    info = source.info
    assert (info.format, info.schema, info.rows, info.quick_seek) == ("cboe_csv", "chain", 10, True)
    assert [one.symbol for one in info.instruments] == ["SPX.CBOE"]
    assert source.warnings == ()
    assert dict(source.dropped) == {}
    assert {iso_utc(at)[:16] for at in rows["clock_ns"].tolist()} == {"2026-11-20T15:09"}
    assert (rows["clock_ns"] == rows["event_ns"]).all()
    assert (rows["recv_ns"] == NO_TIME).all()
    assert (rows["instrument"] == 0).all()
    assert (rows["spot"] == 6012.44).all()
    assert rows["right"].tolist() == [CALL, PUT] * 5
    assert rows["root"].tolist() == [b"SPX"] * 2 + [b"SPXW"] * 2 + [b"SPX"] * 4 + [b"SPXW"] * 2
    assert rows["strike"].tolist() == [6000.0] * 4 + [6025.5] * 2 + [6100.0] * 2 + [7000.0] * 2
    assert str(day_date(int(rows["expiry_day"][4]))) == "2026-12-18"
    put = rows[3]
    named = ("bid", "ask", "last", "volume", "open_interest", "iv", "delta", "gamma")
    assert [put[name] for name in named] == [6.0, 6.3, 6.1, 12044.0, 1733.0, 0.1421, -0.4467, 0.0089]


def test_only_the_last_contract_ends_the_snapshot() -> None:
    flags = chain_of(open_source(MADE))["flags"]
    assert (flags & Flag.SNAPSHOT).all()
    assert np.flatnonzero(flags & Flag.LAST).tolist() == [9]


def test_an_implied_volatility_of_0_is_unknown_and_a_gamma_of_0_stays() -> None:
    call = chain_of(open_source(MADE))[4]
    assert np.isnan(call["iv"])
    assert (call["gamma"], call["delta"], call["bid"], call["last"]) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("size", [1, 3, 10, 100])
def test_chunks_are_no_longer_than_asked_and_give_the_same_rows(size: int) -> None:
    source = open_source(MADE, size)
    assert max(part.events for part in source.chunks()) <= size
    assert as_bytes(source) == as_bytes(open_source(MADE))
    assert [part.first_seq for part in source.chunks(1)] == list(range(size, 10, size))


def test_gzip_padding_and_line_ends_change_nothing(tmp_path: Path) -> None:
    want = as_bytes(open_source(MADE))
    padded = "\n".join([f"{TITLE},,,,,,,,,", f"{DATE},,,,,,,,", *(f"{line},," for line in LINES[3:-1]), ""])
    forms = {
        "zipped": gzip.compress(TEXT.encode(), mtime=0),
        "dos": TEXT.replace("\n", "\r\n"),
        "marked": "\N{ZERO WIDTH NO-BREAK SPACE}" + TEXT,
        "no blank line": TEXT.lstrip("\n"),
        "padded": padded,
    }
    for name, text in forms.items():
        source = opened(tmp_path, text, "a.csv")
        assert as_bytes(source) == want, name
        assert said(source, "saved again by a spreadsheet") == (name == "padded")


def test_quoted_numbers_may_be_grouped_in_thousands(tmp_path: Path) -> None:
    source = opened(tmp_path, changed((",512,", ',"12,512",'), ("6000.00", '"6,000.00"')))
    assert chain_of(source)["volume"][1] == 12512.0
    assert len(chain_of(source)) == 10


# -- headings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "clock"),
    [
        ("Date: 20 November 2026, 10:09 AM EST,Bid: 1,Ask: 2,Size: 1*1,Volume: 0", "2026-11-20T15:09"),
        ("Date: 20 de novembro de 2026 às 10:09 GMT-5,Bid: 1,Ask: 2,Size: 1*1", "2026-11-20T15:09"),
        ("Date: 20 ноября 2026 г. в 10:09 GMT-5,Bid: 1,Ask: 2", "2026-11-20T15:09"),
        ("Date: 20 novembre 2026 à 16:09 GMT+1,Bid: 1", "2026-11-20T15:09"),
        ("Datum: 20. November 2026 um 10:09 GMT-5,Bid: 1", "2026-11-20T15:09"),
    ],
)
def test_the_clock_is_the_instant_of_the_heading_in_any_language(tmp_path: Path, line: str, clock: str) -> None:
    source = opened(tmp_path, changed((DATE, line)))
    assert iso_utc(int(chain_of(source)["clock_ns"][0]))[:16] == clock
    assert source.warnings == ()


@pytest.mark.parametrize(
    ("line", "clock", "words"),
    [
        (
            "Date: November 20, 2026 at 10:09 AM,Bid: 1",
            "2026-11-20T15:09",
            "no time zone in its heading: taken as New",
        ),
        ("Date: November 20, 2026,Bid: 1", "2026-11-20T21:15", "no time of day in its heading: taken as 16:15"),
        ("Date: 20 November 2, 3:15 PM EST,Bid: 1", "2026-11-20T20:15", "no year in its date: dated 2026-11-20 by"),
        (
            "Date: 31 November 2, 3:15 PM EST,Bid: 1",
            "2026-11-20T20:15",
            "its date cannot be read: dated by its first",
        ),
        (
            "Date: 20 Smarch 2026, 3:15 PM EST,Bid: 1",
            "2026-11-20T20:15",
            "words of its date not understood: Smarch",
        ),
        ("Date: 20 November 9026, 3:15 PM EST,Bid: 1", "2026-11-20T20:15", "no year in its date"),
        ("Date: 12/11/2026, 10:09 AM EST,Bid: 1", "2026-11-12T15:09", "day and month of its date could be swapped"),
        ("", "2026-11-20T21:15", "no date above the table: dated by its first expiry 2026-11-20"),
        ("Date: July 20, 2026 at 10:09 AM EST,Bid: 1", "2026-07-20T15:09", "its heading says EST on a day of EDT"),
    ],
)
def test_what_a_heading_does_not_say_is_assumed_aloud(tmp_path: Path, line: str, clock: str, words: str) -> None:
    source = opened(tmp_path, changed((DATE, line)))
    assert iso_utc(int(chain_of(source)["clock_ns"][0]))[:16] == clock
    assert said(source, words), source.warnings


def test_a_chain_without_a_title_has_no_spot(tmp_path: Path) -> None:
    source = opened(tmp_path, changed((TITLE, "")))
    assert np.isnan(chain_of(source)["spot"]).all()
    assert said(source, "no last price of the underlying")
    source = opened(tmp_path, changed(("Last: 6012.44", "Last: 0")))
    assert said(source, "no last price of the underlying ('0')")


def test_a_table_without_column_names_is_read_in_the_order_cboe_writes_them(tmp_path: Path) -> None:
    source = opened(tmp_path, changed((f"{NAMES}\n", "")))
    assert as_bytes(source) == as_bytes(open_source(MADE))
    assert said(source, "no column names")


def test_a_table_without_any_heading_is_read_and_says_all_that_is_missing(tmp_path: Path) -> None:
    source = opened(tmp_path, "\n".join(LINES[4:]))
    assert len(chain_of(source)) == 10
    for words in ("no column names", "no date above the table", "no last price"):
        assert said(source, words)


def test_odd_lines_above_the_table_are_said(tmp_path: Path) -> None:
    assert said(opened(tmp_path, "---Example Data---" + TEXT), "---Example Data---")
    source = opened(tmp_path, changed((DATE, DATE.removesuffix("0").replace("Volume:", '"Volume: 28,253,899'))))
    assert said(source, "a quote in the heading is never closed (line 3)")
    assert len(chain_of(source)) == 10


def test_a_title_of_another_underlying_than_the_contracts_is_said_and_the_contracts_count() -> None:
    source = open_source(MADE.with_name("titled_spx_holds_xsp.csv"))
    assert isinstance(source, ChainSource)
    assert [one.symbol for one in source.info.instruments] == ["XSP.CBOE"]
    assert set(chain_of(source)["root"].tolist()) == {b"XSP"}
    assert said(source, "its title says S&P 500 INDEX (SPX), its contracts are of XSP: the contracts count")


def test_the_name_of_a_file_decides_nothing_and_is_contradicted(tmp_path: Path) -> None:
    source = opened(tmp_path, TEXT, "ndx_quotedata.csv")
    assert [one.symbol for one in source.info.instruments] == ["SPX.CBOE"]
    assert said(source, "its name says NDX, its contracts are of SPX")
    assert opened(tmp_path, TEXT, "whatever.json").warnings == ()


# -- rows that cannot be trusted -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "count", "words"),
    [
        (",14.3,14.9,", ",-14.3,14.9,", 1, "contract refused: negative bid (line 5: SPX261120C06000000 -14.3)"),
        (",14.3,14.9,", ",nan,14.9,", 1, "contract refused: bid is no number (line 5: SPX261120C06000000)"),
        (",14.3,14.9,", ",14.3,inf,", 1, "ask is no number"),
        (",14.3,14.9,", ",14.3,,", 1, "ask is no number"),
        (",0.5612,", ",1.5612,", 1, "delta outside -1 to 1 (line 5: SPX261120C06000000 1.5612)"),
        (",0.0081,4120", ",-0.0081,4120", 1, "negative gamma"),
        (",4120,", ",-1,", 1, "negative open interest"),
        (",310,", ",3l0,", 1, "volume is no number"),
        ("SPX261120C06000000", "SPX261320C06000000", 1, "no option symbol (line 5: SPX261320C06000000)"),
        ("6000.00", "6000.50", 2, "expiry or strike beside it differ from its symbol (first: line 5"),
        ("Fri Nov 20 2026", "Thu Nov 19 2026", 2, "expiry or strike beside it differ"),
        ("Fri Nov 20 2026", "someday", 2, "expiry or strike beside it differ"),
        ("SPX261120C06000000", "SPX261120C06100000", 1, "expiry or strike beside it differ"),
        (",4120,6000.00", ",4120", 2, "line without 22 fields dropped (line 5"),
        (
            "SPXW261120C06000000",
            "XSP261120C06000000",
            1,
            "of another underlying than SPX (line 6: XSP261120C06000000)",
        ),
    ],
)
def test_a_contract_that_cannot_be_trusted_is_refused_counted_and_named(
    tmp_path: Path, old: str, new: str, count: int, words: str
) -> None:
    source = opened(tmp_path, changed((old, new)))
    assert len(chain_of(source)) == 10 - count
    assert dict(source.dropped) == {"bad_row": count}
    assert said(source, words), source.warnings
    assert chain_of(source)["flags"][-1] & Flag.LAST


def test_a_contract_that_is_there_twice_counts_once_and_the_first_time(tmp_path: Path) -> None:
    again = LINES[5].replace(",2210,", ",9999,")
    source = opened(tmp_path, "\n".join([*LINES[:6], again, *LINES[6:]]))
    assert dict(source.dropped) == {"duplicate": 2}
    assert as_bytes(source) == as_bytes(open_source(MADE))
    assert said(source, "2 × contract refused: it is there already (first: line 7: SPXW261120C06000000)")


def test_adjusted_contracts_stay_under_their_own_root_and_are_said(tmp_path: Path) -> None:
    source = opened(tmp_path, changed(("SPXW261120C06000000", "SPXW1261120C06000000")))
    assert chain_of(source)["root"][2] == b"SPXW1"
    assert said(source, "contract kept: adjusted, its deliverable is not the ordinary one (line 6")


def test_a_file_without_a_usable_contract_says_why(tmp_path: Path) -> None:
    text = "\n".join([*LINES[:4], LINES[4].replace("261120", "261320"), ""])
    with pytest.raises(SourceError, match=r"without a usable contract; .*no option symbol"):
        opened(tmp_path, text)
    with pytest.raises(SourceError, match="with no line of contracts that could be read"):
        opened(tmp_path, "\n".join([*LINES[:4], "Fri Nov 20 2026,SPX261120C06000000", ""]))
    with pytest.raises(SourceError, match="ends before its table"):
        opened(tmp_path, "\n".join(LINES[:3]))


def test_a_table_between_other_marks_than_commas_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="option chain separated by semicolons"):
        opened(tmp_path, TEXT.replace(",", ";"))


# -- columns that are missing ------------------------------------------------------------------------------


def without(column: str) -> str:
    drop = [place for place, name in enumerate(NAMES.split(",")) if name == column]
    kept = [
        ",".join(field for place, field in enumerate(line.split(",")) if place not in drop) for line in LINES[3:-1]
    ]
    return "\n".join([*LINES[:3], *kept, ""])


@pytest.mark.parametrize(
    ("column", "name"), [("Bid", "bid"), ("IV", "iv"), ("Gamma", "gamma"), ("Volume", "volume")]
)
def test_a_column_that_is_not_there_is_unknown_and_said(tmp_path: Path, column: str, name: str) -> None:
    source = opened(tmp_path, without(column))
    assert np.isnan(chain_of(source)[name]).all()
    assert len(chain_of(source)) == 10
    assert said(source, f"no column with {name}: unknown")


def test_a_column_of_blanks_is_unknown_and_said(tmp_path: Path) -> None:
    bids = [place for place, name in enumerate(NAMES.split(",")) if name == "Bid"]
    blank = [
        ",".join("" if place in bids else field for place, field in enumerate(line.split(",")))
        for line in LINES[4:-1]
    ]
    source = opened(tmp_path, "\n".join([*LINES[:4], *blank, ""]))
    assert np.isnan(chain_of(source)["bid"]).all()
    assert said(source, "the column with bid is empty: unknown")
    assert not said(source, "% of contracts have a bid")


def test_shorter_names_of_columns_are_known(tmp_path: Path) -> None:
    text = TEXT.replace("Open Interest", "Open Int").replace(
        "Last Sale,Net,Bid,Ask,Volume", "Last Sale,Net,Bid,Ask,Vol"
    )
    assert as_bytes(opened(tmp_path, text)) == as_bytes(open_source(MADE))


def test_a_table_without_its_puts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="without columns Calls and Puts"):
        opened(tmp_path, TEXT.replace("Puts", "Something"))
    with pytest.raises(SourceError, match="without columns Calls and Puts"):
        opened(tmp_path, TEXT.replace("Calls", "Puts"))


# -- what is odd about the whole -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("November 21, 2026", "Saturday 2026-11-21: market closed at its time, quotes are of Friday 2026-11-20"),
        ("November 22, 2026", "Sunday 2026-11-22: market closed at its time, quotes are of Friday 2026-11-20"),
        ("November 26, 2026", "Thursday 2026-11-26: market closed at its time, quotes are of Wednesday 2026-11-25"),
        (
            "November 27, 2026",
            "dated 2026-11-27, after contracts that expired on 2026-11-20: its date may have been",
        ),
        (
            "June 1, 2020",
            "dated 2020-06-01, long before its first expiry 2026-11-20: its date may have been rewritten",
        ),
    ],
)
def test_a_date_that_does_not_fit_is_said(tmp_path: Path, day: str, words: str) -> None:
    source = opened(tmp_path, changed(("November 20, 2026", day)))
    assert said(source, words), source.warnings


def test_the_day_after_an_expiry_its_contracts_may_still_be_listed(tmp_path: Path) -> None:
    assert opened(tmp_path, changed(("November 20, 2026", "November 23, 2026"))).warnings == ()


def test_a_part_of_the_expiries_is_said(tmp_path: Path) -> None:
    source = opened(tmp_path, "\n".join([*LINES[:8], ""]))
    assert said(source, "only 2 expiries, up to 2026-12-18: part of what is listed")


def test_a_chain_nobody_quotes_is_said(tmp_path: Path) -> None:
    fields = [line.split(",") for line in LINES[4:-1]]
    for line in fields:
        for place in (4, 7, 8, 9, 10, 15, 18, 19, 20, 21):
            line[place] = "0"
    fields[0][15] = fields[0][4] = "1"
    source = opened(tmp_path, "\n".join([*LINES[:4], *(",".join(line) for line in fields), ""]))
    for words in ("only 20 % of contracts have a bid", "no contract has an implied volatility",
                  "all greeks of the file are 0", "no contract has open interest"):  # fmt: skip
        assert said(source, words), source.warnings


def test_a_spot_far_from_every_strike_is_said(tmp_path: Path) -> None:
    source = opened(tmp_path, changed(("Last: 6012.44", "Last: 601.24")))
    assert said(source, "its last price 601.24 is far outside its strikes, 6000 to 7000")


# -- torn files ----------------------------------------------------------------------------------------------


def test_a_text_cut_inside_a_line_keeps_the_lines_before_and_ends_with_a_gap(tmp_path: Path) -> None:
    source = opened(tmp_path, TEXT[: TEXT.index(",6100.00")])
    rows = rows_of(source)
    assert (len(rows[Kind.CHAIN]), source.info.rows) == (6, 7)
    (gap,) = rows[Kind.GAP]
    assert (gap["reason"], gap["clock_ns"]) == (GapReason.TRUNCATED, rows[Kind.CHAIN]["clock_ns"][-1])
    assert rows[Kind.CHAIN]["flags"][-1] & Flag.LAST
    assert said(source, "torn at line 8: it ends inside that line; everything before was read")


def test_a_last_line_without_its_end_may_be_cut_and_stays(tmp_path: Path) -> None:
    source = opened(tmp_path, TEXT.rstrip("\n"))
    assert len(chain_of(source)) == 10
    assert said(source, "last line has no end: it may be cut (line 9)")


def test_a_torn_gzip_keeps_what_could_be_unpacked(tmp_path: Path, data: Path) -> None:
    packed = (data / "options/cboe_csv/cboe_rut_2022-12-12.csv.gz").read_bytes()
    source = opened(tmp_path, packed[: len(packed) // 2], "rut.csv.gz")
    rows = rows_of(source)
    assert 1_000 < len(rows[Kind.CHAIN]) < 7_334
    assert len(rows[Kind.GAP]) == 1
    assert said(source, "torn at byte")
    whole = rows_of(open_source(data / "options/cboe_csv/cboe_rut_2022-12-12.csv.gz"))[Kind.CHAIN]
    assert np.array_equal(whole["bid"][: len(rows[Kind.CHAIN])], rows[Kind.CHAIN]["bid"])


# -- mutated input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_mutated_tables_give_events_or_a_source_error(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    path, refusals = tmp_path / "chain.csv", []
    for _ in range(50):
        path.write_bytes(mutated(TEXT, rng, b'0123456789,.-/: \n;x\0\xff"CP', [1, 3, 10, 60], tail=200, least=b"x"))
        try:
            source = open_source(path)
        except SourceError as error:
            refusals.append(str(error))
            continue
        rows = rows_of(source)
        assert sum(map(len, rows.values())) == source.info.rows
        if source.info.format == "cboe_csv":
            assert_is_sound(rows[Kind.CHAIN])
    assert not [line for line in refusals if "\n" in line]


def assert_is_sound(rows: Rows) -> None:
    for name in ("bid", "ask", "last", "volume", "open_interest", "gamma"):
        assert not (rows[name] < 0).any()
        assert np.isfinite(rows[name][~np.isnan(rows[name])]).all()
    assert (rows["strike"] > 0).all()
    assert not (rows["iv"] <= 0).any()
    assert len(set(rows["clock_ns"].tolist())) == 1
    assert all(date(2000, 1, 1) <= day_date(day) <= date(2099, 12, 31) for day in rows["expiry_day"].tolist())
