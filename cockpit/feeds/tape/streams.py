"""The streams of a tape that is being recorded, or whose recorder was killed: one Arrow IPC stream a kind.

Every flush appends one record batch to every stream that exists, an empty one where the kind had no event. It
carries a *commit*: up to which ``seq`` the tape is whole once this batch is in every stream, which streams exist
by then, and a checksum. So each stream tells by itself how far it reaches, a missing stream is noticed by the
others, and nothing that a kill, a full disk or a bad sector left behind is taken for an event.
"""

import contextlib
import errno
import io
import os
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


@dataclass(frozen=True, slots=True)
class Commit:
    """What a flush says.

    Attributes:
        next_seq: All events below it are on the tape once the flush is in every stream.
        kinds: Names of the streams that exist by then, sorted.
    """

    next_seq: int
    kinds: tuple[str, ...]

    def metadata(self, values_crc: int) -> dict[str, str]:
        """The commit as metadata of a record batch."""
        known = {"next_seq": str(self.next_seq), "kinds": " ".join(self.kinds)}
        return {**known, "crc": str(zlib.crc32(" ".join(known.values()).encode(), values_crc))}

    @classmethod
    def of(cls, metadata: Any, values_crc: int) -> "Commit":  # noqa: ANN401  pyarrow's mapping or None
        """The commit of a record batch.

        Raises:
            TapeError: There is none, or values and checksum disagree.
        """
        if metadata is None or not (text := metadata.get(b"next_seq", b"").decode()).isdecimal():
            raise TapeError("a batch without commit")
        commit = cls(int(text), tuple(metadata.get(b"kinds", b"").decode().split()))
        if commit.metadata(values_crc)["crc"].encode() != metadata.get(b"crc"):
            raise TapeError("the checksum does not fit")
        return commit


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
        self._stream.write_batch(batch, custom_metadata=commit.metadata(codec.checksum(batch)))
        self._append(self._buffer.getvalue())

    def _append(self, data: bytes) -> None:
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
    """One batch of a stream: where it stands, its commit, its rows and the range of their ``seq``."""

    offset: int
    end: int
    commit: Commit
    rows: int
    first_seq: int
    last_seq: int
    first_ns: int
    max_ns: int


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
            reader = _open(file, kind)
            while (stored := _next(reader, file, found)) is not None:
                found.batches.append(stored)
    except (pa.ArrowException, OSError, ValueError, TapeError) as error:
        found.problem = str(error)
    if not found.problem and found.end < found.size:
        found.problem = "ends early"
    return found


def _open(file: Any, kind: Kind) -> Any:  # noqa: ANN401  pyarrow has no types
    import pyarrow as pa

    reader = pa.ipc.open_stream(file)
    if (found := codec.kind_of(reader.schema)) is not kind:
        raise TapeError(f"holds events of kind {KIND_NAMES[found]}")
    return reader


def _next(reader: Any, file: Any, stream: Stream) -> StoredBatch | None:  # noqa: ANN401  pyarrow has no types
    try:
        batch, metadata = reader.read_next_batch_with_custom_metadata()
    except StopIteration:
        return None
    batch.validate(full=True)
    commit = Commit.of(metadata, codec.checksum(batch))
    seq, clock = batch.column("seq").to_numpy(), batch.column("clock_ns").to_numpy()
    before = stream.batches[-1].commit.next_seq if stream.batches else 0
    first, last = (int(seq[0]), int(seq[-1])) if len(seq) else (commit.next_seq, commit.next_seq - 1)
    if not before <= first <= last + 1 <= commit.next_seq:
        raise TapeError(f"events {first} to {last} stand between {before} and {commit.next_seq}")
    first_ns, max_ns = (int(clock[0]), int(clock.max())) if len(seq) else (0, 0)
    return StoredBatch(stream.end, file.tell(), commit, len(seq), first, last, first_ns, max_ns)


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
        raw = [one for stream in self.streams if not stream.kind.is_derived for one in stream.batches if one.rows]
        if not raw:
            return None
        return min(raw, key=lambda one: one.first_seq).first_ns, max(one.max_ns for one in raw)


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
        super().__init__({stream.kind: [stored.first_seq for stored in stream.batches] for stream in streams})
        self._streams = {stream.kind: stream for stream in streams}
        self._files: dict[Kind, Any] = {}

    def _load(self, kind: Kind, number: int) -> Rows:
        import pyarrow as pa

        stream = self._streams[kind]
        try:
            if kind not in self._files:
                self._files[kind] = pa.memory_map(str(stream.path))
            file = self._files[kind]
            file.seek(stream.batches[number].offset)
            message = pa.ipc.read_message(file)
            if message.type == "schema":  # stands before the first batch
                message = pa.ipc.read_message(file)
            return codec.decode(pa.ipc.read_record_batch(message, codec.schema_of(kind))).rows
        except (pa.ArrowException, OSError, ValueError) as error:
            raise TapeError(f"{stream.path}: no longer what it was ({error})") from error

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()
