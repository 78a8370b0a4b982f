"""The flight recorder: everything that comes in, always, in a ring of tapes of bounded size and age.

Each tape stands alone: it begins with a snapshot of the books and the newest chains, numbered from 0. A tape that
is full is sealed in a thread while the next one records; the oldest sealed ones go when the ring is full.
"""

import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cockpit.clock import WallClock
from cockpit.errors import CockpitError
from cockpit.events.market import Batch, Slice
from cockpit.feeds.source import SourceInfo
from cockpit.feeds.tape.recorder import Recorder
from cockpit.feeds.tape.seal import seal_tape
from cockpit.feeds.tape.sessions import TapeFacts, tapes_in
from cockpit.instants import iso_utc
from cockpit.instruments import Registry
from cockpit.units import NO_TIME, NS_PER_DAY, NS_PER_MIN

log = logging.getLogger(__name__)

LEFT_NS: Final = 2 * NS_PER_MIN  # an unsealed tape that nobody wrote to for so long was left by a killed session

Snapshot = Callable[[], tuple[Batch, ...]]


@dataclass(frozen=True, slots=True)
class Ring:
    """Bounds of the recorder.

    Attributes:
        folder: Holds one folder a tape.
        most_bytes: Of all sealed tapes; the oldest go first.
        most_days: Age, by the wall clock, past which a tape goes.
        tape_ns: Clock time on one tape.
    """

    folder: Path
    most_bytes: int = 2 * 2**30
    most_days: float = 3.0
    tape_ns: int = 15 * NS_PER_MIN


