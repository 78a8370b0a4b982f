"""Samples of books at ticks: what rests, and what was stacked and pulled since."""

import io
import random
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book import kernels, stack_kernels
from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.engines.book.mbo import MboBook
from cockpit.engines.book.readout import Book
from cockpit.errors import EngineError
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, CLEAR, DTYPES, TRADE, Flag, Kind, empty
from cockpit.units import NO_PRICE, Rows
from tests.engines.book.oracle import OracleBook, Sample, padded, prints_of, samples_of, tops_of
from tests.engines.book.programs import cut_at, mbo_rows, program, record, ticks_among
from tests.engines.book.recordings import arl_levels, arl_orders, es_rows
from tests.engines.book.test_l2 import ASKS, BIDS, Side, joined, mbp_row, quote_row
from tests.feeds.rows import same_rows

SNAPSHOT = Flag.SNAPSHOT | Flag.BAD_TS_RECV


def tick(seq: int) -> Rows:
    rows = empty(Kind.TICK, 1)
    rows["seq"], rows["clock_ns"] = seq, 1_000 + seq
    return rows


def stacked(*records: tuple) -> tuple[int, int]:
    """What some records stack, bid and ask."""
    return samples_of(MboBook(0).apply(mbo_rows(list(records)), tick(len(records))).samples)[0][6:8]


def seqs(seed: int, rows: Rows) -> list[int]:
    """Random places to cut a river at."""
    rng = random.Random(seed)
    return sorted(rng.choices(range(-20, int(rows["seq"][-1]) + 40), k=rng.choice([1, 5, 60, 400])))


def sampled(book: Book, parts: list[tuple[Rows, Rows]]) -> Rows:
    return np.concatenate([book.apply(rows, ticks).samples for rows, ticks in parts])


# --- the rules, one by one


def ladder(side: str = "B", n: int = 12) -> list[tuple]:
    """Orders 100, 101 .. of 5 contracts, each at a level of its own, best first."""
    step = -1 if side == "B" else 1
    return [record("A", side, 1_000 + step * k, 5, 100 + k) for k in range(n)]


BASE = 10 * 5  # what the ladder stacks when it is built from the best level on


def test_a_sample_tells_the_book_after_all_rows_before_the_tick() -> None:
    rows = mbo_rows([record("A", "B", 100, 5, 1), record("A", "A", 103, 7, 2), record("A", "B", 101, 4, 3)])
    rows["seq"] = [10, 20, 30]
    ticks = np.concatenate([tick(5), tick(15), tick(25), tick(26), tick(35)])
    book = MboBook(0)
    assert samples_of(book.apply(rows, ticks).samples) == [
        (5, 1_005, NO_PRICE, NO_PRICE, padded([]), padded([]), 0, 0, False),
        (15, 1_015, 100, NO_PRICE, padded([5]), padded([]), 5, 0, False),
        (25, 1_025, 100, 103, padded([5]), padded([7]), 5, 7, False),
        (26, 1_026, 100, 103, padded([5]), padded([7]), 5, 7, False),
        (35, 1_035, 101, 103, padded([4, 5]), padded([7]), 9, 7, False),
    ]
    assert not book.apply(rows[:0], tick(50)).samples.flags.writeable


def test_ticks_without_rows_show_the_book_as_it_is() -> None:
    book = MboBook(0)
    book.apply(mbo_rows([record("A", "B", 100, 5, 1)]))
    book.distrust()
    output = book.apply(mbo_rows([]), np.concatenate([tick(7), tick(8)]))
    assert samples_of(output.samples)[1] == (8, 1_008, 100, NO_PRICE, padded([5]), padded([]), 5, 0, True)
    assert (len(output.tops), output.changed) == (0, False)


