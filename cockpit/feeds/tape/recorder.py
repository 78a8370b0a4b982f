"""Writes a tape while a run goes on: the caller only hands over, a thread of its own does the disk's work.

A disk that fails or fills ends the recording, never the run: ``failure`` says why, what was flushed stays.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cockpit.clock import WallClock
from cockpit.errors import CockpitError, TapeError
from cockpit.events.dtypes import KIND_NAMES, Kind
from cockpit.events.market import Batch, Slice
from cockpit.feeds.source import CHUNK_EVENTS, SourceInfo
from cockpit.feeds.tape.manifest import RECORDING, Manifest, Origin
from cockpit.feeds.tape.seal import seal_tape
from cockpit.feeds.tape.streams import Commit, StreamWriter
from cockpit.instruments import Instrument, Registry
from cockpit.units import Rows

BACKLOG_EVENTS: Final = 4 * 2**20  # about 300 MB of order-level events waiting for the disk
PATIENCE_S: Final = 10.0  # a disk that takes no event for so long is broken


class _Work:
    """One thing for the writer thread: events, or a wish to have all before it on disk."""

    def __init__(
        self, events: Slice | None, derived: tuple[Batch, ...], instruments: tuple[Instrument, ...]
    ) -> None:
        self.events = events
        self.derived = derived
        self.instruments = instruments
        self.done = threading.Event()


class Recorder:
    """Records slices and the events derived from them into a new folder.

    Args:
        folder: Made if missing; must be empty.
        registry: The session's instruments; those added later are noted too.
        sources: What is recorded, for ``tape.json``.
        created_ns: Wall-clock start of the recording; None asks the clock.

    Raises:
        TapeError: The folder is not empty or cannot be made; only here, nothing else raises.
    """

    def __init__(
        self, folder: Path, registry: Registry, sources: Sequence[SourceInfo] = (), created_ns: int | None = None
    ) -> None:
        self.folder = folder
        self._registry = registry
        created_ns = WallClock().now_ns() if created_ns is None else created_ns
        origins = tuple(Origin.of(info) for info in sources)
        self._manifest = Manifest(RECORDING, created_ns, tuple(registry), origins)
        _claim(folder, self._manifest)
        self._expected: int | None = None
        self._closed = False
        self._ended = False
        self._disk_failed = False
        self._failure: str | None = None
        self._queue: deque[_Work | None] = deque()
        self._backlog = 0
        self._turn = threading.Condition()
        self._disk = _Disk(folder, self._manifest)
        self._thread = threading.Thread(target=self._run, name="tape", daemon=True)
        self._thread.start()

    @property
    def failure(self) -> str | None:
        """Why the recording has stopped; None while it goes on or after it was closed well."""
        return self._failure

    @property
    def bytes_written(self) -> int:
        """Bytes in the stream files so far."""
        return self._disk.bytes_written

    @property
    def backlog(self) -> int:
        """Events handed over and not yet on disk. Above BACKLOG_EVENTS ``write`` waits for the disk."""
        return self._backlog

    def write(self, slice_: Slice, derived: Sequence[Batch] = ()) -> None:
        """Hand over the next events and what engines derived from them; does not touch the disk.

        Slices must follow each other without holes. ``seq`` of a derived event lies within its slice.
        """
        if self._failure is not None or self._closed or not slice_.events:
            return
        if self._expected not in (None, slice_.first_seq):
            self._send_flush(wait=False)
            self._fail(f"the run jumped from event {self._expected:,} to {slice_.first_seq:,}; a tape has no holes")
            return
        self._expected = slice_.next_seq
        with self._turn:
            if not self._turn.wait_for(self._has_room, PATIENCE_S):
                self._fail(f"the disk took nothing for {PATIENCE_S:.0f} s")
                return
            self._backlog += slice_.events
            self._put(_Work(slice_, tuple(derived), tuple(self._registry)))

    def flush(self, wait: bool = False) -> None:
        """Send everything handed over so far to the operating system; with ``wait``, return when it is there."""
        if self._failure is None and not self._closed:
            self._send_flush(wait)

    def close(self) -> None:
        """Flush and end the recording; the tape can be read, and sealed later."""
        if not self._closed:
            self._send_flush(wait=False)  # also what came before a failure
            self._closed = True
            with self._turn:
                self._put(None)
        self._thread.join()

    def _send_flush(self, wait: bool) -> None:
        work = _Work(None, (), tuple(self._registry))
        with self._turn:
            if self._ended:
                return
            self._put(work)
        if wait:
            work.done.wait()

    def seal(self, progress: Callable[[float], None] | None = None) -> None:
        """Close and pack the tape into Parquet; takes seconds for millions of events, so call it on a worker.

        After a failure of the disk nothing is packed; ``seal_tape`` can do it later.

        Args:
            progress: Told the part done, 0..1.
        """
        self.close()
        if self._disk_failed:
            return
        try:
            seal_tape(self.folder, progress)
        except (OSError, CockpitError) as error:
            self._failure = self._failure or f"{self.folder}: not sealed, readable as it is ({error})"

    def _has_room(self) -> bool:
        return self._backlog < BACKLOG_EVENTS or self._ended

    def _put(self, work: _Work | None) -> None:
        self._queue.append(work)
        self._turn.notify_all()

    def _fail(self, reason: str) -> None:
        if self._failure is None:
            self._failure = f"{self.folder}: recording stopped: {reason}"

    def _run(self) -> None:
        try:
            while (work := self._next()) is not None:
                self._do(work)
        finally:  # whatever ends the thread, nobody may wait for it
            if not self._closed:
                self._fail("the writer ended")
            self._end_streams()
            with self._turn:
                self._ended = True
                for work in self._queue:
                    if work is not None:
                        work.done.set()
                self._turn.notify_all()

    def _next(self) -> _Work | None:
        with self._turn:
            self._turn.wait_for(lambda: self._queue)
            return self._queue.popleft()

    def _do(self, work: _Work) -> None:
        if self._disk.is_open:
            try:
                self._disk.take(work.events, work.derived, work.instruments)
            except (OSError, TapeError) as error:
                self._disk_failed = True
                self._fail(f"{error}; whole up to event {self._disk.next_seq:,}")
                self._end_streams()
        with self._turn:
            self._backlog -= 0 if work.events is None else work.events.events
            self._turn.notify_all()
        work.done.set()

    def _end_streams(self) -> None:
        try:
            self._disk.close()
        except OSError as error:  # some network disks complain only now
            self._fail(str(error))


def _claim(folder: Path, manifest: Manifest) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise TapeError(f"{folder}: not empty; a recording needs a new folder")
        manifest.write(folder)
    except OSError as error:
        raise TapeError(f"{folder}: cannot record there ({error})") from error


class _Disk:
    """The writer thread's side: gathers rows and commits them to the streams."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest
        self._streams: dict[Kind, StreamWriter] = {}
        self._rows: dict[Kind, list[Rows]] = {}
        self._gathered = 0  # events
        self._gathered_to = 0
        self.next_seq = 0
        self.is_open = True

    @property
    def bytes_written(self) -> int:
        return sum(stream.bytes_written for stream in list(self._streams.values()))

    def take(self, events: Slice | None, derived: tuple[Batch, ...], instruments: tuple[Instrument, ...]) -> None:
        """Gather events, and commit when told to (no events) or when a chunk is full."""
        self._describe(events, instruments)
        if events is not None:
            self._gather(events, derived)
        if self._gathered >= CHUNK_EVENTS or (events is None and self._gathered):
            self._commit()

    def _describe(self, events: Slice | None, instruments: tuple[Instrument, ...]) -> None:
        known = replace(self._manifest, instruments=instruments)
        if events is not None and not self._streams and not self._gathered:
            known = replace(known, first_seq=events.first_seq)
        if known != self._manifest:  # before the rows that need it
            known.write(self._folder)
            self._manifest = known

    def _gather(self, events: Slice, derived: tuple[Batch, ...]) -> None:
        for batch in derived:
            seq = batch.rows["seq"]
            if len(seq) and not events.first_seq <= int(seq.min()) <= int(seq.max()) < events.next_seq:
                raise TapeError(f"{KIND_NAMES[batch.kind]} events belong to other events than they came with")
        for batch in (*events.batches, *derived):
            if len(batch):
                self._rows.setdefault(batch.kind, []).append(batch.rows)
        self._gathered += events.events
        self._gathered_to = events.next_seq

    def _commit(self) -> None:
        for kind in self._rows:
            if kind not in self._streams:
                self._streams[kind] = StreamWriter(self._folder, kind)
        commit = Commit(self._gathered_to, tuple(sorted(KIND_NAMES[kind] for kind in self._streams)))
        for kind, stream in self._streams.items():
            stream.write(self._rows.get(kind, ()), commit)
        self._rows, self._gathered = {}, 0
        self.next_seq = commit.next_seq

    def close(self) -> None:
        """Close the streams; nothing more is written."""
        self.is_open = False
        for stream in self._streams.values():
            stream.close()
