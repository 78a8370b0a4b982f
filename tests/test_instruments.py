"""Prices as each market writes them, ticks by date, and ids that keep their meaning."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.errors import CockpitError, ConfigError, ParseError
from cockpit.instants import parse_instant
from cockpit.instruments import (
    DASH,
    MINUS,
    Instrument,
    Registry,
    contract_table,
    from_table,
    future_code,
    infer,
    resolve,
    split_future,
)
from cockpit.units import NANO, NO_PRICE

TRADED = sorted(root for root, row in contract_table().items() if row["kind"] == "future")


def known(symbol: str) -> Instrument:
    instrument = resolve(symbol)
    assert instrument is not None
    return instrument


@pytest.mark.parametrize(
    ("symbol", "ticks", "text"),
    [
        ("ESH4.GLBX", 24_005, "6,001.25"),
        ("ESH4.GLBX", -6, f"{MINUS}1.50"),
        ("ZNH4.GLBX", 64 * 110 + 33, "110'165"),
        ("ZBH4.GLBX", 32 * 118 + 16, "118'16"),
        ("ZFH4.GLBX", 128 * 107 + 29, "107'072"),
        ("ZTH4.GLBX", 256 * 103 + 29, "103'036"),
        ("ZTH4.GLBX", -(256 * 103 + 29), f"{MINUS}103'036"),
        ("6JH4.GLBX", 13_500, "0.0067500"),
        ("YMH4.GLBX", 38_000, "38,000"),
    ],
)
def test_a_price_is_written_as_its_market_writes_it(symbol: str, ticks: int, text: str) -> None:
    assert known(symbol).format(ticks) == text


def test_no_price_is_a_dash_and_an_index_level_has_no_ticks() -> None:
    assert known("ESH4.GLBX").format(NO_PRICE) == DASH
    assert known("VIX.CBOE").format(float("nan")) == DASH
    assert known("VIX.CBOE").format(13.034) == "13.03"
    assert known("VIX.CBOE").unit == 1.0
    assert known("ESH4.GLBX").unit == 0.25


@pytest.mark.parametrize("root", TRADED)
@given(ticks=st.integers(-3_000_000, 3_000_000))
def test_every_price_of_every_contract_reads_back_as_written(root: str, ticks: int) -> None:
    instrument = known(f"{root}H4.GLBX")
    assert instrument.parse(instrument.format(ticks)) == ticks


@pytest.mark.parametrize("text", ["110'169", "110'328", "110'32", "110'1", "'16", "110.3", "", "abc", "1e3", "--1"])
def test_a_treasury_price_off_its_grid_or_table_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="ZNH4"):
        known("ZNH4.GLBX").parse(text)


def test_a_price_off_the_grid_names_its_neighbours() -> None:
    with pytest.raises(ConfigError, match=r"nearest are 6,001\.25 or 6,001\.50"):
        known("ESH4.GLBX").parse("6001.3")


@given(st.sampled_from(TRADED), st.text(max_size=20))
def test_any_typed_text_is_a_price_or_a_clear_error(root: str, text: str) -> None:
    with contextlib.suppress(CockpitError):
        known(f"{root}H4.GLBX").parse(text)


@pytest.mark.parametrize(
    ("root", "day", "tick"),
    [
        ("6A", "2020-06-01", 0.0001),
        ("6A", "2021-06-01", 0.00005),
        ("6N", "2021-08-15", 0.0001),
        ("6S", "2023-01-03", 0.00005),
    ],
)
def test_a_replay_takes_the_tick_of_its_time(root: str, day: str, tick: float) -> None:
    instrument = resolve(f"{root}H1.GLBX", parse_instant(day))
    assert instrument is not None
    assert instrument.tick == tick


def test_codes_of_delivery_months_split_into_what_they_were_made_of() -> None:
    assert split_future("ESZ26") == ("ES", "Z", "26")
    assert split_future("6EH4") == ("6E", "H", "4")
    assert split_future("M2KU5") == ("M2K", "U", "5")
    assert split_future("SPX") is None
    for year, month, digits in [(2026, 12, 1), (2009, 1, 2), (2030, 3, 1)]:
        code = future_code("ES", year, month, digits)
        assert split_future(code) == ("ES", "FGHJKMNQUVXZ"[month - 1], str(year)[-digits:])


@pytest.mark.parametrize(("month", "digits"), [(0, 1), (13, 1), (3, 0), (3, 4)])
def test_a_month_that_does_not_exist_has_no_code(month: int, digits: int) -> None:
    with pytest.raises(ConfigError, match="delivery month"):
        future_code("ES", 2026, month, digits)


def test_ticks_of_fixed_point_prices_are_exact_and_mark_what_is_off_the_grid() -> None:
    undefined = 2**63 - 1
    nano = np.array([6_001_250_000_000, -250_000_000, undefined, 6_001_300_000_000], np.int64)
    ticks, off = known("ESH4.GLBX").ticks_of_nano(nano, undefined)
    assert ticks.tolist() == [24_005, -1, NO_PRICE, 24_005]
    assert off.tolist() == [False, False, False, True]


def test_a_tick_is_inferred_from_prices_and_says_so() -> None:
    found = infer("ABC.XNAS", np.array([10_010_000_000, 10_030_000_000, 9_980_000_000], np.int64))
    assert (found.tick_nano, found.decimals, found.origin) == (10_000_000, 2, "inferred")
    with pytest.raises(ParseError, match="no price to infer"):
        infer("ABC.XNAS", np.zeros(0, np.int64))


def test_the_registry_keeps_ids_and_refuses_a_second_tick() -> None:
    registry = Registry()
    first, second = known("ESH4.GLBX"), known("NQH4.GLBX")
    assert [registry.add(first), registry.add(second), registry.add(first)] == [0, 1, 0]
    assert registry.id_of("NQH4.GLBX") == 1
    assert registry.id_of("CLF5.GLBX") is None
    assert [each.symbol for each in registry] == ["ESH4.GLBX", "NQH4.GLBX"]
    with pytest.raises(ConfigError, match="open them apart"):
        registry.add(Instrument("ESH4.GLBX", "ES", tick_nano=NANO))
    registry.add(Instrument("ESH4.GLBX", "ES", tick_nano=first.tick_nano, origin="definition"))
    assert registry[0].origin == "definition"


def test_symbols_resolve_by_root_or_by_themselves() -> None:
    assert known("SPX.CBOE").is_index
    assert known("MESM6.GLBX").point_value_usd == 5.0
    assert (known("ESH4.GLBX").raw, known("ESH4.GLBX").venue) == ("ESH4", "GLBX")
    assert resolve("NOSUCHTHING.XNAS") is None
    assert from_table("XX.GLBX", "XX") is None


def test_an_instrument_without_a_tick_cannot_be_made() -> None:
    with pytest.raises(ConfigError, match="must be above 0"):
        Instrument("ABC.XNAS", "ABC", tick_nano=0)


def test_a_fund_is_known_at_the_venue_of_the_table_only() -> None:
    fund = resolve("SPY.CBOE")
    assert fund is not None
    assert (fund.kind, fund.tick, fund.format(4_983_900), fund.format(4_983_912)) == (
        "equity",
        0.0001,
        "498.39",
        "498.3912",
    )
    assert resolve("SPY.XNAS") is None  # its order book stands on whole cents