def test_only_ticks_are_sampled_at() -> None:
    for book in (MboBook(0), PriceLevelBook(0)):
        with pytest.raises(EngineError, match="samples at rows of TICK"):
            book.apply(empty(Kind.MBO if isinstance(book, MboBook) else Kind.MBP), empty(Kind.TRADE, 1))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([record("A", "B", 1_000, 3, 1)], 3),
        ([record("A", "B", 1_001, 3, 1)], 3),  # the tenth level scrolls out: nobody pulled it
        ([record("A", "B", 991, 3, 1)], 3),
        ([record("A", "B", 990, 3, 1)], 0),  # the eleventh level
        ([record("C", "B", 1_000, 2, 100)], -2),
        ([record("C", "B", 1_000, 9, 100)], -5),  # more than there was
        ([record("C", "B", 990, 5, 110)], 0),
        ([record("M", "B", 1_000, 2, 100)], -3),
        ([record("M", "B", 1_000, 9, 100)], 4),
        ([record("M", "B", 1_001, 6, 100)], 1),  # pulled and added
        ([record("M", "B", 980, 5, 100)], -5),  # out of sight
        ([record("M", "B", 1_000, 5, 110)], 5),  # into sight
        ([record("C", "B", 1_000, 5, 100), record("C", "B", 990, 5, 110)], -10),  # by then it was the tenth
        ([record("A", "A", 1_001, 3, 1)], 0),  # the other side
        ([record("C", "B", 1_000, 5, 999)], 0),  # nobody's
    ],
)
def test_additions_and_pulls_count_within_the_best_ten_levels(after: list[tuple], expected: int) -> None:
    for side in "BA":
        mirrored = [
            record(a, s if side == "B" else {"B": "A", "A": "B"}[s], p if side == "B" else 2_000 - p, z, i, f)
            for a, s, p, z, i, f in after
        ]
        found = stacked(*ladder(side), *mirrored)
        assert found[side == "A"] == BASE + expected
        assert found[side == "B"] == (3 if after[0][1] == "A" else 0)


def test_what_is_executed_was_not_pulled() -> None:
    traded = [record("T", "A", 1_000, 3, 0, 0), record("F", "B", 1_000, 3, 100, 0)]
    assert stacked(*ladder(), *traded, record("M", "B", 1_000, 2, 100)) == (BASE, 0)
    assert stacked(*ladder(), *traded, record("C", "B", 1_000, 3, 100)) == (BASE, 0)
    assert stacked(*ladder(), *traded, record("M", "B", 1_000, 5, 100)) == (BASE + 3, 0)  # an iceberg shows more
    auction = record("F", "N", 1_000, 5, 100, 0)  # the venue tells no side, the order does
    assert stacked(*ladder(), auction, record("C", "B", 1_000, 5, 100)) == (BASE, 0)
    assert stacked(*ladder(), record("F", "B", 1_000, 3, 999)) == (BASE, 0)  # nothing will be taken out


def test_snapshots_clears_and_synthetic_tops_stack_nothing() -> None:
    snapshot = [record("A", "B", 900 + k, 5, k, SNAPSHOT) for k in range(3)]
    assert stacked(*ladder(), record("R", flags=SNAPSHOT), *snapshot) == (BASE, 0)
    assert stacked(*ladder(), *snapshot) == (BASE, 0)  # its clear was cut off
    assert stacked(*ladder(), *snapshot, record("A", "B", 899, 4, 9)) == (BASE + 4, 0)
    assert stacked(*ladder(), record("R"), record("A", "B", 5, 4, 9)) == (BASE + 4, 0)
    assert stacked(*ladder(), record("A", "B", 1_005, 9, 0, 128 | Flag.TOB)) == (BASE, 0)


# --- random programs and recordings


@pytest.mark.parametrize("seed", range(40))
def test_samples_equal_the_oracle_and_do_not_depend_on_slices(seed: int) -> None:
    rows, ticks = ticks_among(program(4_000 + seed), seed, 300)
    oracle, whole = OracleBook(), MboBook(0)
    oracle.apply(rows, ticks)
    output = whole.apply(rows, ticks)
    assert samples_of(output.samples) == oracle.samples
    assert (tops_of(output.tops), prints_of(output.prints)) == (oracle.tops, oracle.prints)
    pieces = MboBook(0)
    assert same_rows(sampled(pieces, cut_at(rows, ticks, seqs(seed, rows))), output.samples)
    assert pieces.freeze().sides.tobytes() == whole.freeze().sides.tobytes()


