"""The whole pipeline headless: decode, merge, book, bars, metrics, states' histories, digest."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import median, recording, result, seconds
from cockpit.feeds.river import River
from cockpit.opening import calendar_of, open_all
from cockpit.state.router import Router
from cockpit.vitals import resident_mb

EVENTS = 10_000_000
GATE = "at least 3 million events/s, memory flat"
MBO_BYTES = 56


def run(runs: int, data: str | None = None) -> list[dict[str, Any]]:
    """Events per second over the ES recording repeated to 10 million events, decoding included."""
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-") as folder:
        path = Path(folder) / "long.dbn"
        events = write_long(recording(data), path, EVENTS)
        _replay(str(path), limit=200_000)  # kernels and file cache warm
        speeds, grown = [], []
        for _ in range(max(1, min(runs, 3))):
            marks: list[float] = []
            took = seconds(partial(_replay, str(path), marks=marks))
            speeds.append(events / took)
            grown.append(marks[-1] - marks[len(marks) // 4])
    detail = {
        "gate": GATE,
        "events": events,
        "memory_growth_mb_over_last_three_quarters": round(median(grown), 1),
    }
    return [result("replay", median(speeds), "events/s", runs=len(speeds), **detail)]


def _replay(path: str, limit: int | None = None, marks: list[float] | None = None) -> None:
    river = River(open_all([path]), spool_bytes=None)
    router = Router(river.registry, calendar_of)
    pieces = 0
    while (piece := river.take(65_536)) is not None:
        router.apply(piece)
        pieces += 1
        if marks is not None and pieces % 8 == 0:
            marks.append(resident_mb() or 0.0)
        if limit is not None and router.events >= limit:
            return


def write_long(source: str, path: Path, events: int, even_ns: int = 0) -> int:
    """Write the MBO records of a DBN file again and again as plain DBN, times and ids shifted; returns the count.

    Args:
        even_ns: When above 0, records follow each other at this step instead of their own times.
    """
    import databento_dbn as dbn  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    raw = pa.input_stream(source, compression="zstd").read()
    header = 8 + int.from_bytes(raw[4:8], "little")
    dtype = np.dtype(dbn.MBOMsg._dtypes)  # noqa: SLF001  the package's own record layout
    records = np.frombuffer(raw[header:], dtype).copy()
    if even_ns:
        records["ts_recv"] = records["ts_recv"].max() + np.arange(len(records), dtype=np.uint64) * np.uint64(
            even_ns
        )
        records["ts_event"] = records["ts_recv"]
    gap = even_ns or 1_000_000_000
    step = np.uint64(int(records["ts_recv"].max() - records["ts_recv"].min()) + gap)
    laps = -(-events // len(records))
    with path.open("wb") as file:
        file.write(raw[:header])
        for lap in range(laps):
            file.write(records.tobytes())
            records["ts_recv"] += step
            records["ts_event"] += step
            records["order_id"] ^= np.uint64(lap ^ (lap + 1)) << np.uint64(48)
    return laps * len(records)
