"""Snapshot and changes become one book, whatever comes when: every race as a few lines."""

import random

import pytest

from cockpit.events.dtypes import GapReason
from cockpit.feeds.binance.levels import Change, Stamp, Start
from cockpit.feeds.binance.sync import Break, DepthSync, SpotSync, Step

AT = Stamp(1, 1, 1)


def change(first: int, final: int, previous: int, price: int = 100, size: int = 1) -> Change:
    return Change(AT, first, final, previous, (price,), (size,), 1)


def start(last: int, *levels: tuple[int, int]) -> Start:
    return Start(AT, last, tuple(price for price, _ in levels), tuple(size for _, size in levels), len(levels))


def ids(steps: list[Step]) -> list[int | str]:
    """Update ids of what a book gets; ``gap`` for a break."""
    return [
        "gap" if isinstance(each, Break) else each.last_id if isinstance(each, Start) else each.final_id
        for each in steps
    ]


def test_the_documented_procedure() -> None:
    sync = DepthSync()
    for each in (change(1, 5, 0), change(6, 9, 5), change(12, 20, 9)):
        assert sync.change(each) == []
    assert ids(sync.start(start(15))) == [15, 20]
    assert ids(sync.change(change(25, 30, 20))) == [30]
    assert (sync.last_id, sync.wants_snapshot, sync.counts.breaks) == (30, False, 0)


def test_ids_with_holes_are_no_gap_as_long_as_the_chain_holds() -> None:
    sync = DepthSync()
    sync.start(start(10))
    assert ids(sync.change(change(8, 12, 7))) == [12]
    assert ids(sync.change(change(500, 900, 12))) == [900]


def test_an_empty_buffer_waits() -> None:
    sync = DepthSync()
    assert ids(sync.start(start(10))) == [10]
    assert ids(sync.change(change(5, 9, 4))) == []  # inside the snapshot
    assert ids(sync.change(change(9, 11, 9))) == [11]


def test_a_snapshot_older_than_the_buffer_is_refused_and_another_wanted() -> None:
    sync = DepthSync()
    sync.change(change(20, 25, 18))
    assert sync.start(start(10)) == []
    assert (sync.wants_snapshot, sync.counts.old_snapshots) == (True, 1)
    sync.change(change(26, 30, 25))
    assert ids(sync.start(start(22))) == [22, 25, 30]


def test_a_change_whose_previous_id_is_the_snapshot_continues_it() -> None:
    sync = DepthSync()
    sync.change(change(15, 20, 10))
    assert ids(sync.start(start(10))) == [10, 20]
    late = DepthSync()
    late.start(start(10))
    assert ids(late.change(change(15, 20, 10))) == [20]


def test_a_snapshot_id_that_ends_a_change_resyncs_for_nothing_neither_before_nor_after() -> None:
    buffered, later = DepthSync(), DepthSync()
    buffered.change(change(5, 10, 4))
    buffered.change(change(15, 20, 10))
    assert ids(buffered.start(start(10))) == [10, 10, 20]
    later.start(start(10))
    assert ids(later.change(change(5, 10, 4)) + later.change(change(15, 20, 10))) == [10, 20]
    assert buffered.counts.breaks == later.counts.breaks == 0


def test_a_broken_chain_is_reported_once_and_goes_on_with_the_next_snapshot() -> None:
    sync = DepthSync()
    sync.start(start(10))
    sync.change(change(9, 12, 8))
    assert sync.change(change(20, 25, 18)) == [Break(12, 18)]
    assert sync.change(change(26, 30, 25)) == []
    assert sync.wants_snapshot
    assert ids(sync.start(start(27))) == [27, 30]
    assert sync.counts.breaks == 1


def test_repeated_and_older_changes_are_dropped() -> None:
    sync = DepthSync()
    sync.start(start(10))
    sync.change(change(9, 12, 8))
    assert sync.change(change(9, 12, 8)) == sync.change(change(5, 6, 4)) == []
    assert ids(sync.change(change(13, 14, 12))) == [14]
    assert sync.counts.repeats == 2


def test_changes_in_the_wrong_order_are_a_gap() -> None:
    sync = DepthSync()
    sync.start(start(10))
    sync.change(change(9, 12, 8))
    assert ids(sync.change(change(15, 16, 14)) + sync.change(change(13, 14, 12))) == ["gap"]


def test_a_first_change_beyond_the_snapshot_is_a_gap() -> None:
    sync = DepthSync()
    sync.start(start(10))
    assert sync.change(change(20, 25, 18)) == [Break(10, 18)]


