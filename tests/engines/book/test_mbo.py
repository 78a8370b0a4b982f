"""The order-level book: Databento's rules one by one, and random programs against the oracle."""

import numpy as np
import pytest

from cockpit.engines.book import kernels, scans
from cockpit.engines.book.layout import FIRST_LEVELS, FIRST_ORDERS
from cockpit.engines.book.mbo import OUTPUT_ROWS, MboBook
from cockpit.engines.phase import Phase
from cockpit.errors import BookIntegrityError, EngineError
from cockpit.events.dtypes import ASK, BID, DTYPES, Flag, Kind, empty
from cockpit.units import NO_PRICE, Rows
from tests.engines.book.oracle import OracleBook, prints_of, tops_of
from tests.engines.book.programs import EXTREMES, colliding_ids, cuts, fed, mbo_rows, program, record
from tests.feeds.rows import same_rows

SNAPSHOT = Flag.SNAPSHOT | Flag.BAD_TS_RECV


def book_of(*records: tuple) -> MboBook:
    book = MboBook(0)
    book.apply(mbo_rows(list(records)))
    book.check(Phase.UNKNOWN)
    return book


def levels_of(book: MboBook, side: int) -> list[tuple[int, int, int]]:
    read = book.readout(100_000)
    columns = (
        (read.bid_ticks, read.bid_sizes, read.bid_counts)
        if side == BID
        else (read.ask_ticks, read.ask_sizes, read.ask_counts)
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


def queue_of(book: MboBook, side: int, tick: int) -> list[tuple[int, int]]:
    ids, sizes = book.queue(side, tick)
    return list(zip(ids.tolist(), sizes.tolist(), strict=True))


def assert_same(book: MboBook, oracle: OracleBook) -> None:
    book.check(Phase.UNKNOWN)
    for side in (BID, ASK):
        expected = oracle.levels(side)
        assert levels_of(book, side) == expected
        for price, _, _ in expected:
            assert queue_of(book, side, price) == oracle.queue(side, price)
    for name in ("is_suspect", "unknown_orders", "unknown_modifies", "duplicate_orders", "refused_rows"):
        assert getattr(book, name) == getattr(oracle, name), name
    assert book.resting_orders == sum(len(queue) for side in oracle.queues.values() for queue in side.values())


# --- the rules, one by one


def test_orders_queue_in_the_order_they_came_and_levels_add_up() -> None:
    book = book_of(record("A", "B", 100, 5, 1), record("A", "B", 100, 7, 2), record("A", "A", 101, 3, 3))
    assert queue_of(book, BID, 100) == [(1, 5), (2, 7)]
    assert levels_of(book, BID) == [(100, 12, 2)]
    assert book.best() == (100, 101)
    assert book.totals() == (12, 3)
    assert book.resting_orders == 3


def test_a_partial_cancel_keeps_the_place_and_a_full_one_removes_the_order() -> None:
    adds = [record("A", "B", 100, 5, 1), record("A", "B", 100, 7, 2)]
    assert queue_of(book_of(*adds, record("C", "B", 100, 2, 1)), BID, 100) == [(1, 3), (2, 7)]
    assert queue_of(book_of(*adds, record("C", "B", 100, 5, 1)), BID, 100) == [(2, 7)]


@pytest.mark.parametrize(
    ("size", "price", "expected"),
    [(4, 100, [(1, 4), (2, 7)]), (6, 100, [(2, 7), (1, 6)]), (5, 100, [(1, 5), (2, 7)]), (5, 99, [(2, 7)])],
)
def test_a_modify_loses_its_place_only_when_the_size_grows_or_the_price_changes(
    size: int, price: int, expected: list[tuple[int, int]]
) -> None:
    book = book_of(record("A", "B", 100, 5, 1), record("A", "B", 100, 7, 2), record("M", "B", price, size, 1))
    assert queue_of(book, BID, 100) == expected
    assert queue_of(book, BID, 99) == ([(1, 5)] if price == 99 else [])


def test_a_modify_of_an_unknown_order_adds_it_and_an_unknown_cancel_is_counted() -> None:
    book = book_of(record("M", "A", 105, 4, 9), record("C", "A", 105, 4, 10))
    assert levels_of(book, ASK) == [(105, 4, 1)]
    assert (book.unknown_modifies, book.unknown_orders) == (1, 1)


def test_a_second_add_of_an_id_is_counted_and_taken_as_a_modify() -> None:
    book = book_of(record("A", "B", 100, 5, 1), record("A", "B", 100, 7, 2), record("A", "B", 100, 2, 1))
    assert queue_of(book, BID, 100) == [(1, 2), (2, 7)]
    assert book.duplicate_orders == 1


def test_trades_and_fills_print_but_do_not_change_the_book() -> None:
    book = book_of(record("A", "A", 101, 5, 1))
    output = book.apply(
        mbo_rows([record("T", "B", 101, 3, 0, 0), record("F", "A", 101, 3, 1, 0), record("N", flags=128)], 0, 7)
    )
    assert prints_of(output.prints) == [(7, 101, 3, BID)]
    assert levels_of(book, ASK) == [(101, 5, 1)]
    assert not output.changed
    assert len(output.tops) == 0


def test_tops_come_only_at_the_end_of_a_transaction_and_only_when_the_quotes_differ() -> None:
    book = book_of(record("A", "B", 100, 10, 1), record("A", "A", 101, 20, 2))
    steps = [
        record("C", "A", 101, 5, 2, flags=0),  # in the middle of a transaction: nothing yet
        record("A", "A", 101, 5, 3, flags=128),  # same price and size as before, one order more
        record("A", "B", 90, 1, 4),  # away from the touch
        record("A", "B", 100, 1, 5),
        record("C", "B", 100, 11, 99),  # unknown: no change
    ]
    output = book.apply(mbo_rows(steps, 0, 50))
    assert tops_of(output.tops) == [
        (51, (100, 10, 1), (101, 20, 2), "0.0"),
        (53, (100, 11, 2), (101, 20, 2), "1.0"),
    ]
    assert output.tops["clock_ns"].tolist() == [1_051, 1_053]
    assert output.tops["instrument"].tolist() == [0, 0]


def test_an_empty_side_has_no_price_and_no_flow() -> None:
    book = book_of(record("A", "B", 100, 10, 1), record("A", "A", 101, 20, 2))
    output = book.apply(mbo_rows([record("C", "A", 101, 20, 2), record("A", "A", 102, 1, 3)]))
    assert output.tops["ask_ticks"].tolist() == [NO_PRICE, 102]
    assert output.tops["ask_size"].tolist() == [0, 1]
    assert np.isnan(output.tops["ofi"]).all()
    assert book_of().best() == (None, None)
    assert book_of().totals() == (None, None)


def test_a_clear_empties_the_book_and_ends_suspicion() -> None:
    book = book_of(record("A", "B", 100, 5, 1), record("A", "A", 101, 5, 2, flags=128 | Flag.MAYBE_BAD_BOOK))
    assert book.is_suspect
    output = book.apply(mbo_rows([record("R", flags=136)]))
    assert not book.is_suspect
    assert book.best() == (None, None)
    assert output.tops["bid_ticks"].tolist() == [NO_PRICE]
    assert book.resting_orders == 0


def test_distrust_lasts_until_the_next_clear() -> None:
    book = book_of(record("A", "B", 100, 5, 1))
    book.distrust()
    book.apply(mbo_rows([record("A", "B", 100, 5, 2)]))
    assert book.is_suspect
    book.apply(mbo_rows([record("R")]))
    assert not book.is_suspect


@pytest.mark.parametrize("has_clear", [True, False])
def test_a_snapshot_replaces_the_book_even_when_its_clear_was_cut_off(has_clear: bool) -> None:
    book = book_of(record("A", "B", 100, 5, 1), record("A", "B", 101, 5, 2, flags=128 | Flag.MAYBE_BAD_BOOK))
    clear = [record("R", flags=SNAPSHOT)] if has_clear else []
    adds = [record("A", "B", 90, 1, 1, SNAPSHOT), record("A", "A", 95, 2, 7, SNAPSHOT | Flag.LAST)]
    output = book.apply(mbo_rows([*clear, *adds]))
    assert (levels_of(book, BID), levels_of(book, ASK)) == ([(90, 1, 1)], [(95, 2, 1)])
    assert len(output.tops) == 1
    assert (book.duplicate_orders, book.is_suspect) == (0, False)


def test_a_top_of_book_record_replaces_its_whole_side_and_only_that() -> None:
    adds = [record("A", "B", 100, 5, 1), record("A", "B", 99, 5, 2), record("A", "A", 105, 4, 3)]
    book = book_of(*adds, record("A", "B", 98, 7, 0, flags=128 | Flag.TOB))
    assert (levels_of(book, BID), levels_of(book, ASK)) == ([(98, 7, 1)], [(105, 4, 1)])
    book.apply(mbo_rows([record("A", "A", 103, 6, 0, flags=128 | Flag.TOB)]))
    assert book.best() == (98, 103)
    book.apply(mbo_rows([record("A", "B", None, 0, 0, flags=128 | Flag.TOB)]))
    assert book.best() == (None, 103)
    assert book.unknown_orders == 0


def test_rows_without_a_usable_price_side_or_size_are_refused_and_counted() -> None:
    book = book_of(
        record("A", "B", 100, 0, 1),
        record("A", "B", None, 5, 2),
        record("A", "N", 100, 5, 3),
        record("A", "B", 100, 5, 4),
        record("C", "B", 100, 0, 4),
    )
    assert levels_of(book, BID) == [(100, 5, 1)]
    assert book.refused_rows == 4


def test_rows_of_another_kind_or_instrument_are_refused_before_anything_changes() -> None:
    book = MboBook(3)
    with pytest.raises(EngineError, match="dtype"):
        book.apply(empty(Kind.TRADE, 1))
    with pytest.raises(EngineError, match="book 3 received rows of instrument 0"):
        book.apply(mbo_rows([record("A", "B", 100, 5, 1)]))
    assert book.resting_orders == 0


# --- random programs


@pytest.mark.parametrize("seed", range(60))
def test_the_book_equals_the_oracle_over_random_programs(seed: int) -> None:
    rows = program(seed)
    book, oracle = MboBook(0), OracleBook()
    for part in np.split(rows, cuts(seed, len(rows))):
        oracle.tops, oracle.prints = [], []
        oracle.apply(part)
        output = book.apply(part)
        assert tops_of(output.tops) == oracle.tops
        assert prints_of(output.prints) == oracle.prints
        if len(part) > 3:
            assert_same(book, oracle)
    assert_same(book, oracle)


@pytest.mark.parametrize("seed", range(20))
def test_the_book_equals_the_oracle_after_every_transaction(seed: int) -> None:
    rows = program(1_000 + seed, 300)
    ends = np.flatnonzero(rows["flags"] & Flag.LAST) + 1
    book, oracle = MboBook(0), OracleBook()
    for part in np.split(rows, ends):
        book.apply(part)
        oracle.apply(part)
        assert_same(book, oracle)


@pytest.mark.parametrize("seed", range(30))
def test_how_rows_are_cut_changes_no_byte_of_what_comes_out(seed: int) -> None:
    rows = program(2_000 + seed)
    whole, pieces = MboBook(0), MboBook(0)
    tops, prints = fed(whole, rows, [])
    cut_tops, cut_prints = fed(pieces, rows, cuts(seed + 1, len(rows)))
    assert same_rows(cut_tops, tops)
    assert same_rows(cut_prints, prints)
    assert same_frozen(whole, pieces)


def same_frozen(one: MboBook, other: MboBook) -> bool:
    a, b = one.freeze(), other.freeze()
    slots = ("order_room", "free_order", "level_room", "free_level", "shift", "changes")
    fields = [name for name in a.state.dtype.names if name not in slots]
    arrays = ("ids", "sizes", "prices", "counts", "keyless", "sides")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays) and all(
        a.state[name] == b.state[name] for name in fields
    )


