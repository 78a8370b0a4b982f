"""Seeking: random jumps in a sealed tape of 20 million events over 24 hours, to the state on the screen."""

import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import result, seconds
from benchmarks.tape import EVENTS, day_source, write
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.river import River
from cockpit.opening import calendar_of
from cockpit.state.index import Index
from cockpit.state.keyframes import Keyframes
from cockpit.state.playback import Playback
from cockpit.state.router import Router

JUMPS = 60
GATE = "within 300 ms"


def run(runs: int, data: str | None = None, events: int = EVENTS) -> list[dict[str, Any]]:
    """p50 and p99 of random jumps once the index has read the tape; the index's own time beside it."""
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        place = Path(folder) / "tape"
        write(day_source(data, events), place)
        tape = open_source(str(place))
        keyframes = Keyframes()
        river = River([tape])
        playback = Playback(river, Router(river.registry, calendar_of), keyframes)
        ahead = River([tape])
        index = Index(ahead, Router(ahead.registry, calendar_of), keyframes)
        indexing = seconds(lambda: _to_end(index))
        first, last = index.view.first_ns or 0, index.view.reached_ns or 0
        rng = random.Random(1)
        times = []
        for _ in range(JUMPS):
            at = rng.randrange(first, last)
            times.append(1000 * seconds(lambda at=at: (playback.seek(at), playback.finish())))
    p50, p99 = float(np.quantile(times, 0.5)), float(np.quantile(times, 0.99))
    detail = {"gate": GATE, "p99_ms": round(p99, 1), "max_ms": round(max(times), 1), "index_s": round(indexing, 1)}
    detail |= {"keyframes": len(keyframes), "events": index.view.events}
    return [result("seek p50", p50, "ms", higher_is_better=False, runs=JUMPS, **detail)]


def _to_end(index: Index) -> None:
    while not index.advance():
        pass
