"""Chains as JSON: Cboe's delayed quotes and a research tool's, whole, odd and cut."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import CALL, PUT, Flag, Kind
from cockpit.feeds.files.chain_source import ChainSource
from cockpit.feeds.files.sniff import open_source
from cockpit.instants import iso_utc
from cockpit.units import NO_TIME
from tests.feeds.files.reading import as_bytes, chain_of, mutated, refusal, rows_of, said, scrambled

MADE = Path(__file__).parents[2] / "data/cboe/delayed_spx.json"
TEXT = MADE.read_text(encoding="utf-8")
OTHER: dict[str, Any] = {
    "symbol": "AAPL",
    "updated": "2026-11-20T10:50:09.293324-05:00",
    "underlyingPrice": 309.35,
    "quotes": [
        {"symbol": "AAPL261120C00310000", "expiration": "2026-11-20", "side": "call", "strike": 310.0, "bid": 1.2,
         "ask": 1.3, "last": 1.25, "volume": None, "openInterest": 7.0, "iv": 0.2, "delta": 0.4, "gamma": 0.03},
        {"symbol": "AAPL270618P00310000", "expiration": "2027-06-18", "side": "put", "strike": 310.0, "bid": None,
         "ask": 14.0, "last": 12.0, "volume": 4.0, "openInterest": 9.0, "iv": 0.0, "delta": -0.5, "gamma": 0.01},
    ],
}  # fmt: skip


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "chain.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def opened(tmp_path: Path, content: str | bytes) -> ChainSource:
    source = open_source(written(tmp_path, content))
    assert isinstance(source, ChainSource)
    return source


def edited(edit: Callable[[dict[str, Any]], object]) -> str:
    content = json.loads(TEXT)
    edit(content)
    return json.dumps(content)


# -- Cboe's delayed quotes -----------------------------------------------------------------------------------


def test_the_timestamp_is_the_clock_and_the_delay_is_said_not_subtracted() -> None:
    source = open_source(MADE)
    assert isinstance(source, ChainSource)
    rows, info = chain_of(source), source.info
    assert (info.format, info.schema, info.rows, info.quick_seek) == ("cboe_json", "chain", 3, True)
    assert [one.symbol for one in info.instruments] == ["SPX.CBOE"]
    assert {iso_utc(at)[:19] for at in rows["clock_ns"].tolist()} == {"2026-11-20T15:09:24"}
    assert (rows["recv_ns"] == NO_TIME).all()
    # 15:09:24 UTC is 10:09:24 in New York; the newest trade was at 09:54:20
    (warning,) = source.warnings
    assert "delayed: quotes of 09:54 New York time on 2026-11-20, 15 min before its timestamp" in warning


def test_contracts_keep_the_order_and_the_numbers_of_the_document() -> None:
    rows = chain_of(open_source(MADE))
    assert rows["root"].tolist() == [b"SPX", b"SPXW", b"SPXW"]
    assert rows["right"].tolist() == [CALL, PUT, CALL]
    put = rows[1]
    named = ("strike", "bid", "ask", "last", "volume", "open_interest", "iv", "delta", "gamma", "spot")
    assert [put[name] for name in named] == [6000, 9.1, 9.3, 9.2, 12044, 5120, 0.1421, -0.4312, 0.0089, 6012.44]
    assert np.isnan(rows["iv"][2])
    assert (rows["gamma"][2], rows["bid"][2]) == (0.0, 0.0)
    assert np.flatnonzero(rows["flags"] & Flag.LAST).tolist() == [2]


def test_gzip_and_chunks_change_nothing(tmp_path: Path) -> None:
    source = opened(tmp_path, gzip.compress(TEXT.encode(), mtime=0))
    assert as_bytes(source) == as_bytes(open_source(MADE, 2))
    assert [part.events for part in open_source(MADE, 2).chunks()] == [2, 1]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda c: c["data"].update(current_price=0), "no current price of the underlying: its close 6011.4"),
        (lambda c: c["data"].update(current_price=None, close=0), "its prev_day_close 6020.56 is taken"),
        (lambda c: [c["data"].pop(key) for key in ("current_price", "close", "prev_day_close")], "no price of the"),
        (lambda c: [one.pop("iv") for one in c["data"]["options"]], "no iv of any contract: unknown"),
        (lambda c: c["data"]["options"][1].update(bid=None), "contract kept: no bid (contract 2: SPXW261120P0"),
        (lambda c: [one.update(gamma=0, delta=0) for one in c["data"]["options"]], "all greeks of the file are 0"),
        (lambda c: c.update(timestamp="2026-11-21 15:09:24"), "Saturday 2026-11-21: market closed at its time"),
        (lambda c: c.update(symbol="_NDX"), "its title says NDX (NDX), its contracts are of SPX"),
        (lambda c: c.update(timestamp="2026-11-20 14:09:24"), "its newest trade 2026-11-20 09:54 is after its"),
        (lambda c: [c["data"].pop("last_trade_time"), [o.pop("last_trade_time") for o in c["data"]["options"]]],
         "delayed by about 15 min; no contract says when it traded"),
        (lambda c: c["data"]["options"][0].update(option="SPX1261120C06000000"), "adjusted, its deliverable"),
    ],
)  # fmt: skip
def test_what_is_missing_or_odd_is_read_and_said(tmp_path: Path, edit: Any, words: str) -> None:
    source = opened(tmp_path, edited(edit))
    assert len(chain_of(source)) == 3
    assert dict(source.dropped) == {}
    assert said(source, words), source.warnings


def test_keys_that_nobody_needs_may_be_absent(tmp_path: Path) -> None:
    kept = {"option", "bid", "ask", "iv", "open_interest", "volume", "delta", "gamma", "last_trade_price"}
    bare = json.loads(TEXT)
    bare["data"] = {
        "current_price": 6012.44,
        "options": [{key: one[key] for key in kept} for one in bare["data"]["options"]],
    }
    source = opened(tmp_path, json.dumps(bare))
    assert as_bytes(source) == as_bytes(open_source(MADE))


@pytest.mark.parametrize(
    ("change", "reason", "words"),
    [
        ({"bid": -1.0}, "bad_row", "negative bid (contract 2: SPXW261120P06000000 -1)"),
        ({"bid": "cheap"}, "bad_row", "bid is no number (contract 2"),
        ({"bid": True}, "bad_row", "bid is no number"),
        ({"bid": [1]}, "bad_row", "bid is no number"),
        ({"open_interest": float("nan")}, "bad_row", "open interest is no number"),
        ({"ask": float("inf")}, "bad_row", "ask is no number"),
        ({"ask": 10**400}, "bad_row", "ask is no number"),
        ({"delta": 2}, "bad_row", "delta outside -1 to 1"),
        ({"option": "SPXW261320P06000000"}, "bad_row", "no option symbol"),
        ({"option": None}, "bad_row", "no option symbol"),
        ({"option": "SPX261120C06000000"}, "duplicate", "it is there already"),
        ({"option": "NDXP261120P06000000"}, "bad_row", "of another underlying than SPX"),
    ],
)
def test_a_contract_that_cannot_be_trusted_is_refused(
    tmp_path: Path, change: dict[str, Any], reason: str, words: str
) -> None:
    source = opened(tmp_path, edited(lambda c: c["data"]["options"][1].update(change)))
    assert len(chain_of(source)) == 2
    assert dict(source.dropped) == {reason: 1}
    assert said(source, words), source.warnings


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda c: c.update(timestamp="noon"), "whose timestamp cannot be read: 'noon'"),
        (lambda c: c.update(timestamp=None), "whose timestamp cannot be read: None"),
        (lambda c: c.update(timestamp="9999-12-31 00:00:00"), "whose timestamp cannot be read"),
        (lambda c: c.pop("timestamp"), "whose timestamp cannot be read"),
        (lambda c: c["data"].update(options=[]), "a Cboe option chain without contracts"),
        (lambda c: c["data"].update(options=[1, None, "x"]), "without a usable contract; "),
        (lambda c: c["data"].pop("options"), "recognised as a Cboe quote without options"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, edit: Any, words: str) -> None:
    assert words in refusal(written(tmp_path, edited(edit)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html><body>403 Forbidden</body></html>", "a web page"),
        ('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "a web page"),
        ("{", "JSON that is broken or cut"),
        ('{"timestamp": "2026-11-20 15:09:24", "data": {"options": [{"option"', "JSON that is broken or cut"),
        ("{}", "recognised as JSON, not readable yet: its keys are none"),
        ('{"a": 1, "b": 2}', "recognised as JSON, not readable yet: its keys are a, b"),
        ("[1, 2]", "recognised as JSON, not readable yet: a list"),
        ('{"a": 1}\n{"a": 2}\n', "one document after another"),
        ('{"pull_dates": [], "by_expiration": {}}', "open interest per strike on several days"),
        ("[" * 100_000, "JSON that cannot be read"),
        ('{"a": ' + "9" * 5_000 + "}", "JSON that cannot be read"),
    ],
)
def test_what_is_no_chain_is_named_in_one_line(tmp_path: Path, content: str, words: str) -> None:
    assert words in refusal(written(tmp_path, content))


def test_a_document_that_is_cut_keeps_its_whole_contracts_and_ends_with_a_gap(tmp_path: Path) -> None:
    source = opened(tmp_path, TEXT[: TEXT.index('"SPXW270618C06500000"') + 60])
    rows = rows_of(source)
    assert (len(rows[Kind.CHAIN]), len(rows[Kind.GAP])) == (2, 1)
    assert rows[Kind.CHAIN]["spot"][0] == 6012.44
    assert rows[Kind.CHAIN]["flags"][-1] & Flag.LAST
    assert said(source, "torn at line")


def test_a_torn_gzip_keeps_what_could_be_unpacked(tmp_path: Path, data: Path) -> None:
    packed = (data / "options/cboe_json/cboe_delayed_spy_2022-07-12.json.gz").read_bytes()
    source = opened(tmp_path, packed[: len(packed) // 2])
    rows = rows_of(source)
    assert 2_000 < len(rows[Kind.CHAIN]) < 9_208
    assert len(rows[Kind.GAP]) == 1
    # the price of the underlying stands behind the contracts in this document
    assert np.isnan(rows[Kind.CHAIN]["spot"]).all()
    assert said(source, "no price of the underlying")
    assert said(source, "torn at byte")


# -- a research tool's chain -----------------------------------------------------------------------------------


def test_a_chain_with_greeks_of_one_and_quotes_of_another_provider_is_read_and_says_so(tmp_path: Path) -> None:
    source = opened(tmp_path, json.dumps(OTHER))
    rows = chain_of(source)
    assert (source.info.format, source.info.instruments[0].symbol) == ("chain_json", "AAPL.CBOE")
    assert iso_utc(int(rows["clock_ns"][0])) == "2026-11-20T15:50:09.293324000Z"
    assert rows["open_interest"].tolist() == [7, 9]
    assert np.isnan([rows["volume"][0], rows["bid"][1], rows["iv"][1]]).all()
    assert rows["spot"][0] == 309.35
    for words in ("different providers", "contract kept: no bid (contract 2: AAPL270618P00310000)"):
        assert said(source, words)


@pytest.mark.parametrize(
    "change",
    [{"strike": 320.0}, {"expiration": "2026-11-27"}, {"side": "put"}, {"strike": "high"}, {"expiration": "soon"}],
)
def test_a_contract_whose_fields_contradict_its_symbol_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    content = json.loads(json.dumps(OTHER))
    content["quotes"][0].update(change)
    source = opened(tmp_path, json.dumps(content))
    assert dict(source.dropped) == {"bad_row": 1}
    assert said(source, "expiry or strike beside it differ from its symbol (contract 1")


def test_a_chain_without_a_readable_time_is_refused(tmp_path: Path) -> None:
    for time in (None, "yesterday", 5, "0001-01-01T00:00:00Z"):
        assert "time of update cannot be read" in refusal(written(tmp_path, json.dumps({**OTHER, "updated": time})))
    assert said(opened(tmp_path, json.dumps({**OTHER, "updated": "2026-11-20T10:50:00"})), "taken as New York's")
    assert "without contracts" in refusal(written(tmp_path, json.dumps({**OTHER, "quotes": []})))
    assert said(opened(tmp_path, json.dumps({**OTHER, "underlyingPrice": None})), "no price of the underlying")


# -- mutated input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("text", [TEXT, json.dumps(OTHER)], ids=["cboe", "other"])
def test_mutated_documents_give_events_or_a_source_error(tmp_path: Path, seed: int, text: str) -> None:
    rng, refusals = random.Random(seed), []
    letters = b'0123456789,.-:"{}[]nulltrue \n\0\xff'
    for _ in range(40):
        path = written(tmp_path, mutated(text, rng, letters, [1, 2, 5, 30], tail=300, least=b"{"))
        try:
            source = open_source(path)
        except SourceError as error:
            refusals.append(str(error))
            continue
        rows = rows_of(source)
        assert sum(map(len, rows.values())) == source.info.rows
        assert not (rows[Kind.CHAIN]["bid"] < 0).any()
    assert not [line for line in refusals if "\n" in line]


@pytest.mark.parametrize("seed", range(4))
def test_values_of_any_type_give_events_or_a_source_error(tmp_path: Path, seed: int) -> None:
    rng, refusals = random.Random(seed), []
    odd = [None, True, "", "1", -1, 0, 1e999, 10**30, [], {}, "SPX261120C06000000", [[]], {"a": 1}]
    for _ in range(60):
        path = written(tmp_path, json.dumps(scrambled(json.loads(TEXT), rng, odd, 0.04)))
        try:
            source = open_source(path)
        except SourceError as error:
            refusals.append(str(error))
            continue
        assert sum(map(len, rows_of(source).values())) == source.info.rows
    assert not [line for line in refusals if "\n" in line]
