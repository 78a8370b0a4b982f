"""Decoded CME captures: levels by position, orders with fills, and what both lose of bad rows."""

from pathlib import Path

import numpy as np

from cockpit.events.dtypes import Flag, GapReason, Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE
from tests.feeds.files.reading import rows_of, said

LEVELS = (
    "capture_ns,packet_seq,sending_ns,transact_ns,template,match_event,last_in_event,security_id,rpt_seq,entry,"
    "action,level,price,size,num_orders,aggressor,trade_id\n"
)
ORDERS = (
    "capture_ns,packet_seq,transact_ns,template,last_in_event,security_id,side,action,order_id,priority,price,"
    "display_qty,book_entry_ref\n"
)


def level(n: int, entry: str, action: str, at: str, price: str, size: str, aggressor: str = "") -> str:
    return f"{n},{n},{n},{n},46,84,1,37699,{n},{entry},{action},{at},{price},{size},2,{aggressor},\n"


def test_new_levels_shift_down_and_deleted_ones_up(tmp_path: Path) -> None:
    path = tmp_path / "levels.csv"
    path.write_text(
        LEVELS + level(1, "ASK", "CHANGE", "1", "2926.50", "108") + level(2, "ASK", "NEW", "1", "2926.25", "7")
        + level(3, "TRADE", "NEW", "", "2926.25", "3", "BUY") + level(4, "VOLUME", "NEW", "", "", "5000")
        + level(5, "ASK", "DELETE", "1", "2926.25", "") + level(6, "BID", "CHANGE", "3", "2925.75", "9"),
        encoding="utf-8",
    )  # fmt: skip
    source = open_source(path)
    rows = rows_of(source)[Kind.MBP]
    tick = source.info.instruments[0].price
    asks = [[tick(t) for t in row if t != NO_PRICE] for row in rows["ask_ticks"].tolist()]
    assert source.info.instruments[0].symbol == "ESU9.GLBX"
    assert asks == [[2926.5], [2926.25, 2926.5], [2926.25, 2926.5], [2926.5], [2926.5]]
    assert rows["bid_ticks"][-1].tolist()[:4] == [NO_PRICE, NO_PRICE, 11_703, NO_PRICE]
    assert bytes(rows["action"]) == b"MATCM"
    assert chr(rows["side"][2]) == "B"
    assert (rows["flags"] & Flag.MAYBE_BAD_BOOK != 0).all()  # never told whole


def test_a_book_is_trusted_from_the_record_that_makes_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "levels.csv"
    lines = [level(n, "BID", "CHANGE", str(n), str(2926 - n * 0.25), "1") for n in range(1, 11)]
    lines += [level(n, "ASK", "CHANGE", str(n - 10), str(2926 + n * 0.25), "1") for n in range(11, 21)]
    path.write_text(LEVELS + "".join([*lines, lines[0]]), encoding="utf-8")
    flags = rows_of(open_source(path))[Kind.MBP]["flags"]
    assert (flags[:19] & Flag.MAYBE_BAD_BOOK != 0).all()
    assert flags[19:].tolist() == [Flag.LAST | Flag.SNAPSHOT, Flag.LAST]


def test_fills_make_a_trade_on_the_side_and_at_the_price_of_the_filled_order(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        ORDERS + "1,1,1,46,1,37699,ASK,NEW,21,5,2926.50,5,1\n" + "2,2,2,48,0,,,FILL,99,,,3,\n"
        + "2,2,2,48,0,,,FILL,21,,,2,\n" + "2,2,2,48,0,,,FILL,22,,,1,\n"
        + "2,3,2,46,1,37699,ASK,CHANGE,21,5,2926.50,3,1\n" + "2,3,2,46,1,37699,ASK,DELETE,22,6,2926.50,1,1\n"
        + "3,4,3,48,0,,,FILL,50,,,1,\n" + "3,4,3,48,0,,,FILL,51,,,1,\n",
        encoding="utf-8",
    )  # fmt: skip
    source = open_source(path)
    rows = rows_of(source)[Kind.MBO]
    assert bytes(rows["action"]) == b"ATFFMC"
    assert [(chr(one["side"]), int(one["price_ticks"]), int(one["size"])) for one in rows[1:4]] == [
        ("B", 11_706, 3), ("A", 11_706, 2), ("A", 11_706, 1)]  # fmt: skip
    assert said(source, "2 × fill of an order that is nowhere else")
    assert Kind.GAP not in rows_of(source)


def test_bad_rows_are_lost_alone(tmp_path: Path) -> None:
    path = tmp_path / "levels.csv"
    good = level(1, "BID", "CHANGE", "1", "2926.00", "1"), level(3, "BID", "CHANGE", "1", "2926.00", "2")
    for line, reason in (
        (level(2, "BID", "CHANGE", "11", "2926.00", "1"), "level outside 1 to 10"),
        (level(2, "MID", "CHANGE", "1", "2926.00", "1"), "unknown entry type"),
        (level(2, "BID", "MOVE", "1", "2926.00", "1"), "unknown action"),
        (level(2, "BID", "CHANGE", "1", "2926.10", "1"), "price off the tick grid"),
        (level(2, "BID", "CHANGE", "1", "2926.00", ""), "size missing"),
        (level(2, "BID", "CHANGE", "1", "2926.00", "1").replace("37699", ""), "without a security id"),
        ("2,2\n", "without 17 fields"),
    ):
        path.write_text(LEVELS + good[0] + line + good[1], encoding="utf-8")
        source = open_source(path)
        rows = rows_of(source)
        assert rows[Kind.MBP]["bid_sizes"][:, 0].tolist() == [1, 2]
        assert rows[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED], reason
        assert said(source, reason)
        assert said(source, "line 3")


def test_the_real_capture_has_the_trades_of_its_manifest_in_both_tables(data: Path) -> None:
    levels = open_source(data / "books" / "es-mdp3-20190829-part1-mbp.csv.gz")
    orders = open_source(data / "books" / "es-mdp3-20190829-part1-orders.csv.gz")
    mbp, mbo = rows_of(levels)[Kind.MBP], rows_of(orders)[Kind.MBO]
    assert (len(mbp), len(mbo)) == (14_937 - 483, 17_447)
    assert [one.symbol for one in levels.info.instruments[:3]] == ["ESU9.GLBX", "ESZ9.GLBX", "ESH0.GLBX"]
    for rows, source in ((mbp, levels), (mbo, orders)):
        who = [one.symbol for one in source.info.instruments].index("ESU9.GLBX")
        traded = rows[(rows["action"] == ord("T")) & (rows["instrument"] == who)]
        assert (len(traded), int(traded["size"].sum())) == (489, 3_810)
    both = [np.unique(rows[rows["action"] == ord("T")]["price_ticks"]).tolist() for rows in (mbp, mbo)]
    assert both[0] == both[1]
