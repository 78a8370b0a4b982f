"""The simulated option chain: measured facts, no arbitrage, the same for everybody who asks."""

import json
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.options.chain import solve_chain
from cockpit.engines.options.term_index import term_indices
from cockpit.errors import EngineError
from cockpit.events.dtypes import CALL, Flag
from cockpit.feeds.synthetic import listings
from cockpit.feeds.synthetic.chain import RATE, ChainModel, Spot
from cockpit.feeds.synthetic.surface import total_variances, variance
from cockpit.instants import parse_instant
from tests.feeds.synthetic.chain_facts import ATM, DAY, NOON, SPOT, facts_of_chain, facts_of_moves

SEEDS = (51, 52, 53)
LOG_MONEYNESS = np.concatenate(
    [np.linspace(-1.5, -0.2, 60), np.linspace(-0.2, 0.2, 200), np.linspace(0.2, 0.5, 20)]
)
DAYS = np.array([0.02, 0.3, 1, 2, 5, 9, 20, 30, 60, 93, 180, 365, 730, 1825])


@pytest.fixture(scope="module")
def model() -> ChainModel:
    return ChainModel(51, DAY, SPOT)


def test_every_fact_of_chain_and_vix_lies_in_its_band(vectors: Path) -> None:
    known = json.loads((vectors / "stylised_facts.json").read_text(encoding="utf-8"))
    bands = {fact["id"]: (fact["lo"], fact["hi"], fact["is_input"]) for fact in known["facts"]}
    found = [facts_of_chain(seed) | facts_of_moves(seed) for seed in SEEDS]
    medians = {name: float(np.median([each[name] for each in found])) for name in found[0]}
    outside = {
        name: (value, *bands[name][:2])
        for name, value in medians.items()
        if not bands[name][0] <= value <= bands[name][1]
    }
    assert not outside
    assert sum(not bands[name][2] for name in medians) >= 38


@pytest.mark.parametrize("atm", [0.06, 0.115, 0.3, 0.6])
@pytest.mark.parametrize("shock", [-0.4, 0.0, 0.8])
def test_the_surface_has_neither_butterfly_nor_calendar_arbitrage(atm: float, shock: float) -> None:
    thetas = total_variances(DAYS / 365, atm, shock, 0.01 * np.sin(np.arange(len(DAYS)) * 7.0))
    wings = np.array([[variance(theta, k) for k in LOG_MONEYNESS] for theta in thetas.tolist()])
    assert (np.diff(wings, axis=0) >= 0).all()
    for theta in thetas.tolist():
        k = np.linspace(-12, 7, 160) * theta**0.5
        k = k[(k > -3) & (k < 1)]
        step = 1e-3 * theta**0.5
        w, up, down = (np.array([variance(theta, each + by) for each in k]) for by in (0.0, step, -step))
        slope, bend = (up - down) / (2 * step), (up - 2 * w + down) / step**2
        density = (1 - k * slope / (2 * w)) ** 2 - slope**2 / 4 * (1 / w + 0.25) + bend / 2
        assert (density > 0).all()


def test_put_call_parity_lies_inside_the_quotes(model: ChainModel) -> None:
    rows = model.rows(Spot(NOON, SPOT, ATM))
    call, put = rows[::2], rows[1::2]
    assert (call["strike"] == put["strike"]).all()
    years = model.years(NOON)
    number = model.number[(years > 0)[model.number]]
    left = years[number]
    forward = SPOT * np.exp((RATE - 0.012) * left)
    worth = np.exp(-RATE * left) * (forward - call["strike"])
    assert (call["bid"] - put["ask"] <= worth + 1e-6).all()
    assert (call["ask"] - put["bid"] >= worth - 1e-6).all()
    assert (rows["ask"] > rows["bid"]).all()
    assert (rows["bid"] >= 0).all()


def test_the_vix_hardly_moves_when_only_the_strikes_do() -> None:
    at = Spot(NOON, SPOT, ATM)
    here, shifted = ((model.rows(at), NOON, (30, 93)) for model in _shifted(0.0, 25.0))
    for one, other in zip(term_indices(*here), term_indices(*shifted), strict=True):
        assert one == pytest.approx(other, abs=0.005)


def _shifted(*by: float) -> list[ChainModel]:
    return [ChainModel(52, DAY, SPOT + each) for each in by]


