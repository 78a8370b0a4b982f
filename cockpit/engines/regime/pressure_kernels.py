"""Kernels of ``pressure.py``: the five components, and one compiled loop over ticks.

Importing this module imports numba: only ``pressure.py`` does. ``tests/engines/regime/oracle.py`` says the same
slowly.

Source: ``contracts.md`` 5.
"""

import math
from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.engines.regime.pressure_layout import (
    ASK_WEIGHTED,
    BID_WEIGHTED,
    BOUGHT,
    FAR_ROOM,
    FEWEST_PARTS,
    GEX_RATIO,
    HALF_LIFE_NS,
    LEAST_FLOWS,
    LEAST_MOVES_NS,
    LEVEL_DECAY,
    LONGEST_STEP_NS,
    MOVE_TICKS,
    MOVES_NS,
    NEAR_ROOM,
    NET_STACK,
    NET_STACK_MEDIAN,
    NEVER,
    OFI,
    OFI_MEDIAN,
    SHRINK_TRADES,
    SIGMA_TICKS,
    SOLD,
    TANH_SCALE,
    TRADES,
    USUAL_NS,
    WEIGHTS,
    WINDOW_NS,
    Memory,
    memory,
)
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS, DTYPES, SAMPLE, Kind
from cockpit.units import NO_PRICE, Floats, Rows, Sizes

Record = Any  # one record of a structured array, as kernels see it

_WEIGHTS: Final = np.array(WEIGHTS)
_FADING: Final = np.exp(-LEVEL_DECAY * np.arange(BOOK_LEVELS))

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def weighted_size(sizes: Sizes) -> float:
    """Sum of the sizes of at most ten levels, best first, weighted e^(-0.5 i)."""
    total = 0.0
    for i in range(len(sizes)):
        total += sizes[i] * _FADING[i]
    return total


@_kernel
def _pushed(flow: float, usual: float) -> float:
    """A flow in units of its usual size, in [-1, 1]; NaN when either is unknown or nothing is usual."""
    return math.tanh(flow / (TANH_SCALE * usual)) if usual > 0.0 else np.nan


@_kernel
def components(inputs: Floats, parts: Floats) -> None:
    """Write the five components, NaN where unknown, of float64 (N_INPUTS,)."""
    bid, ask, bought, sold = inputs[BID_WEIGHTED], inputs[ASK_WEIGHTED], inputs[BOUGHT], inputs[SOLD]
    parts[0] = (bid - ask) / (bid + ask) if bid > 0.0 and ask > 0.0 else np.nan
    parts[1] = _pushed(inputs[OFI], inputs[OFI_MEDIAN])
    parts[2] = _pushed(inputs[NET_STACK], inputs[NET_STACK_MEDIAN])
    parts[3] = parts[4] = np.nan
    if bought + sold > 0.0:
        parts[3] = (bought - sold) / (bought + sold) * (inputs[TRADES] / (inputs[TRADES] + SHRINK_TRADES))
    if inputs[SIGMA_TICKS] > 0.0 and not np.isnan(inputs[GEX_RATIO]):
        stiffness = min(max(inputs[GEX_RATIO], -1.0), 1.0)
        parts[4] = -stiffness * math.tanh(inputs[MOVE_TICKS] / inputs[SIGMA_TICKS])


@_kernel
def combine(parts: Floats, weights: Floats) -> float:
    """Weighted mean of the known components, NaN with fewer than two; writes the weights, 0 of an unknown one."""
    known, total = 0, 0.0
    for i in range(len(parts)):
        weights[i] = 0.0 if np.isnan(parts[i]) else _WEIGHTS[i]
        known += 0 if np.isnan(parts[i]) else 1
        total += weights[i]
    if known < FEWEST_PARTS:
        weights[:] = 0.0
        return np.nan
    raw = 0.0
    for i in range(len(parts)):
        weights[i] /= total
        raw += 0.0 if np.isnan(parts[i]) else weights[i] * parts[i]
    return raw


@_kernel
def _place(ordered: Floats, n: int, value: float) -> int:
    """Index of the first of ``n`` ascending numbers not below ``value``."""
    low, high = 0, n
    while low < high:
        middle = (low + high) >> 1
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@_kernel
def _enter(ordered: Floats, n: int, value: float) -> int:
    """Put a number in its place, unless it is NaN; how many there are then."""
    if np.isnan(value):
        return n
    at = _place(ordered, n, value)
    for i in range(n, at, -1):
        ordered[i] = ordered[i - 1]
    ordered[at] = value
    return n + 1


@_kernel
def _leave(ordered: Floats, n: int, value: float) -> int:
    """Take a number out that is there, unless it is NaN; how many there are then."""
    if np.isnan(value):
        return n
    for i in range(_place(ordered, n, value), n - 1):
        ordered[i] = ordered[i + 1]
    return n - 1