def test_more_derived_rows_than_one_hand_over_holds_all_arrive() -> None:
    n = 3 * OUTPUT_ROWS + 5
    rows = mbo_rows([record("A", "B", 100, 1, k) for k in range(n)])
    output = MboBook(0).apply(rows)
    assert output.tops["bid_count"].tolist() == list(range(1, n + 1))
    trades = mbo_rows([record("T", "B", 100, 1 + k % 7, 0) for k in range(n)])
    assert MboBook(0).apply(trades).prints["seq"].tolist() == list(range(n))


def test_a_book_grows_through_many_doublings_of_orders_and_of_levels() -> None:
    n = 9 * FIRST_ORDERS
    assert n > 16 * FIRST_LEVELS
    rows = mbo_rows([record("A", "BA"[k % 2], (k * 7919) % n * (1 - 2 * (k % 2)), 1 + k % 5, k) for k in range(n)])
    book, oracle = MboBook(0), OracleBook()
    book.apply(rows)
    oracle.apply(rows)
    assert_same(book, oracle)
    assert book.resting_orders == n


@pytest.mark.parametrize("mix", ["in order", "backwards", "every other"])
def test_ids_that_all_collide_are_found_and_removed_in_any_order(mix: str) -> None:
    ids = colliding_ids(200)
    leave = {"in order": ids, "backwards": ids[::-1], "every other": ids[::2] + ids[1::2]}[mix]
    book = book_of(*(record("A", "B", 100, 1, each) for each in ids))
    for k, each in enumerate(leave):
        book.apply(mbo_rows([record("C", "B", 100, 1, each)]))
        assert book.resting_orders == len(ids) - 1 - k
        book.check(Phase.UNKNOWN)
    assert book.unknown_orders == 0