class FlightRecorder:
    """Writes the ring; called from the feed's thread only.

    Args:
        ring: Where, and how much.
        registry: The session's instruments.
        sources: What is recorded, for ``tape.json``.
        snapshot: Rows a tape must begin with so that it stands alone, ``seq`` from 0; called at each beginning.
        wall_ns: The wall clock; for tests.
    """

    def __init__(
        self,
        ring: Ring,
        registry: Registry,
        sources: Sequence[SourceInfo],
        snapshot: Snapshot,
        wall_ns: Callable[[], int] | None = None,
    ) -> None:
        self.ring = ring
        self._registry, self._sources, self._snapshot = registry, tuple(sources), snapshot
        self._wall_ns = wall_ns or WallClock().now_ns
        self._tape: Recorder | None = None
        self._began_ns = NO_TIME
        self._shift = 0
        self._seals: list[threading.Thread] = []
        self._lock = threading.Lock()  # one thread at a time drops tapes
        self._sealed_bytes = 0
        self.failure: str | None = None
        self._tidy_left()

    # writing

    def turn_over(self, clock_ns: int, next_seq: int) -> None:
        """Begin a tape if there is none or the running one is full; never raises.

        Call it where a snapshot can be taken: all below ``next_seq`` is written, nothing more happened.
        """
        if self.failure is not None:
            return
        if self._tape is not None:
            if clock_ns - self._began_ns < self.ring.tape_ns:
                return
            self._end_tape()
        self._begin(clock_ns, next_seq)

    def write(self, piece: Slice) -> None:
        """Keep the next events; never raises, ``failure`` says why it stopped."""
        tape = self._tape
        if self.failure is not None or tape is None or not piece.events:
            return
        tape.write(_renumbered(piece.batches, piece.first_seq, piece.next_seq, -self._shift, piece.clock_ns))
        self.failure = tape.failure

    def _begin(self, clock_ns: int, next_seq: int) -> None:
        try:
            tape = Recorder(self._fresh(clock_ns), self._registry, self._sources, self._wall_ns())
        except CockpitError as error:
            self.failure = str(error)
            return
        self._tape, self._began_ns = tape, clock_ns
        start = self._snapshot()
        count = sum(len(batch) for batch in start)
        if count:
            tape.write(_renumbered(start, 0, count, 0, clock_ns))
        self._shift = next_seq - count

    def _fresh(self, clock_ns: int) -> Path:
        """A folder that does not exist yet, named by the clock."""
        name = iso_utc(clock_ns)[:19].replace(":", "")
        for attempt in range(1000):
            folder = self.ring.folder / (f"{name}Z" if not attempt else f"{name}Z-{attempt + 1}")
            if not folder.exists():
                return folder
        return self.ring.folder / f"{name}Z-{self._wall_ns()}"

    def flush(self) -> None:
        """Make everything so far recoverable."""
        if self._tape is not None:
            self._tape.flush()

    def close(self) -> None:
        """End the last tape and wait until it is sealed."""
        if self._tape is not None:
            self._end_tape()
        for thread in self._seals:
            thread.join()

    def bound(self, most_bytes: int, most_days: float) -> None:
        """Keep so much from now on; what is too much goes at once, in a thread. From any thread."""
        self.ring = replace(self.ring, most_bytes=most_bytes, most_days=most_days)
        self._later(self._drop_oldest)

    # facts

    @property
    def used_bytes(self) -> int:
        """Bytes of the ring: sealed tapes as last counted, and the running one."""
        running = 0 if self._tape is None else self._tape.bytes_written
        return self._sealed_bytes + running

    @property
    def backlog(self) -> int:
        """Events on their way to the disk."""
        return 0 if self._tape is None else self._tape.backlog

    # the ring

    def _end_tape(self) -> None:
        tape, self._tape = self._tape, None
        assert tape is not None
        self._seals = [thread for thread in self._seals if thread.is_alive()]
        self._later(lambda: self._seal(tape))

    def _later(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="flight", daemon=True)
        self._seals.append(thread)
        thread.start()

    def _seal(self, tape: Recorder) -> None:
        import pyarrow  # noqa: PLC0415  a market opens without it

        tape.seal()
        if tape.failure:
            log.warning("flight recorder: %s", tape.failure)
        self._drop_oldest()
        pyarrow.default_memory_pool().release_unused()  # packing a tape takes tens of MB that nobody wants back

    def _tidy_left(self) -> None:
        """Seal what killed sessions left, and count what there is."""
        now = self._wall_ns()
        left = [
            each.folder for each in self._tapes() if each.is_running and now - _touched_ns(each.folder) > LEFT_NS
        ]

        def work() -> None:
            for folder in left:
                try:
                    seal_tape(folder)
                except (OSError, CockpitError) as error:
                    log.warning("flight recorder: %s stays unsealed: %s", folder, error)
            self._drop_oldest()

        self._later(work)

    def _tapes(self) -> list[TapeFacts]:
        """Tapes of the ring; what else lies in its folder is not ours to touch."""
        return [each for each in tapes_in([self.ring.folder]) if "Z" in each.folder.name]

    def _drop_oldest(self) -> None:
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        sealed = [(_created_ns(each), each) for each in self._tapes() if not each.is_running]
        sealed.sort(key=lambda pair: (pair[0], pair[1].folder))
        total = sum(each.size for _, each in sealed)
        oldest_ns = self._wall_ns() - round(self.ring.most_days * NS_PER_DAY)
        for created_ns, each in sealed:
            if total <= self.ring.most_bytes and created_ns >= oldest_ns:
                break
            shutil.rmtree(each.folder, ignore_errors=True)
            total -= each.size
        self._sealed_bytes = total


def _renumbered(batches: tuple[Batch, ...], first_seq: int, next_seq: int, by: int, clock_ns: int) -> Slice:
    moved: list[Batch] = []
    for batch in batches:
        rows = batch.rows.copy()
        rows["seq"] += by
        moved.append(Batch(batch.kind, rows))
    return Slice(tuple(moved), first_seq + by, next_seq + by, clock_ns)


def _created_ns(tape: TapeFacts) -> int:
    """When it began; of a damaged one, when it was last written."""
    return _touched_ns(tape.folder) if tape.manifest is None else tape.manifest.created_ns


def _touched_ns(folder: Path) -> int:
    return max((each.stat().st_mtime_ns for each in folder.iterdir()), default=0)
