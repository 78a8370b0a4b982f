"""The live log: what a feed appended can be read again from any place, by several readers, within its bounds."""

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch
from cockpit.feeds.live.log import EventLog
from cockpit.feeds.live.river import LiveRiver
from cockpit.instruments import Registry
from cockpit.units import NO_TIME
from tests.state.market import es, order_rows

ROWS = order_rows(3, 9_000)


def registry() -> Registry:
    found = Registry()
    found.add(es())
    return found


def fill(log: EventLog, rows: np.ndarray, cut: int) -> None:
    for low in range(0, len(rows), cut):
        part = rows[low : low + cut]
        log.append((Batch(Kind.MBO, part),), int(part["seq"][0]), int(part["seq"][-1]) + 1)


def read(river: LiveRiver, limit: int) -> np.ndarray:
    parts: list[np.ndarray] = []
    while True:
        piece = river.take(limit)
        if piece is None or not piece.events:
            return np.concatenate(parts) if parts else ROWS[:0]
        rows = piece.of(Kind.MBO)
        assert rows is not None
        assert piece.clock_ns == rows["clock_ns"].max()
        parts.append(rows)


@pytest.mark.parametrize(("cut", "limit"), [(1, 700), (37, 8192), (9_000, 11), (500, 500)])
def test_what_was_appended_is_read_however_both_are_cut(cut: int, limit: int) -> None:
    log = EventLog()
    river = LiveRiver(log, registry())
    fill(log, ROWS, cut)
    assert np.array_equal(read(river, limit), ROWS)


def test_at_the_edge_nothing_is_due_and_more_comes() -> None:
    log = EventLog()
    river = LiveRiver(log, registry())
    empty = river.take(10)
    assert empty is not None
    assert empty.events == 0
    assert river.next_clock_ns() is None
    fill(log, ROWS[:20], 20)
    assert len(read(river, 10)) == 20
    assert river.next_clock_ns() is None
    rest = ROWS[20:30]
    log.append((Batch(Kind.MBO, rest),), 20, 30)
    assert river.next_clock_ns() == rest["clock_ns"][0]
    assert len(read(river, 100)) == 10
    log.close()
    assert river.take(1) is None, "the feed has ended"


def test_until_stops_at_the_clock_and_a_mark_comes_back() -> None:
    log = EventLog()
    river = LiveRiver(log, registry())
    fill(log, ROWS, 64)
    until = int(ROWS["clock_ns"][4_000])
    taken = 0
    while (piece := river.take(1_000, until)) is not None and piece.events:
        taken += piece.events
    assert taken == 4_001
    assert piece is not None
    assert piece.clock_ns <= until
    mark = river.mark()
    after = read(river, 999)
    river.restore(mark)
    assert np.array_equal(read(river, 5), after)
    assert np.array_equal(after, ROWS[4_001:])


def test_clocks_of_a_late_row_do_not_run_back() -> None:
    rows = ROWS[:4].copy()
    rows["clock_ns"][2] = rows["clock_ns"][0] - 5
    log = EventLog()
    fill(log, rows, 1)
    assert log.clock_of(2) == rows["clock_ns"][1]
    assert log.edge_ns == rows["clock_ns"][3]


def test_holes_and_missing_rows_are_refused_and_nothing_is_lost() -> None:
    log = EventLog()
    fill(log, ROWS[:10], 10)
    with pytest.raises(SourceError, match="do not follow event 10"):
        log.append((Batch(Kind.MBO, ROWS[11:12]),), 11, 12)
    with pytest.raises(SourceError, match="without holes"):
        log.append((Batch(Kind.MBO, ROWS[10:12]),), 10, 13)
    fill(log, ROWS[:0], 1)
    assert log.next_seq == 10


def big_log(memory: int, kept: int) -> tuple[EventLog, np.ndarray]:
    rows = np.tile(order_rows(5, 8_192), 80)
    rows["seq"] = np.arange(len(rows))
    rows["clock_ns"] = rows["clock_ns"][0] + rows["seq"]
    log = EventLog(memory, kept)
    return log, rows


def test_past_the_memory_limit_rows_are_on_disk_and_the_same() -> None:
    log, rows = big_log(4 * 2**20, 2**40)
    river = LiveRiver(log, registry())
    fill(log, rows, 4_000)
    assert log.held_bytes < 12 * 2**20 < rows.nbytes <= log.kept_bytes
    assert np.array_equal(read(river, 60_000), rows)


def test_the_oldest_go_but_never_what_a_reader_has_not_read() -> None:
    log, rows = big_log(2**20, 16 * 2**20)
    river = LiveRiver(log, registry())
    fill(log, rows[:300_000], 4_000)
    assert log.first_seq == 0
    assert log.is_strained, "the reader still stands at the beginning"
    read(river, 8_192)
    part = rows[300_000:]
    for low in range(0, len(part), 4_000):
        some = part[low : low + 4_000]
        log.append((Batch(Kind.MBO, some),), int(some["seq"][0]), int(some["seq"][-1]) + 1)
        read(river, 8_192)
    assert log.first_seq > 0
    assert not log.is_strained
    assert log.kept_bytes < 20 * 2**20
    with pytest.raises(SourceError, match="no longer kept"):
        log.slice(0, 10)
    late = LiveRiver(log, registry())
    assert late.mark().seq == log.first_seq
    assert np.array_equal(read(late, 8_192), rows[log.first_seq :])


def test_an_empty_log_has_no_clock() -> None:
    log = EventLog()
    assert log.edge_ns == NO_TIME
    assert log.clock_of(0) is None
    assert log.first_seq == 0


def test_rows_that_lie_in_a_file_cost_no_memory_and_are_read_like_others() -> None:
    log = EventLog()
    river = LiveRiver(log, registry())
    log.append((Batch(Kind.MBO, ROWS[:6_000]),), 0, 6_000, is_mapped=True)
    assert log.held_bytes == 0
    assert log.kept_bytes == ROWS[:6_000].nbytes
    for low in range(6_000, 9_000, 500):
        log.append((Batch(Kind.MBO, ROWS[low : low + 500]),), low, low + 500)
    assert log.held_bytes == ROWS[6_000:].nbytes
    assert np.array_equal(read(river, 700), ROWS)
