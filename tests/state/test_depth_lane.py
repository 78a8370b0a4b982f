"""A lane with a full-depth book: quotes before it, gaps in it, and the same events however they are cut."""

import random
from itertools import pairwise

import numpy as np
import pytest

from cockpit.events.dtypes import Kind, empty
from cockpit.events.market import Batch, Slice
from cockpit.instruments import Instrument
from cockpit.state.router import Router
from cockpit.units import NS_PER_MS, Rows
from tests.engines.book.test_depth import message

COIN = Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT-PERP", kind="crypto", lot_nano=1_000_000)
Parts = dict[Kind, Rows]


def quote(bid: int, ask: int) -> Rows:
    rows = empty(Kind.QUOTE, 1)
    rows["bid_ticks"], rows["ask_ticks"], rows["bid_size"], rows["ask_size"] = bid, ask, 1, 1
    rows["bid_count"] = rows["ask_count"] = -1
    return rows


def recording(seed: int) -> Parts:
    """Best quotes first, then a snapshot and changes among trades, ticks, quotes and a gap."""
    rng = random.Random(seed)
    parts: list[tuple[Kind, Rows]] = [(Kind.QUOTE, quote(99 + step % 2, 102)) for step in range(6)]
    parts.append((Kind.DEPTH, message([(100, 5), (99, 1)], [(101, 4), (103, 2)], snapshot=True)))
    for _ in range(150):
        kind = rng.choices((Kind.DEPTH, Kind.TRADE, Kind.TICK, Kind.QUOTE, Kind.GAP), (60, 20, 30, 10, 1))[0]
        rows = empty(kind, 1)
        if kind is Kind.DEPTH:
            level = [(rng.randrange(90, 101), rng.randrange(9))], [(rng.randrange(101, 111), rng.randrange(9))]
            rows = message(*level)
        elif kind is Kind.TRADE:
            rows["price_ticks"], rows["size"], rows["aggressor"] = 100, rng.randrange(1, 9), ord(rng.choice("BA"))
        elif kind is Kind.QUOTE:
            rows = quote(100, 101)
        parts.append((kind, rows))
    seq = 0
    found: dict[Kind, list[Rows]] = {}
    for kind, rows in parts:
        rows["seq"], rows["instrument"] = seq + np.arange(len(rows)), -1 if kind is Kind.TICK else 0
        rows["clock_ns"] = NS_PER_MS * 40 * rows["seq"][0]
        seq += len(rows)
        found.setdefault(kind, []).append(rows)
    return {kind: np.concatenate(rows) for kind, rows in found.items()}


def run(router: Router, parts: Parts, low: int, high: int) -> None:
    cut = {kind: rows[(rows["seq"] >= low) & (rows["seq"] < high)] for kind, rows in parts.items()}
    batches = tuple(Batch(kind, rows) for kind, rows in cut.items() if len(rows))
    if batches:
        clock = max(int(batch.rows["clock_ns"][-1]) for batch in batches)
        router.apply(Slice(batches, low, high, clock))


@pytest.mark.parametrize("seed", range(12))
def test_how_it_is_cut_changes_nothing(seed: int) -> None:
    parts = recording(seed)
    end = max(int(rows["seq"].max()) for rows in parts.values()) + 1
    whole, cut = (Router((COIN,), lambda _: None) for _ in range(2))
    run(whole, parts, 0, end)
    rng = random.Random(seed)
    places = sorted({0, end, *(rng.randrange(end) for _ in range(25))})
    for low, high in pairwise(places):
        run(cut, parts, low, high)
        frozen = cut.freeze()
        cut = Router((COIN,), lambda _: None)
        cut.thaw(frozen)
    assert not whole.faults
    assert cut.digest.hex() == whole.digest.hex()


def test_quotes_feed_the_book_only_until_levels_come() -> None:
    parts = recording(1)
    router = Router((COIN,), lambda _: None)
    run(router, parts, 0, 6)
    lane = router.lanes[0]
    assert (lane.book_kind, lane.book and lane.book.depth) == (Kind.QUOTE, 1)
    end = int(parts[Kind.DEPTH]["seq"][4]) + 1
    run(router, parts, 6, end)
    assert (lane.book_kind, lane.book and lane.book.depth) == (Kind.DEPTH, None)
    assert lane.book
    assert lane.book.totals() == (6, 6)