@pytest.mark.parametrize("seed", range(6))
def test_a_thawed_book_counts_on(seed: int) -> None:
    rows, ticks = ticks_among(program(5_000 + seed), seed, 200)
    first, second = cut_at(rows, ticks, [7_000])
    straight, other = MboBook(0), MboBook(0)
    straight.apply(*first)
    other.thaw(straight.freeze())
    assert same_rows(other.apply(*second).samples, straight.apply(*second).samples)
    other.reset()
    assert same_rows(other.apply(*first).samples, MboBook(0).apply(*first).samples)


def test_a_sampled_book_gives_the_same_tops_and_prints_as_one_that_is_not(data: Path) -> None:
    rows, ticks = ticks_among(es_rows(data), 1, 20_000)
    plain, with_ticks = MboBook(0).apply(rows), MboBook(0).apply(rows, ticks)
    assert same_rows(plain.tops, with_ticks.tops)
    assert same_rows(plain.prints, with_ticks.prints)
    oracle = OracleBook()
    oracle.apply(rows[:6_000], ticks[:2_000])
    assert samples_of(with_ticks.samples[: len(oracle.samples)])[:1_000] == oracle.samples[:1_000]


# --- price levels


def level_stack(*records: Rows) -> tuple[int, int]:
    """What was stacked by records after the first."""
    rows = joined(*records)
    return samples_of(PriceLevelBook(0).apply(rows, tick(len(rows) + 9)).samples)[0][6:8]


FULL = [(100 - i, 5, 1) for i in range(BOOK_LEVELS)]


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ([(100, 8, 1), *FULL[1:]], 3),
        ([(100, 1, 1), *FULL[1:]], -4),
        ([(101, 7, 1), *FULL[:-1]], 7),  # the tenth scrolls out
        ([*FULL[1:], (90, 9, 1)], -5),  # the eleventh scrolls in
        ([*FULL[:3], *FULL[4:]], -5),
        ([*FULL[:9], (85, 9, 1)], -5),  # the tenth went, and what is behind it was never seen
        ([(101, 5, 1), *FULL[1:]], 0),  # moved
    ],
)
def test_price_levels_count_what_both_records_can_see(bids: Side, expected: int) -> None:
    assert level_stack(mbp_row(FULL, ASKS), mbp_row(bids, ASKS)) == (expected, 0)
    over = [(200 - price, size, orders) for price, size, orders in bids]
    asks = [(200 - price, size, orders) for price, size, orders in FULL]
    assert level_stack(mbp_row([(1, 1, 1)], asks), mbp_row([(1, 1, 1)], over)) == (0, expected)


def test_price_levels_add_back_what_was_traded() -> None:
    trade = mbp_row(FULL, ASKS, "T", 0, price_ticks=100, size=3, side=ASK)
    left = mbp_row([(100, 2, 1), *FULL[1:]], ASKS, "C", side=BID, price_ticks=100, size=3)
    assert level_stack(mbp_row(FULL, ASKS), trade, left) == (0, 0)
    at_once = mbp_row([(100, 2, 1), *FULL[1:]], ASKS, "T", price_ticks=100, size=3, side=BID)  # of who rested
    assert level_stack(mbp_row(FULL, ASKS), at_once) == (0, 0)
    nobody = mbp_row(FULL, ASKS, "T", 0, price_ticks=100, size=3, side=ord("N"))
    assert level_stack(mbp_row(FULL, ASKS), nobody, left) == (-3, 0)
    wide = [(103, 4, 1), (104, 2, 1)]
    hidden = mbp_row(FULL, wide, "T", price_ticks=102, size=3, side=BID)
    assert level_stack(mbp_row(FULL, wide), hidden) == (0, 0)


def test_the_first_record_snapshots_and_clears_of_price_levels_stack_nothing() -> None:
    assert level_stack(mbp_row(BIDS, ASKS)) == (0, 0)
    assert level_stack(mbp_row(BIDS, ASKS), mbp_row(FULL, ASKS, flags=128 | Flag.SNAPSHOT)) == (0, 0)
    assert level_stack(mbp_row(BIDS, ASKS), mbp_row([], [], "R")) == (0, 0)
    assert level_stack(mbp_row(BIDS, ASKS), mbp_row([], [], "R"), mbp_row([(50, 4, 1)], [])) == (4, 0)


