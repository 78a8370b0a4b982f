"""Snapshots of chains come in one piece, however the river was cut."""

import numpy as np
import pytest

from cockpit.events.dtypes import DTYPES, Flag, Kind
from cockpit.events.market import whole_snapshots


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
