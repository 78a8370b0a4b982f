"""DBN files made by hand: what no recording shows."""

from datetime import date
from pathlib import Path

import databento_dbn as dbn
import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import CLEAR, FILL, GapReason, Kind
from cockpit.feeds.files.dbn import DbnSource
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_S
from tests.feeds.files.dbn_making import (
    SECOND,
    T0,
    UNIT,
    Interval,
    Mapping,
    definition,
    header,
    mapped,
    mbo,
    symbol_mapping,
    trade,
    write,
    zstd,
)
from tests.feeds.files.reading import as_bytes, rows_of, said

DAY = 86_400


def test_every_action_and_an_undefined_price_pass_through(tmp_path: Path) -> None:
    actions = [
        dbn.Action.CLEAR,
        dbn.Action.ADD,
        dbn.Action.MODIFY,
        dbn.Action.TRADE,
        dbn.Action.FILL,
        dbn.Action.CANCEL,
    ]
    parts = [mbo(1, None if action == dbn.Action.CLEAR else 4800.25, action=action) for action in actions]
    source = DbnSource(write(tmp_path / "a", header(), *parts))
    rows = rows_of(source)[Kind.MBO]
    assert bytes(rows["action"]) == b"RAMTFC"
    assert (rows["action"][0], rows["price_ticks"][0]) == (CLEAR, NO_PRICE)
    assert (rows["action"][4], rows["price_ticks"][4]) == (FILL, 19_201)
    assert source.warnings == ()


def test_a_clear_record_with_undefined_size_has_none(tmp_path: Path) -> None:
    clear = mbo(1, None, action=dbn.Action.CLEAR, side=dbn.Side.NONE, size=dbn.UNDEF_ORDER_SIZE)
    assert rows_of(DbnSource(write(tmp_path / "a", header(), clear)))[Kind.MBO]["size"].tolist() == [0]


def test_an_off_grid_order_leaves_a_gap_in_its_place(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a.dbn", header(), mbo(1), mbo(2, 4800.1), mbo(3), mbo(4, 4800.3)))
    found = rows_of(source)
    assert found[Kind.MBO]["seq"].tolist() == [0, 2]
    gaps = found[Kind.GAP]
    assert gaps["seq"].tolist() == [1, 3]
    assert gaps["reason"].tolist() == [GapReason.MALFORMED] * 2
    assert gaps["clock_ns"].tolist() == gaps["from_ns"].tolist() == [T0 + SECOND, T0 + 3 * SECOND]
    assert gaps["instrument"].tolist() == [0, 0]
    at = len(header()) + 56
    assert source.warnings == (
        f"a.dbn: 2 × mbo record refused: price off the tick grid (first: byte {at:,}: 4800.1)",
    )


def test_an_off_grid_trade_is_dropped_without_a_gap(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(dbn.Schema.TRADES), trade(1), trade(2, 0.1), trade(3)))
    found = rows_of(source)
    assert list(found) == [Kind.TRADE]
    assert found[Kind.TRADE]["seq"].tolist() == [0, 1]
    assert "trade record refused: price off the tick grid" in source.warnings[0]


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (38, b"x", "unknown action"),
        (39, b"\0", "unknown side"),
        (40, (T0 + 5 * 366 * DAY * SECOND).to_bytes(8, "little"), "clock outside the span of the file"),
        (40, (5).to_bytes(8, "little"), "clock outside the span of the file"),
        (32, b"\xff\xff\xff\xff", "size undefined at a price"),
        (4, b"\x09\0\0\0", "instrument id without a symbol"),
    ],
)
def test_a_record_that_cannot_be_trusted_is_refused(tmp_path: Path, at: int, value: bytes, reason: str) -> None:
    bad = bytearray(mbo(2))
    bad[at : at + len(value)] = value
    source = DbnSource(write(tmp_path / "a", header(), mbo(1), bytes(bad), mbo(3)))
    found = rows_of(source)
    assert found[Kind.MBO]["clock_ns"].tolist() == [T0 + SECOND, T0 + 3 * SECOND]
    assert found[Kind.GAP]["clock_ns"].tolist() == [T0 + SECOND]
    assert reason in source.warnings[0]
    assert [one.symbol for one in source.info.instruments] == ["ESH4.GLBX"]


def test_a_first_record_with_a_broken_clock_leaves_nothing_behind(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(), mbo(ts_recv=5), mbo(3)))
    assert list(rows_of(source)) == [Kind.MBO]
    assert "clock outside" in source.warnings[0]


