"""Answers of the Yahoo chart service: hand-made ones, whole and odd."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.errors import SourceError
from cockpit.events.dtypes import Kind
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.source import Source
from cockpit.instants import iso_utc
from cockpit.units import NS_PER_DAY, NS_PER_MIN
from tests.feeds.files.reading import refusal, rows_of, said, scrambled

MADE = Path(__file__).parents[2] / "data/yahoo"
MINUTES = json.loads((MADE / "chart_vix_1m.json").read_text(encoding="utf-8"))
DAYS = json.loads((MADE / "chart_es_1d.json").read_text(encoding="utf-8"))


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "chart.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def opened(tmp_path: Path, content: Any) -> Source:
    return open_source(written(tmp_path, content))


def edited(content: Any, edit: Callable[[dict[str, Any]], object]) -> Any:
    copy = json.loads(json.dumps(content))
    edit(copy["chart"]["result"][0])
    return copy


def closes(source: Source) -> list[str]:
    return [iso_utc(at)[:16] for at in rows_of(source)[Kind.INDEX]["clock_ns"].tolist()]


def test_minutes_are_known_at_their_ends_nulls_are_dropped_and_an_unfinished_bar_is_said() -> None:
    source = open_source(MADE / "chart_vix_1m.json")
    rows = rows_of(source)[Kind.INDEX]
    assert (source.info.format, source.info.schema, source.info.interval_ns) == (
        "yahoo_json",
        "bars-1m",
        NS_PER_MIN,
    )
    assert [one.symbol for one in source.info.instruments] == ["VIX.CBOE"]
    # the last is stamped 15:02:15 and belongs to the minute that began at 15:02
    assert closes(source) == ["2026-11-20T14:59", "2026-11-20T15:01", "2026-11-20T15:02", "2026-11-20T15:03"]
    assert (rows["clock_ns"] - rows["open_ns"] == NS_PER_MIN).all()
    assert [rows[name][0] for name in ("open", "high", "low", "close", "volume")] == [17.0, 17.1, 16.9, 17.05, 0.0]
    assert said(source, "bar without a value dropped (bar 2)")
    assert said(source, "last bar is not finished (it ends at 2026-11-20T15:03Z)")


def test_days_of_the_front_month_close_at_17_and_say_what_they_are() -> None:
    source = open_source(MADE / "chart_es_1d.json")
    rows = rows_of(source)[Kind.INDEX]
    assert [one.symbol for one in source.info.instruments] == ["ES-CONT.GLBX"]
    assert source.info.instruments[0].is_index
    assert closes(source) == ["2026-11-18T22:00", "2026-11-19T22:00", "2026-11-20T22:00"]
    assert iso_utc(int(rows["open_ns"][0]))[:16] == "2026-11-17T23:00"
    assert (source.info.schema, source.info.interval_ns) == ("daily", NS_PER_DAY)
    assert said(source, "a series of several contracts")
    assert said(source, "last bar is not finished (it ends at 2026-11-20T22:00Z)")


def test_days_of_an_index_close_at_a_quarter_past_four_on_the_date_of_their_own_zone(tmp_path: Path) -> None:
    def vix(result: dict[str, Any]) -> None:
        result["meta"].update(symbol="^VIX", exchangeTimezoneName="America/Chicago", regularMarketTime=1795209301)
        result["timestamp"] = [1783062000 + 3600, 1795071600, 1795158000]  # 03:00 in summer, 02:00 in winter

    source = opened(tmp_path, edited(DAYS, vix))
    assert closes(source) == ["2026-07-03T20:15", "2026-11-19T21:15", "2026-11-20T21:15"]
    assert not said(source, "not finished")


@pytest.mark.parametrize(
    ("yahoo", "symbol"),
    [("^VIX", "VIX.CBOE"), ("^GSPC", "SPX.CBOE"), ("^VIX9D", "VIX9D.CBOE"), ("^VIX3M", "VIX3M.CBOE"),
     ("^NDX", "NDX.CBOE"), ("^RUT", "RUT.CBOE"), ("ES=F", "ES-CONT.GLBX")],
)  # fmt: skip
def test_symbols_of_yahoo_become_those_of_the_cockpit(tmp_path: Path, yahoo: str, symbol: str) -> None:
    source = opened(tmp_path, edited(MINUTES, lambda result: result["meta"].update(symbol=yahoo)))
    assert [one.symbol for one in source.info.instruments] == [symbol]


@pytest.mark.parametrize(
    ("interval", "stamps", "clocks", "length"),
    [
        ("5m", ["2026-11-20T15:00", "2026-11-20T15:05"], ["2026-11-20T15:05", "2026-11-20T15:10"], 5 * NS_PER_MIN),
        (
            "90m",
            ["2026-11-20T14:30", "2026-11-20T16:00"],
            ["2026-11-20T16:00", "2026-11-20T17:30"],
            90 * NS_PER_MIN,
        ),
        # a week ends on its Friday, a month and a quarter on their last weekday, five days on the fifth
        ("1wk", ["2026-11-09T06:00", "2026-11-16T06:00"], ["2026-11-13T21:15", "2026-11-20T21:15"], 7 * NS_PER_DAY),
        (
            "1mo",
            ["2026-09-01T05:00", "2026-10-01T05:00"],
            ["2026-09-30T20:15", "2026-10-30T20:15"],
            31 * NS_PER_DAY,
        ),
        (
            "3mo",
            ["2026-04-01T05:00", "2026-07-01T05:00"],
            ["2026-06-30T20:15", "2026-09-30T20:15"],
            92 * NS_PER_DAY,
        ),
        ("5d", ["2026-11-05T06:00", "2026-11-12T06:00"], ["2026-11-11T21:15", "2026-11-18T21:15"], 5 * NS_PER_DAY),
        # no such word: the commonest step tells
        ("8m", ["2026-11-20T15:00", "2026-11-20T15:08"], ["2026-11-20T15:08", "2026-11-20T15:16"], 8 * NS_PER_MIN),
    ],
)
def test_longer_bars_are_known_at_their_ends_too(
    tmp_path: Path, interval: str, stamps: list[str], clocks: list[str], length: int
) -> None:
    seconds = [int(np.datetime64(stamp, "s").astype(np.int64)) for stamp in stamps]

    def cut(result: dict[str, Any]) -> None:
        result["meta"]["dataGranularity"] = interval
        result["timestamp"] = seconds
        quote = result["indicators"]["quote"][0]
        result["indicators"]["quote"][0] = {name: [values[0], values[2]] for name, values in quote.items()}

    source = opened(tmp_path, edited(MINUTES, cut))
    assert closes(source) == clocks
    assert source.info.interval_ns == length


def test_an_error_is_told_in_the_words_of_yahoo(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match="Yahoo answered with an error: Not Found: No data found, symbol may be del"
    ):
        open_source(MADE / "not_found.json")
    finance = {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}
    assert "Unauthorized: Invalid Crumb" in refusal(written(tmp_path, finance))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda r: r["meta"].update(symbol="TSLA"), "a Yahoo chart of 'TSLA'; read are ^VIX, "),
        (lambda r: r["meta"].pop("symbol"), "a Yahoo chart of None"),
        (lambda r: r.pop("meta"), "a Yahoo chart of None"),
        (lambda r: r.pop("timestamp"), "without timestamps: the market did not open"),
        (lambda r: r.update(timestamp=[]), "without timestamps"),
        (lambda r: r["timestamp"].append(1), "of 6 timestamps and 5 of open"),
        (lambda r: r.pop("indicators"), "without closes"),
        (lambda r: r["indicators"]["quote"][0].pop("close"), "without closes"),
        (lambda r: r["indicators"]["quote"][0].update(close=[None] * 5), "without a bar that could be used"),
        (
            lambda r: (r["meta"].update(dataGranularity="7x"), r.update(timestamp=[5, 5, 5, 5, 5])),
            "length cannot be",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, edit: Any, words: str) -> None:
    assert words in refusal(written(tmp_path, edited(MINUTES, edit)))
    assert "without a result" in refusal(written(tmp_path, {"chart": {"result": [], "error": None}}))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda r: r["indicators"]["quote"][0]["close"].__setitem__(0, 0), "level not above 0 (bar 1: "),
        (lambda r: r["indicators"]["quote"][0]["close"].__setitem__(0, -3.0), "level not above 0"),
        (lambda r: r["indicators"]["quote"][0]["close"].__setitem__(0, "x"), "no close"),
        (lambda r: r["timestamp"].__setitem__(0, "soon"), "unreadable time"),
        (lambda r: r["timestamp"].__setitem__(0, 1e300), "unreadable time"),
        (lambda r: r["timestamp"].__setitem__(2, r["timestamp"][3]), "a second one of the same time"),
        (lambda r: r["timestamp"].__setitem__(4, r["timestamp"][3] + 30), "a second one of the same time"),
    ],
)
def test_a_bar_that_cannot_be_trusted_is_refused(tmp_path: Path, edit: Any, words: str) -> None:
    source = opened(tmp_path, edited(MINUTES, edit))
    assert len(rows_of(source)[Kind.INDEX]) == 3
    assert said(source, words), source.warnings


def test_numbers_may_be_texts_and_bars_out_of_order(tmp_path: Path) -> None:
    def texts(result: dict[str, Any]) -> None:
        result["timestamp"] = [str(one) for one in result["timestamp"]][::-1]
        for name, values in result["indicators"]["quote"][0].items():
            result["indicators"]["quote"][0][name] = [None if one is None else str(one) for one in values][::-1]

    source = opened(tmp_path, edited(DAYS, texts))
    assert rows_of(source)[Kind.INDEX]["close"].tolist() == [6024.75, 6021.5, 6014.25]
    assert said(source, "newest first")


def test_a_zone_nobody_knows_is_replaced_by_the_offset_beside_it(tmp_path: Path) -> None:
    for changes in ({"exchangeTimezoneName": "Mars/Olympus"}, {"exchangeTimezoneName": 5}, {"gmtoffset": "x"}):
        source = opened(tmp_path, edited(DAYS, lambda result, changes=changes: result["meta"].update(changes)))
        assert closes(source)[0] == "2026-11-18T22:00"


@pytest.mark.parametrize("seed", range(6))
def test_mutated_charts_give_events_or_a_source_error(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    odd = [None, True, "", "x", -1, 0, 1e999, 10**30, -(10**10), [], {}, "^GSPC", "1wk", "1mo", [[]]]
    path, refusals = tmp_path / "chart.json", []
    for content in (MINUTES, DAYS):
        for _ in range(40):
            raw = bytearray(json.dumps(scrambled(content, rng, odd, 0.05)).encode())
            if rng.random() < 0.5:
                for _ in range(rng.choice([1, 3])):
                    raw[rng.randrange(len(raw))] = rng.choice(b'0123456789,.-:"{}[] \n\0\xff')
            if rng.random() < 0.2:
                raw = raw[: rng.randrange(1, len(raw))]
            path.write_bytes(raw)
            try:
                source = open_source(path)
            except SourceError as error:
                refusals.append(str(error))
                continue
            rows = rows_of(source)[Kind.INDEX]
            assert len(rows) == source.info.rows
            assert (rows["close"] > 0).all()
            assert (rows["open_ns"] < rows["clock_ns"]).all()
    assert not [line for line in refusals if "\n" in line]
