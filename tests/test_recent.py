"""Recordings opened before come back, the latest first, and never in the way."""

from pathlib import Path

from cockpit.recent import KEPT, RecentRecordings


def test_the_latest_is_first_and_survives_a_restart(tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.dbn" for n in range(KEPT + 3)]
    for file in files:
        file.touch()
        RecentRecordings(tmp_path / "kept" / "recent.json").add([str(file)])
    paths = RecentRecordings(tmp_path / "kept" / "recent.json").paths()
    assert paths[0] == str(files[-1])
    assert len(paths) == KEPT


def test_what_is_gone_or_garbage_is_left_out(tmp_path: Path) -> None:
    kept = tmp_path / "recent.json"
    RecentRecordings(kept).add([str(tmp_path / "gone.dbn")])
    assert RecentRecordings(kept).paths() == []
    kept.write_text('{"not": "a list"')
    assert RecentRecordings(kept).paths() == []
