"""Real DBN recordings: every sample decodes to the rows of its manifest, and to the numbers in its bytes."""

from pathlib import Path

import databento_dbn
import numpy as np
import pytest

from cockpit.events.dtypes import ADD, BID, NONE, TRADE, Kind
from cockpit.feeds.files.dbn import DbnSource
from cockpit.feeds.files.sniff import open_source
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_MIN, NS_PER_S
from tests.feeds.files.dbn_making import unpacked
from tests.feeds.files.reading import as_bytes, rows_of, said
from tests.feeds.rows import same_rows

ES_DAY = "books/es-mbo-esh4-20231225-until2340.dbn.zst"

# rows as the manifests state them
STATED = {
    ES_DAY: {Kind.MBO: 53_250},
    "books/es-mbo-esh4-20231224-snapshot.dbn.zst": {Kind.MBO: 8_725},
    "books/es-mbp1-esu4-20240701T2358.dbn.zst": {Kind.MBP: 2_288},
    "books/es-trades-esu4-20240701T2358.dbn.zst": {Kind.TRADE: 120},
    "books/es-nq-ohlcv1m-20240701T2340.dbn.zst": {Kind.BAR: 60},
    "books/es-nq-def-20240701.dbn.zst": {Kind.DEFINITION: 2},
    "books/es-nq-bbo1m-20240509T0955.dbn.zst": {Kind.QUOTE: 20},
    "books/es-nq-ohlcv1m-20240509T0955.dbn.zst": {Kind.BAR: 20},
    "books/es-opt-bbo1m-20240509T0955.dbn.zst": {Kind.QUOTE: 20},
    "books/es-opt-def-20240509.dbn.zst": {Kind.DEFINITION: 2},
    "books/es-bbo1m-expiry-20251219T1425.dbn.zst": {Kind.QUOTE: 20},
    "books/es-def-expiry-20251219.dbn.zst": {Kind.DEFINITION: 2},
    "books/es-optall-def-20230801-2rec.dbn.zst": {Kind.DEFINITION: 2},
    "books/es-futspread-def-20230801.dbn.zst": {Kind.DEFINITION: 2},
}


def samples(data: Path) -> list[Path]:
    found = [*(data / "books").rglob("*.dbn*"), *(data / "prints" / "dbn").glob("*.dbn*")]
    return sorted(path for path in found if path.is_file())


@pytest.mark.parametrize("name", STATED)
def test_a_recording_has_the_rows_its_manifest_states(data: Path, name: str) -> None:
    found = rows_of(open_source(data / name))
    assert {kind: len(rows) for kind, rows in found.items()} == STATED[name]


def test_every_sample_has_one_row_a_record_of_the_public_decoder(data: Path) -> None:
    files = samples(data)
    assert len(files) > 70
    for path in files:
        decoder = databento_dbn.DBNDecoder()
        decoder.write(unpacked(path))
        records = decoder.decode()[1:]  # the metadata comes first
        source = open_source(path)
        found = rows_of(source)
        assert sum(map(len, found.values())) == len(records) == source.info.rows, path
        assert not [line for line in source.warnings if "refused" in line or "torn" in line], path


def test_every_sample_gives_equal_bytes_on_two_passes_and_in_small_chunks(data: Path) -> None:
    for path in samples(data):
        source = DbnSource(path)
        first = as_bytes(source)
        assert as_bytes(source) == first, path
        if path.stat().st_size < 100_000:
            assert as_bytes(DbnSource(path, chunk_events=7)) == first, path


def test_the_christmas_day_recording_has_its_trades_and_its_first_order(data: Path) -> None:
    source = open_source(data / ES_DAY)
    rows = rows_of(source)[Kind.MBO]
    assert int((rows["action"] == TRADE).sum()) == 2_271
    assert int(rows["size"][rows["action"] == TRADE].sum()) == 7_442
    assert int((rows["flags"] == 40).sum()) == 8_725  # the snapshot
    first = rows[0]
    assert first["clock_ns"] == first["recv_ns"] == 1_703_462_400_000_000_000
    assert first["event_ns"] == 1_703_422_805_243_925_307
    assert (first["action"], first["side"], first["size"]) == (ADD, BID, 2)
    assert first["price_ticks"] * 0.25 == 4799.0
    assert (first["order_id"], first["sequence"]) == (6_412_777_162_812, 682)
    assert [one.symbol for one in source.info.instruments] == ["ESH4.GLBX"]
    assert source.info.last_ns == rows["clock_ns"].max() == 1_703_547_597_990_010_713
    assert source.warnings == ()


