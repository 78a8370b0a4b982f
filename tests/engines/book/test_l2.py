"""The price-level book: what the last record says, and the same read-out as the order-level one."""

import random

import numpy as np
import pytest

from cockpit.engines.book.l2 import PriceLevelBook
from cockpit.engines.phase import Phase
from cockpit.errors import BookIntegrityError, EngineError
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, DTYPES, Flag, Kind, empty
from cockpit.units import NO_PRICE, Rows
from tests.engines.book.oracle import NO_QUOTE, Quote, Top, flow, prints_of, tops_of
from tests.feeds.rows import same_rows

Side = list[tuple[int, int, int]]  # price, size, orders, best first


def mbp_row(bids: Side, asks: Side, action: str = "A", flags: int = 128, **fields: int) -> Rows:
    rows = empty(Kind.MBP, 1)
    rows["instrument"], rows["action"], rows["flags"], rows["price_ticks"] = 0, ord(action), flags, NO_PRICE
    for name, value in fields.items():
        rows[name] = value
    for side, levels in (("bid", bids), ("ask", asks)):
        rows[f"{side}_ticks"] = NO_PRICE
        for i, (price, size, orders) in enumerate(levels):
            rows[f"{side}_ticks"][0, i], rows[f"{side}_sizes"][0, i] = price, size
            rows[f"{side}_counts"][0, i] = orders
    return rows


def joined(*parts: Rows) -> Rows:
    rows = np.concatenate(parts)
    rows["seq"] = np.arange(len(rows))
    rows["clock_ns"] = 500 + rows["seq"]
    return rows


def quote_row(bid: int, bid_size: int, ask: int, ask_size: int, count: int = -1) -> Rows:
    rows = empty(Kind.QUOTE, 1)
    rows["instrument"] = 0
    rows["bid_ticks"], rows["bid_size"], rows["bid_count"] = bid, bid_size, count
    rows["ask_ticks"], rows["ask_size"], rows["ask_count"] = ask, ask_size, count
    return rows


BIDS, ASKS = [(100, 5, 2), (99, 7, 1)], [(101, 3, 1), (103, 4, 4)]


def test_the_book_is_what_the_last_record_says() -> None:
    book = PriceLevelBook(0)
    output = book.apply(joined(mbp_row([(90, 1, 1)], ASKS), mbp_row(BIDS, ASKS)))
    read = book.readout()
    assert list(zip(read.bid_ticks, read.bid_sizes, read.bid_counts, strict=True)) == BIDS
    assert list(zip(read.ask_ticks, read.ask_sizes, read.ask_counts, strict=True)) == ASKS
    assert read.resting_orders is None
    assert book.best() == (100, 101)
    assert book.totals() == (12, 7)
    assert book.totals(1) == (5, 3)
    assert output.changed
    assert not book.apply(joined(mbp_row(BIDS, ASKS))).changed
    with pytest.raises(ValueError, match="read-only"):
        read.bid_sizes[0] = 1


def test_a_change_below_the_best_level_is_a_change_but_no_new_top() -> None:
    book = PriceLevelBook(0)
    book.apply(joined(mbp_row(BIDS, ASKS)))
    output = book.apply(joined(mbp_row(BIDS, [*ASKS[:1], (103, 5, 4)])))
    assert output.changed
    assert len(output.tops) == 0


def test_a_window_is_dense_and_an_unknown_count_stays_unknown() -> None:
    book = PriceLevelBook(0)
    book.apply_quotes(joined(quote_row(100, 5, 102, 3)))
    window = book.window(99, 5)
    assert window.bid_sizes.tolist() == [0, 5, 0, 0, 0]
    assert window.ask_sizes.tolist() == [0, 0, 0, 3, 0]
    assert window.bid_counts.tolist() == [0, -1, 0, 0, 0]
    assert window.ask_counts.tolist() == [0, 0, 0, -1, 0]
    book.apply(joined(mbp_row(BIDS, ASKS)))
    assert book.window(99, 5).bid_sizes.tolist() == [7, 5, 0, 0, 0]
    assert book.window(100, 2).ask_counts.tolist() == [0, 1]