def test_a_book_of_one_level_stacks_nothing() -> None:
    assert level_stack(mbp_row(BIDS[:1], ASKS[:1]), mbp_row([(100, 9, 1)], ASKS[:1])) == (0, 0)
    rows = joined(quote_row(100, 5, 102, 3), quote_row(101, 9, 102, 3), quote_row(NO_PRICE, 0, 102, 4))
    rows["seq"] = [0, 1, 5]
    samples = PriceLevelBook(0).apply_quotes(rows, np.concatenate([tick(-1), tick(2), tick(9)])).samples
    assert samples_of(samples) == [
        (-1, 999, NO_PRICE, NO_PRICE, padded([]), padded([]), 0, 0, False),
        (2, 1_002, 101, 102, padded([9]), padded([3]), 0, 0, False),
        (9, 1_009, NO_PRICE, 102, padded([]), padded([4]), 0, 0, False),
    ]


def level_program(seed: int, n: int = 250) -> Rows:
    """Records of books up to ten levels deep that move, with holes, trades, clears, snapshots and doubts."""
    rng = random.Random(seed)
    parts = []
    deepest = rng.choice([1, 3, BOOK_LEVELS])
    for _ in range(n):
        low = rng.randrange(95, 99)
        sides = [
            [
                (low + off + step * i * rng.choice([1, 1, 2]), rng.randint(0, 3), 1)
                for i in range(rng.randrange(deepest + 1))
            ]
            for off, step in ((0, -1), (1, 1))
        ]
        tidy = [sorted({p: (p, s, c) for p, s, c in side}.values(), reverse=k == 0) for k, side in enumerate(sides)]
        action, flags = rng.choice("AACMTTR"), rng.choice([0, 128, 128, 132, 160])
        sold = {"price_ticks": low, "size": rng.randrange(3), "side": rng.choice([BID, ASK, ord("N")])}
        parts.append(mbp_row(*tidy, action, flags, **sold))
    return joined(*parts)


class LevelOracle:
    """Samples by one look at every record."""

    def __init__(self) -> None:
        self.book: list[list[tuple[int, int]]] | None = None
        self.stacked = [0, 0]
        self.is_deep = self.is_suspect = False

    def take(self, row: Rows) -> None:
        new = [self._side(row, name) for name in ("bid", "ask")]
        self.is_deep |= any((row[f"{name}_ticks"][1:] != NO_PRICE).any() for name in ("bid", "ask"))
        is_told = row["action"] == CLEAR or row["flags"] & Flag.SNAPSHOT
        if self.book is not None and self.is_deep and not is_told:
            for side in (0, 1):
                self.stacked[side] += self._gained(side, self.book[side], new[side])
            if row["action"] == TRADE and row["side"] in (BID, ASK):
                self._add_back(row)
        self.is_suspect = bool(not is_told and (self.is_suspect or row["flags"] & Flag.MAYBE_BAD_BOOK))
        self.book = new

    def _add_back(self, row: Rows) -> None:
        bids, asks = self.book or [[], []]
        price, takers = row["price_ticks"], (ASK, BID)
        reached = [bool(bids) and price <= bids[0][0], bool(asks) and price >= asks[0][0]]
        for side in (0, 1):
            if reached[side] and (not all(reached) or row["side"] == takers[side]):
                self.stacked[side] += max(int(row["size"]), 0)

    @staticmethod
    def _side(row: Rows, name: str) -> list[tuple[int, int]]:
        levels = zip(row[f"{name}_ticks"].tolist(), row[f"{name}_sizes"].tolist(), strict=True)
        return [(price, size) for price, size in levels if price != NO_PRICE and size > 0]

    @staticmethod
    def _gained(side: int, old: list[tuple[int, int]], new: list[tuple[int, int]]) -> int:
        """Change of size at every price that neither record leaves out for want of room."""

        def sees(levels: list[tuple[int, int]], price: int) -> bool:
            if len(levels) < BOOK_LEVELS:
                return True
            return price >= levels[-1][0] if side == 0 else price <= levels[-1][0]

        prices = {price for price, _ in (*old, *new) if sees(old, price) and sees(new, price)}
        return sum(dict(new).get(price, 0) - dict(old).get(price, 0) for price in prices)

    def sample(self, seq: int, clock_ns: int) -> Sample:
        sides = self.book or [[], []]
        best = [side[0][0] if side else NO_PRICE for side in sides]
        sizes = [padded([size for _, size in side]) for side in sides]
        return seq, clock_ns, *best, *sizes, *self.stacked, self.is_suspect

    def apply(self, rows: Rows, ticks: Rows) -> list[Sample]:
        samples = []
        places = np.searchsorted(rows["seq"], ticks["seq"]).tolist()
        for k in range(len(rows) + 1):
            here = [i for i, place in enumerate(places) if place == k]
            samples += [self.sample(int(ticks["seq"][i]), int(ticks["clock_ns"][i])) for i in here]
            if k < len(rows):
                self.take(rows[k])
        return samples


