"""Features of a book: two recordings against the oracle, the rules one by one, slices and thawing."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.book.features import FEATURE_NAMES, Features
from cockpit.engines.book.features_layout import BUCKETS, LEAST_INTERVALS
from cockpit.engines.book.microprice import IMBALANCES, SPREADS, MicropriceFit, adjustments
from cockpit.errors import EngineError
from cockpit.events.dtypes import BOOK_LEVELS, DTYPES, SAMPLE, Kind, empty
from cockpit.feeds.river import River
from cockpit.opening import calendar_of, open_all
from cockpit.state.router import Router
from cockpit.units import NO_PRICE, Rows
from tests.engines.book.features_oracle import features
from tests.engines.book.recordings import ES_RECORDING
from tests.feeds.rows import same_rows

S = 1_000_000_000
BTC_RECORDING = "binance-usdm-btcusdt-20240808.jsonl.gz"
Fed = tuple[Rows, Rows, Rows]  # samples, tops, prints


def fed_by(path: Path, until_s: int) -> Fed:
    """What a recording's lane hands to its features."""
    river = River(open_all([str(path)]), spool_bytes=None)
    lane = Router(river.registry, calendar_of).lanes[0]
    parts: list[Fed] = []
    first = None
    while (piece := river.take(20_000)) is not None and piece.events:
        first = piece.clock_ns if first is None else first
        mine = {batch.kind: batch.rows for batch in piece.batches if batch.kind is not Kind.TICK}
        mine = {kind: rows[rows["instrument"] <= 0] for kind, rows in mine.items()}
        ticks = piece.of(Kind.TICK)
        outcome = lane.apply(mine, empty(Kind.TICK) if ticks is None else ticks)
        parts.append((outcome.samples, outcome.tops, outcome.prints))
        if piece.clock_ns - first > until_s * S:
            break
    samples, tops, prints = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return samples, tops, prints


@pytest.fixture(scope="module", params=[(ES_RECORDING, 3_000), (f"books/{BTC_RECORDING}", 400)], ids=["es", "btc"])
def fed(request: pytest.FixtureRequest, data: Path) -> Fed:
    name, until_s = request.param
    return fed_by(data / name, until_s)


def assert_like(rows: Rows, oracle: list[dict]) -> None:
    assert rows["clock_ns"].tolist() == [each["clock_ns"] for each in oracle]
    for name in FEATURE_NAMES:
        missing = np.full(rows[name].shape[1:], np.nan)
        expected = np.array([each.get(name, missing) for each in oracle], np.float64)
        np.testing.assert_allclose(rows[name], expected, rtol=1e-8, atol=1e-8, err_msg=name)


def test_the_rows_of_recordings_equal_the_slow_functions(fed: Fed) -> None:
    rows = Features(0).apply(*fed)
    assert len(rows) > 300
    assert_like(rows, features(*fed))
    for name in FEATURE_NAMES:
        assert not np.isnan(rows[name]).all(), f"{name} is never known here"
    assert not np.isinf(rows["vpin"]).any()


@pytest.mark.parametrize("seed", range(6))
def test_the_cut_into_slices_and_thawing_change_no_byte(fed: Fed, seed: int) -> None:
    rng = random.Random(seed)
    whole, engine, parts = Features(0).apply(*fed), Features(0), []
    last = int(fed[0]["seq"][-1])
    edges = [-1, *sorted(rng.choices(range(last), k=rng.choice([1, 9, 200]))), last + 1]
    for low, high in pairwise(edges):
        cut = [rows[(rows["seq"] >= low) & (rows["seq"] < high)] for rows in fed]
        parts.append(engine.apply(*cut))
        if rng.random() < 0.3:
            frozen, engine = engine.freeze(), Features(0)
            engine.thaw(frozen)
    assert same_rows(np.concatenate(parts), whole)
    engine.reset()
    assert same_rows(engine.apply(*fed), whole)