def test_depth_is_one_level_until_a_second_was_seen() -> None:
    book = PriceLevelBook(0)
    book.apply(joined(mbp_row(BIDS[:1], ASKS[:1])))
    assert book.depth == 1
    book.apply(joined(mbp_row(BIDS[:1], ASKS)))
    assert book.depth == BOOK_LEVELS
    book.reset()
    assert book.depth == 1


def test_quotes_make_tops_of_every_change_and_a_side_without_size_is_empty() -> None:
    book = PriceLevelBook(0)
    quotes = [
        quote_row(100, 5, 101, 3, 2),
        quote_row(100, 5, 101, 3, 2),
        quote_row(100, 8, 101, 3, 2),
        quote_row(0, 0, 101, 3, 2),
        quote_row(NO_PRICE, 0, 101, 3, 2),
    ]
    output = book.apply_quotes(joined(*quotes))
    assert tops_of(output.tops) == [
        (0, (100, 5, 2), (101, 3, 2), "nan"),
        (2, (100, 8, 2), (101, 3, 2), "3.0"),
        (3, NO_QUOTE, (101, 3, 2), "nan"),
    ]
    assert output.tops["clock_ns"].tolist() == [500, 502, 503]
    assert book.best() == (None, 101)
    assert len(output.prints) == 0


def test_trades_print_with_their_aggressor() -> None:
    trades = [
        mbp_row(BIDS, ASKS, "T", 0, price_ticks=101, size=2, side=BID),
        mbp_row(BIDS, ASKS, "T", 128, price_ticks=101, size=0, side=BID),
        mbp_row(BIDS, ASKS, "A", 128, price_ticks=101, size=9, side=ASK),
    ]
    assert prints_of(PriceLevelBook(0).apply(joined(*trades)).prints) == [(0, 101, 2, BID)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("A", Flag.MAYBE_BAD_BOOK), ("A", 0)], True),
        ([("A", Flag.MAYBE_BAD_BOOK), ("R", 0), ("A", 0)], False),
        ([("A", Flag.MAYBE_BAD_BOOK), ("A", Flag.SNAPSHOT)], False),
        ([("R", Flag.MAYBE_BAD_BOOK)], False),
        ([("R", 0), ("A", Flag.MAYBE_BAD_BOOK)], True),
    ],
)
@pytest.mark.parametrize("is_cut", [True, False])
def test_a_doubtful_book_is_suspect_until_a_clear_or_a_snapshot(
    steps: list[tuple[str, int]], expected: bool, is_cut: bool
) -> None:
    book, rows = PriceLevelBook(0), joined(*(mbp_row(BIDS, ASKS, action, flags) for action, flags in steps))
    for part in np.split(rows, range(1, len(rows))) if is_cut else [rows]:
        book.apply(part)
    assert book.is_suspect is expected
    book.distrust()
    assert book.is_suspect


def program(seed: int, n: int = 200) -> Rows:
    rng = random.Random(seed)
    parts = []
    for _ in range(n):
        low = rng.randrange(95, 99)
        bids = [(low - i, rng.randint(1, 3), rng.randint(1, 2)) for i in range(rng.randrange(4))]
        asks = [(low + 1 + i, rng.randint(1, 3), 1) for i in range(rng.randrange(4))]
        action, flags = rng.choice("AACMTR"), rng.choice([0, 128, 128, 132, 160])
        sold = {"price_ticks": low, "size": rng.randrange(3), "side": rng.choice([BID, ASK, ord("N")])}
        parts.append(mbp_row(bids, asks, action, flags, **sold))
    return joined(*parts)


def oracle(rows: Rows) -> list[Top]:
    """Tops by one look at every record."""
    tops: list[Top] = []
    last: tuple[Quote, Quote] = (NO_QUOTE, NO_QUOTE)
    for row in rows:
        if not row["flags"] & Flag.LAST:
            continue
        quotes = [
            tuple(int(row[f"{side}_{what}"][0]) for what in ("ticks", "sizes", "counts")) for side in ("bid", "ask")
        ]
        now = tuple(NO_QUOTE if quote[0] == NO_PRICE else quote for quote in quotes)
        if now != last:
            tops.append((int(row["seq"]), *now, flow(last, now)))
            last = now
    return tops


