"""Kernels of ``features.py``: one compiled loop over samples, tops and prints.

``tests/engines/book/features_oracle.py`` says the same slowly, with the functions of ``metrics``, ``ofi`` and
``toxicity``.

Source: ``formulas.md`` 5.1-5.4.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from cockpit.engines.book.features_layout import (
    BUCKET_S,
    BUCKETS,
    LEAST_INTERVALS,
    LEAST_VOLUME_S,
    REFIT_ROWS,
    USUAL_ROWS,
    Memory,
    memory,
)
from cockpit.engines.book.layout import Record
from cockpit.engines.book.metrics import DECAY
from cockpit.events.dtypes import ASK, BANDS_BPS, BID, BOOK_LEVELS, DTYPES, SAMPLE, Kind
from cockpit.units import NO_PRICE, NO_TIME, NS_PER_S, Floats, Rows, Sizes, Ticks

_FADING: Final = np.exp(-DECAY * np.arange(BOOK_LEVELS))
_BANDS: Final = len(BANDS_BPS)

_kernel: Any = njit(cache=True, nogil=True)


@_kernel
def _fill_bucket(kept: Memory, size: int, is_bought: bool) -> None:
    """Put a print into buckets of equal volume; one that overfills a bucket is split."""
    sums = kept.sums[0]
    while size > 0:
        if sums.bucket == 0:
            if sums.usual == 0:
                return
            sums.bucket, sums.bucket_bought, sums.bucket_sold = sums.usual, 0, 0
        part = min(size, sums.bucket - sums.bucket_bought - sums.bucket_sold)
        if is_bought:
            sums.bucket_bought += part
        else:
            sums.bucket_sold += part
        size -= part
        if sums.bucket_bought + sums.bucket_sold == sums.bucket:
            place = sums.buckets % BUCKETS
            kept.buckets[0, place] = abs(sums.bucket_bought - sums.bucket_sold)
            kept.buckets[1, place] = sums.bucket
            sums.buckets += 1
            sums.bucket = 0


@_kernel
def _count(kept: Memory, tops: Rows, top: int, prints: Rows, trade: int, seq: int) -> tuple[int, int]:
    """Add up tops and prints before a seq, from the given ones on; index of the first ones after it."""
    sums = kept.sums[0]
    while top < len(tops) and tops[top].seq < seq:
        flow = tops[top].ofi
        sums.ofi += 0.0 if np.isnan(flow) else flow
        top += 1
    while trade < len(prints) and prints[trade].seq < seq:
        size, aggressor = prints[trade].size, prints[trade].aggressor
        if aggressor in (BID, ASK):
            sums.is_sided = 1
            sums.bought += size if aggressor == BID else 0
            sums.sold += size if aggressor == ASK else 0
            _fill_bucket(kept, size, aggressor == BID)
        trade += 1
    return top, trade


@_kernel
def _has_two_sides(sample: Record) -> bool:
    return sample.bid_ticks != NO_PRICE and sample.ask_ticks != NO_PRICE and sample.bid_ticks < sample.ask_ticks


@_kernel
def _is_deep(sample: Record) -> bool:
    """Whether it shows more than one level: a source of best quotes knows nothing of depth."""
    return sample.bid_sizes[1] > 0 or sample.ask_sizes[1] > 0


@_kernel
def _side(ticks: Ticks, sizes: Sizes, mid: float, cumulative: Floats) -> tuple[float, float, float, float]:
    """Write the size up to each level, NaN where there is none.

    Returns:
        The whole size, the size that fades by rank, the mean price by size, the slope through the origin.
    """
    total = faded = priced = squares = products = 0.0
    for i in range(BOOK_LEVELS):
        cumulative[i] = np.nan
        if sizes[i] > 0:
            total += sizes[i]
            faded += sizes[i] * _FADING[i]
            priced += sizes[i] * (ticks[i] - mid)
            away = abs(ticks[i] - mid)
            squares += away * away
            products += away * total
            cumulative[i] = total
    return total, faded, priced / total + mid, products / squares


@_kernel
def _look(sample: Record, row: Record) -> None:
    """Write what a sample tells by itself; everything is NaN before."""
    row.is_suspect = float(sample.is_suspect)
    if not _has_two_sides(sample):
        return
    mid = sample.bid_ticks / 2.0 + sample.ask_ticks / 2.0
    bid_size, ask_size = float(sample.bid_sizes[0]), float(sample.ask_sizes[0])
    share = bid_size / (bid_size + ask_size)
    row.spread, row.mid = float(sample.ask_ticks - sample.bid_ticks), mid
    row.weighted_mid = share * sample.ask_ticks + (1.0 - share) * sample.bid_ticks
    row.imbalance = (bid_size - ask_size) / (bid_size + ask_size)
    bid, bid_faded, bid_mean, bid_slope = _side(sample.bid_level_ticks, sample.bid_sizes, mid, row.bid_depth)
    ask, ask_faded, ask_mean, ask_slope = _side(sample.ask_level_ticks, sample.ask_sizes, mid, row.ask_depth)
    for band in range(_BANDS):
        row.bid_within[band] = np.nan if sample.bid_within[band] < 0 else sample.bid_within[band]
        row.ask_within[band] = np.nan if sample.ask_within[band] < 0 else sample.ask_within[band]
    if _is_deep(sample):
        row.imbalance_10 = (bid - ask) / (bid + ask)
        row.imbalance_weighted = (bid_faded - ask_faded) / (bid_faded + ask_faded)
        row.depth_weighted = (bid_mean * bid + ask_mean * ask) / (bid + ask)
        row.cross_weighted = (bid_mean * ask + ask_mean * bid) / (bid + ask)
        row.bid_slope, row.ask_slope = bid_slope, ask_slope


@_kernel
def _resting(sample: Record) -> float:
    """Bids less asks of ten levels; NaN unless both are there."""
    total = 0
    for i in range(BOOK_LEVELS):
        total += sample.bid_sizes[i] - sample.ask_sizes[i]
    return float(total) if _has_two_sides(sample) and _is_deep(sample) else np.nan


@_kernel
def _mark(sums: Record, sample: Record) -> None:
    """Note what the next row will be held against."""
    sums.since_ns = sample.clock_ns
    sums.mid = sample.bid_ticks / 2.0 + sample.ask_ticks / 2.0 if _has_two_sides(sample) else np.nan
    sums.resting, sums.is_deep = _resting(sample), _is_deep(sample)
    sums.bid_stacked, sums.ask_stacked = sample.bid_stacked, sample.ask_stacked
    for rank in range(BOOK_LEVELS):
        sums.flows[rank] = sample.flows[rank]
    sums.ofi = sums.bought = sums.sold = 0.0


@_kernel
def _flow(kept: Memory, sample: Record, row: Record) -> None:
    """Write what happened since the last row."""
    sums = kept.sums[0]
    has_flow = _has_two_sides(sample) and not np.isnan(sums.mid)
    row.span_s = (sample.clock_ns - sums.since_ns) / NS_PER_S
    row.ofi = sums.ofi if has_flow else np.nan
    row.delta_depth_imbalance = _resting(sample) - sums.resting
    if sums.is_sided:
        row.bought, row.sold = sums.bought, sums.sold
    if not sums.is_deep or not _is_deep(sample):
        return
    row.bid_net_stack = float(sample.bid_stacked - sums.bid_stacked)
    row.ask_net_stack = float(sample.ask_stacked - sums.ask_stacked)
    integrated = 0.0
    for rank in range(BOOK_LEVELS):
        if has_flow and sample.bid_sizes[rank] > 0 and sample.ask_sizes[rank] > 0:
            row.ofi_by_rank[rank] = float(sample.flows[rank] - sums.flows[rank])
        integrated += row.ofi_by_rank[rank] * kept.weights[rank]
    row.ofi_integrated, row.ofi_explained = integrated, kept.weights[BOOK_LEVELS]


@_kernel
def _remember(kept: Memory, row: Record) -> None:
    sums = kept.sums[0]
    past = kept.past[sums.rows % USUAL_ROWS]
    past.moved = row.mid - sums.mid if row.span_s == 1.0 else np.nan
    past.signed, past.volume, past.span_s = row.bought - row.sold, row.bought + row.sold, row.span_s
    for rank in range(BOOK_LEVELS):
        past.flows[rank] = row.ofi_by_rank[rank]
    sums.rows += 1


@_kernel
def _kyle(kept: Memory, row: Record) -> None:
    """Least squares of the mid's move on signed volume over the last rows; as ``toxicity.kyle_lambda``."""
    n, x_sum, y_sum = 0, 0.0, 0.0
    count = min(kept.sums[0].rows, USUAL_ROWS)
    for i in range(count):
        past = kept.past[i]
        if not np.isnan(past.moved + past.signed):
            n += 1
            x_sum += past.signed
            y_sum += past.moved
    row.kyle_n = float(n)
    if n < LEAST_INTERVALS:
        return
    x_mean, y_mean = x_sum / n, y_sum / n
    xx = xy = yy = 0.0
    for i in range(count):
        past = kept.past[i]
        if not np.isnan(past.moved + past.signed):
            x, y = past.signed - x_mean, past.moved - y_mean
            xx += x * x
            xy += x * y
            yy += y * y
    if xx > 0.0:
        row.kyle_lambda = xy / xx
        row.kyle_r2 = row.kyle_lambda * xy / yy if yy > 0.0 else 0.0


