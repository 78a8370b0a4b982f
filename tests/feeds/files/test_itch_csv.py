"""Decoded ITCH events: orders, trades, and what the recorded levels tell of orders from before the start."""

from pathlib import Path

import numpy as np
import pytest

from cockpit.events.dtypes import Flag, GapReason, Kind
from cockpit.feeds.files.itch_csv import NAMELESS
from cockpit.feeds.files.rows_source import RowsSource
from cockpit.feeds.files.sniff import open_source
from tests.feeds.files.reading import refusal, rows_of, said

HEAD = (
    "event_index,timestamp_ns,message_type,order_id,old_order_id,size,old_size,price,old_price,execution_price,"
    "direction,stock,ask_price_1,ask_size_1,bid_price_1,bid_size_1,ask_price_2,ask_size_2,bid_price_2,bid_size_2\n"
)
# at the start 100 rest at 10.01 and 300 at 10.02 unannounced; 7 joins the first, is traded, moves; 10.03 is deeper
EVENTS = (
    "1,34200000000001,A,7,,50,,10.01,,,-1,XYZ,10.01,150,10.00,10,10.02,300,,\n",
    "2,34200000000002,E,7,,20,,10.01,,,-1,XYZ,10.01,130,10.00,10,10.02,300,,\n",
    "3,34200000000003,D,3,,100,,10.01,,,-1,XYZ,10.01,30,10.00,10,10.02,300,,\n",
    "4,34200000000004,U,8,7.0,30,30.0,10.02,10.01,,-1,XYZ,10.02,330,10.00,10,10.03,40,,\n",
    "5,34200000000005,C,8,,30,,10.02,,10.015,-1,XYZ,10.02,300,10.00,10,10.03,40,,\n",
    "6,34200000000006,X,99,,5,,11.00,,,-1,XYZ,10.02,300,10.00,10,10.03,40,,\n",
)


def made(tmp_path: Path, *events: str, name: str = "itch-20190130.csv") -> RowsSource:
    path = tmp_path / name
    path.write_text(HEAD + "".join(events), encoding="utf-8")
    source = open_source(path)
    assert isinstance(source, RowsSource)
    return source


def test_events_become_orders_and_the_hidden_rest_one_nameless_order_a_level(tmp_path: Path) -> None:
    source = made(tmp_path, *EVENTS)
    rows = rows_of(source)[Kind.MBO]
    (share,) = source.info.instruments
    assert (share.symbol, share.tick) == ("XYZ.XNAS", 0.005)
    nameless = rows[rows["order_id"] >= NAMELESS]
    adds = nameless[nameless["action"] == ord("A")]
    assert [(share.price(one["price_ticks"]), int(one["size"])) for one in adds] == [
        (10.0, 10), (10.01, 100), (10.02, 300), (10.03, 40)]  # fmt: skip
    assert nameless[nameless["action"] == ord("C")]["size"].tolist() == [100]  # order 3 was part of it
    ends = np.flatnonzero((rows["flags"] & Flag.LAST) != 0)
    assert len(ends) == len(EVENTS)
    assert source.recorded is not None
    assert len(rows_of(source.recorded)[Kind.MBP]) == len(EVENTS)
    assert rows["clock_ns"][0] == 1_548_858_600_000_000_001  # 09:30 in New York
    trades = rows[rows["action"] == ord("T")]
    assert [(share.price(t["price_ticks"]), int(t["size"]), chr(t["side"])) for t in trades] == [
        (10.01, 20, "B"), (10.015, 30, "B")]  # fmt: skip
    assert said(source, "below the depth shown since")  # order 99


def test_a_bad_event_is_lost_alone_with_a_gap(tmp_path: Path) -> None:
    for old, new, reason in (
        (",A,7,", ",Q,7,", "unknown message type"),
        (",-1,XYZ", ",0,XYZ", "direction"),
        (",10.01,,,", ",,,,", "price missing"),
        (",50,,10.01", ",0,,10.01", "size not above 0"),
        ("34200000000001", "noon", "unreadable time"),
        (",10.01,150,", ",,150,", "price missing"),
    ):
        source = made(tmp_path, EVENTS[5], EVENTS[0].replace(old, new, 1), EVENTS[5])
        rows = rows_of(source)
        assert rows[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED], reason
        assert said(source, reason)
        assert said(source, "line 3")
        assert source.recorded is not None
        assert len(rows_of(source.recorded)[Kind.MBP]) == 2


def test_without_a_date_in_its_name_it_says_how_to_give_one(tmp_path: Path) -> None:
    path = tmp_path / "itch.csv"
    path.write_text(HEAD + EVENTS[0], encoding="utf-8")
    assert "give --date" in refusal(path)
    assert open_source(path, day=17_926).info.first_ns == 1_548_858_600_000_000_001


def test_events_of_two_shares_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "itch-20190130.csv"
    path.write_text(HEAD + EVENTS[0] + EVENTS[1].replace("XYZ", "ABC"), encoding="utf-8")
    assert "2 shares" in refusal(path)


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_how_it_is_cut_into_chunks_makes_no_difference(data: Path, size: int) -> None:
    path = data / "books" / "itch-aapl-20190130-events-book10-first2000.csv.gz"
    whole, cut = rows_of(open_source(path))[Kind.MBO], rows_of(open_source(path, size))[Kind.MBO]
    assert whole.tobytes() == cut.tobytes()
    assert len(np.unique(whole["clock_ns"])) > 1_000
