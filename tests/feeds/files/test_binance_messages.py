"""Recorded Binance messages: real ones bridge at the documented ids without a gap; what is torn is told."""

import gzip
import random
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import BID, CLEAR, Flag, GapReason, Kind
from cockpit.feeds.files.binance_messages import BinanceMessages, join_recordings
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.river import River
from cockpit.opening import open_all
from cockpit.units import NO_PRICE, Rows
from tests.feeds.binance import messages
from tests.feeds.files.reading import as_bytes, mutated, refusal, rows_of, said

USDM, SPOT = "books/binance-usdm-btcusdt-20240808.jsonl.gz", "books/binance-spot-btcusdt-20240808.jsonl.gz"
COINM = "books/binance-coinm-btcusdperp-20240808.jsonl.gz"
FIRST, SECOND = "books/binance-usdm-btcusdt-20230404.jsonl.gz", "books/binance-usdm-btcusdt-20230405.jsonl.gz"
STREAMS, ANSWERS = "books/binance-coinm-multi-20210722.ws.txt.gz", "books/binance-coinm-multi-20210722.http.txt.gz"
SYMBOLS_2021 = 10


def message_count(depth: Rows) -> int:
    """Depth messages in rows, snapshots too."""
    return int(((depth["flags"] & Flag.LAST) != 0).sum())


@pytest.mark.parametrize(
    ("name", "symbol", "tick", "lot", "snapshot", "older", "counts"),
    [
        (USDM, "BTCUSDT-PERP.BINANCE", 0.1, 0.001, 5_123_107_852_948, 4, (6551, 21313, 66089)),
        (SPOT, "BTCUSDT.BINANCE", 0.01, None, 50_093_239_218, 2, (3451, 9757, 28040)),
        (COINM, "BTCUSD-PERP.BINANCECOIN", 0.1, 1.0, 1_007_198_635_033, 23, (26847, 2286, 19136)),
    ],
)
def test_a_recording_bridges_at_its_snapshot_and_never_breaks(
    data: Path, name: str, symbol: str, tick: float, lot: float | None, snapshot: int, older: int,
    counts: tuple[int, int, int],
) -> None:  # fmt: skip
    source = open_source(data / name)
    rows = rows_of(source)
    diffs, trades, quotes = counts
    depth, (instrument,) = rows[Kind.DEPTH], source.info.instruments
    assert (instrument.symbol, instrument.tick, instrument.origin) == (symbol, tick, "inferred")
    assert lot is None or instrument.lot == lot
    assert Kind.GAP not in rows
    assert (len(rows[Kind.TRADE]), len(rows[Kind.QUOTE])) == (trades, quotes)
    assert (depth["action"][0], depth["final_id"][0]) == (CLEAR, snapshot)
    assert int((depth["action"] == CLEAR).sum()) == 1
    assert message_count(depth) == 1 + diffs - older
    changes = depth[(depth["flags"] & Flag.SNAPSHOT) == 0]
    first = changes[0]
    assert first["first_id"] <= snapshot + (name == SPOT) <= first["final_id"]
    assert source.warnings == ()
    assert source.info.rows == sum(map(len, rows.values()))


def test_the_top_of_the_book_is_the_best_quote_at_its_update_id(data: Path) -> None:
    """A plain dictionary against the venue's own best quotes, where a message ends exactly at their id."""
    rows = rows_of(open_source(data / USDM))
    quotes = {int(each["update_id"]): each for each in rows[Kind.QUOTE]}
    book: dict[bool, dict[int, int]] = {True: {}, False: {}}
    compared = 0
    for row in rows[Kind.DEPTH][:120_000]:
        if row["price_ticks"] != NO_PRICE:
            side = book[bool(row["side"] == BID)]
            if row["size"]:
                side[int(row["price_ticks"])] = int(row["size"])
            else:
                side.pop(int(row["price_ticks"]), None)
        quote = quotes.get(int(row["final_id"])) if row["flags"] & Flag.LAST else None
        if quote is not None:
            assert (max(book[True]), min(book[False])) == (quote["bid_ticks"], quote["ask_ticks"])
            assert book[True][max(book[True])] == quote["bid_size"]
            compared += 1
    assert compared > 5


