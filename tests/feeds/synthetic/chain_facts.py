"""The facts of ``stylised_facts.json`` about option chains and the VIX family, of the simulated chain."""

from typing import Any

import numpy as np

from cockpit.engines.options.term_index import term_indices
from cockpit.engines.options.vix_index import chain_vix
from cockpit.events.dtypes import CALL
from cockpit.feeds.synthetic.chain import ChainModel, Spot
from cockpit.feeds.synthetic.curves import CELL_NS
from cockpit.feeds.synthetic.latent import Latent
from cockpit.feeds.synthetic.options import OptionsMarket, Publishing
from cockpit.feeds.synthetic.scenario import Scenario
from cockpit.feeds.synthetic.surface import total_variances, variance
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_MIN, NS_PER_S

NOON = parse_instant("2026-11-30T12:00")
DAY = int(np.datetime64("2026-11-30", "D").astype(np.int64))
SPOT, ATM = 6485.3, 0.115
ROUND = (5, 10, 25, 50, 100, 250, 500, 1000)
OTM_MIDS = ((0.25, 0.5), (1, 2), (5, 10), (20, 40), (80, 160), (160, 400))


def facts_of_chain(seed: int) -> dict[str, float]:
    """Facts of groups chain, gex, quotes, surface, and the levels of the VIX family, by id."""
    model = ChainModel(seed, DAY, SPOT)
    rows = model.rows(Spot(NOON, SPOT, ATM))
    held, is_call = rows["open_interest"], rows["right"] == CALL
    found = {
        "opt.expiries": float(len(model.series)),
        "opt.strike_rows": float(len(model.strike)),
        "opt.oi_total": held.sum(),
        "opt.put_call_oi": held[~is_call].sum() / held[is_call].sum(),
        "opt.oi_zero_share": (held == 0).mean(),
        "opt.oi_am_share": held[rows["root"] == b"SPX"].sum() / held.sum(),
        "opt.bid_share": (rows["bid"] > 0).mean(),
    }
    return found | _roundness(model) | _gex(rows, is_call) | _spreads(rows, is_call) | _surface(model, rows)


def _roundness(model: ChainModel) -> dict[str, float]:
    """Open interest over its eleven-strike centred mean, pooled by the largest round divisor."""
    own: list[Any] = []
    local: list[Any] = []
    at: list[Any] = []
    for held in (model.call_interest, model.put_interest):
        for number in range(len(model.series)):
            here = model.number == number
            strike, count = model.strike[here], held[here]
            if len(strike) < 15:
                continue
            mean = np.convolve(count, np.ones(11) / 11, "valid")
            near = (np.abs(np.log(strike[5:-5] / SPOT)) < 0.12) & (mean > 0)
            own.append(count[5:-5][near])
            local.append(mean[near])
            at.append(strike[5:-5][near])
    mine, mean, strike = (np.concatenate(each) for each in (own, local, at))
    divisor = np.full(len(strike), ROUND[0])
    for each in ROUND[1:]:
        divisor[strike % each == 0] = each
    found = {f"opt.round_{each}": mine[divisor == each].sum() / mean[divisor == each].sum() for each in ROUND}
    return found | {"opt.oi_log_dispersion": float(np.log((mine + 1) / (mean + 1)).std())}


def _gex(rows: np.ndarray, is_call: np.ndarray) -> dict[str, float]:
    gex = rows["gamma"] * rows["open_interest"] * 100 * SPOT**2 * 0.01 / 1e9
    near = np.abs(np.log(rows["strike"] / SPOT)) < 0.03
    _, strikes = np.unique(rows["strike"][near], return_inverse=True)
    share = np.bincount(strikes, gex[near])
    share /= share.sum()
    call, put = gex[is_call].sum(), gex[~is_call].sum()
    return {
        "opt.gex_call": call,
        "opt.gex_put": put,
        "opt.gex_net": call - put,
        "opt.gex_hhi": (share**2).sum(),
        "opt.gex_le1d": gex[rows["expiry_day"] - DAY <= 1].sum() / gex.sum(),
    }


def _spreads(rows: np.ndarray, is_call: np.ndarray) -> dict[str, float]:
    is_otm = np.where(is_call, rows["strike"] > SPOT, rows["strike"] < SPOT) & (rows["bid"] > 0)
    mid, spread = (rows["bid"] + rows["ask"]) / 2, rows["ask"] - rows["bid"]
    return {
        f"opt.spread_otm_{low:g}..{high:g}": float(np.median(spread[is_otm & (mid >= low) & (mid < high)]))
        for low, high in OTM_MIDS
    }


def _surface(model: ChainModel, rows: np.ndarray) -> dict[str, float]:
    years = model.years(NOON)
    at = int(np.argmin(np.abs(years * 365 - 30)))
    theta = float(total_variances(np.maximum(years, 1e-6), ATM, 0.0, np.zeros(len(years)))[at])
    left = float(years[at])

    def volatility(k: float) -> float:
        return (variance(theta, k) / left) ** 0.5

    def of_delta(delta: float, side: int) -> float:
        places = np.flatnonzero((rows["expiry_day"] == model.series.day[at]) & (rows["right"] == side))
        return float(rows["iv"][places[np.argmin(np.abs(rows["delta"][places] - delta))]])

    vix = chain_vix(rows, NOON).value or np.nan
    nine, three, half, year, day = (value or np.nan for value in term_indices(rows, NOON, (9, 93, 184, 365, 1)))
    return {
        "opt.std_skew_30d": (volatility(1e-3) - volatility(-1e-3)) / 2e-3 * left**0.5,
        "opt.rr25_30d": of_delta(0.25, CALL) - of_delta(-0.25, ord("P")),
        "vix.over_atm30": vix / 100 / volatility(0.0),
        "vix.ratio_9d": nine / vix,
        "vix.ratio_3m": three / vix,
        "vix.ratio_6m": half / vix,
        "vix.ratio_1y": year / vix,
        "vix.ratio_1d": day / vix,
    }


def facts_of_moves(seed: int) -> dict[str, float]:
    """How the VIX family moves with the index, by five minutes of one session of usual volatility."""
    start = parse_instant("2026-11-30T09:25")
    scenario = Scenario(annual_vol=0.107)
    expiry = parse_instant("2026-12-18T09:30")
    publishing = Publishing((0, 1, 2, 3), expiry, chain_ns=10**6 * NS_PER_MIN, volatility_ns=5 * NS_PER_MIN)
    options = OptionsMarket(seed, start, scenario, term_indices, publishing)
    path = Latent(seed, start, scenario)
    rows, _ = options.advance(path.advance(23_400 * NS_PER_S // CELL_NS + 5 * NS_PER_MIN // CELL_NS))
    closes = {number: rows["close"][rows["instrument"] == number] for number in range(4)}
    index = closes[0][rows["clock_ns"][rows["instrument"] == 0] % (5 * NS_PER_MIN) == 0]
    move, vix, nine, three = (np.diff(np.log(each)) for each in (index, closes[1], closes[2], closes[3]))
    return {
        "vix.corr_5m": float(np.corrcoef(move, vix)[0, 1]),
        "vix.beta_5m": float(np.polyfit(move, vix, 1)[0]),
        "vix.beta_VIX9D": float(np.polyfit(vix, nine, 1)[0]),
        "vix.beta_VIX3M": float(np.polyfit(vix, three, 1)[0]),
    }
