"""Log lines reach a file; a disk that refuses does not stop the program."""

import logging
from pathlib import Path

import pytest

from cockpit import log
from cockpit.clock import ManualClock
from cockpit.units import NS_PER_S


@pytest.fixture(autouse=True)
def _restore_logging():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:], root.level = handlers, level


def test_a_line_is_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    path = log.start()
    logging.getLogger("cockpit.test").info("gap of %d s", 8)
    assert path is not None
    assert "gap of 8 s" in path.read_text()


def test_without_a_place_for_the_file_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "taken"))
    assert log.start() is None


def test_the_log_is_bounded_whatever_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path))
    monkeypatch.setattr(log, "FILE_BYTES", 20_000)
    log.start()
    for number in range(5_000):
        logging.getLogger("cockpit.test").info("line %d of many", number)
    files = sorted(tmp_path.glob("cockpit.log*"))
    assert len(files) == log.KEPT_FILES + 1
    assert sum(file.stat().st_size for file in files) <= (log.KEPT_FILES + 1) * 20_000
    assert "line 4999 of many" in (tmp_path / "cockpit.log").read_text()


def record(text: str, at_s: float) -> logging.LogRecord:
    made = logging.LogRecord("cockpit.test", logging.ERROR, "", 0, "%s", (text,), None)
    made.created = at_s
    return made


def test_equal_lines_are_written_once_a_second_and_counted() -> None:
    repeats = log.Repeats()
    assert repeats.filter(record("the disk is full", 10.0))
    assert not any(repeats.filter(record("the disk is full", 10.0 + place / 100)) for place in range(1, 90))
    assert repeats.filter(record("something else", 10.5))
    again = record("the disk is full", 11.2)
    assert repeats.filter(again)
    assert again.getMessage() == "the disk is full (and 89 times before)"


def test_the_memory_for_lines_is_bounded() -> None:
    repeats, complaints = log.Repeats(), log.Complaints(ManualClock())
    for number in range(3 * log.REMEMBERED):
        assert repeats.filter(record(f"line {number}", 10.0))
        assert complaints.wants(f"error {number}")
    assert len(repeats._seen) == log.REMEMBERED
    assert len(complaints._told) == log.REMEMBERED


def test_an_equal_error_is_told_once_a_second() -> None:
    clock = ManualClock(NS_PER_S)
    complaints = log.Complaints(clock)
    told = []
    for step in range(31):
        told.append(complaints.wants("no bars"))
        clock.advance(NS_PER_S // 10)
        del step
    assert [place for place, each in enumerate(told) if each] == [0, 10, 20, 30]
