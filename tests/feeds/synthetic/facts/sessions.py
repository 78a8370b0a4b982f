"""Facts of the latent path over 40 sessions, and of the level of volatility over as many days as were recorded."""

import numpy as np

from cockpit.feeds.synthetic import curves
from cockpit.feeds.synthetic.latent import Latent, day_volatility
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_DAY, Floats
from tests.feeds.synthetic.facts.flow import Facts
from tests.feeds.synthetic.facts.prices import kurtosis
from tests.feeds.synthetic.facts.timing import acf

FIRST_NS = parse_instant("2026-01-05T14:30:00Z")
SESSIONS, DAYS = 40, 712
MINUTE, FIVE = 600, 3000  # cells


def sessions(seed: int) -> tuple[Floats, Floats]:
    """Log index at each minute of 40 regular sessions, (40, 391), and the days' volatilities (40,)."""
    paths, vols = [], []
    at = FIRST_NS
    while len(paths) < SESSIONS:
        _, kinds, days = curves.spans(at, at + 1)
        if kinds[0] == curves.REGULAR:
            cells = Latent(seed, at).advance(curves.REGULAR_S * 10)
            if cells.sigma[-1] > 0:  # not one that ends early
                paths.append(cells.move[::MINUTE])
                vols.append(day_volatility(seed, int(days[0])))
        at += NS_PER_DAY
    return np.array(paths), np.array(vols)


def session_facts(seed: int) -> Facts:
    """``px.`` facts."""
    paths, levels = sessions(seed)
    minutes = np.diff(paths, axis=1)
    fives = np.diff(paths[:, ::5], axis=1)
    by_day = fives / fives.std(axis=1, keepdims=True)
    usual = np.abs(by_day).mean(axis=0)
    facts = {
        "px.kurt_1m_pooled": kurtosis(minutes.ravel()),
        "px.kurt_1m_day_std": kurtosis((minutes / minutes.std(axis=1, keepdims=True)).ravel()),
        "px.kurt_5m_deseason": kurtosis((by_day / usual).ravel()),
    }
    size = np.abs(minutes).ravel()  # one series, session after session
    for lag in (1, 5, 10, 30, 60):
        facts[f"px.acf_abs_1m_{lag}"] = acf(size, lag)
    # realised volatility is the level and a noise of 78 returns, which is measured here
    noise = np.log(fives.std(axis=1)) - np.log(levels)
    day = int(np.busday_count("1970-01-01", "2026-01-05"))
    level = np.log([day_volatility(seed, day + back) for back in range(-DAYS, 0)])
    # 712 sessions pooled: the returns of the 40 at those days' levels
    mixed = np.mean(np.exp(4 * level)) / np.mean(np.exp(2 * level)) ** 2
    facts["px.kurt_5m_pooled"] = (kurtosis((fives / levels[:, None]).ravel()) + 3) * mixed - 3
    share = level.var() / (level.var() + noise.var())
    for lag in (1, 5, 20):
        facts[f"px.acf_log_daily_rv_{lag}"] = acf(level, lag) * share
    return facts
