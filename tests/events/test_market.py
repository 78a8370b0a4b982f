"""Batches, and snapshots of chains that come in one piece, however the river was cut."""

from pathlib import Path

import numpy as np
import pytest

from cockpit.events.dtypes import DTYPES, Flag, Kind, empty
from cockpit.events.market import Batch, whole_snapshots


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5, 7, 20])
def test_snapshots_are_whole_however_their_rows_are_cut(cut: int) -> None:
    rows = np.zeros(12, DTYPES[Kind.CHAIN])
    rows["seq"] = np.arange(12)
    rows["flags"][[3, 4, 9]] = Flag.LAST
    found, waiting = [], ()
    for start in range(0, len(rows), cut):
        whole, waiting = whole_snapshots(rows[start : start + cut], waiting)
        found += [snapshot["seq"].tolist() for snapshot in whole]
        assert not any(snapshot.flags.writeable for snapshot in whole)
    assert found == [[0, 1, 2, 3], [4], [5, 6, 7, 8, 9]]
    assert [int(seq) for part in waiting for seq in part["seq"]] == [10, 11]


def test_rows_from_a_file_can_be_joined_again(tmp_path: Path) -> None:
    rows = empty(Kind.CHAIN, 3)
    np.savez(tmp_path / "rows.npz", rows=rows)
    with np.load(tmp_path / "rows.npz", allow_pickle=False) as file:
        read = Batch(Kind.CHAIN, file["rows"])
    joined = np.concatenate([read.rows, read.rows])
    assert len(Batch(Kind.CHAIN, joined)) == 6
