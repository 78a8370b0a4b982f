"""Log lines reach a file; a disk that refuses does not stop the program."""

import logging
from pathlib import Path

import pytest

from cockpit import log


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