def test_extreme_prices_keep_their_order() -> None:
    book = book_of(*(record("A", side, price, 1, k) for k, price in enumerate(EXTREMES) for side in "B"))
    assert [price for price, _, _ in levels_of(book, BID)] == sorted(EXTREMES, reverse=True)
    book = book_of(*(record("A", "A", price, 1, k) for k, price in enumerate(EXTREMES)))
    assert [price for price, _, _ in levels_of(book, ASK)] == sorted(EXTREMES)
    assert queue_of(book, ASK, 2**63 - 1) == [(0, 1)]
    assert queue_of(book, ASK, -(2**63)) == []


def test_mirroring_bid_and_ask_flips_the_flow() -> None:
    rows = program(5, 600)
    mirrored = rows.copy()
    mirrored["side"][rows["side"] == BID] = ASK
    mirrored["side"][rows["side"] == ASK] = BID
    mirrored["price_ticks"] = np.where(rows["price_ticks"] == NO_PRICE, NO_PRICE, -rows["price_ticks"])
    flow, flipped = (MboBook(0).apply(each).tops["ofi"] for each in (rows, mirrored))
    np.testing.assert_array_equal(flow, -flipped)


# --- reading


def test_a_window_is_dense_and_holds_only_what_rests_inside() -> None:
    book = book_of(
        *(record("A", "B", price, 2, price) for price in (90, 98, 99, 100)),
        *(record("A", "A", price, 3, price) for price in (101, 103, 120)),
        record("A", "A", 103, 4, 1),
    )
    window = book.window(98, 6)
    assert window.low_tick == 98
    assert window.bid_sizes.tolist() == [2, 2, 2, 0, 0, 0]
    assert window.ask_sizes.tolist() == [0, 0, 0, 3, 0, 7]
    assert window.bid_counts.tolist() == [1, 1, 1, 0, 0, 0]
    assert window.ask_counts.tolist() == [0, 0, 0, 1, 0, 2]
    assert not window.bid_sizes.flags.writeable


