"""How much the flight recorder keeps, and what happens when somebody asks for nonsense."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from cockpit.errors import ConfigError
from cockpit.ring_settings import BOUNDS, RingSettings, check_ring, ring_settings
from cockpit.state.commands import BoundRing
from cockpit.widgets.recorder_bounds import OFFERED, RecorderBounds


def written(folder: Path, table: object) -> Path:
    file = folder / "settings.json"
    file.write_text(json.dumps({"version": 1, "recorder": table}), encoding="utf-8")
    return file


def test_the_usual_bounds_without_a_word(tmp_path: Path) -> None:
    assert ring_settings(Namespace(), tmp_path / "none.json") == RingSettings(2.0, 3.0)


def test_the_file_decides_and_the_command_line_before_it(tmp_path: Path) -> None:
    file = written(tmp_path, {"gigabytes": 10, "days": 0.5})
    assert ring_settings(Namespace(), file) == RingSettings(10.0, 0.5)
    assert ring_settings(Namespace(ring_gb=1.5, ring_days=None), file) == RingSettings(1.5, 0.5)


@pytest.mark.parametrize("table", [{"gigabytes": 0}, {"days": -1}, {"days": "three"}, {"gigabytes": True}, [2, 3]])
def test_nonsense_in_the_file_is_named_and_the_usual_kept(tmp_path: Path, table: object) -> None:
    file = written(tmp_path, table)
    found = ring_settings(Namespace(), file)
    assert (found.gigabytes, found.days) == (2.0, 3.0)
    assert str(file) in found.trouble


def test_a_damaged_file_is_somebody_elses_trouble(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{")
    assert ring_settings(Namespace(), file) == RingSettings()


def test_nonsense_on_the_command_line_is_refused() -> None:
    check_ring(Namespace(ring_gb=0.05, ring_days=3650.0))
    with pytest.raises(ConfigError, match=r"--ring-gb 0\.0: 0\.05 to 1000 gigabytes"):
        check_ring(Namespace(ring_gb=0.0))
    with pytest.raises(ConfigError, match="--ring-days"):
        check_ring(Namespace(ring_days=1e9))


def test_what_the_settings_write_is_what_a_session_reads(tmp_path: Path) -> None:
    file, sent, said = tmp_path / "settings.json", [], []
    file.write_text('{"look": {"theme": "daylight"}, "version": 1}', encoding="utf-8")
    bounds = RecorderBounds(file, sent.append, said.append)
    usual = RingSettings()
    assert bounds.values() == {"gigabytes": usual.gigabytes, "days": usual.days}
    bounds.choose("gigabytes", "5")
    bounds.choose("days", "14")
    assert ring_settings(Namespace(), file) == RingSettings(5.0, 14.0)
    assert sent == [BoundRing(5.0, 3.0), BoundRing(5.0, 14.0)]
    assert said[-1].startswith("Flight recorder: 5 GB, 14 days from now on, also after a restart")
    assert json.loads(file.read_text(encoding="utf-8"))["look"] == {"theme": "daylight"}
    for name, offered in OFFERED.items():
        low, high = BOUNDS[name]
        assert all(low <= value <= high for value in offered)


def test_what_was_written_by_hand_is_offered_too_and_a_full_disk_is_told(tmp_path: Path) -> None:
    file, said = written(tmp_path, {"gigabytes": 0.75, "days": "three"}), []
    bounds = RecorderBounds(file, pytest.fail, said.append)
    assert [option.text for option in bounds.options("gigabytes")][:3] == ["0.5 GB", "0.75 GB", "1 GB"]
    assert bounds.values()["days"] == 3.0
    flat = tmp_path / "flat"
    flat.write_text("", encoding="utf-8")
    RecorderBounds(flat / "settings.json", pytest.fail, said.append).choose("days", "7")
    assert "cannot be written" in said[-1]
