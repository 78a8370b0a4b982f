"""The command line: shapes, exit codes, one clear line for what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli import run
from cockpit.events.dtypes import Kind
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.opening import calendar_of, open_all
from cockpit.state.router import Router

ES = Path("books") / "es-mbo-esh4-20231225-until2340.dbn.zst"


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = run([*argv, "--json", "-"])
    return code, json.loads(capsys.readouterr().out)


def test_scene_b_is_what_replay_prints(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    code, found = document(capsys, "replay", str(data / ES), "--headless")
    es = found["instruments"]["ESH4.GLBX"]
    assert code == 0
    assert found["events"] == 53_250
    assert (es["events"], es["gaps"], es["trades"], es["volume"]) == ({"mbo": 53_250}, 0, 2_271, 7_442)
    assert es["bars"] == {"1m": 40, "5m": 8}
    assert es["book"]["bids"][:3] == [[4810.75, 33, 27], [4810.5, 74, 33], [4810.25, 70, 31]]
    assert es["book"]["asks"][:3] == [[4811.0, 31, 18], [4811.25, 32, 19], [4811.5, 42, 22]]
    assert es["book"]["resting_orders"] == 11_167
    assert found["span"]["from"] == "2023-12-25T00:00:00.000000000Z"
    assert found["gex"] is None


def test_until_stops_after_the_last_event_before_the_time(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    _, found = document(capsys, "replay", str(data / ES), "--headless", "--until", "2023-12-25T23:10:00Z")
    assert found["events"] == 25_598
    assert found["instruments"]["ESH4.GLBX"]["book"]["resting_orders"] == 10_161


def test_a_typed_time_without_a_zone_is_new_york(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    _, found = document(capsys, "replay", str(data / ES), "--headless", "--until", "2023-12-25T18:10:00")
    assert found["events"] == 25_598


def test_a_tape_replays_to_the_same_digest_and_passes_its_check(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    tape = tmp_path / "tape"
    code, recorded = document(capsys, "record", str(data / ES), "--tape", str(tape))
    assert code == 0
    code, found = document(capsys, "replay", str(tape), "--headless", "--check")
    assert code == 0
    assert found["digest"] == recorded["digest"]
    assert found["check"]["difference"] is None
    assert found["check"]["compared"] > 2_271
    assert found["check"]["not_on_tape"] == []


def test_a_tape_of_before_a_kind_existed_says_so_and_passes_its_check(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    source, tape = open_all([str(data / ES)]), tmp_path / "tape"
    river = River(source, spool_bytes=None)
    router, recorder = Router(river.registry, calendar_of), Recorder(tape, river.registry)
    while (piece := river.take(20_000)) is not None and piece.events:
        derived = router.apply(piece)
        recorder.write(piece, tuple(batch for batch in derived if batch.kind is not Kind.FEATURES))
    recorder.close()
    code, found = document(capsys, "replay", str(tape), "--headless", "--check")
    assert code == 0
    assert found["check"]["difference"] is None
    assert found["check"]["not_on_tape"] == ["features"]


def test_a_replay_lists_the_last_features_in_price_units_and_contracts(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    _, found = document(capsys, "replay", str(data / ES), "--headless")
    features = found["features"]["ESH4.GLBX"]
    assert features["spread"] == 0.25
    assert features["mid"] == 4810.875
    assert features["bid_depth"][:3] == [31.0, 105.0, 175.0]
    assert 0 < features["vpin"] < 1
    assert features["kyle_n"] == 300
    assert features["is_suspect"] is False


def test_two_sources_are_merged_on_one_clock(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    vix = data / "indices" / "vix_daily.csv.gz"
    _, alone = document(capsys, "replay", str(data / ES), "--headless")
    _, both = document(capsys, "replay", str(data / ES), str(vix), "--headless")
    assert set(both["instruments"]) == {"ESH4.GLBX", "VIX.CBOE"}
    assert both["instruments"]["ESH4.GLBX"] == alone["instruments"]["ESH4.GLBX"]
    assert both["events"] > alone["events"]


def test_inspect_names_what_it_found(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    code, found = document(capsys, "inspect", str(data / ES))
    assert code == 0
    assert found["command"] == "inspect"
    assert found["format"] == "dbn"
    assert found["schema"] == "mbo"
    assert found["instruments"] == ["ESH4.GLBX"]
    assert found["rows"] == 53_250


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no such file"), (b"", "empty"), (b"\x89PNG\r\n\x1a\n" + bytes(100), ""), (b"hello, world\n", "")],
)
def test_what_cannot_be_read_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "some.file"
    if content is not None:
        path.write_bytes(content)
    assert run(["inspect", str(path)]) == 2
    error = capsys.readouterr().err
    assert "some.file" in error
    assert words in error.lower()
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_bad_use_is_exit_code_2(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    assert run(["replay"]) == 2
    assert run(["replay", str(data / ES), "--headless", "--until", "yesterday"]) == 2
    assert "yesterday" in capsys.readouterr().err
    assert run(["replay", str(data / ES), "--headless", "--speed", "fast"]) == 2
    assert run(["replay", str(data / ES), "--headless", "--check"]) == 2
    assert run(["bench", "nonsense"]) == 2


@pytest.mark.parametrize("command", [[], ["inspect"], ["replay"], ["record"], ["doctor"], ["bench"]])
def test_everything_has_help(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert run([*command, "--help"]) == 0
    assert "usage: cockpit" in capsys.readouterr().out


def test_json_goes_into_a_file_and_text_to_stdout(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    assert run(["inspect", str(data / ES), "--json", str(target)]) == 0
    assert json.loads(target.read_text())["rows"] == 53_250
    assert "ESH4.GLBX" in capsys.readouterr().out
    assert run(["inspect", str(data / ES), "--json", str(tmp_path / "no" / "out.json")]) == 2
