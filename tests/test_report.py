"""The bundle for a bug report: what is in it, and that no planted secret ever is."""

import json
import zipfile
from pathlib import Path

import pytest

from cockpit.cli import run
from cockpit.doctor import Check
from cockpit.errors import CockpitError, ConfigError
from cockpit.redaction import GONE, Redactor
from cockpit.report import LOG_BYTES, write_report

# what no bundle may hold, by where it was planted
IN_ENVIRONMENT = {
    "DATABENTO_API_KEY": "db-Qx7planted0env0value1234567890",
    "BROKER_TOKEN": "planted.env/token+value",
    "COCKPIT_SECRET": "plantedSecret99",
    "MY_PASSWORD": "planted pass word",
}
IN_LOG = {
    "key": "planted1log2key3",
    "bearer": "planted4bearer5token6",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.plantedpayload.plantedsign",
    "url": "plantedlogin",
    "hex": "0123456789abcdef0123456789abcdefplanted1"[:40],
}
IN_SETTINGS = {"api_key": "planted-config-key", "password": 'planted "quoted" pass', "token": "plantedTomlToken"}


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with secrets everywhere, and two tapes."""
    home = tmp_path / "home" / "jane"
    config, state = home / "config", home / "state"
    (config / "layouts").mkdir(parents=True)
    state.mkdir()
    for name, value in IN_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COCKPIT_CONFIG", str(config))
    monkeypatch.setenv("COCKPIT_STATE", str(state))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("UNRELATED_VARIABLE", "planted-but-harmless")
    lines = [
        f"opened {home}/recordings/es.dbn",
        f"GET /v0?key={IN_LOG['key']}&x=1",
        f"Authorization: Bearer {IN_LOG['bearer']}",
        f"got {IN_LOG['jwt']} back",
        f"wss://jane:{IN_LOG['url']}@feed/stream",
        f"session {IN_LOG['hex']}",
        f"raw value {IN_ENVIRONMENT['BROKER_TOKEN']} without a name",
        "gap of 8 s on ESH4.GLBX",
    ]
    (state / "cockpit.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (config / "feeds.json").write_text(json.dumps({"feeds": {"x": dict(list(IN_SETTINGS.items())[:2])}}))
    (config / "feeds.toml").write_text(f"token = '{IN_SETTINGS['token']}'\nurl = 'wss://feed'\n")
    (config / "layouts" / "desk.json").write_text('{"panes": {"chart.1": "ESH4.GLBX"}}')
    tape = home / "tapes" / "monday"
    tape.mkdir(parents=True)
    (tape / "tape.json").write_text('{"version": 1, "state": "sealed", "events": 53250}')
    (tape / "mbo.parquet").write_bytes(b"PAR1 market data planted")
    (config / "recent.json").write_text(json.dumps([str(tape)]))
    return home


def bundle_of(places: Path) -> dict[str, str]:
    file = places.parent / "report.zip"
    write_report(
        file,
        [Check("Disk", False, f"full at {places}", "free some")],
        home=places,
        screen={"qt": "6.11", "renderer": None},
    )
    with zipfile.ZipFile(file) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def test_the_bundle_holds_what_a_bug_report_needs(places: Path) -> None:
    found = bundle_of(places)
    assert {"README.txt", "doctor.json", "versions.json", "screen.json", "environment.json"} <= found.keys()
    assert json.loads(found["doctor.json"])[0]["found"] == "full at ~"
    versions = json.loads(found["versions.json"])
    assert versions["libraries"]["numpy"]
    assert "fonts" not in versions
    assert json.loads(found["screen.json"])["why"] == "no OpenGL driver that works; raster"
    assert "gap of 8 s on ESH4.GLBX" in found["log/cockpit.log"]
    assert "opened ~/recordings/es.dbn" in found["log/cockpit.log"]
    assert json.loads(found["settings/layouts/desk.json"]) == {"panes": {"chart.1": "ESH4.GLBX"}}
    assert json.loads(found["tapes/01 monday.json"])["events"] == 53_250


def test_no_planted_secret_is_in_it(places: Path) -> None:
    found = bundle_of(places)
    everything = "\n".join([*found, *found.values()])
    for secret in (*IN_ENVIRONMENT.values(), *IN_LOG.values(), *IN_SETTINGS.values()):
        assert secret not in everything
    for word in ("planted", "quoted", str(places)):
        assert word not in everything, word
    assert GONE in found["log/cockpit.log"]
    assert json.loads(found["settings/feeds.json"])["feeds"]["x"]["api_key"] == GONE, "still JSON"


def test_of_the_environment_only_a_fixed_list_is_shown(places: Path) -> None:
    shown = json.loads(bundle_of(places)["environment.json"])
    assert shown["COCKPIT_CONFIG"] == "~/config"
    assert not {"UNRELATED_VARIABLE", "HOME", "PATH", *IN_ENVIRONMENT} & shown.keys()


def test_market_data_stays_where_it_is(places: Path) -> None:
    assert "PAR1" not in "".join(bundle_of(places).values())


def test_of_a_long_log_the_end_is_taken_from_a_whole_line(places: Path) -> None:
    log = places / "state" / "cockpit.log"
    log.write_text("".join(f"line {number} of a long log\n" for number in range(40_000)))
    text = bundle_of(places)["log/cockpit.log"]
    assert len(text) <= LOG_BYTES
    assert text.startswith("line ")
    assert text.endswith("line 39999 of a long log\n")


def test_a_secret_that_slipped_through_stops_the_report() -> None:
    redactor = Redactor({"MY_TOKEN": "abcd1234"}, Path("/home/jane"))
    redactor.check("nothing here")
    with pytest.raises(CockpitError, match="nothing was written") as raised:
        redactor.check("here: abcd1234")
    assert "abcd1234" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api_key = 'x y'", f"api_key = '{GONE}'"),
        ('{"accessToken": "abc", "keys": {"palette": "Ctrl+K"}}', None),
        ("password: hunter2, next", f"password: {GONE}, next"),
        ("Ctrl+K opens the palette", "Ctrl+K opens the palette"),
        ("digest 9f2c41aa, es-mbo-esh4-20231225-until2340.dbn.zst", None),
        ("/home/jane/x /home/janet/x /home/jane", "~/x /home/janet/x ~"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", GONE),
    ],
)
def test_what_is_taken_out_and_what_stays(text: str, expected: str | None) -> None:
    found = Redactor({}, Path("/home/jane")).text(text)
    if expected is not None:
        assert found == expected
    elif "accessToken" in text:
        assert json.loads(found) == {"accessToken": GONE, "keys": {"palette": "Ctrl+K"}}
    else:
        assert found == text


def test_the_file_must_be_a_new_zip(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ends in \.zip"):
        write_report(tmp_path / "report.txt", [])
    taken = tmp_path / "report.zip"
    taken.write_bytes(b"")
    with pytest.raises(ConfigError, match="exists already"):
        write_report(taken, [])
    with pytest.raises(ConfigError, match="cannot be written"):
        write_report(tmp_path / "no" / "folder.zip", [])


def test_the_command_writes_it_and_says_so(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = places.parent / "mine.zip"
    assert run(["doctor", "--report", str(file)]) in (0, 1)
    assert "mine.zip" in capsys.readouterr().out
    with zipfile.ZipFile(file) as bundle:
        assert json.loads(bundle.read("screen.json"))["qt"]
