"""The relief of a book: the most that rested in each cell, by the slow way too, however it grew; holes are told."""

import numpy as np
import pytest

from cockpit.engines.book import heat
from cockpit.engines.book.heat import BEST, Heat, HeatHistory
from cockpit.engines.book.layout import BID_SIDE, CHANGE, GONE
from cockpit.engines.book.mbo import MboBook
from cockpit.engines.book.relief import CELLS, COLUMN_NS, COLUMNS, ROWS, SPAN_NS, UNKNOWN, ReliefMaker, mids_at
from cockpit.errors import EngineError
from cockpit.units import NO_PRICE, NO_TIME, Rows, Sizes
from tests.state.market import order_rows

NO_BEST = np.zeros(0, BEST)


def changes(*rows: tuple[int, int, int, int]) -> Rows:
    """CHANGE rows of (cell, side, price, size)."""
    made = np.zeros(len(rows), CHANGE)
    for place, (cell, side, price, size) in enumerate(rows):
        made[place]["cell"], made[place]["side"] = cell, side
        made[place]["price"], made[place]["size"] = price, size
    return made


def slow(history: Heat, low: int, group: int, now_ns: int) -> Sizes:
    """The same grid change by change, from the very beginning."""
    last = now_ns // COLUMN_NS
    grid, book = np.zeros((ROWS, COLUMNS), np.int64), dict[tuple[int, int], int]()
    told = np.concatenate([chunk.changes() for chunk in history.chunks])

    def sums() -> Sizes:
        made = np.zeros(ROWS, np.int64)
        for (_, price), size in book.items():
            if 0 <= (price - low) // group < ROWS:
                made[(price - low) // group] += size
        return made

    at = 0
    for column in range(int(told["cell"][0]) // CELLS, last + 1):
        peaks = sums()
        while at < len(told) and told["cell"][at] // CELLS == column:
            side, price = int(told["side"][at]), int(told["price"][at])
            if side >= GONE:
                book = {key: size for key, size in book.items() if key[0] != side - GONE}
            else:
                book[side, price] = int(told["size"][at])
            peaks = np.maximum(peaks, sums())
            at += 1
        if column > last - COLUMNS:
            grid[:, column - last + COLUMNS - 1] = peaks
    grid[:, : max(int(told["cell"][0]) // CELLS - (last - COLUMNS + 1), 0)] = UNKNOWN
    return grid


@pytest.mark.parametrize(("seed", "events", "group"), [(1, 300, 1), (2, 1_200, 1), (3, 1_200, 2), (4, 900, 5)])
def test_it_is_what_the_history_says_also_when_it_grew_in_parts(
    seed: int, events: int, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heat, "CHUNK_ROWS", 90)
    rows, book, history, grown = order_rows(seed, events), MboBook(0), HeatHistory(), ReliefMaker()
    low = 19_200 - ROWS * group // 2
    for part in np.array_split(rows, 23):
        history.append(book.apply(part).changes)
        now = int(part["clock_ns"][-1])
        grid = grown.make(history.view(), NO_BEST, low, group, now)
    fresh = ReliefMaker().make(history.view(), NO_BEST, low, group, now)
    wanted = slow(history.view(), low, group, now)
    assert fresh.sizes.tolist() == wanted.tolist()
    assert grid.sizes.tolist() == wanted.tolist()
    assert (wanted > 0).sum() > 200


def test_silence_keeps_what_rests_and_time_goes_on() -> None:
    history, maker = HeatHistory(), ReliefMaker()
    history.append(changes((1_000 * CELLS, BID_SIDE, 10, 7)))
    now = 1_000 * COLUMN_NS
    assert maker.make(history.view(), NO_BEST, 0, 1, now).sizes[10, -1] == 7
    later = maker.make(history.view(), NO_BEST, 0, 1, now + 3 * COLUMN_NS)
    assert later.sizes[10, -4:].tolist() == [7] * 4
    history.append(changes((1_004 * CELLS, BID_SIDE, 10, 0)))
    after = maker.make(history.view(), NO_BEST, 0, 1, now + 5 * COLUMN_NS)
    assert after.sizes[10, -6:].tolist() == [7, 7, 7, 7, 7, 0], "it rested until that column"


def test_what_nobody_knows_is_no_zero() -> None:
    history = HeatHistory()
    assert (ReliefMaker().make(history.view(), NO_BEST, 0, 1, SPAN_NS * 3).sizes == UNKNOWN).all()
    history.append(changes((1_000 * CELLS, BID_SIDE, 10, 7)))
    begun = ReliefMaker().make(history.view(), NO_BEST, 0, 1, 1_010 * COLUMN_NS)
    assert begun.known.tolist() == [False] * (COLUMNS - 11) + [True] * 11
    assert not begun.gaps.any(), "before the beginning is no gap"
    history.mark_gap(1_004 * COLUMN_NS, NO_TIME, is_lasting=True)
    lasting = ReliefMaker().make(history.view(), NO_BEST, 0, 1, 1_010 * COLUMN_NS)
    assert lasting.gaps.tolist() == [False] * (COLUMNS - 7) + [True] * 7
    history.append(changes((1_006 * CELLS, GONE + BID_SIDE, NO_PRICE, 0), (1_006 * CELLS, BID_SIDE, 11, 3)))
    over = ReliefMaker().make(history.view(), NO_BEST, 0, 1, 1_010 * COLUMN_NS)
    assert np.flatnonzero(over.gaps).tolist() == [COLUMNS - 7, COLUMNS - 6]
    assert (over.sizes[:, over.gaps] == UNKNOWN).all()
    assert (over.sizes[11, -5:].tolist(), over.sizes[10, -1]) == ([3] * 5, 0)


def test_mids_are_missing_where_a_side_is() -> None:
    best = np.zeros(3, BEST)
    best["clock_ns"], best["bid"], best["ask"] = (10, 20, 30), (100, NO_PRICE, 101), (103, 104, 102)
    assert mids_at(best, np.array([9, 10, 19, 20, 31])).tolist()[1:3] == [101.5, 101.5]
    assert np.isnan(mids_at(best, np.array([9, 20]))).all()
    assert mids_at(best, np.array([31])).tolist() == [101.5]
    assert np.isnan(mids_at(NO_BEST, np.array([31]))).all()


def test_rows_of_no_ticks_are_refused() -> None:
    with pytest.raises(EngineError, match="0 must be 1 or more"):
        ReliefMaker().make(Heat(), NO_BEST, 0, 0, 1)
