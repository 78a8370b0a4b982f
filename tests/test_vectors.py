"""Published numbers the engines have to reproduce; the folder is ``COCKPIT_VECTORS``.

Other folders of the same form may be run; a file or section that is missing there skips by its name. Every file
and section must be known here as covered or as not covered yet: an unknown one fails by its name, and what is not
covered yet is listed at the end of every run. Those of the options field are in ``test_vectors_options``,
``test_vectors_chain`` and ``test_vectors_regime``.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np

from cockpit.calendars import is_weekly_closed, weekly_calendar, weekly_trade_dates
from cockpit.engines.bars.anchors import bar_bounds
from cockpit.engines.bars.intervals import Interval
from cockpit.engines.book import metrics
from cockpit.engines.book.ofi import average_depth, best_level_ofi, delta_depth_imbalance, multi_level_ofi
from cockpit.instants import eastern, iso_utc, parse_instant
from cockpit.instruments import Instrument, contract_table, from_table, future_code, split_future
from cockpit.units import NANO, NO_PRICE
from tests.published import close, section, table

ALL: Final = frozenset({"*"})  # a file without sections
COVERED: Final[dict[str, frozenset[str]]] = {
    "contracts.csv": ALL,
    "futures.json": frozenset({"price_format", "sessions", "symbol_codes"}),
    "gex.json": ALL,
    "greeks.csv": ALL,
    "haug_published.csv": ALL,
    "implied_vol.csv": ALL,
    "microstructure.json": frozenset(
        {
            "book",
            "ofi_level1",
            "mlofi",
            "integrated_ofi",
            "stoikov_microprice",
            "walk",
            "classification",
            "spreads",
            "vpin",
            "bvc",
            "kyle_lambda",
            "hawkes",
        }
    ),
    "parity_forward.json": ALL,
    "pressure.json": ALL,
    "stylised_facts.json": ALL,  # tests/feeds/synthetic
    "tte.json": ALL,
    "vix_expected.json": ALL,
    "vix_strip_unit.json": ALL,
    "vix_whitepaper_near.csv": ALL,
    "vix_whitepaper_next.csv": ALL,
    "vol_cone.json": frozenset({"expected_move", "cone_lognormal"}),
}
NOT_YET: Final[dict[str, frozenset[str]]] = {
    "flow.json": ALL,
    "futures.json": frozenset(
        {"splice", "ranks", "slippage", "position_pnl", "risk_sizing", "alert_rising_edge", "chip_color"}
    ),
    "garch_dem2gbp.csv": ALL,
    "garch_expected.json": ALL,
    "gex_seed_grid.json": ALL,
    "microstructure.json": frozenset({"liquidity_wall"}),
    "physics.json": ALL,
    "published_evidence.json": ALL,
    "scoring.json": ALL,
    "splice_gap.json": ALL,
    "vol_cone.json": frozenset(
        {
            "cornish_fisher",
            "smile_quantiles",
            "atm_straddle",
            "ohlc_vol",
            "ewma",
            "garch_forecast",
            "har",
            "kupiec",
            "christoffersen",
            "crps_normal",
            "crps_ensemble",
            "pinball",
            "interval_score",
            "pit",
            "split_conformal",
            "aci",
        }
    ),
}


# what there is


def sections_of(place: Path) -> frozenset[str]:
    """Sections of a file that is known by sections, else the whole."""
    if (COVERED.get(place.name, ALL) | NOT_YET.get(place.name, ALL)) == ALL:
        return ALL
    return frozenset(json.loads(place.read_text(encoding="utf-8")))


def test_every_vector_file_is_covered_or_named_as_not_covered_yet(vectors: Path, record_property: Any) -> None:
    unknown: list[str] = []
    waiting: list[str] = []
    for place in sorted(each for each in vectors.iterdir() if each.suffix in (".json", ".csv")):
        found = sections_of(place)
        covered, not_yet = COVERED.get(place.name, frozenset()), NOT_YET.get(place.name, frozenset())
        unknown += [f"{place.name} {name}" for name in sorted(found - covered - not_yet)]
        left = sorted(found & not_yet)
        waiting += [place.name if not_yet == ALL else f"{place.name} ({', '.join(left)})"] if left else []
    record_property("vectors not covered yet", "; ".join(waiting))
    assert not unknown, f"vectors nobody has decided about: {', '.join(unknown)}"
    assert all(not (COVERED[name] & NOT_YET.get(name, frozenset())) for name in COVERED)


# contracts.csv


def display_of(words: str) -> str:
    """The table's name of a display the vector tells in words."""
    parts = {"half": "32nds_half", "quarters": "32nds_quarter", "eighths": "32nds_eighth"}
    named = [display for word, display in parts.items() if word in words]
    return named[0] if named else words.partition(":")[0]


