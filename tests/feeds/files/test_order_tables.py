"""Order-level books of crypto venues: Bitstamp's table and Bitfinex's frames."""

import json
from pathlib import Path
from typing import Any

from cockpit.events.dtypes import Flag, GapReason, Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE, NO_TIME
from tests.feeds.files.reading import refusal, rows_of, said

BITSTAMP = "id,timestamp,exchange.timestamp,price,volume,action,direction\n"


def test_a_deletion_takes_out_what_rested(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        BITSTAMP + "7,1430438404518,1430438404000,236.47,200,created,bid\n"
        "7,1430438404635,1430438404000,236.47,150,changed,bid\n"
        "7,1430438404700,1430438404000,236.47,0,deleted,bid\n"
        "5,1430438404701,1430438340000,236.50,9,deleted,ask\n",
        encoding="utf-8",
    )
    source = open_source(path)
    rows = rows_of(source)[Kind.MBO]
    (pair,) = source.info.instruments
    assert (pair.symbol, pair.tick, pair.lot) == ("BTCUSD.BITSTAMP", 0.01, 1e-8)
    assert bytes(rows["action"]) == b"AMCC"
    assert rows["size"].tolist() == [200, 150, 150, 9]
    assert rows["clock_ns"][0] == 1_430_438_404_518_000_000
    assert rows["event_ns"].tolist()[:2] == [1_430_438_404_000_000_000, NO_TIME]
    assert source.warnings == ()


def test_what_is_said_after_a_deletion_changes_nothing_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    line = "7,143043840451{},1430438404000,236.47,200,{},bid\n"
    path.write_text(
        BITSTAMP + line.format(1, "deleted") + line.format(2, "created") + line.format(3, "deleted"),
        encoding="utf-8",
    )
    source = open_source(path)
    assert bytes(rows_of(source)[Kind.MBO]["action"]) == b"CNC"
    assert said(source, "order created after its deletion, taken for gone (line 3)")


def test_a_bad_row_is_lost_alone_with_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    good = "{},1430438404518,1430438404000,236.47,200,created,bid\n"
    for line, reason in (
        ("2,1430438404518,1,236.47,200,moved,bid\n", "unknown action"),
        ("2,1430438404518,1,236.47,200,created,both\n", "unknown direction"),
        ("2,1430438404518,1,236.47,-4,created,bid\n", "volume missing or below 0"),
        ("2,soon,1,236.47,200,created,bid\n", "unreadable time"),
        ("2,1430438404518,1,,200,created,bid\n", "price missing"),
    ):
        path.write_text(BITSTAMP + good.format(1) + line + good.format(3), encoding="utf-8")
        source = open_source(path)
        found = rows_of(source)
        assert found[Kind.MBO]["order_id"].tolist() == [1, 3]
        assert found[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED]
        assert said(source, reason)


SUBSCRIBED = {
    "event": "subscribed",
    "channel": "book",
    "chanId": 17,
    "symbol": "tBTCUSD",
    "prec": "R0",
    "pair": "BTCUSD",
}


def frames(tmp_path: Path, *more: Any) -> Path:
    path = tmp_path / "frames.json"
    snapshot = [17, [[1, 100.5, 0.25], [2, 101, -3]]]
    path.write_text(json.dumps([{"event": "info"}, SUBSCRIBED, snapshot, *more]), encoding="utf-8")
    return path


def test_frames_become_a_snapshot_and_changes_clocked_by_their_number(tmp_path: Path) -> None:
    path = frames(
        tmp_path, [17, [3, 100.75, 1]], [17, "hb"], [17, [1, 100.25, 0.2]], [17, [3, 0, 1]], [17, [9, 0, -1]]
    )
    source = open_source(path)
    rows = rows_of(source)[Kind.MBO]
    (pair,) = source.info.instruments
    assert (pair.symbol, pair.lot) == ("BTCUSD.BITFINEX", 1e-8)
    assert bytes(rows["action"]) == b"AAAMCC"
    assert bytes(rows["side"]) == b"BABBBA"
    assert [pair.price(t) for t in rows["price_ticks"].tolist() if t != NO_PRICE] == [100.5, 101, 100.75, 100.25]
    assert rows["size"].tolist()[:5] == [25_000_000, 300_000_000, 100_000_000, 20_000_000, 100_000_000]
    assert (rows["flags"] & Flag.SNAPSHOT != 0).tolist() == [True, True, False, False, False, False]
    assert rows["clock_ns"].tolist() == [n * 1_000_000 for n in (2, 2, 3, 5, 6, 7)]
    assert said(source, "frames have no times")


def test_spoilt_frames_are_counted_and_lost_alone(tmp_path: Path) -> None:
    path = frames(tmp_path, [17, [3, "x", 1]], [17, [3, 1e300, 1]], [17, []], [17, [[4, 1]]], [17, [5, 99, 1]])
    source = open_source(path)
    assert rows_of(source)[Kind.MBO]["order_id"].tolist() == [1, 2, 5]
    assert said(source, "4 × frame that is no order (first: message 4)")
    assert rows_of(source)[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED] * 4


def test_a_cut_recording_ends_with_a_gap(tmp_path: Path) -> None:
    path = frames(tmp_path, [17, [3, 100.75, 1]], [17, [5, 99, 1]])
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rfind("99")], encoding="utf-8")
    source = open_source(path)
    found = rows_of(source)
    assert found[Kind.MBO]["order_id"].tolist() == [1, 2, 3]
    assert found[Kind.GAP]["reason"].tolist() == [GapReason.TRUNCATED]


def test_frames_without_orders_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "frames.json"
    path.write_text(json.dumps([SUBSCRIBED, [17, "hb"]]), encoding="utf-8")
    assert "no frame with an order" in refusal(path)


def test_the_real_files_lose_nothing(data: Path) -> None:
    for name, rows in (("bitfinex-l3-btcusd.json.gz", 100_048), ("bitstamp-l3-20150501-first30000.csv.gz", 30_000)):
        found = rows_of(open_source(data / "books" / name))
        assert {one: len(part) for one, part in found.items()} == {Kind.MBO: rows}
