"""Arrays in a mapped file come back as they went, and what does not fit the file is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.arrays import checksum, describe, dtype_of, map_arrays, sealed, unsealed, write_arrays
from cockpit.entries import prune_entries, put_entry
from cockpit.events.dtypes import DTYPES, SAMPLE, Kind, empty


def fixed(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


ARRAYS = [
    np.arange(5.0),
    fixed(np.arange(7)),
    empty(Kind.MBP, 3),
    np.arange(6.0).reshape(2, 3).T,
    np.array(3),
    np.zeros(0),
    np.zeros((0, 4), np.int32),
    np.zeros(2, SAMPLE),
    np.array([b"SPXW"], "S8"),
    np.array([True, False]),
    np.arange(10)[::2],
]


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, Any]:
    path = tmp_path / "rows"
    return path, json.loads(json.dumps(write_arrays(path, ARRAYS)))


def test_arrays_come_back_as_they_went(file: tuple[Path, Any]) -> None:
    for before, after in zip(ARRAYS, map_arrays(*file), strict=True):
        assert (after.dtype, after.shape) == (before.dtype, before.shape)
        assert after.dtype.isalignedstruct == before.dtype.isalignedstruct
        assert after.flags.writeable == before.flags.writeable
        assert after.flags.aligned
        assert np.array_equal(after, before)


def test_writing_to_a_mapped_array_leaves_the_file_alone(file: tuple[Path, Any]) -> None:
    whole = checksum(file[0])
    first = map_arrays(*file)[0]
    first[:] = 99.0
    assert checksum(file[0]) == whole
    assert map_arrays(*file)[0][0] == 0.0


@pytest.mark.parametrize("dtype", [*DTYPES.values(), SAMPLE, np.dtype("S16"), np.dtype((np.int64, (10,)))])
def test_every_dtype_is_described_whole(dtype: np.dtype) -> None:
    again = dtype_of(json.loads(json.dumps(describe(dtype))))
    assert again == dtype
    assert again.isalignedstruct == dtype.isalignedstruct
    assert again.itemsize == dtype.itemsize


def test_objects_are_neither_written_nor_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        write_arrays(tmp_path / "rows", [np.array([{}], object)])
    with pytest.raises(ValueError, match="is not read"):
        dtype_of("|O")
    with pytest.raises(ValueError, match="is not read"):
        dtype_of({"names": ["a"], "formats": ["|O"], "offsets": [0], "itemsize": 8, "aligned": False})


@pytest.mark.parametrize(("place", "value"), [(0, 64_000), (0, -64), (0, 1), (1, [10**6]), (1, [-1])])
def test_what_does_not_fit_the_file_is_refused(file: tuple[Path, Any], place: int, value: Any) -> None:
    file[1]["arrays"][0][place] = value
    with pytest.raises(ValueError, match="does not fit a file"):
        map_arrays(*file)


def test_a_manifest_with_a_flipped_bit_is_refused() -> None:
    text = sealed({"at": 64})
    assert unsealed(text) == {"at": 64}
    with pytest.raises(ValueError, match="not what was written"):
        unsealed(text.replace("64}", "65}"))


def test_an_entry_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    entry = tmp_path / "cache" / "day-1"
    put_entry(entry, lambda fresh: (fresh / "a").write_text("one"))

    def fails(fresh: Path) -> None:
        (fresh / "a").write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        put_entry(entry, fails)
    assert (entry / "a").read_text() == "one"
    put_entry(entry, lambda fresh: (fresh / "a").write_text("two"))
    assert (entry / "a").read_text() == "two"
    assert [each.name for each in entry.parent.iterdir()] == ["day-1"]


def test_only_the_newest_entries_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for number in range(5):
        put_entry(tmp_path / f"day-{number}", lambda fresh: (fresh / "a").write_text("one"))
    (tmp_path / "other").mkdir()
    prune_entries(tmp_path / "day-0", "day-", 3)
    left = {each.name for each in tmp_path.iterdir()}
    assert {"day-0", "other"} <= left
    assert len(left) == 4
