"""Append-only columns: what was handed out never changes, however much is appended after."""

import numpy as np
import pytest

from cockpit.ring import FIRST_CAPACITY, Columns

DTYPE = np.dtype([("seq", np.int64), ("price", np.float64)])


def rows(first: int, n: int) -> np.ndarray:
    made = np.zeros(n, DTYPE)
    made["seq"] = np.arange(first, first + n)
    made["price"] = made["seq"] / 4
    return made


def test_views_keep_their_rows_while_the_columns_grow() -> None:
    columns = Columns(DTYPE)
    views = []
    for step in range(8):
        columns.append(rows(step * FIRST_CAPACITY, FIRST_CAPACITY))
        views.append(columns.view())
    for step, view in enumerate(views):
        assert len(view) == (step + 1) * FIRST_CAPACITY
        assert (view["seq"] == np.arange(len(view))).all()


def test_nobody_can_write_through_a_view() -> None:
    columns = Columns(DTYPE)
    columns.append(rows(0, 3))
    with pytest.raises(ValueError, match="read-only"):
        columns.view()["seq"][0] = 9


def test_two_that_adopted_the_same_past_go_their_own_ways() -> None:
    first = Columns(DTYPE)
    first.append(rows(0, 10))
    frozen = first.freeze()
    second = Columns(DTYPE)
    second.adopt(frozen)
    first.append(rows(100, 5))
    second.append(rows(200, 5))
    assert first.view()["seq"].tolist() == [*range(10), *range(100, 105)]
    assert second.view()["seq"].tolist() == [*range(10), *range(200, 205)]
    assert frozen.rows["seq"].tolist() == list(range(10))


def test_clearing_forgets_and_old_views_stay() -> None:
    columns = Columns(DTYPE)
    columns.append(rows(0, 4))
    view = columns.view()
    columns.clear()
    assert len(columns) == 0
    columns.append(rows(50, 1))
    assert view["seq"].tolist() == [0, 1, 2, 3]


def test_a_provisional_row_is_last_and_gives_way() -> None:
    columns = Columns(DTYPE)
    columns.append(rows(0, FIRST_CAPACITY))
    assert columns.view_with(rows(7, 1))["seq"][-1] == 7
    columns.append(rows(FIRST_CAPACITY, 1))
    assert (columns.view()["seq"] == np.arange(FIRST_CAPACITY + 1)).all()
