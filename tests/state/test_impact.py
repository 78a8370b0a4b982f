"""The impact calculator's state: an order in the book that is open, in coins where lots are parts of one."""

import numpy as np

from cockpit.events.dtypes import Kind, empty
from cockpit.instruments import Instrument
from cockpit.state.panels.impact import ImpactReducer
from cockpit.state.router import Router
from cockpit.state.views import Order, Pane, Provenance
from tests.engines.book.test_depth import message
from tests.state.test_depth_lane import COIN, run

PANE = Pane("ladder", COIN.symbol)


def opened(instrument: Instrument = COIN) -> tuple[Router, ImpactReducer]:
    router = Router((instrument,), lambda _: None)
    rows = message([(1000, 500), (990, 4_000)], [(1010, 250), (1020, 3_000)], snapshot=True)
    rows["seq"], rows["instrument"], rows["clock_ns"] = np.arange(len(rows)), 0, 1
    run(router, {Kind.DEPTH: rows}, 0, len(rows))
    return router, ImpactReducer(router)


def test_sizes_are_coins_and_prices_are_prices() -> None:
    router, reducer = opened()
    state = reducer.reduce(router.lanes[0], PANE, Order("buy", 1.25), Provenance.LIVE, 2)
    assert (state.filled, state.unfilled, state.levels_used, state.levels) == (1.25, 0.0, 2, 2)
    assert np.allclose(state.prices, [10.1, 10.2])
    assert state.taken.tolist() == [0.25, 1.0]
    assert state.average is not None
    assert abs(state.average - (0.25 * 10.1 + 1.0 * 10.2) / 1.25) < 1e-12
    assert state.cost_usd is None, "nobody knows the point value of this instrument"
    assert state.visible == 3.25


def test_what_cannot_be_filled_is_said_and_a_first_size_is_chosen() -> None:
    router, reducer = opened()
    state = reducer.reduce(router.lanes[0], PANE, Order("sell", 100.0), Provenance.LIVE, 2)
    assert (state.filled, state.unfilled) == (4.5, 95.5)
    assert reducer.reduce(router.lanes[0], PANE, Order(), Provenance.LIVE, 2).order == Order("buy", 1.0)


def test_without_a_book_the_reason_is_said() -> None:
    router = Router((COIN,), lambda _: None)
    tick = empty(Kind.TICK, 1)
    run(router, {Kind.TICK: tick}, 0, 1)
    state = ImpactReducer(router).reduce(router.lanes[0], PANE, Order(), Provenance.LIVE, 1)
    assert state.head.reason
    assert state.levels == 0
