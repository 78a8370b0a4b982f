"""Gamma exposure: sums, walls, flips, sign models, buckets, and the field along a path; the scenes' numbers."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.options.chain import Chain, solve_chain
from cockpit.engines.options.gex import BUCKETS, SIGN_MODELS, at_spot, exposure, field_columns
from cockpit.engines.options.levels import flips, ladder, wall
from cockpit.engines.options.signs import money_volatilities, signs
from cockpit.errors import EngineError
from cockpit.instants import parse_instant
from tests.engines.options.snapshots import AS_OF, SPOT, gamma, joined, recorded, series

STRIKES = [float(strike) for strike in range(6000, 7005, 25)]
HOUR_NS = 3_600_000_000_000
TODAY = parse_instant("2025-08-28T16:00")


@pytest.fixture(scope="module")
def chain() -> Chain:
    """Today's, tomorrow's, a month's and a quarter's expiry with uneven open interest."""
    rows = joined(
        series("SPXW", "2025-08-28", "2025-08-28T16:00", STRIKES, spread=0.02),
        series("SPXW", "2025-08-29", "2025-08-29T16:00", STRIKES, spread=0.02),
        series("SPXW", "2025-09-19", "2025-09-19T16:00", STRIKES),
        series("SPXW", "2025-11-28", "2025-11-28T13:00", STRIKES),
    )
    rows["open_interest"] = np.random.default_rng(5).integers(0, 5_000, len(rows))
    return solve_chain(rows, root="SPX")


def slow_total(chain: Chain, spot: float, sign: str = "calls_minus_puts") -> float:
    """The signed total at a spot, contract by contract."""
    total = 0.0
    for at, factor in enumerate(signs(chain, sign).tolist()):
        forward = float(chain.forward[at]) * spot / chain.spot
        each = gamma(
            spot, forward, float(chain.strike[at]), float(chain.years[at]), chain.rate, float(chain.iv[at])
        )
        total += factor * each * float(chain.open_interest[at]) * 100 * spot**2 * 0.01
    return total


# sums


@pytest.mark.parametrize("sign", [model for model in SIGN_MODELS if model != "flow"])
def test_the_total_is_the_sum_of_its_parts_whichever_way_it_is_cut(chain: Chain, sign: str) -> None:
    gex = exposure(chain, sign)
    assert gex.total == pytest.approx(slow_total(chain, SPOT, sign), rel=1e-9)
    assert gex.call + gex.put == pytest.approx(gex.total, rel=1e-12)
    assert gex.calls.sum() == pytest.approx(gex.call)
    assert gex.puts.sum() == pytest.approx(gex.put)
    assert sum(gex.by_bucket.values()) == pytest.approx(gex.total, rel=1e-12)
    assert list(gex.by_bucket) == list(BUCKETS)
    parts = [exposure(chain, sign, bucket) for bucket in BUCKETS]
    assert [part.total for part in parts] == pytest.approx(list(gex.by_bucket.values()), rel=1e-12)
    assert sum(part.ladder_totals for part in parts).tolist() == pytest.approx(gex.ladder_totals.tolist(), rel=1e-9)


def test_every_strike_has_the_sum_over_its_expiries(chain: Chain) -> None:
    gex = exposure(chain)
    assert gex.strikes.tolist() == sorted(set(chain.strike.tolist()))
    unit = chain.gamma * chain.open_interest * SPOT**2
    for strike, call, put in zip(gex.strikes.tolist(), gex.calls.tolist(), gex.puts.tolist(), strict=True):
        there = chain.strike == strike
        assert call == pytest.approx(unit[there & chain.is_call].sum())
        assert put == pytest.approx(-unit[there & ~chain.is_call].sum())


def test_twice_the_open_interest_is_twice_the_exposure_and_the_same_levels(chain: Chain) -> None:
    gex, twice = exposure(chain), exposure(dataclasses.replace(chain, open_interest=2 * chain.open_interest))
    assert twice.total == pytest.approx(2 * gex.total, rel=1e-12)
    assert twice.ladder_totals.tolist() == pytest.approx((2 * gex.ladder_totals).tolist(), rel=1e-12)
    assert twice.flips == pytest.approx(gex.flips, rel=1e-12)
    assert (twice.call_wall, twice.put_wall, twice.abs_strike) == (gex.call_wall, gex.put_wall, gex.abs_strike)


def test_changing_calls_for_puts_turns_the_sign_and_swaps_the_walls(chain: Chain) -> None:
    gex, turned = exposure(chain), exposure(dataclasses.replace(chain, is_call=~chain.is_call))
    assert turned.total == pytest.approx(-gex.total, rel=1e-12)
    assert turned.flips == pytest.approx(gex.flips, rel=1e-12)
    assert (turned.call_wall, turned.put_wall, turned.abs_strike) == (gex.put_wall, gex.call_wall, gex.abs_strike)


def test_the_ladder_is_every_contract_valued_again_and_its_arrays_are_read_only(chain: Chain) -> None:
    gex = exposure(chain)
    assert gex.ladder_spots[0] == 5850.0
    assert gex.ladder_spots[-1] == 7150.0
    for place in (0, 77, 130, 200, -1):
        assert gex.ladder_totals[place] == pytest.approx(
            slow_total(chain, float(gex.ladder_spots[place])), rel=1e-9
        )
    assert gex.ladder_totals[130] == pytest.approx(gex.total, rel=1e-9), "6500 is the spot itself"
    with pytest.raises(ValueError, match="read-only"):
        gex.ladder_totals[0] = 0.0


def test_flips_on_a_ladder_are_where_the_total_is_nearly_nothing(chain: Chain) -> None:
    gex = exposure(chain)
    assert gex.flips
    for flip in gex.flips:
        low, high = slow_total(chain, flip - 5), slow_total(chain, flip + 5)
        assert low * high < 0
        assert abs(slow_total(chain, flip)) < 0.06 * max(abs(low), abs(high))


def test_between_the_ladders_steps_the_total_is_interpolated_and_unknown_outside(chain: Chain) -> None:
    gex = exposure(chain)
    middle = (gex.ladder_totals[10] + gex.ladder_totals[11]) / 2
    assert at_spot(gex, float(gex.ladder_spots[10]) + 2.5) == pytest.approx(middle)
    assert at_spot(gex, float(gex.ladder_spots[0])) == pytest.approx(float(gex.ladder_totals[0]))
    assert at_spot(gex, float(gex.ladder_spots[-1]) + 0.01) is None
    assert at_spot(gex, float(gex.ladder_spots[0]) - 0.01) is None


# levels


def test_ladders_step_five_points_on_spx_and_a_tenth_of_a_percent_elsewhere() -> None:
    assert ladder(6003.2, "SPX")[[0, -1]].tolist() == [5405.0, 6600.0]
    assert set(np.diff(ladder(6003.2, "SPX")).tolist()) == {5.0}
    other = ladder(400.0, "SPY")
    assert len(other) == 201
    assert other[[0, 100, -1]].tolist() == pytest.approx([360.0, 400.0, 440.0])


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ([1.0, 5.0, 2.0, 5.0, 9.0], 95.0),  # 105 is as large and as near, 111 is too far
        ([9.0, 5.0, 2.0, 5.1, 9.0], 105.0),
        ([0.0, 4.0, 4.0, 4.0, 0.0], 100.0),
        ([9.0, 0.0, 0.0, 0.0, 9.0], None),
    ],
)
def test_a_wall_is_the_largest_near_strike_then_the_nearest_then_the_lower(
    sizes: list[float], found: float | None
) -> None:
    assert wall(np.array([89.0, 95.0, 100.0, 105.0, 111.0]), np.array(sizes), 100.0) == found


def test_no_strikes_no_wall() -> None:
    assert wall(np.zeros(0), np.zeros(0), 100.0) is None


@pytest.mark.parametrize(
    ("totals", "found"),
    [
        ([1.0, 2.0, 3.0, 4.0, 5.0], ()),
        ([-3.0, -1.0, 1.0, 2.0, 3.0], (95.0,)),
        ([-1.0, 3.0, 1.0, -1.0, -1.0], (105.0, 82.5)),  # the one nearest 100 first
        ([-1.0, -1.0, 0.0, 1.0, 1.0], (100.0,)),
        ([-1.0, 0.0, 0.0, 0.0, 1.0], (100.0,)),
        ([1.0, 0.0, 1.0, 1.0, 1.0], ()),  # touches nothing but zero
        ([0.0, 0.0, 0.0, 0.0, 0.0], ()),
        ([0.0, 0.0, 1.0, 1.0, 1.0], ()),
    ],
)
def test_flips_are_changes_of_sign(totals: list[float], found: tuple[float, ...]) -> None:
    spots = np.array([80.0, 90.0, 100.0, 110.0, 120.0])
    assert flips(spots, np.array(totals), 100.0) == pytest.approx(found)


# sign models


def test_dealers_short_of_everything_have_no_flip_and_walls_all_the_same(chain: Chain) -> None:
    gex, plain = exposure(chain, "short_all"), exposure(chain)
    assert gex.total == pytest.approx(plain.put - plain.call)
    assert gex.flips == ()
    assert (gex.calls <= 0).all()
    assert (gex.call_wall, gex.put_wall, gex.abs_strike) == (plain.call_wall, plain.put_wall, plain.abs_strike)


def test_the_skew_model_is_short_of_what_is_dear_call_or_put(chain: Chain) -> None:
    factor = signs(chain, "skew_adjusted")
    money = money_volatilities(chain)
    assert factor.tolist() == pytest.approx((-np.tanh((chain.iv - money) / (0.1 * money))).tolist())
    assert (factor[chain.strike < 6400] < 0).all(), "low strikes are dear here"
    assert (factor[chain.strike > 6700] > 0).all()
    nearest = np.abs(chain.strike - chain.forward) < 30
    assert np.abs(factor[nearest]).max() < 0.15
    rows = series("SPXW", "2025-09-19", "2025-09-19T16:00", STRIKES)
    month = solve_chain(rows, root="SPX")
    found = signs(month, "skew_adjusted")
    assert found[month.is_call].tolist() == pytest.approx(found[~month.is_call].tolist(), abs=1e-6)


def test_the_money_is_between_the_strikes_around_the_forward() -> None:
    chain = solve_chain(series("SPXW", "2025-09-19", "2025-09-19T16:00", STRIKES), root="SPX")
    assert money_volatilities(chain) == pytest.approx(0.15, abs=2e-6), "the smile is 0.15 at the forward"


def test_a_contract_without_a_volatility_is_on_neither_side_by_the_skew() -> None:
    rows = series("SPXW", "2025-09-19", "2025-09-19T16:00", STRIKES)
    rows["iv"][4] = np.nan
    chain = solve_chain(rows, root="SPX", greeks="file")
    assert signs(chain, "skew_adjusted")[np.isnan(chain.iv)].tolist() == [0.0]
    assert np.isfinite(exposure(chain, "skew_adjusted").total)


def test_the_flow_model_says_what_it_needs_and_is_never_another_one(chain: Chain) -> None:
    with pytest.raises(EngineError, match="needs signed option prints"):
        exposure(chain, "flow")


def test_unknown_models_and_buckets_are_refused(chain: Chain) -> None:
    with pytest.raises(EngineError, match=r"puts_minus_calls.*calls_minus_puts"):
        exposure(chain, "puts_minus_calls")
    with pytest.raises(EngineError, match=r"weekly.*0dte"):
        exposure(chain, bucket="weekly")
    with pytest.raises(EngineError, match=r"weekly.*0dte"):
        field_columns(chain, np.array([6500.0]), np.array([SPOT]), np.array([AS_OF]), "calls_minus_puts", "weekly")


# buckets and the field


def test_buckets_go_by_days_on_new_yorks_calendar(chain: Chain) -> None:
    unit = np.where(chain.is_call, 1, -1) * chain.gamma * chain.open_interest * SPOT**2
    by_day = {day: unit[chain.expiry_day == day].sum() for day in np.unique(chain.expiry_day).tolist()}
    assert list(exposure(chain).by_bucket.values()) == pytest.approx(list(by_day.values()))


def test_the_field_where_the_chain_was_taken_is_its_profile(chain: Chain) -> None:
    gex = exposure(chain)
    columns = field_columns(chain, gex.strikes, np.array([SPOT]), np.array([AS_OF]))
    assert columns.dtype == np.float32
    assert columns.shape == (1, len(gex.strikes))
    assert columns[0] == pytest.approx(gex.calls + gex.puts, rel=1e-4, abs=1e-6 * np.abs(gex.calls).max())


@pytest.mark.parametrize("sign", ["calls_minus_puts", "skew_adjusted"])
@pytest.mark.parametrize(("spot", "hours"), [(6450.0, 0.5), (6540.0, 4.0), (6500.0, 30.0), (6600.0, 24.0 * 10)])
def test_the_field_is_the_chain_valued_again(chain: Chain, sign: str, spot: float, hours: float) -> None:
    at = AS_OF + round(hours * HOUR_NS)
    strikes = np.unique(chain.strike)
    columns = field_columns(chain, strikes, np.array([spot]), np.array([at]), sign)
    expected = np.zeros(len(strikes))
    factor = signs(chain, sign)
    for place in range(len(chain)):
        years = float(chain.years[place]) - hours / 8760
        if years <= 0:
            continue
        carry = np.log(chain.forward[place] / chain.spot) / chain.years[place]
        forward, strike = spot * float(np.exp(carry * years)), float(chain.strike[place])
        each = gamma(spot, forward, strike, years, chain.rate, float(chain.iv[place]))
        row = int(np.searchsorted(strikes, strike))
        expected[row] += factor[place] * each * chain.open_interest[place] * spot**2
    assert columns[0] == pytest.approx(expected, rel=1e-4, abs=1e-5 * np.abs(expected).max())


def test_what_expires_leaves_the_field_at_its_instant(chain: Chain) -> None:
    at = np.array([TODAY - 60_000_000_000, TODAY])
    columns = field_columns(chain, np.array([6500.0]), np.array([SPOT, SPOT]), at, bucket="0dte")
    assert abs(columns[0, 0]) > 0
    assert columns[1, 0] == 0


def test_tomorrows_expiry_is_0dte_tomorrow(chain: Chain) -> None:
    strikes, noon = np.unique(chain.strike), parse_instant("2025-08-29T12:00")
    spots = np.array([SPOT, SPOT])
    at = np.array([AS_OF, noon])
    whole, days = (field_columns(chain, strikes, spots, at, bucket=bucket) for bucket in ("all", "0dte"))
    tomorrow = dataclasses.replace(
        chain, open_interest=np.where(chain.expiry_day == chain.expiry_day.min() + 1, chain.open_interest, 0.0)
    )
    assert np.array_equal(days[1], field_columns(tomorrow, strikes, spots, at)[1])
    assert not np.array_equal(days[0], days[1])
    parts = sum(field_columns(chain, strikes, spots, at, bucket=bucket) for bucket in BUCKETS)
    assert np.asarray(parts) == pytest.approx(whole, rel=1e-4, abs=1e-5 * float(np.abs(whole).max()))


def test_strikes_that_are_not_asked_for_are_left_out_and_holes_in_the_path_are_zero(chain: Chain) -> None:
    path, at = np.array([SPOT, np.nan, SPOT]), np.full(3, AS_OF)
    columns = field_columns(chain, np.array([6500.0, 6512.5, 6525.0]), path, at)
    gex = exposure(chain)
    net = (gex.calls + gex.puts)[np.isin(gex.strikes, [6500.0, 6525.0])]
    assert columns[0, [0, 2]] == pytest.approx(net, rel=1e-4)
    assert not columns[:, 1].any()
    assert not columns[1].any()
    assert np.array_equal(columns[0], columns[2])
    assert field_columns(chain, np.zeros(0), path, at).shape == (3, 0)


def test_a_path_needs_an_instant_for_each_spot(chain: Chain) -> None:
    with pytest.raises(EngineError, match="2 and 1"):
        field_columns(chain, np.array([6500.0]), np.array([SPOT, SPOT]), np.array([AS_OF]))


# scenes A and C, with the file's own gammas

SCENES = [
    ("cboe_spx_2022-07-12_1155_intraday_no_title_row.csv.gz", 19_378, 47, 50.3, -67.8, 4000.0, 4000.0),
    ("cboe_spx_2025-08-28.csv.gz", 24_050, 53, 217.4, -141.1, 6500.0, 6000.0),
    ("cboe_spx_2023-09-14_1631.csv.gz", 19_920, 53, 194.9, -171.6, 4500.0, 4500.0),
    ("cboe_spx_2024-01-07.csv.gz", 21_038, 55, 111.5, -122.5, 4800.0, 4600.0),
]


@pytest.mark.parametrize(("name", "contracts", "expiries", "call", "put", "call_wall", "put_wall"), SCENES)
def test_the_files_own_gammas_give_the_numbers_of_the_scenes(
    data: Path, name: str, contracts: int, expiries: int, call: float, put: float, call_wall: float, put_wall: float
) -> None:
    chain = solve_chain(recorded(data, name), root="SPX", greeks="file")
    gex = exposure(chain)
    assert (chain.listed, chain.expiries) == (contracts, expiries)
    assert gex.call / 1e9 == pytest.approx(call, rel=1e-3)
    assert gex.put / 1e9 == pytest.approx(put, rel=1e-3)
    assert (gex.call_wall, gex.put_wall) == (call_wall, put_wall)


@pytest.mark.parametrize("name", [scene[0] for scene in SCENES])
def test_own_greeks_give_the_walls_of_the_file_or_one_as_large(data: Path, name: str) -> None:
    """Two strikes of nearly the same size may change places: the file's wall is within 3 % of ours."""
    rows = recorded(data, name)
    own, file = (exposure(solve_chain(rows, root="SPX", greeks=greeks)) for greeks in ("own", "file"))
    for ours, theirs, sizes in (
        (own.call_wall, file.call_wall, np.abs(own.calls)),
        (own.put_wall, file.put_wall, np.abs(own.puts)),
        (own.abs_strike, file.abs_strike, np.abs(own.calls) + np.abs(own.puts)),
    ):
        assert ours is not None
        assert theirs is not None
        at = dict(zip(own.strikes.tolist(), sizes.tolist(), strict=True))
        assert at[theirs] == pytest.approx(at[ours], rel=0.03)
    assert own.flips[0] == pytest.approx(file.flips[0], abs=5.0)


def test_scene_a_has_its_largest_absolute_strike_at_4000(data: Path) -> None:
    rows = recorded(data, SCENES[0][0])
    assert exposure(solve_chain(rows, root="SPX", greeks="file")).abs_strike == 4000.0
    assert exposure(solve_chain(rows, root="SPX")).abs_strike == 4000.0
