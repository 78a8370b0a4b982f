"""What a kill, a full disk, a cut or garbage leaves of a tape: all that was flushed, and nothing invented."""

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import DTYPES, GapReason, Kind
from cockpit.events.market import Slice
from cockpit.feeds.river import River
from cockpit.feeds.tape import seal as sealing
from cockpit.feeds.tape.reader import TapeSource, open_tape
from cockpit.feeds.tape.recorder import Recorder
from cockpit.feeds.tape.seal import seal_tape
from cockpit.units import NO_TIME
from tests.feeds.rows import same_rows
from tests.feeds.tape.runs import START, derived_of, source

RAW = [kind for kind in Kind if not kind.is_derived]
ROOT = Path(__file__).resolve().parents[3]


@cache
def run_of(events: int) -> tuple[Slice, ...]:
    """The whole run that ``source(events)`` makes, in few slices."""
    river, parts = River([source(events, chunk=5_000)]), []
    while (part := river.take(10**6)) is not None:
        parts.append(part)
    return tuple(parts)


@cache
def rows_of_run(events: int, kind: Kind) -> np.ndarray:
    batches = [
        batch.rows
        for part in run_of(events)
        for batch in (derived_of(part) if kind.is_derived else part.batches)
        if batch.kind is kind
    ]
    rows = np.concatenate([np.zeros(0, DTYPES[kind]), *batches])
    return rows[np.argsort(rows["seq"], kind="stable")]


def check_is_start_of_run(tape: TapeSource, events: int) -> None:
    """The tape holds the first ``tape.events`` events of the run to the bit, and a GAP row if it was cut."""
    found: dict[Kind, list[np.ndarray]] = {}
    for chunk in tape.chunks():
        for batch in chunk.batches:
            found.setdefault(batch.kind, []).append(batch.rows)
    end = tape.events  # after reading: damage of a sealed tape shows only then
    assert sum(len(rows) for parts in found.values() for rows in parts) == tape.info.rows
    if tape.info.rows != end:
        check_gap(found[Kind.GAP], end, events)
    for kind in RAW:
        expected = rows_of_run(events, kind)
        expected = expected[expected["seq"] < end]
        assert same_rows(np.concatenate([expected[:0], *found.get(kind, [])]), expected), kind


def check_derived(tape: TapeSource, events: int) -> None:
    derived = list(tape.derived())
    for kind in (Kind.TOP, Kind.BAR_CLOSED):
        expected = rows_of_run(events, kind)
        expected = expected[expected["seq"] < tape.events]
        got = np.concatenate([expected[:0], *(batch.rows for batch in derived if batch.kind is kind)])
        assert same_rows(got, expected), kind


def check_gap(parts: list[np.ndarray], end: int, events: int) -> None:
    """The last GAP row says where the tape ends; it is taken out of ``parts``."""
    gap = parts[-1][-1]
    parts[-1] = parts[-1][:-1]
    assert (gap["seq"], gap["reason"], gap["instrument"]) == (end, GapReason.TRUNCATED, -1)
    assert (gap["event_ns"], gap["recv_ns"], gap["expected"], gap["received"]) == (NO_TIME, NO_TIME, -1, -1)
    assert gap["clock_ns"] == gap["from_ns"]
    clocks = [rows["clock_ns"][rows["seq"] < end] for rows in (rows_of_run(events, kind) for kind in RAW)]
    assert any(gap["clock_ns"] in clock for clock in clocks)