@_kernel
def _median(ordered: Floats, n: int) -> float:
    if n < LEAST_FLOWS:
        return np.nan
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2.0


@_kernel
def _back(near: Rows, at: int, ticks: int, until_ns: int) -> int:
    """Number of the last of ``ticks`` ticks up to an instant, from number ``at`` on; -1 when there is none.

    When ticks come faster than there is room for, it is the oldest one kept.
    """
    at = max(at, ticks - NEAR_ROOM) if ticks > NEAR_ROOM else at
    while at + 1 < ticks and near[(at + 1) % NEAR_ROOM].clock_ns <= until_ns:
        at += 1
    return at


@_kernel
def _is_span(near: Rows, number: int, until_ns: int) -> bool:
    """Whether the tick that ``_back`` found lies near enough before the instant for the time since to be known."""
    then_ns = near[number % NEAR_ROOM].clock_ns
    return number >= 0 and then_ns <= until_ns and until_ns - then_ns <= LONGEST_STEP_NS


@_kernel
def _count(sums: Record, tops: Rows, top: int, prints: Rows, trade: int, seq: int) -> tuple[int, int]:
    """Add up tops and prints before a seq, from the given ones on; index of the first ones after it."""
    while top < len(tops) and tops[top].seq < seq:
        flow = tops[top].ofi
        sums.ofi += 0.0 if np.isnan(flow) else flow
        top += 1
    while trade < len(prints) and prints[trade].seq < seq:
        traded = prints[trade]
        if traded.aggressor == BID:
            sums.bought += traded.size
            sums.trades += 1.0
        elif traded.aggressor == ASK:
            sums.sold += traded.size
            sums.trades += 1.0
        trade += 1
    return top, trade


@_kernel
def _look(sums: Record, sample: Record, now: Record, inputs: Floats) -> None:
    """Note what a sample tells by itself."""
    inputs[:] = np.nan
    now.mid = np.nan
    bid, ask = sample.bid_ticks, sample.ask_ticks
    if bid == NO_PRICE or ask == NO_PRICE or bid >= ask or sample.is_suspect:
        sums.whole_ns = NEVER
    else:
        sums.whole_ns = min(sums.whole_ns, sample.clock_ns)
        now.mid = bid / 2.0 + ask / 2.0
        inputs[BID_WEIGHTED], inputs[ASK_WEIGHTED] = (
            weighted_size(sample.bid_sizes),
            weighted_size(sample.ask_sizes),
        )
    if sample.bid_sizes[1] > 0 or sample.ask_sizes[1] > 0:
        sums.deep_ns = min(sums.deep_ns, sample.clock_ns)


@_kernel
def _flows(kept: Memory, now: Record, inputs: Floats) -> None:
    """Flows of the last ten seconds, and their usual size over five minutes."""
    near, sums = kept.near, kept.sums[0]
    then = near[sums.window % NEAR_ROOM]
    now.ofi_size = now.net_stack_size = np.nan
    if _is_span(near, sums.window, now.clock_ns - WINDOW_NS):
        inputs[TRADES], inputs[BOUGHT] = now.trades - then.trades, now.bought - then.bought
        inputs[SOLD] = now.sold - then.sold
        if then.clock_ns >= sums.whole_ns:
            inputs[OFI] = now.ofi - then.ofi
            now.ofi_size = abs(inputs[OFI])
        if then.clock_ns >= max(sums.whole_ns, sums.deep_ns):
            inputs[NET_STACK] = float(now.net_stack - then.net_stack)
            now.net_stack_size = abs(inputs[NET_STACK])
    sums.flows = _enter(kept.flows, sums.flows, now.ofi_size)
    sums.stacks = _enter(kept.stacks, sums.stacks, now.net_stack_size)
    inputs[OFI_MEDIAN], inputs[NET_STACK_MEDIAN] = (
        _median(kept.flows, sums.flows),
        _median(kept.stacks, sums.stacks),
    )


@_kernel
def _forget(kept: Memory, number: int) -> None:
    """Take the flows of one tick out of the order."""
    sums, gone = kept.sums[0], kept.near[number % NEAR_ROOM]
    sums.flows = _leave(kept.flows, sums.flows, gone.ofi_size)
    sums.stacks = _leave(kept.stacks, sums.stacks, gone.net_stack_size)


@_kernel
def _forget_move(kept: Memory) -> None:
    sums = kept.sums[0]
    gone = kept.moves[sums.first_move % FAR_ROOM].ticks
    sums.squares -= gone * gone
    sums.first_move += 1


