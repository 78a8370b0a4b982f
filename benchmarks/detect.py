"""Detectors: all of them over a recorded order-level session, from the flow of its book to scores.

The peer is the book itself over the same events: how much dearer a book is that is also looked at.
"""

from typing import Any, Final

from benchmarks.common import interleaved, median, recording, result
from cockpit.engines.detect.engine import Detectors
from cockpit.events.dtypes import Kind, empty
from cockpit.events.market import Slice
from cockpit.feeds.river import River
from cockpit.opening import open_all
from cockpit.state.book_feed import BookFeed, Brought
from cockpit.units import Rows

BLOCK_EVENTS: Final = 65_536
GATE: Final = "at least 1 million events/s"


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Events of the recording per second."""
    river = River(open_all([recording(data)]), spool_bytes=None)
    slices: list[Slice] = []
    while (piece := river.take(BLOCK_EVENTS)) is not None and piece.events:
        slices.append(piece)
    events = sum(len(batch) for piece in slices for batch in piece.batches if batch.kind is not Kind.TICK)
    parts = [
        ({b.kind: b.rows for b in piece.batches if b.kind is not Kind.TICK}, _ticks(piece)) for piece in slices
    ]
    brought: list[Brought] = []
    seen = 0

    def book() -> None:
        feed = BookFeed(0, keeps_heat=False)
        brought.clear()
        brought.extend(feed.apply(*part) for part in parts)

    def detectors() -> None:
        nonlocal seen
        it = Detectors(0)
        seen = sum(len(it.apply(each.flow, each.tops, each.samples).detections) for each in brought)

    book()
    times = {name: median(taken) for name, taken in interleaved({"book": book, "ours": detectors}, runs).items()}
    return [
        result(
            "detect", events / times["ours"], "events/s", peer=events / times["book"], peer_name="its book alone",
            runs=runs, gate=GATE, events=events, flow=sum(len(each.flow) for each in brought), seen=seen,
        )
    ]  # fmt: skip


def _rows(piece: Slice) -> dict[Kind, Rows]:
    return {batch.kind: batch.rows for batch in piece.batches if batch.kind is not Kind.TICK}


def _ticks(piece: Slice) -> Rows:
    ticks = piece.of(Kind.TICK)
    return empty(Kind.TICK) if ticks is None else ticks
