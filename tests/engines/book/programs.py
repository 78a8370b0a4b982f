"""Random order-level programs, hostile on purpose, and hand-written records."""

import random

import numpy as np

from cockpit.engines.book.mbo import MboBook
from cockpit.events.dtypes import ASK, BID, DTYPES, Flag, Kind, empty
from cockpit.units import NO_PRICE, Rows

SPREADER = 0x9E3779B97F4A7C15  # the kernel's multiplier
INVERSE = pow(SPREADER, -1, 2**64)
EXTREMES = (2**63 - 1, -(2**63) + 1, 0, -1, 2**62, -(2**62))
SIDE_CODES = {"B": BID, "A": ASK, "N": ord("N")}


def colliding_ids(n: int) -> list[int]:
    """Ids that all have the same home in the kernel's table, whatever its length."""
    return [k * INVERSE % 2**64 for k in range(n)]


def record(
    action: str, side: str = "N", price: int | None = None, size: int = 0, order_id: int = 0, flags: int = 128
):
    """One record as a tuple; ``price`` None is an undefined one."""
    return action, side, NO_PRICE if price is None else price, size, order_id, flags


def mbo_rows(records: list[tuple], instrument: int = 0, first_seq: int = 0) -> Rows:
    """Records as MBO rows."""
    rows = empty(Kind.MBO, len(records))
    rows["seq"] = np.arange(first_seq, first_seq + len(records))
    for name in ("clock_ns", "event_ns", "recv_ns"):
        rows[name] = 1_000 + rows["seq"]
    rows["instrument"] = instrument
    rows["action"] = [ord(each[0]) for each in records]
    rows["side"] = [SIDE_CODES[each[1]] for each in records]
    for i, name in ((2, "price_ticks"), (3, "size"), (5, "flags")):
        rows[name] = [each[i] for each in records]
    rows["order_id"] = np.array([each[4] for each in records], np.uint64)
    return rows


def program(seed: int, n: int = 1_500) -> Rows:
    """A random program; the seed also chooses how many ids and prices there are and how wild it is."""
    rng = random.Random(seed)
    ids = rng.choice([list(range(8)), colliding_ids(40), list(range(5_000)), [2**64 - 1 - k for k in range(300)]])
    prices = rng.choice([range(100, 103), range(-20, 20), range(3_000), EXTREMES])
    is_wild = rng.random() < 0.7
    return mbo_rows([_step(rng, ids, prices, is_wild) for _ in range(n)])


def _step(rng: random.Random, ids: list[int], prices: range | tuple[int, ...], is_wild: bool) -> tuple:
    flags = Flag.LAST if rng.random() < 0.6 else 0
    action = rng.choices("ACMTFN", (40, 20, 20, 5, 5, 2))[0]
    size = rng.randint(1, 9)
    price: int | None = rng.choice(prices)
    side = rng.choice("BA")
    if is_wild:
        side = rng.choices([side, "N"], (30, 1))[0]
        size = rng.choices([size, 0, -3, 2**40], (40, 1, 1, 1))[0]
        price = rng.choices([price, None], (50, 1))[0]
        action = rng.choices([action, "R"], (120, 1))[0]
        for flag, often in ((Flag.TOB, 60), (Flag.SNAPSHOT, 40), (Flag.MAYBE_BAD_BOOK, 90)):
            flags |= flag if rng.randrange(often) == 0 else 0
    return record(action, side, price, size, rng.choice(ids), flags)


def ticks_among(rows: Rows, seed: int, n: int) -> tuple[Rows, Rows]:
    """The rows with seqs that leave room between them, and about ``n`` TICK rows before, between and after them."""
    rng, rows = random.Random(seed), rows.copy()
    rows["seq"] = 10 * np.arange(1, len(rows) + 1)
    among = range(-10, 10 * len(rows) + 30)
    ticks = empty(Kind.TICK, n)
    ticks["seq"] = sorted(seq if seq % 10 else seq + 1 for seq in rng.sample(among, n))
    ticks = ticks[np.unique(ticks["seq"], return_index=True)[1]]
    ticks["clock_ns"] = 1_000 + ticks["seq"]
    return rows, ticks


def cut_at(rows: Rows, ticks: Rows, seqs: list[int]) -> list[tuple[Rows, Rows]]:
    """Both cut at the same places of the river."""
    parts = (np.split(each, np.searchsorted(each["seq"], seqs)) for each in (rows, ticks))
    return list(zip(*parts, strict=True))


def cuts(seed: int, n: int) -> list[int]:
    """Random places to cut n rows into batches, empty and single ones included."""
    rng = random.Random(seed)
    return sorted(rng.choices(range(n + 1), k=rng.choice([0, 1, 5, 60, n])))


def fed(book: MboBook, rows: Rows, at: list[int]) -> tuple[Rows, Rows]:
    """Feed rows cut at ``at``; all tops and all prints."""
    outputs = [book.apply(part) for part in np.split(rows, at)]
    tops = np.concatenate([np.empty(0, DTYPES[Kind.TOP]), *(output.tops for output in outputs)])
    prints = np.concatenate([np.empty(0, DTYPES[Kind.PRINT]), *(output.prints for output in outputs)])
    return tops, prints
