"""From mapped records to chunks: refused rows leave, books get a GAP in their place, and ``seq`` is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cockpit.events.dtypes import GapReason, Kind, empty
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.files.dbn_map import Mapped, Mask, Refusal
from cockpit.feeds.files.losses import Losses
from cockpit.units import NANO, NO_TIME, Rows

_BOOKS = (Kind.MBO, Kind.MBP)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Mapped rows and where their records are.

    Attributes:
        mapped: The rows, n of them.
        places: int64 (n,), number of the record in its block.
        offsets: int64 (n,), byte of the record in the unpacked file.
    """

    mapped: Mapped
    places: NDArray[np.int64]
    offsets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Noted:
    """Where refusals are counted, and how an offset of the file is written."""

    losses: Losses
    where: Callable[[int], str]


def settle(parts: Sequence[Part], first_seq: int, last_ns: int, noted: Noted) -> list[Batch]:
    """One batch per kind, rows in ``seq`` order, from the parts of one block.

    Args:
        parts: Everything of the block that is an event.
        first_seq: ``seq`` of the first row.
        last_ns: Clock of the last row before the block, NO_TIME when there is none.
        noted: Gets a count of every reason for which rows were refused.
    """
    if len(parts) == 1 and not parts[0].mapped.refusals and parts[0].mapped.kind is not Kind.GAP:
        rows = parts[0].mapped.rows
        rows["seq"] = np.arange(first_seq, first_seq + len(rows))
        return [Batch(parts[0].mapped.kind, rows)]
    placed = _dated([pair for part in parts for pair in _kept(part, noted)], last_ns)
    every = np.sort(np.concatenate([places for _, _, places in placed]))
    found: dict[Kind, list[Rows]] = {}
    for kind, rows, places in placed:
        rows["seq"] = first_seq + np.searchsorted(every, places)
        found.setdefault(kind, []).append(rows)
    return [Batch(kind, _in_order(rows)) for kind, rows in sorted(found.items()) if sum(map(len, rows))]


def _in_order(rows: list[Rows]) -> Rows:
    if len(rows) == 1:
        return rows[0]
    joined = np.concatenate(rows)
    return joined[np.argsort(joined["seq"])]


def _kept(part: Part, noted: Noted) -> Iterator[tuple[Kind, Rows, NDArray[np.int64]]]:
    mapped = part.mapped
    if not mapped.refusals:
        yield mapped.kind, mapped.rows, part.places
        return
    bad = np.zeros(len(mapped.rows), np.bool_)
    for refusal in mapped.refusals:
        _note(part, refusal, refusal.mask & ~bad, noted)  # a row is counted for its first reason only
        if not refusal.kept:
            bad |= refusal.mask
    yield mapped.kind, mapped.rows[~bad], part.places[~bad]
    if mapped.kind in _BOOKS:
        yield Kind.GAP, _gaps(mapped.rows[bad]), part.places[bad]


def _note(part: Part, refusal: Refusal, fresh: Mask, noted: Noted) -> None:
    if bool(fresh.any()):
        at = int(np.argmax(fresh))
        value = int(refusal.values[at])
        text = f"{value / NANO:.9f}".rstrip("0").rstrip(".") if refusal.is_price else str(value)
        fate = "kept" if refusal.kept else "refused"
        what = f"{part.mapped.kind.name.lower()} record {fate}: {refusal.reason}"
        noted.losses.note(what, f"{noted.where(int(part.offsets[at]))}: {text}", int(fresh.sum()))


def _gaps(refused: Rows) -> Rows:
    rows = empty(Kind.GAP, len(refused))
    for name in ("clock_ns", "event_ns", "recv_ns", "instrument"):
        rows[name] = refused[name]
    rows["expected"] = rows["received"] = -1
    rows["reason"] = GapReason.MALFORMED
    return rows


def _dated(
    placed: list[tuple[Kind, Rows, NDArray[np.int64]]], last_ns: int
) -> list[tuple[Kind, Rows, NDArray[np.int64]]]:
    """The same with gaps dated by the row before them, for the clock of a refused record may be what is wrong.

    A gap with no row before it and no clock of its own is left out: nothing that was known ends there.
    """
    whole = [(rows["clock_ns"], places) for kind, rows, places in placed if kind is not Kind.GAP]
    order = np.argsort(np.concatenate([_NO_PLACES, *(places for _, places in whole)]))
    places = np.concatenate([_NO_PLACES, *(places for _, places in whole)])[order]
    clocks = np.concatenate([_NO_PLACES, *(clock for clock, _ in whole)])[order]
    out: list[tuple[Kind, Rows, NDArray[np.int64]]] = []
    for kind, rows, mine in placed:
        if kind is not Kind.GAP:
            out.append((kind, rows, mine))
            continue
        # entry 0 is the row before the block
        rows["from_ns"] = np.concatenate(([last_ns], clocks))[np.searchsorted(places, mine)]
        rows["clock_ns"] = np.where(rows["from_ns"] == NO_TIME, rows["clock_ns"], rows["from_ns"])
        known = rows["clock_ns"] != NO_TIME
        out.append((kind, rows[known], mine[known]))
    return out


_NO_PLACES = np.zeros(0, np.int64)


def cut(batches: Sequence[Batch], first_seq: int, next_seq: int, size: int) -> Iterator[Chunk]:
    """Chunks of at most ``size`` events out of the batches of a block."""
    for begin in range(first_seq, next_seq, size):
        end = min(begin + size, next_seq)
        pieces = (_between(batch, begin, end) for batch in batches)
        yield Chunk(tuple(piece for piece in pieces if len(piece)), begin, end)


def _between(batch: Batch, begin: int, end: int) -> Batch:
    low, high = np.searchsorted(batch.rows["seq"], (begin, end))
    return batch if high - low == len(batch) else Batch(batch.kind, batch.rows[low:high])