def test_a_recording_in_two_files_is_one_source_and_chains_across(data: Path) -> None:
    (source,) = open_all([str(data / FIRST), str(data / SECOND)])
    rows = rows_of(source)
    depth = rows[Kind.DEPTH]
    assert int((depth["action"] == CLEAR).sum()) == 1
    assert Kind.GAP not in rows
    assert len(rows[Kind.MARK]) == 514
    assert len(rows[Kind.TRADE]) == 2_197 + 10_738
    ends = depth[((depth["flags"] & Flag.LAST) != 0) & ((depth["flags"] & Flag.SNAPSHOT) == 0)]
    assert (ends["previous_id"][1:] == ends["final_id"][:-1]).all()
    assert source.info.path == f"{data / FIRST} + {data / SECOND}"


def test_a_second_file_alone_has_prints_but_no_book_and_says_so(data: Path) -> None:
    source = open_source(data / SECOND)
    rows = rows_of(source)
    assert Kind.DEPTH not in rows
    assert len(rows[Kind.TRADE]) == 10_738
    assert said(source, "without a snapshot before them; it stays unknown")


def test_a_continuation_named_first_is_refused_with_what_to_do(data: Path) -> None:
    with pytest.raises(SourceError, match="name the older recording first"):
        open_all([str(data / SECOND), str(data / FIRST)])


@pytest.mark.parametrize("names", [(STREAMS,), (STREAMS, ANSWERS), (ANSWERS, STREAMS)])
def test_answers_beside_streams_begin_all_books(data: Path, names: tuple[str, ...]) -> None:
    (source,) = open_all([str(data / name) for name in names])
    rows = rows_of(source)
    depth = rows[Kind.DEPTH]
    assert {each.symbol for each in source.info.instruments} >= {
        "BTCUSD_211231.BINANCECOIN", "ETHUSD_210924.BINANCECOIN", "XRPUSD-PERP.BINANCECOIN",
    }  # fmt: skip
    assert Kind.GAP not in rows
    assert np.unique(depth["instrument"][depth["action"] == CLEAR]).tolist() == list(range(SYMBOLS_2021))
    assert len(rows[Kind.TRADE]) == 51
    assert source.warnings == ("33 × message of a kind that is not read, kline "
                               "(first: binance-coinm-multi-20210722.ws.txt.gz line 218)",)  # fmt: skip


def test_answers_alone_are_ten_snapshots(data: Path) -> None:
    depth = rows_of(open_source(data / ANSWERS))[Kind.DEPTH]
    assert message_count(depth) == SYMBOLS_2021


def test_reading_again_and_in_other_pieces_gives_the_same_events(data: Path) -> None:
    path = data / STREAMS
    whole, small = open_source(path), open_source(path, 777)
    assert all(chunk.events <= 777 for chunk in small.chunks())
    assert as_bytes(whole) == as_bytes(whole) == as_bytes(small)
    third = list(small.chunks())[3:]
    assert [(each.first_seq, each.next_seq) for each in small.chunks(3)] == [
        (each.first_seq, each.next_seq) for each in third
    ]


def test_a_recording_goes_through_the_river(data: Path) -> None:
    river = River(open_all([str(data / STREAMS)]), spool_bytes=None)
    counts: dict[Kind, int] = {}
    while (piece := river.take(5000)) is not None:
        for batch in piece.batches:
            counts[batch.kind] = counts.get(batch.kind, 0) + len(batch)
    assert counts[Kind.TICK] > 20
    assert counts[Kind.DEPTH] == 25_039


# -- recordings made here ---------------------------------------------------------------------------


def recorded(path: Path, *payloads: bytes, at: int = 1_760_000_000_000_000_000) -> Path:
    """A recording, one message every 10 ms."""
    path.write_bytes(b"".join(b"%d %s\n" % (at + 10_000_000 * n, each) for n, each in enumerate(payloads)))
    return path


def test_a_gap_ends_the_book_until_the_next_snapshot(tmp_path: Path) -> None:
    source = open_source(
        recorded(
            tmp_path / "a",
            messages.snapshot(50, [("1.0", "2")]),
            messages.diff(49, 52, 48, [("1.1", "1")]),
            messages.diff(60, 62, 58, [("1.2", "1")]),
            messages.diff(63, 64, 62, [("1.3", "1")]),
            messages.snapshot(61, [("1.2", "1")]),
        )
    )
    rows = rows_of(source)
    assert rows[Kind.GAP]["reason"].tolist() == [GapReason.SEQUENCE]
    assert rows[Kind.DEPTH]["final_id"].tolist() == [50, 50, 52, 61, 61, 62, 64]