@pytest.mark.parametrize("low", [-(2**63), 2**63 - 4, 2**63 - 1, -3])
def test_a_window_at_the_edge_of_the_number_range_does_not_wrap(low: int) -> None:
    book = book_of(*(record("A", "B", price, 1, k) for k, price in enumerate(EXTREMES)))
    window = book.window(low, 8)
    assert window.bid_sizes.tolist() == [int(low + i in EXTREMES) for i in range(8)]


def test_a_readout_gives_the_best_levels_first_and_cannot_be_written() -> None:
    book = book_of(*(record("A", "BA"[p > 105], p, 1, p) for p in range(100, 111)))
    read = book.readout(3)
    assert read.bid_ticks.tolist() == [105, 104, 103]
    assert read.ask_ticks.tolist() == [106, 107, 108]
    assert read.resting_orders == 11
    with pytest.raises(ValueError, match="read-only"):
        read.bid_sizes[0] = 7


def test_a_queue_of_no_side_is_refused() -> None:
    with pytest.raises(EngineError, match="side"):
        MboBook(0).queue(ord("N"), 100)


# --- freezing and resetting


@pytest.mark.parametrize("seed", range(12))
def test_a_thawed_book_goes_on_exactly_as_the_frozen_one_would_have(seed: int) -> None:
    rows = program(3_000 + seed)
    straight, other = MboBook(0), MboBook(0)
    straight.apply(rows[:700])
    frozen = straight.freeze()
    other.apply(program(seed, 400))
    other.thaw(frozen)
    assert same_frozen(straight, other)
    (tops, prints), (again, again_prints) = fed(straight, rows[700:], []), fed(other, rows[700:], [13, 200])
    assert same_rows(tops, again)
    assert same_rows(prints, again_prints)
    other.thaw(frozen)  # the frozen state did not move with the book
    assert MboBook.freeze(other).ids.tolist() == frozen.ids.tolist()


