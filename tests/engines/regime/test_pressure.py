"""The pressure engine: its rules one by one, and whole rivers against the oracle."""

import math
import random
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.regime import pressure_kernels as kernels
from cockpit.engines.regime.pressure import Pressure, PressureInputs, pressure_of, verdict_of, weighted_size
from cockpit.engines.regime.pressure_layout import N_INPUTS, NEAR_ROOM, PARTS, WEIGHTS
from cockpit.errors import EngineError
from cockpit.events.dtypes import DTYPES, Kind
from cockpit.units import NO_PRICE, Floats, Rows
from tests.engines.regime.oracle import OraclePressure
from tests.engines.regime.rivers import (
    NO_PRINTS,
    NO_TOPS,
    River,
    S,
    calm,
    evening,
    flows,
    mirrored,
    pieces,
    program,
    trades,
)
from tests.feeds.rows import same_rows

NUMBERS = ("value", "raw", *PARTS)


def unknown(samples: Rows) -> Floats:
    return np.full(len(samples), np.nan)


def fed(engine: Pressure, river: River) -> Rows:
    return engine.apply(*river)


def run(samples: Rows, tops: Rows = NO_TOPS, prints: Rows = NO_PRINTS, ratios: Floats | None = None) -> Rows:
    return Pressure(7).apply(samples, tops, prints, unknown(samples) if ratios is None else ratios)


def assert_like(rows: Rows, oracle: list[dict[str, float]]) -> None:
    for name in NUMBERS:
        np.testing.assert_allclose(
            rows[name], [each[name] for each in oracle], rtol=1e-10, atol=1e-12, err_msg=name
        )


# --- the rules, one by one


def test_every_input_has_its_place_and_the_weights_add_up() -> None:
    assert len(PressureInputs.__slots__) == N_INPUTS
    assert sum(WEIGHTS) == pytest.approx(1.0)
    assert DTYPES[Kind.PRESSURE].names[-5:] == PARTS


def test_a_row_bears_the_tick_and_lies_between_minus_one_and_one() -> None:
    samples = calm(3, bid_sizes=30)
    rows = run(samples, prints=trades((50, 5, "B")))
    assert rows["seq"].tolist() == samples["seq"].tolist()
    for name in ("clock_ns", "event_ns", "recv_ns"):
        assert rows[name].tolist() == samples["clock_ns"].tolist()
    assert set(rows["instrument"].tolist()) == {7}
    np.testing.assert_allclose(rows["imbalance"], 0.5)
    assert np.isnan(rows["raw"]).all()  # one component is not enough
    assert not rows.flags.writeable


def test_near_levels_weigh_more() -> None:
    near, far = calm(1), calm(1)
    near["bid_sizes"][0, 0] += 10
    far["bid_sizes"][0, 9] += 10
    total = sum(math.exp(-0.5 * i) for i in range(10)) * 20
    assert run(near)["imbalance"][0] == pytest.approx(10 / (total + 10))
    assert run(far)["imbalance"][0] == pytest.approx(10 * math.exp(-4.5) / (total + 10 * math.exp(-4.5)))


@pytest.mark.parametrize(
    "trouble",
    [{"bid_ticks": NO_PRICE}, {"ask_ticks": NO_PRICE}, {"bid_ticks": 101}, {"bid_ticks": 105}, {"is_suspect": 1}],
)
def test_a_book_in_trouble_leaves_what_needs_it_unknown_and_its_flows_ten_seconds_longer(
    trouble: dict[str, int],
) -> None:
    samples = calm(120)
    samples["bid_stacked"] = 3 * np.arange(120)
    for name, value in trouble.items():
        samples[name][80] = value
    seqs = [100 * i + 50 for i in range(120)]
    rows = run(samples, flows(seqs, [1.0] * 120), trades(*((seq, 2, "B") for seq in seqs)))
    unknown_at = {name: np.flatnonzero(np.isnan(rows[name][60:])).tolist() for name in PARTS[:4]}
    assert unknown_at["imbalance"] == [20]
    assert unknown_at["order_flow"] == unknown_at["pull_stack"] == list(range(20, 31))
    assert unknown_at["aggression"] == []
    assert np.isnan(rows["raw"][80])
    assert rows["value"][81] == rows["raw"][81]  # the average begins anew