def test_the_event_time_decides_where_there_is_no_receive_time(tmp_path: Path) -> None:
    record = mbo(2, ts_recv=dbn.UNDEF_TIMESTAMP)
    row = rows_of(DbnSource(write(tmp_path / "a", header(), record)))[Kind.MBO][0]
    assert (row["clock_ns"], row["recv_ns"]) == (T0 + 2 * SECOND - 1000, NO_TIME)


def test_mixed_records_keep_their_order_across_kinds(tmp_path: Path) -> None:
    parts = [mbo(1), trade(2), mbo(3), mbo(4), trade(5), mbo(6, 4800.1), trade(7)]
    source = DbnSource(write(tmp_path / "a", header(None), *parts))
    found = rows_of(source)
    assert source.info.schema == "mixed"
    assert found[Kind.MBO]["seq"].tolist() == [0, 2, 3]
    assert found[Kind.TRADE]["seq"].tolist() == [1, 4, 6]
    assert found[Kind.GAP]["seq"].tolist() == [5]
    assert found[Kind.GAP]["from_ns"].tolist() == [T0 + 5 * SECOND]


def test_the_aggressor_of_a_trade_is_its_side(tmp_path: Path) -> None:
    sides = [dbn.Side.ASK, dbn.Side.BID, dbn.Side.NONE]
    source = DbnSource(write(tmp_path / "a", header(dbn.Schema.TRADES), *(trade(side=side) for side in sides)))
    assert bytes(rows_of(source)[Kind.TRADE]["aggressor"]) == b"ABN"


def test_symbols_follow_the_day_of_the_record(tmp_path: Path) -> None:
    both = (
        Mapping("ESH4", (Interval(date(2024, 1, 1), date(2024, 1, 2), "7"),)),
        Mapping("ESM4", (Interval(date(2024, 1, 2), date(2024, 1, 3), "7"),)),
    )
    source = DbnSource(write(tmp_path / "a", header(mappings=both), mbo(DAY - 1), mbo(DAY), mbo(DAY + 1)))
    rows = rows_of(source)[Kind.MBO]
    assert [source.info.instruments[i].symbol for i in rows["instrument"]] == [
        "ESH4.GLBX",
        "ESM4.GLBX",
        "ESM4.GLBX",
    ]


def test_a_live_recording_learns_its_symbols_from_its_records(tmp_path: Path) -> None:
    parts = [symbol_mapping(7, "ESH4"), mbo(1), mbo(2, instrument_id=8)]
    source = DbnSource(write(tmp_path / "a", header(None, (), end=None), *parts))
    rows = rows_of(source)[Kind.MBO]
    names = [one.symbol for one in source.info.instruments]
    assert [names[i] for i in rows["instrument"]] == ["ESH4.GLBX", "ID8.GLBX"]
    assert len(rows) == source.info.rows == 2  # mappings are no events


def test_a_mapping_in_the_stream_replaces_an_earlier_one(tmp_path: Path) -> None:
    parts = [symbol_mapping(7, "ESH4", T0, T0 + DAY * SECOND), symbol_mapping(7, "ESM4", T0 + DAY * SECOND)]
    source = DbnSource(write(tmp_path / "a", header(None, (), end=None), *parts, mbo(1), mbo(DAY + 1)))
    rows = rows_of(source)[Kind.MBO]
    names = [one.symbol for one in source.info.instruments]
    assert [names[i] for i in rows["instrument"]] == ["ESH4.GLBX", "ESM4.GLBX"]
    assert as_bytes(source) == as_bytes(source)


@pytest.mark.parametrize("place", [0, 2])
def test_a_definition_sets_the_tick_wherever_it_stands(tmp_path: Path, place: int) -> None:
    parts = [mbo(1, 0.05), mbo(2, -1.35)]
    parts.insert(place, definition("ESH4-ESM4", 7, 0.05, instrument_class=dbn.InstrumentClass.FUTURE_SPREAD))
    source = DbnSource(write(tmp_path / "a", header(None, (mapped("ESH4-ESM4", 7),)), *parts))
    assert rows_of(source)[Kind.MBO]["price_ticks"].tolist() == [1, -27]
    (spread,) = source.info.instruments
    assert (spread.tick, spread.origin, spread.kind, spread.root) == (0.05, "definition", "spread", "ES")


