"""The river against a slow, obvious merge of single rows; ticks; going back."""

import heapq
import itertools
import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from cockpit.errors import ConfigError, SourceError
from cockpit.events.dtypes import Kind
from cockpit.events.market import Chunk, Slice
from cockpit.feeds.river import MAX_SLICE, River
from cockpit.instants import parse_instant
from cockpit.instruments import Registry
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_S
from tests.feeds.rows import Event, ListSource, Plain, plain

S = NS_PER_S
KINDS = (Kind.MBO, Kind.TRADE, Kind.QUOTE, Kind.GAP)


def oracle_ticks(before: int, now: int) -> Iterator[int]:
    """The rule, second by second."""
    second = (before // S + 1) * S
    while second <= now:
        silence = second - before
        step = S if silence <= NS_PER_MIN else NS_PER_MIN if silence <= 2 * NS_PER_HOUR else NS_PER_HOUR
        if second % step == 0:
            yield second
        second += S


def oracle(sources: list[ListSource], ticking: bool = True) -> list[Plain]:
    """Row by row, as contracts.md 1 says it."""
    registry = Registry()
    keyed = []
    for order, source in enumerate(sources):
        ids = [registry.add(instrument) for instrument in source.info.instruments]
        clocks = itertools.accumulate((event.clock_ns for event in source.events), max)
        keyed.append([(clock, order, seq, ids) for seq, clock in enumerate(clocks)])
    out: list[Plain] = []
    before = None
    for clock, order, seq, ids in heapq.merge(*keyed, key=lambda key: key[:3]):
        event = sources[order].events[seq]
        if before is not None and ticking:
            out += [(len(out) + n, Kind.TICK, at, -1, at) for n, at in enumerate(oracle_ticks(before, clock))]
        instrument = ids[event.instrument] if event.instrument >= 0 else -1
        out.append((len(out), event.kind, event.clock_ns, instrument, event.clock_ns + event.value))
        before = clock
    return out


def drain(river: River, limit: int = 10**9, until_ns: int | None = None) -> Iterator[Slice]:
    while (taken := river.take(limit, until_ns)) is not None and taken.events:
        yield taken


def program(rng: random.Random, events: int, symbols: int) -> list[Event]:
    """Clocks that stand, run, jump and step back, on and off whole seconds."""
    clock, out = 1_703_545_200 * S + rng.randrange(S), []
    for value in range(events):
        step = rng.random()
        if step < 0.5:
            clock += rng.randrange(3) * rng.randrange(S // 4)
        elif step < 0.7:
            clock = clock // S * S + rng.randrange(3) * S
        elif step < 0.73:
            clock += rng.randrange(40 * NS_PER_MIN)
        shown = clock - rng.randrange(3 * S) if rng.random() < 0.1 else clock
        out.append(Event(shown, rng.choice(KINDS), rng.randrange(-1, symbols), value))
    return out


SYMBOLS = ("ESH4.GLBX", "NQH4.GLBX", "ZNH4.GLBX")


def sources_of(seed: int, sizes_seed: int = 0) -> list[ListSource]:
    rng, cuts = random.Random(seed), random.Random(sizes_seed)
    out = []
    for number in range(rng.randrange(1, 5)):
        symbols = rng.sample(SYMBOLS, rng.randrange(1, 4))
        events = program(rng, rng.choice([0, 1, 7, 90]), len(symbols))
        sizes = [cuts.randrange(1, 30) for _ in range(50)] if sizes_seed else (65_536,)
        out.append(ListSource(events, symbols, sizes, name=f"source {number}"))
    return out


@pytest.mark.parametrize("seed", range(40))
def test_the_river_is_the_obvious_merge_however_it_is_cut(seed: int) -> None:
    expected = oracle(sources_of(seed))
    rng = random.Random(seed)
    for sizes_seed in range(3):
        river = River(sources_of(seed, sizes_seed), spool_bytes=rng.choice([None, 0, 500, 2**30]))
        assert plain(drain(river, rng.choice([1, 5, 17, 10**6, 10**6]))) == expected
        assert river.next_seq == len(expected)
        assert river.take(1) is None
        assert river.next_clock_ns() is None


@pytest.mark.parametrize("seed", range(20))
def test_stopping_at_any_instant_gives_what_was_due_and_nothing_else(seed: int) -> None:
    expected = oracle(sources_of(seed))
    river, rng, taken = River(sources_of(seed, 1)), random.Random(seed), []
    highest = list(itertools.accumulate((row[2] for row in expected), max))
    clock = expected[0][2] - S if expected else 0
    while river.next_clock_ns() is not None:
        clock += rng.choice([0, 1, S // 3, S, 7 * S, 20 * NS_PER_MIN])
        taken += plain(drain(river, rng.choice([1, 9, 10**6]), clock))
        assert len(taken) == sum(high <= clock for high in highest)
        idle = river.take(5, clock)
        if idle is not None:
            assert (idle.events, idle.batches, idle.clock_ns) == (0, (), river.clock_ns)
    assert taken == expected


@pytest.mark.parametrize("seed", range(30))
def test_every_mark_leads_back_to_the_same_bytes(seed: int) -> None:
    expected = oracle(sources_of(seed))
    rng = random.Random(seed)
    river = River(sources_of(seed, 1), spool_bytes=rng.choice([None, 0, 300, 2**30]))
    marks = [(river.mark(), NO_TIME)]
    while (taken := river.take(rng.choice([1, 2, 30]))) is not None:
        marks.append((river.mark(), taken.clock_ns))
    other = River(sources_of(seed, 1), spool_bytes=None)
    for mark, clock in rng.sample(marks, min(len(marks), 25)):
        for place in (river, other):  # a mark is not bound to the river that made it
            place.restore(mark)
            assert place.mark() == mark
            assert (place.next_seq, place.clock_ns) == (mark.next_seq, clock)
            part = next(drain(place, rng.choice([1, 3, 10**6])), None)
            rows = [] if part is None else plain([part])
            assert rows == expected[mark.next_seq : mark.next_seq + len(rows)]
            assert bool(rows) == (mark.next_seq < len(expected))
    river.restore(marks[0][0])
    assert plain(drain(river)) == expected


def test_a_weekend_ticks_a_minute_by_seconds_two_hours_by_minutes_then_by_hours() -> None:
    friday, sunday = parse_instant("2023-12-22T16:59:59.5"), parse_instant("2023-12-24T18:00:00.000000001")
    ticks = [
        row[2] for row in plain(drain(River([ListSource([Event(friday), Event(sunday)])]))) if row[1] == Kind.TICK
    ]
    assert ticks == list(oracle_ticks(friday, sunday))
    assert len(ticks) == 60 + 119 + 48
    assert ticks[-1] == sunday - 1, "18:00 is a whole hour"


@pytest.mark.parametrize("day", ["2024-03-10", "2023-11-05"])
def test_a_change_of_the_clocks_is_nothing_to_a_tick(day: str) -> None:
    before, after = parse_instant(f"{day}T00:59:30"), parse_instant(f"{day}T03:00:30")
    rows = plain(drain(River([ListSource([Event(before), Event(after)])])))
    ticks = [row[2] for row in rows if row[1] == Kind.TICK]
    assert ticks == list(oracle_ticks(before, after))
    hours = (after - before) // (60 * NS_PER_MIN)
    assert hours == (1 if day.startswith("2024") else 3)


def test_a_tick_stands_before_the_events_of_its_second() -> None:
    at = 1_700_000_000 * S
    events = [Event(at), Event(at + S - 1), Event(at + S, value=1), Event(at + S, value=2), Event(at + S + 1)]
    rows = plain(drain(River([ListSource(events)])))
    assert [(row[1], row[2] - at) for row in rows] == [
        (Kind.TRADE, 0),
        (Kind.TRADE, S - 1),
        (Kind.TICK, S),
        (Kind.TRADE, S),
        (Kind.TRADE, S),
        (Kind.TRADE, S + 1),
    ]


def test_at_equal_clocks_the_source_named_first_goes_first() -> None:
    at = 1_700_000_000 * S
    left = [Event(at, instrument=0, value=n) for n in range(4)]
    right = [Event(at, instrument=0, value=10 + n) for n in range(4)]
    for sizes in ((1,), (3, 1), (65_536,)):
        pair = [ListSource(left, ("A.X",), sizes), ListSource(right, ("B.X",), (2,))]
        assert [row[4] - at for row in plain(drain(River(pair)))] == [0, 1, 2, 3, 10, 11, 12, 13]
        assert [row[4] - at for row in plain(drain(River(pair[::-1])))] == [10, 11, 12, 13, 0, 1, 2, 3]


def test_a_clock_that_steps_back_waits_for_nobody_and_makes_no_tick() -> None:
    at = 1_700_000_000 * S
    back = [Event(at + 5), Event(at - 3 * S), Event(at + 6)]
    rows = plain(drain(River([ListSource(back), ListSource([Event(at + 5, Kind.QUOTE)], ("B.X",))])))
    assert [(row[1], row[2] - at) for row in rows] == [
        (Kind.TRADE, 5),
        (Kind.TRADE, -3 * S),
        (Kind.QUOTE, 5),
        (Kind.TRADE, 6),
    ]


def test_a_source_with_ticks_silences_the_rivers_own() -> None:
    at = 1_700_000_000 * S
    tape = [Event(at), Event(at + S, Kind.TICK, -1), Event(at + 5 * S)]
    rows = plain(drain(River([ListSource(tape, has_ticks=True), ListSource([Event(at + 9 * S)], ("B.X",))])))
    assert [row[2] - at for row in rows] == [0, S, 5 * S, 9 * S]
    with pytest.raises(SourceError, match="does not say so"):
        River([ListSource(tape)]).take(10)


def test_thirty_years_of_silence_stream_in_small_slices() -> None:
    start = 24_837 * NS_PER_DAY
    river = River([ListSource([Event(start), Event(start + 30 * 365 * NS_PER_DAY)])])
    events, largest, last = 0, 0, start
    for taken in drain(river):
        ticks = taken.of(Kind.TICK)
        assert ticks is not None
        assert int(ticks["clock_ns"][0]) > last or taken.first_seq == 0
        assert bool((np.diff(ticks["clock_ns"]) > 0).all())
        last, events, largest = taken.clock_ns, events + taken.events, max(largest, taken.events)
    assert events == 2 + 60 + 119 + 30 * 365 * 24 - 2
    assert largest <= MAX_SLICE


def test_instruments_are_numbered_in_the_order_of_the_sources() -> None:
    at = 1_700_000_000 * S
    one = ListSource([Event(at, instrument=1), Event(at + 1, instrument=-1)], ("NQH4.GLBX", "ESH4.GLBX"))
    two = ListSource([Event(at + 2, instrument=0)], ("ZNH4.GLBX", "NQH4.GLBX"))
    river = River([one, two])
    assert [instrument.symbol for instrument in river.registry] == ["NQH4.GLBX", "ESH4.GLBX", "ZNH4.GLBX"]
    assert [row[3] for row in plain(drain(river))] == [1, -1, 2]


def test_one_symbol_with_two_ticks_is_refused() -> None:
    one, two = ListSource([]), ListSource([])
    two.relabel(instruments=tuple(type(i)(i.symbol, i.root, tick_nano=5) for i in two.info.instruments))
    with pytest.raises(ConfigError, match="open them apart"):
        River([one, two])


@pytest.mark.parametrize("instrument", [1, -2, 7])
def test_a_row_of_an_unannounced_instrument_is_an_error_not_another_symbol(instrument: int) -> None:
    with pytest.raises(SourceError, match="beyond the 1 announced"):
        River([ListSource([Event(5, instrument=instrument)])]).take(1)


def test_what_sources_warn_of_is_told_in_their_order() -> None:
    one, two = ListSource([]), ListSource([])
    one.lost, two.lost = ("one: cut",), ("two: cut", "two: odd")
    assert River([one, two]).warnings == ("one: cut", "two: cut", "two: odd")


def test_no_source_and_empty_sources_end_at_once() -> None:
    assert River([]).take(1) is None
    river = River([ListSource([]), ListSource([])])
    mark = river.mark()
    assert river.take(1) is None
    river.restore(mark)
    assert river.take(1) is None


class BrokenSource(ListSource):
    """Readable up to its third chunk."""

    def chunks(self, from_chunk: int = 0):  # noqa: ANN201  as the base
        for number, chunk in enumerate(super().chunks(0)):
            if number == 2:
                raise SourceError("broken", "unreadable", 77)
            if number >= from_chunk:
                yield chunk


@pytest.mark.parametrize("spool_bytes", [None, 0, 2**30])
def test_a_source_that_breaks_says_so_each_time_and_what_came_before_stays(spool_bytes: int | None) -> None:
    events = [Event(S + n, value=n) for n in range(10)]
    river = River([BrokenSource(events, sizes=(3,))], spool_bytes)
    start = river.mark()
    for _ in range(2):
        assert len(plain(itertools.islice(drain(river, 3), 2))) == 6
        for _ in range(2):
            with pytest.raises(SourceError, match="unreadable"):
                river.take(3)
        river.restore(start)


def test_a_recording_played_alone_is_not_copied() -> None:
    source = ListSource([Event(S + n, value=n) for n in range(10)], has_ticks=True)
    kept = list(source.chunks())
    source.chunks = lambda from_chunk=0: iter(kept[from_chunk:])  # type: ignore[method-assign]  # same arrays each time
    taken = River([source]).take(10)
    assert taken is not None
    assert np.shares_memory(taken.batches[0].rows, kept[0].batches[0].rows)


class OddSource(ListSource):
    """Chunks changed on their way out."""

    def __init__(self, change: Callable[[Chunk], Chunk]) -> None:
        super().__init__([Event(S + n, (Kind.MBO, Kind.GAP)[n % 2]) for n in range(20)], sizes=(8,))
        self.change = change

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        return map(self.change, super().chunks(from_chunk))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda chunk: Chunk(chunk.batches, chunk.first_seq, chunk.next_seq + 1), "a chunk of 9 events lacks some"),
        (lambda chunk: Chunk(chunk.batches[:1], chunk.first_seq, chunk.next_seq), "a chunk of 8 events lacks some"),
        (lambda chunk: Chunk(chunk.batches, chunk.first_seq + 1, chunk.next_seq + 1), "events 0 to 1 missing"),
    ],
)
def test_a_source_with_holes_is_refused(change: Callable[[Chunk], Chunk], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        list(drain(River([OddSource(change)])))


def test_a_source_that_changed_since_the_mark_is_noticed() -> None:
    events = [Event(S + n) for n in range(20)]
    river = River([ListSource(events, sizes=(5,))])
    list(itertools.islice(drain(river, 5), 3))
    other = River([ListSource(events, sizes=(6,))])
    other.restore(river.mark())
    with pytest.raises(SourceError, match="missing"):
        other.take(1)
