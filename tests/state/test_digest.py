"""The digest sees every value in order, and neither batches nor padding."""

import numpy as np
import pytest

from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch
from cockpit.state.digest import Digest


def prints(n: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, DTYPES[Kind.PRINT])
    for name in rows.dtype.names:
        rows[name] = rng.integers(0, 100, n)
    return rows


def digest(*batches: Batch) -> str:
    made = Digest()
    made.update(batches)
    return made.hex()


@pytest.mark.parametrize("cut", [1, 3, 50, 99])
def test_how_rows_are_cut_does_not_matter(cut: int) -> None:
    rows = prints(100)
    whole = digest(Batch(Kind.PRINT, rows))
    assert digest(Batch(Kind.PRINT, rows[:cut]), Batch(Kind.PRINT, rows[cut:])) == whole


def test_bytes_between_columns_do_not_matter() -> None:
    rows = prints(10)
    filled = {fill: np.frombuffer(bytearray([fill]) * rows.nbytes, DTYPES[Kind.PRINT]) for fill in (0, 255)}
    for other in filled.values():
        for name in rows.dtype.names:
            other[name] = rows[name]
    assert filled[0].tobytes() != filled[255].tobytes()
    assert len({digest(Batch(Kind.PRINT, other)) for other in (rows, *filled.values())}) == 1


@pytest.mark.parametrize("name", DTYPES[Kind.PRINT].names)
def test_every_column_counts(name: str) -> None:
    rows = prints(10)
    other = rows.copy()
    other[name][7] += 1
    assert digest(Batch(Kind.PRINT, other)) != digest(Batch(Kind.PRINT, rows))


def test_order_counts() -> None:
    rows = prints(10)
    assert digest(Batch(Kind.PRINT, rows[::-1].copy())) != digest(Batch(Kind.PRINT, rows))


def thawed(digest: Digest) -> Digest:
    twin = Digest()
    twin.thaw(digest.freeze())
    return twin


@pytest.mark.parametrize("rows", [5, 1_023, 1_024, 1_025, 5_000])
def test_what_was_thawed_goes_on_as_what_was_frozen_and_alone(rows: int) -> None:
    first = Digest()
    first.update([Batch(Kind.PRINT, prints(rows))])
    twin = thawed(first)
    assert twin.hex() == first.hex()
    twin.update([Batch(Kind.PRINT, prints(3_000, 2))])
    assert twin.hex() != first.hex()
    first.update([Batch(Kind.PRINT, prints(3_000, 2))])
    assert twin.hex() == first.hex() == digest(Batch(Kind.PRINT, np.concatenate([prints(rows), prints(3_000, 2)])))


@pytest.mark.parametrize("cut", [1, 700, 1_023, 1_024, 1_025, 2_048, 3_999])
def test_whole_blocks_are_cut_by_their_bytes_alone(cut: int) -> None:
    rows = prints(4_000)
    assert digest(Batch(Kind.PRINT, rows[:cut]), Batch(Kind.PRINT, rows[cut:])) == digest(Batch(Kind.PRINT, rows))
