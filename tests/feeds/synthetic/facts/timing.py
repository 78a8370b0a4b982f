"""Facts of clustering: gaps and counts of messages and market orders, and how long signs last."""

import numpy as np

from cockpit.units import NS_PER_S, Floats
from tests.feeds.synthetic.facts.flow import Facts, Flow
from tests.feeds.synthetic.facts.window import SPAN_S, Window


def fano(times_s: Floats, from_s: float, width_s: float) -> float:
    """Variance over mean of counts in windows of a width."""
    n = round(SPAN_S / width_s)
    counts = np.bincount(np.clip(((times_s - from_s) / width_s).astype(np.int64), 0, n - 1), minlength=n)
    return float(counts.var() / counts.mean())


def acf(values: Floats, lag: int) -> float:
    """Autocorrelation at a lag."""
    z = values - values.mean()
    return float((z[lag:] * z[:-lag]).mean() / (z * z).mean())


def timing_facts(window: Window) -> Facts:
    """``es.`` facts of the groups clustering and sign."""
    flow = Flow(window)
    from_s = window.from_ns / NS_PER_S
    base = window.from_ns
    messages = (window.rows["clock_ns"][flow.is_message] - base) / NS_PER_S
    _, _, signs, at = flow.market_orders()
    gaps, waits = np.diff(messages), np.diff(at - from_s)
    facts = {
        "es.msg_cv": gaps.std() / gaps.mean(),
        "es.msg_median_gap_us": float(np.median(gaps)) * 1e6,
        "es.mo_cv": waits.std() / waits.mean(),
    }
    for width in (0.01, 0.1, 1.0, 10.0):
        facts[f"es.msg_fano_{width}"] = fano(messages, 0.0, width)
    for width in (0.01, 0.1, 1.0):
        facts[f"es.mo_fano_{width}"] = fano(at - from_s, 0.0, width)
    facts["es.msg_branching_1s"] = 1 - facts["es.msg_fano_1.0"] ** -0.5
    for lag in (1, 2, 5, 10, 50):
        facts[f"es.sign_acf_{lag}"] = acf(signs.astype(np.float64), lag)
    return facts