def test_a_flow_is_measured_in_medians_of_its_usual_size() -> None:
    seqs = [100 * i + 50 for i in range(200)]
    rows = run(calm(200), flows(seqs, [2.0] * 150 + [-6.0] * 50))
    assert np.isnan(rows["order_flow"][: 10 + 29]).all()  # ten seconds, then thirty flows of ten seconds
    np.testing.assert_allclose(rows["order_flow"][39:150], math.tanh(20 / (1.5 * 20)))
    assert rows["order_flow"][199] == pytest.approx(math.tanh(-60 / (1.5 * 20)))


def test_a_flow_that_is_usually_nothing_is_unknown() -> None:
    samples = calm(100)
    rows = run(samples, flows([9_550], [5.0]))
    assert np.isnan(rows["order_flow"]).all()
    assert np.isnan(rows["pull_stack"]).all()


def test_stacking_needs_a_book_of_more_than_one_level_since_ten_seconds() -> None:
    samples = calm(120)
    samples["bid_stacked"] = np.arange(120) * 4
    samples["ask_stacked"] = np.arange(120)
    rows = run(samples)
    np.testing.assert_allclose(rows["pull_stack"][39:], math.tanh(30 / 45))
    flat = samples.copy()
    flat["bid_sizes"][:50, 1:] = flat["ask_sizes"][:50, 1:] = 0
    rows = run(flat)
    assert np.isnan(rows["pull_stack"][: 50 + 10 + 29]).all()
    np.testing.assert_allclose(rows["pull_stack"][89:], math.tanh(30 / 45))
    flat["bid_sizes"][:, 1:] = flat["ask_sizes"][:, 1:] = 0
    assert np.isnan(run(flat)["pull_stack"]).all()


def test_aggression_shrinks_with_few_trades_and_needs_an_aggressor() -> None:
    prints = trades((1_050, 30, "B"), (1_051, 10, "A"), (1_052, 500, "N"))
    rows = run(calm(40), prints=prints)
    assert np.isnan(rows["aggression"][:10]).all()
    np.testing.assert_allclose(rows["aggression"][10:20], 20 / 40 * 2 / 12)
    assert np.isnan(rows["aggression"][20:]).all()


def test_what_happened_just_before_the_window_is_out_and_just_after_the_tick_too() -> None:
    rows = run(calm(30), prints=trades((1_099, 8, "B"), (1_101, 8, "A")))
    # the tick of seq 1100 ends the first window with the buy and begins the first without it
    assert rows["aggression"][10] == pytest.approx(1 / 11)
    assert rows["aggression"][19] == 0.0
    assert rows["aggression"][20] == pytest.approx(-1 / 11)


def test_in_a_silence_windows_go_by_the_clock() -> None:
    samples = calm(60)
    samples["clock_ns"][30:] = samples["clock_ns"][29] + 60 * S * np.arange(1, 31)
    prints = trades((2_950, 4, "B"), (3_550, 4, "B"))
    rows = run(samples, prints=prints)
    assert rows["aggression"][29] == pytest.approx(1 / 11)
    assert np.isnan(rows["aggression"][30:35]).all()  # a minute later the trade is no longer in the window
    assert rows["aggression"][35] == pytest.approx(1 / 11)
    samples["clock_ns"][30:] += 3_600 * S  # nobody watched for an hour
    assert np.isnan(run(samples, prints=trades((2_950, 4, "B"), (3_050, 4, "B")))["aggression"][30])


def test_stiffness_leans_against_the_move_when_dealers_are_long_gamma() -> None:
    samples = calm(1_000)
    samples["bid_ticks"] += np.arange(1_000) // 100
    samples["ask_ticks"] += np.arange(1_000) // 100
    for ratio, expected in ((0.5, -0.5), (3.0, -1.0), (-0.2, 0.2)):
        rows = run(samples, ratios=np.full(1_000, ratio))
        assert np.isnan(rows["gex_stiffness"][: 300 + 600]).all()  # five minutes, then ten minutes of moves
        np.testing.assert_allclose(rows["gex_stiffness"][900:], expected * math.tanh(1.0))
    assert np.isnan(run(samples)["gex_stiffness"]).all()
    still = run(calm(1_000), ratios=np.full(1_000, 0.5))
    assert np.isnan(still["gex_stiffness"]).all()  # no move is usual


