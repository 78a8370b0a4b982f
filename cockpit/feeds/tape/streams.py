"""The streams of a tape that is being recorded, or whose recorder was killed: one Arrow IPC stream a kind.

Every flush appends one record batch to every stream that exists, an empty one where the kind had no event. Its
metadata carry a *commit*: up to which ``seq`` the tape is whole once this batch is in every stream, which streams
exist by then, and a checksum of the message. So each stream tells by itself how far it reaches, a missing stream
is noticed by the others, and nothing that a kill, a full disk or a bad sector left is taken for an event.
"""

import contextlib
import errno
import io
import os
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from cockpit.errors import TapeError
from cockpit.events import codec
from cockpit.events.dtypes import DTYPES, KIND_NAMES, Kind
from cockpit.events.market import Batch
from cockpit.feeds.tape.ranges import RangeReader
from cockpit.units import Rows

SUFFIX: Final = ".arrows"
COMMIT_KEY: Final = "cockpit.commit"
_NO_CRC: Final = b"0" * 8  # stands in the message while its checksum is made
_COMMIT: Final = re.compile(
    rb"next=(\d+) rows=(\d+) seq=(\d+)\.\.(\d+) ns=(-?\d+)\.\.(-?\d+) kinds=([a-z_ ]*) crc=(\w{8})"
)
_PREFIX: Final = 8  # an IPC message begins with a marker and the length of its metadata


@dataclass(frozen=True, slots=True)
class Commit:
    """What a batch says about itself and about its flush.

    Attributes:
        next_seq: All events below it are on the tape once the flush is in every stream.
        kinds: Names of the streams that exist by then, sorted.
        rows: Rows of this batch.
        first_seq, last_seq: Of this batch; ``next_seq`` twice when it is empty.
        first_ns: Clock of its first row, 0 when empty.
        max_ns: Its largest clock, 0 when empty.
    """

    next_seq: int
    kinds: tuple[str, ...]
    rows: int = 0
    first_seq: int = 0
    last_seq: int = 0
    first_ns: int = 0
    max_ns: int = 0

    def text(self) -> str:
        """The commit as it stands in a message, the checksum not yet filled in."""
        seq, ns = f"{self.first_seq}..{self.last_seq}", f"{self.first_ns}..{self.max_ns}"
        kinds = " ".join(self.kinds)
        return f"next={self.next_seq} rows={self.rows} seq={seq} ns={ns} kinds={kinds} crc={_NO_CRC.decode()}"

    def of_rows(self, rows: Rows) -> "Commit":
        """The flush's commit for a batch of these rows."""
        if not len(rows):
            return Commit(self.next_seq, self.kinds, 0, self.next_seq, self.next_seq)
        seq, clock = rows["seq"], rows["clock_ns"]
        span = int(seq[0]), int(seq[-1]), int(clock[0]), int(clock.max())
        return Commit(self.next_seq, self.kinds, len(rows), *span)


def _found(message: bytes | bytearray | memoryview) -> re.Match[bytes]:
    length = int.from_bytes(message[4:_PREFIX], "little")
    match = _COMMIT.search(message[: _PREFIX + length])
    if match is None:
        raise TapeError("a message without commit")
    return match


def _crc(message: bytes | bytearray | memoryview, at: int) -> bytes:
    """Checksum of a message whose checksum stands at ``at``, in its eight hexadecimal digits."""
    crc = zlib.crc32(message[at + len(_NO_CRC) :], zlib.crc32(_NO_CRC, zlib.crc32(message[:at])))
    return b"%08x" % crc


def _commit_of(message: memoryview) -> Commit:
    match = _found(message)
    if match[8] != _crc(message, match.start(8)):
        raise TapeError("the checksum does not fit")
    next_seq, rows, first, last, first_ns, max_ns = map(int, match.groups()[:6])
    return Commit(next_seq, tuple(match[7].decode().split()), rows, first, last, first_ns, max_ns)


