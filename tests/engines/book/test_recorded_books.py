"""Books of real recordings: the numbers of scene B, the oracle over the whole evening, a vendor's own levels."""

from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.engines.book.mbo import MboBook
from cockpit.engines.book.readout import BookReadout
from cockpit.engines.phase import Phase
from cockpit.events.dtypes import ASK, BID, Flag, Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.instants import parse_instant
from cockpit.units import Rows
from tests.engines.book.oracle import OracleBook, prints_of, tops_of
from tests.engines.book.programs import cuts, fed
from tests.engines.book.recordings import arl_levels, arl_orders, es_rows
from tests.feeds.rows import same_rows

TICKS_PER_POINT = 4


@pytest.fixture(scope="module")
def evening(data: Path) -> Rows:
    return es_rows(data)


def side(read: BookReadout, name: str, n: int) -> list[tuple[float, int, int]]:
    ticks, sizes, counts = (getattr(read, f"{name}_{what}")[:n] for what in ("ticks", "sizes", "counts"))
    return list(zip((ticks / TICKS_PER_POINT).tolist(), sizes.tolist(), counts.tolist(), strict=True))


def test_the_christmas_book_at_ten_past_and_at_the_end_has_the_known_levels(evening: Rows) -> None:
    cut = int(np.searchsorted(evening["clock_ns"], parse_instant("2023-12-25T23:10:00Z")))
    book = MboBook(0)
    book.apply(evening[:cut])
    assert (cut, book.resting_orders) == (25_598, 10_161)
    read = book.readout(5)
    assert side(read, "bid", 5) == [
        (4807.0, 26, 20), (4806.75, 36, 23), (4806.5, 33, 17), (4806.25, 40, 22), (4806.0, 36, 19)
    ]  # fmt: skip
    assert side(read, "ask", 5) == [
        (4807.5, 35, 24), (4807.75, 34, 24), (4808.0, 55, 27), (4808.25, 37, 21), (4808.5, 45, 16)
    ]  # fmt: skip
    book.check(Phase.CONTINUOUS)
    book.apply(evening[cut:])
    read = book.readout()
    assert side(read, "bid", 3) == [(4810.75, 33, 27), (4810.5, 74, 33), (4810.25, 70, 31)]
    assert side(read, "ask", 3) == [(4811.0, 31, 18), (4811.25, 32, 19), (4811.5, 42, 22)]
    assert read.resting_orders == 11_167
    assert (book.unknown_orders, book.unknown_modifies, book.duplicate_orders, book.refused_rows) == (0, 0, 0, 0)
    assert not book.is_suspect
    book.check(Phase.CONTINUOUS)


def test_the_christmas_book_is_crossed_before_the_open_and_never_after(evening: Rows) -> None:
    tops = MboBook(0).apply(evening).tops
    has_both = (tops["bid_count"] > 0) & (tops["ask_count"] > 0)
    is_crossed = has_both & (tops["bid_ticks"] >= tops["ask_ticks"])
    is_open = tops["clock_ns"] > parse_instant("2023-12-25T23:00:01Z")
    assert is_crossed[~is_open].any()
    assert not is_crossed[is_open].any()


def test_the_christmas_evening_equals_the_oracle_in_every_top_print_and_queue(evening: Rows) -> None:
    book, oracle = MboBook(0), OracleBook()
    oracle.apply(evening)
    output = book.apply(evening)
    assert tops_of(output.tops) == oracle.tops
    assert prints_of(output.prints) == oracle.prints
    for code in (BID, ASK):
        for price in oracle.queues[code]:
            ids, sizes = book.queue(code, price)
            assert list(zip(ids.tolist(), sizes.tolist(), strict=True)) == oracle.queue(code, price)
    assert book.resting_orders == len(oracle.by_id)


def test_the_christmas_trades_are_all_printed(evening: Rows) -> None:
    prints = MboBook(0).apply(evening).prints
    is_trade = evening["action"] == ord("T")
    assert (int(is_trade.sum()), int(evening["size"][is_trade].sum())) == (2_271, 7_442)
    assert prints["seq"].tolist() == evening["seq"][is_trade & (evening["size"] > 0)].tolist()
    assert int(prints["size"].sum()) == 7_442


def test_cutting_the_christmas_evening_anywhere_changes_no_byte(evening: Rows) -> None:
    tops, prints = fed(MboBook(0), evening, [])
    for at in (list(range(0, len(evening), 997)), cuts(11, len(evening))[::50]):
        cut_tops, cut_prints = fed(MboBook(0), evening, at)
        assert same_rows(cut_tops, tops)
        assert same_rows(cut_prints, prints)


def test_ten_levels_made_from_orders_equal_the_levels_the_vendor_published(data: Path) -> None:
    orders, levels = arl_orders(data), arl_levels(data)
    ends = {int(sequence): i + 1 for i, sequence in enumerate(orders["sequence"])}
    by_order, by_level = MboBook(0), PriceLevelBook(0)
    at = compared = 0
    for i, row in enumerate(levels):
        by_level.apply(levels[i : i + 1])
        if i + 1 < len(levels) and levels["sequence"][i + 1] == row["sequence"]:
            continue  # the vendor's sequence number is complete only with its last record
        end = ends[int(row["sequence"])]
        by_order.apply(orders[at:end])
        at, compared = end, compared + 1
        ours, theirs = by_order.readout(10), by_level.readout(10)
        for name in ("bid_ticks", "bid_sizes", "bid_counts", "ask_ticks", "ask_sizes", "ask_counts"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), (name, row["sequence"])
    assert compared == 3_360
    by_level.check(Phase.UNKNOWN)


def test_best_quotes_of_a_real_one_level_recording_never_cross_and_print_its_trades(data: Path) -> None:
    batches = [
        b for c in open_source(data / "books/es-mbp1-esu4-20240701T2358.dbn.zst").chunks() for b in c.batches
    ]
    rows = np.concatenate([batch.rows for batch in batches if batch.kind is Kind.MBP])
    book = PriceLevelBook(0)
    output = book.apply(rows)
    assert book.depth == 1
    assert (output.tops["bid_ticks"] < output.tops["ask_ticks"]).all()
    assert len(output.tops) <= int((rows["flags"] & Flag.LAST != 0).sum())
    assert len(output.prints) == 120  # as the trades recording of the same four minutes
    book.check(Phase.CONTINUOUS)
