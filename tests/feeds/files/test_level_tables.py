"""Tables of levels and best quotes: Tardis, the SGX text, and trades with the ladder beside them."""

from pathlib import Path

import numpy as np

from cockpit.events.dtypes import GapReason, Kind
from cockpit.feeds.files.rows_source import RowsSource
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE
from tests.feeds.files.reading import refusal, rows_of, said

QUOTES = "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n"
TRADES = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"
PAIR = "binance-futures,BTCUSDT,158232960{0}096000,158232960{0}502092,"


def test_tardis_quotes_are_in_lots_of_their_venue(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text(QUOTES + PAIR.format(1) + "0.84,9682,9681.92,0.67\n" + PAIR.format(2) + ",,9681.9,1\n", "utf-8")
    source = open_source(path)
    rows = rows_of(source)[Kind.QUOTE]
    (pair,) = source.info.instruments
    assert (pair.symbol, pair.tick, pair.lot) == ("BTCUSDT-PERP.BINANCE", 0.02, 0.001)
    assert (rows["ask_size"].tolist(), rows["bid_size"].tolist()) == ([840, 0], [670, 1000])
    assert [pair.price(t) for t in rows["bid_ticks"].tolist()] == [9681.92, 9681.9]
    assert rows["ask_ticks"][1] == NO_PRICE
    assert (rows["clock_ns"][0], rows["recv_ns"][0]) == (1_582_329_601_096_000_000, 1_582_329_601_502_092_000)


def test_tardis_trades_keep_who_crossed_the_spread(tmp_path: Path) -> None:
    path = tmp_path / "trades.csv"
    path.write_text(
        TRADES + PAIR.format(1) + "1,buy,9682,0.132\n" + PAIR.format(2) + "2,sell,9681.5,0.0005\n"
        + PAIR.format(3) + "3,sell,cheap,1\n", encoding="utf-8",
    )  # fmt: skip
    source = open_source(path)
    rows = rows_of(source)[Kind.TRADE]
    assert (bytes(rows["aggressor"]), source.info.instruments[0].lot) == (b"BA", 0.0005)
    assert rows["size"].tolist() == [264, 1]
    assert said(source, "line 4")


def test_other_exchanges_keep_their_name_and_mixtures_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "trades.csv"
    line = PAIR.format(1) + "1,buy,9682,0.132\n"
    path.write_text(TRADES + line.replace("binance-futures", "deribit"), encoding="utf-8")
    assert open_source(path).info.instruments[0].symbol == "BTCUSDT.DERIBIT"
    path.write_text(TRADES + line + line.replace("BTC", "ETH"), encoding="utf-8")
    assert "2 symbols" in refusal(path)


SGX = "Bid,Bid_Quantity,Ask,Ask_Quantity\n"


def test_blocks_of_levels_are_records_in_singapore_time(tmp_path: Path) -> None:
    path = tmp_path / "sgx.txt"
    path.write_text(
        SGX + "TimeStamp,2014-01-09D09:00:56.062524200\n667500.0,1.0,683000.0,2.0\n660000.0,100.0,684500.0,2.0\n"
        "TimeStamp,2014-01-09D09:00:57\n667500.0,1.0,0.0,0.0\n",
        encoding="utf-8",
    )
    source = open_source(path)
    rows = rows_of(source)[Kind.MBP]
    assert (source.info.instruments[0].symbol, source.info.schema) == ("A50.SGX", "mbp-3")
    assert rows["clock_ns"].tolist() == [1_389_229_256_062_524_200, 1_389_229_257_000_000_000]
    assert rows["bid_ticks"][0].tolist()[:3] == [6675, 6600, NO_PRICE]
    assert rows["ask_ticks"][:, 0].tolist() == [6830, NO_PRICE]
    assert rows["ask_sizes"][0].tolist()[:3] == [2, 2, 0]


def test_a_bad_block_is_lost_alone(tmp_path: Path) -> None:
    path = tmp_path / "sgx.txt"
    good = "TimeStamp,2014-01-09D09:00:5{}\n667500.0,1.0,683000.0,2.0\n"
    for block in ("TimeStamp,2014-01-09D09:00:52\n667500.0,x,683000.0,2.0\n", "TimeStamp,today\n1.0,1.0,2.0,2.0\n"):
        path.write_text(SGX + good.format(1) + block + good.format(3), encoding="utf-8")
        found = rows_of(open_source(path))
        assert len(found[Kind.MBP]) == 2
        assert found[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED]


DOM = (
    "Date;Time;Sequence;DepthSequence;Price;Volume;TradeType;AskPrice;BidPrice;AskSize;BidSize;AskDOMPrice;"
    "BidDOMPrice;AskDOM_0;BidDOM_0;AskDOM_1;BidDOM_1\n"
)


def test_a_trade_carries_the_ladder_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "es-dom.csv"
    path.write_text(
        DOM + "2022-01-24;13:30:00.5003;9;8;4347.75;3;2;4347.75;4347.5;12;34;4348.00;4347.5;11;35;0;25\n"
        "2022-01-24;13:30:00.107000;10;8;4347.5;1;1;4347.75;4347.5;12;34;4348.00;4347.5;11;35;60;25\n"
        "2022-01-24;13:30:00;10;8;4347.5;1;1;4347.75;4347.5;12;34;4348.00;4347.5;11;35;60;25\n",
        encoding="utf-8",
    )
    source = open_source(path)
    rows = rows_of(source)[Kind.MBP]
    assert source.info.instruments[0].symbol == "ES-CONT.GLBX"
    # milliseconds have no leading zeros: .5003 is the fourth trade of the fifth millisecond
    assert (rows["clock_ns"] - 1_643_031_000_000_000_000).tolist() == [5_000_000, 107_000_000]
    assert bytes(rows["side"]) == b"BA"
    assert rows["ask_ticks"][:, :2].tolist() == [[17_392, NO_PRICE], [17_392, 17_393]]
    assert rows["bid_ticks"][0, :3].tolist() == [17_390, 17_389, NO_PRICE]
    assert said(source, "line 4")
    assert isinstance(source, RowsSource)
    assert source.recorded is not None
    assert rows_of(source.recorded)[Kind.QUOTE]["ask_ticks"].tolist() == [17_391, 17_391]


def test_a_ladder_whose_name_tells_no_future_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ladder.csv"
    path.write_text(DOM + "2022-01-24;13:30:00.5003;9;8;1;3;2;1;1;12;34;1;1;11;35;0;25\n", encoding="utf-8")
    assert "which future it is" in refusal(path)


def test_the_real_files_lose_nothing(data: Path) -> None:
    for name, kind, rows in (
        ("tardis-binancefut-btcusdt-quotes-20200222.csv.gz", Kind.QUOTE, 9_999),
        ("tardis-binancefut-btcusdt-trades-20200222.csv.gz", Kind.TRADE, 9_999),
        ("sgx-a50-book3-20140109.txt.gz", Kind.MBP, 26_805),
        ("es-trades-dom40-20220124T1330.csv.gz", Kind.MBP, 2_026),
    ):
        found = rows_of(open_source(data / "books" / name))
        assert {one: len(part) for one, part in found.items()} == {kind: rows}
        assert (np.diff(found[kind]["clock_ns"]) >= 0).all()