def child(folder: Path, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.feeds.tape.recording_child", str(folder), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


KILLED_RUN = 60_000


@pytest.mark.parametrize("seed", range(5))
def test_a_killed_recording_has_all_that_was_flushed(tmp_path: Path, seed: int) -> None:
    rng, said = random.Random(seed), []
    with child(tmp_path / "tape", KILLED_RUN) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if len(said) >= 1 + seed * 17 and rng.random() < 0.2:
                process.kill()
                break
        said += process.stdout.readlines()
    safe = int(said[-1])
    tape = open_tape(tmp_path / "tape")
    assert tape.events >= safe
    check_is_start_of_run(tape, KILLED_RUN)
    check_derived(tape, KILLED_RUN)
    seal_tape(tmp_path / "tape")
    sealed = open_tape(tmp_path / "tape")
    assert (sealed.events, sealed.info.rows) == (tape.events, tape.info.rows)
    assert sealed.warnings == tape.warnings[:-1]
    check_is_start_of_run(sealed, KILLED_RUN)


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    with child(tmp_path / "tape", 3_000, 60_000) as process:
        said = (process.stdout or pytest.fail("no output")).read().splitlines()
    assert process.returncode == 0
    assert "File too large" in said[-1]
    assert f"whole up to event {int(said[-2]):,}" in said[-1]
    tape = open_tape(tmp_path / "tape")
    assert tape.events == int(said[-2])
    check_is_start_of_run(tape, 3_000)


def test_without_room_to_seal_the_tape_stays_as_it_was(tmp_path: Path) -> None:
    with child(tmp_path / "tape", 1_000, 0, 2_000) as process:
        said = (process.stdout or pytest.fail("no output")).read().splitlines()
    assert process.returncode == 0
    assert "not sealed, readable as it is" in said[-1]
    assert not list((tmp_path / "tape").glob("*.new"))
    tape = open_tape(tmp_path / "tape")
    assert tape.events == int(said[-2]) == run_of(1_000)[-1].next_seq
    check_is_start_of_run(tape, 1_000)


def test_a_folder_that_vanishes_ends_the_recording(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "tape", River([source()]).registry)
    parts = run_of(300)
    recorder.write(parts[0])
    recorder.flush(wait=True)
    shutil.rmtree(tmp_path / "tape")
    recorder.write(Slice(parts[0].batches, parts[0].next_seq, 2 * parts[0].next_seq, 0))
    recorder.flush(wait=True)
    assert "deleted while it was recorded to" in (recorder.failure or "")
    recorder.write(parts[0])
    recorder.flush()
    recorder.seal()
    assert not (tmp_path / "tape").exists()


EVENTS = 300


class Recorded:
    """A recorded tape, and how long each of its files was after each flush."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        river = River([source(EVENTS, chunk=5_000)])
        recorder = Recorder(folder, river.registry, created_ns=START)
        self.flushed: list[tuple[int, dict[str, int]]] = [(0, {})]
        while (part := river.take(75)) is not None:
            recorder.write(part, derived_of(part))
            recorder.flush(wait=True)
            self.flushed.append((part.next_seq, self._sizes()))
        recorder.close()

    def _sizes(self) -> dict[str, int]:
        return {path.name: path.stat().st_size for path in self.folder.glob("*.arrows")}

    @property
    def files(self) -> list[str]:
        return sorted(self.flushed[-1][1])

    def whole_until(self, name: str, size: int) -> int:
        """End of the last flush that is whole when only ``size`` bytes of a file are."""
        return max(next_seq for next_seq, sizes in self.flushed if sizes.get(name, 0) <= size)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded(tmp_path_factory.mktemp("recorded") / "tape")


@pytest.fixture(scope="module")
def sealed(recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed") / "tape"
    shutil.copytree(recorded.folder, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "CHUNK_EVENTS", 64)
        patch.setattr(sealing, "WIDE_CHUNK_EVENTS", 64)
        patch.setattr(sealing, "GROUP_ROWS", 10)
        seal_tape(folder)
    return folder


def damaged(folder: Path, name: str, change: Callable[[bytes], bytes], work: Path) -> Path:
    """A copy of a tape with one file changed; the others are links."""
    copy = work / "damaged"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, copy_function=lambda old, new: Path(new).hardlink_to(old))
    (copy / name).unlink()
    (copy / name).write_bytes(change((folder / name).read_bytes()))
    return copy


def offsets(rng: random.Random, size: int, marks: list[int]) -> list[int]:
    near = {mark + step for mark in marks for step in (-1, 0, 3)}
    some = {rng.randrange(size) for _ in range(5)}
    return sorted(at for at in near | some if 0 <= at < size)


def test_a_stream_cut_anywhere_cuts_the_tape_at_the_last_whole_flush(recorded: Recorded, tmp_path: Path) -> None:
    rng = random.Random(1)
    for name in recorded.files:
        marks = [sizes.get(name, 0) for _, sizes in recorded.flushed]
        for size in offsets(rng, marks[-1], marks):
            tape = open_tape(damaged(recorded.folder, name, lambda data, size=size: data[:size], tmp_path))
            assert tape.events == recorded.whole_until(name, size), (name, size)
            assert any(f"{name}: cut at byte" in warning for warning in tape.warnings) or size in marks
            assert tape.info.rows == tape.events + bool(tape.events)
            check_is_start_of_run(tape, EVENTS)
            check_derived(tape, EVENTS)


def test_a_stream_that_is_gone_is_missed(recorded: Recorded, tmp_path: Path) -> None:
    for name in recorded.files:
        copy = damaged(recorded.folder, name, lambda data: data, tmp_path)
        (copy / name).unlink()
        tape = open_tape(copy)
        assert tape.events == recorded.whole_until(name, 0)
        assert any(f"{name}: cut at byte 0, 0 bytes after it dropped (missing)" in line for line in tape.warnings)
        check_is_start_of_run(tape, EVENTS)


def garbage(rng: random.Random, at: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        kind = rng.randrange(4)
        if kind == 0:
            return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        if kind == 1:
            return data[:at] + rng.randbytes(min(100, len(data) - at)) + data[at + 100 :]
        if kind == 2:
            return data[:at] + bytes(min(4096, len(data) - at)) + data[at + 4096 :]
        return data[:at] + rng.randbytes(rng.randrange(1, 50)) + data[at:]

    return change


@pytest.mark.parametrize("seed", range(3))
def test_garbage_in_a_stream_is_never_taken_for_an_event(recorded: Recorded, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    for name in recorded.files:
        size = recorded.flushed[-1][1][name]
        for at in [rng.randrange(size) for _ in range(5)]:
            tape = open_tape(damaged(recorded.folder, name, garbage(rng, at), tmp_path))
            unharmed = recorded.flushed[-1][0]  # the byte was padding
            assert recorded.whole_until(name, at) <= tape.events <= unharmed, (name, at)
            assert tape.events in {next_seq for next_seq, _ in recorded.flushed}
            check_is_start_of_run(tape, EVENTS)
            check_derived(tape, EVENTS)


def ending_of(tape_folder: Path, name: str) -> str:
    """What becomes of a tape whose file ``name`` is damaged; checks what is read before it ends."""
    try:
        tape = open_tape(tape_folder)
        check_is_start_of_run(tape, EVENTS)
        check_is_start_of_run(tape, EVENTS)  # it ends in the same way again
        check_derived(tape, EVENTS)
    except SourceError as error:
        return "refused" if name in str(error) else f"refused without naming {name}"
    if tape.warnings and name not in tape.warnings[-1]:
        return f"cut without naming {name}"
    return "cut" if tape.warnings else "unharmed"


@pytest.mark.parametrize("seed", range(3))
def test_garbage_in_a_sealed_tape_ends_it_or_is_refused(sealed: Path, tmp_path: Path, seed: int) -> None:
    rng, endings = random.Random(seed), set()
    for path in sorted(sealed.glob("*.parquet")):
        for at in [rng.randrange(path.stat().st_size) for _ in range(5)]:
            copy = damaged(sealed, path.name, garbage(rng, at), tmp_path)
            endings.add(ending_of(copy, path.name))
    assert {"refused", "cut"} <= endings <= {"refused", "cut", "unharmed"}


def test_a_sealed_tape_that_lost_a_file_or_a_byte_of_it_is_refused(sealed: Path, tmp_path: Path) -> None:
    for path in sorted(sealed.glob("*.parquet")):
        for keep in (0, 5, path.stat().st_size // 2, path.stat().st_size - 1):
            with pytest.raises(SourceError, match=f"{path.name}.*take the file from a copy"):
                open_tape(damaged(sealed, path.name, lambda data, keep=keep: data[:keep], tmp_path))
        copy = damaged(sealed, path.name, lambda data: data, tmp_path)
        (copy / path.name).unlink()
        with pytest.raises(SourceError, match=path.name):
            open_tape(copy)


def test_a_description_cut_anywhere_is_refused(recorded: Recorded, sealed: Path, tmp_path: Path) -> None:
    for folder in (recorded.folder, sealed):
        size = (folder / "tape.json").stat().st_size
        for keep in range(0, size - 2, 29):
            with pytest.raises(SourceError, match=r"tape\.json"):
                open_tape(damaged(folder, "tape.json", lambda data, keep=keep: data[:keep], tmp_path))


def test_a_stream_of_another_tape_is_not_mixed_in(recorded: Recorded, tmp_path: Path) -> None:
    river = River([source(EVENTS, step_ns=61_000_000, chunk=5_000)])
    recorder = Recorder(tmp_path / "other", river.registry)
    while (part := river.take(75)) is not None:
        recorder.write(part, derived_of(part))
        recorder.flush(wait=True)
    recorder.close()
    other = (tmp_path / "other" / "tick.arrows").read_bytes()
    tape = open_tape(damaged(recorded.folder, "tick.arrows", lambda _data: other, tmp_path))
    count = sum(chunk.events for chunk in tape.chunks())
    assert count == tape.info.rows
    assert tape.warnings