def calm(n: int, bid: int = 100, ask: int = 102, levels: int = 10) -> Rows:
    """A sample a second of a book that stands still."""
    samples = np.zeros(n, SAMPLE)
    samples["seq"], samples["clock_ns"] = 100 * np.arange(1, n + 1), S * np.arange(10, n + 10)
    samples["bid_ticks"], samples["ask_ticks"] = bid, ask
    for side, best, step in (("bid", bid, -1), ("ask", ask, 1)):
        samples[f"{side}_level_ticks"] = NO_PRICE
        samples[f"{side}_level_ticks"][:, :levels] = best + step * np.arange(levels)
        samples[f"{side}_sizes"][:, :levels] = 5
        samples[f"{side}_within"] = 50
    return samples


NO_TOPS, NO_PRINTS = empty(Kind.TOP), empty(Kind.PRINT)


def prints(*given: tuple[int, int, str]) -> Rows:
    """PRINT rows of seq, size, aggressor."""
    rows = empty(Kind.PRINT, len(given))
    for row, (seq, size, side) in zip(rows, given, strict=True):
        row["seq"], row["size"], row["aggressor"] = seq, size, ord(side)
    return rows


def test_a_row_stands_at_the_first_tick_of_each_second_and_says_how_long_it_spans() -> None:
    samples = calm(6)
    samples["clock_ns"] = np.array([10.0, 10.5, 11.0, 11.5, 12.25, 72.0]) * S
    rows = Features(3).apply(samples, NO_TOPS, NO_PRINTS)
    assert (rows["clock_ns"] / S).tolist() == [11.0, 12.25, 72.0]
    assert rows["span_s"].tolist() == [1.0, 1.25, 59.75]
    assert rows["seq"].tolist() == [300, 500, 600]
    assert set(rows["instrument"].tolist()) == {3}
    assert not rows.flags.writeable


@pytest.mark.parametrize("trouble", [{"bid_ticks": NO_PRICE}, {"ask_ticks": NO_PRICE}, {"bid_ticks": 103}])
def test_a_book_without_two_sides_has_no_measures_and_no_flow_but_what_was_traded(trouble: dict[str, int]) -> None:
    samples = calm(5)
    for name, value in trouble.items():
        samples[name][2] = value
    rows = Features(0).apply(samples, NO_TOPS, prints((150, 2, "B"), (350, 3, "A")))
    for name in ("spread", "mid", "imbalance", "imbalance_10", "bid_slope", "cross_weighted"):
        assert np.isnan(rows[name]).tolist() == [False, True, False, False], name
    assert np.isnan(rows["ofi"]).tolist() == [False, True, True, False], "a flow needs both ends"
    assert np.isnan(rows["ofi_by_rank"]).all(axis=1).tolist() == [False, True, True, False]
    assert rows["bought"].tolist() == [2.0, 0.0, 0.0, 0.0]
    assert rows["sold"].tolist() == [0.0, 0.0, 3.0, 0.0]


def test_a_source_of_best_quotes_tells_no_depth() -> None:
    samples = calm(4, levels=1)
    samples["bid_within"] = samples["ask_within"] = -1
    rows = Features(0).apply(samples, NO_TOPS, NO_PRINTS)
    assert rows["imbalance"].tolist() == [0.0] * 3
    assert rows["bid_depth"][:, 0].tolist() == [5.0] * 3
    for name in (
        "imbalance_10",
        "bid_slope",
        "bid_net_stack",
        "delta_depth_imbalance",
        "ofi_by_rank",
        "bid_within",
    ):
        assert np.isnan(rows[name]).all(), name


def test_prints_without_an_aggressor_are_on_no_side_and_none_is_not_nothing() -> None:
    rows = Features(0).apply(calm(5), NO_TOPS, prints((150, 2, "N"), (350, 3, "A")))
    assert np.isnan(rows["bought"]).tolist() == [True, True, False, False]
    assert rows["sold"][2:].tolist() == [3.0, 0.0]


