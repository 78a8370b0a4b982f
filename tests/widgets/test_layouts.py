"""Saved layouts: whole or not at all, the last five, one per set of monitors, never fatal."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from cockpit.widgets.layouts import KEPT, LayoutStore, config_folder
from cockpit.widgets.monitors import Monitor

LEFT = Monitor("L", 0, 0, 1920, 1080, 100)
RIGHT = Monitor("R", 1920, 0, 1600, 1080, 100)
THIRD = Monitor("T", 3520, 0, 1280, 720, 200)


def layout(word: str) -> dict[str, Any]:
    return {"preset": word}


def test_what_was_saved_is_loaded_for_the_same_monitors(tmp_path: Path) -> None:
    assert LayoutStore(tmp_path).save((LEFT, RIGHT), layout("a"))
    assert LayoutStore(tmp_path).save((LEFT,), layout("b"))
    found = LayoutStore(tmp_path).load((RIGHT, LEFT))
    assert found is not None
    assert found["preset"] == "a"


def test_without_the_exact_set_the_most_similar_one_is_taken(tmp_path: Path) -> None:
    store = LayoutStore(tmp_path)
    store.save((LEFT,), layout("one"))
    store.save((LEFT, RIGHT), layout("two"))
    store.save((LEFT, RIGHT, THIRD), layout("three"))
    moved = Monitor("R", 1920, 200, 1600, 1080, 100)
    found = store.load((LEFT, moved))
    assert found is not None
    assert found["preset"] == "two"
    assert (store.load((Monitor("X", 0, 0, 800, 600, 100),)) or {})["preset"] == "one"


def test_with_nothing_saved_there_is_nothing(tmp_path: Path) -> None:
    assert LayoutStore(tmp_path / "none").load((LEFT,)) is None


def test_the_last_five_sessions_are_kept(tmp_path: Path) -> None:
    for session in range(8):
        store = LayoutStore(tmp_path)
        for step in range(3):
            store.save((LEFT,), layout(f"{session}.{step}"))
    files = sorted(tmp_path.iterdir())
    assert len(files) == KEPT
    assert {json.loads(file.read_text())["preset"] for file in files} == {f"{s}.2" for s in range(3, 8)}


def test_an_unreadable_file_is_set_aside_and_an_older_one_used(tmp_path: Path) -> None:
    LayoutStore(tmp_path).save((LEFT,), layout("old"))
    LayoutStore(tmp_path).save((LEFT,), layout("new"))
    newest = next(file for file in tmp_path.iterdir() if file.name.count(".") == 1)
    newest.write_text('{"version": 1, "monitors"', encoding="utf-8")
    told: list[str] = []
    found = LayoutStore(tmp_path, told.append).load((LEFT,))
    assert found is not None
    assert found["preset"] == "old"
    assert len(told) == 1
    assert ".bad" in told[0]
    assert (tmp_path / f"{newest.name}.bad").is_file()


@pytest.mark.parametrize("seed", range(60))
def test_a_mutated_file_is_read_or_set_aside(tmp_path: Path, seed: int) -> None:
    LayoutStore(tmp_path).save((LEFT,), {"docks": {"tabs": ["chart.1"]}, "window": {"place": [0, 0, 800, 600]}})
    file = next(tmp_path.iterdir())
    rng, data = random.Random(seed), bytearray(file.read_bytes())
    for _ in range(rng.randrange(1, 9)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    file.write_bytes(data[: rng.randrange(len(data) + 1)])
    told: list[str] = []
    found = LayoutStore(tmp_path, told.append).load((LEFT,))
    assert (found is None) == bool(told)


def test_a_disk_that_refuses_is_told_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    told: list[str] = []
    assert not LayoutStore(tmp_path / "file", told.append).save((LEFT,), layout("a"))
    assert "cannot be written" in told[0]


def test_the_same_layout_is_not_written_twice(tmp_path: Path) -> None:
    store = LayoutStore(tmp_path)
    store.save((LEFT,), layout("a"))
    file = next(tmp_path.iterdir())
    file.unlink()
    assert store.save((LEFT,), layout("a"))
    assert not file.exists()


def test_nothing_half_written_is_left_beside(tmp_path: Path) -> None:
    LayoutStore(tmp_path).save((LEFT,), layout("a"))
    assert [file.suffix for file in tmp_path.iterdir()] == [".json"]


def test_the_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_CONFIG", str(tmp_path))
    assert config_folder() == tmp_path
    monkeypatch.delenv("COCKPIT_CONFIG")
    assert config_folder().name == "cockpit"


def test_an_earlier_version_is_found_by_its_age(tmp_path: Path) -> None:
    store = LayoutStore(tmp_path)
    for step in range(7):
        store.begin_version()
        store.save((LEFT,), layout(str(step)))
    assert [version.age for version in store.versions((LEFT,))] == list(range(KEPT))
    assert [store.load_version((LEFT,), age)["preset"] for age in range(KEPT)] == ["6", "5", "4", "3", "2"]
    assert store.versions((RIGHT,)) == ()


def test_an_unreadable_version_is_told_and_set_aside(tmp_path: Path) -> None:
    told: list[str] = []
    store = LayoutStore(tmp_path, told.append)
    store.save((LEFT,), layout("a"))
    next(tmp_path.iterdir()).write_text("[]", encoding="utf-8")
    assert store.load_version((LEFT,), 0) is None
    assert store.load_version((LEFT,), 0) is None
    assert ["set aside" in text for text in told] == [True, False]
