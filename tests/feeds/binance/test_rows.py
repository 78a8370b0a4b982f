"""Messages as rows: the contract that engines rely on."""

import numpy as np
import pytest

from cockpit.errors import ParseError
from cockpit.events.dtypes import ASK, BID, CLEAR, MODIFY, NONE, Flag, GapReason, Kind
from cockpit.events.market import Batch
from cockpit.feeds.binance.instruments import MarketKind, make_instrument
from cockpit.feeds.binance.market import MarketRows
from cockpit.feeds.binance.parse import parse
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.units import NO_PRICE, NO_TIME
from tests.feeds.binance import messages

BTC = make_instrument(MarketKind.USDM, "BTCUSDT", 100_000_000, 1_000_000, "definition")
ETH = make_instrument(MarketKind.USDM, "ETHUSDT", 10_000_000, 1_000_000, "definition")


def taken(*payloads: bytes, first_seq: int = 0) -> dict[Kind, np.ndarray]:
    """Rows by kind of messages about BTCUSDT and ETHUSDT."""
    builder = RowBuilder(first_seq)
    rows = MarketRows(MarketKind.USDM, {"BTCUSDT": BTC, "ETHUSDT": ETH}, builder)
    for payload in payloads:
        assert rows.take(parse(payload), 7, "BTCUSDT")
    return {batch.kind: batch.rows for batch in builder.take()}


def test_a_snapshot_begins_with_a_clear_and_ends_with_the_last_level() -> None:
    depth = taken(messages.snapshot(50, [("1.0", "2"), ("0.9", "1")], [("1.1", "3")]), first_seq=10)[Kind.DEPTH]
    assert depth["action"].tolist() == [CLEAR, MODIFY, MODIFY, MODIFY]
    assert depth["side"].tolist() == [NONE, BID, BID, ASK]
    assert depth["price_ticks"].tolist() == [NO_PRICE, 10, 9, 11]
    assert depth["size"].tolist() == [0, 2000, 1000, 3000]
    assert depth["flags"].tolist() == [Flag.SNAPSHOT] * 3 + [Flag.SNAPSHOT | Flag.LAST]
    assert depth["seq"].tolist() == [10, 11, 12, 13]
    assert set(depth["final_id"].tolist()) == {50}
    assert (depth["clock_ns"] == 1_760_000_000_190_000_000).all()
    assert (depth["recv_ns"] == 7).all()


def test_an_empty_snapshot_is_one_row() -> None:
    depth = taken(messages.snapshot(50))[Kind.DEPTH]
    assert (depth["action"].tolist(), depth["flags"].tolist()) == ([CLEAR], [Flag.SNAPSHOT | Flag.LAST])


def test_a_change_is_one_row_a_level_with_the_ids_of_its_message() -> None:
    depth = taken(
        messages.snapshot(50, [("1.0", "2")]),
        messages.diff(48, 52, 47, [("1.0", "0")], [("1.1", "3"), ("1.2", "0.001")]),
        messages.diff(55, 56, 52),
    )[Kind.DEPTH][2:]
    assert depth["action"].tolist() == [MODIFY] * 4
    assert depth["side"].tolist() == [BID, ASK, ASK, NONE]
    assert depth["price_ticks"].tolist() == [10, 11, 12, NO_PRICE]
    assert depth["size"].tolist() == [0, 3000, 1, 0]
    assert depth["flags"].tolist() == [0, 0, Flag.LAST, Flag.LAST]
    assert depth["first_id"].tolist() == [48, 48, 48, 55]
    assert depth["final_id"].tolist() == [52, 52, 52, 56]
    assert depth["previous_id"].tolist() == [47, 47, 47, 52]


def test_the_aggressor_of_a_print_is_who_did_not_rest() -> None:
    rows = taken(messages.trade(maker=False), messages.trade(maker=True, p="61250.10"))[Kind.TRADE]
    assert rows["aggressor"].tolist() == [BID, ASK]
    assert (rows["price_ticks"].tolist(), rows["size"].tolist()) == ([612_502, 612_501], [350, 350])
    assert rows["clock_ns"].tolist() == [1_760_000_000_121_000_000] * 2
    assert rows["sequence"].tolist() == [2_711_000_321] * 2


def test_best_quotes_carry_the_update_id_of_the_book_they_show() -> None:
    row = taken(messages.ticker(14, "61250.10", "61250.20"))[Kind.QUOTE][0]
    assert (row["bid_ticks"], row["ask_ticks"], row["bid_size"], row["ask_size"]) == (612_501, 612_502, 3412, 1005)
    assert (row["update_id"], row["bid_count"], row["interval_ns"]) == (14, -1, 0)
    empty = taken(messages.ticker(14, "0.00", "61250.20"))[Kind.QUOTE][0]
    assert empty["bid_ticks"] == NO_PRICE


