"""Every reader of book tables against spoilt input: events or a refusal, nothing else."""

import gzip
import random
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import GapReason, Kind
from cockpit.feeds.files.sniff import open_source
from tests.feeds.files.reading import as_bytes, mutated, rows_of

NAMES = [
    "arl-mbo-20250717.csv.gz",
    "aapl-mbp10-20241021-first2500.csv.gz",
    "itch-aapl-20190130-events-book10-first2000.csv.gz",
    "es-mdp3-20190829-part1-orders.csv.gz",
    "es-mdp3-20190829-part1-mbp.csv.gz",
    "lobster-aapl-20120621-message50-0930-1010.csv.gz",
    "lobster-aapl-20120621-orderbook1-0930-1600.csv.gz",
    "tardis-binancefut-btcusdt-quotes-20200222.csv.gz",
    "tardis-binancefut-btcusdt-trades-20200222.csv.gz",
    "sgx-a50-book3-20140109.txt.gz",
    "es-trades-dom40-20220124T1330.csv.gz",
    "bitstamp-l3-20150501-first30000.csv.gz",
    "bitfinex-l3-btcusd.json.gz",
]
ALPHABET = b'0123456789,.-:; \n\rxACEFT\0\xff"[]'


@pytest.mark.parametrize("name", NAMES)
def test_mutated_recordings_give_events_or_a_source_error(data: Path, tmp_path: Path, name: str) -> None:
    text = gzip.decompress((data / "books" / name).read_bytes())[:6_000].decode()
    path = tmp_path / name.removesuffix(".gz")
    rng = random.Random(7)
    opened = 0
    for _ in range(40):
        path.write_bytes(mutated(text, rng, ALPHABET, [1, 3, 10, 60], 200, b"x"))
        try:
            source = open_source(path)
        except SourceError:
            continue
        opened += 1
        found = rows_of(source)
        assert sum(map(len, found.values())) == source.info.rows
        for rows in found.values():
            assert int(rows["instrument"].max()) < len(source.info.instruments)
            assert int(rows["instrument"].min()) >= -1
        for kind in (Kind.MBO, Kind.TRADE):
            assert (found[kind]["size"] >= 0).all() if kind in found else True
    assert opened


@pytest.mark.parametrize("name", NAMES)
def test_a_torn_recording_is_read_to_the_tear_and_ends_with_a_gap(data: Path, tmp_path: Path, name: str) -> None:
    raw = (data / "books" / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(raw[: len(raw) // 2])
    source = open_source(path)
    found = rows_of(source)
    gaps = found.pop(Kind.GAP)
    assert gaps["reason"].tolist()[-1] == GapReason.TRUNCATED
    assert int(gaps["seq"][-1]) == (source.info.rows or 0) - 1
    kind, rows = max(found.items(), key=lambda item: len(item[1]))
    whole = rows_of(open_source(data / "books" / name))[kind]
    assert 100 < len(rows) < len(whole)
    same = [one for one in rows.dtype.names or () if one not in ("order_id", "size", "flags", "action")]
    n = len(rows) // 2
    assert all(np.array_equal(rows[one][:n], whole[one][:n]) for one in same if rows[one].dtype == whole[one].dtype)


def test_reading_twice_gives_equal_bytes(data: Path) -> None:
    for name in NAMES[2:5]:
        source = open_source(data / "books" / name, 4_096)
        assert as_bytes(source) == as_bytes(source)
