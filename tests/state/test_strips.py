"""The feature strips' state: what is unknown stands nowhere in it, lines break where something was lost."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book.features import unknown_rows
from cockpit.engines.book.microprice import IMBALANCES, SPREADS, MicropriceFit
from cockpit.events.dtypes import Kind
from cockpit.events.market import Batch, Slice
from cockpit.feeds.river import River
from cockpit.instruments import Instrument
from cockpit.opening import calendar_of, open_all
from cockpit.state.panels.strips import PLAIN, SPAN_NS, StripsReducer
from cockpit.state.router import Router
from cockpit.state.views import Pane, Provenance, Strip, StripsState
from cockpit.units import NS_PER_S, Rows
from tests.engines.book.recordings import ES_RECORDING
from tests.engines.book.test_depth import SNAPSHOT, numbered

COIN = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", kind="crypto", lot_nano=1_000_000, tick_nano=100_000_000)
PANE = Pane("ladder", COIN.symbol)
S = NS_PER_S


def seconds(n: int, first: int = 100) -> Rows:
    """Rows of a book that stands still, one a second."""
    rows = unknown_rows(n)
    rows["clock_ns"] = (first + np.arange(n)) * S
    rows["spread"], rows["mid"], rows["weighted_mid"], rows["is_suspect"] = 2.0, 50.0, 50.4, 0.0
    rows["bid_depth"], rows["ask_depth"] = np.arange(1, 11), np.arange(1, 11) * 3
    rows["ofi"] = np.arange(n)
    return rows


def reduced(rows: Rows, now_s: float, fit: MicropriceFit | None = None, **marks: object) -> StripsState:
    router = Router((COIN,), lambda _: None)
    book = numbered(SNAPSHOT)
    router.apply(Slice((Batch(Kind.DEPTH, book),), 0, 9, int(book["clock_ns"][-1])))
    lane = router.lanes[0]
    lane.keep_features(rows)
    for name, value in marks.items():
        setattr(lane, name, value)
    reducer = StripsReducer(router, {} if fit is None else {COIN.root: fit})
    return reducer.reduce(lane, PANE, Provenance.LIVE, round(now_s * S))


def strip(state: StripsState, name: str) -> Strip:
    return next(each for each in state.strips if each.name == name)


def test_no_unknown_number_reaches_the_panel(data: Path) -> None:
    river = River(open_all([str(data / ES_RECORDING)]), spool_bytes=None)
    router = Router(river.registry, calendar_of)
    lane, reducer = router.lanes[0], StripsReducer(router)
    seen = 0
    while (piece := river.take(3_000)) is not None and piece.events:
        router.apply(piece)
        state = reducer.reduce(lane, Pane("ladder", lane.instrument.symbol), Provenance.REPLAY, piece.clock_ns)
        for each in state.strips:
            for line in each.lines:
                seen += len(line.values)
                assert np.isfinite(line.values).all(), each.name
                assert line.last is None or np.isfinite(line.last)
                assert not line.values.flags.writeable
    assert seen > 20_000
    assert {each.name for each in state.strips} == {"microprice", *PLAIN}
    assert all(each.lines[0].last is not None for each in state.strips)
    assert state.kyle is not None
    assert state.kyle[0] == 300


def test_lines_reach_back_three_minutes() -> None:
    state = reduced(seconds(400), 100 + 399.5)
    line = strip(state, "ofi").lines[0]
    assert line.values[[0, -1]].tolist() == [220.0, 399.0]
    assert line.clocks[0] > state.now_ns - SPAN_NS >= line.clocks[0] - S
    assert line.begins.tolist() == [True] + [False] * 179
    assert line.last == 399.0


def test_a_line_breaks_where_a_value_is_unknown_the_book_is_not_trusted_or_data_was_lost() -> None:
    rows = seconds(12)
    rows["ofi"][3] = np.nan
    rows["is_suspect"][7] = 1.0
    gap = ((round(108.5 * S), round(109.2 * S)),)
    line = strip(reduced(rows, 112, gaps=gap), "ofi").lines[0]
    assert line.values.tolist() == [0.0, 1, 2, 4, 5, 6, 8, 9, 10, 11]
    assert np.flatnonzero(line.begins).tolist() == [0, 3, 6, 7, 8], "unknown, suspect, and both sides of the gap"
    rows["ofi"][-1] = np.nan
    assert strip(reduced(rows, 112), "ofi").lines[0].last is None


def test_the_micro_price_is_the_learned_one_and_falls_back_to_the_weighted_mid() -> None:
    table = np.full((SPREADS, IMBALANCES), np.nan)
    table[1, 2] = 0.3  # spread 2, a quarter of the size is bid
    fit = MicropriceFit(table, 1, 1)
    state = reduced(seconds(5), 105, fit)
    assert state.is_fitted
    assert strip(state, "microprice").lines[0].values.tolist() == [0.3] * 5
    plain = reduced(seconds(5), 105)
    assert not plain.is_fitted
    assert strip(plain, "microprice").lines[0].last == pytest.approx(0.4)
    unseen = MicropriceFit(np.full((SPREADS, IMBALANCES), np.nan), 1, 1)
    assert not reduced(seconds(5), 105, unseen).is_fitted


def test_without_a_book_or_a_whole_second_it_says_why() -> None:
    state = reduced(seconds(0), 100)
    assert state.strips == ()
    assert state.head.reason
    router = Router((COIN,), lambda _: None)
    nothing = StripsReducer(router).reduce(router.lanes[0], PANE, Provenance.LIVE, S)
    assert nothing.head.reason == "nothing received yet"


def test_a_lane_keeps_two_hours_of_rows_and_forgets_many_at_a_time() -> None:
    lane = Router((COIN,), lambda _: None).lanes[0]
    for first in range(0, 20_000, 1_000):
        lane.keep_features(seconds(1_000, first))
    kept = lane.features.view()
    assert 7_200 <= len(kept) <= 14_400
    assert (np.diff(kept["clock_ns"]) == S).all()
    assert kept["clock_ns"][-1] == 19_999 * S
    frozen = lane.freeze()
    lane.keep_features(seconds(5_000, 20_000))
    assert frozen.features.rows["clock_ns"][-1] == 19_999 * S
    lane.thaw(frozen)
    assert len(lane.features) == len(kept)
    assert dataclasses.is_dataclass(frozen)
