"""Mark price and funding of a perpetual: the newest as of any instant, unknown where nothing was published."""

import math
from dataclasses import replace

import pytest

from cockpit.events.dtypes import Kind, empty
from cockpit.events.market import Batch, Slice
from cockpit.instruments import Instrument
from cockpit.state.panels.chart import ChartReducer
from cockpit.state.panels.mark import reduce_mark
from cockpit.state.router import Router
from cockpit.state.views import Freshness, MarkState, Pane, Provenance
from cockpit.units import NO_TIME, NS_PER_HOUR, NS_PER_S, Rows
from tests.state.market import es

COIN = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT", tick_nano=100_000_000, decimals=1, kind="crypto",
                  lot_nano=1_000_000)  # fmt: skip
NOW = 1_723_161_255 * NS_PER_S


def marks(*rows: tuple[float, float, float, int]) -> Rows:
    """MARK rows a second apart, the last one now: mark, index, rate, next funding."""
    found = empty(Kind.MARK, len(rows))
    for place, (row, values) in enumerate(zip(found, rows, strict=True)):
        row["seq"], row["clock_ns"] = place, NOW - (len(rows) - 1 - place) * NS_PER_S
        row["mark"], row["index"], row["funding_rate"], row["next_funding_ns"] = values
    found["instrument"] = 0
    return found


def router_of(instrument: Instrument, rows: Rows) -> Router:
    router = Router((instrument,), lambda _: None)
    if len(rows):
        router.apply(Slice((Batch(Kind.MARK, rows),), 0, len(rows), NOW))
    return router


def test_the_newest_one_counts_and_a_jump_back_finds_the_one_of_then() -> None:
    soon = NOW + 3 * NS_PER_HOUR
    router = router_of(COIN, marks((64_000.0, 64_001.0, 0.0001, soon), (64_012.34, 64_011.0, -0.0002, soon)))
    frozen = router.freeze()
    state = reduce_mark(router.lanes[0], Provenance.LIVE, NOW + 2 * NS_PER_S)
    assert state == MarkState(
        pytest.approx(640_123.4), pytest.approx(640_110.0), has_funding=True, rate=-0.0002,
        funding_in_ns=3 * NS_PER_HOUR - 2 * NS_PER_S, age_ns=2 * NS_PER_S, freshness=Freshness.FRESH,
    )  # fmt: skip
    later = marks((1.0, math.nan, math.nan, NO_TIME))
    later["clock_ns"], later["seq"] = NOW + NS_PER_S, 2
    router.apply(Slice((Batch(Kind.MARK, later),), 2, 3, NOW + NS_PER_S))
    dated = reduce_mark(router.lanes[0], Provenance.LIVE, NOW + NS_PER_S)
    assert dated is not None
    assert (dated.index, dated.has_funding, dated.rate, dated.funding_in_ns) == (None, False, None, None)
    router.thaw(frozen)
    assert reduce_mark(router.lanes[0], Provenance.LIVE, NOW + 2 * NS_PER_S) == state


@pytest.mark.parametrize(
    ("age_s", "freshness"), [(5, Freshness.FRESH), (6, Freshness.AGING), (16, Freshness.STALE)]
)
def test_it_ages(age_s: int, freshness: Freshness) -> None:
    router = router_of(COIN, marks((64_000.0, 64_001.0, 0.0001, NOW + NS_PER_S)))
    state = reduce_mark(router.lanes[0], Provenance.LIVE, NOW + age_s * NS_PER_S)
    assert state is not None
    assert (state.age_ns, state.freshness) == (age_s * NS_PER_S, freshness)
    assert state.funding_in_ns == (1 - age_s) * NS_PER_S


def test_only_a_perpetual_of_a_venue_has_an_unknown_one() -> None:
    none = empty(Kind.MARK)
    perpetual, spot = COIN, replace(COIN, symbol="BTCUSDT.BINANCE")
    for instrument, provenance, expected in (
        (perpetual, Provenance.LIVE, MarkState()), (perpetual, Provenance.REPLAY, MarkState()),
        (perpetual, Provenance.SIMULATED, None), (spot, Provenance.LIVE, None), (es(), Provenance.LIVE, None),
    ):  # fmt: skip
        assert reduce_mark(router_of(instrument, none).lanes[0], provenance, NOW) == expected


def test_the_chart_has_it() -> None:
    router = router_of(COIN, marks((64_000.0, 64_001.0, 0.0001, NOW + NS_PER_S)))
    state = ChartReducer(router).reduce(Pane("chart.1", COIN.symbol, "1m", 1), Provenance.LIVE, NOW)
    assert state.mark == reduce_mark(router.lanes[0], Provenance.LIVE, NOW)
    assert state.mark is not None