def test_the_engine_finds_the_models_own_volatilities_in_the_quotes(model: ChainModel) -> None:
    rows = model.rows(Spot(NOON, SPOT, ATM))
    solved = solve_chain(rows, root="SPX")
    assert len(solved) > 10_000
    assert set(solved.dropped) <= {"zero_oi", "no_bid", "no_iv"}
    near = (np.abs(np.log(solved.strike / solved.forward)) < 0.03) & solved.is_own_iv & (solved.years > 0.02)
    key = {(row["expiry_day"], row["strike"], row["right"] == CALL, row["root"]): row["iv"] for row in rows}
    own = [
        key.get((day, strike, call, b"SPX" if morning else b"SPXW"))
        for day, strike, call, morning in zip(
            solved.expiry_day[near].tolist(),
            solved.strike[near].tolist(),
            solved.is_call[near].tolist(),
            np.isin(solved.expiry_ns[near], model.series.at_ns[model.series.is_morning]).tolist(),
            strict=True,
        )
    ]
    assert np.median(np.abs(np.array(own) - solved.iv[near])) < 0.001


def test_a_contract_has_the_same_quote_whoever_else_is_asked_for(model: ChainModel) -> None:
    at = Spot(NOON, SPOT * 1.01, ATM, 0.1)
    whole, part = model.rows(at), model.rows(at, np.array([3, 20]))
    days = model.series.day[[3, 20]]
    roots = model.series.roots[[3, 20]]
    same = np.zeros(len(whole), bool)
    for day, root in zip(days, roots, strict=True):
        same |= (whole["expiry_day"] == day) & (whole["root"] == root)
    for name in ("strike", "bid", "ask", "iv", "open_interest", "right"):
        assert np.array_equal(whole[name][same], part[name])
    assert part["flags"][-1] & Flag.LAST
    assert not (part["flags"][:-1] & Flag.LAST).any()


def test_expired_series_are_gone_and_the_morning_ones_go_first(model: ChainModel) -> None:
    after_close = parse_instant("2026-11-30T16:05")
    today = model.rows(Spot(after_close, SPOT, ATM))["expiry_day"] == DAY
    assert not today.any()
    third = int(np.datetime64("2026-12-18", "D").astype(np.int64))
    friday = ChainModel(51, third, SPOT)
    rows = friday.rows(Spot(parse_instant("2026-12-18T10:00"), SPOT, ATM))
    assert set(rows["root"][rows["expiry_day"] == third].tolist()) == {b"SPXW"}


def test_open_interest_changes_a_little_from_day_to_day_and_not_within_one() -> None:
    today, again, tomorrow = (ChainModel(51, DAY + by, SPOT) for by in (0, 0, 1))
    assert np.array_equal(today.put_interest, again.put_interest)

    def held(model: ChainModel) -> dict[tuple[int, float], float]:
        pairs = zip(model.series.day[model.number].tolist(), model.strike.tolist(), strict=True)
        return dict(zip(pairs, model.put_interest.tolist(), strict=True))

    before, after = held(today), held(tomorrow)
    common = [key for key in before.keys() & after.keys() if before[key] > 1000]
    change = np.abs(np.log([max(after[key], 1) / before[key] for key in common]))
    assert 0 < np.median(change) < 0.2


def test_a_listed_friday_without_a_session_expires_the_day_before() -> None:
    good_friday = int(np.datetime64("2026-04-03", "D").astype(np.int64))
    series = listings.expiries(good_friday - 14)
    assert good_friday not in series.day
    assert good_friday - 1 in series.day


def test_other_seeds_hold_other_contracts() -> None:
    one, other = (ChainModel(seed, DAY, SPOT).call_interest for seed in (1, 2))
    assert np.corrcoef(one, other)[0, 1] < 0.9


def test_a_horizon_of_no_day_is_refused(model: ChainModel) -> None:
    with pytest.raises(EngineError, match="1 or more"):
        term_indices(model.rows(Spot(NOON, SPOT, ATM)), NOON, (0,))


def test_a_horizon_beyond_the_chain_has_no_index(model: ChainModel) -> None:
    rows = model.rows(Spot(NOON, SPOT, ATM), np.array([2, 3]))
    assert term_indices(rows, NOON, (9, 30)) == [None, None]