def test_mark_prices_are_no_ticks() -> None:
    row = taken(messages.mark())[Kind.MARK][0]
    assert (row["mark"], row["index"], row["funding_rate"]) == (61249.87, 61248.11, -0.0001)
    assert row["next_funding_ns"] == 1_760_025_600_000_000_000
    dated = taken(messages.mark(r="", T=0))[Kind.MARK][0]
    assert np.isnan(dated["funding_rate"])
    assert dated["next_funding_ns"] == NO_TIME


@pytest.mark.parametrize("payload", [messages.mark("NaN"), messages.mark("-1"), messages.trade(size="0"),
                                     messages.trade("0.0"), messages.ticker(1, "2.0", "1.9"),
                                     messages.trade(s="DOGEUSDT")])  # fmt: skip
def test_unusable_numbers_make_no_row(payload: bytes) -> None:
    with pytest.raises(ParseError):
        taken(payload)


def test_a_break_is_a_gap_of_that_instrument_alone() -> None:
    found = taken(
        messages.snapshot(50, [("1.0", "2")]),
        messages.diff(48, 52, 47),
        messages.diff(90, 92, 88),
        messages.diff(1, 2, 0, symbol="ETHUSDT"),
    )
    gap = found[Kind.GAP]
    assert len(gap) == 1
    assert (gap["instrument"][0], gap["expected"][0], gap["received"][0]) == (0, 52, 88)
    assert gap["reason"][0] == GapReason.SEQUENCE


def test_a_change_off_the_grid_breaks_its_book() -> None:
    builder = RowBuilder()
    rows = MarketRows(MarketKind.USDM, {"BTCUSDT": BTC, "ETHUSDT": ETH}, builder)
    rows.take(parse(messages.snapshot(50, [("1.0", "2")])), 7, "BTCUSDT")
    with pytest.raises(ParseError, match="not a multiple"):
        rows.take(parse(messages.diff(49, 51, 48, [("1.05", "1")])), 8)
    gap = {batch.kind: batch.rows for batch in builder.take()}[Kind.GAP]
    assert (gap["reason"][0], gap["expected"][0]) == (GapReason.MALFORMED, 50)
    assert rows.lines["BTCUSDT"].sync.wants_snapshot


@pytest.mark.parametrize(
    ("payload", "broken"),
    [
        (b'{"stream":"btcusdt@depth@100ms","data":{"e":"depthUp', ["BTCUSDT"]),
        (b'{"e":"depthUpdate","s":"ETHUSDT","U":x}', ["ETHUSDT"]),
        (b'{"stream":"btcusdt@aggTrade","data":{', []),
        (b"<html>", []),
    ],
)
def test_an_unreadable_text_breaks_the_book_it_speaks_of(payload: bytes, broken: list[str]) -> None:
    builder = RowBuilder()
    rows = MarketRows(MarketKind.USDM, {"BTCUSDT": BTC, "ETHUSDT": ETH}, builder)
    for raw in rows.lines:
        rows.take(parse(messages.snapshot(50, [("1.0", "2")])), 7, raw)
    rows.unreadable(payload, 9)
    assert [raw for raw, line in rows.lines.items() if line.sync.wants_snapshot] == broken


def test_the_second_kind_of_prints_is_left_out() -> None:
    builder = RowBuilder()
    rows = MarketRows(MarketKind.USDM, {"BTCUSDT": BTC}, builder)
    single = messages.trade(e="trade", t=5, a=None)
    assert [rows.take(parse(each), 7) for each in (messages.trade(), single, messages.trade())] == [
        True,
        False,
        True,
    ]


def test_rows_are_valid_batches_in_order() -> None:
    builder = RowBuilder(5)
    rows = MarketRows(MarketKind.USDM, {"BTCUSDT": BTC}, builder)
    payloads = [messages.trade(), messages.snapshot(50, [("1.0", "2")]), messages.mark(), messages.trade()]
    for payload in payloads:
        rows.take(parse(payload), 7)
    builder.tick(1_760_000_002_000_000_000)
    batches = builder.take()
    assert all(isinstance(each, Batch) for each in batches)
    seqs = np.sort(np.concatenate([each.rows["seq"] for each in batches]))
    assert seqs.tolist() == list(range(5, 11))
    assert (builder.first_seq, builder.next_seq, len(builder), builder.take()) == (11, 11, 0, ())