class StreamWriter:
    """Appends batches of one kind to its stream; each ``write`` is whole in the file or not there.

    Raises:
        OSError: From any method; what was written before stays.
    """

    def __init__(self, folder: Path, kind: Kind) -> None:
        import pyarrow as pa

        self._kind = kind
        self._file = (folder / (KIND_NAMES[kind] + SUFFIX)).open("xb", buffering=0)
        self._buffer = io.BytesIO()
        self._stream = pa.ipc.new_stream(self._buffer, codec.schema_of(kind))
        self.bytes_written = 0

    def write(self, rows: Sequence[Rows], commit: Commit) -> None:
        """Append all rows as one batch; when it returns, the operating system has them."""
        joined = np.concatenate(rows) if rows else np.zeros(0, DTYPES[self._kind])
        if joined.size and bool((np.diff(joined["seq"]) < 0).any()):  # derived rows of several engines
            joined = joined[np.argsort(joined["seq"], kind="stable")]
        batch = codec.encode(Batch(self._kind, joined))
        self._buffer.seek(0)
        self._buffer.truncate()
        self._stream.write_batch(batch, custom_metadata={COMMIT_KEY: commit.of_rows(joined).text()})
        data = bytearray(self._buffer.getvalue())
        schema = 0 if self.bytes_written else _PREFIX + int.from_bytes(data[4:_PREFIX], "little")
        message = memoryview(data)[schema:]
        at = _found(message).start(8)
        message[at : at + len(_NO_CRC)] = _crc(message, at)
        self._append(data)

    def _append(self, data: bytearray) -> None:
        if os.fstat(self._file.fileno()).st_nlink == 0:
            raise FileNotFoundError(errno.ENOENT, "deleted while it was recorded to", self._file.name)
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError:
            with contextlib.suppress(OSError):  # the torn rest is cut here, or by the reader
                self._file.truncate(self.bytes_written)
            raise
        self.bytes_written += len(data)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """One batch of a stream: its bytes [offset, end) in the file, and what it says."""

    offset: int
    end: int
    commit: Commit


@dataclass(slots=True)
class Stream:
    """What can be trusted of one stream file.

    Attributes:
        path: The file; it may be missing.
        kind: What its rows are.
        size: Bytes of the file.
        batches: Whole, checked batches from its start on.
        problem: Why reading stopped before the end; empty when it did not.
    """

    path: Path
    kind: Kind
    size: int = 0
    batches: list[StoredBatch] = field(default_factory=list[StoredBatch])
    problem: str = ""

    @property
    def end(self) -> int:
        """Offset after the last trusted batch."""
        return self.batches[-1].end if self.batches else 0


def scan(path: Path, kind: Kind) -> Stream:
    """Read a stream through and check every batch; it ends at the first that cannot be trusted."""
    import pyarrow as pa

    found = Stream(path, kind)
    try:
        found.size = path.stat().st_size
        with pa.memory_map(str(path)) as file:
            _check_schema(file, kind)
            while file.tell() < found.size:
                found.batches.append(_next(file, found))
    except (pa.ArrowException, OSError, EOFError, ValueError, TapeError) as error:
        found.problem = str(error) or "ends early"
    return found


def _check_schema(file: Any, kind: Kind) -> None:  # noqa: ANN401  pyarrow has no types
    import pyarrow as pa

    if (found := codec.kind_of(pa.ipc.read_schema(pa.ipc.read_message(file)))) is not kind:
        raise TapeError(f"holds events of kind {KIND_NAMES[found]}")


def _next(file: Any, stream: Stream) -> StoredBatch:  # noqa: ANN401  pyarrow has no types
    import pyarrow as pa

    offset = file.tell()
    pa.ipc.read_message(file)  # finds the end, which may lie beyond the file
    end = file.tell()
    file.seek(offset)
    commit = _commit_of(memoryview(file.read_buffer(end - offset)))
    before = stream.batches[-1].commit.next_seq if stream.batches else 0
    if not before <= commit.first_seq <= commit.last_seq <= commit.next_seq:
        raise TapeError(f"events {commit.first_seq} to {commit.last_seq} are not after {before}")
    return StoredBatch(offset, end, commit)


