"""The full-depth book against sorted dictionaries, and what a snapshot, a gap and a bad level do to it."""

import random
from itertools import pairwise

import numpy as np
import pytest

from cockpit.engines.book.depth import DepthBook
from cockpit.engines.phase import Phase
from cockpit.errors import BookIntegrityError, EngineError
from cockpit.events.dtypes import ASK, BID, CLEAR, MODIFY, NONE, Flag, Kind, empty
from cockpit.units import NO_PRICE, Rows
from tests.engines.book.depth_oracle import DepthOracle, told

Levels = list[tuple[int, int]]


def message(bids: Levels = (), asks: Levels = (), *, final_id: int = -1, snapshot: bool = False) -> Rows:
    """One message: a snapshot begins with a clear, and one without levels is a row of no side."""
    levels = [(BID, *level) for level in bids] + [(ASK, *level) for level in asks]
    if snapshot:
        levels = [(NONE, NO_PRICE, 0), *levels]
    rows = empty(Kind.DEPTH, max(len(levels), 1))
    rows["instrument"], rows["action"], rows["side"], rows["price_ticks"] = 0, MODIFY, NONE, NO_PRICE
    for row, (side, price, size) in zip(rows, levels, strict=False):
        row["side"], row["price_ticks"], row["size"] = side, price, size
    if snapshot:
        rows["action"][0] = CLEAR
        rows["flags"] = Flag.SNAPSHOT
    rows["final_id"] = final_id
    rows["flags"][-1] |= Flag.LAST
    return rows


def numbered(*parts: Rows, first: int = 0) -> Rows:
    rows = np.concatenate(parts)
    rows["seq"] = first + np.arange(len(rows))
    rows["clock_ns"] = 500 + rows["seq"]
    return rows


SNAPSHOT = message([(100, 5), (99, 7), (90, 2)], [(101, 3), (104, 4)], final_id=7, snapshot=True)


def test_a_snapshot_replaces_the_book_and_changes_set_and_remove_levels() -> None:
    book = DepthBook(0)
    book.apply(numbered(message([(50, 1)], [(200, 1)]), SNAPSHOT, message([(100, 0), (98, 6)], [(101, 9)])))
    read = book.readout()
    assert list(zip(read.bid_ticks, read.bid_sizes, strict=True)) == [(99, 7), (98, 6), (90, 2)]
    assert list(zip(read.ask_ticks, read.ask_sizes, strict=True)) == [(101, 9), (104, 4)]
    assert read.bid_counts.tolist() == [-1, -1, -1]
    assert (book.best(), book.totals(2), book.levels) == ((99, 101), (13, 13), (3, 2))
    assert book.told == (90, 104)
    assert not book.is_suspect
    window = book.window(98, 8)
    assert window.bid_sizes.tolist() == [6, 7, 0, 0, 0, 0, 0, 0]
    assert window.ask_sizes.tolist() == [0, 0, 0, 9, 0, 0, 4, 0]
    assert window.bid_counts.tolist() == [-1, -1, 0, 0, 0, 0, 0, 0]


def test_removing_a_level_that_is_not_there_changes_nothing() -> None:
    book = DepthBook(0)
    book.apply(numbered(SNAPSHOT))
    output = book.apply(numbered(message([(42, 0)], [(500, 0)]), message(), first=9))
    assert not output.changed
    assert len(output.tops) == 0


def test_changes_of_a_book_nobody_told_and_gaps_are_suspect_until_a_snapshot() -> None:
    book = DepthBook(0)
    book.apply(numbered(message([(100, 1)], [])))
    assert book.is_suspect
    book.apply(numbered(SNAPSHOT, first=5))
    assert not book.is_suspect
    book.distrust()
    book.apply(numbered(message([(100, 2)], []), first=20))
    assert book.is_suspect
    assert book.final_id == 7


def test_a_snapshot_cut_in_the_middle_gives_no_quotes_before_its_end() -> None:
    book, rows = DepthBook(0), numbered(SNAPSHOT)
    assert len(book.apply(rows[:3]).tops) == 0
    tops = book.apply(rows[3:]).tops
    assert [(int(top["bid_ticks"]), int(top["ask_ticks"])) for top in tops] == [(100, 101)]
    assert np.isnan(tops["ofi"][0])


def test_a_level_without_price_is_refused_and_makes_the_book_suspect() -> None:
    book = DepthBook(0)
    book.apply(numbered(SNAPSHOT, message([(NO_PRICE, 5)], []), message([(99, -1)], [])))
    assert (book.refused_rows, book.is_suspect, book.levels) == (2, True, (3, 2))


def test_what_trades_took_is_no_pull() -> None:
    book = DepthBook(0)
    rows = numbered(SNAPSHOT, message([], [(101, 1)]), message([(100, 8)], []))
    trade, tick = empty(Kind.TRADE, 1), empty(Kind.TICK, 1)
    trade["seq"], trade["size"], trade["aggressor"] = 6, 2, BID
    rows["seq"][6:] += 1
    tick["seq"] = 100
    sample = book.apply(rows, tick, trade).samples[0]
    assert (int(sample["bid_stacked"]), int(sample["ask_stacked"])) == (3, 0)


