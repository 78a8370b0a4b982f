"""What a file is told to be, and what is said of files that are nothing known."""

import gzip
import io
import os
import random
import zipfile
from pathlib import Path

import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from tests.feeds.files.dbn_making import header, mbo, zstd
from tests.feeds.files.reading import refusal, rows_of


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("20210104_spx_minute_trade.csv", "30600000,3764610000,3764610000,3764610000,3764610000,0")
        archive.writestr("second.csv", "")
    return packed.getvalue()


ZIPPED = _zipped()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"\x1f\x8b", "cannot be unpacked"),
        (b"\x28\xb5\x2f\xfd\0\0\0", "cannot be unpacked"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "a JPEG picture"),
        (b"PK\x03\x04" + bytes(100), "a zip archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (bytes(range(256)) * 4, "binary data of no known format"),
        (random.Random(1).randbytes(5000), "binary data of no known format"),
        (b"Some words about the market.\n", "begins with 'Some words about the market.'"),
        (b"a,b,c\n1,2,3\n", "begins with 'a,b,c'"),
        (b"DATE;OPEN;HIGH;LOW;CLOSE\n", "begins with 'DATE;OPEN;HIGH;LOW;CLOSE'"),
        (b"\n\n\n", "begins with ''"),
        (b"{}", "JSON, not readable yet: its keys are none"),
        (b" \n[1]", "JSON, not readable yet: a list"),
        (b"Expiration Date;Calls;Strike;Puts\n", "Cboe option chain separated by semicolons or tabs"),
        (ZIPPED, "a zip archive of LEAN minute bars (20210104_spx_minute_trade.csv and 1 more)"),
        (b'1723161255000000000 {"stream":"btcusdt@depth"}\n', "Binance messages, but none about an instrument"),
        (b"34200.004241176,1,16113575,18,5853300,1\n", "its name tells no date"),
        (
            b"5859400,200,5853300,18,5859500,100,5853200,18\n",
            "LOBSTER book file of several levels, not readable yet",
        ),
        (
            b"exchange,symbol,timestamp,local_timestamp,funding_rate\n",
            "a Tardis CSV of another kind, not readable yet",
        ),
        (b"\nS&P 500 INDEX,Last: 6481.3999,Change:  15.4599\n", "a Cboe option chain that ends before its table"),
        (b"ts_recv,ts_event,rtype,publisher_id\n", "Databento CSV of another schema, not readable yet"),
        (b"DBNX", "not a DBN file"),
    ],
)
def test_what_is_no_source_is_named_in_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file.dbn.zst"
    path.write_bytes(content)
    assert said in refusal(path)


def test_missing_folders_and_devices_are_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nothing")
    assert "without tape.json is no tape" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refusal(tmp_path / "pipe")
    assert refusal(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"DBN")
    path.chmod(0)
    assert "Permission denied" in refusal(path)


def test_content_decides_whatever_the_name(tmp_path: Path) -> None:
    raw = header() + mbo()
    for name, content in (("a.csv", raw), ("b.json", zstd(raw)), ("c", gzip.compress(raw))):
        path = tmp_path / name
        path.write_bytes(content)
        source = open_source(str(path))
        assert (source.info.format, source.info.path) == ("dbn", str(path))
        assert sum(map(len, rows_of(source).values())) == 1


def test_the_folder_of_a_tape_is_opened_as_a_tape(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(header() + mbo(1) + mbo(2))
    river = River([open_source(path)])
    recorder = Recorder(tmp_path / "tape", river.registry, created_ns=1)
    while (taken := river.take(100)) is not None and taken.events:
        recorder.write(taken)
    recorder.close()
    source = open_source(tmp_path / "tape")
    assert source.info.format == "tape"
    assert len(rows_of(source)[Kind.MBO]) == 2


def test_a_folder_with_a_broken_tape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tape.json").write_text("{", encoding="utf-8")
    assert refusal(tmp_path)


def test_nothing_in_the_folders_of_real_data_is_read_by_mistake(data: Path) -> None:
    unread = ["books/es-mdp3-20190829-part1.pcap.xz", "books/nq-tns-20251009T1800.csv.gz",
              "books/gc-tick-trade-percontract-20131007.csv.gz", "books/si-sil-bbo-202606-part1.csv.gz",
              "options/oi_history/oi_by_strike_spx_2026-08.json.gz",
              "books/MANIFEST.md", "books/nq-footprint-range-20230614.csv"]  # fmt: skip
    for name in unread:
        assert refusal(data / name)


def test_mutated_tables_give_events_or_a_source_error(data: Path, tmp_path: Path) -> None:
    names = ["books/es-5m/ESU22.csv.gz", "indices/vix_daily.csv.gz", "indices/spx_5min_2026.csv.gz",
             "indices/mes_5min_2026-03_2026-05.csv.gz", "indices/vix_5min_2025_2026.csv.gz"]  # fmt: skip
    rng = random.Random(5)
    for name in names:
        lines = gzip.decompress((data / name).read_bytes()).split(b"\n")[:40]
        for _ in range(60):
            raw = bytearray(b"\n".join(lines) + b"\n")
            for _ in range(rng.choice([1, 3, 10, 60])):
                at = rng.randrange(len(raw))
                if rng.random() < 0.7:
                    raw[at] = rng.choice(b'0123456789,.-/: \n;x\0\xff"')
                else:
                    del raw[at : at + rng.randrange(9)]
            path = tmp_path / Path(name).name.removesuffix(".gz")
            path.write_bytes(raw)
            try:
                source = open_source(path)
            except SourceError:
                continue
            assert sum(map(len, rows_of(source).values())) == source.info.rows