@dataclass(frozen=True, slots=True)
class Loss:
    """What was cut off one stream."""

    path: Path
    offset: int
    lost_bytes: int
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.path}: cut at byte {self.offset:,}, {self.lost_bytes:,} bytes after it dropped ({self.reason})"
        )


@dataclass(frozen=True, slots=True)
class Recovered:
    """The trusted part of all streams.

    Attributes:
        streams: One per kind, batches beyond the cut removed.
        next_seq: Every event below is there, none from it on.
        losses: What was cut, by file; empty when every stream was whole.
    """

    streams: tuple[Stream, ...]
    next_seq: int
    losses: tuple[Loss, ...]

    @property
    def span(self) -> tuple[int, int] | None:
        """Clock of the first raw event and largest clock; None without events."""
        raw = [
            one
            for stream in self.streams
            if not stream.kind.is_derived
            for one in stream.batches
            if one.commit.rows
        ]
        if not raw:
            return None
        first = min(raw, key=lambda one: one.commit.first_seq)
        return first.commit.first_ns, max(one.commit.max_ns for one in raw)


def recover(folder: Path, first_seq: int) -> Recovered:
    """Scan all streams of a folder and cut them at the largest ``seq`` that is complete in every one.

    Args:
        folder: The tape.
        first_seq: ``seq`` of its first event.
    """
    streams = {kind: scan(path, kind) for kind in Kind if (path := folder / (KIND_NAMES[kind] + SUFFIX)).exists()}
    commits = [stored.commit for stream in streams.values() for stored in stream.batches]
    for name in {name for commit in commits for name in commit.kinds}:
        kind = codec.KIND_OF.get(name)
        if kind is not None and kind not in streams:
            streams[kind] = Stream(folder / (name + SUFFIX), kind, problem="missing")
    reach = [_reach(stream, commits, first_seq) for stream in streams.values()]
    cut = min((next_seq for next_seq in reach if next_seq is not None), default=first_seq)
    losses = [loss for stream in streams.values() if (loss := _cut(stream, cut)) is not None]
    return Recovered(tuple(streams.values()), cut, tuple(losses))


def _reach(stream: Stream, commits: list[Commit], first_seq: int) -> int | None:
    """Up to which ``seq`` a stream is complete; None when no trusted flush knows of it yet."""
    if stream.batches:
        return stream.batches[-1].commit.next_seq
    name = KIND_NAMES[stream.kind]
    if not any(name in commit.kinds for commit in commits):
        return None
    return max((commit.next_seq for commit in commits if name not in commit.kinds), default=first_seq)


def _cut(stream: Stream, cut: int) -> Loss | None:
    dropped = [stored for stored in stream.batches if stored.commit.next_seq > cut]
    del stream.batches[len(stream.batches) - len(dropped) :]
    if not dropped and not stream.problem:
        return None
    reason = stream.problem or "another stream ends here"
    return Loss(stream.path, stream.end, stream.size - stream.end, reason)


class StreamReader(RangeReader):
    """Rows of recovered streams."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        super().__init__({stream.kind: [one.commit.first_seq for one in stream.batches] for stream in streams})
        self._streams = {stream.kind: stream for stream in streams}
        self._files: dict[Kind, Any] = {}

    def _load(self, kind: Kind, start: int, stop: int) -> Rows:
        import pyarrow as pa

        stream, schema = self._streams[kind], codec.schema_of(kind)
        try:
            if kind not in self._files:
                self._files[kind] = pa.memory_map(str(stream.path))
            file = self._files[kind]
            batches: list[Any] = []
            for stored in stream.batches[start:stop]:
                file.seek(stored.offset)
                batches.append(pa.ipc.read_record_batch(pa.ipc.read_message(file), schema))
            return codec.decode(batches[0] if len(batches) == 1 else pa.Table.from_batches(batches)).rows
        except (pa.ArrowException, OSError, EOFError, ValueError) as error:
            raise TapeError(f"{stream.path}: no longer what it was ({error})") from error

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()