def program(seed: int) -> tuple[Rows, Rows, Rows]:
    """Messages, trades and ticks with one seq for all, a snapshot now and then; prices crowd around the touch."""
    rng = random.Random(seed)
    parts: list[tuple[str, Rows]] = []
    for _ in range(rng.randrange(60, 160)):
        kind = rng.choices(("diff", "snapshot", "trade", "tick", "empty"), (60, 2, 15, 15, 3))[0]
        if kind in ("diff", "snapshot"):
            n = rng.randrange(1, 60) if kind == "snapshot" else rng.randrange(1, 8)
            sizes = (0, 1, 4, 9) if kind == "diff" else (1, 4, 9)
            bids = {rng.randrange(960, 1001): rng.choice(sizes) for _ in range(n)}
            asks = {rng.randrange(1000, 1041): rng.choice(sizes) for _ in range(n)}
            parts.append(("depth", message([*bids.items()], [*asks.items()], snapshot=kind == "snapshot")))
        elif kind == "empty":
            parts.append(("depth", message()))
        else:
            row = empty(Kind.TRADE if kind == "trade" else Kind.TICK, 1)
            if kind == "trade":
                row["size"], row["aggressor"] = rng.randrange(1, 9), rng.choice((BID, ASK, NONE))
            parts.append((kind, row))
    found: dict[str, list[Rows]] = {
        "depth": [empty(Kind.DEPTH)],
        "trade": [empty(Kind.TRADE)],
        "tick": [empty(Kind.TICK)],
    }
    seq = 0
    for name, rows in parts:
        rows["seq"] = seq + np.arange(len(rows))
        rows["instrument"] = -1 if name == "tick" else 0
        seq += len(rows)
        found[name].append(rows)
    depth, trades, ticks = (np.concatenate(found[name]) for name in ("depth", "trade", "tick"))
    return depth, trades, ticks


@pytest.mark.parametrize("seed", range(40))
def test_it_equals_sorted_dictionaries_however_it_is_cut_and_frozen(seed: int) -> None:
    rows, trades, ticks = program(seed)
    oracle = DepthOracle()
    oracle.run(rows, trades, ticks)
    rng, book = random.Random(seed + 1000), DepthBook(0)
    end = max(int(part["seq"].max(initial=-1)) for part in (rows, trades, ticks)) + 1
    cuts = sorted({0, end, *(rng.randrange(end) for _ in range(rng.randrange(6)))})
    tops: list[Rows] = []
    samples: list[Rows] = []
    for low, high in pairwise(cuts):
        part = [each[(each["seq"] >= low) & (each["seq"] < high)] for each in (rows, ticks, trades)]
        output = book.apply(*part)
        tops.append(output.tops)
        samples.append(output.samples)
        twin = DepthBook(0)
        twin.thaw(book.freeze())
        book = twin
        book.check(Phase.CLOSED)
    given = np.concatenate(tops)
    names = ("seq", "bid_ticks", "bid_size", "ask_ticks", "ask_size")
    assert [tuple(int(top[name]) for name in names) for top in given] == oracle.tops
    assert told(np.concatenate(samples)) == oracle.samples
    read = book.readout(10_000)
    assert list(zip(read.bid_ticks.tolist(), read.bid_sizes.tolist(), strict=True)) == [*oracle.bids.items()]
    assert list(zip(read.ask_ticks.tolist(), read.ask_sizes.tolist(), strict=True)) == [*oracle.asks.items()]
    whole = DepthBook(0)
    assert np.array_equal(whole.apply(rows, ticks, trades).tops["ofi"], given["ofi"], equal_nan=True)


def test_it_grows_without_losing_a_level() -> None:
    book, n = DepthBook(0), 9_000
    book.apply(numbered(message([(price, price) for price in range(1, n)], [(n + 1, 1)], snapshot=True)))
    assert book.levels == (n - 1, 1)
    assert book.readout(n).bid_sizes.tolist() == list(range(n - 1, 0, -1))
    book.apply(numbered(message([(price, 0) for price in range(2, n)], []), first=n + 9))
    assert book.best() == (1, n + 1)


def test_a_crossed_book_is_found_in_continuous_trading_only() -> None:
    book = DepthBook(0)
    book.apply(numbered(SNAPSHOT, message([(102, 1)], [])))
    assert book.is_crossed
    book.check(Phase.CLOSED)
    with pytest.raises(BookIntegrityError, match="crossed: bid 102 >= ask 101"):
        book.check(Phase.CONTINUOUS)


def test_rows_of_another_kind_or_instrument_are_refused() -> None:
    book = DepthBook(0)
    with pytest.raises(EngineError, match="cannot take rows"):
        book.apply(empty(Kind.MBO, 1))
    stranger = numbered(SNAPSHOT)
    stranger["instrument"] = 3
    with pytest.raises(EngineError, match="received rows of instrument 3"):
        book.apply(stranger)
    with pytest.raises(EngineError, match="no queue"):
        book.queue(BID, 100)


def test_reset_equals_a_new_one() -> None:
    book = DepthBook(0)
    book.apply(numbered(SNAPSHOT))
    book.reset()
    new = DepthBook(0)
    assert (book.best(), book.told, book.levels) == (new.best(), new.told, new.levels)
    assert np.array_equal(book.freeze().state, new.freeze().state)
