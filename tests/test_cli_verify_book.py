"""`cockpit verify-book`: what it finds in real recordings, and that it finds what is wrong."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli import run

BOOKS = "books"


def verified(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any], str]:
    """Exit code, JSON and what people read."""
    code = run(["verify-book", *map(str, arguments), "--json", "-"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else {}, err


# source, reference, rows, levels, unknowable, explained; nothing may be left unexplained
REAL = [
    ("arl-mbo-20250717.csv.gz", "arl-mbp10-20250717.csv.gz", 3_928, 76_262, 0, 1_936),
    ("itch-aapl-20190130-events-book10-first2000.csv.gz", None, 2_000, 40_000, 31, 0),
    ("es-mdp3-20190829-part1-orders.csv.gz", "es-mdp3-20190829-part1-mbp.csv.gz", 12_840, 250_204, 6_596, 0),
    ("es-mdp3-20190829-part1-mbp.csv.gz", None, 14_454, 257_873, 1_555, 11),
    ("lobster-aapl-20120621-message50-0930-1010.csv.gz", "lobster-aapl-20120621-orderbook1-0930-1600.csv.gz",
     8_000, 16_000, 81, 0),
    ("aapl-mbp10-20241021-first2500.csv.gz", None, 2_500, 50_000, 0, 0),
    ("sgx-a50-book3-20140109.txt.gz", None, 26_805, 160_830, 0, 70),
    ("tardis-binancefut-btcusdt-quotes-20200222.csv.gz", None, 9_999, 19_998, 0, 0),
    ("es-trades-dom40-20220124T1330.csv.gz", None, 2_026, 40_520, 0, 1_982),
    ("bitfinex-l3-btcusd.json.gz", None, 100_048, 26_426, 0, 2),
    ("bitstamp-l3-20150501-first30000.csv.gz", None, 30_000, 4_278, 167, 229),
    ("es-mbo-esh4-20231225-until2340.dbn.zst", None, 53_250, 35_324, 0, 1),
    ("binance-usdm-btcusdt-20240808.jsonl.gz", None, 6_548, 13_094, 1, 0),
    ("binance-spot-btcusdt-20240808.jsonl.gz", None, 3_450, 6_900, 0, 0),
    ("binance-coinm-multi-20210722.ws.txt.gz", None, 1_798, 3_486, 55, 5),
]  # fmt: skip


@pytest.mark.parametrize(("source", "reference", "rows", "levels", "unknowable", "explained"), REAL)
def test_real_recordings_leave_nothing_unexplained(
    data: Path, capsys: pytest.CaptureFixture[str], source: str, reference: str | None, rows: int, levels: int,
    unknowable: int, explained: int,
) -> None:  # fmt: skip
    paths = [data / BOOKS / name for name in (source, reference) if name is not None]
    code, found, text = verified(capsys, *paths)
    assert (code, found["mismatches"], found["proven"], found["shortfalls"]) == (0, 0, True, [])
    assert (found["rows"], found["levels"]) == (rows, levels)
    assert sum(found["unknowable"].values()) == unknowable
    assert sum(found["explained"].values()) == explained
    assert "proven: nothing is left unexplained" in text


def test_lobster_states_are_those_of_the_manifest_or_better(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [name for row in REAL if row[0].startswith("lobster") for name in row[:2]]
    _, found, _ = verified(capsys, *(data / BOOKS / str(name) for name in names))
    assert found["facts"]["share"] >= 0.985


def spoilt(data: Path, tmp_path: Path, name: str, line: int, old: str, new: str) -> Path:
    """A recording with one field of one line changed."""
    path = tmp_path / name.removesuffix(".gz")
    lines = gzip.decompress((data / BOOKS / name).read_bytes()).decode().split("\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_one_wrong_size_in_the_reference_is_shown_in_full(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = spoilt(data, tmp_path, "arl-mbp10-20250717.csv.gz", 4, ",1,21.33,100,1,", ",1,21.33,700,1,")
    code, found, text = verified(capsys, data / BOOKS / "arl-mbo-20250717.csv.gz", reference)
    assert (code, found["mismatches"]) == (1, 1)
    assert found["first"] == [
        {
            "row": 2,
            "clock": "2025-07-17T08:05:03.360683462Z",
            "place": "ARL.XNAS ask 1",
            "book": "21.330 x 100 in 1 orders",
            "reference": "21.330 x 700 in 1 orders",
        }
    ]
    assert "book 21.330 x 100 in 1 orders; reference 21.330 x 700 in 1 orders" in text
    assert "NOT proven" in text


def test_a_row_missing_from_either_side_is_a_mismatch(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders, levels = data / BOOKS / "arl-mbo-20250717.csv.gz", data / BOOKS / "arl-mbp10-20250717.csv.gz"
    shorter = tmp_path / "levels.csv"
    lines = gzip.decompress(levels.read_bytes()).decode().split("\n")
    shorter.write_text("\n".join(lines[:10] + lines[11:]), encoding="utf-8")
    code, found, _ = verified(capsys, orders, shorter)
    assert (code, found["mismatches"], found["first"][0]["reference"]) == (1, 1, "no record")
    shorter = tmp_path / "orders.csv"
    lines = gzip.decompress(orders.read_bytes()).decode().split("\n")
    shorter.write_text("\n".join(lines[:10] + lines[11:]), encoding="utf-8")
    code, found, _ = verified(capsys, shorter, levels)
    assert (code, found["first"][0]["book"]) == (1, "no such change")
    assert found["mismatches"] > 1
    assert len(found["first"]) == 10


def test_a_wrong_order_size_shows_in_the_levels_after_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "itch-aapl-20190130-events-book10-first2000.csv.gz"
    path = spoilt(data, tmp_path, name, 1000, ",10277613,,5,,165.0,", ",10277613,,6,,163.3,")
    code, found, _ = verified(capsys, path)
    assert code == 1
    assert found["mismatches"] > 0
    assert found["first"][0]["row"] == 998
    orders, levels = "es-mdp3-20190829-part1-orders.csv.gz", "es-mdp3-20190829-part1-mbp.csv.gz"
    path = spoilt(data, tmp_path, orders, 9_003, "2926.00,2,1", "2926.00,3,1")
    code, found, _ = verified(capsys, path, data / BOOKS / levels)
    assert (code, found["mismatches"] > 0) == (1, True)
    assert found["first"][0]["clock"] == "2019-08-29T17:11:22.690879687Z"
    assert found["first"][0]["place"].startswith("ESU9.GLBX ask")


def test_an_order_that_comes_back_unknown_after_its_creation_is_a_mismatch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "frames.json"
    subscribed = {"event": "subscribed", "chanId": 1, "prec": "R0", "pair": "BTCUSD"}
    frames = [[1, [[7, 100, 1.0], [8, 101, -1.0]]], [1, [7, 0, 1]], [1, [7, 0, 1]], [1, [9, 0, 1]]]
    path.write_text(json.dumps([subscribed, *frames]), encoding="utf-8")
    code, found, _ = verified(capsys, path)
    assert (code, found["mismatches"]) == (1, 1)
    assert found["first"][0]["book"] == "order 7 does not rest"
    assert found["unknowable"] == {"changes of orders from before the start": 1}


def test_a_cross_that_nothing_explains_is_a_mismatch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "orders.csv"
    head = "id,timestamp,exchange.timestamp,price,volume,action,direction\n"
    rows = "1,1430438404000,1430438404000,100,5,created,bid\n2,1430438404100,1430438404000,99,5,created,ask\n"
    for millis, code, mismatches in ((1000, 0, 0), (1001, 1, 1)):
        end = f"2,{1430438404100 + millis},1430438404000,99,5,deleted,ask\n"
        path.write_text(head + rows + end, encoding="utf-8")
        got, found, _ = verified(capsys, path)
        assert (got, found["mismatches"]) == (code, mismatches)


def test_levels_out_of_order_and_crossed_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sgx.txt"
    block = "TimeStamp,2014-01-09D{}\n{}.0,1.0,683000.0,2.0\n660000.0,100.0,{}.0,2.0\n"
    path.write_text(
        "Bid,Bid_Quantity,Ask,Ask_Quantity\n" + block.format("08:50:00", 683000, 684000)
        + block.format("09:10:00", 667500, 682000) + block.format("09:10:01", 683000, 684000), encoding="utf-8",
    )  # fmt: skip
    code, found, _ = verified(capsys, path)
    assert (code, found["mismatches"]) == (1, 2)
    assert [one["place"] for one in found["first"]] == [
        "A50.SGX ask 2 out of order", "A50.SGX crossed or locked: bid, ask"]  # fmt: skip
    assert found["explained"] == {"crossed or locked outside continuous trading (auction)": 1}


def test_lost_rows_and_torn_files_are_not_proven(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (data / BOOKS / "aapl-mbp10-20241021-first2500.csv.gz").read_bytes()
    path = tmp_path / "torn.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    code, found, _ = verified(capsys, path)
    assert (code, found["mismatches"], len(found["shortfalls"])) == (1, 0, 1)
    assert "gaps where rows were lost" in found["shortfalls"][0]


def test_what_cannot_be_compared_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trades = data / BOOKS / "tardis-binancefut-btcusdt-trades-20200222.csv.gz"
    quotes = data / BOOKS / "tardis-binancefut-btcusdt-quotes-20200222.csv.gz"
    assert run(["verify-book", str(trades)]) == 2
    assert "has no book to verify" in capsys.readouterr().err
    assert run(["verify-book", str(quotes), str(trades)]) == 2
    assert "tardis_csv trades has no book to verify" in capsys.readouterr().err
    assert run(["verify-book", str(quotes), str(quotes)]) == 2
    assert (
        "no proof for quote against quote; there are: mbo against mbp, mbo against quote" in capsys.readouterr().err
    )
    assert run(["verify-book", str(quotes), "--date", "tomorrow"]) == 2
    assert "--date tomorrow: not a date" in capsys.readouterr().err


def test_the_date_can_be_given(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "itch.csv.gz"
    path.write_bytes((data / BOOKS / "itch-aapl-20190130-events-book10-first2000.csv.gz").read_bytes())
    assert run(["verify-book", str(path)]) == 2
    assert "give --date" in capsys.readouterr().err
    code, found, _ = verified(capsys, path, "--date", "2019-01-30")
    assert (code, found["span"]["from"]) == (0, "2019-01-30T14:30:00.000245396Z")


def test_the_date_counts_for_every_command_without_a_window(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "XYZ_message.csv"
    path.write_text("34200.5,1,11,100,5853300,1\n", encoding="utf-8")
    for command, more in (
        ("inspect", ()),
        ("replay", ("--headless",)),
        ("record", ("--tape", str(tmp_path / "t"))),
    ):
        assert run([command, str(path), *more, "--date", "2012-06-21"]) == 0
        assert run([command, str(path), *more]) == 2
        assert "give --date" in capsys.readouterr().err
    assert run(["inspect", str(tmp_path / "t"), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["span"]["from"] == "2012-06-21T13:30:00.500000000Z"


def test_two_runs_give_the_same_document(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = data / BOOKS / "itch-aapl-20190130-events-book10-first2000.csv.gz"
    assert verified(capsys, path) == verified(capsys, path)


def spot_recording(tmp_path: Path, *messages: dict[str, Any]) -> Path:
    """A recording of spot messages, a millisecond apart, that begins with a snapshot at update id 10."""
    snapshot = {"lastUpdateId": 10, "bids": [["100.00", "1.00000"]], "asks": [["101.00", "2.00000"]]}
    path = tmp_path / "spot.jsonl"
    lines = [json.dumps(one) for one in (messages[0], snapshot, *messages[1:])]
    path.write_text(
        "".join(f"{1_723_161_253_000_000_000 + k * 1_000_000} {line}\n" for k, line in enumerate(lines))
    )
    return path


def change(first: int, final: int, bids: list[list[str]]) -> dict[str, Any]:
    body = {"e": "depthUpdate", "E": 1_723_161_253_000, "s": "BTCUSDT", "U": first, "u": final, "b": bids, "a": []}
    return {"stream": "btcusdt@depth@100ms", "data": body}


def quote(update_id: int, bid: str, size: str) -> dict[str, Any]:
    body = {"u": update_id, "s": "BTCUSDT", "b": bid, "B": size, "a": "101.00", "A": "2.00000"}
    return {"stream": "btcusdt@bookTicker", "data": body}


def test_a_best_level_that_the_quotes_contradict_is_a_mismatch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for size, code in (("3.00000", 0), ("4.00000", 1)):
        path = spot_recording(
            tmp_path, change(9, 10, []), quote(10, "100.00", "1.00000"), change(11, 12, [["100.50", "3.00000"]]),
            quote(12, "100.50", size), change(13, 13, []), quote(14, "100.00", "1.00000"),
        )  # fmt: skip
        got, found, _ = verified(capsys, path)
        assert (got, found["mismatches"]) == (code, 2 * code)
    assert found["first"][0]["place"] == "BTCUSDT.BINANCE best bid at update 12"
    assert (found["first"][0]["book"], found["first"][0]["reference"]) == ("100.5 x 3", "100.5 x 4")


def test_a_lost_change_is_a_mismatch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spot_recording(tmp_path, change(9, 10, []), change(11, 12, []), change(15, 16, []))
    code, found, _ = verified(capsys, path)
    assert code == 1
    assert found["first"][0]["place"] == "BTCUSDT.BINANCE gap"
