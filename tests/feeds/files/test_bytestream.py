"""Reading through compression: pieces of any size give the same bytes."""

import gzip
import random
from pathlib import Path

import pytest

from cockpit.errors import SourceError
from cockpit.feeds.files.bytestream import ByteStream, packing_of
from tests.feeds.files.dbn_making import zstd

CONTENT = random.Random(2).randbytes(30_000) + bytes(400_000)


def read_in(path: Path, size: int) -> tuple[bytes, str | None]:
    pieces: list[bytes] = []
    with ByteStream(path) as stream:
        while piece := stream.read(size):
            pieces.append(piece)
        return b"".join(pieces), stream.torn


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
@pytest.mark.parametrize("size", [7_777, 65_536, 10_000_000])
def test_content_is_the_same_whatever_the_packing_and_the_piece(tmp_path: Path, pack, size: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(pack(CONTENT))
    assert read_in(path, size) == (CONTENT, None)


def test_two_gzip_members_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(gzip.compress(CONTENT[:100]) + gzip.compress(CONTENT[100:]))
    assert read_in(path, 1000) == (CONTENT, None)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_cut_gives_the_same_prefix_in_pieces_of_any_size(tmp_path: Path, pack) -> None:
    packed = pack(CONTENT)
    path = tmp_path / "a"
    for cut in (len(packed) // 2, len(packed) * 9 // 10, len(packed) - 1):
        path.write_bytes(packed[:cut])
        prefix, torn = read_in(path, 1_000_000)
        assert torn
        assert CONTENT.startswith(prefix)
        assert read_in(path, 333) == (prefix, torn)


def test_a_place_says_whether_it_is_in_the_unpacked_data(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"plain")
    with ByteStream(path) as stream:
        assert stream.where(1234) == "byte 1,234"
    path.write_bytes(zstd(b"packed"))
    with ByteStream(path) as stream:
        assert stream.where(1234) == "byte 1,234 of the unpacked data"


def test_a_missing_file_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        ByteStream(tmp_path / "nothing")


def test_packings_are_told_by_their_first_bytes() -> None:
    assert [packing_of(head) for head in (zstd(b"x")[:4], gzip.compress(b"x")[:4], b"DBN\x03", b"")] == [
        "zstd",
        "gzip",
        "none",
        "none",
    ]