def test_ten_levels_are_read_with_sizes_and_counts(data: Path) -> None:
    row = rows_of(open_source(data / "books/dbn-samples/GLBX.MDP3/mbp-10.dbn.zst"))[Kind.MBP][0]
    assert (row["bid_ticks"][:4] * 0.25).tolist() == [3702.25, 3702.0, 3701.75, 3701.5]
    assert (row["ask_ticks"][:3] * 0.25).tolist() == [3702.75, 3703.0, 3703.25]
    assert row["bid_sizes"][:3].tolist() == [19, 20, 13]
    assert row["ask_counts"][:3].tolist() == [13, 17, 14]
    assert (row["bid_ticks"] != NO_PRICE).all()


def test_one_level_schemas_fill_the_first_level_only(data: Path) -> None:
    top = rows_of(open_source(data / "books/dbn-samples/GLBX.MDP3/tbbo.dbn.zst"))[Kind.MBP][0]
    assert (top["bid_ticks"][0] * 0.25, top["ask_ticks"][0] * 0.25) == (3702.5, 3702.75)
    assert (top["bid_counts"][0], top["ask_counts"][0], top["sequence"]) == (7, 8, 145_885)
    assert (top["bid_ticks"][1:] == NO_PRICE).all()
    assert (top["bid_sizes"][1:] == 0).all()
    merged = rows_of(open_source(data / "books/dbn-samples/versions/cmbp-1.dbn"))[Kind.MBP][0]
    assert (merged["bid_ticks"][0] * 0.25, merged["bid_sizes"][0], merged["bid_counts"][0]) == (3720.25, 24, -1)


def test_sampled_quotes_are_stamped_with_the_end_of_their_interval(data: Path) -> None:
    row = rows_of(open_source(data / "books/dbn-samples/GLBX.MDP3/bbo-1m.dbn.zst"))[Kind.QUOTE][0]
    assert (row["clock_ns"], row["interval_ns"]) == (1_609_113_600_000_000_000, NS_PER_MIN)
    assert (row["bid_ticks"] * 0.25, row["ask_ticks"] * 0.25) == (3702.25, 3702.75)
    assert (row["bid_size"], row["ask_size"], row["bid_count"], row["ask_count"]) == (18, 13, 10, 13)


def test_a_quote_of_an_option_nobody_quotes_is_unknown_not_zero(data: Path) -> None:
    source = open_source(data / "books/dbn-samples/OPRA.PILLAR/cbbo-1s.dbn.zst")
    row = rows_of(source)[Kind.QUOTE][0]
    assert (row["bid_ticks"], row["ask_ticks"], row["event_ns"]) == (NO_PRICE, NO_PRICE, NO_TIME)
    assert (row["bid_count"], row["interval_ns"]) == (-1, NS_PER_S)
    (instrument,) = source.info.instruments
    assert (instrument.symbol, instrument.kind, instrument.tick) == ("AAPL  250221C00250000.OPRA", "option", 0.01)


def test_the_clock_of_a_bar_is_its_close(data: Path) -> None:
    row = rows_of(open_source(data / "books/dbn-samples/GLBX.MDP3/ohlcv-1m.dbn.zst"))[Kind.BAR][0]
    assert row["open_ns"] == row["event_ns"] == 1_609_113_600_000_000_000
    assert row["clock_ns"] == row["open_ns"] + NS_PER_MIN
    assert [row[f"{name}_ticks"] * 0.25 for name in ("open", "high", "low", "close")] == [
        3702.75,
        3704.75,
        3702.5,
        3704.75,
    ]
    assert row["volume"] == 306
    assert np.isnan([row["buy_volume"], row["sell_volume"], row["trades"]]).all()


def test_statistics_keep_what_is_undefined_undefined(data: Path) -> None:
    price_only = rows_of(open_source(data / "books/dbn-samples/GLBX.MDP3/statistics.dbn.zst"))[Kind.STATISTIC][0]
    assert (price_only["price_ticks"] * 0.25, price_only["quantity"], price_only["ts_ref_ns"]) == (
        3707.75,
        -1,
        NO_TIME,
    )
    interest = rows_of(open_source(data / "books/dbn-samples/OPRA.PILLAR/statistics.dbn.zst"))[Kind.STATISTIC][0]
    assert (interest["price_ticks"], interest["quantity"], interest["stat_type"]) == (NO_PRICE, 57_924, 9)


@pytest.mark.parametrize("name", ["statistics.dbn", "statistics.v3.dbn.zst"])
def test_a_file_without_symbols_shows_ids_and_says_so(data: Path, name: str) -> None:
    source = open_source(data / "books/dbn-samples/versions" / name)
    row = rows_of(source)[Kind.STATISTIC][0]
    (instrument,) = source.info.instruments
    assert (instrument.symbol, instrument.origin) == ("ID146945.GLBX", "inferred")
    assert row["price_ticks"] * instrument.tick == 100.0
    assert row["quantity"] == -1  # version 2 has an int32 here, with a limit of its own
    assert source.info.first_ns == row["clock_ns"]
    assert said(source, "without symbols")
    assert said(source, "tick inferred")