@pytest.mark.parametrize("seed", range(20))
def test_samples_of_price_levels_equal_the_oracle_and_do_not_depend_on_slices(seed: int) -> None:
    rows, ticks = ticks_among(level_program(seed), seed, 120)
    whole = PriceLevelBook(0).apply(rows, ticks)
    assert samples_of(whole.samples) == LevelOracle().apply(rows, ticks)
    book, parts = PriceLevelBook(0), cut_at(rows, ticks, seqs(seed, rows))
    assert same_rows(sampled(book, parts), whole.samples)
    first, second = cut_at(rows, ticks, [1_000])
    book.reset()
    book.apply(*first)
    other = PriceLevelBook(0)
    other.thaw(book.freeze())
    assert same_rows(other.apply(*second).samples, book.apply(*second).samples)


def test_orders_and_the_vendors_levels_of_the_same_day_stack_alike(data: Path) -> None:
    orders, levels = arl_orders(data), arl_levels(data)
    ends = np.unique(levels["sequence"]).astype(np.int64)
    ticks = np.zeros(len(ends), DTYPES[Kind.TICK])
    ticks["seq"] = 2 * ends + 1
    found = []
    for rows, book in ((orders, MboBook(0)), (levels, PriceLevelBook(0))):
        rows["seq"] = 2 * rows["sequence"].astype(np.int64)  # of the venue, the same in both
        found.append(book.apply(rows, ticks).samples)
    for name in ("bid_ticks", "ask_ticks", "bid_sizes", "ask_sizes"):
        assert np.array_equal(*(samples[name] for samples in found))
    for name in ("bid_stacked", "ask_stacked"):
        by_order, by_level = (np.diff(samples[name]) for samples in found)
        assert np.abs(by_order).sum() > 50_000
        assert np.array_equal(by_order[3:], by_level[3:])  # levels count from the first second level on


def from_file(rows: Rows) -> Rows:
    """Rows that went through a file: of an equal dtype that no longer says it is aligned."""
    file = io.BytesIO()
    np.save(file, rows)
    file.seek(0)
    read = np.load(file)
    assert read.dtype == rows.dtype
    assert read.dtype.isalignedstruct != rows.dtype.isalignedstruct
    return read


def test_warming_up_compiles_sampling_too_whatever_the_rows_went_through() -> None:
    kernels.warm()
    compiled = (kernels.apply_rows, stack_kernels.stack)
    before = [len(each.signatures) for each in compiled]
    rows, ticks = ticks_among(program(1), 1, 50)
    levels, _ = ticks_among(level_program(1), 1, 50)
    for book, given in ((MboBook(0), rows), (PriceLevelBook(0), levels)):
        book.apply(given[::2], ticks[::-1][::-2])
        book.apply(from_file(given[-5:]), from_file(ticks[:0]))
    assert [len(each.signatures) for each in compiled] == before
