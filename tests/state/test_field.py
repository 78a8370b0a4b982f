"""Chains, basis, regime and pressure across instruments: what was known when, however the river is cut."""

import random
from concurrent.futures import Future
from datetime import date

import numpy as np
import pytest

from cockpit.events.dtypes import Kind
from cockpit.feeds.river import River
from cockpit.opening import calendar_of
from cockpit.state.chains import ChainSolver, Solved
from cockpit.state.field import FIRST_SCALE, STALE_CHAIN_NS
from cockpit.state.keyframes import Keyframes
from cockpit.state.playback import Playback
from cockpit.state.router import Router
from cockpit.units import NS_PER_DAY, NS_PER_MIN, NS_PER_S
from tests.state.market import START_NS, RowsSource, es, order_rows
from tests.state.options_market import chain_rows, daily_bars, index, index_bars

EXPIRIES = (date(2023, 12, 26), date(2024, 1, 19))
SPOT = 4_795.0
CHAIN_NS = START_NS + 10 * NS_PER_MIN
EVENTS = 6_000


def sources(cut: int = 1000) -> list[RowsSource]:
    """Twenty minutes of ES, SPX every minute, two SPX chains, and a year and a half of VIX."""
    orders = order_rows(3, EVENTS)
    spx = index_bars(START_NS, SPOT + np.arange(20.0), NS_PER_MIN)
    chains = np.concatenate(
        [chain_rows(CHAIN_NS, SPOT, EXPIRIES), chain_rows(CHAIN_NS + 5 * NS_PER_MIN, SPOT + 9, EXPIRIES, 3.0)]
    )
    chains["seq"] = np.arange(len(chains))
    rng = random.Random(5)
    vix = daily_bars(START_NS - NS_PER_DAY, np.array([14 + 4 * rng.random() for _ in range(300)]))
    return [
        RowsSource(orders, instrument=es(), cut=cut),
        RowsSource(spx, Kind.INDEX, index("SPX"), cut=cut),
        RowsSource(chains, Kind.CHAIN, index("SPX"), cut=cut),
        RowsSource(vix, Kind.INDEX, index("VIX"), cut=cut),
    ]


def played(limit: int = 65_536, cut: int = 1000, until: int | None = None) -> Router:
    river = River(sources(cut), spool_bytes=None)
    router = Router(river.registry, calendar_of)
    while (piece := river.take(limit, until)) is not None and piece.events:
        router.apply(piece)
    assert router.stopped == ()
    return router


def lane_of(router: Router, root: str):
    return next(lane for lane in router.lanes if lane.instrument.root == root)


@pytest.fixture(scope="module")
def whole() -> Router:
    return played()


def test_a_chain_is_drawn_on_the_future_by_the_basis_of_the_same_second(whole: Router) -> None:
    future, spx = lane_of(whole, "ES"), lane_of(whole, "SPX")
    assert whole.field.chain_source(future) is spx
    basis = whole.field.basis(future, spx)
    assert basis is not None
    measure = basis.at(CHAIN_NS + NS_PER_MIN)
    assert measure is not None
    assert measure.at_ns - CHAIN_NS in range(-NS_PER_MIN, NS_PER_MIN + 1)
    assert 4_750 < SPOT + measure.value < 4_850, "ES trades around 4,800 in this market"


def test_the_chain_has_a_total_levels_and_a_row_among_the_derived_events(whole: Router) -> None:
    entries = whole.field.chains(lane_of(whole, "SPX"))
    assert [entry.as_of_ns for entry in entries] == [CHAIN_NS, CHAIN_NS + 5 * NS_PER_MIN]
    first, second = (entry.solved.gex for entry in entries)
    assert first is not None
    assert second is not None
    assert first.total > second.total, "the second chain has three times the puts"
    assert entries[0].scale == FIRST_SCALE
    assert entries[0].solved.vix is not None


@pytest.mark.parametrize("seed", range(6))
def test_the_cut_into_slices_changes_no_derived_event(whole: Router, seed: int) -> None:
    rng = random.Random(seed)
    river = River(sources(rng.choice([50, 333, 1000])), spool_bytes=None)
    router = Router(river.registry, calendar_of)
    while (piece := river.take(rng.choice([1, 7, 90, 700, 5000]))) is not None:
        router.apply(piece)
    assert router.digest.hex() == whole.digest.hex()


def test_a_keyframe_in_the_middle_of_a_chain_goes_on_to_the_same_end(whole: Router) -> None:
    river = River(sources(), spool_bytes=2**20)
    router = Router(river.registry, calendar_of)
    while len(router.field.chains(lane_of(router, "SPX"))) == 0:
        piece = river.take(40)
        assert piece is not None
        if piece.of(Kind.CHAIN) is not None and not router.field._pending:
            router.apply(piece)
            frozen, mark = router.freeze(), river.mark()
            break
        router.apply(piece)
    router.reset()
    router.thaw(frozen)
    river.restore(mark)
    while (piece := river.take(3_000)) is not None:
        router.apply(piece)
    assert router.digest.hex() == whole.digest.hex()


