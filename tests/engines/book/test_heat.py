"""The history of liquidity: at every cell of time it says what the book was, however it was cut or frozen."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book import heat
from cockpit.engines.book.depth import DepthBook
from cockpit.engines.book.heat import Heat, HeatHistory
from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.engines.book.layout import ASK_SIDE, BID_SIDE, CELL_NS, CHANGE, GONE
from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ASK, BID, DTYPES, Kind, empty
from cockpit.units import NO_PRICE, NO_TIME, Rows
from tests.engines.book.depth_oracle import DepthOracle
from tests.engines.book.oracle import OracleBook
from tests.engines.book.programs import cuts, mbo_rows, program, record
from tests.engines.book.recordings import es_rows
from tests.engines.book.test_depth import program as depth_program

Books = dict[int, tuple[dict[int, int], dict[int, int]]]


def in_time(rows: Rows, seed: int) -> Rows:
    """The rows at clocks some of which share a cell of time."""
    rows, rng = rows.copy(), random.Random(seed)
    rows["clock_ns"] = 10 * CELL_NS + np.cumsum([rng.choice((0, 0, 1, CELL_NS // 7, 3 * CELL_NS)) for _ in rows])
    return rows


def fed(book: MboBook | DepthBook, rows: Rows, at: list[int], seed: int) -> Heat:
    """What the history says after the rows cut there; now and then it goes on from a frozen one."""
    rng, history = random.Random(seed), HeatHistory()
    for part in np.split(rows, at):
        history.append(book.apply(part).changes)
        if rng.random() < 0.2:
            frozen, kept = book.freeze(), history.freeze()
            history.append(book.apply(part[:1]).changes)  # goes astray
            book.thaw(frozen)
            history = HeatHistory()
            history.thaw(kept)
    return history.view()


def books_of(rows: Rows) -> Books:
    """Sizes by tick of both sides at the end of each cell that has rows, by the slow book."""
    oracle, cells, found = OracleBook(), rows["clock_ns"] // CELL_NS, {}
    for cell in np.unique(cells).tolist():
        oracle.apply(rows[cells == cell])
        found[cell] = tuple({price: size for price, size, _ in oracle.levels(side)} for side in (BID, ASK))
    return found


@pytest.mark.parametrize("seed", range(24))
def test_at_every_cell_it_says_what_the_order_book_was(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat, "CHUNK_ROWS", 90)
    rows = in_time(program(seed, 600), seed)
    said = fed(MboBook(0), rows, cuts(seed, len(rows)), seed)
    for cell, (bids, asks) in books_of(rows).items():
        for book, true in zip(said.book_at(cell * CELL_NS), (bids, asks), strict=True):
            assert book == {price: size for price, size in true.items() if abs(price) < heat.FARTHEST}, cell
    # what is out of every picture's reach is left out, and counted
    assert (said.far > 0) == (int(np.abs(rows["price_ticks"][rows["price_ticks"] != NO_PRICE] // 2).max()) > 2**30)


@pytest.mark.parametrize("seed", range(12))
def test_at_every_cell_it_says_what_the_book_of_levels_was(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat, "CHUNK_ROWS", 90)
    rows = in_time(depth_program(seed)[0], seed)
    said = fed(DepthBook(0), rows, cuts(seed, len(rows)), seed)
    oracle, cells = DepthOracle(), rows["clock_ns"] // CELL_NS
    none = empty(Kind.TRADE), empty(Kind.TICK)
    for cell in np.unique(cells).tolist():
        oracle.run(rows[cells == cell], *none)
        assert said.book_at(cell * CELL_NS) == (dict(oracle.bids), dict(oracle.asks)), cell


def test_at_every_cell_it_says_what_the_recorded_book_was(data: Path) -> None:
    rows = es_rows(data)[:12_000]
    said = fed(MboBook(int(rows["instrument"][0])), rows, cuts(5, len(rows)), 5)
    truth = books_of(rows)
    for cell in random.Random(7).sample(sorted(truth), 60):
        assert said.book_at(cell * CELL_NS) == truth[cell]


def test_how_rows_are_cut_does_not_change_what_it_says() -> None:
    rows = in_time(program(3, 400), 3)
    one, other = (fed(MboBook(0), rows, cuts(seed, len(rows)), seed) for seed in (1, 2))
    for cell in np.unique(rows["clock_ns"] // CELL_NS).tolist():
        assert one.book_at(cell * CELL_NS) == other.book_at(cell * CELL_NS)


def test_a_level_that_changes_often_within_a_cell_is_told_once() -> None:
    adds, cancels = ([record(action, "B", 100, 1, k) for k in range(50)] for action in "AC")
    rows = mbo_rows(adds + cancels)
    rows["clock_ns"] = CELL_NS
    changes = MboBook(0).apply(rows).changes
    assert [(int(row["price"]), int(row["size"])) for row in changes] == [(100, 0)]


def test_more_changes_than_the_log_holds_all_arrive() -> None:
    rows = mbo_rows([record("A", "B", price, 1, price) for price in range(9_000)])
    changes = MboBook(0).apply(rows).changes
    assert np.unique(changes["price"]).tolist() == list(range(9_000))


def test_a_book_of_ten_levels_tells_what_it_shows_and_what_left_the_window() -> None:
    rows = np.zeros(3, DTYPES[Kind.MBP])
    for side in ("bid", "ask"):
        rows[f"{side}_ticks"] = NO_PRICE
    rows["clock_ns"] = np.array([1, 2, 3]) * CELL_NS
    rows["bid_ticks"][:, 0], rows["bid_sizes"][:, 0] = (100, 101, 101), (5, 6, 6)
    rows["bid_ticks"][:, 1], rows["bid_sizes"][:, 1] = (99, 100, NO_PRICE), (2, 5, 0)
    history, book = HeatHistory(), PriceLevelBook(0)
    history.append(book.apply(rows[:2]).changes)
    frozen = book.freeze()
    book = PriceLevelBook(0)
    book.thaw(frozen)
    history.append(book.apply(rows[2:]).changes)
    said = history.view()
    assert [said.book_at(cell * CELL_NS)[0] for cell in (1, 2, 3)] == [{100: 5, 99: 2}, {101: 6, 100: 5}, {101: 6}]
    assert said.end == 5  # what stayed as it was is not told again


def test_a_gap_lasts_until_all_levels_are_told_anew() -> None:
    history = HeatHistory()
    history.append(_changes((1, 100, 5, BID_SIDE)))
    history.mark_gap(CELL_NS + 5, 2 * CELL_NS, is_lasting=True)
    assert history.view().gaps == ((CELL_NS + 5, NO_TIME),)
    gone = ((7, NO_PRICE, 0, side + GONE) for side in (BID_SIDE, ASK_SIDE))
    history.append(_changes(*gone, (7, 99, 4, BID_SIDE)))
    assert history.view().gaps == ((CELL_NS + 5, 7 * CELL_NS),)
    assert history.view().book_at(7 * CELL_NS) == ({99: 4}, {})


def test_what_was_seen_stays_while_more_is_appended() -> None:
    history = HeatHistory()
    history.append(_changes((1, 100, 5, BID_SIDE)))
    before = history.view()
    history.append(_changes((2, 100, 0, BID_SIDE), (2, 101, 3, ASK_SIDE)))
    assert before.book_at(9 * CELL_NS) == ({100: 5}, {})
    assert (history.view().series, history.view().end) == (before.series, 3)


@pytest.mark.parametrize("seed", range(6))
def test_coarse_rows_tell_the_largest_and_the_last_size_of_every_span(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heat, "CHUNK_ROWS", 400)
    monkeypatch.setattr(heat, "COARSE_CELLS", 50)
    rng, history = random.Random(seed), HeatHistory()
    told: dict[tuple[int, int, int], list[int]] = {}
    levels: dict[tuple[int, int], int] = {}
    rows: list[tuple[int, int, int, int]] = []
    for cell in range(990, 1_400, 3):
        for _ in range(rng.randrange(9)):
            if rng.random() < 0.01:
                rows.append((cell, NO_PRICE, 0, BID_SIDE + GONE))
                continue
            level = (rng.choice((BID_SIDE, ASK_SIDE)), rng.randrange(100, 104))
            levels[level] = rng.choice((0, 1, 5, 9))
            told.setdefault((cell // 50, *level), []).append(levels[level])
            rows.append((cell, level[1], levels[level], level[0]))
    history.append(_changes(*rows))
    history.append(_changes((1_500, 100, 1, BID_SIDE)))
    chunk = history.view().chunks[0]
    assert 0 < len(chunk.coarse) < len(chunk.rows)
    found: dict[tuple[int, int, int], list[int]] = {}
    for change in replace(chunk, rows=chunk.coarse).changes():
        if change["side"] < GONE:
            key = (int(change["cell"]) // 50, int(change["side"]), int(change["price"]))
            found.setdefault(key, []).append(int(change["size"]))
    whole = {key for key in told if key[0] < int(chunk.last_cell) // 50}  # the last span goes on in the next chunk
    assert {key: (max(found[key]), found[key][-1]) for key in whole} == {
        key: (max(told[key]), told[key][-1]) for key in whole
    }
    same = (replace(chunk, rows=rows).changes() for rows in (chunk.rows, chunk.coarse))
    after = [heat.levels_after(chunk, changes) for changes in same]
    assert [part.tolist() for part in after[0]] == [part.tolist() for part in after[1]]


def test_two_hours_are_kept_within_the_limit_and_older_ones_as_long_as_they_are_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heat, "CHUNK_ROWS", 100)
    monkeypatch.setattr(heat, "SPARE_BYTES", 6_000)
    monkeypatch.setattr(heat, "MOST_BYTES", 60_000)
    history = HeatHistory()
    for cell in range(0, 150_000, 500):
        history.append(_changes(*((cell, price, 1 + cell % 7, BID_SIDE) for price in range(5))))
    said, last = history.view(), 149_500
    assert said.nbytes < 60_000
    assert said.chunks[0].cell <= last - 72_000 < said.chunks[2].cell
    for cell in (last - 72_000, last - 30_000, last):
        assert said.book_at(cell * CELL_NS)[0] == dict.fromkeys(range(5), 1 + cell % 7)
    monkeypatch.setattr(heat, "MOST_BYTES", 9_000)
    history.append(_changes((last, 3, 9, BID_SIDE)))
    assert history.view().nbytes < 12_000


@pytest.mark.parametrize("apart", [1, 100_000])
def test_a_book_whose_levels_lie_far_apart_is_told_like_any_other(
    apart: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of coins some orders rest a million ticks from the rest, and many prices are known."""
    monkeypatch.setattr(heat, "CHUNK_ROWS", 500)
    monkeypatch.setattr(heat, "FIRST_ROOM", 16)
    rng, history, levels = random.Random(4), HeatHistory(), {0: dict[int, int](), 1: dict[int, int]()}
    for cell in range(1_200):
        side, price, size = rng.randrange(2), rng.randrange(300) * apart, rng.choice((0, 3, 8))
        levels[side][price] = size
        history.append(_changes((cell, price, size, side)))
    said = history.view()
    assert [len(chunk.rows) for chunk in said.chunks] == [500, 500, 200]
    assert all(0 < len(chunk.coarse) < 500 for chunk in said.chunks[:2])
    book = {side: {price: size for price, size in known.items() if size} for side, known in levels.items()}
    assert said.book_at(1_199 * CELL_NS) == (book[0], book[1])
    last = said.chunks[-1]
    order = list(zip(last.sides.tolist(), last.prices.tolist(), strict=True))
    assert order == sorted(order)


def _changes(*rows: tuple[int, int, int, int]) -> Rows:
    changes = np.zeros(len(rows), CHANGE)
    for change, row in zip(changes, rows, strict=True):
        change["cell"], change["price"], change["size"], change["side"] = row
    return changes
