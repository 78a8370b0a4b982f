"""Option symbols, against one at a time with slices and datetime."""

import random
from datetime import date

import numpy as np
import pytest

from cockpit.feeds.files.option_symbols import day_date, parse_symbols
from cockpit.feeds.files.underlyings import is_adjusted, root_of_title, underlying_of, underlying_root


def test_a_symbol_is_taken_apart_from_the_right() -> None:
    parts = parse_symbols(
        ["SPXW250919C06500000", "SPX   271217P12000000", "SPY1230616C00402500", "A240119P00005000"]
    )
    assert parts.is_good.all()
    assert parts.roots == ["SPXW", "SPX", "SPY1", "A"]
    assert [str(day_date(day)) for day in parts.expiry_day.tolist()] == [
        "2025-09-19",
        "2027-12-17",
        "2023-06-16",
        "2024-01-19",
    ]
    assert bytes(parts.right) == b"CPCP"
    assert parts.strike.tolist() == [6500.0, 12000.0, 402.5, 5.0]


@pytest.mark.parametrize(
    "symbol",
    ["", "SPX", "SPXW250919X06500000", "SPXW251319C06500000", "SPXW250230C06500000", "SPXW250919C0650000",
     "250919C06500000", "SPXW250919C00000000", "spxw250919C06500000", "SPXWXYZ250919C06500000",
     "SPXW25O919C06500000", "SPXW250919C0650000é", "SPX12250919C06500000", "\0" * 20, "SPXW250919C06500000 "],
)  # fmt: skip
def test_what_has_not_the_shape_is_no_symbol(symbol: str) -> None:
    good = parse_symbols([symbol, "SPXW250919C06500000"]).is_good
    assert good.tolist() == [False, True]


def test_many_symbols_are_read_as_one_by_one() -> None:
    rng = random.Random(3)
    made = []
    for _ in range(500):
        day = date.fromordinal(rng.randrange(date(2005, 1, 1).toordinal(), date(2040, 1, 1).toordinal()))
        root = rng.choice(["SPX", "SPXW", "VIX", "BRKB1", "A"])
        made.append((root, day, rng.choice("CP"), rng.randrange(1, 99_999_999)))
    parts = parse_symbols([f"{root}{day:%y%m%d}{right}{milli:08d}" for root, day, right, milli in made])
    assert parts.is_good.all()
    assert parts.roots == [one[0] for one in made]
    assert [day_date(day) for day in parts.expiry_day.tolist()] == [one[1] for one in made]
    assert np.array_equal(parts.strike, np.array([one[3] / 1000 for one in made]))


def test_roots_belong_to_their_underlying() -> None:
    pairs = {"SPX": "SPX", "SPXW": "SPX", "NDXP": "NDX", "RUTW": "RUT", "VIXW": "VIX", "XSP": "XSP", "SPY1": "SPY"}
    assert {root: underlying_root(root) for root in pairs} == pairs
    assert is_adjusted("SPY1")
    assert not is_adjusted("SPY")


def test_underlyings_come_from_the_table_or_are_named_by_the_title() -> None:
    spx = underlying_of("SPX", "anything")
    assert (spx.symbol, spx.kind, spx.sessions) == ("SPX.CBOE", "index", "cboe")
    spy = underlying_of("SPY", "anything")
    assert (spy.symbol, spy.kind, spy.sessions, spy.name) == (
        "SPY.CBOE",
        "equity",
        "xnys",
        "SPDR S&P 500 ETF Trust",
    )
    other = underlying_of("AAPL", "APPLE INC")
    assert (other.symbol, other.kind, other.tick, other.name) == ("AAPL.CBOE", "equity", 0.01, "APPLE INC")
    # options of the share ES are not about the future of that root
    assert (underlying_of("ES", "EVERSOURCE").kind, underlying_of("ES", "EVERSOURCE").tick) == ("equity", 0.01)


@pytest.mark.parametrize(
    ("title", "root"),
    [
        ("S&P 500 INDEX", "SPX"),
        ("Standard & Poors 500 Index", "SPX"),
        ("S&P 500 Mini-SPX Options Index", "XSP"),
        ("SPDR S&P 500 ETF Trust", "SPY"),
        ("PowerShares QQQ Trust, Series 1 (ETF)", "QQQ"),
        ("NASDAQ 100", "NDX"),
        ("Livevol Forward Russell 2000 Index", "RUT"),
        ("iShares Russell 2000 ETF", "IWM"),
        ("CBOE VOLATILITY INDEX", "VIX"),
        ("APPLE INC", None),
        ("", None),
    ],
)
def test_titles_of_known_underlyings_are_known(title: str, root: str | None) -> None:
    assert root_of_title(title) == root
