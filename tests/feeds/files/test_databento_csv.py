"""Databento's CSV of orders and of levels: rows, prices between cents, and bad rows lost one by one."""

from pathlib import Path

from cockpit.events.dtypes import GapReason, Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE
from tests.feeds.files.reading import refusal, rows_of, said

MBO = (
    "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,order_id,flags,sequence,"
    "symbol\n"
)
AT = "2025-07-17T08:05:03.36084244{}Z,2025-07-17T08:05:03.360677248Z,160,2,1108,"
MBP = (
    ",ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,sequence,"
    "bid_px_00,bid_sz_00,bid_ct_00,ask_px_00,ask_sz_00,ask_ct_00,"
    "bid_px_01,bid_sz_01,bid_ct_01,ask_px_01,ask_sz_01,ask_ct_01,symbol,order_id\n"
)


def test_order_rows_come_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        MBO + AT.format(1) + "R,N,,0,0,0,8,0,ARL\n" + AT.format(2) + "A,B,5.51,100,0,817593,130,851012,ARL\n"
        + AT.format(3) + "T,N,5.505,30,0,0,130,851013,ARL\n",
        encoding="utf-8",
    )  # fmt: skip
    source = open_source(path)
    rows = rows_of(source)[Kind.MBO]
    assert (source.info.format, source.info.schema, source.warnings) == ("databento_csv", "mbo", ())
    (share,) = source.info.instruments
    assert (share.symbol, share.tick, share.format(1102)) == ("ARL.XNAS", 0.005, "5.510")  # a trade at half a cent
    assert bytes(rows["action"]) == b"RAT"
    assert rows["price_ticks"].tolist() == [NO_PRICE, 1102, 1101]
    assert rows["size"].tolist() == [0, 100, 30]
    assert rows["order_id"].tolist() == [0, 817593, 0]
    assert rows["flags"].tolist() == [8, 130, 130]
    assert rows["clock_ns"][1] == 1_752_739_503_360_842_442
    assert rows["event_ns"][1] == 1_752_739_503_360_677_248


def test_levels_are_found_by_the_names_of_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "levels.csv"
    path.write_text(
        MBP + "0," + AT.format(1) + "A,B,0,5.51,100,130,7,5.51,100,1,5.6,20,2,,0,0,5.7,30,1,ARL,817593\n",
        encoding="utf-8",
    )
    source = open_source(path)
    row = rows_of(source)[Kind.MBP][0]
    assert source.info.schema == "mbp-2"
    assert row["bid_ticks"].tolist() == [551] + [NO_PRICE] * 9
    assert row["ask_ticks"].tolist()[:3] == [560, 570, NO_PRICE]
    assert (row["ask_sizes"].tolist()[:3], row["ask_counts"].tolist()[:3]) == ([20, 30, 0], [2, 1, 0])


def test_a_bad_order_row_is_lost_alone_and_leaves_a_gap_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    good = "A,B,5.51,100,0,{},130,1,ARL\n"
    bad = (
        AT.format(2) + "X,B,5.51,100,0,2,130,1,ARL\n",
        AT.format(2) + "A,Q,5.51,100,0,2,130,1,ARL\n",
        AT.format(2) + "A,B,cheap,100,0,2,130,1,ARL\n",
        AT.format(2) + "A,B,,100,0,2,130,1,ARL\n",
        AT.format(2) + "A,B,5.51,-3,0,2,130,1,ARL\n",
        AT.format(2) + "A,B,5.51,100,0,none,130,1,ARL\n",
        AT.format(2) + "A,B,5.51,100,0,2,999,1,ARL\n",
        "yesterday" + AT.format(2)[30:] + "A,B,5.51,100,0,2,130,1,ARL\n",
        AT.format(2) + "A,B,5.51\n",
    )
    reasons = ("unknown action", "unknown side", "price missing", "price missing", "size below 0",
               "order id missing",
               "flags unreadable", "unreadable time", "without 14 fields")  # fmt: skip
    for line, reason in zip(bad, reasons, strict=True):
        path.write_text(
            MBO + AT.format(1) + good.format(1) + line + AT.format(3) + good.format(3), encoding="utf-8"
        )
        source = open_source(path)
        rows = rows_of(source)
        assert rows[Kind.MBO]["order_id"].tolist() == [1, 3]
        assert rows[Kind.MBO]["seq"].tolist() == [0, 2]
        assert rows[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED]
        assert said(source, reason), source.warnings
        assert said(source, "line 3"), source.warnings


def test_rows_of_two_venues_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    line = AT.format(1) + "A,B,5.51,100,0,1,130,1,ARL\n"
    path.write_text(MBO + line + line.replace(",160,2,", ",160,1,"), encoding="utf-8")
    assert "2 publishers" in refusal(path)


def test_real_orders_and_levels_lose_nothing(data: Path) -> None:
    for name, kind, rows, symbol in (
        ("arl-mbo-20250717", Kind.MBO, 5_886, "ARL.XNAS"),
        ("arl-mbp10-20250717", Kind.MBP, 3_928, "ARL.XNAS"),
        ("aapl-mbp10-20241021-first2500", Kind.MBP, 2_500, "AAPL.XNAS"),
    ):
        source = open_source(data / "books" / f"{name}.csv.gz")
        found = rows_of(source)
        assert {kind: len(part) for kind, part in found.items()} == {kind: rows}
        assert (source.info.instruments[0].symbol, source.warnings) == (symbol, ())
