"""``cockpit impact`` and ``cockpit fit microprice``: scene B, exit codes, and what is kept for the ladder."""

import json
from pathlib import Path
from typing import Any

import pytest

from cockpit import microprices
from cockpit.cli import run
from cockpit.errors import ConfigError

ES = Path("books") / "es-mbo-esh4-20231225-until2340.dbn.zst"


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCKPIT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = run([*argv, "--json", "-"])
    return code, json.loads(capsys.readouterr().out)


def test_a_market_order_walks_the_recorded_book(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "impact", str(data / ES), "--side", "buy", "--size", "31")
    assert code == 0
    # contracts.md 3: the book of this recording ends 4,810.75 x 33 / 4,811.00 x 31
    assert (found["avg_price"], found["levels_consumed"], found["unfilled"]) == (4811.0, 1, 0)
    assert (found["slippage_vs_mid"], found["slippage_vs_touch"], found["cost_vs_mid"]) == (
        0.125,
        0,
        0.125 * 31 * 50,
    )
    code, found = document(capsys, "impact", str(data / ES), "--side", "buy", "--size", "32")
    assert (found["levels_consumed"], found["worst_price"]) == (2, 4811.25)


def test_what_the_book_cannot_fill_is_said_and_exits_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "impact", str(data / ES), "--side", "sell", "--size", "1e6")
    assert code == 1
    assert found["unfilled"] > 0
    assert found["filled"] + found["unfilled"] == 1e6


def test_a_wrong_symbol_names_those_there_are(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["impact", str(data / ES), "--symbol", "NQ", "--side", "buy", "--size", "1"]) == 2
    assert "--symbol NQ: name one of ESH4.GLBX" in capsys.readouterr().err
    assert run(["impact", str(data / ES), "--side", "buy", "--size", "0"]) == 2
    assert "must be above 0" in capsys.readouterr().err


def test_a_fit_is_kept_as_data_and_read_again(data: Path, models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "fit", "microprice", str(data / ES))
    assert (code, found["root"], found["file"]) == (0, "ES", str(models / microprices.FILE))
    assert found["moves"] > 1_000
    learned = microprices.load()["ES"]
    assert learned.fit.at(0.95, 1) == pytest.approx(found["adjustments_ticks"][0][9])
    assert learned.fit.at(0.95, 1) == pytest.approx(-(learned.fit.at(0.05, 1) or 0))
    assert learned.as_of.startswith("2023-12-25T23:39")


def test_a_damaged_table_is_refused_by_file_and_root(models: Path) -> None:
    models.mkdir()
    place = models / microprices.FILE
    place.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match="unreadable"):
        microprices.load()
    entry = {"adjustments": [[0.1]], "moments": 1, "moves": 1, "source": "a", "as_of": "b"}
    place.write_text(json.dumps({"version": 1, "tables": {"ES": entry}}), encoding="utf-8")
    with pytest.raises(ConfigError, match="ES: a table of"):
        microprices.load()


def test_there_is_one_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", "crystal", "x"]) == 2
    assert "fit crystal: there is microprice" in capsys.readouterr().err
