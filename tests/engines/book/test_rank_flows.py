"""Flows by rank and depth in bands of samples: three kinds of books against their own levels, told slowly."""

import random
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book.depth import DepthBook
from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.engines.book.mbo import MboBook
from cockpit.engines.book.metrics import depth_within, mid
from cockpit.engines.book.ofi import multi_level_ofi
from cockpit.events.dtypes import BANDS_BPS, BOOK_LEVELS, CLEAR, Flag, Kind, empty
from cockpit.units import NO_PRICE, Rows, Sizes
from tests.engines.book.programs import cut_at, program, ticks_among
from tests.engines.book.recordings import arl_levels, es_rows
from tests.engines.book.test_depth import SNAPSHOT, message, numbered
from tests.engines.book.test_l2 import joined, mbp_row
from tests.engines.book.test_samples import level_program, seqs
from tests.feeds.rows import same_rows

Book = MboBook | DepthBook | PriceLevelBook
Shown = tuple[Sizes, Sizes]  # keys (larger is better) and sizes by side, (2, BOOK_LEVELS)


def shown(book: Book) -> Shown:
    read = book.readout(BOOK_LEVELS)
    keys, sizes = np.zeros((2, 2, BOOK_LEVELS), np.int64)
    for side, (ticks, rest) in enumerate(((read.bid_ticks, read.bid_sizes), (read.ask_ticks, read.ask_sizes))):
        keys[side, : len(ticks)], sizes[side, : len(ticks)] = ticks * (1 if side == 0 else -1), rest
    return keys, sizes


def gained(before: Shown, now: Shown) -> Sizes:
    """Flow by rank, bids less asks; of a rank that is missing before or after, nothing."""
    total = np.zeros(BOOK_LEVELS, np.int64)
    for side, sign in ((0, 1), (1, -1)):
        for rank in range(BOOK_LEVELS):
            was, had = before[0][side, rank], before[1][side, rank]
            key, size = now[0][side, rank], now[1][side, rank]
            if had and size:
                total[rank] += sign * (size * (key >= was) - had * (key <= was))
    return total


NOTHING: Shown = (np.zeros((2, BOOK_LEVELS), np.int64), np.zeros((2, BOOK_LEVELS), np.int64))


def flows_slowly(book: Book, rows: Rows, ticks: Rows, *, is_mbo: bool) -> list[list[int]]:
    """The sums at each tick, with the book read after every transaction."""
    total, before, found = np.zeros(BOOK_LEVELS, np.int64), NOTHING, []
    waiting = ticks["seq"].tolist()
    was_snapshot = False
    for at in range(len(rows)):
        while waiting and waiting[0] < rows["seq"][at]:
            found.append(total.tolist())
            waiting.pop(0)
        row = rows[at : at + 1]
        is_snapshot = bool(row["flags"][0] & Flag.SNAPSHOT)
        begins = is_snapshot and not was_snapshot and (not is_mbo or row["action"][0] == ord("A"))
        if row["action"][0] == CLEAR or begins:
            before = NOTHING if not isinstance(book, PriceLevelBook) else before
        was_snapshot = is_snapshot
        book.apply(row)
        if row["flags"][0] & Flag.LAST:
            now = shown(book)
            if not is_snapshot and not (isinstance(book, PriceLevelBook) and row["action"][0] == CLEAR):
                total += gained(before, now)
            before = now
            if isinstance(book, DepthBook):
                was_snapshot = False
    return found + [total.tolist()] * len(waiting)


@pytest.mark.parametrize("seed", range(12))
def test_an_order_book_counts_the_flow_of_every_rank_however_it_is_cut(seed: int) -> None:
    rows, ticks = ticks_among(program(7_000 + seed), seed, 200)
    output = MboBook(0).apply(rows, ticks)
    assert output.samples["flows"].tolist() == flows_slowly(MboBook(0), rows, ticks, is_mbo=True)
    pieces, parts = MboBook(0), []
    for part in cut_at(rows, ticks, seqs(seed, rows)):
        again = MboBook(0)
        again.thaw(pieces.freeze())
        pieces = again
        parts.append(pieces.apply(*part).samples)
    assert same_rows(np.concatenate(parts), output.samples)


def test_the_first_rank_of_a_recording_is_the_flow_of_its_best_quotes(data: Path) -> None:
    rows, ticks = ticks_among(es_rows(data), 3, 4_000)
    output = MboBook(0).apply(rows, ticks)
    # a quote with one side is no state to the paper, yet its other side may have moved: only whole stretches
    ends = np.searchsorted(output.tops["seq"], ticks["seq"])
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(output.tops["ofi"]))])[ends]
    whole = np.concatenate([[0], np.cumsum(np.isnan(output.tops["ofi"]))])[ends]
    late = whole == whole[-1]
    assert late.sum() > 2_000
    first = output.samples["flows"][:, 0]
    assert np.array_equal(first[late] - first[late][0], (sums[late] - sums[late][0]).astype(np.int64))