def test_a_newer_snapshot_replaces_the_book_and_an_older_one_does_not() -> None:
    sync = DepthSync()
    sync.start(start(10))
    sync.change(change(9, 12, 8))
    assert sync.start(start(11)) == []
    assert ids(sync.start(start(20))) == [20]
    assert ids(sync.change(change(14, 18, 12)) + sync.change(change(19, 25, 18))) == [25]


def test_a_lost_connection_breaks_a_book_once() -> None:
    sync = DepthSync()
    assert sync.lost() == []
    sync.start(start(10))
    assert sync.lost(GapReason.OVERFLOW) == [Break(10, -1, GapReason.OVERFLOW)]
    assert sync.lost() == []
    assert sync.wants_snapshot


def test_changes_that_wait_are_bounded() -> None:
    sync = DepthSync(most_waiting=3)
    for number in range(10):
        sync.change(change(number, number, number - 1))
    assert (sync.waiting, sync.counts.dropped) == (3, 7)
    assert ids(sync.start(start(8))) == [8, 8, 9]


def test_spot_chains_by_ids_without_holes() -> None:
    sync = SpotSync()
    for each in (change(1, 5, -1), change(6, 9, -1), change(10, 20, -1)):
        sync.change(each)
    assert ids(sync.start(start(9))) == [9, 20]
    assert ids(sync.change(change(21, 22, -1))) == [22]
    assert sync.change(change(24, 25, -1)) == [Break(22, 24)]


def test_a_spot_snapshot_in_the_middle_of_a_change() -> None:
    sync = SpotSync()
    sync.change(change(1, 5, -1))
    assert ids(sync.start(start(3))) == [3, 5]
    other = SpotSync()
    other.change(change(5, 9, -1))
    assert other.start(start(3)) == []  # 4 is missing
    assert other.wants_snapshot


# -- a book behind it, against the venue's ------------------------------------------------------------------------


class Venue:
    """A book at the venue, its stream and its snapshots."""

    def __init__(self, rng: random.Random) -> None:
        self._rng, self.book, self.final = rng, dict[int, int](), 1000
        self.history: list[tuple[int, dict[int, int]]] = [(self.final, {})]

    def step(self) -> Change:
        previous, rng = self.final, self._rng
        first = previous + rng.choice((1, 1, 3, 50))
        self.final = first + rng.randrange(20)
        prices = tuple(rng.sample(range(100, 130), rng.randrange(4)))
        sizes = tuple(rng.choice((0, 1, 2, 5)) for _ in prices)
        for price, size in zip(prices, sizes, strict=True):
            self.book[price] = size
        self.book = {price: size for price, size in self.book.items() if size}
        self.history.append((self.final, dict(self.book)))
        return Change(AT, first, self.final, previous, prices, sizes, len(prices))

    def snapshot(self, age: int) -> Start:
        at, book = self.history[max(len(self.history) - 1 - age, 0)]
        return start(at, *book.items())


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_lost_repeated_or_swapped_the_book_is_the_venues_or_known_to_be_broken(seed: int) -> None:
    rng = random.Random(seed)
    venue, sync = Venue(rng), DepthSync()
    book: dict[int, int] | None = None
    on_the_way: list[Change] = []
    synced = 0
    for _ in range(600):
        on_the_way.append(venue.step())
        if rng.random() < 0.02:
            on_the_way.pop(rng.randrange(len(on_the_way)))
        if rng.random() < 0.03 and on_the_way:
            on_the_way.append(rng.choice(on_the_way))
        if rng.random() < 0.02:
            rng.shuffle(on_the_way)
        steps: list[Step] = []
        while on_the_way and rng.random() < 0.8:
            steps += sync.change(on_the_way.pop(0))
        if sync.wants_snapshot and rng.random() < 0.3:
            steps += sync.start(venue.snapshot(rng.randrange(6)))
        if rng.random() < 0.01:
            steps += sync.lost()
            on_the_way.clear()
        for step in steps:
            if isinstance(step, Break):
                book = None
            elif isinstance(step, Start):
                book = dict(zip(step.prices, step.sizes, strict=True))
            else:
                assert book is not None
                book |= dict(zip(step.prices, step.sizes, strict=True))
        assert (book is None) == sync.wants_snapshot
        if book is not None and any(at == sync.last_id for at, _ in venue.history):
            known = next(held for at, held in venue.history if at == sync.last_id)
            assert {price: size for price, size in book.items() if size} == known
            synced += 1
    assert synced > 100