@_kernel
def _moved(kept: Memory, now: Record, inputs: Floats) -> None:
    """Move of the mid over five minutes, and the root mean square of such moves over the last hour."""
    sums, moves, clock_ns = kept.sums[0], kept.moves, now.clock_ns
    while sums.first_move < sums.moves and moves[sums.first_move % FAR_ROOM].clock_ns <= clock_ns - MOVES_NS:
        _forget_move(kept)
    then = kept.near[sums.usual % NEAR_ROOM]
    if _is_span(kept.near, sums.usual, clock_ns - USUAL_NS) and not np.isnan(now.mid - then.mid):
        inputs[MOVE_TICKS] = now.mid - then.mid
        if sums.moves - sums.first_move == FAR_ROOM:
            _forget_move(kept)
        move = moves[sums.moves % FAR_ROOM]
        move.clock_ns, move.ticks = clock_ns, inputs[MOVE_TICKS]
        sums.squares += inputs[MOVE_TICKS] * inputs[MOVE_TICKS]
        sums.moves += 1
    n = sums.moves - sums.first_move
    if n > 0 and moves[sums.first_move % FAR_ROOM].clock_ns <= clock_ns - LEAST_MOVES_NS:
        inputs[SIGMA_TICKS] = math.sqrt(sums.squares / n)


@_kernel
def _smooth(before: Record, clock_ns: int, raw: float) -> float:
    """The value shown: half of what was shown is gone after HALF_LIFE_NS; begins anew after an unknown one."""
    if np.isnan(before.value) or np.isnan(raw):
        return raw
    return raw + (before.value - raw) * 0.5 ** ((clock_ns - before.clock_ns) / HALF_LIFE_NS)


@_kernel
def _take_tick(kept: Memory, sample: Record, gex_ratio: float, out: Record, parts: Floats, weights: Floats) -> None:
    near, sums, inputs = kept.near, kept.sums[0], kept.inputs
    number = sums.ticks
    if number >= NEAR_ROOM and number - NEAR_ROOM > sums.usual:
        _forget(kept, number - NEAR_ROOM)  # ticks come faster than there is room for
    before, now = near[(number - 1) % NEAR_ROOM], near[number % NEAR_ROOM]
    now.clock_ns = sample.clock_ns
    now.ofi, now.trades, now.bought, now.sold = sums.ofi, sums.trades, sums.bought, sums.sold
    now.net_stack = sample.bid_stacked - sample.ask_stacked
    sums.ticks = number + 1
    sums.window = _back(near, sums.window, sums.ticks, now.clock_ns - WINDOW_NS)
    usual = _back(near, sums.usual, sums.ticks, now.clock_ns - USUAL_NS)
    for old in range(max(sums.usual + 1, sums.ticks - NEAR_ROOM), usual + 1):
        _forget(kept, old)
    sums.usual = usual
    _look(sums, sample, now, inputs)
    _flows(kept, now, inputs)
    _moved(kept, now, inputs)
    inputs[GEX_RATIO] = gex_ratio
    components(inputs, parts)
    out.raw = combine(parts, weights)
    now.value = out.raw if number == 0 else _smooth(before, now.clock_ns, out.raw)
    out.value = now.value
    out.imbalance, out.order_flow, out.pull_stack = parts[0], parts[1], parts[2]
    out.aggression, out.gex_stiffness = parts[3], parts[4]


@_kernel
def apply_samples(
    kept: Memory, samples: Rows, tops: Rows, prints: Rows, gex_ratios: Floats, instrument: int, out: Rows
) -> None:
    """Take a slice: write one PRESSURE row per sample.

    Args:
        kept: Changed.
        samples: SAMPLE (n,).
        tops, prints: TOP and PRINT rows; those after the last sample count for the next slice's first.
        gex_ratios: float64 (n,), NaN unknown.
        instrument: For the header.
        out: PRESSURE (n,).
    """
    sums = kept.sums[0]
    parts, weights = np.empty(len(_WEIGHTS)), np.empty(len(_WEIGHTS))
    top = trade = 0
    for i in range(len(samples)):
        sample, row = samples[i], out[i]
        top, trade = _count(sums, tops, top, prints, trade, sample.seq)
        row.seq, row.instrument = sample.seq, instrument
        row.clock_ns = row.event_ns = row.recv_ns = sample.clock_ns
        _take_tick(kept, sample, gex_ratios[i], row, parts, weights)
    _count(sums, tops, top, prints, trade, NEVER)


def warm() -> None:
    """Load the kernels from numba's cache, or compile them (seconds); any thread may call it."""
    rows = [np.zeros(0, dtype) for dtype in (SAMPLE, DTYPES[Kind.TOP], DTYPES[Kind.PRINT])]
    ratios = np.zeros(0, np.float64)
    for each in (*rows, ratios):
        each.flags.writeable = False  # as the engine gives them
    apply_samples(memory(), *rows, ratios, 0, np.zeros(0, DTYPES[Kind.PRESSURE]))
    parts, weights = np.zeros(len(WEIGHTS)), np.zeros(len(WEIGHTS))
    components(memory().inputs, parts)
    combine(parts, weights)
    weighted_size(np.zeros(0, np.int64))
