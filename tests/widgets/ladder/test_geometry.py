"""Columns of the ladder."""

from itertools import pairwise

import pytest

from cockpit.widgets.ladder.geometry import PRICE, STACKED_FROM, columns


def test_columns_share_the_width_as_designed() -> None:
    assert columns(400) == (0, 64, 100, 164, 252, 316, 352, 400)
    assert columns(400, stacked=False) == (0, 76, 120, 196, 292, 360, 400, 400)


@pytest.mark.parametrize("width", [240, 299, 300, 400, 777, 1200])
@pytest.mark.parametrize("price", [0.0, 60.0, 80.5, 96.0])
def test_prices_have_the_room_they_need_and_no_column_goes(width: int, price: float) -> None:
    edges = columns(width, price, stacked=width >= STACKED_FROM)
    assert (edges[0], edges[-1]) == (0, width)
    assert edges[PRICE + 1] - edges[PRICE] >= price - 1
    assert all(right - left >= 15 for left, right in pairwise(dict.fromkeys(edges)))
