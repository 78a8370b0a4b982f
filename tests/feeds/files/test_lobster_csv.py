"""LOBSTER messages and best levels: told by their shape, dated and named by their file."""

from pathlib import Path

import pytest

from cockpit.events.dtypes import GapReason, Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE
from tests.feeds.files.reading import refusal, rows_of, said

NAME = "XYZ_2012-06-21_34200000_57600000_message_1.csv"
MESSAGES = (
    "34200.000000001,1,11,100,5853300,1\n"  # added
    "34200.1,2,11,30,5853300,1\n"  # partly cancelled
    "34200.2,4,11,20,5853300,1\n"  # executed
    "34200.3,5,0,7,5853350,-1\n"  # hidden execution
    "34200.4,3,11,50,5853300,1\n"  # deleted
    "34200.5,7,0,0,-1,-1\n"  # halted
)


def test_messages_become_orders_trades_and_halts(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(MESSAGES, encoding="utf-8")
    source = open_source(path)
    found = rows_of(source)
    rows = found[Kind.MBO]
    (share,) = source.info.instruments
    assert (share.symbol, source.warnings) == ("XYZ.XNAS", ())
    assert bytes(rows["action"]) == b"ACTFCTC"
    assert rows["size"].tolist() == [100, 30, 20, 20, 20, 7, 50]
    assert bytes(rows["side"]) == b"BBABBBB"  # of trades the aggressor
    assert rows["order_id"].tolist() == [11, 11, 11, 11, 11, 0, 11]
    assert share.price(rows["price_ticks"][5]) == 585.335
    assert rows["clock_ns"][0] == 1_340_285_400_000_000_001
    assert found[Kind.STATUS]["is_trading"].tolist() == [ord("N")]


def test_a_bad_message_is_lost_alone_with_a_gap(tmp_path: Path) -> None:
    path = tmp_path / NAME
    good = MESSAGES.split("\n")[0] + "\n"
    for line, reason in (
        ("34200.1,1,12,0,5853300,1\n", "size not above 0"),
        ("34200.1,9,12,5,5853300,1\n", "type is not 1 to 7"),
        ("34200.1,1,12,5,5853300,2\n", "direction"),
        ("34200.1,1,12,5,none,1\n", "price missing"),
        ("noon,1,12,5,5853300,1\n", "unreadable time"),
        ("34200.1,1,12\n", "without 6 fields"),
    ):
        path.write_text(good + line + good.replace(",11,", ",13,"), encoding="utf-8")
        source = open_source(path)
        rows = rows_of(source)
        assert rows[Kind.MBO]["order_id"].tolist() == [11, 13]
        assert rows[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED], reason
        assert said(source, reason)
        assert said(source, "line 2")


def test_best_levels_have_no_times_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "lobster-xyz-20120621-orderbook1.csv"
    path.write_text("5859400,200,5853300,18\n9999999999,0,5853300,18\n5859100,18,-9999999999,0\n", encoding="utf-8")
    source = open_source(path)
    rows = rows_of(source)[Kind.QUOTE]
    assert rows["ask_ticks"].tolist() == [117_188, NO_PRICE, 117_182]
    assert rows["bid_ticks"].tolist() == [117_066, 117_066, NO_PRICE]
    assert rows["bid_size"].tolist() == [18, 18, 0]
    assert said(source, "no times in it")


@pytest.mark.parametrize(
    ("name", "words"), [("XYZ_message.csv", "give --date"), ("2012-06-21_message_50.csv", "which share it is")]
)
def test_a_name_that_does_not_tell_enough_is_refused_with_advice(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_text(MESSAGES, encoding="utf-8")
    assert words in refusal(tmp_path / name)


def test_the_real_files_lose_nothing(data: Path) -> None:
    for name, kind, rows in (
        ("lobster-aapl-20120621-message50-0930-1010", Kind.MBO, 71_938),
        ("lobster-aapl-20120621-orderbook1-0930-1600", Kind.QUOTE, 118_497),
    ):
        source = open_source(data / "books" / f"{name}.csv.gz")
        assert {one: len(part) for one, part in rows_of(source).items()} == {kind: rows}
        assert [one.symbol for one in source.info.instruments] == ["AAPL.XNAS"]
