"""Hand-made chart states."""

from dataclasses import replace
from typing import Any

import numpy as np

from cockpit.instants import parse_instant
from cockpit.instruments import Instrument, resolve
from cockpit.state.pyramid import Pyramid
from cockpit.state.views import BAR_VIEW, ChartState, Freshness, Head, Provenance
from cockpit.units import NS_PER_MIN, Rows

FIVE_MINUTES = 5 * NS_PER_MIN
OPEN_NS = parse_instant("2022-07-12T09:30")  # New York


def instrument(symbol: str = "ESU2.GLBX") -> Instrument:
    found = resolve(symbol)
    assert found is not None
    return found


def coin() -> Instrument:
    """A perpetual whose lot is a thousandth of a coin, on the grid of ``instrument``."""
    return replace(instrument(), symbol="BTCUSDT-PERP.BINANCE", root="BTCUSDT", kind="crypto", lot_nano=1_000_000)


def bars_of(count: int, seed: int = 3, start_ns: int = OPEN_NS, step_ns: int = FIVE_MINUTES) -> Rows:
    """A seeded walk around 3,850.00 in ticks of 0.25."""
    rng = np.random.default_rng(seed)
    bars = np.zeros(count, BAR_VIEW)
    steps = rng.integers(-8, 9, count)
    bars["close"] = 15_400 + steps.cumsum()
    bars["open"] = bars["close"] - steps
    bars["high"] = np.maximum(bars["open"], bars["close"]) + rng.integers(0, 5, count)
    bars["low"] = np.minimum(bars["open"], bars["close"]) - rng.integers(0, 5, count)
    bars["volume"] = rng.integers(100, 900, count)
    bars["delta"] = rng.integers(-90, 90, count)
    bars["open_ns"] = start_ns + np.arange(count) * step_ns
    bars["close_ns"] = bars["open_ns"] + step_ns
    return bars


def flat(price: float, count: int) -> Rows:
    """Bars that all stand on one price, with volume 10 and no delta known."""
    bars = bars_of(count)
    for name in ("open", "high", "low", "close"):
        bars[name] = price
    bars["volume"], bars["delta"] = 10, np.nan
    return bars


def state_of(bars: Rows, *, forming: bool = True, **head: Any) -> ChartState:
    """The state of one pane; ``head`` replaces fields of its header."""
    closed = bars[: len(bars) - forming]
    shown = Head(instrument(), Provenance.REPLAY, Freshness.FRESH, 0, link=1, interval="5m")
    return ChartState(
        head=replace(shown, **head),
        bars=bars,
        is_forming=forming,
        series=1,
        pyramid=Pyramid.empty().extended(closed),
        last=float(bars["close"][-1]) if len(bars) else None,
        now_ns=int(bars["close_ns"][-1]) if len(bars) else None,
        countdown_ns=192_000_000_000 if forming else None,
    )


def with_last(state: ChartState, close: float) -> ChartState:
    """The same state after one more print at ``close`` in the forming bar."""
    bars = state.bars.copy()
    last = bars[-1]
    last["close"] = close
    last["high"], last["low"] = max(last["high"], close), min(last["low"], close)
    return replace(state, bars=bars, last=close)