def test_versions_two_and_three_of_a_sample_hold_the_same(data: Path) -> None:
    folder = data / "books/dbn-samples/versions"
    names = [path.name.removesuffix(".dbn") for path in folder.glob("*.dbn") if ".v3" not in path.name]
    assert len(names) >= 17
    for name in names:
        assert as_bytes(DbnSource(folder / f"{name}.dbn")) == as_bytes(DbnSource(folder / f"{name}.v3.dbn.zst")), (
            name
        )


def test_status_and_imbalance_are_read(data: Path) -> None:
    status = rows_of(open_source(data / "books/dbn-samples/GLBX.MDP3/status.dbn.zst"))[Kind.STATUS][0]
    assert (status["action"], status["reason"], status["is_trading"]) == (7, 1, ord("Y"))
    imbalance = rows_of(open_source(data / "books/dbn-samples/versions/imbalance.dbn"))[Kind.IMBALANCE][0]
    assert (imbalance["ref_ticks"] * 0.01, imbalance["imbalance_size"], imbalance["side"]) == (229.43, 2000, BID)


def test_definitions_become_rows_and_instruments(data: Path) -> None:
    source = open_source(data / "books/es-futspread-def-20230801.dbn.zst")
    row = rows_of(source)[Kind.DEFINITION][0]
    assert (row["symbol"], row["asset"], row["instrument_class"]) == (b"ESH5-ESM5.GLBX", b"ES", ord("S"))
    assert (row["tick_nano"], row["multiplier_nano"]) == (50_000_000, 0)
    spread = source.info.instruments[0]
    assert (spread.symbol, spread.kind, spread.tick, spread.origin) == (
        "ESH5-ESM5.GLBX",
        "spread",
        0.05,
        "definition",
    )
    (option, _) = rows_of(open_source(data / "books/es-opt-def-20240509.dbn.zst"))[Kind.DEFINITION]
    assert (option["strike_nano"], option["tick_nano"]) == (5_250_000_000_000, 0)
    assert option["expiration_ns"] == 1_718_976_600_000_000_000


def test_two_instruments_in_one_file_are_told_apart(data: Path) -> None:
    source = open_source(data / "books/es-nq-ohlcv1m-20240701T2340.dbn.zst")
    rows = rows_of(source)[Kind.BAR]
    names = [one.symbol for one in source.info.instruments]
    assert sorted(names) == ["ESU4.GLBX", "NQU4.GLBX"]
    es = rows[rows["instrument"] == names.index("ESU4.GLBX")]
    assert len(es) == 30
    assert (es["close_ticks"] * 0.25 > 5000).all()
    assert (es["close_ticks"] * 0.25 < 6000).all()


def test_an_expired_contract_keeps_its_last_event_time(data: Path) -> None:
    source = open_source(data / "books/es-bbo1m-expiry-20251219T1425.dbn.zst")
    rows = rows_of(source)[Kind.QUOTE]
    gone = rows[rows["instrument"] == [one.symbol for one in source.info.instruments].index("ESZ5.GLBX")]
    assert (gone["bid_ticks"][-1] * 0.25, gone["ask_ticks"][-1] * 0.25) == (6797.25, 6803.0)
    assert len(np.unique(gone["event_ns"][-4:])) == 1
    assert (np.diff(gone["clock_ns"]) == NS_PER_MIN).all()


def test_an_empty_recording_still_says_what_it_is_about(data: Path) -> None:
    source = open_source(data / "books/dbn-samples/versions/ohlcv-1d.dbn")
    assert rows_of(source) == {}
    assert ([one.symbol for one in source.info.instruments], source.info.rows) == (["ESH1.GLBX"], 0)


def test_chunks_can_be_asked_for_from_any_number(data: Path) -> None:
    source = DbnSource(data / ES_DAY, chunk_events=10_000)
    every = list(source.chunks())
    assert [chunk.events for chunk in every] == [10_000] * 5 + [3_250]
    late = list(source.chunks(4))
    assert [chunk.first_seq for chunk in late] == [40_000, 50_000]
    assert same_rows(late[0].batches[0].rows, every[4].batches[0].rows)


def test_neither_side_nor_action_is_ever_left_to_chance(data: Path) -> None:
    rows = rows_of(open_source(data / "books/es-mbp1-esu4-20240701T2358.dbn.zst"))[Kind.MBP]
    assert set(np.unique(rows["side"])) <= {BID, ord("A"), NONE}
    assert (rows["depth"] == 0).all()