@pytest.mark.parametrize("seed", range(10))
def test_tops_equal_the_oracle_however_the_rows_are_cut(seed: int) -> None:
    rows = program(seed)
    whole, pieces = PriceLevelBook(0), PriceLevelBook(0)
    output = whole.apply(rows)
    assert tops_of(output.tops) == oracle(rows)
    at = sorted(random.Random(seed).choices(range(len(rows) + 1), k=60))
    outputs = [pieces.apply(part) for part in np.split(rows, at)]
    assert same_rows(np.concatenate([each.tops for each in outputs]), output.tops)
    assert same_rows(np.concatenate([each.prints for each in outputs]), output.prints)
    assert any(each.changed for each in outputs) == output.changed
    assert np.array_equal(pieces.freeze().levels, whole.freeze().levels)
    assert pieces.is_suspect == whole.is_suspect


def test_a_thawed_book_goes_on_as_the_frozen_one_would_have_and_a_reset_one_as_new() -> None:
    rows, straight, other = program(3), PriceLevelBook(0), PriceLevelBook(0)
    straight.apply(rows[:90])
    frozen = straight.freeze()
    other.thaw(frozen)
    assert same_rows(other.apply(rows[90:]).tops, straight.apply(rows[90:]).tops)
    other.reset()
    assert same_rows(other.apply(rows).tops, PriceLevelBook(0).apply(rows).tops)
    with pytest.raises(EngineError, match="cannot thaw list"):
        other.thaw([])


def test_what_a_price_level_book_cannot_do_it_says() -> None:
    book = PriceLevelBook(4)
    with pytest.raises(EngineError, match="no queue at 100"):
        book.queue(BID, 100)
    with pytest.raises(EngineError, match="dtype"):
        book.apply(empty(Kind.QUOTE, 1))
    with pytest.raises(EngineError, match="dtype"):
        book.apply_quotes(empty(Kind.MBP, 1))
    with pytest.raises(EngineError, match="book 4 received rows of instrument 0"):
        book.apply(joined(mbp_row(BIDS, ASKS)))


def test_nothing_in_gives_nothing_out() -> None:
    book = PriceLevelBook(0)
    for output in (book.apply(np.zeros(0, DTYPES[Kind.MBP])), book.apply_quotes(np.zeros(0, DTYPES[Kind.QUOTE]))):
        assert (len(output.tops), len(output.prints), output.changed) == (0, 0, False)
    assert (book.best(), book.totals(), book.is_crossed) == ((None, None), (None, None), False)
    book.check(Phase.CONTINUOUS)


@pytest.mark.parametrize(
    ("bids", "asks", "message"),
    [
        ([(100, -5, 1)], ASKS, "size not positive: bid 100"),
        ([(99, 5, 1), (100, 5, 1)], ASKS, "levels out of order: bid 100 behind 99"),
        (BIDS, [(103, 1, 1), (103, 1, 1)], "levels out of order: ask 103 behind 103"),
    ],
)
def test_check_names_what_is_broken(bids: Side, asks: Side, message: str) -> None:
    book = PriceLevelBook(0)
    book.apply(joined(mbp_row(bids, asks)))
    with pytest.raises(BookIntegrityError, match=message):
        book.check(Phase.UNKNOWN)


def test_a_crossed_book_is_a_fault_only_in_continuous_trading_at_the_end_of_a_transaction() -> None:
    book = PriceLevelBook(0)
    book.apply(joined(mbp_row([(101, 1, 1)], ASKS, flags=0)))
    book.check(Phase.CONTINUOUS)
    book.apply(joined(mbp_row([(101, 1, 1)], ASKS)))
    book.check(Phase.PRE_OPEN)
    with pytest.raises(BookIntegrityError, match="crossed: bid 101 >= ask 101 of instrument 0"):
        book.check(Phase.CONTINUOUS)