def test_buying_moves_the_mid_by_lambda_and_says_how_many_seconds_it_rests_on() -> None:
    n = LEAST_INTERVALS + 12
    samples = calm(n)
    signs = [1 if k % 3 else -1 for k in range(n - 1)]
    steps = np.concatenate([[0], np.cumsum([2 * sign for sign in signs])])
    for name in ("bid_ticks", "ask_ticks"):
        samples[name] += steps
    for name in ("bid_level_ticks", "ask_level_ticks"):
        samples[name] += steps[:, None]
    sold = prints(*((100 * (k + 1) + 50, 8, "B" if sign > 0 else "A") for k, sign in enumerate(signs)))
    rows = Features(0).apply(samples, NO_TOPS, sold)
    assert rows["kyle_n"].tolist() == list(range(1, n))
    assert np.isnan(rows["kyle_lambda"][: LEAST_INTERVALS - 1]).all()
    np.testing.assert_allclose(rows["kyle_lambda"][LEAST_INTERVALS - 1 :], 2 / 8)
    np.testing.assert_allclose(rows["kyle_r2"][LEAST_INTERVALS - 1 :], 1.0)


def test_vpin_is_one_when_everybody_buys_and_unknown_before_fifty_buckets() -> None:
    n = 700
    buys = prints(*((100 * k + 50, 6, "B") for k in range(1, n)))
    rows = Features(0).apply(calm(n), NO_TOPS, buys)
    known = ~np.isnan(rows["vpin"])
    # a minute to learn the size of a bucket, then ten seconds' volume each
    assert int(np.argmax(known)) == 60 + 10 * BUCKETS - 1
    assert rows["vpin"][known].tolist() == [1.0] * int(known.sum())
    both = np.concatenate([prints((100 * k + 50, 3, "B"), (100 * k + 51, 3, "A")) for k in range(1, n)])
    assert Features(0).apply(calm(n), NO_TOPS, both)["vpin"][-1] == 0.0


def test_the_integrated_flow_is_learned_from_earlier_rows_only() -> None:
    n = 200
    rng = random.Random(5)
    samples = calm(n)
    samples["flows"] = np.cumsum([[rng.randrange(-9, 10)] * BOOK_LEVELS for _ in range(n)], axis=0)
    rows = Features(0).apply(samples, NO_TOPS, NO_PRINTS)
    assert np.isnan(rows["ofi_integrated"][:60]).all()
    # ten ranks that always move alike weigh a tenth each
    np.testing.assert_allclose(rows["ofi_integrated"][60:], rows["ofi_by_rank"][60:, 0], atol=1e-6)
    np.testing.assert_allclose(rows["ofi_explained"][60:], 1.0)
    later = samples.copy()
    later["flows"][100:] *= -3
    again = Features(0).apply(later, NO_TOPS, NO_PRINTS)
    assert same_rows(again[:99], rows[:99])


def test_a_suspect_book_is_flagged_not_hidden() -> None:
    samples = calm(3)
    samples["is_suspect"][1:] = 1
    rows = Features(0).apply(samples, NO_TOPS, NO_PRINTS)
    assert rows["is_suspect"].tolist() == [1.0, 1.0]
    assert rows["spread"].tolist() == [2.0, 2.0]


def test_rows_of_another_kind_are_refused() -> None:
    with pytest.raises(EngineError, match="features 4 expect rows"):
        Features(4).apply(calm(1), NO_PRINTS, NO_PRINTS)
    assert {np.dtype(DTYPES[Kind.FEATURES][name].base) for name in FEATURE_NAMES} == {np.dtype(np.float64)}


def test_a_table_of_micro_prices_is_looked_up_at_many_moments() -> None:
    table = np.arange(SPREADS * IMBALANCES, dtype=np.float64).reshape(SPREADS, IMBALANCES)
    table[0, 0] = np.nan
    fit = MicropriceFit(table, 1, 1)
    bids, asks = np.array([0.0, 1, 3, 9, np.nan, 5]), np.array([1.0, 99, 7, 1, 5, 5])
    spreads = np.array([1.0, 1, 2, 9, 1, np.nan])
    found = adjustments(fit, bids, asks, spreads)
    assert np.isnan(found).tolist() == [True, True, False, False, True, True]
    assert found[2] == fit.at(0.3, 2)
    assert found[3] == fit.at(0.9, 9)