def test_stiffness_needs_a_chain_that_is_not_stale(whole: Router) -> None:
    router = played(until=CHAIN_NS + 16 * NS_PER_MIN)
    engine = router.field.pressures[lane_of(router, "ES").id]
    assert engine.last is not None
    assert not np.isnan(engine.last.inputs.gex_ratio), "the second chain is eleven minutes old"
    before = played(until=CHAIN_NS - NS_PER_S)
    last = before.field.pressures[lane_of(before, "ES").id].last
    assert last is not None
    assert np.isnan(last.inputs.gex_ratio), "no chain has come yet"
    assert STALE_CHAIN_NS == 15 * NS_PER_MIN


def test_the_regime_rests_on_the_volatility_that_was_printed(whole: Router) -> None:
    read = whole.field.regime.readout_at(START_NS)
    assert read is not None
    assert read.closes == 252
    assert read.regime in ("calm", "tense")


def test_a_chain_that_cannot_be_used_says_why_and_the_rest_goes_on() -> None:
    rows = chain_rows(CHAIN_NS, SPOT, EXPIRIES)
    rows["spot"] = np.nan
    river = River([RowsSource(order_rows(3, 2_000), instrument=es()), RowsSource(rows, Kind.CHAIN, index("SPX"))])
    router = Router(river.registry, calendar_of)
    while (piece := river.take(4_000)) is not None:
        router.apply(piece)
    assert router.stopped == ()
    entry = router.field.chains(lane_of(router, "SPX"))[-1]
    assert entry.solved.chain is None
    assert "spot" in entry.solved.error
    assert len(lane_of(router, "ES").prints)


def test_a_part_that_raises_stops_alone_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    river = River(sources(), spool_bytes=None)
    router = Router(river.registry, calendar_of)

    def broken(*_: object) -> np.ndarray:
        raise ValueError("a bug")

    monkeypatch.setattr(router.field.regime, "apply", broken)
    while (piece := river.take(65_536)) is not None:
        router.apply(piece)
    assert router.stopped == ("regime: ValueError: a bug, since 18:00:00",)
    assert len(router.field.chains(lane_of(router, "SPX"))) == 2


class Later:
    """A background that works when told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Solved], object]] = []

    def submit(self, job):  # noqa: ANN001, ANN201  as an executor's
        future: Future[Solved] = Future()
        self.waiting.append((future, job))
        return future

    def work(self) -> None:
        for future, job in self.waiting:
            future.set_result(job())  # type: ignore[operator]
        self.waiting.clear()


def test_the_player_waits_for_a_chain_without_holding_anybody_up_and_ends_the_same(whole: Router) -> None:
    later = Later()
    river = River(sources())
    router = Router(river.registry, calendar_of, ChainSolver(later.submit))
    player = Playback(river, router, Keyframes())
    player.set_speed(float("inf"))
    player.play()
    turns = waits = 0
    while not player.at_end:
        player.advance(lambda: 0, NS_PER_S)
        turns += 1
        if player.is_waiting:
            at, events = player.clock_ns, router.events
            player.advance(lambda: 0, NS_PER_S)
            assert (player.clock_ns, router.events) == (at, events), "nothing moves until the chain is there"
            waits += 1
            later.work()
        assert turns < 1_000
    assert waits >= 1
    assert router.digest.hex() == whole.digest.hex()


def test_a_jump_while_a_chain_is_waited_for_loses_nothing(whole: Router) -> None:
    later = Later()
    river = River(sources())
    router = Router(river.registry, calendar_of, ChainSolver(later.submit))
    player = Playback(river, router, Keyframes())
    player.set_speed(float("inf"))
    player.play()
    while not player.is_waiting:
        player.advance(lambda: 0, NS_PER_S)
    later.work()
    player.seek_end()
    while player.seeking:
        player.advance(lambda: 0, NS_PER_S)
        later.work()
    assert router.digest.hex() == whole.digest.hex()


def test_a_chain_is_worked_out_once_for_player_and_index() -> None:
    later = Later()
    solver = ChainSolver(later.submit)
    rows = chain_rows(CHAIN_NS, SPOT, EXPIRIES)
    router = Router((index("SPX"),), calendar_of, solver)
    rows["instrument"] = 0
    assert not router.field.is_ready_for({0: rows})
    assert not router.field.is_ready_for({0: rows})
    assert len(later.waiting) == 1
    later.work()
    assert router.field.is_ready_for({0: rows})


def test_months_of_one_future_are_no_underlyings_of_each_other() -> None:
    router = Router((es("ESH4.GLBX"), es("ESM4.GLBX"), index("SPX")), calendar_of)
    assert set(router.field.bases) == {(0, 2), (1, 2)}
