"""Going back through kept chunks."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.events.dtypes import Kind
from cockpit.events.market import Chunk
from cockpit.feeds import spool
from cockpit.feeds.source import Pausing
from cockpit.feeds.spool import Spooled
from tests.feeds.rows import Event, ListSource, same_rows


def source() -> ListSource:
    kinds = (Kind.MBO, Kind.MBP, Kind.DEFINITION)
    return ListSource([Event(1_000 + n, kinds[n % 3], value=n) for n in range(100)], sizes=(7, 30, 1, 11))


def same_chunk(left: Chunk, right: Chunk) -> bool:
    return (left.first_seq, left.next_seq) == (right.first_seq, right.next_seq) and all(
        a.kind is b.kind and same_rows(a.rows, b.rows) for a, b in zip(left.batches, right.batches, strict=True)
    )


@pytest.mark.parametrize("limit", [0, 9_000, 2**30])
def test_chunks_come_back_equal_from_memory_and_from_disk(limit: int) -> None:
    expected, plain = list(source().chunks()), source()
    spooled, rng = Spooled(plain, limit), random.Random(limit)
    for _ in range(30):
        start = rng.randrange(len(expected) + 2)
        wanted = rng.randrange(1, 5)
        got = [chunk for chunk, _ in zip(spooled.chunks(start), range(wanted), strict=False)]
        assert len(got) == len(expected[start : start + wanted])
        assert all(map(same_chunk, got, expected[start:]))
    assert plain.reads == 1
    assert spooled.held_bytes <= limit


def test_two_readers_at_once_do_not_disturb_each_other() -> None:
    expected, spooled = list(source().chunks()), Spooled(source(), 9_000)
    for pair in zip(spooled.chunks(), spooled.chunks(), expected, strict=True):
        assert same_chunk(pair[0], pair[2])
        assert same_chunk(pair[1], pair[2])


class SlowSource(ListSource):
    """Works three steps on each chunk."""

    worked = 0

    def steps(self, from_chunk: int = 0) -> Iterator[Chunk | None]:
        for chunk in self.chunks(from_chunk):
            for _ in range(3):
                self.worked += 1
                yield None
            yield chunk


def slow() -> SlowSource:
    return SlowSource([Event(1_000 + n, Kind.MBO, value=n) for n in range(100)], sizes=(7, 30, 1, 11))


def test_a_slow_source_is_read_a_step_at_a_time_until_a_chunk_is_ready() -> None:
    plain = slow()
    spooled, expected = Spooled(plain, 2**30), list(source().chunks())
    assert isinstance(plain, Pausing)
    assert not isinstance(source(), Pausing)
    for number in range(len(expected)):
        assert [spooled.ready(number) for _ in range(5)] == [False, False, False, True, True]
        assert plain.worked == 3 * (number + 1), "no step is made for nothing"
        chunk = next(spooled.chunks(number))
        assert (chunk.first_seq, chunk.next_seq) == (expected[number].first_seq, expected[number].next_seq)
    assert spooled.ready(len(expected)), "the end is no reason to wait"
    assert list(spooled.chunks(len(expected))) == []
    hasty = Spooled(slow(), 2**30)
    assert not hasty.ready(0)
    assert sum(chunk.events for chunk in hasty.chunks()) == 100, "who cannot wait need not"


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spooled = Spooled(source(), 0)
    held = list(spooled.chunks())
    assert list(tmp_path.rglob("*.rows")) == []
    del spooled
    assert list(tmp_path.iterdir()) == []
    assert all(map(same_chunk, held, source().chunks()))  # what was handed out outlives the spool


def test_without_room_on_disk_the_source_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    plain = source()
    spooled = Spooled(plain, 0)
    for _ in range(2):
        assert all(map(same_chunk, spooled.chunks(), source().chunks()))
    assert plain.reads == 2
    assert spool.GIBIBYTE == 2**30
