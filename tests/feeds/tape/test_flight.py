"""The flight recorder: a ring of tapes that each stand alone, bounded, and whole after a kill."""

from pathlib import Path

import numpy as np
import pytest

from cockpit.events.dtypes import ADD, CLEAR, Flag, Kind, empty
from cockpit.events.market import Batch, Slice
from cockpit.feeds.source import SourceInfo
from cockpit.feeds.tape.flight import LEFT_NS, FlightRecorder, Ring
from cockpit.feeds.tape.manifest import RECORDING, SEALED, read_manifest
from cockpit.feeds.tape.reader import open_tape
from cockpit.feeds.tape.recorder import Recorder
from cockpit.instruments import Registry
from cockpit.units import NS_PER_DAY, NS_PER_S
from tests.state.market import START_NS, es, order_rows

ROWS = order_rows(9, 8_000)
INFO = SourceInfo("simulated market", "simulated", "mixed", (es(),), None, None, None)
TAPE_NS = 400 * NS_PER_S


class Wall:
    """A wall clock a test moves by hand."""

    def __init__(self) -> None:
        self.now = START_NS

    def __call__(self) -> int:
        """ns UTC."""
        return self.now


class Desk:
    """A recorder and the book it keeps snapshots of, fed slice by slice."""

    def __init__(self, ring: Ring, wall: Wall | None = None) -> None:
        registry = Registry()
        registry.add(es())
        self.wall = wall or Wall()
        self.book: dict[int, tuple[int, int, int]] = {}
        self.recorder = FlightRecorder(ring, registry, (INFO,), self.snapshot, self.wall)

    def snapshot(self) -> tuple[Batch, ...]:
        """The resting orders before the next slice."""
        rows = empty(Kind.MBO, len(self.book) + 1)
        rows["instrument"], rows["flags"] = 0, Flag.SNAPSHOT
        rows["seq"], rows["clock_ns"] = np.arange(len(rows)), START_NS
        rows["action"][0] = CLEAR
        for row, (order, (side, price, size)) in zip(rows[1:], self.book.items(), strict=True):
            row["action"], row["order_id"], row["side"], row["price_ticks"], row["size"] = (
                ADD,
                order,
                side,
                price,
                size,
            )
        rows["flags"][-1] |= Flag.LAST
        return (Batch(Kind.MBO, rows),)

    def play(self, rows: np.ndarray, cut: int = 100) -> None:
        """Write the rows, and keep the book as the snapshot needs it."""
        for low in range(0, len(rows), cut):
            part = rows[low : low + cut]
            first, last = int(part["seq"][0]), int(part["seq"][-1]) + 1
            self.recorder.turn_over(int(part["clock_ns"][0]), first)
            self.recorder.write(Slice((Batch(Kind.MBO, part),), first, last, int(part["clock_ns"][-1])))
            for row in part:
                self._keep(row)

    def _keep(self, row: np.void) -> None:
        order, action = int(row["order_id"]), chr(int(row["action"]))
        if action in "AM":
            self.book[order] = (int(row["side"]), int(row["price_ticks"]), int(row["size"]))
        elif action == "C":
            self.book.pop(order, None)


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    return Ring(tmp_path / "flight", tape_ns=TAPE_NS)


def tapes(ring: Ring) -> list[Path]:
    return sorted(ring.folder.iterdir())


def test_every_tape_stands_alone_and_ends_on_the_same_book(ring: Ring) -> None:
    desk = Desk(ring)
    desk.play(ROWS)
    desk.recorder.close()
    assert desk.recorder.failure is None
    found = tapes(ring)
    assert len(found) >= 3
    last = open_tape(found[-1])
    assert read_manifest(found[-1]).state == SEALED
    assert read_manifest(found[-1]).sources[0].format == "simulated"
    alone = [chunk.batches for chunk in last.chunks()]
    assert alone[0][0].rows["seq"][0] == 0
    assert last.warnings == ()
    whole = desk.book
    book: dict[int, tuple[int, int, int]] = {}
    for batches in alone:
        for row in batches[0].rows:
            order, action = int(row["order_id"]), chr(int(row["action"]))
            if action in "AM":
                book[order] = (int(row["side"]), int(row["price_ticks"]), int(row["size"]))
            elif action == "C":
                book.pop(order, None)
    assert book == whole
    events = sum(open_tape(each).events for each in found)
    snapshots = sum(
        int((batch.rows["flags"] & Flag.SNAPSHOT != 0).sum())
        for each in found
        for chunk in open_tape(each).chunks()
        for batch in chunk.batches
    )
    assert events - snapshots == len(ROWS), "nothing is lost where one tape follows another"