def test_the_contract_table_has_the_ticks_and_values_of_the_vector(vectors: Path) -> None:
    for row in table(vectors, "contracts.csv"):
        root = row["symbol"]
        found = from_table(f"{root}.GLBX", root)
        assert found is not None, root
        assert found.tick_nano == Decimal(row["tick_size"]) * NANO, root
        assert found.point_value_usd == float(row["point_value_usd"]), root
        assert found.tick * found.point_value_usd == close(float(row["tick_value_usd"])), root
        assert found.name == row["name"], root
        assert found.decimals == int(row["price_decimals"]), root
        assert found.display == display_of(row["display_format"]), root
        assert contract_table()[root]["exchange"] == row["exchange"], root
        assert row["listed_active_months"].split()[0] == contract_table()[root]["active_months"], root


# futures.json


def test_price_format_vector_is_printed_and_read_back(vectors: Path) -> None:
    for case in section(vectors, "futures.json", "price_format"):
        instrument = from_table(f"{case['symbol']}.GLBX", case["symbol"])
        assert isinstance(instrument, Instrument)
        ticks, off = instrument.ticks_of_nano(np.array([round(case["price"] * NANO)], np.int64), NO_PRICE)
        assert not off.any(), case
        assert instrument.format(int(ticks[0])) == case["text"]
        assert instrument.parse(case["text"]) == ticks[0]
        assert instrument.price(int(ticks[0])) == case["price"]


def test_sessions_vector_gives_trade_dates_halts_and_unsplit_bars(vectors: Path) -> None:
    rule = weekly_calendar()
    for case in section(vectors, "futures.json", "sessions"):
        ns = parse_instant(case["instant_utc"])
        at = np.array([ns], np.int64)
        assert eastern(ns).isoformat() == case["et"]
        assert str(weekly_trade_dates(at)[0]) == case["trade_date"], case["et"]
        assert str(rule.trade_date(ns)) == case["trade_date"], case["et"]
        assert bool(is_weekly_closed(at)[0]) == case["outside_trading_hours"], case["et"]
        assert (rule.session_of(ns) is None) == case["outside_trading_hours"], case["et"]
        for minutes, opens in case["bar_open_utc"].items():
            found, _ = bar_bounds(Interval.parse(f"{minutes}m"), rule, at, split_at_session=False)
            assert iso_utc(int(found[0])) == iso_utc(parse_instant(opens)), (case["et"], minutes)


def test_symbol_codes_vector_is_written_with_one_and_two_year_digits(vectors: Path) -> None:
    for case in section(vectors, "futures.json", "symbol_codes"):
        for digits in (1, 2):
            code = future_code(case["symbol"], case["year"], case["month"], digits)
            assert code == case[f"code{digits}"]
            assert split_future(code) == (case["symbol"], code[len(case["symbol"])], str(case["year"])[-digits:])


# microstructure.json


