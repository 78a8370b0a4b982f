"""`cockpit replay` on the scenes: gamma exposure, volatility regime, cone and pressure as JSON."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli import run
from tests.desktop.seat import es_bars, es_evening, spx_chain, vix_3m_days, vix_9d_days, vix_days


def replayed(tmp_path: Path, *arguments: str | Path) -> dict[str, Any]:
    file = tmp_path / "replay.json"
    code = run(["replay", *map(str, arguments), "--headless", "--json", str(file)])
    assert code == 0
    return json.loads(file.read_text(encoding="utf-8"))


def test_scene_a_tells_the_field_the_regime_and_the_cone(data: Path, tmp_path: Path) -> None:
    files = [each(data) for each in (es_bars, spx_chain, vix_days, vix_9d_days, vix_3m_days)]
    found = replayed(tmp_path, *files, "--until", "2022-07-12T14:30")
    gex = found["gex"]
    assert (gex["root"], gex["as_of"], gex["spot"], gex["contracts"]) == (
        "SPX",
        "2022-07-12T15:55:00.000000000Z",
        3856.28,
        19_378,
    )
    assert gex["unit"] == "usd_per_1pct"
    assert gex["call"] == pytest.approx(50.3e9, rel=0.03)
    assert gex["put"] == pytest.approx(-67.8e9, rel=0.03)
    assert (gex["call_wall"], gex["put_wall"], gex["abs_strike"]) == (4000.0, 4000.0, 4000.0)
    assert sum(gex["by_expiry_bucket"].values()) == pytest.approx(gex["total"])
    assert gex["vix"]["value"] == pytest.approx(26.22, abs=0.005)
    assert gex["basis"] == {
        "instrument": "ESU2.GLBX",
        "kind": "points",
        "value": pytest.approx(-1.78),
        "as_of": "2022-07-12T15:55:00.000000000Z",
    }
    vix = found["vix"]
    assert (vix["value"], vix["as_of"], vix["regime"]) == (26.17, "2022-07-11T20:15:00.000000000Z", "tense")
    assert vix["vix_vix3m"] == pytest.approx(26.17 / 28.25)
    cone = found["cone"]
    assert (cone["instrument"], cone["method"]) == ("ESU2.GLBX", "rule_of_16")
    assert [band["session"] for band in cone["bands"]] == [0, 1, 2, 3, 4, 5]
    assert cone["bands"][0]["end"] == "2022-07-12T21:00:00.000000000Z"
    last = cone["bands"][-1]
    middle = last["price"][last["p"].index(0.5)]
    sigma = math.log(last["price"][last["p"].index(0.84)] / middle) / 0.994458
    assert 26.17 / 1600 * math.sqrt(5) < sigma < 26.17 / 1600 * math.sqrt(6), "five sessions and the rest of today"
    assert found["pressure"] is None, "there is no book"


def test_before_the_chain_its_numbers_are_null_and_not_zero(data: Path, tmp_path: Path) -> None:
    found = replayed(tmp_path, es_bars(data), spx_chain(data), "--until", "2022-07-12T11:50")
    assert (found["gex"], found["vix"], found["cone"], found["pressure"]) == (None, None, None, None)


def test_scene_b_tells_the_pressure_of_four_components_and_a_stale_vix(data: Path, tmp_path: Path) -> None:
    found = replayed(tmp_path, es_evening(data), vix_days(data), "--until", "2023-12-25T18:30")
    pressure = found["pressure"]["ESH4.GLBX"]
    assert pressure["shares"]["gex_stiffness"] is None
    known = [share for share in pressure["shares"].values() if share is not None]
    assert len(known) == 4
    assert -1 <= pressure["value"] <= 1
    assert pressure["verdict"].startswith(("balanced", "buyers", "sellers"))
    assert found["vix"]["as_of"].startswith("2022-12-30")
    assert found["gex"] is None


def test_the_same_scene_gives_the_same_digest_from_its_tape(data: Path, tmp_path: Path) -> None:
    files = [str(each(data)) for each in (es_bars, spx_chain, vix_days)]
    whole = replayed(tmp_path, *files)
    assert run(["record", *files, "--tape", str(tmp_path / "tape")]) == 0
    again = tmp_path / "again.json"
    assert run(["replay", str(tmp_path / "tape"), "--check", "--json", str(again)]) == 0
    document = json.loads(again.read_text(encoding="utf-8"))
    assert document["digest"] == whole["digest"]
    assert document["check"]["difference"] is None
    assert document["gex"] == whole["gex"]
