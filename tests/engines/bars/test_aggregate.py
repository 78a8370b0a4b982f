"""Bar series against the slow oracle, cut into any batches, and what a trader sees of them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cockpit.calendars import calendar_of
from cockpit.engines.bars.aggregate import BarSeries
from cockpit.engines.bars.intervals import Interval
from cockpit.errors import EngineError
from cockpit.events.dtypes import BAR_VIEW, DTYPES, Kind, empty
from cockpit.instants import parse_instant
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_DAY, NS_PER_HOUR, NS_PER_MIN, NS_PER_MS, NS_PER_S, Rows
from tests.engines.bars.oracle import Bar, SlowBars, apart, bounds

START = parse_instant("2024-05-10T16:20")  # a Friday, forty minutes before the weekend
CALENDAR = calendar_of("equity")
NO_TICKS = empty(Kind.TICK)
NO_PRINTS = empty(Kind.PRINT)


def ticks(*events: tuple[int, int]) -> Rows:
    """TICK rows of (seq, clock)."""
    rows = empty(Kind.TICK, len(events))
    for row, (seq, clock) in zip(rows, events, strict=True):
        row["seq"], row["clock_ns"] = seq, clock
    return rows


def prints(*events: tuple[int, int, int, int, str]) -> Rows:
    """PRINT rows of (seq, clock, price, size, aggressor)."""
    rows = empty(Kind.PRINT, len(events))
    for row, (seq, clock, price, size, aggressor) in zip(rows, events, strict=True):
        row["seq"], row["clock_ns"], row["price_ticks"], row["size"] = seq, clock, price, size
        row["aggressor"] = ord(aggressor)
    return rows


def vendor(interval_ns: int, *events: tuple[int, int, float], kind: Kind = Kind.BAR) -> Rows:
    """Bars of (seq, open_ns, price) that last ``interval_ns``: two ticks high, ten contracts, six bought."""
    rows = empty(kind, len(events))
    suffix = "" if kind is Kind.INDEX else "_ticks"
    for row, (seq, opens, price) in zip(rows, events, strict=True):
        row["seq"], row["open_ns"], row["clock_ns"], row["interval_ns"] = (
            seq,
            opens,
            opens + interval_ns,
            interval_ns,
        )
        for name, value in (("open", price), ("high", price + 2), ("low", price), ("close", price + 1)):
            row[name + suffix] = value
        row["volume"] = np.nan if kind is Kind.INDEX else 10
        if kind is Kind.BAR:
            row["buy_volume"], row["sell_volume"], row["trades"] = 6, 4, 3
    return rows


def series(label: str, **options: bool) -> BarSeries:
    return BarSeries(7, Interval.parse(label), CALENDAR, **options)


Program = tuple[Rows, Rows, list[tuple]]


def program(seed: int, events: int = 400) -> Program:
    """Prints and ticks, with gaps, late prints and prints without a size; and the same as a list."""
    rng = np.random.default_rng(seed)
    steps = np.array([0, NS_PER_MS, NS_PER_S, NS_PER_MIN, NS_PER_HOUR, 9 * NS_PER_HOUR])
    odds = rng.choice([[0.2, 0.3, 0.4, 0.1, 0, 0], [0.1, 0.2, 0.3, 0.3, 0.09, 0.01]])
    told: list[tuple] = []
    clock, ticked = START, START
    for seq in range(events):
        clock += int(rng.choice(steps, p=odds) * rng.integers(1, 4))
        if rng.random() < 0.4:
            ticked = max(ticked, clock)
            told.append((seq * 3, ticked))
        else:
            late = int(rng.choice([0, 0, 0, 5 * NS_PER_S]))
            told.append(
                (
                    seq * 3,
                    clock - late,
                    int(rng.integers(-30, 30)),
                    int(rng.integers(0, 9)),
                    str(rng.choice([*"BAN"])),
                )
            )
    return prints(*(e for e in told if len(e) == 5)), ticks(*(e for e in told if len(e) == 2)), told


def slow(label: str, told: list[tuple]) -> SlowBars:
    oracle = SlowBars(Interval.parse(label), CALENDAR)
    for event in told:
        oracle.tick(*event) if len(event) == 2 else oracle.print(*event)
    return oracle


def emitted(rows: Rows) -> list[Bar]:
    names = ("open_ns", "clock_ns", "open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume", "buy_volume")
    columns = [rows[name].tolist() for name in (*names, "sell_volume", "trades", "seq", "recv_ns")]
    return [Bar(*row) for row in zip(*columns, strict=True)]


def viewed(bars: list[Bar]) -> list[tuple]:
    deltas = [None if b.volume and not b.buy + b.sell else b.buy - b.sell for b in bars]
    return [
        (b.open_ns, b.close_ns, b.open, b.high, b.low, b.close, b.volume, delta)
        for b, delta in zip(bars, deltas, strict=True)
    ]


def as_told(rows: Rows) -> list[tuple]:
    """Bars as tuples, an unknown delta as None: no print of the bar told its side."""
    return [(*row[:-1], None if row[-1] != row[-1] else row[-1]) for row in rows.tolist()]  # noqa: PLR0124  NaN


def cut(rng: np.random.Generator, all_prints: Rows, all_ticks: Rows) -> list[tuple[Rows, Rows]]:
    """The same events as slices of random length, empty ones too."""
    last = int(max(all_prints["seq"][-1], all_ticks["seq"][-1])) + 1
    edges = [0, *sorted(rng.integers(0, last, rng.integers(0, 30)).tolist()), last]
    pieces = pairwise(edges)
    inside = [
        [(rows["seq"] >= low) & (rows["seq"] < high) for rows in (all_prints, all_ticks)] for low, high in pieces
    ]
    return [(all_prints[of_prints], all_ticks[of_ticks]) for of_prints, of_ticks in inside]


LABELS = ("1s", "5s", "1m", "5m", "1h", "90m", "4h", "1D", "t1", "t7", "v1", "v50")


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("seed", range(6))
def test_bars_equal_those_told_slowly_however_events_are_cut(label: str, seed: int) -> None:
    all_prints, all_ticks, told = program(seed)
    oracle = slow(label, told)
    rng = np.random.default_rng(seed + 100)
    whole = series(label)
    closed = [emitted(whole.apply_prints(all_prints, all_ticks))]
    pieces = series(label)
    closed.append(
        [bar for piece in cut(rng, all_prints, all_ticks) for bar in emitted(pieces.apply_prints(*piece))]
    )
    for bars, made in zip((whole, pieces), closed, strict=True):
        bars.check()
        assert made == oracle.closed
        view, is_forming = bars.view()
        assert is_forming == bool(oracle.forming())
        assert as_told(view) == viewed(oracle.closed + oracle.forming())
        assert len(bars) == len(view)
    if whole.interval.is_time:
        assert apart(oracle.closed)


@pytest.mark.parametrize("label", ["1m", "90m", "t7", "v50"])
def test_a_frozen_series_goes_on_as_if_nothing_had_happened(label: str) -> None:
    all_prints, all_ticks, told = program(11)
    oracle = slow(label, told)
    pieces = cut(np.random.default_rng(1), all_prints, all_ticks)
    bars, thawed = series(label), series(label)
    for number, piece in enumerate(pieces):
        frozen = bars.freeze()
        before = frozen.closed.rows.copy()
        bars.apply_prints(*piece)
        thawed.thaw(frozen)
        thawed.view()
        thawed.apply_prints(*piece)
        assert as_told(frozen.closed.rows) == as_told(before), "a keyframe changed after it was taken"
        assert as_told(bars.view()[0]) == as_told(thawed.view()[0]), number
    assert viewed(oracle.closed) == as_told(thawed.closed.view())


def test_reset_equals_new() -> None:
    all_prints, all_ticks, _ = program(2)
    used, new = series("5m"), series("5m")
    used.apply_prints(all_prints, all_ticks)
    used.apply_bars(vendor(NS_PER_HOUR, (0, START, 5)), NO_TICKS)
    used.reset()
    assert len(used) == 0
    assert used.reason == ""
    assert emitted(used.apply_prints(all_prints, all_ticks)) == emitted(new.apply_prints(all_prints, all_ticks))
    assert np.array_equal(used.session_starts(), new.session_starts())


def test_a_bar_closes_at_the_first_tick_at_its_end_and_says_what_closed_it() -> None:
    bars = series("1m")
    end = START + NS_PER_MIN
    assert len(bars.apply_prints(prints((1, START + 5, 40, 3, "B"), (2, START + 6, 38, 2, "A")), NO_TICKS)) == 0
    assert len(bars.apply_prints(NO_PRINTS, ticks((3, end - 1)))) == 0
    (row,) = bars.apply_prints(NO_PRINTS, ticks((4, end), (5, end + 1)))
    assert (row["seq"], row["clock_ns"], row["recv_ns"], row["event_ns"]) == (4, end, end, NO_TIME)
    assert (row["instrument"], row["interval_ns"], row["open_ns"]) == (7, NS_PER_MIN, START)
    assert (row["buy_volume"], row["sell_volume"], row["trades"]) == (3, 2, 2)
    assert not bars.is_forming


def test_a_print_at_the_end_belongs_to_the_next_bar() -> None:
    bars = series("1m")
    (row,) = bars.apply_prints(prints((1, START, 40, 3, "B"), (2, START + NS_PER_MIN, 50, 1, "B")), NO_TICKS)
    assert (row["seq"], row["close_ticks"], row["volume"]) == (2, 40, 3)
    assert bars.forming()["open"].tolist() == [50]


def test_minutes_without_prints_have_no_bar() -> None:
    bars = series("1m")
    bars.apply_prints(prints((1, START, 1, 1, "B"), (2, START + 30 * NS_PER_MIN, 1, 1, "B")), NO_TICKS)
    bars.apply_prints(NO_PRINTS, ticks((3, START + 40 * NS_PER_MIN)))
    assert ((bars.view()[0]["open_ns"] - START) // NS_PER_MIN).tolist() == [0, 30]


def test_prints_without_size_or_price_are_no_trades() -> None:
    bars = series("1m")
    bars.apply_prints(prints((1, START, 1, 0, "B"), (2, START, NO_PRICE, 4, "B")), NO_TICKS)
    assert len(bars) == 0


def test_a_late_print_counts_in_the_bar_that_is_forming() -> None:
    bars = series("1m")
    bars.apply_prints(prints((1, START, 10, 1, "B")), ticks((2, START + NS_PER_MIN)))
    bars.apply_prints(prints((3, START + NS_PER_MIN - 1, 12, 1, "B")), NO_TICKS)
    assert bars.closed.view()["high"].tolist() == [10]
    assert bars.forming()["open_ns"].tolist() == [START + NS_PER_MIN]


def test_a_print_that_overfills_a_volume_bar_is_not_cut() -> None:
    bars = series("v10")
    (row,) = bars.apply_prints(prints((1, START, 10, 7, "B"), (2, START + 9, 11, 50, "A")), NO_TICKS)
    assert (row["volume"], row["interval_ns"], row["clock_ns"]) == (57, 0, START + 9)
    assert not bars.is_forming


def test_millions_of_ticks_close_one_bar_once() -> None:
    bars = series("1m")
    bars.apply_prints(prints((-1, START, 10, 1, "B")), NO_TICKS)
    rows = empty(Kind.TICK, 2_000_000)
    rows["seq"] = np.arange(len(rows))
    rows["clock_ns"] = START + np.arange(len(rows)) * NS_PER_MS
    (row,) = bars.apply_prints(NO_PRINTS, rows)
    assert row["seq"] == NS_PER_MIN // NS_PER_MS


def test_rows_out_of_step_in_memory_are_read_all_the_same() -> None:
    all_prints, all_ticks, told = program(4)
    doubled = np.repeat(all_prints, 2)[::2]
    assert emitted(series("1m").apply_prints(doubled, all_ticks)) == slow("1m", told).closed


def test_a_view_shows_the_forming_bar_and_keeps_closed_ones_for_ever() -> None:
    bars = series("1m")
    views: list[Rows] = []
    for minute in range(3000):  # past several growths of the buffer
        bars.apply_prints(prints((minute, START + minute * NS_PER_MIN, minute, 1, "B")), NO_TICKS)
        views.append(bars.view()[0])
    view, is_forming = bars.view()
    assert is_forming
    assert view.dtype == BAR_VIEW
    assert not view.flags.writeable
    assert view["close"].tolist() == list(range(3000))
    for number, early in enumerate(views):
        assert np.array_equal(early["close"], np.arange(number + 1))


# vendor's bars


@pytest.mark.parametrize("label", ["1m", "5m", "15m", "1h", "90m", "4h", "1D"])
@pytest.mark.parametrize("seed", range(4))
def test_merged_bars_equal_a_plain_grouping_however_they_are_cut(label: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    minutes = np.cumsum(rng.choice([1, 1, 1, 2, 40, 600], 300, p=[0.5, 0.2, 0.2, 0.05, 0.03, 0.02]))
    events = [
        (number * 3 + 1, START + int(m) * NS_PER_MIN, int(rng.integers(0, 99))) for number, m in enumerate(minutes)
    ]
    rows = vendor(NS_PER_MIN, *events)
    clocks = ticks(*((number * 3, opens + NS_PER_MIN) for number, (_, opens, _) in enumerate(events)))
    groups: dict[tuple[int, int], list[int]] = {}
    for _, opens, price in events:
        groups.setdefault(bounds(Interval.parse(label), CALENDAR, opens), []).append(price)
    expected = [
        (*span, p[0], max(p) + 2, min(p), p[-1] + 1, 10 * len(p), 2 * len(p)) for span, p in sorted(groups.items())
    ]
    for pieces in ([(rows, clocks)], list(zip(np.split(rows, 300), np.split(clocks, 300), strict=True))):
        bars = series(label)
        made = np.concatenate([bars.apply_bars(*piece) for piece in pieces])
        bars.check()
        assert bars.view()[0].tolist() == expected
        assert made["close_ticks"].tolist() == [int(row[5]) for row in expected[: len(made)]]
        assert made["trades"].tolist() == [row[6] / 10 * 3 for row in expected[: len(made)]]


def test_at_the_same_instant_the_tick_waits_for_the_bar() -> None:
    bars = series("5m")
    end = START + 5 * NS_PER_MIN
    for minute in range(4):
        bars.apply_bars(vendor(NS_PER_MIN, (minute, START + minute * NS_PER_MIN, 5)), NO_TICKS)
    assert len(bars.apply_bars(empty(Kind.BAR), ticks((8, end)))) == 0
    (row,) = bars.apply_bars(vendor(NS_PER_MIN, (9, end - NS_PER_MIN, 5)), NO_TICKS)
    assert (row["seq"], row["volume"], row["clock_ns"]) == (9, 50, end)


def test_a_bar_whose_last_part_never_comes_closes_past_its_end() -> None:
    end = START + 5 * NS_PER_MIN
    by_tick, by_bar = series("5m"), series("5m")
    part = vendor(NS_PER_MIN, (1, START, 5))
    (row,) = by_tick.apply_bars(part, ticks((2, end), (3, end + 1)))
    assert (row["seq"], row["clock_ns"], row["recv_ns"]) == (3, end, end + 1)
    (row,) = by_bar.apply_bars(np.concatenate([part, vendor(NS_PER_MIN, (4, end + NS_PER_HOUR, 5))]), NO_TICKS)
    assert (row["seq"], row["clock_ns"]) == (4, end)


def test_a_late_bar_that_ends_another_closes_both() -> None:
    bars = series("5m")
    rows = vendor(NS_PER_MIN, (1, START, 5), (2, START + 9 * NS_PER_MIN, 6))
    made = bars.apply_bars(rows, NO_TICKS)
    assert made["seq"].tolist() == [2, 2]
    assert made["open_ns"].tolist() == [START, START + 5 * NS_PER_MIN]


def test_bars_of_the_same_length_pass_as_they_are() -> None:
    bars = series("1D")
    opens = [parse_instant(f"2024-05-0{day}T00:00Z") for day in (6, 7, 8)]
    made = bars.apply_bars(vendor(NS_PER_DAY, *((n, at, 5) for n, at in enumerate(opens))), NO_TICKS)
    assert made["open_ns"].tolist() == opens
    assert (made["clock_ns"] - made["open_ns"] == NS_PER_DAY).all()


@pytest.mark.parametrize("label", ["1m", "t5", "v9", "90m"])
def test_longer_or_unfitting_bars_leave_the_series_empty_with_the_reason(label: str) -> None:
    bars = series(label)
    length = NS_PER_HOUR if label == "90m" else 5 * NS_PER_MIN
    assert bars.reason == ""
    made = bars.apply_bars(vendor(length, (1, START, 5)), ticks((2, START + NS_PER_DAY)))
    assert len(made) == len(bars) == 0
    assert bars.reason == ("1 h bars only" if label == "90m" else "5 m bars only")
    bars.apply_prints(prints((3, START + NS_PER_DAY, 1, 20, "B")), NO_TICKS)
    assert bars.reason == ""


def test_what_is_in_the_series_already_is_not_counted_again() -> None:
    bars = series("5m")
    row = vendor(NS_PER_MIN, (1, START, 5))
    bars.apply_bars(np.concatenate([row, row]), NO_TICKS)
    bars.apply_prints(prints((2, START + 30 * NS_PER_S, 9, 1, "B"), (3, START + NS_PER_MIN, 9, 1, "B")), NO_TICKS)
    bars.apply_bars(vendor(NS_PER_MIN, (4, START + NS_PER_MIN, 5)), NO_TICKS)
    assert bars.forming()["volume"].tolist() == [11]


def test_unknown_volumes_stay_unknown() -> None:
    rows = vendor(NS_PER_MIN, (1, START, 5), (2, START + NS_PER_MIN, 6))
    rows["buy_volume"][0] = np.nan
    bars = series("5m")
    bars.apply_bars(rows, NO_TICKS)
    assert bars.forming()["volume"].tolist() == [20]
    assert np.isnan(bars.forming()["delta"]).all()


def test_index_levels_stay_points_and_emit_nothing() -> None:
    bars = series("5m", is_index=True)
    rows = vendor(NS_PER_MIN, *((n, START + n * NS_PER_MIN, 13.25 + n) for n in range(6)), kind=Kind.INDEX)
    rows["high"][1] = rows["open"][0] = np.nan
    made = bars.apply_bars(rows, NO_TICKS)
    assert made.dtype == DTYPES[Kind.BAR_CLOSED]
    assert len(made) == 0
    view, is_forming = bars.view()
    assert is_forming
    assert view[["open", "high", "low", "close"]][0].tolist() == (14.25, 19.25, 13.25, 18.25)
    assert np.isnan(view["volume"]).all()


# the calendar


def test_the_first_bar_of_every_session_is_marked_the_forming_one_too() -> None:
    bars = series("1h")
    friday, sunday = START, parse_instant("2024-05-12T18:00")
    at = [friday, friday + NS_PER_HOUR // 2, sunday, sunday + NS_PER_HOUR]
    for seq, clock in enumerate(at):
        bars.apply_prints(prints((seq, clock, 5, 1, "B")), NO_TICKS)
        assert bars.session_starts().tolist() == [friday - 20 * NS_PER_MIN, sunday][: 1 + (seq > 1)]
    assert BarSeries(0, Interval.parse("1h"), None).session_starts().tolist() == []


def test_no_bar_mixes_two_trade_dates() -> None:
    minutes = np.arange(parse_instant("2024-05-05T18:00"), parse_instant("2024-05-18T00:00"), NS_PER_MIN)
    inside = minutes[[CALENDAR.session_of(int(at)) is not None for at in minutes]]
    rows = prints(*((n, int(at), 5, 1, "B") for n, at in enumerate(inside)))
    for label in ("4h", "3h", "90m", "1D"):
        bars = series(label)
        bars.apply_prints(rows, NO_TICKS)
        view, _ = bars.view()
        assert (CALENDAR.trade_dates(view["open_ns"]) == CALENDAR.trade_dates(view["close_ns"] - 1)).all()


def test_check_finds_a_broken_bar() -> None:
    bars = series("1m")
    bars.apply_prints(prints((1, START, 5, 1, "B"), (2, START + NS_PER_MIN, 5, 1, "B")), NO_TICKS)
    bars.check()
    bars._forming["low"] = 99
    with pytest.raises(EngineError, match="1m bar 1 of 2 is broken"):
        bars.check()
    bars._forming["low"] = 5
    bars._forming["open_ns"] = START
    with pytest.raises(EngineError, match="1m bar 1 of 2 is broken"):
        bars.check()


def test_the_first_minutes_of_christmas_evening_2023_are_those_of_scene_b(data: Path) -> None:
    from cockpit.engines.book.mbo import MboBook
    from cockpit.feeds.files.sniff import open_source

    source = open_source(data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst")
    bars, book, trades, volume = series("1m"), MboBook(0), 0, 0
    for chunk in source.chunks():
        for batch in chunk.batches:
            if batch.kind is Kind.MBO:
                found = book.apply(batch.rows).prints
                trades, volume = trades + len(found), volume + int(found["size"].sum())
                bars.apply_prints(found, NO_TICKS)
    assert (trades, volume) == (2271, 7442)
    view, is_forming = bars.view()
    assert is_forming
    assert len(view) == 40
    first = view[view["open_ns"] >= parse_instant("2023-12-25T23:00Z")][:3]
    prices = (
        np.stack([first[name] for name in ("open", "high", "low", "close")], axis=1)
        * source.info.instruments[0].tick
    )
    assert prices.tolist() == [
        [4800.25, 4805.00, 4800.25, 4804.75],
        [4804.75, 4807.75, 4804.50, 4806.75],
        [4807.00, 4807.75, 4806.75, 4807.00],
    ]
    assert first["volume"].tolist() == [600, 482, 179]
    assert first["delta"].tolist() == [329 - 227, 314 - 168, 67 - 112]
