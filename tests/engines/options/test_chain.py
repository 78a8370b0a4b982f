"""Solving a chain: what counts, what is dropped and why, forwards, volatilities and greeks."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.engines.options.chain import Chain, passes_hygiene, solve_chain
from cockpit.engines.options.exposures import gamma_exposure
from cockpit.engines.options.gex import exposure
from cockpit.engines.options.vix_index import chain_vix
from cockpit.errors import EngineError
from cockpit.events.dtypes import CALL, PUT, Kind, empty
from cockpit.instants import parse_instant
from cockpit.units import NO_TIME, Floats, Rows
from tests.engines.options.snapshots import (
    AS_OF,
    RATE,
    SPOT,
    forward_of,
    gamma,
    joined,
    place,
    price,
    recorded,
    series,
    smile,
)

STRIKES = [float(strike) for strike in range(6300, 6705, 25)]
SPXW = ("SPXW", "2025-09-19", "2025-09-19T16:00")
SPX = ("SPX", "2025-09-19", "2025-09-19T09:30")
TODAY = ("SPXW", "2025-08-28", "2025-08-28T16:00")


def month() -> Rows:
    return series(*SPXW, STRIKES)


def solved(rows: Rows, **options: Any) -> Chain:
    return solve_chain(rows, root="SPX", **options)


# volatilities, forwards, greeks


def test_quotes_made_of_known_volatilities_give_them_and_their_gammas_back() -> None:
    years, forward = forward_of(parse_instant(SPXW[2]))
    chain = solved(month())
    assert len(chain) == chain.listed == 2 * len(STRIKES)
    assert dict(chain.dropped) == {}
    assert chain.warnings == ()
    assert chain.is_own_iv.all()
    assert chain.forward == pytest.approx(forward, rel=1e-12)
    assert chain.years == pytest.approx(years, rel=1e-12)
    expected = [smile(strike, forward) for strike in chain.strike.tolist()]
    assert chain.iv.tolist() == pytest.approx(expected, rel=1e-8)
    gammas = [gamma(SPOT, forward, k, years, RATE, smile(k, forward)) for k in chain.strike.tolist()]
    assert chain.gamma.tolist() == pytest.approx(gammas, rel=1e-7)


def test_gamma_is_the_second_difference_of_the_value_by_the_spot() -> None:
    years, forward = forward_of(parse_instant(SPXW[2]))
    chain = solved(month())
    step = 1.0
    for strike, iv, found, is_call in zip(
        chain.strike.tolist(), chain.iv.tolist(), chain.gamma.tolist(), chain.is_call.tolist(), strict=True
    ):
        low, middle, high = (
            price(forward * (SPOT + move) / SPOT, strike, years, RATE, iv, is_call) for move in (-step, 0.0, step)
        )
        assert found == pytest.approx((high - 2 * middle + low) / step**2, rel=1e-4)


def test_deltas_of_a_call_and_its_put_differ_by_the_discounted_carry() -> None:
    years, forward = forward_of(parse_instant(SPXW[2]))
    chain = solved(month())
    carry = math.exp(-RATE * years) * forward / SPOT
    assert (chain.delta[chain.is_call] - chain.delta[~chain.is_call]).tolist() == pytest.approx(
        [carry] * len(STRIKES), rel=1e-9
    )


def test_contracts_come_sorted_by_expiry_strike_and_right_whatever_the_order_of_the_rows() -> None:
    rows = joined(series(*SPXW, STRIKES), series(*SPX, STRIKES))
    shuffled = rows[np.random.default_rng(3).permutation(len(rows))]
    chain, other = solved(rows), solved(shuffled)
    order = np.lexsort((~chain.is_call, chain.strike, chain.expiry_ns))
    assert order.tolist() == list(range(len(chain)))
    for name in ("strike", "iv", "gamma", "delta", "open_interest", "forward", "years", "is_call", "expiry_ns"):
        assert np.array_equal(getattr(chain, name), getattr(other, name)), name


def test_morning_and_afternoon_series_of_one_day_are_two() -> None:
    chain = solved(joined(series(*SPX, STRIKES), series(*SPXW, STRIKES)))
    assert chain.expiries == 1
    assert np.unique(chain.expiry_ns).tolist() == [parse_instant(SPX[2]), parse_instant(SPXW[2])]
    assert np.unique(chain.years * 365 * 24).tolist() == pytest.approx([22 * 24 - 1.5, 22 * 24 + 5])
    assert len(np.unique(chain.forward)) == 2


def test_arrays_cannot_be_written() -> None:
    chain = solved(month())
    with pytest.raises(ValueError, match="read-only"):
        chain.iv[0] = 1.0


# what is dropped


def broken(**fields: float) -> Rows:
    """A month with one contract out of the money that is spoilt; its own file volatility goes too."""
    rows = month()
    row = place(rows, 6400.0, PUT)
    row["iv"] = np.nan
    for name, value in fields.items():
        row[name] = value
    return rows


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("zero_oi", {"open_interest": 0.0}),
        ("zero_oi", {"open_interest": np.nan}),
        ("no_bid", {"bid": 0.0}),
        ("no_bid", {"bid": np.nan, "ask": np.nan}),
        ("crossed", {"bid": 60.0, "ask": 59.0}),
        ("no_iv", {"bid": 10.0, "ask": 100.0}),
        ("no_iv", {"bid": 7000.0, "ask": 7000.1}),
        ("no_iv", {"bid": 5.0, "ask": 0.0}),
    ],
)
def test_a_spoilt_contract_is_dropped_for_its_reason(reason: str, fields: dict[str, float]) -> None:
    chain = solved(broken(**fields))
    assert dict(chain.dropped) == {reason: 1}
    assert len(chain) == chain.listed - 1
    assert not ((chain.strike == 6400.0) & ~chain.is_call).any()


@pytest.mark.parametrize(
    "fields",
    [{"bid": 0.0}, {"bid": 60.0, "ask": 59.0}, {"bid": 10.0, "ask": 100.0}, {"bid": 7000.0, "ask": 7000.1}],
)
def test_the_files_volatility_saves_a_contract_without_a_good_quote(fields: dict[str, float]) -> None:
    chain = solved(broken(iv=0.2, **fields))
    at = int(np.flatnonzero(~chain.is_own_iv)[0])
    assert dict(chain.dropped) == {}
    assert (~chain.is_own_iv).sum() == 1
    assert (chain.strike[at], bool(chain.is_call[at]), chain.iv[at]) == (6400.0, False, 0.2)


def test_every_dropped_contract_has_one_reason_and_the_first_one_wins() -> None:
    gone = series(*TODAY, STRIKES)
    gone["open_interest"][:4] = 0.0  # also expired, which comes first
    rows = joined(gone, broken(open_interest=0.0, bid=0.0), month()[:2])
    chain = solved(rows, as_of_ns=parse_instant("2025-08-28T16:00"))
    assert dict(chain.dropped) == {"expired": len(gone), "zero_oi": 1, "duplicate": 2}
    assert len(chain) + sum(chain.dropped.values()) == chain.listed == len(rows)


def test_of_a_contract_that_stands_twice_the_first_row_counts() -> None:
    rows = month()
    again = rows[:1].copy()
    again["open_interest"] = 7e6
    chain = solved(joined(rows, again))
    assert dict(chain.dropped) == {"duplicate": 1}
    assert chain.open_interest.max() == 100.0


def test_a_contract_lives_until_its_expiry_instant_and_not_at_it() -> None:
    rows = joined(series(*TODAY, STRIKES), month())
    close = parse_instant("2025-08-28T16:00")
    before, at = solved(rows, as_of_ns=close - 1_000_000_000), solved(rows, as_of_ns=close)
    assert "expired" not in before.dropped
    assert at.dropped["expired"] == 2 * len(STRIKES)


def test_the_files_greeks_keep_what_has_expired_and_what_has_no_quote() -> None:
    rows = joined(series(*TODAY, STRIKES), broken(bid=0.0))
    chain = solved(rows, greeks="file", as_of_ns=parse_instant("2025-08-28T16:25"))
    assert dict(chain.dropped) == {}
    assert len(chain) == len(rows)
    assert np.array_equal(np.sort(chain.gamma), np.sort(rows["gamma"]))
    assert np.isnan(chain.iv).sum() == 1
    assert not chain.is_own_iv.any()


# hygiene


@pytest.mark.parametrize(
    ("bid", "ask", "is_penny", "passes"),
    [
        (10.0, 10.1, False, True),
        (10.0, 16.6, False, True),  # half of the mid of 13.3 is 6.65
        (10.0, 16.7, False, False),
        (0.05, 0.20, False, True),  # three ticks
        (0.05, 0.25, False, False),
        (3.00, 3.30, False, True),
        (0.01, 0.04, True, True),  # three ticks of a cent
        (0.05, 0.20, True, False),
        (1.0, 1.0, False, True),  # locked
        (1.1, 1.0, False, False),
        (0.0, 0.05, False, False),
        (np.nan, 1.0, False, False),
        (1.0, np.nan, False, False),
    ],
)
def test_quote_hygiene(bid: float, ask: float, is_penny: bool, passes: bool) -> None:
    found = passes_hygiene(np.array([bid]), np.array([ask]), np.array([is_penny]))
    assert found.tolist() == [passes]


def test_cents_are_the_ticks_of_spy_and_nickels_those_of_spx() -> None:
    def own(root: str) -> bool:
        rows = series(root, "2025-09-19", "2025-09-19T16:00", STRIKES)
        row = place(rows, 6400.0, PUT)
        row["bid"], row["ask"] = 0.05, 0.20  # three nickels, fifteen cents
        chain = solve_chain(rows, root=root)
        return bool(chain.is_own_iv[(chain.strike == 6400.0) & ~chain.is_call][0])

    assert own("SPXW")
    assert not own("SPY")


# forwards that cannot be had by parity


def at_money(rows: Rows, right: int = PUT) -> Any:
    """The row of the strike where call and put differ least."""
    calls, puts = rows[rows["right"] == CALL], rows[rows["right"] == PUT]
    apart = np.abs(calls["bid"] + calls["ask"] - puts["bid"] - puts["ask"])
    return place(rows, float(calls["strike"][int(np.argmin(apart))]), right)


def test_without_a_bid_at_the_money_the_forward_is_the_median_over_five_strikes() -> None:
    rows = month()
    row = at_money(rows)
    row["bid"], row["ask"] = 0.0, row["ask"] * 2
    _, forward = forward_of(parse_instant(SPXW[2]))
    chain = solved(rows)
    assert chain.forward == pytest.approx(forward, rel=1e-12)
    assert any("median over five strikes" in line and "SPXW 2025-09-19" in line for line in chain.warnings)


def test_without_any_quote_on_both_sides_the_forward_has_the_yield_of_its_neighbours() -> None:
    silent = series(*SPXW, STRIKES)
    silent["bid"][silent["right"] == PUT] = 0.0
    near = series("SPXW", "2025-09-12", "2025-09-12T16:00", STRIKES)
    far = series("SPXW", "2025-10-31", "2025-10-31T16:00", STRIKES)
    _, forward = forward_of(parse_instant(SPXW[2]))
    chain = solved(joined(near, silent, far))
    inside = chain.expiry_ns == parse_instant(SPXW[2])
    assert chain.forward[inside] == pytest.approx(forward, rel=1e-9)
    assert any("yield of the other expiries" in line and "1 of 3 series" in line for line in chain.warnings)


def test_quotes_that_imply_no_forward_that_can_be_are_as_good_as_none() -> None:
    rows = month()
    puts = rows["right"] == PUT
    rows["bid"][puts], rows["ask"][puts] = 7000.0, 7000.1
    chain = solved(rows)
    assert (chain.forward > SPOT / 2).all()
    assert any("spot without any yield" in line for line in chain.warnings)


def test_far_expiries_find_their_money_where_the_spot_has_grown_to() -> None:
    expires = "2030-12-20T16:00"
    strikes = [float(strike) for strike in range(4000, 9050, 50)]
    chain = solved(series("SPXW", "2030-12-20", expires, strikes))
    _, forward = forward_of(parse_instant(expires))
    assert forward > 1.15 * SPOT
    assert chain.forward == pytest.approx(forward, rel=1e-9)


def test_without_any_forward_at_all_the_spot_grows_by_the_rate_and_a_warning_says_so() -> None:
    rows = month()
    rows["bid"] = 0.0
    chain = solved(rows)
    years, _ = forward_of(parse_instant(SPXW[2]))
    assert chain.forward == pytest.approx(SPOT * math.exp(RATE * years), rel=1e-12)
    assert any("spot without any yield" in line for line in chain.warnings)


def test_a_spot_that_the_next_options_do_not_believe_is_named() -> None:
    rows = series("SPXW", "2025-08-29", "2025-08-29T16:00", STRIKES)
    assert solved(rows).warnings == ()
    assert any("away from the spot 6400" in line for line in solved(rows, spot=6400.0).warnings)


# bad use


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        (empty(Kind.CHAIN), {}, "at least one contract"),
        (month(), {"spot": -1.0}, "spot -1"),
        (month(), {"spot": math.inf}, "spot inf"),
        (month(), {"rate": math.nan}, "rate nan"),
        (month(), {"greeks": "theirs"}, "theirs"),
        (month(), {"as_of_ns": parse_instant("2026-01-02")}, "no contract of the SPX chain counts"),
    ],
)
def test_what_cannot_be_solved_is_an_error_that_names_it(rows: Rows, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        solved(rows, **options)


def test_a_chain_without_spot_or_time_names_what_is_missing_and_takes_it_from_the_caller() -> None:
    rows = month()
    rows["spot"], rows["clock_ns"] = np.nan, NO_TIME
    with pytest.raises(EngineError, match="no time"):
        solved(rows)
    with pytest.raises(EngineError, match="no spot of SPX"):
        solved(rows, as_of_ns=AS_OF)
    assert solved(rows, as_of_ns=AS_OF, spot=SPOT).gamma.tolist() == solved(month()).gamma.tolist()


@pytest.mark.parametrize("strike", [0.0, -5.0, math.nan, math.inf, 2e9])
def test_a_strike_no_option_can_have_is_refused(strike: float) -> None:
    rows = month()
    rows["strike"][3] = strike
    with pytest.raises(EngineError, match="strike"):
        solved(rows)


ODD = [math.nan, math.inf, -math.inf, 0.0, -1.0, 1e-300, 1e300, 0.05, 7000.0]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_quotes_say_the_answer_is_all_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = joined(series(*TODAY, STRIKES), series(*SPX, STRIKES), month())
    for name in ("bid", "ask", "iv", "gamma", "delta", "open_interest"):
        hit = rng.random(len(rows)) < rng.choice([0.05, 0.5, 1.0])
        rows[name][hit] = rng.choice(ODD, int(hit.sum()))
    for greeks in ("own", "file"):
        chain = solved(rows, greeks=greeks)
        assert len(chain) + sum(chain.dropped.values()) == len(rows)
        gex = exposure(chain)
        numbers = [gex.total, gex.call, gex.put, *gex.flips, *gex.by_bucket.values()]
        assert np.isfinite(numbers).all()
        for array in (chain.gamma, chain.forward, gex.ladder_totals, gex.calls, gex.puts):
            assert np.isfinite(array).all()
    vix = chain_vix(rows, AS_OF)  # and never an error
    assert vix.value is None or math.isfinite(vix.value)


# real chains: own greeks beside the file's

FILES = (
    "cboe_spx_2022-07-12_1155_intraday_no_title_row.csv.gz",
    "cboe_spx_2023-06-09_1340_intraday.csv.gz",
    "cboe_spx_2023-09-14_1631.csv.gz",
    "cboe_spx_2024-01-07.csv.gz",
    "cboe_spx_2025-08-27.csv.gz",
    "cboe_spx_2025-08-28.csv.gz",
    "cboe_spx_2025-08-29.csv.gz",
    "cboe_spx_2025-08-31.csv.gz",
    "cboe_spx_2025-09-01.csv.gz",
)
HALF_DIGIT = 0.5e-4  # files print gamma to four decimals
TOLERANCE = 0.015  # what was found is 1.33 % at most; asked for are 3 %


def sizes(chain: Chain) -> Floats:
    return gamma_exposure(chain.gamma, np.ones(len(chain)), chain.open_interest, chain.spot)


def keys(chain: Chain) -> list[tuple[int, float, bool]]:
    columns = (chain.expiry_ns, chain.strike, chain.is_call)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("name", FILES)
def test_own_greeks_of_a_real_chain_are_the_files_but_for_its_rounding(data: Path, name: str) -> None:
    """Why they differ, by reason, as shares of the file's sum over contracts that have not expired.

    ``rounding``: contracts whose gammas differ by no more than half the file's last digit; far strikes and far
    expiries, where the file says 0 or 0.0001. ``unsolved``: contracts of the file's sum that have no volatility.
    ``volatility``: the rest, where the file's model has another volatility or forward than the mid at parity.
    """
    rows = recorded(data, name)
    own, file = solved(rows), solved(rows, greeks="file")
    at = {key: place for place, key in enumerate(keys(file))}
    pairs = np.array([at[key] for key in keys(own)])
    ours, theirs = sizes(own), sizes(file)[pairs]
    rounded = np.abs(own.gamma - file.gamma[pairs]) <= HALF_DIGIT * 1.001
    for right in (own.is_call, ~own.is_call):
        whole = sizes(file)[(file.years > 0) & (file.is_call == own.is_call[right][0])].sum()
        apart = (ours - theirs)[right]
        share = {
            "rounding": apart[rounded[right]].sum() / whole,
            "volatility": apart[~rounded[right]].sum() / whole,
            "unsolved": (theirs[right].sum() - whole) / whole,
        }
        assert ours[right].sum() / whole - 1 == pytest.approx(sum(share.values()), abs=1e-12)
        assert abs(ours[right].sum() / whole - 1) <= TOLERANCE, share
        assert abs(share["rounding"]) <= 0.0135, share
        assert abs(share["volatility"]) <= 0.01, share
        assert -0.007 <= share["unsolved"] <= 1e-12, share
        assert rounded[right].mean() > 0.79, "most gammas are the file's to its last digit"


@pytest.mark.parametrize("name", FILES)
def test_every_contract_of_a_real_chain_counts_or_has_a_reason(data: Path, name: str) -> None:
    rows = recorded(data, name)
    own, file = (solved(rows, greeks=greeks) for greeks in ("own", "file"))
    for chain in (own, file):
        assert chain.listed == len(rows)
        assert len(chain) + sum(chain.dropped.values()) == len(rows)
        assert set(chain.dropped) <= {"expired", "zero_oi", "no_bid", "no_iv"}
        assert (chain.open_interest > 0).all()
        assert (np.diff(chain.expiry_ns) >= 0).all()
    assert own.dropped.get("no_iv", 0) + own.dropped.get("no_bid", 0) < 0.03 * len(rows)


def test_a_chain_that_hardly_anybody_bids_for_is_solved_with_the_files_volatilities(data: Path) -> None:
    chain = solved(recorded(data, "cboe_spx_2022-12-12.csv.gz"))
    assert chain.is_own_iv.mean() < 0.1
    assert any("forward of" in line for line in chain.warnings)
    assert len(chain) > 12_000
