"""``cockpit chain``: the document, the screen, exit codes; scenes A and C."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.cli import run
from cockpit.events.dtypes import CALL
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.river import River
from cockpit.feeds.tape.recorder import Recorder
from cockpit.units import Rows
from tests.engines.options.snapshots import series

CSV = Path("options") / "cboe_csv"
SCENE_A = CSV / "cboe_spx_2022-07-12_1155_intraday_no_title_row.csv.gz"
SCENE_C = CSV / "cboe_spx_2025-08-28.csv.gz"
STRIKES = [float(strike) for strike in range(6000, 7005, 25)]
COLUMNS = "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest"
HEADING = (
    "\nS&P 500 INDEX,Last: 6500.00,Change:  1.00\n"
    '"Date: August 28, 2025 at 11:00 AM EDT",Bid: 6499.5,Ask: 6500.5,Size: 1*1,Volume: 0\n'
    f"Expiration Date,Calls,{COLUMNS},Strike,Puts,{COLUMNS}\n"
)


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = run(["chain", *argv, "--json", "-"])
    return code, json.loads(capsys.readouterr().out)


def line(call: Any, put: Any) -> str:
    """One line of a Cboe table: an expiry, a call, the strike, a put."""
    expiry = date(1970, 1, 1) + timedelta(days=int(call["expiry_day"]))

    def side(row: Any) -> str:
        right = "C" if row["right"] == CALL else "P"
        symbol = f"{row['root'].decode()}{expiry:%y%m%d}{right}{round(1000 * float(row['strike'])):08d}"
        quote = f"{row['bid']:.4f},{row['ask']:.4f},0,{row['iv']:.6f},0.5,{row['gamma']:.6f}"
        return f"{symbol},0,0,{quote},{int(row['open_interest'])}"

    call_text, put_text = side(call), side(put)
    return f"{expiry:%a %b %d %Y},{call_text},{float(call['strike']):g},{put_text}"


def table(path: Path, rows: Rows, *more: str) -> str:
    """A chain file in Cboe's shape, with lines of the caller's at the end."""
    lines = [line(rows[at], rows[at + 1]) for at in range(0, len(rows), 2)]
    path.write_text(HEADING + "\n".join([*lines, *more]) + "\n", encoding="utf-8")
    return str(path)


def year() -> Rows:
    """Expiries near and far enough that nothing is said to be missing."""
    days = ["2025-08-28", "2025-08-29", "2025-09-19", "2025-09-26", "2025-10-03", "2025-12-31"]
    return np.concatenate([series("SPXW", each, f"{each}T16:00", STRIKES, spread=0.02) for each in days])


# scenes


def test_scene_a_with_the_files_own_gammas(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    code, found = document(capsys, str(data / SCENE_A), "--greeks", "file", "--vix")
    gex = found["gex"]
    assert code == 0
    assert (found["command"], found["root"], found["spot"]) == ("chain", "SPX", 3856.28)
    assert found["as_of"] == "2022-07-12T15:55:00.000000000Z"
    assert (found["contracts"], found["expiries"]) == (19_378, 47)
    assert gex["call"] / 1e9 == pytest.approx(50.3, rel=1e-3)
    assert gex["put"] / 1e9 == pytest.approx(-67.8, rel=1e-3)
    assert (gex["call_wall"], gex["put_wall"], gex["abs_strike"]) == (4000, 4000, 4000)
    assert found["vix"]["value"] == pytest.approx(26.22, abs=0.005)


@pytest.mark.parametrize(
    ("name", "as_of", "call", "put", "call_wall", "put_wall"),
    [
        (SCENE_C.name, "2025-08-28T20:25", 217.4, -141.1, 6500, 6000),
        ("cboe_spx_2023-09-14_1631.csv.gz", "2023-09-14T20:31", 194.9, -171.6, 4500, 4500),
        ("cboe_spx_2024-01-07.csv.gz", "2024-01-07T15:52", 111.5, -122.5, 4800, 4600),
    ],
)
def test_scene_c_with_the_files_own_gammas(
    capsys: pytest.CaptureFixture[str],
    data: Path,
    name: str,
    as_of: str,
    call: float,
    put: float,
    call_wall: float,
    put_wall: float,
) -> None:
    code, found = document(capsys, str(data / CSV / name), "--greeks", "file")
    gex = found["gex"]
    assert code == 0
    assert found["as_of"] == f"{as_of}:00.000000000Z"
    assert gex["call"] / 1e9 == pytest.approx(call, rel=1e-3)
    assert gex["put"] / 1e9 == pytest.approx(put, rel=1e-3)
    assert (gex["call_wall"], gex["put_wall"]) == (call_wall, put_wall)


# the document


def test_the_document_has_the_shape_of_the_contract(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = table(tmp_path / "spx.csv", year())
    code, found = document(capsys, path, "--vix")
    assert code == 0
    assert list(found) == [
        "command", "root", "spot", "as_of", "contracts", "expiries", "dropped", "warnings", "gex", "vix",
    ]  # fmt: skip
    gex = found["gex"]
    assert list(gex) == [
        "unit", "sign", "total", "call", "put", "flips", "call_wall", "put_wall", "abs_strike", "by_strike",
        "by_expiry_bucket",
    ]  # fmt: skip
    assert (gex["unit"], gex["sign"]) == ("usd_per_1pct", "calls_minus_puts")
    assert [row[0] for row in gex["by_strike"]] == STRIKES
    assert all(len(row) == 3 and row[1] >= 0 >= row[2] for row in gex["by_strike"])
    assert sum(row[1] + row[2] for row in gex["by_strike"]) == pytest.approx(gex["total"])
    assert list(gex["by_expiry_bucket"]) == ["0dte", "1-5", "6-30", ">30"]
    assert sum(gex["by_expiry_bucket"].values()) == pytest.approx(gex["total"])
    assert (found["contracts"], found["expiries"], found["dropped"]) == (12 * len(STRIKES), 6, {})
    assert list(found["vix"]) == ["value", "near", "next"]
    assert list(found["vix"]["near"]) == ["expiry", "forward", "k0", "sigma2", "strikes"]
    assert found["vix"]["near"]["expiry"] == "2025-09-26T20:00:00.000000000Z"
    assert found["warnings"] == []


def test_without_vix_asked_for_or_had_it_is_null(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = series("SPXW", "2025-12-31", "2025-12-31T16:00", STRIKES)
    path = table(tmp_path / "spx.csv", rows)
    assert document(capsys, path)[1]["vix"] is None
    code, found = document(capsys, path, "--vix")
    assert (code, found["vix"]) == (0, None)
    assert any("no usable expiry up to 30 days" in line for line in found["warnings"])


def test_walls_and_flips_that_are_not_there_are_null_and_empty(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = series("SPXW", "2025-12-31", "2025-12-31T16:00", STRIKES)
    rows["open_interest"][rows["right"] == CALL] = 0
    _, found = document(capsys, table(tmp_path / "spx.csv", rows))
    assert found["gex"]["call_wall"] is None
    assert found["gex"]["put_wall"] is not None
    assert found["gex"]["flips"] == []
    assert found["dropped"] == {"zero_oi": len(STRIKES)}


def test_sign_rate_spot_and_time_are_parameters(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = table(tmp_path / "spx.csv", year())
    _, plain = document(capsys, path)
    _, short = document(capsys, path, "--sign", "short_all")
    assert short["gex"]["sign"] == "short_all"
    assert short["gex"]["total"] == pytest.approx(plain["gex"]["put"] - plain["gex"]["call"])
    _, moved = document(capsys, path, "--spot", "6510", "--rate", "0.02")
    assert moved["spot"] == 6510
    assert moved["gex"]["total"] != plain["gex"]["total"]
    _, later = document(capsys, path, "--as-of", "2025-08-28T16:00")
    assert later["as_of"] == "2025-08-28T20:00:00.000000000Z"
    assert later["dropped"] == {"expired": 2 * len(STRIKES)}
    assert later["gex"]["by_expiry_bucket"]["0dte"] == 0


def test_the_screen_says_it_in_words(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    assert run(["chain", str(data / SCENE_A), "--vix"]) == 0
    told = capsys.readouterr()
    for words in (
        "SPX  2022-07-12 11:55:00 New York  spot 3,856.28",
        "calls plus, puts minus",
        "19,378 of 47 expiries",
        "zero_oi",
        "bn USD per 1 %",
        "calls 4,000, puts 4,000, both 4,000",
        "from the spot",
        "0dte",
        "26.22",
    ):
        assert words in told.out
    assert len(told.out.splitlines()) < 20
    assert "warning:" in told.err


# exit codes


def test_refused_rows_are_a_problem_and_warnings_alone_are_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = year()
    good = table(tmp_path / "good.csv", rows[rows["expiry_day"] < rows["expiry_day"].max()])
    code, found = document(capsys, good)
    assert code == 0
    assert any("part of what is listed" in line for line in found["warnings"])
    bad = table(tmp_path / "bad.csv", rows, line(rows[0], rows[1]).replace("6000,SPXW", "6000,S PXW"))
    code, found = document(capsys, bad)
    assert code == 1
    assert found["dropped"]["bad_row"] + found["dropped"].get("duplicate", 0) >= 1
    assert found["contracts"] == len(rows)


def test_what_is_no_chain_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    for source, words in (
        (data / "indices" / "vix_daily.csv.gz", "no option chain"),
        (data / "books" / "es-mbo-esh4-20231225-until2340.dbn.zst", "no option chain"),
        (tmp_path / "nothing.csv", "no such file"),
    ):
        assert run(["chain", str(source)]) == 2
        error = capsys.readouterr().err
        assert words in error
        assert source.name in error
        assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--sign", "flow"], "needs signed option prints"),
        (["--sign", "sideways"], "sideways"),
        (["--greeks", "theirs"], "theirs"),
        (["--spot", "0"], "spot 0"),
        (["--spot", "many"], "many"),
        (["--rate", "nan"], "rate nan"),
        (["--as-of", "noon"], "noon"),
        (["--as-of", "2099-01-01"], "no contract of the SPX chain counts"),
    ],
)
def test_bad_use_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], words: str
) -> None:
    assert run(["chain", table(tmp_path / "spx.csv", year()), *options]) == 2
    assert words in capsys.readouterr().err


def test_it_has_help_that_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chain", "--help"]) == 0
    told = capsys.readouterr().out
    assert "--as-of" in told
    assert "Exit code" in told


# several snapshots


@pytest.fixture
def tape(data: Path, tmp_path: Path) -> str:
    """SPX of three evenings and SPY of another year."""
    names = [f"cboe_spx_2025-08-{day}.csv.gz" for day in (27, 28, 29)]
    sources = [open_source(data / CSV / name) for name in names]
    sources.append(open_source(data / "options" / "cboe_json" / "cboe_delayed_spy_2022-07-12.json.gz"))
    river = River(sources)
    recorder = Recorder(tmp_path / "tape", river.registry, [source.info for source in sources])
    while (part := river.take(5_000)) is not None:  # snapshots are cut across slices
        recorder.write(part)
    recorder.close()
    assert recorder.failure is None
    return str(tmp_path / "tape")


def test_of_a_tape_the_last_chain_until_then_counts(
    capsys: pytest.CaptureFixture[str], data: Path, tape: str
) -> None:
    alone = {}
    for day in (27, 28, 29):
        path = str(data / CSV / f"cboe_spx_2025-08-{day}.csv.gz")
        alone[day] = document(capsys, path)[1]["gex"]
    _, last = document(capsys, tape)
    assert last["gex"] == alone[29]
    assert any("3 chains of SPX.CBOE" in line for line in last["warnings"])
    assert any("SPY.CBOE" in line for line in last["warnings"])
    _, second = document(capsys, tape, "--as-of", "2025-08-28T20:25:00Z")
    assert second["gex"] == alone[28]
    _, aged = document(capsys, tape, "--as-of", "2025-08-29T09:30")
    assert aged["contracts"] == 24_050
    assert aged["gex"]["total"] != alone[28]["total"]
    assert run(["chain", tape, "--as-of", "2020-01-01"]) == 2


def test_an_instant_before_the_only_chain_is_taken_and_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = table(tmp_path / "spx.csv", year())
    _, found = document(capsys, path, "--as-of", "2025-08-28T09:31")
    assert found["as_of"] == "2025-08-28T13:31:00.000000000Z"
    assert any("later than --as-of" in line for line in found["warnings"])
