"""How much the flight recorder keeps, and what happens when somebody asks for nonsense."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from cockpit.errors import ConfigError
from cockpit.ring_settings import RingSettings, check_ring, ring_settings


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