def test_a_tick_nothing_explains_is_inferred_from_the_whole_file(tmp_path: Path) -> None:
    far = [mbo(1 + i / 1e5, 10.0) for i in range(70_000)]  # the finer price stands in the second block
    source = DbnSource(write(tmp_path / "a.dbn", header(mappings=(mapped("ES OPTION", 7),)), *far, mbo(2, 10.35)))
    (option,) = source.info.instruments
    assert (option.tick, option.origin, option.kind) == (0.05, "inferred", "option")
    assert rows_of(source)[Kind.MBO]["price_ticks"][[0, -1]].tolist() == [200, 207]
    assert source.warnings == ("a.dbn: tick inferred from the prices of the file (ES OPTION.GLBX: 0.05)",)


def test_few_round_prices_do_not_make_a_coarse_grid(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(mappings=(mapped("XYZ", 7),)), mbo(1, 300.0), mbo(2, 500.0)))
    assert source.info.instruments[0].tick == 1.0


def test_a_tick_changed_by_the_exchange_is_taken_as_of_the_record(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(mappings=(mapped("6SH4", 7),)), mbo(1, 1.10005)))
    assert source.info.instruments[0].tick == 0.00005


def test_every_instrument_is_known_when_the_file_is_opened(tmp_path: Path) -> None:
    first = [mbo(1 + i / 1e5) for i in range(70_000)]
    late = mbo(2, 17_000.25, instrument_id=8)
    for mappings in ((mapped("ESH4", 7), mapped("NQH4", 8)), ()):
        names = [symbol_mapping(7, "ESH4"), symbol_mapping(8, "NQH4")] if not mappings else []
        source = DbnSource(write(tmp_path / "a", header(None, mappings), *names, *first, late))
        assert [one.symbol for one in source.info.instruments] == ["ESH4.GLBX", "NQH4.GLBX"]
        assert rows_of(source)[Kind.MBO]["instrument"][-1] == 1


def test_records_with_a_send_time_are_read(tmp_path: Path) -> None:
    record = bytearray(mbo(1)) + (T0 + SECOND).to_bytes(8, "little")
    record[0] += 2
    source = DbnSource(write(tmp_path / "a", header(ts_out=True), bytes(record) * 3))
    assert rows_of(source)[Kind.MBO]["price_ticks"].tolist() == [19_200] * 3


def test_records_of_unknown_type_are_skipped_and_counted(tmp_path: Path) -> None:
    strange = bytes([6, 0xEE]) + bytes(22)
    source = DbnSource(write(tmp_path / "a", header(), mbo(1), strange, strange, mbo(2)))
    assert len(rows_of(source)[Kind.MBO]) == 2
    assert said(source, "2 × record of unknown type 0xEE skipped")


def test_what_the_gateway_says_reaches_the_screen(tmp_path: Path) -> None:
    says = [
        bytes(dbn.SystemMsg(T0, "Heartbeat")),
        bytes(dbn.SystemMsg(T0, "slow reader: 3 s behind")),
        bytes(dbn.ErrorMsg(T0, "unknown symbol QQQQ")),
    ]
    source = DbnSource(write(tmp_path / "a.dbn", header(None), mbo(1), *says))
    assert len(rows_of(source)[Kind.MBO]) == 1
    assert source.warnings == (
        "a.dbn: error message of the provider (unknown symbol QQQQ)",
        "a.dbn: warning of the provider (slow reader: 3 s behind)",
    )


def test_records_skipped_by_the_gateway_are_a_gap(tmp_path: Path) -> None:
    lost = bytes(dbn.ErrorMsg(T0, "skipped", code=dbn.ErrorCode.SKIPPED_RECORDS_AFTER_SLOW_READING))
    source = DbnSource(write(tmp_path / "a", header(None), lost, mbo(1), lost, mbo(2)))
    found = rows_of(source)
    assert found[Kind.MBO]["seq"].tolist() == [0, 2]
    (gap,) = found[Kind.GAP]  # the one before any record has nothing to end
    assert (gap["seq"], gap["reason"], gap["instrument"], gap["from_ns"]) == (
        1,
        GapReason.OVERFLOW,
        -1,
        T0 + SECOND,
    )


def test_crooked_bars_are_refused(tmp_path: Path) -> None:
    def bar(low: float, high: float) -> bytes:
        prices = {"open": 4800 * UNIT, "high": int(high * UNIT), "low": int(low * UNIT), "close": 4801 * UNIT}
        return bytes(dbn.OHLCVMsg(0x21, 1, 7, T0, volume=5, **prices))

    parts = [bar(4799, 4802), bar(4800.5, 4802), bar(4799, 4800), bar(4803, 4799)]
    source = DbnSource(write(tmp_path / "a", header(dbn.Schema.OHLCV_1M), *parts))
    assert len(rows_of(source)[Kind.BAR]) == 1
    assert "3 × bar record refused" in source.warnings[0]


