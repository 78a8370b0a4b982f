"""Features of a book said slowly: plain lists, and the functions that the vectors prove."""

import math

import numpy as np

from cockpit.engines.book import metrics
from cockpit.engines.book.ofi import integrated_weights
from cockpit.engines.book.toxicity import kyle_lambda
from cockpit.events.dtypes import ASK, BID, BOOK_LEVELS
from cockpit.units import NO_PRICE, NS_PER_S, Rows

Found = dict[str, float | list[float]]


def features(samples: Rows, tops: Rows, prints: Rows) -> list[Found]:
    """One dictionary a FEATURES row, NaN unknown; clock_ns and seq among them."""
    rows: list[Found] = []
    last: Rows | None = None
    buckets: list[tuple[int, int]] = []  # signed imbalance, size
    open_bucket = [0, 0, 0]  # size, bought, sold
    usual = 0
    was_sided = False
    for sample in samples:
        if last is None:
            was_sided = any(each["aggressor"] in (BID, ASK) for each in prints[prints["seq"] < sample["seq"]])
            last = sample
            continue
        if sample["clock_ns"] // NS_PER_S == last["clock_ns"] // NS_PER_S:
            continue
        mine, traded = (
            list(given[np.searchsorted(given["seq"], last["seq"]) : np.searchsorted(given["seq"], sample["seq"])])
            for given in (tops, prints)
        )
        sided = [each for each in traded if each["aggressor"] in (BID, ASK)]
        was_sided = was_sided or bool(sided)
        row = {"clock_ns": int(sample["clock_ns"]), "seq": int(sample["seq"]), **_snapshot(sample)}
        row |= _flows(last, sample, mine, sided, was_sided)
        row |= _integrated(rows, row)
        for each in sided:
            usual_now, size = usual, int(each["size"])
            while size and (open_bucket[0] or usual_now):
                if not open_bucket[0]:
                    open_bucket[:] = [usual_now, 0, 0]
                part = min(size, open_bucket[0] - open_bucket[1] - open_bucket[2])
                open_bucket[1 if each["aggressor"] == BID else 2] += part
                size -= part
                if open_bucket[1] + open_bucket[2] == open_bucket[0]:
                    buckets.append((abs(open_bucket[1] - open_bucket[2]), open_bucket[0]))
                    open_bucket[:] = [0, 0, 0]
        rows.append(row)
        row |= _kyle(rows)
        full = buckets[-50:]
        row["vpin"] = sum(each for each, _ in full) / sum(size for _, size in full) if len(full) == 50 else math.nan
        recent = [each for each in rows[-300:] if not math.isnan(each["bought"])]
        seconds = sum(each["span_s"] for each in recent)
        volume = sum(each["bought"] + each["sold"] for each in recent)
        if seconds >= 60 and volume > 0:
            usual = max(round(volume / seconds * 10), 1)
        last = sample
    return rows


def _snapshot(sample: Rows) -> Found:
    nan = math.nan
    bid_sizes, ask_sizes = (sample[name][sample[name] > 0] for name in ("bid_sizes", "ask_sizes"))
    bids, asks = sample["bid_level_ticks"][: len(bid_sizes)], sample["ask_level_ticks"][: len(ask_sizes)]
    row: Found = {"is_suspect": float(sample["is_suspect"])}
    if not _is_whole(sample):
        return row
    middle = metrics.mid(bids, asks)
    row["spread"], row["mid"] = metrics.spread(bids, asks), middle
    row["weighted_mid"] = metrics.weighted_mid(bids, bid_sizes, asks, ask_sizes)
    row["imbalance"] = metrics.queue_imbalance(bid_sizes, ask_sizes)
    for side, sizes in (("bid", bid_sizes), ("ask", ask_sizes)):
        depth = metrics.cumulative_depth(sizes).tolist()
        row[f"{side}_depth"] = depth + [nan] * (BOOK_LEVELS - len(depth))
        row[f"{side}_within"] = [nan if size < 0 else float(size) for size in sample[f"{side}_within"].tolist()]
    if len(bid_sizes) > 1 or len(ask_sizes) > 1:
        row["imbalance_10"] = metrics.depth_imbalance(bid_sizes, ask_sizes, 10)
        row["imbalance_weighted"] = metrics.weighted_imbalance(bid_sizes, ask_sizes)
        row["depth_weighted"] = metrics.depth_weighted_price(bids, bid_sizes, asks, ask_sizes)
        row["cross_weighted"] = metrics.cross_weighted_price(bids, bid_sizes, asks, ask_sizes)
        row["bid_slope"] = metrics.slope_through_origin(bids, bid_sizes, middle)
        row["ask_slope"] = metrics.slope_through_origin(asks, ask_sizes, middle)
    return row


