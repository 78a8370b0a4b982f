"""The simulated futures: events a second of all four books, merged, on one core."""

import time
from typing import Any

from benchmarks.common import median, result
from cockpit.feeds.synthetic.futures import FuturesMarket
from cockpit.instants import parse_instant
from cockpit.units import NS_PER_MIN

GATE = "3.9 million events/s on one core"
START_NS = parse_instant("2026-03-10T15:30:00Z")  # 11:30 in New York
MINUTES = 30


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Half an hour of the middle of a day per run, after a minute that compiles and fills the books.

    Processor time, not wall time: the machine may be shared, and the work is of one thread.
    """
    del data  # needs no recording
    speeds, events = [], 0
    worst_ms = 0.0
    for _ in range(runs):
        market = FuturesMarket(7, START_NS)
        market.step(START_NS + NS_PER_MIN)
        events = 0
        began = time.process_time()
        for minute in range(2, MINUTES + 2):
            events += len(market.step(START_NS + minute * NS_PER_MIN))
        speeds.append(events / (time.process_time() - began))
        worst_ms = max(worst_ms, _worst_step(market))
    return [
        result(
            "simulate", median(speeds), "events/s", runs=runs, gate=GATE, events=events, market_minutes=MINUTES,
            worst_step_100ms=worst_ms,
        )
    ]  # fmt: skip


def _worst_step(market: FuturesMarket) -> float:
    """Longest of 600 steps of 100 ms, ms of processor time."""
    worst = 0.0
    for _ in range(600):
        began = time.process_time()
        market.step(market.now_ns + 100_000_000)
        worst = max(worst, time.process_time() - began)
    return worst * 1e3