def levels(rows: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    """Prices and sizes of one side, best first."""
    columns = np.array(rows, np.float64)
    return columns[:, 0], columns[:, 1]


def in_ticks(prices: Any) -> np.ndarray:
    """Prices as int64 of a grid finer than any tick; order-flow imbalance only compares them."""
    return np.rint(np.asarray(prices, np.float64) * 1e6).astype(np.int64)


def contracts(sizes: np.ndarray) -> np.ndarray:
    """Sizes as int64, which they are in all but type."""
    whole = sizes.astype(np.int64)
    assert (whole == sizes).all()
    return whole


def test_book_vector(vectors: Path) -> None:
    case = section(vectors, "microstructure.json", "book")
    inputs, expected = case["inputs"], case["expected"]
    bids, asks = levels(inputs["bids"]), levels(inputs["asks"])
    (bid_prices, bid_sizes), (ask_prices, ask_sizes) = bids, asks
    best, middle = inputs["n"], metrics.mid(bid_prices, ask_prices)
    gap = metrics.spread(bid_prices, ask_prices)
    assert middle is not None
    assert gap is not None
    found = {
        "mid": middle,
        "spread": gap,
        "spread_ticks": gap / inputs["tick"],
        "spread_bps": metrics.spread_bps(bid_prices, ask_prices),
        "I_l1": metrics.bid_share(bid_sizes, ask_sizes),
        "queue_imbalance_rho": metrics.queue_imbalance(bid_sizes, ask_sizes),
        "weighted_mid": metrics.weighted_mid(*bids, *asks),
        "imbalance_topn": metrics.depth_imbalance(bid_sizes, ask_sizes, best),
        "bid_share_topn": metrics.bid_share(bid_sizes, ask_sizes, best),
        "imbalance_exp_lambda_0p5": metrics.weighted_imbalance(bid_sizes, ask_sizes, best),
        "total_bid": bid_sizes[:best].sum(),
        "total_ask": ask_sizes[:best].sum(),
        "vwap_bid": metrics.vwap(*bids),
        "vwap_ask": metrics.vwap(*asks),
        "depth_weighted_price": metrics.depth_weighted_price(*bids, *asks),
        "cross_weighted_price": metrics.cross_weighted_price(*bids, *asks),
        "slope_bid_origin": metrics.slope_through_origin(*bids, middle),
        "slope_ask_origin": metrics.slope_through_origin(*asks, middle),
        "slope_bid_ols": metrics.slope_with_intercept(*bids, middle),
        "slope_ask_ols": metrics.slope_with_intercept(*asks, middle),
        "slope_naes_skjeltorp_bid": metrics.elasticity_slope(*bids, middle),
        "slope_naes_skjeltorp_ask": metrics.elasticity_slope(*asks, middle),
        "cum_bid": metrics.cumulative_depth(bid_sizes).tolist(),
        "cum_ask": metrics.cumulative_depth(ask_sizes).tolist(),
    }
    assert set(expected) <= set(found), "a quantity of the vector that nobody computes"
    assert {name: found[name] for name in expected} == {name: close(value) for name, value in expected.items()}


def test_ofi_level1_vector(vectors: Path) -> None:
    case = section(vectors, "microstructure.json", "ofi_level1")
    quotes = np.array(case["inputs"]["quotes_Pb_qb_Pa_qa"], np.float64)
    bids, bid_sizes, asks, ask_sizes = quotes.T
    flow = best_level_ofi(in_ticks(bids), contracts(bid_sizes), in_ticks(asks), contracts(ask_sizes))
    naive = delta_depth_imbalance(contracts(bid_sizes), contracts(ask_sizes))
    expected = case["expected"]
    assert flow.tolist() == close(expected["e"])
    assert flow.sum() == close(expected["ofi"])
    assert naive.tolist() == close(expected["seed_naive"])
    assert naive.sum() == close(expected["seed_naive_sum"])


def test_mlofi_vector(vectors: Path) -> None:
    case = section(vectors, "microstructure.json", "mlofi")
    ranks = case["inputs"]["M"]
    sides = {side: np.array([book[side][:ranks] for book in case["inputs"]["books"]], np.float64) for side in "ba"}
    bids, asks = sides["b"], sides["a"]
    bid_sizes, ask_sizes = contracts(bids[..., 1]), contracts(asks[..., 1])
    flow = multi_level_ofi(in_ticks(bids[..., 0]), bid_sizes, in_ticks(asks[..., 0]), ask_sizes).sum(axis=0)
    depth = average_depth(bid_sizes, ask_sizes)
    assert depth is not None
    expected = case["expected"]
    assert flow.tolist() == close(expected["mlofi"])
    assert depth == close(expected["avg_depth_Q"])
    assert (flow / depth).tolist() == close(expected["normalised"])