def test_a_spoilt_change_is_told_and_breaks_the_book(tmp_path: Path) -> None:
    spoilt = b'{"e":"depthUpdate","s":"BTCUSDT"'
    payloads = messages.trade("1.0"), messages.snapshot(50, [("1.0", "2")]), spoilt, b"x"
    source = open_source(recorded(tmp_path / "a", *payloads))
    rows = rows_of(source)
    assert rows[Kind.GAP]["reason"].tolist() == [GapReason.MALFORMED]
    assert said(source, "message refused, unreadable (a line 3: ")
    assert said(source, "line refused, no time and message (a line 4: ")


@pytest.mark.parametrize(("digits", "factor"), [(19, 1), (16, 1_000), (13, 1_000_000), (10, 1_000_000_000)])
def test_local_time_is_read_by_its_digits(tmp_path: Path, digits: int, factor: int) -> None:
    at = 1_760_000_000 * 10**9
    (tmp_path / "a").write_bytes(b"%d %s\n" % (at // factor, messages.trade()))
    assert len(str(at // factor)) == digits
    assert rows_of(open_source(tmp_path / "a"))[Kind.TRADE]["recv_ns"].tolist() == [at]


def test_the_finest_decimal_is_the_grid(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", messages.trade("10.500", "3.00"), messages.trade("10.250", "1.10"))
    (instrument,) = open_source(path).info.instruments
    assert (instrument.tick_nano, instrument.decimals, instrument.lot_nano) == (10_000_000, 2, 100_000_000)


def test_a_torn_recording_gives_all_before_the_tear_and_a_gap(tmp_path: Path) -> None:
    whole = recorded(tmp_path / "a", *(messages.trade(a=n) for n in range(3000))).read_bytes()
    packed = gzip.compress(whole)
    (tmp_path / "b").write_bytes(packed[: len(packed) - 200])
    source = open_source(tmp_path / "b")
    rows = rows_of(source)
    assert 100 < len(rows[Kind.TRADE]) < 3000
    assert rows[Kind.GAP]["reason"].tolist() == [GapReason.TRUNCATED]
    assert said(source, "torn at byte")


def test_a_recording_without_messages_of_an_instrument_is_refused(tmp_path: Path) -> None:
    assert "none about an instrument" in refusal(recorded(tmp_path / "a", b'{"result":null,"id":1}', b'{"e":"x"}'))


def test_other_instruments_stay_sources_of_their_own(tmp_path: Path) -> None:
    first = open_source(recorded(tmp_path / "a", messages.trade()))
    second = open_source(recorded(tmp_path / "b", messages.trade(s="ETHUSDT")))
    assert join_recordings([first, second]) == [first, second]


@pytest.mark.parametrize("seed", range(12))
def test_mutated_recordings_give_events_or_a_source_error(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    body = [messages.snapshot(50, [("1.0", "2")], [("1.1", "3")]), messages.trade(), messages.mark()]
    body += [messages.diff(50 + 3 * n, 52 + 3 * n, 49 + 3 * n, [("1.0", str(n % 3))]) for n in range(12)]
    body += [messages.ticker(60, "1.0", "1.1"), messages.diff(0, 1, None)]
    text = recorded(tmp_path / "a", *body).read_text(encoding="utf-8")
    for _ in range(25):
        spoilt = mutated(text, rng, b'0123456789-+.,:{}[]" \n\xff\0eE', (1, 3, 10, 60), 5, b"1")
        (tmp_path / "b").write_bytes(spoilt)
        try:
            source = open_source(tmp_path / "b")
            assert isinstance(rows_of(source), dict)
        except SourceError:
            continue


def test_sources_of_another_kind_are_left_alone(tmp_path: Path) -> None:
    source = open_source(recorded(tmp_path / "a", messages.trade()))
    assert isinstance(source, BinanceMessages)
    assert join_recordings([source]) == [source]
