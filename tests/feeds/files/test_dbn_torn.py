"""Cut and damaged DBN files: what stands before the damage is delivered and the loss is said."""

import random
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import GapReason, Kind
from cockpit.feeds.files.dbn import DbnSource
from cockpit.feeds.files.sniff import open_source
from cockpit.units import Rows
from tests.feeds.files.dbn_making import header, header_size, mbo, trade, unpacked, write, zstd
from tests.feeds.files.reading import as_bytes, rows_of
from tests.feeds.rows import same_rows

RECORD = 56


def whole(count: int = 60) -> bytes:
    return header() + b"".join(mbo(i, 4800 + i % 7) for i in range(count))


def check_prefix(path: Path, full: Rows) -> int:
    """Read a cut file: a prefix of ``full``, then at most one GAP; returns the rows before it."""
    source = DbnSource(path)
    found = rows_of(source)
    rows = found.get(Kind.MBO, full[:0])
    assert same_rows(rows, full[: len(rows)])
    gaps = found.get(Kind.GAP)
    torn = [line for line in source.warnings if "torn at" in line]
    assert len(torn) == (gaps is not None)
    if gaps is not None:
        assert gaps["seq"].tolist() == [len(rows)]
        assert gaps["reason"].tolist() == [GapReason.TRUNCATED]
        assert gaps["instrument"].tolist() == [-1]
        assert path.name in torn[0]
    return len(rows)


def test_a_plain_file_cut_anywhere_gives_every_whole_record_and_a_gap(tmp_path: Path) -> None:
    raw = whole(8)
    full = rows_of(DbnSource(write(tmp_path / "full", raw)))[Kind.MBO]
    body = header_size(raw)
    for cut in range(len(raw) + 1):
        path = write(tmp_path / "cut", raw[:cut])
        if cut < body:
            with pytest.raises(SourceError):
                open_source(path)
            continue
        assert check_prefix(path, full) == (cut - body) // RECORD
        torn = (cut - body) % RECORD != 0
        assert (Kind.GAP in rows_of(DbnSource(path))) == torn


def test_the_gap_of_a_cut_file_names_its_place_and_reason(tmp_path: Path) -> None:
    raw = whole(5)
    source = DbnSource(write(tmp_path / "cut.dbn", raw[:-6]))
    found = rows_of(source)
    gap = found[Kind.GAP][0]
    assert gap["clock_ns"] == gap["from_ns"] == found[Kind.MBO]["clock_ns"][-1]
    at = len(raw) - RECORD
    assert source.warnings == (
        f"cut.dbn: torn at byte {at:,}: the file ends 50 bytes into a record; everything before was read",
    )
    assert source.info.rows == 5


def test_a_zstd_file_cut_anywhere_gives_a_prefix(tmp_path: Path) -> None:
    raw = whole()
    packed = zstd(raw[: header_size(raw) + 20 * RECORD]) + zstd(raw[header_size(raw) + 20 * RECORD :])
    full = rows_of(DbnSource(write(tmp_path / "full", packed)))[Kind.MBO]
    assert len(full) == 60
    first_frame = len(zstd(raw[: header_size(raw) + 20 * RECORD]))
    for cut in range(len(packed)):
        path = write(tmp_path / "cut", packed[:cut])
        try:
            count = check_prefix(path, full)
        except SourceError:
            assert cut < first_frame
        else:
            assert count >= (20 if cut >= first_frame else 0)