def test_the_value_is_half_way_after_two_seconds() -> None:
    samples = calm(200)
    prints = trades(*((100 * i + 50, 5, "B") for i in range(200)))
    samples["bid_sizes"][100:] = 30
    rows = run(samples, prints=prints)
    low, high = rows["raw"][99], rows["raw"][100]
    assert rows["value"][99] == pytest.approx(low)
    assert rows["value"][101] == pytest.approx((low + high) / 2)
    assert rows["value"][103] == pytest.approx(high - (high - low) / 4)


def test_unknown_components_give_their_weight_to_the_others() -> None:
    read = pressure_of(PressureInputs(bid_weighted=3.0, ask_weighted=1.0, trades=10, bought=10.0, sold=0.0))
    assert read.components[:4:3] == (0.5, 0.5)
    assert read.weights == pytest.approx((2 / 3, 0, 0, 1 / 3, 0))
    assert read.raw == pytest.approx(0.5)
    assert read.verdict == "buyers, strong"
    alone = pressure_of(PressureInputs(bid_weighted=3.0, ask_weighted=1.0))
    assert alone.verdict == "unknown"
    assert math.isnan(alone.raw)
    assert set(alone.weights) == {0.0}
    assert all(math.isnan(share) for share in alone.shares)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "balanced"),
        (-0.1499, "balanced"),
        (0.15, "buyers, moderate"),
        (-0.3999, "sellers, moderate"),
        (-0.40, "sellers, strong"),
        (math.nan, "unknown"),
    ],
)
def test_a_verdict_names_the_side_and_how_much(value: float, words: str) -> None:
    assert verdict_of(value) == words


def test_sizes_of_more_than_ten_levels_are_refused_and_of_none_unknown() -> None:
    assert math.isnan(weighted_size(np.zeros(0)))
    with pytest.raises(EngineError, match="10 levels a side, received 11"):
        weighted_size(np.ones(11))


def test_rows_of_another_kind_or_number_are_refused_before_anything_changes() -> None:
    engine, samples = Pressure(3), calm(5)
    with pytest.raises(EngineError, match="one gamma ratio per sample: 4 for 5"):
        engine.apply(samples, NO_TOPS, NO_PRINTS, np.zeros(4))
    with pytest.raises(EngineError, match="pressure 3 expects rows of"):
        engine.apply(samples, NO_PRINTS, NO_TOPS, np.zeros(5))
    assert engine.last is None


def test_the_last_tick_tells_all_that_went_in() -> None:
    engine, samples = Pressure(0), calm(400)
    assert engine.last is None
    samples["bid_stacked"] = 2 * np.arange(400)
    samples["bid_ticks"][:50] -= 3
    samples["bid_sizes"][200] = 50
    seqs = [100 * i + 50 for i in range(400)]
    rows = engine.apply(samples, flows(seqs, [3.0] * 400), trades(*((s, 2, "A") for s in seqs)), np.full(400, 0.25))
    read = engine.last
    assert read is not None
    fade = sum(math.exp(-0.5 * i) for i in range(10))
    expected = (10 * fade, 10 * fade, 30, 30, 20, 20, 10, 0, 20, 0.25, 0, math.nan)
    found = [getattr(read.inputs, name) for name in PressureInputs.__slots__]
    assert found == pytest.approx(expected, nan_ok=True)
    assert read.clock_ns == samples["clock_ns"][-1]
    assert (read.value, read.reading.raw) == (rows["value"][-1], rows["raw"][-1])
    assert read.reading.components == pytest.approx([rows[name][-1] for name in PARTS], nan_ok=True)
    assert read.verdict == verdict_of(read.value)
    recent = rows["value"][-300:]
    assert (read.low, read.high) == (np.nanmin(recent), np.nanmax(recent))


def test_a_range_of_nothing_known_is_unknown() -> None:
    engine = Pressure(0)
    engine.apply(calm(2), NO_TOPS, NO_PRINTS, np.full(2, np.nan))
    read = engine.last
    assert read is not None
    assert math.isnan(read.low + read.high)


# --- rivers


@pytest.mark.parametrize("seed", range(6))
def test_pressure_equals_the_oracle_over_random_rivers(seed: int) -> None:
    river = program(seed)
    engine = Pressure(0)
    rows = fed(engine, river)
    assert_like(rows, OraclePressure().apply(*river))
    engine.check()