@_kernel
def _vpin(kept: Memory, row: Record) -> None:
    """Mean imbalance of the last full buckets over their volume; and the size the next one gets."""
    sums = kept.sums[0]
    volume = seconds = 0.0
    for i in range(min(sums.rows, USUAL_ROWS)):
        if not np.isnan(kept.past[i].volume):
            volume += kept.past[i].volume
            seconds += kept.past[i].span_s
    if seconds >= LEAST_VOLUME_S and volume > 0.0:
        sums.usual = max(int(np.rint(volume / seconds * BUCKET_S)), 1)
    if sums.buckets >= BUCKETS:
        row.vpin = kept.buckets[0].sum() / kept.buckets[1].sum()


@_kernel
def is_lesson_due(kept: Memory) -> bool:
    """Whether the weights of ranks must be learned anew before the next row."""
    rows = kept.sums[0].rows
    return rows > 0 and rows % REFIT_ROWS == 0 and kept.sums[0].taught != rows


@_kernel
def apply_samples(
    kept: Memory,
    samples: Rows,
    start: int,
    tops: Rows,
    top: int,
    prints: Rows,
    trade: int,
    instrument: int,
    out: Rows,
) -> tuple[int, int, int, int]:
    """Take samples from index ``start`` on: one FEATURES row at the first of each second.

    Args:
        kept: Changed.
        samples: SAMPLE (n,).
        tops, prints: TOP and PRINT rows, taken from index ``top`` and ``trade`` on; those after the last sample
            count for the next slice's first.
        instrument: For the header.
        out: FEATURES (n,), all NaN, written from the start.

    Returns:
        Index of the first sample, top and print not taken, rows written. When a sample is left, a lesson is due.
    """
    sums, n = kept.sums[0], 0
    for i in range(start, len(samples)):
        sample = samples[i]
        if is_lesson_due(kept):
            return i, top, trade, n
        top, trade = _count(kept, tops, top, prints, trade, sample.seq)
        if sums.since_ns == NO_TIME:
            _mark(sums, sample)
        elif sample.clock_ns // NS_PER_S > sums.since_ns // NS_PER_S:
            row = out[n]
            row.seq, row.instrument = sample.seq, instrument
            row.clock_ns = row.event_ns = row.recv_ns = sample.clock_ns
            _look(sample, row)
            _flow(kept, sample, row)
            _remember(kept, row)
            _kyle(kept, row)
            _vpin(kept, row)
            _mark(sums, sample)
            n += 1
    top, trade = _count(kept, tops, top, prints, trade, np.iinfo(np.int64).max)
    return len(samples), top, trade, n


def warm() -> None:
    """Load the kernels from numba's cache, or compile them (seconds); any thread may call it."""
    rows = [np.zeros(0, dtype) for dtype in (SAMPLE, DTYPES[Kind.TOP], DTYPES[Kind.PRINT])]
    for each in rows:
        each.flags.writeable = False  # as the engine gives them
    samples, tops, prints = rows
    apply_samples(memory(), samples, 0, tops, 0, prints, 0, 0, np.zeros(0, DTYPES[Kind.FEATURES]))