def test_a_frozen_book_is_compact_however_big_the_book_once_was() -> None:
    book = book_of(*(record("A", "B", k, 1, k) for k in range(5_000)))
    full = book.freeze().nbytes
    book.apply(mbo_rows([record("C", "B", k, 1, k) for k in range(4_990)]))
    assert book.freeze().nbytes < full / 50


def test_only_a_frozen_order_level_book_can_be_thawed() -> None:
    with pytest.raises(EngineError, match="cannot thaw dict"):
        MboBook(0).thaw({})


def test_a_reset_book_equals_a_new_one() -> None:
    rows, book = program(77), MboBook(0)
    book.apply(rows)
    book.reset()
    assert same_frozen(book, MboBook(0))
    assert same_rows(fed(book, rows, [])[0], fed(MboBook(0), rows, [])[0])


# --- checking


def test_a_crossed_book_is_a_fault_only_in_continuous_trading_at_the_end_of_a_transaction() -> None:
    crossing = [record("A", "B", 101, 5, 1), record("A", "A", 100, 5, 2, flags=0)]
    book = book_of(*crossing)
    book.check(Phase.CONTINUOUS)  # in the middle of a transaction
    book.apply(mbo_rows([record("N", flags=128)]))
    assert book.is_crossed
    for phase in (Phase.PRE_OPEN, Phase.CLOSED, Phase.UNKNOWN):
        book.check(phase)
    with pytest.raises(BookIntegrityError, match="crossed: bid 101 >= ask 100 of instrument 0"):
        book.check(Phase.CONTINUOUS)


@pytest.mark.parametrize(
    ("array", "field", "where", "value", "message"),
    [
        ("orders", "size", 0, 0, "order size not positive: bid 100"),
        ("levels", "size", 0, 99, "level sums differ"),
        ("levels", "orders", 0, 3, "level sums differ"),
        ("levels", "tail", 0, 0, "queue links broken"),
        ("ladder", "key", (0, 0), 101, "levels out of order"),
        ("state", "resting", 0, 9, "number of orders differs"),
        ("state", "keyed", 0, 9, "number of orders differs"),
    ],
)
def test_check_names_what_is_broken(array: str, field: str, where: object, value: int, message: str) -> None:
    book = book_of(record("A", "B", 100, 5, 1), record("A", "B", 100, 5, 2), record("A", "A", 101, 1, 3))
    getattr(book._arrays, array)[field][where] = value
    with pytest.raises(BookIntegrityError, match=message):
        book.check(Phase.UNKNOWN)


# --- compiling


def test_warming_up_compiles_all_that_a_book_needs() -> None:
    kernels.warm()
    every = (kernels.apply_rows, kernels.rehash, kernels.restore, scans.verify, scans.dump, scans.read_queue)
    reading = (kernels.level_at, scans.read_levels, scans.read_window, scans.side_total)
    before = [len(each.signatures) for each in (*every, *reading)]
    book = MboBook(0)
    book.apply(program(1))
    odd: Rows = np.zeros(2 * DTYPES[Kind.MBO].itemsize + 1, np.uint8)[1:].view(DTYPES[Kind.MBO])[
        ::1
    ]  # neither aligned nor read-only
    odd["action"] = ord("N")
    book.apply(odd)
    book.apply(program(2)[::-3])
    book.thaw(book.freeze())
    book.readout()
    book.totals()
    book.window(0, 50)
    book.queue(BID, 100)
    book.check(Phase.UNKNOWN)
    assert [len(each.signatures) for each in (*every, *reading)] == before