@pytest.mark.parametrize("seed", range(8))
def test_price_levels_count_the_flow_of_every_rank_however_they_are_cut(seed: int) -> None:
    rows, ticks = ticks_among(level_program(seed), seed, 120)
    # a program's level without size is no level: ranks are places in the record, so let there be none
    for side in ("bid", "ask"):
        rows[f"{side}_sizes"] = np.where(rows[f"{side}_ticks"] != NO_PRICE, np.maximum(rows[f"{side}_sizes"], 1), 0)
    output = PriceLevelBook(0).apply(rows, ticks)
    assert output.samples["flows"].tolist() == flows_slowly(PriceLevelBook(0), rows, ticks, is_mbo=False)
    pieces, parts = PriceLevelBook(0), []
    for part in cut_at(rows, ticks, seqs(seed, rows)):
        again = PriceLevelBook(0)
        again.thaw(pieces.freeze())
        pieces = again
        parts.append(pieces.apply(*part).samples)
    assert same_rows(np.concatenate(parts), output.samples)


def test_recorded_levels_flow_as_the_function_for_arrays_says(data: Path) -> None:
    rows = arl_levels(data)
    ends = rows[(rows["flags"] & Flag.LAST) != 0]
    each = multi_level_ofi(ends["bid_ticks"], ends["bid_sizes"], ends["ask_ticks"], ends["ask_sizes"])
    # a thin share: a stretch in which its best two levels are always there
    holes = np.flatnonzero(np.isnan(each[:, :2]).any(axis=1))
    first, last = max(zip(holes + 1, np.append(holes[1:], len(each)), strict=True), key=lambda run: run[1] - run[0])
    assert last - first > 100
    ticks = empty(Kind.TICK, 2)
    ticks["seq"] = ends["seq"][first] + 1, ends["seq"][last] + 1
    samples = PriceLevelBook(int(rows["instrument"][0])).apply(rows, ticks).samples
    expected = each[first:last, :2].sum(axis=0)
    assert (samples["flows"][1] - samples["flows"][0])[:2].tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_a_full_depth_book_counts_the_flow_of_every_rank(seed: int) -> None:
    rng = random.Random(seed)
    parts = [SNAPSHOT]
    for _ in range(150):
        bids = [(rng.randrange(85, 101), rng.randrange(6)) for _ in range(rng.randrange(3))]
        asks = [(rng.randrange(101, 116), rng.randrange(6)) for _ in range(rng.randrange(3))]
        parts.append(SNAPSHOT if rng.random() < 0.02 else message(dict(bids).items(), dict(asks).items()))
    rows, ticks = ticks_among(numbered(*parts), seed, 60)
    output = DepthBook(0).apply(rows, ticks)
    assert output.samples["flows"].tolist() == flows_slowly(DepthBook(0), rows, ticks, is_mbo=False)
    pieces, found = DepthBook(0), []
    for part in cut_at(rows, ticks, seqs(seed, rows)):
        again = DepthBook(0)
        again.thaw(pieces.freeze())
        pieces = again
        found.append(pieces.apply(*part).samples)
    assert same_rows(np.concatenate(found), output.samples)


def test_a_sample_tells_levels_and_what_rests_within_each_band(data: Path) -> None:
    rows = es_rows(data)
    for upto in (12_000, 30_000, len(rows)):
        book = MboBook(0)
        tick = empty(Kind.TICK, 1)
        tick["seq"] = rows["seq"][upto - 1] + 1
        sample = book.apply(rows[:upto], tick).samples[0]
        read, whole = book.readout(BOOK_LEVELS), book.readout(100_000)
        middle = mid(read.bid_ticks, read.ask_ticks)
        assert middle is not None
        assert sample["bid_level_ticks"].tolist() == read.bid_ticks.tolist()
        assert sample["ask_level_ticks"].tolist() == read.ask_ticks.tolist()
        for band, bps in enumerate(BANDS_BPS):
            assert sample["bid_within"][band] == depth_within(whole.bid_ticks, whole.bid_sizes, middle, bps)
            assert sample["ask_within"][band] == depth_within(whole.ask_ticks, whole.ask_sizes, middle, bps)


def test_ten_levels_know_no_band_that_reaches_behind_them() -> None:
    ticks = empty(Kind.TICK, 1)
    ticks["seq"] = 9
    bids, asks = [(9_999 - i, 5, 1) for i in range(10)], [(10_001 + i, 2, 1) for i in range(3)]
    sample = PriceLevelBook(0).apply(joined(mbp_row(bids, asks)), ticks).samples[0]
    assert sample["bid_within"].tolist() == [25, -1, -1], "5 bps are five ticks; the tenth lies ten away"
    assert sample["ask_within"].tolist() == [6, 6, 6], "three levels are the whole side"
    assert sample["ask_level_ticks"].tolist() == [10_001, 10_002, 10_003, *[NO_PRICE] * 7]
    alone = PriceLevelBook(0).apply(joined(mbp_row(bids[:1], asks[:1])), ticks).samples[0]
    assert alone["bid_within"].tolist() == [-1, -1, -1], "a source of best quotes tells nothing of depth"
    empty_side = PriceLevelBook(0).apply(joined(mbp_row(bids, [])), ticks).samples[0]
    assert empty_side["bid_within"].tolist() == [-1, -1, -1], "no mid"
