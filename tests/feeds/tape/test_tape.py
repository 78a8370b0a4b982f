"""A tape gives back what went in: recording, closed and sealed alike."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cockpit.errors import SourceError, TapeError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.events.market import Batch, Slice
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.river import River
from cockpit.feeds.tape import recorder as recording
from cockpit.feeds.tape import seal as sealing
from cockpit.feeds.tape.reader import TapeSource, open_tape
from cockpit.feeds.tape.recorder import Recorder
from cockpit.feeds.tape.seal import seal_tape
from cockpit.instruments import Instrument, Registry
from tests.feeds.rows import Event, ListSource, joined, plain, plain_batches, same_rows
from tests.feeds.tape.runs import START, derived_of, record, slices, source

STATES: dict[str, Callable[[Recorder], None]] = {
    "recording": lambda recorder: recorder.flush(wait=True),
    "closed": Recorder.close,
    "sealed": Recorder.seal,
}


@pytest.fixture(params=STATES)
def tape(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TapeSource]:
    """A tape of ``source()`` in chunks of 64 events."""
    monkeypatch.setattr(sealing, "CHUNK_EVENTS", 64)
    monkeypatch.setattr(sealing, "WIDE_CHUNK_EVENTS", 64)
    monkeypatch.setattr(sealing, "GROUP_ROWS", 10)
    monkeypatch.setattr("cockpit.feeds.tape.reader.CHUNK_EVENTS", 64)
    recorder = record(tmp_path / "tape", source())
    STATES[request.param](recorder)
    assert recorder.failure is None
    yield open_tape(tmp_path / "tape")
    recorder.close()


def test_a_replayed_tape_is_the_run_to_the_bit(tape: TapeSource) -> None:
    run, replay = list(slices(source(), 41)), list(slices(tape, 29))
    for kind in Kind:
        assert same_rows(joined(replay, kind), joined(run, kind)), kind
    assert sum(part.events for part in replay) == tape.events == tape.info.rows
    assert len(joined(replay, Kind.TICK)) == 24


def test_derived_events_come_back_in_their_order(tape: TapeSource) -> None:
    for kind in (Kind.TOP, Kind.BAR_CLOSED):
        rows = [batch.rows for part in slices(source(), 10**6) for batch in derived_of(part) if batch.kind is kind]
        expected = np.concatenate(rows)
        expected = expected[np.argsort(expected["seq"], kind="stable")]
        got = np.concatenate([batch.rows for batch in tape.derived() if batch.kind is kind])
        assert same_rows(got, expected)
    assert {batch.kind for batch in tape.derived()} == {Kind.TOP, Kind.BAR_CLOSED}


def test_any_chunk_can_be_read_first(tape: TapeSource) -> None:
    whole = list(tape.chunks())
    assert [chunk.events for chunk in whole[:-1]] == [64] * (len(whole) - 1)
    for number in (3, 0, 5, len(whole) - 1, 1):
        first = next(tape.chunks(number))
        assert plain_batches(first.batches) == plain_batches(whole[number].batches)
    assert next(tape.chunks(len(whole)), None) is None


def test_a_tape_says_what_it_is(tape: TapeSource) -> None:
    info = tape.info
    assert (info.format, info.schema, info.has_ticks) == ("tape", "mixed", True)
    assert [instrument.symbol for instrument in info.instruments] == ["ESH4.GLBX", "NQH4.GLBX"]
    assert info.first_ns == START - 200_000_000
    assert info.last_ns == START + 399 * 60_000_000
    state = json.loads((Path(info.path) / "tape.json").read_text())["state"]
    assert all("not sealed; whole up to event 424" in warning for warning in tape.warnings)
    assert len(tape.warnings) == (state == "recording")
    assert open_source(info.path).info == info


def test_marks_hold_on_a_tape(tape: TapeSource) -> None:
    river = River([tape])
    rows, marks = [], []
    while True:
        marks.append(river.mark())
        part = river.take(19)
        if part is None:
            break
        rows += plain([part])
    for mark in marks[::-3]:
        river.restore(mark)
        part = river.take(19)
        got = [] if part is None else plain([part])
        assert got == rows[mark.next_seq : mark.next_seq + len(got)]


def test_sealing_leaves_one_parquet_file_a_kind_and_tells_how_far_it_is(tmp_path: Path) -> None:
    recorder, told = record(tmp_path / "tape", source()), []
    recorder.seal(told.append)
    assert recorder.failure is None
    assert told[-1] == 1.0
    assert told == sorted(told)
    names = {path.name for path in (tmp_path / "tape").iterdir()}
    kinds = {"mbo", "mbp", "quote", "trade", "tick", "top", "bar_closed"}
    assert {f"{kind}.parquet" for kind in kinds} <= names
    assert all(name == "tape.json" or name.endswith(".parquet") for name in names)


def test_a_seal_that_was_broken_off_can_be_done_again(tmp_path: Path) -> None:
    record(tmp_path / "tape", source()).close()
    before = plain(slices(open_tape(tmp_path / "tape")))

    def stop(_part: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seal_tape(tmp_path / "tape", stop)
    assert not list((tmp_path / "tape").glob("*.new"))
    assert plain(slices(open_tape(tmp_path / "tape"))) == before
    (tmp_path / "tape" / "mbo.parquet").write_bytes(b"left over")
    seal_tape(tmp_path / "tape")
    sealed = open_tape(tmp_path / "tape")
    assert sealed.warnings == ()
    assert plain(slices(sealed)) == before
    seal_tape(tmp_path / "tape")  # nothing left to do


@pytest.mark.parametrize("end", [Recorder.close, Recorder.seal])
def test_a_tape_without_events_is_an_empty_source(tmp_path: Path, end: Callable[[Recorder], None]) -> None:
    recorder = Recorder(tmp_path / "tape", Registry())
    recorder.flush()
    end(recorder)
    assert recorder.failure is None
    tape = open_tape(tmp_path / "tape")
    assert list(tape.chunks()) == []
    assert list(tape.derived()) == []
    assert (tape.info.rows, tape.info.first_ns) == (0, None)


def test_a_folder_with_anything_in_it_is_not_recorded_over(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("mine")
    with pytest.raises(TapeError, match="not empty"):
        Recorder(tmp_path, Registry())
    assert [path.name for path in tmp_path.iterdir()] == ["old.txt"]
    with pytest.raises(TapeError, match="cannot record there"):
        Recorder(tmp_path / "old.txt" / "below", Registry())


def test_a_tape_started_in_the_middle_of_a_run_counts_from_zero(tmp_path: Path) -> None:
    late = list(slices(source()))[5:]
    recorder = Recorder(tmp_path / "tape", River([source()]).registry)
    for part in late:
        recorder.write(part, derived_of(part))
    recorder.close()
    assert recorder.failure is None
    first = late[0].first_seq
    for _ in range(2):
        tape = open_tape(tmp_path / "tape")
        got = [row for chunk in tape.chunks() for row in plain_batches(chunk.batches)]
        assert [(row[0] + first, *row[1:]) for row in got] == plain(late)
        assert min(int(batch.rows["seq"][0]) for batch in tape.derived()) < 3
        seal_tape(tmp_path / "tape")


def test_a_jump_of_the_run_ends_the_recording_and_keeps_what_was(tmp_path: Path) -> None:
    parts = list(slices(source()))
    recorder = Recorder(tmp_path / "tape", River([source()]).registry)
    recorder.write(parts[0])
    recorder.write(parts[2])
    recorder.write(parts[1])
    recorder.flush(wait=True)
    assert recorder.failure is not None
    assert f"jumped from event 23 to {parts[2].first_seq}; a tape has no holes" in recorder.failure
    recorder.seal()
    assert open_tape(tmp_path / "tape").events == 23


def test_derived_events_that_came_with_the_wrong_slice_end_the_recording(tmp_path: Path) -> None:
    parts = list(slices(source()))
    recorder = Recorder(tmp_path / "tape", River([source()]).registry)
    recorder.write(parts[0], derived_of(parts[1]))
    recorder.close()
    assert recorder.failure is not None
    assert "belong to other events" in recorder.failure


def test_an_instrument_seen_later_is_on_the_tape_too(tmp_path: Path) -> None:
    registry = Registry()
    registry.add(Instrument("ESH4.GLBX", "ES"))
    recorder = Recorder(tmp_path / "tape", registry)
    parts = list(slices(ListSource([Event(START), Event(START + 1)], ("ESH4.GLBX",)), 1))
    recorder.write(parts[0])
    recorder.flush(wait=True)
    registry.add(Instrument("NQH4.GLBX", "NQ", display="32nds"))
    recorder.write(parts[1])
    recorder.flush(wait=True)
    assert open_tape(tmp_path / "tape").info.instruments == tuple(registry)
    recorder.seal()
    assert open_tape(tmp_path / "tape").info.instruments == tuple(registry)


def test_full_chunks_go_to_disk_without_a_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "CHUNK_EVENTS", 50)
    recorder, parts = Recorder(tmp_path / "tape", River([source()]).registry), list(slices(source()))
    for part in parts:
        recorder.write(part)
    recorder.close()
    assert plain(slices(open_tape(tmp_path / "tape"))) == plain(parts)
    with pa.OSFile(str(tmp_path / "tape" / "trade.arrows")) as file:
        assert pa.ipc.open_stream(file).read_all().column("seq").num_chunks >= 424 // 73


def test_writing_costs_the_caller_no_disk_and_waits_when_the_disk_is_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, original = threading.Event(), recording._Disk.take

    def slow(self: recording._Disk, *work: object) -> None:
        gate.wait()
        original(self, *work)

    monkeypatch.setattr(recording._Disk, "take", slow)
    monkeypatch.setattr(recording, "BACKLOG_EVENTS", 60)
    monkeypatch.setattr(recording, "PATIENCE_S", 0.01)
    recorder = Recorder(tmp_path / "tape", River([source()]).registry)
    parts = list(slices(source()))
    for part in parts[:3]:
        recorder.write(part)
    assert (recorder.backlog, recorder.bytes_written, recorder.failure) == (parts[3].first_seq, 0, None)
    recorder.write(parts[3])
    assert "the disk took nothing" in (recorder.failure or "")
    gate.set()
    recorder.close()
    assert open_tape(tmp_path / "tape").events == parts[3].first_seq


@pytest.mark.parametrize("name", ["tape.json", "mbo.parquet", "tick.arrows"])
def test_a_file_in_place_of_a_tape_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PAR1")
    with pytest.raises(SourceError, match=r"tape\.json"):
        open_tape(tmp_path)


MANIFEST = {
    "version": 1,
    "state": "recording",
    "created": "2023-12-25T23:00:00Z",
    "instruments": [],
    "sources": [],
    "first_seq": 0,
}


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": "1"},
        {"state": "sealed"},
        {"state": "half"},
        {"created": "yesterday"},
        {"instruments": [{"symbol": "ES"}]},
        {"instruments": ["ES"]},
        {"instruments": {}},
        {"sources": [{"path": "x"}]},
        {"first_seq": -1},
        {"first_seq": True},
        {"first_seq": None},
    ],
)
def test_an_unusable_description_says_what_to_do(tmp_path: Path, change: dict[str, object]) -> None:
    from cockpit.feeds.tape.manifest import _checksum

    known = {**MANIFEST, **change}
    (tmp_path / "tape.json").write_text(json.dumps({**known, "checksum": _checksum(known)}))
    with pytest.raises(SourceError, match=r"tape\.json.*put the tape's own tape\.json back"):
        open_tape(tmp_path)


def test_a_changed_digit_in_the_description_is_noticed(tmp_path: Path) -> None:
    record(tmp_path / "tape", source()).seal()
    path = tmp_path / "tape" / "tape.json"
    text = path.read_text()
    digits = [at for at, letter in enumerate(text) if letter.isdigit()]
    for at in digits:
        path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])
        with pytest.raises(SourceError, match="put the tape's own"):
            open_tape(tmp_path / "tape")


def test_any_arrow_program_reads_a_tape(tmp_path: Path) -> None:
    recorder = record(tmp_path / "tape", source())
    with pa.OSFile(str(tmp_path / "tape" / "trade.arrows")) as file:
        table = pa.ipc.open_stream(file).read_all()
    assert table.num_rows == len(joined(list(slices(source())), Kind.TRADE))
    recorder.close()
    assert recorder.bytes_written == sum(path.stat().st_size for path in (tmp_path / "tape").glob("*.arrows"))


def test_an_empty_slice_is_nothing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "tape", Registry())
    recorder.write(Slice((), 7, 7, START), [Batch(Kind.TOP, np.zeros(0, DTYPES[Kind.TOP]))])
    recorder.close()
    assert recorder.failure is None
    assert open_tape(tmp_path / "tape").events == 0
