"""The chain's own VIX: which expiries, which strikes, what is said when there is none; real chains."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cockpit.engines.options.listing import StrikeQuotes, listing
from cockpit.engines.options.vix_index import ChainVix, chain_vix, minutes_to, strip, thirty_day_variance
from cockpit.events.dtypes import CALL, PUT, Kind, empty
from cockpit.instants import eastern, parse_instant
from cockpit.units import Rows
from tests.engines.options.snapshots import AS_OF, dated, forward_of, joined, place, recorded, series

STRIKES = [float(strike) for strike in range(5000, 7505, 25)]
WEEKLY = "SPXW"
# from Thursday 2025-08-28: Friday 29 days and Friday 36 days ahead
NEAR = (WEEKLY, "2025-09-26", "2025-09-26T16:00")
NEXT = (WEEKLY, "2025-10-03", "2025-10-03T16:00")


def pair() -> Rows:
    return joined(series(*NEAR, STRIKES, spread=0.02), series(*NEXT, STRIKES, spread=0.02))


def expiries(found: ChainVix) -> list[int]:
    assert found.near is not None
    assert found.next is not None
    return [found.near.expiry_ns, found.next.expiry_ns]


def instants(*texts: str) -> list[int]:
    return [parse_instant(text) for text in texts]


# the pair


def test_a_chain_of_known_volatilities_has_a_vix_near_the_level_at_the_money() -> None:
    found = chain_vix(pair(), AS_OF)
    assert found.note == ""
    assert found.value == pytest.approx(15.2, abs=0.1), "15 at the money, the skew adds to it"
    assert found.near is not None
    assert found.near.forward == pytest.approx(forward_of(parse_instant(NEAR[2]))[1], rel=1e-6)
    assert found.near.k0 == 6500.0
    assert found.near.strikes > 60


def test_near_and_next_are_the_fridays_up_to_30_days_and_beyond() -> None:
    others = [
        series(WEEKLY, "2025-09-19", "2025-09-19T16:00", STRIKES),
        series(WEEKLY, "2025-09-29", "2025-09-29T16:00", STRIKES),
        series(WEEKLY, "2025-10-02", "2025-10-02T16:00", STRIKES),
        series(WEEKLY, "2025-10-10", "2025-10-10T16:00", STRIKES),
    ]
    assert expiries(chain_vix(joined(pair(), *others), AS_OF)) == instants(NEAR[2], NEXT[2])


@pytest.mark.parametrize(
    ("as_of", "near", "next_"),
    [
        ("2025-08-25T10:00", 25, 32),
        ("2025-08-26T10:00", 24, 31),
        ("2025-08-27T10:00", 30, 37),  # a Wednesday: the pair has moved on
        ("2025-08-28T10:00", 29, 36),
        ("2025-08-31T20:00", 26, 33),
        ("2025-09-01T08:45", 25, 32),
    ],
)
def test_there_is_one_friday_in_each_range_on_every_day(as_of: str, near: int, next_: int) -> None:
    days = [f"2025-{month:02d}-{day:02d}" for month, day in ((9, 19), (9, 26), (10, 3), (10, 10))]
    rows = joined(*(series(WEEKLY, day, f"{day}T16:00", STRIKES) for day in days))
    at = parse_instant(as_of)
    today = np.datetime64(as_of[:10])
    found = [
        np.datetime64(expiry // 10**9, "s").astype("datetime64[D]") for expiry in expiries(chain_vix(rows, at))
    ]
    assert [int((day - today).astype(int)) for day in found] == [near, next_]


def test_on_a_third_friday_the_morning_series_counts_and_not_the_weekly() -> None:
    at = parse_instant("2025-08-20T10:00")  # third Friday 2025-09-19 is 30 days ahead
    both = [("SPX", "09:30"), (WEEKLY, "16:00")]
    rows = joined(
        *(series(root, "2025-09-19", f"2025-09-19T{clock}", STRIKES) for root, clock in both),
        series(*NEAR, STRIKES),
    )
    assert expiries(chain_vix(rows, at)) == instants("2025-09-19T09:30", NEAR[2])


def test_the_thursday_stands_in_for_a_holiday_friday() -> None:
    at = parse_instant("2025-03-20T10:00")  # Good Friday 2025-04-18 is 29 days ahead
    rows = joined(
        series("SPX", "2025-04-17", "2025-04-17T09:30", STRIKES, as_of_ns=at),
        series(WEEKLY, "2025-04-25", "2025-04-25T16:00", STRIKES, as_of_ns=at),
    )
    found = chain_vix(rows, at)
    assert found.note == ""
    assert expiries(found) == instants("2025-04-17T09:30", "2025-04-25T16:00")


def test_without_the_pair_the_expiries_around_thirty_days_are_used_and_named() -> None:
    rows = joined(
        series(WEEKLY, "2025-09-05", "2025-09-05T16:00", STRIKES),
        series(WEEKLY, "2025-09-12", "2025-09-12T16:00", STRIKES),
        series(*NEXT, STRIKES),
        series("SPX", "2025-12-19", "2025-12-19T09:30", STRIKES),
    )
    found = chain_vix(rows, AS_OF)
    assert "near not listed" in found.note
    assert expiries(found) == instants("2025-09-12T16:00", NEXT[2])


def test_a_pair_without_bids_is_passed_over() -> None:
    rows = joined(pair(), series(WEEKLY, "2025-09-24", "2025-09-24T16:00", STRIKES))
    rows["bid"][rows["expiry_day"] == rows["expiry_day"][0]] = 0.0
    found = chain_vix(rows, AS_OF)
    assert "near without usable quotes" in found.note
    assert expiries(found) == instants("2025-09-24T16:00", NEXT[2])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (series(*NEAR, STRIKES), "no usable expiry beyond 30 days"),
        (series(*NEXT, STRIKES), "no usable expiry up to 30 days"),
        (series(*NEAR, STRIKES[55:60]), "no usable expiry up to 30 days"),
        (empty(Kind.CHAIN), "at least one contract"),
    ],
)
def test_without_a_usable_expiry_on_each_side_there_is_no_vix(rows: Rows, words: str) -> None:
    found = chain_vix(rows, AS_OF)
    assert found.value is None
    assert words in found.note


def test_options_on_anything_else_are_said_to_be_no_vix() -> None:
    rows = pair()
    rows["root"] = b"SPY"
    assert "SPY" in chain_vix(rows, AS_OF).note


def test_the_minutes_are_those_of_new_yorks_clocks_also_across_a_change() -> None:
    calculated = parse_instant("2014-09-22T10:46")  # 09:46 in Chicago, as in the white paper
    paper = listing(series("SPX", "2014-10-17", "2014-10-17T09:30", STRIKES, as_of_ns=calculated))
    assert minutes_to(paper, calculated).tolist() == [854 + 510 + 34_560]
    autumn = listing(series(WEEKLY, "2025-11-21", "2025-11-21T16:00", STRIKES))
    assert minutes_to(autumn, parse_instant("2025-10-24T16:00:59")).tolist() == [28 * 1440 - 1]


# the strip


def quotes(rows: Rows) -> StrikeQuotes:
    return listing(rows).of_series(0)


def test_a_crossed_quote_is_left_out_without_ending_the_walk() -> None:
    rows = series(*NEAR, STRIKES)
    years = minutes_to(listing(rows), AS_OF)[0] / 525_600
    whole = strip(quotes(rows), years, 0.04)
    row = place(rows, 6200.0, PUT)
    row["bid"], row["ask"] = row["ask"], row["bid"]
    without = strip(quotes(rows), years, 0.04)
    assert whole is not None
    assert without is not None
    assert sorted(set(whole.strikes.tolist()) - set(without.strikes.tolist())) == [6200.0]


def test_a_right_that_is_not_listed_is_no_zero_bid() -> None:
    rows = series(*NEAR, STRIKES)
    keep = ~((rows["right"] == PUT) & np.isin(rows["strike"], [6200.0, 6225.0]))
    found = strip(quotes(dated(rows[keep])), 29 / 365, 0.04)
    assert found is not None
    assert 6175.0 in found.strikes
    assert 6200.0 not in found.strikes


def test_k0_is_the_last_strike_at_or_below_the_forward_with_both_rights() -> None:
    rows = series(*NEAR, STRIKES)
    _, forward = forward_of(parse_instant(NEAR[2]))
    assert 6500 < forward < 6525
    keep = ~((rows["right"] == CALL) & (rows["strike"] == 6500.0))
    found = strip(quotes(dated(rows[keep])), 29 / 365, 0.04)
    assert found is not None
    assert found.k0 == 6475.0


def test_nobody_bids_nothing_comes() -> None:
    rows = series(*NEAR, STRIKES)
    rows["bid"] = 0.0
    assert strip(quotes(rows), 29 / 365, 0.04) is None


def test_one_volatility_for_all_strikes_comes_back_as_itself() -> None:
    fine = [float(strike) for strike in range(3500, 10_005, 5)]
    parts = [series(*term, fine, spread=0.0, volatility=lambda *_: 0.2) for term in (NEAR, NEXT)]
    found = chain_vix(joined(*parts), AS_OF)
    assert found.value == pytest.approx(20.0, abs=0.01)


def test_total_variance_is_linear_between_the_terms() -> None:
    assert thirty_day_variance(0.04, 43_200, 0.09, 50_000) == pytest.approx(0.04)
    assert thirty_day_variance(0.04, 40_000, 0.09, 43_200) == pytest.approx(0.09)
    assert thirty_day_variance(0.04, 40_000, 0.04, 50_000) == pytest.approx(0.04)


# real chains: the table in their manifest

# file, VIX recomputed there, VIX close published, and how far the method may be from each: the manifest takes
# whole days and the weeklies next to 30 days; the method has minutes and Fridays, and is the nearer to what Cboe
# published but where the snapshot is of another hour or day than that close
REALITY = [
    ("cboe_spx_2022-07-12_1155_intraday_no_title_row.csv.gz", 26.22, 27.29, 0.005, 1.08),  # four hours before it
    ("cboe_spx_2023-06-09_1340_intraday.csv.gz", 13.47, 13.83, 0.32, 0.06),
    ("cboe_spx_2023-09-14_1631.csv.gz", 12.73, 12.82, 0.10, 0.01),
    ("cboe_spx_2024-01-07.csv.gz", 13.53, 13.35, 0.25, 0.43),  # Sunday, quotes of Friday
    ("cboe_spx_2025-08-27.csv.gz", 14.70, 14.85, 0.10, 0.10),
    ("cboe_spx_2025-08-28.csv.gz", 14.24, 14.43, 0.21, 0.02),
    ("cboe_spx_2025-08-29.csv.gz", 15.02, 15.36, 0.40, 0.06),
    ("cboe_spx_2025-08-31.csv.gz", 15.61, 15.36, 0.52, 0.77),  # Sunday evening, close of Friday
    ("cboe_spx_2025-09-01.csv.gz", 15.96, 16.12, 0.27, 0.11),  # Labor Day
]


@pytest.mark.parametrize(("name", "manifest", "published", "to_manifest", "to_published"), REALITY)
def test_the_vix_of_real_chains(
    data: Path, name: str, manifest: float, published: float, to_manifest: float, to_published: float
) -> None:
    rows = recorded(data, name)
    found = chain_vix(rows, int(rows["clock_ns"][0]))
    assert found.note == ""
    assert found.value == pytest.approx(manifest, abs=to_manifest)
    assert found.value == pytest.approx(published, abs=to_published)


@pytest.mark.parametrize(("name", "manifest"), [row[:2] for row in REALITY])
def test_the_manifests_rough_recipe_gives_its_numbers_with_this_strip(
    data: Path, name: str, manifest: float
) -> None:
    """Whole days, the weeklies on both sides of thirty days: what is left of the differences is those two."""
    rows = recorded(data, name)
    found = listing(rows)
    at = int(rows["clock_ns"][0])
    days = found.expiry_day - eastern(at).toordinal() + date(1970, 1, 1).toordinal()
    weekly = found.roots == b"SPXW"
    near, next_ = int(days[weekly & (days <= 30)].max()), int(days[weekly & (days > 30)].min())
    variances = []
    for ahead in (near, next_):
        made = strip(found.of_series(int(np.flatnonzero(weekly & (days == ahead))[0])), ahead / 365, 0.04)
        assert made is not None
        variances.append(made.sigma2)
    variance = thirty_day_variance(variances[0], near * 1440, variances[1], next_ * 1440)
    assert 100 * variance**0.5 == pytest.approx(manifest, abs=0.00501)
