"""`cockpit simulate`: a tape of the simulated market that every other command takes for what it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli import run
from cockpit.opening import open_desk
from cockpit.simulation import cache_folder
from cockpit.state.views import Provenance

HOURS = "0.02"  # 72 s
FROM = "2026-11-30T09:59:10"  # with the chain of ten o'clock


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = run([*argv, "--json", "-"])
    return code, json.loads(capsys.readouterr().out)


def simulate(capsys: pytest.CaptureFixture[str], tape: Path, *more: str) -> tuple[int, dict[str, Any]]:
    return document(capsys, "simulate", "--seed", "7", "--from", FROM, "--hours", HOURS, "--tape", str(tape), *more)


def test_a_simulated_tape_is_inspected_replayed_and_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tape = tmp_path / "tape"
    code, made = simulate(capsys, tape)
    assert code == 0
    assert made["span"] == {"from": "2026-11-30T14:59:10.000000000Z", "to": "2026-11-30T15:00:22.000000000Z"}
    code, found = document(capsys, "inspect", str(tape))
    assert (code, found["rows"]) == (0, made["events"])
    assert found["instruments"][0] == "ESZ6.GLBX"
    code, replayed = document(capsys, "replay", str(tape), "--headless", "--check")
    assert (code, replayed["check"]["difference"]) == (0, None)
    assert replayed["digest"] == made["derived_digest"]
    assert replayed["gex"]["root"] == "SPX"
    assert replayed["gex"]["contracts"] > 15_000
    assert replayed["vix"]["percentile"] is not None
    assert replayed["instruments"]["ESZ6.GLBX"]["book"]["resting_orders"] > 5_000
    for coin in ("BTCUSDT-PERP.BINANCE", "ETHUSDT-PERP.BINANCE"):  # their books begin first and carry no prints
        assert replayed["instruments"][coin]["trades"] > 100
        assert replayed["instruments"][coin]["bars"]["1m"] > 0
    assert set(replayed["pressure"]) >= {"ESZ6.GLBX", "NQZ6.GLBX", "YMZ6.GLBX", "RTYZ6.GLBX"}
    code, chain = document(capsys, "chain", str(tape), "--vix")
    assert code == 0
    assert chain["vix"]["value"] == pytest.approx(replayed["vix"]["value"], rel=0.03)


def test_a_simulated_tape_says_simulated_and_one_recorded_from_it_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tape, again = tmp_path / "tape", tmp_path / "again"
    simulate(capsys, tape)
    assert json.loads((tape / "tape.json").read_text(encoding="utf-8"))["sources"][0]["format"] == "simulated"
    assert open_desk((str(tape),)).provenance is Provenance.SIMULATED
    assert run(["record", str(tape), "--tape", str(again)]) == 0
    assert open_desk((str(again),)).provenance is Provenance.SIMULATED


def test_the_same_arguments_give_the_same_digest_and_others_another(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    digests = [
        simulate(capsys, tmp_path / name, *more)[1]["digest"]
        for name, more in (("a", ()), ("b", ()), ("calm", ("--calm",)), ("trend", ("--scenario", "trend")))
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_planted_traders_leave_their_truth_beside_the_tape(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plants, tape = tmp_path / "plants.json", tmp_path / "tape"
    wall = {"kind": "wall", "symbol": "ES", "at": 5, "side": "bid", "size": 500, "ticks": 6, "duration": 20}
    plants.write_text(json.dumps([wall]), encoding="utf-8")
    code, _ = simulate(capsys, tape, "--plant", str(plants))
    (truth,) = json.loads((tape / "truth.json").read_text(encoding="utf-8"))
    assert code == 0
    assert (truth["kind"], truth["symbol"], truth["size"]) == ("wall", "ESZ6.GLBX", 500)
    assert truth["outcome"] in ("cancelled", "filled")
    plants.write_text(json.dumps([{**wall, "side": "left"}]), encoding="utf-8")
    assert run(["simulate", "--seed", "7", "--hours", "1", "--tape", str(tape), "--plant", str(plants)]) == 2
    assert "plant 0: side 'left'" in capsys.readouterr().err


def test_bad_words_are_one_clear_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for more, words in (
        (("--scenario", "boom"), "no scenario 'boom'"),
        (("--fault", "flood"), "no fault 'flood'"),
        (("--hours", "0"), "0 hours of a simulated market"),
        (("--seed", "-1"), "seed -1"),
        (("--from", "soon"), "not an instant: 'soon'"),
    ):
        argv = ["simulate", "--seed", "7", "--hours", "1", "--tape", str(tmp_path / "tape"), *more]
        assert run(argv) == 2
        assert words in capsys.readouterr().err


def test_the_cache_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COCKPIT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