def test_pressure_of_the_christmas_evening_equals_the_oracle(data: Path) -> None:
    river = evening(data)
    rows = fed(Pressure(0), river)
    assert_like(rows, OraclePressure().apply(*river))
    known = {name: int(np.isfinite(rows[name]).sum()) for name in NUMBERS}
    assert all(count > 1_000 for count in known.values()), known


@pytest.mark.parametrize("seed", range(4))
def test_how_a_river_is_cut_changes_no_byte(seed: int, data: Path) -> None:
    river = program(20 + seed) if seed else evening(data)
    whole, engine = fed(Pressure(0), river), Pressure(0)
    last = int(river[0]["seq"][-1])
    cuts = sorted(random.Random(seed).choices(range(last + 200), k=400))
    parts = []
    for piece in pieces(river, cuts):
        parts.append(fed(engine, piece))
        engine.check()
    assert same_rows(np.concatenate(parts), whole)


@pytest.mark.parametrize("seed", range(3))
def test_mirroring_the_market_flips_every_sign(seed: int) -> None:
    river = program(40 + seed)
    rows, flipped = fed(Pressure(0), river), fed(Pressure(0), mirrored(river))
    for name in NUMBERS:
        np.testing.assert_array_equal(rows[name], -flipped[name], err_msg=name)


@pytest.mark.parametrize("cut", [1, 5, 100, 299, 301, 1_500, 4_000])
def test_a_thawed_engine_goes_on_as_the_frozen_one_would_have(cut: int) -> None:
    first, second = pieces(program(3), [100 * cut])
    straight, other = Pressure(0), Pressure(0)
    fed(straight, first)
    frozen = straight.freeze()
    fed(other, program(9, 700))
    other.thaw(frozen)
    other.check()
    assert repr(other.last) == repr(straight.last)  # NaN equals nothing
    expected = fed(straight, second)
    assert same_rows(fed(other, second), expected)
    other.thaw(frozen)  # the frozen state did not move with the engine
    assert same_rows(fed(other, second), expected)


def test_a_frozen_engine_holds_what_counts_and_no_more() -> None:
    engine = Pressure(0)
    fed(engine, program(1))
    assert engine.freeze().nbytes < 120_000
    engine.reset()
    assert engine.freeze().nbytes < 1_000


def test_a_reset_engine_equals_a_new_one() -> None:
    engine = Pressure(0)
    fed(engine, program(5, 900))
    engine.reset()
    assert engine.last is None
    assert same_rows(fed(engine, program(6, 900)), fed(Pressure(0), program(6, 900)))


def test_ticks_faster_than_there_is_room_for_shorten_the_past_and_break_nothing() -> None:
    n = 4 * NEAR_ROOM
    samples = calm(n, S // 20)
    samples["bid_stacked"] = 5 * np.arange(n)
    engine = Pressure(0)
    for part in np.split(samples, range(100, n, 100)):
        rows = engine.apply(
            part, flows([int(s) - 1 for s in part["seq"]], [1.0] * len(part)), NO_PRINTS, unknown(part)
        )
        engine.check()
    np.testing.assert_allclose(rows["order_flow"], math.tanh(1 / 1.5))
    np.testing.assert_allclose(rows["pull_stack"], math.tanh(1 / 1.5))
    other = Pressure(0)
    other.thaw(engine.freeze())
    other.check()


def test_check_tells_what_does_not_add_up() -> None:
    for field, value, message in (
        ("flows", 3, "flows of pressure 0"),
        ("squares", 1e6, "squared moves of pressure 0"),
    ):
        engine = Pressure(0)
        fed(engine, program(2, 700))
        engine._memory.sums[field] = value
        with pytest.raises(EngineError, match=message):
            engine.check()


def test_warming_up_compiles_all_that_the_engine_needs() -> None:
    kernels.warm()
    every = (kernels.apply_samples, kernels.components, kernels.combine)
    before = [len(each.signatures) for each in every]
    engine, river = Pressure(0), program(8, 50)
    fed(engine, river)
    engine.apply(river[0][::-3], river[1][::2], river[2], river[3][::-3])
    assert engine.last is not None
    assert [len(each.signatures) for each in every] == before