def test_the_oldest_sealed_tape_goes_when_the_ring_is_full(ring: Ring) -> None:
    small = Ring(ring.folder, most_bytes=60_000, tape_ns=TAPE_NS)
    desk = Desk(small)
    desk.play(ROWS)
    desk.recorder.close()
    kept = tapes(small)
    assert desk.recorder.used_bytes <= small.most_bytes
    assert 0 < len(kept) < 4
    assert open_tape(kept[-1]).info.last_ns == int(ROWS["clock_ns"][-1]), "the newest stays"


def test_other_bounds_act_at_once_on_what_is_there(ring: Ring) -> None:
    desk = Desk(Ring(ring.folder, tape_ns=TAPE_NS))
    desk.play(ROWS)
    before = len(tapes(ring))
    desk.recorder.bound(60_000, 3.0)
    desk.recorder.close()
    assert 0 < len(tapes(ring)) < before
    assert desk.recorder.used_bytes <= 60_000
    assert desk.recorder.ring.folder == ring.folder


def test_tapes_past_their_days_go(ring: Ring) -> None:
    wall = Wall()
    desk = Desk(ring, wall)
    desk.play(ROWS[:2_000])
    desk.recorder.close()
    before = tapes(ring)
    wall.now += 4 * NS_PER_DAY
    later = Desk(ring, wall)
    later.play(ROWS[2_000:2_500])
    later.recorder.close()
    after = tapes(ring)
    assert len(before) >= 1
    assert not set(before) & set(after)
    assert len(after) == 1


def test_what_a_killed_session_left_is_sealed_at_the_next_start(ring: Ring) -> None:
    registry = Registry()
    registry.add(es())
    left = ring.folder / "2023-12-25T230000Z"
    ring.folder.mkdir(parents=True)
    tape = Recorder(left, registry, (INFO,), START_NS)
    tape.write(Slice((Batch(Kind.MBO, ROWS[:500]),), 0, 500, int(ROWS["clock_ns"][499])))
    tape.close()  # not sealed: as after a kill
    assert read_manifest(left).state == RECORDING
    wall = Wall()
    wall.now = left.stat().st_mtime_ns + LEFT_NS + NS_PER_S
    desk = Desk(Ring(ring.folder, most_days=1e9), wall)
    desk.recorder.close()
    assert read_manifest(left).state == SEALED
    assert open_tape(left).events == 500


def test_a_tape_that_is_being_written_is_left_alone(ring: Ring) -> None:
    ring.folder.mkdir(parents=True)
    registry = Registry()
    registry.add(es())
    running = Recorder(ring.folder / "2023-12-25T230000Z", registry, (INFO,), START_NS)
    running.write(Slice((Batch(Kind.MBO, ROWS[:10]),), 0, 10, START_NS))
    running.flush(wait=True)
    wall = Wall()
    wall.now = (ring.folder / "2023-12-25T230000Z").stat().st_mtime_ns + NS_PER_S
    other = Desk(Ring(ring.folder, most_days=1e9), wall)
    other.recorder.close()
    assert read_manifest(running.folder).state == RECORDING
    running.close()


def test_a_ring_that_cannot_be_written_says_why_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "flight").write_text("a file where the folder should be")
    desk = Desk(Ring(tmp_path / "flight"))
    desk.play(ROWS[:300])
    assert desk.recorder.failure is not None
    assert "cannot record there" in desk.recorder.failure
    desk.recorder.close()