def _is_whole(sample: Rows) -> bool:
    return NO_PRICE not in (sample["bid_ticks"], sample["ask_ticks"]) and sample["bid_ticks"] < sample["ask_ticks"]


def _is_deep(sample: Rows) -> bool:
    return bool(sample["bid_sizes"][1] or sample["ask_sizes"][1])


def _flows(last: Rows, now: Rows, tops: list[Rows], sided: list[Rows], was_sided: bool) -> Found:
    row: Found = {"span_s": float(now["clock_ns"] - last["clock_ns"]) / NS_PER_S}
    is_whole, is_deep = _is_whole(last) and _is_whole(now), _is_deep(last) and _is_deep(now)
    if is_whole:
        row["moved"] = sum(float(now[name] / 2 - last[name] / 2) for name in ("bid_ticks", "ask_ticks"))
        row["ofi"] = sum(float(each["ofi"]) for each in tops if not math.isnan(each["ofi"]))
    if is_whole and is_deep:
        sums = [int(each["bid_sizes"].sum() - each["ask_sizes"].sum()) for each in (last, now)]
        row["delta_depth_imbalance"] = float(sums[1] - sums[0])
        there = (now["bid_sizes"] > 0) & (now["ask_sizes"] > 0)
        row["ofi_by_rank"] = np.where(there, now["flows"] - last["flows"], np.nan).tolist()
    row["bought"] = row["sold"] = math.nan
    if was_sided:
        row["bought"] = float(sum(int(each["size"]) for each in sided if each["aggressor"] == BID))
        row["sold"] = float(sum(int(each["size"]) for each in sided if each["aggressor"] == ASK))
    if is_deep:
        for side in ("bid", "ask"):
            row[f"{side}_net_stack"] = float(now[f"{side}_stacked"] - last[f"{side}_stacked"])
    return row


def _integrated(rows: list[Found], row: Found) -> Found:
    """By weights that the rows before the last lesson, one a minute of rows, taught."""
    lesson = len(rows) // 60 * 60
    known = [each["ofi_by_rank"] for each in rows[max(lesson - 300, 0) : lesson] if "ofi_by_rank" in each]
    known = [each for each in known if not np.isnan(each).any()]
    if len(known) < 60 or all(each == known[0] for each in known):
        return {}
    weights, explained = integrated_weights(np.array(known))
    weights = np.round(weights, 9)  # as kept: their last bits are the processor's own
    if "ofi_by_rank" not in row:
        return {"ofi_integrated": math.nan, "ofi_explained": explained} if "bid_net_stack" in row else {}
    return {"ofi_integrated": float(np.dot(weights, row["ofi_by_rank"])), "ofi_explained": explained}


def _kyle(rows: list[Found]) -> Found:
    moves, volumes = [], []
    for now in rows[-300:]:
        if now["span_s"] == 1.0 and "moved" in now and not math.isnan(now["bought"]):
            moves.append(now["moved"])
            volumes.append(now["bought"] - now["sold"])
    found = kyle_lambda(np.array(moves), np.array(volumes)) if len(moves) >= 30 else None
    if found is None:
        return {"kyle_n": float(len(moves))}
    return {"kyle_n": float(len(moves)), "kyle_lambda": found.slope, "kyle_r2": found.r2}
