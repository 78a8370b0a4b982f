"""Shared by the benchmarks: recordings, medians, the shape of a result, long recordings out of short ones."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cockpit.errors import ConfigError
from cockpit.events.market import Batch, Chunk
from cockpit.feeds.source import Source, SourceInfo

ES_RECORDING = Path("books") / "es-mbo-esh4-20231225-until2340.dbn.zst"
ROOT = Path(__file__).resolve().parent.parent


def recording(data: str | None, name: Path = ES_RECORDING) -> str:
    """Path of a real recording.

    Raises:
        ConfigError: The folder of recordings is not there.
    """
    folder = Path(data or os.environ.get("COCKPIT_DATA", ROOT.parent / "shared" / "data"))
    path = folder / name
    if not path.is_file():
        raise ConfigError(f"no recording {path}; set COCKPIT_DATA or --data to the folder that has it")
    return str(path)


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def interleaved(works: dict[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """Times of each work, in turn so that a drifting machine hurts all alike; a warm-up round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(runs + 1):
        for name, work in works.items():
            took = seconds(work)
            if number:
                times[name].append(took)
    return times


def result(
    name: str, ours: float | None, unit: str, *, peer: float | None = None, peer_name: str | None = None,
    higher_is_better: bool = True, runs: int = 1, **detail: Any,
) -> dict[str, Any]:  # fmt: skip
    """One entry of the JSON; the ratio is above 1 where we are better."""
    ratio = None
    if ours and peer:
        ratio = ours / peer if higher_is_better else peer / ours
    return {
        "name": name, "ours": ours, "peer": peer, "peer_name": peer_name, "ratio": ratio, "unit": unit,
        "higher_is_better": higher_is_better, "runs": runs, "detail": detail,
    }  # fmt: skip


median = statistics.median


class Repeated:
    """A source played ``times`` times in a row with shifted times and ids: long recordings from short ones.

    Args:
        source: The recording; held in memory.
        times: How often.
        step_ns: From the start of one repetition to the next; 0: its own span plus a second.
    """

    def __init__(self, source: Source, times: int, step_ns: int = 0) -> None:
        self._chunks = list(source.chunks())
        self._source, self._times = source, times
        clocks = [
            int(batch.rows["clock_ns"][place])
            for chunk in self._chunks
            for batch in chunk.batches
            for place in (0, -1)
        ]
        self._first = min(clocks)
        self._step = step_ns or max(clocks) - self._first + 1_000_000_000
        self._last = max(clocks) + (times - 1) * self._step
        self.events = times * sum(chunk.events for chunk in self._chunks)

    @property
    def info(self) -> SourceInfo:
        """Facts of the long recording."""
        info = self._source.info
        return SourceInfo(
            "repeated", info.format, info.schema, info.instruments, self._first, self._last, self.events
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """Those of the short one."""
        return self._source.warnings

    def chunks(self, from_chunk: int = 0) -> Iterator[Chunk]:
        """Chunk after chunk, repetition after repetition."""
        per = len(self._chunks)
        events = self.events // self._times
        for number in range(from_chunk, per * self._times):
            lap, place = divmod(number, per)
            yield self._shifted(self._chunks[place], lap, lap * events)

    def _shifted(self, chunk: Chunk, lap: int, seq: int) -> Chunk:
        batches = []
        for batch in chunk.batches:
            rows = batch.rows.copy()
            rows["seq"] += seq
            for name in ("clock_ns", "event_ns", "recv_ns"):
                rows[name] += lap * self._step
            if "order_id" in (rows.dtype.names or ()):
                rows["order_id"] ^= np.uint64(lap) << np.uint64(48)  # laps never share an order
            batches.append(Batch(batch.kind, rows))
        return Chunk(tuple(batches), chunk.first_seq + seq, chunk.next_seq + seq)
