"""Where records begin: the kernel against the obvious loop."""

import random

import numpy as np
import pytest

from cockpit.feeds.files import dbn_records as dbn

LAYOUTS = dbn.Layouts(3, ts_out=False)


def slowly(block: bytes) -> tuple[list[tuple[int, int]], int, bool]:
    """Offset and type of every record, bytes they take, and whether rubbish follows."""
    found, at = [], 0
    while at + 2 <= len(block):
        words, rtype = block[at], block[at + 1]
        known = int(LAYOUTS.words[rtype])
        if words < dbn.MIN_WORDS or (known and known != words):
            return found, at, True
        if at + words * 4 > len(block):
            break
        found.append((at, rtype))
        at += words * 4
    return found, at, False


def record(rtype: int, filler: int) -> bytes:
    words = int(LAYOUTS.words[rtype]) or 6
    return bytes([words, rtype]) + bytes([filler]) * (words * 4 - 2)


@pytest.mark.parametrize("seed", range(30))
def test_records_are_found_where_the_obvious_loop_finds_them(seed: int) -> None:
    rng = random.Random(seed)
    types = rng.choice([[dbn.MBO], [dbn.MBO, dbn.TRADE], [dbn.MBO, dbn.MBP_10, 0xEE, dbn.STATUS]])
    block = b"".join(record(rng.choice(types), rng.randrange(256)) for _ in range(rng.randrange(1, 60)))
    if rng.random() < 0.5:
        block += rng.choice([b"\0", bytes(30), record(dbn.MBO, 1)[:20], record(dbn.TRADE, 1)[:1], b"\xff" * 9])
    expected, used, bad = slowly(block)
    split = dbn.split(block, LAYOUTS)
    assert (split.count, split.used, split.rubbish is not None) == (len(expected), used, bad)
    assert len(split.unknown) == sum(rtype == 0xEE for _, rtype in expected)
    for group in split.groups:
        mine = [(place, at) for place, (at, rtype) in enumerate(expected) if rtype == group.rtype]
        assert group.places.tolist() == [place for place, _ in mine]
        assert group.offsets.tolist() == [at for _, at in mine]
        assert [row.tobytes() for row in group.records] == [
            block[at : at + len(row.tobytes())] for (_, at), row in zip(mine, group.records, strict=True)
        ]


def test_an_empty_block_has_no_records() -> None:
    assert dbn.split(b"", LAYOUTS).count == 0


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_layout_is_a_whole_number_of_words(version: int) -> None:
    layouts = dbn.Layouts(version, ts_out=False)
    for rtype in np.flatnonzero(layouts.words):
        assert layouts.dtype(int(rtype)).itemsize == int(layouts.words[rtype]) * 4
    assert layouts.dtype(dbn.MBO).itemsize == 56
    assert layouts.dtype(dbn.MBP_10).itemsize == 368
    assert layouts.dtype(dbn.DEFINITION).itemsize == {1: 360, 2: 400, 3: 520}[version]
    assert layouts.dtype(dbn.STATISTIC).itemsize == {1: 64, 2: 64, 3: 80}[version]