def test_consolidated_trades_with_quotes_are_levels(tmp_path: Path) -> None:
    level = dbn.ConsolidatedBidAskPair(bid_px=240_000_000, ask_px=250_000_000, bid_sz=1, ask_sz=4)
    record = dbn.CMBP1Msg(
        0xC2, 30, 7, T0, 240_000_000, 1, dbn.Action.TRADE, dbn.Side.NONE, T0 + SECOND, levels=level
    )
    raw = header(dbn.Schema.TCBBO, (mapped("SPXW  240119C04800000", 7),), dataset="OPRA.PILLAR")
    source = DbnSource(write(tmp_path / "a", raw, bytes(record)))
    row = rows_of(source)[Kind.MBP][0]
    assert (row["bid_ticks"][0], row["ask_ticks"][0], row["bid_counts"][0]) == (24, 25, -1)
    assert source.info.instruments[0].symbol == "SPXW  240119C04800000.OPRA"


def test_a_settlement_off_the_trading_grid_has_no_price_in_ticks(tmp_path: Path) -> None:
    def stat(price: float) -> bytes:
        return bytes(dbn.StatMsg(1, 7, T0, T0, T0, round(price * UNIT), 5, dbn.StatType.SETTLEMENT_PRICE))

    source = DbnSource(write(tmp_path / "a", header(dbn.Schema.STATISTICS), stat(4800.25), stat(4771.13)))
    rows = rows_of(source)[Kind.STATISTIC]
    assert rows["price_ticks"].tolist() == [19_201, NO_PRICE]
    assert rows["quantity"].tolist() == [5, 5]
    assert "statistic record kept: price off the tick grid left out" in source.warnings[0]
    assert "4771.13" in source.warnings[0]


def test_zstd_frames_that_follow_each_other_are_one_file(tmp_path: Path) -> None:
    plain = write(tmp_path / "a", header(), *(mbo(i) for i in range(50)))
    raw = plain.read_bytes()
    split = write(tmp_path / "b", *(zstd(raw[at : at + 777]) for at in range(0, len(raw), 777)))
    skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
    framed = write(tmp_path / "c", skippable, zstd(raw))
    assert as_bytes(DbnSource(split)) == as_bytes(DbnSource(plain)) == as_bytes(DbnSource(framed))


def test_equal_bytes_whatever_the_chunk_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    parts = [
        mbo(i, 4800 + 0.25 * int(rng.integers(-8, 8)))
        if rng.random() < 0.7
        else trade(i, 4800.1)
        if i % 5 == 0
        else trade(i)
        for i in range(400)
    ]
    path = write(tmp_path / "a", header(None), *parts)
    whole = as_bytes(DbnSource(path))
    assert all(as_bytes(DbnSource(path, chunk_events=n)) == whole for n in (1, 3, 64, 399, 10_000))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda raw: raw[:3] + b"\x04" + raw[4:], "DBN version 4; versions 1 to 3 can be read"),
        (lambda raw: raw[:3] + b"\0" + raw[4:], "DBN version 0"),
        (lambda raw: raw[:4] + b"\xff\xff\xff\xff" + raw[8:], "is damage"),
        (lambda raw: raw[:4] + b"\0\0\1\0" + raw[8:], "is cut after"),
        (lambda raw: raw[:4] + b"\x10\0\0\0" + raw[8:], "cannot be decoded"),
        (lambda raw: raw[:6], "not a DBN file"),
        (lambda raw: raw[:40], "is cut after"),
    ],
)
def test_a_wrong_header_is_refused_with_its_reason(tmp_path: Path, change, reason: str) -> None:
    path = write(tmp_path / "a", change(header()))
    with pytest.raises(SourceError, match=reason) as caught:
        DbnSource(path)
    assert caught.value.path == str(path)
    assert "\n" not in str(caught.value)


def test_version_one_keeps_its_short_symbols(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(version=1), mbo(1)))
    assert source.info.instruments[0].symbol == "ESH4.GLBX"
    assert source.info.first_ns == T0


def test_the_span_is_the_headers_until_it_is_known_and_then_exact(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(), mbo(3), mbo(2), mbo(5)))
    assert (source.info.first_ns, source.info.rows) == (T0, None)
    rows_of(source)
    assert (source.info.first_ns, source.info.last_ns) == (T0 + 2 * NS_PER_S, T0 + 5 * NS_PER_S)
    assert source.info.rows == 3
