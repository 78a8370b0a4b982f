"""``cockpit detect``: scene B, rules by name, a simulated tape seen as the desk saw it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.cli import run
from cockpit.events.dtypes import Kind
from cockpit.feeds.files.sniff import open_source

ES = Path("books") / "es-mbo-esh4-20231225-until2340.dbn.zst"


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = run([*argv, "--json", "-"])
    return code, json.loads(capsys.readouterr().out)


def test_a_recorded_book_is_looked_at_and_every_event_names_its_causes(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = document(capsys, "detect", str(data / ES))
    assert code == 0
    es = found["instruments"]["ESH4.GLBX"]
    assert es["events"] == 53_250
    assert set(es["detectors"]) == {
        "wall", "sweep", "absorption", "layering", "iceberg", "exhaustion", "spoof",
    }  # fmt: skip
    walls = [each for each in es["detections"] if each["detector"] == "wall" and each["phase"] == "seen"]
    assert len(walls) == es["detectors"]["wall"]["seen"] > 0
    assert all(each["size"] > each["threshold"] and each["evidence"] and each["causes"] for each in walls)
    shares = es["walls"]["shares"].values()
    assert sum(shares) == pytest.approx(1.0)
    mark = es["detectors"]["iceberg"]["markouts"]["1.0 s"]
    assert mark["low"] <= mark["hits"] / mark["n"] <= mark["high"]


def test_a_rule_is_changed_by_name_and_a_wrong_one_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = document(capsys, "detect", str(data / ES), "--set", "wall.absolute=150", "--set", "wall.rank=0")
    assert code == 0
    assert found["rules"]["wall.absolute"] == "150"
    rows = found["instruments"]["ESH4.GLBX"]["detections"]
    assert all(each["size"] > 150 for each in rows if each["detector"] == "wall")
    assert run(["detect", str(data / ES), "--set", "wall.size=3"]) == 2
    assert "no parameter 'wall.size'" in capsys.readouterr().err
    assert run(["detect", str(data / ES), "--symbol", "NQ"]) == 2
    assert "ESH4.GLBX" in capsys.readouterr().err


def test_a_tape_holds_what_a_scan_of_it_sees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plants = tmp_path / "plants.json"
    plants.write_text(
        json.dumps([{"kind": "sweep", "symbol": "ES", "at": 80, "side": "ask", "size": 900, "levels": 6}])
    )
    tape = tmp_path / "tape"
    arguments = ["--seed", "5", "--hours", "0.04", "--calm", "--plant", str(plants), "--tape", str(tape)]
    assert run(["simulate", *arguments]) == 0
    capsys.readouterr()
    code, found = document(capsys, "detect", str(tape))
    assert code == 0
    source: Any = open_source(tape)
    rows = [batch.rows for batch in source.derived() if batch.kind is Kind.DETECTION]
    recorded = np.concatenate(rows)
    scanned = sum(len(each["detections"]) for each in found["instruments"].values())
    assert len(recorded) == scanned > 0
    sweeps = [each for each in found["instruments"]["ESZ6.GLBX"]["detections"] if each["detector"] == "sweep"]
    assert any(each["side"] == "ask" and each["count"] >= 5 for each in sweeps)