def test_a_large_zstd_file_loses_only_what_follows_the_cut(data: Path, tmp_path: Path) -> None:
    packed = (data / "books/es-mbo-esh4-20231225-until2340.dbn.zst").read_bytes()
    full = rows_of(open_source(data / "books/es-mbo-esh4-20231225-until2340.dbn.zst"))[Kind.MBO]
    counts = [
        check_prefix(write(tmp_path / "cut", packed[:cut]), full)
        for cut in range(200_000, len(packed), len(packed) // 6)
    ]
    assert counts == sorted(counts)
    assert counts[0] > 10_000  # a block of zstd is 128 KiB, 2,340 records
    assert counts[-1] > 45_000


def test_rubbish_in_the_middle_ends_the_reading_there(tmp_path: Path) -> None:
    raw = whole(10)
    at = header_size(raw) + 4 * RECORD
    for rubbish in (b"\0" * 40, b"\x02\xa0" + bytes(20), b"\x0f\xa0" + bytes(80)):
        source = DbnSource(write(tmp_path / "a", raw[:at] + rubbish + raw[at:]))
        found = rows_of(source)
        assert (len(found[Kind.MBO]), len(found[Kind.GAP])) == (4, 1)
        assert f"torn at byte {at:,}" in source.warnings[-1]


def test_a_damaged_zstd_block_ends_the_reading_there(data: Path, tmp_path: Path) -> None:
    packed = bytearray((data / "books/es-mbo-esh4-20231225-until2340.dbn.zst").read_bytes())
    packed[300_000:300_050] = b"\x55" * 50
    source = DbnSource(write(tmp_path / "a", bytes(packed)))
    found = rows_of(source)
    assert found[Kind.GAP]["reason"].tolist() == [GapReason.TRUNCATED]
    assert "of the unpacked data" in source.warnings[0]
    assert as_bytes(source) == as_bytes(source)


def test_rubbish_after_the_last_frame_is_said_and_loses_nothing(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", zstd(whole(10)), b"rubbish, and more of it"))
    found = rows_of(source)
    assert (len(found[Kind.MBO]), len(found[Kind.GAP])) == (10, 1)


def test_a_cut_before_the_first_record_is_still_a_gap(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(), mbo()[:20]))
    found = rows_of(source)
    assert list(found) == [Kind.GAP]
    assert found[Kind.GAP]["from_ns"].tolist() == [source.info.first_ns]


def test_a_second_pass_repeats_no_warning(tmp_path: Path) -> None:
    source = DbnSource(write(tmp_path / "a", header(), mbo(1), mbo(2, 4800.1), mbo(3)[:30]))
    rows_of(source)
    first = source.warnings
    assert len(first) == 2
    rows_of(source)
    next(iter(source.chunks()))
    assert source.warnings == first


def mutate(raw: bytes, rng: random.Random) -> bytes:
    out = bytearray(raw)
    for _ in range(rng.choice([1, 1, 2, 5, 30])):
        at = rng.randrange(len(out)) if rng.random() < 0.6 else rng.randrange(min(len(out), 200))
        choice = rng.random()
        if choice < 0.6:
            out[at] = rng.randrange(256)
        elif choice < 0.75:
            del out[at : at + rng.randrange(1, 20)]
        elif choice < 0.9:
            out[at:at] = rng.randbytes(rng.randrange(20))
        else:
            out[at : at + 8] = rng.choice([b"\xff" * 8, b"\0" * 8, b"\xff" * 7 + b"\x7f", b"\0" * 7 + b"\x80"])
    return bytes(out)


@pytest.mark.parametrize("seed", range(12))
def test_mutated_files_give_events_or_a_source_error(data: Path, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    folder = data / "books" / "dbn-samples"
    refused: list[str] = []
    files = sorted(path for path in folder.rglob("*.dbn*") if path.is_file())
    for _ in range(80):
        path = rng.choice(files)
        raw = unpacked(path) if rng.random() < 0.7 else path.read_bytes()
        try:
            source = open_source(write(tmp_path / "a", mutate(raw, rng)))
            found = rows_of(source)
        except SourceError as error:
            refused.append(str(error))
            continue
        for rows in found.values():
            assert (rows["clock_ns"] > 0).all()
            assert (rows["instrument"] < len(source.info.instruments)).all()
        assert source.info.rows == sum(map(len, found.values()))
    assert not [line for line in refused if "\n" in line]


def test_mutated_mixed_streams_give_equal_bytes_twice(tmp_path: Path) -> None:
    rng = random.Random(99)
    raw = header(None) + b"".join(mbo(i) if i % 3 else trade(i) for i in range(40))
    size = header_size(raw)
    for _ in range(150):
        path = write(tmp_path / "a", raw[:size] + mutate(raw[size:], rng))
        source = DbnSource(path)
        first = as_bytes(source)
        assert as_bytes(source) == first
        assert as_bytes(DbnSource(path, chunk_events=5)) == first
        assert np.isfinite(source.info.rows or 0)
